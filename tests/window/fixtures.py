"""Talk folders made for the tests, laid out as slideslive-slides-dl leaves them, and the reading of any such folder.

The slides can be told apart and compared pixel by pixel: their number in black and white cells, a field of one-pixel squares
that any rescaling would turn grey, one-pixel lines, and noise that is different on every slide.
"""

from __future__ import annotations

import functools
import os
import random
import shutil
import subprocess
import wave
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

import clock
import onset
import rig

SOUND_SUFFIXES = {".m4a", ".mp3", ".opus", ".webm", ".ogg", ".aac", ".mka", ".flac", ".wav", ".mp4", ".mkv"}


@dataclass(frozen=True)
class Codec:
    """How a sound file is made: by ffmpeg's arguments, written through a pipe where a file would be given an index."""

    name: str
    suffix: str
    arguments: tuple[str, ...]
    piped: bool = False


# A picture to go with the sound, with frames that are stored in another order than they are shown in, as films have them.
FILM = ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p",
        "-c:a", "aac", "-b:a", "96k", "-shortest")

CODECS = (
    Codec("aac-lc", "m4a", ("-c:a", "aac", "-b:a", "96k")),
    Codec("opus", "opus", ("-c:a", "libopus", "-b:a", "64k")),
    Codec("mp3-vbr-no-xing", "mp3", ("-c:a", "libmp3lame", "-q:a", "4", "-write_xing", "0", "-id3v2_version", "0")),
    Codec("mp3-cbr", "mp3", ("-c:a", "libmp3lame", "-b:a", "96k")),
    Codec("webm-live", "webm", ("-c:a", "libopus", "-b:a", "64k", "-f", "webm", "-live", "1"), piped=True),
    Codec("vorbis", "ogg", ("-c:a", "libvorbis", "-q:a", "4")),
    Codec("aac-fragmented", "m4a", ("-c:a", "aac", "-b:a", "96k", "-movflags", "frag_keyframe+empty_moov+default_base_moof",
                                    "-frag_duration", "5000000")),
    Codec("aac-adts", "aac", ("-c:a", "aac", "-b:a", "96k")),
    Codec("mp3-vbr", "mp3", ("-c:a", "libmp3lame", "-q:a", "4")),
    Codec("mp3-mpeg2", "mp3", ("-c:a", "libmp3lame", "-ar", "22050", "-b:a", "48k")),
    Codec("vorbis-mka", "mka", ("-c:a", "libvorbis", "-q:a", "4")),
    Codec("flac", "flac", ("-c:a", "flac")),
    Codec("alac", "m4a", ("-c:a", "alac")),
    Codec("wav", "wav", ("-c:a", "pcm_s16le")),
    Codec("film-mp4", "mp4", FILM),
    Codec("film-mkv", "mkv", FILM),
)
# Debian's FFmpeg decodes HE-AAC but has no encoder for it: that codec is tested with the talks of PLENARY_TALKS only.


@dataclass(frozen=True)
class Slide:
    secs: float
    image: Path


@dataclass(frozen=True)
class TalkFolder:
    """A talk folder, as read here and not by the player under test."""

    folder: Path
    sound: Path
    slides: tuple[Slide, ...]

    @property
    def name(self) -> str:
        return self.folder.name


@dataclass(frozen=True)
class ClockTalk:
    """A talk whose sound is a clock."""

    codec: str
    talk: TalkFolder
    secs: float
    reader: clock.Reader

    def known(self) -> onset.Known:
        """Its sound as FFmpeg decodes it, in which recordings can be found."""
        return _known(self)

    def target(self, dice: random.Random) -> float:
        """A moment to seek to, at which the code is not silent. Some clocks speak the time over their tones at every tenth second."""
        code = self.reader.code
        while True:
            secs = round(10 * dice.randrange(int(self.secs) // 10 - 1) + dice.uniform(3.0, 9.0), 3)
            into = (secs + self.known().clock_shift) % code.slot_secs
            if not code.silent_between or 0.012 < into < code.slot_secs - 0.020:
                return secs


@functools.lru_cache(maxsize=2)  # ten minutes take 115 MB
def _known(clock_talk: ClockTalk) -> onset.Known:
    rig.need("ffmpeg")
    decoded = subprocess.run(["ffmpeg", "-v", "error", "-i", clock_talk.talk.sound, "-f", "f32le", "-ac", "1", "-ar", str(onset.RATE), "pipe:1"],
                             capture_output=True, check=True).stdout
    return onset.Known(np.frombuffer(decoded, "<f4"), clock_talk.reader)


def read_folder(folder: Path) -> TalkFolder:
    """A folder by its XML: one slide per `<slide>`, in the order of their times."""
    [timing] = folder.glob("*.xml")
    images = {path.name: path for path in folder.iterdir() if path.suffix in (".jpg", ".png")}
    slides = []
    for slide in ElementTree.parse(timing).getroot().iter("slide"):
        time_ms, name = slide.findtext("time"), slide.findtext("slideName")
        [image] = [path for file, path in images.items() if file.startswith(f"{time_ms}-{name}-")]
        slides.append(Slide(int(time_ms) / 1000, image))
    sounds = [path for path in folder.iterdir() if path.suffix in SOUND_SUFFIXES and path.name != "slides-video.mp4"]
    [sound] = sounds
    return TalkFolder(folder, sound, tuple(sorted(slides, key=lambda s: s.secs)))


class Fixtures:
    """Makes talks on demand below one folder, each once."""

    def __init__(self, root: Path, secs: int):
        self.root = root
        self.secs = secs
        self.code = clock.WalkCode()
        self.reader = clock.Reader(self.code)
        self._wav: Path | None = None

    def clock_talk(self, codec: Codec, number: int = 0, picture: str = "png", size: tuple[int, int] = (1024, 576)) -> ClockTalk:
        ident = 48_000_000 + 1000 * CODECS.index(codec) + number
        folder = self.root / f"{ident}-clock-{codec.name}"
        if not folder.exists():
            folder.mkdir(parents=True)
            write_slides(folder, ident, count=self.secs // 6, every_secs=6, picture=picture, size=size)
            encode(self.wav(), folder / f"Clock in {codec.name}-{ident + 500_000_000}.{codec.suffix}", codec)
        return ClockTalk(codec.name, read_folder(folder), float(self.secs), self.reader)

    def clock_talks(self) -> list[ClockTalk]:
        return [self.clock_talk(codec) for codec in CODECS]

    def wav(self) -> Path:
        if self._wav is None:
            self._wav = self.root / "clock.wav"
            self.root.mkdir(parents=True, exist_ok=True)
            write_wav(self._wav, clock.clock_parts(self.secs, 44_100, self.code), 44_100)
        return self._wav


def encode(wav: Path, target: Path, codec: Codec) -> None:
    rig.need("ffmpeg")
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", str(wav), *codec.arguments]
    if codec.piped:
        with open(target, "wb") as out:
            subprocess.run([*command, "pipe:1"], stdout=out, check=True)
    else:
        subprocess.run([*command, str(target)], check=True)


def write_wav(path: Path, sound: Iterable[np.ndarray], rate: int) -> None:
    """A sound that comes in parts."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        for part in sound:
            file.writeframes((np.clip(part, -1, 1) * 32767).astype("<i2").tobytes())


def slide_picture(number: int, size: tuple[int, int]) -> np.ndarray:
    """A slide as [row, column, RGB]."""
    width, height = size
    dice = np.random.default_rng(number)
    picture = np.full((height, width, 3), 245, np.uint8)
    # The number, most significant bit first, in eight cells across the top.
    cell = height // 8
    for bit in range(8):
        left = width // 16 + bit * (cell + 8)
        picture[cell // 4: cell + cell // 4, left: left + cell] = 0 if number >> (7 - bit) & 1 else 255
    rows, columns = np.mgrid[0: height // 4, 0: width // 2]
    top, left = height // 4, width // 4
    picture[top: top + height // 4, left: left + width // 2] = (255 * ((rows + columns) % 2))[..., None]
    top = height * 5 // 8
    picture[top: top + height // 4, : width // 2: 3] = (0, 0, 200)
    picture[top: top + height // 4, width // 2:] = dice.integers(0, 256, (height // 4, width - width // 2, 3))
    # The outermost pixels, so that a missing row or column shows.
    picture[0] = picture[-1] = (255, 0, 0)
    picture[:, 0] = picture[:, -1] = (0, 128, 0)
    return picture


def _slide_file(store: Path, number: int, picture: str, size: tuple[int, int]) -> Path:
    """One encoded slide, made once for all talks. "444.jpg" and "420.jpg" are JPEG with and without full colour resolution."""
    store.mkdir(exist_ok=True)
    path = store / f"{number}-{size[0]}x{size[1]}.{picture}"
    if not path.exists():
        options = {"png": {"compress_level": 1}, "444.jpg": {"quality": 90, "subsampling": 0}, "420.jpg": {"quality": 90, "subsampling": 2}}
        Image.fromarray(slide_picture(number, size)).save(path, **options[picture])
    return path


def write_slides(folder: Path, ident: int, count: int, every_secs: float, picture: str, size: tuple[int, int], after: float = 0.0) -> None:
    """The images, `{ident}.xml` and `ffmpeg_concat.txt` of a talk. All slides but the first are later by `after` seconds."""
    placed = []
    for k in range(count):
        secs = k * every_secs + (after if k else 0.0)
        file = slide_name(k, secs, picture)
        shutil.copyfile(_slide_file(folder.parent / "pictures", k + 1, picture, size), folder / file)
        placed.append((secs, file))
    list_slides(folder, ident, placed, every_secs)


def slide_name(index: int, secs: float, picture: str) -> str:
    """The file name of the slide of this number, from 0, that is shown from `secs` on."""
    return f"{round(1000 * secs)}-0-{index + 1:04d}-big.{picture.split('.')[-1]}"


def list_slides(folder: Path, ident: int, placed: list[tuple[float, str]], every_secs: float) -> None:
    """`{ident}.xml` and `ffmpeg_concat.txt` of a talk, of its slides' times and files."""
    rows, concat = [], []
    for k, (secs, file) in enumerate(placed):
        time_ms, name = round(1000 * secs), f"0-{k + 1:04d}"
        rows.append(f"\t<slide>\n\t\t<orderId>{k + 1}</orderId>\n\t\t<timeSec>{int(secs)}</timeSec>\n"
                    f"\t\t<time>{time_ms}</time>\n\t\t<slideName>{name}</slideName>\n\t</slide>\n")
        concat.append(f"file '{file}'\nduration {every_secs if k + 1 < len(placed) else 30:g}\n")
    concat.append(f"file '{file}'\n")
    (folder / f"{ident}.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<videoContent>\n' + "".join(rows) + "</videoContent>\n")
    (folder / "ffmpeg_concat.txt").write_text("".join(concat))


# Real talks, where there are some

def talks_folder() -> Path | None:
    """`PLENARY_TALKS`, or the folder of talks beside the project, or nothing."""
    named = os.environ.get("PLENARY_TALKS")
    if named:
        return Path(named).resolve()
    beside = Path(__file__).resolve().parents[3] / "shared" / "talks"
    return beside if beside.is_dir() else None


def real_talks() -> list[Path]:
    folder = talks_folder()
    return sorted(p for p in folder.iterdir() if p.is_dir() and any(p.glob("*.xml"))) if folder else []


def real_clock_talks() -> list[ClockTalk]:
    """The clock talks among the real ones; their code lies beside them and is loaded from there."""
    folder = talks_folder()
    code_file = folder.parent / "rig" / "clockcode.py" if folder else None
    if code_file is None or not code_file.exists():
        return []
    reader = clock.Reader(clock.load_foreign(code_file))
    return [ClockTalk(path.name.split("-clock-", 1)[1], read_folder(path), 600.0, reader)
            for path in real_talks() if "-clock-" in path.name]
