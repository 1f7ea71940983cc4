use super::*;
use crate::talk::Talk;
use crate::talk::open::open;
use crate::testing::mutate::{Prng, mutate};
use crate::testing::talks::{WavProbe, colour, jpeg, put, wav};

/// A folder with these files: text, or a picture or a sound by its ending.
fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a folder");
    let root = dir.path().join("a talk");
    for (number, (name, text)) in files.iter().enumerate() {
        let bytes = match names::split(name).1.as_str() {
            "jpg" | "png" => jpeg(16, 9, colour(number)),
            // Its header says how long it is; nobody listens.
            "wav" => wav(1000.0)[..44].to_vec(),
            _ => text.as_bytes().to_vec(),
        };
        put(&root.join(name), &bytes);
    }
    (dir, root)
}

fn opened(files: &[(&str, &str)]) -> Talk {
    let (_dir, root) = folder(files);
    open(&root, &WavProbe).expect("opens")
}

/// Start in milliseconds and picture.
fn slides(talk: &Talk) -> Vec<(i64, String)> {
    let file = |slide: &crate::talk::Slide| slide.image.as_ref().map(|image| image.file.to_string_lossy().into_owned());
    talk.slides.iter().map(|slide| (slide.start.millis(), file(slide).unwrap_or_default())).collect()
}

fn titles(talk: &Talk) -> Vec<(i64, &str)> {
    talk.slides.iter().map(|slide| (slide.start.millis(), slide.title.as_deref().unwrap_or_default())).collect()
}

fn kinds(talk: &Talk) -> Vec<&str> {
    talk.issues.iter().map(|issue| issue.kind.name()).collect()
}

const DECK: [(&str, &str); 4] = [("001.jpg", ""), ("002.jpg", ""), ("003.jpg", ""), ("talk.wav", "")];

fn with_list(name: &str, text: &str) -> Talk {
    opened(&[&DECK[..], &[(name, text)]].concat())
}

fn in_order(third: i64) -> Vec<(i64, String)> {
    vec![(0, "001.jpg".into()), (70_137, "002.jpg".into()), (third, "003.jpg".into())]
}

#[test]
fn every_form_of_a_list_gives_the_same_slides() {
    let psc = "<psc:chapters><psc:chapter start=\"0:00\" title=\"A\"/><psc:chapter start=\"1:10.137\" title=\"B\"/>\
               <psc:chapter start=\"00:05:31.411\" title=\"C\"/></psc:chapters>";
    let vtt = "WEBVTT\n\n00:00.000 --> 01:10.137\nA\n\n01:10.137 --> 05:31.411\nB\n\n05:31.411 --> 06:00.000\nC\n";
    let presentz = r#"{"chapters":[{"duration":9,"slides":[{"url":"http://x/y#1","time":0},{"url":"http://x/y#2","time":70.137},
        {"url":"http://x/y#3","time":331.411}]}]}"#;
    for (name, text) in [
        ("slides.csv", "start,file\n0,001.jpg\n70.137,002.jpg\n331.411,003.jpg\n"),
        ("anything.csv", "1;0\n2;1:10,137\n3;5:31,411\n"),
        ("timing.tsv", "0\n70.137\n331.411\n"),
        (
            "talk.txt",
            "0,0\t0,0\tSlide 1\n\\\t0\t100\n70,137\t70,137\tSlide 2\n71,0\t72,0\tlaughter\n331,411\t400\tSlide 3\n",
        ),
        ("chapters.psc", psc),
        ("talk.chapters.xml", psc),
        ("talk.chapters.vtt", vtt),
        ("slides.vtt", vtt),
        ("chapters.txt", "00:00:00.000 A\n00:01:10.137 B <http://x>\n00:05:31.411 C\n"),
        ("talk.description", "About.\n\n0:00.000 A\n1:10.137 B\n5:31.411 C\n"),
        (
            "ffmetadata.txt",
            ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=70137\n\
            [CHAPTER]\nTIMEBASE=1/1000\nSTART=331411\n",
        ),
        ("presentz.json", presentz),
        (
            "data.json",
            r#"[{"time":0,"image":"001.jpg"},{"time":70137,"image":"002.jpg"},{"time":331411,"image":"x/003.jpg"}]"#,
        ),
        ("talk.m3u", "#EXTVLCOPT:bookmarks={name=1,time=0},{name=2,time=70.137},{name=3,time=331.411}\ntalk.wav\n"),
        ("chapters.json", r#"{"chapters":[{"startTime":0},{"startTime":70.137},{"startTime":331.411}]}"#),
    ] {
        let talk = with_list(name, text);
        assert_eq!((slides(&talk), kinds(&talk)), (in_order(331_411), vec![]), "{name}");
        assert_eq!(talk.audio.as_ref().map(|audio| audio.file.as_path()), Some(Path::new("talk.wav")), "{name}");
    }
}

#[test]
fn frames_are_counted_where_a_list_has_them() {
    let vegas = with_list("markers.txt", "00:00:00:00\tA\n00:01:10:05\tB\n00:05:31:24\tC\n");
    assert_eq!(slides(&vegas).iter().map(|slide| slide.0).collect::<Vec<_>>(), [0, 70_200, 331_960]);
    let list = r#"[{"index":0,"start":0,"end":260,"duration":260},{"index":1,"start":260,"end":300,"duration":40}]"#;
    let talk = opened(&[("1234.json", list), ("1234/0.jpg", ""), ("1234/1.jpg", ""), ("1234.wav", "")]);
    assert_eq!(slides(&talk), [(0, "1234/0.jpg".into()), (10_400, "1234/1.jpg".into())]);
}

#[test]
fn a_slide_may_come_again_and_numbers_may_begin_at_zero() {
    let talk = with_list("talk.m3u", "#EXTVLCOPT:bookmarks={name=1,time=0.5},{name=3,time=5},{name=1,time=9}\n");
    assert_eq!(slides(&talk), [(500, "001.jpg".into()), (5_000, "003.jpg".into()), (9_000, "001.jpg".into())]);
    let talk = with_list("slides.csv", "slide,start\n0,0.5\n2,9\n");
    assert_eq!(slides(&talk), [(500, "001.jpg".into()), (9_000, "003.jpg".into())]);
    let files =
        [("Start.JPG", ""), ("Slide10.JPG", ""), ("slides.csv", "file,start\nstart,0.5\nslide10,9\n"), ("a.wav", "")];
    let talk = opened(&[&files[..], &[("Slide1.JPG", "")]].concat());
    assert_eq!(slides(&talk), [(500, "Start.JPG".into()), (9_000, "Slide10.JPG".into())]);
    assert_eq!(talk.slides.iter().map(|slide| slide.name.as_str()).collect::<Vec<_>>(), ["start", "slide 10"]);
}

#[test]
fn whole_seconds_and_missing_pictures_are_told() {
    let talk =
        with_list("slides.csv", "start,file\n0,001.jpg\n60,002.jpg\n120,gone.jpg\n180,../../secret.jpg\nx,003.jpg\n");
    assert_eq!(slides(&talk)[1], (60_000, "002.jpg".into()));
    let expected = ["timing-unreadable", "outside-folder", "coarse-timing", "slide-missing"];
    assert_eq!((talk.slides.len(), kinds(&talk)), (4, expected.to_vec()));
    assert_eq!(talk.issues[0].message, "1 entry of the list of times cannot be read and were left out: slides.csv");
}

#[test]
fn lists_that_do_not_fit_the_pictures_are_passed_over_in_silence() {
    for (name, text) in [
        ("chapters.txt", "0:00 A\n5:00 B\n"),
        ("talk.txt", "What was said at 0:30 was this.\nAnd so on."),
        ("bank.csv", "date,amount\n2024-05-01,12.50\n2024-05-02,3\n"),
        ("labels.txt", "0.0\t1.5\tHello everybody\n1.5\t3.0\tand welcome\n3.0\t4.5\tto this\n4.5\t6.0\ttalk\n"),
        ("slides.csv", "a,b\nc,d\n"),
        ("data.json", "{\"x\":[1,2,3]}"),
    ] {
        let talk = with_list(name, text);
        assert!(talk.untimed && slides(&talk).iter().all(|(start, _)| *start == 0), "{name}");
        assert_eq!(kinds(&talk), ["untimed"], "{name}");
    }
}

#[test]
fn without_pictures_the_titles_are_shown() {
    let chapters = "0:00 Intro\n1:10 The method\n12:05 Questions\n";
    for name in ["talk.chapters.txt", "chapters.txt", "description.txt", "talk.description", "talk.txt"] {
        let talk = opened(&[("talk.wav", ""), (name, chapters), ("cover.jpg", "")]);
        assert_eq!(titles(&talk), [(0, "Intro"), (70_000, "The method"), (725_000, "Questions")], "{name}");
        assert_eq!((kinds(&talk), slides(&talk)[0].1.as_str()), (vec![], ""), "{name}");
    }
    let tagged = ";FFMETADATA1\ntitle=On Tiles\nartist=Ann Author\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\ntitle=A\n[CHAPTER]\n\
                  TIMEBASE=1/1\nSTART=30\ntitle=B\n";
    let talk = opened(&[("talk.wav", ""), ("talk.ffmetadata", tagged)]);
    assert_eq!((talk.title.as_str(), talk.metadata.authors.len(), talk.slides.len()), ("On Tiles", 1, 2));
}

#[test]
fn what_is_said_is_not_a_list_of_titles() {
    let said: String = (0..90).map(|at| format!("{}:{:02} words and words\n", at / 20, at % 20 * 3)).collect();
    for (name, text) in
        [("talk.txt", said.as_str()), ("talk.csv", "0.0,1.5,Hello\n1.5,3.0,there\n"), ("talk.txt", "Hello.")]
    {
        let talk = opened(&[("talk.wav", ""), (name, text)]);
        assert_eq!((titles(&talk), kinds(&talk)), (Vec::new(), vec!["no-slides"]), "{text}");
    }
}

#[test]
fn recordings_that_share_a_folder_have_their_own_lists() {
    let (_dir, root) = folder(&[
        ("One.wav", ""),
        ("Two.wav", ""),
        ("One.chapters.txt", "00:00:00.000 A\n00:01:00.000 B\n"),
        ("Two.psc", "<chapters><chapter start=\"0\" title=\"C\"/></chapters>"),
        ("Two.chapters.vtt", "WEBVTT\n\n00:00.000 --> 01:00.000\nnot said\n"),
    ]);
    let open = |name: &str| open(&root.join(name), &WavProbe).expect("opens");
    assert_eq!(titles(&open("One.wav")), [(0, "A"), (60_000, "B")]);
    assert_eq!(open("One.chapters.txt").audio.map(|audio| audio.file), Some("One.wav".into()));
    assert_eq!(titles(&open("Two.wav")), [(0, "C")]);
    assert_eq!(open("Two.wav").transcript.cues(), []);
    assert_eq!(crate::talk::open::expand(std::slice::from_ref(&root)), [root.join("One.wav"), root.join("Two.wav")]);
}

#[test]
fn too_many_entries_are_cut_and_told() {
    let rows: String = (0..MAX_SLIDES + 100).map(|at| format!("{at}.5,001.jpg\n")).collect();
    let talk = with_list("slides.csv", &rows);
    assert_eq!((talk.slides.len(), kinds(&talk)), (MAX_SLIDES, vec!["too-large", "slides-after-end"]));
}

#[test]
fn damaged_lists_open_or_give_way_and_never_lead_out() {
    let lists = [
        ("slides.csv", "start,file\n0,001.jpg\n70.137,002.jpg\n331.411,003.jpg\n"),
        ("talk.txt", "0,0\t0,0\tSlide 1\n70,137\t70,137\tSlide 2\n331,411\t400\tSlide 3\n"),
        (
            "data.json",
            r#"[{"time":0,"image":"001.jpg"},{"time":70137,"image":"002.jpg"},{"time":331411,"image":"003.jpg"}]"#,
        ),
    ];
    for (number, (name, text)) in (1..).zip(lists) {
        let (_dir, root) = folder(&DECK);
        let (mut prng, mut seen) = (Prng::new(number), 0);
        for _ in 0..1_000 {
            put(&root.join(name), &mutate(text.as_bytes(), &mut prng));
            let talk = open(&root, &WavProbe).expect("there is always the sound");
            let starts: Vec<i64> = slides(&talk).iter().map(|slide| slide.0).collect();
            assert!(starts.is_sorted() && starts.iter().all(|start| (0..=604_800_000).contains(start)), "{starts:?}");
            assert!(starts.len() <= 16 && talk.issues.len() <= 12, "{:?}", talk.issues);
            let files = slides(&talk).into_iter().map(|slide| slide.1).filter(|file| !file.is_empty());
            assert!(files.into_iter().all(|file| root.join(&file).is_file() && !file.contains('/')));
            seen += starts.len();
        }
        assert!(seen > 800, "{name}: {seen}");
    }
}

#[test]
fn labels_are_known_by_what_is_in_them_where_there_is_one_such_text() {
    let labels = "0.000000\t1.000000\tTopic a\n70.137000\t71.0\tTopic b\n\\\t100.0\t200.0\n331.411\t332.411\tTopic c\n";
    for name in ["Label Track.txt", "whatever.tsv"] {
        let talk = with_list(name, labels);
        assert_eq!((slides(&talk), kinds(&talk).len(), talk.untimed), (in_order(331_411), 0, false), "{name}");
        let beside = [&DECK[..], &[(name, labels), ("readme.txt", "Read me."), ("names.tsv", "a\tb\n")]].concat();
        assert_eq!(slides(&opened(&beside)), in_order(331_411));
    }
    for text in [&labels.replace("70.137000\t71.0", "Chapter\t71.0"), "0\t1\tA\n70\t71\tB\n331\t332\tC\n"] {
        assert!(with_list("Label Track.txt", text).untimed, "{text}");
    }
    let two = [&DECK[..], &[("Label Track.txt", labels), ("Label Track 2.txt", labels)]].concat();
    assert!(opened(&two).untimed);
}

#[test]
fn whole_numbers_that_lie_far_beyond_the_end_are_milliseconds() {
    let show = |times: [u32; 3]| {
        let entry = |(time, number): (u32, usize)| format!(r#"{{"time":{time},"image":"{number:03}.jpg"}}"#);
        let entries: Vec<String> = times.into_iter().zip(1..).map(entry).collect();
        let talk = with_list("data.json", &format!("[{}]", entries.join(",")));
        let starts: Vec<_> = talk.slides.iter().map(|slide| slide.start.millis()).collect();
        (starts, talk.issues.into_iter().map(|issue| issue.kind.name()).collect::<Vec<_>>())
    };
    // The sound lasts a thousand seconds.
    let whole = |times: [i64; 3]| times.map(|secs| secs * 1_000).to_vec();
    assert_eq!(show([0, 3_500, 9_000]), (whole([0, 3_500, 9_000]), vec!["coarse-timing", "slides-after-end"]));
    assert_eq!(show([0, 35, 900]), (whole([0, 35, 900]), vec!["coarse-timing"]));
    let short = [
        &DECK[..3],
        &[(
            "data.json",
            r#"[{"time":0,"image":"001.jpg"},{"time":3500,"image":"002.jpg"},
        {"time":20125,"image":"003.jpg"}]"#,
        )],
    ]
    .concat();
    let (_dir, root) = folder(&short);
    put(&root.join("talk.wav"), &wav(30.0));
    let talk = open(&root, &WavProbe).expect("opens");
    let starts: Vec<_> = talk.slides.iter().map(|slide| slide.start.millis()).collect();
    assert_eq!((starts, kinds(&talk)), (vec![0, 3_500, 20_125], vec![]));
}
