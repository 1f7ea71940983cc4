//! Names of files: what every system accepts, and how Markdown names them.

/// Longest name without its ending, in bytes; every file system takes 255 with what is added.
const MAX_BYTES: usize = 120;

/// A file's name, without ending, for a text: nothing in it that Linux, macOS or Windows refuse.
pub(super) fn stem(text: &str) -> String {
    let allowed = |c: char| !c.is_control() && !matches!(c, '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*');
    let replaced: String = text.chars().map(|c| if allowed(c) { c } else { ' ' }).collect();
    let mut name = replaced.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.len() > MAX_BYTES {
        let end = (0..=MAX_BYTES).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
        name.truncate(name[..end].rfind(' ').filter(|space| *space > MAX_BYTES / 2).unwrap_or(end));
    }
    let name = name.trim_start_matches(['.', ' ']).trim_end_matches(['.', ' ']);
    let device = name.split('.').next().unwrap_or("").trim_end().to_ascii_uppercase();
    let numbered = |prefix: &str| {
        device.strip_prefix(prefix).is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let reserved = matches!(device.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT");
    if reserved { format!("_{name}") } else { name.to_owned() }
}

/// The destination of a Markdown link to a file, from the note's folder.
pub(super) fn destination(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for c in path.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~' | ',') || !c.is_ascii() {
            out.push(c);
        } else {
            out.push_str(&format!("%{:02X}", u32::from(c)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_by_every_system() {
        for (text, name) in [
            ("Attention is all you need", "Attention is all you need"),
            ("What? A/B: \"x\" <y>|*\\ ...", "What A B x y"),
            ("../../etc", "etc"),
            ("nul.txt", "_nul.txt"),
            ("COM1", "_COM1"),
            ("Come", "Come"),
            ("\u{0}\n", ""),
        ] {
            assert_eq!(stem(text), name);
        }
        let long = stem(&"schöne Wörter ".repeat(40));
        assert!(long.len() <= MAX_BYTES && long.ends_with(['e', 'r']), "{long}");
        assert_eq!(stem(&"ü".repeat(100)).len(), MAX_BYTES);
    }

    #[test]
    fn destinations_have_no_spaces_or_brackets() {
        assert_eq!(destination("A (b) pictures/ü 1%.jpg"), "A%20%28b%29%20pictures/ü%201%25.jpg");
    }
}
