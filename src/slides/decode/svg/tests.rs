//! Drawings at several sizes, drawings that ask for too much, and drawings that ask for other files.

use super::*;
use crate::testing::mutate::{Prng, mutate};

fn svg(attributes: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" \
         xmlns:xlink=\"http://www.w3.org/1999/xlink\" {attributes}>{body}</svg>"
    )
}

fn drawn(text: &str, wanted: Option<(u32, u32)>) -> Result<Pixels, Trouble> {
    decode(text.as_bytes(), &Limits::default(), wanted.map(|(width, height)| Size::new(width, height)))
}

fn at(pixels: &Pixels, x: u32, y: u32) -> [u8; 4] {
    pixels.rgba.as_chunks::<4>().0[(y * pixels.size.width + x) as usize]
}

#[test]
fn it_is_drawn_at_the_size_wanted_and_not_scaled() {
    let half = svg(
        "width=\"16\" height=\"9\" viewBox=\"0 0 16 9\"",
        "<rect x=\"8\" width=\"8\" height=\"9\" fill=\"#0000ff\"/>",
    );
    for (width, height) in [(16, 9), (160, 90), (1000, 333), (2, 1)] {
        let pixels = drawn(&half, Some((width, height))).expect("a picture");
        assert_eq!((pixels.size, pixels.source), (Size::new(width, height), Size::new(16, 9)));
        // The edge stays sharp at any size.
        assert_eq!(at(&pixels, width / 2 - 1, 0), [255; 4]);
        assert_eq!(at(&pixels, width / 2, height - 1), [0, 0, 255, 255]);
    }
    assert_eq!(drawn(&half, None).expect("a picture").size, Size::new(16, 9));
}

#[test]
fn a_drawing_that_says_no_size_is_as_large_as_the_talk_was_told_and_keeps_its_shape() {
    let body = "<rect width=\"400\" height=\"50\" fill=\"#0000ff\"/>";
    for (attributes, size) in [("", (100, 100)), ("width=\"96\"", (96, 100)), ("height=\"50%\"", (100, 50))] {
        let text = svg(attributes, body);
        let header = picture::header(Cursor::new(text.as_bytes())).expect("a drawing");
        let pixels = drawn(&text, Some((200, 200))).expect("a picture");
        assert_eq!((pixels.source, (header.width, header.height)), (Size::new(size.0, size.1), size), "{attributes}");
        // A bar of 200 by 25 in the middle.
        let blue = (0..200).filter(|y| at(&pixels, 100, *y) == [0, 0, 255, 255]).count();
        assert!((23..=26).contains(&blue) && at(&pixels, 100, 100) == [0, 0, 255, 255], "{attributes}: {blue}");
    }
}

#[test]
fn see_through_paint_lies_on_white() {
    let glass = svg("width=\"4\" height=\"4\"", "<rect width=\"4\" height=\"4\" fill=\"black\" opacity=\"0.5\"/>");
    let [red, .., alpha] = at(&drawn(&glass, None).expect("a picture"), 2, 2);
    assert!(red.abs_diff(128) <= 1 && alpha == 255);
}

#[test]
fn pictures_within_are_shown_and_files_outside_are_not_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("red.png");
    image::RgbImage::from_pixel(4, 4, image::Rgb([255, 0, 0])).save(&file).expect("a file");
    let picture = |href: &str| svg("width=\"4\" height=\"4\"", &format!("<image width=\"4\" height=\"4\" {href}/>"));
    // One red pixel as GIF.
    let data = "data:image/gif;base64,R0lGODdhAQABAIABAP8AAP///ywAAAAAAQABAAACAkQBADs=";

    let inside = drawn(&picture(&format!("xlink:href=\"{data}\"")), None).expect("a picture");
    assert_eq!(at(&inside, 1, 1), [255, 0, 0, 255]);
    for outside in [file.display().to_string(), format!("file://{}", file.display())] {
        let pixels = drawn(&picture(&format!("href=\"{outside}\"")), None).expect("a picture");
        assert_eq!(at(&pixels, 1, 1), [255; 4], "{outside}");
    }
    let entity = format!("<!DOCTYPE svg [<!ENTITY x SYSTEM \"file://{}\">]><svg>&x;</svg>", file.display());
    assert!(drawn(&entity, None).is_err());
}

/// Twenty levels, each of ten references to the level below it.
fn tower(level: impl Fn(u32, &str) -> String) -> String {
    let levels = (1..20).map(|number| level(number, &format!("l{}", number - 1)));
    svg("width=\"9\" height=\"9\"", &format!("<defs><rect id=\"l0\"/>{}</defs>", levels.collect::<String>()))
}

#[test]
fn documents_that_multiply_are_refused_before_they_are_built() {
    let uses = tower(|n, below| format!("<g id=\"l{n}\">{}</g>", format!("<use xlink:href=\"#{below}\"/>").repeat(10)));
    let patterns = tower(|n, below| {
        let rects = format!("<rect width=\"1\" height=\"1\" style=\"fill:url(#{below})\"/>").repeat(10);
        format!("<pattern id=\"l{n}\" width=\"1\" height=\"1\">{rects}</pattern>")
    });
    let entities = (1..20).map(|n| format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(10)));
    let entities = format!("<!DOCTYPE svg [<!ENTITY e0 \"<g/>\">{}]><svg>&e19;</svg>", entities.collect::<String>());
    let show = |text: &str, id: &str| text.replace("</defs>", &format!("</defs><use xlink:href=\"#{id}\"/>"));
    assert!(matches!(drawn(&show(&uses, "l19"), None), Err(Trouble::TooMuchMemory)));
    assert!(matches!(drawn(&show(&patterns, "l19"), None), Err(Trouble::TooMuchMemory)));
    assert!(drawn(&entities, None).is_err());
    // Few levels of the same are drawn.
    let few = svg("width=\"9\" height=\"9\"", "<rect id=\"a\" width=\"9\" height=\"9\"/><use xlink:href=\"#a\"/>");
    assert!(drawn(&few, None).is_ok());
}

#[test]
fn deep_documents_are_refused_or_drawn_and_never_overflow_the_stack() {
    for depth in [10, 90, 150, 1_000, 100_000] {
        let groups = format!("{}<rect/>{}", "<g opacity=\"0.9\">".repeat(depth), "</g>".repeat(depth));
        let text = svg("width=\"9\" height=\"9\"", &groups);
        // As much stack as a loader has.
        let thread = std::thread::Builder::new().name("deep".to_owned()).stack_size(2 << 20);
        let result = thread.spawn(move || drawn(&text, None).is_ok()).expect("a thread").join();
        assert_eq!(result.expect("no panic"), depth < 100, "{depth}");
    }
}

#[test]
fn huge_sizes_and_layers_are_refused() {
    let huge = svg("width=\"100000\" height=\"100000\"", "<rect/>");
    assert!(matches!(drawn(&huge, None), Err(Trouble::TooLarge(_))));
    assert!(drawn(&huge, Some((100, 100))).is_ok());
    let shape = "<rect width=\"9000\" height=\"9000\"/>";
    let layered = format!("{}{shape}{}", "<g opacity=\"0.9\">".repeat(60), "</g>".repeat(60));
    let layered = svg("width=\"9000\" height=\"9000\"", &layered);
    assert!(matches!(drawn(&layered, Some((4000, 4000))), Err(Trouble::TooMuchMemory)));
    let tile = svg(
        "width=\"9\" height=\"9\"",
        "<pattern id=\"p\" width=\"90000\" height=\"90000\" patternUnits=\"userSpaceOnUse\"><rect width=\"9\" \
         height=\"9\"/></pattern><rect width=\"9\" height=\"9\" fill=\"url(#p)\"/>",
    );
    assert!(matches!(drawn(&tile, None), Err(Trouble::TooMuchMemory)));
}

#[test]
fn damaged_drawings_never_stop_the_decoder() {
    let whole = svg(
        "viewBox=\"0 0 40 30\"",
        "<defs><linearGradient id=\"g\"><stop offset=\"0\"/><stop offset=\"1\" stop-color=\"red\"/></linearGradient>\
         <clipPath id=\"c\"><circle r=\"9\"/></clipPath></defs><g clip-path=\"url(#c)\" opacity=\".4\">\
         <path d=\"M1 2C3 4 5 6 7 8z\" fill=\"url(#g)\"/></g><use xlink:href=\"#c\"/><text x=\"3\">word</text>",
    );
    let limits = Limits { side: 500, memory_bytes: 8 << 20, ..Limits::default() };
    let mut prng = Prng::new(8);
    for _ in 0..500 {
        if let Ok(pixels) = decode(&mutate(whole.as_bytes(), &mut prng), &limits, Some(Size::new(40, 30))) {
            assert_eq!(pixels.rgba.len(), pixels.size.bytes());
        }
    }
}
