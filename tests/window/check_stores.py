"""The library's files: killed at any moment, used by two programs at once, broken, full, read-only, from the future."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import rig
import shelf
from bench import Bench, check, expect

WORDS = ("keep", "again", "drop")
GRACE = 1.0  # seconds after its answer from which a verdict is on the disk
LOST = 5.0  # seconds of position that may be lost


class Judge:
    """Goes through a library by commands, at random, and remembers what was answered when."""

    def __init__(self, player: rig.Player, talks: dict[str, str], dice: random.Random):
        """`talks`: paths, and the names by which the stores know them."""
        self.player, self.talks, self.dice = player, talks, dice
        self.given: dict[str, list[tuple[float, str]]] = defaultdict(list)
        self.unsure: dict[str, set[str | None]] = defaultdict(set)
        self.heard: list[tuple[float, str, float]] = []  # when, which talk, where

    def work_for(self, secs: float) -> None:
        end = time.monotonic() + secs
        acts = [self._judge] * 3 + [self._judge_chosen] * 2 + [self._switch] * 2 + [self._seek, self._other]
        while time.monotonic() < end:
            self.dice.choice(acts)()
            pause = time.monotonic() + self.dice.choice((0.0, 0.02, 0.1, 0.6))
            while True:
                self._look()
                if time.monotonic() >= min(pause, end):
                    break
                time.sleep(0.02)

    def _look(self) -> None:
        path = self.player.get("path")
        at = self.player.get("time-pos")
        if at is not None and self.player.get("path") == path:
            self.heard.append((time.monotonic(), self.talks[path], at))

    def _open(self) -> str | None:
        """The talk that is open and not about to be another."""
        path, place, all_paths = self.player.get("path"), self.player.get("playlist-pos"), self.player.get("playlist")
        return path if place is not None and place >= 0 and all_paths[place]["filename"] == path else None

    def _judge(self) -> None:
        path, word = self._open(), self.dice.choice(WORDS)
        if path is None:
            return
        # The first word clears what was there: alone, the second would clear the same verdict.
        shelf.run(self.player, f"verdict none; verdict {word}")
        try:
            self.player.wait_for("plenary/verdict", lambda verdict: verdict == word, 1.0)
            sure = self.player.get("path") == path
        except TimeoutError:
            sure = False
        if sure:
            self.given[self.talks[path]].append((time.monotonic(), word))
        else:
            for one in (path, self.player.get("path")):
                self.unsure[self.talks[one]] |= {None, word}
        if self.dice.random() < 0.5:
            shelf.run(self.player, "talk unseen")

    def _judge_chosen(self) -> None:
        path, word = self.dice.choice(sorted(self.talks)), self.dice.choice(WORDS)
        shelf.run(self.player, f"library choose {path}")
        shelf.run(self.player, f"library verdict-next {word}")
        self.given[self.talks[path]].append((time.monotonic(), word))

    def _switch(self) -> None:
        path = self._open()
        if path is not None:
            shelf.run(self.player, self.dice.choice(("talk next", "talk previous", f"talk {self.dice.randint(1, len(self.talks))}")))

    def _seek(self) -> None:
        with contextlib.suppress(rig.IpcError):
            self.player.seek(self.dice.uniform(0, 36))

    def _other(self) -> None:
        shelf.run(self.player, self.dice.choice((
            "library toggle", "library filter unseen", 'library filter ""', "library sort title", "library scan", "queue move 2 5", "done toggle",
            "library down; queue add", 'summary set "a word"', "note mark")))


@check("plenary")
def killed_in_triage(bench: Bench) -> None:
    """Killed at random moments of a triage: the stores are whole, no verdict is missing, at most 5 s of position are."""
    root, made = shelf.library(bench, "killed-library", 20, broken=False)
    talks, config = {talk["path"]: talk["id"] for talk in made}, shelf.config_of(bench, "killed-library-config")
    dice, rounds, worst, latest, judged = random.Random(5), 12 if bench.quick else 200, 0.0, 0.0, 0
    # What may be there of a talk, from before this round.
    before: dict[str, set[str | None]] = {identity: {None} for identity in talks.values()}
    with rig.Desk() as desk:
        for turn in range(rounds):
            with shelf.player(bench, desk, config, root) as player:
                player.wait_for("time-pos", lambda at: at is not None)
                shelf.settled(player, 20)
                judge = Judge(player, talks, dice)
                judge.work_for(dice.uniform(5.0, 9.0) if turn % 5 == 0 else dice.uniform(0.1, 3.0))
                os.kill(player.pid, signal.SIGKILL)
                killed = time.monotonic()
                player.process.wait(5)
            for store in shelf.STORES:
                expect(shelf.sound(config, store) == "ok", f"round {turn}: {store}: {shelf.sound(config, store)}")
            stored, noted = shelf.verdicts(config), shelf.noted_verdicts(config)
            for identity in talks.values():
                given = judge.given[identity]
                old = [word for at, word in given if at <= killed - GRACE]
                allowed = {old[-1]} if old else set(before[identity])
                allowed |= {word for at, word in given if at > killed - GRACE}
                # Each is cleared before it is set; of some it is not known to which talk they were given.
                allowed |= {None} if given and given[-1][0] > killed - GRACE else set()
                allowed |= judge.unsure.get(identity, set())
                expect(stored.get(identity) in allowed, f"round {turn}: {identity} is {stored.get(identity)} in the library and ought to be {allowed}; "
                       f"given {[(round(at - killed, 2), word) for at, word in given]}, in the note {noted.get(identity)}")
                expect(noted.get(identity) in allowed, f"round {turn}: {identity} is {noted.get(identity)} in its note and ought to be {allowed}; "
                       f"given {[(round(at - killed, 2), word) for at, word in given]}, in the library {stored.get(identity)}")
                missing = [killed - at for at, word in given if word not in (stored.get(identity), noted.get(identity)) and (at, word) == given[-1]]
                latest, judged = max([latest, *missing]), judged + len(given)
                before[identity] = {stored.get(identity), noted.get(identity)}
            worst = max(worst, _position_lost(config, judge, killed, turn))
    bench.say(f"killed {rounds} times, {judged} verdicts: the stores were whole, at most the verdicts of the last {1000 * latest:.0f} ms were missing, "
              f"and {worst:.1f} s of position")


def _position_lost(config: Path, judge: Judge, killed: float, turn: int) -> float:
    """How long before it was killed the open talk was where the library says it is."""
    if not judge.heard:
        return 0.0
    last = judge.heard[-1][1]
    stored = dict(shelf.rows(config, "SELECT talk, position_ns FROM progress")).get(last)
    of_last = []
    for at, identity, position in reversed(judge.heard):
        if identity != last:
            break
        of_last.append((at, position))
    since_opened = killed - of_last[-1][0]
    if stored is None:
        lost = since_opened
    else:
        near = [at for at, position in of_last if abs(position - stored / 1e9) < 0.35]
        lost = killed - near[0] if near else since_opened
    expect(lost <= LOST, f"round {turn}: {last} was open for {since_opened:.1f} s, the last {lost:.1f} s of its position are lost: stored is "
           f"{stored}, it was {[(round(at - killed, 2), round(position, 1)) for at, position in of_last[:6]]}")
    return lost


@check("plenary")
def two_at_once(bench: Bench) -> None:
    """A second start hands its paths over; one without a window reads the library and says so; neither breaks the other."""
    (root, talks), (other, others) = shelf.library(bench, "two", 20), shelf.library(bench, "two-others", 5)
    config = shelf.config_of(bench, "two-config")
    with rig.Desk() as desk, shelf.player(bench, desk, config, "--pause", root, window=True) as first:
        shelf.settled(first, 21)
        second = subprocess.run([bench.binary, "--config", config, "--no-audio", other], env=desk.env, capture_output=True, text=True, timeout=20)
        expect(second.returncode == 0 and "handed" in second.stderr, f"the second ended with {second.returncode}: {second.stderr.strip()!r}")
        shelf.settled(first, 27)
        shelf.opened(first, others[0]["path"])
        first.set("pause", True)
        with shelf.player(bench, desk, config, "--pause", talks[3]["path"]) as reader:
            notice = reader.wait_for("plenary/notice", lambda notice: notice and "nother Plenary" in notice, 5)
            shelf.opened(reader, talks[3]["path"])
            expect(reader.get("plenary/library")["talks"] == 27, f"the second sees {reader.get('plenary/library')}")
            for turn in range(30 if bench.quick else 100):
                shelf.run(reader, f"verdict none; verdict {WORDS[turn % 3]}; talk next")
                shelf.run(first, f"library choose {talks[turn % 20]['path']}; library verdict-next {WORDS[turn % 3]}")
                time.sleep(0.02)
            shelf.ask(bench, config, "scan")
            listed = shelf.ask(bench, config, "list")
            expect(len(listed) == 27, f"plenary list tells {len(listed)} talks")
            expect(shelf.ask(bench, config, "search", "gradient")["talks"] > 0, "plenary search finds nothing")
            shelf.opened(reader, reader.get("path"))
        expect(first.alive(), "the first ended")
        shelf.run(first, f"open {talks[6]['path']}")
        shelf.opened(first, talks[6]["path"])
        shelf.run(first, "verdict none; verdict again")
        rig.wait_until(lambda: shelf.verdicts(config).get(talks[6]["id"]) == "again", 5, "a verdict of the first, after the second has ended")
        for store in shelf.STORES:
            expect(shelf.sound(config, store) == "ok", f"{store}: {shelf.sound(config, store)}")
    bench.say(f"{second.stderr.strip()!r}; the one without a window said {notice!r}; both stores are whole")


# Broken stores

def _keep_some(bench: Bench, desk: rig.Desk, root: Path, talks: list[dict]) -> tuple[Path, dict[str, str]]:
    """A folder of settings with a library in which some talks were judged, to be copied."""
    config = shelf.config_of(bench, "stores-before")
    given = {}
    with shelf.player(bench, desk, config, "--pause", root) as player:
        shelf.settled(player, 21)
        for number, talk in enumerate(talks[:5]):
            shelf.run(player, f"talk {number + 1}")
            shelf.opened(player, talk["path"])
            given[talk["id"]] = WORDS[number % 3]
            shelf.run(player, f"verdict {WORDS[number % 3]}")
        rig.wait_until(lambda: shelf.verdicts(config) == given and shelf.noted_verdicts(config) == given, 5, "the verdicts")
        time.sleep(1.0)
    for store in shelf.STORES:
        # What is still in the log comes into the file that is to be broken.
        with contextlib.closing(sqlite3.connect(config / "data" / store)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return config, given


def _notices(player: rig.Player, secs: float) -> list[str]:
    """What the viewer is told in a while, each once."""
    told, end = [], time.monotonic() + secs
    while time.monotonic() < end:
        notice = player.get("plenary/notice")
        if notice and notice not in told:
            told.append(notice)
        time.sleep(0.05)
    return told


def _finds(player: rig.Player, words: str) -> int:
    shelf.run(player, f"search for {words}")
    return player.wait_for("plenary/search", lambda state: state["text"] == words and state["settled"], 5)["talks"]


def _starts(bench: Bench, desk: rig.Desk, config: Path, root: Path, talks: list[dict], given: dict[str, str], name: str) -> str:
    """Starts, plays, knows the verdicts; what was told."""
    with shelf.player(bench, desk, config, root) as player:
        player.wait_playing()
        told = _notices(player, 2.5)
        expect(player.alive(), f"{name}: it ended")
        for number, talk in enumerate(talks[:5]):
            shelf.run(player, f"talk {number + 1}")
            shelf.opened(player, talk["path"])
            verdict = player.wait_for("plenary/verdict", lambda verdict, talk=talk: verdict == given[talk["id"]], 5)
            expect(verdict == given[talk["id"]], f"{name}: {talk['id']} is {verdict} and was {given[talk['id']]}")
        told += [notice for notice in _notices(player, 0.3) if notice not in told]
        # A broken index is made anew, which takes a moment.
        wanted = {talk["id"] for talk in talks if any("gradient" in text for _, text in talk["cues"]) or "gradient" in talk["about"]}
        found = lambda: _finds(player, "gradient")
        try:
            rig.wait_until(lambda: found() == len(wanted), 20, f"{name}: {len(wanted)} talks to be found")
        except TimeoutError as error:
            raise TimeoutError(f"{error}; found are {found()}; told was {told}; {player.log()[-300:]}") from None
        return " | ".join(told) or player.log().strip()


def _noise(file: Path, dice: random.Random, part: float = 0.5) -> None:
    """A page and a half of noise, beginning at this part of a file."""
    content = bytearray(file.read_bytes())
    at = int(part * (len(content) - 6000))
    content[at: at + 6000] = dice.randbytes(6000)
    file.write_bytes(content)


def _damaged(bench: Bench, desk: rig.Desk, root: Path, talks: list[dict], kept: Path, given: dict[str, str], name: str,
             damage: Callable[[Path], None], aside: bool) -> str:
    """One way in which the library is broken. `aside`: the file is to be set aside as it was, if it can be told that it is broken."""
    config = shelf.fresh(bench.scratch / "stores-config")
    shutil.copytree(kept, config)
    file = config / "data" / "library.db"
    damage(file)
    broken = file.read_bytes() if file.is_file() else b""
    known = shelf.sound(config, "library.db") if file.is_file() and broken else ""
    told = _starts(bench, desk, config, root, talks, given, name)
    files = {path: path.read_bytes() for path in (config / "data").iterdir() if path.is_file()}
    if aside and (known != "ok" or told):
        expect("damaged" in told.lower(), f"{name}: told is {told!r}; the file was {known!r}")
        expect(any(content == broken for path, content in files.items() if path.name != "library.db"),
               f"{name}: the broken file is lost; there are {[path.name for path in files]}")
    if file.is_file():
        version = sqlite3.connect(f"file:{file}?mode=ro", uri=True).execute("PRAGMA user_version").fetchone()[0]
        if version < 1000:
            expect(shelf.sound(config, "library.db") == "ok", f"{name}: afterwards the library is {shelf.sound(config, 'library.db')}")
            stored = shelf.verdicts(config)
            expect(stored == given, f"{name}: afterwards the library has the verdicts {stored}, not {given}")
        else:
            expect(file.read_bytes() == broken, f"{name}: the file has changed")
    expect(shelf.noted_verdicts(config) == given, f"{name}: the notes have {shelf.noted_verdicts(config)}")
    return told


@check("plenary")
def broken_stores(bench: Bench) -> None:
    """A library that is cut off, overwritten, from the future, empty, no file, read-only, or on a full disk: the talk plays,
    the viewer is told, what was on disk is still there, and verdicts come back from the notes."""
    (root, talks), dice = shelf.library(bench, "stores", 20), random.Random(3)
    failed = []
    with rig.Desk() as desk:
        kept, given = _keep_some(bench, desk, root, talks)
        size = (kept / "data" / "library.db").stat().st_size

        def attempt(name: str, work: Callable[[], str], quiet: bool = False) -> None:
            try:
                told = work()
                if not quiet:
                    bench.say(f"{name}: told {told[:200]!r}")
            except (AssertionError, TimeoutError, ConnectionError, RuntimeError, sqlite3.DatabaseError) as error:
                bench.say(f"{name}: NOT: {error}")
                failed.append(name)

        def case(name: str, damage: Callable[[Path], None], aside: bool = True, quiet: bool = False) -> None:
            attempt(name, lambda: _damaged(bench, desk, root, talks, kept, given, name, damage, aside), quiet)

        def cut_both(file: Path, at: int) -> None:
            os.truncate(file, at)
            texts = file.with_name("search.db")
            os.truncate(texts, dice.randrange(texts.stat().st_size))

        for number in range(5 if bench.quick else 20):
            at = dice.randrange(1, size)
            case(f"library.db cut off after {at} of {size} bytes", lambda file, at=at: os.truncate(file, at) if number % 2 else cut_both(file, at),
                 quiet=number > 1)
        case("noise in the middle", lambda file: _noise(file, dice))
        for part in (0.0, 0.2, 0.5, 0.8):
            case(f"noise in search.db from {100 * part:.0f} % on", lambda file, part=part: _noise(file.with_name("search.db"), dice, part), aside=False)

        def future(file: Path) -> None:
            with contextlib.closing(sqlite3.connect(file)) as connection:
                connection.execute("PRAGMA user_version = 1000")
                connection.commit()
                connection.execute("PRAGMA journal_mode = DELETE")

        case("from the future", future, aside=False)
        case("empty", lambda file: os.truncate(file, 0), aside=False)

        def folder(file: Path) -> None:
            file.unlink()
            file.mkdir()

        case("a folder in its place", folder, aside=False)
        for trouble in ("read-only", "full"):
            with _Disk(bench.scratch / "stores-disk") as disk:
                if not disk.mounted:
                    bench.say(f"{trouble}: not tried, for no disk can be mounted here")
                    continue
                attempt(trouble, lambda trouble=trouble, disk=disk: _on_disk(bench, desk, root, talks, kept, given, trouble, disk))
    expect(not failed, f"{len(failed)} failed: {failed}")


class _Disk:
    """A small disk of its own, which can be full or read-only; permissions would not stop root."""

    def __init__(self, place: Path):
        self.place = shelf.fresh(place)
        self.place.mkdir()
        self.mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", place], capture_output=True, check=False).returncode == 0

    def __enter__(self) -> _Disk:
        return self

    def __exit__(self, *_: object) -> None:
        if self.mounted:
            subprocess.run(["umount", "-l", self.place], check=True)

    def begin(self, trouble: str) -> None:
        if trouble == "read-only":
            subprocess.run(["mount", "-o", "remount,ro", self.place], check=True)
            return
        with contextlib.suppress(OSError), open(self.place / "filler", "wb", buffering=0) as filler:
            while True:
                filler.write(b"x" * 4096)

    def end(self, trouble: str) -> None:
        if trouble == "read-only":
            subprocess.run(["mount", "-o", "remount,rw", self.place], check=True)
        else:
            (self.place / "filler").unlink()


def _on_disk(bench: Bench, desk: rig.Desk, root: Path, talks: list[dict], kept: Path, given: dict[str, str], trouble: str, disk: _Disk) -> str:
    config = disk.place / "config"
    shutil.copytree(kept, config)
    disk.begin(trouble)
    with shelf.player(bench, desk, config, root) as player:
        player.wait_playing()
        told = _notices(player, 1.0)
        known = {}
        for number, talk in enumerate(talks[:6]):
            shelf.run(player, f"talk {number + 1}")
            player.wait_for("path", lambda path, talk=talk: path == talk["path"])
            time.sleep(0.2)
            known[talk["id"]] = player.get("plenary/verdict")
        shelf.run(player, "verdict keep")
        told += [notice for notice in _notices(player, 3.0) if notice not in told]
        shown = player.get("plenary/verdict")
        expect(shown == "keep", f"{trouble}: a verdict cannot be given: {shown}")
        expect({identity: verdict for identity, verdict in known.items() if verdict} == given, f"{trouble}: known are {known}")
        player.wait_playing()
    expect(bool(told), f"{trouble}: nothing is told")
    for store in shelf.STORES:
        expect(shelf.sound(config, store) == "ok", f"{trouble}: {store}: {shelf.sound(config, store)}")
    expect({identity: verdict for identity, verdict in shelf.verdicts(config).items() if identity in given} == given,
           f"{trouble}: the library has {shelf.verdicts(config)}")
    disk.end(trouble)
    _starts(bench, desk, config, root, talks, given, f"after {trouble}")
    return " | ".join(told)
