"""Makes the estate's pictures with text and its sound and film again. Needs Pillow and ffmpeg; run by hand, results are kept.

    python tests/demo/make_media.py
"""

from __future__ import annotations

import subprocess
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


def main() -> None:
    """Everything."""
    text_picture("banner-gesloten.png", ["Gemeentehuis gesloten op dinsdag 27 april", "vanwege Koningsdag. Woensdag weer open."],
                 (1120, 240), 44, "#00508a", "#ffffff")
    text_picture("banner-open.png", ["Op zaterdag 9 mei is de milieustraat extra open.", "U kunt dan ook compost halen."],
                 (1120, 240), 40, "#2f6f3e", "#ffffff")
    text_picture("knop-aanvragen.png", ["Afspraak aanvragen"], (480, 112), 44, "#00508a", "#ffffff")
    waves()
    tone = "sine=frequency=330:duration=6,volume=0.4,tremolo=f=3:d=0.6"
    ffmpeg("lied.ogg", "-f", "lavfi", "-i", tone, "-c:a", "libopus", "-b:a", "12k")
    ffmpeg("podcast.ogg", "-f", "lavfi", "-i", "sine=frequency=180:duration=8,tremolo=f=5:d=0.9", "-c:a", "libopus", "-b:a", "12k")
    drawn = (f"color=c=0x00508a:s=320x180:r=5:d=12,drawtext=fontfile={FONT}:fontcolor=white:fontsize=26:x=20:y=70:"
             "text='Stap 1\\: vul de pas in':enable='lt(t,6)',"
             f"drawtext=fontfile={FONT}:fontcolor=white:fontsize=26:x=20:y=70:text='Stap 2\\: zet uw naam':enable='gte(t,6)'")
    ffmpeg("uitleg.webm", "-f", "lavfi", "-i", drawn, "-f", "lavfi", "-i", "sine=frequency=180:duration=12,tremolo=f=5:d=0.9",
           "-c:v", "libvpx", "-b:v", "12k", "-g", "60", "-c:a", "libopus", "-b:a", "8k", "-shortest")
    ffmpeg("stil.webm", "-f", "lavfi", "-i", "gradients=s=320x180:c0=0xdcecf6:c1=0x4f8fb8:d=6:r=5:speed=0.08",
           "-an", "-pix_fmt", "yuv420p", "-c:v", "libvpx", "-b:v", "20k", "-g", "60")


if __name__ == "__main__":
    main()
