"""Does a run of pictures flash too much? WCAG's thresholds for general and red flashes, on frames of known time.

In: frames as `(seconds, RGB array of cells)`, each cell `cell` x `cell` CSS px. Out: `Flashing`: the most opposing
changes (half flashes) within one second over a large enough area, and that area. Pure; no browser, no files.
Sources: WCAG 2.1, general flash and red flash thresholds (25 % of any 341 x 256 px rectangle); EA IRIS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

STEP = 0.1
"""Relative luminance that a change must have; the darker side must be below DARK."""
DARK = 0.8
RED_STEP = 20 / 320
RED_SHARE = 0.8
WINDOW = (341, 256)
AREA = 21_824
"""CSS px2: a quarter of the window. Smaller flashes are exempt."""
LIMIT = 8
"""Opposing changes in a second that are more than three flashes beyond doubt."""


@dataclass(frozen=True, slots=True)
class Flashing:
    """The worst second."""

    changes: int
    """Opposing changes within one second, over at least AREA at once; eight are four flashes."""
    area: float
    """CSS px2 that change together, in the worst window, when nothing reaches AREA too."""
    red: bool

    @property
    def too_much(self) -> bool:
        """More than three flashes in one second, over a large enough area."""
        return self.changes >= LIMIT

    @property
    def near(self) -> bool:
        """Close to the limit: a person must measure."""
        return not self.too_much and (self.changes >= 6)


def luminance(pixels: npt.NDArray[np.uint8]) -> Floats:
    """Relative luminance of RGB values."""
    share = pixels.astype(np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    result: Floats = linear @ np.array([0.2126, 0.7152, 0.0722])
    return result


def redness(pixels: npt.NDArray[np.uint8]) -> Floats:
    """(R - G - B) of saturated red, 0 elsewhere."""
    share = pixels.astype(np.float64) / 255
    total = share.sum(axis=2)
    red = np.clip(share[..., 0] - share[..., 1] - share[..., 2], 0, None)
    result: Floats = np.where((total > 0) & (share[..., 0] >= RED_SHARE * total), red, 0.0)
    return result


def flashing(frames: Sequence[tuple[float, npt.NDArray[np.uint8]]], cell: float) -> Flashing:
    """The worst second of these frames."""
    if len(frames) < 3:
        return Flashing(0, 0.0, False)
    times = np.array([t for t, _ in frames])
    general = _worst(times, np.stack([luminance(p) for _, p in frames]), STEP, DARK, cell)
    red = _worst(times, np.stack([redness(p) for _, p in frames]), RED_STEP, 10.0, cell)
    worst = max(general, red)
    return Flashing(worst[0], worst[1], red > general)


def _worst(times: Floats, values: Floats, step: float, dark: float, cell: float) -> tuple[int, float]:
    """(changes in the worst second over enough area, largest area that changes together)."""
    turns = _opposing(values, step, dark)
    areas = np.array([_largest(turn, cell) for turn in turns])
    large = np.flatnonzero(areas >= AREA)
    best = 0
    for start in large:
        inside = [i for i in large if times[start] <= times[i] < times[start] + 1.0]
        # The same cells must go to and fro: a picture that fades from place to place is not a flash.
        same = turns[inside].sum(axis=0)
        count = len(inside)
        while count > best and _largest(same >= count, cell) < AREA:
            count -= 1
        best = max(best, count)
    return best, float(areas.max(initial=0.0))


def _opposing(values: Floats, step: float, dark: float) -> npt.NDArray[np.bool_]:
    """For every frame the cells in which a change of at least `step` against the previous direction is complete."""
    extreme = values[0].copy()
    direction = np.zeros(values[0].shape, dtype=np.int8)
    turns = np.zeros(values.shape, dtype=bool)
    for i in range(1, len(values)):
        now = values[i]
        up, down = now - extreme >= step, extreme - now >= step
        darker = np.minimum(now, extreme) < dark
        turn = darker & ((up & (direction <= 0)) | (down & (direction >= 0)))
        turns[i] = turn
        direction = np.where(turn, np.where(up, 1, -1), direction).astype(np.int8)
        follows = turn | ((direction > 0) & (now > extreme)) | ((direction < 0) & (now < extreme))
        extreme = np.where(follows, now, extreme)
    return turns


def _largest(mask: npt.NDArray[np.bool_], cell: float) -> float:
    """Largest area of true cells in any window of 341 x 256 CSS px."""
    if not mask.any():
        return 0.0
    rows = min(mask.shape[0], max(1, round(WINDOW[1] / cell)))
    columns = min(mask.shape[1], max(1, round(WINDOW[0] / cell)))
    sums = np.zeros((mask.shape[0] + 1, mask.shape[1] + 1))
    sums[1:, 1:] = mask.cumsum(axis=0).cumsum(axis=1)
    inside = sums[rows:, columns:] - sums[:-rows, columns:] - sums[rows:, :-columns] + sums[:-rows, :-columns]
    return float(inside.max()) * cell * cell
