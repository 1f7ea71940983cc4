"""Talks whose slides can be told apart on the screen in every frame, and the reading of them.

Along the left edge and along the top of each slide runs a band. In each, the slide's number stands four times in black and
white bars, and between the bars lie thin lines that are the same on every slide. A blank frame has no bars; of half one slide
and half another the numbers differ; and where the picture was stretched, the lines are not those of the picture at rest.
"""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import fixtures
import rig

COPIES = 4
BITS = 10
BARS = BITS + 3  # black, the number with the highest bit first, even parity, white
THICK = 4  # pixels of a band that are filmed, in its middle


@dataclass(frozen=True)
class Layout:
    """Where the bands lie on a slide, in its own pixels."""

    width: int
    height: int

    @property
    def bar(self) -> int:
        return self.height // 90

    @property
    def across(self) -> int:
        """The width of a band."""
        return 5 * self.bar

    def starts(self, upright: bool) -> list[int]:
        """Where along the band each copy of the number begins."""
        length, first = (self.height if upright else self.width), 6 * self.bar
        step = (length - first - self.bar) // COPIES
        return [first + k * step for k in range(COPIES)]

    def lines(self, upright: bool) -> list[tuple[int, int]]:
        """Where along the band the lines are, each from and to, after each number."""
        starts = self.starts(upright)
        step = starts[1] - starts[0]
        return [(start + (BARS + 1) * self.bar, start + step - self.bar) for start in starts]


def bars(number: int) -> list[bool]:
    """Which bars of a number are white."""
    digits = [bool(number >> (BITS - 1 - bit) & 1) for bit in range(BITS)]
    return [False, *digits, sum(digits) % 2 == 1, True]


def read_bars(levels: np.ndarray) -> int | None:
    """The number that bars of these levels, 0 to 255, stand for; None if they are no number's."""
    if np.any((levels > 60) & (levels < 195)):
        return None
    white = [bool(level > 128) for level in levels]
    number = sum(1 << (BITS - 1 - bit) for bit in range(BITS) if white[1 + bit])
    return number if white == bars(number) else None


@dataclass(frozen=True)
class Strip:
    """The middle of a band as it lies on the screen."""

    upright: bool
    place: tuple[int, int, int, int]  # left, top, width, height on the screen
    scale: float
    layout: Layout

    def numbers(self, shot: np.ndarray) -> list[int | None]:
        """What each copy of the number says, of a shot of this strip as [row, column, RGB]."""
        line = self._along(shot).mean(1)
        found = []
        for start in self.layout.starts(self.upright):
            edges = (start + np.arange(BARS + 1) * self.layout.bar) * self.scale
            quarter = self.layout.bar * self.scale / 4
            levels = [line[int(a + quarter): int(np.ceil(b - quarter))].mean() for a, b in zip(edges, edges[1:])]
            found.append(read_bars(np.array(levels)))
        return found

    def lines(self, shot: np.ndarray) -> np.ndarray:
        """The pixels of all thin lines, one after the other."""
        along = self._along(shot)
        return np.concatenate([along[int(np.ceil(a * self.scale)): int(b * self.scale)] for a, b in self.layout.lines(self.upright)])

    def _along(self, shot: np.ndarray) -> np.ndarray:
        """Grey levels as [along the band, across it]."""
        grey = shot.mean(2)
        return grey if self.upright else grey.T


def strips(layout: Layout, place: tuple[int, int, int, int]) -> tuple[Strip, Strip]:
    """The upright and the level strip of a slide that lies at this place of the screen."""
    left, top, width, height = place
    scale = height / layout.height
    middle = round(layout.across * scale / 2) - THICK // 2
    return (Strip(True, (left + middle, top, THICK, height), scale, layout),
            Strip(False, (left, top + middle, width, THICK), width / layout.width, layout))


def talk(root: Path, name: str, count: int, every_secs: float, size: tuple[int, int]) -> fixtures.TalkFolder:
    """A talk of coded slides in JPEG, made once, with a quiet sound as long as they last. The first slide has number 1."""
    ident = 48_900_000 + count
    folder = root / f"{ident}-{name}"
    if not folder.exists():
        folder.mkdir(parents=True)
        pages = [_page(k, size) for k in range(3)]

        def write(k: int) -> tuple[float, str]:
            file = fixtures.slide_name(k, k * every_secs, "jpg")
            picture = pages[k % len(pages)].copy()
            _number(picture, k + 1)
            Image.fromarray(picture).save(folder / file, quality=90, subsampling=0)
            return k * every_secs, file

        with ThreadPoolExecutor(2) as pool:
            placed = list(pool.map(write, range(count)))
        fixtures.list_slides(folder, ident, placed, every_secs)
        rig.need("ffmpeg")
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", f"sine=330:r=44100:d={count * every_secs}",
                        "-af", "volume=0.2", "-c:a", "aac", "-b:a", "64k", folder / f"{name}-{ident + 500_000_000}.m4a"], check=True)
    return fixtures.read_folder(folder)


def _page(kind: int, size: tuple[int, int]) -> np.ndarray:
    """What a slide shows apart from its number: lines of text, a figure that is noisy as photographs are, the bands' lines."""
    layout = Layout(*size)
    unit = layout.bar
    page = Image.new("RGB", size, (250, 250, 246))
    draw = ImageDraw.Draw(page)
    words = "the variance of the gradient is bounded by a constant that does not depend on depth ".split()
    for row in range(14):
        text = " ".join(words[(3 * kind + 5 * row + k) % len(words)] for k in range(9))
        draw.text((10 * unit, (24 + 4 * row) * unit), text, (20, 20, 40), font=ImageFont.load_default(2 * unit))
    picture = np.asarray(page).copy()
    dice = np.random.default_rng(kind)
    top, left, height, width = 30 * unit, 105 * unit, 40 * unit, 45 * unit
    coarse = dice.integers(30, 220, (9, 10, 3), np.uint8)
    figure = np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)).astype(np.int16)
    picture[top: top + height, left: left + width] = np.clip(figure + dice.integers(-10, 11, figure.shape), 0, 255)
    for upright in (True, False):
        band = _band(picture, layout, upright)
        band[:] = 255
        for a, b in layout.lines(upright):
            middle = (a + b) // 2
            # Lines of one pixel, near each other and apart: scaled down, only the latter can still be seen.
            band[a: middle: 2] = 0
            band[middle: b: 11] = 0
    return picture


def _number(picture: np.ndarray, number: int) -> None:
    """Writes a slide's number into a page: into the bands, and for people."""
    layout = Layout(picture.shape[1], picture.shape[0])
    for upright in (True, False):
        band = _band(picture, layout, upright)
        for start in layout.starts(upright):
            for k, white in enumerate(bars(number)):
                band[start + k * layout.bar: start + (k + 1) * layout.bar] = 255 if white else 0
    unit = layout.bar
    label = Image.new("RGB", (40 * unit, 14 * unit), (250, 250, 246))
    ImageDraw.Draw(label).text((0, 0), f"{number}", (160, 0, 0), font=ImageFont.load_default(12 * unit))
    picture[8 * unit: 22 * unit, 20 * unit: 60 * unit] = np.asarray(label)


def _band(picture: np.ndarray, layout: Layout, upright: bool) -> np.ndarray:
    """A view of a band of a slide, as [along it, across it, RGB]."""
    return picture[:, : layout.across] if upright else picture[: layout.across].transpose(1, 0, 2)
