"""The library: what is found on disk, triage by keys, where a talk goes on, the search, the end of a talk."""

from __future__ import annotations

import os
import random
import shutil
import time
import unicodedata
from pathlib import Path

import many_talks
import rig
import shelf
from bench import Bench, check, expect


@check("plenary")
def finds_talks(bench: Bench) -> None:
    """A library on the command line: listed while it is looked through, in natural order, the broken one with its reason;
    what comes, moves, goes, or is away for a while is noticed."""
    count = 60 if bench.quick else 600
    (root, talks), config = shelf.library(bench, "finds", count), shelf.config_of(bench, "finds-config")
    with rig.Desk() as desk, rig.Recorder(desk) as recorder, shelf.player(bench, desk, config, root, sound=True) as player:
        steps = set()
        def all_found(library: dict) -> bool:
            steps.add((library["talks"], library["listed"], library["scanning"]))
            return library["loaded"] and not library["scanning"] and library["talks"] == count + 1
        run_library = lambda: shelf.run(player, "library toggle")
        run_library()
        shelf.told(player, 60, all_found)
        found_at = time.monotonic() - player.started
        partly = sorted(listed for _, listed, scanning in steps if scanning and 0 < listed < count + 1)
        bench.say(f"{count} talks and a broken one: all found after {found_at:.1f} s; meanwhile these numbers were listed: {partly[:12]}")
        expect(bench.quick or bool(partly), f"nothing is listed while the folders are looked through: {sorted(steps)}")
        listed = shelf.ask(bench, config, "list")
        broken = [row for row in listed if row["broken"]]
        expect(len(broken) == 1 and broken[0]["path"].endswith("38933066-") and "refusal" in broken[0]["broken"], f"broken: {broken}")
        order = [row["path"] for row in listed if not row["broken"]]
        expect(order == [talk["path"] for talk in talks], f"the order is {order[:3]} … and not {[talk['path'] for talk in talks[:3]]} …")
        expect({row["id"]: (row["title"], row["authors"]) for row in listed if not row["broken"]}
               == {talk["id"]: (talk["title"], talk["authors"]) for talk in talks}, "titles or authors are others")
        playlist = [entry["filename"] for entry in player.get("playlist")]
        expect([path for path in playlist if not path.endswith("38933066-")] == order, f"the queue is {playlist[:3]} …")
        first = talks[0]
        expect(player.get("path") == first["path"], f"{player.get('path')} is open")
        time.sleep(1.0)
        _, heard = recorder.since(time.monotonic() - 1.0)
        loud = {tone: float(shelf.strength(heard, tone).max()) for tone in range(300, 1100, 40)}
        expect(max(loud, key=loud.get) == first["tone"] and loud[first["tone"]] > 0.05, f"the first talk has {first['tone']} Hz, heard is {loud}")
        player.set("pause", True)
        _changes(bench, player, config, root, talks, run_library)


def _changes(bench: Bench, player: rig.Player, config: Path, root: Path, talks: list[dict], run_library) -> None:
    count = len(talks) + 1
    # One more.
    sounds = bench.scratch / "finds-sounds"
    sounds.mkdir(exist_ok=True)
    many_talks.make_talk(shelf.fresh(bench.scratch / "finds-new"), 900, sounds)
    begun = time.monotonic()
    shutil.copytree(bench.scratch / "finds-new", root / "Oral 1" / "38900900-talk")
    shelf.settled(player, count + 1, 20)
    came = time.monotonic() - begun
    expect(came < 10, f"a new talk is listed after {came:.1f} s")
    # Two that move: one keeps its number, the other gets a name.
    moved = {}
    for talk, name in ((talks[1], f"{Path(talks[1]['path']).name}-renamed"), (talks[2], "the one on Tuesday")):
        shelf.run(player, f'library choose {talk["path"]}')
        shelf.run(player, "library open")
        shelf.opened(player, talk["path"])
        player.set("pause", True)
        shelf.run(player, "verdict none; verdict keep")
        player.seek(21.0)
        time.sleep(0.5)
        moved[talk["id"]] = (talk["path"], str(Path(talk["path"]).with_name(name)))
    shelf.run(player, f'library choose {talks[0]["path"]}')
    shelf.run(player, "library open")
    shelf.opened(player, talks[0]["path"])
    player.set("pause", True)
    slowest = 0.0
    for identity, (old, new) in moved.items():
        begun = time.monotonic()
        os.rename(old, new)
        def there() -> list:
            return [row for row in shelf.ask(bench, config, "list") if row["path"] == new and row["id"] == identity]
        rig.wait_until(there, 20, f"{Path(old).name} under its new name {Path(new).name} as {identity}", 0.3)
        shelf.settled(player, count + 1, 20)
        slowest = max(slowest, time.monotonic() - begun)
        shelf.run(player, f"library choose {new}")
        shelf.run(player, "library open")
        shelf.opened(player, new)
        player.set("pause", True)
        at, verdict = player.get("time-pos"), player.get("plenary/verdict")
        expect(verdict == "keep" and 20.9 <= at < 23, f"{Path(old).name}, now {Path(new).name}, has the verdict {verdict} and goes on at {at}")
    # One that goes.
    gone = talks[5]["path"]
    begun = time.monotonic()
    shutil.rmtree(gone)
    shelf.settled(player, count, 20)
    went = time.monotonic() - begun
    bench.say(f"a new talk is listed after {came:.1f} s, a renamed one after {slowest:.1f} s, a removed one is gone after {went:.1f} s")
    # All of them, for a while.
    chosen = talks[7]["path"]
    shelf.run(player, f"library choose {chosen}")
    away = root.with_name("finds-away")
    shelf.fresh(away)
    root.rename(away)
    time.sleep(6.0)
    expect(shelf.told(player, 5, lambda library: not library["scanning"])["talks"] == count, f"without its folder the library has {player.get('plenary/library')}")
    rows = shelf.ask(bench, config, "list")
    expect(len(rows) == count and all(row["away"] for row in rows), "plenary list does not say that they are away")
    open_before = player.get("path")
    run_library()
    shelf.run(player, f"library choose {chosen}")
    shelf.run(player, "library open")
    time.sleep(1.0)
    expect(player.get("path") == open_before, "a talk that is away is opened")
    away.rename(root)
    begun = time.monotonic()
    def opens() -> bool:
        shelf.run(player, f"library choose {chosen}")
        shelf.run(player, "library open")
        time.sleep(0.5)
        return player.get("path") == chosen
    rig.wait_until(opens, 60, "a talk of the folder that is there again to open", 0.5)
    expect(shelf.settled(player, count, 20)["talks"] == count, "some did not return")
    bench.say(f"while its folder is away all {count} stay listed; {time.monotonic() - begun:.1f} s after its return they can be opened")


@check("plenary")
def triage(bench: Bench) -> None:
    """Twenty talks, twenty keystrokes; then Ctrl+Z returns to the talk and the second."""
    (root, talks), config = shelf.library(bench, "triage", 20), shelf.config_of(bench, "triage-config")
    keys = [("s", "keep"), ("a", "again"), ("d", "drop")]
    expected = {}
    with rig.Desk() as desk, shelf.player(bench, desk, config, root, window=True) as player:
        shelf.settled(player, 21)
        desk.window_of(player.pid).focus()
        at = 0.0
        for number, talk in enumerate(talks):
            shelf.opened(player, talk["path"])
            if number == 18:
                player.seek(17.0)
                time.sleep(0.3)
                at = player.get("time-pos")
            key, verdict = keys[number % 3]
            desk.run("xdotool", "key", f"shift+{key}")
            expected[talk["id"]] = verdict
        rig.wait_until(lambda: shelf.verdicts(config) == expected, 5, "twenty verdicts in the library")
        rig.wait_until(lambda: shelf.noted_verdicts(config) == expected, 5, "twenty verdicts in the notes")
        # The last one stays open: nothing unseen is left.
        expect(player.get("path") == talks[19]["path"], f"after the last verdict {player.get('path')} is open")
        desk.run("xdotool", "key", "ctrl+z")
        player.wait_for("plenary/verdict", lambda verdict: verdict is None)
        desk.run("xdotool", "key", "ctrl+z")
        player.wait_for("path", lambda path: path == talks[18]["path"])
        back = player.wait_for("time-pos", lambda position: position is not None)
        player.wait_for("plenary/verdict", lambda verdict: verdict is None)
        expect(at - 0.1 <= back <= at + 1.5, f"the talk was left at {at:.2f} s and is again at {back:.2f} s")
        del expected[talks[18]["id"]], expected[talks[19]["id"]]
        rig.wait_until(lambda: shelf.verdicts(config) == expected and shelf.noted_verdicts(config) == expected, 5, "two verdicts to be taken back")
    bench.say(f"twenty verdicts by twenty keys; undone, the talk left at {at:.2f} s is open at {back:.2f} s")


@check("plenary")
def resumes(bench: Bench) -> None:
    """Each talk goes on where it was left; a start without paths returns to the talk, the second, the queue, the view and
    the window, paused."""
    root, talks = shelf.library(bench, "resumes", 20)
    for library_open in (False, True):
        config = shelf.config_of(bench, "resumes-config")
        with rig.Desk(1600, 1000) as desk:
            with shelf.player(bench, desk, config, "--pause", root, window=True) as player:
                shelf.settled(player, 21)
                window = desk.window_of(player.pid)
                desk.run("xdotool", "windowmove", "--sync", window.id, "140", "90")
                desk.run("xdotool", "windowsize", "--sync", window.id, "1010", "730")
                for number, secs in ((3, 12.0), (5, 20.5), (8, 31.25)):
                    shelf.run(player, f"talk {number}")
                    shelf.opened(player, _entry(player, number))
                    player.set("pause", True)
                    player.seek(secs)
                    time.sleep(0.3)
                for number, secs in ((3, 12.0), (5, 20.5)):
                    shelf.run(player, f"talk {number}")
                    shelf.opened(player, _entry(player, number))
                    at = player.get("time-pos")
                    expect(secs - 0.05 <= at < secs + 1.0, f"talk {number} was left at {secs} s and goes on at {at:.2f} s")
                    player.set("pause", True)
                player.seek(23.456)
                shelf.run(player, "queue move 9 2; queue remove 12")
                shelf.run(player, "library filter longer:10s; library sort title; rate 1.5")
                if library_open:
                    shelf.run(player, "library toggle; library down; library down")
                time.sleep(1.2)
                names = ("path", "time-pos", "playlist", "plenary/library", "fullscreen")
                before, place = {name: player.get(name) for name in names}, window.place()
                expect(before["plenary/library"]["shown"] == library_open, "the library is not seen, or is")
            with shelf.player(bench, desk, config, window=True) as player:
                player.wait_for("path", lambda path: path == before["path"])
                window = desk.window_of(player.pid)
                time.sleep(1.0)
                after, again = {name: player.get(name) for name in names}, window.place()
                expect(player.get("pause"), "it plays without being asked")
                expect(abs(after["time-pos"] - before["time-pos"]) < 0.1, f"left at {before['time-pos']} s, now at {after['time-pos']} s")
                expect(_files(after) == _files(before), f"the queue was {_files(before)} and is {_files(after)}")
                for name in ("shown", "chosen") if library_open else ("shown",):
                    expect(after["plenary/library"][name] == before["plenary/library"][name], f"{name} was {before['plenary/library'][name]}, "
                           f"is {after['plenary/library'][name]}")
                shelf.run(player, "library toggle" if not library_open else "library first")
                filtered = shelf.told(player, 10, lambda library: library["listed"] > 0)["listed"]
                expect(not library_open or filtered == before["plenary/library"]["listed"],
                       f"{before['plenary/library']['listed']} talks were listed, now {filtered}")
                bench.say(f"library {'open' if library_open else 'closed'}: {after['time-pos']:.2f} s of {before['time-pos']:.2f} s, "
                          f"window {place} and then {again}")
                expect(all(abs(a - b) <= 2 for a, b in zip(place, again)), f"the window was at {place} and is at {again}")


def _entry(player: rig.Player, number: int) -> str:
    return player.get("playlist")[number - 1]["filename"]


def _files(state: dict) -> list[str]:
    return [entry["filename"] for entry in state["playlist"]]


@check("plenary")
def at_end(bench: Bench) -> None:
    """At the end of a talk, as chosen: the verdict is waited for, nothing happens, or the next one begins."""
    root, talks = shelf.library(bench, "at-end", 20)
    for choice in ("verdict", "stop", "next"):
        config = shelf.config_of(bench, "at-end-config", f'at-end = "{choice}"\n')
        with rig.Desk() as desk, shelf.player(bench, desk, config, root, window=choice == "verdict") as player:
            shelf.opened(player, talks[0]["path"])
            shelf.settled(player, 21)
            player.seek(38.5)
            if choice == "next":
                shelf.opened(player, talks[1]["path"], 10)
                expect(not player.get("pause"), "the next one does not play")
                continue
            player.wait_for("eof-reached", lambda ended: ended, 10)
            time.sleep(1.5)
            expect(player.get("path") == talks[0]["path"], f"{choice}: {player.get('path')} is open after the end")
            if choice == "verdict":
                desk.window_of(player.pid).focus()
                desk.run("xdotool", "key", "s")
                shelf.opened(player, talks[1]["path"], 5)
                player.wait_playing()
            else:
                shelf.run(player, "verdict keep")
                time.sleep(1.0)
                expect(player.get("path") == talks[0]["path"], "after a verdict it goes on")
            rig.wait_until(lambda: shelf.verdicts(config) == {talks[0]["id"]: "keep"}, 5, "the verdict")
    bench.say("a verdict is waited for and S goes on; it stops; the next one plays")


@check("plenary")
def sheet_verdict(bench: Bench) -> None:
    """A talk is read from the library, slide by slide, and judged, without a sample of its sound."""
    (root, talks), config = shelf.library(bench, "sheet", 20), shelf.config_of(bench, "sheet-config")
    read = talks[4]
    with rig.Desk() as desk, rig.Recorder(desk) as recorder, shelf.player(bench, desk, config, root, window=True, sound=True) as player:
        shelf.settled(player, 21)
        player.wait_playing()
        time.sleep(0.7)
        desk.window_of(player.pid).focus()
        shelf.run(player, f'library toggle; library choose {read["path"]}')
        time.sleep(0.3)
        asked = time.monotonic()
        shelf.run(player, "library sheet")
        shelf.opened(player, read["path"])
        for key in ("Right", "Right", "Down", "Left", "Up", "End", "Home"):
            desk.run("xdotool", "key", key)
            time.sleep(0.15)
        desk.run("xdotool", "key", "s")
        player.wait_for("plenary/verdict", lambda verdict: verdict == "keep")
        time.sleep(0.5)
        expect(player.get("pause"), "it plays")
        _, before = recorder.since(asked - 0.6)
        _, heard = recorder.since(asked)
        loud = shelf.strength(heard[rig.RATE // 2:], talks[0]["tone"]).max()
        own = shelf.strength(heard, read["tone"]).max()
        played = shelf.strength(before[: rig.RATE // 2], talks[0]["tone"]).max()
        rig.wait_until(lambda: shelf.verdicts(config) == {read["id"]: "keep"}, 5, "the verdict")
    bench.say(f"of the talk that played {played:.3f} was heard before, {loud:.4f} half a second after; of the one that was read at most {own:.4f}")
    expect(played > 0.05 and loud < 0.003 and own < 0.01, "something was heard")


# The search

def fold(text: str) -> str:
    """Without case and accents: what the search compares, made here by other means."""
    special = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ł": "l", "ı": "i"})
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).lower().translate(special))
    return " ".join("".join(letter for letter in apart if not unicodedata.combining(letter)).split())


def plain_scan(passages: list[tuple[str, str, str]], words: list[str], kinds: tuple[str, ...] = ()) -> set[str]:
    """The talks of the passages (talk, kind, folded text) that have all words."""
    wanted = [fold(word) for word in words]
    return {talk for talk, kind, text in passages if (not kinds or kind in kinds) and all(word in text for word in wanted)}


def said(talk: dict) -> list[tuple[float, str]]:
    """What is said with each slide, and from when: cues have no full stops here, and 15 s are longer than any slide."""
    found: list[list] = []
    for start, text in talk["cues"]:
        slide = sum(begin <= start for begin in talk["starts"])
        if found and found[-1][2] == slide:
            found[-1][1] += f" {text}"
        else:
            found.append([start, text, slide])
    return [(start, text) for start, text, _ in found]


def passages_of(talks: list[dict], tags: dict[str, str]) -> list[tuple[str, str, str]]:
    found = []
    for talk in talks:
        one = lambda kind, text, talk=talk: found.append((talk["id"], kind, fold(text)))
        one("title", talk["title"])
        for author in talk["authors"]:
            one("author", author)
        one("about", talk["about"])
        for _, text in said(talk):
            one("speech", text)
        tag = [tags[talk["id"]]] if talk["id"] in tags else []
        for text in tag:
            one("tag", text)
            one("note", f"A paragraph. #{text}")
        one("together", " · ".join([talk["title"], *talk["authors"], *tag]))
    return found


@check("plenary")
def search_is_right(bench: Bench) -> None:
    """What is found against a plain scan of the same texts; and in the window a phrase typed letter by letter."""
    count, questions = (60, 24) if bench.quick else (600, 60)
    (root, talks), config = shelf.library(bench, "search", count), shelf.config_of(bench, "search-config")
    dice, tags, judged = random.Random(11), {}, {}
    with rig.Desk() as desk:
        with shelf.player(bench, desk, config, "--pause", root) as player:
            shelf.settled(player, count + 1)
            for number, talk in enumerate(dice.sample(talks, 12)):
                shelf.run(player, f'open {talk["path"]}')
                shelf.opened(player, talk["path"])
                player.set("pause", True)
                judged[talk["id"]] = ("keep", "again", "drop")[number % 3]
                shelf.run(player, f'verdict {judged[talk["id"]]}')
                if number % 2:
                    tags[talk["id"]] = ("tiling", "labels", "über-fit")[number // 2 % 3]
                    shelf.run(player, f'summary set "A paragraph. #{tags[talk["id"]]}"')
            rig.wait_until(lambda: len(shelf.noted_verdicts(config)) == 12, 5, "the notes")
            shelf.run(player, "search for in:notes paragraph")
            try:
                player.wait_for("plenary/search", _asks_again(player, len(tags)), 8)
                missing = ""
            except TimeoutError as error:
                missing = f"what was just written is not found: {error}"
        passages = passages_of(talks, tags)
        _typed(bench, desk, config, talks, passages, random.Random(12))
        _compare(bench, config, talks, passages, judged, dice, questions)
        expect(not missing, missing)


def _asks_again(player: rig.Player, talks: int):
    """Whether so many talks are found; if not, it is asked again, for an answer is not made anew by itself."""
    def found(state: dict) -> bool:
        if state["settled"] and state["talks"] != talks:
            shelf.run(player, "search for in:notes paragraph")
        return state["settled"] and state["talks"] == talks
    return found


def _compare(bench: Bench, config: Path, talks: list[dict], passages: list, judged: dict, dice: random.Random, questions: int) -> None:
    said = lambda: dice.choice(dice.choice(talks)["cues"])[1].split()
    asked: list[tuple[str, set[str]]] = []
    for number in range(questions):
        words = said()
        at = dice.randrange(len(words) - 2)
        match number % 6:
            case 0:
                word = words[at]
                asked.append((word, plain_scan(passages, [word])))
            case 1:
                phrase = " ".join(words[at: at + 3])
                asked.append((f'"{phrase}"', plain_scan(passages, [phrase])))
            case 2:
                both = [words[at + 2], words[at][:3]]
                asked.append((" ".join(both), plain_scan(passages, both)))
            case 3:
                part = dice.choice(talks)["title"].split()[-1][1:6]
                asked.append((part.upper(), plain_scan(passages, [part])))
            case 4:
                name = fold(dice.choice(dice.choice(talks)["authors"]).split()[-1])
                asked.append((name, plain_scan(passages, [name])))
            case _:
                part = words[at][:dice.randint(1, 2)] if number % 12 > 5 else f"{words[at]}{words[at + 1]}"
                asked.append((part, plain_scan(passages, [part])))
    of = lambda ids: {talk["id"] for talk in talks if talk["id"] in ids}
    with_author = lambda name: {talk["id"] for talk in talks if any(fold(name) in fold(author) for author in talk["authors"])}
    with_tag = lambda start: {talk for talk, kind, text in passages if kind == "tag" and text.startswith(start)}
    for name in ("godel", "Nguyễn", "иван", "Émile"):
        asked.append((f"author:{name}", with_author(name)))
    asked.append(("author:godel gradient", with_author("godel") & plain_scan(passages, ["gradient"])))
    for tag in ("til", "labels", "uber"):
        asked.append((f"tag:{tag}", with_tag(tag)))
    for verdict in ("keep", "again", "drop"):
        asked.append((f"verdict:{verdict}", of([talk for talk, given in judged.items() if given == verdict])))
    asked.append(("verdict:none kernel", plain_scan(passages, ["kernel"]) - set(judged)))
    asked.append(("in:speech wasserstein", plain_scan(passages, ["wasserstein"], ("speech",))))
    asked.append(("in:speech privacy", plain_scan(passages, ["privacy"], ("speech",))))
    asked.append(("in:titles privacy", plain_scan(passages, ["privacy"], ("title",))))
    asked.append(("in:notes paragraph", plain_scan(passages, ["paragraph"], ("note", "tag"))))
    wrong = []
    for question, expected in asked:
        answer = shelf.ask(bench, config, "search", "--limit", "100000", question)
        found = {hit["id"] for hit in answer["hits"]}
        if found != expected:
            wrong.append(f"{question}: {len(found)} talks instead of {len(expected)}; missing {sorted(expected - found)[:3]}, "
                         f"too many {sorted(found - expected)[:3]}")
    bench.say(f"{len(asked)} questions, {sum(bool(expected) for _, expected in asked)} of them with an answer: {len(asked) - len(wrong)} as a plain scan finds it")
    expect(not wrong, "\n    ".join(wrong[:10]))


def _typed(bench: Bench, desk: rig.Desk, config: Path, talks: list[dict], passages: list, dice: random.Random) -> None:
    with shelf.player(bench, desk, config, "--pause", talks[0]["path"], window=True) as player:
        shelf.settled(player, len(talks) + 1)
        talk, start, phrase = next((talk, start, text) for talk in dice.sample(talks[1:], len(talks) - 1) for start, text in said(talk)
                                   if start > 8 and plain_scan(passages, [text]) == {talk["id"]})
        phrase = " ".join(phrase.split()[:6]) if plain_scan(passages, [" ".join(phrase.split()[:6])]) == {talk["id"]} else phrase
        shelf.run(player, "search all")
        counts = []
        for end in range(1, len(phrase) + 1):
            # Within quotes a doubled one stands for one: here, that of a sequence that is still being typed.
            shelf.run(player, f'search for """{phrase[:end]}"')
            state = player.wait_for("plenary/search", lambda state: state["text"] is not None and state["settled"], 5)
            counts.append(state["talks"])
        state = player.wait_for("plenary/search", lambda state: state["settled"] and state["first"] and state["first"][0][0] == talk["id"], 5)
        expect(state["talks"] == 1, f"{phrase!r}: {state}")
        shelf.run(player, "search go")
        shelf.opened(player, talk["path"])
        at = player.wait_for("time-pos", lambda position: position is not None)
        expect(start - 3.05 <= at <= start - 3 + 2.0, f"what is said at {start} s is played from {at:.2f} s")
        expect(not player.get("pause"), "it does not play")
        bench.say(f"{len(phrase)} letters typed, talks with hits {counts[0]} … {counts[-1]}; said at {start:.0f} s, played from {at:.2f} s")
