"""What is said: the line that is lit belongs to what is heard, a click goes there, captions leave the slide alone, and a program
that writes transcripts is run, ended, believed and not believed."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import time
from pathlib import Path

import numpy as np
from PIL import Image

import fixtures
import rig
from bench import Bench, check, expect
from check_screen import _slide_area

ACCENT = np.array([0x6C, 0xB6, 0xFF])  # of the dark theme
PANEL, MARGIN = 416, 80  # points: the panel, and what of it is left of the words
NAMES = 12  # so many cues differ in the length of their words
CUE = 0.8  # seconds


def _talk(bench: Bench, cues: bool, secs: int = 60, number: int = 700) -> Path:
    """A talk whose cue n says `M` 1 + n % NAMES times."""
    talk = bench.scratch / f"{38930000 + number}-said"
    shutil.rmtree(talk, ignore_errors=True)
    talk.mkdir(parents=True)
    fixtures.write_slides(talk, 38930000 + number, 6, 10.0, "png", (1024, 576))
    silence = ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-t", str(secs), "-c:a", "aac"]
    name = f"Said-{38930000 + number}"
    subprocess.run(["ffmpeg", "-v", "error", "-y", *silence, talk / f"{name}.m4a"], check=True)
    if cues:
        (talk / f"{name}.en.vtt").write_text(_vtt(int(secs / CUE)))
    return talk


def _vtt(count: int) -> str:
    stamp = lambda secs: f"{int(secs // 60):02}:{secs % 60:06.3f}"
    cues = (f"{stamp(n * CUE)} --> {stamp((n + 1) * CUE)}\n{'M' * (1 + n % NAMES)}\n" for n in range(count))
    return "WEBVTT\n\n" + "\n".join(cues)


def _start(bench: Bench, desk: rig.Desk, talk: Path, name: str, settings: str = "") -> rig.Player:
    config = bench.scratch / f"said-{name}"
    if settings is not None:
        shutil.rmtree(config, ignore_errors=True)
        config.mkdir(parents=True)
        (config / "config.toml").write_text(f'theme = "dark"\nresume = false\n{settings}\n')
    return rig.Player(desk, [bench.binary, "--config", config, "--pause", talk])


def _run(player: rig.Player, commands: str) -> None:
    player.command("plenary-run", commands)


def _lit(desk: rig.Desk, window: rig.Window) -> tuple[int, int, int] | None:
    """Which of the names is lit in the pane, and the rows of the screen that it takes; nothing where none is."""
    left, top, width, height = window.place()
    pane = desk.grab(left + width - PANEL, top, PANEL, height).astype(int)
    bar = (np.abs(pane[:, 1:4] - ACCENT).max(axis=(1, 2)) < 8).nonzero()[0]
    if not len(bar):
        return None
    words = pane[bar[0] + 4: bar[-1] - 3, MARGIN - 4: PANEL - 16]
    ink = (np.abs(words - words[0, 0]).max(axis=2) > 60).any(axis=0).nonzero()[0]
    return (int(ink[-1] - ink[0] + 1) if len(ink) else 0), top + int(bar[0]), top + int(bar[-1])


@check("plenary")
def lit_line(bench: Bench) -> None:
    """While the talk plays, the line that is lit in the pane is the one that is heard, within 100 ms."""
    talk = _talk(bench, cues=True)
    with rig.Desk() as desk:
        desk.start_sound()
        with _start(bench, desk, talk, "lit") as player:
            window = desk.window_of(player.pid)
            player.wait_for("duration", lambda secs: secs is not None)
            _run(player, "transcript toggle")
            widths = []
            for name in range(NAMES):
                player.seek(name * CUE + CUE / 2)
                time.sleep(0.6)
                seen = _lit(desk, window)
                expect(seen is not None, f"nothing is lit {name * CUE + CUE / 2:.1f} s into the talk")
                widths.append(seen[0])
            expect(all(more - less > 5 for less, more in zip(widths, widths[1:])), f"the lines are {widths} wide")
            _run(player, "seek 0; play")
            player.wait_playing()
            seen, worst = 0, 0.0
            end = time.monotonic() + (8 if bench.quick else 20)
            while time.monotonic() < end:
                before = player.get("time-pos")
                lit = _lit(desk, window)
                after = player.get("time-pos")
                expect(lit is not None, f"nothing is lit at {before:.2f} s")
                name = int(np.argmin([abs(lit[0] - width) for width in widths]))
                allowed = {int(at / CUE) % NAMES for at in np.arange(before - 0.1, after + 0.1, 0.01) if at >= 0}
                expect(name in allowed, f"line {name} is lit between {before:.3f} and {after:.3f} s, where {sorted(allowed)} are heard")
                start = int(before / CUE) * CUE
                if int(start / CUE) % NAMES != name:
                    worst = max(worst, before - start)
                seen += 1
                time.sleep(0.02)
            bench.say(f"{seen} looks at a playing talk: the lit line was the one that is heard, at most {1000 * worst:.0f} ms late")


@check("plenary")
def click_line(bench: Bench) -> None:
    """A click on a line plays from its beginning, wherever in it; the wheel lets the pane stand, T lets it follow again."""
    talk = _talk(bench, cues=True)
    with rig.Desk() as desk, _start(bench, desk, talk, "click") as player:
        window = desk.window_of(player.pid)
        window.focus()
        player.wait_for("duration", lambda secs: secs is not None)
        desk.run("xdotool", "key", "t")
        player.seek(20.2)  # in cue 25
        time.sleep(0.8)
        _, top, bottom = _lit(desk, window)
        left, _, width, _ = window.place()
        row = bottom - top + 1
        for step, x in ((2, 40), (-3, 120), (4, 300)):
            desk.run("xdotool", "mousemove", str(left + width - PANEL + x), str(top + step * row + row // 2), "click", "1")
            want = (25 + step) * CUE
            got = player.wait_for("time-pos", lambda at: abs(at - want) < 0.005, 5)
            expect(abs(got - want) < 0.005, f"the click went to {got}, not to {want}")
            player.seek(20.2)
            time.sleep(0.8)
        desk.run("xdotool", "mousemove", str(left + width - PANEL + 200), str(top), "click", "--repeat", "12", "--delay", "30", "5")
        time.sleep(0.5)
        player.seek(21.0)  # in cue 26, which is out of sight now
        time.sleep(0.5)
        expect(_lit(desk, window) is None, "after the wheel the pane still follows")
        desk.run("xdotool", "key", "t")
        time.sleep(0.8)
        expect(_lit(desk, window) is not None, "T does not let it follow again")
        bench.say("clicks on three lines went to their first moments; the wheel held the pane, T let it follow")


@check("plenary")
def captions_leave_the_slide(bench: Bench) -> None:
    """With captions no pixel of the slide is another, in the window, without chrome and in fullscreen, and the slide stays in its place
    from cue to cue."""
    talk = _talk(bench, cues=True)
    want = np.asarray(Image.open(fixtures.read_folder(talk).slides[0].image).convert("RGB"))
    with rig.Desk() as desk, _start(bench, desk, talk, "captions") as player:
        window = desk.window_of(player.pid)
        player.wait_for("duration", lambda secs: secs is not None)
        for name, commands in (("window", "captions toggle"), ("three lines", "captions lines 3; captions size +8"),
                               ("no chrome", "chrome toggle"), ("fullscreen", "chrome toggle; fullscreen on")):
            _run(player, commands)
            time.sleep(1.5)
            places, bands = set(), set()
            for step in range(8):
                player.seek(step * CUE + CUE / 2)
                time.sleep(0.3)
                area = _slide_area(window, player)
                places.add(area)
                expect(area[2:] == (1024, 576), f"{name}: the slide is not one to one: {area}")
                shown = desk.grab(*area)
                expect(np.array_equal(shown, want), f"{name}: {np.count_nonzero((shown != want).any(2))} pixels of the slide differ with a caption")
                left, top, width, height = window.place()
                below = desk.grab(left, area[1] + area[3], width, top + height - area[1] - area[3])
                bands.add(below[: below.shape[0] - (100 if "window" in name or "lines" in name else 0)].tobytes())
            expect(len(places) == 1, f"{name}: the slide moves from cue to cue: {places}")
            expect(len(bands) == 8, f"{name}: {len(bands)} different captions were seen below the slide, not 8")
        bench.say("in the window, with three large lines, without chrome and in fullscreen no pixel of the slide differs, and it stays")


@check("plenary")
def transcriber(bench: Bench) -> None:
    """A program named in the settings is run, shows its progress, is ended with what it started, its failure is told in one line, and what
    it writes is taken and found again, without a file in the talk's folder."""
    talk = _talk(bench, cues=False, number=701)
    before = sorted((path.name, path.stat().st_mtime_ns) for path in talk.iterdir())
    fake, mode, pids = bench.scratch / "fake whisper", bench.scratch / "mode", bench.scratch / "pids"
    fake.write_text(f"""#!/bin/sh
echo $$ > '{pids}'
case "$(cat '{mode}')" in
    hang) sleep 600 & echo $! >> '{pids}'; echo "progress = 42%" >&2; wait;;
    fail) echo "loading" >&2; echo "no model here" >&2; exit 2;;
    *) test "$(head -c 4 "$1")" = RIFF && cp '{bench.scratch}/made.vtt' "$2.vtt";;
esac
""")
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    (bench.scratch / "made.vtt").write_text(_vtt(20))
    settings = f"transcribe = \"\"\"'{fake}' {{wav}} {{out}}\"\"\""
    notice = lambda player: (player.get("plenary/notice") or "")
    with rig.Desk() as desk, _start(bench, desk, talk, "program", settings) as player:
        window = desk.window_of(player.pid)
        player.wait_for("duration", lambda secs: secs is not None)
        _run(player, "transcript toggle")
        mode.write_text("hang")
        pids.unlink(missing_ok=True)
        _run(player, "transcribe")
        rig.wait_until(lambda: pids.exists() and len(pids.read_text().split()) == 2, 20, "the program")
        running = [int(pid) for pid in pids.read_text().split()]
        expect(os.getpgid(running[0]) == running[0], "the program is in the group of the player")
        expect(os.getpriority(os.PRIO_PROCESS, running[0]) == 19, "the program is not the last in turn")
        _run(player, "transcribe cancel")
        rig.wait_until(lambda: not any(_lives(pid) for pid in running), 5, "the end of the program and of what it started")
        mode.write_text("fail")
        time.sleep(0.5)
        _run(player, "transcribe")
        rig.wait_until(lambda: "no model here" in str(notice(player)), 20, "the failure told")
        told = str(notice(player))
        mode.write_text("write")
        _run(player, "transcribe")
        rig.wait_until(lambda: "20 lines" in str(notice(player)), 20, "the transcript")
        player.seek(CUE / 2)
        time.sleep(0.8)
        expect(_lit(desk, window) is not None, "the transcript is not in the pane")
    after = sorted((path.name, path.stat().st_mtime_ns) for path in talk.iterdir())
    expect(before == after, "the talk's folder has changed")
    with rig.Desk() as desk, _start(bench, desk, talk, "program", None) as player:
        window = desk.window_of(player.pid)
        player.wait_for("duration", lambda secs: secs is not None)
        player.seek(CUE / 2)
        time.sleep(0.8)
        expect(_lit(desk, window) is not None, "the transcript is not found again")
    bench.say(f"run at priority 19 in a group of its own, cancelled with its child, failed as {told!r}, taken and found again")


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
