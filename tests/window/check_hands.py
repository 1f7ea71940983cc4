"""What hands do to the slide: zoom, pan, fullscreen, copying, a second window; and what is there again at the next start."""

from __future__ import annotations

import io
import time

import numpy as np
from PIL import Image

import fixtures
import rig
from bench import Bench, check, expect

# A notch of the wheel.
NOTCH = 1.25


def _area(window: rig.Window, player: rig.Player) -> tuple[int, int, int, int]:
    left, top, _, _ = window.place()
    rect = player.get("plenary/slide-rect")
    return (left + int(rect["x"]), top + int(rect["y"]), int(rect["w"]), int(rect["h"]))


def _still(desk: rig.Desk, area: tuple[int, int, int, int], secs: float = 5.0) -> np.ndarray:
    """The picture of an area once two of them, a moment apart, are the same."""
    end = time.monotonic() + secs
    before = desk.grab(*area).copy()
    while time.monotonic() < end:
        time.sleep(0.3)
        now = desk.grab(*area).copy()
        if np.array_equal(before, now):
            return now
        before = now
    return before


def _zoom(player: rig.Player) -> float:
    return player.get("plenary/slide-rect")["zoom"]


def _pixels(slide) -> np.ndarray:
    return np.asarray(Image.open(slide.image).convert("RGB"))


@check("plenary")
def zoom_and_pan(bench: Bench) -> None:
    """Whole multiples show each pixel as a square, byte for byte; the wheel zooms at the pointer, a drag moves the slide, one
    key leads back; and the mode is there again after a slide change and after a restart."""
    talk = bench.fixtures.clock_talk(fixtures.CODECS[0], 1, "png", (1024, 576)).talk
    config = bench.scratch / "zoom-config"
    want = _pixels(talk.slides[0])
    argv = [bench.binary, "--config", config, "--pause", talk.folder]
    with rig.Desk(1600, 1000) as desk:
        with rig.Player(desk, argv) as player:
            player.wait_for("chapters", lambda count: count == len(talk.slides))
            window = desk.window_of(player.pid)
            desk.run("xdotool", "windowsize", "--sync", window.id, "1400", "900")
            for times in (2, 3):
                player.command("keypress", f"Ctrl+{times}")
                player.wait_for("plenary/slide-rect", lambda rect: rect["zoom"] == times)
                shown = _still(desk, _area(window, player))
                squares = np.repeat(np.repeat(want, times, 0), times, 1)
                top, left = (squares.shape[0] - shown.shape[0]) // 2, (squares.shape[1] - shown.shape[1]) // 2
                # The slide is centred; on an odd rest one pixel more is on one side.
                offs = [np.abs(shown.astype(int) - squares[y:y + shown.shape[0], x:x + shown.shape[1]]).max()
                        for y in (top, top + 1) for x in (left, left + 1)
                        if y + shown.shape[0] <= squares.shape[0] and x + shown.shape[1] <= squares.shape[1]]
                bench.say(f"{times}:1: {shown.shape[1]}x{shown.shape[0]} pixels of squares, off by {min(offs)}")
                expect(min(offs) == 0, f"at {times}:1 a pixel is no square: off by {offs}")
            _drag_moves(bench, desk, window, player)
            player.command("keypress", "Ctrl+1")
            player.wait_for("plenary/slide-rect", lambda rect: rect["zoom"] == 1.0)
            _wheel_zooms_at_pointer(bench, desk, window, player)
            kept = _zoom(player)
            player.command("keypress", "PGDWN")
            player.wait_for("chapter", lambda chapter: chapter == 1)
            expect(_zoom(player) == kept, "the zoom changed with the slide")
            time.sleep(1.0)  # what changed is written a moment later
        with rig.Player(desk, argv) as player:
            player.wait_for("chapters", lambda count: count == len(talk.slides))
            window = desk.window_of(player.pid)
            again = player.wait_for("plenary/slide-rect", lambda rect: rect and rect["zoom"] == kept)["zoom"]
            player.command("keypress", "Ctrl+0")
            reset = player.wait_for("plenary/slide-rect", lambda rect: rect["zoom"] == 1.0)
            bench.say(f"after a restart {again:.3f} again; Ctrl+0: {reset['lamp']}")


def _drag_moves(bench: Bench, desk: rig.Desk, window: rig.Window, player: rig.Player) -> None:
    area = _area(window, player)
    before = _still(desk, area)
    x, y = area[0] + area[2] // 2, area[1] + area[3] // 2
    desk.run("xdotool", "mousemove", str(x), str(y), "mousedown", "1")
    for step in range(1, 6):
        desk.run("xdotool", "mousemove", str(x + 24 * step), str(y + 12 * step))
        time.sleep(0.05)
    desk.run("xdotool", "mouseup", "1")
    desk.run("xdotool", "mousemove", str(area[0] + 5), str(area[1] + 5))
    after = _still(desk, _area(window, player))
    moved = np.array_equal(after[60:, 120:], before[:-60, :-120])
    bench.say(f"dragged by 120, 60: {'the slide moved by exactly that' if moved else 'the slide did not move so'}")
    expect(moved, "a drag by 120, 60 did not move the slide by as much")


def _wheel_zooms_at_pointer(bench: Bench, desk: rig.Desk, window: rig.Window, player: rig.Player) -> None:
    rect = player.get("plenary/slide-rect")
    left, top, _, _ = window.place()
    x, y = left + int(rect["x"]) + int(rect["w"]) // 3, top + int(rect["y"]) + int(rect["h"]) // 3
    desk.run("xdotool", "mousemove", str(x), str(y))
    time.sleep(0.2)
    # A made-up wheel has no axis: pressing its button counts as a notch and letting go of it as one more.
    desk.run("xdotool", "keydown", "ctrl", "click", "4", "keyup", "ctrl")
    player.wait_for("plenary/slide-rect", lambda rect: abs(rect["zoom"] - NOTCH**2) < 0.01)
    now = player.get("plenary/slide-rect")
    bench.say(f"two notches: {now['lamp']}")
    # The screen now holds the slide enlarged around the pointer: what was there is still there.
    kept = _still(desk, (x - 2, y - 2, 5, 5)).astype(int).mean((0, 1))
    player.command("keypress", "Ctrl+1")
    player.wait_for("plenary/slide-rect", lambda rect: rect["zoom"] == 1.0)
    there = _still(desk, (x - 2, y - 2, 5, 5)).astype(int).mean((0, 1))
    expect(np.abs(kept - there).max() < 40, f"another place of the slide is under the pointer after zooming: {kept} was {there}")
    desk.run("xdotool", "keydown", "ctrl", "click", "4", "keyup", "ctrl")
    player.wait_for("plenary/slide-rect", lambda rect: abs(rect["zoom"] - NOTCH**2) < 0.01)


@check("plenary")
def fullscreen_clean(bench: Bench) -> None:
    """Fullscreen shows the slide alone. A moving pointer brings the strip up where the slide leaves room for it, and never on
    it; where it leaves none, only while the pointer is at the bottom edge."""
    for size, roomy in (((1600, 1000), True), ((1280, 720), False)):
        talk = bench.fixtures.clock_talk(fixtures.CODECS[0], 1, "png", (1024, 576) if roomy else (1280, 720)).talk
        want = _pixels(talk.slides[0])
        with rig.Desk(*size) as desk, bench.player(desk, talk, "--pause", "--fullscreen", window=True) as player:
            player.wait_for("chapters", lambda count: count == len(talk.slides))
            window = desk.window_of(player.pid)
            desk.run("xdotool", "mousemove", str(size[0] // 2), "40")
            rig.wait_until(lambda: window.place()[2:] == size, 5, "the window to fill the screen")
            time.sleep(3.0)
            area = _area(window, player)
            alone = _still(desk, (0, 0, *size))
            rest = alone.copy()
            rest[area[1]:area[1] + area[3], area[0]:area[0] + area[2]] = rest[0, 0] if roomy else 0
            expect(np.array_equal(alone[area[1]:area[1] + area[3], area[0]:area[0] + area[2]], want), "the slide is not what is in its file")
            expect(not roomy or (rest == rest[0, 0]).all(), "something besides the slide is seen")
            desk.run("xdotool", "mousemove", str(size[0] // 2 + 30), "60")
            time.sleep(0.5)
            moving = desk.grab(0, 0, *size).copy()
            strip = (moving != alone).any(2).any(1)
            on_slide = strip[area[1]:area[1] + area[3]].any()
            expect(not on_slide, "a moving pointer draws something on the slide")
            expect(strip.any() == roomy, f"the strip is {'not ' if roomy else ''}there while the pointer moves")
            time.sleep(3.0)
            expect(np.array_equal(desk.grab(0, 0, *size), alone), "the strip does not go")
            desk.run("xdotool", "mousemove", str(size[0] // 2), str(size[1] - 1))
            time.sleep(0.5)
            edge = (desk.grab(0, 0, *size) != alone).any(2).any(1)
            desk.run("xdotool", "mousemove", str(size[0] // 2), str(size[1] // 3))
            time.sleep(3.0 if roomy else 0.4)
            gone = np.array_equal(desk.grab(0, 0, *size), alone)
            bench.say(f"{size[0]}x{size[1]}: slide alone, strip of {int(edge.sum())} rows at the edge, {'gone' if gone else 'NOT gone'} after")
            expect(edge.any() and gone, "the strip at the bottom edge does not come, or does not go")


@check("plenary")
def slide_copied(bench: Bench) -> None:
    """The clipboard takes the slide as a picture, pixel for pixel, and as its file; saving copies it byte for byte."""
    rig.need("xclip")
    talk = bench.fixtures.clock_talk(fixtures.CODECS[0], 3, "444.jpg", (1024, 576)).talk
    target = bench.scratch / "saved.jpg"
    with rig.Desk() as desk, bench.player(desk, talk, "--pause", "-c", f'slide save "{target}"', window=True) as player:
        player.wait_for("chapters", lambda count: count == len(talk.slides))
        window = desk.window_of(player.pid)
        window.focus()
        desk.run("xdotool", "key", "ctrl+c")
        xclip = ["xclip", "-selection", "clipboard", "-o", "-t"]
        def clip(kind: str) -> bytes:
            out = desk.home / "clip"
            desk.run("sh", "-c", f"{' '.join(xclip)} {kind} > {out}", check=False)
            return out.read_bytes()
        picture = rig.wait_until(lambda: clip("image/png"), 5, "a picture on the clipboard")
        copied = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))
        rect = _area(window, player)
        shown = _still(desk, rect)
        expect(np.array_equal(copied, shown), f"the picture copied, {copied.shape}, is not the slide shown, {shown.shape}")
        desk.run("xdotool", "key", "ctrl+alt+c")
        name = talk.slides[0].image.name
        uris = rig.wait_until(lambda: name in clip("text/uri-list").decode() and clip("text/uri-list").decode(), 5, "a file on the clipboard")
        rig.wait_until(target.exists, 5, "the saved file")
        expect(target.read_bytes() == talk.slides[0].image.read_bytes(), "the saved file is another")
        bench.say(f"picture {copied.shape[1]}x{copied.shape[0]} equal to the screen; file {uris.strip()[-40:]}; saved byte for byte")


@check("plenary")
def text_copied(bench: Bench) -> None:
    """Text that is copied is on the system's clipboard, and the system's text is pasted into a field."""
    rig.need("xclip")
    talk = bench.fixtures.clock_talk(fixtures.CODECS[0]).talk
    with rig.Desk() as desk, bench.player(desk, talk, "--pause", window=True) as player:
        player.wait_for("chapters", lambda count: count == len(talk.slides))
        out = desk.home / "text"

        def clip() -> str:
            desk.run("sh", "-c", f"xclip -selection clipboard -o -t UTF8_STRING > {out}", check=False)
            return out.read_text("utf-8", "replace")

        player.command("plenary-run", "cite")
        title = player.get("media-title")
        copied = rig.wait_until(lambda: title in clip() and clip(), 5, "the copied text")
        (desk.home / "outside").write_text("from outside")
        desk.run("sh", "-c", f"xclip -selection clipboard -i {desk.home / 'outside'} >/dev/null 2>&1")
        desk.window_of(player.pid).focus()
        desk.run("xdotool", "key", "slash")
        time.sleep(0.5)
        desk.run("xdotool", "key", "ctrl+v")
        player.wait_for("plenary/search", lambda search: search and search["text"] == "from outside", secs=5)
        bench.say(f"copied {copied.strip()[:60]!r}; pasted what another program had copied")


@check("plenary")
def second_window(bench: Bench) -> None:
    """A second window shows the same slide, pixel for pixel, and follows; closing it leaves the first."""
    talk = bench.fixtures.clock_talk(fixtures.CODECS[0], 1, "png", (1024, 576)).talk
    with rig.Desk(2600, 1300) as desk, bench.player(desk, talk, "--pause", window=True) as player:
        player.wait_for("chapters", lambda count: count == len(talk.slides))
        first = desk.window_of(player.pid)
        desk.run("xdotool", "windowmove", first.id, "10", "600")
        player.command("keypress", "Shift+f")
        ids = rig.wait_until(lambda: [line for line in desk.run("xdotool", "search", "--onlyvisible", "--name", "slide$", check=False).split()],
                             5, "a second window")
        second = rig.Window(desk, ids[0])
        desk.run("xdotool", "windowsize", "--sync", second.id, "1100", "620")
        desk.run("xdotool", "windowmove", second.id, "1480", "10")
        desk.run("xdotool", "windowraise", second.id)
        for slide in (0, 2):
            player.seek(talk.slides[slide].secs + 0.5)
            player.wait_for("chapter", lambda chapter, slide=slide: chapter == slide)
            want = _pixels(talk.slides[slide])
            left, top, width, height = second.place()
            inside = (left + (width - want.shape[1]) // 2, top + (height - want.shape[0]) // 2, want.shape[1], want.shape[0])
            try:
                rig.wait_until(lambda: np.array_equal(desk.grab(*inside), want), 5, "the slide")
            except TimeoutError:
                expect(False, f"the second window does not show slide {slide + 1} pixel for pixel")
        second.focus()
        desk.run("xdotool", "key", "alt+F4")
        rig.wait_until(lambda: not desk.run("xdotool", "search", "--onlyvisible", "--name", "slide$", check=False).split(),
                       5, "the second window to go")
        expect(player.alive(), "closing the second window ended the player")
        player.seek(1.0)
        bench.say("the second window shows the slide pixel for pixel, follows, and goes alone")
