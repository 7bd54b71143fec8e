"""Pictures of a place on the open page and what changed between them, in CSS px.

In: a tab whose top document holds the place. Out: numpy arrays and plain numbers. Raises Unreachable when the page
gives no answer. The page is not touched, apart from scrolling by `bring`.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image
from playwright.async_api import Error

from checks.tab import Tab, Unreachable

Box = tuple[float, float, float, float]
NOTICEABLE = 24
"""Levels of 255 by which a pixel must differ to count."""

_BRING = """(S, path) => { const el = S.find(path);
    if (!el || !el.checkVisibility() || S.visuallyHidden(el)) return null;
    el.scrollIntoView({block: 'center', inline: 'nearest', behavior: 'instant'});
    const r = el.getBoundingClientRect();
    const left = Math.max(0, r.left), top = Math.max(0, r.top);
    const width = Math.min(innerWidth, r.right) - left, height = Math.min(innerHeight, r.bottom) - top;
    return width < 2 || height < 2 ? null : [left + scrollX, top + scrollY, width, height]; }"""


async def bring(tab: Tab, selector: str) -> Box | None:
    """Scrolls an element of the top document into view; the box of what can be seen of it, or None."""
    box = await tab.call(_BRING, selector)
    return (box[0], box[1], box[2], box[3]) if box else None


async def shoot(tab: Tab, box: Box, scale: float = 0.5) -> npt.NDArray[np.uint8]:
    """RGB picture of a box that is in view."""
    clip = {"x": box[0], "y": box[1], "width": box[2], "height": box[3], "scale": scale}
    try:
        shot = await tab.cdp.send("Page.captureScreenshot", {"format": "png", "clip": clip, "optimizeForSpeed": True})
    except Error as error:
        raise Unreachable(f"no picture: {error}"[:150]) from error
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB"))


def changed(a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8], scale: float = 0.5) -> float:
    """Area in CSS px2 of the smallest box around all pixels that differ noticeably; 0 when fewer than 6 do."""
    if a.shape != b.shape:
        return float(max(a.shape[0] * a.shape[1], b.shape[0] * b.shape[1])) / scale**2
    differs = np.abs(a.astype(np.int16) - b.astype(np.int16)).max(axis=2) > NOTICEABLE
    if differs.sum() < 6:
        return 0.0
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    return float((rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1)) / scale**2


def cells(picture: npt.NDArray[np.uint8], size: int) -> npt.NDArray[np.uint8]:
    """The picture in cells of `size` pixels, each the mean of its pixels."""
    image = Image.fromarray(picture)
    small = image.resize((max(1, image.width // size), max(1, image.height // size)), Image.Resampling.BOX)
    return np.asarray(small)


def most_changed(pictures: Sequence[npt.NDArray[np.uint8]], scale: float = 0.5) -> float:
    """Largest `changed` of any picture against the first."""
    return max((changed(pictures[0], other, scale) for other in pictures[1:]), default=0.0)
