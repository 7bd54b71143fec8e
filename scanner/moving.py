"""A store copied from one database to another, SQLite or PostgreSQL, all or nothing, and compared row by row.

All rows go over in one transaction of the target, read from one moment of the source. Before that transaction ends
every table is read back: number of rows and hash must be those of the source. Killed anywhere, the target is as empty
as it was. A table's hash is the sum (modulo 2^256) of the SHA-256 of its rows, so that it does not depend on an order,
which databases have different ideas of.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Connection, Engine, Integer, Table, func, insert, select, text
from sqlalchemy.exc import DataError, DBAPIError

from scanner import tables
from scanner.store import StoreError, trouble

ROWS = {"blob": 50}
"""Rows that are carried at once; evidence is large."""
USUAL_ROWS = 1000
HOUSEHOLD = frozenset({"setting"})
"""Tables with small facts of an installation: a store with nothing else in it is empty."""


class MoveFailed(StoreError):
    """The store was not moved; the target is as it was. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class TableSum:
    """What a table holds: its number of rows, and a hash over all of them in any order."""

    name: str
    rows: int
    hash: str


def all_tables() -> list[Table]:
    """Every table of the store; one that others refer to comes before them."""
    return list(tables.Table.metadata.sorted_tables)


@contextmanager
def moment(engine: Engine, *, still: bool = False) -> Iterator[Connection]:
    """A connection that sees the database at one moment, whatever is written meanwhile.

    `still`: nothing can be written meanwhile either; who tries waits.
    """
    if engine.dialect.name != "sqlite":
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            if still:
                names = ", ".join(f'"{table.name}"' for table in all_tables())
                connection.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))
            yield connection
        return
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        usual, raw.isolation_level = raw.isolation_level, None
        try:
            raw.execute("BEGIN IMMEDIATE" if still else "BEGIN")
            raw.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on this moment is what is seen
            yield connection
        finally:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            raw.isolation_level = usual


def plain_value(value: Any) -> Any:
    """A value as JSON writes it, the same whichever database it comes from."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, str):
        return tables.Words().process_bind_param(value, None)
    return value


def _number(table: Table, row: Sequence[Any]) -> int:
    values = [
        value if isinstance(column.type, JSON) else plain_value(value)
        for column, value in zip(table.columns, row, strict=True)
    ]
    line = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return int.from_bytes(hashlib.sha256(line.encode()).digest(), "big")


def table_sum(connection: Connection, table: Table) -> TableSum:
    """Reads a whole table, a few rows in memory at a time."""
    total = count = 0
    size = ROWS.get(table.name, USUAL_ROWS)
    for row in connection.execute(select(table), execution_options={"yield_per": size}):
        total += _number(table, row)
        count += 1
    return TableSum(table.name, count, f"{total % 2**256:064x}")


def sums(connection: Connection) -> list[TableSum]:
    """Every table."""
    return [table_sum(connection, table) for table in all_tables()]


def contents(connection: Connection) -> dict[str, int]:
    """Tables that hold something, with how many rows; small facts of the installation left out."""
    found = {
        table.name: connection.scalar(select(func.count()).select_from(table)) or 0
        for table in all_tables()
        if table.name not in HOUSEHOLD
    }
    return {name: rows for name, rows in found.items() if rows}


def copy(
    source: Connection, target: Engine, *, replace: bool = False, said: Callable[[TableSum], None] = lambda _: None
) -> list[TableSum]:
    """Copies all rows in one transaction and compares both sides before it ends.

    `replace`: what the target (PostgreSQL) holds goes first, in the same transaction; without it a target that holds
    something is refused. `said` is told each table as it is done. Both sides have this version's tables. MoveFailed.
    """
    with target.begin() as connection:
        held = contents(connection)
        if held and not replace:
            there = ", ".join(f"{rows} in {name}" for name, rows in held.items())
            raise MoveFailed(f"the target is not empty ({there}): give an empty database")
        _empty(connection)
        made = []
        for table in all_tables():
            one = _copy_table(source, connection, table)
            written = table_sum(connection, table)
            if written != one:
                raise MoveFailed(
                    f"table {table.name} did not arrive as it was: {one.rows} rows with hash {one.hash[:12]} left, "
                    f"{written.rows} with {written.hash[:12]} arrived; nothing was moved"
                )
            said(one)
            made.append(one)
        if connection.dialect.name == "postgresql":
            _count_on(connection)
        return made


def _empty(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in all_tables())
        connection.execute(text(f"TRUNCATE {names}"))
    else:
        for table in all_tables():
            if table.name in HOUSEHOLD:
                connection.execute(table.delete())


def _copy_table(source: Connection, target: Connection, table: Table) -> TableSum:
    total = count = 0
    size = ROWS.get(table.name, USUAL_ROWS)
    names = [column.name for column in table.columns]
    for some in source.execute(select(table), execution_options={"yield_per": size}).partitions(size):
        total += sum(_number(table, row) for row in some)
        count += len(some)
        try:
            target.execute(insert(table), [dict(zip(names, row, strict=True)) for row in some])
        except DataError as error:
            raise MoveFailed(
                f"a row of table {table.name} does not fit the target: {str(error.orig).splitlines()[0]}. "
                "Nothing was moved."
            ) from error
    return TableSum(table.name, count, f"{total % 2**256:064x}")


def _count_on(connection: Connection) -> None:
    """Numbers that PostgreSQL gives out go on after the highest that was copied."""
    for table in all_tables():
        column = table.columns.get("id")
        if column is not None and isinstance(column.type, Integer):
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), "
                    f'COALESCE(MAX(id), 0) + 1, false) FROM "{table.name}"'
                )
            )


def move(source: Engine, target: Engine, said: Callable[[TableSum], None] = lambda _: None) -> list[TableSum]:
    """Moves a store into an empty database of this version; the source stays, and cannot be written to meanwhile.

    Out: what each table holds, on both sides. Raises MoveFailed, StoreTrouble.
    """
    if source.url == target.url:
        raise MoveFailed("source and target are the same database")
    try:
        with moment(source, still=True) as connection:
            return copy(connection, target, said=said)
    except (DBAPIError, sqlite3.Error) as error:
        if told := trouble(error):
            raise told from error
        raise MoveFailed(f"the store was not moved: {getattr(error, 'orig', error)}") from error
