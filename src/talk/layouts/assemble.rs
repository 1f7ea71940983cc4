//! From what a document says of each slide to the slides of a talk, and one sentence for each sort of trouble.

use std::collections::HashSet;

use crate::talk::issue::{Issue, IssueKind, printable};
use crate::talk::pictures::Pick;
use crate::talk::{Clip, Slide};
use crate::time::MediaTime;

/// No talk lasts longer; a time beyond it is damage.
const LATEST: MediaTime = MediaTime::from_secs(7 * 24 * 3600);

/// Up to this many slides with the same trouble are named one by one.
const NAMED: usize = 3;

/// Most missing slides whose names are compared.
const MAX_COMPARED: usize = 1_000;

/// Longest name of a slide that is kept, in characters; no file has a longer one.
const LONGEST_NAME: usize = 1_000;

/// Most words of a slide that are kept, in characters.
pub(super) const LONGEST_TEXT: usize = 20_000;

/// A slide as its document has it.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// `None` where the document has no time for it, or none that can be read.
    pub(super) start: Option<MediaTime>,
    pub(super) name: String,
    pub(super) title: Option<String>,
    pub(super) text: String,
    pub(super) pick: Pick,
    pub(super) clip: Option<Clip>,
}

/// Makes slides of drafts in the order of their document, named `source` in messages.
pub(super) fn assemble(drafts: Vec<Draft>, source: &str, issues: &mut Vec<Issue>) -> Vec<Slide> {
    let starts = starts(&drafts, source, issues);
    let slides: Vec<(Slide, Trouble)> = drafts
        .into_iter()
        .zip(starts)
        .map(|(draft, start)| {
            let (image, trouble) = match draft.pick.clone() {
                Pick::Usable(image) => (Some(image), Trouble::None),
                Pick::Faulty(file, fault) => (None, Trouble::Faulty(file, fault.to_string())),
                Pick::Missing if draft.clip.is_some() => (None, Trouble::None),
                Pick::Missing => (None, Trouble::Missing),
                Pick::Never => (None, Trouble::None),
            };
            let Draft { mut name, title, mut text, clip, .. } = draft;
            cut(&mut name, LONGEST_NAME);
            cut(&mut text, LONGEST_TEXT);
            (Slide { start, name, title, text, image, clip }, trouble)
        })
        .collect();
    missing(&slides, issues);
    unreadable(&slides, issues);
    slides.into_iter().map(|(slide, _)| slide).collect()
}

/// Leaves so many characters at most.
fn cut(text: &mut String, most: usize) {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
    }
}

enum Trouble {
    None,
    Missing,
    Faulty(std::path::PathBuf, String),
}

/// The start of each slide, none negative; for one without a time, or with one that no talk has, that of the slide before it.
fn starts(drafts: &[Draft], source: &str, issues: &mut Vec<Issue>) -> Vec<MediaTime> {
    let (mut previous, mut untimed, mut held, mut back) = (MediaTime::ZERO, 0, 0, 0);
    let mut starts = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let start = match draft.start {
            Some(start) if start > LATEST => {
                held += 1;
                previous
            }
            Some(start) => {
                let within = start.max_zero();
                held += usize::from(within != start);
                back += usize::from(within < previous);
                within
            }
            None => {
                untimed += 1;
                previous
            }
        };
        starts.push(start);
        previous = start;
    }
    let of = |number| {
        if number == 1 { "1 slide".to_owned() } else { format!("{number} slides") }
    };
    let mut tell = |kind, message: String| issues.push(Issue::new(kind, message));
    if untimed > 0 {
        let message =
            format!("{} of {} have no readable time and appear with the slide before", untimed, of(drafts.len()));
        tell(IssueKind::TimingUnreadable, format!("{message}, says {source}"));
    }
    if held > 0 {
        let message = format!("The times of {} are negative or longer than a week and were changed to fit", of(held));
        tell(IssueKind::TimeOutOfRange, message);
    }
    if back > 0 {
        let times = if back == 1 { "once".to_owned() } else { format!("{back} times") };
        let message = format!("The times of the slides go back {times}, they are shown in the order of their times");
        tell(IssueKind::SlideTimesUnordered, message);
    }
    starts
}

/// `0-0324 at 1:12`.
fn place(slide: &Slide) -> String {
    places(slide, &[slide.start])
}

/// `slide-2 at 0:06 and 0:20`: a picture and when it is shown.
fn places(slide: &Slide, starts: &[MediaTime]) -> String {
    let name = printable(&slide.name);
    let clocks: Vec<String> = starts.iter().take(NAMED).map(|start| start.clock()).collect();
    let when = match clocks.as_slice() {
        // It may be called by its time.
        [only] if name.ends_with(&format!(" at {only}")) => return name,
        _ if starts.len() > NAMED => format!("{} and {} times more", clocks.join(", "), starts.len() - NAMED),
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => clocks.join(", "),
    };
    format!("{name} at {when}")
}

fn missing(slides: &[(Slide, Trouble)], issues: &mut Vec<Issue>) {
    let is_missing = |(_, trouble): &&(Slide, Trouble)| matches!(trouble, Trouble::Missing);
    let gone: Vec<&Slide> = slides.iter().filter(is_missing).map(|(slide, _)| slide).collect();
    let Some(first) = gone.first() else { return };
    let (number, total) = (gone.len(), slides.len());
    let tail = slides.iter().rev().take_while(is_missing).count();
    let mut tell = |message: String| issues.push(Issue::new(IssueKind::SlideMissing, message));
    if number == total && total > 1 {
        tell(format!("All {total} slides are missing, the first is {}", place(first)));
        return;
    }
    if number == tail && number > 1 {
        let cause = "the download may have been interrupted";
        tell(format!("The last {number} of {total} slides are missing, {cause} before {}", place(first)));
        return;
    }
    // One picture may be shown any number of times.
    let mut by_name: Vec<(&Slide, Vec<MediaTime>)> = Vec::new();
    for slide in gone.iter().take(MAX_COMPARED) {
        match by_name.iter().position(|(known, _)| known.name == slide.name) {
            Some(at) => by_name[at].1.push(slide.start),
            None if by_name.len() > NAMED => {}
            None => by_name.push((slide, vec![slide.start])),
        }
    }
    if by_name.len() <= NAMED {
        by_name.iter().for_each(|(slide, starts)| tell(format!("A slide is missing: {}", places(slide, starts))));
    } else {
        tell(format!("{number} of {total} slides are missing, the first is {}", place(first)));
    }
}

fn unreadable(slides: &[(Slide, Trouble)], issues: &mut Vec<Issue>) {
    let faulty: Vec<_> = slides
        .iter()
        .filter_map(|(slide, trouble)| match trouble {
            Trouble::Faulty(file, fault) => Some((slide, file, fault)),
            Trouble::None | Trouble::Missing => None,
        })
        .collect();
    let mut files = HashSet::new();
    let each: Vec<_> = faulty.iter().filter(|(_, file, _)| files.insert(*file)).collect();
    if each.len() <= NAMED {
        for (slide, file, fault) in each {
            let message = format!("The slide at {} {fault}", slide.start.clock());
            issues.push(Issue::about(IssueKind::SlideUnreadable, &message, file));
        }
    } else if let Some((slide, file, fault)) = faulty.first() {
        let (number, total) = (faulty.len(), slides.len());
        let first = format!("the first, at {}, {fault}", slide.start.clock());
        let message = format!("{number} of {total} slides cannot be shown, {first}");
        issues.push(Issue::about(IssueKind::SlideUnreadable, &message, file));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talk::picture::Fault;
    use crate::talk::{ImageFormat, SlideImage};

    fn draft(ms: Option<i64>, pick: Pick) -> Draft {
        let start = ms.map(MediaTime::from_millis);
        Draft { start, name: format!("0-{:04}", ms.unwrap_or(-1) / 1000), pick, ..Draft::default() }
    }

    fn usable() -> Pick {
        Pick::Usable(SlideImage { file: "x.jpg".into(), width: 1, height: 1, format: ImageFormat::Jpeg })
    }

    fn faulty(name: &str) -> Pick {
        Pick::Faulty(name.into(), Fault::Markup)
    }

    fn run(drafts: Vec<Draft>) -> (Vec<i64>, Vec<Issue>) {
        let mut issues = Vec::new();
        let slides = assemble(drafts, "1.xml", &mut issues);
        (slides.iter().map(|slide| slide.start.millis()).collect(), issues)
    }

    fn messages(issues: &[Issue]) -> Vec<&str> {
        issues.iter().map(|issue| issue.message.as_str()).collect()
    }

    #[test]
    fn a_sound_document_gives_no_issue() {
        let (starts, issues) = run(vec![draft(Some(0), usable()), draft(Some(5), usable()), draft(Some(5), usable())]);
        assert_eq!(starts, [0, 5, 5]);
        assert_eq!(messages(&issues), Vec::<&str>::new());
    }

    #[test]
    fn few_missing_slides_are_named_and_many_are_summed_up() {
        let few = vec![draft(Some(0), usable()), draft(Some(72_274), Pick::Missing), draft(Some(90_000), usable())];
        assert_eq!(messages(&run(few).1), ["A slide is missing: 0-0072 at 1:12"]);
        let many = (0..600).map(|at| draft(Some(at * 1000), if at % 2 == 1 { Pick::Missing } else { usable() }));
        let (starts, issues) = run(many.chain([draft(Some(700_000), usable())]).collect());
        assert_eq!(starts.len(), 601);
        assert_eq!(messages(&issues), ["300 of 601 slides are missing, the first is 0-0001 at 0:01"]);
    }

    #[test]
    fn a_missing_tail_is_an_interrupted_download() {
        let drafts = (0..9).map(|at| draft(Some(at * 1000), if at < 4 { usable() } else { Pick::Missing })).collect();
        let (_, issues) = run(drafts);
        let message =
            "The last 5 of 9 slides are missing, the download may have been interrupted before 0-0004 at 0:04";
        assert_eq!(messages(&issues), [message]);
        let none = (0..9).map(|at| draft(Some(at * 1000), Pick::Missing)).collect();
        assert_eq!(messages(&run(none).1), ["All 9 slides are missing, the first is 0-0000 at 0:00"]);
    }

    #[test]
    fn error_pages_are_named_while_few_and_summed_up_when_many() {
        let (_, issues) = run(vec![draft(Some(72_274), faulty("72274-a-big.jpg"))]);
        assert_eq!(messages(&issues), ["The slide at 1:12 is an error page, not a picture: 72274-a-big.jpg"]);
        assert_eq!(issues[0].file.as_deref(), Some(std::path::Path::new("72274-a-big.jpg")));
        let (_, issues) = run((0..300).map(|at| draft(Some(at), faulty(&format!("{at}.jpg")))).collect());
        let message = "300 of 300 slides cannot be shown, the first, at 0:00, is an error page, not a picture: 0.jpg";
        assert_eq!(messages(&issues), [message]);
    }

    #[test]
    fn what_is_wrong_with_one_picture_is_told_once() {
        let named = |ms, pick| Draft { name: "slide-2".to_owned(), ..draft(Some(ms), pick) };
        let missing = |times: &[i64]| times.iter().map(|ms| named(*ms, Pick::Missing)).collect::<Vec<_>>();
        for (times, message) in [
            (&[6_900, 20_500][..], "A slide is missing: slide-2 at 0:06 and 0:20"),
            (&[1_000, 2_000, 3_000], "A slide is missing: slide-2 at 0:01, 0:02 and 0:03"),
            (&[1_000, 2_000, 3_000, 4_000, 5_000], "A slide is missing: slide-2 at 0:01, 0:02, 0:03 and 2 times more"),
        ] {
            let drafts = missing(times).into_iter().chain([draft(Some(90_000), usable())]).collect();
            assert_eq!(messages(&run(drafts).1), [message]);
        }
        let spoilt = [0, 4_000, 9_000, 12_000, 15_000].map(|ms| named(ms, faulty("2.jpg")));
        let (_, issues) = run(spoilt.into());
        assert_eq!(messages(&issues), ["The slide at 0:00 is an error page, not a picture: 2.jpg"]);
    }

    #[test]
    fn a_slide_that_is_called_by_its_time_is_told_with_it_once() {
        let named = |ms| Draft { name: "segment at 0:07".to_owned(), ..draft(Some(ms), Pick::Missing) };
        assert_eq!(
            messages(&run(vec![named(7_000), draft(Some(9_000), usable())]).1),
            ["A slide is missing: segment at 0:07"]
        );
        let all = run(vec![named(7_000), named(9_000)]).1;
        assert_eq!(messages(&all), ["All 2 slides are missing, the first is segment at 0:07"]);
    }

    #[test]
    fn times_that_no_talk_has_do_not_make_it_longer() {
        let times = [-5, 9, i64::MAX / 1_000_000, 604_800_001];
        let (starts, issues) = run(times.map(|at| draft(Some(at), usable())).into());
        assert_eq!(starts, [0, 9, 9, 9]);
        assert_eq!(issues.len(), 1);
        assert_eq!(issues[0].kind, IssueKind::TimeOutOfRange);
    }

    #[test]
    fn a_slide_without_a_time_appears_with_the_one_before() {
        let (starts, issues) = run(vec![draft(None, usable()), draft(Some(7), usable()), draft(None, usable())]);
        assert_eq!(starts, [0, 7, 7]);
        assert_eq!(issues.len(), 1);
        assert_eq!(issues[0].kind, IssueKind::TimingUnreadable);
    }

    #[test]
    fn times_that_go_back_are_told_once() {
        let (starts, issues) = run([0, 10, 5, 8, 1].map(|at| draft(Some(at), usable())).into());
        assert_eq!(starts, [0, 10, 5, 8, 1]);
        let message = "The times of the slides go back 2 times, they are shown in the order of their times";
        assert_eq!(messages(&issues), [message]);
    }
}
