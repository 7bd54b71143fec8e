"""Makes the estate's pictures with text and its sound and film again. Run by hand, results are kept.

Needs Pillow, ffmpeg and espeak-ng (for Dutch speech that says what the captions say).


    python tests/demo/make_media.py
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

STATIC = Path(__file__).parents[2] / "scanner" / "demo" / "static"
FONT = "/usr/share/fonts/truetype/liberation/LiberationSans-Bold.ttf"


def text_picture(name: str, lines: list[str], size: tuple[int, int], points: int, back: str, ink: str) -> None:
    """A flat picture of text, as a shop's banner."""
    picture = Image.new("RGB", size, back)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(FONT, points)
    height = len(lines) * points * 1.3
    for number, line in enumerate(lines):
        width = draw.textlength(line, font=font)
        draw.text(((size[0] - width) / 2, (size[1] - height) / 2 + number * points * 1.3), line, ink, font=font)
    picture.quantize(16).save(STATIC / "beeld" / name, optimize=True)


def waves() -> None:
    """An endless animation of waves."""
    frames = []
    for step in range(8):
        frame = Image.new("P", (160, 80), 0)
        frame.putpalette([220, 236, 246, 79, 143, 184])
        draw = ImageDraw.Draw(frame)
        for row in range(3):
            points = [(x, 24 + row * 20 + 6 * (1 if ((x + step * 5 + row * 9) // 20) % 2 else -1)) for x in range(0, 161, 4)]
            draw.line(points, 1, 4)
        frames.append(frame)
    frames[0].save(STATIC / "beeld" / "golven.gif", save_all=True, append_images=frames[1:], duration=200, loop=0)


def ffmpeg(name: str, *words: str) -> None:
    """Run ffmpeg into the media folder, without metadata of the machine."""
    subprocess.run(["ffmpeg", "-loglevel", "error", "-y", *words, "-map_metadata", "-1", "-fflags", "+bitexact",
                    "-flags:v", "+bitexact", "-flags:a", "+bitexact", str(STATIC / "media" / name)], check=True)


def speech(folder: Path, name: str, text: str) -> str:
    """Path of a sound file in which the text is spoken."""
    file = folder / f"{name}.wav"
    subprocess.run(["espeak-ng", "-v", "nl", "-s", "150", "-w", str(file), text], check=True)
    return str(file)


def main() -> None:
    """Everything."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        talk = speech(folder, "podcast", "Welkom bij de podcast van Voorbeeldmeer. Vandaag staan wij bij het oude gemaal. "
                      "Het gemaal pompt al honderd jaar water uit de polder.")
        steps = speech(folder, "uitleg", "Stap een: vul op de achterkant van de pas in wie voor u stemt. "
                       "Stap twee: zet uw naam en uw handtekening onder aan de pas.")
        greeting = speech(folder, "groet", "Hallo, ik ben de burgemeester van Voorbeeldmeer. "
                          "Ik nodig u uit voor een kop koffie in het gemeentehuis.")
        media(talk, steps, greeting)


def media(talk: str, steps: str, greeting: str) -> None:
    """Pictures, sound and film."""
    text_picture("banner-gesloten.png", ["Gemeentehuis gesloten op dinsdag 27 april", "vanwege Koningsdag. Woensdag weer open."],
                 (1120, 240), 44, "#00508a", "#ffffff")
    text_picture("banner-open.png", ["Op zaterdag 9 mei is de milieustraat extra open.", "U kunt dan ook compost halen."],
                 (1120, 240), 40, "#2f6f3e", "#ffffff")
    text_picture("knop-aanvragen.png", ["Afspraak aanvragen"], (480, 112), 44, "#00508a", "#ffffff")
    waves()
    tone = "sine=frequency=330:duration=6,volume=0.4,tremolo=f=3:d=0.6"
    ffmpeg("lied.ogg", "-f", "lavfi", "-i", tone, "-c:a", "libopus", "-b:a", "12k")
    ffmpeg("podcast.ogg", "-i", talk, "-c:a", "libopus", "-b:a", "12k", "-application", "voip")
    drawn = (f"color=c=0x00508a:s=320x180:r=5:d=12,drawtext=fontfile={FONT}:fontcolor=white:fontsize=26:x=20:y=70:"
             "text='Stap 1\\: vul de pas in':enable='lt(t,6)',"
             f"drawtext=fontfile={FONT}:fontcolor=white:fontsize=26:x=20:y=70:text='Stap 2\\: zet uw naam':enable='gte(t,6)'")
    ffmpeg("uitleg.webm", "-f", "lavfi", "-i", drawn, "-i", steps, "-af", "apad",
           "-c:v", "libvpx", "-b:v", "12k", "-g", "60", "-c:a", "libopus", "-b:a", "8k", "-shortest")
    ffmpeg("stil.webm", "-f", "lavfi", "-i", "gradients=s=320x180:c0=0xdcecf6:c1=0x4f8fb8:d=6:r=5:speed=0.08:seed=7",
           "-an", "-pix_fmt", "yuv420p", "-c:v", "libvpx", "-b:v", "20k", "-g", "60")
    ffmpeg("groet.webm", "-f", "lavfi", "-i", "gradients=s=160x90:c0=0xf5e6d8:c1=0xb2684a:d=8:r=4:speed=0.05:seed=7", "-i", greeting,
           "-af", "apad", "-pix_fmt", "yuv420p", "-c:v", "libvpx", "-b:v", "8k", "-g", "60", "-c:a", "libopus", "-b:a", "8k", "-shortest")


if __name__ == "__main__":
    main()
