"""Slides as they follow one another: no frame that is not one whole slide, none out of order, none long after its time."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import coded
import film
import fixtures
import rig
from bench import Bench, check, expect

FULL = (3840, 2160)
MEDIUM = (1920, 1080)


@dataclass
class Scene:
    """A talk of coded slides in a window, paused on its first slide."""

    desk: rig.Desk
    player: rig.Player
    window: rig.Window
    talk: fixtures.TalkFolder
    strips: tuple[coded.Strip, coded.Strip]
    rest: tuple[np.ndarray, np.ndarray]

    def camera(self) -> film.Camera:
        return film.Camera(self.desk, self.player, self.strips)

    def read(self, camera: film.Camera) -> film.Reading:
        rect = self.player.get("plenary/slide-rect")
        left, top, *_ = self.window.place()
        upright = self.strips[0].place
        expect((top + rect["y"], rect["h"]) == (upright[1], upright[3]), f"the slide moved while it was filmed, to {rect}")
        return film.read(camera, self.talk, self.rest)


@contextlib.contextmanager
def scene(bench: Bench, talk: fixtures.TalkFolder, size: tuple[int, int], desk_size: tuple[int, int], *, one_to_one: bool = False,
          cache_mib: int | None = None) -> Iterator[Scene]:
    """Opens a talk on a desk of its own. The window fills the desk but for its frame."""
    argv = [bench.binary, "--config", _config(bench, cache_mib), "--pause", talk.folder]
    with rig.Desk(*desk_size, repeat_hz=30) as desk, rig.Player(desk, argv) as player:
        window = desk.window_of(player.pid)
        desk.run("xdotool", "windowmove", window.id, "5", "25")
        desk.run("xdotool", "windowsize", "--sync", window.id, str(desk_size[0] - 10), str(desk_size[1] - 35))
        window.focus()
        player.wait_for("chapters", lambda n: n == len(talk.slides))
        time.sleep(0.5)  # the window manager has moved it
        if one_to_one and player.get("plenary/slide-rect")["zoom"] != 1.0:
            player.command("keypress", "z")
        rect = player.wait_for("plenary/slide-rect", lambda r: (r["zoom"] == 1.0) == one_to_one)
        left, top, *_ = window.place()
        strips = coded.strips(coded.Layout(*size), (left + int(rect["x"]), top + int(rect["y"]), int(rect["w"]), int(rect["h"])))
        yield Scene(desk, player, window, talk, strips, film.at_rest(desk, strips, 0))


def _config(bench: Bench, cache_mib: int | None) -> Path:
    folder = bench.scratch / f"config-slides-{time.monotonic_ns()}"
    folder.mkdir()
    if cache_mib is not None:
        (folder / "config.toml").write_text(f"slide-cache-mib = {cache_mib}\n")
    return folder


def _tried(bench: Bench, failures: list[str], name: str, step, *arguments) -> None:
    """Runs one part of a check; what fails is noted and the other parts are run."""
    try:
        step(bench, name, *arguments)
    except (AssertionError, TimeoutError, rig.IpcError) as error:
        failures.append(f"{name}: {error}")
        bench.say(f"not ok: {failures[-1]}")


# Changes in play and by the key

@check("plenary")
def slide_changes(bench: Bench) -> None:
    """A hundred changes among slides of 3840x2160, two a second in play, then by the key every 0.3 s, or as fast as two frames
    can be drawn: filmed at 60 Hz, 1:1 and fitted to 1440x900.

    Every frame is one whole slide: never the background, never parts of two slides (by numbers at four places down and four
    across), and its one-pixel lines are those of the slide at rest. Slides come in order, none is left out, none comes back.
    In play a slide is not there before its told start, but within 50 ms of it in the median and within 100 ms in 95 of 100
    cases; by the key, the slide that is shown was the told one no longer than 100 ms ago in 95 of 100 frames in which another
    is told. To each is added what this machine takes to draw a frame in which no slide changes: without a graphics card that
    may be long.
    """
    talk = coded.talk(bench.fixtures.root, "UHD", 120, 0.5, FULL)
    failures: list[str] = []
    for name, desk_size, one_to_one in (("1:1", (3900, 2400), True), ("fitted", (1450, 935), False)):
        with scene(bench, talk, FULL, desk_size, one_to_one=one_to_one) as on:
            frame_ms = _frame_ms(on)
            bench.say(f"{name}: a frame in which only the strip changes is there after {frame_ms:.0f} ms")
            _tried(bench, failures, f"{name}, in play", _in_play, on, frame_ms)
            _tried(bench, failures, f"{name}, by the key", _by_key, on, frame_ms)
    expect(not failures, "; ".join(failures))


def _frame_ms(on: Scene) -> float:
    """From a change of the strip alone, the loudspeaker's, to its pixels: what drawing a frame takes here."""
    left, top, width, height = on.window.place()
    strip = (left, top + height - 50, width, 50)
    taken = []
    for k in range(9):
        time.sleep(0.4)
        before = on.desk.grab(*strip).copy()
        begun = time.monotonic()
        on.player.set("mute", k % 2 == 0)
        rig.wait_until(lambda: not np.array_equal(on.desk.grab(*strip), before), 5, "the change of the strip", 0.001)
        taken.append(1000 * (time.monotonic() - begun))
    on.player.set("mute", False)
    time.sleep(3.0)  # messages are gone
    return float(np.median(taken))


def _in_play(bench: Bench, name: str, on: Scene, frame_ms: float) -> None:
    changes = 40 if bench.quick else 100
    frames = on.player.get("plenary/frames")
    with on.camera() as camera:
        on.player.set("pause", False)
        on.player.wait_for("time-pos", lambda t: t > changes * 0.5 + 0.3, secs=changes + 10)
        on.player.set("pause", True)
        time.sleep(0.3)
    frames = on.player.get("plenary/frames") - frames
    seen = on.read(camera)
    lags, missing = seen.change_ms(1, changes)
    bench.say(f"{name}: {seen.rate()}, {frames} drawn by the player; {len(seen.faults)} faulty; {len(lags)} of {changes} changes seen, "
              f"{_spread(lags)} after the told start")
    seen.expect_filmed()
    seen.expect_whole()
    _expect_each_in_order(seen, changes, missing)
    expect(lags.min() > -20, f"a slide is there {-lags.min():.0f} ms before its told start")
    expect(np.median(lags) <= frame_ms + 50 and np.percentile(lags, 95) <= frame_ms + 100,
           f"slides come {_spread(lags)} after their told start, a frame takes {frame_ms:.0f}")


def _by_key(bench: Bench, name: str, on: Scene, frame_ms: float) -> None:
    changes = 20 if bench.quick else 100
    every_secs = max(0.3, 2 * frame_ms / 1000)  # no player shows slides faster than its frames are drawn
    on.player.set("pause", True)
    on.player.seek(0.0)
    film.at_rest(on.desk, on.strips, 0)
    pressed = []
    with on.camera() as camera:
        due = time.monotonic() + 0.3
        for _ in range(changes):
            time.sleep(max(0.0, due - time.monotonic()))
            pressed.append(time.monotonic())
            on.player.command("keypress", ".")
            due += every_secs
        time.sleep(0.5)
    seen = on.read(camera)
    first_seen = {}
    for frame, slide in zip(seen.frames, seen.shown):
        first_seen.setdefault(slide, frame.taken)
    lags = np.array([1000 * (first_seen[k + 1] - at) for k, at in enumerate(pressed) if k + 1 in first_seen])
    late = seen.late_ms()
    bench.say(f"{name}: {seen.rate()}; {len(seen.faults)} faulty; a key every {1000 * every_secs:.0f} ms; "
              f"{len(lags)} of {changes} slides seen, {_spread(lags)} after the key; "
              f"frames of a slide no longer told: {np.count_nonzero(late)}, by {_spread(late[late > 0])}")
    seen.expect_filmed()
    seen.expect_whole()
    _expect_each_in_order(seen, changes, [k for k in range(1, changes + 1) if k not in first_seen])
    _expect_prompt(seen, frame_ms + 100)


def _expect_each_in_order(seen: film.Reading, last: int, missing: list[int]) -> None:
    order = seen.order()
    wrong = [f"{a + 1} to {b + 1}" for a, b in zip(order, order[1:]) if b != a + 1 and b <= last]
    expect(not missing and not wrong, f"no frame shows slides {[k + 1 for k in missing]}; changes out of order: {wrong[:8]}")


def _expect_prompt(seen: film.Reading, limit_ms: float = 100) -> None:
    late = seen.late_ms()
    late = late[late > 0]
    if len(late):
        expect(np.percentile(late, 95) <= limit_ms, f"frames show a slide that has not been told for {_spread(late)}")


def _spread(values: np.ndarray) -> str:
    if not len(values):
        return "none"
    return f"{np.median(values):.0f} ms (95 %: {np.percentile(values, 95):.0f}, at most {np.max(values):.0f})"


# A key held down

@check("plenary")
def held_arrow(bench: Bench) -> None:
    """A key held down, repeated 30 times a second, through 640 slides of 1920x1080: Page Down in play, and paused the full
    stop and the right arrow; and through 120 slides of 3840x2160.

    Every frame filmed is one whole and sharp slide. The slides never go back, and the key leads to the last slide but one at
    20 slides a second or more. With what this machine takes to show a slide gone to from afar: at least half as many slides are
    seen as it could show one after the other, or as are told where these are fewer, and 95 of 100 frames that show another
    slide than the told one show one that was told within 100 ms and twice that (two are under way at a time). Once the key has been let go for 0.2 s, or that,
    neither the slide moves nor, but for the playing, the position. Then position, slide and the strip below it agree: the
    strip is, pixel by pixel, the one that is drawn when this place is gone to afresh.
    """
    failures: list[str] = []
    holds = (("Next", True, 20), ("period", False, 20), ("Right", False, 50))
    with scene(bench, coded.talk(bench.fixtures.root, "FHD", 640, 2.0, MEDIUM), MEDIUM, (1970, 1330), one_to_one=True) as on:
        for key, playing, per_sec in holds[:1] if bench.quick else holds:
            _tried(bench, failures, f"{key} {'in play' if playing else 'paused'}", _hold, on, key, playing, per_sec)
    # Pictures that take longer to decode than the key takes to repeat.
    with scene(bench, coded.talk(bench.fixtures.root, "UHD", 120, 0.5, FULL), FULL, (1450, 935)) as on:
        _tried(bench, failures, "Next paused, 3840x2160 fitted", _hold, on, "Next", False, 20)
    expect(not failures, "; ".join(failures))


def _hold(bench: Bench, name: str, on: Scene, key: str, playing: bool, per_sec: float) -> None:
    """Holds a key that should lead through at least so many slides a second, to the last slide but one."""
    player, last = on.player, len(on.talk.slides) - 1
    secs = last / per_sec + 1
    afar_ms = _afar_ms(on)
    player.set("pause", True)
    player.seek(0.0)
    film.at_rest(on.desk, on.strips, 0)
    player.set("pause", not playing)
    with on.camera() as camera:
        with _held(on.desk, key):
            end = time.monotonic() + secs
            while time.monotonic() < end and player.get("chapter") < last - 1:
                time.sleep(0.02)
        released = time.monotonic()
        reached = player.get("chapter")
        time.sleep(1.2)
    player.set("pause", True)
    seen = on.read(camera)
    late = seen.late_ms()
    rest_secs = max(0.2, afar_ms / 1000)
    after = [(frame, slide) for frame, slide in zip(seen.frames, seen.shown) if frame.taken > released + rest_secs]
    order = seen.order()
    bench.say(f"{name}: {seen.rate()}; {len(seen.faults)} faulty; came to slide {reached + 1} in {released - seen.frames[0].taken:.1f} s; "
              f"{len(set(order))} different slides seen, {len(set(seen.told()))} told; "
              f"{np.count_nonzero(late)} frames of a slide no longer told, by {_spread(late[late > 0])}")
    seen.expect_filmed()
    seen.expect_whole()
    back = [f"{a + 1} to {b + 1}" for a, b in zip(order, order[1:]) if b < a]
    expect(not back, f"slides go back: {back[:8]}")
    expect(reached >= last - 1, f"{secs:.0f} s of the key led only to slide {reached + 1}")
    _expect_many(bench, name, len(set(order)), len(set(seen.told())), released - seen.frames[0].taken, afar_ms)
    _expect_prompt(seen, 100 + 2 * afar_ms)
    slides = [slide for _, slide in after]
    moved = [frame.told - (frame.asked if playing else 0.0) for frame, _ in after]
    ended = playing and after[-1][0].told > on.talk.slides[-1].secs + 1.9
    bench.say(f"{name}: from {rest_secs:.2f} s after the key, slides {sorted({s + 1 for s in slides if s is not None})}, "
              f"position within {1000 * np.ptp(moved):.0f} ms")
    expect(len(set(slides)) == 1, f"{rest_secs:.2f} s after the key was let go the slide still changes: {sorted({str(s) for s in slides})}")
    expect(np.ptp(moved) < 0.05 or ended, f"{rest_secs:.2f} s after the key was let go the position still moves, by {1000 * np.ptp(moved):.0f} ms")
    _expect_agreement(bench, name, on)


def _afar_ms(on: Scene) -> float:
    """From a seek to a slide that is not yet decoded to its pixels: what showing any slide takes here."""
    strip, taken = on.strips[0], []
    slides = len(on.talk.slides)
    for k in range(9):
        slide = (7 + k * slides * 5 // 13) % slides
        begun = time.monotonic()
        on.player.seek(on.talk.slides[slide].secs + 0.1)
        shows = lambda slide=slide: strip.numbers(on.desk.grab(*strip.place))[0] == slide + 1
        rig.wait_until(shows, 5, f"slide {slide + 1} on the screen", 0.001)
        taken.append(1000 * (time.monotonic() - begun))
        time.sleep(0.5)  # its neighbours are there too
    return float(np.median(taken))


def _expect_many(bench: Bench, name: str, seen: int, told: int, secs: float, afar_ms: float) -> None:
    possible = min(told, int(1000 * secs / afar_ms))
    bench.say(f"{name}: a slide from afar takes {afar_ms:.0f} ms; {seen} seen of {told} told and {possible} possible one after the other")
    expect(seen >= 0.5 * possible, f"only {seen} of {possible} slides that could have been shown were seen")


def _expect_agreement(bench: Bench, name: str, on: Scene) -> None:
    """Position, slide and strip agree: by going elsewhere and back to the same place."""
    player = on.player
    left, top, width, height = on.window.place()
    strip = (left + width // 2, top + height - 50, width // 2, 50)  # the strip's lower right: speed, slide number, lamp
    time.sleep(3.0)  # messages are gone
    told, chapter = player.get("time-pos"), player.get("chapter")
    film.at_rest(on.desk, on.strips, chapter, secs=0.5)
    before = on.desk.grab(*strip).copy()
    player.seek(0.1)
    film.at_rest(on.desk, on.strips, 0)
    player.seek(told)
    film.at_rest(on.desk, on.strips, chapter)
    time.sleep(3.0)
    afresh = on.desk.grab(*strip)
    differ = int(np.count_nonzero((before != afresh).any(2)))
    bench.say(f"{name}: at {told:.2f} s, slide {chapter + 1} is shown; {differ} pixels of the strip differ from those drawn afresh")
    expect(differ == 0, f"{differ} pixels of the strip are not those drawn afresh at {told:.2f} s")


@contextlib.contextmanager
def _held(desk: rig.Desk, key: str) -> Iterator[None]:
    desk.run("xdotool", "keydown", key)
    try:
        yield
    finally:
        desk.run("xdotool", "keyup", key)


# The playhead dragged

TIMELINE_ABOVE_BOTTOM, TIMELINE_EDGE = 74, 20  # the middle of the timeline from the window's bottom; its ends from the sides


@check("plenary")
def scrub_shows_slides(bench: Bench) -> None:
    """The playhead dragged along the timeline, in play: the slide follows while the button is down, the playback goes on when
    it is let go, and stays paused where it was paused.

    Every frame filmed is one whole and sharp slide. With what this machine takes to show a slide gone to from afar: at least
    half as many slides are seen as it could show one after the other, or as are told where these are fewer, and 95 of 100
    frames that show another slide than the told one show one that was told within 100 ms and twice that. Where the pointer rests with
    the button down, position and slide are those of its place and stand still. Released, the position moves on from there
    within half a second.
    """
    talk = coded.talk(bench.fixtures.root, "FHD", 640, 2.0, MEDIUM)
    failures: list[str] = []
    with scene(bench, talk, MEDIUM, (1450, 935)) as on:
        for name, playing, pixels, step_ms in (("slowly, in play", True, 1, 16), ("fast, in play", True, 8, 16), ("paused", False, 4, 16)):
            _tried(bench, failures, name, _drag, on, playing, pixels, step_ms)
    expect(not failures, "; ".join(failures))


def _drag(bench: Bench, name: str, on: Scene, playing: bool, pixels: int, step_ms: int) -> None:
    player, desk = on.player, on.desk
    left, top, width, height = on.window.place()
    y = top + height - TIMELINE_ABOVE_BOTTOM
    first, last = left + TIMELINE_EDGE, left + width - TIMELINE_EDGE
    duration = player.get("duration")
    secs_at = lambda x: duration * (x - first) / (last - first)
    player.set("pause", True)
    afar_ms = _afar_ms(on)
    player.seek(600.0)
    player.set("pause", not playing)
    time.sleep(0.5)
    begin = first + 100
    steps = 120 if bench.quick else 160
    with on.camera() as camera:
        desk.run("xdotool", "mousemove", str(begin), str(y), "sleep", "0.1", "mousedown", "1")
        try:
            pressed = time.monotonic()
            x, rests = begin, []
            for _ in range(3):
                chain: list[str] = []
                for _ in range(steps // 3):
                    x = min(x + pixels, last - 5)
                    chain += ["mousemove", str(x), str(y), "sleep", str(step_ms / 1000)]
                desk.run("xdotool", *chain)
                time.sleep(0.4)
                rests.append((x, time.monotonic(), player.get("time-pos")))
                time.sleep(0.2)
        finally:
            desk.run("xdotool", "mouseup", "1")
        released = time.monotonic()
        time.sleep(1.0)
        later, paused = player.get("time-pos"), player.get("pause")
    desk.run("xdotool", "mousemove", str(left + 100), str(top + 200))
    player.set("pause", True)
    seen = on.read(camera)
    dragged = {k for k, frame in enumerate(seen.frames) if pressed <= frame.asked <= released}
    different = len({seen.shown[k] for k in dragged} - {None})
    late = seen.late_ms()
    resumed = next((frame.asked - released for frame in seen.frames if frame.asked > released and frame.told > rests[-1][2] + 0.02), None)
    told_slides = len({slide for k, slide in enumerate(seen.told()) if k in dragged})
    bench.say(f"{name}: {seen.rate()}; {len(seen.faults)} faulty; {different} different slides seen, {told_slides} told; "
              f"{np.count_nonzero(late)} frames of a slide no longer told, by {_spread(late[late > 0])}; "
              f"pointer and position differ by {[round(told - secs_at(x), 2) for x, _, told in rests]} s; "
              f"after letting go the position moved {'not' if resumed is None else f'after {1000 * resumed:.0f} ms'}")
    seen.expect_filmed()
    seen.expect_whole()
    _expect_prompt(seen, 100 + 2 * afar_ms)
    pixel_secs = duration / (last - first)
    for x, at, told in rests:
        expect(abs(told - secs_at(x)) <= 1.5 * pixel_secs, f"at the pointer is {secs_at(x):.2f} s, told is {told:.2f}")
        still = [k for k, frame in enumerate(seen.frames) if at - 0.1 < frame.asked < at + 0.15]
        expect(len({seen.frames[k].told for k in still}) == 1, "the position moves while the pointer rests with the button down")
        wrong = {seen.shown[k] for k in still} - {seen.told()[k] for k in still}
        expect(not wrong, f"at rest on {told:.2f} s slides {[s if s is None else s + 1 for s in wrong]} are shown")
    _expect_many(bench, name, different, told_slides, released - pressed, afar_ms)
    expect(paused is not playing, f"{'paused' if paused else 'playing'} after the drag, {'playing' if playing else 'paused'} before")
    if playing:
        expect(resumed is not None and resumed < 0.5, "the playback did not go on when the playhead was let go")
    else:
        expect(later == rests[-1][2], f"the position moved from {rests[-1][2]} to {later} although it is paused")


# Memory

@check("plenary")
def slide_memory(bench: Bench) -> None:
    """All 640 slides of 1920x1080 visited, with slide caches of 64 and of 256 MiB: the difference in memory is that of the
    settings, give or take a quarter of the larger, and once a cache is full the memory grows no more, but for
    the six pictures of 8 MiB that may be under way at any time."""
    talk = coded.talk(bench.fixtures.root, "FHD", 640, 2.0, MEDIUM)
    settled = {}
    stops = [80, 160, 240, 320] if bench.quick else [80, 240, 440, 640]  # 80 are more than either cache holds
    for mib in (64, 256):
        with scene(bench, talk, MEDIUM, (1970, 1330), one_to_one=True, cache_mib=mib) as on:
            resident = [on.player.memory_mib()]
            for begin, end in zip([1, *stops], stops):
                _visit(on, range(begin, end))
                time.sleep(1.0)  # what was under way is there
                resident.append(on.player.memory_mib())
            peak = on.player.memory_mib(peak=True)
        settled[mib] = resident[-1]
        after = ", ".join(f"{here:.0f} after {stop}" for here, stop in zip(resident[1:], stops))
        bench.say(f"{mib} MiB of slides: {resident[0]:.0f} MiB resident on the first slide, {after}, at most {peak:.0f}")
        expect(resident[-1] - resident[1] < 48, f"with a cache of {mib} MiB memory grows from {resident[1]:.0f} to {resident[-1]:.0f} MiB")
    difference = settled[256] - settled[64]
    bench.say(f"192 MiB more of cache took {difference:.0f} MiB more of memory")
    expect(128 <= difference <= 256, f"192 MiB more of cache took {difference:.0f} MiB more of memory")


def _visit(on: Scene, slides: range) -> None:
    """Goes from slide to slide by the key, each as soon as the one before is seen."""
    strip = on.strips[0]
    for slide in slides:
        on.player.command("keypress", ".")
        shows = lambda: strip.numbers(on.desk.grab(*strip.place))[0] == slide + 1
        rig.wait_until(shows, 5, f"slide {slide + 1} on the screen", 0.005)
