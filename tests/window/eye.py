"""Seeing which of two pictures is on the screen, quickly."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

import rig

PATCH = 160  # pixels; a square of the screen in which two slides are told apart


class Eye:
    """Tells from a small patch of the screen which of two pictures is shown there."""

    def __init__(self, desk: rig.Desk, area: tuple[int, int, int, int]):
        self._desk, self._area = desk, area

    def _scaled(self, image: Path | None) -> np.ndarray:
        _, _, width, height = self._area
        if image is None:
            return np.zeros((height, width, 3), np.float32)
        return np.asarray(Image.open(image).convert("RGB").resize((width, height), Image.Resampling.LANCZOS), np.float32)

    def watch_for(self, wanted: Path, other: Path | None) -> Callable[[], bool]:
        """A quick question: is `wanted` there yet, and not `other` (nothing: a dark window) any more? Asked in the patch in
        which the two differ most; what a video codec or another scaling filter changes is far below half of that."""
        a, b = self._scaled(wanted), self._scaled(other)
        apart = np.abs(a - b).mean(2)
        sums = np.pad(apart.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
        height, width = min(PATCH, apart.shape[0]), min(PATCH, apart.shape[1])
        total = sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width] + sums[:-height, :-width]
        y, x = np.unravel_index(int(np.argmax(total)), total.shape)
        patch = a[y: y + height, x: x + width]
        allowed = 0.35 * apart[y: y + height, x: x + width].mean()
        left, top = self._area[0] + int(x), self._area[1] + int(y)
        return lambda: np.abs(self._desk.grab(left, top, width, height).astype(np.float32) - patch).mean() < allowed


def seconds_until(seen: Callable[[], bool], since: float, limit: float = 20.0) -> float:
    while not seen():
        if time.monotonic() - since > limit:
            raise TimeoutError(f"the slide was not seen within {limit:g} s")
        time.sleep(0.001)
    return time.monotonic() - since
