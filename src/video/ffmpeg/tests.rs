use std::process::Command;

use ffmpeg_next::Error;

use super::*;

const PICTURES: usize = 50;

/// Fifty pictures a twenty-fifth of a second each, with pictures that need later ones.
fn film(folder: &Path) -> PathBuf {
    let file = folder.join("film.mp4");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=2"])
        .args(["-c:v", "libx264", "-bf", "3", "-g", "20", "-pix_fmt", "yuv420p"])
        .arg(&file)
        .status();
    assert!(made.expect("the ffmpeg program runs").success());
    file
}

fn rest(film: &mut Film) -> Vec<Span> {
    std::iter::from_fn(|| film.advance().expect("it decodes")).collect()
}

/// As if a chip decoded: from here on it gives no more pictures.
fn with_dying_chip(film: &mut Film, works: bool) {
    film.reel.hardware = Some("a chip".to_owned());
    (film.reel.works, film.reel.failed) = (works, works);
    film.reel.draining = true;
    film.reel.decoder.flush();
    film.reel.decoder.send_eof().ok();
}

#[test]
fn where_a_chip_fails_the_processor_goes_on_with_the_next_picture() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = film(dir.path());
    let meant = rest(&mut Film::open(&file, Opening::WATCH).expect("it opens"));
    assert_eq!(meant.len(), PICTURES);
    // Never a picture; and one that dies after a second of them.
    for (before, works) in [(0, false), (25, true)] {
        let mut film = Film::open(&file, Opening::WATCH).expect("it opens");
        let mut found: Vec<Span> = (0..before).filter_map(|_| film.advance().expect("it decodes")).collect();
        with_dying_chip(&mut film, works);
        found.extend(rest(&mut film));
        assert_eq!(found, meant, "after {before} pictures");
        assert_eq!((film.info().hardware.as_ref(), film.how.hardware), (None, false));
    }
}

#[test]
fn where_a_chip_fails_after_a_seek_the_moment_is_reached_all_the_same() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut film = Film::open(&film(dir.path()), Opening::WATCH).expect("it opens");
    with_dying_chip(&mut film, false);
    film.reel.failed = true;
    let to = MediaTime::from_millis(1_500);
    film.seek(to).expect("it seeks");
    let reached = rest(&mut film).into_iter().find(|span| span.holds(to));
    assert_eq!(reached.map(|span| span.from), Some(MediaTime::from_millis(1_480)));
}

#[test]
fn a_damaged_packet_is_the_chips_fault_where_one_decodes() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut reel, ..) = Reel::open(&film(dir.path()), Opening::WATCH).expect("it opens");
    assert!(!reel.blame_chip(Error::InvalidData) && !reel.failed);
    reel.hardware = Some("a chip".to_owned());
    assert!(reel.blame_chip(Error::InvalidData) && reel.failed);
}
