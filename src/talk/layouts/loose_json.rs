//! JSON of any shape, with a bound on how much is kept, and of damaged JSON what comes before the damage.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Most values that are kept of a document; twenty thousand slides with ten each have fewer.
const MAX_VALUES: usize = 400_000;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    /// In the order of the document; of equal names the first counts.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// What an object has under this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => fields.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The first of these names that an object has.
    pub(crate) fn any(&self, names: &[&str]) -> Option<&Self> {
        names.iter().find_map(|name| self.get(name))
    }

    /// A text that says something.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// A number, also where it is written as a text.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// The values of a list; none for anything else.
    pub(crate) fn list(&self) -> &[Self] {
        match self {
            Self::List(list) => list,
            _ => &[],
        }
    }
}

/// A document.
#[derive(Debug, PartialEq)]
pub(crate) struct Loose {
    pub(crate) value: Json,
    /// It is damaged from some place on, or breaks off.
    pub(crate) cut: bool,
}

/// Reads a document; at worst it is `null`. Nesting costs nothing: more than a hundred levels count as damage.
pub(crate) fn read(text: &str) -> Loose {
    let mut builder = Builder { left: MAX_VALUES, ..Builder::default() };
    let mut source = serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}'));
    let cut = Node(&mut builder).deserialize(&mut source).is_err();
    Loose { value: builder.finish(), cut }
}

/// Builds outside of what serde returns, since that is lost where an error follows.
#[derive(Default)]
struct Builder {
    root: Option<Json>,
    /// Lists and objects that are not at their end yet, each with the name that its next value has.
    open: Vec<(Json, String)>,
    left: usize,
}

impl Builder {
    fn put(&mut self, value: Json) {
        match self.open.last_mut() {
            None => self.root = Some(value),
            Some((Json::List(list), _)) => list.push(value),
            Some((Json::Object(fields), name)) => fields.push((std::mem::take(name), value)),
            Some(_) => {}
        }
    }

    fn close(&mut self) {
        if let Some((value, _)) = self.open.pop() {
            self.put(value);
        }
    }

    /// Takes one from what may still be kept.
    fn spend(&mut self) -> bool {
        let some = self.left > 0;
        self.left = self.left.saturating_sub(1);
        some
    }

    fn finish(mut self) -> Json {
        // An entry of a list that breaks off is half an entry.
        if self.open.len() > 1 && matches!(self.open.last(), Some((Json::Object(_), _))) {
            self.open.pop();
        }
        while !self.open.is_empty() {
            self.close();
        }
        self.root.unwrap_or(Json::Null)
    }
}

struct Node<'b>(&'b mut Builder);

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        if self.0.spend() { source.deserialize_any(self) } else { source.deserialize_ignored_any(IgnoredAny).map(drop) }
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.put(Json::Null);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.0.put(Json::Bool(value));
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.0.put(Json::Number(value));
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "no number that means anything here has sixteen digits")]
    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.0.put(Json::Number(value as f64));
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "no number that means anything here has sixteen digits")]
    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.0.put(Json::Number(value as f64));
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.0.put(Json::Text(value.to_owned()));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.0.open.push((Json::List(Vec::new()), String::new()));
        while list.next_element_seed(Node(&mut *self.0))?.is_some() {}
        self.0.close();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.0.open.push((Json::Object(Vec::new()), String::new()));
        while let Some(key) = map.next_key::<String>()? {
            if let Some((_, name)) = self.0.open.last_mut() {
                *name = key;
            }
            map.next_value_seed(Node(&mut *self.0))?;
        }
        self.0.close();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::mutate::{Prng, mutate};

    #[test]
    fn whole_documents_are_read_as_they_are() {
        let Loose { value, cut } = read("\u{feff}{\"a\":[1,-2.5,\"x\",true,null,{\"b\":{}}],\"c\":\" 7.5 \",\"a\":0}");
        assert!(!cut);
        let expected = [
            Json::Number(1.0),
            Json::Number(-2.5),
            Json::Text("x".into()),
            Json::Bool(true),
            Json::Null,
            Json::Object(vec![("b".into(), Json::Object(Vec::new()))]),
        ];
        assert_eq!(value.get("a").map(Json::list), Some(expected.as_slice()));
        assert_eq!(value.any(&["x", "c"]).and_then(Json::number), Some(7.5));
        assert_eq!(read("3").value, Json::Number(3.0));
    }

    #[test]
    fn of_a_document_that_breaks_off_the_whole_entries_are_kept() {
        let Loose { value, cut } = read("{\"t\":\"x\",\"l\":[{\"a\":1},{\"a\":2},{\"a\":3,\"b\":");
        assert!(cut);
        assert_eq!(value.get("l").map(|list| list.list().len()), Some(2));
        assert_eq!(value.get("t").and_then(Json::text), Some("x"));
        assert_eq!(read(""), Loose { value: Json::Null, cut: true });
        assert!(read("{\"a\":NaN}").cut);
    }

    #[test]
    fn deep_and_endless_documents_are_bounded() {
        assert!(read(&"[".repeat(100_000)).cut);
        let many = read(&format!("[{}0]", "0,".repeat(500_000))).value;
        assert_eq!(many.list().len(), MAX_VALUES - 1);
    }

    #[test]
    fn no_damage_makes_it_panic() {
        let (mut prng, mut cuts) = (Prng::new(3), 0);
        for _ in 0..3_000 {
            let damaged =
                mutate(br#"{"a":[{"startTime":1.5,"img":"a.jpg"},{"startTime":2e3}],"b":"\u00e9"}"#, &mut prng);
            cuts += usize::from(read(&String::from_utf8_lossy(&damaged)).cut);
        }
        assert!(cuts > 1_000, "{cuts}");
    }
}
