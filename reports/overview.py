"""One page that leads to all reports of a folder. In: the material and the pages to open. Out: `index-<lang>.html`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reports.material import Material
from reports.render import render
from reports.whole import write_whole
from reports.words import one_line
from scanner.texts import text


@dataclass(frozen=True, slots=True)
class Entry:
    """One report to open."""

    href: str
    words: str
    count: int
    """Findings to repair; -1: not told."""


def write(home: Path, lang: str, materials: Sequence[Material], pages: Sequence[Path]) -> Path:
    """Writes the page; links are relative, so that the folder can be moved or put on a server."""
    by_channel = {one.channel: one for one in materials}
    channels, suppliers = [], []
    for page in pages:
        folder = page.parent.name
        href = page.relative_to(home).as_posix()
        if page.parent.parent.name == "suppliers":
            name = next(
                (item.owner.name for one in materials for item in one.findings if item.owner.id == folder), folder
            )
            suppliers.append(Entry(href, text("report.supplier.title", lang, supplier=one_line(name)), -1))
        elif folder in by_channel:
            one = by_channel[folder]
            channels.append(Entry(href, one_line(one.name), len(one.to_repair)))
    law = [
        Entry(f"{name}-{lang}.html", text(f"report.index_{name}", lang), -1)
        for name in ("law", "council")
        if (home / f"{name}-{lang}.html").exists()
    ]
    return write_whole(
        home / f"index-{lang}.html",
        render(
            "overview.html.j2",
            lang,
            organisation=one_line(materials[0].organisation),
            day=_day(materials),
            channels=channels,
            suppliers=suppliers,
            law=law,
        ),
    )


def _day(materials: Sequence[Material]) -> date:
    return max(one.made for one in materials).date()
