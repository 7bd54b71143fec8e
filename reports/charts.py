"""Small drawings as inline SVG, named for people who do not see them. The same numbers stand in a table beside each:
the caller's.

Only two shapes: columns over time (how many were open), and columns up and down (what came, what went). Colours are
the page's own, direction and labels carry the meaning too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, HEIGHT = 440, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 6, 6, 26, 28
MAX_COLUMNS = 60


@dataclass(frozen=True, slots=True)
class Column:
    """One moment: its label, what goes up and what goes down."""

    label: str
    up: int
    down: int = 0


def columns(name: str, title: str, description: str, data: Sequence[Column]) -> Markup:
    """Columns over time. `name` is a plain id that is unique in the page; the newest MAX_COLUMNS are drawn."""
    shown = list(data)[-MAX_COLUMNS:]
    top, low = max((c.up for c in shown), default=0), max((c.down for c in shown), default=0)
    unit = (HEIGHT - _TOP - _BOTTOM) / max(1, top + low)
    base = _TOP + top * unit if top + low else HEIGHT - _BOTTOM
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(shown))
    width = max(1.5, min(36.0, step * 0.72))
    parts = [
        f'<svg role="img" aria-labelledby="{name}-title {name}-desc" viewBox="0 0 {WIDTH} {HEIGHT}"',
        f' width="{WIDTH}" height="{HEIGHT}">',
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>',
    ]
    said = _labelled(shown)
    for index, column in enumerate(shown):
        x = _LEFT + step * index + (step - width) / 2
        up, down = column.up * unit, column.down * unit
        if column.up:
            parts.append(_rect(x, base - up, width, up, 'fill="var(--link)"'))
        if column.down:
            parts.append(_rect(x, base, width, down, 'fill="var(--paper)" stroke="var(--link)" stroke-width="2"'))
        if index in said:
            edge = len(shown) > 3
            anchor = "start" if index == 0 and edge else "end" if index == len(shown) - 1 and edge else "middle"
            at = x + {"start": 0.0, "middle": width / 2, "end": width}[anchor]
            parts.append(_words(at, base - up - 6, anchor, column.up))
            parts.append(_words(at, HEIGHT - 8, anchor, column.label))
            if low:
                parts.append(_words(at, min(base + down + 15, HEIGHT - _BOTTOM + 4), anchor, -column.down or 0))
    line = f'x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{base:.1f}" y2="{base:.1f}"'
    parts.append(f'<line {line} stroke="var(--ink)" stroke-width="1.5"></line></svg>')
    return Markup("".join(parts))


def _rect(x: float, y: float, width: float, height: float, paint: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" {paint}></rect>'


def _words(x: float, y: float, anchor: str, said: object) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="14">{escape(said)}</text>'


def _labelled(shown: Sequence[Column]) -> set[int]:
    """Which columns carry figures: all when there is room, else the first, the last and the highest far enough from
    both."""
    if len(shown) <= 6:
        return set(range(len(shown)))
    highest = max(range(len(shown)), key=lambda index: shown[index].up)
    far = len(shown) * 0.2
    return {0, len(shown) - 1} | ({highest} if far < highest < len(shown) - 1 - far else set())
