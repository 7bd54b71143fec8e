"""What sharing looks among workers costs: the same pages by 1, 2 and 4 workers with one browser page each.

usage: python -m bench.workers DATABASE [--pages N] [--workers 1 2 4]

DATABASE: address of an empty PostgreSQL database, such as postgresql+psycopg://scanner@/bench. Prints pages a minute,
the ratio to one worker, and two shares of the workers' time between their first page and their last: `beside`, spent
in a task but not at its page (reading ledger and scan; not the start of the browser), and `waiting`, spent without a
task (queue, coordination, the end when pages run out). Light looks at the built-in estate's main site, on loopback,
without a rate. A machine of two cores has nothing to give a third worker: its ratio says what too many cost.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks.pool import Pool
from scanner import checking, run, workers
from scanner.axe import find_axe
from scanner.config import Config, load
from scanner.demo.estate import Estate
from scanner.model import Discovery
from scanner.progress import silent
from scanner.run import LookKind
from scanner.session import Session
from scanner.store import open_store


@dataclass
class Timed:
    """One worker's time."""

    first: float
    last: float
    looking: float
    beside: float
    pages: int


class TimedWorker(workers.Worker):
    """A worker that notes when its first page began and its last ended."""

    first = last = 0.0

    async def _take(self, desk: Any, row: Any, look: LookKind) -> None:
        if not self.first:  # the browser has started: what came before is not the price of a page
            self.first, self.worked.between = time.monotonic(), 0.0
        await super()._take(desk, row, look)
        self.last = time.monotonic()


def work(path: Path, address: str, ready: Any, stop: Any, answers: Any) -> None:
    """A worker in a process of its own."""

    async def main() -> None:
        worker = TimedWorker(load(path), address, ("main",), tabs=1, tell=lambda _: ready.release())

        async def stopped() -> None:
            await asyncio.to_thread(stop.wait)
            worker.stop()

        waiting = asyncio.create_task(stopped())
        worked = await worker.run()
        await waiting
        answers.put(Timed(worker.first, worker.last, worked.looking, worked.between, worked.pages))

    asyncio.run(main())


async def share(config: Config, address: str, urls: list[str]) -> float:
    """Seconds for all pages."""
    store, channel, axe = open_store(address), config.channel("main"), find_axe()
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(Pool.start(checking.pool_settings(config, channel, axe)))
        settings = {"deep": "none", "level": channel.safety_level, "follow": False, "urls": urls}
        scan = store.begin("main", "site", run.versions(pool, axe), settings)
        store.discover(scan.id, [Discovery(url, "start", 0, channel="main") for url in urls])
        one = run.Run(config, channel, store, pool, scan, silent, Session(config, channel, pool))
        others = workers.Workers(address, print)
        began = time.monotonic()
        await others.share(one, store.ledger(scan.id), LookKind.LIGHT, lambda _: None)
        seconds = time.monotonic() - began
        store.stage(scan.id, "given up", "a benchmark")
    store.engine.dispose()
    return seconds


def measure(path: Path, address: str, urls: list[str], count: int) -> tuple[float, list[Timed]]:
    """Pages a minute of so many workers, and how each spent its time."""
    spawn = multiprocessing.get_context("spawn")
    ready, stop, answers = spawn.Semaphore(0), spawn.Event(), spawn.Queue()
    crew = [spawn.Process(target=work, args=(path, address, ready, stop, answers)) for _ in range(count)]
    for one in crew:
        one.start()
    for _ in crew:
        ready.acquire()  # each says what it serves
    seconds = asyncio.run(share(load(path), address, urls))
    stop.set()
    found = [answers.get(timeout=60) for _ in crew]
    for one in crew:
        one.join(30)
    return len(urls) / seconds * 60, [timed for timed in found if timed.pages]


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database")
    parser.add_argument("--pages", type=int, default=120)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    args = parser.parse_args()
    with Estate(slow=0.0) as estate, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scanner.toml"
        path.write_text(estate.config(folder), "utf-8")
        known = estate.pages("main")
        urls = [f"{known[i % len(known)]}?nr={i}" for i in range(args.pages)]
        print(f"{len(urls)} pages, {run.cores()} cores")
        print(f"{'workers':>7} {'pages/min':>10} {'ratio':>6} {'beside':>7} {'waiting':>8}")
        base = 0.0
        for count in args.workers:
            speed, crew = measure(path, args.database, urls, count)
            base = base or speed
            whole = sum(one.last - one.first for one in crew)
            looking, beside = sum(one.looking for one in crew), sum(one.beside for one in crew)
            waiting = whole - looking - beside
            print(
                f"{count:7} {speed:10.0f} {speed / base:6.2f} {beside / whole:7.1%} {waiting / whole:8.1%}", flush=True
            )


if __name__ == "__main__":
    main()
