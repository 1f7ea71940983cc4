"""What the viewer writes: the whole job by keyboard, keys in text fields, and nothing lost whatever happens."""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import threading
import time
import tomllib
from pathlib import Path

import fixtures
import rig
from bench import Bench, check, expect

KEYS = Path(__file__).resolve().parents[2] / "assets" / "keys.toml"
# What xdotool calls the keys that the key map calls otherwise.
NAMES = {"PageUp": "Prior", "PageDown": "Next", "Space": "space", "Backspace": "BackSpace", ",": "comma", ".": "period", "[": "bracketleft",
         "]": "bracketright", "<": "less", ">": "greater", "-": "minus", "+": "plus", "{": "braceleft", "}": "braceright", "=": "equal",
         "?": "question", "MediaPlayPause": "XF86AudioPlay", "MediaStop": "XF86AudioStop", "MediaTrackNext": "XF86AudioNext",
         "MediaTrackPrevious": "XF86AudioPrev"}


def _talk(folder: Path, number: int) -> Path:
    """A minute of silence and six slides."""
    talk = folder / f"{38930500 + number}-talk-{number}"
    shutil.rmtree(talk, ignore_errors=True)
    talk.mkdir(parents=True)
    fixtures.write_slides(talk, 38930500 + number, 6, 10.0, "png", (640, 360))
    silence = ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-t", "60", "-c:a", "aac"]
    subprocess.run(["ffmpeg", "-v", "error", "-y", *silence, talk / f"Talk {number}-{38930500 + number}.m4a"], check=True)
    return talk


def _type(desk: rig.Desk, text: str) -> None:
    desk.run("xdotool", "type", "--delay", "15", text)


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def _keys(desk: rig.Desk, *keys: str) -> None:
    desk.run("xdotool", "key", "--delay", "40", *keys)


def _notes(config: Path) -> list[Path]:
    return sorted(path for path in (config / "notes").glob("*.md") if not path.name.startswith("."))


@check("plenary")
def whole_job(bench: Bench) -> None:
    """Five talks by keyboard alone: a paragraph, three notes, one with the slide, a verdict, the next talk; then the digest,
    which is to the byte what a hand wrote down before."""
    library, config = bench.scratch / "job", _fresh(bench.scratch / "job-config")
    talks = [_talk(library, number) for number in range(1, 6)]
    argv = [bench.binary, "--config", config, "--pause", *talks]
    paragraphs = ["Tiles decide what a network can see. #tiles", "Attention is all of it. #attention", "", "Nothing new.", "More on tiles. #tiles"]
    verdicts = ["s", "s", "s", "d", "s"]
    with rig.Desk() as desk, rig.Player(desk, argv) as player:
        window = desk.window_of(player.pid)
        window.focus()
        for number, (paragraph, verdict) in enumerate(zip(paragraphs, verdicts), 1):
            player.wait_for("media-title", lambda title, number=number: title == f"Talk {number}")
            player.set("pause", True)
            time.sleep(0.5)
            if paragraph:
                _keys(desk, "w")
                _type(desk, paragraph)
                _keys(desk, "ctrl+Return")
            for secs, words in ((23.0, "first note"), (34.0, "second note")):
                player.seek(secs)
                _keys(desk, "e")
                _type(desk, words)
                _keys(desk, "Return")
            player.seek(45.0)
            _keys(desk, "shift+e")
            _type(desk, "this slide")
            _keys(desk, "Return")
            time.sleep(0.3)
            _keys(desk, f"shift+{verdict}" if number < 5 else verdict)
        time.sleep(1.0)
        _keys(desk, "ctrl+e")
        digest = config / "notes" / "Digest.md"
        rig.wait_until(digest.exists, 5, "the digest")
        expect(player.alive(), "the player ended")
    notes = [path for path in _notes(config) if path.name != "Digest.md"]
    expect([path.stem for path in notes] == [f"Talk {number}" for number in range(1, 6)], f"the notes are {notes}")
    first = notes[0].read_text()
    expect(re.search(r"\n- \[00:20\] first note\n- \[00:31\] second note\n- \[00:42\] this slide\n  !\[Slide 5\]\(.*\)\n$", first) is not None,
           f"the first note is {first!r}")
    picture = config / "notes" / "Talk 1 pictures" / "slide-005.png"
    expect(picture.read_bytes() == fixtures.read_folder(talks[0]).slides[4].image.read_bytes(), "the picture is another")
    expect(digest.read_text() == _expected(), f"the digest is\n{digest.read_text()}\nand not\n{_expected()}")
    html = subprocess.run([bench.binary, "digest", library, "--config", config, "--format", "html"], check=True, capture_output=True).stdout.decode()
    expect(html.count("data:image/png;base64,") == 3 and not re.search(r'(src|href)="(?!data:|https://slideslive\.com/\d+")', html),
           "the HTML digest is not one file by itself")
    bench.say(f"five talks by keyboard; the digest of {len(digest.read_text())} characters is as expected, HTML has its pictures inside")


def _expected() -> str:
    talk = lambda number: f"*[Talk {number}](https://slideslive.com/{38930500 + number})*"
    moments = lambda number: ("- 0:20: first note\n- 0:31: second note\n- 0:42: this slide\n"
                              f"  ![Slide 5](Talk%20{number}%20pictures/slide-005.png)\n")
    story = lambda number, paragraph: f"{paragraph}\n\n{moments(number)}\n{talk(number)}\n"
    return "\n".join([
        "# job: talks worth hearing\n",
        "## Tiles\n", story(1, "Tiles decide what a network can see."), story(5, "More on tiles."),
        "## Attention\n", story(2, "Attention is all of it."),
        "## Also worth hearing\n", f"- {talk(3)}\n",
        "## Still to do\n", "- [ ] Talk 3: paragraph missing\n",
    ])


def _chords() -> list[tuple[str, str]]:
    """Every chord of the key map that must not act while a text is written: as it is called there, and by xdotool."""
    found = []
    for chord, binding in tomllib.loads(KEYS.read_text()).items():
        if isinstance(binding, dict):
            continue  # keys that act everywhere, and the overview's own
        *modifiers, key = chord.split("+") if not chord.endswith("+") else [*filter(None, chord[:-1].split("+")), "+"]
        name = NAMES.get(key, key)
        name = name.lower() if len(name) == 1 else name
        found.append((chord, "+".join([*(word.lower() for word in modifiers), name])))
    return found


STATE = ("pause", "speed", "volume", "mute", "fullscreen", "chapter", "playlist-pos", "time-pos", "plenary/slide-rect")


@check("plenary")
def keys_in_fields(bench: Bench) -> None:
    """Every key of the key map pressed in every text field: none acts, but F7, F8 and F9."""
    library, config = bench.scratch / "fields", _fresh(bench.scratch / "fields-config")
    talks = [_talk(library, number) for number in (1, 2)]
    leave = {"Escape", "Enter", "Ctrl+Enter"}
    chords = [(chord, keys) for chord, keys in _chords() if chord not in leave]
    with rig.Desk() as desk, rig.Player(desk, [bench.binary, "--config", config, "--pause", "--start", "30", *talks]) as player:
        player.wait_for("media-title", lambda title: title == "Talk 1")
        desk.window_of(player.pid).focus()
        time.sleep(1.0)
        for field, opening in (("summary", ("w",)), ("new note", ("e",)), ("slide note", ("shift+e",)), ("where to go", ("g",))):
            _keys(desk, *opening)
            time.sleep(0.3)
            before = {name: player.get(name) for name in STATE}
            leaks = []
            for chord, keys in chords:
                desk.run("xdotool", "key", keys)
                time.sleep(0.04)
                after = {name: player.get(name) for name in STATE}
                if after != before:
                    leaks.append(f"{chord}: {[(name, before[name], after[name]) for name in STATE if before[name] != after[name]]}")
                    before = after
            # A moment later still.
            time.sleep(0.3)
            after = {name: player.get(name) for name in STATE}
            expect(not leaks and after == before, f"keys act in {field}: {leaks or 'late'}")
            acting = []
            for key, moves in (("F7", lambda a, b: b["time-pos"] < a["time-pos"]), ("F9", lambda a, b: b["time-pos"] > a["time-pos"]),
                               ("F8", lambda a, b: a["pause"] != b["pause"]), ("F8", lambda a, b: a["pause"] != b["pause"])):
                a = {name: player.get(name) for name in STATE}
                desk.run("xdotool", "key", key)
                time.sleep(0.2)
                acting.append(moves(a, {name: player.get(name) for name in STATE}))
            expect(all(acting), f"F7, F9, F8, F8 act in {field}: {acting}")
            _keys(desk, "Escape")
            time.sleep(0.2)
            player.seek(30.0)
            bench.say(f"{field}: {len(chords)} keys do nothing, F7 to F9 act")
        _keys(desk, "period")
        expect(player.wait_for("chapter", lambda chapter: chapter == 4) == 4, "after the field no key acts")


# Nothing is lost

class Typist:
    """Types into the summary of the talk by commands, ever longer, and remembers when each text was given."""

    def __init__(self, player: rig.Player, marker: str):
        self.player, self.marker, self.typed = player, marker, []

    def type_for(self, secs: float, every: float = 0.02) -> None:
        end = time.monotonic() + secs
        words = ""
        while time.monotonic() < end:
            words += f"{self.marker}{len(self.typed)} "
            self.player.command("plenary-run", f'summary set "{words.strip()}"')
            self.typed.append((time.monotonic(), words.strip()))
            time.sleep(every)


def _headless(bench: Bench, desk: rig.Desk, config: Path, talk: Path) -> rig.Player:
    return rig.Player(desk, [bench.binary, "--config", config, "--headless", "--no-audio", "--pause", talk])


def _note_ready(player: rig.Player) -> None:
    """Until the note of the talk has been read: before that nothing can be written."""
    player.wait_for("plenary/note", lambda note: note is not None)


@check("plenary")
def killed_while_typing(bench: Bench) -> None:
    """Killed at random moments while a script types: at most the last second is missing, and the file is never broken."""
    talk, config = _talk(bench.scratch / "killed", 1), _fresh(bench.scratch / "killed-config")
    dice, rounds, worst = random.Random(7), 15 if bench.quick else 200, 0.0
    with rig.Desk() as desk:
        for turn in range(rounds):
            with _headless(bench, desk, config, talk) as player:
                _note_ready(player)
                typist = Typist(player, f"w{turn}-")
                typist.type_for(dice.uniform(0.2, 2.0))
                os.kill(player.pid, signal.SIGKILL)
                killed = time.monotonic()
                player.process.wait(5)
            text = _notes(config)[0].read_text() if _notes(config) else ""
            expect(text == "" or text.startswith("---\n") and text.count("\n---\n") == 1 and text.endswith("\n"), f"the file is broken: {text!r}")
            summary = text.split("\n---\n", 1)[1].strip() if text else ""
            expect(summary == "" or turn > 0 and summary.startswith("w") or summary in [words for _, words in typist.typed],
                   f"the file holds what was never typed: {summary!r}")
            known = {words: at for at, words in typist.typed}
            later = [at for at, _ in typist.typed if at > known.get(summary, 0.0)]
            lost = killed - later[0] if later else 0.0
            worst = max(worst, lost)
            expect(lost < 1.0, f"{lost:.2f} s of typing are lost: the file ends in {summary[-30:]!r}")
    bench.say(f"killed {rounds} times: at most the last {1000 * worst:.0f} ms were missing, no file was broken")


class Disk:
    """The folder with the notes, on a small disk of its own where it is to be full or read-only."""

    def __init__(self, notes: Path, trouble: str):
        self.notes, self.away, self.mounted = notes, notes.with_name("notes-away"), False
        notes.mkdir(parents=True)
        if trouble != "gone":
            mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", notes], capture_output=True, check=False)
            self.mounted = mount.returncode == 0

    def __enter__(self) -> Disk:
        return self

    def __exit__(self, *_: object) -> None:
        if self.mounted:
            subprocess.run(["umount", "-l", self.notes], check=True)

    def begin(self, trouble: str) -> None:
        if trouble == "full":
            with contextlib.suppress(OSError), open(self.notes / "filler", "wb") as filler:
                while True:
                    filler.write(b"x" * 512)
                    filler.flush()
        elif trouble == "read-only":
            subprocess.run(["mount", "-o", "remount,ro", self.notes], check=True)
        else:
            self.notes.rename(self.away)
            self.notes.write_text("a file in its place")

    def end(self, trouble: str) -> None:
        if trouble == "full":
            (self.notes / "filler").unlink()
        elif trouble == "read-only":
            subprocess.run(["mount", "-o", "remount,rw", self.notes], check=True)
        else:
            self.notes.unlink()
            self.away.rename(self.notes)

    def first(self, trouble: str) -> str:
        """The note that is there while the trouble lasts."""
        folder = self.away if trouble == "gone" else self.notes
        return next(iter(sorted(folder.glob("*.md")))).read_text()


@check("plenary")
def disk_full_or_read_only(bench: Bench) -> None:
    """The folder with the notes is gone, its disk is full, or read-only: the viewer is told, what was typed survives being
    killed, and is in its file as soon as that is possible."""
    talk = _talk(bench.scratch / "full", 1)
    for trouble in ("gone", "full", "read-only"):
        config = _fresh(bench.scratch / f"{trouble}-config")
        with Disk(config / "notes", trouble) as disk, rig.Desk() as desk:
            if trouble != "gone" and not disk.mounted:
                bench.say(f"{trouble}: not tried, for no disk can be mounted here")
                continue
            with _headless(bench, desk, config, talk) as player:
                _note_ready(player)
                player.command("plenary-run", 'summary set "before"')
                rig.wait_until(lambda: _notes(config) and "before" in _notes(config)[0].read_text(), 5, "the first note")
                disk.begin(trouble)
                words = "after " * 2000
                player.command("plenary-run", f'summary set "{words.strip()}"')
                told = player.wait_for("plenary/notice", lambda notice: notice and "note" in notice.lower(), 10)
                kept = rig.wait_until(lambda: list((config / "data" / "recovery").glob("*")), 5, "the recovery file")
                os.kill(player.pid, signal.SIGKILL)
                player.process.wait(5)
            expect("before" in disk.first(trouble), "the file that was there is broken")
            disk.end(trouble)
            with _headless(bench, desk, config, talk) as player:
                _note_ready(player)
                rig.wait_until(lambda: words.strip() in _notes(config)[0].read_text(), 10, "what was typed, in its file")
                rig.wait_until(lambda: not kept[0].exists(), 10, "the recovery file to go")
            bench.say(f"{trouble}: told {told!r}; after being killed all {len(words)} characters are in the file")


@check("plenary")
def editor_at_the_same_time(bench: Bench) -> None:
    """sed rewrites the note again and again while the viewer types into it, in the window: nothing of either is lost."""
    talk, config = _talk(bench.scratch / "editor", 1), _fresh(bench.scratch / "editor-config")
    with rig.Desk() as desk, rig.Player(desk, [bench.binary, "--config", config, "--pause", talk]) as player:
        _note_ready(player)
        desk.window_of(player.pid).focus()
        _keys(desk, "w")
        _type(desk, "begun ")
        file = rig.wait_until(lambda: _notes(config), 5, "the note")[0]
        edits, stop = [], threading.Event()

        def edit() -> None:
            while not stop.wait(0.13):
                line = f"sed was here {len(edits)}"
                if subprocess.run(["sed", "-i", f"$a {line}", file], check=False).returncode == 0:
                    edits.append(line)

        editor = threading.Thread(target=edit)
        editor.start()
        words = [f"typed{number}" for number in range(25 if bench.quick else 150)]
        try:
            _type(desk, " ".join(words))
        finally:
            stop.set()
            editor.join()
        _keys(desk, "Escape")
        time.sleep(2.0)
        text = file.read_text()
    lost = [line for line in edits if text.count(line + "\n") != 1]
    missing = [word for word in words if word not in text.split()]
    bench.say(f"{len(edits)} edits by sed, {len(words)} words typed: {len(lost)} lines and {len(missing)} words are missing")
    expect(len(edits) > 5 and not lost and not missing, f"lost: {lost[:5]} {missing[:5]} in {text!r}")


@check("plenary")
def digest_of_600(bench: Bench) -> None:
    """The digest of 600 talks with notes: how long it takes, and that every kept talk is in it."""
    library, config = _fresh(bench.scratch / "many"), _fresh(bench.scratch / "many-config")
    first = _talk(library, 0)
    (config / "notes").mkdir(parents=True)
    for number in range(600):
        talk = library / f"{38930500 + number}-talk-{number}"
        if number:
            talk.mkdir()
            for file in first.iterdir():
                os.link(file, talk / file.name.replace("38930500", str(38930500 + number)))
        verdict = ("keep", "again", "drop")[number % 3]
        moments = "".join(f"- [00:{10 + k}] note {k} of talk {number}\n" for k in range(8))
        (config / "notes" / f"Talk {number}.md").write_text(
            f"---\ntitle: Talk {number}\nlink: https://slideslive.com/{38930500 + number}\nverdict: {verdict}\n"
            f"talk: slideslive-{38930500 + number}\n---\n\nA paragraph on talk {number}. #theme{number % 7}\n\n{moments}")
    taken = []
    for _ in range(3):
        begun = time.monotonic()
        out = subprocess.run([bench.binary, "digest", library, "--config", config], check=True, capture_output=True).stdout.decode()
        taken.append(time.monotonic() - begun)
    shutil.rmtree(library)
    missing = [number for number in range(0, 600, 3) if f"A paragraph on talk {number}." not in out]
    bench.say(f"600 talks with notes: the digest of {len(out)} characters in {min(taken):.2f} s, program start included")
    expect(not missing and "A paragraph on talk 1." not in out, f"talks {missing[:9]} are not in it")
