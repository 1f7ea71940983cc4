//! How long a slide takes: decoded, scaled, found in the cache.

use std::hint::black_box;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use image::{ImageFormat, Rgb, RgbImage};
use plenary::slides::decode::{Scaler, decode_bytes};
use plenary::slides::{Enlarge, Limits, Size, SlideCache, SlideKey, Slot, wish};

/// A slide with a title bar, lines of something like text, and a photograph; as JPEG.
fn slide(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let (column, line) = (x * 1920 / width, y * 1080 / height);
        match (column, line) {
            (_, 0..100) => Rgb([24, 60, 120]),
            (1100..1800, 200..900) => Rgb([x, y, x ^ y].map(|value| (value % 256) as u8)),
            (100..1000, 200..900) if line % 50 < 26 && (column * 31 + line / 50 * 17) % 23 < 9 => Rgb([30; 3]),
            _ => Rgb([250; 3]),
        }
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).expect("a JPEG");
    bytes.into_inner()
}

fn slides(criterion: &mut Criterion) {
    let limits = Limits::default();
    let mut scaler = Scaler::new();
    for ((width, height), target) in [
        ((1920, 1080), Size::new(1075, 605)),
        ((3840, 2160), Size::new(1440, 810)),
        ((960, 540), Size::new(1920, 1080)),
    ] {
        let size = Size::new(width, height);
        let jpeg = slide(width, height);
        let pixels = decode_bytes(&jpeg, &limits).expect("a picture");
        criterion.bench_function(&format!("decode JPEG {size}"), |bench| {
            bench.iter(|| decode_bytes(black_box(&jpeg), &limits));
        });
        criterion.bench_function(&format!("scale {size} to {target}"), |bench| {
            bench.iter(|| scaler.scale(black_box(&pixels), target, Enlarge::Auto));
        });
    }

    let folder = tempfile::tempdir().expect("a folder");
    let key = |number: u32| {
        let file: Arc<Path> = Arc::from(folder.path().join(format!("{number}.png")));
        RgbImage::new(64, 36).save(&file).expect("a file");
        SlideKey::new(file, Size::new(64, 36))
    };
    let list = wish([key(1)], [key(2), key(3)], [key(4)], None, [key(5)]);
    let mut cache = SlideCache::new(256 << 20, 0, Arc::new(|| ()));
    cache.want(list.clone(), 1);
    while cache.step() {
        cache.poll();
    }
    assert!(matches!(cache.get(&list[0]), Slot::Ready(_)));
    criterion.bench_function("one frame: want, poll, get", |bench| {
        bench.iter(|| {
            cache.want(black_box(list.clone()), 1);
            cache.poll();
            cache.get(black_box(&list[0]))
        });
    });
}

criterion_group!(benches, slides);
criterion_main!(benches);
