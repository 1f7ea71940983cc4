"""A viewer's script that drives a player through python-mpv-jsonipc; prints what it saw as JSON.

    jsonipc_session.py PLAYER FIRST SECOND [option=value ...]

The player is started by that library, which gives it arguments of its own besides the options.
"""

import json
import sys
import threading
import time

from python_mpv_jsonipc import MPV


def until(test, secs=15.0):
    end = time.monotonic() + secs
    while time.monotonic() < end:
        try:
            value = test()
        except Exception as error:
            value = None
            last = repr(error)
        else:
            last = repr(value)
        if value:
            return value
        time.sleep(0.02)
    raise TimeoutError(f"last value {last}")


def until_near(mpv, secs):
    """The position once it is about where it should be; the caller judges how near that has to be."""
    told = []
    try:
        until(lambda: told.append(mpv.time_pos) or abs(told[-1] - secs) < 0.25)
    except TimeoutError:
        raise TimeoutError(f"time-pos {told[-1:]}, not {secs}") from None
    return told[-1]


def main():
    player_path, first, second, *options = sys.argv[1:]
    seen = {}
    ended = threading.Event()
    mpv = MPV(mpv_location=player_path, quit_callback=ended.set, discard_output=True, start_retries=1,
              **dict(option.split("=", 1) for option in options))
    seen["arguments"] = mpv.mpv_process.argv[1:]
    # A name that is not among the properties would silently become an attribute of the library's object.
    wanted = "time-pos duration pause speed chapters chapter chapter-list playlist playlist-pos playlist-count path volume mute"
    seen["missing_properties"] = sorted(name for name in wanted.split() if name.replace("-", "_") not in mpv.properties)

    times = []

    @mpv.property_observer("time-pos")
    def watch(_name, value):
        if value is not None:
            times.append(value)

    mpv.play(first)
    until(lambda: mpv.duration and mpv.time_pos is not None and mpv.time_pos > 0.2)
    seen["path"] = mpv.path
    seen["duration"] = mpv.duration
    seen["chapters"] = mpv.chapters
    seen["chapter_list"] = mpv.chapter_list

    mpv.pause = True
    until(lambda: mpv.pause is True)
    time.sleep(0.3)
    paused_at = mpv.time_pos
    time.sleep(0.5)
    seen["moved_while_paused"] = mpv.time_pos - paused_at

    mpv.seek(30, "absolute+exact")
    seen["seek_absolute"] = until_near(mpv, 30)
    mpv.seek(5, "relative+exact")
    seen["seek_relative"] = until_near(mpv, 35)
    mpv.command("set_property", "time-pos", 40.5)
    seen["set_time_pos"] = until_near(mpv, 40.5)

    mpv.speed = 2.0
    mpv.pause = False
    until(lambda: mpv.time_pos > 41)
    begun, at = time.monotonic(), mpv.time_pos
    time.sleep(2.0)
    seen["rate_at_speed_2"] = (mpv.time_pos - at) / (time.monotonic() - begun)
    mpv.speed = 1.0
    seen["observed_time_pos"] = len(times)
    seen["observed_forward_only_lately"] = all(b >= a for a, b in zip(times[-10:], times[-9:]))

    mpv.loadfile(second, "append")
    until(lambda: mpv.playlist_count == 2)
    seen["playlist"] = [entry["filename"] for entry in mpv.playlist]
    mpv.playlist_next()
    until(lambda: mpv.playlist_pos == 1 and mpv.path == second)
    mpv.playlist_prev()
    until(lambda: mpv.playlist_pos == 0 and mpv.path == first)
    seen["playlist_goes_both_ways"] = True

    process = mpv.mpv_process.process
    try:
        mpv.command("quit")
    except Exception:
        pass  # the connection may close before the answer is read
    process.wait(5)
    seen["exit_status"] = process.returncode
    print(json.dumps(seen))
    mpv.terminate()


main()
