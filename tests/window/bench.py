"""What every check is given: the player under test, the talks, and a way to say what was measured."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import fixtures
import rig


class Failure(AssertionError):
    """A measured property is not as promised."""


CHECKS: dict[str, Check] = {}


@dataclass(frozen=True)
class Check:
    run: Callable[[Bench], None]
    players: tuple[str, ...]  # those that it can be tried with


def check(*players: str) -> Callable[[Callable[[Bench], None]], Callable[[Bench], None]]:
    """Registers a check by its function's name."""
    def register(function: Callable[[Bench], None]) -> Callable[[Bench], None]:
        CHECKS[function.__name__] = Check(function, players or ("plenary",))
        return function
    return register


def expect(condition: bool, message: str) -> None:
    if not condition:
        raise Failure(message)


@dataclass
class Bench:
    """The setting of one run."""

    kind: str  # "plenary" or "mpv"
    binary: Path
    quick: bool
    scratch: Path
    fixtures: fixtures.Fixtures = field(init=False)

    def __post_init__(self) -> None:
        self.fixtures = fixtures.Fixtures(self.scratch / "talks", secs=90 if self.quick else 180)

    def say(self, text: str) -> None:
        print(f"    {text}", flush=True)

    def player(self, desk: rig.Desk, talk: fixtures.TalkFolder | None, *options: str, window: bool = False,
               env: dict[str, str] | None = None, wrapper: tuple[str, ...] = ()) -> rig.Player:
        """The player under test, opening a talk. Options are such as both players know.

        Plenary gets the folder and settings of its own; the stand-in, which knows no such folders, the sound in it.
        """
        if self.kind == "mpv":
            show = ("--force-window=yes",) if window else ("--no-video",)
            argv = [self.binary, "--no-config", "--ao=pulse", "--keep-open=yes", *show, *options, *([talk.sound] if talk else [])]
        else:
            config = tempfile.mkdtemp(prefix="config-", dir=self.scratch)
            argv = [self.binary, "--config", config, *([] if window else ["--headless"]), *options, *([talk.folder] if talk else [])]
        return rig.Player(desk, argv, env, wrapper)

    @property
    def position(self) -> str:
        """The property that tells what is heard now. The stand-in's own `time-pos` moves only from one turn of its loop to
        the next when there is no picture."""
        return "audio-pts" if self.kind == "mpv" else "time-pos"

    def clock_talks(self) -> list[fixtures.ClockTalk]:
        """All codecs: those made here, and those of the real clock talks if there are any; of these only HE-AAC if quick."""
        made, real = self.fixtures.clock_talks(), fixtures.real_clock_talks()
        if not any("he-aac" in talk.codec for talk in real):
            self.say("no HE-AAC: FFmpeg here has no encoder for it and PLENARY_TALKS has no such clock talk")
        if self.quick:
            real = [talk for talk in real if "he-aac" in talk.codec]
        return [*made, *real]
