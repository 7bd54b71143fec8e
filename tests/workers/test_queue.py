"""The queue itself, on PostgreSQL: turns, lost tasks, and workers of another rule version. No page is looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

pytest.importorskip("procrastinate", reason="WORKERS ARE NOT TESTED: pip install 'toegankelijkheid-scanner[scale]'")

from scanner import run as running
from scanner import workers
from scanner.model import Discovery, LedgerState
from scanner.run import LookKind
from scanner.store import Store, open_store
from tests.keeping.made import HOME, VERSIONS
from tests.workers.crew import in_the_queue
from tests.workers.test_once import settings


@pytest.fixture
def database() -> str:
    """These need what only PostgreSQL has."""
    return "postgresql"


def waiting(store: Store, folder: Path, pages: int) -> Any:
    """As much of a Run as sharing needs, with pages that wait."""
    config = settings(folder)
    scan = store.begin("main", "site", VERSIONS, {})
    store.discover(scan.id, [Discovery(f"{HOME}{i}", "start", 0, channel="main") for i in range(pages)])
    pool = SimpleNamespace(settings=SimpleNamespace(per_second=0.5))
    return SimpleNamespace(config=config, channel=config.channel("main"), scan=scan, store=store, pool=pool)


async def until(what: Callable[[], bool]) -> None:
    for _ in range(600):
        if what():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("waited in vain")


async def test_a_turn_is_given_once_and_in_time(address: str) -> None:
    """Three workers ask at once: each gets a moment of its own, a gap apart."""
    workers.prepare(address)
    workers.prepare(address)
    async with workers.open_queue(address, "a") as a, workers.open_queue(address, "b") as b:
        asked = [
            one.connector.execute_query_one_async(workers.TURN, host=host, gap=0.5)
            for host in ("h1", "h2")
            for one in (a, b, a)
        ]
        waits = [float(row["wait"]) for row in await asyncio.gather(*asked)]
    for mine in (sorted(waits[:3]), sorted(waits[3:])):
        assert mine[0] < 0.3
        gaps = [later - sooner for sooner, later in pairwise(mine)]
        assert all(0.0 <= gap <= 1.0 for gap in gaps) and 0.7 < sum(gaps) < 1.01, mine


async def test_a_lost_task_is_put_back_and_a_stopped_scan_leaves_none(address: str, tmp_path: Path) -> None:
    """The queue is emptied under way; at most so many tasks of a host are in it, in as many slots as its rate allows."""
    store = open_store(address)
    run = waiting(store, tmp_path, 30)
    rows, settled, told = store.ledger(run.scan.id), [], []
    shared = workers.Workers(address, told.append, unserved=0.5)
    at_work = asyncio.create_task(shared.share(run, rows, LookKind.LIGHT, settled.append))
    await until(lambda: in_the_queue(store) == 6)  # half a page a second: two at once, three tasks in line for each
    with store.session() as session:
        session.execute(text(f"SET LOCAL search_path = {workers.schema()}"))
        session.execute(text(f"DELETE FROM {workers.schema()}.procrastinate_jobs"))
    await until(lambda: in_the_queue(store) == 6)
    store.settle(rows[0].id, LedgerState.TIMED_OUT)
    await until(lambda: [row.id for row in settled] == [rows[0].id])
    await until(lambda: bool(told))
    assert f"version {workers.version_of(VERSIONS)}" in told[0] and "Connected: none" in told[0]
    at_work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await at_work
    assert in_the_queue(store) == 0
    store.engine.dispose()


@pytest.mark.browser
async def test_a_worker_of_another_rule_version_is_given_nothing(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says which version it serves; the scan says which it needs and which is there; the pages wait."""
    store = open_store(address)
    run = waiting(store, tmp_path, 2)
    needs, serves, done = [], [], []
    monkeypatch.setattr(running, "RULES", "another")
    worker = workers.Worker(run.config, address, tabs=1, tell=serves.append)
    served = asyncio.create_task(worker.run())
    await until(lambda: bool(serves) or served.done())
    assert "(rules another, axe-core" in serves[0] and "for main, other; 1 browser pages" in serves[0]
    theirs = serves[0].split()[2]
    shared = workers.Workers(address, needs.append, unserved=2.0)
    at_work = asyncio.create_task(shared.share(run, store.ledger(run.scan.id), LookKind.LIGHT, done.append))
    await until(lambda: bool(needs))
    assert f"version {workers.version_of(VERSIONS)}: rules 1" in needs[0] and f"Connected: 1 of {theirs}." in needs[0]
    assert in_the_queue(store) == 2 and {row.attempts for row in store.ledger(run.scan.id)} == {0} and not done
    worker.stop()
    assert (await served).pages == 0
    at_work.cancel()
    await asyncio.gather(at_work, return_exceptions=True)
    store.engine.dispose()
