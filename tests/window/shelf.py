"""What the checks of the library share: made libraries, the files that a Plenary leaves, and what its sub-commands say."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import many_talks
import rig
from bench import Bench, expect

STORES = ("library.db", "search.db")
_made: dict[tuple[Path, int], tuple[Path, list[dict]]] = {}


def fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def natural(path: Path | str) -> list[tuple[int, int, str]]:
    """The key of an order in which 2 is before 10."""
    parts = re.split(r"(\d+)", str(path).casefold())
    return [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts]


def library(bench: Bench, name: str, number: int, broken: bool = True) -> tuple[Path, list[dict]]:
    """A library of its own for a check: its folder and its talks, in the order in which they are listed. `broken`: with the
    one whose download failed.

    Made once per run and size. Each check gets other links to the same files, so that it may move and delete them.
    """
    kept = bench.scratch / f"library-{number}"
    if (bench.scratch, number) not in _made:
        _made[bench.scratch, number] = kept, many_talks.make_library(fresh(kept), number)
    root = fresh(bench.scratch / name)
    shutil.copytree(kept, root, copy_function=os.link)
    if not broken:
        shutil.rmtree(root / "Oral 2" / "38933066-")
    talks = [talk | {"path": str(root / Path(talk["path"]).relative_to(kept))} for talk in _made[bench.scratch, number][1]]
    return root, sorted(talks, key=lambda talk: natural(talk["path"]))


def config_of(bench: Bench, name: str, settings: str = "") -> Path:
    """A new folder of settings. Slides are not read, for that takes the machine for itself."""
    config = fresh(bench.scratch / name)
    config.mkdir()
    (config / "config.toml").write_text("slide-text = false\n" + settings)
    return config


def player(bench: Bench, desk: rig.Desk, config: Path, *words: str | Path, window: bool = False, sound: bool = False) -> rig.Player:
    silent = [] if sound else ["--no-audio"]
    return rig.Player(desk, [bench.binary, "--config", config, *([] if window else ["--headless"]), *silent, *words])


def run(player: rig.Player, commands: str) -> None:
    player.command("plenary-run", commands)


def told(player: rig.Player, secs: float, test: Any) -> dict:
    """What is told about the library, once it passes the test."""
    return player.wait_for("plenary/library", test, secs)


def settled(player: rig.Player, talks: int, secs: float = 60) -> dict:
    """Until so many talks are known and nothing is looked through any more."""
    return told(player, secs, lambda library: library["loaded"] and not library["scanning"] and library["talks"] == talks)


def opened(player: rig.Player, path: str | Path, secs: float = 15) -> None:
    """Until this talk is open, and its note has been read."""
    player.wait_for("path", lambda open_path: open_path == str(path), secs)
    player.wait_for("plenary/note", lambda note: note is not None)


def ask(bench: Bench, config: Path, *words: str) -> Any:
    """What a sub-command answers, as JSON."""
    done = subprocess.run([bench.binary, *words[:1], "--json", "--config", config, *words[1:]], capture_output=True, text=True, timeout=120)
    expect(done.returncode == 0, f"plenary {' '.join(words)}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def rows(config: Path, sql: str, store: str = "library.db") -> list[tuple]:
    """Of a store that may be in use."""
    with tempfile.TemporaryDirectory() as place:
        connection = sqlite3.connect(_copy(config, store, Path(place)))
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()


def sound(config: Path, store: str) -> str:
    """`ok`, or what is wrong with a store: asked of a copy, so that nothing is mended by asking."""
    if not (config / "data" / store).exists():
        return "ok"
    with tempfile.TemporaryDirectory() as place:
        connection = sqlite3.connect(_copy(config, store, Path(place)))
        try:
            return "; ".join(str(row[0]) for row in connection.execute("PRAGMA integrity_check"))
        except sqlite3.DatabaseError as error:
            return str(error)
        finally:
            connection.close()


def _copy(config: Path, store: str, place: Path) -> Path:
    for ending in ("", "-wal", "-shm"):
        file = config / "data" / (store + ending)
        if file.exists():
            shutil.copyfile(file, place / file.name)
    return place / store


def verdicts(config: Path) -> dict[str, str]:
    return dict(rows(config, "SELECT talk, verdict FROM verdict"))


def noted_verdicts(config: Path) -> dict[str, str]:
    """What the front matter of the notes says: of which talk, which verdict."""
    found = {}
    for note in (config / "notes").glob("*.md"):
        front = note.read_text().split("\n---\n", 1)[0]
        talk, verdict = (re.search(rf"^{name}: (.*)$", front, re.MULTILINE) for name in ("talk", "verdict"))
        if talk and verdict:
            found[talk[1].strip('"')] = verdict[1].strip('"')
    return found


def strength(sound: np.ndarray, tone: float, block: int = 960) -> np.ndarray:
    """How loud a tone is, block by block."""
    count = len(sound) // block
    turn = np.exp(-2j * np.pi * tone * np.arange(count * block) / rig.RATE) * np.tile(np.hanning(block), count)
    return np.abs((sound[: count * block] * turn).reshape(count, block).mean(1)) * 4
