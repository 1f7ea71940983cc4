"""The colours of moving pictures on the screen, in every way in which they can be drawn."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import numpy as np

import rig
from bench import Bench, check, expect

# Three above, three below.
PATCHES = np.array([[(192, 64, 32), (32, 96, 224), (40, 200, 80)], [(240, 240, 240), (16, 16, 16), (200, 60, 200)]], np.uint8)
SECS = 30
# How much a value may be off: rounding on the way into the video and out of it.
OFF = 4

FILMS = {
    # Name: pixels across and down, matrix, range, form, turned by a quarter.
    "small, as television": ((480, 270), "bt709", "tv", "yuv420p", False),
    "small, old television": ((480, 270), "smpte170m", "tv", "yuv420p", False),
    "small, full range": ((480, 270), "bt709", "pc", "yuv444p", False),
    "small, ten bits": ((480, 270), "bt709", "tv", "yuv420p10le", False),
    "turned by a quarter": ((480, 270), "bt709", "tv", "yuv420p", True),
    "larger than the window": ((3840, 2160), "bt709", "tv", "yuv420p", False),
}
WAYS = ("processor", "card", "simple")


def film(bench: Bench, name: str) -> Path:
    """Patches that stand still, with silence."""
    (across, down), matrix, span, form, turned = FILMS[name]
    folder = bench.fixtures.root / "colours"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name.replace(',', '').replace(' ', '-')}.mp4"
    if file.exists():
        return file
    picture = np.repeat(np.repeat(PATCHES, down // 2, 0), across // 3, 1)
    still = folder / f"{file.stem}.rgb"
    still.write_bytes(picture.tobytes())
    scale = {"bt709": "bt709", "smpte170m": "bt601"}[matrix]
    first = file.with_name(f"{file.stem}-unturned.mp4")
    rig.need("ffmpeg")
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{across}x{down}", "-stream_loop", "-1",
                    "-framerate", "10", "-i", still, "-f", "lavfi", "-i", f"anullsrc=d={SECS}", "-t", str(SECS),
                    "-vf", f"scale=out_color_matrix={scale}:out_range={span},format={form}", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "4",
                    "-colorspace", matrix, "-color_range", span, "-c:a", "aac", first], check=True)
    still.unlink()
    if turned:
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", first, "-c", "copy", "-metadata:s:v:0", "rotate=90", file], check=True)
    else:
        first.rename(file)
    return file


@check("plenary")
def film_colours(bench: Bench) -> None:
    """Colours, range, depth and orientation of films on the screen are those that were meant, whoever makes them: the processor in the
    size in which they are seen, the graphics card, or the processor in
    their own size."""
    failures = []
    with rig.Desk() as desk:
        for way in WAYS:
            worst = 0
            for name, ((across, _), _, _, _, turned) in FILMS.items():
                config = bench.scratch / f"config-colours-{time.monotonic_ns()}"
                config.mkdir()
                argv = [bench.binary, "--config", config, film(bench, name)]
                with rig.Player(desk, argv, env={"PLENARY_VIDEO": way}) as player:
                    window = desk.window_of(player.pid)
                    player.wait_playing()
                    player.set("pause", True)
                    time.sleep(1.0)
                    rect = player.wait_for("plenary/slide-rect", lambda rect: rect["w"] > 0)
                    left, top, *_ = window.place()
                    shot = desk.grab(left + int(rect["x"]), top + int(rect["y"]), int(rect["w"]), int(rect["h"])).astype(int)
                    if across > 2 * int(rect["w"]):
                        failures += [f"{way}, {name}, {trouble}" for trouble in _at_full_size(desk, player, window, across)]
                meant = np.rot90(PATCHES) if turned else PATCHES
                rows, columns = meant.shape[:2]
                for row in range(rows):
                    for column in range(columns):
                        # The middle half of the patch, all of it.
                        tall, wide = shot.shape[0] / rows, shot.shape[1] / columns
                        part = shot[int((row + 0.25) * tall):int((row + 0.75) * tall), int((column + 0.25) * wide):int((column + 0.75) * wide)]
                        off = int(np.abs(part - meant[row, column]).max())
                        worst = max(worst, off)
                        if off > OFF:
                            failures.append(f"{way}, {name}: {part[len(part) // 2, part.shape[1] // 2]} instead of {meant[row, column]}")
            bench.say(f"{way}: {worst} of 255 off at most, in {len(FILMS)} films")
    expect(not failures, "; ".join(failures))


def _at_full_size(desk: rig.Desk, player: rig.Player, window: rig.Window, across: int) -> list[str]:
    """Pixel for pixel most of such a film lies outside of the window; what is seen is its middle, as large as it is."""
    player.command("keypress", "ctrl+1")
    rect = player.wait_for("plenary/slide-rect", lambda rect: rect["zoom"] == 1.0)
    time.sleep(1.0)
    left, top, *_ = window.place()
    shot = desk.grab(left + int(rect["x"]), top + int(rect["y"]), int(rect["w"]), int(rect["h"])).astype(int)
    tall, wide = shot.shape[:2]
    # The edge between the first and the second column of patches, counted from the left edge of what is seen.
    edge = across // 3 - (across - wide) // 2
    expect(20 < edge < wide // 2, f"the edge lies at {edge} of {wide}")
    wrong = []
    for row, y in enumerate((tall // 4, 3 * tall // 4)):
        for column, x in ((0, edge - 12), (1, edge + 12), (1, wide // 2)):
            if np.abs(shot[y, x] - PATCHES[row, column]).max() > OFF:
                wrong.append(f"1:1, {x} from the left: {shot[y, x]} instead of {PATCHES[row, column]}")
    return wrong
