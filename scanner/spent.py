"""Where the time of a scan goes, per stage and per part of a look: for `scanner scan --profile` and the benchmarks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Spent:
    """Seconds, added up over channels and pages.

    Stages are by the clock. Parts of looks run in several browser pages at once, so that they add up to more.
    """

    stages: dict[str, float] = field(default_factory=dict)
    parts: dict[str, float] = field(default_factory=dict)
    """Of looks: `load`, every probe by its name, and our work on what they brought: `judge`, `keep`, `pictures`."""
    pages: int = 0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times what is done within it."""
        with _timed(self.stages, name):
            yield

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Times what is done within it."""
        with _timed(self.parts, name):
            yield


@contextmanager
def _timed(book: dict[str, float], name: str) -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    finally:
        book[name] = book.get(name, 0.0) + time.monotonic() - began
