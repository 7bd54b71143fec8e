"""Runs a crawl in a process of its own and hands out its rows: the caller needs no reactor and no Scrapy.

`python -m spiders.crawl` reads one job (JSON, one line) from standard input and writes rows (JSON lines) to standard
output. It ends when standard input closes, so it never outlives its parent, however that ended. Secrets go through
the pipe, not through arguments or files.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from scanner.model import Discovery, Trouble
from spiders.first_look import discover
from spiders.job import START, Access, CrawlJob, Limits, Politeness, discovery
from spiders.scope import Scope

__all__ = ["START", "Access", "CrawlFailed", "CrawlJob", "Limits", "Politeness", "crawl", "discover"]

_BEAT = 5.0
_SILENCE = 90.0
"""Seconds without a sign of life after which the child is taken for hung (it beats every five)."""


class CrawlFailed(Trouble):
    """The crawl ended before its time. Rows told so far hold; give them as `known` to go on."""

    heading = "crawl ended early"
    advice = "What was found is kept; run the same command to go on."


def crawl(job: CrawlJob) -> Iterator[Discovery]:
    """Crawls, and yields every row as it is known: first as `found`, later with what became of it.

    Write each row to the ledger (a later row replaces an earlier one of the same address). Order is the same for the
    same site. Closing the iterator stops the crawl. Raises CrawlFailed when the child process failed or hung, and
    ValueError or re.error at once when the job cannot be (bad address or pattern).
    """
    Scope(job.channels)
    return _rows(job)


def _rows(job: CrawlJob) -> Iterator[Discovery]:
    root = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "spiders.crawl"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
            env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "0"},
            start_new_session=True,
        )
        assert child.stdin is not None and child.stdout is not None
        lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        reader = threading.Thread(target=_read, args=(child.stdout, lines), daemon=True)
        reader.start()
        ended = False
        try:
            try:
                child.stdin.write(job.to_json().encode() + b"\n")
                child.stdin.flush()
            except BrokenPipeError as error:
                raise CrawlFailed(_tail(errors)) from error
            while True:
                try:
                    line = lines.get(timeout=_SILENCE)
                except queue.Empty:
                    raise CrawlFailed(f"no sign of life for {_SILENCE:g} seconds") from None
                if line is None:
                    break
                raw = json.loads(line)
                if "url" in raw:
                    yield discovery(raw)
                elif "end" in raw:
                    ended = True
            child.wait(30)
            if not ended or child.returncode:
                raise CrawlFailed(_tail(errors) or f"ended with code {child.returncode}")
        finally:
            child.kill()
            child.wait()
            child.stdin.close()
            reader.join(5)
            child.stdout.close()


def _read(stream: IO[bytes], lines: queue.SimpleQueue[bytes | None]) -> None:
    """Empties the child's output into memory, so that a slow caller never makes the child miss its timers."""
    try:
        for line in stream:
            lines.put(line)
    except ValueError:
        pass
    lines.put(None)


def _tail(errors: IO[bytes]) -> str:
    """The end of the child's error output, printable only."""
    errors.seek(0, os.SEEK_END)
    errors.seek(max(errors.tell() - 4_000, 0))
    text = errors.read().decode("utf-8", "replace")
    return "".join(letter for letter in text if letter.isprintable() or letter == "\n").strip()


# --- the child ----------------------------------------------------------------------------------------------------


def _die_with_parent() -> None:
    """Waits for standard input to close. Unbuffered: a lock held at exit would be fatal."""
    while os.read(0, 4_096):
        pass
    os._exit(3)


def _main() -> int:
    job = CrawlJob.from_json(sys.stdin.buffer.readline().decode())
    threading.Thread(target=_die_with_parent, daemon=True).start()
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # nothing that a library prints can get between the rows

    def write(row: dict[str, Any]) -> None:
        out.write(json.dumps(row, separators=(",", ":")).encode() + b"\n")

    from scrapy.crawler import AsyncCrawlerProcess
    from twisted.internet.task import LoopingCall

    from spiders.address_guard import arm
    from spiders.address_rules import Guard
    from spiders.website import Website, settings

    urls = [url for channel in job.channels if channel.id in job.crawled() for url in channel.urls]
    guard = Guard.for_addresses(urls, job.inner_network)
    if job.proxy:  # it lies in the inner network, whatever may be scanned there
        guard.inner = {**Guard.for_addresses([job.proxy]).inner, **guard.inner}
    arm(guard)
    process = AsyncCrawlerProcess(settings(job))
    crawler = process.create_crawler(Website)
    beat = LoopingCall(write, {"beat": 1})
    process.crawl(crawler, job=job, guard=guard, tell=lambda row: write(asdict(row)))
    beat.start(_BEAT)
    process.start(install_signal_handlers=False)
    spider = crawler.spider
    if not isinstance(spider, Website) or not spider.finished:
        return 1
    write({"end": True})
    return 0


if __name__ == "__main__":
    sys.exit(_main())
