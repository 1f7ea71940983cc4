//! The inputs that the fuzzer begins with and those that it has found: whole, damaged, and cut off at every place.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use plenary::testing::fuzz::{TARGETS, run};
use plenary::testing::mutate::{Prng, mutate};

use super::in_time;

/// Damaged copies of each input. More are made where `PLENARY_MUTATIONS` says so.
const MUTATIONS: usize = 40;
/// Most places at which an input is cut off; most inputs are shorter.
const CUTS: usize = 800;
/// Inputs that have a minute together, of which they take a hundredth.
const TOGETHER: usize = 100;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz")
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

/// Inputs of a target with their names.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(fuzz().join("seeds").join(target)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| (file.display().to_string(), fs::read(file).unwrap())).collect()
}

/// Feeds an input, which is told if a promise is broken.
fn feed(target: &'static str, what: &str, input: &[u8]) {
    if let Err(broken) = catch_unwind(|| run(target, input)) {
        let text: String = input.iter().flat_map(|byte| std::ascii::escape_default(*byte)).map(char::from).collect();
        let why = broken.downcast_ref::<String>().cloned().unwrap_or_default();
        panic!("{why}\n{what}: {text}");
    }
}

fn torture(target: &'static str) {
    let seeds = seeds(target);
    assert!(!seeds.is_empty());
    let rounds = std::env::var("PLENARY_MUTATIONS").ok().and_then(|number| number.parse().ok()).unwrap_or(MUTATIONS);
    for (at, (name, seed)) in seeds.into_iter().enumerate() {
        let mut inputs = vec![(name.clone(), seed.clone())];
        let cuts = (0..seed.len()).step_by(seed.len().div_ceil(CUTS).max(1));
        inputs.extend(cuts.map(|cut| (format!("{name}, cut at {cut}"), seed[..cut].to_vec())));
        let mut prng = Prng::new(u64::try_from(at).unwrap());
        inputs.extend((0..rounds).map(|round| (format!("{name}, damage {round}"), mutate(&seed, &mut prng))));
        for some in inputs.chunks(TOGETHER).map(<[_]>::to_vec) {
            in_time(&format!("{target} of {}", some[0].0), move || {
                some.iter().for_each(|(what, input)| feed(target, what, input));
            });
        }
    }
}

#[test]
fn every_target_has_its_file_and_its_seeds() {
    let expected: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(names(&fuzz().join("targets")), expected);
    assert_eq!(names(&fuzz().join("seeds")), expected);
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    let bins: BTreeSet<String> = manifest
        .lines()
        .filter_map(|line| line.strip_prefix("path = \"targets/")?.strip_suffix(".rs\""))
        .map(str::to_owned)
        .collect();
    assert_eq!(bins, expected);
    for name in &expected {
        let text = fs::read_to_string(fuzz().join("targets").join(format!("{name}.rs"))).unwrap();
        assert!(text.contains(&format!("run(\"{name}\", data)")), "{name}");
    }
}

/// A test for each target, so that they run side by side.
macro_rules! targets {
    ($($target:ident)*) => {
        mod no_input_breaks_a_promise {
            $(#[test]
            fn $target() {
                super::torture(stringify!($target));
            })*

            #[test]
            fn of_any_target() {
                let tested = [$(stringify!($target)),*];
                assert!(super::TARGETS.iter().map(|target| target.name).eq(tested));
            }
        }
    };
}

targets! {
    bigbluebutton chapters chord commands concat config file_names ipc keymap merge mhtml notes opencast paella pdf picture
    plain slides_json slideslive sound transcript yt_dlp
}
