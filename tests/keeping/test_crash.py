"""A hundred times SIGKILL, a full disk: the store opens, `verify` finds nothing, and work goes on."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import resource
import signal
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from scanner import dossier_store
from scanner.backup import BackupFailed, backup, read_manifest, restore
from scanner.cli import app
from scanner.model import Discovery, LedgerState
from scanner.moving import contents, moment, move, sums
from scanner.retention import tidy
from scanner.store import Looked, Store, StoreTrouble, open_store
from scanner.verifying import verify
from tests.conftest import Server
from tests.keeping.made import HOME, VERSIONS, barrier, config, filled, night, page, picture, settings, state_on

fork = multiprocessing.get_context("fork")
CHANCE = random.Random(20261124)
Work = Callable[[Path], None]


def killed(work: Work, folder: Path, within: float = 0.4) -> None:
    """Does a work in a process of its own, over and over, and kills it at a random moment after it has begun."""
    begun = fork.Event()

    def child() -> None:
        os.setsid()
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, 1)
        os.dup2(devnull, 2)
        begun.set()
        while True:
            work(folder)

    process = fork.Process(target=child)
    process.start()
    assert process.pid is not None and begun.wait(30)
    time.sleep(CHANCE.uniform(0.0, within))
    os.kill(process.pid, signal.SIGKILL)
    process.join(30)
    assert process.exitcode == -signal.SIGKILL, "it was at work until it was killed"


def address(folder: Path) -> str:
    """The store in a folder."""
    return f"sqlite:///{folder / 's.sqlite'}"


def opened(folder: Path) -> Store:
    """That store, as after a restart: it opens, it is whole, and a night can be scanned."""
    store = open_store(address(folder))
    found = verify(store.engine)
    assert found.whole, found.faults
    before = len(store.scans())
    night(store, 500 + before, {HOME: [barrier("axe/image-alt", "logo")]})
    assert len(store.scans()) == before + 1
    return store


def commits(folder: Path) -> None:
    """Scans, findings, nights, dossier: many small transactions, and thinning in between."""
    store = open_store(address(folder))
    number = len(store.scans())
    for step in range(20):
        night(store, number + step, {HOME: [barrier("axe/image-alt", "logo")], f"{HOME}{step % 3}/": []})
        state_on(store, dossier_day(step))
        tidy(store, config(folder, address(folder), keep_nights=2))
    store.engine.dispose()


def dossier_day(step: int) -> date:
    """A day that differs from step to step."""
    return date(2026, 1, 1) + timedelta(days=step + CHANCE.randrange(1000))


def evidence(folder: Path) -> None:
    """One large visit after the other."""
    store = open_store(address(folder))
    one = store.unfinished("main") or store.begin("main", "site", VERSIONS, {"follow": True})
    urls = [f"{HOME}{i}/" for i in range(50)]
    store.discover(one.id, [Discovery(url, "start", 0, channel="main") for url in urls])
    for row in store.ledger(one.id):
        made = [barrier("axe/image-alt", str(i)) for i in range(30)]
        seen = page(row.url, str(time.time_ns()), 300_000)
        store.attempt(row.id)
        store.save_visit(one.id, row.id, Looked(seen, LedgerState.VISITED, "", made, {0: picture(str(time.time_ns()))}, (), 0.1))
    store.engine.dispose()


def reports(folder: Path) -> None:
    """All that the law's commands and the report write."""
    for command in ("report", "law"):
        asked = [command, "main", "--no-pdf", "--config", str(folder / "scanner.toml"), "--lang", "nl"]
        done = CliRunner().invoke(app, asked)
        assert done.exit_code == 0, done.output


def migrations(folder: Path) -> None:
    """New stores, one after the other."""
    number = len(list(folder.glob("new-*.sqlite")))
    open_store(f"sqlite:///{folder / f'new-{number}.sqlite'}").engine.dispose()


def backups(folder: Path) -> None:
    """One archive, over and over."""
    backup(address(folder), folder / "b.zip", folder / "scanner.toml", folder / "reports-out")


def moves(folder: Path) -> None:
    """Into a new file each time."""
    number = len(list(folder.glob("moved-*.sqlite")))
    source = open_store(address(folder))
    target = open_store(f"sqlite:///{folder / f'moved-{number}.sqlite'}")
    move(source.engine, target.engine)
    source.engine.dispose()
    target.engine.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a filled store and its settings."""
    store = open_store(address(tmp_path))
    filled(store)
    for number in range(3, 6):
        night(store, number, {HOME: [], f"{HOME}a/": []}, weight=200_000)
    store.engine.dispose()
    settings(tmp_path, address(tmp_path))
    return tmp_path


thorough = pytest.mark.thorough
long = pytest.mark.timeout(1200)


@thorough
@long
def test_killed_while_it_commits(folder: Path) -> None:
    for _ in range(20):
        killed(commits, folder)
        store = opened(folder)
        dossier_store.dossier(store, "main")
        store.engine.dispose()


@thorough
@long
def test_killed_while_it_writes_evidence(folder: Path) -> None:
    """A page is found or visited, never half."""
    for _ in range(20):
        killed(evidence, folder)
        store = opened(folder)
        at_work = store.unfinished("main")
        if at_work is not None:
            rows = store.ledger(at_work.id)
            assert all(bool(row.evidence) == (row.state is LedgerState.VISITED) for row in rows)
            seen = sum(row.state is LedgerState.VISITED for row in rows)
            assert len(store.outcomes(at_work.id)) == 30 * seen
        store.engine.dispose()


@thorough
@long
def test_killed_while_it_writes_reports(folder: Path) -> None:
    """A report is the old or the new one, never half of one."""
    out = folder / "reports-out"
    reports(folder)
    assert len(list(out.rglob("*.html"))) > 1
    for _ in range(15):
        killed(reports, folder, 1.5)
        for path in out.rglob("*"):
            if path.suffix == ".html":
                assert path.read_text("utf-8").rstrip().endswith("</html>"), path
            elif path.suffix == ".json":
                json.loads(path.read_text("utf-8"))
            elif path.suffix in (".zip", ".xlsx"):
                assert zipfile.ZipFile(path).testzip() is None, path
        opened(folder).engine.dispose()
    reports(folder)


@thorough
@long
def test_killed_while_it_migrates(folder: Path) -> None:
    for _ in range(15):
        killed(migrations, folder)
        for path in folder.glob("new-*.sqlite"):
            store = open_store(f"sqlite:///{path}")
            assert verify(store.engine).whole
            store.engine.dispose()


@thorough
@long
def test_killed_while_it_backs_up(folder: Path) -> None:
    """What has the name of the backup is whole, always."""
    for _ in range(15):
        killed(backups, folder)
        if (folder / "b.zip").exists():
            with zipfile.ZipFile(folder / "b.zip") as archive:
                read_manifest(archive)
                assert archive.testzip() is None
        opened(folder).engine.dispose()
    backups(folder)
    assert [p.name for p in folder.glob("b.zip*")] == ["b.zip"], "what was left of killed ones is gone"
    to = folder / "to"
    restore(folder / "b.zip", address(to), to, to / "scanner.toml", to / "reports-out")
    assert verify(open_store(address(to)).engine).whole


def _all_or_nothing(source: Store, target: Store) -> None:
    with moment(target.engine) as connection:
        held = contents(connection)
        there = list(sums(connection)) if held else []
    if held:
        with moment(source.engine) as connection:
            assert there == list(sums(connection))


@thorough
@long
def test_killed_while_it_moves(folder: Path) -> None:
    for _ in range(8):
        killed(moves, folder)
        source = open_store(address(folder))
        assert verify(source.engine).whole
        for path in folder.glob("moved-*.sqlite"):
            target = open_store(f"sqlite:///{path}")
            _all_or_nothing(source, target)
            target.engine.dispose()
        source.engine.dispose()


@thorough
@long
def test_killed_while_it_moves_to_postgresql(folder: Path, postgresql: Server) -> None:
    postgresql.run("DROP DATABASE IF EXISTS m_crash WITH (FORCE)", "CREATE DATABASE m_crash TEMPLATE migrated")
    there = postgresql.address("m_crash")

    def work(place: Path) -> None:
        source, target = open_store(address(place)), open_store(there)
        with target.engine.begin() as connection:
            connection.execute(text("TRUNCATE scan, blob, finding, dossier_change, question, sample, scheduled_night, notice, setting, thinned CASCADE"))
        move(source.engine, target.engine)
        source.engine.dispose()
        target.engine.dispose()

    for _ in range(7):
        killed(work, folder)
        source, target = open_store(address(folder)), open_store(there)
        _all_or_nothing(source, target)
        assert verify(target.engine).whole
        source.engine.dispose()
        target.engine.dispose()
    work(folder)
    target = open_store(there)
    night(target, 600, {HOME: []})
    target.engine.dispose()


# Full disk ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of eight megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("mounting a small disk takes root")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_loses_nothing(small_disk: Path, tmp_path: Path) -> None:
    """The scan stops with a clear message; with room again it goes on; a backup that does not fit leaves nothing."""
    store = open_store(address(small_disk))
    path = settings(tmp_path, address(small_disk))
    filled(store)
    with pytest.raises(StoreTrouble, match=r"disk is full.*is kept|disk cannot be written"):
        for number in range(3, 100):
            night(store, number, {HOME: [], f"{HOME}a/": []}, weight=400_000)
    done = [scan for scan in store.scans(finished=True) if scan.stage == "done"]
    assert len(done) >= 3 and all(list(store.evidence(scan.id)) for scan in done)
    told = CliRunner().invoke(app, ["backup", str(small_disk / "b.zip"), "--config", str(path), "--lang", "en"])
    assert told.exit_code == 3 and "disk is full" in " ".join(told.output.split()), told.output
    assert [p.name for p in small_disk.glob("b.zip*")] == []
    with pytest.raises(BackupFailed, match="disk is full"):
        backup(address(small_disk), small_disk / "b.zip", path, tmp_path)
    assert backup(address(small_disk), tmp_path / "b.zip", path, tmp_path).verified.whole
    subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
    opened(small_disk).engine.dispose()
    assert [scan.id for scan in store.scans(finished=True) if scan.id <= done[0].id] == [scan.id for scan in done]


def test_a_file_that_may_not_grow_loses_nothing(tmp_path: Path) -> None:
    """The same by a limit on file sizes, which takes no root: a process of its own runs into it."""
    store = open_store(address(tmp_path))
    filled(store)
    store.engine.dispose()

    def child() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
        mine = open_store(address(tmp_path))
        try:
            for number in range(3, 100):
                night(mine, number, {HOME: [], f"{HOME}a/": []}, weight=400_000)
        except StoreTrouble as error:
            os._exit(42 if "is kept" in str(error) else 43)
        os._exit(0)

    process = fork.Process(target=child)
    process.start()
    process.join(120)
    assert process.exitcode == 42
    opened(tmp_path).engine.dispose()
