//! The digest as a whole, in each format.

use std::path::Path;

use super::*;
use crate::persist::write_atomic;

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// A PNG file of one pixel, as far as its first bytes.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n0000";

/// Five talks, four of them kept, with one slide on disk.
fn conference(folder: &Path) -> Vec<Entry> {
    let slides = folder.join("talks/Scaling (v2)/slides");
    std::fs::create_dir_all(&slides).unwrap();
    write_atomic(&slides.join("5.png"), PNG).unwrap();
    let base = Entry {
        verdict: Some(Verdict::Keep),
        venue: Some("NeurIPS 2024".into()),
        folder: folder.join("talks/Scaling (v2)"),
        ..Entry::default()
    };
    vec![
        Entry {
            id: "1".into(),
            title: "Scaling_laws, *revisited*".into(),
            authors: owned(&["Lovelace, Ada", "Charles Babbage", "Grace Hopper"]),
            link: Some("https://slideslive.com/39001".into()),
            day: Some("2024-12-11".into()),
            tags: owned(&["scaling laws", "theory"]),
            summary: "The best talk of the week: the exponent is *not* universal.\n\nIt depends on $d$ alone.\n".into(),
            moments: vec![
                (MediaTime::from_secs(754), "![Slide 5](slides/5.png) the plot to remember".into()),
                (MediaTime::from_secs(800), "  ".into()),
                (MediaTime::from_secs(3723), "Asked about data:\n- no answer".into()),
            ],
            ..base.clone()
        },
        Entry {
            id: "2".into(),
            title: "A talk to forget".into(),
            verdict: Some(Verdict::Drop),
            summary: "Not told.".into(),
            ..base.clone()
        },
        Entry {
            id: "3".into(),
            title: "What is a world model?".into(),
            authors: owned(&["王伟"]),
            day: Some("2024-12-10".into()),
            summary: "No definition, but a good map.".into(),
            ..base.clone()
        },
        Entry {
            id: "4".into(),
            title: "Compute & data".into(),
            authors: owned(&["Laurens van der Maaten"]),
            link: Some("https://example.org/a_(b)?x=1&y=2".into()),
            day: Some("2024-12-10".into()),
            tags: owned(&["Scaling laws"]),
            summary: "The counterpart, from the side of the data.".into(),
            ..base.clone()
        },
        Entry { id: "5".into(), title: "Posters <at> noon".into(), authors: owned(&["The Program Committee"]), ..base },
    ]
}

fn options(format: Format, group: Group) -> Options {
    Options { format, group, title: "NeurIPS 2024, as I heard it".into(), template: None }
}

const EXPECTED: &str = r"# NeurIPS 2024, as I heard it

## Scaling laws

The best talk of the week: the exponent is *not* universal.

It depends on $d$ alone.

- 12:34: ![Slide 5](talks/Scaling%20%28v2%29/slides/5.png) the plot to remember
- 1:02:03: Asked about data:
  - no answer

*[Scaling_laws, \*revisited\*](https://slideslive.com/39001)*, Ada Lovelace, Charles Babbage and Grace Hopper

The counterpart, from the side of the data.

*[Compute & data](https://example.org/a_%28b%29?x=1&y=2)*, Laurens van der Maaten

## Other talks

No definition, but a good map.

*What is a world model?*, 王伟

## Also worth hearing

- *Posters \<at> noon*, The Program Committee

## Still to do

- [ ] What is a world model?: link missing
- [ ] Posters \<at> noon: paragraph and link missing
";

#[test]
fn five_talks_read_as_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let text = digest(&conference(folder.path()), &options(Format::Markdown, Group::Tag), folder.path()).unwrap();
    assert_eq!(text, EXPECTED);
    let again = digest(&conference(folder.path()), &options(Format::Markdown, Group::Tag), folder.path()).unwrap();
    assert_eq!(text, again);
}

#[test]
fn headings_are_days_or_venues_where_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let headings = |group| -> Vec<String> {
        let text = digest(&conference(folder.path()), &options(Format::Markdown, group), folder.path()).unwrap();
        text.lines().filter_map(|line| line.strip_prefix("## ")).map(str::to_owned).collect()
    };
    let ends = ["Also worth hearing", "Still to do"];
    assert_eq!(headings(Group::Venue), [&["NeurIPS 2024"], &ends[..]].concat());
    let days = ["Tuesday, 10 December 2024", "Wednesday, 11 December 2024"];
    assert_eq!(headings(Group::Day), [&days[..], &ends[..]].concat());
}

#[test]
fn nothing_kept_is_told() {
    let text = digest(&[], &options(Format::Markdown, Group::Tag), Path::new(".")).unwrap();
    assert_eq!(text, "# NeurIPS 2024, as I heard it\n\nNo talk is kept yet.\n");
    assert_eq!(digest(&[], &options(Format::Bibtex, Group::Tag), Path::new(".")).unwrap(), "");
    assert_eq!(digest(&[], &options(Format::CslJson, Group::Tag), Path::new(".")).unwrap(), "[]\n");
}

/// Reads the page as XML, which forgives nothing: every attribute as (element, name, value).
fn attributes(page: &str) -> Vec<(String, String, String)> {
    let mut reader = quick_xml::Reader::from_str(page);
    let mut found = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                let element = tag.name().as_ref().to_owned();
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap();
                    let name = attribute.key.as_ref().to_owned();
                    found.push((element.clone(), name, attribute.value.to_string()));
                }
            }
            quick_xml::events::Event::Eof => return found,
            _ => {}
        }
    }
}

#[test]
fn the_page_needs_nothing_from_outside() {
    let folder = tempfile::tempdir().unwrap();
    let mut talks = conference(folder.path());
    talks[0].summary.push_str(
        "\n<script src=\"https://a.org/x.js\"></script>\n\n![web](https://a.org/x.png) ![none](slides/6.png) \
         [bad](javascript:alert(1))\n\n- [x] done\n\n| a |\n|---|\n| 1 |\n\n---\n\nb  \nc[^n]\n\n[^n]: Foot.\n",
    );
    let page = digest(&talks, &options(Format::Html, Group::Tag), folder.path()).unwrap();
    let mut pictures = 0;
    for (element, name, value) in attributes(&page) {
        match (element.as_str(), name.as_str()) {
            ("a", "href") => assert!(value.starts_with("https://") || value.starts_with('#'), "{value}"),
            ("img", "src") => {
                assert!(value.starts_with("data:image/png;base64,"), "{value}");
                pictures += 1;
            }
            (element, name) => {
                assert!(
                    !["src", "href", "srcset", "data", "poster", "background", "action"].contains(&name),
                    "{element} {name}"
                );
                assert!(!["script", "link", "iframe", "object"].contains(&element), "{element}");
            }
        }
    }
    assert_eq!(pictures, 1);
    assert!(!page.contains("url(") && !page.contains("@import") && !page.contains("<script"));
    assert!(page.contains("<a href=\"https://example.org/a_(b)?x=1&amp;y=2\">Compute &amp; data</a></cite>, Laurens"));
    assert!(page.contains("<li>Posters &lt;at&gt; noon: paragraph and link missing</li>"));
    assert!(!page.contains("Not told."));
}

#[test]
fn org_has_its_own_markup() {
    let folder = tempfile::tempdir().unwrap();
    let text = digest(&conference(folder.path()), &options(Format::Org, Group::Tag), folder.path()).unwrap();
    for expected in [
        "* Scaling laws\n\nThe best talk of the week: the exponent is /not/ universal.\n\nIt depends on \\(d\\) alone.\n\n",
        "- 12:34: [[file:talks/Scaling (v2)/slides/5.png]] the plot to remember\n- 1:02:03: Asked about data:\n\n  - no answer\n",
        "[[https://slideslive.com/39001][Scaling_laws, *\u{200b}revisited*]], Ada Lovelace, Charles",
        "- [ ] What is a world model?: link missing\n",
    ] {
        assert!(text.contains(expected), "{expected}\n---\n{text}");
    }
}

#[test]
fn the_viewers_own_template_gets_the_same_data() {
    let folder = tempfile::tempdir().unwrap();
    let with = |format, template: &str| {
        let options = Options { template: Some(template.into()), ..options(format, Group::Tag) };
        digest(&conference(folder.path()), &options, folder.path())
    };
    let list = "{% for talk in also %}{{ talk.title }} by {{ talk.authors | join('; ') }}{% endfor %}";
    assert_eq!(with(Format::Html, list).unwrap(), "Posters &lt;at&gt; noon by The Program Committee");
    assert_eq!(with(Format::Markdown, list).unwrap(), "Posters \\<at> noon by The Program Committee");
    for (template, line, why) in [
        ("a\n{% for talk in themes %}\n", 2, "end"),
        ("a\nb {{ titel }}\n", 2, "undefined"),
        ("{{ title | shout }}", 1, "shout"),
        ("\n\n{{ title.a.b }}", 3, "undefined"),
    ] {
        let error = with(Format::Markdown, template).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("Cannot use the template: line {line}: ")) && error.contains(why),
            "{error}"
        );
    }
}

#[test]
fn another_reader_of_bibtex_reads_what_was_meant() {
    let folder = tempfile::tempdir().unwrap();
    let mut talks = conference(folder.path());
    talks[0].title = "BERT {draft}: 50% of $x^2_{ij}$ & C# ~ Émile's ^ \\ \"quote\"".into();
    let text = digest(&talks, &options(Format::Bibtex, Group::Tag), folder.path()).unwrap();
    let read = biblatex::Bibliography::parse(&text).unwrap();
    assert_eq!(read.len(), 4);
    let entry = read.get("LovelaceBERT2024").unwrap();
    let title: String = entry.title().unwrap().iter().map(|chunk| chunk.v.get()).collect();
    assert!(title.contains("x^2_{ij}") && title.contains("50% of") && title.contains("Émile's"), "{title}");
    assert_eq!(entry.author().unwrap()[0].name, "Lovelace");
    let entry = read.get("MaatenCompute2024").unwrap();
    assert_eq!(
        (entry.author().unwrap()[0].prefix.as_str(), entry.url().unwrap().as_str()),
        ("van der", "https://example.org/a_(b)?x=1&y=2")
    );
}

#[test]
fn six_hundred_talks_are_told_and_merged() {
    let folder = tempfile::tempdir().unwrap();
    let five = conference(folder.path());
    let talks: Vec<Entry> = (0..600)
        .map(|n| Entry { id: n.to_string(), title: format!("{} {n}", five[n % 5].title), ..five[n % 5].clone() })
        .collect();
    for format in Format::ALL {
        let text = digest(&talks, &options(format, Group::Tag), folder.path()).unwrap();
        let target = folder.path().join(format!("d.{}", format.extension()));
        save(&target, &text, &folder.path().join("state")).unwrap();
        let edited = text.replacen("Lovelace", "King", 1);
        write_atomic(&target, edited.as_bytes()).unwrap();
        let fewer = digest(&talks[..595], &options(format, Group::Tag), folder.path()).unwrap();
        let saved = save(&target, &fewer, &folder.path().join("state")).unwrap();
        assert_eq!(saved.how, How::Merged { conflicts: 0 }, "{format:?}");
        assert!(std::fs::read_to_string(target).unwrap().contains("King"));
    }
}
