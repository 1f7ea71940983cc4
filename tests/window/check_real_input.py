"""What `plenary info` tells of real folders and files, against what was read in them by hand.

`real_input.json` has the facts, by paths relative to the folder that holds the talks. What an entry does not name is not there:
no authors, date, venue, link, paper, cues, chat or sound. A title, a length, slides' titles and issues that it does not name are
not judged. `{"any": [...]}` is one of several, where the files leave it open.

    opens       false: it is refused in one line; "either": that, or what follows
    says        a word of that line
    slideslive  the talk's number there; its address, if one is told, is the one of that number
    starts      milliseconds; or the first and last, and all of them are those of the folder's XML
    pictures    files, null where a slide has none; "xml": each is called as the XML has it; "none": no slide has one
    size        of all pictures, in pixels
    duration    milliseconds, held to 1 or to `tolerance`
    issues      all their kinds
    same        another path of which the same is told
    one_of      others, one of which this is taken for
    unsure      why several answers are good
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fixtures
from bench import Bench, check, expect

FACTS = Path(__file__).with_name("real_input.json")
SIDES = ("title", "authors", "date", "venue", "link", "paper")

Facts = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What the program said of a path."""

    status: int
    info: dict[str, Any] | None  # None where it was no JSON
    errors: list[str]

    @property
    def opened(self) -> bool:
        return self.status == 0


@check("plenary")
def real_input(bench: Bench) -> None:
    """`plenary info` tells the truth of every real talk and sample, and refuses in one line what is none."""
    talks = fixtures.talks_folder()
    if talks is None:
        bench.say("left out: there is no folder of real talks")
        return
    shared = talks.parent
    # The folder of talks may be called otherwise.
    where = {path: talks / path.removeprefix("talks/") if path.startswith("talks/") else shared / path for path in _facts()}
    there = {path: place for path, place in where.items() if place.exists()}
    if len(there) < len(where):
        bench.say(f"left out, as they are not there: {len(where) - len(there)} of {len(where)} paths")
    with ThreadPoolExecutor(2) as pool:
        told = dict(zip(there, pool.map(lambda place: ask(bench, place), there.values())))
    wrong = [f"{path}: {difference}" for path in there for difference in differences(_facts()[path], told[path], there[path])]
    for line in wrong:
        bench.say(line)
    refused = sum(not answer.opened for answer in told.values())
    bench.say(f"{len(there)} paths asked about, {refused} refused, {len(wrong)} differences")
    expect(not wrong, f"{len(wrong)} differences, the first: {wrong[0] if wrong else ''}")


@functools.lru_cache(maxsize=1)
def _facts() -> dict[str, Facts]:
    """The entries, with those of which the same is told filled in."""
    entries = json.loads(FACTS.read_text(encoding="utf-8"))
    return {path: entries[entry["same"]] if "same" in entry else entry for path, entry in entries.items()}


def ask(bench: Bench, place: Path) -> Told:
    """`plenary info --json`, as somebody who has no settings."""
    home = tempfile.mkdtemp(prefix="home-", dir=bench.scratch)
    env = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")} | {"HOME": home}
    done = subprocess.run([bench.binary, "info", "--json", place], env=env, capture_output=True, text=True, timeout=120, check=False)
    try:
        info = json.loads(done.stdout)
    except json.JSONDecodeError:
        info = None
    return Told(done.returncode, info, [line for line in done.stderr.splitlines() if line.strip()])


def differences(facts: Facts, told: Told, place: Path) -> list[str]:
    """What is told otherwise than it is, each in a sentence."""
    if told.info is None or told.status not in (0, 1):
        return [f"ended with {told.status} and no JSON: {' '.join(told.errors)[:200]}"]
    opens = facts.get("opens", True)
    if opens == "either":
        opens = told.opened
    if opens != told.opened:
        return [f"should {'open' if opens else 'be refused'}, but ended with {told.status}; {_outline(told.info)}; {told.errors}"]
    if not opens:
        return _refusal(facts, told)
    if "one_of" in facts:
        whose = [_facts()[path] for path in facts["one_of"]]
        found = [_contents(one, told.info, place) for one in whose]
        return [] if [] in found else [f"taken for none of its {len(whose)} talks; {_outline(told.info)}"]
    return _contents(facts, told.info, place)


def _outline(info: dict[str, Any]) -> str:
    return (f"title {info['title']!r}, {len(info['slides'])} slides, {info['cues']} cues, {info['duration']} s, "
            f"{[issue['kind'] for issue in info['issues']]}")


def _refusal(facts: Facts, told: Told) -> list[str]:
    wrong = []
    kinds = [issue["kind"] for issue in told.info["issues"]]
    if kinds != ["not-a-talk"] or told.info["slides"] or told.info["audio"]:
        wrong.append(f"a refusal has no slides, no sound and the issue not-a-talk: {_outline(told.info)}")
    if len(told.errors) != 1 or len(told.errors[0]) > 300:
        wrong.append(f"a refusal is one line: {told.errors}")
    if facts.get("says", "").lower() not in " ".join(told.errors).lower():
        wrong.append(f"the refusal should say {facts['says']!r}: {told.errors}")
    return wrong


@dataclass
class Judge:
    """Holds what is told against what is, and keeps what differs."""

    wrong: list[str] = field(default_factory=list)

    def __call__(self, what: str, told: Any, wanted: Any, tolerance: int = 0) -> None:
        """`wanted` may be one of several; a tolerance is for numbers."""
        good = wanted["any"] if isinstance(wanted, dict) and "any" in wanted else [wanted]
        if not any(told == one or (tolerance and abs(told - one) <= tolerance) for one in good):
            self.wrong.append(f"{what}: is {' or '.join(map(repr, good))}, told is {told!r}")


def _contents(facts: Facts, info: dict[str, Any], place: Path) -> list[str]:
    judge, folder = Judge(), place if place.is_dir() else place.parent
    for side in SIDES:
        judge(side, info[side], _wanted(side, facts, info[side]))
    judge("cues", info["cues"], facts.get("cues", 0))
    judge("chat", sum(track["cues"] for track in info["tracks"] if track["kind"] == "chat"), facts.get("chat", 0))
    if "issues" in facts:
        judge("issues", sorted({issue["kind"] for issue in info["issues"]}), sorted(facts["issues"]))
    _judge_slides(judge, facts, info["slides"], folder)
    _judge_sound(judge, facts, info, folder)
    return judge.wrong


def _wanted(side: str, facts: Facts, told: Any) -> Any:
    if side == "authors":
        return facts.get(side, [])
    if side == "title" and side not in facts:
        return told or "something"
    if side == "link" and "slideslive" in facts:
        base = f"https://slideslive.com/{facts['slideslive']}"
        return told if told and told.startswith(base + "/") else {"any": [base, None]}
    return facts.get(side)


def _judge_sound(judge: Judge, facts: Facts, info: dict[str, Any], folder: Path) -> None:
    told, wanted = info["audio"], facts.get("audio")
    if told is None or wanted is None:
        judge("sound", told, wanted)
    else:
        for what in ("codec", "sample_rate", "channels"):
            judge(what, told[what], wanted[what])
        judge("the sound's file is there", (folder / told["file"]).is_file(), True)
    if "duration" in facts:
        judge("duration", round(1000 * info["duration"]), facts["duration"], facts.get("tolerance", 1))


def _judge_slides(judge: Judge, facts: Facts, slides: list[dict[str, Any]], folder: Path) -> None:
    told = [round(1000 * slide["start"]) for slide in slides]
    starts, pictures = facts.get("starts"), facts.get("pictures")
    judge("slides", len(slides), facts["slides"])
    judge("in order of time", told == sorted(told), True)
    if isinstance(starts, dict) and "first" in starts:
        judge("first times", told[:len(starts["first"])], starts["first"])
        judge("last times", told[-len(starts["last"]):], starts["last"])
        listed = _listed(folder)
        judge("times", told, [time for time, _ in listed])
        if pictures == "xml":
            pictures = [f"{time}-{name}-big.jpg" for time, name in listed]
    elif starts is not None:
        judge("times", told, starts)
    if "titles" in facts:
        judge("titles", [slide["title"] for slide in slides], facts["titles"])
    if isinstance(pictures, list):
        judge("pictures", [slide["file"] if slide["width"] else None for slide in slides], pictures)
    elif pictures == "none":
        judge("pictures", [slide["file"] for slide in slides if slide["width"]], [])
    if "size" in facts:
        judge("sizes", sorted({(slide["width"], slide["height"]) for slide in slides if slide["width"]}), [tuple(facts["size"])])
    judge("clips", {str(at): slide["clip"] for at, slide in enumerate(slides) if slide["clip"]}, facts.get("clips", {}))


def _listed(folder: Path) -> list[tuple[int, str]]:
    """Times in milliseconds and names of the slides that the folder's XML lists, in order."""
    [timing] = folder.glob("*.xml")
    slides = [(int(slide.findtext("time")), slide.findtext("slideName")) for slide in ElementTree.parse(timing).getroot().iter("slide")]
    return sorted(slides, key=lambda slide: slide[0])
