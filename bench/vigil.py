"""Nights one after the other for hours, as the service does them: is anything left behind, lost or doubled?

The service's own worker, with a clock that jumps from night to night. About 3 % of the pages do harm, others each
night, and in every fourth night what scans is killed within 40 seconds, unless it ended before.
"""

from __future__ import annotations

import itertools
import os
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from bench.nights import settings
from bench.soak import faulty_site, megabytes, own
from scanner.commands.nightly import Worker
from scanner.commands.shared import store_of
from scanner.model import LedgerState
from scanner.verifying import verify
from schedules.due import ZONE

PAGES = 40
KEPT = 10
"""Nights that the store keeps whole, so that it comes to its size."""
KILLED_EVERY = 4
FULL_EVERY = 3
FIRST = datetime(2027, 1, 1, 3, tzinfo=ZONE)


@dataclass
class Watched:
    """What came of it."""

    states: Counter[str] = field(default_factory=Counter)
    """Nights by how they ended."""
    killed: int = 0
    """Scans that were killed at work."""
    ledger: Counter[str] = field(default_factory=Counter)
    """Addresses of all nights by what became of them."""
    wrong: list[str] = field(default_factory=list)
    """Addresses that are double or were not looked at, nights without a scan of their own, faults of the store."""
    left: dict[str, int] = field(default_factory=dict)
    """Processes, files, threads and temporary files that were there after a night and not before the first, at most."""
    service: list[float] = field(default_factory=list)
    """Megabytes of the service itself after each night."""
    folder: list[float] = field(default_factory=list)
    """Megabytes of the data folder after each night."""


def vigil(hours: float, say: Callable[[str], None]) -> Watched:
    """So many hours of nights, the last one to its end. `say` hears of each."""
    out, ends, number = Watched(), time.monotonic() + hours * 3600, 0
    with (
        faulty_site(PAGES, lambda: str(number)) as urls,
        tempfile.TemporaryDirectory() as home,
        tempfile.TemporaryDirectory() as temporary,
        patch.dict(os.environ, TMPDIR=temporary),
    ):
        config = settings(urls[0].rpartition("/")[0] + "/", Path(home), PAGES, FULL_EVERY, KEPT)
        store = store_of(config)
        worker = Worker(config, store, Path(home) / "scanner.toml")
        worker.nights.clock = lambda: FIRST + timedelta(days=number)
        worker.nights.since()
        before = _there(temporary)
        for number in itertools.count(1):
            if time.monotonic() > ends:
                break
            began = time.monotonic()
            if number % KILLED_EVERY == 0:
                killer = threading.Timer(random.uniform(1, 40), _kill, (worker, out))
                killer.start()
                worker.work()
                killer.cancel()
                killer.join()
            else:
                worker.work()
            for kind, count in _there(temporary).items():
                if count > before[kind]:
                    out.left[kind] = max(out.left.get(kind, 0), count - before[kind])
            scan = store.scans(finished=True)[0]
            addresses = Counter(row.url for row in store.ledger(scan.id))
            out.ledger.update({str(state): n for state, n in store.counts(scan.id).items()})
            out.wrong += [f"night {number}: {url} {n} times" for url, n in addresses.items() if n > 1]
            if not_seen := store.counts(scan.id).get(LedgerState.FOUND):
                out.wrong.append(f"night {number}: {not_seen} addresses were not looked at")
            out.service.append(megabytes(os.getpid())["scanner"])
            out.folder.append(sum(f.stat().st_size for f in Path(home).rglob("*") if f.is_file()) / 1e6)
            say(f"night {number}: {time.monotonic() - began:.0f} s, {len(addresses)} addresses, left {out.left}")
        nights = worker.nights.past(10_000)
        out.states = Counter(str(night.state) for night in nights)
        scans = Counter(night.scan for night in nights)
        out.wrong += [f"scan {scan} is the scan of {n} nights" for scan, n in scans.items() if scan and n > 1]
        out.wrong += verify(store.engine).faults
        store.engine.dispose()
    return out


def _kill(worker: Worker, out: Watched) -> None:
    if child := worker._child:
        child.kill()
        out.killed += 1


def _there(temporary: str) -> dict[str, int]:
    """What is open, every process with this folder for its temporary files, and all that lies in it."""
    return {**own(temporary), "processes": len(_of(temporary)), "temporary files": len(os.listdir(temporary))}


def _of(temporary: str) -> list[str]:
    """Processes that were started with this folder for their temporary files, also those that lost their parent."""
    found = []
    for one in Path("/proc").glob("[0-9]*"):
        try:
            if f"TMPDIR={temporary}".encode() in (one / "environ").read_bytes().split(b"\0"):
                found.append(one.name)
        except OSError:
            continue  # it has ended
    return found
