"""The tables on both databases: made whole or not at all, the same as the program's, guarded against newer ones."""

from __future__ import annotations

import threading
from collections.abc import Callable

import alembic.command
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from scanner.store import Store, StoreError, connect, migrate, open_store, revisions
from scanner.tables import Table


def test_the_migrations_make_the_tables_of_the_program(new_address: Callable[..., str]) -> None:
    store = open_store(new_address(migrated=False))
    with store.engine.connect() as connection:
        there, wanted = revisions(connection)
        assert there == wanted
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []


def test_a_migration_that_breaks_off_leaves_nothing(new_address: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Halfway through the third version: the database is as it was, and the next start makes all."""
    address = new_address(migrated=False)
    usual = alembic.command.upgrade

    def halfway(config: object, revision: str) -> None:
        usual(config, "0003")  # type: ignore[arg-type]
        raise RuntimeError("the power went")

    monkeypatch.setattr(alembic.command, "upgrade", halfway)
    with pytest.raises(StoreError, match="power went"):
        open_store(address)
    assert inspect(connect(address)).get_table_names() == []
    monkeypatch.undo()
    assert open_store(address).scans() == []


@pytest.mark.parametrize("_", range(5), ids=lambda turn: f"turn {turn + 1}")
def test_programs_that_start_at_once_make_one_store(new_address: Callable[..., str], _: int) -> None:
    """Several times: on SQLite only some turns meet while the journal's mode is changed."""
    address = new_address(migrated=False)
    opened: list[Store | BaseException] = []
    together = threading.Barrier(8)

    def start() -> None:
        together.wait()
        try:
            opened.append(open_store(address))
        except BaseException as error:
            opened.append(error)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one for one in opened if not isinstance(one, Store)] == []


def test_tables_of_a_newer_scanner_are_left_alone(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer scanner"):
        migrate(store.engine)


def test_references_are_guarded_also_after_migrating(new_address: Callable[..., str]) -> None:
    """The connection that migrated goes back into the pool: its foreign keys are on again."""
    store = open_store(new_address(migrated=False))
    for _ in range(3):
        with pytest.raises(IntegrityError), store.session() as session:
            session.execute(text("INSERT INTO flip (scan_id, rule, seen, flips) VALUES (99, 'x', 1, 0)"))
