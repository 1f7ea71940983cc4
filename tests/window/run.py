#!/usr/bin/env python3
"""Runs the real binary in a real window with a real sound server, and judges what is seen and heard.

    tests/window/run.py [--quick] [--binary PATH] [--only NAME]... [--player mpv]

Every check prints what it measured. The last line is `N passed, N failed`; the exit status is 0 only if none failed.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

try:
    import check_colours, check_devices, check_hands, check_library, check_listening, check_mercies, check_moving, check_outside, check_real_input, check_screen, check_slides, check_sound, check_stores, check_transcript, check_video, check_writing  # noqa: F401 - they register themselves
    import rig
    from bench import CHECKS, Bench
except ImportError as error:
    print(f"{error}: python3 -m pip install -r {HERE / 'requirements.txt'}", file=sys.stderr)
    print("0 passed, 1 failed")
    sys.exit(1)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer seeks and shorter recordings")
    parser.add_argument("--binary", type=Path, help="the player (default: the newest of target/release and target/debug)")
    parser.add_argument("--only", action="append", metavar="NAME", choices=sorted(CHECKS), help="one check; may be repeated")
    parser.add_argument("--player", choices=("plenary", "mpv"), default="plenary", help="mpv: try the checks themselves against mpv")
    return parser.parse_args()


def find_binary(asked: argparse.Namespace) -> Path:
    if asked.binary:
        return asked.binary.resolve()
    if asked.player == "mpv":
        rig.need("mpv")
        return Path(shutil.which("mpv"))
    built = [HERE.parents[1] / "target" / profile / "plenary" for profile in ("release", "debug")]
    built = [path for path in built if path.exists()]
    if not built:
        raise rig.MissingTool("no plenary in target/release or target/debug: cargo build --release, or name one with --binary")
    return max(built, key=lambda path: path.stat().st_mtime)


def judge(bench: Bench, name: str, remark: str = "") -> bool:
    """Runs one check and prints its verdict."""
    if remark:
        print(f"    {remark}", flush=True)
    begun = time.monotonic()
    try:
        CHECKS[name].run(bench)
        verdict = "ok"
    except (AssertionError, TimeoutError, rig.MissingTool, rig.IpcError) as error:
        verdict = f"FAILED: {error}"
    except Exception:
        verdict = f"FAILED: {traceback.format_exc()}"
    print(f"    {verdict} ({time.monotonic() - begun:.0f} s)", flush=True)
    return verdict == "ok"


def main() -> int:
    asked = arguments()
    # Being asked to end must still end the desks.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    names = [name for name, known in CHECKS.items() if asked.player in known.players and name in (asked.only or CHECKS)]
    if not names:
        print(f"nothing to run: {asked.only} cannot be tried with {asked.player}")
        return 2
    failed = []
    with tempfile.TemporaryDirectory(prefix="plenary-window-") as scratch:
        try:
            bench = Bench(asked.player, find_binary(asked), asked.quick, Path(scratch))
        except rig.MissingTool as error:
            print(error)
            print(f"0 passed, {len(names)} failed")
            return 1
        for name in names:
            print(f"{name}", flush=True)
            # Sound and windows in real time: a busy machine starves players and recorders alike. What fails must fail
            # twice, and what needed its second chance says so.
            if not judge(bench, name) and not judge(bench, name, "once more, in case the machine was busy"):
                failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}")
    print(f"{len(names) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
