"""Findings in the store: what a scan does to them, in one transaction and once; and how reports and people read them.

`record_night` takes a finished scan's outcomes from the store, asks `scanner.findings.advance` what they mean, and
writes findings, their pages, history and the night. A scan that is processed twice (killed in between) changes nothing
the second time: its night is there. Nothing here looks at a page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from scanner import owners
from scanner.config import Config
from scanner.findings import (
    Coverage,
    Event,
    Example,
    Finding,
    FlipRate,
    Glance,
    Key,
    Kind,
    Known,
    Life,
    Looked,
    Mark,
    Night,
    Owner,
    Scope,
    Sighting,
    Spot,
    Step,
    Strictness,
    Tool,
    ToolChange,
    Words,
    advance,
    is_finding,
)
from scanner.fingerprints import Shape
from scanner.model import LedgerState, Outcome, Place, Verdict
from scanner.severity import deadline, severity
from scanner.store import Scan, Store, _insert, now
from scanner.tables import (
    AddressRow,
    FindingEventRow,
    FindingNightRow,
    FindingPageRow,
    FindingRow,
    FlipRow,
    OccurrenceRow,
    OutcomeRow,
    ScanRow,
)

OPEN = (Life.NEW, Life.OPEN, Life.REOPENED, Life.NOT_RETESTED)
"""Lives that wait for repair."""
FLIP_NIGHTS, FLIP_LIMIT, FLIP_LEAST = 10, 0.1, 2
"""Scans that a flip rate is taken over; a rule with a higher rate, and at least so many flips, is held."""
TOOL_PARTS = ("axe", "axe_sha256", "browser", "rules")
"""Parts of the scanner that decide what is seen. A change of the others is told, and decides nothing."""
HERE = ZoneInfo("Europe/Amsterdam")
Where = tuple[str, str, str, str, str]
"""url, rule, frame, selector, state of an outcome."""


def where(url: str, outcome: Outcome) -> Where:
    """What tells one outcome of a scan from another."""
    place = outcome.place or Place("")
    return url, outcome.rule, place.frame, place.selector, outcome.state


def prefix_of(config: Config, channel: str) -> str:
    """Letters before finding numbers: the organisation's, else from the channel's id."""
    return config.organisation.short or re.sub(r"[^A-Z]", "", channel.upper())[:4] or "F"


# A night


def scan_before(store: Store, scan: Scan) -> Scan | None:
    """The scan of this channel whose findings this one goes on from; scans of a list alone are passed over."""
    with store.session() as session:
        query = (
            select(FindingNightRow.scan_id, FindingNightRow.detail)
            .where(FindingNightRow.channel == scan.channel, FindingNightRow.scan_id != scan.id)
            .order_by(FindingNightRow.scan_id.desc())
        )
        for number, detail in session.execute(query):
            if not detail.get("partial"):
                return store.scan(number)
    return None


def tool_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[ToolChange, ...]:
    """Versions that decide what is seen and differ; axe is told once, by version or else by hash.

    Of the driver only which one it is: another version of it sees the same.
    """
    changed = {
        name: (str(before.get(name, "")), str(after.get(name, "")))
        for name in TOOL_PARTS
        if before.get(name) != after.get(name)
    }
    if _driver(before) != _driver(after):
        changed["driver"] = (_driver(before), _driver(after))
    if "axe" in changed:
        changed.pop("axe_sha256", None)
    elif "axe_sha256" in changed:
        changed["axe"] = tuple(value[:12] for value in changed.pop("axe_sha256"))  # type: ignore[assignment]
    return tuple(ToolChange(name, *changed[name]) for name in sorted(changed))


def same_pages(store: Store, before: int, after: int) -> frozenset[str]:
    """Addresses that both scans looked at and whose content was the same, byte for byte."""
    with store.session() as session:

        def seen(scan: int) -> set[tuple[str, str]]:
            rows = session.execute(
                select(AddressRow.url, AddressRow.body_hash).where(
                    AddressRow.scan_id == scan, AddressRow.evidence != "", AddressRow.body_hash != ""
                )
            )
            return {(url, digest) for url, digest in rows}

        return frozenset(url for url, _ in seen(before) & seen(after))


def is_recorded(store: Store, scan: int) -> bool:
    """Whether this scan went into the findings already."""
    with store.session() as session:
        return session.get(FindingNightRow, scan) is not None


def record_night(
    store: Store,
    scan: Scan,
    prefix: str,
    glances: Mapping[str, Glance],
    *,
    deep: Collection[Where] = (),
    tool: Tool | None = None,
    at: datetime | None = None,
) -> bool:
    """Takes a scan into the findings of its channel, in one transaction; False when it was in already.

    `glances`: what was looked at well, by address. `deep`: outcomes that only a deep look shows. `at`: when the scan
    looked; its start, unless given.
    """
    at = at or scan.started
    tool = tool or Tool()
    with store.session() as session:
        claimed = session.execute(
            _insert(session, FindingNightRow)
            .values(scan_id=scan.id, channel=scan.channel, before=None, at=at, detail={})
            .on_conflict_do_nothing(index_elements=["scan_id"])
            .returning(FindingNightRow.scan_id)
        ).first()
        if claimed is None:
            return False
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("LOCK TABLE finding IN SHARE ROW EXCLUSIVE MODE"))
        looked = _looked(session, scan, at, glances)
        flips = _flips(session, scan.channel)
        held = {one.rule for one in flips if one.held}
        known = _known(session, scan.channel)
        result = advance(known, _sightings(session, scan.id, frozenset(deep)), looked, held=held, tool=tool)
        detail = _write(session, scan, prefix, known, result.steps)
        coverage = _coverage(session, scan, looked)
        detail |= {
            "partial": looked.partial,
            "held_back": result.held_back,
            "coverage": asdict(coverage),
            "tool": [asdict(change) for change in tool.changes],
            "flips": [asdict(one) for one in flips],
        }
        session.execute(
            update(FindingNightRow)
            .where(FindingNightRow.scan_id == scan.id)
            .values(before=tool.before or _last(session, scan), detail=detail)
        )
        return True


def _last(session: Session, scan: Scan) -> int | None:
    return session.scalar(
        select(func.max(FindingNightRow.scan_id)).where(
            FindingNightRow.channel == scan.channel, FindingNightRow.scan_id < scan.id
        )
    )


def _looked(session: Session, scan: Scan, at: datetime, glances: Mapping[str, Glance]) -> Looked:
    unseen = {
        url: state
        for url, state in session.execute(select(AddressRow.url, AddressRow.state).where(AddressRow.scan_id == scan.id))
        if url not in glances
    }
    not_looked = [
        (url, criterion)
        for url, criterion in session.execute(
            select(AddressRow.url, OutcomeRow.criterion)
            .outerjoin(AddressRow, OutcomeRow.address_id == AddressRow.id)
            .where(
                OutcomeRow.scan_id == scan.id, OutcomeRow.verdict == Verdict.UNTESTED, OutcomeRow.rule == "not-looked"
            )
            .distinct()
        )
    ]
    blind: dict[str | None, set[str]] = {}
    for url, criterion in not_looked:
        blind.setdefault(url, set()).add(criterion)
    pages = {url: replace(glance, blind=frozenset(blind.get(url, ()))) for url, glance in glances.items()}
    follow = bool(scan.settings.get("follow", True))
    site_blind = frozenset(blind.get(None, ()))
    return Looked(scan.id, at, pages, unseen, follow, site_blind, not follow, _keener(session, scan))


def _keener(session: Session, scan: Scan) -> frozenset[int]:
    """Scans of this channel by a driver that sees more: none for Playwright's, those of Playwright for the second."""
    if _driver(scan.versions) != "selenium":
        return frozenset()
    past = session.execute(select(ScanRow.id, ScanRow.versions).where(ScanRow.channel == scan.channel))
    return frozenset(number for number, versions in past if _driver(versions) != "selenium")


def _driver(versions: Mapping[str, Any]) -> str:
    """Which driver looked, whatever its version; older scans do not say, and were Playwright's."""
    return str(versions.get("driver", "")).partition(" ")[0] or "playwright"


def _sightings(session: Session, scan: int, deep: frozenset[Where]) -> list[Sighting]:
    query = (
        select(OutcomeRow.__table__, AddressRow.url)
        .outerjoin(AddressRow, OutcomeRow.address_id == AddressRow.id)
        .where(OutcomeRow.scan_id == scan, OutcomeRow.verdict.in_((Verdict.FAILED, Verdict.CANT_TELL)))
        .order_by(AddressRow.depth, AddressRow.place, OutcomeRow.id)
    )
    found = []
    for row in session.execute(query):
        url, box = row.url, row.box
        place = Place(
            row.selector,
            row.snippet,
            row.frame,
            (box[0], box[1], box[2], box[3]) if box else None,
            row.region,
            row.component,
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
        if not is_finding(outcome):
            continue
        if row.address_id is None:
            found.append(Sighting(str(row.detail.get("url", "")), outcome, "site", row.picture))
        else:
            found.append(Sighting(url, outcome, "deep" if where(url, outcome) in deep else "light", row.picture))
    return found


def _coverage(session: Session, scan: Scan, looked: Looked) -> Coverage:
    counts = {
        str(state): count
        for state, count in session.execute(
            select(AddressRow.state, func.count()).where(AddressRow.scan_id == scan.id).group_by(AddressRow.state)
        )
    }
    left = counts.get(LedgerState.FOUND, 0) + counts.get(LedgerState.OVER_BUDGET, 0)
    return Coverage(
        sum(page.complete for page in looked.pages.values()),
        sum(not page.complete for page in looked.pages.values()),
        sum(page.deep for page in looked.pages.values()),
        counts,
        not left and not looked.partial,
    )


def _write(session: Session, scan: Scan, prefix: str, known: Sequence[Known], steps: Sequence[Step]) -> dict[str, Any]:
    """Writes what the night did; the sets of the night by finding number."""
    was = {one.number: one for one in known}
    sets: dict[str, list[int]] = {
        name: []
        for name in (
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
    }
    why: dict[str, dict[str, Any]] = {}
    changed, emptied = [], []
    occurrences: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    pages: list[dict[str, Any]] = []
    for number, step in _numbered(session, scan, prefix, steps):
        one, before = step.known, was.get(number)
        if before is not None and one != before:
            changed.append({"b_id": number, **_columns(one)})
        if before is None or one.spots != before.spots:
            emptied.append(number)
            pages += [_page_row(number, place, spot) for place, spot in enumerate(one.spots.values())]
        events += [
            {
                "finding_id": number,
                "scan": event.scan,
                "at": event.at,
                "what": event.what,
                "by": event.by,
                "detail": dict(event.values),
            }
            for event in step.events
        ]
        here = [spot for spot in one.spots.values() if spot.scan == scan.id]
        occurrences.append(
            {
                "finding_id": number,
                "scan_id": scan.id,
                "life": str(one.life),
                "pages": len(here),
                "places": sum(s.count for s in here),
            }
        )
        sets[_set_of(step, before)].append(number)
        if one.life is Life.NOT_RETESTED and one.why is not None:
            why[str(number)] = {"key": one.why.key, "values": dict(one.why.values)}
    if changed:
        names = [name for name in changed[0] if name != "b_id"]
        session.connection().execute(
            update(FindingRow)
            .where(FindingRow.id == bindparam("b_id"))
            .values({name: bindparam(name) for name in names}),
            changed,
        )
    for start in range(0, len(emptied), 500):
        session.execute(delete(FindingPageRow).where(FindingPageRow.finding_id.in_(emptied[start : start + 500])))
    for target, rows in ((FindingPageRow, pages), (FindingEventRow, events), (OccurrenceRow, occurrences)):
        if rows:
            session.execute(insert(target), rows)
    return {"sets": sets, "why": why}


def _numbered(session: Session, scan: Scan, prefix: str, steps: Sequence[Step]) -> list[tuple[int, Step]]:
    """Every step with its finding's number; new findings are inserted and get one, and a code that is never reused."""
    fresh = [step for step in steps if not step.known.number]
    start = _next_number(session, prefix)
    codes = [f"{prefix}-{start + index:04d}" for index in range(len(fresh))]
    if fresh:
        session.execute(
            insert(FindingRow),
            [
                {"code": code, "channel": scan.channel, "first_scan": scan.id, **_columns(step.known)}
                for code, step in zip(codes, fresh, strict=True)
            ],
        )
    numbers = dict(
        session.execute(
            select(FindingRow.code, FindingRow.id).where(
                FindingRow.first_scan == scan.id, FindingRow.channel == scan.channel
            )
        ).all()
    )
    given = iter(codes)
    return [(step.known.number or numbers[next(given)], step) for step in steps]


def _set_of(step: Step, before: Known | None) -> str:
    """In which set of the night a finding belongs: exactly one."""
    one = step.known
    if one.life is Life.FALSE_ALARM:
        return "false_alarms"
    if step.fresh:
        return "tool_new" if one.cause == "tool" else "new"
    if one.life is Life.ACCEPTED:
        return "accepted"
    if one.life is Life.FIXED:
        return "fixed"
    if one.life is Life.REOPENED:
        return "reopened"
    if one.retired:
        return "not_retested" if before is not None and before.retired else "tool_gone"
    if one.life is Life.NOT_RETESTED:
        return "not_retested"
    return "seems_fixed" if one.seems_fixed else "unchanged"


def _next_number(session: Session, prefix: str) -> int:
    codes = session.scalars(select(FindingRow.code).where(FindingRow.code.like(f"{prefix}-%")))
    return max((int(code.rpartition("-")[2]) for code in codes), default=0) + 1


def _columns(one: Known) -> dict[str, Any]:
    mark = one.mark
    return {
        "fingerprint": one.key.fingerprint,
        "scope": one.key.scope,
        "page": one.key.page,
        "rule": one.shape.rule[:80],
        "criterion": one.shape.criterion,
        "shape": {"shape": asdict(one.shape), "tokens": sorted(one.tokens), "exacts": sorted(one.exacts)},
        "strictness": one.strictness,
        "kind": one.kind,
        "life": str(one.life),
        "first_seen": one.first_seen,
        "last_seen": one.last_seen,
        "last_scan": one.last_scan,
        "fixed_on": one.fixed_on,
        "reopened_on": one.reopened_on,
        "mark": {}
        if mark is None
        else {
            "life": str(mark.life),
            "reason": mark.reason,
            "by": mark.by,
            "on": mark.on.isoformat(),
            "until": mark.until.isoformat() if mark.until else "",
            "exacts": sorted(one.mark_exacts),
        },
        "state": {
            "cause": one.cause,
            "retired": one.retired,
            "seems_fixed": one.seems_fixed,
            "why": {"key": one.why.key, "values": dict(one.why.values)} if one.why else None,
        },
    }


def _page_row(finding: int, place: int, spot: Spot) -> dict[str, Any]:
    example: dict[str, Any] = {}
    if spot.example is not None:
        at = spot.example.place
        example = {
            "place": None if at is None else asdict(at),
            "values": dict(spot.example.values),
            "replay": list(spot.example.replay),
            "picture": spot.example.picture,
        }
    return {
        "finding_id": finding,
        "place": place,
        "url": spot.url[:2048],
        "state": spot.state,
        "viewport": spot.viewport,
        "depth": spot.depth,
        "scan": spot.scan,
        "count": spot.count,
        "clean": spot.clean,
        "example": example,
    }


def _known(session: Session, channel: str) -> list[Known]:
    rows = list(session.scalars(select(FindingRow).where(FindingRow.channel == channel).order_by(FindingRow.id)))
    spots = _spots(session, select(FindingRow.id).where(FindingRow.channel == channel))
    return [_known_one(row, spots.get(row.id, {})) for row in rows]


def _spots(session: Session, findings: Any) -> dict[int, dict[str, Spot]]:
    table = FindingPageRow.__table__.c
    found: dict[int, dict[str, Spot]] = {}
    for row in session.execute(
        select(
            table.finding_id,
            table.url,
            table.state,
            table.viewport,
            table.depth,
            table.scan,
            table.count,
            table.clean,
            table.example,
        )
        .where(table.finding_id.in_(findings))
        .order_by(table.finding_id, table.place)
    ):
        example = None
        if row.example:
            at = row.example["place"]
            example = Example(
                row.url,
                None if at is None else _place(at),
                row.state,
                row.viewport,
                row.example["values"],
                tuple(row.example["replay"]),
                row.example["picture"],
            )
        found.setdefault(row.finding_id, {})[row.url] = Spot(
            row.url, row.state, row.viewport, row.depth, row.scan, row[6], row.clean, example
        )
    return found


def _place(raw: Mapping[str, Any]) -> Place:
    box = raw["box"]
    return Place(
        raw["selector"],
        raw["snippet"],
        raw["frame"],
        (box[0], box[1], box[2], box[3]) if box else None,
        raw["region"],
        raw["component"],
    )


def _known_one(row: FindingRow, spots: Mapping[str, Spot]) -> Known:
    raw = row.shape["shape"]
    shape = Shape(
        **{
            **raw,
            "component": tuple(raw["component"]),
            "attributes": tuple(raw["attributes"]),
            "stems": tuple(raw["stems"]),
        }
    )
    why = row.state.get("why")
    return Known(
        row.id,
        Key(row.fingerprint, cast(Scope, row.scope), row.page),
        shape,
        frozenset(row.shape["tokens"]),
        cast(Strictness, row.strictness),
        cast(Kind, row.kind),
        Life(row.life),
        row.first_seen,
        row.last_seen,
        row.last_scan,
        spots,
        row.fixed_on,
        row.reopened_on,
        _mark(row.mark),
        frozenset(row.mark.get("exacts", ())),
        frozenset(row.shape["exacts"]),
        row.state["cause"],
        row.state["retired"],
        Words(why["key"], why["values"]) if why else None,
        row.state["seems_fixed"],
    )


def _mark(raw: Mapping[str, Any]) -> Mark | None:
    if not raw:
        return None
    return Mark(
        Life(raw["life"]),
        raw["reason"],
        raw["by"],
        datetime.fromisoformat(raw["on"]),
        date.fromisoformat(raw["until"]) if raw["until"] else None,
    )


# Flips


def save_flips(store: Store, scan: int, counts: Mapping[str, tuple[int, int]]) -> None:
    """Rule → (findings seen in either look, seen in one only), of the pages of this scan that were looked at twice."""
    with store.session() as session:
        session.execute(delete(FlipRow).where(FlipRow.scan_id == scan))
        if counts:
            session.execute(
                insert(FlipRow),
                [
                    {"scan_id": scan, "rule": rule[:80], "seen": seen, "flips": flips}
                    for rule, (seen, flips) in counts.items()
                ],
            )


def flip_rates(store: Store, channel: str) -> list[FlipRate]:
    """Rules that flipped in the last scans of a channel, worst first."""
    with store.session() as session:
        return _flips(session, channel)


def _flips(session: Session, channel: str) -> list[FlipRate]:
    recent = (
        select(FlipRow.scan_id)
        .join(ScanRow, ScanRow.id == FlipRow.scan_id)
        .where(ScanRow.channel == channel)
        .distinct()
        .order_by(FlipRow.scan_id.desc())
        .limit(FLIP_NIGHTS)
    )
    numbers = list(session.scalars(recent))
    rows = session.execute(
        select(FlipRow.rule, func.sum(FlipRow.seen), func.sum(FlipRow.flips))
        .where(FlipRow.scan_id.in_(numbers))
        .group_by(FlipRow.rule)
    )
    rates = [
        FlipRate(rule, int(seen), int(flips), int(flips) >= FLIP_LEAST and int(flips) > FLIP_LIMIT * int(seen))
        for rule, seen, flips in rows
        if flips
    ]
    return sorted(rates, key=lambda one: (-one.rate, one.rule))


# Reading


def findings(
    store: Store,
    config: Config,
    channel: str | None = None,
    *,
    lives: Collection[Life] = (),
    codes: Collection[str] = (),
    numbers: Collection[int] | None = None,
    today: date | None = None,
) -> list[Finding]:
    """Findings as reports read them, in order of id; of one channel, of these lives, with these ids, when given."""
    with store.session() as session:
        query = select(FindingRow).order_by(FindingRow.channel, FindingRow.id)
        ids = select(FindingRow.id)
        for condition in _conditions(channel, lives, codes):
            query, ids = query.where(condition), ids.where(condition)
        rows = [row for row in session.scalars(query) if numbers is None or row.id in numbers]
        spots = _spots(session, ids)
        events: dict[int, list[Event]] = {}
        table = FindingEventRow.__table__.c
        for row in session.execute(
            select(table.finding_id, table.at, table.what, table.scan, table.by, table.detail)
            .where(table.finding_id.in_(ids))
            .order_by(table.id)
        ):
            events.setdefault(row.finding_id, []).append(Event(row.at, row.what, row.scan, row.by, row.detail))
        looked = {
            name: detail["coverage"]["looked"]
            for name, detail in session.execute(
                select(FindingNightRow.channel, FindingNightRow.detail).order_by(FindingNightRow.scan_id)
            )
            if not detail.get("partial") and "coverage" in detail
        }
    day = today or datetime.now(HERE).date()
    owned = _owner_cache(config)
    return [
        _finding(
            config, row, spots.get(row.id, {}), tuple(events.get(row.id, ())), looked.get(row.channel, 0), day, owned
        )
        for row in rows
    ]


def _conditions(channel: str | None, lives: Collection[Life], codes: Collection[str]) -> Iterable[Any]:
    if channel is not None:
        yield FindingRow.channel == channel
    if lives:
        yield FindingRow.life.in_([str(life) for life in lives])
    if codes:
        yield FindingRow.code.in_(list(codes))


MOST_OWNED = 50
"""Pages of a finding that decide who owns it."""


def _owner_cache(config: Config) -> Callable[[owners.Spotted], Owner]:
    return lru_cache(maxsize=100_000)(lambda spotted: owners.owner_of(config, spotted))


def _finding(
    config: Config,
    row: FindingRow,
    spots: Mapping[str, Spot],
    history: tuple[Event, ...],
    looked: int,
    today: date,
    owned: Callable[[owners.Spotted], Owner],
) -> Finding:
    one = _known_one(row, spots)
    examples = [spot.example for spot in spots.values() if spot.example is not None]
    places = {example.url: example.place for example in examples}
    first = next((example.place for example in examples if example.place is not None), None)
    component = first.component if first is not None else ">".join(one.shape.component)
    owner = owners.main_owner(
        owned(
            owners.Spotted(row.channel, url, one.shape.region, component, (places.get(url) or first or Place("")).frame)
        )
        for url in list(spots)[:MOST_OWNED] or [""]
    )
    share = min(1.0, len(spots) / looked) if looked else 0.0
    impact, because = severity(row.rule, row.criterion, one.kind, len(spots), share)
    since = (one.reopened_on or one.first_seen).astimezone(HERE).date()
    due = deadline(since, impact, owners.repair_days(config, owner)) if one.life in OPEN and not one.retired else None
    return Finding(
        row.code,
        row.channel,
        row.rule,
        row.criterion,
        one.strictness,
        impact,
        because,
        owner,
        one.life,
        one.kind,
        one.shape.region,
        component,
        one.first_seen,
        one.last_seen,
        one.fixed_on,
        one.reopened_on,
        due,
        due is not None and due < today,
        tuple(spots),
        share,
        sum(spot.count for spot in spots.values()),
        tuple(sorted(examples, key=lambda example: not example.picture)),
        history,
        one.mark,
        one.why,
        one.seems_fixed,
        one.cause,
    )


def last_night(store: Store, channel: str) -> int | None:
    """Number of the last scan of a channel that went into its findings."""
    with store.session() as session:
        return session.scalar(select(func.max(FindingNightRow.scan_id)).where(FindingNightRow.channel == channel))


def night(store: Store, config: Config, scan: int, *, today: date | None = None) -> Night:
    """What one scan did to the findings of its channel. Findings are as they stand now. Raises KeyError."""
    with store.session() as session:
        row = session.get(FindingNightRow, scan)
        if row is None:
            raise KeyError(scan)
    sets: dict[str, list[int]] = row.detail["sets"]
    wanted = {number for numbers in sets.values() for number in numbers}
    with store.session() as session:
        number_of = dict(
            session.execute(select(FindingRow.code, FindingRow.id).where(FindingRow.channel == row.channel)).all()
        )
    every = {number_of[one.id]: one for one in findings(store, config, row.channel, numbers=wanted, today=today)}
    why = {int(number): Words(words["key"], words["values"]) for number, words in row.detail["why"].items()}

    def these(name: str) -> tuple[Finding, ...]:
        return tuple(
            replace(every[number], not_retested=why.get(number, every[number].not_retested))
            for number in sets[name]
            if number in every
        )

    return Night(
        row.channel,
        row.scan_id,
        row.before,
        row.at,
        these("new"),
        these("fixed"),
        these("reopened"),
        these("not_retested"),
        these("seems_fixed"),
        these("unchanged"),
        these("accepted"),
        these("false_alarms"),
        these("tool_new"),
        these("tool_gone"),
        tuple(ToolChange(**change) for change in row.detail["tool"]),
        tuple(FlipRate(**one) for one in row.detail["flips"]),
        row.detail["held_back"],
        Coverage(**row.detail["coverage"]),
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """Two scans of one channel compared, by finding id."""

    new: tuple[str, ...]
    fixed: tuple[str, ...]
    reopened: tuple[str, ...]
    """Were fixed at the first scan, open at the second."""
    not_retested: tuple[str, ...]
    still: tuple[str, ...]
    marked: tuple[str, ...]
    """Accepted or false alarm at the second."""


def difference(store: Store, first: int, second: int) -> Difference:
    """What became of the findings between two scans. Raises KeyError: no night of it; ValueError: two channels."""
    with store.session() as session:
        found = session.scalars(select(FindingNightRow).where(FindingNightRow.scan_id.in_((first, second)))).all()
        nights = {row.scan_id: row.channel for row in found}
        partial = {row.scan_id for row in found if row.detail.get("partial")}
        for number in (first, second):
            if number not in nights:
                raise KeyError(number)
        if len(set(nights.values())) > 1:
            raise ValueError(f"scan {first} is of {nights[first]}, scan {second} of {nights[second]}")
        lives: dict[int, dict[int, Life]] = {first: {}, second: {}}
        for scan, finding, life in session.execute(
            select(OccurrenceRow.scan_id, OccurrenceRow.finding_id, OccurrenceRow.life).where(
                OccurrenceRow.scan_id.in_((first, second))
            )
        ):
            lives[scan][finding] = Life(life)
        rows = session.execute(
            select(FindingRow.id, FindingRow.code, FindingRow.first_scan)
            .where(FindingRow.channel == nights[first])
            .order_by(FindingRow.id)
        ).all()
    sets: dict[str, list[str]] = {name: [] for name in ("new", "fixed", "reopened", "not_retested", "still", "marked")}
    for number, code, born in rows:
        before, after = lives[first].get(number), lives[second].get(number)
        if after in (Life.ACCEPTED, Life.FALSE_ALARM):
            sets["marked"].append(code)
        elif after in OPEN:
            if before is None and born > first:
                sets["new"].append(code)
            elif before is Life.FIXED or (before is None and first not in partial):
                sets["reopened"].append(code)
            else:
                sets["not_retested" if after is Life.NOT_RETESTED else "still"].append(code)
        elif before in OPEN and (after is Life.FIXED or second not in partial):
            sets["fixed"].append(code)
    return Difference(**{name: tuple(codes) for name, codes in sets.items()})


# What people say


def mark(store: Store, code: str, said: Mark) -> None:
    """Accepts a finding for a while, or calls it a false alarm. Raises KeyError."""
    with store.session() as session:
        row = _row(session, code)
        one = _known_one(row, {})
        one = replace(one, life=said.life, mark=said, mark_exacts=one.exacts, why=None, seems_fixed=False)
        session.execute(update(FindingRow).where(FindingRow.id == row.id).values(**_columns(one)))
        what = "accepted" if said.life is Life.ACCEPTED else "false-alarm"
        _say(
            session,
            row.id,
            what,
            said.by,
            {"reason": said.reason, **({"until": said.until.isoformat()} if said.until else {})},
        )


def reopen(store: Store, code: str, by: str, reason: str) -> None:
    """Takes a mark away, or says that what was called fixed is not. Raises KeyError."""
    with store.session() as session:
        row = _row(session, code)
        one = _known_one(row, {})
        life = Life.REOPENED if one.life is Life.FIXED else Life.OPEN
        one = replace(
            one,
            life=life,
            mark=None,
            mark_exacts=frozenset(),
            fixed_on=None,
            reopened_on=now() if life is Life.REOPENED else one.reopened_on,
            seems_fixed=False,
        )
        session.execute(update(FindingRow).where(FindingRow.id == row.id).values(**_columns(one)))
        session.execute(update(FindingPageRow).where(FindingPageRow.finding_id == row.id).values(clean=0))
        _say(session, row.id, "reopened-by-hand", by, {"reason": reason})


def _row(session: Session, code: str) -> FindingRow:
    row = session.scalar(select(FindingRow).where(FindingRow.code == code.upper()))
    if row is None:
        raise KeyError(code)
    return row


def _say(session: Session, finding: int, what: str, by: str, values: Mapping[str, Any]) -> None:
    session.add(FindingEventRow(finding_id=finding, scan=None, at=now(), what=what, by=by, detail=dict(values)))
