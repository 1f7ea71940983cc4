"""What is heard: without a gap, at the place asked for, and at the time that the player tells."""

from __future__ import annotations

import random
import subprocess
import time
from dataclasses import dataclass

import numpy as np

import fixtures
import rig
from bench import Bench, check, expect
from clock import Reader

# The whole way from file to recording moves sound by less than this if nothing goes wrong.
EXACT_MS = 1.0
# Time told against time heard, after a seek relative to before any: how well two such comparisons agree.
SAME_MS = 5.0
# Told against heard, at any speed.
TRUTH_MS = 20.0
# A decoder that leaves the encoder's delay in plays everything this much late at most (HE-AAC without an edit list: 115 ms).
SHIFT_MS = 120.0


@check("plenary", "mpv")
def reader_reads(bench: Bench) -> None:
    """The measuring itself: seeks of a player that makes no mistake, put together from each file's decoded sound, must read
    as such, with and without a fade-in, after silence and after other sound."""
    rig.need("ffmpeg")
    failures = []
    for clock_talk in bench.clock_talks():
        decoded = subprocess.run(["ffmpeg", "-v", "error", "-i", clock_talk.talk.sound, "-f", "f32le", "-ac", "1", "-ar", str(rig.RATE), "pipe:1"],
                                 capture_output=True, check=True).stdout
        whole = np.frombuffer(decoded, "<f4")
        dice = random.Random(7)
        errors_ms, after_silence = [], []
        for k in range(20):
            target, old = _target(dice, clock_talk), _target(dice, clock_talk)
            fade, silent = ((0, 0), (0, 480), (144, 480))[k % 3]
            new = whole[int(target * rig.RATE):][: rig.RATE // 2].copy()
            new[:fade] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(fade) / max(fade, 1))
            before = np.concatenate([whole[int(old * rig.RATE):][:2000], np.zeros(silent, "f4")])
            onset = clock_talk.reader.onset(np.concatenate([before, new]), rig.RATE, near=target + 0.25)
            if onset is None:
                failures.append(f"{clock_talk.talk.name}: nothing read at {target}")
            elif not _unseen(clock_talk.reader, onset.secs):
                errors_ms.append(1000 * (onset.secs - int(target * rig.RATE) / rig.RATE))
                after_silence.append(silent > 0)
        shift = float(np.median(errors_ms))
        off, quiet = np.abs(np.array(errors_ms) - shift), np.array(after_silence)
        bench.say(f"{clock_talk.codec:30} {len(off)} made-up seeks: read {off[quiet].max():.2f} ms off at most (median {np.median(off):.2f}), "
                  f"straight after other sound {off[~quiet].max():.2f}; decoder's shift {shift:+.2f} ms")
        # Two sounds may resemble each other for a moment: without silence between them the edge is less certain.
        if off[quiet].max() > EXACT_MS / 2 or off[~quiet].max() > 2.5:
            failures.append(f"{clock_talk.talk.name}: {np.round(off, 2)}")
    expect(not failures, "; ".join(failures))


@check("plenary", "mpv")
def sound_gapless(bench: Bench) -> None:
    """A clock at normal speed: every window of the recording lies on one line, and every 20 ms agree with the computed wave."""
    secs = 20 if bench.quick else 60
    clock_talk = bench.fixtures.clock_talk(fixtures.CODECS[0])
    trouble = ""
    with rig.Desk() as desk, bench.player(desk, clock_talk.talk) as player, rig.Recorder(desk) as recorder:
        player.wait_playing()
        # A busy machine can starve any player of its turn, and the recorder too: what is wrong once in three is not the code.
        for _ in range(3):
            player.seek(5.0)
            time.sleep(1.0)
            first = recorder.count()
            time.sleep(secs)
            broken = recorder.breaks(first, first + secs * rig.RATE)
            trouble = _gaps(bench, clock_talk.reader, recorder.sound(first, first + secs * rig.RATE))
            if not trouble:
                return
            bench.say(f"again, for {trouble}" + (f" (the recording itself is broken at {broken[:5]} s)" if broken else ""))
    expect(not trouble, trouble)


def _gaps(bench: Bench, reader: Reader, sound: np.ndarray) -> str:
    """What is wrong with a recording that should be continuous; nothing if it is."""
    window = rig.RATE // 2
    starts = np.arange(0, len(sound) - window + 1, window // 2)
    places = []
    for start in starts:
        place = reader.locate(sound[start: start + window], rig.RATE, places[-1] if places else None)
        if place is None:
            return f"no clock to be heard {start / rig.RATE:.2f} s into the recording"
        places.append(place.secs)
    line = np.array(places) - starts / rig.RATE
    off_ms = 1000 * (line - line[0])
    whole = reader.locate(sound[:window], rig.RATE)
    agreement = reader.agreement(sound, rig.RATE, whole)
    bench.say(f"{len(sound) / rig.RATE:.0f} s, {len(starts)} windows: furthest from the line {np.abs(off_ms).max():.3f} ms, at the end "
              f"{off_ms[-1]:+.3f} ms; worst 20 ms agree {agreement.min():.2f}, median {np.median(agreement):.2f}")
    if np.abs(off_ms).max() >= EXACT_MS:
        return f"sound was skipped or repeated: {np.abs(off_ms).max():.2f} ms off the line"
    if agreement.min() <= 0.7:
        return f"a hole or a click: 20 ms agree only {agreement.min():.2f} with the file"
    return ""


@check("plenary", "mpv")
def sound_seeks(bench: Bench) -> None:
    """Random exact seeks in every codec: the first sound heard is the target's.

    A constant shift is the decoder's (it is there without a seek too); it is taken out by the median of the seeks, and that
    median must be what playback from the start shows: the told position lags the heard one equally in both.
    """
    failures = []
    for clock_talk in bench.clock_talks():
        with rig.Desk() as desk, bench.player(desk, clock_talk.talk) as player, rig.Recorder(desk) as recorder:
            try:
                _seek_in_one(bench, clock_talk, player, recorder)
            except (AssertionError, TimeoutError, rig.IpcError) as error:
                failures.append(f"{clock_talk.talk.name}: {error}")
                bench.say(f"not ok: {failures[-1]}")
    expect(not failures, "; ".join(failures))


def _seek_in_one(bench: Bench, clock_talk: fixtures.ClockTalk, player: rig.Player, recorder: rig.Recorder) -> None:
    reader = clock_talk.reader
    player.wait_playing()
    time.sleep(0.8)
    from_start_ms = _told_minus_heard_ms(bench, player, recorder, reader, secs=2.5)
    seeks: list[_Seek] = []
    repeated = 0
    dice = random.Random(2020)
    for _ in range(10 if bench.quick else 50):
        target = _target(dice, clock_talk)
        # On a busy machine sound can be lost on its way to the recorder, and after an early underrun there is no steady place
        # to follow back from. A seek that is wrong for good is wrong each time.
        for _ in range(3):
            seek = _one_seek(bench, player, recorder, reader, target)
            if seek and (not seeks or abs(seek.error_ms - np.median([s.error_ms for s in seeks])) < EXACT_MS):
                break
            repeated += 1
        expect(seek is not None, f"seek to {target}: the sound did not follow, or not steadily")
        if not seek.unseen:
            seeks.append(seek)
    errors_ms = np.array([s.error_ms for s in seeks])
    shift_ms = float(np.median(errors_ms))
    off_ms = np.abs(errors_ms - shift_ms)
    same_ms = float(np.median([s.told_ms for s in seeks])) - from_start_ms
    delays_ms = [s.delay_ms for s in seeks]
    bench.say(f"{clock_talk.codec:30} {len(seeks)} seeks ({repeated} repeated): off by at most {off_ms.max():.2f} ms "
              f"(median {np.median(off_ms):.2f}), constant shift {shift_ms:+.2f} ms, against playback from the start {same_ms:+.1f} ms; "
              f"heard after {np.median(delays_ms):.0f} ms (at most {max(delays_ms):.0f}), rise {np.median([s.rise_ms for s in seeks]):.1f} ms")
    expect(off_ms.max() < EXACT_MS, f"a seek landed {off_ms.max():.2f} ms off ({np.sum(off_ms >= EXACT_MS)} of {len(seeks)} do)")
    expect(abs(shift_ms) < SHIFT_MS, f"all seeks are {shift_ms:+.1f} ms off")
    expect(abs(same_ms) < SAME_MS, f"after a seek the sound is {same_ms:+.1f} ms from where playback from the start has it")


@dataclass(frozen=True)
class _Seek:
    error_ms: float  # place of the first sound heard, less the target
    delay_ms: float  # from the command to the first sound's arrival at the recorder
    rise_ms: float
    told_ms: float
    unseen: bool  # the onset fell where the code itself is silent


def _one_seek(bench: Bench, player: rig.Player, recorder: rig.Recorder, reader: Reader, target: float) -> _Seek | None:
    asked = time.monotonic()
    player.seek(target)
    time.sleep(0.25)
    try:
        told_ms = _told_minus_heard_ms(bench, player, recorder, reader, secs=0.35, near=target)
    except AssertionError:
        return None
    start, sound = recorder.since(asked - 0.02)
    onset = reader.onset(sound, rig.RATE, near=target + 0.6)
    if onset is None:
        return None
    delay = recorder.arrival_of(start + onset.index) - asked
    return _Seek(1000 * (onset.secs - target), 1000 * delay, onset.rise_ms, told_ms,
                 _unseen(reader, onset.secs))


def _target(dice: random.Random, clock_talk: fixtures.ClockTalk) -> float:
    """A moment to seek to. Some clocks speak the time over their tones at every tenth second."""
    return round(10 * dice.randrange(int(clock_talk.secs) // 10 - 1) + dice.uniform(3.0, 9.0), 3)


def _unseen(reader: Reader, secs: float) -> bool:
    """Whether an onset at this moment cannot be seen because the code is silent between two slots."""
    into = secs % reader.code.slot_secs
    return reader.code.silent_between and min(into, reader.code.slot_secs - into) < 0.012


def _told_minus_heard_ms(bench: Bench, player: rig.Player, recorder: rig.Recorder, reader: Reader, secs: float,
                         near: float | None = None) -> float:
    """The told position less the place heard by arrival at the recorder: a constant of the sound server if all is well."""
    begun = time.monotonic()
    told = []
    while time.monotonic() < begun + secs:
        told.append(player.timed(bench.position))
        time.sleep(0.02)
    ended = time.monotonic()
    recorder.wait_for(ended)
    start, sound = recorder.since(ended - min(0.3, secs))
    place = reader.locate(sound, rig.RATE, None if near is None else near + secs)
    expect(place is not None, "no clock to be heard")
    arrived = recorder.arrival_of(start)
    heard = place.secs - arrived  # heard at host time t: t + heard
    return float(np.median([1000 * (value - (at + heard)) for value, at in told]))


@check("plenary", "mpv")
def clock_truth(bench: Bench) -> None:
    """The told position is the place being heard, at every speed.

    When a sample was heard is known from the metronome: a client of the sound server that is told by it when its bursts will
    be heard. They are recorded along with the player's sound, so the recorder's own delay drops out.
    """
    secs = 3.0 if bench.quick else 6.0
    clock_talk = bench.fixtures.clock_talk(fixtures.CODECS[0])
    failures = []
    with rig.Desk() as desk, bench.player(desk, clock_talk.talk) as player, rig.Recorder(desk) as recorder:
        player.wait_playing()
        for speed in (0.5, 1.0, 1.5, 2.0, 3.0):
            player.set("speed", speed)
            player.seek(20.0)
            with rig.Metronome(desk) as metronome:
                time.sleep(1.5)
                begun = time.monotonic()
                told = []
                while time.monotonic() < begun + secs:
                    asked = time.monotonic()
                    value, at = player.timed(bench.position)
                    told.append((value, at))
                    time.sleep(max(0.0, 0.03 - (time.monotonic() - asked)))
                ended = time.monotonic()
                recorder.wait_for(ended + 0.3)
                late, spread, bursts = metronome.lateness(recorder)
            expect(bursts >= 3, "the metronome was not heard")
            first = recorder.index_at(begun)
            sound = recorder.sound(first, first + int(secs * rig.RATE))
            near = 20.0 + 1.5 * speed
            if speed == 1.0:
                place = clock_talk.reader.locate(sound, rig.RATE, near)
            else:
                place = clock_talk.reader.locate_stretched(sound, rig.RATE, speed, near)
            expect(place is not None, f"no clock to be heard at {speed}x")
            heard_at = recorder.arrival_of(first) - late  # host time at which the sound's first sample was heard
            errors_ms = 1000 * np.array([value - (place.secs + speed * (at - heard_at)) for value, at in told])
            worst = float(np.percentile(np.abs(errors_ms), 95))
            bench.say(f"{speed:3}x: told is {np.median(errors_ms):+.1f} ms from heard (95 %: within {worst:.1f} ms, {len(errors_ms)} readings); "
                      f"recorder {1000 * late:+.1f} ms late, bursts spread {1000 * spread:.1f} ms")
            if worst > TRUTH_MS:
                failures.append(f"{speed}x: told and heard differ by {worst:.1f} ms")
    expect(not failures, "; ".join(failures))
