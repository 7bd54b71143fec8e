"""`verify` names what is wrong, whatever it is, and never falls over it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from scanner.cli import app
from scanner.store import Store, connect, open_store
from scanner.verifying import verify
from tests.keeping.made import filled, settings

BREAKS = [
    ("UPDATE blob SET data = :d WHERE hash = (SELECT MIN(hash) FROM blob)", "blobs", "cannot be unpacked"),
    ("DELETE FROM blob WHERE kind = 'evidence'", "references", "evidence of https://www.example.nl/"),
    ("DELETE FROM blob WHERE kind = 'picture'", "references", "picture of axe/image-alt"),
    ("UPDATE address SET confirmed_from = 77 WHERE id = 1", "references", "name scan 77"),
    ("UPDATE scheduled_night SET scan_id = 78 WHERE id = 1", "references", "name scan 78"),
    ("UPDATE alembic_version SET version_num = '0004'", "migrations", "version 0004, this scanner has"),
    ("DROP TABLE thinned", "references", "thinned"),
]


@pytest.mark.parametrize(("statement", "check", "said"), BREAKS)
def test_what_is_wrong_is_named(store: Store, statement: str, check: str, said: str) -> None:
    filled(store)
    assert verify(store.engine).whole
    with store.session() as session:
        session.execute(text(statement), {"d": b"rot"} if ":d" in statement else {})
    found = {c.name: c for c in verify(store.engine).checks}
    assert any(said in fault for fault in found[check].faults), found
    assert not found["foreign_keys"].faults and not found["dossiers"].faults


def test_rows_without_their_parent_are_named(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 's.sqlite'}")
    filled(store)
    with store.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("DELETE FROM scan WHERE id = 1")
        raw.commit()
        raw.execute("PRAGMA foreign_keys=ON")
    (check,) = [c for c in verify(store.engine).checks if c.name == "foreign_keys"]
    assert any("address.scan_id: 2 rows refer to scan 1" in fault for fault in check.faults)


def test_a_dossier_with_a_hole_in_its_history_is_named(store: Store, database: str) -> None:
    filled(store)
    trigger = "dossier_change_no_DELETE" if database == "sqlite" else "dossier_change_stays ON dossier_change"
    with store.session() as session:
        session.execute(text(f"DROP TRIGGER {trigger}"))
        session.execute(text("INSERT INTO dossier_change (channel, at, by, path, before, after, note) SELECT channel, at, by, path, '\"x\"', after, note FROM dossier_change"))
    (check,) = [c for c in verify(store.engine).checks if c.name == "dossiers"]
    assert check.faults and "main" in check.faults[0]


@pytest.mark.parametrize("content", [b"", b"no database" * 1000, None])
def test_a_file_that_is_damaged_or_absent_is_told_without_a_traceback(tmp_path: Path, content: bytes | None) -> None:
    """Also when bytes in the middle of a good database are gone."""
    path = tmp_path / "s.sqlite"
    if content is None:
        store = open_store(f"sqlite:///{path}")
        filled(store, 6)
        with store.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        store.engine.dispose()
        good = bytearray(path.read_bytes())
        good[4096 * 5 : 4096 * 40] = bytes(4096 * 35)
        path.write_bytes(good)
    elif content:
        path.write_bytes(content)
    done = CliRunner().invoke(app, ["verify", "--config", str(settings(tmp_path, f"sqlite:///{path}")), "--lang", "en"])
    assert done.exit_code == 3 and (done.exception is None or isinstance(done.exception, SystemExit)), done.output
    assert "Traceback" not in done.output
    assert ("There is no store yet" if content == b"" else "Not all is whole") in " ".join(done.output.split())
    assert path.exists() == (content != b""), "asking makes nothing"


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    found = verify(connect(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}"))
    assert not found.whole and "connection" in found.faults[0]
