"""A night on an unchanged site against a full one, and the crawl by itself."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scanner import run
from scanner.commands.shared import store_of
from scanner.config import Config, load
from scanner.model import LedgerState
from scanner.spent import Spent
from spiders.crawl import CrawlJob, Limits, Politeness, crawl
from spiders.scope import ChannelScope


def settings(base: str, folder: Path, pages: int, full_every: int = 99, keep_nights: int = 60) -> Config:
    """Settings with one channel, on this address."""
    path = folder / "scanner.toml"
    path.write_text(
        f"""[organisation]
name = "Bench"
[[channel]]
id = "site"
name = "Site"
url = "{base}"
limits = {{ pages = {pages}, minutes = 600 }}
[scan]
full_every = {full_every}
[storage]
keep_nights = {keep_nights}
""",
        "utf-8",
    )
    return load(path)


@dataclass(frozen=True)
class Costs:
    """What pages cost, as measured on one set of pages. Seconds of one core, but for whole nights."""

    pages: int
    full: float
    """Seconds by the clock of a first night: crawl, light looks, deep looks, judging."""
    unchanged: float
    """Seconds by the clock of the next night on the unchanged site."""
    carried: int
    """Pages that were carried forward in it."""
    crawl: float
    light: float
    deep: float
    deep_pages: int
    carry: float
    kilobytes_full: float
    """Growth of the store per page of a first night."""
    kilobytes_unchanged: float
    """The same for the next night."""


def nights(base: str, pages: int) -> Costs:
    """A full night and the next one on the unchanged site, at this machine's usual settings."""
    with tempfile.TemporaryDirectory() as folder:
        config = settings(base, Path(folder), pages)
        store = store_of(config)
        took, sizes, stages, scan = [], [_size(Path(folder))], [], None
        for _ in range(2):
            spent, began = Spent(), time.monotonic()
            scan = asyncio.run(run.scan_channel(config, store, "site", spent=spent))
            took.append(time.monotonic() - began)
            stages.append(spent.stages)
            sizes.append(_size(Path(folder)))
        assert scan is not None
        first = store.scans()[-1]
        deep_pages = sum(row.deep == "done" for row in store.ledger(first.id))
        carried = store.counts(scan.id).get(LedgerState.UNCHANGED, 0)
        seen = store.counts(first.id).get(LedgerState.VISITED, 0)
        store.engine.dispose()
    cores = run.cores()
    return Costs(
        pages=seen, full=took[0], unchanged=took[1], carried=carried,
        crawl=stages[0]["crawl"] / seen, light=stages[0]["visit"] * cores / seen,
        deep=stages[0]["deepen"] * cores / max(1, deep_pages), deep_pages=deep_pages, carry=took[1] / max(1, carried),
        kilobytes_full=(sizes[1] - sizes[0]) / seen, kilobytes_unchanged=(sizes[2] - sizes[1]) / seen,
    )  # fmt: skip


def _size(folder: Path) -> float:
    """Kilobytes of everything in it."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1000


def crawled(base: str, pages: int) -> tuple[int, float]:
    """Pages that the spiders fetched, and the seconds that it took, the start of their process included."""
    job = CrawlJob(channels=(ChannelScope("site", (base,)),), user_agent="bench", crawl=("site",), start=(base,),
                   limits=Limits(pages=pages, seconds=3600), politeness=Politeness.at_home())  # fmt: skip
    began = time.monotonic()
    fetched = sum(row.fetched for row in crawl(job))
    return fetched, time.monotonic() - began


def checked(urls: Sequence[str], *options: str) -> float:
    """Seconds of `scanner check URL` from a cold start, the median over these addresses."""
    took = []
    for url in urls:
        began = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "scanner.cli", "check", url, "--quiet", *options], capture_output=True, check=False
        )
        took.append(time.monotonic() - began)
    return statistics.median(took)
