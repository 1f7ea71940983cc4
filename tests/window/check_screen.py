"""What is seen: the slide's own pixels, nothing drawn that need not be, and keys that act."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image

import fixtures
import rig
from bench import Bench, Failure, check, expect

SCALES = (1.0, 1.25, 1.5, 1.75, 2.0)


@check("plenary")
def pixels(bench: Bench) -> None:
    """At every scale of the desktop, 1:1 slides on the screen are the decoded files; and pausing changes no pixel of them.

    PNG slides must be equal. Two decoders of JPEG may round differently by a step or two, and may smooth halved colour
    resolution differently.
    """
    codec = fixtures.CODECS[0]
    # An odd size shows a slide that is centred on half a pixel.
    talks = {
        "png": bench.fixtures.clock_talk(codec, 1, "png", (1024, 576)).talk,
        "png, odd size": bench.fixtures.clock_talk(codec, 2, "png", (1001, 563)).talk,
        "jpeg 4:4:4": bench.fixtures.clock_talk(codec, 3, "444.jpg", (1024, 576)).talk,
        "jpeg 4:2:0": bench.fixtures.clock_talk(codec, 4, "420.jpg", (1024, 576)).talk,
    }
    failures = []
    for scale in SCALES:
        with rig.Desk(2560, 1500) as desk:
            for name, talk in talks.items():
                if bench.quick and scale > 1 and name.startswith("jpeg"):
                    continue  # PNG tells where the pixels lie, and JPEG is decoded alike at every scale
                env = {"WINIT_X11_SCALE_FACTOR": str(scale)}
                with bench.player(desk, talk, "--pause", window=True, env=env) as player:
                    try:
                        bench.say(f"{scale:4}x {name:14} " + _compare_slides(desk, player, talk, name))
                    except (Failure, TimeoutError, rig.IpcError) as error:
                        failures.append(f"{scale}x {name}: {error}")
                        bench.say(f"not ok: {failures[-1]}")
    expect(not failures, "; ".join(failures))


def _compare_slides(desk: rig.Desk, player: rig.Player, talk: fixtures.TalkFolder, name: str) -> str:
    window = desk.window_of(player.pid)
    desk.run("xdotool", "windowmove", window.id, "20", "30")
    desk.run("xdotool", "windowsize", "--sync", window.id, "2450", "1400")
    player.wait_for("chapters", lambda n: n == len(talk.slides))
    if player.get("plenary/slide-rect")["zoom"] != 1.0:
        player.command("keypress", "z")  # fitted to the window at first: to 1:1
    worst, mean = 0, 0.0
    for index in (0, 3, 7):
        slide = talk.slides[index]
        want = np.asarray(Image.open(slide.image).convert("RGB"))
        player.seek(slide.secs + 1.0)
        player.wait_for("chapter", lambda c: c == index)
        allowed = {"png": (0, 0.0), "png, odd size": (0, 0.0), "jpeg 4:4:4": (3, 0.5), "jpeg 4:2:0": (255, 2.0)}[name]
        shown, difference = _settled(desk, window, player, want, allowed)
        worst, mean = max(worst, int(difference.max())), max(mean, float(difference.mean()))
        expect(difference.max() <= allowed[0] and difference.mean() <= allowed[1],
               f"slide {index + 1}: {np.count_nonzero(difference.max(2))} of {difference.shape[0] * difference.shape[1]} pixels differ, "
               f"by {difference.max()} at most, {difference.mean():.2f} on average")
        _unchanged_by_pause(desk, window, player, shown, index)
    return f"differs by at most {worst}, on average {mean:.3f}"


def _slide_area(window: rig.Window, player: rig.Player) -> tuple[int, int, int, int]:
    left, top, width, height = window.place()
    rect = player.get("plenary/slide-rect")
    x, y, w, h = (rect[key] for key in "xywh")
    expect(all(float(v).is_integer() for v in (x, y, w, h)), f"the slide does not lie on whole pixels: {rect}")
    expect(0 <= x and 0 <= y and x + w <= width and y + h <= height, f"the slide is not inside the window of {width}x{height}: {rect}")
    return left + int(x), top + int(y), int(w), int(h)


def _settled(desk: rig.Desk, window: rig.Window, player: rig.Player, want: np.ndarray, allowed: tuple[int, float],
             secs: float = 4.0) -> tuple[np.ndarray, np.ndarray]:
    """The slide's area as soon as it is as wanted, or as it is when time is up; and its difference from what is wanted."""
    end = time.monotonic() + secs
    while True:
        rect = player.get("plenary/slide-rect")
        area = _slide_area(window, player)
        if area[2:] == (want.shape[1], want.shape[0]):
            shown = desk.grab(*area).copy()
            difference = np.abs(shown.astype(int) - want)
            if difference.max() <= allowed[0] and difference.mean() <= allowed[1]:
                expect(rect["zoom"] == 1.0 and rect["lamp"].startswith("1:1"), f"the slide is 1:1 but the lamp says {rect['lamp']}, zoom {rect['zoom']}")
                return shown, difference
        elif time.monotonic() > end:
            raise Failure(f"the slide of {want.shape[1]}x{want.shape[0]} is shown as {area[2]}x{area[3]}, lamp {rect['lamp']}")
        if time.monotonic() > end:
            return shown, difference
        time.sleep(0.05)


def _unchanged_by_pause(desk: rig.Desk, window: rig.Window, player: rig.Player, paused: np.ndarray, index: int) -> None:
    area = _slide_area(window, player)
    for pause in (False, True):
        player.set("pause", pause)
        for _ in range(4):
            time.sleep(0.1)
            now = desk.grab(*area)
            expect(np.array_equal(now, paused), f"slide {index + 1}: {np.count_nonzero((now != paused).any(2))} pixels changed "
                                                f"{'by pausing' if pause else 'by playing'}")


@check("plenary", "mpv")
def idle(bench: Bench) -> None:
    """Paused, the process sleeps and draws nothing; playing a still slide, it draws a few frames a second."""
    talk = bench.fixtures.clock_talk(fixtures.CODECS[0]).talk
    frames = (lambda player: player.get("plenary/frames")) if bench.kind == "plenary" else (lambda player: 0)
    secs = 5.0
    with rig.Desk() as desk, bench.player(desk, talk, window=True) as player:
        desk.window_of(player.pid)
        player.wait_playing()
        player.seek(0.2)
        time.sleep(0.5)
        before = frames(player), player.cpu_secs()
        time.sleep(secs)  # within the first slide's six seconds
        drawn, cpu = (frames(player) - before[0]) / secs, (player.cpu_secs() - before[1]) / secs
        bench.say(f"playing a still slide: {drawn:.1f} frames and {1000 * cpu:.0f} ms of CPU per second")
        expect(drawn <= 12, f"{drawn:.1f} frames per second of a still slide")
        player.set("pause", True)
        time.sleep(3.0)  # the device may be let go
        _wait_for_readers(player)
        before = frames(player), player.cpu_secs(), player.wakeups()
        time.sleep(secs)
        cpu = player.cpu_secs() - before[1]
        wakeups = sum(count - before[2].get(thread, 0) for thread, count in player.wakeups().items())  # threads may have ended
        drawn = frames(player) - before[0]
        bench.say(f"paused for {secs:.0f} s: {drawn} frames, {1000 * cpu:.0f} ms of CPU, woken {wakeups} times")
        expect(drawn == 0, f"{drawn} frames drawn while paused")
        expect(cpu <= 0.05, f"{1000 * cpu:.0f} ms of CPU while paused")
        expect(wakeups <= 10 * secs, f"woken {wakeups} times in {secs:.0f} s while paused")


def _wait_for_readers(player: rig.Player, calm: float = 2.0) -> None:
    """Waits until no program that reads the text on slides has run for `calm` seconds."""
    last = time.monotonic()

    def rests() -> bool:
        nonlocal last
        if player.children():
            last = time.monotonic()
        return time.monotonic() - last >= calm

    rig.wait_until(rests, secs=120, what="the slides to be read")


@check("plenary", "mpv")
def keys(bench: Bench) -> None:
    """Keys from a keyboard: they act once each, a held key is followed and leaves nothing behind, on any layout."""
    talk = bench.fixtures.clock_talk(fixtures.CODECS[0]).talk
    failures = []
    with rig.Desk() as desk:
        with bench.player(desk, talk, window=True) as player:
            desk.window_of(player.pid).focus()
            player.wait_playing()
            own = (_arrows_step, _slides_step) if bench.kind == "plenary" else ()
            for step in (_space_pauses, *own, _held_arrow):
                _try(bench, failures, step, desk, player)
        rig.need("setxkbmap")
        desk.run("setxkbmap", "ru")
        with bench.player(desk, talk, window=True) as player:
            desk.window_of(player.pid).focus()
            player.wait_playing()
            if bench.kind == "plenary":
                _try(bench, failures, _letters_on_cyrillic, desk, player)
            _try(bench, failures, _space_pauses, desk, player)
    expect(not failures, "; ".join(failures))


def _try(bench: Bench, failures: list[str], step: Callable[[rig.Desk, rig.Player], str],
         desk: rig.Desk, player: rig.Player) -> None:
    try:
        bench.say(f"{step.__name__.strip('_').replace('_', ' ')}: {step(desk, player)}")
    except (AssertionError, TimeoutError, rig.IpcError) as error:
        failures.append(f"{step.__name__.strip('_').replace('_', ' ')}: {error}")
        bench.say(f"not ok: {failures[-1]}")


def _press(desk: rig.Desk, *keys: str) -> None:
    desk.run("xdotool", "key", *keys)


def _space_pauses(desk: rig.Desk, player: rig.Player) -> str:
    for expected in (True, False, True):
        _press(desk, "space")
        player.wait_for("pause", lambda p: p is expected, secs=3)
    player.set("pause", False)
    return "paused, played, paused"


def _arrows_step(desk: rig.Desk, player: rig.Player) -> str:
    player.set("pause", True)
    player.seek(30.0)
    told = []
    for key, expected in (("Right", 35.0), ("Right", 40.0), ("Left", 35.0), ("shift+Right", 36.0)):
        _press(desk, key)
        told.append(player.wait_for("time-pos", lambda t: abs(t - expected) < 0.02, secs=3))
    return f"positions {told}"


def _slides_step(desk: rig.Desk, player: rig.Player) -> str:
    player.set("pause", True)
    player.seek(20.0)  # slides last 6 s: within the fourth
    starts = [chapter["time"] for chapter in player.get("chapter-list")]
    at = player.wait_for("chapter", lambda c: c == 3)
    for key, step in (("period", 1), ("period", 1), ("comma", -1)):
        at += step
        _press(desk, key)
        player.wait_for("chapter", lambda c: c == at, secs=3)
        player.wait_for("time-pos", lambda t: abs(t - starts[at]) < 0.02, secs=3)
    return f"on slide {at + 1} at {starts[at]:g} s"


def _held_arrow(desk: rig.Desk, player: rig.Player) -> str:
    """Shift and Right held for three seconds, repeated by the display server 25 times a second, one second of the talk each."""
    player.set("pause", True)
    player.seek(2.0)
    player.wait_for("time-pos", lambda t: abs(t - 2.0) < 0.3)
    seen = []
    with _holding(desk, "shift", "Right"):
        end = time.monotonic() + 3.0
        while time.monotonic() < end:
            seen.append(player.get("time-pos"))
            time.sleep(0.05)
    at_release = player.get("time-pos")
    time.sleep(0.3)
    soon = player.get("time-pos")
    time.sleep(1.0)
    later = player.get("time-pos")
    repeating = np.array(seen[len(seen) // 3:])  # the first repeat comes after two thirds of a second
    moved = np.count_nonzero(np.diff(repeating)) / (len(repeating) - 1)
    expect(abs(later - soon) < 0.02, f"the position still moved 0.3 s after the key was let go: {soon} to {later}")
    expect(later > 20, f"the position came only from 2 to {later}")
    expect(moved > 0.6, f"the position moved in only {100 * moved:.0f} % of the readings while the key was held")
    return f"from 2 to {later:.1f} s, {100 * moved:.0f} % of the readings new, {later - at_release:+.1f} s after letting go"


@contextlib.contextmanager
def _holding(desk: rig.Desk, *keys: str) -> Iterator[None]:
    """Keys held down together, in this order."""
    desk.run("xdotool", "keydown", *keys)
    try:
        yield
    finally:
        desk.run("xdotool", "keyup", *reversed(keys))


def _letters_on_cyrillic(desk: rig.Desk, player: rig.Player) -> str:
    """Keys by their place on the keyboard: M mutes and K pauses although they type other letters now."""
    m, k = "58", "45"
    _press(desk, m)
    player.wait_for("mute", lambda v: v is True, secs=3)
    _press(desk, m)
    player.wait_for("mute", lambda v: v is False, secs=3)
    _press(desk, k)
    player.wait_for("pause", lambda v: v is True, secs=3)
    player.set("pause", False)
    return "M and K act"
