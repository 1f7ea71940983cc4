//! Many channels to two, as ITU-R BS.775 has it: centre and surround 3 dB softer to the side they are on, bass effects left
//! out; all of it soft enough that nothing can be clipped. Realtime-safe.

use super::decode::MAX_CHANNELS;

/// A channel at this place counts 3 dB less on both sides, or on one.
const SIDE: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// How much of each channel is heard on the left and on the right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fold([(f32, f32); MAX_CHANNELS as usize]);

impl Fold {
    /// For so many channels, in the order in which WAV, FLAC and FFmpeg have them.
    pub fn of(channels: usize) -> Self {
        const LEFT: (f32, f32) = (1.0, 0.0);
        const RIGHT: (f32, f32) = (0.0, 1.0);
        const CENTRE: (f32, f32) = (SIDE, SIDE);
        const BASS: (f32, f32) = (0.0, 0.0);
        const BACK_LEFT: (f32, f32) = (SIDE, 0.0);
        const BACK_RIGHT: (f32, f32) = (0.0, SIDE);
        const BACK: (f32, f32) = (0.5, 0.5);
        let places: &[(f32, f32)] = match channels {
            0 => &[],
            1 => &[(1.0, 1.0)],
            2 => &[LEFT, RIGHT],
            3 => &[LEFT, RIGHT, CENTRE],
            4 => &[LEFT, RIGHT, BACK_LEFT, BACK_RIGHT],
            5 => &[LEFT, RIGHT, CENTRE, BACK_LEFT, BACK_RIGHT],
            6 => &[LEFT, RIGHT, CENTRE, BASS, BACK_LEFT, BACK_RIGHT],
            7 => &[LEFT, RIGHT, CENTRE, BASS, BACK, BACK_LEFT, BACK_RIGHT],
            _ => &[LEFT, RIGHT, CENTRE, BASS, BACK_LEFT, BACK_RIGHT, BACK_LEFT, BACK_RIGHT],
        };
        let loudest = places.iter().map(|place| place.0).sum::<f32>().max(1.0);
        let mut fold = Self([(0.0, 0.0); MAX_CHANNELS as usize]);
        for (into, (left, right)) in fold.0.iter_mut().zip(places) {
            *into = (left / loudest, right / loudest);
        }
        fold
    }

    /// Left and right of a frame.
    pub fn stereo(&self, frame: &[f32]) -> (f32, f32) {
        let add =
            |sum: (f32, f32), (sample, part): (&f32, &(f32, f32))| (sum.0 + sample * part.0, sum.1 + sample * part.1);
        frame.iter().zip(&self.0).fold((0.0, 0.0), add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_two_channels_stay_as_they_are() {
        assert_eq!(Fold::of(1).stereo(&[0.25]), (0.25, 0.25));
        assert_eq!(Fold::of(2).stereo(&[0.25, -0.5]), (0.25, -0.5));
        assert_eq!(Fold::of(0).stereo(&[]), (0.0, 0.0));
    }

    #[test]
    fn of_six_channels_each_is_heard_on_its_side_and_the_bass_nowhere() {
        let fold = Fold::of(6);
        let heard = |channel: usize| {
            let mut frame = [0.0; 6];
            frame[channel] = 1.0;
            fold.stereo(&frame)
        };
        let whole = 1.0 / (1.0 + 2.0 * SIDE);
        let near = |(a, b): (f32, f32), (c, d): (f32, f32)| (a - c).abs() < 1e-6 && (b - d).abs() < 1e-6;
        assert!(near(heard(0), (whole, 0.0)) && near(heard(1), (0.0, whole)));
        assert!(near(heard(2), (whole * SIDE, whole * SIDE)) && near(heard(3), (0.0, 0.0)));
        assert!(near(heard(4), (whole * SIDE, 0.0)) && near(heard(5), (0.0, whole * SIDE)));
    }

    #[test]
    fn nothing_is_ever_clipped() {
        for channels in 1..=8 {
            let (left, right) = Fold::of(channels).stereo(&vec![1.0; channels]);
            assert!(
                (0.5..=1.000_001).contains(&left) && (0.5..=1.000_001).contains(&right),
                "{channels}: {left} {right}"
            );
        }
    }
}
