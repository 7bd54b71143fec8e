"""One page over all channels: what broke, what was fixed, what was not seen, and the way to every report of a folder.

In: the material and the pages to open. Out: `index-<lang>.html`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
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


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel's night in one row."""

    href: str
    """Its morning page."""
    name: str
    day: datetime
    moves: tuple[int, ...]
    """Since the night before: new, back again, fixed, not retested; empty after its first scan."""
    to_repair: int
    overdue: int
    looked: int
    not_looked: int
    unseen: str
    """Where the addresses stand that were not looked at, each with its reason."""


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
            suppliers.append(Entry(href, text("report.supplier.title", lang, supplier=one_line(name))))
        elif folder in by_channel:
            channels.append(_row(by_channel[folder], href, lang))
    law = [
        Entry(f"{name}-{lang}.html", text(f"report.index_{name}", lang))
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


def _row(one: Material, href: str, lang: str) -> ChannelRow:
    night = one.night
    moved = (night.new, night.reopened, night.fixed, night.not_retested) if night and night.before is not None else ()
    return ChannelRow(
        href=href,
        name=one_line(one.name),
        day=one.scan.started,
        moves=tuple(len(items) for items in moved),
        to_repair=len(one.to_repair),
        overdue=sum(item.overdue for item in one.to_repair),
        looked=one.looked,
        not_looked=len(one.not_seen),
        unseen=f"{href.rpartition('/')[0]}/scan-{lang}.html#unseen",
    )


def _day(materials: Sequence[Material]) -> date:
    return max(one.made for one in materials).date()
