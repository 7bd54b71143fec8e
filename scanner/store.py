"""The store: scans, ledger, evidence and outcomes in one database; SQLite by default, PostgreSQL by its address.

A visit is written in one transaction: its evidence, outcomes, pictures, new links and ledger state together, or not
at all. A process killed at any moment leaves a page either `found` or visited, never half.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import alembic.command
import alembic.config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    create_engine,
    delete,
    event,
    func,
    insert,
    make_url,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from scanner.model import (
    Discovery,
    LedgerState,
    Mistake,
    Outcome,
    PageEvidence,
    Place,
    Record,
    StateEvidence,
    Trouble,
    Verdict,
)
from scanner.tables import AddressRow, BlobRow, OutcomeRow, ScanRow, ThinnedRow


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan as the store knows it."""

    id: int
    channel: str
    kind: str
    started: datetime
    finished: datetime | None
    stage: str
    versions: Mapping[str, Any]
    settings: Mapping[str, Any]
    note: str


@dataclass(frozen=True, slots=True)
class Address:
    """One row of the ledger."""

    id: int
    url: str
    channel: str
    found_on: str
    depth: int
    state: LedgerState
    reason: str
    fetched: bool
    status: int
    content_type: str
    attempts: int
    visited_at: datetime | None
    seconds: float
    title: str
    template: str
    deep: str
    evidence: str
    etag: str
    last_modified: str
    body_hash: str
    confirmed_from: int | None


@dataclass(frozen=True, slots=True)
class StoredOutcome:
    """An outcome with the page it is about and its picture."""

    id: int
    url: str
    """Empty for the site as a whole."""
    outcome: Outcome
    picture: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What one visit leaves behind."""

    page: PageEvidence
    state: LedgerState
    reason: str
    outcomes: Sequence[Outcome]
    pictures: Mapping[int, bytes]
    """Index of the outcome → PNG."""
    links: Sequence[Discovery]
    seconds: float
    deep: str = ""


class Waits(StrEnum):
    """What a page of the ledger waits for."""

    LIGHT = "light"
    """Its first look: it is `found`."""
    DEEP = "deep"
    """Its deep look: it is `due`."""


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


class StoreError(Mistake):
    """The store cannot be opened or used; the message says what to do."""


class StoreTrouble(StoreError, Trouble):
    """The store cannot be read or written now: full, locked, damaged or out of reach. What was written before stays."""


class Thinned(StoreError):
    """A blob that was there and was taken away because it was old; the message says when and why."""

    def __init__(self, digest: str, at: datetime, why: str) -> None:
        reason = "older than keep_nights" if why == "age" else "the store was larger than max_megabytes"
        super().__init__(f"blob {digest[:12]} was thinned on {at:%Y-%m-%d}: {reason}")
        self.digest, self.at, self.why = digest, at, why


HELD = "another program holds the database: wait for it or end it, then run the same command to go on"
TROUBLES = {
    "disk is full": "the disk is full: make room, then run the same command to go on",
    "no space left": "the disk of the database is full: make room, then run the same command to go on",
    "could not extend file": "the disk of the database is full: make room, then run the same command to go on",
    "disk i/o error": "the disk cannot be written to (full, or broken): see to it, then run the same command to go on",
    "database is locked": HELD,
    "lock timeout": HELD,
    "readonly database": "the database may not be written to by this user",
    "read-only": "the database may not be written to",
    "malformed": "the database is damaged: `scanner verify` says where, `scanner restore` brings a backup back",
    "not a database": "the file is no database: `scanner restore` brings a backup back",
    "unable to open": "the database file cannot be opened: see to the folder and its rights",
    "connection": "the database server does not answer: see to it, then run the same command to go on",
    "terminating": "the database server stopped: see to it, then run the same command to go on",
}
"""What a database says → what that means and what to do."""


WAITS_FOR_DISK = {
    "sqlite": {True: "PRAGMA synchronous=FULL", False: "PRAGMA synchronous=NORMAL"},
    "postgresql": {True: "SET LOCAL synchronous_commit TO ON", False: "SET LOCAL synchronous_commit TO OFF"},
}
"""Database → whether the end of a transaction waits until the disk has it → how that is said."""


def trouble(error: Exception) -> StoreTrouble | None:
    """What went wrong with the database in words, or None when it is no trouble of disk, lock or connection."""
    said = str(getattr(error, "orig", None) or error)
    for words, meaning in TROUBLES.items():
        if words in said.lower():
            return StoreTrouble(f"{meaning}. All that was written before is kept. ({said.splitlines()[0][:200]})")
    return None


class Store:
    """An open store. Build with `open_store`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def session(self, *, repeatable: bool = False) -> Iterator[Session]:
        """One transaction: all or nothing. StoreTrouble when disk, lock or connection is in the way.

        `repeatable`: another look would bring the same, so the disk is not waited for. A power cut may undo the last of
        these, a kill none; the next transaction that does wait takes all before it along (decision 0055).
        """
        try:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                session.execute(text(WAITS_FOR_DISK[self.engine.dialect.name][not repeatable]))
                yield session
        except DBAPIError as error:
            if told := trouble(error):
                raise told from error
            raise

    # Scans

    def begin(self, channel: str, kind: str, versions: Mapping[str, Any], settings: Mapping[str, Any]) -> Scan:
        """A new scan, at its first stage."""
        with self.session() as session:
            row = ScanRow(
                channel=channel,
                kind=kind,
                started=now(),
                stage="crawl",
                versions=dict(versions),
                settings=dict(settings),
                note="",
            )
            session.add(row)
            session.flush()
            return _scan(row)

    def unfinished(self, channel: str, kind: str | None = None) -> Scan | None:
        """The scan of this channel that was interrupted, if any."""
        with self.session() as session:
            query = (
                select(ScanRow)
                .where(ScanRow.channel == channel, ScanRow.finished.is_(None))
                .order_by(ScanRow.id.desc())
            )
            row = session.scalars(query.where(ScanRow.kind == kind) if kind else query).first()
            return _scan(row) if row else None

    def scan(self, number: int) -> Scan:
        """Raises KeyError."""
        with self.session() as session:
            row = session.get(ScanRow, number)
            if row is None:
                raise KeyError(number)
            return _scan(row)

    def scans(self, channel: str | None = None, *, finished: bool | None = None) -> list[Scan]:
        """Newest first."""
        with self.session() as session:
            query = select(ScanRow).order_by(ScanRow.id.desc())
            if channel is not None:
                query = query.where(ScanRow.channel == channel)
            if finished is not None:
                query = query.where(ScanRow.finished.is_not(None) if finished else ScanRow.finished.is_(None))
            return [_scan(row) for row in session.scalars(query)]

    def stage(self, scan: int, stage: str, note: str = "") -> None:
        """Moves a scan on; `done` and `given up` end it."""
        with self.session() as session:
            values: dict[str, Any] = {"stage": stage, "note": note}
            if stage in ("done", "given up"):
                values["finished"] = now()
            session.execute(update(ScanRow).where(ScanRow.id == scan).values(**values))

    # The ledger

    def discover(self, scan: int, found: Sequence[Discovery]) -> None:
        """Adds addresses, or what was learned of known ones. What a visit has settled is never overwritten."""
        if not found:
            return
        with self.session() as session:
            _discover(session, scan, found)

    def ledger(self, scan: int, *states: LedgerState) -> list[Address]:
        """Rows in order of discovery; of these states only, if any are given."""
        with self.session() as session:
            query = select(AddressRow).where(AddressRow.scan_id == scan).order_by(AddressRow.depth, AddressRow.place)
            return [
                _address(row) for row in session.scalars(query.where(AddressRow.state.in_(states)) if states else query)
            ]

    def addresses(self, numbers: Iterable[int]) -> list[Address]:
        """These rows of the ledger as they are now; in no order."""
        with self.session() as session:
            return [
                _address(row) for row in session.scalars(select(AddressRow).where(AddressRow.id.in_(list(numbers))))
            ]

    def counts(self, scan: int) -> dict[LedgerState, int]:
        """How many addresses ended in which state."""
        with self.session() as session:
            rows = session.execute(
                select(AddressRow.state, func.count()).where(AddressRow.scan_id == scan).group_by(AddressRow.state)
            )
            return {LedgerState(state): count for state, count in rows}

    def attempt(self, address: int) -> int:
        """Notes that a visit begins; returns the number of this attempt. A page that kills us is not tried for ever."""
        with self.session(repeatable=True) as session:
            session.execute(update(AddressRow).where(AddressRow.id == address).values(attempts=AddressRow.attempts + 1))
            return int(session.scalar(select(AddressRow.attempts).where(AddressRow.id == address)) or 0)

    def settle(self, address: int, state: LedgerState, reason: str = "") -> None:
        """Gives an address that waits for a visit its state without one; what a visit has settled stays."""
        with self.session() as session:
            session.execute(
                update(AddressRow)
                .where(AddressRow.id == address, AddressRow.state == LedgerState.FOUND)
                .values(state=state, reason=reason[:500])
            )

    def note(self, address: int, reason: str) -> None:
        """Says of an address that was looked at what was not seen of it."""
        with self.session() as session:
            session.execute(update(AddressRow).where(AddressRow.id == address).values(reason=reason[:500]))

    def mark_deep(self, addresses: Iterable[int]) -> None:
        """These pages are due for a deep look."""
        with self.session() as session:
            session.execute(
                update(AddressRow).where(AddressRow.id.in_(list(addresses)), AddressRow.deep == "").values(deep="due")
            )

    def save_visit(self, scan: int, address: int, looked: Looked, *, while_: Waits | None = None) -> bool:
        """All that a visit brought, in one transaction; replaces what an earlier visit of this scan left.

        `while_`: only if the page still waits for this look; else nothing is written and the answer is False. Two that
        looked at one page leave one result.
        """
        page = looked.page
        with self.session(repeatable=True) as session:
            if not _mine(session, scan, address, while_):
                return False
            for content in sorted(looked.pictures.values(), key=_digest):  # in one order, or two could wait in a ring
                _put(session, "picture", content)
            facts = page.first("facts") or {}
            evidence = _put(session, "evidence", evidence_bytes(page)) if page.looks else ""
            session.execute(
                update(AddressRow)
                .where(AddressRow.id == address)
                .values(
                    state=looked.state,
                    reason=looked.reason[:500],
                    status=page.status,
                    content_type=page.content_type,
                    visited_at=now(),
                    seconds=looked.seconds,
                    title=str(facts.get("title", ""))[:300],
                    template=page.template,
                    evidence=evidence,
                    **({"deep": looked.deep} if looked.deep else {}),
                )
            )
            session.execute(delete(OutcomeRow).where(OutcomeRow.address_id == address))
            _add_outcomes(session, scan, address, looked.outcomes, looked.pictures)
            if looked.links:
                _discover(session, scan, looked.links)
        return True

    def save_site(self, scan: int, outcomes: Sequence[Outcome]) -> None:
        """Outcomes of the criteria judged over the whole site; replaces earlier ones of this scan."""
        with self.session() as session:
            session.execute(delete(OutcomeRow).where(OutcomeRow.scan_id == scan, OutcomeRow.address_id.is_(None)))
            by_url = {
                url: number
                for number, url in session.execute(
                    select(AddressRow.id, AddressRow.url).where(AddressRow.scan_id == scan)
                )
            }
            _add_outcomes(session, scan, None, outcomes, {}, by_url)

    # Evidence and outcomes

    def evidence(self, scan: int) -> Iterator[PageEvidence]:
        """The kept evidence of every visited page, in order of discovery; one at a time. Thinned pages are left out:
        `thinned` counts them."""
        with self.session() as session:
            hashes = list(
                session.scalars(
                    select(AddressRow.evidence)
                    .where(AddressRow.scan_id == scan, AddressRow.evidence != "")
                    .order_by(AddressRow.depth, AddressRow.place)
                )
            )
        for digest in hashes:
            try:
                data = self.blob(digest)
            except Thinned:
                continue
            yield page_evidence(data)

    def thinned(self, scan: int) -> dict[str, ThinnedRow]:
        """Addresses of a scan whose evidence was thinned, with what is known of it."""
        with self.session() as session:
            rows = session.execute(
                select(AddressRow.url, ThinnedRow)
                .join(ThinnedRow, ThinnedRow.hash == AddressRow.evidence)
                .outerjoin(BlobRow, BlobRow.hash == AddressRow.evidence)
                .where(AddressRow.scan_id == scan, BlobRow.hash.is_(None))
                .order_by(AddressRow.depth, AddressRow.place)
            )
            return {url: row for url, row in rows}  # noqa: C416

    def blob(self, digest: str) -> bytes:
        """Content by its hash. Raises KeyError, Thinned, or StoreError when the content does not match."""
        with self.session() as session:
            row = session.get(BlobRow, digest)
            if row is None:
                gone = session.get(ThinnedRow, digest)
                if gone is not None:
                    raise Thinned(digest, gone.at, gone.why)
                raise KeyError(digest)
            try:
                data = zlib.decompress(row.data)
            except zlib.error:
                data = b""
        if hashlib.sha256(data).hexdigest() != digest:
            raise StoreError(f"blob {digest} is damaged: its content has another hash. Restore it from a backup.")
        return data

    def outcomes(self, scan: int, *verdicts: Verdict) -> list[StoredOutcome]:
        """Outcomes in order of discovery of their page; of these verdicts only, if any are given."""
        with self.session() as session:
            query = (
                select(OutcomeRow, AddressRow.url)
                .outerjoin(AddressRow, OutcomeRow.address_id == AddressRow.id)
                .where(OutcomeRow.scan_id == scan)
                .order_by(AddressRow.depth, AddressRow.place, OutcomeRow.id)
            )
            if verdicts:
                query = query.where(OutcomeRow.verdict.in_(verdicts))
            return [_stored(row, url or "") for row, url in session.execute(query)]

    def replace_outcomes(self, scan: int, per_url: Mapping[str, Sequence[Outcome]]) -> None:
        """New outcomes for pages judged again from kept evidence; pictures stay with the same rule and place."""
        with self.session() as session:
            by_url = {
                url: number
                for number, url in session.execute(
                    select(AddressRow.id, AddressRow.url).where(AddressRow.scan_id == scan)
                )
            }
            for url, outcomes in per_url.items():
                kept = {
                    (r.rule, r.frame, r.selector): r.picture
                    for r in session.scalars(select(OutcomeRow).where(OutcomeRow.address_id == by_url[url]))
                    if r.picture
                }
                session.execute(delete(OutcomeRow).where(OutcomeRow.address_id == by_url[url]))
                _add_outcomes(session, scan, by_url[url], outcomes, {}, kept=kept)


WAIT = 60
"""Seconds to wait for another program that holds the database."""


def connect(address: str) -> Engine:
    """A database as it is: nothing is made or migrated until something connects. StoreError with what to do."""
    try:
        engine = create_engine(address, connect_args={"timeout": WAIT} if address.startswith("sqlite") else {})
    except Exception as error:
        raise StoreError(f"{address.partition(':')[0]!r} is no database address that can be used: {error}") from error
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def pragmas(connection: Any, _: Any) -> None:
            _write_ahead(connection)
            for pragma in ("synchronous=FULL", "foreign_keys=ON", f"busy_timeout={WAIT * 1000}"):
                connection.execute(f"PRAGMA {pragma}")

    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Readers beside a writer. SQLite makes this one change without its own waiting, so that a new database that two
    programs open at once would be "locked" for one of them."""
    patience = time.monotonic() + WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > patience:
                raise
            time.sleep(0.02)


def open_store(address: str) -> Store:
    """Opens the store at a database address, making or migrating it. Raises StoreError with what to do."""
    try:
        engine = connect(address)
        if engine.dialect.name == "sqlite" and engine.url.database and engine.url.database != ":memory:":
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        migrate(engine)
        return Store(engine)
    except StoreError:
        raise
    except Exception as error:
        where = make_url(address).render_as_string(hide_password=True)
        if told := trouble(error):
            raise StoreTrouble(f"the store at {where} cannot be opened: {told}") from error
        raise StoreError(f"the store at {where} cannot be opened: {error}") from error


def sqlite_address(folder: Path) -> str:
    """Database address of the default store in a data folder."""
    return f"sqlite:///{folder / 'scanner.sqlite'}"


def revisions(connection: Connection) -> tuple[str | None, str]:
    """The version of the tables as they are (None: there are none), and that of this program."""
    return MigrationContext.configure(connection).get_current_revision(), _script().get_current_head() or ""


def _alembic() -> alembic.config.Config:
    config = alembic.config.Config()
    config.set_main_option("script_location", str(files("scanner.migrations")))
    return config


@lru_cache
def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_alembic())


MIGRATING = 0x5CA11E12
"""Number of the advisory lock that one migrating process holds on PostgreSQL."""
SAVING = 0x5CA11E13
"""First number of the advisory lock under which the visits of one scan are saved; the second is the scan."""


def migrate(engine: Engine) -> None:
    """Brings the tables to this version, whole or not at all; one process at a time. StoreError for newer tables."""
    with engine.connect() as connection:
        there, wanted = revisions(connection)
    if there == wanted:
        return
    if there is not None and there not in {one.revision for one in _script().walk_revisions()}:
        raise StoreError(f"its tables are of a newer scanner ({there}) than this one ({wanted}): update this one.")
    config = _alembic()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        if engine.dialect.name == "sqlite":
            # Python's driver opens no transaction for CREATE TABLE: killed halfway, it would leave half a version.
            raw: Any = connection.connection.driver_connection
            usual, raw.isolation_level = raw.isolation_level, None
            raw.execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    raw.execute("BEGIN IMMEDIATE")
                    alembic.command.upgrade(config, "head")
            finally:
                raw.execute("PRAGMA foreign_keys=ON")
                raw.isolation_level = usual
        else:
            with connection.begin():
                connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATING})"))
                alembic.command.upgrade(config, "head")


def evidence_bytes(page: PageEvidence) -> bytes:
    """A page's evidence as canonical JSON: equal evidence, equal bytes."""
    told = json.dumps(page, default=_members, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return told.encode("utf-8", "surrogatepass")


def _members(part: Any) -> dict[str, Any]:
    """A dataclass as JSON writes it; `dataclasses.asdict` would copy all that is in it first (five times as slow)."""
    return {member.name: getattr(part, member.name) for member in fields(part)}


def page_evidence(data: bytes) -> PageEvidence:
    """The evidence again."""
    raw = json.loads(data.decode("utf-8", "surrogatepass"))
    looks = tuple(
        StateEvidence(
            look["name"],
            look["viewport"],
            tuple(look["steps"]),
            {name: Record(**record) for name, record in look["records"].items()},
        )
        for look in raw.pop("looks")
    )
    raw |= {name: tuple(raw.get(name, ())) for name in ("incomplete", "without")}
    return PageEvidence(**raw, looks=looks)


def _mine(session: Session, scan: int, address: int, while_: Waits | None) -> bool:
    """Takes the page's row for the rest of this transaction, if it still waits for this look; after whoever had it.

    On PostgreSQL visits of one scan are saved one after the other: their links are rows of one ledger with one order.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(SAVING, scan)))
    waiting = {
        Waits.LIGHT: AddressRow.state == LedgerState.FOUND,
        Waits.DEEP: AddressRow.deep == "due",
        None: true(),
    }[while_]
    taken = session.execute(update(AddressRow).where(AddressRow.id == address, waiting).values(visited_at=now()))
    return bool(cast("CursorResult[Any]", taken).rowcount)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _put(session: Session, kind: str, data: bytes) -> str:
    """Keeps content once. Always writes, so that it holds the lock that keeps the content from being thinned."""
    digest = _digest(data)
    session.execute(
        _insert(session, BlobRow)
        .values(hash=digest, kind=kind, data=zlib.compress(data, 6))
        .on_conflict_do_nothing(index_elements=["hash"])
    )
    return digest


def _insert(session: Session, table: type) -> Any:
    return (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(table)


def _discover(session: Session, scan: int, found: Sequence[Discovery]) -> None:
    place = session.scalar(select(func.coalesce(func.max(AddressRow.place), 0)).where(AddressRow.scan_id == scan)) or 0
    for number, one in enumerate(found, 1):
        learned = {
            "state": one.state,
            "reason": one.reason[:500],
            "fetched": one.fetched,
            "status": one.status,
            "content_type": one.content_type,
            "etag": one.etag,
            "last_modified": one.last_modified,
            "body_hash": one.body_hash,
        }
        row = _insert(session, AddressRow).values(
            scan_id=scan,
            url=one.url[:2048],
            channel=one.channel,
            found_on=one.found_on[:2048],
            depth=one.depth,
            place=place + number,
            attempts=0,
            seconds=0.0,
            title="",
            template="",
            deep="",
            evidence="",
            **learned,
        )
        settled = AddressRow.visited_at.is_(None) & (
            AddressRow.fetched.is_(False) | (AddressRow.state == LedgerState.FOUND)
        )
        if one.fetched or one.state is not LedgerState.FOUND:
            session.execute(row.on_conflict_do_update(index_elements=["scan_id", "url"], set_=learned, where=settled))
        else:
            session.execute(row.on_conflict_do_nothing(index_elements=["scan_id", "url"]))


def _add_outcomes(
    session: Session,
    scan: int,
    address: int | None,
    outcomes: Sequence[Outcome],
    pictures: Mapping[int, bytes],
    by_url: Mapping[str, int] | None = None,
    kept: Mapping[tuple[str, str, str], str] | None = None,
) -> None:
    rows = []
    for index, outcome in enumerate(outcomes):
        place = outcome.place or Place("")
        picture = (
            _put(session, "picture", pictures[index])
            if index in pictures
            else (kept or {}).get((outcome.rule, place.frame, place.selector), "")
        )
        rows.append(
            {
                "scan_id": scan,
                "address_id": address,
                "criterion": outcome.criterion,
                "verdict": str(outcome.verdict),
                "rule": outcome.rule[:80],
                "selector": place.selector,
                "snippet": place.snippet,
                "frame": place.frame,
                "box": list(place.box) if place.box else None,
                "region": place.region,
                "component": place.component,
                "state": outcome.state,
                "viewport": outcome.viewport,
                "practice": str(outcome.practice or ""),
                "detail": dict(outcome.values),
                "replay": list(outcome.replay),
                "picture": picture,
            }
        )
        if by_url is not None and outcome.values.get("url") in by_url:
            rows[-1]["detail"] = {**outcome.values, "address": by_url[outcome.values["url"]]}
    if rows:
        session.execute(insert(OutcomeRow), rows)


def _scan(row: ScanRow) -> Scan:
    return Scan(
        row.id, row.channel, row.kind, row.started, row.finished, row.stage, row.versions, row.settings, row.note
    )


def _address(row: AddressRow) -> Address:
    return Address(
        row.id,
        row.url,
        row.channel,
        row.found_on,
        row.depth,
        LedgerState(row.state),
        row.reason,
        row.fetched,
        row.status,
        row.content_type,
        row.attempts,
        row.visited_at,
        row.seconds,
        row.title,
        row.template,
        row.deep,
        row.evidence,
        row.etag,
        row.last_modified,
        row.body_hash,
        row.confirmed_from,
    )


def _stored(row: OutcomeRow, url: str) -> StoredOutcome:
    box = row.box
    place = (
        Place(
            row.selector,
            row.snippet,
            row.frame,
            (box[0], box[1], box[2], box[3]) if box else None,
            row.region,
            row.component,
        )
        if row.selector or row.snippet
        else None
    )
    return StoredOutcome(
        row.id,
        url or str(row.detail.get("url", "")),
        Outcome(
            row.criterion,
            Verdict(row.verdict),
            row.rule,
            place,
            row.state,
            row.viewport,
            row.detail,
            Verdict(row.practice) if row.practice else None,
            tuple(row.replay),
        ),
        row.picture,
    )
