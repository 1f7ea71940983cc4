//! What file and folder names tell: the kind of file, a title for people, the number of the talk, the natural order.

use std::cmp::Ordering;
use std::path::Path;

use unicode_normalization::UnicodeNormalization as _;

const PICTURES: &[&str] = &["jpg", "jpeg", "png", "webp", "gif", "bmp", "svg"];
const SOUNDS: &[&str] = &[
    "m4a", "mp3", "opus", "ogg", "oga", "aac", "flac", "wav", "mka", "m4b", "aif", "aiff", "aifc", "caf", "wma", "amr",
    "ac3", "mp2", "wv", "ape", "spx", "weba",
];
const FILMS: &[&str] = &[
    "mp4", "webm", "mkv", "mov", "m4v", "ogv", "avi", "wmv", "asf", "flv", "f4v", "mpg", "mpeg", "m2ts", "mts", "3gp",
    "3g2",
];

/// A name with its accents as most systems write them; some write them as letters of their own.
pub(crate) fn normal(name: &str) -> String {
    if name.is_ascii() { name.to_owned() } else { name.nfc().collect() }
}

/// What a file is called, as [`normal`] has it; of bytes that are no text, as much as can be shown.
pub(crate) fn of_path(path: &Path) -> String {
    normal(&path.file_name().unwrap_or_default().to_string_lossy())
}

/// Stem and lower-case extension. A query that a downloader left in the name (`1.png?h=1080`) is no part of either.
pub(crate) fn split(name: &str) -> (&str, String) {
    let path = name.split_once('?').map_or(name, |(path, _)| path);
    match path.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, extension.to_ascii_lowercase()),
        _ => (path, String::new()),
    }
}

/// Whether a name is that of a picture.
pub(crate) fn is_picture(name: &str) -> bool {
    PICTURES.contains(&split(name).1.as_str())
}

/// Whether a name is that of a file with nothing but sound.
pub(crate) fn is_sound(name: &str) -> bool {
    SOUNDS.contains(&split(name).1.as_str())
}

/// Whether a name is that of a sound or video file.
pub(crate) fn is_media(name: &str) -> bool {
    let extension = split(name).1;
    SOUNDS.contains(&extension.as_str()) || FILMS.contains(&extension.as_str())
}

/// Whether a name is that of a download that never finished: `x.m4a.part`, `x.f140.m4a`, `x.temp.mp4`.
pub(crate) fn is_partial(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    if lower.ends_with(".part") || lower.ends_with(".ytdl") || lower.contains(".part-frag") {
        return true;
    }
    let (stem, _) = split(&lower);
    let last = stem.rsplit_once('.').map_or("", |(_, last)| last);
    let format = last.strip_prefix('f').unwrap_or("");
    is_media(&lower) && (last == "temp" || format.starts_with(|c: char| c.is_ascii_digit()) && is_format(format))
}

/// `140`, `251-drc`: a number and perhaps a word.
fn is_format(format: &str) -> bool {
    let (number, word) = format.split_once('-').unwrap_or((format, ""));
    number.bytes().all(|b| b.is_ascii_digit()) && word.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Whether a name is that of a film made of the slides, or of one slide that moves: never the sound of the talk, where there is
/// another.
pub(crate) fn is_derived(name: &str) -> bool {
    is_film_of_slides(name) || is_moving_slide(name)
}

/// Whether a name is that of a film that a tool has made of the slides and the sound.
pub(crate) fn is_film_of_slides(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let (stem, extension) = split(&lower);
    extension == "mp4"
        && (["slides-video", "slides", "slides-out", "createdslides"].contains(&stem) || stem.ends_with("-slides"))
}

/// Whether a name is that of one slide that moves.
fn is_moving_slide(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    film_number(name).is_some()
        || lower.rsplit_once(" - slide ").is_some_and(|(_, rest)| {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            digits > 0 && rest[digits..].starts_with(" [")
        })
}

/// The number of the slide that a film is: 2 of `Title - Slide 002 [id-002].mp4`, of `Title_-_Slide_002-[id-002].mp4`, and
/// where files are called after the talk alone, of `38972123-002.mp4`.
pub(crate) fn film_number(name: &str) -> Option<u32> {
    let stem = family_stem(name);
    let bracketed = stem.strip_suffix(']').and_then(|rest| rest.rsplit_once('['));
    let (talk, number) = bracketed.map_or(stem, |(_, id)| id).rsplit_once('-')?;
    let counts = (3..=5).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let before = bracketed.map(|(before, _)| before.trim_end_matches(SEPARATORS).to_ascii_lowercase());
    let named = match before {
        Some(before) => before.strip_suffix(number)?.trim_end_matches(SEPARATORS).ends_with("slide"),
        None => talk_number(talk) == Some(talk),
    };
    (counts && named).then(|| number.parse().ok())?
}

/// What stands between the parts of a name.
const SEPARATORS: [char; 3] = [' ', '-', '_'];

/// What the files that belong to one media file begin with: `Title [id]` of `Title [id].mp4`, `Title [id].info.json`.
pub(crate) fn family_stem(name: &str) -> &str {
    const ENDINGS: [&str; 5] = [".info.json", ".chapters.json", ".chapters.txt", ".chapters.vtt", ".chapters.xml"];
    let lower = name.to_ascii_lowercase();
    let ending = ENDINGS.iter().find(|ending| lower.ends_with(*ending) && lower.len() > ending.len());
    let known = ending.and_then(|ending| name.get(..name.len() - ending.len()));
    known.or_else(|| of_saved_page(name)).unwrap_or_else(|| split(name).0)
}

/// `Title [id]` of `Title [id].slides.mhtml`, `Title [id].fvideo1-slides.mhtml`, `Title [id].chapter.mhtml`.
fn of_saved_page(name: &str) -> Option<&str> {
    let (stem, extension) = split(name);
    let (before, kind) = stem.rsplit_once('.').filter(|_| matches!(extension.as_str(), "mhtml" | "mht"))?;
    let kind = kind.to_ascii_lowercase();
    let known = ["slides", "chapter", "chapters"].iter().any(|known| kind.ends_with(known));
    (known && !before.is_empty() && !kind.contains(' ')).then_some(before)
}

/// Whether a file is called a list of these, whatever its ending: `chapters.json`, `talk.chapters.txt`, `t_chapters_en.vtt`.
pub(crate) fn is_list_of(name: &str, what: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    match split(&lower).0.split(['.', '_', '-']).collect::<Vec<_>>().as_slice() {
        [.., last] if *last == what => true,
        [first, _] if *first == what => true,
        [.., before, language] => *before == what && (2..=3).contains(&language.len()),
        _ => false,
    }
}

/// Whether a file belongs to the media file with this stem: it is called as that up to a dot, or is one of its slides that
/// move, or the list of them: `Title - Slide 002 [id-002].mp4`, `Title [id-playlist].info.json`.
pub(crate) fn is_of(name: &str, stem: &str) -> bool {
    let rest = name.strip_prefix(stem).unwrap_or_default();
    if rest.starts_with('.') {
        return true;
    }
    let bracketed = stem.strip_suffix(']').and_then(|rest| rest.rsplit_once('['));
    match bracketed {
        Some((title, id)) => {
            let rest = name.strip_prefix(title.trim_end_matches(SEPARATORS)).unwrap_or_default();
            let begins = |what: &str| rest.trim_start_matches(SEPARATORS).starts_with(what);
            rest.starts_with(SEPARATORS) && (begins("Slide") || begins("[")) && rest.contains(&format!("[{id}-"))
        }
        None => {
            talk_number(stem) == Some(stem)
                && (film_number(name).is_some() || rest.starts_with("-playlist."))
                && rest.starts_with('-')
        }
    }
}

/// Text from a document as a title is shown: on one line, single spaces, of bounded length, nothing unseen.
pub(crate) fn one_line(text: &str) -> String {
    const LONGEST: usize = 500;
    let cut: String = spaced(text).chars().take(LONGEST).collect();
    cut.trim_end().to_owned()
}

/// Text on one line, single spaces between its words, and nothing unseen.
pub(crate) fn spaced(text: &str) -> String {
    words(text).collect::<Vec<_>>().join(" ")
}

/// The words of a text; white space and unseen characters lie between them.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_apart).filter(|word| !word.is_empty())
}

/// Whether a character stands between words.
pub(crate) fn is_apart(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

/// The number of a SlidesLive talk in a name: eight digits, the first a 3, nothing alphanumeric on either side.
pub(crate) fn talk_number(name: &str) -> Option<&str> {
    name.split(|c: char| !c.is_alphanumeric())
        .find(|word| word.len() == 8 && word.starts_with('3') && word.bytes().all(|b| b.is_ascii_digit()))
}

/// yt-dlp writes wide look-alikes for what file names must not hold; few fonts have them.
fn without_look_alikes(title: &str) -> String {
    let plain = |c| match c {
        '\u{ff1a}' => ':',
        '\u{ff1f}' => '?',
        '\u{ff02}' => '"',
        '\u{ff0a}' => '*',
        '\u{ff1c}' => '<',
        '\u{ff1e}' => '>',
        '\u{ff5c}' => '|',
        '\u{29f8}' => '/',
        '\u{29f9}' => '\\',
        other => other,
    };
    title.chars().map(plain).collect()
}

/// Names that tools give to media files of any talk.
const GENERIC: &[&str] = &[
    "audio",
    "video",
    "talk",
    "output",
    "combined",
    "finalvideo",
    "initialdownload",
    "sound",
    "recording",
    "media",
    "webcams",
];

/// Of those, what a tool has made of the others.
const MADE: &[&str] = &["output", "combined", "finalvideo"];

/// Whether a media file is called what a tool calls that which it makes of sound, video and slides.
pub(crate) fn is_made(stem: &str) -> bool {
    MADE.contains(&stem.trim().to_lowercase().as_str())
}

/// Whether a media file is called what a tool calls that of any talk: `audio`, `finalvideo`.
pub(crate) fn is_generic(stem: &str) -> bool {
    GENERIC.contains(&stem.trim().to_lowercase().as_str())
}

/// The title in the name of a media file, without what youtube-dl and yt-dlp add; `None` where no title is left.
pub(crate) fn title_of_media(stem: &str) -> Option<String> {
    // Some systems write accents as letters of their own.
    let title: String = tidy(&without_look_alikes(without_id(stem.trim()))).nfc().collect();
    let wordless = !title.chars().any(char::is_alphabetic);
    (!wordless && !is_generic(&title)).then_some(title)
}

/// `Title [id]` or `Title-id` without the id; as it is where no id can be told from the title's own words.
fn without_id(stem: &str) -> &str {
    let bracketed = stem.strip_suffix(']').and_then(|rest| rest.rsplit_once('['));
    if let Some((title, id)) = bracketed
        && is_id(id)
        && !title.trim().is_empty()
    {
        return title;
    }
    // YouTube's ids have eleven characters and yoda's twelve, hyphens among them, so the last hyphen may be inside one.
    for length in [11, 12] {
        let Some(at) = stem.len().checked_sub(length + 1) else {
            continue;
        };
        if let (Some(title), Some(id)) = (stem.get(..at), stem.get(at..).and_then(|rest| rest.strip_prefix('-')))
            && is_id(id)
            && !title.trim().is_empty()
        {
            return title;
        }
    }
    match stem.rsplit_once('-') {
        Some((title, id)) if is_number_id(id) && !title.trim().is_empty() => title,
        _ => stem,
    }
}

fn is_id(id: &str) -> bool {
    is_number_id(id) || is_video_id(id) || is_uuid(id)
}

/// A number of six to twelve digits that is no date: Vimeo's and SlidesLive's ids.
fn is_number_id(id: &str) -> bool {
    let date = id.len() == 8
        && matches!(id.get(..2), Some("19" | "20"))
        && id.get(4..6).is_some_and(|month| ("01"..="12").contains(&month))
        && id.get(6..).is_some_and(|day| ("01"..="31").contains(&day));
    (6..=12).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit()) && !date
}

/// Eleven or twelve characters as YouTube and yoda draw them, and such as no word has: a digit, an underscore or a
/// capital inside.
fn is_video_id(id: &str) -> bool {
    let drawn = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let unlike_a_word = |b: u8| b.is_ascii_digit() || b == b'_';
    let mixed = id.as_bytes().windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    // A word and a year ("-neurips2020") has its digits in one run at the end; an id almost never has.
    let word_and_number =
        id.trim_end_matches(|c: char| c.is_ascii_digit()).bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    (11..=12).contains(&id.len())
        && id.bytes().all(drawn)
        && (id.bytes().any(unlike_a_word) || mixed)
        && !word_and_number
}

fn is_uuid(id: &str) -> bool {
    id.len() == 36 && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') && id.matches('-').count() == 4
}

/// The title in the name of a talk's folder: `38930109-deep-learning` is `Deep learning`.
pub(crate) fn title_of_folder(name: &str) -> String {
    let slug = name.split_once('?').map_or(name, |(slug, _)| slug);
    let words: Vec<&str> = match talk_number(slug) {
        Some(number) => {
            let (before, after) = slug.split_once(number).unwrap_or((slug, ""));
            // `talk_38930109_title` and `38930109-title`; with the number last, the title comes before it.
            let title = if after.chars().any(char::is_alphanumeric) { after } else { before };
            title.split(['-', '_', ' ']).collect()
        }
        // Without a number the name may be anyone's own, in which spaces show that hyphens are meant.
        None if slug.contains(' ') => vec![slug],
        None => slug.split(['-', '_']).collect(),
    };
    let title = tidy(&words.join(" "));
    let title = title.trim_end_matches(['.', ' ']);
    // `slide_38930109`, `slideslive_38930109_slides`: what tools put around the number is no title.
    let title = if of_tool(title) && talk_number(slug).is_some() { "" } else { title };
    let mut letters = title.chars();
    match letters.next() {
        Some(first) if title.chars().any(char::is_alphanumeric) => first.to_uppercase().chain(letters).collect(),
        _ => talk_number(slug).unwrap_or(name).to_owned(),
    }
}

/// Whether there is nothing in a title but what tools call folders of talks.
fn of_tool(title: &str) -> bool {
    let known = ["slide", "slides", "slideslive", "talk", "video"];
    title.split(' ').all(|word| known.iter().any(|name| word.eq_ignore_ascii_case(name)))
}

/// Single spaces, and no separators left over at either end.
fn tidy(text: &str) -> String {
    spaced(text).trim_matches([' ', '-', '_']).to_owned()
}

/// How alike a title and a slug are, 0 to 1000: the share of words they have in common.
pub(crate) fn likeness(left: &str, right: &str) -> usize {
    let words = |text: &str| {
        let lower = text.to_lowercase();
        let mut words: Vec<String> =
            lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
        words.sort_unstable();
        words.dedup();
        words
    };
    let (left, right) = (words(left), words(right));
    let common = left.iter().filter(|word| right.binary_search(word).is_ok()).count();
    common * 1000 / (left.len() + right.len() - common).max(1)
}

/// Numbers by their value, everything else by letter: 2 before 10.
pub(crate) fn natural(left: &str, right: &str) -> Ordering {
    let (mut a, mut b) = (left, right);
    loop {
        let (Some(x), Some(y)) = (a.chars().next(), b.chars().next()) else {
            // Names that differ only in case or zeros still need one order.
            return a.len().cmp(&b.len()).then_with(|| left.cmp(right));
        };
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (p, q) = (digits(a), digits(b));
            (a, b) = (&a[p.len()..], &b[q.len()..]);
            let (p, q) = (p.trim_start_matches('0'), q.trim_start_matches('0'));
            p.len().cmp(&q.len()).then_with(|| p.cmp(q))
        } else {
            (a, b) = (&a[x.len_utf8()..], &b[y.len_utf8()..]);
            x.to_lowercase().cmp(y.to_lowercase())
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn digits(text: &str) -> &str {
    &text[..text.bytes().take_while(u8::is_ascii_digit).count()]
}

#[cfg(test)]
mod tests;
