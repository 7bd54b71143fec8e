"""Is the store whole? Every blob's hash, every reference, the database's own check, and the history of every dossier.

Only reads. A check that cannot be made is a fault of that check, so that nothing is called good because it could not be
looked at.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, select, text
from sqlalchemy.exc import DBAPIError

from scanner import dossier_store
from scanner.dossier import HistoryBroken
from scanner.moving import ROWS, USUAL_ROWS, all_tables, moment
from scanner.store import Store, StoreError, revisions
from scanner.tables import (
    AddressRow,
    BlobRow,
    DossierChangeRow,
    FindingPageRow,
    OutcomeRow,
    ScanRow,
    ScheduledNightRow,
    ThinnedRow,
)

MOST_FAULTS = 20
"""Faults of one check that are told one by one; the others are counted."""
MOST_BYTES = 1 << 30
"""A blob is not unpacked further than this."""
HASH_IN_TEXT = re.compile(r"sha256 ([0-9a-f]{64})")
"""How the dossier names a file that is kept (`scanner audit`)."""


@dataclass(slots=True)
class Check:
    """One thing that was looked at: how many of it, and what is wrong."""

    name: str
    """Key of its text: `keep.check.<name>`."""
    counted: int = 0
    faults: list[str] = field(default_factory=list)
    more: int = 0
    """Faults beyond the first."""
    thinned: int = 0
    """References to what was thinned, which is no fault."""

    def fault(self, what: str) -> None:
        """Notes what is wrong."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(what)
        else:
            self.more += 1


@dataclass(frozen=True, slots=True)
class Verified:
    """What all checks found."""

    checks: tuple[Check, ...]

    @property
    def whole(self) -> bool:
        """Nothing is wrong."""
        return not any(check.faults for check in self.checks)

    @property
    def faults(self) -> list[str]:
        """All that is told, over all checks."""
        return [fault for check in self.checks for fault in check.faults]


def exists(engine: Engine) -> bool:
    """Whether there is a database at all; a SQLite file is not made by asking."""
    name = engine.url.database
    return engine.dialect.name != "sqlite" or (bool(name) and Path(str(name)).is_file())


def verify(engine: Engine) -> Verified:
    """Looks at everything; never raises for what is wrong with the store."""
    checks = (_migrations, _integrity, _foreign_keys, _blobs, _references, _dossiers)
    done = []
    for look in checks:
        check = Check(look.__name__.removeprefix("_"))
        done.append(check)
        try:
            with moment(engine) as connection:
                look(connection, check)
        except (DBAPIError, sqlite3.Error, StoreError, ValueError, TypeError, KeyError) as error:
            said = str(getattr(error, "orig", None) or error).splitlines() or [""]
            check.fault(f"cannot be read: {type(error).__name__}: {said[0][:300]}")
    return Verified(tuple(done))


def _migrations(connection: Connection, check: Check) -> None:
    there, wanted = revisions(connection)
    check.counted = int(there or 0) if (there or "0").isdigit() else 1
    if there != wanted:
        check.fault(f"the tables have version {there or 'none'}, this scanner has {wanted}")


def _integrity(connection: Connection, check: Check) -> None:
    """SQLite's own check; on PostgreSQL every row is read, which compares page checksums where there are any."""
    if connection.dialect.name == "sqlite":
        for (said,) in connection.execute(text("PRAGMA integrity_check(100)")):
            if said != "ok":
                check.fault(str(said))
        check.counted = connection.scalar(text("PRAGMA page_count")) or 0
        return
    for table in all_tables():
        size = ROWS.get(table.name, USUAL_ROWS)
        for some in connection.execute(select(table), execution_options={"yield_per": size}).partitions(size):
            check.counted += len(some)


def _foreign_keys(connection: Connection, check: Check) -> None:
    for table in all_tables():
        for key in table.foreign_keys:
            column, parent = key.parent, key.column
            check.counted += connection.scalar(select(func.count()).select_from(table).where(column.is_not(None))) or 0
            orphans = connection.execute(
                select(column, func.count())
                .select_from(table.outerjoin(parent.table, column == parent))
                .where(column.is_not(None), parent.is_(None))
                .group_by(column)
            )
            for value, rows in orphans:
                check.fault(
                    f"{table.name}.{column.name}: {rows} rows refer to {parent.table.name} {value}, which is gone"
                )


def unpacked(data: bytes) -> bytes:
    """A blob's content. Raises ValueError when it cannot be unpacked or is beyond all measure."""
    try:
        packer = zlib.decompressobj()
        content = packer.decompress(data, MOST_BYTES)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not packer.eof:
        raise ValueError("it ends too early" if not packer.unconsumed_tail else "it is larger than can be")
    return content


def _blobs(connection: Connection, check: Check) -> None:
    query = select(BlobRow.hash, BlobRow.kind, BlobRow.data)
    for digest, kind, data in connection.execute(query, execution_options={"yield_per": ROWS["blob"]}):
        check.counted += 1
        try:
            found = hashlib.sha256(unpacked(data)).hexdigest()
        except ValueError as error:
            check.fault(f"{kind} {digest} cannot be unpacked: {error}")
            continue
        if found != digest:
            check.fault(f"{kind} {digest} is damaged: its content has hash {found}")


def _named(connection: Connection) -> Iterator[tuple[str, str]]:
    """Every hash that something refers to, with what refers to it."""

    def rows(query: Select[*tuple[Any, ...]]) -> Iterator[Any]:
        return iter(connection.execute(query, execution_options={"yield_per": USUAL_ROWS}))

    for digest, scan, url in rows(
        select(AddressRow.evidence, AddressRow.scan_id, AddressRow.url).where(AddressRow.evidence != "")
    ):
        yield digest, f"evidence of {url} in scan {scan}"
    for digest, scan, rule in rows(
        select(OutcomeRow.picture, OutcomeRow.scan_id, OutcomeRow.rule).where(OutcomeRow.picture != "")
    ):
        yield digest, f"picture of {rule} in scan {scan}"
    for finding, example in rows(select(FindingPageRow.finding_id, FindingPageRow.example)):
        if example.get("picture"):
            yield example["picture"], f"picture of finding {finding}"
    for number, after in rows(select(DossierChangeRow.id, DossierChangeRow.after)):
        for digest in HASH_IN_TEXT.findall(json.dumps(after)):
            yield digest, f"file of dossier change {number}"


def _references(connection: Connection, check: Check) -> None:
    kept = set(connection.scalars(select(BlobRow.hash)))
    thinned = set(connection.scalars(select(ThinnedRow.hash)))
    for digest, what in _named(connection):
        check.counted += 1
        if digest in kept:
            continue
        if digest in thinned:
            check.thinned += 1
        else:
            check.fault(f"{what}: {digest} is gone")
    for what, column in (("confirmed_from", AddressRow.confirmed_from), ("scan of a night", ScheduledNightRow.scan_id)):
        lost = connection.execute(
            select(column, func.count())
            .outerjoin(ScanRow, ScanRow.id == column)
            .where(column.is_not(None), ScanRow.id.is_(None))
            .group_by(column)
        )
        for number, rows in lost:
            check.fault(f"{what}: {rows} rows name scan {number}, which is gone")


def _dossiers(connection: Connection, check: Check) -> None:
    store = Store(connection.engine)
    for channel in dossier_store.channels(store):
        check.counted += 1
        try:
            dossier_store.dossier(store, channel)
        except (HistoryBroken, ValueError) as error:
            check.fault(f"{channel}: {str(error)[:300]}")
