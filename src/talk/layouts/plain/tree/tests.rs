use super::*;
use crate::testing::mutate::{Prng, mutate};

fn brief(list: Option<List>) -> Vec<(i64, String, Reference)> {
    let marks = list.map(|list| list.marks).unwrap_or_default();
    marks.into_iter().map(|mark| (mark.start.map_or(-1, MediaTime::millis), mark.title, mark.picture)).collect()
}

fn file(name: &str) -> Reference {
    Reference::File(name.to_owned())
}

const PSC: &str = "<?xml version=\"1.0\"?>\n<psc:chapters version=\"1.2\" xmlns:psc=\"http://podlove.org/simple-chapters\">\n\
    <psc:chapter start=\"00:00:00.000\" title=\"A &amp; B\"/>\n<psc:chapter start=\"1:10.137\" title=\"C\" image=\"c.jpg\" href=\"http://x\">\
    </psc:chapter><psc:chapter title=\"no start\"/>\n</psc:chapters>";

#[test]
fn simple_chapters_are_read() {
    let list = read_xml(PSC).expect("is a list");
    assert!(list.sections && !list.cut);
    assert_eq!(brief(Some(list)), [(0, "A & B".into(), Reference::None), (70_137, "C".into(), file("c.jpg"))]);
    assert_eq!(read_xml("<html><chapter/></html>"), None);
    assert!(read_xml(&format!("{}<", &PSC[..PSC.len() - 40])).is_some_and(|list| !list.marks.is_empty()));
    let laughs = "<!DOCTYPE x [<!ENTITY a \"&b;&b;\"><!ENTITY b \"ha\">]><chapters><chapter start=\"0\" title=\"&a;\"/></chapters>";
    assert_eq!(brief(read_xml(laughs)), [(0, "&a;".into(), Reference::None)]);
}

#[test]
fn presentz_adds_up_its_chapters() {
    let text = r#"{"title":"T","chapters":[{"duration":21,"video":{"url":"http://example.com/v.mp4"},"slides":[
        {"url":"http://example.com/deck#1","time":0},{"url":"http://example.com/deck#2","time":9.5}]},
        {"duration":7,"video":{"url":"x"},"slides":[{"url":"img/3.png","time":1}]}]}"#;
    let list = read_json(text).expect("is a list");
    assert_eq!((list.media.as_deref(), list.metadata.title.as_deref()), (Some("http://example.com/v.mp4"), Some("T")));
    let none = String::new;
    let expected =
        [(0, none(), Reference::Number(1)), (9_500, none(), Reference::Number(2)), (22_000, none(), file("img/3.png"))];
    assert_eq!(brief(Some(list)), expected);
}

#[test]
fn slide_shows_count_milliseconds_seconds_or_frames() {
    let show = r#"[{"time":0,"image":"a.jpg"},{"time":70137,"image":"b.jpg"}]"#;
    let none = String::new;
    assert_eq!(brief(read_json(show)), [(0, none(), file("a.jpg")), (70_137, none(), file("b.jpg"))]);
    let secs = r#"{"slides":[{"start":0,"slide":1},{"start":"1:10.5","slide":"2","title":"B"}]}"#;
    assert_eq!(brief(read_json(secs)), [(0, none(), Reference::Number(1)), (70_500, "B".into(), Reference::Number(2))]);
    let frames = r#"[{"index":0,"start":0,"end":260,"duration":260},{"index":1,"start":260,"end":300,"duration":40}]"#;
    assert_eq!(brief(read_json(frames)), [(0, none(), Reference::Number(0)), (10_400, none(), Reference::Number(1))]);
}

#[test]
fn chapters_with_links_are_titles() {
    let list = read_json(
        r#"{"version":"1.2.0","title":"T","author":"A B; C D","chapters":[{"startTime":0,"title":"Intro"},
        {"startTime":168,"title":"B","url":"https://example.com/x","img":"https://example.com/b.jpg"}]}"#,
    )
    .expect("is a list");
    assert!(list.sections);
    assert_eq!((list.marks[1].title.as_str(), list.metadata.authors.len()), ("B", 2));
}

#[test]
fn other_documents_are_no_lists() {
    for text in
        ["", "[]", "{}", "3", "[1,2]", r#"{"segments":[{"start":0,"text":"x"}]}"#, r#"[{"a":1},{"b":2},{"time":3}]"#]
    {
        assert_eq!(read_json(text), None, "{text}");
    }
    assert_eq!(read_json(&"[".repeat(100_000)), None);
}

#[test]
fn times_out_of_reason_are_kept_within_what_can_be_counted() {
    let list = read_json(r#"[{"time":1e300,"image":"a"},{"time":-1e300,"image":"b"},{"time":0.5,"image":"c"}]"#);
    assert_eq!(brief(list).iter().map(|mark| mark.0).collect::<Vec<_>>(), [9_223_372_036_854, -9_223_372_036_855, 500]);
}

#[test]
fn no_damage_makes_these_panic() {
    let json = r#"{"chapters":[{"duration":21,"slides":[{"url":"d#1","time":0},{"url":"d#2","time":9.5}]}]}"#;
    let frames = r#"[{"index":0,"start":0,"end":260,"duration":260},{"index":1,"start":260,"end":300,"duration":40}]"#;
    let (mut prng, mut found) = (Prng::new(13), 0);
    for text in [json, frames, PSC] {
        for _ in 0..1_000 {
            let damaged = mutate(text.as_bytes(), &mut prng);
            let text = String::from_utf8_lossy(&damaged);
            for list in [read_json(&text), read_xml(&text)].into_iter().flatten() {
                found += list.marks.len();
            }
        }
    }
    assert!(found > 1_500, "{found}");
}
