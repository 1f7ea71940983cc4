use super::*;
use crate::talk::names;
use crate::testing::mutate::{Prng, mutate};

fn brief(list: Option<List>) -> Vec<(i64, String)> {
    let marks = list.map(|list| list.marks).unwrap_or_default();
    marks.into_iter().map(|mark| (mark.start.map_or(-1, MediaTime::millis), mark.title)).collect()
}

fn row(millis: i64, title: &str) -> (i64, String) {
    (millis, title.to_owned())
}

#[test]
fn chapters_of_a_description_are_found_among_other_lines() {
    let text = "A talk given at 10:30 in the main hall.\n\nChapters:\n0:00 Intro\n- 1:10 \u{2013} Method: part 2\n\
                (12:05) Results\n1:02:03 The end\nhttps://example.com\n";
    let expected = [row(0, "Intro"), row(70_000, "Method: part 2"), row(725_000, "Results"), row(3_723_000, "The end")];
    let without = text.split_once("\n\n").expect("two parts").1;
    assert_eq!(brief(read(without, true)), expected);
    // The first time is what makes it a list of chapters.
    assert_eq!(brief(read("Programme\n9:00 Registration\n10:30 Opening\n12:00 Lunch\n", true)), []);
    assert_eq!(brief(read("Call 0:00 now\n", true)), []);
}

#[test]
fn every_way_of_writing_a_line_is_read() {
    for line in ["1:10 T", "01:10 T", "[1:10] T", "(1:10) - T", "2. 1:10 T", "* 0:01:10 | T", "T - 1:10", "T (1:10)"] {
        assert_eq!(stamped(line), Some((MediaTime::from_secs(70), "T")), "{line}");
    }
    assert_eq!(stamped("00:01:59.500 Title <https://example.com/a>"), Some((MediaTime::from_millis(119_500), "Title")));
    for line in ["", "70 T", "Ratio 1:2:3:4", "1:2b T", "10:xx", "T 70", "a:b"] {
        assert_eq!(stamped(line), None, "{line}");
    }
}

#[test]
fn a_list_of_its_own_is_mostly_times() {
    assert_eq!(brief(read("00:00:00.000 A\n00:01:59.000 B <http://b>\n", false)), [row(0, "A"), row(119_000, "B")]);
    assert_eq!(brief(read("5:00 A\n6:00 B\n", false)), [row(300_000, "A"), row(360_000, "B")]);
    assert_eq!(brief(read("0:00 A\nand much\nmore\nthan\nthat 1:00\nso\n", false)), []);
}

#[test]
fn numbered_chapters_are_read() {
    let text = "CHAPTER01=00:00:00.000\nCHAPTER01NAME=A\nCHAPTER02=00:01:59.250\nCHAPTER02NAME=B = c\nCHAPTER03=x\n";
    assert_eq!(brief(read_numbered(text)), [row(0, "A"), row(119_250, "B = c")]);
    assert_eq!(brief(read_numbered("title=x\nCHAPTERS=2\n")), []);
}

#[test]
fn ffmetadata_is_read_with_its_tags_and_escapes() {
    let text = ";FFMETADATA1\ntitle=A talk\\; and more\nartist=Ann Author\n; a remark\n\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\n\
                END=70137\ntitle=One \\= \\\ntwo\n[STREAM]\ntitle=no\n[CHAPTER]\nTIMEBASE=1/90000\nSTART=6312330\ntitle=B\n[CHAPTER]\n\
                START=80000000000\n";
    let list = read_ffmetadata(text).expect("is a list");
    assert_eq!((list.metadata.title.as_deref(), list.metadata.authors.len()), (Some("A talk; and more"), 1));
    assert_eq!(brief(Some(list)), [row(0, "One = two"), row(70_137, "B"), row(80_000, "")]);
    assert_eq!(read_ffmetadata("title=x\n[CHAPTER]\nSTART=1\n"), None);
    assert_eq!(read_ffmetadata(";FFMETADATA1\ntitle=x\n"), None);
    let huge = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=9223372036854775807/1\nSTART=9223372036854775807\n";
    assert_eq!(read_ffmetadata(huge).and_then(|list| list.marks[0].start), Some(MediaTime::MAX));
}

#[test]
fn bookmarks_of_vlc_name_slides() {
    let text = "#EXTM3U\n#EXTINF:60,T\n#EXTVLCOPT:bookmarks={name=1,time=0},{name=2,bytes=-1,time=35.5},{name=1,time=50}\ntalk.mp3\n";
    let list = read_bookmarks(text).expect("is a list");
    let numbers: Vec<_> =
        list.marks.iter().map(|mark| (mark.start.map(MediaTime::millis), mark.picture.clone())).collect();
    use super::super::list::Reference::Number;
    assert_eq!(numbers, [(Some(0), Number(1)), (Some(35_500), Number(2)), (Some(50_000), Number(1))]);
    assert_eq!(list.media.as_deref(), Some("talk.mp3"));
    assert_eq!(read_bookmarks("#EXTM3U\na.mp3\n"), None);
}

#[test]
fn chapters_in_webvtt_are_read() {
    let text = "WEBVTT\n\nChapter 1\n00:00:00.000 --> 00:00:37.000\nIntro\n\nChapter 2\n00:00:37.000 --> 00:01:00.000\nAn Author";
    assert_eq!(brief(read_vtt(text)), [row(0, "Intro"), row(37_000, "An Author")]);
    assert_eq!(read_vtt("WEBVTT\n"), None);
    assert_eq!(read_vtt("1\n00:00 --> 00:01\nx\n"), None);
}

#[test]
fn no_damage_makes_these_panic() {
    let texts = [
        "0:00 Intro\n- 1:10 \u{2013} Method\n(12:05) Results <http://x>\n",
        "CHAPTER01=00:00:00.000\nCHAPTER01NAME=A\n",
        ";FFMETADATA1\ntitle=A\\;\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=70137\ntitle=B\\\nC\n",
        "#EXTVLCOPT:bookmarks={name=1,time=0},{name=2,bytes=-1,time=35}\nx.mp3\n",
    ];
    let (mut prng, mut found) = (Prng::new(12), 0);
    for text in texts {
        for _ in 0..1_000 {
            let damaged = mutate(text.as_bytes(), &mut prng);
            let text = String::from_utf8_lossy(&damaged);
            let lists = [
                read(&text, false),
                read(&text, true),
                read_numbered(&text),
                read_ffmetadata(&text),
                read_bookmarks(&text),
            ];
            for list in lists.into_iter().flatten() {
                assert!(list.marks.iter().all(|mark| mark.title == names::one_line(&mark.title)));
                found += list.marks.len();
            }
        }
    }
    assert!(found > 3_000, "{found}");
}
