"""Talks whose slides move, in the real window: every picture of them, nothing of what is hidden, hours later as at the
beginning, and files that are no videos."""

from __future__ import annotations

import bisect
import json
import os
import random
import re
import shutil
import socket
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

import check_video
import clock
import film
import fixtures
import rig
import shelf
from bench import Bench, Failure, check, expect
from check_video import BITS, RATE

H264 = ("-c:v", "libx264", "-preset", "veryfast", "-bf", "3", "-g", "50", "-pix_fmt", "yuv420p")


@dataclass(frozen=True)
class Row:
    """Two lines of pixels of the screen."""

    place: tuple[int, int, int, int]  # left, top, width, height

    @staticmethod
    def across(left: int, top: int, width: int, height: int) -> tuple[Row, Row]:
        """Of a place: one in its upper half and one in its lower."""
        at = lambda part: Row((left, top + int(part * height), width, 2))
        return at(0.25), at(0.75)


def number_of(row: np.ndarray) -> int | None:
    """The number of the picture whose upper half this row, as [row, column, RGB], is of; None where it is of none."""
    middles = ((np.arange(BITS) + 0.5) * row.shape[1] / BITS).astype(int)
    levels = row.mean((0, 2))[middles]
    if np.any((levels > 70) & (levels < 185)):
        return None
    return int(sum(1 << (BITS - 1 - bit) for bit in range(BITS) if levels[bit] > 128))


# A talk with two slides that are films, and one on which something moves in the video of the talk.

SLIDE = (960, 552)


@dataclass(frozen=True)
class Part:
    """What is to be seen from one moment of the talk to another: a slide that stands still, or pictures from a number on."""

    start: float
    until: float
    slide: int | None = None
    first: int = 0  # number of the first picture
    count: int = 0  # the last picture stays

    def number(self, at: float) -> int:
        return self.first + min(max(0, int((at - self.start) * RATE)), self.count - 1)


MOVES = (16.0, 19.0)  # on the fourth slide
PARTS = (
    Part(0.0, 4.0, slide=0),
    Part(4.0, 10.0, first=1000, count=4 * RATE),
    Part(10.0, 14.0, slide=1),
    Part(14.0, MOVES[0], slide=2),
    Part(*MOVES, first=3000, count=3 * RATE),
    # The slide stands still on the video for one picture; then it is seen itself.
    Part(MOVES[1] + 1 / RATE, 22.0, slide=2),
    Part(22.0, 27.0, first=2000, count=3 * RATE),
    Part(27.0, 32.0, slide=3),
)


ROOM = (1152, 648)
ON_ROOM = (36, 140)  # left and top of the slide


def room(picture: np.ndarray, number: int) -> np.ndarray:
    """A grey picture of somebody who speaks in a room, with a slide beside."""
    down, across = np.mgrid[0:ROOM[1], 0:ROOM[0]]
    sways = 60 * np.sin(number / 17)
    whole = 40 + (across + down) % 97 // 2 + 90 * (np.hypot(across - 920 - sways, down - 380) < 150)
    whole = whole.astype(np.uint8)
    height, width = picture.shape
    whole[ON_ROOM[1]:ON_ROOM[1] + height, ON_ROOM[0]:ON_ROOM[0] + width] = picture
    return whole


def moving_talk(bench: Bench, beside: bool = False) -> Path:
    """`beside`: its video shows the slides smaller, beside the speaker."""
    folder = bench.fixtures.root / ("48990101-beside" if beside else "48990100-moving")
    if folder.exists():
        return folder
    for name in ("slides", "clips"):
        (folder / name).mkdir(parents=True)
    slides = [fixtures.slide_picture(number + 1, SLIDE) for number in range(4)]
    for number, slide in enumerate(slides):
        Image.fromarray(slide).save(folder / "slides" / f"{number}.png", compress_level=1)
    fixtures.encode(bench.fixtures.wav(), folder / "talk.m4a", fixtures.CODECS[0])
    for name, part in (("a", PARTS[1]), ("b", PARTS[6])):
        numbered = (check_video.picture(part.first + k) for k in range(part.count))
        check_video.draw(folder / "clips" / f"{name}.mp4", numbered, None, *H264)
    small = [np.asarray(Image.fromarray(slide).convert("L").resize(check_video.SIZE)) for slide in slides]

    def of_talk(number: int) -> np.ndarray:
        at = number / RATE
        if MOVES[0] <= at < MOVES[1]:
            return check_video.picture(PARTS[4].number(at + 0.5 / RATE))
        return small[max((part.slide for part in PARTS if part.start <= at and part.slide is not None), default=0)]

    pictures = (of_talk(number) for number in range(int(PARTS[-1].until) * RATE))
    if beside:
        pictures = (room(picture, number) for number, picture in enumerate(pictures))
    check_video.draw(folder / "talk.mp4", pictures, None, *H264, size=ROOM if beside else check_video.SIZE)
    (folder / "chapters.json").write_text(json.dumps({"version": "1.2.0", "fileName": "talk.m4a", "chapters": [
        {"startTime": 0, "img": "slides/0.png"},
        {"startTime": 4, "x:video": "clips/a.mp4", "x:videoDuration": 4},
        {"startTime": 10, "img": "slides/1.png"},
        {"startTime": 14, "img": "slides/2.png"},
        {"startTime": 22, "x:video": "clips/b.mp4", "x:videoDuration": 3},
        {"startTime": 27, "img": "slides/3.png"}]}))
    return folder


@check("plenary")
def motion_by_itself(bench: Bench) -> None:
    """No key is touched: of slides that are films every picture is seen, and the last one stays; where something moves on a slide,
    the video of the talk is seen, and the slide itself within a picture's time after; all else is the slide, pixel for pixel. To
    every moment is added what this machine takes to draw a frame. The same where the video shows the slides beside the speaker."""
    failures = [f"{name}: {fault}" for name, beside in (("alone", False), ("beside the speaker", True))
                for fault in _motion_of(bench, moving_talk(bench, beside), name)]
    expect(not failures, "; ".join(failures))


def _motion_of(bench: Bench, talk: Path, name: str) -> list[str]:
    slides = [np.asarray(Image.open(talk / "slides" / f"{number}.png").convert("RGB")) for number in range(4)]
    failures = []
    with rig.Desk() as desk, check_video.opened(bench, desk, talk, "--pause") as player:
        window = desk.window_of(player.pid)
        player.wait_for("chapters", lambda count: count == 6)
        time.sleep(5.0)  # the talk's video is gone through
        place = check_video.Screen(desk, player, window).place
        expect(place[2:] == SLIDE, f"the slide is shown as {place[2:]}")
        drawing = check_video.frame_secs(desk, player, window)
        player.set("pause", True)
        expect(player.get("plenary/video-frames") == 0, "pictures were decoded although no slide moves")
        bench.say(f"{name}: a frame in which only the strip changes is there after {1000 * drawing:.0f} ms")
        for speed in (1.0,) if bench.quick else (1.0, 2.0):
            player.set("speed", speed)
            player.seek(0.0)
            player.wait_for("time-pos", lambda at: at < 0.1)
            time.sleep(3.0)  # messages are gone
            with film.Camera(desk, player, Row.across(*place), hz=120) as camera:
                player.set("pause", False)
                for part in (part for part in PARTS if part.slide is not None):
                    middle = (part.start + part.until) / 2
                    player.wait_for("time-pos", lambda at: at > middle, secs=15)
                    shown, told = desk.grab(*place), player.get("time-pos")
                    if told < part.until:
                        wrong = np.count_nonzero((shown != slides[part.slide]).any(2))
                        if wrong:
                            failures.append(f"{speed}x: {wrong} pixels of slide {part.slide} are others at {told:.2f} s")
                player.wait_for("time-pos", lambda at: at > PARTS[-1].until - 1, secs=15)
            player.set("pause", True)
            failures += [f"{speed}x: {fault}" for fault in _judge(bench, camera.frames, slides, place, speed, drawing)]
    return failures


def _judge(bench: Bench, frames: list[film.Frame], slides: list[np.ndarray], place: tuple[int, int, int, int], speed: float,
           drawing: float) -> list[str]:
    rows = [[slide[row.place[1] - place[1]:][:2] for row in Row.across(*place)] for slide in slides]
    known: dict[tuple[int, int], tuple[int | None, int | None]] = {}

    def seen(frame: film.Frame) -> tuple[int | None, int | None]:
        """The slide, and the number of the picture."""
        key = (id(frame.shots[0]), id(frame.shots[1]))
        if key not in known:
            slide = next((k for k, row in enumerate(rows) if np.array_equal(frame.shots[1], row[1])), None)
            whole = slide is not None and np.array_equal(frame.shots[0], rows[slide][0])
            known[key] = (slide if whole else None, number_of(frame.shots[0]))
        return known[key]

    frames = [frame for frame in frames if frame.told > 0.02]
    shown = [seen(frame) for frame in frames]
    told = np.array([frame.told for frame in frames])
    taken = np.array([frame.taken for frame in frames])
    rate_hz, gap_ms = (len(taken) - 1) / (taken[-1] - taken[0]), 1000 * np.diff(taken).max()
    slack = speed * (drawing + 2 / rate_hz) + 1 / RATE
    faults, said = [], []
    for part in PARTS:
        calm = (told >= part.start + slack) & (told < part.until - 0.02 * speed)
        if part.slide is not None:
            wrong = [frame.told for frame, (slide, _), inside in zip(frames, shown, calm) if inside and slide != part.slide]
            if wrong:
                faults.append(f"{len(wrong)} of {calm.sum()} frames do not show slide {part.slide}, the first at {wrong[0]:.3f} s")
            back = next((frame.told for frame, (slide, _) in zip(frames, shown) if frame.told >= part.start - 1 / RATE and slide == part.slide), None)
            if back is None:
                faults.append(f"slide {part.slide} is not seen from {part.start:.2f} s on")
            elif part.start > MOVES[1] and part.slide == 2:
                said.append(f"the slide is back {1000 * (back - MOVES[1]) / speed:.0f} ms after nothing moves any more")
            continue
        inside = (told >= part.start) & (told < part.until)
        pictures = [(frame.told, number) for frame, (_, number), here in zip(frames, shown, inside) if here and number is not None
                    and part.first <= number < part.first + part.count]
        numbers = sorted({number - part.first for _, number in pictures})
        if not numbers:
            faults.append(f"no picture is seen from {part.start} s on")
            continue
        gaps = np.diff([-1, *numbers, part.count]) - 1
        missed = part.count - len(numbers)
        # What is drawn for longer than a picture lasts leaves some out, and the camera sees no more than it films.
        most = int(np.ceil(max(drawing, 1.5 / rate_hz) * RATE * speed)) - 1
        late = np.array([at - part.start - (number - part.first) / RATE for at, number in pictures if number < part.first + part.count - 1])
        off = float(np.mean((late < -0.02 * speed) | (late > slack)))
        said.append(f"of {part.count} pictures from {part.start:g} s on {missed} were not seen, {gaps.max()} in a row at most; "
                    f"{100 * off:.1f} % are of another moment")
        if gaps.max() > most + 1 or missed > part.count * (0.04 + 0.5 * (most > 0)):
            faults.append(f"{missed} of {part.count} pictures from {part.start:g} s on were not seen, {gaps.max()} in a row")
        if off > 0.05:
            faults.append(f"{100 * off:.0f} % of the pictures from {part.start:g} s on are of another moment")
        rest = (told >= part.start + part.count / RATE + slack) & (told < part.until - 0.02 * speed)
        moved = [frame.told for frame, (_, number), here in zip(frames, shown, rest) if here and number != part.first + part.count - 1]
        if moved:
            faults.append(f"the last picture from {part.start:g} s on does not stay in {len(moved)} of {rest.sum()} frames, "
                          f"the first at {moved[0]:.3f} s")
    bench.say(f"{speed}x, filmed {rate_hz:.0f} times a second (longest gap {gap_ms:.0f} ms): " + "; ".join(said))
    return faults


# Gaps.

@check("plenary")
def clip_is_heard(bench: Bench) -> None:
    """A slide that is a film is heard with a talk that is silent: the sound belongs to the picture on the screen, at 1 and 2 times the
    speed and after a seek; nothing is heard before it, nor once such sounds are switched off."""
    begins, secs = 3.0, 4.0
    source = check_video.video(bench, "h264.mp4")
    folder = bench.scratch / f"48990150-heard-{time.monotonic_ns()}"
    folder.mkdir()
    shutil.copy(source, folder / "clip.mp4")
    Image.fromarray(fixtures.slide_picture(1, check_video.SIZE)).save(folder / "1.png", compress_level=1)
    fixtures.write_wav(folder / "talk.wav", [np.zeros(44_100) for _ in range(60)], 44_100)
    (folder / "chapters.json").write_text(json.dumps({"version": "1.2.0", "fileName": "talk.wav", "chapters": [
        {"startTime": 0, "img": "1.png"}, {"startTime": begins, "x:video": "clip.mp4"}]}))
    # Without the tone that the desk itself plays.
    loudness = lambda sound: float(np.sqrt(np.mean(bench.fixtures.reader.prepare(sound, rig.RATE) ** 2)))
    with rig.Desk() as desk, check_video.opened(bench, desk, folder) as player, rig.Recorder(desk) as recorder:
        window = desk.window_of(player.pid)
        player.wait_playing()
        begun = time.monotonic()
        player.wait_for("time-pos", lambda at: at > begins - 0.5)
        quiet = recorder.index_at(begun + 0.2)
        recorder.wait_for(begun + 1.5)
        before = loudness(recorder.sound(quiet, quiet + rig.RATE))
        player.wait_for("plenary/slide-rect", lambda rect: rect["w"] > 0)
        drawing = check_video.frame_secs(desk, player, window)
        player.seek(begins + 5.0)
        time.sleep(1.0)
        screen = check_video.Screen(desk, player, window)
        for speed in (1.0, 2.0):
            player.set("speed", speed)
            player.seek(begins + 12.0)
            time.sleep(1.5)
            near = player.get("time-pos") - begins
            off, numbers, grabs = check_video.off_heard(desk, bench.fixtures.reader, recorder, screen, speed, secs, near)
            within = float(np.mean(np.abs(off) <= 1.5 + RATE * speed * drawing))
            bench.say(f"{speed}x: {np.median(off):+.2f} pictures from what is heard, 90 % from {np.percentile(off, 5):+.2f} to "
                      f"{np.percentile(off, 95):+.2f}; {len(np.unique(numbers))} pictures seen in {grabs} grabs")
            expect(within >= 0.95, f"{speed}x: only {100 * within:.0f} % of the pictures belong to what is heard")
        first = recorder.index_at(time.monotonic() - 1.0)
        during = loudness(recorder.sound(first, first + rig.RATE // 2))
        shelf.run(player, "clip-sound off")
        time.sleep(1.0)
        begun = time.monotonic()
        recorder.wait_for(begun + 1.0)
        first = recorder.index_at(begun)
        after = loudness(recorder.sound(first, first + rig.RATE // 2))
    bench.say(f"loudness before its slide {before:.5f}, during it {during:.5f}, switched off {after:.5f}")
    expect(during > 0.01, "nothing is heard during the film")
    expect(before < during / 1000 and after < during / 1000, "something is heard that should not be")


@check("plenary")
def film_without_gaps(bench: Bench) -> None:
    """Of a film of 1920 by 1080 at 30 pictures a second every picture is seen, as far as this machine draws that fast: that is how
    many it draws of the same film at one and a half times the speed."""
    rate, secs = 30, 10 if bench.quick else 30
    file = bench.fixtures.root / "videos" / "Large-48990002.mp4"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        check_video.make(file, bench.fixtures.wav(), (secs + 10) * rate, *H264, "-c:a", "aac", "-shortest", size=(1920, 1080), rate=rate)
    with rig.Desk() as desk, check_video.opened(bench, desk, file) as player:
        window = desk.window_of(player.pid)
        player.wait_playing()
        time.sleep(1.0)
        place = check_video.Screen(desk, player, window).place

        def filmed(speed: float, secs: float) -> tuple[list[tuple[float, int]], int]:
            """When which picture was seen, and how many were decoded."""
            player.set("speed", speed)
            player.seek(2.0)
            time.sleep(2.0)
            with film.Camera(desk, player, Row.across(*place), hz=120) as camera:
                before = player.get("plenary/video-frames")
                time.sleep(secs)
                decoded = player.get("plenary/video-frames") - before
            numbers = [(frame.taken, number_of(frame.shots[0])) for frame in camera.frames]
            whole = [(at, number) for at, number in numbers if number is not None]
            expect(len(whole) > 0.9 * len(numbers), f"only {len(whole)} of {len(numbers)} frames show a picture")
            order = [number for _, number in whole]
            expect(order == sorted(order), "pictures come in another order")
            return whole, decoded

        able = []
        for turn in range(2):
            fast, _ = filmed(1.5, 4.0)
            able.append(len({number for _, number in fast}) / (fast[-1][0] - fast[0][0]))
            if turn == 0:
                whole, decoded = filmed(1.0, secs)
        order = [number for _, number in whole]
        seen, due, lasted = len(set(order)), order[-1] - order[0] + 1, whole[-1][0] - whole[0][0]
        expect(abs(due - lasted * rate) < 0.1 * rate + 2, f"{due} pictures went by in {lasted:.1f} s")
        steps = 1000 * np.diff([at for k, (at, number) in enumerate(whole) if k == 0 or number != whole[k - 1][1]])
        gaps = np.diff(sorted(set(order))) - 1
        bench.say(f"{seen} of {due} pictures seen, {decoded} decoded; {gaps.max()} in a row are missing at most; from one to the next "
                  f"{np.median(steps):.0f} ms, 99 % within {np.percentile(steps, 99):.0f} ms; filmed {len(whole) / lasted:.0f} times a second; "
                  f"this machine draws {able[0]:.0f} and {able[1]:.0f} such pictures a second")
        most = min(due, min(able) * lasted)
        expect(seen >= 0.97 * most, f"only {seen} of {due} pictures were seen, where {most:.0f} can be drawn")
        expect(decoded >= 0.97 * due, f"only {decoded} of {due} pictures were decoded")


# What is hidden.

@check("plenary")
def hidden_over_fifty_talks(bench: Bench) -> None:
    """The speaker is shown and hidden, fifty talks are opened one after another, and all again after a restart: nothing of any
    speaker's video is decoded."""
    count, root = 50, Path(tempfile.mkdtemp(prefix="fifty-", dir=bench.scratch))
    video = check_video.video(bench, "h264.mp4")
    sound = root / "talk.m4a"
    fixtures.encode(bench.fixtures.wav(), sound, fixtures.CODECS[0])
    talks = []
    for number in range(count):
        talk = root / f"{48_990_200 + number}-talk"
        talk.mkdir()
        picture = Image.fromarray(fixtures.slide_picture(number + 1, (320, 184)))
        picture.save(talk / "1.png", compress_level=1)
        os.link(sound, talk / "talk.m4a")
        os.link(video, talk / "talk.mp4")
        starts = [0, 20 + number]
        (talk / "chapters.json").write_text(json.dumps({
            "version": "1.2.0", "title": f"Talk {number}", "fileName": "talk.m4a", "chapters": [{"startTime": at, "img": "1.png"} for at in starts]}))
        talks.append(talk)
    config = Path(tempfile.mkdtemp(prefix="config-", dir=bench.scratch))

    def pass_by(player: rig.Player) -> None:
        for number, talk in enumerate(talks):
            player.command("loadfile", str(talk))
            player.wait_for("media-title", lambda title: title == f"Talk {number}")
            player.wait_playing()
            expect(player.get("plenary/speaker") == "off", f"the speaker is shown in talk {number}")

    def shows(desk: rig.Desk, player: rig.Player) -> None:
        before = player.get("plenary/video-frames")
        desk.run("xdotool", "key", "v")
        player.wait_for("plenary/speaker", lambda layout: layout == "beside")
        player.wait_for("plenary/video-frames", lambda frames: frames > before + 20)

    with rig.Desk() as desk:
        with rig.Player(desk, [bench.binary, "--config", config, talks[-1]]) as player:
            desk.window_of(player.pid).focus()
            player.wait_playing()
            expect(player.get("plenary/video-frames") == 0, "pictures were decoded before anything was shown")
            shows(desk, player)
            desk.run("xdotool", "key", "v")
            player.wait_for("plenary/speaker", lambda layout: layout == "off")
            time.sleep(0.3)
            before = player.get("plenary/video-frames")
            pass_by(player)
            later = player.get("plenary/video-frames")
            expect(later == before, f"{later - before} pictures were decoded in {count} talks although the speaker is hidden")
            player.quit()
        with rig.Player(desk, [bench.binary, "--config", config, talks[0]]) as player:
            desk.window_of(player.pid).focus()
            player.wait_playing()
            pass_by(player)
            after = player.get("plenary/video-frames")
            expect(after == 0, f"{after} pictures were decoded after the restart although the speaker is hidden")
            shows(desk, player)  # there is one
    bench.say(f"{before} pictures decoded while shown; none more in {count} talks, none in {count} talks after the restart")


# Drift.

@check("plenary")
def no_drift(bench: Bench) -> None:
    """Played from the beginning to the end, without a seek, for half an hour (a minute if quick): what is on the screen lies from
    what is heard as it did at the beginning, to a picture."""
    if bench.quick:
        secs, reader, file = 60, bench.fixtures.reader, check_video.video(bench, "h264.mp4")
    else:
        secs = 30 * 60
        reader = clock.Reader(clock.WalkCode(slots=int((secs + 60) / clock.WalkCode.slot_secs)))
        file = _long_video(bench, secs + 20, reader.code)
    with rig.Desk() as desk, check_video.opened(bench, desk, file) as player:
        window = desk.window_of(player.pid)
        player.wait_playing()
        drawing = check_video.frame_secs(desk, player, window)
        screen = check_video.Screen(desk, player, window)
        medians = []
        for from_secs in (player.get("time-pos") + 2.0, secs - 10.0):
            player.wait_for("time-pos", lambda at: at >= from_secs, secs=secs + 30)
            with rig.Recorder(desk) as recorder:
                time.sleep(1.0)
                near = player.get("time-pos")
                off, numbers, grabs = check_video.off_heard(desk, reader, recorder, screen, 1.0, 6.0, near)
            medians.append(float(np.median(off)))
            bench.say(f"at {near:.1f} s: {medians[-1]:+.2f} pictures from what is heard, 90 % from {np.percentile(off, 5):+.2f} to "
                      f"{np.percentile(off, 95):+.2f}, {len(np.unique(numbers))} pictures seen in {grabs} grabs")
            within = float(np.mean(np.abs(off) <= 1.5 + RATE * drawing))
            expect(within >= 0.95, f"at {near:.0f} s only {100 * within:.0f} % of the pictures belong to the moment")
        expect(player.get("plenary/underruns") == 0, f"{player.get('plenary/underruns')} underruns")
    drift = medians[1] - medians[0]
    bench.say(f"in {secs} s the difference changed by {drift:+.2f} pictures")
    expect(abs(drift) <= 1.0, f"the picture drifts from the sound by {drift:+.2f} pictures in {secs} s")


def _long_video(bench: Bench, secs: int, code: clock.Code) -> Path:
    file = bench.fixtures.root / "videos" / "Long-48990003.mp4"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        wav = file.with_suffix(".wav")
        fixtures.write_wav(wav, clock.clock_parts(secs, 44_100, code), 44_100)
        check_video.make(file, wav, secs * RATE, *check_video.KINDS["h264.mp4"])
        wav.unlink()
    return file


# Files that are no videos, or damaged ones.

class Listener:
    """A server of this machine that nobody should ever call."""

    def __init__(self):
        self.calls = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._answer, name="listener", daemon=True).start()

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _answer(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            caller.close()


@dataclass(frozen=True)
class Hostile:
    """A file that is called a video."""

    name: str
    content: bytes


def hostile_files(bench: Bench, port: int, secret: Path) -> list[Hostile]:
    good = bench.scratch / "good.mp4"
    # The index comes first, so that half a file is half a film.
    check_video.make(good, None, 4 * RATE, *H264, "-movflags", "+faststart")
    whole = good.read_bytes()
    shutil.copy(good, secret)
    body = whole.index(b"mdat") + 4
    middle = (body + len(whole)) // 2
    dice = random.Random(3)
    third = len(whole) // 6
    matroska = good.with_suffix(".mkv")
    check_video.make(matroska, None, 4 * RATE, *H264)
    half = matroska.read_bytes()
    address = f"http://127.0.0.1:{port}"
    return [
        Hostile("cut off in the middle", whole[:middle]),
        Hostile("Matroska cut off in the middle", half[: len(half) // 2]),
        Hostile("garbage in the middle", whole[: middle - third] + dice.randbytes(2 * third) + whole[middle + third:]),
        Hostile("header only", whole[:body]),
        Hostile("nothing", b""),
        Hostile("text", b"This is no video at all.\n" * 50),
        Hostile("HLS of an address", f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{address}/x.ts\n#EXT-X-ENDLIST\n".encode()),
        Hostile("HLS of a file", f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:{secret}\n#EXT-X-ENDLIST\n".encode()),
        Hostile("list of a file", f"ffconcat version 1.0\nfile '{secret}'\n".encode()),
        Hostile("DASH", (f'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT10S"><Period>'
                         f'<AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>{address}/x.mp4</BaseURL>'
                         f"</Representation></AdaptationSet></Period></MPD>").encode()),
        Hostile("SDP", b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\na=rtpmap:96 H264/90000\n"),
    ]


SECOND, THIRD, END = 1.5, 5.0, 6.5  # of the slides, and where playing ends


def hostile_talk(parent: Path, number: int, role: str, hostile: Hostile, sound: Path) -> Path:
    talk = parent / f"{48_990_300 + number}-{role}"
    talk.mkdir(parents=True)
    shutil.copy(sound, talk / "talk.m4a")
    if role == "film":
        # All that there is to see.
        (talk / "talk.mp4").write_bytes(hostile.content)
        return talk
    for slide in range(3):
        Image.fromarray(fixtures.slide_picture(slide + 1, (640, 368))).save(talk / f"{slide + 1}.png", compress_level=1)
    second = {"img": "2.png"}
    if role == "clip":
        second = {"x:video": "clip.mp4"}
        (talk / "clip.mp4").write_bytes(hostile.content)
    else:
        (talk / "talk.mp4").write_bytes(hostile.content)
    chapters = [{"startTime": 0, "img": "1.png"}, {"startTime": SECOND, **second}, {"startTime": THIRD, "img": "3.png"}]
    (talk / "chapters.json").write_text(json.dumps({"version": "1.2.0", "title": talk.name, "fileName": "talk.m4a", "chapters": chapters}))
    return talk


@check("plenary")
def hostile_videos(bench: Bench) -> None:
    """Videos that are cut off, damaged, empty, something else, or lists of other files and addresses, as the speaker, as a slide and
    as the only thing to see: the sound is heard and the slides change at their times, one line says what is wrong, and neither
    another file nor the network is touched."""
    rig.need("strace")
    parent = Path(tempfile.mkdtemp(prefix="hostile-", dir=bench.scratch))
    secret, trace = parent / "secret.mp4", parent / "trace"
    sound = parent / "sound.m4a"
    fixtures.encode(bench.fixtures.wav(), sound, fixtures.CODECS[0])
    failures = []
    with Listener() as listener, rig.Desk() as desk:
        wrapper = ("strace", "-f", "-qq", "-s", "300", "-e", "trace=openat,open,socket,connect", "-o", str(trace))
        config = parent / "config"
        config.mkdir()
        cases = [(role, hostile) for role in ("speaker", "clip", "film") for hostile in hostile_files(bench, listener.port, secret)]
        if bench.quick:
            # Each file in one role, and each role with many of them.
            cases = [case for number, case in enumerate(cases) if number % 3 == number // (len(cases) // 3)]
        talks = [hostile_talk(parent, number, role, hostile, sound) for number, (role, hostile) in enumerate(cases)]
        with rig.Player(desk, [bench.binary, "--config", config], wrapper=wrapper) as player, rig.Recorder(desk) as recorder:
            desk.window_of(player.get("pid"), 60)
            for (role, hostile), talk in zip(cases, talks):
                name = f"{hostile.name} as the {role}"
                try:
                    lines = _play_hostile(bench, player, recorder, role, hostile, talk)
                    bench.say(f"{name}: {lines[0] if lines else 'nothing is said'}")
                except (Failure, TimeoutError, rig.IpcError) as failure:
                    failures.append(f"{name}: {failure}")
                    bench.say(f"not ok: {failures[-1]}")
            expect(player.get("time-pos") is not None and player.alive(), "the player has ended")
        calls = listener.calls
        traced = trace.read_text(errors="replace").splitlines()
    opened = [line for line in traced if "open" in line]
    expect(any(str(talks[0]) in line for line in opened), "the trace does not show the talks being read")
    internet = [line for line in traced if "AF_INET" in line]
    others = [line for line in opened if str(secret) in line]
    bench.say(f"{len(traced)} calls traced: {len(internet)} of the internet, {len(others)} of the other file; {calls} calls of the listener")
    expect(not internet and calls == 0, f"the network was touched: {internet[:2]}, {calls} calls")
    expect(not others, f"another file was opened: {others[:2]}")
    expect(not failures, "; ".join(failures))


def _play_hostile(bench: Bench, player: rig.Player, recorder: rig.Recorder, role: str, hostile: Hostile, talk: Path) -> list[str]:
    """Opens and plays such a talk; what is said about it."""
    logged = player.log_path.stat().st_size
    player.command("loadfile", str(talk))
    player.wait_for("path", lambda path: path is not None and str(talk) in path)
    player.wait_playing()
    shelf.run(player, f"speaker {'beside' if role == 'speaker' else 'off'}")
    # Talks of one sound go on where the last one was left.
    player.seek(0.0)
    player.wait_for("time-pos", lambda at: at < 0.5)
    told, late, shown = [], [], {}
    while True:
        at = player.get("time-pos")
        notice = player.get("plenary/notice")
        if notice and notice not in told:
            told.append(notice)
        if role != "film":
            slide = player.get("plenary/slide")
            due = bisect.bisect_right([0.0, SECOND, THIRD], at)
            shown.setdefault(slide, at)
            if slide != due and min(abs(at - SECOND), abs(at - THIRD)) > 0.15:
                late.append(f"slide {slide} at {at:.2f} s")
        if at >= END:
            break
        time.sleep(0.02)
    expect(not late, f"slides come at other times: {late[:3]}")
    expect(role == "film" or set(shown) >= {1, 2, 3}, f"only the slides {sorted(shown)} are shown")
    ended = time.monotonic()
    near = player.get("time-pos")
    recorder.wait_for(ended)
    first = recorder.index_at(ended - 1.0)
    place = bench.fixtures.reader.locate(recorder.sound(first, first + rig.RATE), rig.RATE, near - 1.0)
    expect(place is not None and abs(place.secs - (near - 1.0)) < 0.4, f"what is heard is {place}, told is {near:.2f} s")
    with open(player.log_path, "rb") as log:
        log.seek(logged)
        lines = [line.strip() for line in log.read().decode(errors="replace").splitlines() if line.strip()]
    about = [line for line in lines if ".mp4" in line]
    expect(len(about) == 1, f"{len(about)} lines say it: {about}; notices: {told}")
    expect(len(lines) == len(about), f"there is talk of something else: {lines}")
    return [re.sub(r"^.*?WARN [^ ]+ ", "", line).replace(str(talk.parent), "") for line in about]
