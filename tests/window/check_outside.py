"""What surrounds a player: the folders it is given, other programs' clients, a device that goes away, the network."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy.signal import butter, sosfilt

import fixtures
import rig
from bench import Bench, Failure, check, expect
from check_sound import told_minus_heard_ms


def audible_rms(sound: np.ndarray) -> float:
    """The level of speech in a recording; the rig's own tones lie above."""
    return float(np.sqrt(np.mean(sosfilt(butter(6, [100, 7000], "bandpass", fs=rig.RATE, output="sos"), sound) ** 2)))


@check("plenary")
def every_folder(bench: Bench) -> None:
    """Every talk opens with as many slides as its XML lists, and is heard."""
    made = [talk.talk.folder for talk in bench.fixtures.clock_talks()]
    failures = []
    with rig.Desk() as desk:
        for folder in [*made, *fixtures.real_talks()]:
            talk = fixtures.read_folder(folder)
            try:
                with bench.player(desk, talk) as player, rig.Recorder(desk) as recorder:
                    slides = player.wait_for("chapters", lambda n: n is not None and n > 0)
                    player.wait_playing()
                    begun = player.get("time-pos")
                    level, end = 0.0, time.monotonic() + 8
                    while level < 0.003 and time.monotonic() < end:  # talks may begin with silence
                        start = recorder.count()
                        time.sleep(1.0)
                        level = audible_rms(recorder.sound(start))
                    moved = player.get("time-pos") - begun
                    bench.say(f"{talk.name[:50]:50} {slides} slides, {player.get('duration'):.1f} s, level {level:.3f}, moved {moved:.1f} s")
                    expect(slides == len(talk.slides), f"{slides} slides, the XML lists {len(talk.slides)}")
                    expect(moved > 0.5, f"the position moved by only {moved:.2f} s")
                    expect(level >= 0.003, f"nothing to be heard (level {level:.4f})")
            except (Failure, TimeoutError, rig.IpcError, RuntimeError) as error:
                failures.append(f"{talk.name}: {error}")
                bench.say(f"not ok: {failures[-1]}")
    expect(not failures, "; ".join(failures))


@check("plenary", "mpv")
def jsonipc_client(bench: Bench) -> None:
    """The client library python-mpv-jsonipc starts the player as if it were mpv and drives it through a session."""
    first, second = (bench.fixtures.clock_talk(codec).talk for codec in fixtures.CODECS[:2])
    given = [str(t.sound if bench.kind == "mpv" else t.folder) for t in (first, second)]
    with rig.Desk() as desk:
        options = ["config=no", "ao=pulse", "force_window=yes"] if bench.kind == "mpv" else [f"config={desk.home}/plenary"]
        session = desk.spawn([sys.executable, "-B", Path(__file__).with_name("jsonipc_session.py"), bench.binary, *given, *options],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            out, errors = session.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            raise Failure("the session did not end within two minutes") from None
    expect(session.returncode == 0, f"the session failed: {errors.decode(errors='replace')[-1500:]}")
    seen = json.loads(out)
    bench.say(f"started with {' '.join(seen['arguments'])}")
    bench.say(f"{seen['duration']:.2f} s, {seen['chapters']} chapters; paused, moved {seen['moved_while_paused']:.3f} s; "
              f"speed 2 moves {seen['rate_at_speed_2']:.2f} s per second; {seen['observed_time_pos']} changes of time-pos seen")
    expect(not seen["missing_properties"], f"property-list lacks {seen['missing_properties']}")
    expect(seen["moved_while_paused"] == 0, "the position moved while paused")
    expect(abs(seen["rate_at_speed_2"] - 2) < 0.15, f"at speed 2 the position moves {seen['rate_at_speed_2']:.2f} s per second")
    expect(seen["observed_time_pos"] >= 10, f"only {seen['observed_time_pos']} changes of time-pos were reported")
    expect(seen["observed_forward_only_lately"], "time-pos went back while playing")
    expect(seen["path"] == given[0] and seen["playlist"] == given, f"paths are told as {seen['path']}, {seen['playlist']}")
    expect(seen["exit_status"] == 0, f"quit ended the player with {seen['exit_status']}")
    if bench.kind == "plenary":
        for name, wanted in (("seek_absolute", 30), ("seek_relative", 35), ("set_time_pos", 40.5)):
            expect(abs(seen[name] - wanted) < 0.002, f"{name.replace('_', ' ')} to {wanted} ended at {seen[name]}")
        expect(seen["chapters"] == len(first.slides), f"{seen['chapters']} chapters for {len(first.slides)} slides")
        told = [chapter["time"] for chapter in seen["chapter_list"]]
        expect(told == [slide.secs for slide in first.slides], f"chapters at {told}")


@check("plenary", "mpv")
def sleeping_device(bench: Bench) -> None:
    """A sound server that takes two seconds to take the first sound is not one that is lost: the talk plays when it does."""
    talk = bench.fixtures.clock_talk(fixtures.CODECS[0]).talk
    failures, secs = [], []
    with rig.Desk() as desk:
        for _ in range(6 if bench.quick else 20):
            desk.stop_sound()
            desk.start_sound(awake=False)
            begun = time.monotonic()
            with bench.player(desk, talk) as player:
                try:
                    player.wait_for(bench.position, lambda t: t is not None and t > 0.05, secs=5)
                    secs.append(time.monotonic() - begun)
                except TimeoutError as error:
                    failures.append(f"{error}, {'paused' if player.get('pause') else 'not paused'}; {player.log().strip()}")
    bench.say(f"{len(secs)} starts played, after {np.round(sorted(secs), 1)} s")
    expect(not failures, f"{len(failures)} starts did not: {failures[0] if failures else ''}")


@check("plenary")
def device_loss(bench: Bench) -> None:
    """The sound server dies in mid-talk: the player lives and keeps its place; when the server is back, so is the sound."""
    clock_talk = bench.fixtures.clock_talk(fixtures.CODECS[0])
    with rig.Desk() as desk, bench.player(desk, clock_talk.talk, window=True) as player:
        player.wait_playing()
        player.seek(20.0)
        time.sleep(2.0)
        before = player.get("time-pos")
        desk.stop_sound(kill=True)
        time.sleep(3.0)
        expect(player.alive(), f"the player ended with {player.process.returncode}: {player.log()}")
        place, paused = player.get("time-pos"), player.get("pause")
        cpu = player.cpu_secs()
        time.sleep(2.0)
        later, cpu = player.get("time-pos"), (player.cpu_secs() - cpu) / 2
        bench.say(f"at {before:.2f} the server died; 3 s later at {place:.2f}, {'paused' if paused else 'not paused'}, "
                  f"5 s later at {later:.2f}, {1000 * cpu:.0f} ms of CPU per second")
        expect(abs(place - before) < 1.0 and later == place, f"the place was not kept: {before:.2f}, {place:.2f}, {later:.2f}")
        expect(cpu < 0.3, f"{1000 * cpu:.0f} ms of CPU per second without a device")
        desk.start_sound(awake=False)
        time.sleep(3.0)
        if player.get("pause"):
            player.set("pause", False)
        with rig.Recorder(desk) as recorder:
            heard = None
            end = time.monotonic() + 10
            while heard is None and time.monotonic() < end:
                start = recorder.count()
                time.sleep(0.5)
                heard = clock_talk.reader.locate(recorder.sound(start), rig.RATE)
            expect(heard is not None, "no sound within 10 s of the server's return")
            off_ms = told_minus_heard_ms(bench, player, recorder, clock_talk.reader, secs=1.5)
            end = recorder.count() - rig.RATE // 2
            last = clock_talk.reader.locate(recorder.sound(end), rig.RATE, heard.secs + (end - start) / rig.RATE)
            expect(last is not None, "the sound went away again")
            stumble_ms = 1000 * ((end - start) / rig.RATE - (last.secs - heard.secs))
        bench.say(f"sound is back, at {heard.secs:.2f}; told is {off_ms:+.0f} ms from heard; "
                  f"it stumbled for {stumble_ms:.0f} ms in its first {(end - start) / rig.RATE:.1f} s")
        expect(heard.secs < before + 18, f"playback went on from {heard.secs:.1f}, not from about {before:.1f}")
        expect(abs(off_ms) < 50, f"told and heard differ by {off_ms:.0f} ms")


@check("plenary", "mpv")
def offline(bench: Bench) -> None:
    """No socket of the internet is opened, and nothing in the talk's folder is written to."""
    rig.need("strace")
    source = bench.fixtures.clock_talk(fixtures.CODECS[0]).talk.folder
    folder = Path(tempfile.mkdtemp(dir=bench.scratch)) / source.name
    shutil.copytree(source, folder)
    talk = fixtures.read_folder(folder)
    before = _contents(folder)
    with rig.Desk() as desk:
        trace = bench.scratch / "trace"
        watched = "trace=network,openat,open,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,link,linkat,symlink,symlinkat,truncate,chmod,utimensat"
        wrapper = ("strace", "-f", "-qq", "-s", "400", "-e", watched, "-o", str(trace))
        with bench.player(desk, talk, window=True, wrapper=wrapper) as player:
            player.wait_for("time-pos", lambda t: t is not None and t > 0.1, secs=60)
            player.seek(30.0)
            player.set("speed", 1.5)
            time.sleep(2.0)
            player.set("pause", True)
            time.sleep(1.0)
        lines = trace.read_text(errors="replace").splitlines()
    internet = [line for line in lines if re.search(r"\bsocket\(AF_INET6?\b|sa_family=AF_INET6?\b", line)]
    writing = [line for line in lines if str(folder) in line and "= -1 " not in line
               and (re.search(r"O_WRONLY|O_RDWR|O_CREAT", line) or not re.search(r"\bopen(at)?\(", line))]
    after = _contents(folder)
    changed = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    bench.say(f"{len(lines)} calls traced; {len(internet)} of the internet, {len(writing)} writing to the talk, {len(changed)} files changed")
    expect(any("openat" in line and talk.sound.name in line for line in lines) or bench.kind == "mpv", "the trace does not show the talk being read")
    expect(not internet, "; ".join(internet[:3]))
    expect(not writing, "; ".join(writing[:3]))
    expect(not changed, f"changed in the talk's folder: {changed}")


def _contents(folder: Path) -> dict[str, tuple]:
    """Every file's size, time of change and content, and the folder's own time."""
    files = {str(p.relative_to(folder)): (p.stat().st_size, p.stat().st_mtime_ns, hashlib.sha256(p.read_bytes()).hexdigest())
             for p in folder.rglob("*") if p.is_file()}
    return {**files, ".": (folder.stat().st_mtime_ns,)}
