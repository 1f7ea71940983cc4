use super::*;
use crate::video::convert::{Component, Matrix, Plane, Scratch};

const SIZE: (usize, usize) = (7, 5);
const COARSE: (usize, usize) = (4, 3);

/// Values that all differ from their neighbours.
fn values(count: usize, seed: usize) -> Vec<u8> {
    (0..count).map(|at| u8::try_from((at * 37 + seed * 91) % 200 + 20).expect("a byte")).collect()
}

/// As it lies in the memory of a decoder: rows with something between them, the last one first where `upside_down`.
fn padded(bytes: &[u8], row: usize, upside_down: bool) -> (Vec<u8>, usize) {
    let stride = row + 3;
    let rows: Vec<&[u8]> = bytes.chunks_exact(row).collect();
    let ordered: Vec<&[u8]> = if upside_down { rows.into_iter().rev().collect() } else { rows };
    (ordered.into_iter().flat_map(|row| [row, &[255, 255, 255]].concat()).collect(), stride)
}

fn component(plane: usize, step: usize, offset: usize) -> Component {
    Component { plane, step, offset, shift: 0, depth: 8 }
}

fn model(full: bool) -> Model {
    Model::Luma { matrix: Matrix::BT709, full }
}

/// Three sheets, or two with pairs, of which the second difference may come first.
fn with_picture<T>(paired: Option<Order>, upside_down: bool, act: impl FnOnce(Picture<'_>, [&[u8]; 3]) -> T) -> T {
    let (luma, first, second) = (values(35, 1), values(12, 2), values(12, 3));
    let pairs: Vec<u8> = match paired {
        Some(Order::RedBlue) => second.iter().zip(&first).flat_map(|(a, b)| [*a, *b]).collect(),
        _ => first.iter().zip(&second).flat_map(|(a, b)| [*a, *b]).collect(),
    };
    let sheets = [padded(&luma, 7, upside_down), padded(&first, 4, upside_down), padded(&second, 4, upside_down)];
    let pairs = padded(&pairs, 8, upside_down);
    let plane = |(bytes, stride): &'_ (Vec<u8>, usize)| (bytes.clone(), *stride);
    let held =
        if paired.is_some() { vec![plane(&sheets[0]), plane(&pairs)] } else { sheets.iter().map(plane).collect() };
    let plane = |at: usize| held.get(at).map(|(bytes, stride)| Plane { bytes, stride: *stride, upside_down });
    let components = match paired {
        None => [component(0, 1, 0), component(1, 1, 0), component(2, 1, 0)],
        Some(Order::BlueRed) => [component(0, 1, 0), component(1, 2, 0), component(1, 2, 1)],
        Some(Order::RedBlue) => [component(0, 1, 0), component(1, 2, 1), component(1, 2, 0)],
    };
    let picture = Picture {
        width: SIZE.0,
        height: SIZE.1,
        planes: [plane(0), plane(1), plane(2), None],
        components,
        count: 3,
        model: model(false),
        coarser: (1, 1),
        big_endian: false,
        interlaced: false,
    };
    act(picture, [&luma, &first, &second])
}

#[test]
fn sheets_are_left_without_what_lies_between_their_rows() {
    for upside_down in [false, true] {
        with_picture(None, upside_down, |picture, expected| {
            let mut bytes = vec![9; 3];
            let planes = Planes::leave(&picture, Turn::default(), (0.5, 0.0), &mut bytes).expect("a usual form");
            let found: Vec<_> = planes.sheets(&bytes).collect();
            let shapes = [(1, SIZE), (1, COARSE), (1, COARSE)];
            assert_eq!(found.len(), 3);
            for (((each, shape, sheet), expected), (of, meant)) in found.into_iter().zip(expected).zip(shapes) {
                assert_eq!((each, shape), (of, meant));
                assert_eq!(sheet, expected);
            }
        });
    }
}

#[test]
fn pairs_stay_pairs_and_say_which_comes_first() {
    for order in [Order::BlueRed, Order::RedBlue] {
        with_picture(Some(order), false, |picture, [luma, first, second]| {
            let mut bytes = Vec::new();
            let planes = Planes::leave(&picture, Turn::default(), (0.5, 0.0), &mut bytes).expect("a usual form");
            assert_eq!(planes.paired, Some(order));
            let found: Vec<_> = planes.sheets(&bytes).collect();
            assert_eq!(
                found.iter().map(|(each, shape, _)| (*each, *shape)).collect::<Vec<_>>(),
                [(1, SIZE), (2, COARSE)]
            );
            assert_eq!(found[0].2, luma);
            let (one, other) = if order == Order::BlueRed { (first, second) } else { (second, first) };
            assert!(found[1].2.chunks_exact(2).zip(one.iter().zip(other)).all(|(pair, (a, b))| pair == [*a, *b]));
        });
    }
}

#[test]
fn colours_made_of_what_was_left_are_those_that_are_made_here() {
    for paired in [None, Some(Order::BlueRed), Some(Order::RedBlue)] {
        for full in [false, true] {
            with_picture(paired, false, |picture, [luma, first, second]| {
                let picture = Picture { model: model(full), ..picture };
                let (mut bytes, mut rgba) = (Vec::new(), Vec::new());
                picture.rgba(&mut Scratch::default(), &mut rgba);
                let planes = Planes::leave(&picture, Turn::default(), (0.0, 0.0), &mut bytes).expect("a usual form");
                for (at, made) in rgba.chunks_exact(4).enumerate() {
                    let coarse = at / SIZE.0 / 2 * COARSE.0 + at % SIZE.0 / 2;
                    let values = [luma[at], first[coarse], second[coarse]].map(|value| f32::from(value) / 255.0);
                    for (colour, byte) in planes.tint.colour(values).into_iter().zip(made) {
                        let off = 255.0 * colour.clamp(0.0, 1.0) - f32::from(*byte);
                        assert!(off.abs() < 1.5, "{values:?} is {colour} and {byte}");
                    }
                }
            });
        }
    }
}

#[test]
fn what_is_not_usual_is_not_left() {
    with_picture(None, false, |picture, _| {
        let leave = |picture: &Picture<'_>| Planes::leave(picture, Turn::default(), (0.0, 0.0), &mut Vec::new());
        assert!(leave(&picture).is_some());
        assert_eq!(leave(&Picture { interlaced: true, ..picture }), None);
        assert_eq!(leave(&Picture { model: Model::Rgb, ..picture }), None);
        let deep = Component { depth: 10, step: 2, ..picture.components[0] };
        assert_eq!(leave(&Picture { components: [deep; 3], ..picture }), None);
        assert_eq!(leave(&Picture { planes: [picture.planes[0], None, None, None], ..picture }), None);
        let short = picture.planes[1].map(|plane| Plane { bytes: &plane.bytes[..10], ..plane });
        assert_eq!(leave(&Picture { planes: [picture.planes[0], short, picture.planes[2], None], ..picture }), None);
        let grey = leave(&Picture { count: 1, ..picture }).expect("a usual form");
        assert_eq!((grey.coarse, grey.paired), (None, None));
    });
}

#[test]
fn differences_are_looked_up_where_they_lie() {
    let planes = |siting: (f32, f32), coarser: (u32, u32), coarse: (usize, usize)| Planes {
        size: SIZE,
        coarse: Some(coarse),
        paired: None,
        coarser,
        siting,
        turn: Turn::default(),
        tint: Tint::of(model(false)).expect("brightness and differences"),
    };
    // The middle of a value of a sheet, counted in values of it.
    let found = |planes: &Planes, (x, y): (f32, f32)| {
        let [(by_x, add_x), (by_y, add_y)] = planes.coarse_place();
        let (across, down) = planes.coarse.expect("differences");
        #[expect(clippy::cast_precision_loss, reason = "a few pixels")]
        let at = |place: f32, size: usize, by: f32, add: f32, coarse: usize| {
            (place / size as f32 * by + add) * coarse as f32
        };
        (at(x, SIZE.0, by_x, add_x, across), at(y, SIZE.1, by_y, add_y, down))
    };
    let near = |(x, y): (f32, f32), (to_x, to_y): (f32, f32)| (x - to_x).abs() < 1e-4 && (y - to_y).abs() < 1e-4;
    // On the left pixel of two, and between two rows: the middle of the fifth pixel of a row is that of the third difference.
    assert!(near(found(&planes((0.5, 0.0), (1, 1), COARSE), (4.5, 3.0)), (2.5, 1.5)));
    // In the middle of four.
    assert!(near(found(&planes((0.0, 0.0), (1, 1), COARSE), (5.0, 3.0)), (2.5, 1.5)));
    // On the first of four.
    assert!(near(found(&planes((0.5, 0.0), (2, 0), (2, 5)), (4.5, 3.5)), (1.5, 3.5)));
    // One for each pixel.
    assert!(near(found(&planes((0.5, 0.5), (0, 0), SIZE), (4.5, 3.5)), (4.5, 3.5)));
}
