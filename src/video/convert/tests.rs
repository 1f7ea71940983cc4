use super::*;

/// A picture of one colour, in three planes of 8 bits.
fn flat(values: [u8; 3], coarser: (u32, u32), model: Model) -> Vec<u8> {
    let (width, height) = (5_usize, 3_usize);
    let sizes = [(width, height), (width.div_ceil(1 << coarser.0), height.div_ceil(1 << coarser.1))];
    let bytes: Vec<Vec<u8>> =
        values.iter().zip([0, 1, 1]).map(|(value, size)| vec![*value; sizes[size].0 * sizes[size].1]).collect();
    let plane = |at: usize, size: usize| Some(Plane { bytes: &bytes[at], stride: sizes[size].0, upside_down: false });
    let component = |plane| Component { plane, step: 1, offset: 0, shift: 0, depth: 8 };
    let picture = Picture {
        width,
        height,
        planes: [plane(0, 0), plane(1, 1), plane(2, 1), None],
        components: [component(0), component(1), component(2)],
        count: 3,
        model,
        coarser,
        big_endian: false,
        interlaced: false,
    };
    let mut out = Vec::new();
    picture.rgba(&mut Scratch::default(), &mut out);
    assert_eq!(out.len(), width * height * 4);
    assert!(out.chunks_exact(4).all(|pixel| pixel == &out[..4]), "{out:?}");
    out[..4].to_vec()
}

fn near(found: &[u8], expected: [i32; 3]) {
    for (found, expected) in found.iter().zip(expected) {
        assert!((i32::from(*found) - expected).abs() <= 1, "{found} is not {expected}");
    }
}

/// The same in real numbers.
fn reference([y, u, v]: [u8; 3], matrix: Matrix, full: bool) -> [i32; 3] {
    let (y, u, v) = (f64::from(y), f64::from(u) - 128.0, f64::from(v) - 128.0);
    let (y, s) = if full { (y, 1.0) } else { ((y - 16.0) * 255.0 / 219.0, 255.0 / 224.0) };
    let (kr, kb) = (matrix.red, matrix.blue);
    let kg = 1.0 - kr - kb;
    let red = y + 2.0 * (1.0 - kr) * v * s;
    let blue = y + 2.0 * (1.0 - kb) * u * s;
    let green = y - (2.0 * kb * (1.0 - kb) * u + 2.0 * kr * (1.0 - kr) * v) / kg * s;
    #[expect(clippy::cast_possible_truncation, reason = "a byte")]
    [red, green, blue].map(|value| value.round().clamp(0.0, 255.0) as i32)
}

#[test]
fn every_matrix_and_range_gives_what_the_formula_says() {
    for matrix in [Matrix::BT601, Matrix::BT709, Matrix::BT2020, Matrix::SMPTE240M] {
        for full in [false, true] {
            for y in (0..=255).step_by(15) {
                for (u, v) in [(128, 128), (0, 255), (255, 0), (90, 240), (240, 16), (16, 16), (255, 255), (0, 0)] {
                    for coarser in [(1, 1), (1, 0), (0, 0), (2, 0)] {
                        let found = flat([y, u, v], coarser, Model::Luma { matrix, full });
                        near(&found, reference([y, u, v], matrix, full));
                    }
                }
            }
        }
    }
    assert_eq!(flat([235, 128, 128], (1, 1), Model::Luma { matrix: Matrix::BT709, full: false }), [255; 4]);
    assert_eq!(flat([16, 128, 128], (1, 1), Model::Luma { matrix: Matrix::BT709, full: false }), [0, 0, 0, 255]);
}

#[test]
fn values_of_more_bits_are_the_same_colours() {
    for (depth, shift, big) in [(10, 0, false), (10, 6, false), (12, 0, true), (16, 0, false), (9, 0, true)] {
        for (y, u, v) in [(16_u32, 128_u32, 128_u32), (235, 128, 128), (81, 90, 240), (145, 54, 34)] {
            let word = |value: u32| {
                let value = u16::try_from(value << (depth - 8) << shift).expect("16 bits");
                if big { value.to_be_bytes() } else { value.to_le_bytes() }
            };
            let bytes: Vec<u8> = [y, u, v].iter().flat_map(|value| word(*value)).collect();
            let plane = Plane { bytes: &bytes, stride: 6, upside_down: false };
            let component = |offset| Component { plane: 0, step: 6, offset, shift, depth };
            let picture = Picture {
                width: 1,
                height: 1,
                planes: [Some(plane), None, None, None],
                components: [component(0), component(2), component(4)],
                count: 3,
                model: Model::Luma { matrix: Matrix::BT601, full: false },
                coarser: (0, 0),
                big_endian: big,
                interlaced: false,
            };
            let mut out = Vec::new();
            picture.rgba(&mut Scratch::default(), &mut out);
            let bytes = [y, u, v].map(|value| u8::try_from(value).expect("a byte"));
            near(&out, reference(bytes, Matrix::BT601, false));
        }
    }
}

#[test]
fn packed_and_palette_pictures_are_read_where_they_lie() {
    let bytes = [1, 2, 3, 250, 9, 8, 7, 250];
    let component = |offset| Component { plane: 0, step: 4, offset, shift: 0, depth: 8 };
    let mut picture = Picture {
        width: 1,
        height: 2,
        planes: [Some(Plane { bytes: &bytes, stride: 4, upside_down: false }), None, None, None],
        // BGRA.
        components: [component(2), component(1), component(0)],
        count: 3,
        model: Model::Rgb,
        coarser: (0, 0),
        big_endian: false,
        interlaced: false,
    };
    let mut out = Vec::new();
    picture.rgba(&mut Scratch::default(), &mut out);
    assert_eq!(out, [3, 2, 1, 255, 7, 8, 9, 255]);
    picture.planes[0] = Some(Plane { bytes: &bytes, stride: 4, upside_down: true });
    picture.rgba(&mut Scratch::default(), &mut out);
    assert_eq!(out, [7, 8, 9, 255, 3, 2, 1, 255]);
    let colours: Vec<u8> = [0xff00_00ff_u32, 0xff11_2233].iter().flat_map(|colour| colour.to_ne_bytes()).collect();
    picture.components[0] = Component { plane: 0, step: 1, offset: 0, shift: 0, depth: 8 };
    picture.planes = [Some(Plane { bytes: &[1, 0, 0, 0], stride: 1, upside_down: false }), None, None, None];
    picture.planes[1] = Some(Plane { bytes: &colours, stride: 1024, upside_down: false });
    (picture.count, picture.model) = (1, Model::Palette);
    picture.rgba(&mut Scratch::default(), &mut out);
    assert_eq!(out, [0x11, 0x22, 0x33, 255, 0, 0, 255, 255]);
}

#[test]
fn rows_of_another_moment_go_and_rows_of_the_same_stay() {
    let grey = |value: u8| [value, value, value, 255];
    let mut moved: Vec<u8> = [200, 20, 200, 20, 200].iter().flat_map(|value| grey(*value)).collect();
    weave_out(&mut moved, 4);
    assert!(moved.chunks_exact(4).all(|pixel| pixel == grey(200)), "{moved:?}");
    let ramp: Vec<u8> = [10, 20, 30, 40, 50].iter().flat_map(|value| grey(*value)).collect();
    let mut still = ramp.clone();
    weave_out(&mut still, 4);
    assert_eq!(still, ramp);
}

#[test]
fn pictures_are_turned_as_their_container_says() {
    let pixel = |value: u8| [value, value, value, 255];
    // 1 2 3
    // 4 5 6
    let rgba: Vec<u8> = (1..=6).flat_map(pixel).collect();
    let one = 1 << 16;
    let turned = |matrix: [i32; 9]| {
        let (turn, mut out) = (Turn::of_matrix(&matrix), Vec::new());
        turn.apply(&rgba, (3, 2), &mut out);
        (turn.size((3, 2)), out.chunks_exact(4).map(|pixel| pixel[0]).collect::<Vec<_>>())
    };
    assert_eq!(turned([one, 0, 0, 0, one, 0, 0, 0, 1]), ((3, 2), vec![1, 2, 3, 4, 5, 6]));
    // A quarter clockwise.
    assert_eq!(turned([0, one, 0, -one, 0, 0, 0, 0, 1]), ((2, 3), vec![4, 1, 5, 2, 6, 3]));
    assert_eq!(turned([-one, 0, 0, 0, -one, 0, 0, 0, 1]), ((3, 2), vec![6, 5, 4, 3, 2, 1]));
    assert_eq!(turned([0, -one, 0, one, 0, 0, 0, 0, 1]), ((2, 3), vec![3, 6, 2, 5, 1, 4]));
    assert_eq!(turned([-one, 0, 0, 0, one, 0, 0, 0, 1]), ((3, 2), vec![3, 2, 1, 6, 5, 4]));
}

#[test]
fn what_is_cut_short_or_nonsense_is_dark_and_does_no_harm() {
    let component = Component { plane: 0, step: 1, offset: 0, shift: 0, depth: 8 };
    let mut picture = Picture {
        width: 40,
        height: 40,
        planes: [Some(Plane { bytes: &[200; 100], stride: 40, upside_down: false }), None, None, None],
        components: [component; 3],
        count: 1,
        model: Model::Luma { matrix: Matrix::BT601, full: true },
        coarser: (0, 0),
        big_endian: false,
        interlaced: true,
    };
    let (mut out, mut scratch) = (Vec::new(), Scratch::default());
    picture.rgba(&mut scratch, &mut out);
    assert_eq!(out.len(), 40 * 40 * 4);
    picture.grey(&mut scratch, 96, 54, &mut out);
    assert_eq!(out.len(), 96 * 54);
    picture.components = [Component { plane: 3, ..component }; 3];
    picture.rgba(&mut scratch, &mut out);
    assert!(out.iter().all(|value| *value == 0));
}

#[test]
fn a_small_grey_picture_is_the_mean_of_its_parts() {
    let bytes: Vec<u8> = (0..8).flat_map(|_| [10_u8; 8].into_iter().chain([210; 8])).collect();
    let picture = Picture {
        width: 16,
        height: 8,
        planes: [Some(Plane { bytes: &bytes, stride: 16, upside_down: false }), None, None, None],
        components: [Component { plane: 0, step: 1, offset: 0, shift: 0, depth: 8 }; 3],
        count: 1,
        model: Model::Luma { matrix: Matrix::BT601, full: true },
        coarser: (0, 0),
        big_endian: false,
        interlaced: false,
    };
    let mut out = Vec::new();
    picture.grey(&mut Scratch::default(), 4, 2, &mut out);
    assert_eq!(out, [10, 10, 210, 210, 10, 10, 210, 210]);
}
