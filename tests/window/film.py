"""The screen filmed sixty times a second while a player plays coded slides, and what such a film shows.

Each frame is two strips of the screen, grabbed each in one piece, with what the player told just before. What the display
server was given in one piece cannot be torn by the filming.
"""

from __future__ import annotations

import bisect
import os
import threading
import time
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

import coded
import fixtures
import rig
from bench import Failure, expect

HZ = 60
LIKE = 8  # steps of grey by which a line may differ from itself at rest: JPEG blocks alike are decoded alike


class Filmed(Protocol):
    """A part of the screen."""

    place: tuple[int, int, int, int]  # left, top, width, height


@dataclass(frozen=True)
class Frame:
    asked: float  # host time in the middle of the question for the position
    told: float  # the position then, in seconds
    taken: float  # host time at which both strips were there
    shots: tuple[np.ndarray, np.ndarray]


class Camera:
    """Films a slide's strips in a thread of its own, from entering it to leaving it."""

    def __init__(self, desk: rig.Desk, player: rig.Player, strips: tuple[Filmed, Filmed], hz: float = HZ):
        self.frames: list[Frame] = []
        self.strips = strips
        self._hz = hz
        self._display = desk.env["DISPLAY"]
        self._asker = player.sibling()
        self._stop = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._film, name="camera")

    def __enter__(self) -> Camera:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(10)
        self._asker.hang_up()
        if self._failure is not None:
            raise self._failure

    def _film(self) -> None:
        try:
            with Grabber(self._display) as grabber:
                self._roll(grabber)
        except BaseException as failure:  # noqa: BLE001 - it is raised again where the film is used
            self._failure = failure

    def _roll(self, grabber: Grabber) -> None:
        last: tuple[np.ndarray, np.ndarray] | None = None
        due = time.monotonic()
        while not self._stop.is_set():
            before = time.monotonic()
            told = self._asker.get("time-pos")
            asked = (before + time.monotonic()) / 2
            shots = tuple(grabber.grab(strip.place) for strip in self.strips)
            taken = time.monotonic()
            # Most frames are like the one before: kept once.
            if last is not None:
                shots = tuple(old if np.array_equal(old, new) else new for old, new in zip(last, shots))
            last = shots
            self.frames.append(Frame(asked, told, taken, shots))
            due = max(due + 1 / self._hz, taken)
            self._stop.wait(due - taken)


class Grabber:
    """Grabs parts of a display, in the thread that made it."""

    def __init__(self, display: str):
        import mss

        self._screen = mss.MSS(display=display) if hasattr(mss, "MSS") else mss.mss(display=display)

    def __enter__(self) -> Grabber:
        return self

    def __exit__(self, *_: object) -> None:
        self._screen.close()

    def grab(self, place: tuple[int, int, int, int]) -> np.ndarray:
        """As [row, column, RGB]."""
        left, top, width, height = place
        shot = self._screen.grab({"left": left, "top": top, "width": width, "height": height})
        return np.frombuffer(bytes(shot.raw), np.uint8).reshape(shot.height, shot.width, 4)[:, :, 2::-1]


@dataclass
class Reading:
    """What a film shows, frame by frame."""

    talk: fixtures.TalkFolder
    frames: list[Frame]
    shown: list[int | None]  # slides from 0, None where a frame is not one whole slide
    faults: list[str]  # one for each such frame
    rate_hz: float
    longest_gap_ms: float
    starts: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self.starts = [slide.secs for slide in self.talk.slides]

    def order(self) -> list[int]:
        """The slides in the order in which they came."""
        whole = [slide for slide in self.shown if slide is not None]
        return [slide for k, slide in enumerate(whole) if k == 0 or whole[k - 1] != slide]

    def told(self) -> list[int]:
        """The slide of each told position."""
        return [max(0, bisect.bisect_right(self.starts, frame.told + 1e-6) - 1) for frame in self.frames]

    def late_ms(self) -> np.ndarray:
        """Per frame, for how long the slide that it shows had not been the told one any more; 0 where it still was.

        A slide that was not told before counts as 0: it was told between the question and the grab.
        """
        late, last_told = [], {}
        for frame, told, shown in zip(self.frames, self.told(), self.shown):
            last_told[told] = frame.asked
            if shown is not None:
                late.append(1000 * (frame.asked - last_told.get(shown, frame.asked)))
        return np.array(late)

    def change_ms(self, first: int, last: int) -> tuple[np.ndarray, list[int]]:
        """For each slide from `first` to `last`, in play at speed 1: from its told start to the first frame that shows it,
        give or take a frame; and the slides that no frame shows."""
        asked = np.array([frame.asked for frame in self.frames])
        position = np.array([frame.told for frame in self.frames])
        lags, missing = [], []
        for slide in range(first, last + 1):
            k = next((k for k, shown in enumerate(self.shown) if shown == slide), None)
            if k is None:
                missing.append(slide)
                continue
            near = np.abs(position - self.starts[slide]) < 0.2
            begun = float(np.median(asked[near] - position[near])) + self.starts[slide]
            lags.append(1000 * (self.frames[k].taken - begun))
        return np.array(lags), missing

    def rate(self) -> str:
        return (f"{len(self.frames)} frames filmed at {self.rate_hz:.1f} Hz (longest gap {self.longest_gap_ms:.0f} ms, "
                f"the machine's load {os.getloadavg()[0]:.1f})")

    def expect_whole(self) -> None:
        """Every frame is one whole and sharp slide."""
        expect(not self.faults, f"{len(self.faults)} of {len(self.frames)} frames are not one whole slide: {'; '.join(self.faults[:5])}")

    def expect_filmed(self) -> None:
        """The film is dense enough to judge by."""
        expect(self.rate_hz > 0.8 * HZ, f"only {self.rate_hz:.1f} frames filmed per second: nothing was judged")


def read(camera: Camera, talk: fixtures.TalkFolder, rest: tuple[np.ndarray, np.ndarray]) -> Reading:
    """Reads a film, given both strips of any slide of the talk at rest."""
    want = [strip.lines(shot) for strip, shot in zip(camera.strips, rest)]
    known: dict[tuple[int, int], tuple[int | None, str]] = {}
    shown, faults = [], []
    begun = camera.frames[0].taken if camera.frames else 0.0
    for frame in camera.frames:
        key = (id(frame.shots[0]), id(frame.shots[1]))
        if key not in known:
            known[key] = _read_frame(camera.strips, frame.shots, want)
        slide, fault = known[key]
        shown.append(slide)
        if fault:
            faults.append(f"{frame.taken - begun:.2f} s: {fault}")
    taken = np.array([frame.taken for frame in camera.frames])
    expect(len(taken) > 1, "nothing was filmed")
    gaps = np.diff(taken)
    return Reading(talk, camera.frames, shown, faults, (len(taken) - 1) / float(taken[-1] - taken[0]), 1000 * float(gaps.max()))


def _read_frame(strips: tuple[coded.Strip, coded.Strip], shots: tuple[np.ndarray, np.ndarray],
                want: list[np.ndarray]) -> tuple[int | None, str]:
    """The slide from 0 that the upright strip shows, and what is wrong with either strip. The level strip is grabbed a
    moment later: it may show the next slide, whole."""
    slides = []
    for strip, shot, lines in zip(strips, shots, want):
        name = "top to bottom" if strip.upright else "left to right"
        numbers = strip.numbers(shot)
        if shot.std() < 5:
            return None, f"blank, grey {shot.mean():.0f}"
        if None in numbers or len(set(numbers)) != 1:
            return None, f"{name} the numbers are {numbers}"
        off = float(np.abs(strip.lines(shot) - lines).max())
        if off > LIKE:
            contrast = strip.lines(shot).std() / lines.std()
            return None, f"slide {numbers[0]}: its lines differ by {off:.0f} from those at rest, contrast {contrast:.2f}"
        slides.append(numbers[0] - 1)
    return slides[0], ""


def at_rest(desk: rig.Desk, strips: tuple[coded.Strip, coded.Strip], slide: int, secs: float = 8.0) -> tuple[np.ndarray, np.ndarray]:
    """Both strips once they show this slide, and a quarter of a second after."""
    end = time.monotonic() + secs
    while True:
        seen = [strip.numbers(desk.grab(*strip.place)) for strip in strips]
        if all(numbers == [slide + 1] * coded.COPIES for numbers in seen):
            break
        if time.monotonic() > end:
            raise Failure(f"slide {slide + 1} is not to be seen: {seen}")
        time.sleep(0.02)
    time.sleep(0.25)
    return tuple(desk.grab(*strip.place).copy() for strip in strips)
