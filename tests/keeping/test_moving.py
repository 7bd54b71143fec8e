"""A store moves from SQLite to PostgreSQL and back: every row, all or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from scanner import moving
from scanner.cli import app
from scanner.moving import MoveFailed, moment, move, sums
from scanner.store import Store, open_store
from scanner.verifying import verify
from tests.conftest import Server
from tests.keeping.made import HOME, barrier, filled, night, settings


@pytest.fixture
def server(postgresql: Server) -> Server:
    """The server with two databases, one without tables."""
    postgresql.run(*(f"DROP DATABASE IF EXISTS {n} WITH (FORCE)" for n in ("m_empty", "m_full")))
    postgresql.run("CREATE DATABASE m_empty TEMPLATE template0", "CREATE DATABASE m_full TEMPLATE migrated")
    return postgresql


def everything(store: Store) -> list[object]:
    """Number of rows and hash of every table."""
    with moment(store.engine) as connection:
        return list(sums(connection))


def test_there_and_back_by_the_command(server: Server, tmp_path: Path) -> None:
    source = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")
    filled(source)
    before = everything(source)

    def call(database: str, to: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, ["move", to, "--config", str(settings(tmp_path, database)), "--lang", "en"])
        assert done.exit_code == code, done.output
        return " ".join(done.output.split())

    said = call(str(source.engine.url), server.address("m_empty"))
    assert "blob: 10 rows" in said and "equal on both sides" in said and "Until then the old one is used" in said
    there = open_store(server.address("m_empty"))
    assert everything(there) == before and verify(there.engine).whole
    assert "not empty" in call(str(source.engine.url), server.address("m_empty"), code=2)
    added = night(there, 9, {HOME: [barrier("axe/link-name", "x")]})
    assert added.id == 4, "numbers go on after those that were moved"
    call(server.address("m_empty"), f"sqlite:///{tmp_path / 'b.sqlite'}")
    back = open_store(f"sqlite:///{tmp_path / 'b.sqlite'}")
    assert everything(back) == everything(there) and verify(back.engine).whole
    assert everything(source) == before
    assert "database address" in call(str(source.engine.url), "nonsense", code=2)
    there.engine.dispose()


def test_what_arrives_otherwise_is_not_kept(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that changes on the way is noticed before anything is final."""
    source = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")
    filled(source)
    target = open_store(server.address("m_full"))
    class Lying:
        """Reads back something else than was written."""

        def __init__(self) -> None:
            self.real = moving.table_sum

        def __call__(self, connection: object, table: object) -> moving.TableSum:
            made = self.real(connection, table)  # type: ignore[arg-type]
            return moving.TableSum(made.name, made.rows, "0" * 64) if made.name == "finding" else made

    monkeypatch.setattr(moving, "table_sum", Lying())
    with pytest.raises(MoveFailed, match="table finding did not arrive"):
        move(source.engine, target.engine)
    monkeypatch.undo()
    with moment(target.engine) as connection:
        assert moving.contents(connection) == {}
    move(source.engine, target.engine)
    assert everything(target) == everything(source)
    target.engine.dispose()


def test_a_row_that_does_not_fit_is_named(server: Server, tmp_path: Path) -> None:
    """SQLite does not mind a word that is too long; PostgreSQL does."""
    source = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")
    filled(source, 1)
    with source.session() as session:
        session.execute(text(f"UPDATE address SET content_type = 'x', template = '{'t' * 50}' WHERE id = 1"))
    target = open_store(server.address("m_full"))
    with pytest.raises(MoveFailed, match=r"table address does not fit.*Nothing was moved"):
        move(source.engine, target.engine)
    with moment(target.engine) as connection:
        assert moving.contents(connection) == {}
    target.engine.dispose()


def test_nothing_is_written_to_the_source_meanwhile(server: Server, tmp_path: Path) -> None:
    source = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")
    filled(source, 1)
    target = open_store(server.address("m_full"))
    tried: list[str] = []

    def said(one: moving.TableSum) -> None:
        other = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")
        with other.engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("PRAGMA busy_timeout=10")
            try:
                raw.execute("DELETE FROM setting")
                raw.rollback()
            except Exception as error:
                tried.append(str(error))
        other.engine.dispose()

    made = move(source.engine, target.engine, said)
    assert tried == ["database is locked"] * len(made)
    with pytest.raises(MoveFailed, match="same database"):
        move(source.engine, source.engine)
    target.engine.dispose()
