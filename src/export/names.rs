//! People and organisations: from the way they are credited to the parts that bibliographies ask for.

/// One author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    /// A person whose parts are known.
    Person {
        /// `Laurens`; never empty.
        given: String,
        /// `van der`; may be empty.
        particle: String,
        /// `Maaten`; never empty.
        family: String,
        /// `Jr.`; may be empty.
        suffix: String,
    },
    /// An organisation, a single name, or a name whose parts cannot be told.
    Whole(String),
}

const PARTICLES: [&str; 34] = [
    "af", "al", "av", "bin", "d'", "da", "das", "de", "degli", "dei", "del", "della", "den", "der", "di", "do", "dos",
    "du", "e", "el", "ibn", "la", "las", "le", "los", "ten", "ter", "van", "vom", "von", "y", "zu", "zum", "zur",
];
const SUFFIXES: [&str; 7] = ["jr", "sr", "ii", "iii", "iv", "phd", "md"];
const OF_ORGANISATIONS: [&str; 28] = [
    "association",
    "center",
    "centre",
    "collaboration",
    "committee",
    "community",
    "company",
    "consortium",
    "contributors",
    "corporation",
    "deepmind",
    "department",
    "foundation",
    "gmbh",
    "group",
    "inc",
    "institute",
    "lab",
    "laboratory",
    "labs",
    "ltd",
    "organization",
    "project",
    "research",
    "society",
    "team",
    "university",
    "workshop",
];

impl Name {
    /// Reads `Given Surname`, `Given van Surname`, `Surname, Given`, `Surname, Jr., Given` and names that have no
    /// parts; an affiliation in round brackets behind it is left out. `None` for no name at all.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = match text.rfind(" (") {
            Some(at) if text.ends_with(')') => &text[..at],
            _ => &text,
        };
        if let Some(braced) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            return Some(Self::Whole(braced.trim().to_owned())).filter(|name| !name.family().is_empty());
        }
        if text.is_empty() {
            return None;
        }
        if organisation(text) {
            return Some(Self::Whole(text.to_owned()));
        }
        let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        Some(match parts[..] {
            [family, given] if suffix(given) => Self::from_words(family, given),
            [family, given] => Self::with_family(family, given, ""),
            [family, last, given] if suffix(last) => Self::with_family(family, given, last),
            [family, given, last] if suffix(last) => Self::with_family(family, given, last),
            [whole] => Self::from_words(whole, ""),
            _ => Self::Whole(text.to_owned()),
        })
    }

    /// `Laurens van der Maaten`: the particle begins at the first word that is one, and the last word is the surname.
    fn from_words(text: &str, given_suffix: &str) -> Self {
        let mut words: Vec<&str> = text.split(' ').collect();
        let mut last = given_suffix;
        if last.is_empty()
            && words.len() > 2
            && let Some(end) = words.pop_if(|word| suffix(word))
        {
            last = end;
        }
        let [first, .., surname] = words[..] else { return Self::Whole(text.to_owned()) };
        if words.iter().all(|word| east_asian(word)) {
            // In these scripts the surname comes first.
            return Self::person(&words[1..].join(" "), "", first, last);
        }
        let at = words[1..].iter().position(|word| PARTICLES.contains(word)).map_or(words.len() - 1, |n| n + 1);
        if at == words.len() - 1 {
            return Self::person(&words[..at].join(" "), "", surname, last);
        }
        Self::with_family(&words[at..].join(" "), &words[..at].join(" "), last)
    }

    /// A surname as it stands before the comma, with its particle.
    fn with_family(family: &str, given: &str, suffix: &str) -> Self {
        let words: Vec<&str> = family.split(' ').collect();
        let particles = words[..words.len() - 1].iter().take_while(|word| PARTICLES.contains(word)).count();
        Self::person(given, &words[..particles].join(" "), &words[particles..].join(" "), suffix)
    }

    fn person(given: &str, particle: &str, family: &str, suffix: &str) -> Self {
        Self::Person {
            given: given.to_owned(),
            particle: particle.to_owned(),
            family: family.to_owned(),
            suffix: suffix.to_owned(),
        }
    }

    /// What a citation key is made from.
    pub fn family(&self) -> &str {
        match self {
            Self::Person { family, .. } => family,
            Self::Whole(name) => name,
        }
    }
}

fn suffix(word: &str) -> bool {
    let word = word.trim_end_matches('.').to_lowercase();
    SUFFIXES.contains(&word.as_str())
}

fn organisation(text: &str) -> bool {
    let mut words = text.split([' ', ',']).map(|word| word.trim_matches('.').to_lowercase());
    text.starts_with("The ")
        || text.contains(['&', '/', '@'])
        || text.contains(|c: char| c.is_ascii_digit())
        || words.any(|word| word == "and" || word == "of" || word == "for" || OF_ORGANISATIONS.contains(&word.as_str()))
}

/// Han, Kana or Hangul only.
fn east_asian(word: &str) -> bool {
    word.chars().all(
        |c| matches!(u32::from(c), 0x3005..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xac00..=0xd7a3 | 0x20000..=0x323af),
    )
}

/// `Ada Lovelace, Charles Babbage and Grace Hopper`; surnames before a comma are put behind.
pub(super) fn byline(authors: &[String]) -> String {
    let names: Vec<String> =
        authors.iter().filter_map(|author| Name::parse(author)).map(|name| spoken(&name)).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

fn spoken(name: &Name) -> String {
    match name {
        Name::Person { given, family, .. } if east_asian(family) && given.split(' ').all(east_asian) => {
            format!("{family} {given}")
        }
        Name::Person { given, particle, family, suffix } => [given, particle, family, suffix]
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" "),
        Name::Whole(name) => name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_their_parts() {
        for (text, given, particle, family, suffix) in [
            ("Ada Lovelace", "Ada", "", "Lovelace", ""),
            ("Lovelace, Ada", "Ada", "", "Lovelace", ""),
            ("  Ada\n King   Lovelace ", "Ada King", "", "Lovelace", ""),
            ("Laurens van der Maaten", "Laurens", "van der", "Maaten", ""),
            ("van der Maaten, Laurens", "Laurens", "van der", "Maaten", ""),
            ("Juan de la Cruz García", "Juan", "de la", "Cruz García", ""),
            ("Martin Luther King Jr.", "Martin Luther", "", "King", "Jr."),
            ("King, Jr., Martin Luther", "Martin Luther", "", "King", "Jr."),
            ("King, Martin Luther, Jr.", "Martin Luther", "", "King", "Jr."),
            ("Martin King, Jr.", "Martin", "", "King", "Jr."),
            ("J. R. R. Tolkien", "J. R. R.", "", "Tolkien", ""),
            ("山田 太郎", "太郎", "", "山田", ""),
            ("김 민수", "민수", "", "김", ""),
            ("Émile Zola (Paris)", "Émile", "", "Zola", ""),
            ("bell hooks", "bell", "", "hooks", ""),
        ] {
            let expected = Name::person(given, particle, family, suffix);
            assert_eq!(Name::parse(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn names_without_parts_stay_whole() {
        for text in [
            "Plato",
            "王伟",
            "OpenAI",
            "Google Brain Team",
            "Google DeepMind",
            "The LIGO Scientific Collaboration",
            "University of Oxford",
            "Procter and Gamble",
            "AT&T",
            "a, b, c, d",
        ] {
            assert_eq!(Name::parse(text), Some(Name::Whole(text.to_owned())), "{text}");
        }
        assert_eq!(Name::parse("{Barnes Noble}"), Some(Name::Whole("Barnes Noble".to_owned())));
        assert_eq!(Name::parse(" \n"), None);
        assert_eq!(Name::parse("{}"), None);
        assert_eq!(Name::parse(","), Some(Name::Whole(",".to_owned())));
    }

    #[test]
    fn a_byline_reads_as_people_write() {
        let byline = |names: &[&str]| byline(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(byline(&[]), "");
        assert_eq!(byline(&["Lovelace, Ada"]), "Ada Lovelace");
        assert_eq!(byline(&["Ada Lovelace", "van der Maaten, Laurens"]), "Ada Lovelace and Laurens van der Maaten");
        assert_eq!(byline(&["A B", "", "C D", "山田 太郎"]), "A B, C D and 山田 太郎");
    }
}
