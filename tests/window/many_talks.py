"""A library of talks made for the tests: as many folders as wanted, small but real, each with slides that can be read, a
sound that can be recognised, a transcript, and what a download tool writes about it.

By itself: python many_talks.py FOLDER [NUMBER]
"""

from __future__ import annotations

import functools
import json
import random
import shutil
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SESSIONS = ("Oral 1", "Oral 2", "Oral 10", "Poster Spotlights", "Keynotes")
TOPICS = ("attention", "regularization", "graph networks", "optimal transport", "segmentation", "self-supervision",
          "reinforcement learning", "normalizing flows", "privacy", "causality", "compression", "few-shot learning")
FORMS = ("On the Role of {0} in {1}", "{0} Meets {1}", "Towards Robust {0} with {1}", "A Closer Look at {0}",
         "{0} without {1}", "Scaling {0} by {1}", "Provable {0} for {1}", "What {0} Learns about {1}")
GIVEN = ("Ada", "Emmy", "Kurt", "Sofia", "Émile", "Łukasz", "Yūki", "Chen", "Ngọc", "Aisha", "Иван", "Zoë")
FAMILY = ("Albrecht", "Noether", "Gödel", "Kowalewski", "Borel", "Nowak", "Tanaka", "Li", "Nguyễn", "Khan", "Петров", "Vogt")
WORDS = ("we", "show", "that", "the", "loss", "of", "this", "model", "converges", "when", "its", "gradient", "is", "bounded",
         "and", "compare", "with", "former", "work", "on", "larger", "data", "sets", "where", "accuracy", "grows", "slowly",
         "Wasserstein", "distance", "entropy", "kernel", "sample", "layers", "tokens", "depth", "noise", "priors")
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
SIZE = (1024, 576)
COLOURS = (("white", "#1d2126"), ("#0d2240", "#e8eef8"), ("#f7f3e8", "#40301a"), ("#eef5ee", "#173a23"))


@functools.cache
def font(points: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.truetype(FONT, points) if Path(FONT).exists() else ImageFont.load_default(points)


def words(dice: random.Random, number: int) -> str:
    return " ".join(dice.choice(WORDS) for _ in range(number))


def slide(path: Path, dice: random.Random, title: str, lines: list[str], number: int, colours: tuple[str, str]) -> None:
    ground, ink = colours
    picture = Image.new("RGB", SIZE, ground)
    draw = ImageDraw.Draw(picture)
    draw.text((48, 36), title, ink, font(34 if len(title) < 48 else 26))
    for at, line in enumerate(lines):
        draw.text((72, 130 + 52 * at), f"• {line}", ink, font(24))
    if number % 4 == 2:
        for bar in range(8):
            height = dice.randint(30, 150)
            draw.rectangle((560 + 50 * bar, 520 - height, 594 + 50 * bar, 520), fill="#1f6feb")
    draw.text((970, 536), str(number + 1), ink, font(18))
    picture.save(path, quality=80)


@functools.cache
def sound(folder: Path, secs: int, tone: int) -> Path:
    """A tone that tells the talk, from its first sample on, in a file as conference sites serve them."""
    path = folder / f"tone-{tone}-{secs}.m4a"
    rate = 32_000
    time = np.arange(secs * rate) / rate
    pulse = 0.3 * np.sin(2 * np.pi * tone * time) * (0.6 + 0.4 * np.sign(np.sin(2 * np.pi * 2 * time)))
    wav = path.with_suffix(".wav")
    with wave.open(str(wav), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((pulse * 32767).astype("<i2").tobytes())
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(wav), "-c:a", "aac", "-b:a", "48k", str(path)], check=True)
    wav.unlink()
    return path


def stamp(secs: float) -> str:
    return f"{int(secs) // 3600:02}:{int(secs) // 60 % 60:02}:{secs % 60:06.3f}"


def title_of(dice: random.Random) -> str:
    first, second = dice.sample(TOPICS, 2)
    return dice.choice(FORMS).format(first.title(), second.title())


def make_talk(folder: Path, number: int, sounds: Path, slides: int = 8, secs: int = 40) -> dict:
    """One talk; what was written in it, for comparison."""
    dice = random.Random(number)
    folder.mkdir(parents=True)
    (folder / "slides").mkdir()
    title = title_of(dice)
    names = [f"{dice.choice(GIVEN)} {dice.choice(FAMILY)}" for _ in range(dice.randint(1, 4))]
    authors = list(dict.fromkeys(names))
    colours = dice.choice(COLOURS)
    starts = [round(at * secs / slides, 1) for at in range(slides)]
    xml, texts = [], []
    for at, start in enumerate(starts):
        lines = [words(dice, 6) for _ in range(dice.randint(2, 5))]
        texts.append(lines)
        slide(folder / "slides" / f"{at:04}.jpg", dice, title if at == 0 else words(dice, 4).title(), lines, at, colours)
        xml.append(f"<slide><orderId>{at + 1}</orderId><timeSec>{int(start)}</timeSec><time>{int(start * 1000)}</time>"
                   f"<slideName>{at:04}</slideName></slide>")
    identity = 38_900_000 + number
    (folder / f"{identity}.xml").write_text("<?xml version='1.0' encoding='utf-8'?>\n<videoContent>" + "".join(xml) + "</videoContent>")
    cues = [(at * 2.0, words(dice, dice.randint(6, 12))) for at in range(secs // 2)]
    vtt = "WEBVTT\n\n" + "\n".join(f"{stamp(at)} --> {stamp(at + 2)}\n{text}\n" for at, text in cues)
    (folder / f"{identity}.vtt").write_text(vtt)
    about = words(dice, 60)
    (folder / f"{identity}.info.json").write_text(json.dumps({
        "id": str(identity), "title": title, "creators": authors, "description": about,
        "webpage_url": f"https://slideslive.com/{identity}"}))
    tone = 300 + 40 * (number % 20)
    shutil.copyfile(sound(sounds, secs, tone), folder / f"{identity}.m4a")
    return {"id": f"slideslive-{identity}", "path": str(folder), "title": title, "authors": authors, "about": about,
            "cues": cues, "slides": texts, "starts": starts, "tone": tone}


def make_library(root: Path, number: int, slides: int = 8, secs: int = 40) -> list[dict]:
    """Talks in the folders of their sessions, in the order of the library; and one whose download failed."""
    root.mkdir(parents=True, exist_ok=True)
    sounds = root.parent / f"{root.name}-sounds"
    sounds.mkdir(exist_ok=True)
    talks = []
    for at in range(number):
        session = SESSIONS[at * len(SESSIONS) // number]
        talks.append(make_talk(root / session / f"{38_900_000 + at}-talk", at, sounds, slides, secs) | {"session": session})
    broken = root / "Oral 2" / "38933066-"
    if number > 4:
        broken.mkdir(parents=True)
        (broken / "38933066.xml").write_text("<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>")
    shutil.rmtree(sounds)
    sound.cache_clear()
    return talks


if __name__ == "__main__":
    made = make_library(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 600)
    print(f"{len(made)} talks in {sys.argv[1]}")
