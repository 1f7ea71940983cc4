"""Moving pictures in the real window: which picture is on the screen when a moment is heard, and after seeks."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np

import clock
import film
import fixtures
import rig
from bench import Bench, Failure, check, expect

SIZE = (640, 368)
BITS = 16
RATE = 25  # pictures a second


def picture(number: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """Sixteen blocks that are the number's bits, and their opposites below, as [row, column]."""
    bits = np.array([number >> (BITS - 1 - bit) & 1 for bit in range(BITS)], np.uint8)
    row = np.repeat(bits, size[0] // BITS) * 219 + 16
    upper = np.tile(row, (size[1] // 2, 1))
    return np.vstack([upper, 251 - upper])


def draw(file: Path, pictures: Iterable[np.ndarray], sound: Path | None, *how: str, size: tuple[int, int] = SIZE, rate: int = RATE) -> None:
    """A video of these pictures, each as [row, column] of grey, with a sound if there is one."""
    rig.need("ffmpeg")
    heard = ["-i", sound, "-map", "0:v", "-map", "1:a"] if sound else []
    argv = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{size[0]}x{size[1]}", "-r", str(rate), "-i", "pipe:0",
            *heard, *how, file]
    with subprocess.Popen(argv, stdin=subprocess.PIPE) as ffmpeg:
        for one in pictures:
            ffmpeg.stdin.write(np.ascontiguousarray(one, np.uint8).data)
        ffmpeg.stdin.close()
        expect(ffmpeg.wait() == 0, f"no video can be made: {how}")


def make(file: Path, sound: Path | None, pictures: int, *how: str, size: tuple[int, int] = SIZE, rate: int = RATE) -> None:
    """A video whose pictures carry their numbers, with a sound if there is one."""
    draw(file, (picture(number, size) for number in range(pictures)), sound, *how, size=size, rate=rate)


KINDS = {
    "h264.mp4": ("-c:v", "libx264", "-preset", "veryfast", "-bf", "3", "-g", "120", "-pix_fmt", "yuv420p", "-c:a", "aac"),
    "vp9.webm": ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "120", "-b:v", "500k", "-c:a", "libopus"),
    "h264.mkv": ("-c:v", "libx264", "-preset", "veryfast", "-bf", "3", "-g", "120", "-pix_fmt", "yuv420p", "-c:a", "libopus"),
}
UNEVEN = "uneven.mp4"  # every third picture is shown twice as long
KINDS[UNEVEN] = ("-vf", "setpts=N+floor(N/3)", "-vsync", "vfr", *KINDS["h264.mp4"])


def start(kind: str, number: int) -> float:
    """When a picture appears, in seconds."""
    return (number + (number // 3 if kind == UNEVEN else 0)) / RATE


def video(bench: Bench, kind: str) -> Path:
    folder = bench.fixtures.root / "videos"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"Clock {kind.split('.')[0]}-48990001.{kind.split('.')[1]}"
    if not file.exists():
        make(file, bench.fixtures.wav(), bench.fixtures.secs * RATE, *KINDS[kind])
    return file


class Screen:
    """The place of the video on the screen, and what its pictures say."""

    def __init__(self, desk: rig.Desk, player: rig.Player, window: rig.Window):
        rect = player.wait_for("plenary/slide-rect", lambda rect: rect["w"] > 0)
        left, top, *_ = window.place()
        self.left, self.top = left + int(rect["x"]), top + int(rect["y"])
        self.width, self.height = int(rect["w"]), int(rect["h"])

    @property
    def place(self) -> tuple[int, int, int, int]:
        return self.left, self.top, self.width, self.height

    def strips(self) -> tuple[tuple[int, int, int, int], tuple[int, int, int, int]]:
        at = lambda part: (self.left, self.top + int(part * self.height), self.width, 2)
        return at(0.25), at(0.75)

    def number(self, upper: np.ndarray, lower: np.ndarray) -> int | None:
        middles = ((np.arange(BITS) + 0.5) * self.width / BITS).astype(int)
        high, low = (shot.mean((0, 2))[middles] > 128 for shot in (upper, lower))
        if np.any(high == low):
            return None
        return int(sum(1 << (BITS - 1 - bit) for bit in range(BITS) if high[bit]))


def opened(bench: Bench, desk: rig.Desk, file: Path, *options: str) -> rig.Player:
    config = bench.scratch / f"config-video-{time.monotonic_ns()}"
    config.mkdir()
    return rig.Player(desk, [bench.binary, "--config", config, *options, file])


@check("plenary")
def video_of_the_moment(bench: Bench) -> None:
    """The picture on the screen belongs to the moment that is heard, within one picture's time, at 0.5, 1, 2 and 3 times the
    speed. Heard is what the sound server says was played when the screen was grabbed. To one picture's time is added what this
    machine takes to draw a frame."""
    secs = 3.0 if bench.quick else 8.0
    reader, failures = bench.fixtures.reader, []
    with rig.Desk() as desk, opened(bench, desk, video(bench, "h264.mp4")) as player, rig.Recorder(desk) as recorder:
        window = desk.window_of(player.pid)
        player.wait_playing()
        time.sleep(1.0)
        screen = Screen(desk, player, window)
        drawing = frame_secs(desk, player, window)
        bench.say(f"a frame in which only the strip changes is there after {1000 * drawing:.0f} ms")
        for speed in (0.5, 1.0, 2.0, 3.0):
            player.set("speed", speed)
            player.seek(20.0)
            time.sleep(1.5)
            off, numbers, grabs = off_heard(desk, reader, recorder, screen, speed, secs, 20.0 + 1.5 * speed)
            within = float(np.mean(np.abs(off) <= 1.5))
            bench.say(f"{speed}x: {np.median(off):+.2f} pictures from what is heard, 90 % from {np.percentile(off, 5):+.2f} to "
                      f"{np.percentile(off, 95):+.2f}; {100 * within:.1f} % within one; {len(np.unique(numbers))} pictures seen in {grabs} grabs")
            drawn = float(np.mean(np.abs(off) <= 1.5 + RATE * speed * drawing))
            if drawn < 0.95:
                failures.append(f"{speed}x: only {100 * drawn:.0f} % of the pictures belong to the moment")
    expect(not failures, "; ".join(failures))


def off_heard(desk: rig.Desk, reader: clock.Reader, recorder: rig.Recorder, screen: Screen, speed: float, secs: float,
              near: float) -> tuple[np.ndarray, list[int], int]:
    """For so many seconds from now on: how many pictures what is on the screen lies from the middle of the picture that is heard,
    which is about `near` seconds into the clock; their numbers; and how often was looked."""
    with rig.Metronome(desk) as metronome, film.Grabber(desk.env["DISPLAY"]) as grabber:
        begun, seen = time.monotonic(), []
        while time.monotonic() < begun + secs:
            before = time.monotonic()
            shots = [grabber.grab(strip) for strip in screen.strips()]
            after = time.monotonic()
            seen.append(((before + after) / 2, screen.number(*shots)))
            time.sleep(max(0.0, before + 1 / 60 - time.monotonic()))
        ended = time.monotonic()
        recorder.wait_for(ended + 0.3)
        late, _, bursts = metronome.lateness(recorder)
    expect(bursts >= 3, "the metronome was not heard")
    first = recorder.index_at(begun)
    sound = recorder.sound(first, first + int(min(secs, 4.0) * rig.RATE))
    place = reader.locate(sound, rig.RATE, near) if speed == 1.0 else reader.locate_stretched(sound, rig.RATE, speed, near)
    expect(place is not None, f"no clock to be heard at {speed}x")
    heard_at = recorder.arrival_of(first) - late
    whole = [(at, number) for at, number in seen if number is not None]
    expect(len(whole) > 0.8 * len(seen), f"{speed}x: only {len(whole)} of {len(seen)} grabs show one whole picture")
    off = np.array([(number + 0.5) - RATE * (place.secs + speed * (at - heard_at)) for at, number in whole])
    return off, [number for _, number in whole], len(seen)


def frame_secs(desk: rig.Desk, player: rig.Player, window: rig.Window) -> float:
    """From a change of the strip alone, the loudspeaker's, to its pixels: what drawing a frame takes here, at most."""
    left, top, width, height = window.place()
    strip = (left, top + height - 50, width // 3, 50)
    player.set("pause", True)
    time.sleep(3.0)  # messages are gone
    taken = []
    for k in range(6):
        before = desk.grab(*strip).copy()
        begun = time.monotonic()
        player.set("mute", k % 2 == 0)
        rig.wait_until(lambda: not np.array_equal(desk.grab(*strip), before), 5, "the change of the strip", 0.001)
        taken.append(time.monotonic() - begun)
        time.sleep(0.4)
    player.set("pause", False)
    return float(np.median(taken))


@check("plenary")
def video_after_seeks(bench: Bench) -> None:
    """After random seeks while paused the picture on the screen is that of the moment, in MP4 with B-frames, WebM, Matroska and MP4
    with pictures of uneven lengths; and when slides have been found in the film, it lies where it lay."""
    dice, seeks = random.Random(5), 20 if bench.quick else 100
    for kind in KINDS:
        with rig.Desk() as desk, opened(bench, desk, video(bench, kind)) as player:
            window = desk.window_of(player.pid)
            player.wait_playing()
            player.set("pause", True)
            time.sleep(1.0)
            screen, took = Screen(desk, player, window), []
            with film.Grabber(desk.env["DISPLAY"]) as grabber:
                for _ in range(seeks):
                    expected = dice.randrange(10, (bench.fixtures.secs - 2) * RATE * 3 // 4)
                    player.seek((start(kind, expected) + start(kind, expected + 1)) / 2)
                    begun = time.monotonic()

                    def shown() -> int | None:
                        return screen.number(*[grabber.grab(strip) for strip in screen.strips()])

                    try:
                        rig.wait_until(lambda: shown() == expected, 5, f"picture {expected}", 0.005)
                    except TimeoutError as error:
                        raise Failure(f"{kind}: picture {shown()} is on the screen instead of {expected}") from error
                    took.append(1000 * (time.monotonic() - begun))
                    # And it stays.
                    time.sleep(0.05)
                    expect(shown() == expected, f"{kind}: picture {expected} was shown, and then {shown()}")
            player.wait_for("chapters", lambda count: count > 0, secs=60)
            time.sleep(0.3)
            later = Screen(desk, player, window)
            expect(later.strips() == screen.strips(), f"{kind}: the film lies elsewhere once its slides are found")
            bench.say(f"{kind}: {seeks} seeks, each to its picture, after {np.median(took):.0f} ms in the median, {max(took):.0f} ms at most")


@check("plenary")
def speaker_stays_hidden(bench: Bench) -> None:
    """Hidden, shown, hidden again, and hidden at the next start: nothing of the speaker's video is decoded but while it is seen."""
    talk = bench.fixtures.clock_talk(fixtures.CODECS[0]).talk
    config = bench.scratch / f"config-video-{time.monotonic_ns()}"
    config.mkdir()
    folder = bench.scratch / f"speaker-{time.monotonic_ns()}"
    folder.mkdir()
    for file in talk.folder.iterdir():
        if file != talk.sound:
            shutil.copy(file, folder)
    shutil.copy(video(bench, "h264.mp4"), folder / "Clock-548990001.mp4")
    argv = [bench.binary, "--config", config, folder]
    with rig.Desk() as desk:
        with rig.Player(desk, argv) as player:
            desk.window_of(player.pid).focus()
            player.wait_playing()
            time.sleep(1.0)
            expect(player.get("plenary/video-frames") == 0, "pictures were decoded although nothing shows them")
            player.command("keypress", "v")
            player.wait_for("plenary/video-frames", lambda count: count > 20)
            expect(player.get("plenary/speaker") == "beside", "V does not show the speaker")
            player.command("keypress", "v")
            time.sleep(0.3)
            count = player.get("plenary/video-frames")
            time.sleep(1.0)
            expect(player.get("plenary/video-frames") == count, "hidden, and still decoded")
            player.quit()
        with rig.Player(desk, argv) as player:
            player.wait_playing()
            time.sleep(1.0)
            expect(player.get("plenary/video-frames") == 0, "hidden, and decoded after the next start")
            expect(player.get("plenary/speaker") == "off", "hidden, and back at the next start")
    bench.say("decoded only while shown")
