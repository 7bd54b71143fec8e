"""How viewport declarations are read."""

from __future__ import annotations

import pytest

from checks.wcag.sc_1_4_4_resize_text import declaration, forbids


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("width=device-width, initial-scale=1", ""),
        ("user-scalable=no", "user-scalable=no"),
        ("user-scalable=0", "user-scalable=0"),
        ("user-scalable=0.5", "user-scalable=0.5"),
        ("user-scalable=yes", ""),
        ("user-scalable=device-width", ""),
        ("user-scalable=-1", ""),
        ("maximum-scale=1.5, user-scalable=yes", "maximum-scale=1.5"),
        ("maximum-scale=yes", "maximum-scale=yes"),
        ("maximum-scale=invalid", "maximum-scale=invalid"),
        ("maximum-scale=-1", ""),
        ("maximum-scale=2", ""),
        ("maximum-scale = 1.0 ; width = device-width", "maximum-scale=1.0"),
        ("MAXIMUM-SCALE=1", "maximum-scale=1"),
        ("maximum-scale=1, maximum-scale=5", ""),
        ("", ""),
    ],
)
def test_what_forbids_zooming(content: str, part: str) -> None:
    assert forbids(content) == part


def test_a_declaration_may_be_parted_by_spaces() -> None:
    assert declaration("width=device-width maximum-scale=1") == {"width": "device-width", "maximum-scale": "1"}
