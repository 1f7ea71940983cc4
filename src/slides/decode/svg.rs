//! SVG, drawn at the size at which it is shown. Computes; reads no file and no network: what a drawing refers to
//! outside itself is left out, and what would take too much time or memory is refused.

mod weigh;

use std::io::Cursor;
use std::sync::{Arc, OnceLock};

use image::{ImageFormat, ImageReader};
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Group, ImageHrefResolver, ImageKind, Node, Options, Tree, fontdb, roxmltree};

use super::{Limits, Trouble, check};
use crate::slides::{Pixels, Size};
use crate::talk::picture;

/// Pixels across of a drawing that has a shape but no size.
const SHAPE: f32 = 1920.0;
/// How far into a file its first element is looked for.
const PREAMBLE: usize = 64 << 10;
/// Bytes per pixel of what is drawn on; layers above it are counted by themselves.
const BYTES_PER_PIXEL: u64 = 4;

/// Whether a file may be a drawing: markup that mentions the element.
pub(super) fn is_svg(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let start = text.get(..PREAMBLE).unwrap_or(text);
    text.starts_with(b"<") && start.windows(4).any(|name| name == b"<svg")
}

/// At the size `wanted`, else at its own, on white.
pub(super) fn decode(bytes: &[u8], limits: &Limits, wanted: Option<Size>) -> Result<Pixels, Trouble> {
    let (tree, kind) = parse(bytes, limits)?;
    let own = own_size(bytes, &tree, kind);
    let size = wanted.unwrap_or(own);
    check(size, BYTES_PER_PIXEL, limits)?;
    let mut across = size.width as f32 / tree.size().width();
    let mut down = size.height as f32 / tree.size().height();
    if kind == Kind::Unsized {
        // It is as large as what is in it, which nobody knew before: it keeps its shape.
        (across, down) = (across.min(down), across.min(down));
    }
    let aside = (size.width as f32 - tree.size().width() * across) / 2.0;
    let below = (size.height as f32 - tree.size().height() * down) / 2.0;
    if memory(&tree, size, (across, down)) > limits.memory_bytes {
        return Err(Trouble::TooMuchMemory);
    }
    let mut pixmap = Pixmap::new(size.width, size.height).ok_or(Trouble::TooLarge(size))?;
    pixmap.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_row(across, 0.0, 0.0, down, aside, below), &mut pixmap.as_mut());
    let mut rgba = pixmap.take();
    // White below all makes it opaque, but for rounding.
    rgba.iter_mut().skip(3).step_by(4).for_each(|alpha| *alpha = u8::MAX);
    Ok(Pixels { size, rgba, source: own, cut_short: false })
}

/// What a drawing says of its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// All there is to say.
    Sized,
    /// A shape but no size.
    Shape,
    /// Not even that.
    Unsized,
}

/// The drawing, and what it says of its size.
fn parse(bytes: &[u8], limits: &Limits) -> Result<(Tree, Kind), Trouble> {
    let damaged = |why: String| Trouble::Damaged(why);
    let text = str::from_utf8(bytes).map_err(|error| damaged(error.to_string()))?;
    let options = roxmltree::ParsingOptions { allow_dtd: true, nodes_limit: weigh::MAX_NODES, ..Default::default() };
    let document = match roxmltree::Document::parse_with_options(text, options) {
        Err(roxmltree::Error::NodesLimitReached) => return Err(Trouble::TooMuchMemory),
        parsed => parsed.map_err(|error| damaged(error.to_string()))?,
    };
    if !weigh::is_bearable(&document) {
        return Err(Trouble::TooMuchMemory);
    }
    let limits = *limits;
    let options = Options {
        fontdb: fonts(bytes),
        font_family: SANS.to_owned(),
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(move |_, data, _| embedded(data, &limits)),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    let said = |name| document.root_element().attribute(name);
    let view_box = said("viewBox").and_then(picture::view_box);
    let length = |name| said(name).filter(|text| picture::length(text, 1.0).is_some());
    let own = |name| length(name).filter(|text| !text.trim_end().ends_with('%'));
    let kind = match (view_box, own("width"), own("height")) {
        (Some(_), ..) if length("width").or(length("height")).is_none() => Kind::Shape,
        (Some(_), ..) | (None, Some(_), Some(_)) => Kind::Sized,
        (None, ..) => Kind::Unsized,
    };
    let tree = Tree::from_xmltree(&document, &options).map_err(|error| damaged(error.to_string()))?;
    Ok((tree, kind))
}

/// The system's fonts, read once, if there are words in the drawing.
fn fonts(bytes: &[u8]) -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    if !bytes.windows(5).any(|name| name == b"<text") {
        return Arc::default();
    }
    let read = || {
        let mut fonts = fontdb::Database::new();
        fonts.load_system_fonts();
        // The last resort, so that no word is ever missing.
        fonts.load_font_data(include_bytes!("../../../assets/fonts/Inter-Regular.ttf").to_vec());
        stand_in(&mut fonts);
        Arc::new(fonts)
    };
    Arc::clone(FONTS.get_or_init(read))
}

/// The bundled family.
const SANS: &str = "Inter";

/// Families that drawings ask for and this system lacks are drawn with one that it has.
fn stand_in(fonts: &mut fontdb::Database) {
    let has = |fonts: &fontdb::Database, name: &str| {
        fonts.faces().any(|face| face.families.iter().any(|(family, _)| family.eq_ignore_ascii_case(name)))
    };
    let first = |fonts: &fontdb::Database, names: &[&str]| {
        names.iter().find(|name| has(fonts, name)).map_or_else(|| SANS.to_owned(), |name| (*name).to_owned())
    };
    let sans = first(fonts, &["Arial", "Liberation Sans", "Helvetica", "Noto Sans", "DejaVu Sans"]);
    let serif = first(fonts, &["Times New Roman", "Liberation Serif", "Noto Serif", "DejaVu Serif"]);
    let mono = first(fonts, &["Courier New", "Liberation Mono", "Noto Sans Mono", "DejaVu Sans Mono"]);
    fonts.set_sans_serif_family(&sans);
    fonts.set_serif_family(&serif);
    fonts.set_monospace_family(mono);
    fonts.set_cursive_family(&serif);
    fonts.set_fantasy_family(sans);
}

/// A picture within the drawing, by its content. Drawings within drawings are left out.
fn embedded(data: Arc<Vec<u8>>, limits: &Limits) -> Option<ImageKind> {
    let format = image::guess_format(&data).ok()?;
    let (width, height) = ImageReader::with_format(Cursor::new(data.as_slice()), format).into_dimensions().ok()?;
    check(Size::new(width, height), 8, limits).ok()?;
    match format {
        ImageFormat::Png => Some(ImageKind::PNG(data)),
        ImageFormat::Jpeg => Some(ImageKind::JPEG(data)),
        ImageFormat::WebP => Some(ImageKind::WEBP(data)),
        ImageFormat::Gif => Some(ImageKind::GIF(data)),
        _ => None,
    }
}

/// To the nearest pixel, as the talk's reader of headers has it.
fn own_size(bytes: &[u8], tree: &Tree, kind: Kind) -> Size {
    // What the talk was told of it.
    if let Ok(header) = picture::header(Cursor::new(bytes)) {
        return Size::new(header.width, header.height);
    }
    let scale = if kind == Kind::Shape { SHAPE / tree.size().width() } else { 1.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
    let side = |length: f32| (length.round() as u32).max(1);
    Size::new(side(tree.size().width() * scale), side(tree.size().height() * scale))
}

/// Bytes of the picture, and of the layers and the tiles that lie in memory with it at worst.
fn memory(tree: &Tree, size: Size, scale: (f32, f32)) -> u64 {
    let canvas = size.bytes() as u64;
    let tiles = tree.patterns().iter().map(|pattern| {
        let (rect, (sx, sy)) = (pattern.rect(), pattern.transform().get_scale());
        bytes(rect.width() * sx * scale.0, rect.height() * sy * scale.1)
    });
    let tile = tiles.max().unwrap_or(0);
    canvas.saturating_add(layers(tree.root(), canvas, scale)).saturating_add(tile)
}

fn layers(group: &Group, canvas: u64, scale: (f32, f32)) -> u64 {
    let within = group.children().iter().map(|node| match node {
        Node::Group(group) => layers(group, canvas, scale),
        _ => 0,
    });
    let steps: usize = group.filters().iter().map(|filter| filter.primitives().len() + 1).sum();
    let masks = usize::from(group.mask().is_some()) * 2 + usize::from(group.clip_path().is_some());
    let count = usize::from(group.should_isolate()) + steps + masks;
    let rect = group.abs_layer_bounding_box();
    // A layer reaches no further than two canvases beyond each edge.
    let layer = bytes(rect.width() * scale.0, rect.height() * scale.1).min(canvas.saturating_mul(25));
    within.max().unwrap_or(0).saturating_add(layer.saturating_mul(count as u64))
}

fn bytes(width: f32, height: f32) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
    let bytes = (f64::from(width.abs()).ceil() * f64::from(height.abs()).ceil() * 4.0) as u64;
    bytes
}

#[cfg(test)]
mod tests;
