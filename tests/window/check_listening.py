"""Listening faster: sound and slide stay together whatever is done to the speed, the pauses and the device, and no change of
speed is heard as a click or a hole."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import fixtures
import rig
from bench import Bench, check, expect
from check_devices import Sockets
from eye import Eye

TOGETHER_MS = 50.0
BLOCK_SECS = 0.005
# Tone and quiet of the talk with pauses, in seconds; its slides come so long after a tone has begun.
TONE, QUIET, AFTER = 1.5, 1.0, 0.35


@check("plenary")
def slide_with_sound(bench: Bench) -> None:
    """A slide is on the screen when its moment is heard, within 50 ms: at every speed, after a hundred changes of it, and after
    the device was pulled out and is back."""
    clock_talk = bench.fixtures.clock_talk(fixtures.CODECS[0])
    with rig.Desk(1280, 800) as desk, bench.player(desk, clock_talk.talk, window=True) as player:
        player.wait_playing()
        eye = _eye(desk, player)
        for speed in (0.5, 1.0, 1.5, 2.0, 3.0):
            with rig.Recorder(desk) as recorder:
                player.set("speed", speed)
                _expect_together(bench, f"at {speed}x", player, recorder, eye, clock_talk, speed)
        with rig.Recorder(desk) as recorder:
            player.seek(5.0)
            _change_speeds(player, 100, 10.0)
            player.set("speed", 1.0)
            _expect_together(bench, "after 100 changes of speed", player, recorder, eye, clock_talk, 1.0, near=True)
        sockets = Sockets(desk)
        for turn in range(1 if bench.quick else 5):
            sockets.plug("headset", default=True)
            time.sleep(1.0)
            player.set("pause", False)
            player.wait_playing()
            sockets.pull("headset")
            player.wait_for("pause", lambda paused: paused, secs=5)
            sockets.plug("headset", default=True)
            player.wait_for("pause", lambda paused: not paused, secs=10)
            with rig.Recorder(desk, "headset") as recorder:
                _expect_together(bench, f"device lost and back, {turn + 1}", player, recorder, eye, clock_talk, 1.0)
            sockets.pull("headset")
            player.wait_for("pause", lambda paused: paused, secs=5)


@check("plenary")
def slide_with_sound_trimmed(bench: Bench) -> None:
    """The same after a hundred pauses were made shorter, at three times the speed and then at normal speed; and the time that it
    takes is the time that was told."""
    pauses = 40 if bench.quick else 110
    clock_talk = _with_pauses(bench, pauses)
    with rig.Desk(1280, 800) as desk, bench.player(desk, clock_talk.talk, window=True) as player, rig.Recorder(desk) as recorder:
        player.wait_playing()
        eye = _eye(desk, player)
        player.set("speed", 3.0)
        player.command("plenary-run", "trim on")
        plain = (player.get("duration") - player.get("time-pos")) / 3.0
        told = player.wait_for("playtime-remaining", lambda left: left < 0.93 * plain, secs=60)
        player.seek(0.0)
        player.wait_playing()
        begun, first = time.monotonic(), player.get("time-pos")
        told = player.get("playtime-remaining")
        player.wait_for("time-pos", lambda at: at > (pauses - 9) * (TONE + QUIET), secs=1.5 * told)
        last, took = player.get("time-pos"), time.monotonic() - begun
        told -= player.get("playtime-remaining")
        bench.say(f"{last - first:.1f} s of talk with {(last - first) / (TONE + QUIET):.0f} pauses at 3x in {took:.2f} s, told {told:.2f} s")
        expect(abs(took - told) < 0.5, f"it took {took:.2f} s and not {told:.2f} s")
        player.set("speed", 1.0)
        _expect_together(bench, "after the pauses", player, recorder, eye, clock_talk, 1.0, near=True)


@check("plenary")
def rate_changes(bench: Bench) -> None:
    """A hundred changes of speed in ten seconds, between 0.5 and 4 times: no jump from sample to sample that the sound does not
    have at steady speeds, around the changes no more of its greatest ones, and no silence of more than a block."""
    clock_talk = bench.fixtures.clock_talk(fixtures.CODECS[0])
    with rig.Desk() as desk, bench.player(desk, clock_talk.talk) as player, rig.Recorder(desk) as recorder:
        player.wait_playing()
        steady = []
        for speed in (1.0, 1.7, 2.5, 4.0):
            player.set("speed", speed)
            player.seek(5.0)
            player.wait_playing()
            time.sleep(1.0)
            begun = time.monotonic()
            time.sleep(3.0)
            recorder.wait_for(begun + 3.2)
            start = recorder.index_at(begun)
            steady.append(recorder.sound(start, start + 3 * rig.RATE))
        player.seek(5.0)
        player.wait_playing()
        time.sleep(0.5)
        begun = time.monotonic()
        _change_speeds(player, 100, 10.0)
        ended = time.monotonic()
        recorder.wait_for(ended + 0.2)
        start, end = recorder.index_at(begun), recorder.index_at(ended)
        sound, broken = recorder.sound(start, end), recorder.breaks(start, end)
    expect(not broken, f"the recorder lost sound at {broken}")
    usual = np.abs(np.diff(np.concatenate([part.astype(float) for part in steady])))
    jumps = np.abs(np.diff(sound.astype(float)))
    high = np.percentile(usual, 99.99)
    share, hole = (jumps > high).mean(), _longest_hole(sound) / rig.RATE
    usual_hole = max(_longest_hole(part) for part in steady) / rig.RATE
    bench.say(f"greatest jump {jumps.max():.4f}, at steady speeds {usual.max():.4f} (99.99th percentile {high:.4f}, above it {100 * share:.4f} %); "
              f"longest silence {1000 * hole:.2f} ms, at steady speeds {1000 * usual_hole:.2f} ms")
    expect(jumps.max() <= 1.05 * usual.max(), f"a jump of {jumps.max():.4f}")
    expect(share < 0.0003, f"{100 * share:.4f} % of all jumps are above the 99.99th percentile")
    expect(hole < usual_hole + BLOCK_SECS, f"a silence of {1000 * hole:.1f} ms")


def _change_speeds(player: rig.Player, times: int, secs: float) -> None:
    dice = random.Random(4)
    due = time.monotonic()
    for _ in range(times):
        player.set("speed", dice.randrange(10, 81) / 20)
        due += secs / times
        time.sleep(max(0.0, due - time.monotonic()))


def _longest_hole(sound: np.ndarray) -> int:
    """Frames without a sound, at most, in a row."""
    loud = np.flatnonzero(np.abs(sound) > 1e-4)
    return int(np.diff(loud).max() - 1) if len(loud) > 1 else len(sound)


def _eye(desk: rig.Desk, player: rig.Player) -> Callable[[Path, Path], Callable[[], bool]]:
    """Watches the place of the slide in the window."""
    window = desk.window_of(player.pid)
    rect = player.wait_for("plenary/slide-rect", lambda rect: rect and rect["w"] > 0)
    left, top, _, _ = window.place()
    return Eye(desk, (left + int(rect["x"]), top + int(rect["y"]), int(rect["w"]), int(rect["h"]))).watch_for


def _expect_together(bench: Bench, name: str, player: rig.Player, recorder: rig.Recorder, watch: Callable, clock_talk: fixtures.ClockTalk,
                     speed: float, near: bool = False) -> None:
    """The next change of slides, as it is seen and as it is heard. With `near` from where the talk is, else from a place of its own."""
    slides = clock_talk.talk.slides
    if not near:
        player.seek(slides[3].secs - 1.5 * speed)
        player.wait_playing()
    ahead = player.get("time-pos") + 0.3 * speed
    k = next(k for k, slide in enumerate(slides) if slide.secs > ahead)
    seen = watch(slides[k].image, slides[k - 1].image)
    limit = time.monotonic() + 20 + (slides[k].secs - ahead) / speed
    while not seen():
        expect(time.monotonic() < limit, f"{name}: the slide never came")
        time.sleep(0.001)
    at, secs = time.monotonic(), 0.8 if speed == 1.0 else 2.2
    recorder.wait_for(at + secs + 0.2)
    start = recorder.index_at(at)
    sound = recorder.sound(start, start + int(secs * rig.RATE))
    reader = clock_talk.reader
    if speed == 1.0:
        place = reader.locate(sound, rig.RATE, slides[k].secs)
    else:
        place = reader.locate_stretched(sound, rig.RATE, speed, slides[k].secs)
    expect(place is not None, f"{name}: no clock is heard")
    late_ms = 1000 * (place.secs - slides[k].secs) / speed
    bench.say(f"{name}: the slide is seen {late_ms:+.0f} ms after its moment is heard")
    expect(abs(late_ms) < TOGETHER_MS, f"{name}: slide and sound are {late_ms:+.0f} ms apart")


def _with_pauses(bench: Bench, pauses: int) -> fixtures.ClockTalk:
    """A clock that falls silent for a second after every second and a half."""
    secs = round(pauses * (TONE + QUIET))
    ident = 48_900_000 + pauses
    folder = bench.fixtures.root / f"{ident}-clock-with-pauses"
    if not folder.exists():
        folder.mkdir(parents=True)
        sound = fixtures.clock.clock_sound(secs, 44_100, bench.fixtures.code)
        into = np.arange(len(sound)) / 44_100 % (TONE + QUIET)
        gate = np.clip(np.minimum(into, TONE - into) / 0.01, 0.0, 1.0)
        room = 2e-4 * np.random.default_rng(3).standard_normal(len(sound))
        fixtures.write_wav(folder / f"Clock with pauses-{ident + 500_000_000}.wav", [sound * gate + room], 44_100)
        fixtures.write_slides(folder, ident, count=secs // 10, every_secs=10, picture="png", size=(1024, 576), after=AFTER)
    return fixtures.ClockTalk("pauses", fixtures.read_folder(folder), float(secs), bench.fixtures.reader)
