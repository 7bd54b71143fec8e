"""Thresholds of 2.3.1 on made frames."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from checks.flashes import flashing

CELL = 8.0
Frames = list[tuple[float, npt.NDArray[np.uint8]]]


def frames(hertz: float, size: tuple[int, int], colours: tuple[tuple[int, int, int], tuple[int, int, int]], seconds: float = 1.2) -> Frames:
    """A field of cells that goes to and fro between two colours, `hertz` times a second, at 60 frames a second."""
    rows, columns = (round(n / CELL) for n in size)
    out = []
    for i in range(round(seconds * 60)):
        colour = colours[int(i / 60 * hertz * 2) % 2]
        out.append((i / 60, np.full((rows, columns, 3), colour, dtype=np.uint8)))
    return out


BLACK, WHITE = (0, 0, 0), (255, 255, 255)


@pytest.mark.parametrize(("hertz", "too_much"), [(1, False), (2, False), (3, False), (5, True), (10, True)])
def test_rate(hertz: float, too_much: bool) -> None:
    assert flashing(frames(hertz, (256, 344), (BLACK, WHITE)), CELL).too_much is too_much


def test_small_area_is_exempt() -> None:
    assert not flashing(frames(10, (56, 56), (BLACK, WHITE)), CELL).changes
    assert flashing(frames(10, (152, 152), (BLACK, WHITE)), CELL).too_much


def test_bright_against_bright_and_faint_changes_are_not_flashes() -> None:
    assert not flashing(frames(10, (256, 344), ((235, 235, 235), WHITE)), CELL).changes
    assert not flashing(frames(10, (256, 344), ((100, 100, 100), (110, 110, 110))), CELL).changes


def test_saturated_red() -> None:
    seen = flashing(frames(10, (256, 344), ((200, 0, 0), (60, 0, 0))), CELL)
    assert seen.too_much


def test_a_bar_that_wanders_is_not_a_flash() -> None:
    out: Frames = []
    for i in range(72):
        picture = np.zeros((32, 43, 3), dtype=np.uint8)
        picture[:, i % 43] = 255
        out.append((i / 60, picture))
    assert not flashing(out, CELL).too_much


def test_a_single_fade_is_no_flash() -> None:
    out: Frames = [(i / 60, np.full((32, 43, 3), min(255, i * 4), dtype=np.uint8)) for i in range(72)]
    assert flashing(out, CELL).changes <= 1
