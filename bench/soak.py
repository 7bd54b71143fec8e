"""Thousands of pages with faults among them: is memory flat, and is nothing left behind?"""

from __future__ import annotations

import asyncio
import functools
import http.server
import os
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

from bench.nights import settings
from bench.pages import documentation_folder
from scanner import run
from scanner.commands.shared import store_of
from scanner.progress import Progress

FAULTY = 0.03
WARM = 300
"""Pages before which memory still grows to its size: caches, pools, the browser's own."""


def fault(path: str) -> str:
    """Which fault an address has: always the same, for about 3 % of them."""
    draw = int.from_bytes(sha256(path.encode()).digest()[:4], "big") / 2**32
    return ("hangs up", "500", "endless script", "crash")[int(draw / FAULTY * 4)] if draw < FAULTY else ""


@contextmanager
def faulty_site(count: int, night: Callable[[], str] = str) -> Iterator[list[str]]:
    """The documentation under as many prefixes as are needed for so many addresses, with its faults.

    Each `night` has its own faults.
    """
    folder = documentation_folder()
    names = sorted(page.name for page in folder.glob("*.html") if page.name != "index.html")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Says nothing."""

        def translate_path(self, path: str) -> str:
            return super().translate_path("/" + path.rpartition("/")[2])

        def do_GET(self) -> None:
            kind = fault(night() + self.path) if self.path.endswith(".html") else ""
            if kind == "hangs up":
                self.connection.close()
            elif kind == "500":
                self.send_error(500)
            elif kind:
                harm = (
                    "while (true);"
                    if kind == "endless script"
                    else "const a = []; while (true) a.push(new Array(1e7).fill(1))"
                )
                body = (
                    f"<!doctype html><html lang=en><title>{kind}</title><h1>{kind}</h1><script>{harm}</script>".encode()
                )
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            else:
                super().do_GET()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        yield [f"{base}{n // len(names)}/{names[n % len(names)]}" for n in range(count)]
    finally:
        server.shutdown()


def children(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                continue  # it has ended
    return found


def megabytes(pid: int) -> dict[str, float]:
    """Memory of a process and all below it by kind: `scanner`, `driver`, `browser`, `renderer` and so on.

    Pages that processes share are counted once (proportional set size).
    """
    found: dict[str, float] = {}
    for one in children(pid):
        try:
            words = Path(f"/proc/{one}/cmdline").read_text().split("\0")
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue  # it has ended
        said = re.search(r"--type=([\w-]+)", " ".join(words))
        kind = "scanner" if one == pid else "driver" if "node" in words[0] else said[1] if said else "browser"
        kilobytes = next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
        found[kind] = found.get(kind, 0.0) + kilobytes / 1024
    return found


@dataclass
class Soaked:
    """What came of it."""

    pages: int = 0
    seconds: float = 0.0
    samples: list[tuple[int, dict[str, float]]] = field(default_factory=list)
    """Pages done, and megabytes of each kind of process."""
    states: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    """Processes, files and threads that are there after the scan and were not before it."""

    @property
    def warm(self) -> list[tuple[int, dict[str, float]]]:
        """The samples that count: from `WARM` pages on, or the last two thirds of a short run."""
        return [(done, mb) for done, mb in self.samples if done >= min(WARM, self.pages // 3)]

    @property
    def median(self) -> float:
        """Megabytes once it is warm."""
        return statistics.median(sum(mb.values()) for _, mb in self.warm)

    @property
    def slope(self) -> float:
        """Growth of memory in a share of itself per 1,000 pages, once it is warm."""
        warm = self.warm
        line = statistics.linear_regression([done for done, _ in warm], [sum(mb.values()) for _, mb in warm])
        return line.slope * 1000 / self.median

    @property
    def moved(self) -> dict[str, tuple[float, float]]:
        """Megabytes of each kind of process in the first and the last fifth of the samples that count, medians."""
        warm = [mb for _, mb in self.warm]
        ends = warm[: max(1, len(warm) // 5)], warm[-max(1, len(warm) // 5) :]
        kinds = {kind for mb in warm for kind in mb}
        first, last = ({kind: statistics.median(mb.get(kind, 0.0) for mb in end) for kind in kinds} for end in ends)
        return {kind: (first[kind], last[kind]) for kind in sorted(first)}


def own(temporary: str) -> dict[str, int]:
    """What this process has open: processes below it, files, threads, and browsers' folders in this one."""
    return {
        "processes": len(children(os.getpid())),
        "files": len(os.listdir("/proc/self/fd")),
        "threads": threading.active_count(),
        "folders": len([p for p in Path(temporary).iterdir() if "playwright" in p.name]),
    }


def soak(count: int) -> Soaked:
    """A light scan of so many addresses."""
    out = Soaked()
    done = 0

    def show(progress: Progress) -> None:
        nonlocal done
        done = progress.done

    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(2):
            out.samples.append((done, megabytes(os.getpid())))

    with faulty_site(count) as urls, tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, TMPDIR=folder):
        config = settings(urls[0].rpartition("/")[0] + "/", Path(folder), count)
        before = own(folder)
        watcher = threading.Thread(target=watch)
        watcher.start()
        began = time.monotonic()
        store = store_of(config)
        try:
            scan = asyncio.run(
                run.scan_channel(config, store, "site", kind="list", urls=urls, follow=False, deep="none", show=show)
            )
        finally:
            ended.set()
            watcher.join()
        out.seconds = time.monotonic() - began
        out.states = {str(state): n for state, n in store.counts(scan.id).items()}
        out.pages = sum(out.states.values())
        store.engine.dispose()
        out.left = {kind: n - before[kind] for kind, n in own(folder).items() if n > before[kind]}
    return out
