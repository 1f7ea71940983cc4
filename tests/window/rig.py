"""A desk to try players at: a display with a window manager, a sound server whose output is recorded, and the players.

Nothing here knows which player it drives, as long as that player speaks mpv's JSON IPC. Every process that a desk starts is
in its list and is ended by its id when the desk is closed, whatever happened in between.
"""

from __future__ import annotations

import bisect
import contextlib
import copy
import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

RATE = 48_000  # of the sound server, hence of every recording
PILOT_HZ = 20_507  # a quiet tone above what the codecs of talks let through
PILOT = 0.03

# Debian's package for every program used, for the message when one is missing.
PACKAGES = {
    "Xvfb": "xvfb", "openbox": "openbox", "xdotool": "xdotool", "xdpyinfo": "x11-utils", "xwininfo": "x11-utils", "xprop": "x11-utils",
    "pulseaudio": "pulseaudio", "pactl": "pulseaudio-utils", "pacat": "pulseaudio-utils", "parec": "pulseaudio-utils",
    "ffmpeg": "ffmpeg", "strace": "strace", "setxkbmap": "x11-xkb-utils", "mpv": "mpv",
}


class MissingTool(Exception):
    """A program that the rig needs is not installed."""


def need(*programs: str) -> None:
    missing = [p for p in programs if shutil.which(p) is None]
    if missing:
        packages = sorted({PACKAGES.get(p, p) for p in missing})
        raise MissingTool(f"{', '.join(missing)} not found: apt-get install {' '.join(packages)}")


def wait_until(test: Callable[[], Any], secs: float, what: str, step: float = 0.02) -> Any:
    """The first true value of `test`, or TimeoutError."""
    end = time.monotonic() + secs
    while True:
        value = test()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {secs:g} s")
        time.sleep(step)


class Desk:
    """One display and one sound server, with a home folder of their own. Use it in a `with` statement."""

    SINK = "speaker"

    def __init__(self, width: int = 1920, height: int = 1080, *, repeat_hz: float | None = None):
        """`repeat_hz`: how often the display server repeats a held key, after a quarter of a second; as it likes if None."""
        need("Xvfb", "openbox", "xdotool", "xdpyinfo", "xwininfo", "xprop", "pulseaudio", "pactl", "pacat", "parec")
        self.size = (width, height)
        self.home = Path(tempfile.mkdtemp(prefix="plenary-desk-"))
        self._processes: list[subprocess.Popen] = []
        self._sound: list[subprocess.Popen] = []
        self._screen = None
        self._repeat = [] if repeat_hz is None else ["-ardelay", "250", "-arinterval", str(round(1000 / repeat_hz))]
        self.env = {
            **{k: v for k, v in os.environ.items() if k not in ("WAYLAND_DISPLAY", "PULSE_RUNTIME_PATH", "DBUS_SESSION_BUS_ADDRESS")},
            "HOME": str(self.home), "XDG_RUNTIME_DIR": str(self.home),
            **{f"XDG_{kind}_HOME": str(self.home / kind.lower()) for kind in ("CONFIG", "DATA", "CACHE", "STATE")},
            "PULSE_SERVER": f"unix:{self.home}/native", "LIBGL_ALWAYS_SOFTWARE": "1", "LC_ALL": "C.UTF-8",
        }
        # ALSA programs reach the sound server through its plug-in.
        (self.home / ".asoundrc").write_text("pcm.!default pulse\nctl.!default pulse\n")
        try:
            self._start_display()
            self.start_sound()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Processes

    def spawn(self, argv: Sequence[str | Path], env: dict[str, str] | None = None, **options: Any) -> subprocess.Popen:
        """A process of this desk in a session of its own, so that its children end with it."""
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.DEVNULL)
        options.setdefault("stderr", subprocess.DEVNULL)
        process = subprocess.Popen([str(a) for a in argv], env={**self.env, **(env or {})}, start_new_session=True, **options)
        self._processes.append(process)
        return process

    def end(self, process: subprocess.Popen, patience_secs: float = 3.0) -> None:
        """Ends a process of this desk and its children: asked first, then made to."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(patience_secs)
        if process in self._processes:
            self._processes.remove(process)

    def close(self) -> None:
        if self._screen is not None:
            self._screen.close()
            self._screen = None
        for process in reversed(self._processes.copy()):
            self.end(process)
        shutil.rmtree(self.home, ignore_errors=True)

    def run(self, *argv: str, check: bool = True) -> str:
        """The output of a short command on this desk."""
        done = subprocess.run(argv, env=self.env, capture_output=True, text=True, timeout=30)
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(argv)}: {done.stderr.strip()}")
        return done.stdout

    # Display

    def _start_display(self) -> None:
        # Xvfb takes a display number for itself and ends at once if another was faster. Without -noreset it would start anew,
        # dropping whoever is about to connect, each time its last client leaves.
        for number in range(120, 200):
            if Path(f"/tmp/.X{number}-lock").exists() or Path(f"/tmp/.X11-unix/X{number}").exists():
                continue
            self.env["DISPLAY"] = f":{number}"
            server = self.spawn(["Xvfb", f":{number}", "-screen", "0", f"{self.size[0]}x{self.size[1]}x24", "-dpi", "96", "-nolisten", "tcp", "-noreset",
                                 *self._repeat])
            answers = lambda: subprocess.run(["xdpyinfo"], env=self.env, capture_output=True).returncode == 0
            wait_until(lambda: server.poll() is not None or answers(), 15, "Xvfb", 0.05)
            if server.poll() is None:
                break
            self.end(server)
        else:
            raise RuntimeError("no free display number from 120 to 199")
        self.spawn(["openbox"])
        wait_until(lambda: "_NET_SUPPORTING_WM_CHECK" in self.run("xprop", "-root", check=False), 10, "openbox")

    def grab(self, left: int = 0, top: int = 0, width: int | None = None, height: int | None = None) -> np.ndarray:
        """A part of the screen as [row, column, RGB]."""
        if self._screen is None:
            import mss

            # The library reads the display's name and authority from the environment of this process.
            self._screen = mss.MSS(display=self.env["DISPLAY"]) if hasattr(mss, "MSS") else mss.mss(display=self.env["DISPLAY"])
        area = {"left": left, "top": top, "width": width or self.size[0] - left, "height": height or self.size[1] - top}
        shot = self._screen.grab(area)
        return np.frombuffer(bytes(shot.raw), np.uint8).reshape(shot.height, shot.width, 4)[:, :, 2::-1]

    def window_of(self, pid: int, secs: float = 20) -> Window:
        """The first visible window of a process, brought to the front."""
        find = lambda: self.run("xdotool", "search", "--onlyvisible", "--pid", str(pid), check=False).split()
        window = Window(self, wait_until(find, secs, f"a window of process {pid}")[0])
        self.run("xdotool", "windowactivate", "--sync", window.id, check=False)
        return window

    # Sound

    def start_sound(self, awake: bool = True) -> None:
        """Brings a sound server up; for its first two seconds it is slow to take anything, as real ones are from sleep."""
        need("pulseaudio", "pactl", "pacat")
        server = self.spawn([
            "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes", "--log-level=error",
            f"--load=module-native-protocol-unix auth-anonymous=1 socket={self.home}/native",
            f"--load=module-null-sink sink_name={self.SINK} rate={RATE} channels=2 format=float32le",
        ])
        wait_until(lambda: "Server Name" in self.run("pactl", "info", check=False), 15, "pulseaudio", 0.05)
        # A null sink that nobody asks for low latency works in blocks of 2 s: somebody has to ask. The one who does plays a
        # pilot tone, whose phase shows where the server or the recorder, not the player, lost samples.
        second = (PILOT * np.sin(2 * np.pi * PILOT_HZ * np.arange(RATE) / RATE)).astype("<f4")
        pilot = self.home / "pilot.raw"
        pilot.write_bytes(np.repeat(second, 2).tobytes())
        keeper = self.spawn(["sh", "-c", f"while cat {pilot}; do :; done | pacat --playback -d {self.SINK} --latency-msec=10 "
                                         f"--rate={RATE} --format=float32le --channels=2"])
        wait_until(lambda: "pacat" in self.run("pactl", "list", "sink-inputs"), 10, "pacat", 0.05)
        self._sound = [keeper, server]
        if awake:
            with Recorder(self) as recorder:
                wait_until(lambda: np.any(recorder.sound()[-RATE // 10:]), 10, "the pilot tone")

    def server(self) -> subprocess.Popen:
        """The sound server."""
        return self._sound[-1]

    def stop_sound(self, kill: bool = False) -> None:
        """Takes the sound server away, as politely as wished."""
        for process in self._sound:
            if kill and process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            self.end(process)
        self._sound = []
        (self.home / "native").unlink(missing_ok=True)


@dataclass
class Window:
    """A window on a desk."""

    desk: Desk
    id: str

    def place(self) -> tuple[int, int, int, int]:
        """Left, top, width and height of the inside, in screen pixels."""
        facts = dict(line.strip().split(":", 1) for line in self.desk.run("xwininfo", "-id", self.id).splitlines() if ":" in line)
        names = ("Absolute upper-left X", "Absolute upper-left Y", "Width", "Height")
        return tuple(int(facts[name]) for name in names)

    def focus(self) -> None:
        self.desk.run("xdotool", "windowfocus", "--sync", self.id)


class Recorder:
    """Everything the sound server plays, as mono samples, each with the time at which it arrived here."""

    def __init__(self, desk: Desk, sink: str = Desk.SINK):
        self._desk = desk
        self._data = bytearray()
        self._arrivals: list[tuple[float, int]] = []  # host time, samples there by then
        self._lock = threading.Lock()
        self._process = desk.spawn(
            ["parec", "-d", f"{sink}.monitor", f"--rate={RATE}", "--channels=1", "--format=float32le", "--latency-msec=10", "--raw"],
            stdout=subprocess.PIPE)
        threading.Thread(target=self._read, name="recorder", daemon=True).start()
        wait_until(lambda: self.count() > RATE // 5, 15, "the recorder's first sound")

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self._desk.end(self._process)

    def _read(self) -> None:
        pipe = self._process.stdout.fileno()
        while block := os.read(pipe, 1 << 16):
            now = time.monotonic()
            with self._lock:
                self._data += block
                self._arrivals.append((now, len(self._data) // 4))

    def count(self) -> int:
        with self._lock:
            return len(self._data) // 4

    def sound(self, start: int = 0, end: int | None = None) -> np.ndarray:
        with self._lock:
            stop = len(self._data) // 4 if end is None else min(end, len(self._data) // 4)
            return np.frombuffer(bytes(self._data[4 * max(start, 0): 4 * stop]), "<f4")

    def _origin(self, near: float) -> float:
        """Host time of sample 0 by the fastest arrivals within a second of `near`: scheduling only ever delays a block.

        Only arrivals near by count, for the server's clock may run some 0.03 % off the host's.
        """
        with self._lock:
            times = [t for t, _ in self._arrivals]
            a, b = bisect.bisect_left(times, near - 1), bisect.bisect_right(times, near + 1)
            a, b = (a, b) if b - a >= 10 else (max(0, min(a, len(times)) - 50), max(b, 50))
            early = [t - n / RATE for t, n in self._arrivals[a:b]]
        return float(np.percentile(early, 5))

    def index_at(self, host_time: float) -> int:
        """The sample that arrived at a host time."""
        return max(0, int((host_time - self._origin(host_time)) * RATE))

    def arrival_of(self, index: float) -> float:
        """The host time at which a sample arrived, had it come as fast as the fastest of its neighbours."""
        with self._lock:
            k = bisect.bisect_left(self._arrivals, index, key=lambda arrival: arrival[1])
            near = self._arrivals[min(k, len(self._arrivals) - 1)][0]
        return self._origin(near) + index / RATE

    def breaks(self, start: int, end: int) -> list[float]:
        """Where between two samples the recording itself is broken, in seconds from `start`: the pilot tone jumps there."""
        sound = self.sound(start, end)
        n = RATE // 100
        rows = len(sound) // n
        turn = np.exp(-2j * np.pi * PILOT_HZ * np.arange(rows * n) / RATE)
        pilot = (sound[: rows * n] * turn).reshape(rows, n).mean(1)
        phase = np.angle(pilot[2:] * np.conj(pilot[:-2]))
        weak = np.abs(pilot) < 0.5 * np.median(np.abs(pilot))
        return [float(k * n / RATE) for k in np.nonzero((np.abs(phase) > 0.5) | weak[1:-1])[0]]

    def wait_for(self, host_time: float) -> None:
        """Until the sound up to a host time has arrived."""
        wait_until(lambda: self._arrivals[-1][0] >= host_time, max(0.0, host_time - time.monotonic()) + 5, "the recording", 0.005)

    def since(self, host_time: float) -> tuple[int, np.ndarray]:
        """The recording from a host time until now, and the number of its first sample."""
        start = self.index_at(host_time)
        return start, self.sound(start)


class Metronome:
    """Bursts at 11 kHz, above every clock, played through the sound server by a client that is no player.

    The server tells this client when each burst will be heard. The same burst's place in a recording then gives the constant
    between "heard" and "arrived at the recorder", for all players alike.
    """

    HZ, BURST = 11_000, 480

    def __init__(self, desk: Desk):
        self._heard: list[float] = []
        self._stop = threading.Event()
        lib = ctypes.CDLL("libpulse-simple.so.0")
        spec = (ctypes.c_uint32 * 3)()
        spec[0], spec[1] = 5, RATE  # PA_SAMPLE_FLOAT32LE
        ctypes.memset(ctypes.addressof(spec) + 8, 1, 1)  # one channel
        size = 4 * RATE // 100
        # maxlength, tlength, prebuf, minreq, fragsize: 20 ms in all, the same demand on the sink as the keeper's.
        buffers = (ctypes.c_uint32 * 5)(0xFFFFFFFF, 2 * size, 0, 0xFFFFFFFF, 0xFFFFFFFF)
        lib.pa_simple_new.restype = ctypes.c_void_p
        lib.pa_simple_new.argtypes = [ctypes.c_char_p] * 2 + [ctypes.c_int] + [ctypes.c_char_p] * 2 + [ctypes.c_void_p] * 4
        lib.pa_simple_get_latency.restype = ctypes.c_uint64
        lib.pa_simple_get_latency.argtypes = [ctypes.c_void_p] * 2
        lib.pa_simple_write.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p]
        lib.pa_simple_free.argtypes = [ctypes.c_void_p]
        server = desk.env["PULSE_SERVER"].encode()
        self._lib = lib
        self._stream = lib.pa_simple_new(server, b"metronome", 1, desk.SINK.encode(), b"bursts", ctypes.addressof(spec), None,
                                         ctypes.addressof(buffers), None)
        if not self._stream:
            raise RuntimeError("the metronome cannot reach the sound server")
        self._thread = threading.Thread(target=self._play, name="metronome")
        self._thread.start()

    def __enter__(self) -> Metronome:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(5)
        self._lib.pa_simple_free(self._stream)

    def _play(self) -> None:
        block = RATE // 100
        silence = np.zeros(block, "<f4").tobytes()
        burst = (0.2 * np.hanning(block) * np.sin(2 * np.pi * self.HZ * np.arange(block) / RATE)).astype("<f4").tobytes()
        for k in range(10**9):
            if self._stop.is_set():
                return
            beat = k % 25 == 24
            if beat:
                latency = self._lib.pa_simple_get_latency(self._stream, None)
                self._heard.append(time.monotonic() + latency / 1e6)
            self._lib.pa_simple_write(self._stream, burst if beat else silence, 4 * block, None)

    def lateness(self, recorder: Recorder) -> tuple[float, float, int]:
        """Seconds from heard to arrived at the recorder (median), their spread, and the number of bursts compared."""
        if not self._heard:
            return float("nan"), float("nan"), 0
        first = recorder.index_at(self._heard[0] - 0.5)
        x = recorder.sound(first)
        window = np.hanning(self.BURST)
        level = np.abs(np.convolve(x * np.exp(-2j * np.pi * self.HZ * np.arange(len(x)) / RATE), window, "same"))
        late = []
        for heard in self._heard[2:]:  # the server's first answers are estimates
            middle = recorder.index_at(heard + self.BURST / 2 / RATE) - first
            a, b = middle - RATE // 10, middle + RATE // 10
            if a < 0 or b > len(level):
                continue
            top = a + int(np.argmax(level[a:b]))
            if level[top] > 5 * np.median(level):
                late.append((top - middle) / RATE)
        if not late:
            return float("nan"), float("nan"), 0
        spread = np.subtract(*np.percentile(late, [90, 10]))
        return float(np.median(late)), float(spread), len(late)


class IpcError(Exception):
    """The player refused a command."""


class Player:
    """A player process that answers on a JSON IPC socket."""

    def __init__(self, desk: Desk, argv: Sequence[str | Path], env: dict[str, str] | None = None, wrapper: Sequence[str] = ()):
        self.desk = desk
        self.socket_path = desk.home / f"ipc-{time.monotonic_ns()}"
        self.log_path = self.socket_path.with_suffix(".log")
        self._socket: socket.socket | None = None
        self._unread = b""
        self._number = 0
        self.events: list[dict] = []
        self.started = time.monotonic()
        with open(self.log_path, "wb") as log:
            self.process = desk.spawn([*wrapper, *argv, f"--input-ipc-server={self.socket_path}"], env, stdout=log, stderr=log)

    def __enter__(self) -> Player:
        try:
            self.connect()
        except BaseException:
            self.desk.end(self.process)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.quit()

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")[-2000:]

    def connect(self, secs: float = 20) -> None:
        def attempt() -> socket.socket | None:
            if self.process.poll() is not None:
                raise RuntimeError(f"the player ended with {self.process.returncode} before it answered: {self.log()}")
            candidate = socket.socket(socket.AF_UNIX)
            try:
                candidate.connect(str(self.socket_path))
            except OSError:
                candidate.close()
                return None
            return candidate

        self._socket = wait_until(attempt, secs, "the IPC socket", 0.005)
        self._socket.settimeout(15)

    def sibling(self) -> Player:
        """The same process through a connection of its own, for another thread. To be let go with `hang_up`."""
        other = copy.copy(self)
        other._socket, other._unread, other.events = None, b"", []
        other.connect()
        return other

    def hang_up(self) -> None:
        """Closes the connection and lets the process be."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def command(self, *words: Any) -> Any:
        """Sends one command and returns its answer's data. Events that arrive meanwhile go to `events`."""
        self._number += 1
        self._socket.sendall(json.dumps({"command": words, "request_id": self._number}).encode() + b"\n")
        while True:
            message = self._receive()
            if "event" in message:
                self.events.append(message)
            elif message.get("request_id") == self._number:
                if message["error"] != "success":
                    raise IpcError(f"{' '.join(map(str, words))}: {message['error']}")
                return message.get("data")

    def _receive(self) -> dict:
        while b"\n" not in self._unread:
            more = self._socket.recv(1 << 16)
            if not more:
                raise ConnectionError(f"the player closed the IPC socket: {self.log()}")
            self._unread += more
        line, self._unread = self._unread.split(b"\n", 1)
        return json.loads(line)

    def get(self, name: str) -> Any:
        return self.command("get_property", name)

    def set(self, name: str, value: Any) -> None:
        self.command("set_property", name, value)

    def seek(self, secs: float) -> None:
        self.command("seek", secs, "absolute+exact")

    def timed(self, name: str) -> tuple[float, float]:
        """A property and the host time in the middle between question and answer, of the quickest of three questions."""
        best = None
        for _ in range(3):
            asked = time.monotonic()
            value = self.get(name)
            answered = time.monotonic()
            if best is None or answered - asked < best[0]:
                best = (answered - asked, value, (asked + answered) / 2)
        return best[1], best[2]

    def wait_for(self, name: str, test: Callable[[Any], bool], secs: float = 15) -> Any:
        """The property's first value that passes the test."""
        seen: list[Any] = [None]

        def passes() -> bool:
            try:
                seen[0] = self.get(name)
            except IpcError:
                return False
            return test(seen[0])

        try:
            wait_until(passes, secs, name, 0.01)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; last value: {seen[0]!r}") from None
        return seen[0]

    def wait_playing(self, position: str = "time-pos") -> None:
        """Until the position moves."""
        first = self.wait_for(position, lambda t: t is not None)
        self.wait_for(position, lambda t: t is not None and t > first + 0.05)

    # What the kernel knows of it. `pid` differs from the process when a wrapper such as strace was used.

    @property
    def pid(self) -> int:
        return self.process.pid

    def cpu_secs(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def children(self) -> list[int]:
        """Processes that it has started and that run."""
        found = []
        for thread in Path(f"/proc/{self.pid}/task").iterdir():
            with contextlib.suppress(OSError):
                found += [int(child) for child in (thread / "children").read_text().split()]
        return found

    def memory_mib(self, peak: bool = False) -> float:
        return self._status(self.pid, "VmHWM" if peak else "VmRSS") / 1024

    def wakeups(self) -> dict[str, int]:
        """Per thread, how often it slept and was woken since its start."""
        found = {}
        for thread in Path(f"/proc/{self.pid}/task").iterdir():
            with contextlib.suppress(OSError, KeyError):
                found[thread.name] = self._status(f"{self.pid}/task/{thread.name}", "voluntary_ctxt_switches")
        return found

    @staticmethod
    def _status(path: int | str, field: str) -> int:
        for line in Path(f"/proc/{path}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1])
        raise KeyError(field)

    def alive(self) -> bool:
        return self.process.poll() is None

    def quit(self) -> int | None:
        """Asks it to end and waits for that; its exit status."""
        with contextlib.suppress(OSError, IpcError, ConnectionError, AttributeError):
            self.command("quit")
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.hang_up()
        polite = self.process.poll()
        self.desk.end(self.process)
        return polite
