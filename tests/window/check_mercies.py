"""Small mercies while listening, as hands and ears have them: fast while a key is held, a loop, rewinding after a pause, sleep."""

from __future__ import annotations

import time

import numpy as np

import fixtures
import rig
from bench import Bench, check, expect


@check("plenary")
def hold_for_fast(bench: Bench) -> None:
    """While ; is held the talk is heard at the fast speed, and when it is let go exactly at the one before: also when the key
    repeats, when Shift or another key is pressed meanwhile, and when the window loses the keys."""
    clock_talk = bench.fixtures.clock_talk(fixtures.CODECS[0])
    with rig.Desk(1280, 800, repeat_hz=30) as desk, bench.player(desk, clock_talk.talk, window=True) as player:
        player.wait_playing()
        window = desk.window_of(player.pid)
        window.focus()
        player.set("speed", 1.15)
        with rig.Recorder(desk) as recorder:
            desk.run("xdotool", "keydown", "semicolon")
            player.wait_for("speed", lambda speed: speed == 1.5)
            time.sleep(1.5)  # some forty repeats
            begun = time.monotonic()
            time.sleep(2.0)
            first = recorder.index_at(begun)
            place = clock_talk.reader.locate_stretched(recorder.sound(first, first + 2 * rig.RATE), rig.RATE, 1.5, player.get("time-pos") - 3.0)
            expect(player.get("speed") == 1.5, "a repeat of the key ended it")
            desk.run("xdotool", "keyup", "semicolon")
            player.wait_for("speed", lambda speed: speed == 1.15)
        expect(place is not None, "held, no clock at 1.5x is heard")
        bench.say("held for 3.5 s: 1.5x is told and heard; let go: 1.15x")
        for what, before, after in (
            ("Shift meanwhile", ("keydown", "shift"), ("keyup", "semicolon", "keyup", "shift")),
            ("another key meanwhile", ("key", "m"), ("keyup", "semicolon")),
        ):
            desk.run("xdotool", "keydown", "semicolon")
            player.wait_for("speed", lambda speed: speed == 1.5)
            desk.run("xdotool", *before)
            time.sleep(0.3)
            desk.run("xdotool", *after)
            player.wait_for("speed", lambda speed: speed == 1.15)
            bench.say(f"{what}: 1.15x again")
        desk.run("xdotool", "keydown", "semicolon")
        player.wait_for("speed", lambda speed: speed == 1.5)
        with bench.player(desk, clock_talk.talk, "--pause", window=True) as other:
            desk.window_of(other.pid).focus()
            player.wait_for("speed", lambda speed: speed == 1.15)
        desk.run("xdotool", "keyup", "semicolon")
        bench.say("another window took the keys: 1.15x again")
        window.focus()
        desk.run("xdotool", "keydown", "semicolon")
        player.wait_for("speed", lambda speed: speed == 1.5)
        desk.run("xdotool", "windowminimize", "--sync", window.id)
        player.wait_for("speed", lambda speed: speed == 1.15)
        desk.run("xdotool", "keyup", "semicolon")
        bench.say("the window was hidden: 1.15x again")


@check("plenary")
def loop_heard(bench: Bench) -> None:
    """Two presses of R make a loop that is heard as such, turn after turn; mpv's properties tell it and take it away."""
    clock_talk = bench.fixtures.clock_talk(fixtures.CODECS[0])
    with rig.Desk(1280, 800) as desk, bench.player(desk, clock_talk.talk, window=True) as player:
        player.wait_playing()
        desk.window_of(player.pid).focus()
        player.seek(20.0)
        time.sleep(0.3)
        desk.run("xdotool", "key", "r")
        a = player.wait_for("ab-loop-a", lambda mark: mark != "no")
        time.sleep(2.0)
        desk.run("xdotool", "key", "r")
        b = player.wait_for("ab-loop-b", lambda mark: mark != "no")
        with rig.Recorder(desk) as recorder:
            begun = time.monotonic()
            time.sleep(4 * (b - a))
            _, sound = recorder.since(begun)
        step, window = rig.RATE // 4, rig.RATE // 2
        heard = []
        for at in range(0, len(sound) - window, step):
            place = clock_talk.reader.locate(sound[at: at + window], rig.RATE, (a + b) / 2)
            if place is not None:
                heard.append(place.secs)
        heard = np.array(heard)
        turns = int(np.sum(np.diff(heard) < -0.5 * (b - a)))
        bench.say(f"loop from {a:.2f} to {b:.2f}: {len(heard)} windows begin from {heard.min():.2f} to {heard.max():.2f}, {turns} turns")
        expect(turns >= 3, f"only {turns} turns were heard")
        # A window over a turn may be told by what follows it, as if it had begun up to its own length before.
        expect(heard.min() > a - 0.5 and heard.max() < b + 0.05, "something outside of the loop was heard")
        player.set("ab-loop-a", "no")
        expect(player.get("ab-loop-b") == "no", "the loop is still there")
        at = player.get("time-pos")
        time.sleep(b - a + 1.0)
        expect(player.get("time-pos") > at + b - a, "it turned once more")


@check("plenary")
def rewound_after_a_pause(bench: Bench) -> None:
    """After some seconds of pause the sound goes on eight tenths of a second earlier, after a moment where it was."""
    clock_talk = bench.fixtures.clock_talk(fixtures.CODECS[0])
    with rig.Desk(1280, 800) as desk, bench.player(desk, clock_talk.talk, window=True) as player, rig.Recorder(desk) as recorder:
        player.wait_playing()
        desk.window_of(player.pid).focus()
        for pause, back in ((1.0, 0.0), (4.0, 0.8)):
            player.seek(30.0)
            time.sleep(1.5)
            desk.run("xdotool", "key", "space")
            player.wait_for("pause", lambda paused: paused)
            time.sleep(0.2)
            place = player.get("time-pos")
            time.sleep(pause - 0.2)
            begun = time.monotonic()
            desk.run("xdotool", "key", "space")
            player.wait_for("pause", lambda paused: not paused)
            time.sleep(1.5)
            _, sound = recorder.since(begun)
            loud = np.nonzero(np.abs(sound) > 2 * rig.PILOT)[0]
            expect(len(loud) > 0, "nothing is heard after the pause")
            first = int(loud[0])
            found = clock_talk.reader.locate(sound[first: first + rig.RATE // 2], rig.RATE, place - back)
            expect(found is not None, "no clock is heard after the pause")
            bench.say(f"paused for {pause:.0f} s at {place:.2f}: goes on at {found.secs:.2f}")
            expect(abs(found.secs - (place - back)) < 0.15, f"goes on at {found.secs:.2f}, not {back} s before {place:.2f}")


@check("plenary")
def sleep_fades(bench: Bench) -> None:
    """The sleep timer makes the sound softer and softer, pauses, and keeps the place."""
    clock_talk = bench.fixtures.clock_talk(fixtures.CODECS[0])
    with rig.Desk(1280, 800) as desk, bench.player(desk, clock_talk.talk, window=True) as player, rig.Recorder(desk) as recorder:
        player.wait_playing()
        player.seek(10.0)
        time.sleep(0.5)
        begun = time.monotonic()
        player.command("plenary-run", "sleep 12s")
        player.wait_for("pause", lambda paused: paused, 20)
        took = time.monotonic() - begun
        time.sleep(0.5)
        _, sound = recorder.since(begun)
        levels = [float(np.sqrt(np.mean((sound[at: at + rig.RATE]) ** 2))) for at in range(0, int(took) * rig.RATE - rig.RATE, rig.RATE)]
        bench.say(f"paused after {took:.1f} s at {player.get('time-pos'):.1f}; level by the second: {' '.join(f'{level:.3f}' for level in levels)}")
        expect(11.5 < took < 13.5, f"it paused after {took:.1f} s")
        expect(levels[-1] < 0.3 * levels[0] and levels[6] < levels[1], "the sound does not fade")
        expect(20.0 < player.get("time-pos") < 24.0, "the place is not kept")
