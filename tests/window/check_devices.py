"""Sound devices that are chosen, changed, unplugged and put back, on a sound server whose devices are plugged by hand."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from collections.abc import Iterator

import numpy as np

import fixtures
import rig
from bench import Bench, check, expect
from check_outside import audible_rms
from check_sound import told_minus_heard_ms

# What is heard and what is told (and so the slide that is shown) stay together this closely.
TOGETHER_MS = 50.0
# Speech in a recording is louder than this, silence with the rig's own tones is not.
AUDIBLE = 0.003


class Sockets:
    """The devices beside the desk's own: plugged in and pulled out."""

    def __init__(self, desk: rig.Desk):
        self._desk = desk
        self._modules: dict[str, str] = {}
        # Otherwise recorders of what was the default are moved to what is.
        desk.run("pactl", "set-default-source", f"{desk.SINK}.monitor")

    def plug(self, name: str, default: bool = False) -> None:
        module = self._desk.run("pactl", "load-module", "module-null-sink", f"sink_name={name}", f"rate={rig.RATE}", "channels=2",
                                "format=float32le", f"sink_properties=device.description={name.capitalize()}")
        self._modules[name] = module.strip()
        if default:
            self.default(name)

    def pull(self, name: str) -> None:
        self._desk.run("pactl", "unload-module", self._modules.pop(name))

    def default(self, name: str) -> None:
        self._desk.run("pactl", "set-default-sink", name)


def loudest(sound: np.ndarray) -> float:
    """The level of the loudest fifth of a second; zero where there is none yet."""
    step = rig.RATE // 5
    return max((audible_rms(sound[at: at + step]) for at in range(0, len(sound) - step + 1, step // 2)), default=0.0)


@contextmanager
def recorders(desk: rig.Desk, *sinks: str) -> Iterator[list[rig.Recorder]]:
    """Several devices, recorded at the same time."""
    begun = []
    try:
        for sink in sinks:
            begun.append(rig.Recorder(desk, sink).__enter__())
        _pin(desk, sinks)
        yield begun
    finally:
        for recorder in begun:
            recorder.__exit__()


def _pin(desk: rig.Desk, sinks: tuple[str, ...], first: bool = False) -> None:
    """The newest recorders, or the first ones, stay with their devices: the server moves what nobody has put somewhere along with
    its default, and forgets that somebody has where the default comes by."""
    def outputs() -> list[int]:
        return sorted(int(line.split("\t")[0]) for line in desk.run("pactl", "list", "short", "source-outputs").splitlines())

    rig.wait_until(lambda: len(outputs()) >= len(sinks), 5, "the recorders")
    for output, sink in zip(outputs()[: len(sinks)] if first else outputs()[-len(sinks):], sinks):
        desk.run("pactl", "move-source-output", str(output), f"{sink}.monitor")


def times(bench: Bench) -> int:
    return 3 if bench.quick else 20


def run(player: rig.Player, commands: str) -> None:
    player.command("plenary-run", commands)


def back_to(player: rig.Player, secs: float) -> None:
    """To a place from which there is enough left to be heard."""
    player.seek(secs)
    player.wait_playing()
    time.sleep(0.7)


@check("plenary")
def device_choice(bench: Bench) -> None:
    """What is chosen, by command, by property and by keyboard in the finder, is what sounds; the other device is silent. The
    panel that shows the devices is opened by its key."""
    talk = bench.fixtures.clock_talk(fixtures.CODECS[0])
    with rig.Desk() as desk:
        sockets = Sockets(desk)
        sockets.plug("headset")
        sockets.default("speaker")
        with bench.player(desk, talk.talk, window=True) as player, recorders(desk, "speaker", "headset") as (speaker, headset):
            window = desk.window_of(player.pid)
            player.wait_playing()
            known = player.wait_for("audio-device-list", lambda all: len(all) >= 3)
            expect([device["description"] for device in known][0] == "System default", f"the devices are told as {known}")

            def by_finder(name: str) -> None:
                window.focus()
                desk.run("xdotool", "key", "ctrl+k")
                time.sleep(0.3)
                desk.run("xdotool", "type", "--delay", "20", f"sound to {name}")
                time.sleep(0.5)
                desk.run("xdotool", "key", "Return")

            for choose, name, sounds, silent in (
                (lambda: None, "the default", speaker, headset),
                (lambda: run(player, "device head"), "by a part of its name", headset, speaker),
                (lambda: player.set("audio-device", "auto"), "the default by property", speaker, headset),
                (lambda: by_finder("headset"), "in the finder", headset, speaker),
                (lambda: run(player, "device next"), "the next", speaker, headset),
            ):
                choose()
                time.sleep(1.5)
                starts = sounds.count(), silent.count()
                time.sleep(1.5)
                loud, quiet = audible_rms(sounds.sound(starts[0])), loudest(silent.sound(starts[1]))
                bench.say(f"{name}: {loud:.3f} from {'the headset' if sounds is headset else 'the speaker'}, {quiet:.4f} from the other; "
                          f"{player.get('audio-device')}")
                expect(loud > AUDIBLE, f"{name}: nothing is heard")
                expect(quiet < AUDIBLE, f"{name}: the other device sounds")
            window.focus()
            before = desk.grab()
            desk.run("xdotool", "key", "alt+m")
            time.sleep(0.7)
            changed = float((np.abs(desk.grab().astype(int) - before.astype(int)).max(2) > 20).mean())
            expect(changed > 0.02, f"Alt+M changed {100 * changed:.1f} % of the window: no panel was opened")


@check("plenary")
def device_default(bench: Bench) -> None:
    """The system's default changes while the talk plays: the sound goes there, and no place is lost."""
    talk = bench.fixtures.clock_talk(fixtures.CODECS[0])
    gaps, offs = [], []
    with rig.Desk() as desk:
        sockets = Sockets(desk)
        sockets.plug("headset")
        sockets.default("speaker")
        with bench.player(desk, talk.talk) as player, recorders(desk, "speaker", "headset") as (speaker, headset):
            player.wait_playing()
            for turn in range(times(bench)):
                back_to(player, 10.0)
                to, name = ((headset, "headset"), (speaker, "speaker"))[turn % 2]
                place, asked = player.timed("time-pos")
                sockets.default(name)
                start = to.count()
                rig.wait_until(lambda: loudest(to.sound(start)[-rig.RATE // 2:]) > AUDIBLE, 5, f"sound from the {name}")
                expect(not player.get("pause"), "it was paused")
                later, asked_later = player.timed("time-pos")
                gaps.append((asked_later - asked) - (later - place))
                offs.append(told_minus_heard_ms(bench, player, to, talk.reader, secs=1.5))
    bench.say(f"{len(gaps)} changes: the talk fell behind by {1000 * np.median(gaps):.0f} ms, at most {1000 * max(gaps):.0f} ms; "
              f"told is at most {np.abs(offs).max():.0f} ms from heard")
    expect(min(gaps) > -0.1, f"the talk skipped {-1000 * min(gaps):.0f} ms")
    expect(max(gaps) < 1.5, f"a change took {max(gaps):.1f} s")
    expect(np.abs(offs).max() < TOGETHER_MS, f"told and heard differ by {np.abs(offs).max():.0f} ms")


@check("plenary")
def device_unplug(bench: Bench) -> None:
    """The device is unplugged while the talk plays, the system's default or chosen: the talk holds its place, and nothing comes
    out of the loudspeakers; when the device is back the talk goes on from there by itself."""
    talk = bench.fixtures.clock_talk(fixtures.CODECS[0])
    failures, kept, offs, waits = [], [], [], []
    with rig.Desk() as desk:
        sockets = Sockets(desk)
        sockets.plug("headset", default=True)
        with bench.player(desk, talk.talk) as player, recorders(desk, "speaker") as (speaker,):
            player.wait_playing()
            for turn in range(times(bench)):
                chosen = turn % 2 == 1
                run(player, "device headset" if chosen else "device default")
                time.sleep(0.5)
                if player.get("pause"):
                    player.set("pause", False)
                _pin(desk, ("speaker",), first=True)
                back_to(player, 10.0)
                start = speaker.count()
                before, asked = player.timed("time-pos")
                sockets.pull("headset")
                pulled = time.monotonic()
                player.wait_for("pause", lambda paused: paused, secs=5)
                noticed = time.monotonic() - pulled
                time.sleep(1.0)
                place = player.get("time-pos")
                level = loudest(speaker.sound(start))
                if level >= AUDIBLE:
                    failures.append(f"turn {turn + 1}: {level:.3f} came out of the loudspeakers")
                kept.append(place - before - (pulled - asked))
                sockets.plug("headset", default=not chosen)
                plugged = time.monotonic()
                player.wait_for("pause", lambda paused: not paused, secs=10)
                with recorders(desk, "headset") as (headset,):
                    player.wait_for("time-pos", lambda t: t > place + 0.1, secs=10)
                    waits.append(time.monotonic() - plugged)
                    offs.append(told_minus_heard_ms(bench, player, headset, talk.reader, secs=1.5))
            # Whoever pauses by hand meanwhile is not played to.
            sockets.pull("headset")
            player.wait_for("pause", lambda paused: paused, secs=5)
            run(player, "pause")
            sockets.plug("headset", default=True)
            time.sleep(4.0)
            expect(player.get("pause"), "it went on although the viewer had paused it")
    bench.say(f"{len(kept)} times: noticed in {noticed:.2f} s, place off by {1000 * np.median(kept):+.0f} ms ({1000 * min(kept):+.0f} to "
              f"{1000 * max(kept):+.0f}); goes on {np.median(waits):.1f} s after the return, told at most {np.abs(offs).max():.0f} ms from heard")
    expect(not failures, "; ".join(failures))
    expect(max(np.abs(kept)) < 0.5, f"a place was lost by {1000 * max(np.abs(kept)):.0f} ms")
    expect(np.abs(offs).max() < TOGETHER_MS, f"told and heard differ by {np.abs(offs).max():.0f} ms")


@check("plenary")
def device_server_killed(bench: Bench) -> None:
    """The sound server is killed and started anew, again and again: the talk holds its place and goes on when the server is back."""
    talk = bench.fixtures.clock_talk(fixtures.CODECS[0])
    kept, offs, waits = [], [], []
    with rig.Desk() as desk, bench.player(desk, talk.talk, window=True) as player:
        player.wait_playing()
        for _ in range(times(bench)):
            back_to(player, 10.0)
            before, asked = player.timed("time-pos")
            desk.stop_sound(kill=True)
            killed = time.monotonic()
            player.wait_for("pause", lambda paused: paused, secs=10)
            time.sleep(0.5)
            place = player.get("time-pos")
            kept.append(place - before - (killed - asked))
            desk.start_sound(awake=False)
            back = time.monotonic()
            player.wait_for("pause", lambda paused: not paused, secs=15)
            player.wait_for("time-pos", lambda t: t > place + 0.1, secs=15)
            waits.append(time.monotonic() - back)
            with rig.Recorder(desk) as recorder:
                offs.append(told_minus_heard_ms(bench, player, recorder, talk.reader, secs=1.5))
            expect(player.get("time-pos") < place + 12, "playback went on elsewhere")
    bench.say(f"{len(kept)} times: place off by {1000 * np.median(kept):+.0f} ms ({1000 * min(kept):+.0f} to {1000 * max(kept):+.0f}); goes on "
              f"{np.median(waits):.1f} s after the server is back, told at most {np.abs(offs).max():.0f} ms from heard")
    expect(max(np.abs(kept)) < 0.5, f"a place was lost by {1000 * max(np.abs(kept)):.0f} ms")
    expect(np.abs(offs).max() < TOGETHER_MS, f"told and heard differ by {np.abs(offs).max():.0f} ms")


@check("plenary")
def device_sleep(bench: Bench) -> None:
    """The sound server stops, as if it slept, and goes on; then the player does: the place is kept, nothing hangs, and sound and
    told time are together again."""
    talk = bench.fixtures.clock_talk(fixtures.CODECS[0])
    with rig.Desk() as desk, bench.player(desk, talk.talk) as player:
        player.wait_playing()
        for _ in range(1 if bench.quick else 5):
            for who, process in (("server", desk.server()), ("player", player.process)):
                back_to(player, 10.0)
                before = player.get("time-pos")
                os.kill(process.pid, signal.SIGSTOP)
                try:
                    time.sleep(6.0)
                    held = player.get("time-pos") if who == "server" else None
                finally:
                    os.kill(process.pid, signal.SIGCONT)
                player.wait_for("pause", lambda paused: not paused, secs=15)
                awake = player.get("time-pos")
                player.wait_for("time-pos", lambda t: t > awake + 0.3, secs=15)
                with rig.Recorder(desk) as recorder:
                    time.sleep(1.0)
                    off_ms = told_minus_heard_ms(bench, player, recorder, talk.reader, secs=1.5)
                bench.say(f"the {who} stopped at {before:.2f}; " + (f"6 s later told {held:.2f}; " if held is not None else "")
                          + f"went on from {awake:.2f}, told {off_ms:+.0f} ms from heard")
                expect(before - 0.2 < awake < before + 2.0, f"the {who} stopped at {before:.2f}, it went on from {awake:.2f}")
                expect(abs(off_ms) < TOGETHER_MS, f"told and heard differ by {off_ms:.0f} ms")


@check("plenary")
def device_latency(bench: Bench) -> None:
    """The latency that the viewer gives a device moves the told time against the heard sound by as much, and with it the slide."""
    talk = bench.fixtures.clock_talk(fixtures.CODECS[0])
    with rig.Desk() as desk, bench.player(desk, talk.talk) as player, rig.Recorder(desk) as recorder:
        back_to(player, 5.0)
        plain = told_minus_heard_ms(bench, player, recorder, talk.reader, secs=2.0)
        # Nothing is heard before it has been handed over: less than nothing goes no further than the device's own delay.
        for lag in (200, -20):
            run(player, f"latency reset; latency {lag / 1000:+.3f}s")
            back_to(player, 5.0)
            moved = told_minus_heard_ms(bench, player, recorder, talk.reader, secs=2.0) - plain
            bench.say(f"latency {lag:+} ms: told is {moved:+.1f} ms from where it was against heard")
            expect(abs(moved + lag) < 10, f"a latency of {lag} ms moved the told time by {moved:.1f} ms")
        # The slide follows the told time.
        run(player, "latency reset; latency +0.5s")
        boundary = talk.talk.slides[2].secs
        player.seek(boundary - 1.0)
        first = player.get("plenary/slide")
        told = []
        end = time.monotonic() + 4
        while player.get("plenary/slide") == first and time.monotonic() < end:
            told.append(player.get("time-pos"))
            time.sleep(0.005)
        bench.say(f"with 500 ms the slide of {boundary:.2f} s came when {told[-1]:.2f} s were told")
        expect(abs(told[-1] - boundary) < 0.05, f"the slide came at {told[-1]:.2f}, it begins at {boundary:.2f}")
