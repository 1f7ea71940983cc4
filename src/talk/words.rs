//! What a talk is called, who gives it and what it is about, each in a form that can be edited. Pure.

use super::{Metadata, metadata};

/// Something about a talk that a viewer may put otherwise than its files do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// What it is called.
    Title,
    /// Between semicolons.
    Authors,
    /// When it was given.
    Date,
    /// Where it was given.
    Venue,
    /// What it is about.
    About,
    /// Where others can see it.
    Link,
    /// Where the paper is.
    Paper,
}

impl Field {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 7] =
        [Self::Title, Self::Authors, Self::Date, Self::Venue, Self::Link, Self::Paper, Self::About];

    /// The word for it in commands and in what is kept.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Authors => "authors",
            Self::Date => "date",
            Self::Venue => "venue",
            Self::About => "about",
            Self::Link => "link",
            Self::Paper => "paper",
        }
    }

    /// For people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Title => "Title",
            Self::Authors => "Authors",
            Self::Date => "Date",
            Self::Venue => "Venue",
            Self::About => "Abstract",
            Self::Link => "Talk on the web",
            Self::Paper => "Paper",
        }
    }

    /// By its word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.word() == word)
    }
}

/// The words about a talk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// Never empty.
    pub title: String,
    /// The rest, but for the title in it.
    pub metadata: Metadata,
}

impl Words {
    /// One of them, as it can be edited.
    pub fn get(&self, field: Field) -> String {
        let of = |text: &Option<String>| text.clone().unwrap_or_default();
        match field {
            Field::Title => self.title.clone(),
            Field::Authors => self.metadata.authors.join("; "),
            Field::Date => of(&self.metadata.date),
            Field::Venue => of(&self.metadata.venue),
            Field::About => self.metadata.about.clone(),
            Field::Link => of(&self.metadata.link),
            Field::Paper => of(&self.metadata.paper),
        }
    }

    /// Puts one of them otherwise. A talk keeps its title where the new one is empty, and what is no address is none.
    pub fn set(&mut self, field: Field, text: &str) {
        let text = text.trim();
        let some = || (!text.is_empty()).then(|| text.to_owned());
        match field {
            Field::Title => self.title = some().unwrap_or_else(|| self.title.clone()),
            Field::Authors => {
                let names = text.split(';').map(str::trim).filter(|name| !name.is_empty());
                self.metadata.authors = names.map(str::to_owned).collect();
            }
            Field::Date => self.metadata.date = metadata::date(text),
            Field::Venue => self.metadata.venue = some(),
            Field::About => self.metadata.about = text.to_owned(),
            Field::Link => self.metadata.link = metadata::typed_link(text),
            Field::Paper => self.metadata.paper = metadata::typed(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_edited_is_read_back_as_it_was_put() {
        let mut words = Words { title: "38930109".into(), metadata: Metadata::default() };
        for (field, text, kept) in [
            (Field::Title, " Deep sets ", "Deep sets"),
            (Field::Title, " ", "Deep sets"),
            (Field::Authors, "A. B.; C D;", "A. B.; C D"),
            (Field::Venue, "ICLR", "ICLR"),
            (Field::Venue, "", ""),
            (Field::About, "Two\nlines", "Two\nlines"),
            (Field::Date, "2019-13-45", ""),
            (Field::Date, "2019-05", "2019-05"),
            (Field::Link, "javascript:x", ""),
            (Field::Link, "example.com/t", "https://example.com/t"),
            (Field::Paper, "rkgW0oA9FX", "https://openreview.net/forum?id=rkgW0oA9FX"),
            (Field::Paper, "openreview:rkgW0oA9FX", "https://openreview.net/forum?id=rkgW0oA9FX"),
            (Field::Paper, "openreview.net/forum?id=rkgW0oA9FX", "https://openreview.net/forum?id=rkgW0oA9FX"),
            (Field::Paper, "https://arxiv.org/abs/1703.06114", "https://arxiv.org/abs/1703.06114"),
            (Field::Paper, "arXiv:1703.06114", "https://arxiv.org/abs/1703.06114"),
        ] {
            words.set(field, text);
            assert_eq!(words.get(field), kept, "{field:?}");
        }
        assert!(Field::ALL.iter().all(|field| Field::parse(field.word()) == Some(*field)));
    }
}
