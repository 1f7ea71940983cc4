"""A sound that tells its own time, and the reader of it.

Time is cut into slots. In each slot three voices sound, each on one of its eight pitches; every voice changes its pitch at
every slot, by a fixed pseudo-random walk. A few slots in a row occur only once in the sound, so a recording tells where in
the file it was taken; comparing it with the computed wave then tells to a small part of a sample. Between two slots the old
chord fades into the new one, so the level is constant and there is no moment at which an onset could not be seen.

The reader needs of a code only what `Code` lists, so other position-coded sounds can be read too (`load_foreign`).
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd
from pathlib import Path
from typing import Protocol

import numpy as np
from scipy.signal import butter, correlate, resample_poly, sosfilt, sosfiltfilt

# All reading is done at this rate; the codes live below 4 kHz.
READ_RATE = 16_000


class Code(Protocol):
    """What the reader has to know of a position-coded sound."""

    slot_secs: float
    frequencies: np.ndarray  # Hz, every pitch that occurs
    chords: np.ndarray  # [slot, voice] -> index into `frequencies`
    silent_between: bool  # the chords fade to nothing between two slots

    def wave(self, start: int, count: int, rate: int) -> np.ndarray:
        """Samples `start .. start + count` of the sound at `rate`; silence outside of it."""
        ...


class WalkCode:
    """The code of the talks made here (`fixtures.py`)."""

    slot_secs = 0.12
    fade_secs = 0.004  # chord to chord
    level = 0.1  # per voice
    voices_hz = (420.0, 1340.0, 2260.0)  # the lowest pitch of each voice
    pitch_step_hz = 110.0  # wide enough to be told apart in 13 ms, a slot's third at 3x
    pitches = 8
    silent_between = False

    def __init__(self, slots: int = 6000):
        self.frequencies = np.array([low + self.pitch_step_hz * k for low in self.voices_hz for k in range(self.pitches)])
        dice = _dice(slots * len(self.voices_hz)).reshape(slots, -1)
        # A step of 1 to 7 of 8: never the same pitch twice.
        pitch = np.cumsum(dice % (self.pitches - 1) + 1, axis=0) % self.pitches
        self.chords = (pitch + self.pitches * np.arange(len(self.voices_hz))).astype(np.int64)

    def wave(self, start: int, count: int, rate: int) -> np.ndarray:
        secs = np.arange(start, start + count) / rate
        slot = np.floor(secs / self.slot_secs + 1e-9).astype(np.int64)
        into = secs - slot * self.slot_secs
        left = self.slot_secs - into
        half = self.fade_secs / 2
        out = self._chord(slot, secs)
        # Half of each fade lies on either side of a slot's edge.
        for near, other in ((into, slot - 1), (left, slot + 1)):
            edge = near < half
            share = 0.5 + 0.5 * np.sin(np.pi / 2 * np.clip(near[edge] / half, 0, 1))
            out[edge] = share * out[edge] + (1 - share) * self._chord(other[edge], secs[edge])
        return self.level * out

    def _chord(self, slot: np.ndarray, secs: np.ndarray) -> np.ndarray:
        inside = (slot >= 0) & (slot < len(self.chords))
        pitch = self.frequencies[self.chords[np.clip(slot, 0, len(self.chords) - 1)]]
        # Phases that differ from voice to voice and slot to slot keep a chord from resembling itself some ms later.
        phase = 2.399963 * (slot[:, None] * 7 + np.arange(pitch.shape[1]))
        return inside * np.sin(2 * np.pi * np.mod(pitch * secs[:, None], 1.0) + phase).sum(1)


def _dice(count: int) -> np.ndarray:
    """Pseudo-random numbers that stay the same in every version of numpy (the finaliser of MurmurHash3 over 1, 2, 3 ...)."""
    x = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B1) & np.uint64(0xFFFFFFFF)
    for multiplier, shift in ((0x85EBCA6B, 13), (0xC2B2AE35, 16)):
        x ^= x >> np.uint64(16)
        x = x * np.uint64(multiplier) & np.uint64(0xFFFFFFFF)
        x ^= x >> np.uint64(shift)
    return (x >> np.uint64(8)).astype(np.int64)


class _ForeignCode:
    """A module with `SLOT`, `freqs(n)` and `tones(start, count, rate)`, seen as a `Code`."""

    def __init__(self, module, secs: float):
        self.slot_secs = float(module.SLOT)
        hz = np.asarray(module.freqs(np.arange(int(secs / self.slot_secs))), float)
        self.frequencies, index = np.unique(hz, return_inverse=True)
        self.chords = index.reshape(hz.shape)
        self.wave = module.tones
        self.silent_between = True


def load_foreign(path: Path, secs: float = 600.0) -> Code:
    """The code defined in a Python file outside of the project."""
    spec = importlib.util.spec_from_file_location("foreign_clock", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {path}")
    module = importlib.util.module_from_spec(spec)
    keep, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # the folder may be read-only
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = keep
    return _ForeignCode(module, secs)


def clock_sound(secs: int, rate: int, code: Code, seed: int = 7) -> np.ndarray:
    """The clock with noise above it whose level jumps, so that VBR encoders change their bit rate by a factor of three and a
    seek proportional to bytes goes far astray. Nothing is as high as the rig's pilot tone, also where nothing is lost."""
    return np.concatenate(list(clock_parts(secs, rate, code, seed)))


def clock_parts(secs: int, rate: int, code: Code, seed: int = 7) -> Iterator[np.ndarray]:
    """The same in parts, for sounds that are too long to be held at once."""
    dice = np.random.default_rng(seed)
    high = butter(6, [5000, 17_000], "bandpass", fs=rate, output="sos")
    for at in range(0, secs, 15):
        n = min(15, secs - at) * rate
        level = [0.0, 0.0, 0.05, 0.02, 0.08, 0.0, 0.06][(at // 15) % 7]
        yield (code.wave(at * rate, n, rate) + level * sosfilt(high, dice.standard_normal(n))).astype(np.float32)


@dataclass(frozen=True)
class Place:
    """Where in the clock a recording starts, and how well it agrees with the computed wave (0 to 1)."""

    secs: float
    confidence: float


class Reader:
    """Reads the time out of recordings of one code."""

    def __init__(self, code: Code):
        self.code = code
        self._band = butter(4, [300, 3800], "bandpass", fs=READ_RATE, output="sos")

    def prepare(self, sound: np.ndarray, rate: int) -> np.ndarray:
        """To `READ_RATE`, and only the band that the code uses; no delay."""
        g = gcd(READ_RATE, rate)
        y = resample_poly(np.asarray(sound, float), READ_RATE // g, rate // g)
        return sosfiltfilt(self._band, y) if len(y) > 100 else y

    def locate(self, sound: np.ndarray, rate: int, near: float | None = None) -> Place | None:
        """The place of the first sample of a recording at normal speed (0.25 s or more), or None."""
        y = self.prepare(sound, rate)
        if len(y) < 0.2 * READ_RATE or np.sqrt(np.mean(y**2)) < 1e-4:
            return None
        rough = self._rough(y, speed=1.0, near=near)
        slack = int(0.03 * READ_RATE)
        first = int(round(rough * READ_RATE)) - slack
        wave = self.code.wave(first, len(y) + 2 * slack, READ_RATE)
        match = correlate(wave, y, mode="valid", method="fft")
        energy = np.convolve(wave**2, np.ones(len(y)), "valid") * (y @ y)
        match = match / np.sqrt(energy + 1e-12)
        best = int(np.argmax(match))
        if match[best] < 0.3:
            return None
        return Place((first + best + peak_between(match, best)) / READ_RATE, float(match[best]))

    def locate_stretched(self, sound: np.ndarray, rate: int, speed: float, near: float | None = None) -> Place | None:
        """The place of the first sample of a recording at another speed with the pitch kept (2 s or more), or None.

        The confidence is the share of energy on the right pitches. Good to a few ms: a stretcher moves whole periods.
        """
        y = self.prepare(sound, rate)
        if np.sqrt(np.mean(y**2)) < 1e-4:
            return None
        rough = self._rough(y, speed, near)
        heard, at = self._pitches(y, window=0.022, hop=0.004)
        # The score falls on both sides of the right place as slots begin to disagree; its middle is steadier than its top.
        tries = rough + np.arange(-0.06, 0.06, 0.001)
        score = np.array([self._score(heard, at * speed + place) for place in tries])
        top = int(np.argmax(score))
        near_top = slice(max(0, top - 20), top + 21)
        bend, slope, _ = np.polyfit(tries[near_top] - tries[top], score[near_top], 2)
        move = -slope / (2 * bend) if bend < 0 else 0.0
        if score[top] < 0.4:
            return None
        return Place(float(tries[top] + np.clip(move, -0.015, 0.015)), float(score[top]))

    def agreement(self, sound: np.ndarray, rate: int, place: Place, step_secs: float = 0.02) -> np.ndarray:
        """Correlation with the computed wave, per step of a recording that starts at `place`: 1 is clean, a click or a hole less."""
        y = self.prepare(sound, rate)
        wave = sosfiltfilt(self._band, self._wave_at(place.secs, len(y), READ_RATE))
        n = int(step_secs * READ_RATE)
        rows = len(y) // n
        a, b = y[: rows * n].reshape(rows, n), wave[: rows * n].reshape(rows, n)
        return (a * b).sum(1) / np.sqrt((a * a).sum(1) * (b * b).sum(1) + 1e-12)

    def _wave_at(self, secs: float, count: int, rate: int) -> np.ndarray:
        """The wave from any moment on, also between two samples (computed four times finer, then interpolated)."""
        fine = 4 * rate
        start = int(np.floor(secs * fine))
        wave = self.code.wave(start, 4 * count + 8, fine)
        where = np.arange(count) * 4 + (secs * fine - start)
        return np.interp(where, np.arange(len(wave)), wave)

    def _pitches(self, y: np.ndarray, window: float, hop: float) -> tuple[np.ndarray, np.ndarray]:
        """[frame, pitch] -> share of the frame's energy, and the time of each frame's middle."""
        n, step = int(window * READ_RATE), int(hop * READ_RATE)
        starts = np.arange(0, len(y) - n + 1, step)
        frames = y[starts[:, None] + np.arange(n)]
        turn = np.exp(-2j * np.pi * np.outer(np.arange(n), self.code.frequencies) / READ_RATE) * np.hanning(n)[:, None]
        energy = np.abs(frames @ turn) ** 2
        return energy / (energy.sum(1, keepdims=True) + 1e-9), (starts + n / 2) / READ_RATE

    def _rough(self, y: np.ndarray, speed: float, near: float | None) -> float:
        """The place of y[0] to some 10 ms: the chords heard against the chords of every slot."""
        slot = self.code.slot_secs
        heard, at = self._pitches(y, window=0.04 if speed < 1.6 else 0.024, hop=0.01)
        # [frame, slot]: how much of this frame's energy is on this slot's chord
        fit = sum(heard[:, voice] for voice in self.code.chords.T)
        slots = fit.shape[1]
        best = (-1.0, 0.0)
        for offset in np.arange(0, slot, 0.01):
            ahead = np.floor((offset + at * speed) / slot).astype(int)
            reach = int(ahead[-1]) + 1
            if reach >= slots:
                continue
            score = np.zeros(slots - reach + 1)
            for frame, k in enumerate(ahead):
                score += fit[frame, k: k + len(score)]
            if near is not None:
                far = np.abs(np.arange(len(score)) * slot + offset - near) > 3.0
                score[far] = -1.0
            k = int(np.argmax(score))
            best = max(best, (float(score[k]), k * slot + offset))
        return best[1]

    def _score(self, heard: np.ndarray, places: np.ndarray) -> float:
        slot = np.clip(np.floor(places / self.code.slot_secs).astype(int), 0, len(self.code.chords) - 1)
        rows = np.arange(len(heard))[:, None]
        return float(heard[rows, self.code.chords[slot]].sum(1).mean())


def peak_between(values: np.ndarray, k: int) -> float:
    """The top of the parabola through three points, relative to the middle one."""
    if not 0 < k < len(values) - 1:
        return 0.0
    a, b, c = values[k - 1: k + 2]
    bend = a - 2 * b + c
    return float(0.5 * (a - c) / bend) if bend else 0.0
