"""Fills reports from settings and store, and writes them: the only place that knows both.

`material` gathers one channel's scan; `write_reports` writes the web team's pages, the files for machines and one
report per supplier into a folder:

index-nl.html all of it <channel>/morning-nl.html … the web team's pages, pictures/, scan.json, sarif.json, junit.xml,
earl.json, CSV files suppliers/<supplier>/… report, PDF, XLSX, CSV, JSON, letter

Nothing of a store is loaded whole: outcomes are counted by the database, only failures and questions are read.
"""

from __future__ import annotations

import gc
import json
import logging
import multiprocessing
import os
import re
import signal
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from playwright.sync_api import Browser, Error, Playwright, sync_playwright
from sqlalchemy import String, cast, func, select

from checks.browser import QUIET_FLAGS, NoBrowser, find_browser, sandbox_works
from reports import machine, overview, supplier, tickets, web_team
from reports.material import (
    EXAMPLE_PAGES,
    Asked,
    Exempted,
    Hole,
    Material,
    Row,
    ScanFacts,
    SupplierTerms,
    TrendPoint,
)
from scanner import dossier_store, finding_store, owners
from scanner.config import Channel, Config, Exemption
from scanner.exemptions import exemption_of
from scanner.findings import (
    EXAMPLES,
    Example,
    Finding,
    Group,
    Life,
    Night,
    Sighting,
    group,
    is_finding,
    kind_of,
)
from scanner.fingerprints import fingerprint
from scanner.frameworks import criteria
from scanner.judge import CriterionVerdict, worst
from scanner.model import LedgerState, Outcome, Place, Verdict
from scanner.severity import deadline, severity
from scanner.status import alarms
from scanner.store import Scan, Store, StoreError, now, page_evidence
from scanner.tables import AddressRow, OutcomeRow

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

log = logging.getLogger(__name__)

T = TypeVar("T")

MOST_PROCESSES = 4
"""Each may come to hold a copy of what was gathered."""
FIXED_SHOWN = timedelta(days=60)
"""How long a fixed finding stays in reports."""
TREND_SCANS = 60
_HOLE = re.compile(rb'"not_entered":\[\{|"prevented":"[^"]|"incomplete":\["')
"""What a page's evidence must hold before it is worth reading for holes: canonical JSON, so plain bytes tell."""


class NothingToReport(Exception):
    """The channel has no scan."""


def latest(store: Store, channel: str) -> Scan:
    """The newest finished scan of a channel that followed links, else the newest finished. Raises NothingToReport."""
    done = [scan for scan in store.scans(channel, finished=True) if scan.stage == "done"]
    if not done:
        raise NothingToReport(channel)
    return next((scan for scan in done if scan.settings.get("follow", True)), done[0])


# Material


def material(
    config: Config, store: Store, channel: str, scan: Scan | None = None, *, today: date | None = None
) -> Material:
    """Everything about one channel in one scan (default: the latest). Raises KeyError, NothingToReport."""
    chosen = config.channel(channel)
    scan = scan or latest(store, channel)
    day = today or now().astimezone(finding_store.HERE).date()
    counts = store.counts(scan.id)
    said = _said(store, scan, chosen)
    if finding_store.is_recorded(store, scan.id) and finding_store.last_night(store, channel) == scan.id:
        every = finding_store.findings(store, config, channel, today=day)
        night: Night | None = finding_store.night(store, config, scan.id, today=day)
    else:
        every, night = said.findings(config, chosen, scan, counts, day), None
    kept, exempted = _apart(every, chosen)
    recent = [
        item
        for item in kept
        if item.fixed_on is None or item.life is not Life.FIXED or item.fixed_on.date() >= day - FIXED_SHOWN
    ]
    holes = _holes(store, scan)
    left = counts.get(LedgerState.FOUND, 0) + counts.get(LedgerState.OVER_BUDGET, 0)
    return Material(
        organisation=config.organisation.name,
        contact=config.organisation.contact,
        channel=chosen.id,
        name=chosen.name,
        address=chosen.url,
        target=chosen.target,
        made=now().astimezone(finding_store.HERE),
        scan=ScanFacts(
            scan.id,
            scan.kind,
            scan.started.astimezone(finding_store.HERE),
            scan.finished.astimezone(finding_store.HERE) if scan.finished else None,
            scan.versions,
            scan.settings,
            not left and bool(scan.settings.get("follow", True)),
        ),
        verdicts=tuple(_verdicts(store, scan, said.exempt)),
        findings=tuple(recent),
        night=_without(night, exempted),
        asked=said.asked(),
        ledger={str(state): count for state, count in counts.items()},
        rows=tuple(Row(row.url, str(row.state), row.reason, row.found_on) for row in store.ledger(scan.id)),
        frames=holes.frames.sorted(),
        prevented=holes.prevented.sorted(),
        not_loaded=holes.not_loaded.sorted(),
        deep_pages=holes.deep,
        trend=_trend(store, channel, scan, kept),
        exempted=exempted,
        alarms=alarms(dossier_store.dossier(store, channel), day),
        picture=store.blob,
    )


@dataclass
class _Said:
    """Failures and questions of a scan, read once, row by row."""

    sightings: list[Sighting] = field(default_factory=list)
    doubts: dict[tuple[str, str], _Doubts] = field(default_factory=dict)
    exempt: Counter[tuple[str, int | None, str]] = field(default_factory=Counter)
    """(criterion, address, verdict) → outcomes that the law leaves out."""

    def asked(self) -> tuple[Asked, ...]:
        """What a person must judge, by criterion and rule."""
        return tuple(
            Asked(criterion, rule, d.count, len(d.pages), tuple(d.examples))
            for (criterion, rule), d in self.doubts.items()
        )

    def findings(
        self, config: Config, channel: Channel, scan: Scan, counts: Mapping[LedgerState, int], day: date
    ) -> list[Finding]:
        """Findings of this scan alone, for scans that did not go into the findings of the channel: no life, no
        numbers."""
        looked = counts.get(LedgerState.VISITED, 0) + counts.get(LedgerState.UNCHANGED, 0)
        return [_alone(config, channel, scan, one, looked, day) for one in group(self.sightings)]


@dataclass
class _Doubts:
    count: int = 0
    pages: set[str] = field(default_factory=set)
    examples: list[Example] = field(default_factory=list)
    things: set[str] = field(default_factory=set)

    def take(self, url: str, outcome: Outcome, picture: str) -> None:
        """Counts a place; keeps it as an example when it is about another thing than those kept."""
        self.count += 1
        self.pages.add(url)
        if len(self.examples) < EXAMPLES:
            thing = fingerprint(outcome)
            if thing not in self.things:
                self.things.add(thing)
                self.examples.append(
                    Example(
                        url, outcome.place, outcome.state, outcome.viewport, outcome.values, outcome.replay, picture
                    )
                )


def _said(store: Store, scan: Scan, channel: Channel) -> _Said:
    table = OutcomeRow.__table__.c
    query = (
        select(
            AddressRow.url,
            table.address_id,
            table.criterion,
            table.verdict,
            table.rule,
            table.selector,
            table.snippet,
            table.frame,
            table.box,
            table.region,
            table.component,
            table.state,
            table.viewport,
            table.practice,
            table.detail,
            table.replay,
            table.picture,
        )
        .outerjoin(AddressRow, table.address_id == AddressRow.id)
        .where(table.scan_id == scan.id, table.verdict.in_((Verdict.FAILED, Verdict.CANT_TELL)))
        .order_by(AddressRow.depth, AddressRow.place, table.id)
        .execution_options(yield_per=1000)
    )
    said = _Said()
    with store.session() as session:
        for row in session.execute(query):
            place = Place(
                row.selector, row.snippet, row.frame, tuple(row.box) if row.box else None, row.region, row.component
            )
            outcome = Outcome(
                row.criterion,
                Verdict(row.verdict),
                row.rule,
                place if row.selector or row.snippet else None,
                row.state,
                row.viewport,
                row.detail,
                Verdict(row.practice) if row.practice else None,
                tuple(row.replay),
            )
            url = row.url or str(row.detail.get("url", ""))
            left_out = exemption_of(channel, row.criterion, (url,), [(place, row.detail)]) is not None
            if left_out:
                said.exempt[
                    row.criterion,
                    row.address_id if row.address_id is not None else row.detail.get("address"),
                    str(row.verdict),
                ] += 1
            if is_finding(outcome):
                said.sightings.append(
                    Sighting(url, outcome, "light" if row.address_id is not None else "site", row.picture)
                )
            elif not left_out:
                said.doubts.setdefault((row.criterion, row.rule), _Doubts()).take(url, outcome, row.picture)
    return said


def _alone(config: Config, channel: Channel, scan: Scan, one: Group, looked: int, day: date) -> Finding:
    """A finding of one scan, named by its fingerprint."""
    pages = one.pages
    first = one.sightings[0].outcome
    kind = kind_of(one.shape.region, len(pages), looked)
    share = min(1.0, len(pages) / looked) if looked else 0.0
    impact, because = severity(one.shape.rule, one.shape.criterion, kind, len(pages), share)
    place = first.place or Place("")
    owner = owners.owner_of(config, owners.Spotted(channel.id, pages[0], place.region, place.component, place.frame))
    due = deadline(scan.started.astimezone(finding_store.HERE).date(), impact, owners.repair_days(config, owner))
    seen: dict[str, Example] = {}
    for sighting in sorted(one.sightings, key=lambda item: not item.picture):
        o = sighting.outcome
        if sighting.url not in seen and len(seen) < EXAMPLES:
            seen[sighting.url] = Example(
                sighting.url, o.place, o.state, o.viewport, o.values, o.replay, sighting.picture
            )
    return Finding(
        id=f"{finding_store.prefix_of(config, channel.id)}-{one.key.fingerprint[:8]}",
        channel=channel.id,
        rule=one.shape.rule,
        criterion=one.shape.criterion,
        strictness=one.strictness,
        severity=impact,
        severity_because=because,
        owner=owner,
        life=Life.OPEN,
        kind=kind,
        region=one.shape.region,
        component=place.component,
        first_seen=scan.started,
        last_seen=scan.started,
        fixed_on=None,
        reopened_on=None,
        deadline=due,
        overdue=due is not None and due < day,
        pages=pages,
        share=share,
        places=len(one.sightings),
        examples=tuple(seen.values()),
        history=(),
    )


# Exemptions


def _apart(every: Iterable[Finding], channel: Channel) -> tuple[list[Finding], tuple[Exempted, ...]]:
    """Findings that count, and per exemption those that the law leaves out."""
    kept: list[Finding] = []
    out: dict[Exemption, list[Finding]] = {one: [] for one in channel.exemptions}
    for item in every:
        one = exemption_of(channel, item.criterion, item.pages, [(spot.place, spot.values) for spot in item.examples])
        (kept if one is None else out[one]).append(item)
    return kept, tuple(
        Exempted(one.ground, one.reason, one.what, tuple(found))
        for one, found in out.items()
    )


def _without(night: Night | None, exempted: Sequence[Exempted]) -> Night | None:
    """The night without what the law leaves out."""
    gone = {item.id for one in exempted for item in one.findings}
    if night is None or not gone:
        return night
    sets = (
        "new",
        "fixed",
        "reopened",
        "not_retested",
        "seems_fixed",
        "unchanged",
        "accepted",
        "false_alarms",
        "tool_new",
        "tool_gone",
    )
    kept: dict[str, Any] = {name: tuple(item for item in getattr(night, name) if item.id not in gone) for name in sets}
    return replace(night, **kept)


# Verdicts


def _verdicts(
    store: Store, scan: Scan, exempt: Mapping[tuple[str, int | None, str], int]
) -> Iterator[CriterionVerdict]:
    """What scanner.judge.judge says of the same outcomes, counted by the database; exempted outcomes left out."""
    table = OutcomeRow.__table__.c
    per_page: dict[str, dict[int | None, dict[Verdict, int]]] = defaultdict(lambda: defaultdict(dict))
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    with store.session() as session:
        for criterion, address, verdict, count in session.execute(
            select(table.criterion, table.address_id, table.verdict, func.count())
            .where(table.scan_id == scan.id, table.address_id.is_not(None))
            .group_by(table.criterion, table.address_id, table.verdict)
        ):
            per_page[criterion][address][Verdict(verdict)] = count
        for criterion, verdict, detail in session.execute(
            select(table.criterion, table.verdict, table.detail).where(
                table.scan_id == scan.id, table.address_id.is_(None)
            )
        ):
            page = per_page[criterion][detail.get("address")]
            page[Verdict(verdict)] = page.get(Verdict(verdict), 0) + 1
        for criterion, rule, detail, count in session.execute(
            select(table.criterion, table.rule, cast(table.detail, String), func.count())
            .where(table.scan_id == scan.id, table.verdict == Verdict.UNTESTED)
            .group_by(table.criterion, table.rule, cast(table.detail, String))
        ):
            reasons[criterion][_reason(detail) or rule] += count
    for (criterion, address, word), count in exempt.items():
        page, verdict = per_page[criterion][address], Verdict(word)
        page[verdict] = page.get(verdict, 0) - count
    for about in criteria():
        pages: Counter[Verdict] = Counter()
        total: Counter[Verdict] = Counter()
        decided = []
        for address, counts in per_page.get(about.number, {}).items():
            left = {verdict: count for verdict, count in counts.items() if count > 0}
            decided.append(worst(left))
            if address is not None:
                pages[decided[-1]] += 1
            total.update(left)
        yield CriterionVerdict(
            about,
            worst(decided),
            pages,
            total[Verdict.FAILED],
            total[Verdict.CANT_TELL],
            tuple(reason for reason, _ in reasons[about.number].most_common(3)),
        )


def _reason(detail: str) -> str:
    try:
        said = json.loads(detail)
        return str(said.get("reason") or "") if isinstance(said, dict) else ""
    except ValueError:
        return ""


# Holes


@dataclass
class _Gathered:
    """(what, reason) → pages."""

    pages: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    last: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, what: str, reason: str, page: str) -> None:
        """One more page; each page once, as pages come one after the other."""
        if self.last.get((what, reason)) == page:
            return
        self.last[what, reason] = page
        self.counts[what, reason] += 1
        known = self.pages.setdefault((what, reason), [])
        if len(known) < EXAMPLE_PAGES:
            known.append(page)

    def sorted(self) -> tuple[Hole, ...]:
        """Most pages first."""
        return tuple(
            Hole(what, reason, tuple(self.pages[what, reason]), count)
            for (what, reason), count in self.counts.most_common()
        )


@dataclass
class _Holes:
    frames: _Gathered = field(default_factory=_Gathered)
    prevented: _Gathered = field(default_factory=_Gathered)
    not_loaded: _Gathered = field(default_factory=_Gathered)
    deep: int = 0


def _holes(store: Store, scan: Scan) -> _Holes:
    """What the kept evidence says was not looked into. Only evidence that mentions some is read in full."""
    holes = _Holes()
    with store.session() as session:
        kept = session.execute(
            select(AddressRow.url, AddressRow.evidence, AddressRow.deep)
            .where(AddressRow.scan_id == scan.id, AddressRow.evidence != "")
            .order_by(AddressRow.depth, AddressRow.place)
        ).all()
    for url, digest, deep in kept:
        holes.deep += deep == "done"
        try:
            data = store.blob(digest)
        except (KeyError, StoreError) as error:
            holes.not_loaded.add("evidence", str(error)[:200], url)
            continue
        if not _HOLE.search(data):
            continue
        raw = json.loads(data.decode("utf-8", "surrogatepass"))
        for resource in raw["incomplete"]:
            holes.not_loaded.add(str(resource), "", url)
        for look in raw["looks"]:
            for name, record in look["records"].items():
                if record["prevented"]:
                    holes.prevented.add(name, str(record["prevented"]), url)
                if name == "frames":
                    for frame in record["data"].get("not_entered", ()):
                        holes.frames.add(str(frame.get("url", "")), str(frame.get("reason", "")), url)
    return holes


def states(store: Store, scan: Scan) -> list[tuple[str, str, int]]:
    """In which states and sizes pages were looked at: state, viewport, number of pages; most pages first."""
    found: Counter[tuple[str, str]] = Counter()
    with store.session() as session:
        kept = session.scalars(
            select(AddressRow.evidence).where(AddressRow.scan_id == scan.id, AddressRow.evidence != "")
        ).all()
    for digest in kept:
        with suppress(KeyError, StoreError):  # thinned by now
            found.update({(look.name, look.viewport) for look in page_evidence(store.blob(digest)).looks})
    return [(state, viewport, pages) for (state, viewport), pages in found.most_common()]


# Trend


_UP, _DOWN = ("opened", "reopened", "lapsed", "reopened-by-hand"), ("fixed", "accepted", "false-alarm")


def _trend(store: Store, channel: str, scan: Scan, every: Sequence[Finding]) -> tuple[TrendPoint, ...]:
    """Open, new and fixed per scan, from the findings' own history; oldest first, this scan last."""
    moves: dict[int | None, Counter[str]] = defaultdict(Counter)
    by_hand: list[tuple[datetime, int]] = []
    for item in every:
        for event in item.history:
            change = (event.what in _UP) - (event.what in _DOWN)
            if not change:
                continue
            by_hand.append((event.at, change))
            if event.what in ("opened", "fixed") and event.values.get("cause", "site") == "site":
                moves[event.scan][event.what] += 1
    scans = sorted(
        (
            one
            for one in store.scans(channel, finished=True)
            if one.stage == "done"
            and one.settings.get("follow", True)
            and one.id <= scan.id
            and finding_store.is_recorded(store, one.id)
        ),
        key=lambda one: one.id,
    )[-TREND_SCANS:]
    by_hand.sort()
    points, at, running = [], 0, 0
    for one in scans:
        until = one.finished or one.started
        while at < len(by_hand) and by_hand[at][0] <= until:
            running += by_hand[at][1]
            at += 1
        counts = store.counts(one.id)
        points.append(
            TrendPoint(
                one.started.astimezone(finding_store.HERE).date(),
                one.id,
                max(0, running),
                moves[one.id]["opened"],
                moves[one.id]["fixed"],
                counts.get(LedgerState.VISITED, 0) + counts.get(LedgerState.UNCHANGED, 0),
            )
        )
    return tuple(points)


# Writing


def write_reports(
    config: Config,
    store: Store,
    channels: Sequence[str] = (),
    folder: Path | None = None,
    langs: Sequence[str] = (),
    *,
    pdf: bool = True,
    today: date | None = None,
) -> list[Path]:
    """Writes all reports of these channels (none named: all that were scanned) and of their suppliers.

    Returns the files, the pages to open first at the front. Raises KeyError for a channel that is not in the settings,
    NothingToReport when nothing was scanned.
    """
    names = list(channels) or [
        channel.id
        for channel in config.channels
        if any(s.stage == "done" for s in store.scans(channel.id, finished=True))
    ]
    if not names:
        raise NothingToReport("")
    home = folder or config.reports.folder
    home.mkdir(parents=True, exist_ok=True)
    spoken = list(langs) or list(config.reports.langs)
    gathered = [material(config, store, name, today=today) for name in names]
    jobs: list[Callable[[], list[Path]]] = []
    to_print: list[Callable[[supplier.Printer], list[Path]]] = []
    opened: list[tuple[str, int]] = []  # a language, and the job whose first file is a page to open first
    for one in gathered:
        target = home / one.channel
        pictures = web_team.pictures_of(one, target) if spoken else frozenset()
        for lang in spoken:
            opened.append((lang, len(jobs)))
            jobs.append(partial(web_team.write, one, target, lang, pictures))
        jobs += [
            partial(machine.write, one, target, spoken[0]),
            partial(tickets.write, one.findings, target, spoken[0]),
        ]
    for terms in (_terms(one) for one in config.suppliers):
        target = home / "suppliers" / terms.id
        own = supplier.for_supplier(gathered, terms)
        if own is None:
            if channels or not target.exists():
                continue
            own = supplier.nothing_for(gathered, terms)  # an old report would still say otherwise
        pictures = supplier.write_supplier_pictures(own, target)
        for lang in spoken:
            opened.append((lang, len(jobs)))
            jobs.append(partial(supplier.write, own, target, lang, None, pictures))
            to_print.append(partial(supplier.write_pdf, own, target, lang, pictures=pictures))
    written = side_by_side(jobs)
    first = {lang: [written[job].pop(0) for its, job in opened if its == lang] for lang in spoken}
    rest = list(chain.from_iterable(written))
    if pdf:
        with pdf_printer(config) as printer:
            for one_print in to_print:
                rest += one_print(printer)
    for lang in spoken:
        first[lang].insert(0, overview.write(home, lang, gathered, first[lang]))
    return [path for lang in spoken for path in first[lang]] + rest


def _terms(one: Any) -> SupplierTerms:
    return SupplierTerms(
        one.id, one.name, one.email, one.lang, {str(key): days for key, days in one.repair_days.items()}
    )


def side_by_side(jobs: Sequence[Callable[[], T]]) -> list[T]:
    """Does these jobs on all cores, and gives what each gave, in order. Raises what the first of them to fail raised.

    Processes are forked, so that what was gathered is shared and not sent; only where that is safe: on Linux, from the
    only thread. Each takes the next job until none is left, so they end by themselves, also when this one was killed.
    """
    fork = multiprocessing.get_context("fork" if sys.platform == "linux" else None)
    following = fork.Value("i", 0)
    others = []
    with gathered_once():
        if sys.platform == "linux" and threading.active_count() == 1:
            for _ in range(min(len(os.sched_getaffinity(0)), len(jobs), MOST_PROCESSES) - 1):
                receiving, sending = fork.Pipe(duplex=False)
                other = fork.Process(target=_help, args=(jobs, following, sending))
                other.start()
                sending.close()
                others.append((other, receiving))
        done = _taken(jobs, following)
    for other, receiving in others:
        try:
            got = receiving.recv()
        except EOFError as error:
            raise OSError("a process that wrote reports was ended: there may be too little memory") from error
        other.join()
        if isinstance(got, Exception):
            raise got
        done |= got
    return [done[number] for number in range(len(jobs))]


def _taken(jobs: Sequence[Callable[[], T]], following: Synchronized[int]) -> dict[int, T]:
    """Does the jobs that no other process has taken; what each gave, by its number."""
    done: dict[int, T] = {}
    while True:
        with following.get_lock():
            number = following.value
            following.value += 1
        if number >= len(jobs):
            return done
        done[number] = jobs[number]()


def _help(jobs: Sequence[Callable[[], T]], following: Synchronized[int], answer: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process says what Ctrl-C did; files are whole
    try:
        answer.send(_taken(jobs, following))
    except Exception as error:
        answer.send(error)


@contextmanager
def gathered_once() -> Iterator[None]:
    """What was gathered, and the workbooks made of it, stay until the reports are written: the garbage collector would
    walk over them again and again and find nothing.

    A fifth of the time for twenty thousand findings, and no more memory.
    """
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


# PDF


class PdfFailed(OSError):
    """The browser could not print."""


@contextmanager
def pdf_printer(config: Config) -> Iterator[Callable[[Path], bytes]]:
    """Prints an HTML file of ours as tagged PDF with an outline; the browser starts at the first page and ends at the
    end.

    Works inside and outside a running event loop. The printer raises PdfFailed, which says why.
    """
    with ThreadPoolExecutor(1) as thread:
        running: list[tuple[Playwright, Browser]] = []

        def print_one(path: Path) -> bytes:
            try:
                if not running:
                    found = find_browser(config.scan.browser or None)
                    playwright = sync_playwright().start()
                    try:
                        running.append(
                            (
                                playwright,
                                playwright.chromium.launch(
                                    executable_path=found.path,
                                    args=list(QUIET_FLAGS),
                                    chromium_sandbox=sandbox_works(found).works,
                                ),
                            )
                        )
                    except BaseException:
                        playwright.stop()
                        raise
                context = running[0][1].new_context(
                    java_script_enabled=False, service_workers="block", accept_downloads=False
                )
                try:
                    page = context.new_page()
                    page.goto(path.absolute().as_uri(), wait_until="load", timeout=60_000)
                    return page.pdf(tagged=True, outline=True, prefer_css_page_size=True, print_background=True)
                finally:
                    context.close()
            except (Error, NoBrowser) as error:
                log.warning("no PDF of %s: %s", path.name, str(error).partition("\n")[0])
                raise PdfFailed(str(error)) from error

        def stop() -> None:
            for playwright, browser in running:
                try:
                    browser.close()
                finally:
                    playwright.stop()

        try:
            yield lambda path: thread.submit(print_one, path).result()
        finally:
            thread.submit(stop).result()
