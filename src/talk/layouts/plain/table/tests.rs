use super::*;
use crate::testing::mutate::{Prng, mutate};

/// Start in milliseconds, title, picture.
fn brief(text: &str) -> Vec<(i64, String, String)> {
    let list = read(text).unwrap_or_default();
    let picture = |mark: &Mark| match &mark.picture {
        Reference::None => String::new(),
        Reference::Number(number) => number.to_string(),
        Reference::File(file) => file.clone(),
    };
    list.marks
        .iter()
        .map(|mark| (mark.start.map_or(-1, MediaTime::millis), mark.title.clone(), picture(mark)))
        .collect()
}

fn row(millis: i64, title: &str, picture: &str) -> (i64, String, String) {
    (millis, title.to_owned(), picture.to_owned())
}

#[test]
fn columns_with_names_are_taken_by_their_names() {
    let expected = [row(0, "One, two", "a.jpg"), row(70_137, "", "b.jpg")];
    assert_eq!(brief("file,Start (s),title\na.jpg,0,\"One, two\"\nb.jpg,70.137,\n"), expected);
    assert_eq!(brief("Bild;Start;Title;File\r\nx;0;One, two;a.jpg\r\ny;1:10,137;;b.jpg\r\n"), expected);
    assert_eq!(brief("start_ms\tfile\ttitle\n0\ta.jpg\tOne, two\n70137\tb.jpg\t\n"), expected);
    assert_eq!(brief("slide,time\n1,00:00:00.000\n2,00:01:10.137\n"), [row(0, "", "1"), row(70_137, "", "2")]);
    assert_eq!(brief("slide,start\nslide_a,0\nslide_b,5\n"), [row(0, "", "slide_a"), row(5_000, "", "slide_b")]);
    let markers =
        "Name\tStart\tDuration\tTime Format\tType\nOpening\t0:00.000\t0:00.000\tdecimal\tCue\nEnd\t1:05.500\t\t\t\n";
    assert_eq!(brief(markers), [row(0, "Opening", ""), row(65_500, "End", "")]);
}

#[test]
fn how_long_pictures_are_shown_adds_up_to_when() {
    assert_eq!(
        brief("file,duration\na.jpg,5\nb.jpg,2.5\nc.jpg,\n"),
        [row(0, "", "a.jpg"), row(5_000, "", "b.jpg"), row(7_500, "", "c.jpg")]
    );
    assert_eq!(brief("file,duration\na.jpg,5\nb.jpg,?\nc.jpg,1\n"), []);
}

#[test]
fn columns_without_names_are_told_by_what_is_in_them() {
    let two = [row(0, "", "a.jpg"), row(70_137, "", "b.jpg")];
    assert_eq!(brief("0,a.jpg\n70.137,b.jpg\n"), two);
    assert_eq!(brief("a.jpg;0,0\nb.jpg;70,137\n"), two);
    assert_eq!(brief("# made by hand\n0:00 a.jpg\n1:10.137 b.jpg\n"), two);
    assert_eq!(brief("0\ta.jpg\n70137\tb.jpg\n"), two);
    assert_eq!(brief("0\n12.5\n30\n"), [row(0, "", ""), row(12_500, "", ""), row(30_000, "", "")]);
    // Spans, numbers before, numbers after that go back.
    assert_eq!(brief("0,10\n10,20\n20,45\n"), [row(0, "", ""), row(10_000, "", ""), row(20_000, "", "")]);
    assert_eq!(brief("1,0\n2,12\n3,30\n"), [row(0, "", "1"), row(12_000, "", "2"), row(30_000, "", "3")]);
    assert_eq!(brief("0,1\n12,2\n30,1\n"), [row(0, "", "1"), row(12_000, "", "2"), row(30_000, "", "1")]);
    assert_eq!(brief("0,1\n1,2\n2,3\n"), [row(0, "", ""), row(1_000, "", ""), row(2_000, "", "")]);
}

#[test]
fn labels_of_audacity_and_markers_of_vegas_are_tables() {
    let labels =
        "0,000000\t2,500000\tWelcome\n\\\t100,0\t200,0\n12,250000\t12,250000\tSlide 2\n30,0\t31,0\tmethods and all\n";
    assert_eq!(brief(labels), [row(0, "Welcome", ""), row(12_250, "", "2"), row(30_000, "methods and all", "")]);
    let vegas = "00:00:00:00\tOpening\n00:01:10:15\tSecond\n00:02:00:29\tThird\n";
    assert_eq!(brief(vegas), [row(0, "Opening", ""), row(70_500, "Second", ""), row(120_966, "Third", "")]);
}

#[test]
fn other_tables_are_no_lists_of_times() {
    for text in [
        "",
        "\n\n",
        "date,amount\n2024-05-01,12.50\n2024-05-02,3.10\n",
        "2024-05-01,12.50\n2024-05-02,-3.10\n2024-05-03,7\n",
        "name,email\nA,a@example.com\nB,b@example.com\n",
        "48.2,16.3\n47.1,15.4\n46.6,14.3\n",
        "9.5\n3\n7\n1\n",
        "12\n",
        "time,price\nMonday,3\nTuesday,4\n",
        "the quick brown\nfox, jumps over\n",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn rows_without_a_time_are_counted_and_left_out() {
    let list = read("start,file\n0,a.jpg\n?,b.jpg\n9,c.jpg\n").expect("is a list");
    assert_eq!((list.marks.len(), list.unreadable), (2, 1));
}

#[test]
fn damage_never_makes_it_panic_nor_grow() {
    let (mut prng, mut lists) = (Prng::new(11), 0);
    for text in
        ["file,start\n\"a.jpg\",0\nb.jpg,70.137\n", "0,0\t2,5\tOne\n\\\t1\t2\n9,1\t9,1\tTwo\n", "1,0\n2,12\n3,30\n"]
    {
        for _ in 0..1_000 {
            let damaged = mutate(text.as_bytes(), &mut prng);
            lists += usize::from(read(&String::from_utf8_lossy(&damaged)).is_some_and(|list| list.marks.len() <= 12));
        }
    }
    assert!(lists > 1_000, "{lists}");
    assert_eq!(read(&"1\n".repeat(50_000)).map(|list| list.marks.len()), Some(MAX_SLIDES + 2));
    assert_eq!(read(&",".repeat(1_000_000)), None);
    assert_eq!(read(&format!("0,{}\n1,b\n", "x".repeat(100_000))).map(|list| list.marks[0].title.len()), Some(500));
}
