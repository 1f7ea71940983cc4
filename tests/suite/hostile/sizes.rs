//! Documents of a size that no talk has, made to cost time or memory beyond their own. Each test has a process of its own with
//! little memory.

use super::{Trap, confined};

/// A million of something, or as many as a document may hold.
const MANY: usize = 1_000_000;

fn listed(entry: impl Fn(usize) -> String, between: &str) -> String {
    let mut text = String::new();
    for number in 0..MANY {
        let entry = entry(number);
        // Documents are read up to sixteen mebibytes.
        if text.len() + entry.len() + 200 > 16 << 20 {
            break;
        }
        if number > 0 {
            text.push_str(between);
        }
        text.push_str(&entry);
    }
    text
}

fn open(name: &str, text: &str) -> plenary::talk::Talk {
    Trap::new(&[(name, text.as_bytes())]).open(name)
}

#[test]
fn a_million_slides_are_cut_to_what_a_talk_may_have() {
    confined(module_path!(), "a_million_slides_are_cut_to_what_a_talk_may_have", || {
        let most = 20_000;
        let chapters = listed(|n| format!("{{\"startTime\":{n}}}"), ",");
        let talk = open("chapters.json", &format!("{{\"chapters\":[{chapters}]}}"));
        assert!(talk.slides.len() <= most);
        let pictured = listed(|n| format!("{{\"startTime\":{n},\"img\":\"0-0-0001-big.jpg\"}}"), ",");
        let talk = open("chapters.json", &format!("{{\"chapters\":[{pictured}]}}"));
        assert_eq!(talk.slides.len(), most);
        assert!(talk.issues.iter().any(
            |issue| issue.message == "The talk has too many slides, only the first 20000 are shown: chapters.json"
        ));
        let slides = listed(|n| format!("{{\"time\":{n},\"image\":{{\"name\":\"0-0001\"}}}}"), ",");
        assert_eq!(open("slides.json", &format!("{{\"slides\":[{slides}]}}")).slides.len(), most);
        let slides = listed(|n| format!("{{\"time\":{n},\"image\":{{\"name\":\"{n}\"}}}}"), ",");
        assert_eq!(open("slides.json", &format!("{{\"slides\":[{slides}]}}")).slides.len(), most);
        let slides = listed(|n| format!("<slide><time>{n}</time><slideName>{n}</slideName></slide>"), "");
        assert_eq!(open("38930109.xml", &format!("<videoContent>{slides}</videoContent>")).slides.len(), most);
        let list = listed(|_| "file 0-0-0001-big.jpg\nduration 1".to_owned(), "\n");
        assert_eq!(open("ffmpeg_concat.txt", &list).slides.len(), most);
        let table = listed(|n| format!("{n},0-0-0001-big.jpg"), "\n");
        assert_eq!(open("slides.csv", &table).slides.len(), most);
        let chapters = listed(|n| format!("{{\"title\":\"Slide {n}\",\"start_time\":{n}}}"), ",");
        open("A trap-512930109.info.json", &format!("{{\"chapters\":[{chapters}]}}"));
        let frames = listed(|n| format!("{{\"time\":{n},\"url\":\"0-0-0001-big.jpg\"}}"), ",");
        let talk = open("data.json", &format!("{{\"streams\":[{{}}],\"frameList\":[{frames}]}}"));
        assert_eq!(talk.slides.len(), most);
    });
}

#[test]
fn a_list_that_is_too_long_is_told() {
    confined(module_path!(), "a_list_that_is_too_long_is_told", || {
        for name in ["38930109.xml", "slides.json", "chapters.json", "ffmpeg_concat.txt", "shapes.svg"] {
            let talk = open(name, &" ".repeat((16 << 20) + 1));
            let said = format!("The file is too large to be a list of slides: {name}");
            assert!(talk.issues.iter().any(|issue| issue.message == said), "{:?}", talk.issues);
        }
    });
}

#[test]
fn attributes_and_elements_without_end_cost_no_more_than_their_length() {
    confined(module_path!(), "attributes_and_elements_without_end_cost_no_more_than_their_length", || {
        // A time for each picture is a slide; a picture may have any number of them.
        let times = listed(|n| n.to_string(), " ");
        let talk = open("shapes.svg", &format!("<svg><image in=\"{times}\" href=\"0-0-0001-big.jpg\"/></svg>"));
        assert_eq!(talk.slides.len(), 20_000);
        assert!(talk.issues.iter().any(|issue| issue.message.contains("too many slides")), "{:?}", talk.issues);
        // What is looked for below an element is not looked for in all that follows, again and again.
        for inner in ["<track>", "<attachment type=\"a/segment+preview\">", "<catalog>"] {
            let nested = listed(|_| inner.to_owned(), "");
            open("manifest.xml", &format!("<mediapackage>{nested}"));
        }
        let many = listed(|n| format!("x{n}=\"\""), " ");
        open("shapes.svg", &format!("<svg><image {many}/></svg>"));
        open("chapters.psc", &format!("<chapters><chapter {many} start=\"0\"/></chapters>"));
        // A path as long as the document.
        let path = listed(|_| "a".to_owned(), "/");
        open("shapes.svg", &format!("<svg><image in=\"0\" href=\"{path}\" text=\"{path}\"/></svg>"));
        let url = format!("https://x.org/{path}");
        open(
            "data.json",
            &format!(
                "{{\"streams\":[{{\"sources\":{{\"mp4\":[{{\"src\":\"{url}\"}}]}}}}],\"frameList\":[{{\"time\":0,\"url\":\"{url}\"}}]}}"
            ),
        );
        open(
            "chapters.json",
            &format!(
                "{{\"chapters\":[{{\"startTime\":0,\"img\":\"{path}\"}},{{\"startTime\":1,\"img\":\"0-0-0001-big.jpg\"}}]}}"
            ),
        );
        open("ffmpeg_concat.txt", &format!("file {path}\nduration 1\nfile 0-0-0001-big.jpg\nduration 1\n"));
        // Many sounds that are not there.
        let streams = listed(|n| format!("{{\"sources\":{{\"mp4\":[{{\"src\":\"a/{n}.mp4\"}}]}}}}"), ",");
        open("data.json", &format!("{{\"streams\":[{streams}]}}"));
    });
}

#[test]
fn texts_without_end_cost_no_more_than_their_length() {
    confined(module_path!(), "texts_without_end_cost_no_more_than_their_length", || {
        let (vtt, ttml) = ("A trap-512930109.en.vtt", "A trap-512930109.en.ttml");
        let cues = listed(|n| format!("0{n}.0-->0{n}.5\nx\n"), "\n");
        assert!(open(vtt, &cues).transcript.cues().len() <= 100_000);
        // Lines that roll up are compared with those before.
        let lines = listed(|n| format!("{n:x}"), "\n");
        let half: String = lines.get(..7 << 20).unwrap_or(&lines).to_owned();
        open(vtt, &format!("0:01.0 --> 0:02.0\n<0:01.0><c>\n{half}\n\n0:02.0 --> 0:03.0\n{half}\n"));
        let words =
            listed(|_| "<span>some words that are said here and now, again and again and again</span>".to_owned(), "");
        open(ttml, &format!("<tt><p begin=\"1s\" end=\"2s\">{words}</p></tt>"));
        let paragraphs = listed(|_| "<p begin='1s' end='2s'>x</p>".to_owned(), "");
        open(ttml, &format!("<tt>{paragraphs}</tt>"));
        let segments = listed(|_| "{\"start\":1,\"text\":\"x\"}".to_owned(), ",");
        open("A trap-512930109.transcript.json", &format!("[{segments}]"));
        let chat = listed(|_| "0:01\tA:\tHi".to_owned(), "\n");
        open("chat.txt", &chat);
        let names = listed(|n| format!("N{n}"), ";");
        open(
            "chapters.json",
            &format!("{{\"author\":\"{names}\",\"chapters\":[{{\"startTime\":0,\"img\":\"0-0-0001-big.jpg\"}}]}}"),
        );
        open(
            "timings.json",
            &format!(
                "{{\"author\":\"{names}\",\"slides\":[{{\"time\":0,\"image\":\"0-0-0001-big.jpg\"}},{{\"time\":3,\"image\":\"4500-0-0002-big.jpg\"}}]}}"
            ),
        );
        let zeros = listed(|_| "0".to_owned(), ",");
        open("A trap-512930109.info.json", &format!("{{\"title\":[{zeros}],\"creators\":[{zeros}]}}"));
    });
}

#[test]
fn one_text_that_many_slides_name_is_not_kept_for_each() {
    confined(module_path!(), "one_text_that_many_slides_name_is_not_kept_for_each", || {
        let long = "words ".repeat(2 << 20);
        let image = "<image in=\"1\" href=\"d/slide-1.png\" text=\"d/textfiles/slide-1.txt\"/>";
        let shapes = format!("<svg>{}</svg>", image.repeat(20_000));
        Trap::new(&[("shapes.svg", shapes.as_bytes()), ("d/textfiles/slide-1.txt", long.as_bytes())]).open("a file");
        let deck = "presentation-deck-of-this-talk";
        let image = format!("<image in=\"1\" href=\"p/{deck}/slide-1.png\"/>");
        let shapes = format!("<svg>{}</svg>", image.repeat(20_000));
        let texts = format!("{{\"{deck}\":{{\"slide-1\":\"{long}\"}}}}");
        Trap::new(&[("shapes.svg", shapes.as_bytes()), ("presentation_text.json", texts.as_bytes())]).open("a list");
        let frames = "{\"time\":0,\"url\":\"0-0-0001-big.jpg\"}";
        let manifest = format!(
            "{{\"streams\":[{{}}],\"frameList\":[{frames}],\"transcriptions\":[{{\"time\":1,\"text\":\"{long}\"}}]}}"
        );
        open("data.json", &manifest);
        let slide = "{\"startTime\":1,\"img\":\"0-0-0001-big.jpg\"}";
        open(
            "chapters.json",
            &format!(
                "{{\"chapters\":[{slide},{{\"startTime\":2,\"title\":\"{long}\",\"x:name\":\"{long}\",\"x:text\":\"{long}\"}}]}}"
            ),
        );
        open("slides.json", &format!("{{\"slides\":[{{\"time\":0,\"image\":{{\"name\":\"{long}\"}}}}]}}"));
    });
}

#[test]
fn a_saved_page_is_read_once() {
    confined(module_path!(), "a_saved_page_is_read_once", || {
        let head = "Content-Type: multipart/related; boundary=b\n\n";
        let pages = listed(|_| "--b\nContent-Type: text/html\n\n".to_owned(), "");
        open("A trap-512930109.mhtml", &format!("{head}{pages}"));
        let pictures = listed(|_| "--b\nContent-Type: image/gif\n\nGIF89a".to_owned(), "\n");
        assert!(open("A trap-512930109.mhtml", &format!("{head}{pictures}")).slides.len() <= 20_000);
        let numbers = listed(
            |n| format!("--b\nContent-Type: image/gif\nContent-Id: <{}>\nContent-Length: 1\n\nG", n * 4_000),
            "\n",
        );
        open("A trap-512930109.mhtml", &format!("{head}{numbers}"));
        let line = "x".repeat(32 << 20);
        open("A trap-512930109.mhtml", &format!("{head}--b\nContent-Type: image/gif\nX: {line}"));
        open("A trap-512930109.mhtml", &format!("{line}: x\n{head}"));
    });
}
