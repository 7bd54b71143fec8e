"""What pixels say of shapes that are not text: the edge of a field, an icon, a focus ring. All pure; ratios are WCAG's.

Pictures are RGB arrays; boxes are x, y, width, height in px of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from checks.letters import contrast
from checks.pictures import NOISE, Picture, luminance

LINE = 40
"""Pixels that are a line and no chance."""
POINTS = 8
"""Places along each side at which an edge is looked at."""
SIDES = ("left", "right", "top", "bottom")


def _tones(picture: Picture) -> NDArray[np.float64]:
    height, width = picture.shape[:2]
    return luminance(picture.reshape(-1, 3)).reshape(height, width)


def edges(picture: Picture, box: tuple[float, float, float, float], scale: float) -> dict[str, float]:
    """For each side of a box the best contrast that shows it: line or fill against the outside, or line against fill.

    Each is the median over POINTS places along the side, so that a word or a neighbour at one place does not decide.
    Sides for which the picture has no room are left out.
    """
    tone = _tones(picture)
    height, width = tone.shape
    x, y, w, h = box
    reach = int(7 * scale)
    found: dict[str, float] = {}
    for side in SIDES:
        upright = side in ("left", "right")
        edge = {"left": x, "right": x + w, "top": y, "bottom": y + h}[side]
        outward = -1 if side in ("left", "top") else 1
        best: list[float] = []
        for part in np.linspace(0.2, 0.8, POINTS):
            along = int((y + part * h) if upright else (x + part * w))
            steps = [round(edge + outward * d) for d in range(-reach, reach + 1)]
            limit = width if upright else height
            if not 0 <= along < (height if upright else width) or min(steps) < 0 or max(steps) >= limit:
                continue
            line = np.array([tone[along, s] if upright else tone[s, along] for s in steps])
            third = len(line) // 4
            inside, outside = np.median(line[:third]), np.median(line[-third:])
            band = line[third:-third]
            ratios = [contrast(band, np.full_like(band, ref)).max() for ref in (inside, outside)]
            best.append(float(max(*ratios, contrast(np.array([inside]), np.array([outside]))[0])))
        if best:
            found[side] = round(float(np.median(best)), 2)
    return found


def strongest(picture: Picture, share: float = 0.005) -> float:
    """Contrast between the commonest tone and what differs most; `share` of the pixels is left out as chance."""
    tone = _tones(picture).ravel()
    values, counts = np.unique(np.round(tone, 4), return_counts=True)
    ground = values[counts.argmax()]
    ratios = contrast(tone, np.full_like(tone, ground))
    return round(float(np.quantile(ratios, 1 - share)), 2)


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a picture belongs to a shape, and how it stands out."""

    pixels: int
    ratio: float = 0.0
    """Contrast that only a twentieth of the shape's pixels exceeds."""
    outside: float = 0.0
    """Share of the pixels at or outside the edge of the box."""


def icon(shown: Picture, hidden: Picture) -> Shape:
    """An icon against what is behind it, from a picture with and one without it."""
    if shown.shape != hidden.shape:
        return Shape(0)
    changed = np.abs(shown.astype(np.int16) - hidden.astype(np.int16)).max(axis=2) > NOISE
    if not changed.any():
        return Shape(0)
    ratios = contrast(luminance(shown[changed]), luminance(hidden[changed]))
    # Thin dark lines around pale planes show a large icon: a twentieth of its pixels, or a line of LINE of them.
    chance = min(0.05, LINE / len(ratios))
    return Shape(len(ratios), round(float(np.quantile(ratios, 1 - chance)), 2))


def ring(before: Picture, after: Picture, box: tuple[float, float, float, float], scale: float) -> Shape:
    """A focus indicator against what is beside it: the ground it covers, and the unchanged pixels around it."""
    if before.shape != after.shape:
        return Shape(0)
    changed = np.abs(before.astype(np.int16) - after.astype(np.int16)).max(axis=2) > NOISE
    count = int(changed.sum())
    if not count:
        return Shape(0)
    rows, columns = np.nonzero(changed)
    x, y, w, h = box
    edge = 4 * scale
    within = (columns > x + edge) & (columns < x + w - edge) & (rows > y + edge) & (rows < y + h - edge)
    tone = _tones(after)
    mine = tone[changed]
    best = contrast(mine, luminance(before[changed]))
    height, width = tone.shape
    for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        # The first unchanged pixel in this direction, and the one after it: the first may be a smoothed edge.
        open_still = np.ones(count, dtype=bool)
        for far in range(1, int(6 * scale)):
            r, c = np.clip(rows + dy * far, 0, height - 1), np.clip(columns + dx * far, 0, width - 1)
            found = open_still & ~changed[r, c]
            for more in (0, 1):
                r2, c2 = np.clip(r + dy * more, 0, height - 1), np.clip(c + dx * more, 0, width - 1)
                beside = np.where(found & ~changed[r2, c2], tone[r2, c2], mine)
                best = np.maximum(best, contrast(mine, beside))
            open_still &= ~found
    return Shape(count, round(float(np.quantile(best, 0.95)), 2), round(float(1 - within.mean()), 3))
