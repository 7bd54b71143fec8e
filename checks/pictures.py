"""Pictures of the open page and how two of them differ. Pixels are RGB, 0 to 255; boxes are x, y, width, height."""

from __future__ import annotations

import asyncio
import base64
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.async_api import Error

from checks.tab import Tab, Unreachable

Picture = NDArray[np.uint8]
NOISE = 3
"""A channel may differ by this much without counting as changed: text drawn again is not always drawn the same."""
PLAIN_RATIO = 1.2
PLAIN_STEP = 48


@dataclass(frozen=True, slots=True)
class Difference:
    """How two pictures of one place differ."""

    pixels: int = 0
    """Pixels of which some channel differs by more than NOISE."""
    box: tuple[int, int, int, int] | None = None
    """Smallest box around them, in the picture."""
    ratio: float = 1.0
    """Contrast ratio (WCAG) between before and after that a tenth of the changed pixels exceeds."""
    step: int = 0
    """Change of a colour channel that a tenth of the changed pixels exceeds: yellow on white has little contrast but
    is seen."""
    strong: int = 0
    """Pixels whose contrast or colour channel changes by at least PLAIN_RATIO or PLAIN_STEP: a caret or a line in a
    wide faint glow."""


async def shoot(tab: Tab, clip: tuple[float, float, float, float] | None = None, seconds: float = 8.0,
                scale: float = 1) -> Picture:
    """The viewport, or a part of it given in CSS px of the document; the text caret is in it. Raises Unreachable.

    A clip is drawn with `scale` pixels per CSS px, whatever the context's device scale factor.
    """
    options: dict[str, Any] = {"format": "png", "optimizeForSpeed": True, "captureBeyondViewport": False}
    if clip is not None:
        x, y, width, height = clip
        options["clip"] = {"x": x, "y": y, "width": max(1.0, width), "height": max(1.0, height), "scale": scale}
    try:
        answer = await asyncio.wait_for(tab.cdp.send("Page.captureScreenshot", options), seconds)
    except (TimeoutError, Error) as error:
        raise Unreachable(f"no picture: {error}"[:150]) from error
    with Image.open(io.BytesIO(base64.b64decode(answer["data"]))) as image:
        return np.asarray(image.convert("RGB"))


def difference(before: Picture, after: Picture) -> Difference:
    """What changed; pictures of different size differ wholly."""
    if before.shape != after.shape:
        count = int(max(before.size, after.size) // 3)
        return Difference(count, None, 21.0, 255, count)
    steps = np.abs(before.astype(np.int16) - after.astype(np.int16)).max(axis=2)
    changed = steps > NOISE
    count = int(changed.sum())
    if not count:
        return Difference()
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    box = (int(columns[0]), int(rows[0]), int(columns[-1] - columns[0] + 1), int(rows[-1] - rows[0] + 1))
    one, other = luminance(before[changed]), luminance(after[changed])
    ratios = (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)
    step = int(np.percentile(steps[changed], 90))
    strong = int(((ratios >= PLAIN_RATIO) | (steps[changed] >= PLAIN_STEP)).sum())
    return Difference(count, box, round(float(np.percentile(ratios, 90)), 2), step, strong)


def luminance(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Relative luminance (WCAG) of pixels, shape (n, 3), as n values from 0 to 1."""
    channel = rgb.astype(np.float64) / 255
    linear = np.where(channel <= 0.04045, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]), dtype=np.float64)
