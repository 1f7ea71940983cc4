//! Documents: empty, wrong, nested, with entities, with times and names that no talk has.

use std::net::TcpListener;

use plenary::talk::open::open;
use plenary::testing::talks::{WavProbe, encode, put};

use super::{SECRET, Trap, info, refusal};

/// Documents of every family, by the names under which they are looked for.
pub(super) const DOCUMENTS: [&str; 20] = [
    "38930109.xml",
    "38972123.json",
    "A trap-512930109.description",
    "A trap-512930109.info.json",
    "A trap-512930109.en.srt",
    "A trap-512930109.en.ttml",
    "A trap-512930109.transcript.json",
    "A trap-512930109.en.vtt",
    "chapters.json",
    "chapters.psc",
    "chat.txt",
    "data.json",
    "ffmpeg_concat.txt",
    "manifest.xml",
    "shapes.svg",
    "slides.csv",
    "slides.json",
    "slides.pdf",
    "sync.xml",
    "A trap-512930109.mhtml",
];

/// The beginning of a JSON document of each family up to where a value is wanted.
const JSON: [(&str, &str); 12] = [
    ("38972123.json", "{\"slides\":"),
    ("A trap-512930109.info.json", "{\"chapters\":"),
    ("A trap-512930109.info.json", "{\"title\":"),
    ("A trap-512930109.info.json", "{\"creators\":"),
    ("A trap-512930109.transcript.json", "{\"segments\":"),
    ("chapters.json", "{\"chapters\":"),
    ("chapters.json", "{\"title\":\"x\",\"x:tracks\":"),
    ("data.json", "{\"streams\":"),
    ("metadata.json", "{\"authors\":"),
    ("slides.json", "{\"slides\":"),
    ("slides.json", ""),
    ("timings.json", ""),
];

/// An XML document of each family around a value.
fn xml(doctype: &str, value: &str) -> Vec<(&'static str, String)> {
    let list = format!("<videoContent><slide><time>0</time><slideName>{value}</slideName></slide></videoContent>");
    let bodies = [
        ("38930109.xml", list.clone()),
        ("sync.xml", list),
        ("shapes.svg", format!("<svg><image in=\"0\" href=\"{value}\" text=\"{value}\"/></svg>")),
        (
            "manifest.xml",
            format!("<mediapackage><title>{value}</title><track><url>{value}</url></track></mediapackage>"),
        ),
        ("chapters.psc", format!("<chapters><chapter start=\"0\" title=\"{value}\" image=\"{value}\"/></chapters>")),
        ("A trap-512930109.en.ttml", format!("<tt><p begin=\"1s\" end=\"2s\">{value}</p></tt>")),
    ];
    bodies.into_iter().map(|(name, body)| (name, format!("<?xml version=\"1.0\"?>{doctype}{body}"))).collect()
}

#[test]
fn empty_documents_and_bare_beginnings_leave_the_rest() {
    let beginnings: [&[u8]; 12] = [
        b"",
        b"\0",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"<?xml version=\"1.0\"?>",
        b"<",
        b"{",
        b"[",
        b"WEBVTT",
        b"%PDF-1.7\n",
        b"Content-Type: multipart/related; boundary=b\n\n",
        b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    ];
    for name in DOCUMENTS {
        for beginning in beginnings {
            let talk = Trap::new(&[(name, beginning)]).open(name);
            assert_eq!(talk.slides.len(), 3, "{name} with {beginning:?}: {:?}", talk.issues);
        }
    }
    for (name, said) in [
        ("38930109.xml", "The list of slides is an empty file: 38930109.xml"),
        ("ffmpeg_concat.txt", "The list of slides is empty: ffmpeg_concat.txt"),
        ("chapters.json", "The list of chapters cannot be read: chapters.json"),
        ("shapes.svg", "The list of slides is empty: shapes.svg"),
        ("A trap-512930109.mhtml", "There are no pictures in the saved page: A trap-512930109.mhtml"),
    ] {
        let told = Trap::new(&[(name, b"")]).told(name);
        assert!(told.lines().any(|line| line == said), "{told}");
    }
}

#[test]
fn a_document_that_is_something_else_leaves_the_rest() {
    let png = encode(8, 8, [9; 3], image::ImageFormat::Png);
    let zip = b"PK\x03\x04\x14\0\0\0\x08\0nothing\0".repeat(40);
    let page = b"<!DOCTYPE html><html><head><title>404</title></head><body>{\"slides\":[]}</body></html>";
    let list = b"{\"slides\":[{\"time\":0,\"image\":{\"name\":\"0-0001\"}}]}";
    let times = b"<videoContent><slide><time>0</time><slideName>0-0001</slideName></slide></videoContent>";
    for name in DOCUMENTS {
        for other in [&png[..], &zip, page, list, times, b"0:00 One\n0:05 Two\n", b"\x7fELF\x02\x01\x01"] {
            Trap::new(&[(name, other)]).open(name);
        }
    }
    let told = Trap::new(&[("38930109.xml", page)]).told("a page");
    assert!(told.starts_with("The download failed: the server answered a web page, which was saved as 38930109.xml"));
}

#[test]
fn nesting_is_damage_and_nothing_more() {
    const DEEP: usize = 100_000;
    for (name, start) in JSON {
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"chapters\":", "}]")] {
            let whole = format!("{start}{}0{}", open.repeat(DEEP), close.repeat(DEEP));
            let half = format!("{start}{}", open.repeat(DEEP));
            for text in [whole, half] {
                let talk = Trap::new(&[(name, text.as_bytes())]).open(name);
                assert_eq!(talk.slides.len(), 3, "{name}: {start}{open}…");
            }
        }
    }
    for element in ["a", "slide", "p", "track", "image"] {
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        let nested = format!("{}x{}", open.repeat(DEEP), close.repeat(DEEP));
        for (name, text) in
            xml("", &nested).into_iter().filter(|(name, _)| *name != "shapes.svg" && *name != "chapters.psc")
        {
            Trap::new(&[(name, text.as_bytes())]).open(name);
        }
        for name in ["shapes.svg", "manifest.xml", "A trap-512930109.en.ttml"] {
            let root = if name == "manifest.xml" { "mediapackage" } else { "svg" };
            Trap::new(&[(name, format!("<{root}>{nested}</{root}>").as_bytes())]).open(name);
        }
    }
    let (settings, issues) = plenary::app::settings::Settings::parse(&format!("a = {}", "[".repeat(DEEP)));
    assert_eq!((settings, issues.len()), (plenary::app::settings::Settings::default(), 1));
    let flow = format!("---\ntitle: {}\n---\nx\n", "[".repeat(60_000));
    let block: String = (0..300).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    for text in [flow, format!("---\n{block}---\nx\n")] {
        let mut note = plenary::notes::Document::parse(&text);
        note.set_verdict(Some(plenary::notes::Verdict::Keep));
        assert!(note.text().ends_with("---\nx\n"));
    }
    let brackets = format!("{{\"command\":{}", "[".repeat(DEEP));
    plenary::testing::fuzz::run("ipc", format!("0{brackets}\n").as_bytes());
}

#[test]
fn no_entity_is_looked_up_and_none_grows() {
    let laughs: String =
        (1..10).map(|level| format!("<!ENTITY l{level} \"{}\">", format!("&l{};", level - 1).repeat(10))).collect();
    let laughs = format!("<!DOCTYPE x [<!ENTITY l0 \"ha\">{laughs}]>");
    let outside = "<!DOCTYPE x [<!ENTITY e SYSTEM \"../secret.txt\"><!ENTITY % p SYSTEM \"../secret.txt\"> %p;]>";
    for (doctype, value) in [(laughs.as_str(), "&l9;"), (outside, "&e;"), (outside, "a&#0;b&#xffffffff;&nothing;&")] {
        for (name, text) in xml(doctype, value) {
            let talk = Trap::new(&[(name, text.as_bytes())]).open(name);
            assert!(format!("{talk:?}").len() < 20_000, "{name} has grown");
        }
    }
    let included = "<tt xmlns:xi='http://www.w3.org/2001/XInclude'><p begin='1s' end='2s'><xi:include href='../secret.txt' parse='text'/>x</p></tt>";
    Trap::new(&[("A trap-512930109.en.ttml", included.as_bytes())]).open("an inclusion");
}

#[test]
fn times_that_no_talk_has_are_held_within_limits() {
    let odd = [
        "NaN",
        "-1",
        "-0",
        "1e300",
        "-1e300",
        "1e999",
        "Infinity",
        "-inf",
        "null",
        "\"\"",
        "\"nan\"",
        "\"1e300\"",
        "[0]",
        "9223372036854775808",
        "0x10",
        "١",
    ];
    for time in odd {
        let json = [
            (
                "slides.json",
                format!(
                    "{{\"slides\":[{{\"time\":0,\"image\":{{\"name\":\"0-0001\"}}}},{{\"time\":{time},\"image\":{{\"name\":\"0-0002\"}}}}]}}"
                ),
            ),
            (
                "chapters.json",
                format!(
                    "{{\"chapters\":[{{\"startTime\":{time},\"img\":\"0-0-0001-big.jpg\"}},{{\"startTime\":4,\"img\":\"4500-0-0002-big.jpg\"}}]}}"
                ),
            ),
            (
                "data.json",
                format!(
                    "{{\"streams\":[{{\"sources\":{{\"mp4\":[{{\"src\":\"A trap-512930109.wav\"}}]}}}}],\"frameList\":[{{\"time\":{time},\"url\":\"0-0-0001-big.jpg\"}}]}}"
                ),
            ),
            (
                "A trap-512930109.info.json",
                format!(
                    "{{\"chapters\":[{{\"title\":\"A\",\"start_time\":{time}}},{{\"title\":\"B\",\"start_time\":2,\"end_time\":{time}}}]}}"
                ),
            ),
            (
                "timings.json",
                format!(
                    "[{{\"time\":{time},\"image\":\"0-0-0001-big.jpg\"}},{{\"time\":3,\"image\":\"4500-0-0002-big.jpg\"}}]"
                ),
            ),
            (
                "A trap-512930109.transcript.json",
                format!(
                    "{{\"segments\":[{{\"start\":{time},\"end\":{time},\"text\":\"x\"}},{{\"start\":1,\"end\":{time},\"text\":\"y\"}}]}}"
                ),
            ),
        ];
        for (name, text) in json {
            Trap::new(&[(name, text.as_bytes())]).open(&format!("{name} at {time}"));
        }
        let bare = time.trim_matches('"');
        let plain = [
            (
                "38930109.xml",
                format!(
                    "<videoContent><slide><time>0</time><slideName>0-0001</slideName></slide><slide><time>{bare}</time><timeSec>{bare}</timeSec><slideName>0-0002</slideName></slide></videoContent>"
                ),
            ),
            ("shapes.svg", format!("<svg><image in=\"{bare} 1\" href=\"0-0-0001-big.jpg\"/></svg>")),
            (
                "manifest.xml",
                format!(
                    "<mediapackage><attachment type=\"a/segment+preview\" ref=\"x;time=T{bare}:00:00:{bare}F{bare}\"><url>0-0-0001-big.jpg</url></attachment></mediapackage>"
                ),
            ),
            (
                "ffmpeg_concat.txt",
                format!(
                    "file 0-0-0001-big.jpg\nduration {bare}\nfile 4500-0-0002-big.jpg\ninpoint {bare}\noutpoint {bare}\nfile 9000-0-0003-big.jpg\n"
                ),
            ),
            ("slides.csv", format!("time,image\n{bare},0-0-0001-big.jpg\n3,4500-0-0002-big.jpg\n")),
            (
                "chapters.psc",
                format!(
                    "<chapters><chapter start=\"{bare}\" title=\"A\"/><chapter start=\"1\" title=\"B\"/></chapters>"
                ),
            ),
            (
                "A trap-512930109.en.vtt",
                format!("WEBVTT\n\n{bare} --> {bare}\nx\n\n00:01.000 --> {bare}\ny\n\n-00:01.000 --> 00:02.000\nz\n"),
            ),
            ("chat.txt", format!("{bare}\tA:\tHi\n00:01:00\tB:\tHo\n-00:01:00\tC:\tHm\n")),
        ];
        for (name, text) in plain {
            Trap::new(&[(name, text.as_bytes())]).open(&format!("{name} at {bare}"));
        }
    }
}

#[test]
fn names_never_lead_out_of_the_folder_nor_to_the_network() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    server.set_nonblocking(true).unwrap();
    let address = format!("http://{}/outside.jpg", server.local_addr().unwrap());
    let other = tempfile::tempdir().unwrap();
    let absolute = other.path().join("outside.jpg");
    put(&absolute, &encode(8, 8, [9; 3], image::ImageFormat::Jpeg));
    let absolute = absolute.to_str().unwrap();
    let url = format!("file://{absolute}");
    let names = [
        "../outside.jpg",
        "slides/../../outside.jpg",
        "./../outside.jpg",
        "..\\outside.jpg",
        "%2e%2e/outside.jpg",
        "%2e%2e%2foutside.jpg",
        "C:\\outside.jpg",
        "\\\\server\\share\\outside.jpg",
        "concat:../outside.jpg",
        "subfile,,start,0,end,9,,:../outside.jpg",
        "pipe:0",
        "data:image/jpeg;base64,AAAA",
        "a\\u0000b.jpg",
        "CON",
        "",
        ".",
        "..",
        "/",
        absolute,
        &url,
        &address,
    ];
    for named in names {
        let escaped = named.replace("\\", "\\\\").replace("\\\\u0000", "\\u0000");
        let plain = named.replace("\\u0000", "\0");
        let files = [
            (
                "slides.json",
                format!(
                    "{{\"slides\":[{{\"time\":0,\"image\":{{\"name\":\"{escaped}\"}}}},{{\"time\":1,\"video\":{{\"id\":\"{escaped}\"}}}}]}}"
                ),
            ),
            (
                "chapters.json",
                format!(
                    "{{\"fileName\":\"{escaped}\",\"x:tracks\":[{{\"file\":\"{escaped}\"}}],\"chapters\":[{{\"startTime\":0,\"img\":\"{escaped}\",\"x:video\":\"{escaped}\"}},{{\"startTime\":4,\"img\":\"0-0-0001-big.jpg\"}}]}}"
                ),
            ),
            (
                "data.json",
                format!(
                    "{{\"streams\":[{{\"sources\":{{\"mp4\":[{{\"src\":\"{escaped}\"}}]}}}}],\"frameList\":[{{\"time\":0,\"url\":\"{escaped}\"}}],\"captions\":[{{\"url\":\"{escaped}\"}}]}}"
                ),
            ),
            (
                "timings.json",
                format!("[{{\"time\":0,\"image\":\"{escaped}\"}},{{\"time\":3,\"image\":\"4500-0-0002-big.jpg\"}}]"),
            ),
            (
                "38930109.xml",
                format!("<videoContent><slide><time>0</time><slideName>{plain}</slideName></slide></videoContent>"),
            ),
            (
                "shapes.svg",
                format!(
                    "<svg><image in=\"0\" href=\"{plain}\" text=\"{plain}\"/><image in=\"1\" href=\"0-0-0001-big.jpg\"/></svg>"
                ),
            ),
            (
                "manifest.xml",
                format!(
                    "<mediapackage><track><url>{plain}</url></track><attachment type=\"a/segment+preview\" ref=\"x;time=T00:00:00:0F1\"><url>{plain}</url></attachment></mediapackage>"
                ),
            ),
            ("ffmpeg_concat.txt", format!("file '{plain}'\nduration 3\nfile 0-0-0001-big.jpg\nduration 3\n")),
            ("slides.csv", format!("time,image\n0,{plain}\n3,4500-0-0002-big.jpg\n")),
            ("talk.m3u", format!("#EXTM3U\n#EXTVLCOPT:bookmarks={{name=1,time=0}},{{name=2,time=5}}\n{plain}\n")),
        ];
        for (name, text) in files {
            let trap = Trap::new(&[(name, text.as_bytes())]);
            let talk = trap.open(&format!("{named} in {name}"));
            let own = "A trap-512930109.wav";
            assert_eq!(talk.audio.and_then(|audio| audio.file.to_str().map(str::to_owned)).as_deref(), Some(own));
        }
    }
    for name in ["chapters.json", "ffmpeg_concat.txt", "slides.csv"] {
        let text = match name {
            "chapters.json" => {
                "{\"chapters\":[{\"startTime\":0,\"img\":\"../outside.jpg\"},{\"startTime\":4,\"img\":\"0-0-0001-big.jpg\"}]}"
            }
            "slides.csv" => "time,image\n0,../outside.jpg\n3,4500-0-0002-big.jpg\n",
            _ => "file '../outside.jpg'\nduration 3\nfile 0-0-0001-big.jpg\nduration 3\n",
        };
        let told = Trap::new(&[(name, text.as_bytes())]).told(name);
        let said = "leads out of the folder, 1 entry of it not followed: ../outside.jpg";
        assert!(told.lines().any(|line| line.ends_with(said)), "{name}: {told}");
    }
    assert!(server.accept().is_err(), "somebody has connected");
}

/// FFmpeg would open what a list names, and fetch it; a sound is a sound or nothing.
#[test]
fn a_playlist_that_is_called_a_sound_opens_nothing_else() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    server.set_nonblocking(true).unwrap();
    let address = format!("http://{}/x.ts", server.local_addr().unwrap());
    let lists = [
        format!("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\n{address}\n#EXT-X-ENDLIST\n"),
        format!("#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:9,\nfile:../secret.txt\n#EXTINF:9,\n{address}\n"),
        format!("ffconcat version 1.0\nfile {address}\nfile ../secret.txt\n"),
        format!("<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><Period><BaseURL>{address}</BaseURL></Period></MPD>"),
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n".to_owned(),
        format!("[playlist]\nFile1={address}\nNumberOfEntries=1\n"),
    ];
    let folder = tempfile::tempdir().unwrap();
    put(&folder.path().join("secret.txt"), SECRET.as_bytes());
    for (number, list) in lists.iter().enumerate() {
        for ending in ["m4a", "mp4", "mp3", "wav"] {
            let file = folder.path().join(format!("{number}/sound.{ending}"));
            put(&file, list.as_bytes());
            let line = refusal(&file);
            assert!(line.starts_with("Nothing to play (") && line.ends_with(&*file.to_string_lossy()), "{line}");
        }
    }
    assert!(server.accept().is_err(), "somebody has connected");
}

#[test]
fn what_is_wrong_is_said_in_one_line_on_the_command_line() {
    let trap = Trap::new(&[("38930109.xml", b"<Error><Code>a\nb\x1b[31m\xe2\x80\xae</Code></Error>")]);
    let (opened, said) = info(&trap.root);
    assert!(opened && !said.contains('\x1b') && !said.contains('\u{202e}'), "{said:?}");
    std::fs::remove_dir_all(&trap.root).unwrap();
    trap.put("38930109.xml", b"<Error><Code>AccessDenied</Code></Error>");
    let line = refusal(&trap.root);
    assert_eq!(line, "Download failed: the server's refusal was saved as 38930109.xml");
    assert!(open(&trap.root, &WavProbe).is_err() && trap.place.path().is_dir());
}
