//! The shape of the crate, enforced: who may use whom, and which file may name which engine.

use std::fs;
use std::path::{Path, PathBuf};

/// What each module may use. `time`, `paths`, `persist` and the waker are for everybody.
const MAY_USE: &[(&str, &[&str])] = &[
    ("demux", &[]),
    ("time", &[]),
    ("paths", &[]),
    ("persist", &[]),
    ("within", &[]),
    ("talk", &[]),
    ("audio", &["talk"]),
    ("slides", &["talk"]),
    ("video", &["talk"]),
    ("notes", &[]),
    ("library", &["talk", "notes"]),
    ("export", &["notes"]),
    ("command", &["talk", "slides", "notes"]),
    ("player", &["talk", "audio", "slides", "video"]),
    ("transcribe", &["talk", "audio", "library"]),
    ("app", &["talk", "audio", "slides", "video", "command", "player", "notes", "library", "export", "transcribe"]),
    ("remote", &["talk", "app", "command", "slides", "audio", "cli", "notes"]),
    ("ui", &["talk", "audio", "app", "command", "slides", "video", "remote", "notes", "library"]),
    ("cli", &["talk", "app", "command", "slides", "audio", "video", "remote", "ui", "notes", "library", "export"]),
];

const FOR_ALL: &[&str] = &["time", "paths", "persist", "within", "demux", "Waker", "testing"];

/// Engines, and the only places that may name them.
const ENGINES: &[(&str, &[&str])] = &[
    ("symphonia", &["audio/decode/"]),
    ("ffmpeg_next", &["demux.rs", "audio/decode/", "video/ffmpeg"]),
    ("cpal", &["audio/sink/cpal.rs"]),
    ("pulseaudio", &["audio/sink/pulse/"]),
    ("rubato", &["audio/resample.rs"]),
    ("ebur128", &["audio/analysis/measure.rs"]),
    ("rtrb", &["audio/"]),
    ("egui", &["ui/"]),
    ("eframe", &["ui/"]),
    ("rfd", &["ui/dialog.rs", "ui/desk.rs"]),
    ("arboard", &["ui/desk.rs"]),
    ("opener", &["ui/desk.rs"]),
    ("fast_image_resize", &["slides/", "video/fit.rs"]),
    ("image", &["slides/", "talk/", "persist.rs", "testing/", "export/pictures.rs"]),
    ("miniz_oxide", &["talk/unpack.rs"]),
    ("moxcms", &["slides/decode/"]),
    ("resvg", &["slides/decode/"]),
    ("hayro", &["slides/decode/pdf.rs"]),
    ("hayro_syntax", &["talk/picture/pages.rs", "slides/decode/pdf.rs"]),
    ("html5gum", &["talk/metadata/html.rs"]),
    ("memchr", &["audio/decode/contents.rs"]),
    ("zune_jpeg", &["slides/decode/"]),
    ("clap", &["cli/"]),
    ("rusqlite", &["library/"]),
    ("notify", &["notes/", "library/scan/"]),
    ("nucleo_matcher", &["library/shelf/", "app/finder.rs"]),
    ("jiff", &["library/shelf/"]),
    ("xxhash_rust", &["library/ocr/"]),
    ("diffy", &["notes/", "export/"]),
    ("biblatex", &["export/"]),
    ("saphyr_parser", &["notes/"]),
    ("rustix", &["notes/", "library/ocr/", "audio/analysis/worker.rs", "video/survey/", "transcribe/"]),
    ("shlex", &["transcribe/"]),
    ("minijinja", &["export/"]),
    ("pulldown_cmark", &["export/", "ui/"]),
    ("dirs", &["paths.rs"]),
    ("zbus", &["app/awake.rs"]),
    ("spellbook", &["app/spelling.rs"]),
    ("quick_xml", &["talk/", "export/tests.rs"]),
    ("roxmltree", &["talk/", "slides/decode/svg"]),
];

fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    let relative = |path: &PathBuf| path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
    found.iter().map(|path| (relative(path), fs::read_to_string(path).unwrap())).collect()
}

fn module_of(file: &str) -> &str {
    file.split('/').next().unwrap().trim_end_matches(".rs")
}

/// The first names after every `crate::` in a line, also within braces.
fn used(line: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        if line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &line[at + "crate::".len()..];
        let list = rest.strip_prefix('{').map_or(rest, |inner| inner.split('}').next().unwrap_or(inner));
        let several = rest.starts_with('{');
        for part in list.split(',').take(if several { usize::MAX } else { 1 }) {
            let name = part.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("");
            if !name.is_empty() {
                names.push(name);
            }
        }
    }
    names
}

#[test]
fn modules_use_only_what_lies_below_them() {
    let mut faults = Vec::new();
    let mut seen = 0;
    for (file, text) in sources() {
        let module = module_of(&file);
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == module) else {
            assert!(["lib", "main", "testing"].contains(&module), "{file} belongs to no known module");
            continue;
        };
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            for name in used(line) {
                seen += 1;
                if name != module && !FOR_ALL.contains(&name) && !allowed.contains(&name) {
                    faults.push(format!("src/{file}:{}: {module} may not use {name}", number + 1));
                }
            }
        }
    }
    assert!(seen > 100, "only {seen} uses were seen: the reader of sources is broken");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn each_engine_is_named_in_one_place() {
    let mut faults = Vec::new();
    for (file, text) in sources() {
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            for (engine, places) in ENGINES {
                let named = [format!("use {engine}::"), format!("use {engine};"), format!("{engine}::")];
                let whole = |pattern: &String| {
                    line.match_indices(pattern.as_str()).any(|(at, _)| {
                        let before = &line[..at];
                        !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
                    })
                };
                if named.iter().any(whole) && !places.iter().any(|place| file.starts_with(place)) {
                    faults.push(format!("src/{file}:{}: {engine} belongs to {}", number + 1, places.join(", ")));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_reader_of_sources_sees_what_it_should() {
    assert_eq!(used("use crate::{app::App, ui};"), ["app", "ui"]);
    assert_eq!(used("    crate::remote::Remote::start()"), ["remote"]);
    assert_eq!(used("let a = $crate::x;"), Vec::<&str>::new());
}
