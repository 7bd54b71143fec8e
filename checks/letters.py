"""Glyph matte: what colour the letters of a text really have, and what is really behind each of them.

The same view is drawn four times: as it is, and with all letters transparent, white and black. White minus black
gives how far each pixel is covered by a letter; the transparent picture is the true ground behind it, be it a
gradient, a photograph or a filter. From these the full colour of the letter at every pixel follows, and its contrast.
Only pixels that letters cover (nearly) wholly count: edges are mixtures. Source: fifty-criteria, engine E5 and fact
D10.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from checks.inpage import script
from checks.pictures import Picture, luminance, shoot
from checks.tab import Tab
from scanner.model import Json

FULL = 0.9
"""Cover from which a pixel belongs to the core of a letter."""
THIN = 0.6
"""The same for letters so thin that no pixel is covered wholly."""
ENOUGH = 20
"""Pixels that a core must have."""
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Measured:
    """Contrast over the core pixels of one text."""

    core: int
    """Pixels measured; 0 when nothing could be."""
    median: float = 0.0
    p10: float = 0.0
    share: float = 0.0
    """Share of the core pixels whose contrast is below what is needed."""


@dataclass(frozen=True, slots=True)
class Views:
    """The four pictures of one view, and the first again: what differs between those two is restless."""

    plain: Picture
    ground: Picture
    white: Picture
    black: Picture
    again: Picture


async def views(tab: Tab, clip: Box, scale: float) -> Views:
    """The pictures of a part of the page that lies in the viewport, `scale` pixels per CSS px. Raises Unreachable."""
    letters = script("letters")
    shots: list[Picture] = []
    for color in (None, "transparent", "white", "black", None):
        await tab.call(letters, {"color": color})
        shots.append(await shoot(tab, clip, scale=scale))
    return Views(*shots)


def contrast(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """WCAG contrast ratio of two arrays of relative luminances."""
    return np.asarray((np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05), dtype=np.float64)


def measure(
    seen: Views, boxes: Sequence[Box], scale: float, needed: float, opacity: float = 1.0, dimmed: bool = False
) -> Measured:
    """Contrast of the letters within `boxes` (CSS px from the corner of the view; `scale` device px each).

    `opacity` is that of the groups around the text, which thins the cover of every pixel. `dimmed`: a filter changes
    white and black too, so the fullest pixels are taken to be covered wholly.
    """
    if (
        len({picture.shape for picture in (seen.plain, seen.ground, seen.white, seen.black, seen.again)}) > 1
        or opacity < 0.1
    ):
        return Measured(0)
    height, width = seen.plain.shape[:2]
    inside = np.zeros((height, width), dtype=bool)
    for x, y, w, h in boxes:
        left, top = max(0, int(x * scale)), max(0, int(y * scale))
        inside[top : max(top, int((y + h) * scale)), left : max(left, int((x + w) * scale))] = True
    if not inside.any():
        return Measured(0)
    plain, ground, white, black, again = (
        picture[inside].astype(np.float64) for picture in (seen.plain, seen.ground, seen.white, seen.black, seen.again)
    )
    if (np.abs(plain - again).max(axis=1) > 8).mean() > 0.02:
        return Measured(0)
    cover = np.abs(white - black).min(axis=1) / 255 / opacity
    if dimmed and cover.max(initial=0.0) > 0.1:
        cover = cover / np.percentile(cover[cover > 0.05], 98)
    core = cover >= FULL
    if core.sum() < ENOUGH:
        core = cover >= THIN
    if core.sum() < ENOUGH:
        return Measured(int(core.sum()))
    behind = ground[core]
    full = np.clip(behind + (plain[core] - behind) / np.minimum(cover[core], 1.0)[:, None], 0, 255)
    ratios = contrast(_luminance(full), _luminance(behind))
    return Measured(
        int(core.sum()),
        round(float(np.median(ratios)), 2),
        round(float(np.percentile(ratios, 10)), 2),
        round(float((ratios < needed - 0.05).mean()), 3),
    )


def _luminance(pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    return luminance(np.rint(pixels).astype(np.uint8))


def batches(items: Sequence[Json], height: float) -> list[list[Json]]:
    """Items (with `rects` in px of the page) in groups that fit a view of this height, from top to bottom."""
    groups: list[list[Json]] = []
    top = bottom = 0.0
    for item in sorted(items, key=lambda i: min(r[1] for r in i["rects"])):
        first, last = min(r[1] for r in item["rects"]), max(r[1] + r[3] for r in item["rects"])
        if groups and max(last, bottom) - top <= height:
            groups[-1].append(item)
            bottom = max(last, bottom)
        else:
            groups.append([item])
            top, bottom = first, last
    return groups


def around(items: Sequence[Json], view: Mapping[str, float]) -> Box:
    """The part of the view (x, y, width, height in px of the page) that holds all rects, cut to the view."""
    left = max(view["x"], min(r[0] for i in items for r in i["rects"]) - 2)
    top = max(view["y"], min(r[1] for i in items for r in i["rects"]) - 2)
    right = min(view["x"] + view["width"], max(r[0] + r[2] for i in items for r in i["rects"]) + 2)
    bottom = min(view["y"] + view["height"], max(r[1] + r[3] for i in items for r in i["rects"]) + 2)
    return left, top, right - left, bottom - top
