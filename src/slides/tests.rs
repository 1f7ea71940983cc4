use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

/// Bytes of a fixture slide at its own size.
const OWN: usize = OWN_SIZE.bytes_const();
const OWN_SIZE: Size = Size::new(64, 48);
const HALF: Size = Size::new(32, 24);

impl Size {
    const fn bytes_const(self) -> usize {
        self.width as usize * self.height as usize * 4
    }
}

/// A folder of slides and a cache over it, worked by hand.
struct Bench {
    folder: TempDir,
    cache: SlideCache,
}

impl Bench {
    fn new(budget: usize) -> Self {
        Self::with(SlideCache::new(budget, 0, Arc::new(|| ())))
    }

    fn with(cache: SlideCache) -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), cache }
    }

    /// The slide of this number, made at its first mention.
    fn key(&self, number: u8, size: Size) -> SlideKey {
        let path = self.folder.path().join(format!("{number}.png"));
        if !path.exists() {
            picture(number).save(&path).expect("a file");
        }
        SlideKey::new(path, size)
    }

    fn work(&mut self) {
        loop {
            let stepped = self.cache.step();
            if !self.cache.poll() && !stepped {
                return;
            }
            assert!(self.cache.stats().decoded < 1000, "loading in circles");
        }
    }

    fn ready(&self, key: &SlideKey) -> bool {
        matches!(self.cache.get(key), Slot::Ready(_))
    }
}

fn picture(number: u8) -> image::RgbImage {
    image::RgbImage::from_fn(OWN_SIZE.width, OWN_SIZE.height, |x, y| image::Rgb([number, x as u8 * 3, y as u8 * 5]))
}

#[test]
fn a_slide_at_its_own_size_has_the_pixels_of_its_file_byte_for_byte() {
    let mut bench = Bench::new(1 << 20);
    let key = bench.key(1, OWN_SIZE);
    bench.cache.want(vec![key.clone()], usize::MAX);
    assert_eq!(bench.cache.get(&key), Slot::Loading);

    bench.work();

    let Slot::Ready(pixels) = bench.cache.get(&key) else { panic!("not ready") };
    assert!(pixels.rgba == image::DynamicImage::from(picture(1)).into_rgba8().into_raw());
    assert_eq!((pixels.size, pixels.source), (OWN_SIZE, OWN_SIZE));
    assert_eq!(bench.cache.stats(), Stats { decoded: 1, pictures: 1, bytes: OWN, ..Stats::default() });
}

#[test]
fn the_newest_wish_is_served_first() {
    let mut bench = Bench::new(1 << 20);
    let keys: Vec<_> = (0..6).map(|number| bench.key(number, HALF)).collect();
    bench.cache.want(keys[..4].to_vec(), usize::MAX);
    bench.cache.step();
    bench.cache.poll();

    bench.cache.want(vec![keys[5].clone(), keys[4].clone()], usize::MAX);
    bench.cache.step();
    bench.cache.poll();
    let after_one_step = bench.ready(&keys[5]);
    bench.work();

    assert!(after_one_step);
    assert_eq!(keys.iter().map(|key| bench.ready(key)).collect::<Vec<_>>(), [true, false, false, false, true, true]);
}

#[test]
fn another_size_is_scaled_from_the_pixels_at_hand() {
    let mut bench = Bench::new(1 << 20);
    for width in [64, 32, 40, 33] {
        bench.cache.want(vec![bench.key(1, Size::new(width, 20))], usize::MAX);
        bench.work();
        assert!(bench.ready(&bench.key(1, Size::new(width, 20))));
    }
    assert_eq!((bench.cache.stats().decoded, bench.cache.stats().scaled), (1, 4));
    assert_eq!(bench.cache.unscaled(&bench.key(1, HALF)).map(|pixels| pixels.size), Some(OWN_SIZE));
}

#[test]
fn a_size_that_the_window_has_left_is_dropped_and_a_slide_that_was_left_is_kept() {
    let mut bench = Bench::new(1 << 20);
    let (small, large, other) = (bench.key(1, HALF), bench.key(1, OWN_SIZE), bench.key(2, HALF));
    for (left, wanted, kept) in [(&small, &large, false), (&other, &small, true)] {
        bench.cache.want(vec![left.clone()], usize::MAX);
        bench.cache.step();
        bench.cache.want(vec![wanted.clone()], usize::MAX);
        bench.work();
        assert!(bench.ready(wanted));
        assert_eq!(bench.ready(left), kept, "{left:?}");
    }
}

#[test]
fn the_budget_holds_but_for_the_one_slide_being_shown() {
    let mut bench = Bench::new(OWN * 3);
    for number in 0..20 {
        let wide = Size::new(64, if number % 5 == 4 { 200 } else { 48 });
        let shown = bench.key(number, wide);
        let list = wish([shown.clone()], [bench.key(number + 1, OWN_SIZE)], [], [], [bench.key(200, HALF)]);
        bench.cache.want(list, usize::MAX);
        bench.work();

        assert!(bench.ready(&shown));
        assert!(bench.cache.stats().bytes <= (OWN * 3).max(wide.bytes()), "slide {number}");
    }
}

#[test]
fn wishes_beyond_the_budget_are_not_loaded_in_circles() {
    let mut bench = Bench::new(OWN * 2);
    let keys: Vec<_> = (0..6).map(|number| bench.key(number, OWN_SIZE)).collect();

    bench.cache.want(keys.clone(), usize::MAX);
    bench.work();

    assert_eq!(keys.iter().map(|key| bench.ready(key)).collect::<Vec<_>>(), [true, true, false, false, false, false]);
    assert_eq!(bench.cache.stats().decoded, 2);
}

#[test]
fn a_file_that_failed_says_why_and_is_tried_again_only_on_request() {
    let mut bench = Bench::new(1 << 20);
    let missing = SlideKey::new(bench.folder.path().join("7.png"), HALF);
    let fine = bench.key(1, HALF);
    for list in [vec![missing.clone(), fine.clone()], vec![missing.clone()], vec![fine.clone(), missing.clone()]] {
        bench.cache.want(list, usize::MAX);
        bench.work();
    }
    let sentence = format!("Cannot show the slide: the file is missing: {}", missing.file.display());
    assert_eq!(bench.cache.get(&missing), Slot::Failed(Arc::from(sentence)));
    assert_eq!((bench.cache.stats().failed, bench.ready(&fine)), (1, true));

    let repaired = bench.key(7, HALF);
    bench.cache.retry();
    bench.work();

    assert!(bench.ready(&repaired));
}

#[test]
fn a_size_beyond_reason_is_refused() {
    let mut bench = Bench::new(1 << 20);
    for size in [Size::new(0, 5), Size::new(u32::MAX, u32::MAX)] {
        let key = bench.key(size.height as u8, size);
        bench.cache.want(vec![key.clone()], usize::MAX);
        bench.work();
        assert!(matches!(bench.cache.get(&key), Slot::Failed(_)), "{size}");
    }
}

#[test]
fn threads_load_and_wake_and_end() {
    let (woken, wakes) = bounded(64);
    let ended = Arc::new(AtomicUsize::new(0));
    let guard = CountsDrop(Arc::clone(&ended));
    let waker: Waker = Arc::new(move || {
        woken.try_send(guard.0.load(Ordering::Relaxed)).ok();
    });
    let mut bench = Bench::with(SlideCache::new(1 << 20, 2, waker));
    let keys: Vec<_> = (0..9).map(|number| bench.key(number, HALF)).collect();
    bench.cache.want(keys.clone(), usize::MAX);

    while !keys.iter().all(|key| bench.ready(key)) {
        wakes.recv_timeout(Duration::from_secs(60)).expect("a worker wakes the main thread");
        bench.cache.poll();
    }
    drop(bench);

    assert_eq!(ended.load(Ordering::Relaxed), 1, "a thread that lives on holds the waker");
}

struct CountsDrop(Arc<AtomicUsize>);

impl Drop for CountsDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn threads_that_wait_to_answer_end_too() {
    let (woken, wakes) = bounded(64);
    let mut bench = Bench::with(SlideCache::new(1 << 20, 2, Arc::new(move || woken.try_send(()).unwrap_or_default())));
    let keys: Vec<_> = (0..30).map(|number| bench.key(number, HALF)).collect();

    bench.cache.want(keys, usize::MAX);
    for _ in 0..ANSWERS {
        wakes.recv_timeout(Duration::from_secs(60)).expect("an answer");
    }
    let threads: Vec<_> = bench.cache.threads.iter().map(|thread| thread.thread().name().map(str::to_owned)).collect();
    drop(bench);

    assert_eq!(threads, [Some("slide-loader-0".to_owned()), Some("slide-loader-1".to_owned())]);
    assert!(wakes.iter().count() <= 3, "the waker is gone with its threads, after the answers that were under way");
}

#[test]
fn wishes_are_in_order_of_urgency_and_once_each() {
    let key = |number: u32| SlideKey::new(Path::new("/slide"), Size::new(number, 1));

    let list = wish([key(1)], [key(2), key(3), key(1)], [key(4)], [key(5)], [key(6), key(2)]);

    assert_eq!(list.iter().map(|key| key.size.width).collect::<Vec<_>>(), [1, 5, 2, 3, 4, 6]);
    assert!(wish(None, None, None, None, None).is_empty());
}
