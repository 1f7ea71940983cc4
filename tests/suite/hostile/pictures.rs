//! Pictures that claim to be huge, or become huge. Each test has a process of its own with little memory.

use std::panic::{AssertUnwindSafe, catch_unwind};

use plenary::slides::decode::{Limits, decode_at};
use plenary::slides::{Pixels, Size};
use plenary::testing::talks::{encode, jpeg, pdf, put};

use super::{Trap, confined, in_time, is_one_line};

/// What the window would make of a slide: its pixels, or the sentence that says why there are none.
fn shown(name: &str, bytes: &[u8]) -> Result<Pixels, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    put(&path, bytes);
    let page = if name.ends_with(".pdf") { path.join("page-1.pdf") } else { path };
    let decoded = in_time(name, move || {
        let wanted = Some(Size::new(1280, 720));
        // As the slide loader: what stops a decoder does not stop the program.
        catch_unwind(AssertUnwindSafe(|| {
            decode_at(&page, &Limits::default(), wanted).map_err(|error| error.to_string())
        }))
        .unwrap_or_else(|_| Err("Cannot show the slide: it stopped the decoder".to_owned()))
    });
    if let Err(why) = &decoded {
        assert!(is_one_line(why) && why.starts_with("Cannot show the slide: "), "{name}: {why:?}");
    }
    decoded
}

fn refused(name: &str, bytes: &[u8], why: &str) {
    let said = shown(name, bytes).expect_err(name);
    assert!(said.contains(why), "{name}: {said}");
    // The talk itself opens all the same.
    Trap::new(&[(&format!("12000-0-0004-big.{name}"), bytes)]).open(name);
}

/// So many zeros as a zlib stream (RFC 1950, 1951), a five-hundredth of their length: one zero, then that again and again.
fn zeros(count: usize) -> Vec<u8> {
    let (mut out, mut held, mut bits) = (vec![0x78, 0x01], 0_u64, 0_u32);
    let mut put = |value: u64, length: u32, out: &mut Vec<u8>| {
        held |= value << bits;
        bits += length;
        while bits >= 8 {
            out.push(held.to_le_bytes()[0]);
            held >>= 8;
            bits -= 8;
        }
    };
    // The last block, with the fixed codes; Huffman codes stand with their first bit first.
    put(0b011, 3, &mut out);
    put(0b0000_1100, 8, &mut out);
    let runs = count.saturating_sub(1) / 258;
    for _ in 0..runs {
        // 258 bytes, from one byte back.
        put(0b1010_0011, 8, &mut out);
        put(0, 5, &mut out);
    }
    for _ in 0..count.saturating_sub(1 + 258 * runs) {
        put(0b0000_1100, 8, &mut out);
    }
    put(0, 7, &mut out);
    put(0, 7, &mut out);
    let sum = u32::try_from(count % 65_521).unwrap() << 16 | 1;
    out.extend(sum.to_be_bytes());
    out
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

/// A grey PNG of eight bits, with a chunk before its pixels.
fn png(width: u32, height: u32, extra: Option<(&[u8; 4], &[u8])>, pixels: &[u8]) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        out.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        let body = [kind, data].concat();
        out.extend(&body);
        out.extend(crc32(&body).to_be_bytes());
    };
    chunk(b"IHDR", &[&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat());
    if let Some((kind, data)) = extra {
        chunk(kind, data);
    }
    chunk(b"IDAT", pixels);
    chunk(b"IEND", b"");
    out
}

#[test]
fn a_picture_that_claims_to_be_huge_is_refused_before_memory_is_taken() {
    confined(module_path!(), "a_picture_that_claims_to_be_huge_is_refused_before_memory_is_taken", || {
        let mut claim = jpeg(8, 8, [9; 3]);
        let frame = claim.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
        claim[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
        refused("jpg", &claim, "a picture of 65535×65535 pixels is too large");
        refused("png", &png(65_535, 65_535, None, &zeros(1000)), "a picture of 65535×65535 pixels is too large");
        refused("png", &png(u32::MAX >> 1, 1, None, &zeros(1000)), "too");
        let mut gif = encode(8, 8, [9; 3], image::ImageFormat::Gif);
        gif[6..10].copy_from_slice(&[0xff; 4]);
        refused("gif", &gif, "a picture of 65535×65535 pixels is too large");
        let webp = b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\x00\xff\xff\x00VP8 \0\0\0\0";
        assert!(shown("webp", webp).is_err());
        let mut bmp = encode(8, 8, [9; 3], image::ImageFormat::Bmp);
        bmp[18..26].copy_from_slice(&[0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f]);
        refused("bmp", &bmp, "too large");
        let svg =
            |size: &str| format!("<svg xmlns='http://www.w3.org/2000/svg' {size}><rect width='9' height='9'/></svg>");
        for size in [
            "width='1e9' height='1e9'",
            "width='1e30' height='1'",
            "viewBox='0 0 1e-30 1e30'",
            "width='NaN' height='-1'",
        ] {
            shown("svg", svg(size).as_bytes()).ok();
            Trap::new(&[("12000-0-0004-big.svg", svg(size).as_bytes())]).open(size);
        }
        let huge = String::from_utf8(pdf(&[(40, 30)])).unwrap().replace("[0 0 40 30]", "[0 0 1e9 1e9]");
        shown("x.pdf", huge.as_bytes()).ok();
    });
}

#[test]
fn a_picture_that_becomes_huge_takes_no_more_than_it_may() {
    confined(module_path!(), "a_picture_that_becomes_huge_takes_no_more_than_it_may", || {
        // What fits is shown, and what is left over of the stream is not unpacked.
        let fits = png(9_000, 9_000, None, &zeros(9_001 * 9_000));
        assert_eq!(shown("png", &fits).map(|pixels| pixels.size), Ok(Size::new(9_000, 9_000)));
        let over = png(16, 16, None, &zeros(2 << 30));
        shown("png", &over).ok();
        // A colour profile, and words, that are packed.
        let profile = [b"x\0\0", zeros(2 << 30).as_slice()].concat();
        shown("png", &png(8, 8, Some((b"iCCP", &profile)), &zeros(9 * 8))).ok();
        let words = [b"Comment\0\0", zeros(2 << 30).as_slice()].concat();
        shown("png", &png(8, 8, Some((b"zTXt", &words)), &zeros(9 * 8))).ok();
        let mut frames = Vec::new();
        let still = image::RgbaImage::from_pixel(64, 64, image::Rgba([1, 2, 3, 255]));
        let moving = (0..2_000).map(|_| image::Frame::new(still.clone()));
        image::codecs::gif::GifEncoder::new(&mut frames).encode_frames(moving).unwrap();
        assert!(shown("gif", &frames).is_ok());
    });
}

#[test]
fn a_drawing_that_grows_is_refused() {
    confined(module_path!(), "a_drawing_that_grows_is_refused", || {
        let svg = |inside: &str| {
            format!(
                "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='40' height='30'>{inside}</svg>"
            )
        };
        let uses: String = (1..12)
            .map(|level| format!("<g id='l{level}'>{}</g>", format!("<use xlink:href='#l{}'/>", level - 1).repeat(10)))
            .collect();
        let drawings = [
            svg(&format!("<g id='l0'><rect width='1' height='1'/></g>{uses}<use xlink:href='#l11'/>")),
            svg("<g id='a'><use xlink:href='#b'/></g><g id='b'><use xlink:href='#a'/></g>"),
            svg(&format!("{}{}", "<g>".repeat(100_000), "</g>".repeat(100_000))),
            svg(&"<rect width='1' height='1'/>".repeat(500_000)),
            svg(
                "<filter id='f' x='-1e6' y='-1e6' width='1e9' height='1e9'><feGaussianBlur stdDeviation='1e6'/></filter><rect width='9' height='9' filter='url(#f)'/>",
            ),
            svg(&format!(
                "<filter id='f'>{}</filter><rect width='40' height='30' filter='url(#f)'/>",
                "<feTurbulence baseFrequency='9' numOctaves='1000000'/>".repeat(9)
            )),
            svg(
                "<pattern id='p' width='1e-9' height='1e-9' patternUnits='userSpaceOnUse'><rect width='1' height='1'/></pattern><rect width='40' height='30' fill='url(#p)'/>",
            ),
            svg("<path stroke='red' stroke-dasharray='1e-9' d='M0 0L40 30'/>"),
            svg(&format!("<path d='M0 0{}'/>", "L9 9L1 1A3 3 0 0 1 1 2".repeat(200_000))),
            svg(&format!("<text>{}</text>", "words ".repeat(200_000))),
            svg(
                "<image width='9' height='9' xlink:href='file:///etc/passwd'/><image xlink:href='http://127.0.0.1:9/x.png'/><image xlink:href='/dev/zero'/>",
            ),
            format!(
                "<!DOCTYPE svg [<!ENTITY l0 'ha'>{}]>{}",
                (1..10)
                    .map(|level| format!("<!ENTITY l{level} '{}'>", format!("&l{};", level - 1).repeat(10)))
                    .collect::<String>(),
                svg("<text>&l9;</text>")
            ),
            format!("<!DOCTYPE svg [<!ENTITY e SYSTEM '/etc/passwd'>]>{}", svg("<text>&e;</text>")),
        ];
        for (number, drawing) in drawings.iter().enumerate() {
            println!("drawing {number}");
            shown("svg", drawing.as_bytes()).ok();
        }
        let png = base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            png(30_000, 30_000, None, &zeros(30_001 * 30_000)),
        );
        shown(
            "svg",
            svg(&format!("<image width='9' height='9' xlink:href='data:image/png;base64,{png}'/>")).as_bytes(),
        )
        .ok();
    });
}

#[test]
fn a_document_of_pages_that_grows_is_refused_or_drawn_in_part() {
    confined(module_path!(), "a_document_of_pages_that_grows_is_refused_or_drawn_in_part", || {
        for (what, bytes) in documents() {
            println!("{what}");
            shown("x.pdf", &bytes).ok();
            Trap::new(&[("slides.pdf", &bytes)]).open(what);
        }
    });
}

/// A page with this content stream, and these objects from the fifth on.
fn document(page: &str, stream: &[u8], entries: &str, objects: &[&str]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    let mut object = |out: &mut Vec<u8>, body: &[u8]| {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n", places.len()).as_bytes());
        out.extend(body);
        out.extend(b"\nendobj\n");
    };
    object(&mut out, b"<< /Type /Catalog /Pages 2 0 R >>");
    object(&mut out, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    object(
        &mut out,
        format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 40 30] /Contents 4 0 R {page} >>").as_bytes(),
    );
    let head = format!("<< /Length {} {entries} >>\nstream\n", stream.len());
    object(&mut out, &[head.as_bytes(), stream, b"\nendstream"].concat());
    objects.iter().for_each(|body| object(&mut out, body.as_bytes()));
    let start = out.len();
    let rows: String = places.iter().map(|place| format!("{place:010} 00000 n \n")).collect();
    let size = places.len() + 1;
    out.extend(format!("xref\n0 {size}\n0000000000 65535 f \n{rows}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").as_bytes());
    out
}

fn documents() -> Vec<(&'static str, Vec<u8>)> {
    let forms = "/Resources << /XObject << /F 5 0 R >> >>";
    let form = "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 5 0 R >> >> /Length 4 >>\nstream\n/F Do\nendstream";
    let image = "<< /Type /XObject /Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 8 /ColorSpace /DeviceRGB /Length 1 >>\nstream\nx\nendstream";
    let deep = format!("/A {}", "[".repeat(100_000));
    let kids = "<< /Type /Pages /Kids [2 0 R 2 0 R 2 0 R] /Count 1000000000 >>";
    let endless = String::from_utf8(document("", b"0 g", "", &[]))
        .unwrap()
        .replace("<< /Type /Pages /Kids [3 0 R] /Count 1 >>", kids);
    vec![
        ("a packed stream", document("", &zeros(2 << 30), "/Filter /FlateDecode", &[])),
        ("a stream packed twice", document("", &zeros(64 << 20), "/Filter [/FlateDecode /FlateDecode]", &[])),
        ("a form in itself", document(forms, b"/F Do", "", &[form])),
        ("a huge image", document(forms, b"/F Do", "", &[image])),
        ("nested lists", document(&deep, b"0 g", "", &[])),
        ("nested states", document("", "q ".repeat(1_000_000).as_bytes(), "", &[])),
        ("pages in pages", endless.into_bytes()),
        ("many pages", pdf(&vec![(40, 30); 30_000])),
    ]
}
