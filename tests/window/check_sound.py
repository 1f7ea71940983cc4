"""What is heard: without a gap, at the place asked for, and at the time that the player tells."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

import numpy as np

import fixtures
import rig
from bench import Bench, Failure, check, expect
from clock import Reader
from onset import LINE_SECS, Onset

# The whole way from file to recording moves sound by less than this if nothing goes wrong.
EXACT_MS = 1.0
# Time told against time heard, after a seek relative to before any: how well two such comparisons agree.
SAME_MS = 5.0
# Told against heard, at any speed.
TRUTH_MS = 20.0
# A decoder that leaves the encoder's delay in plays everything this much late at most (HE-AAC without an edit list: 115 ms).
SHIFT_MS = 120.0
FADE = 144  # samples; Plenary's
# Seeks in each codec.
QUICK_SEEKS, SEEKS = 5, 100


# Made-up seeks: fades of 3 ms or none, and silence between the places, in samples.
MADE_UP = ((FADE, 0), (FADE, 30), (FADE, 480), (FADE, 9600), (0, 0), (0, 480))


@check("plenary", "mpv")
def reader_reads(bench: Bench) -> None:
    """The measuring itself: seeks of a player that makes no mistake, put together from each file's decoded sound, must read
    as such, with and without fades, straight after other sound and after silence."""
    failures = []
    for clock_talk in bench.clock_talks():
        known = clock_talk.known()
        dice = random.Random(7)
        errors_ms: dict[tuple[int, int], list[float]] = {kind: [] for kind in MADE_UP}
        for _ in range(2 if bench.quick else 20):
            for fade, silent in MADE_UP:
                target, old = clock_talk.target(dice), clock_talk.target(dice)
                sound = _made_up_seek(known.samples, int(old * rig.RATE), int(target * rig.RATE), fade, silent, dice)
                # As far off as a real player's told position might be.
                onset = known.onset(sound, old + dice.uniform(-0.2, 0.2), target + 0.3 + dice.uniform(-0.2, 0.2))
                if onset is None:
                    failures.append(f"{clock_talk.talk.name}: nothing read at {target}")
                else:
                    errors_ms[fade, silent].append(1000 * (onset.secs - known.clock_shift - int(target * rig.RATE) / rig.RATE))
        worst = {kind: max(map(abs, found), default=0.0) for kind, found in errors_ms.items()}
        bench.say(f"{clock_talk.codec:30} {sum(map(len, errors_ms.values()))} made-up seeks: read at most {max(worst.values()):.2f} ms off "
                  f"(faded, straight after other sound {worst[FADE, 0]:.2f}); decoder's shift {1000 * known.clock_shift:+.2f} ms")
        if max(worst.values()) >= EXACT_MS / 2:
            failures.append(f"{clock_talk.talk.name}: {worst}")
    expect(not failures, "; ".join(failures))


def _made_up_seek(samples: np.ndarray, old: int, target: int, fade: int, silent: int, dice: random.Random) -> np.ndarray:
    """What a recorder would hear of a perfect seek: Plenary's envelope, the pilot tone, and half a sample between two clocks."""
    along = np.arange(1, fade + 1) / max(fade, 1)
    rise = along * along * (3 - 2 * along)
    before, after = samples[old: old + 12_000 + fade].copy(), samples[target: target + 14_400].copy()
    after[:fade] *= rise
    before[12_000:] *= np.append(rise[-2::-1], 0) if fade else 1
    sound = np.concatenate([before, np.zeros(silent), after])
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(len(sound)) * dice.uniform(0, 0.5))
    pilot = rig.PILOT * np.sin(2 * np.pi * rig.PILOT_HZ * np.arange(len(sound)) / rig.RATE)
    return np.fft.irfft(np.fft.rfft(sound) * turn, len(sound)) + pilot


@check("plenary", "mpv")
def sound_gapless(bench: Bench) -> None:
    """A clock at normal speed: every window of the recording lies on one line, and every 20 ms agree with the computed wave."""
    secs = 20 if bench.quick else 60
    clock_talk = bench.fixtures.clock_talk(fixtures.CODECS[0])
    trouble = ""
    with rig.Desk() as desk, bench.player(desk, clock_talk.talk) as player, rig.Recorder(desk) as recorder:
        player.wait_playing()
        for _ in range(3):
            player.seek(5.0)
            time.sleep(1.0)
            first = recorder.count()
            time.sleep(secs)
            trouble = _gaps(bench, clock_talk.reader, recorder.sound(first, first + secs * rig.RATE))
            broken = recorder.breaks(first, first + secs * rig.RATE)
            if not trouble or not broken:
                break
            trouble += f", but the recording itself is broken at {broken[:5]} s"
            bench.say(f"again: {trouble}")
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
    """Exact seeks to random places in every codec, backwards and forwards: the first sound heard is the target's.

    A constant shift is the decoder's (it is there without a seek too); it is taken out by the median of the seeks, and that
    median must be what playback from the start shows: the told position lags the heard one equally in both.
    """
    failures = []
    with rig.Desk() as desk:
        for clock_talk in bench.clock_talks():
            with bench.player(desk, clock_talk.talk) as player, rig.Recorder(desk) as recorder:
                try:
                    _seek_in_one(bench, clock_talk, player, recorder)
                except (AssertionError, TimeoutError, rig.IpcError) as error:
                    failures.append(f"{clock_talk.talk.name}: {error}")
                    bench.say(f"not ok: {failures[-1]}")
    expect(not failures, "; ".join(failures))


def _seek_in_one(bench: Bench, clock_talk: fixtures.ClockTalk, player: rig.Player, recorder: rig.Recorder) -> None:
    clock_talk.known()  # decoded before anything is timed
    player.wait_playing(bench.position)
    time.sleep(0.8)
    from_start_ms = told_minus_heard_ms(bench, player, recorder, clock_talk.reader, secs=1.5)
    dice = random.Random(2020)
    count = QUICK_SEEKS if bench.quick else SEEKS
    seeks = [_one_seek(bench, player, recorder, clock_talk, clock_talk.target(dice)) for _ in range(count)]
    errors_ms = np.array([s.error_ms for s in seeks])
    shift_ms = float(np.median(errors_ms))
    off_ms = np.abs(errors_ms - shift_ms)
    same_ms = float(np.median([s.told_ms for s in seeks])) - from_start_ms
    delays_ms = [s.delay_ms for s in seeks]
    gaps_ms = [s.onset.gap_ms for s in seeks]
    bench.say(f"{clock_talk.codec:30} {count} seeks ({sum(s.backwards for s in seeks)} backwards, {sum(s.tries for s in seeks) - count} repeated): "
              f"off by at most {off_ms.max():.2f} ms (median {np.median(off_ms):.2f}), constant shift {shift_ms:+.2f} ms, "
              f"against playback from the start {same_ms:+.1f} ms; "
              f"heard after {np.median(delays_ms):.0f} ms (at most {max(delays_ms):.0f}), fade {np.median([s.onset.fade_ms for s in seeks]):.0f} ms, "
              f"silence {np.median(gaps_ms):.0f} ms (at most {max(gaps_ms):.0f}), unexplained {100 * max(s.onset.left_over for s in seeks):.1f} % at most")
    if off_ms.max() >= EXACT_MS:
        raise Failure("wrong seeks: " + "; ".join(f"to {s.target}: {s.error_ms - shift_ms:+.2f} ms, gap {s.onset.gap_ms:.1f} ms, "
                                                  f"{100 * s.onset.left_over:.0f} % unexplained" for s in seeks if abs(s.error_ms - shift_ms) >= EXACT_MS))
    expect(abs(shift_ms) < SHIFT_MS, f"all seeks are {shift_ms:+.1f} ms off")
    expect(abs(same_ms) < SAME_MS, f"after a seek the sound is {same_ms:+.1f} ms from where playback from the start has it")


@dataclass(frozen=True)
class _Seek:
    target: float
    onset: Onset
    delay_ms: float  # from the command to the first sound's arrival at the recorder
    told_ms: float
    backwards: bool
    tries: int

    @property
    def error_ms(self) -> float:
        """Place of the first sound heard, less the target."""
        return 1000 * (self.onset.secs - self.target)


def _one_seek(bench: Bench, player: rig.Player, recorder: rig.Recorder, clock_talk: fixtures.ClockTalk, target: float) -> _Seek:
    """One seek, judged whatever it is like; repeated only where the recording itself is broken."""
    for tries in range(1, 11):
        told = player.get(bench.position)
        asked = time.monotonic()
        player.seek(target)
        time.sleep(0.25)
        trouble = ""
        told_ms = float("nan")
        try:
            told_ms = told_minus_heard_ms(bench, player, recorder, clock_talk.reader, secs=0.35, near=target)
        except AssertionError as error:
            trouble = str(error)
        begun = asked - LINE_SECS - 0.1
        start, sound = recorder.since(begun)
        ended = recorder.arrival_of(start + len(sound))
        onset = clock_talk.known().onset(sound, told - (asked - begun), target + ended - asked - 0.05)
        if recorder.breaks(start, start + len(sound)):
            continue
        expect(not trouble, f"seek to {target}: {trouble}")
        expect(onset is not None, f"seek to {target}: the sound does not follow, or not steadily")
        expect(onset.left_over < 0.1, f"seek to {target}: {100 * onset.left_over:.0f} % of what is heard around it is neither the old place nor the new")
        return _Seek(target, onset, 1000 * (recorder.arrival_of(start + onset.index) - asked), told_ms, target < told, tries)
    raise Failure(f"seek to {target}: ten recordings in a row are broken")


def told_minus_heard_ms(bench: Bench, player: rig.Player, recorder: rig.Recorder, reader: Reader, secs: float,
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
