"""A night on an unchanged site against a full one, and the crawl by itself."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from scanner import run
from scanner.commands.shared import store_of
from scanner.config import Config, load
from scanner.model import LedgerState
from spiders.crawl import CrawlJob, Limits, Politeness, crawl
from spiders.scope import ChannelScope


def settings(base: str, folder: Path, pages: int) -> Config:
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
full_every = 99
""",
        "utf-8",
    )
    return load(path)


def nights(base: str, pages: int) -> tuple[float, float, int]:
    """Seconds of a full night, of the next on the unchanged site, and the pages that were carried forward."""
    with tempfile.TemporaryDirectory() as folder:
        config = settings(base, Path(folder), pages)
        store = store_of(config)
        took = []
        for _ in range(2):
            began = time.monotonic()
            scan = asyncio.run(run.scan_channel(config, store, "site"))
            took.append(time.monotonic() - began)
        carried = store.counts(scan.id).get(LedgerState.UNCHANGED, 0)
        store.engine.dispose()
    return took[0], took[1], carried


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
