//! One press of a key with its modifiers, as the key map spells it: `Ctrl+Shift+Right`, `Space`, `?`, `<`, `F7`.
//!
//! # What a key is called
//!
//! By what it types, not by where it is: the window reports logical keys. Three complications are dealt with in
//! [`Chord::from_parts`], so that the key map need not know the layout of the keyboard:
//!
//! - A symbol may need Shift on one layout and none on another: `+` does on a US keyboard, and does not on a German one.
//!   So Shift is dropped from symbols and digits (digits need it on a French one); `Shift+,` is not a chord.
//! - What the window cannot name, it reports as the key in the same place of a US keyboard. That makes letters work on
//!   Cyrillic or Greek layouts. But `<` and `>` have no name either: they arrive as Comma and Period with Shift (US), or
//!   as the 102nd key beside the left Shift, without and with Shift (most European layouts). A symbol key that arrives
//!   under the name of its own US place with Shift held is such a fallback, and means what Shift makes of that place.
//! - On a Mac, Option (Alt) is a means to type symbols, as AltGr is elsewhere; but AltGr is no modifier, and Option is.
//!
//! `Ctrl` is the modifier of shortcuts: Command on a Mac.

use std::fmt;
use std::str::FromStr;

/// A key, by what it types or what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Kind);

/// In the order in which the keys of one command are shown: the big ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    /// Index into [`NAMED`].
    Named(usize),
    /// A capital letter, a digit or one of [`SYMBOLS`].
    Char(char),
    /// F1 to F35.
    Function(u8),
    /// Index into [`MEDIA`].
    Media(usize),
}

/// Name in the key map, further names, name on display.
type Name = (&'static str, &'static [&'static str], &'static str);

const NAMED: &[Name] = &[
    ("Space", &[" "], "Space"),
    ("Left", &["ArrowLeft"], "←"),
    ("Right", &["ArrowRight"], "→"),
    ("Up", &["ArrowUp"], "↑"),
    ("Down", &["ArrowDown"], "↓"),
    ("PageUp", &["PgUp"], "PgUp"),
    ("PageDown", &["PgDn", "PgDown"], "PgDn"),
    ("Home", &[], "Home"),
    ("End", &[], "End"),
    ("Backspace", &[], "Backspace"),
    ("Enter", &["Return"], "Enter"),
    ("Escape", &["Esc"], "Esc"),
    ("Tab", &[], "Tab"),
    ("Insert", &["Ins"], "Ins"),
    ("Delete", &["Del"], "Del"),
];

const MEDIA: &[Name] = &[
    ("MediaPlayPause", &[], "Play key"),
    ("MediaTrackPrevious", &[], "Previous key"),
    ("MediaTrackNext", &[], "Next key"),
    ("MediaStop", &[], "Stop key"),
    ("AudioVolumeMute", &[], "Mute key"),
    ("AudioVolumeDown", &[], "Volume down key"),
    ("AudioVolumeUp", &[], "Volume up key"),
    ("BrowserBack", &[], "Back key"),
    ("BrowserForward", &[], "Forward key"),
];

/// The character, further names, and what Shift makes of its key on a US keyboard if the window reports that key.
const SYMBOLS: &[(char, &[&str], Option<char>)] = &[
    (',', &["Comma"], Some('<')),
    ('.', &["Period"], Some('>')),
    ('<', &["Less"], None),
    ('>', &["Greater"], None),
    ('/', &["Slash"], Some('?')),
    ('?', &["Questionmark"], None),
    (';', &["Semicolon"], Some(':')),
    (':', &["Colon"], None),
    ('\'', &["Quote"], Some('"')),
    ('"', &["DoubleQuote"], None),
    ('[', &["OpenBracket"], Some('{')),
    (']', &["CloseBracket"], Some('}')),
    ('{', &["OpenCurlyBracket"], None),
    ('}', &["CloseCurlyBracket"], None),
    ('\\', &["Backslash"], Some('|')),
    ('|', &["Pipe"], None),
    ('-', &["Minus", "−"], Some('_')),
    ('_', &["Underscore"], None),
    ('=', &["Equals", "Equal"], Some('+')),
    ('+', &["Plus"], None),
    ('`', &["Backtick"], Some('~')),
    ('~', &["Tilde"], None),
    ('!', &["Exclamationmark"], None),
];

/// The name under which the window reports the key beside the left Shift that US keyboards lack.
const KEY_102: &str = "IntlBackslash";

impl Key {
    /// By its name in the key map, or by the window's name for it; the case does not matter.
    pub fn from_name(name: &str) -> Option<Self> {
        let mut chars = name.chars();
        if let (Some(c), None) = (chars.next(), chars.next()) {
            let c = c.to_ascii_uppercase();
            if c.is_ascii_alphanumeric() || SYMBOLS.iter().any(|(symbol, ..)| *symbol == c) {
                return Some(Self(Kind::Char(c)));
            }
        }
        let is = |known: &str| known.eq_ignore_ascii_case(name);
        let among =
            |names: &[Name]| names.iter().position(|(first, others, _)| is(first) || others.iter().any(|o| is(o)));
        let function = || (1..=35).find(|number| is(&format!("F{number}")));
        let symbol = || SYMBOLS.iter().find(|(_, others, _)| others.iter().any(|o| is(o)));
        let kind = among(NAMED)
            .map(Kind::Named)
            .or_else(|| among(MEDIA).map(Kind::Media))
            .or_else(|| function().map(Kind::Function))
            .or_else(|| symbol().map(|(symbol, ..)| Kind::Char(*symbol)))?;
        Some(Self(kind))
    }

    /// Whether Shift may be needed to type it, so that it says nothing of its own.
    fn absorbs_shift(self) -> bool {
        matches!(self.0, Kind::Char(c) if !c.is_ascii_alphabetic())
    }

    fn is_symbol(self) -> bool {
        matches!(self.0, Kind::Char(c) if !c.is_ascii_alphanumeric())
    }

    /// What Shift makes of this key where it has its US place.
    fn shifted(self) -> Self {
        let Kind::Char(c) = self.0 else { return self };
        let shifted = SYMBOLS.iter().find(|(symbol, ..)| *symbol == c).and_then(|(_, _, shifted)| *shifted);
        Self(Kind::Char(shifted.unwrap_or(c)))
    }

    /// For display: `→`, `Esc`, `−`.
    pub fn pretty(self) -> String {
        match self.0 {
            Kind::Named(at) => NAMED[at].2.to_owned(),
            Kind::Media(at) => MEDIA[at].2.to_owned(),
            Kind::Char('-') => "−".to_owned(),
            Kind::Char(_) | Kind::Function(_) => self.to_string(),
        }
    }
}

/// As in the key map.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::Named(at) => f.write_str(NAMED[at].0),
            Kind::Media(at) => f.write_str(MEDIA[at].0),
            Kind::Char(c) => write!(f, "{c}"),
            Kind::Function(number) => write!(f, "F{number}"),
        }
    }
}

/// A key and the modifiers held with it. Ordered as shown: fewer modifiers first, media keys last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chord {
    rank: u8,
    ctrl: bool,
    alt: bool,
    shift: bool,
    key: Key,
}

impl Chord {
    /// A symbol or digit takes no Shift: what Shift types with its key is another symbol.
    pub fn new(key: Key, ctrl: bool, shift: bool, alt: bool) -> Self {
        let shift = shift && !key.absorbs_shift();
        let media = matches!(key.0, Kind::Media(_));
        let rank = u8::from(ctrl) + u8::from(shift) + u8::from(alt) + 4 * u8::from(media);
        Self { rank, ctrl, alt, shift, key }
    }

    /// From what the window reports: the names of the logical key and, if known, of the key in the same place of a US
    /// keyboard, and the modifiers held. `ctrl` is Command on a Mac. Nothing for keys that cannot be bound.
    pub fn from_parts(key_name: &str, physical_name: Option<&str>, ctrl: bool, shift: bool, alt: bool) -> Option<Self> {
        if key_name == KEY_102 {
            return Some(Self::new(Key(Kind::Char(if shift { '>' } else { '<' })), ctrl, shift, alt));
        }
        let key = Key::from_name(key_name)?;
        let in_us_place = physical_name.and_then(Key::from_name).is_none_or(|physical| physical == key);
        if shift && in_us_place && key.is_symbol() {
            return Some(Self::new(key.shifted(), ctrl, shift, alt));
        }
        let option_types_it = cfg!(target_os = "macos") && key.is_symbol() && !in_us_place;
        Some(Self::new(key, ctrl, shift, alt && !option_types_it))
    }

    /// Without the modifiers.
    pub fn key(&self) -> Key {
        self.key
    }

    /// For display: `Shift →`.
    pub fn pretty(&self) -> String {
        let (ctrl, alt) = if cfg!(target_os = "macos") { ("Cmd ", "Option ") } else { ("Ctrl ", "Alt ") };
        let word = |held: bool, word: &'static str| if held { word } else { "" };
        format!("{}{}{}{}", word(self.ctrl, ctrl), word(self.alt, alt), word(self.shift, "Shift "), self.key.pretty())
    }
}

/// As in the key map: `Ctrl+Shift+Right`.
impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [(self.ctrl, "Ctrl+"), (self.alt, "Alt+"), (self.shift, "Shift+")] {
            if held {
                f.write_str(name)?;
            }
        }
        write!(f, "{}", self.key)
    }
}

/// The text is no chord.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseChordError {
    /// No such key.
    #[error("\"{0}\" is not a key; Space, K, Ctrl+O, Shift+Right, F7, PageUp, ? and < are")]
    UnknownKey(String),
    /// Shift with a symbol or digit, which means different things on different keyboards.
    #[error(
        "\"{0}\" depends on the keyboard; write the character that it types, such as < for Shift+, or ? for Shift+/"
    )]
    ShiftedSymbol(String),
}

impl FromStr for Chord {
    type Err = ParseChordError;

    fn from_str(text: &str) -> Result<Self, ParseChordError> {
        let shown = || super::parse::shorten(text);
        // A lone blank is the space bar; around anything else, blanks are nothing.
        let mut rest = if text.trim().is_empty() { text } else { text.trim() };
        let (mut ctrl, mut shift, mut alt) = (false, false, false);
        // The key itself may be a plus: "Ctrl++".
        while let Some((modifier, after)) = rest.split_once('+').filter(|(_, after)| !after.is_empty()) {
            match modifier.trim().to_ascii_lowercase().as_str() {
                "ctrl" | "control" | "cmd" | "command" => ctrl = true,
                "shift" => shift = true,
                "alt" | "option" => alt = true,
                _ => return Err(ParseChordError::UnknownKey(shown())),
            }
            rest = if after.trim().is_empty() { after } else { after.trim() };
        }
        let key = Key::from_name(rest).ok_or_else(|| ParseChordError::UnknownKey(shown()))?;
        if shift && key.absorbs_shift() {
            return Err(ParseChordError::ShiftedSymbol(shown()));
        }
        Ok(Self::new(key, ctrl, shift, alt))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chord(text: &str) -> Chord {
        text.parse().unwrap()
    }

    /// Key, place and Shift, as the window reports them, to the chord's spelling.
    fn reported(key: &str, place: &str, shift: bool) -> String {
        Chord::from_parts(key, Some(place), false, shift, false).unwrap().to_string()
    }

    #[test]
    fn chords_are_read_as_people_write_them() {
        for (text, printed, pretty) in [
            ("Space", "Space", "Space"),
            (" ", "Space", "Space"),
            ("k", "K", "K"),
            ("shift+right", "Shift+Right", "Shift →"),
            ("Shift + ArrowRight", "Shift+Right", "Shift →"),
            ("?", "?", "?"),
            ("<", "<", "<"),
            ("-", "-", "−"),
            ("+", "+", "+"),
            ("Ctrl++", "Ctrl++", "Ctrl +"),
            ("control+0", "Ctrl+0", "Ctrl 0"),
            ("F7", "F7", "F7"),
            ("pgup", "PageUp", "PgUp"),
            ("Esc", "Escape", "Esc"),
            ("Shift+Alt+Ctrl+x", "Ctrl+Alt+Shift+X", "Ctrl Alt Shift X"),
        ] {
            let read = chord(text);
            assert_eq!(read.to_string(), printed, "{text}");
            if !cfg!(target_os = "macos") {
                assert_eq!(read.pretty(), pretty, "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_chord_is_refused() {
        for text in ["", "Ctrl+", "Ctrl", "F0", "F36", "F07", "Hyper+X", "ab", "ü", "X+Ctrl", "++", "Shift"] {
            assert!(matches!(text.parse::<Chord>(), Err(ParseChordError::UnknownKey(_))), "{text}");
        }
        for text in ["Shift+,", "Ctrl+Shift+=", "Shift+1", "Shift++"] {
            assert!(matches!(text.parse::<Chord>(), Err(ParseChordError::ShiftedSymbol(_))), "{text}");
        }
    }

    #[test]
    fn symbols_are_the_same_whether_or_not_this_keyboard_needs_shift_for_them() {
        // US, then German.
        assert_eq!(reported("Plus", "Equals", true), "+");
        assert_eq!(reported("Plus", "CloseBracket", false), "+");
        assert_eq!(reported("Questionmark", "Slash", true), "?");
        assert_eq!(reported("Questionmark", "Minus", true), "?");
        assert_eq!(reported("Equals", "Equals", false), "=");
        assert_eq!(reported("Equals", "0", true), "=");
        assert_eq!(reported("Minus", "Slash", false), "-");
        // AltGr is no modifier.
        assert_eq!(reported("OpenBracket", "8", false), "[");
        // The numeric pad.
        assert_eq!(reported("Plus", "Plus", true), "+");
    }

    #[test]
    fn angle_brackets_arrive_under_other_names() {
        // US.
        assert_eq!(reported("Comma", "Comma", true), "<");
        assert_eq!(reported("Period", "Period", true), ">");
        // German, French, Spanish, Nordic.
        assert_eq!(reported("IntlBackslash", "IntlBackslash", false), "<");
        assert_eq!(reported("IntlBackslash", "IntlBackslash", true), ">");
        // A British keyboard has another symbol there, which has a name.
        assert_eq!(reported("Backslash", "IntlBackslash", false), "\\");
    }

    #[test]
    fn commas_and_points_typed_with_shift_elsewhere_stay_what_they_are() {
        // French and Russian.
        assert_eq!(reported("Period", "Comma", true), ".");
        assert_eq!(reported("Comma", "Slash", true), ",");
    }

    #[test]
    fn digits_need_shift_on_some_keyboards() {
        assert_eq!(reported("5", "5", true), "5");
        assert_eq!(reported("5", "5", false), "5");
    }

    #[test]
    fn letters_and_named_keys_keep_shift() {
        assert_eq!(reported("N", "N", true), "Shift+N");
        assert_eq!(reported("Left", "Left", true), "Shift+Left");
        assert_eq!(Chord::from_parts("O", None, true, false, false), Some(chord("Ctrl+O")));
        assert_eq!(Chord::from_parts("ShiftLeft", Some("ShiftLeft"), false, true, false), None);
        assert_eq!(Chord::from_parts("CapsLock", None, false, false, false), None);
    }

    #[test]
    fn no_name_stands_for_two_keys() {
        let names = NAMED.iter().chain(MEDIA).flat_map(|(first, others, _)| others.iter().chain([first]));
        let symbols = SYMBOLS.iter().flat_map(|(_, others, _)| others.iter());
        let mut all: Vec<String> = names.chain(symbols).map(|name| name.to_lowercase()).collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    proptest! {
        #[test]
        fn printed_chords_are_read_back(text in "((Ctrl|Alt|Shift)\\+){0,3}([A-Z]|[0-9]|F[1-9]|Left|PageUp|Space|[-,.<>/?;:'\\[\\]{}|_=+`~!\"\\\\])") {
            if let Ok(chord) = text.parse::<Chord>() {
                prop_assert_eq!(chord.to_string().parse(), Ok(chord));
            } else {
                prop_assert!(text.contains("Shift"), "{} was refused", text);
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "(?s)(Ctrl\\+)?.*") {
            if let Ok(chord) = text.parse::<Chord>() {
                prop_assert_eq!(chord.to_string().parse(), Ok(chord));
            }
        }
    }
}
