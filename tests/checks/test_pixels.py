"""Contrast from pixels: letters, edges, icons and rings on drawn pictures."""

from __future__ import annotations

import numpy as np

from checks.edges import edges, icon, ring, strongest
from checks.letters import Views, measure
from checks.pictures import Picture


def sheet(grey: int, width: int = 80, height: int = 60) -> Picture:
    return np.full((height, width, 3), grey, dtype=np.uint8)


def letters(fg: int, bg: int, cover: float = 1.0) -> Views:
    """A bar of 40 x 20 px that stands for a letter."""

    def drawn(colour: int) -> Picture:
        picture = sheet(bg)
        picture[20:40, 20:60] = round(bg + (colour - bg) * cover)
        return picture

    return Views(drawn(fg), sheet(bg), drawn(255), drawn(0), drawn(fg))


def test_letters_on_a_plain_ground() -> None:
    found = measure(letters(0x76, 255), [(10, 10, 60, 40)], 1, 4.5)
    assert found.core == 800
    assert found.median == 4.54
    assert found.share == 0


def test_a_group_that_is_translucent_is_measured_as_it_looks() -> None:
    found = measure(letters(0, 255, cover=0.3), [(10, 10, 60, 40)], 1, 4.5, opacity=0.3)
    assert found.share == 1
    assert 2.0 < found.median < 2.2


def test_edges_of_letters_do_not_decide() -> None:
    assert measure(letters(0, 255, cover=0.4), [(10, 10, 60, 40)], 1, 4.5).core == 0


def test_what_moves_is_not_measured() -> None:
    still = letters(0x99, 255)
    moved = Views(still.plain, still.ground, still.white, still.black, sheet(255))
    assert measure(moved, [(10, 10, 60, 40)], 1, 4.5).core == 0


def framed(line: int, fill: int = 255) -> Picture:
    picture = sheet(255, 200, 100)
    picture[30:70, 40:160] = line
    picture[32:68, 42:158] = fill
    return picture


def test_edges_of_a_field() -> None:
    assert max(edges(framed(0xDD), (40, 30, 120, 40), 2).values()) < 1.5
    assert min(edges(framed(0x76), (40, 30, 120, 40), 2).values()) > 4.4
    assert min(edges(framed(0x55, 0x55), (40, 30, 120, 40), 2).values()) > 7


def test_one_line_under_a_field_is_seen() -> None:
    picture = sheet(255, 200, 100)
    picture[68:70, 40:160] = 0
    found = edges(picture, (40, 30, 120, 40), 2)
    assert found["bottom"] > 20
    assert found["top"] < 1.1


def test_an_icon_against_what_is_behind_it() -> None:
    shown = sheet(255)
    shown[20:40, 20:40] = 0xBB
    assert icon(shown, sheet(255)).ratio < 2
    assert icon(sheet(255), sheet(255)).pixels == 0


def test_a_ring_that_is_dark_beside_its_control_is_seen() -> None:
    before = sheet(255)
    after = sheet(255)
    after[10:50, 10:70] = 0xDD
    after[12:48, 12:68] = 255
    box = (16.0, 16.0, 48.0, 28.0)
    assert ring(before, after, box, 1).ratio < 1.5
    assert ring(before, after, box, 1).outside == 1
    after[after == 0xDD] = 0
    assert ring(before, after, box, 1).ratio > 20


def test_the_strongest_contrast_of_a_picture() -> None:
    picture = sheet(255)
    picture[20:30, 20:30] = 0xCC
    assert 1.5 < strongest(picture) < 1.7
