//! Writes `awkward.bib` and `awkward.json`, bibliographies of talks that break careless writers, into a folder.
//!
//! `cargo run --example awkward_citations -- FOLDER`; `scripts/check-citations` feeds them to BibTeX and others.

use std::path::PathBuf;

use plenary::export::{Entry, Format, Group, Options, digest};
use plenary::notes::Verdict;
use plenary::persist::write_atomic;

/// Title, authors, venue, day, link; an empty text for none.
const TALKS: [(&str, &[&str], &str, &str, &str); 16] = [
    (
        "Attention Is All You Need",
        &["Ashish Vaswani", "Shazeer, Noam"],
        "NeurIPS 2017",
        "2017-12-05",
        "https://slideslive.com/1",
    ),
    ("Attention, again", &["Vaswani, Ashish"], "NeurIPS 2017", "2017", ""),
    (
        "100% of R&D #1: snake_case costs $5 & more",
        &["Procter & Gamble"],
        "A & B_C 50% #2",
        "2024-02-29",
        "https://a.org/a_b?x=1&y=50%25#c~d",
    ),
    ("On $x^2_{ij}$ and $\\mathcal{O}(n \\log n)$", &["Émile Zola", "Dvořák, Antonín"], "ICML", "2020-07", ""),
    ("Braces { and } and {both}", &["J. R. R. Tolkien"], "", "", "https://a.org/{x}"),
    ("A lone } brace", &["Søren Kierkegaard"], "ICML", "2021", ""),
    ("Back\\slash, ~tilde, ^caret, <angle>, |bar|, \"quote\", `tick`", &["Łukasz Kaiser"], "ICML", "2021", ""),
    ("深度学习 for everyone", &["王伟", "山田 太郎", "김 민수"], "ICLR", "2022-05-01", ""),
    ("Nobody said this", &[], "ICLR", "2022", ""),
    ("Nobody said this nowhere", &[], "", "some day", ""),
    ("Visualising with t-SNE", &["Laurens van der Maaten", "Geoffrey E. Hinton"], "", "2008-11-01", "https://b.org"),
    ("I have a dream", &["Martin Luther King Jr."], "Washington", "1963-08-28", ""),
    ("Gravitational waves", &["The LIGO Scientific Collaboration", "Virgo Collaboration"], "", "2016-02-11", ""),
    ("Ideas", &["Plato"], "Academy", "", ""),
    (
        "“Curly” – it’s … Nguyễn\u{a0}Văn 🎉",
        &["Nguyễn Văn An", "O'Neil, Cathy", "Jean-Baptiste Élie de Beaumont"],
        "Ωμέγα",
        "2023-01-31",
        "",
    ),
    ("@article{fake, title = {x}}", &["bell hooks", "Ivan Ivanović Đorđević"], "ICLR", "2022", ""),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("give a folder")?);
    std::fs::create_dir_all(&folder)?;
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let entries: Vec<Entry> = TALKS
        .iter()
        .map(|(title, authors, venue, day, link)| Entry {
            title: (*title).to_owned(),
            authors: authors.iter().map(|author| (*author).to_owned()).collect(),
            venue: some(venue),
            day: some(day),
            link: some(link),
            verdict: Some(Verdict::Keep),
            ..Entry::default()
        })
        .collect();
    for (format, name) in [(Format::Bibtex, "awkward.bib"), (Format::CslJson, "awkward.json")] {
        let options = Options { format, group: Group::Tag, title: String::new(), template: None };
        write_atomic(&folder.join(name), digest(&entries, &options, &folder)?.as_bytes())?;
    }
    Ok(())
}
