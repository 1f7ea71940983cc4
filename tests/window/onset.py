"""Where in a recording a new place of a known sound begins.

Before and after a seek the recording follows the sound's own samples along two straight lines, each known to a part of a
sample from a tenth of a second or more. Between them the old place fades out and the new one fades in, with silence between
the two or straight after one another. The two fades that leave least of the recording over tell when each began.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import correlate, fftconvolve, firwin

from clock import Reader, peak_between

RATE = 48_000  # of the known sound and of every recording
# The pilot tone, and what decoders may make up for themselves (noise in AAC), lie above this.
LOWEST = firwin(49, 6_000, fs=RATE)
FADES = (0, 144)  # samples; Plenary's fades last 3 ms, other players cut
REACH = 480  # samples on either side of the first guess of an edge
LINE_SECS = 0.2  # of sound from which a line is read


@dataclass(frozen=True)
class Onset:
    """The first sound of a new place in a recording."""

    index: float  # sample of the recording in which the fade-in begins
    secs: float  # the place in the clock heard there
    fade_ms: float
    gap_ms: float  # silence since the end of the old place's fade-out
    left_over: float  # share of the energy around the edge that the two fades do not explain


class Known:
    """A sound file's decoded samples, in which recordings of it are found."""

    def __init__(self, samples: np.ndarray, reader: Reader):
        self.samples = samples
        middle = len(samples) // 2
        place = reader.locate(samples[middle: middle + RATE], RATE, near=middle / RATE)
        if place is None:
            raise ValueError("the decoded sound is not the clock")
        # Decoders differ in how much of the encoder's delay they leave in: places are told in the clock's time.
        self.clock_shift = place.secs - middle / RATE

    def onset(self, sound: np.ndarray, old_near: float, new_near: float) -> Onset | None:
        """The seek in a recording that begins in the old place and ends in the new one, each for `LINE_SECS` or more.

        The places of the first and of the last sample have to be known to a third of a second. None if a line is not found.
        """
        count = int(LINE_SECS * RATE)
        x = fftconvolve(np.asarray(sound, float), LOWEST, "same")
        old = self._line(x[:count], old_near, 0, len(x))
        new = self._line(x[-count:], new_near - LINE_SECS, len(x) - count, len(x))
        if old is None or new is None:
            return None
        (old_wave, _), (new_wave, new_start) = old, new
        # First guesses: as if both places were cut. Together, for chords that share a tone explain some of each other.
        old_gain = np.cumsum(x**2 - (x - fftconvolve(old_wave, LOWEST, "same")) ** 2)
        new_gain = np.cumsum((x**2 - (x - fftconvolve(new_wave, LOWEST, "same")) ** 2)[::-1])[::-1]
        new_edge = int(np.argmax(np.maximum.accumulate(old_gain) + new_gain))
        old_edge = int(np.argmax(old_gain[: new_edge + 1]))
        first, last = max(0, new_edge - 2 * REACH), min(len(x), new_edge + 2 * REACH)
        around = slice(first, last)
        best = (np.inf, 0, 0, 0)
        for fade in FADES:
            ends = np.arange(old_edge - REACH, old_edge + REACH, 4) - first
            begins = np.arange(new_edge - REACH, new_edge + REACH, 4) - first
            # Twice: every fourth sample, then every one near the best.
            for _ in range(2):
                left, i, j = _fades(x[around], old_wave[around], new_wave[around], ends, begins, fade)
                found = (left, int(ends[i]), int(begins[j]), fade)
                ends, begins = found[1] + np.arange(-4, 5), found[2] + np.arange(-4, 5)
            best = min(best, found)
        left, end, begin, fade = best
        energy = np.sum(x[around] ** 2)
        return Onset(first + begin, (new_start + first + begin) / RATE + self.clock_shift, 1000 * fade / RATE,
                     1000 * (begin - end) / RATE, float(left / energy))

    def _line(self, x: np.ndarray, near: float, at: int, count: int) -> tuple[np.ndarray, float] | None:
        """The samples that a recording of `count` samples would have if all of it were played from the place at which its
        part `x`, which begins at sample `at`, is found; and the (broken) number of the first of them."""
        reach = RATE // 2
        first = max(0, int((near - self.clock_shift) * RATE) - reach)
        known = fftconvolve(self.samples[first: first + len(x) + 2 * reach].astype(float), LOWEST, "same")
        if len(known) < len(x):
            return None
        match = correlate(known, x, "valid", "fft")
        total = np.append(0, np.cumsum(known**2))
        energy = np.sqrt((total[len(x):] - total[:-len(x)]) * (x @ x) + 1e-12)
        best = int(np.argmax(match / energy))
        if match[best] < 0.8 * energy[best]:
            return None
        start = first + best + peak_between(match / energy, best)
        heard = fftconvolve(self._from(start, len(x)), LOWEST, "same")
        return self._from(start - at, count) * (x @ heard) / (heard @ heard), start - at

    def _from(self, start: float, count: int) -> np.ndarray:
        """Samples from any moment on, also between two of them."""
        margin = 256
        whole = int(np.floor(start))
        wanted = np.arange(whole - margin, whole + count + margin)
        inside = (wanted >= 0) & (wanted < len(self.samples))
        piece = np.where(inside, self.samples[np.clip(wanted, 0, len(self.samples) - 1)], 0.0)
        turn = np.exp(2j * np.pi * np.fft.rfftfreq(len(piece)) * (start - whole))
        return np.fft.irfft(np.fft.rfft(piece) * turn, len(piece))[margin: margin + count]


def _fades(x: np.ndarray, old: np.ndarray, new: np.ndarray, ends: np.ndarray, begins: np.ndarray, fade: int) -> tuple[float, int, int]:
    """What is left over of `x` by the best of all pairs of an end of `old` and a later begin of `new`, and which pair that is.

    `ends` are the first samples without anything of the old place, `begins` the first ones with something of the new.
    """
    at = np.arange(len(x))
    olds = fftconvolve(old * _smooth((ends[:, None] - at) / max(fade, 1), fade), LOWEST[None], "same", axes=1)
    news = fftconvolve(new * _smooth((at - begins[:, None] + 1) / max(fade, 1), fade), LOWEST[None], "same", axes=1)
    left = (x @ x + ((olds**2).sum(1) - 2 * olds @ x)[:, None] + ((news**2).sum(1) - 2 * news @ x)[None] + 2 * olds @ news.T)
    left[ends[:, None] > begins[None] + 1] = np.inf
    i, j = np.unravel_index(int(np.argmin(left)), left.shape)
    return float(left[i, j]), int(i), int(j)


def _smooth(along: np.ndarray, fade: int) -> np.ndarray:
    """Plenary's envelope, or a step."""
    if fade == 0:
        return (along > 0).astype(float)
    e = np.clip(along, 0, 1)
    return e * e * (3 - 2 * e)
