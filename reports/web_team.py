"""The web team's pages of one channel: the morning page, the findings in full, what a person must judge, and the scan
itself.

In: `Material`. Out: HTML files in one folder that need nothing else: no script, no request, no file outside it. Data
apart from page: the morning page holds counts and the top of each list, findings stand a hundred to a page,
everything is in the machine-readable files beside it. File names come from numbers and languages only.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from reports.charts import Column, columns
from reports.material import Hole, Material, Pictures
from reports.render import render
from reports.whole import write_whole
from reports.words import (
    SEVERITIES,
    Shown,
    ShownPlace,
    address,
    criterion_of,
    criterion_order,
    one_line,
    place,
    priority,
    probe_label,
    question,
    shown,
    why_not_seen,
    why_untested,
)
from scanner.findings import Example, Finding, Life
from scanner.judge import CriterionVerdict
from scanner.model import Criterion, Verdict
from scanner.texts import format_date, format_number, has_text, text

PER_PAGE = 100
"""Findings on one page: opens at ease, also on an old machine."""
EXAMPLES = 3
"""Places of a finding that are shown."""
TOP = 25
"""Rows of a list on the morning page."""
FIRST = 10
"""What to do first."""
ASKED_GROUPS = 300
NOT_SEEN_ROWS = 500
MARGIN = 12.0
"""CSS px around the place in a picture, as the visitor cuts it."""
MAX_PICTURE = 4000
"""Pixels of a side; a larger one is not ours."""


def write(material: Material, folder: Path, lang: str, pictures: frozenset[str] | None = None) -> list[Path]:
    """Writes the pages in one language; returns them, the morning page first. `pictures`: digests that `pictures_of`
    wrote."""
    folder.mkdir(parents=True, exist_ok=True)
    if pictures is None:
        pictures = pictures_of(material, folder)
    ordered = sorted(
        shown_findings(material), key=lambda item: (criterion_order().get(item.criterion, 99), *priority(item))
    )
    book = _Book(material, lang, ordered, pictures)
    for old in folder.glob(f"findings-{lang}-*.html"):
        if re.fullmatch(rf"findings-{lang}-\d{{3,}}\.html", old.name) and old.name not in book.files:
            old.unlink()
    written = [write_whole(folder / f"morning-{lang}.html", book.morning())]
    for number, name in enumerate(book.files, 1):
        written.append(write_whole(folder / name, book.findings(number)))
    written.append(write_whole(folder / f"questions-{lang}.html", book.questions()))
    written.append(write_whole(folder / f"scan-{lang}.html", book.scan()))
    return written


def shown_findings(material: Material) -> tuple[Finding, ...]:
    """What stands in full in the report: all but the fixed, which are only listed."""
    return tuple(item for item in material.findings if item.life is not Life.FIXED)


def pictures_of(material: Material, folder: Path) -> frozenset[str]:
    """Writes the pictures of all places that the web team's pages show."""
    return write_pictures(
        material.picture,
        folder,
        chain(
            (example for item in shown_findings(material) for example in item.examples[:EXAMPLES]),
            (example for ask in material.asked[:ASKED_GROUPS] for example in ask.examples[:EXAMPLES]),
        ),
    )


def write_pictures(load: Pictures, folder: Path, examples: Iterable[Example]) -> frozenset[str]:
    """Writes pictures of places under `pictures/`, the place marked; returns the digests that are there."""
    wanted: dict[str, tuple[float, float, float, float] | None] = {}
    for example in examples:
        if re.fullmatch(r"[0-9a-f]{64}", example.picture):
            wanted.setdefault(example.picture, example.place.box if example.place else None)
    target = folder / "pictures"
    if wanted:
        target.mkdir(parents=True, exist_ok=True)
    written = set()
    for digest, box in wanted.items():
        path = target / f"{digest}.png"
        if not path.exists():
            try:
                marked = mark(load(digest), box)
            except (KeyError, OSError, ValueError, SyntaxError):
                continue  # a picture that is gone or broken is left out; the words stay
            write_whole(path, marked)
        written.add(digest)
    return frozenset(written)


def mark(png: bytes, box: tuple[float, float, float, float] | None) -> bytes:
    """The picture with a frame around the place. Raises OSError or ValueError for what is no picture of ours."""
    picture = Image.open(io.BytesIO(png), formats=("PNG",))
    if max(picture.size) > MAX_PICTURE:
        raise ValueError("picture too large")
    image = picture.convert("RGB")
    if box is not None:
        left, top = min(MARGIN, box[0]), min(MARGIN, box[1])
        right, bottom = min(left + box[2], image.width - 2), min(top + box[3], image.height - 2)
        draw = ImageDraw.Draw(image)
        for grow, colour, width in ((5, "#ffffff", 5), (4, "#b3005e", 3)):
            corner = (max(0.0, left - grow), max(0.0, top - grow))
            end = (min(image.width - 1.0, right + grow), min(image.height - 1.0, bottom + grow))
            if end[0] > corner[0] and end[1] > corner[1]:
                draw.rectangle((*corner, *end), outline=colour, width=width)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=False, compress_level=6)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class Group:
    """One list of the morning: its heading, a sentence, the top rows and how many more there are."""

    heading: str
    words: str
    items: tuple[Shown, ...]
    more: int


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One criterion in the table of all."""

    verdict: CriterionVerdict
    failing: int
    href: str
    reasons: tuple[tuple[bool, str], ...]
    """Whether it is a sentence of ours, and the words."""


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """One thing to judge."""

    words: str
    rule: str
    count: int
    pages: int
    places: tuple[ShownPlace, ...]
    more: int


@dataclass(frozen=True, slots=True)
class ShownHole:
    """What was not looked into."""

    what: str
    told: bool
    """Whether the reason is in the reader's language."""
    reason: str
    count: int
    page: str


class _Book:
    """All pages of one channel in one language, over one order of findings."""

    def __init__(self, material: Material, lang: str, ordered: Sequence[Finding], pictures: frozenset[str]) -> None:
        self.material, self.lang, self.ordered, self.pictures = material, lang, ordered, pictures
        self.page_count = max(1, -(-len(ordered) // PER_PAGE))
        self.files = tuple(self._file(number) for number in range(1, self.page_count + 1))
        self.on_page = {item.id: index // PER_PAGE + 1 for index, item in enumerate(ordered)}

    def _file(self, number: int) -> str:
        return f"findings-{self.lang}-{number:03d}.html"

    def _text(self, key: str, **values: Any) -> str:
        return text(key, self.lang, **values)

    def _href(self, item: Shown) -> str:
        page = self.on_page.get(item.finding.id)
        return f"{self._file(page)}#{item.anchor}" if page else ""

    def _links(self, here: str) -> list[tuple[str, str, bool]]:
        names = (
            ("morning", f"morning-{self.lang}.html"),
            ("findings", self._file(1)),
            ("questions", f"questions-{self.lang}.html"),
            ("scan", f"scan-{self.lang}.html"),
        )
        return [(href, self._text(f"report.link.{name}"), name == here) for name, href in names]

    # Pages

    def morning(self) -> str:
        """The page to open in the morning."""
        m, lang = self.material, self.lang
        first = sorted(m.to_repair, key=priority)[:FIRST]
        marked = [item for item in m.findings if item.life in (Life.ACCEPTED, Life.FALSE_ALARM)]
        owners, unassigned = self._owners()
        tally = Counter(verdict.verdict for verdict in m.verdicts)
        return render(
            "morning.html.j2",
            lang,
            m=m,
            links=self._links("morning"),
            lead=self._lead(),
            warnings=self._warnings(),
            compared=m.night is not None and m.night.before is not None,
            tiles=self._tiles(),
            since=list(self._since()),
            tool_changes=[
                (one_line(c.name, 40), one_line(c.before, 80), one_line(c.after, 80)) for c in m.night.tool_changes
            ]
            if m.night
            else [],
            first=[shown(item, lang, 1) for item in first],
            total=len(m.to_repair),
            alarms=[(alarm, self._text(alarm.text.key, **alarm.text.values)) for alarm in m.alarms],
            href=self._href,
            findings_page=self._file(1),
            questions_page=f"questions-{lang}.html",
            scan_page=f"scan-{lang}.html",
            asked_count=len(m.asked),
            fifty=[self._verdict_row(item) for item in m.verdicts],
            tally=[(verdict.value, tally[verdict]) for verdict in Verdict],
            chart_open=self._chart_open(),
            chart_moves=self._chart_moves(),
            trend_rows=list(reversed(m.trend))[:60],
            owners=owners,
            unassigned=unassigned,
            marked=[shown(item, lang, 0) for item in marked[:TOP]],
            marked_more=len(marked) - TOP,
            exempted=self._exempted(),
            health=self._health(),
            flips=m.night.flips[:20] if m.night else (),
        )

    def findings(self, page: int) -> str:
        """One page of findings in full."""
        m = self.material
        start = (page - 1) * PER_PAGE
        here = [shown(item, self.lang) for item in self.ordered[start : start + PER_PAGE]]
        near = [n for n in range(1, self.page_count + 1) if n in (1, self.page_count) or abs(n - page) <= 3]
        return render(
            "findings.html.j2",
            self.lang,
            links=self._links("findings"),
            name=m.name,
            organisation=m.organisation,
            scan=m.scan,
            page=page,
            pages=self.page_count,
            first=start + 1,
            last=start + len(here),
            total=len(self.ordered),
            contents=self._contents() if page == 1 else [],
            file=self._file,
            near=near,
            pictures=self.pictures,
            groups=[(criterion, list(items)) for criterion, items in groupby(here, key=lambda item: item.criterion)],
        )

    def questions(self) -> str:
        """What a person must judge."""
        m = self.material
        asked = sorted(m.asked, key=lambda ask: (criterion_order().get(ask.criterion, 99), -ask.pages, ask.rule))
        by_criterion: list[tuple[Criterion, list[ShownQuestion]]] = []
        for number, group in groupby(asked[:ASKED_GROUPS], key=lambda ask: ask.criterion):
            by_criterion.append(
                (
                    criterion_of(number),
                    [
                        ShownQuestion(
                            question(ask.rule, number, self.lang, ask.examples[0].values if ask.examples else {}),
                            one_line(ask.rule, 80),
                            ask.count,
                            ask.pages,
                            tuple(place(example, self.lang) for example in ask.examples[:EXAMPLES]),
                            ask.count - min(EXAMPLES, len(ask.examples)),
                        )
                        for ask in group
                    ],
                )
            )
        return render(
            "asked.html.j2",
            self.lang,
            links=self._links("questions"),
            name=m.name,
            organisation=m.organisation,
            scan=m.scan,
            groups=by_criterion,
            pictures=self.pictures,
            left=len(asked) - ASKED_GROUPS,
        )

    def scan(self) -> str:
        """What was looked at, what not, and why."""
        m = self.material
        unseen = [
            _NotSeenRow(address(row.url), row.state, *why_not_seen(row.reason, self.lang), address(row.found_on))
            for row in m.not_seen[:NOT_SEEN_ROWS]
        ]
        return render(
            "scan.html.j2",
            self.lang,
            m=m,
            links=self._links("scan"),
            warnings=self._warnings(),
            health=self._health(),
            ledger=sorted(m.ledger.items(), key=lambda item: (-item[1], item[0])),
            unseen=unseen,
            unseen_more=len(m.not_seen) - NOT_SEEN_ROWS,
            frames=_holes(m.frames, self.lang),
            prevented=_holes(m.prevented, self.lang),
            not_loaded=_holes(m.not_loaded, self.lang),
        )

    # Parts

    def _lead(self) -> str:
        m = self.material
        work = m.to_repair
        worst = sum(item.severity in SEVERITIES[:2] for item in work)
        key = "report.lead" if work else "report.lead_none"
        return self._text(key, findings=len(work), worst=worst, looked=m.looked)

    def _warnings(self) -> list[str]:
        m = self.material
        said = []
        if m.scan.axe_fallback:
            said.append(self._text("report.warning.axe", version=one_line(m.scan.versions.get("axe", ""), 40)))
        if m.scan.reads_only:
            said.append(self._text("report.warning.driver"))
        if not m.scan.complete:
            said.append(self._text("report.warning.incomplete"))
        if m.scan.finished is None:
            said.append(self._text("report.warning.running"))
        if m.night and m.night.held_back:
            said.append(self._text("report.warning.held", count=m.night.held_back))
        return said

    def _tiles(self) -> list[tuple[str, int]]:
        m = self.material
        night = m.night
        counts: list[tuple[str, int]] = []
        if night is not None and night.before is not None:
            counts += [
                ("new", len(night.new)),
                ("fixed", len(night.fixed)),
                ("reopened", len(night.reopened)),
                ("not_retested", len(night.not_retested)),
            ]
        counts += [
            ("to_repair", len(m.to_repair)),
            ("overdue", sum(item.overdue for item in m.to_repair)),
            ("questions", len(m.asked)),
            ("looked", m.looked),
        ]
        return [(self._text(f"report.tile.{name}"), count) for name, count in counts]

    def _since(self) -> Iterator[Group]:
        night = self.material.night
        if night is None or night.before is None:
            return
        for name, items in (
            ("new", night.new),
            ("reopened", night.reopened),
            ("fixed", night.fixed),
            ("seems_fixed", night.seems_fixed),
            ("not_retested", night.not_retested),
            ("tool_new", night.tool_new),
            ("tool_gone", night.tool_gone),
        ):
            if items:
                top = sorted(items, key=priority)[:TOP]
                yield Group(
                    self._text(f"report.since.{name}"),
                    self._text(f"report.since.{name}_text"),
                    tuple(shown(item, self.lang, 0) for item in top),
                    len(items) - len(top),
                )

    def _verdict_row(self, verdict: CriterionVerdict) -> VerdictRow:
        number = verdict.criterion.number
        first = next((item for item in self.ordered if item.criterion == number), None)
        href = f"{self._file(self.on_page[first.id])}#c-{number}" if first else ""
        if not href and any(ask.criterion == number for ask in self.material.asked):
            href = f"questions-{self.lang}.html#c-{number}"
        return VerdictRow(
            verdict,
            verdict.pages.get(Verdict.FAILED, 0),
            href,
            tuple(why_untested(reason, self.lang) for reason in _reasons(verdict)[:2]),
        )

    def _contents(self) -> list[tuple[Criterion, int, str]]:
        found = []
        for number, items in groupby(self.ordered, key=lambda item: item.criterion):
            group = list(items)
            found.append((criterion_of(number), len(group), f"{self._file(self.on_page[group[0].id])}#c-{number}"))
        return found

    def _owners(self) -> tuple[list[tuple[str, int, int]], float]:
        work = self.material.to_repair
        count: Counter[str] = Counter()
        late: Counter[str] = Counter()
        for item in work:
            name = one_line(item.owner.name or item.owner.id) or self._text("report.no_owner")
            count[name] += 1
            late[name] += item.overdue
        nobody = sum(not item.owner.id for item in work)
        return [(name, n, late[name]) for name, n in count.most_common(50)], nobody / len(work) if work else 0.0

    def _exempted(self) -> list[dict[str, Any]]:
        found = []
        for ex in self.material.exempted:
            titles = Counter(shown(item, self.lang, 0).title for item in ex.findings)
            found.append(
                {
                    "heading": self._text(f"report.ground.{ex.ground}"),
                    "reason": one_line(ex.reason, 500),
                    "what": one_line(ex.what),
                    "count": len(ex.findings),
                    "titles": [title for title, _ in titles.most_common(5)],
                }
            )
        return found

    def _chart_open(self) -> Any:
        data = [Column(_short_day(point.day, self.lang), point.open) for point in self.material.trend]
        return columns("trend-open", self._text("report.trend_open"), self._text("report.trend_open_caption"), data)

    def _chart_moves(self) -> Any:
        data = [Column(_short_day(point.day, self.lang), point.new, point.fixed) for point in self.material.trend]
        return columns("trend-moves", self._text("report.trend_moves"), self._text("report.trend_moves_caption"), data)

    def _health(self) -> list[tuple[str, str]]:
        m, scan = self.material, self.material.scan
        rows = [
            ("scan", f"{scan.number}"),
            ("started", self._text("report.moment", moment=scan.started)),
            ("minutes", format_number(scan.minutes, self.lang, 1) if scan.finished else self._text("page.unknown")),
            ("looked", format_number(m.looked, self.lang)),
            ("deep", format_number(m.deep_pages, self.lang)),
        ]
        rows += [
            (name, one_line(scan.versions[name], 80))
            for name in ("scanner", "rules", "axe", "axe_sha256", "browser", "driver")
            if scan.versions.get(name)
        ]
        rows += [
            (f"setting_{name}", self._setting(name)) for name in ("level", "deep", "follow") if name in scan.settings
        ]
        return [(self._text(f"report.health.{name}"), value) for name, value in rows]

    def _setting(self, name: str) -> str:
        value = self.material.scan.settings[name]
        return (
            self._text("page.yes" if value else "page.no")
            if isinstance(value, bool)
            else f"L{value}"
            if name == "level"
            else self._text(f"report.deep.{value}")
            if name == "deep" and has_text(f"report.deep.{value}", self.lang)
            else one_line(value, 40)
        )


@dataclass(frozen=True, slots=True)
class _NotSeenRow:
    url: str
    state: str
    told: bool
    """Whether the reason is in the reader's language."""
    reason: str
    found_on: str


def _reasons(verdict: CriterionVerdict) -> list[str]:
    """Why it is untested, or was on some pages; that nothing was found is no reason beside what was found."""
    found = verdict.verdict is not Verdict.UNTESTED
    return [reason for reason in verdict.reasons if not (found and reason == "needs-person")]


def _holes(holes: Sequence[Hole], lang: str, limit: int = 200) -> list[ShownHole]:
    return [
        ShownHole(
            probe_label(hole.what, lang) if "/" not in hole.what else address(hole.what),
            *why_not_seen(hole.reason, lang),
            hole.count,
            address(hole.pages[0]) if hole.pages else "",
        )
        for hole in holes[:limit]
    ]


def _short_day(day: Any, lang: str) -> str:
    return format_date(day, lang, "short")
