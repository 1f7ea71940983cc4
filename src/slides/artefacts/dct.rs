//! The 8×8 discrete cosine transform of JPEG, orthonormal, in single precision. Pure arithmetic. Any thread.

/// An 8×8 block, row by row.
pub type Block = [[f32; 8]; 8];

/// Half cosines of multiples of π/16: `C[k]` is `cos(kπ/16) / 2`.
const C: [f32; 8] =
    [0.5, 0.490_392_64, 0.461_939_77, 0.415_734_8, 0.353_553_4, 0.277_785_12, 0.191_341_71, 0.097_545_16];

/// Coefficients of a block; `[0][0]` is eight times its mean.
pub fn forward(block: &Block) -> Block {
    columns_forward(&transposed(&columns_forward(&transposed(block))))
}

/// The block of these coefficients.
pub fn inverse(coefficients: &Block) -> Block {
    columns_inverse(&transposed(&columns_inverse(&transposed(coefficients))))
}

fn transposed(block: &Block) -> Block {
    std::array::from_fn(|row| std::array::from_fn(|column| block[column][row]))
}

fn lanes(f: impl Fn(usize) -> f32) -> [f32; 8] {
    std::array::from_fn(f)
}

/// Each column by itself, all eight abreast.
#[inline(always)]
fn columns_forward(x: &Block) -> Block {
    let sum = |a: usize, b: usize| lanes(|i| x[a][i] + x[b][i]);
    let difference = |a: usize, b: usize| lanes(|i| x[a][i] - x[b][i]);
    let (s0, s1, s2, s3) = (sum(0, 7), sum(1, 6), sum(2, 5), sum(3, 4));
    let (d0, d1, d2, d3) = (difference(0, 7), difference(1, 6), difference(2, 5), difference(3, 4));
    let odd = |a: f32, b: f32, c: f32, d: f32| lanes(|i| a * d0[i] + b * d1[i] + c * d2[i] + d * d3[i]);
    [
        lanes(|i| C[4] * ((s0[i] + s3[i]) + (s1[i] + s2[i]))),
        odd(C[1], C[3], C[5], C[7]),
        lanes(|i| C[2] * (s0[i] - s3[i]) + C[6] * (s1[i] - s2[i])),
        odd(C[3], -C[7], -C[1], -C[5]),
        lanes(|i| C[4] * ((s0[i] + s3[i]) - (s1[i] + s2[i]))),
        odd(C[5], -C[1], C[7], C[3]),
        lanes(|i| C[6] * (s0[i] - s3[i]) - C[2] * (s1[i] - s2[i])),
        odd(C[7], -C[5], C[3], -C[1]),
    ]
}

#[inline(always)]
fn columns_inverse(y: &Block) -> Block {
    let even = |a: f32, b: f32, c: f32| lanes(|i| C[4] * y[0][i] + a * y[2][i] + b * y[4][i] + c * y[6][i]);
    let odd = |a: f32, b: f32, c: f32, d: f32| lanes(|i| a * y[1][i] + b * y[3][i] + c * y[5][i] + d * y[7][i]);
    let e = [even(C[2], C[4], C[6]), even(C[6], -C[4], -C[2]), even(-C[6], -C[4], C[2]), even(-C[2], C[4], -C[6])];
    let o = [
        odd(C[1], C[3], C[5], C[7]),
        odd(C[3], -C[7], -C[1], -C[5]),
        odd(C[5], -C[1], C[7], C[3]),
        odd(C[7], -C[5], C[3], -C[1]),
    ];
    std::array::from_fn(|row| {
        if row < 4 { lanes(|i| e[row][i] + o[row][i]) } else { lanes(|i| e[7 - row][i] - o[7 - row][i]) }
    })
}
