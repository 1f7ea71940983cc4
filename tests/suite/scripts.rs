//! Scripts: a file in `tests/scripts` is a test. Lines are commands, `+2s` for time passing, `= what: value` for what
//! must be so, and `#` for remarks. Every script runs on a talk of a minute with a slide every ten seconds.

use std::path::Path;

use plenary::slides::{Rect, Size};
use plenary::testing::{Rig, ramp};
use plenary::time::MediaTime;

fn says(rig: &Rig, what: &str) -> String {
    let player = rig.app.player();
    match what {
        "time" => player.position().clock(),
        "slide" => rig.slide().to_string(),
        "playing" => player.playing().to_string(),
        "ended" => player.ended().to_string(),
        "rate" => player.rate().to_string(),
        "volume" => player.volume().to_string(),
        "muted" => player.muted().to_string(),
        "fullscreen" => rig.app.view().fullscreen.to_string(),
        "panel" => rig.app.view().panel.map(|panel| format!("{panel:?}")).unwrap_or_default(),
        "bare" => rig.app.view().bare.to_string(),
        "shown" => rig.app.shown_slide().map(|slide| (slide.0 + 1).to_string()).unwrap_or_default(),
        "chosen" => rig.app.view().overview.map(|all| (all.chosen.0 + 1).to_string()).unwrap_or_default(),
        "asking" => rig.app.view().asking.to_string(),
        "lamp" => rig.app.lamp_text().unwrap_or_default(),
        "loop" => {
            let mark = |mark: Option<MediaTime>| mark.map(|mark| mark.clock()).unwrap_or_default();
            let (a, b) = rig.app.loop_marks();
            format!("{} {}", mark(a), mark(b)).trim().to_owned()
        }
        "sleep" => rig.app.sleep_left().map(|left| left.clock()).unwrap_or_default(),
        "mono" => player.mono().to_string(),
        "balance" => player.balance().to_string(),
        "pan" => format!("{:?}", rig.app.view().pan),
        "clean" => rig.app.view().clean.to_string(),
        "captions" => rig.app.view().captions.shown.to_string(),
        "speaker" => rig.app.view().video.layout().word().to_owned(),
        "notice" => rig.app.notice().map(|notice| notice.text.clone()).unwrap_or_default(),
        other => panic!("a script asks for {other}, which nobody knows"),
    }
}

fn run(script: &Path, talk: &Path) {
    let mut rig = Rig::open(&[talk]);
    rig.app.set_pane(Rect::new(0, 0, Size::new(800, 600)));
    let text = std::fs::read_to_string(script).unwrap();
    let mut checks = 0;
    for (number, line) in text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(time) = line.strip_prefix('+') {
            rig.advance(MediaTime::parse(time).unwrap());
        } else if let Some(claim) = line.strip_prefix('=') {
            let (what, value) = claim.split_once(':').unwrap();
            assert_eq!(says(&rig, what.trim()), value.trim(), "{}:{number}: {line}", script.display());
            checks += 1;
        } else {
            rig.run(line);
            rig.app.set_overview_grid(4, 2);
        }
    }
    assert!(checks > 0, "{} claims nothing", script.display());
}

#[test]
fn every_script_holds() {
    let folder = tempfile::tempdir().unwrap();
    let talk = ramp::talk(folder.path(), "ramp", 60);
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let mut count = 0;
    for entry in std::fs::read_dir(scripts).unwrap() {
        run(&entry.unwrap().path(), &talk);
        count += 1;
    }
    assert!(count >= 5, "only {count} scripts were found");
}
