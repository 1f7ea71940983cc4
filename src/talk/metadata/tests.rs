use super::*;
use crate::talk::open::open;
use crate::testing::mutate::{Prng, mutate};
use crate::testing::talks::{TalkBuilder, WavProbe, put, wav};

/// As yt-dlp writes it for a talk on slideslive.com; the name of its file has wide look-alikes.
const SLIDESLIVE: &str = r#"{"id": "38972123", "title": "Why/How? \"Tabula Rasa\"", "thumbnails": [{"id": "001", "title": "no"}],
    "chapters": [{"title": "Slide 001", "start_time": 0}], "duration": 20, "fulltitle": "Why/How? \"Tabula Rasa\"",
    "webpage_url": "https://slideslive.com/38972123/why-how", "url": "https://cdn.example/main.mp4", "_type": "video"}"#;

fn described(json: &str) -> Metadata {
    parse(json.as_bytes())
}

#[test]
fn the_title_in_the_description_has_the_characters_that_file_names_must_not_have() {
    let dir = tempfile::tempdir().unwrap();
    let root = TalkBuilder::new("38972123", "why").slides([0]).sound("Why⧸How？ [38972123].wav", 3.0).write(dir.path());
    put(&root.join("Why⧸How？ [38972123].info.json"), SLIDESLIVE.as_bytes());
    put(&root.join("Why⧸How？ - Slide 002 [38972123-002].info.json"), br#"{"title": "Slide 002"}"#);
    put(&root.join("Why⧸How？ [38972123-playlist].info.json"), br#"{"title": "a list"}"#);
    let talk = open(&root, &WavProbe).unwrap();
    assert_eq!(talk.title, "Why/How? \"Tabula Rasa\"");
    let expected = Metadata {
        title: Some("Why/How? \"Tabula Rasa\"".into()),
        link: Some("https://slideslive.com/38972123/why-how".into()),
        ..Metadata::default()
    };
    assert_eq!(talk.metadata, expected);
    // Also where the sound was renamed: the parts and the list are not the talk.
    std::fs::rename(root.join("Why⧸How？ [38972123].wav"), root.join("sound.wav")).unwrap();
    assert_eq!(open(&root, &WavProbe).unwrap().metadata, expected);
}

#[test]
fn a_single_file_has_its_own_description_and_no_other() {
    let dir = tempfile::tempdir().unwrap();
    put(&dir.path().join("one.wav"), &wav(1.0));
    put(&dir.path().join("two.wav"), &wav(1.0));
    put(&dir.path().join("one.info.json"), br#"{"title": "One", "description": "About one"}"#);
    let of = |name: &str| open(&dir.path().join(name), &WavProbe).unwrap().metadata;
    assert_eq!((of("one.wav").title.as_deref(), of("one.wav").about.as_str()), (Some("One"), "About one"));
    assert_eq!(of("two.wav"), Metadata::default());
}

#[test]
fn several_talks_in_a_folder_give_their_descriptions_to_none_of_them() {
    let dir = tempfile::tempdir().unwrap();
    let root = TalkBuilder::new("1", "x").slides([0]).sound("a.wav", 3.0).write(dir.path());
    put(&root.join("b.info.json"), br#"{"title": "B"}"#);
    put(&root.join("c.info.json"), br#"{"title": "C"}"#);
    assert_eq!(open(&root, &WavProbe).unwrap().metadata, Metadata::default());
    put(&root.join("a.info.json"), br#"{"title": "A"}"#);
    assert_eq!(open(&root, &WavProbe).unwrap().metadata.title.as_deref(), Some("A"));
}

#[test]
fn other_tools_descriptions_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let root = TalkBuilder::new("38956531", "x").slides([0]).sound("audio.wav", 3.0).write(dir.path());
    put(&root.join("slides.json"), br#"{"slide_qualities": ["big"], "slides": [{"time": 0}]}"#);
    put(&root.join("38956531.json"), br#"{"title": "Beyond  Static\nPapers", "has_slides": true, "subtitles": []}"#);
    put(&root.join("metadata.json"), br#"{"url": "https://x.org/t", "title": "no", "abstract": "We show."}"#);
    let metadata = open(&root, &WavProbe).unwrap().metadata;
    assert_eq!(metadata.title.as_deref(), Some("Beyond Static Papers"));
    assert_eq!((metadata.about.as_str(), metadata.link.as_deref()), ("We show.", Some("https://x.org/t")));
}

#[test]
fn authors_are_people_and_not_who_uploaded_the_talk() {
    for (json, authors) in [
        (r#"{"creators": ["Emmy Noether", " 李 娜 ", "Emmy Noether", 3, ""]}"#, &["Emmy Noether", "李 娜"][..]),
        (r#"{"creator": "Ada Lovelace, Emmy Noether"}"#, &["Ada Lovelace", "Emmy Noether"]),
        (r#"{"creator": "Noether, Emmy; Lovelace, Ada"}"#, &["Noether, Emmy", "Lovelace, Ada"]),
        (r#"{"artist": "Noether, Emmy"}"#, &["Noether, Emmy"]),
        (r#"{"speakers": [{"name": "Ada Lovelace"}]}"#, &["Ada Lovelace"]),
        (r#"{"artists": ["A Band"], "track": "A Song", "album": "Songs"}"#, &[]),
        (r#"{"uploader": "ICLR 2020", "channel": "ICLR"}"#, &[]),
        (r#"{"creators": null, "creator": ["A B"], "artist": {"x": 1}}"#, &[]),
    ] {
        assert_eq!(described(json).authors, authors, "{json}");
    }
}

#[test]
fn titles_and_descriptions_are_told_apart_from_numbers_and_repeats() {
    assert_eq!(described(r#"{"id": "x1", "title": "x1"}"#), Metadata::default());
    assert_eq!(
        described(r#"{"title": "Long tit...", "fulltitle": "Long title"}"#).title.as_deref(),
        Some("Long title")
    );
    assert_eq!(described(r#"{"title": "T", "description": "T"}"#).about, "");
    let about = described("{\"description\": \" One\\r\\ntwo \\n\\nthree\\u202e\\u0007 \"}").about;
    assert_eq!(about, "One\ntwo\n\nthree");
    assert_eq!(described("\u{feff}[1, 2]"), Metadata::default());
}

#[test]
fn a_link_leads_to_the_web_and_nowhere_else() {
    for good in ["https://slideslive.com/38972123", "HTTP://x.org", "http://[::1]:80/a?b=c#d", " https://käse.de/ü "]
    {
        assert_eq!(link(good).as_deref(), Some(good.trim()), "{good}");
    }
    for bad in [
        "",
        "file:///etc/passwd",
        "javascript:alert(1)//://x.org",
        "javascript://x.org/%0aalert(1)",
        "https://",
        "https:///x",
        "https://user@x.org/",
        "https://good.org\\@bad.org",
        "https://x.org/a b",
        "https://x.org/\u{202e}gpj",
        "https://x.org/\"><b>",
        "x.org",
    ] {
        assert_eq!(link(bad), None, "{bad}");
    }
    assert_eq!(link(&format!("https://x.org/{}", "a".repeat(MAX_LINK))), None);
    let both = r#"{"url": "https://cdn.example/a.mp4", "id": "1", "webpage_url": "https://x.org/t"}"#;
    assert_eq!(described(both).link.as_deref(), Some("https://x.org/t"));
    assert_eq!(described(r#"{"id": "1", "url": "https://cdn.example/a.mp4"}"#).link, None);
}

#[test]
fn nothing_grows_without_bound() {
    let long = "x".repeat(100_000);
    let names: Vec<String> = (0..5_000).map(|number| format!("\"Author {number}\"")).collect();
    let json = format!(r#"{{"title": "{long}", "description": "{long}", "creators": [{}]}}"#, names.join(","));
    let metadata = described(&json);
    assert_eq!(metadata.title.map(|title| title.len()), Some(MAX_LINE));
    assert_eq!((metadata.about.len(), metadata.authors.len()), (MAX_ABOUT, MAX_AUTHORS));
    let deep = format!(r#"{{"title": "T", "description": {}"#, "[".repeat(1_000_000));
    assert_eq!(described(&deep).title.as_deref(), Some("T"));
}

#[test]
fn what_comes_before_the_damage_is_kept_and_nothing_makes_it_panic() {
    assert_eq!(described(&SLIDESLIVE[..60]).title.as_deref(), Some("Why/How? \"Tabula Rasa\""));
    let (mut prng, mut kept) = (Prng::new(11), 0);
    for _ in 0..10_000 {
        let metadata = parse(&mutate(SLIDESLIVE.as_bytes(), &mut prng));
        kept += usize::from(metadata.title.is_some());
        assert!(metadata.link.as_deref().is_none_or(|link| link.to_lowercase().starts_with("http")));
    }
    assert!(kept > 6_000, "{kept}");
}

#[test]
fn the_address_of_a_paper_in_a_tag_is_no_place_where_the_talk_can_be_seen() {
    let tags = |comment: &str| of_tags(&[("comment".to_owned(), comment.to_owned())]);
    for (comment, link, paper) in [
        ("https://arxiv.org/abs/1703.06114", None, Some("https://arxiv.org/abs/1703.06114")),
        ("https://openreview.net/forum?id=Bkl7bREtDr", None, Some("https://openreview.net/forum?id=Bkl7bREtDr")),
        ("https://slideslive.com/38900500", Some("https://slideslive.com/38900500"), None),
        ("https://arxiv.org/", Some("https://arxiv.org/"), None),
    ] {
        let found = tags(comment);
        assert_eq!((found.link.as_deref(), found.paper.as_deref()), (link, paper), "{comment}");
    }
}
