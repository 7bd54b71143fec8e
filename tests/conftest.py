"""What tests of every folder share: a store on each database, and Debian's PostgreSQL to put it on."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from scanner.store import Store, open_store

DATABASES = ("sqlite", "postgresql")
MISSING = (
    "PostgreSQL IS NOT TESTED: no initdb under /usr/lib/postgresql. Install it: apt-get install postgresql "
    "(and `pip install psycopg[binary]`)."
)


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server of our own."""

    socket: Path
    user: str

    def address(self, database: str) -> str:
        """Database address for SQLAlchemy."""
        return f"postgresql+psycopg://{self.user}@/{database}?host={self.socket}"

    def run(self, *statements: str) -> None:
        """Runs statements outside any transaction, on the maintenance database."""
        engine = create_engine(self.address("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()


def programs() -> Path | None:
    """Folder of the newest PostgreSQL on this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A server in a temporary folder, on a unix socket only, with one migrated template; as `postgres` when we are root."""
    bin_ = programs()
    try:
        import psycopg  # noqa: F401
    except ImportError:
        bin_ = None
    if bin_ is None:
        warnings.warn(MISSING, stacklevel=1)
        pytest.skip(MISSING)
    home = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path may be 107 characters long
    root = os.geteuid() == 0
    user = "postgres" if root else pwd.getpwuid(os.geteuid()).pw_name
    if root:
        shutil.chown(home, "postgres", "postgres")
    prefix = ["runuser", "-u", "postgres", "--"] if root else []

    def call(program: str, *arguments: str) -> None:
        done = subprocess.run([*prefix, str(bin_ / program), *arguments], cwd=home, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"

    data = home / "data"
    call("initdb", "-D", str(data), "-U", user, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories='{home}' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"
    with (home / "start.log").open("w") as log:  # pg_ctl's child keeps its output open: a pipe would never end
        log_file = home / "server.log"
        started = subprocess.run(
            [*prefix, str(bin_ / "pg_ctl"), "-D", str(data), "-o", options, "-l", str(log_file), "-w", "-t", "60", "start"],
            cwd=home, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=120)  # fmt: skip
    try:
        assert started.returncode == 0, (home / "start.log").read_text() + (log_file.read_text() if log_file.exists() else "")
        server = Server(home, user)
        server.run("CREATE DATABASE migrated")
        open_store(server.address("migrated")).engine.dispose()
        yield server
    finally:
        subprocess.run([*prefix, str(bin_ / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"], cwd=home, capture_output=True, timeout=60)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables and nothing in them, to copy."""
    path = tmp_path_factory.mktemp("migrated") / "s.sqlite"
    engine = open_store(f"sqlite:///{path}").engine
    with engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
    return path


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """Name of a database to test on; a test that takes this fixture, or one made of it, runs once on each."""
    return str(request.param)


@pytest.fixture
def new_address(
    database: str, request: pytest.FixtureRequest, tmp_path: Path, migrated: Path
) -> Iterator[Callable[..., str]]:
    """Makes addresses of databases of this kind that are removed after the test.

    In: a name, and whether it has the tables already.
    """
    made: list[str] = []

    template = migrated

    def make(name: str = "s", *, migrated: bool = True) -> str:
        if database == "sqlite":
            if migrated:
                shutil.copy(template, tmp_path / f"{name}.sqlite")
            return f"sqlite:///{tmp_path / name}.sqlite"
        server: Server = request.getfixturevalue("postgresql")
        whole = f"t_{name}_{uuid.uuid4().hex[:12]}"
        server.run(f'CREATE DATABASE "{whole}" TEMPLATE {"migrated" if migrated else "template0"}')
        made.append(whole)
        return server.address(whole)

    yield make
    if made:
        request.getfixturevalue("postgresql").run(*(f'DROP DATABASE "{name}" WITH (FORCE)' for name in made))


@pytest.fixture
def address(new_address: Callable[..., str]) -> str:
    """Address of a database for one store."""
    return new_address()


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    """An empty store, on SQLite and on PostgreSQL."""
    opened = open_store(address)
    yield opened
    opened.engine.dispose()


SLOW = ("tests/keeping/", "tests/workers/", "tests/test_fuzz.py", "postgresql]")
"""Parts of the ids of tests that are left out of `make check`: whole databases, processes, thousands of examples."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what is slow by where it stands."""
    for item in items:
        if any(part in item.nodeid for part in SLOW):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def short_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that this process puts its temporary files in: its path is short enough for a browser's."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        monkeypatch.setattr("tempfile.tempdir", folder)
        yield Path(folder)
