"""The words in pictures, as a reading machine (Tesseract, Dutch and English) sees them.

Runs only where the page probe `graphics` found pictures of at least 80 x 24 CSS px, and only where Tesseract is
installed: without it the record says so. Each distinct picture is photographed as it is shown, with all real text made
transparent, enlarged, and read once per scan process. The record holds

* `pictures`: places of the pictures that were read, with `source`, `kind`, `name` (alternative), `exposed`, `caption`,
  `around`, `described`, `control` (as in `graphics`), `width`, `height`; `words` (each `[text, confidence]`, confidence
  at least 80, two letters or more, in reading order), `share` (of the picture's area under those words), `colours`
  (distinct colours after cutting to 5 bits) and `main_colours` (how many cover nine tenths of the picture);
* `engine`; `left`: pictures not read for want of room.

Sources: fifty-criteria, engine E13.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import os
import re
import shutil
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from checks.harness import SafetyLevel
from checks.hindrance import Hindrance
from checks.pixels import bring, shoot
from checks.tab import ScriptError, Tab, Unreachable
from scanner.model import Json

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.LOOK
SECONDS = 30.0
ORDER = 80

MAX_PICTURES = 20
SMALLEST = (80, 24)
MAX_PIXELS = 1_500_000
SECONDS_EACH = 6
CONFIDENT = 80.0
KEPT = ("selector", "snippet", "box", "region", "component", "source", "kind", "name", "exposed", "caption", "around",
        "described", "control", "width", "height")
_PICTURE = re.compile(r"""type="image/|\.(png|jpe?g|gif|webp|avif|svg|bmp)(?=["'?#\s]|$)|data:image/""", re.I)
_CACHE: OrderedDict[str, dict[str, Any]] = OrderedDict()
_CACHED = 500
_TRANSPARENT = """(S) => { const sheet = new CSSStyleSheet();
    sheet.replaceSync(`*, ::before, ::after, ::placeholder { color: transparent !important;
        text-shadow: none !important; -webkit-text-fill-color: transparent !important }
        svg text { fill: transparent !important }`);
    for (const root of [document, ...S.all('*').map((el) => el.shadowRoot).filter(Boolean)])
        root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    return 0; }"""


def missing() -> str:
    """Why pictures cannot be read on this machine; empty when they can."""
    if importlib.util.find_spec("pytesseract") is None:
        return Hindrance.NO_PYTESSERACT
    return "" if shutil.which("tesseract") else Hindrance.NO_TESSERACT


async def look(at: Look) -> Json:
    """The record described above. Raises Unreachable when there are pictures and no Tesseract."""
    seen = at.seen("graphics")
    pictures = [g for g in seen.get("graphics", ()) if _worth(g)]
    backgrounds = [{"name": "", "kind": "background", "exposed": False, "caption": "", "around": "", "described": "",
                    "control": None, "width": round(b["box"][2]), "height": round(b["box"][3]), **b}
                   for b in seen.get("backgrounds", ()) if not b.get("frame")]
    distinct = {(p["source"], p["width"], p["height"]): p for p in reversed([*pictures, *backgrounds])}
    chosen = sorted(distinct.values(), key=lambda p: (p["kind"] == "background", -p["width"] * p["height"]))
    out: dict[str, Any] = {"pictures": [], "engine": "", "left": max(0, len(chosen) - MAX_PICTURES)}
    if not chosen:
        return out
    if reason := missing():
        raise Unreachable(reason)
    out["engine"] = await asyncio.to_thread(_engine)
    ends = time.monotonic() + SECONDS * 0.85
    async with at.lab() as tab:
        await tab.call(_TRANSPARENT)
        for picture in chosen[:MAX_PICTURES]:
            if time.monotonic() > ends:
                out["left"] += 1
                continue
            read = await _read(tab, str(picture["selector"]))
            if read is not None:
                out["pictures"].append({**{k: picture[k] for k in KEPT if k in picture}, **read})
    return out


def _worth(graphic: Json) -> bool:
    large = graphic["width"] >= SMALLEST[0] and graphic["height"] >= SMALLEST[1]
    # What else an object or embed draws is a program's or the browser's: "Couldn't load plugin.", a viewer.
    picture = graphic["kind"] not in ("object", "embed") or _PICTURE.search(f'{graphic["snippet"]} {graphic["source"]}')
    return bool(large and picture and graphic["loaded"] and graphic["kind"] != "svg" and not graphic.get("frame"))


async def _read(tab: Tab, selector: str) -> dict[str, Any] | None:
    """Words and colours of one picture as it is shown."""
    try:
        box = await bring(tab, selector)
        if box is None or box[2] < SMALLEST[0] or box[3] < SMALLEST[1]:
            return None
        picture = await shoot(tab, box, 1.0)
    except (Unreachable, ScriptError):
        return None
    key = hashlib.sha256(picture.tobytes() + repr(picture.shape).encode()).hexdigest()
    if key not in _CACHE:
        _CACHE[key] = await asyncio.to_thread(read_picture, picture)
        while len(_CACHE) > _CACHED:
            _CACHE.popitem(last=False)
    return _CACHE[key]


def read_picture(picture: npt.NDArray[np.uint8]) -> dict[str, Any]:
    """`words`, `share`, `colours`, `main_colours` of an RGB picture. A reading that takes too long finds no words."""
    import pytesseract

    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    image = Image.fromarray(picture)
    small = np.asarray(image.resize((max(1, min(400, image.width)), max(1, min(300, image.height)))))
    five, four = _colours(small, 3), _colours(small, 4)
    cover = np.cumsum(np.sort(four)[::-1]) / max(1, four.sum())
    out: dict[str, Any] = {"words": [], "share": 0.0, "colours": len(five),
                           "main_colours": int(np.searchsorted(cover, 0.9)) + 1}
    if len(five) < 2:
        return out
    # Letters of ten pixels are too small for Tesseract; screenshots at a larger scale are blurred, this is not.
    larger = min(3.0 if image.height < 80 else 2.0, max(1.0, (MAX_PIXELS / (image.width * image.height)) ** 0.5))
    image = image.resize((round(image.width * larger), round(image.height * larger)), Image.Resampling.LANCZOS)
    try:
        data = pytesseract.image_to_data(
            image, lang=_languages(), config="--psm 11", timeout=SECONDS_EACH,
            output_type=pytesseract.Output.DICT)
    except (RuntimeError, pytesseract.TesseractError):
        return out
    area = 0
    for text, confidence, width, height in zip(data["text"], data["conf"], data["width"], data["height"], strict=True):
        word = str(text).strip()
        if float(confidence) >= CONFIDENT and sum(c.isalnum() for c in word) >= 2 and height >= 8:
            out["words"].append([word[:60], round(float(confidence))])
            area += int(width) * int(height)
    out["words"] = out["words"][:150]
    out["share"] = round(area / (image.width * image.height), 3)
    return out


def _colours(pixels: npt.NDArray[np.uint8], cut: int) -> npt.NDArray[np.int64]:
    """How many pixels each colour has, with so many bits cut off."""
    wide = pixels.astype(np.int64) >> cut
    codes = wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]
    counts: npt.NDArray[np.int64] = np.unique(codes, return_counts=True)[1]
    return counts


def _engine() -> str:
    import pytesseract

    return f"tesseract {pytesseract.get_tesseract_version()} {_languages()}"


def _languages() -> str:
    import pytesseract

    if "lang" not in _KNOWN:
        there = set(pytesseract.get_languages())
        _KNOWN["lang"] = "+".join(code for code in ("nld", "eng") if code in there) or "osd"
    return _KNOWN["lang"]


_KNOWN: dict[str, str] = {}
