use super::*;
use crate::video::convert::{Matrix, Model};

fn component(plane: usize, step: usize, offset: usize) -> Component {
    Component { plane, step, offset, shift: 0, depth: 8 }
}

fn plane(bytes: &[u8], stride: usize) -> Option<Plane<'_>> {
    Some(Plane { bytes, stride, upside_down: false })
}

const QUARTER: Turn = Turn { swapped: true, mirrored: true, upside_down: false };

#[test]
fn a_picture_of_one_colour_has_that_colour_in_any_size() {
    let (luma, first, second) = ([190; 35], [60; 12], [150; 12]);
    let pairs: Vec<u8> = first.iter().zip(&second).flat_map(|(first, second)| [*first, *second]).collect();
    let apart = [plane(&luma, 7), plane(&first, 4), plane(&second, 4), None];
    let paired = [plane(&luma, 7), plane(&pairs, 8), None, None];
    let forms = [
        (apart, [component(0, 1, 0), component(1, 1, 0), component(2, 1, 0)]),
        // The first difference may lie in the last sheet.
        ([apart[0], apart[2], apart[1], None], [component(0, 1, 0), component(2, 1, 0), component(1, 1, 0)]),
        (paired, [component(0, 1, 0), component(1, 2, 0), component(1, 2, 1)]),
    ];
    for (planes, components) in forms {
        // What is interlaced becomes colours first.
        for interlaced in [false, true] {
            let model = Model::Luma { matrix: Matrix::BT709, full: false };
            let (width, height) = (7, 5);
            let coarser = (1, 1);
            let big_endian = false;
            let picture =
                Picture { width, height, planes, components, count: 3, model, coarser, big_endian, interlaced };
            let (mut scratch, mut meant, mut found) = (Scratch::default(), Vec::new(), Vec::new());
            picture.rgba(&mut scratch, &mut meant);
            assert!(meant[..3].iter().max() != meant[..3].iter().min(), "a colour, not a grey: {:?}", &meant[..4]);
            for (turn, size) in [(Turn::default(), (3, 2)), (Turn::default(), (21, 10)), (QUARTER, (9, 13))] {
                Fitter::default().fit(&picture, turn, size, &mut scratch, &mut found);
                assert_eq!(found.len(), size.0 * size.1 * 4);
                let near = |pixel: &[u8]| pixel.iter().zip(&meant).all(|(a, b)| a.abs_diff(*b) <= 1);
                assert!(found.chunks_exact(4).all(near), "{:?} instead of {:?}", &found[..8], &meant[..4]);
            }
        }
    }
}

#[test]
fn it_is_turned() {
    // Bright above, dark below.
    let bytes: Vec<u8> = (0..64).map(|at| if at < 32 { 220 } else { 30 }).collect();
    let picture = Picture {
        width: 8,
        height: 8,
        planes: [plane(&bytes, 8), None, None, None],
        components: [component(0, 1, 0), Component::default(), Component::default()],
        count: 1,
        model: Model::Luma { matrix: Matrix::BT709, full: true },
        coarser: (0, 0),
        big_endian: false,
        interlaced: false,
    };
    let mut out = Vec::new();
    Fitter::default().fit(&picture, QUARTER, (16, 4), &mut Scratch::default(), &mut out);
    let at = |x: usize, y: usize| out[(y * 16 + x) * 4];
    assert!(at(1, 1) < 60 && at(1, 3) < 60 && at(14, 0) > 190 && at(14, 3) > 190, "{out:?}");
}

#[test]
fn what_cannot_be_read_is_nothing() {
    let bytes = [200; 64];
    let model = Model::Luma { matrix: Matrix::BT709, full: true };
    let picture = Picture {
        width: 8,
        height: 8,
        planes: [plane(&bytes, 8), None, None, None],
        components: [component(0, 1, 0), component(1, 1, 0), component(2, 1, 0)],
        count: 3,
        model,
        coarser: (1, 1),
        big_endian: false,
        interlaced: false,
    };
    let mut out = vec![77; 4];
    Fitter::default().fit(&picture, Turn::default(), (4, 4), &mut Scratch::default(), &mut out);
    assert_eq!(out, [0; 64]);
}
