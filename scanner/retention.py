"""Keeping the house clean: evidence of old nights is thinned, and never what something rests on.

Thinned are blobs (evidence and pictures); what they said stays, as outcomes, ledger and findings. Kept whole are: scans
at work, the newest nights of each channel, the scans that a statement, research, a person's verdict or answer, a retest
or an improvement record of the dossier can have looked at (the newest that was finished on its day), those of an
evidence file that was written, and the quarterly and yearly scans, which are made to be evidence. Of other scans,
pages on which a finding that is not fixed was first or last seen keep their evidence and pictures; files that people
handed in are never touched. What no scan names any more (a light look that a deep look replaced) goes at once.

A store larger than it may be is thinned further, oldest night first, down to two nights a channel; then outcomes of
nights that were thinned go too. What went is written down in the table `thinned` (blobs) and under `thinned.outcomes`
(scans), so that `explain` and `judge --replay` can say so.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from scanner import dossier_store
from scanner.config import Config
from scanner.dossier import HistoryBroken
from scanner.finding_store import HERE
from scanner.findings import Life
from scanner.model import Verdict
from scanner.store import Scan, Store, _insert, now, trouble
from scanner.tables import (
    AddressRow,
    BlobRow,
    FindingEventRow,
    FindingPageRow,
    FindingRow,
    OutcomeRow,
    ScanRow,
    ScheduledNightRow,
    SettingRow,
    ThinnedRow,
)

log = logging.getLogger(__name__)

LEAST_NIGHTS = 2
"""Nights of a channel that are never thinned, however large the store is: the next scan goes on from them."""
KINDS = ("evidence", "picture")
"""Blobs that a scan makes. Others were handed in by people."""
FOR_EVIDENCE = ("quarterly", "yearly")
"""Kinds of night whose scans are kept whole."""
RESTING = re.compile(r"(statement|reports|research|human|answers|retests|improvements)(/|$)")
"""Parts of a dossier that rest on what a scan saw."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
WRITTEN = re.compile(r"evidence-(\d{4}-\d{2}-\d{2})-[a-z]{2}\.(?:zip|sha256sums\.txt)")
BATCH = 200
"""Blobs that go in one transaction: a scan at work waits no longer than that takes."""
OUTCOME_BYTES = 400
"""What an outcome takes besides its selector and snippet, about: for the estimate of a dry run."""
Clock = Callable[[], datetime]
NOTED = "thinned.outcomes.{scan}"
ROOM = 1.2
"""Free disk that SQLite needs to write itself anew, as a multiple of its file."""


@dataclass(slots=True)
class Tidied:
    """What was thinned, or with `dry_run` would be; sizes in bytes."""

    dry_run: bool
    limit: int
    before: int = 0
    after: int = 0
    """Size of the database; of a dry run an estimate."""
    blobs: int = 0
    freed: int = 0
    """Bytes of the blobs that went."""
    scans: list[int] = field(default_factory=list)
    """Scans that lost evidence."""
    outcomes: list[int] = field(default_factory=list)
    """Scans whose outcomes went, for lack of room."""
    kept: dict[str, int] = field(default_factory=dict)
    """Scans that were kept whole although they are old, by reason: statement, evidence, unfinished."""
    resting: int = 0
    """Blobs of old nights that an open finding rests on."""
    unnamed: int = 0
    """Blobs that nothing named any more."""
    notes: list[str] = field(default_factory=list)
    """Keys of texts (`keep.note.<key>`) of what could not be done."""

    @property
    def fits(self) -> bool:
        """The store is within its size."""
        return self.after <= self.limit


def size_of(engine: Engine) -> int:
    """Bytes that the database takes, without room in it that is free to be used again (SQLite)."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
        pages, free, page = (_pragma(connection, name) for name in ("page_count", "freelist_count", "page_size"))
        return (pages - free) * page


def _pragma(connection: Connection, name: str) -> int:
    return int(connection.scalar(text(f"PRAGMA {name}")) or 0)


def outcomes_thinned(store: Store, scan: int) -> str:
    """The day (ISO) on which the outcomes of a scan went for lack of room; empty when they are there."""
    with store.session() as session:
        row = session.get(SettingRow, NOTED.format(scan=scan))
        return row.value if row else ""


def tidy(
    store: Store, config: Config, *, dry_run: bool = False, clock: Clock = now, most_bytes: int | None = None
) -> Tidied:
    """Thins what is older than `keep_nights`, then what makes the store larger than `max_megabytes`.

    May be killed at any moment, and run beside a scan. `most_bytes` stands in for the setting. StoreTrouble when the
    store cannot be written to.
    """
    done = Tidied(dry_run, most_bytes if most_bytes is not None else config.storage.max_megabytes * 1_000_000)
    done.before = done.after = size_of(store.engine)
    whole, done.kept = _kept_whole(store, config)
    scans = store.scans()
    old = _older_than(scans, config.storage.keep_nights) - whole
    more = _older_than(scans, LEAST_NIGHTS) - whole - old
    found = _find(store, old, more, done)
    _take_away(store, found, found.unnamed, "", done, clock)
    _take_away(store, found, found.last(old), "age", done, clock)
    for scan in sorted(more):
        if done.after <= done.limit:
            break
        old.add(scan)
        _take_away(store, found, found.last({scan}), "size", done, clock)
    for scan in sorted(old):
        if done.after <= done.limit:
            break
        if not outcomes_thinned(store, scan):
            _thin_outcomes(store, scan, done, clock())
    if not dry_run:
        _shrink(store.engine, done)
    if not done.fits:
        done.notes.append("too_large")
    return done


# What is kept ------------------------------------------------------------------------------------------------------


def night_of(scan: Scan) -> date:
    """The night that a scan belongs to: what starts before noon is of the day before."""
    return (scan.started.astimezone(HERE) - timedelta(hours=12)).date()


def _older_than(scans: Sequence[Scan], nights: int) -> set[int]:
    """Scans of each channel that are not of its newest nights. Whole scans that went well make a night (loose
    pages where there are no others)."""
    days: dict[str, set[date]] = {}
    for channel in {scan.channel for scan in scans}:
        well = [scan for scan in scans if scan.channel == channel and scan.stage == "done"]
        followed = [scan for scan in well if scan.settings.get("follow", True)]
        days[channel] = {night_of(scan) for scan in followed or well}
    first = {channel: sorted(found)[-nights:][0] for channel, found in days.items() if len(found) > nights}
    return {scan.id for scan in scans if scan.channel in first and night_of(scan) < first[scan.channel]}


def _kept_whole(store: Store, config: Config) -> tuple[set[int], dict[str, int]]:
    """Scans that lose nothing, and how many of them for which reason; each counted under the first that holds."""
    found: dict[str, set[int]] = {"unfinished": {scan.id for scan in store.scans(finished=False)}}
    with store.session() as session:
        nights = session.scalars(select(ScheduledNightRow.scan_id).where(ScheduledNightRow.kind.in_(FOR_EVIDENCE)))
        found["evidence"] = {number for number in nights if number is not None}
    found["statement"] = set()
    scans = [scan for scan in store.scans(finished=True) if scan.stage == "done"]
    for channel in {scan.channel for scan in scans}:
        days = _days_of(store, channel) | _days_written(config.reports.folder / channel / "law")
        mine = [scan for scan in scans if scan.channel == channel]
        for day in days:
            found["statement"] |= _seen_on(mine, day)
    whole: set[int] = set()
    counts = {}
    for reason, numbers in found.items():
        counts[reason] = len(numbers - whole)
        whole |= numbers
    return whole, counts


def _seen_on(scans: Sequence[Scan], day: date) -> set[int]:
    """The scans that something of this day can have rested on: the newest whole one and the newest of any kind that
    were finished by the end of it, and every scan of the day itself. `scans`: newest first."""
    before = [s for s in scans if (s.finished or s.started).astimezone(HERE).date() <= day]
    followed = [s for s in before if s.settings.get("follow", True)]
    on = [
        s
        for s in scans
        if day in (s.started.astimezone(HERE).date(), (s.finished or s.started).astimezone(HERE).date())
    ]
    return {s.id for s in (*before[:1], *followed[:1], *on)}


def _days_of(store: Store, channel: str) -> set[date]:
    """Days that the dossier of a channel names in what rests on a scan, or on which such a thing was written down.

    A dossier whose history is broken is read change by change: rather too much is kept than too little.
    """
    try:
        changes = dossier_store.dossier(store, channel).changes
    except (HistoryBroken, ValueError):
        with store.session() as session:
            changes = tuple(dossier_store._changes(session, channel))
    found: set[date] = set()
    for change in changes:
        if not RESTING.match(change.path):
            continue
        found.add(change.at.astimezone(HERE).date())
        if change.since:
            found.add(change.since)
        for value in (change.before, change.after):
            found |= set(_days_in(json.dumps(value)))
    return found


def _days_in(words: str) -> Iterator[date]:
    for said in DAY.findall(words):
        try:
            yield date.fromisoformat(said)
        except ValueError:
            continue


def _days_written(folder: Path) -> set[date]:
    """Days of evidence files that were written: they name the hashes of what they rest on."""
    names = [path.name for path in folder.glob("evidence-*")] if folder.is_dir() else []
    return {day for name in names if (found := WRITTEN.fullmatch(name)) for day in _days_in(found[1])}


def resting(session: Session, scans: Iterable[int]) -> set[str]:
    """Hashes of these scans that a finding which is not fixed rests on: pages where it was first or last seen.

    A finding's pages in its first scan are those on which its rule said something then: rather a few too many.
    """
    there = list(scans)
    kept: set[str] = set()
    wanted: dict[int, set[str]] = defaultdict(set)
    rows = session.execute(
        select(FindingRow.rule, FindingRow.first_scan, FindingRow.last_scan).where(FindingRow.life != Life.FIXED)
    )
    for rule, first, last in rows:
        for number in (first, last):
            wanted[number].add(rule)
    for scan in there:
        pages: set[int] = set()
        urls: set[str] = set()
        if wanted[scan]:
            said = session.execute(
                select(OutcomeRow.address_id, OutcomeRow.picture, OutcomeRow.detail).where(
                    OutcomeRow.scan_id == scan,
                    OutcomeRow.rule.in_(wanted[scan]),
                    OutcomeRow.verdict.in_((Verdict.FAILED, Verdict.CANT_TELL)),
                )
            )
            for address, picture, detail in said:
                kept.add(picture)
                if address is None:
                    urls.add(str(detail.get("url", "")))
                else:
                    pages.add(address)
        urls.update(
            session.scalars(
                select(FindingPageRow.url)
                .join(FindingRow, FindingRow.id == FindingPageRow.finding_id)
                .where(FindingPageRow.scan == scan, FindingRow.life != Life.FIXED)
            )
        )
        for number, url, digest in session.execute(
            select(AddressRow.id, AddressRow.url, AddressRow.evidence).where(
                AddressRow.scan_id == scan, AddressRow.evidence != ""
            )
        ):
            if number in pages or url in urls:
                kept.add(digest)
    for example in session.scalars(select(FindingPageRow.example)):
        if example.get("picture"):
            kept.add(str(example["picture"]))
    return kept - {""}


# Thinning ----------------------------------------------------------------------------------------------------------


def _hashes(session: Session, scan: int) -> set[str]:
    """Hashes that a scan names."""
    evidence = session.scalars(select(AddressRow.evidence).where(AddressRow.scan_id == scan).distinct())
    pictures = session.scalars(select(OutcomeRow.picture).where(OutcomeRow.scan_id == scan).distinct())
    return {*evidence, *pictures} - {""}


@dataclass(slots=True)
class _Found:
    """What may go, decided at one moment."""

    newest: int
    """Highest number of a scan at that moment."""
    event: int
    """Highest number of a finding's event: when it moves on, a finding may rest on something else."""
    sizes: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Hash → kind and bytes of every blob that may go."""
    scans: dict[str, list[int]] = field(default_factory=dict)
    """Hash → the scans that name it."""
    unnamed: list[str] = field(default_factory=list)
    """Hashes that no scan names."""

    def last(self, scans: set[int]) -> list[str]:
        """Hashes of which one of these scans is the last that names them."""
        return sorted(digest for digest, named in self.scans.items() if named[-1] in scans)


def _find(store: Store, old: set[int], more: set[int], done: Tidied) -> _Found:
    with store.session() as session:
        every = sorted(session.scalars(select(ScanRow.id)))
        found = _Found(max(every, default=0), session.scalar(select(func.max(FindingEventRow.id))) or 0)
        going = old | more
        rests = resting(session, sorted(going))
        blobs: dict[str, tuple[str, int]] = {
            digest: (kind, size)
            for digest, kind, size in session.execute(
                select(BlobRow.hash, BlobRow.kind, func.length(BlobRow.data)).where(BlobRow.kind.in_(KINDS))
            )
        }
        named: dict[str, list[int]] = defaultdict(list)
        for scan in every:
            for digest in _hashes(session, scan):
                named[digest].append(scan)
    for digest in blobs:
        if digest not in named:
            if digest not in rests:
                found.unnamed.append(digest)
        elif going.issuperset(named[digest]):
            if digest in rests:
                done.resting += old.issuperset(named[digest])
            else:
                found.scans[digest] = named[digest]
    found.sizes = {digest: blobs[digest] for digest in (*found.unnamed, *found.scans)}
    return found


def _some(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _take_away(store: Store, found: _Found, hashes: Sequence[str], why: str, done: Tidied, clock: Clock) -> None:
    """A few blobs a transaction, each looked at again under the lock that every writer of a blob takes.

    `why`: what is written down; empty for blobs that nothing names, of which there is nothing to tell.
    """
    for some in _some(hashes, BATCH):
        going = list(some)
        if not done.dry_run:
            with store.session() as session:
                _lock(session)
                if (session.scalar(select(func.max(FindingEventRow.id))) or 0) != found.event:
                    if "findings_moved" not in done.notes:
                        done.notes.append("findings_moved")
                    return
                taken = _named_since(session, some, found.newest)
                going = [digest for digest in some if digest not in taken]
                if going and why:
                    _write_down(session, found, going, why, clock())
                session.execute(delete(BlobRow).where(BlobRow.hash.in_(going)))
        freed = sum(found.sizes[digest][1] for digest in going)
        done.blobs += len(going)
        done.unnamed += 0 if why else len(going)
        done.freed += freed
        done.scans = sorted({*done.scans, *(scan for digest in going for scan in found.scans.get(digest, ()))})
        _measure(store, done, freed)


def _measure(store: Store, done: Tidied, freed: int) -> None:
    """What the store takes now; an estimate where the database does not tell (PostgreSQL, before it was vacuumed)."""
    exact = store.engine.dialect.name == "sqlite" and not done.dry_run
    done.after = size_of(store.engine) if exact else max(0, done.after - freed)


def _write_down(session: Session, found: _Found, going: Sequence[str], why: str, at: datetime) -> None:
    rows = [
        {"hash": digest, "kind": found.sizes[digest][0], "size": found.sizes[digest][1], "at": at, "why": why}
        for digest in going
    ]
    session.execute(_insert(session, ThinnedRow).values(rows).on_conflict_do_nothing(index_elements=["hash"]))


def _lock(session: Session) -> None:
    """Nobody adds or takes away a blob until this transaction ends: `scanner.store._put` always writes."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE blob IN SHARE ROW EXCLUSIVE MODE"))
    else:
        session.execute(text("UPDATE setting SET key = key WHERE 1 = 0"))  # takes SQLite's write lock


def _named_since(session: Session, hashes: Sequence[str], newest: int) -> set[str]:
    """Which of these hashes a scan names that is at work, or was begun since."""
    at_work = list(session.scalars(select(ScanRow.id).where((ScanRow.finished.is_(None)) | (ScanRow.id > newest))))
    if not at_work:
        return set()
    evidence = select(AddressRow.evidence).where(AddressRow.scan_id.in_(at_work), AddressRow.evidence.in_(hashes))
    pictures = select(OutcomeRow.picture).where(OutcomeRow.scan_id.in_(at_work), OutcomeRow.picture.in_(hashes))
    return {*session.scalars(evidence), *session.scalars(pictures)}


def _thin_outcomes(store: Store, scan: int, done: Tidied, at: datetime) -> None:
    """Outcomes of the pages of a thinned scan: what they said stays in findings, trends and reports that were made.

    Those of pages that an open finding rests on stay, and those of the site as a whole.
    """
    size = func.length(OutcomeRow.snippet) + func.length(OutcomeRow.selector) + OUTCOME_BYTES
    rows = freed = 0
    with store.session() as session:
        _lock(session)
        rests = resting(session, [scan])
        pages = [
            number
            for number, digest in session.execute(
                select(AddressRow.id, AddressRow.evidence).where(AddressRow.scan_id == scan)
            )
            if digest not in rests
        ]
        for start in range(0, len(pages), 500):
            here = OutcomeRow.address_id.in_(pages[start : start + 500])
            count, taken = session.execute(select(func.count(), func.sum(size)).where(here)).one()
            rows, freed = rows + count, freed + int(taken or 0)
            if not done.dry_run and count:
                session.execute(delete(OutcomeRow).where(here))
        if not rows:
            return
        if not done.dry_run:
            session.execute(insert(SettingRow).values(key=NOTED.format(scan=scan), value=at.date().isoformat()))
    done.outcomes.append(scan)
    _measure(store, done, freed)


# The file ----------------------------------------------------------------------------------------------------------


def _shrink(engine: Engine, done: Tidied) -> None:
    """Gives room back to the disk when a quarter of the file is free, nobody is in the way and the disk has room."""
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if engine.dialect.name == "sqlite":
                _shrink_sqlite(connection, Path(str(engine.url.database)), done)
            elif done.blobs or done.outcomes:
                connection.execute(text("SET lock_timeout = '5s'"))
                for table in ("blob", "outcome"):
                    connection.execute(text(f"VACUUM (FULL, ANALYZE) {table}"))
                connection.execute(text("RESET lock_timeout"))
    except DBAPIError as error:
        if trouble(error) is None:
            raise
        done.notes.append("not_shrunk")
        log.warning("the database was not shrunk: %s", error.orig)
    done.after = size_of(engine)


def _shrink_sqlite(connection: Connection, path: Path, done: Tidied) -> None:
    if _pragma(connection, "freelist_count") * 4 < _pragma(connection, "page_count"):
        return
    if shutil.disk_usage(path.parent).free < (path.stat().st_size if path.exists() else 0) * ROOM:
        done.notes.append("no_room")
        return
    connection.execute(text("PRAGMA busy_timeout=5000"))
    try:
        connection.execute(text("VACUUM"))
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    finally:
        connection.execute(text("PRAGMA busy_timeout=60000"))
