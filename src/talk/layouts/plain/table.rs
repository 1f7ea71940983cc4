//! Lists of times in rows and columns: CSV, TSV, the labels of Audacity, the markers of Vegas.
//!
//! Nothing but their contents tells such lists from any other table, so what is not clearly one is none.

use super::super::MAX_SLIDES;
use super::list::{List, Mark, Reference, clock, frames_per_second, reference};
use crate::talk::names;
use crate::time::MediaTime;

/// Most columns that are looked at.
const MAX_COLUMNS: usize = 24;

/// Longest text of a cell that is kept, in bytes.
const MAX_CELL: usize = 2_000;

/// Whole numbers beyond this are milliseconds: no talk lasts ten hours, and few last less than half a minute.
const MOST_SECONDS: MediaTime = MediaTime::from_secs(36_000);

/// Reads a table; `None` where it is no list of times.
pub(super) fn read(text: &str) -> Option<List> {
    let mut rows = rows(text, delimiter(text));
    let header = rows.first().and_then(|first| Columns::named(first));
    if header.is_some() {
        rows.remove(0);
    }
    let fps = frames_per_second(rows.iter().flatten().map(String::as_str));
    let table = Table { rows, fps };
    let columns = header.or_else(|| table.guess())?;
    table.list(&columns)
}

/// Whether a text, perhaps cut off, is nothing but labels of Audacity: `0.000000⇥1.000000⇥Title`, in seconds, and under a label
/// perhaps `\⇥100.0⇥200.0`.
pub(super) fn are_labels(text: &str, cut: bool) -> bool {
    let whole = if cut { text.rsplit_once('\n').map_or("", |(whole, _)| whole) } else { text };
    let seconds = |cell: &str| {
        let number = cell.trim().replacen(',', ".", 1).parse::<f64>();
        number.is_ok_and(f64::is_finite) && cell.contains(['.', ','])
    };
    let is_label = |line: &str| {
        let mut cells = line.split('\t');
        let spans = cells.next().is_some_and(seconds) && cells.next().is_some_and(seconds);
        spans && cells.count() <= 1
    };
    let lines = || whole.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('\\'));
    lines().count() >= 2 && lines().all(is_label)
}

struct Table {
    rows: Vec<Vec<String>>,
    fps: u32,
}

/// Which column is what.
#[derive(Debug, Default, PartialEq)]
struct Columns {
    start: Option<usize>,
    /// Milliseconds, whatever the numbers look like.
    millis: bool,
    duration: Option<usize>,
    picture: Option<usize>,
    title: Option<usize>,
}

impl Columns {
    /// By the names in the first row; `None` where it has no names, or none for times.
    fn named(first: &[String]) -> Option<Self> {
        if first.iter().any(|cell| clock(cell, 25).is_some()) {
            return None;
        }
        let mut columns = Self::default();
        let mut number = None;
        for (at, cell) in first.iter().enumerate() {
            let name: String = cell.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
            let millis = ["ms", "millis", "milliseconds"].iter().find_map(|unit| name.strip_suffix(unit));
            let place = match millis.unwrap_or(&name) {
                "" if millis.is_none() => continue,
                "" | "start" | "starts" | "startsec" | "startsecs" | "startseconds" | "starttime" | "time"
                | "times" | "timesec" | "timesecs" | "timeseconds" | "timestamp" | "timecode" | "begin" | "begins"
                | "from" | "in" | "at" | "seconds" | "secs" | "sec" | "s" | "t" | "position" | "offset" => {
                    columns.millis |= columns.start.is_none() && millis.is_some();
                    &mut columns.start
                }
                "duration" | "durations" | "durationsec" | "durationseconds" | "length" => &mut columns.duration,
                "file" | "filename" | "image" | "imagefile" | "img" | "picture" | "path" | "photo" | "slidefile"
                | "slideimage" | "src" | "url" => &mut columns.picture,
                "slide" | "slides" | "slideno" | "slidenumber" | "page" | "pageno" | "pagenumber" | "number" | "no"
                | "nr" | "n" | "index" => &mut number,
                "title" | "name" | "label" | "text" | "chapter" | "caption" | "description" | "heading" => {
                    &mut columns.title
                }
                _ => continue,
            };
            place.get_or_insert(at);
        }
        columns.picture = columns.picture.or(number);
        (columns.start.is_some() || columns.duration.is_some() && columns.picture.is_some()).then_some(columns)
    }
}

impl Table {
    fn cell(&self, row: usize, column: usize) -> &str {
        self.rows.get(row).and_then(|row| row.get(column)).map_or("", String::as_str)
    }

    fn column(&self, column: usize) -> impl Iterator<Item = &str> {
        (0..self.rows.len()).map(move |row| self.cell(row, column))
    }

    fn times(&self, column: usize) -> Vec<Option<MediaTime>> {
        self.column(column).map(|cell| clock(cell, self.fps)).collect()
    }

    /// By what is in the cells; `None` where there is nothing like times that go forward.
    fn guess(&self) -> Option<Columns> {
        let width = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let nearly_all = |found: usize| found > 0 && found * 10 >= self.rows.len() * 9;
        let most = |found: usize| found * 2 > self.rows.len();
        let picture = (0..width)
            .find(|at| most(self.column(*at).filter(|cell| matches!(reference(cell), Reference::File(_))).count()));
        let times: Vec<usize> = (0..width)
            .filter(|at| nearly_all(self.column(*at).filter(|cell| clock(cell, self.fps).is_some()).count()))
            .collect();
        let (start, number) = match times.as_slice() {
            [] => return None,
            [start] => (*start, None),
            [first, second, rest @ ..] => self.pair(*first, *second, rest)?,
        };
        let title = (0..width).find(|at| {
            Some(*at) != picture
                && !times.contains(at)
                && most(self.column(*at).filter(|cell| !cell.trim().is_empty()).count())
        });
        let enough = self.rows.len() >= 2 || picture.is_some();
        (enough && forward(&self.times(start))).then(|| Columns {
            start: Some(start),
            picture: picture.or(number),
            title,
            ..Columns::default()
        })
    }

    /// Of columns of numbers, which one is the start and which one the number of the picture.
    fn pair(&self, first: usize, second: usize, rest: &[usize]) -> Option<(usize, Option<usize>)> {
        let (a, b) = (self.times(first), self.times(second));
        let whole = |column: usize| {
            self.column(column).all(|cell| cell.trim().len() <= 6 && cell.trim().bytes().all(|b| b.is_ascii_digit()))
        };
        let secs = |time: &Option<MediaTime>| time.map_or(-1, |time| time.nanos() / 1_000_000_000);
        let counting = |column: usize, times: &[Option<MediaTime>]| {
            whole(column) && times.windows(2).all(|two| secs(&two[1]) == secs(&two[0]) + 1)
        };
        // Spans in whole seconds that follow one another look like numbers, too.
        let spans = a.iter().skip(1).eq(b.iter().take(b.len().saturating_sub(1)));
        let number_of = |except: &[usize]| rest.iter().copied().find(|at| !except.contains(at) && whole(*at));
        if counting(first, &a) && !spans && forward(&b) {
            Some((second, Some(first)))
        } else if counting(second, &b) && !counting(first, &a) && forward(&a) {
            Some((first, Some(second)))
        } else if forward(&a) && a.iter().zip(&b).all(|(start, end)| end >= start) {
            Some((first, number_of(&[])))
        } else if forward(&a) && whole(second) {
            Some((first, Some(second)))
        } else if forward(&b) && whole(first) {
            Some((second, Some(first)))
        } else {
            None
        }
    }

    fn list(&self, columns: &Columns) -> Option<List> {
        let times = columns.start.map(|at| self.times(at)).or_else(|| self.sums(columns.duration?))?;
        let readable = times.iter().flatten().count();
        if readable == 0 || readable * 2 < self.rows.len() {
            return None;
        }
        let mut texts = columns.start.into_iter().flat_map(|at| self.column(at));
        let whole = texts.all(|cell| cell.trim().bytes().all(|b| b.is_ascii_digit()));
        let millis = columns.millis || whole && times.iter().flatten().max() >= Some(&MOST_SECONDS);
        let scaled = |time: MediaTime| if millis { MediaTime::from_nanos(time.nanos() / 1000) } else { time };
        let marks = (0..self.rows.len()).filter_map(|row| {
            let start = scaled((*times.get(row)?)?);
            let title = columns.title.map_or("", |at| self.cell(row, at));
            let picture = columns.picture.map(|at| self.cell(row, at).trim()).filter(|cell| !cell.is_empty());
            Some(match picture.map(|cell| (cell, reference(cell))) {
                None => Mark::new(Some(start), title),
                // A file may be named without its ending.
                Some((cell, Reference::None)) => Mark {
                    start: Some(start),
                    title: names::one_line(title),
                    picture: Reference::File(cell.to_owned()),
                },
                Some((_, picture)) => Mark { start: Some(start), title: names::one_line(title), picture },
            })
        });
        Some(List { marks: marks.collect(), unreadable: self.rows.len() - readable, ..List::default() })
    }

    /// Starts from how long each picture is shown.
    fn sums(&self, durations: usize) -> Option<Vec<Option<MediaTime>>> {
        let times = self.times(durations);
        // After a length that cannot be read no start is known.
        if times.iter().rev().skip(1).any(|time| time.is_none_or(|time| time < MediaTime::ZERO)) {
            return None;
        }
        let sum = |total: &mut MediaTime, time: &Option<MediaTime>| {
            let start = *total;
            *total = start + time.unwrap_or_default();
            Some(Some(start))
        };
        Some(times.iter().scan(MediaTime::ZERO, sum).collect())
    }
}

/// Whether times go forward, but for one in ten, and begin at zero or later.
fn forward(times: &[Option<MediaTime>]) -> bool {
    let known: Vec<MediaTime> = times.iter().copied().flatten().collect();
    let back = known.windows(2).filter(|two| two[1] < two[0]).count();
    known.iter().all(|time| *time >= MediaTime::ZERO) && back * 10 <= known.len()
}

/// What stands between the cells: the first of these that is in most lines.
fn delimiter(text: &str) -> Option<char> {
    let lines: Vec<&str> = text.lines().filter(|line| !is_comment(line)).take(40).collect();
    let of = |c: char| lines.iter().filter(|line| line.contains(c)).count() * 2 > lines.len();
    ['\t', ';', ',', ' '].into_iter().find(|c| of(*c))
}

/// Empty lines, remarks, and what Audacity has to say of the pitch of a label.
fn is_comment(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with(['#', '\\'])
}

/// The cells of a table; a quoted one may hold anything but the end of a line.
fn rows(text: &str, delimiter: Option<char>) -> Vec<Vec<String>> {
    let lines = text.lines().filter(|line| !is_comment(line));
    lines.take(MAX_SLIDES + 2).map(|line| delimiter.map_or_else(|| vec![bounded(line)], |c| cells(line, c))).collect()
}

fn cells(line: &str, delimiter: char) -> Vec<String> {
    let mut cells = Vec::new();
    let mut rest = line.trim_end_matches('\r');
    if delimiter == ' ' {
        // Two columns, of which the second may have spaces of its own.
        let (first, second) = rest.trim().split_once(char::is_whitespace).unwrap_or((rest.trim(), ""));
        return vec![bounded(first), bounded(second)];
    }
    while cells.len() < MAX_COLUMNS {
        let start = rest.trim_start_matches(' ');
        let (cell, after) = match start.strip_prefix('"').and_then(quoted) {
            Some((cell, after)) => (cell, after.find(delimiter).map(|at| &after[at + 1..])),
            None => match rest.split_once(delimiter) {
                Some((cell, after)) => (cell.to_owned(), Some(after)),
                None => (rest.to_owned(), None),
            },
        };
        cells.push(bounded(&cell));
        match after {
            Some(after) => rest = after,
            None => break,
        }
    }
    cells
}

/// The text up to the closing quote, two of which stand for one; and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut cell = String::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' if chars.next_if(|(_, next)| *next == '"').is_some() => cell.push('"'),
            '"' => return Some((cell, text.get(at + 1..)?)),
            plain => cell.push(plain),
        }
    }
    None
}

fn bounded(cell: &str) -> String {
    let cell = cell.trim();
    cell.get(..cell.floor_char_boundary(MAX_CELL)).unwrap_or(cell).to_owned()
}

#[cfg(test)]
mod tests;
