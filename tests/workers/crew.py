"""Workers as processes, and what a scan said, for the tests of this folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from scanner.model import LedgerState
from scanner.store import Scan, Store
from scanner.workers import schema

PATIENCE = 120.0
"""Seconds for what takes two on a quiet machine."""


@dataclass
class Member:
    """One `scanner worker`, with its processes in a session of its own."""

    process: subprocess.Popen[bytes]
    said: Path

    def says(self) -> str:
        """What it told so far."""
        return self.said.read_text("utf-8")

    def wait_for(self, words: str) -> None:
        """Until it has said this."""
        ends = time.monotonic() + PATIENCE
        while words not in self.says():
            assert time.monotonic() < ends and self.process.poll() is None, f"no {words!r} in: {self.says()}"
            time.sleep(0.1)

    def kill(self) -> None:
        """As a power cut does it: the worker and its browser, at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)

    def stop(self) -> int:
        """As a service manager does it; the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(40)


def start(path: Path, said: Path, *, before: Sequence[str] = (), options: Sequence[str] = ("--tabs", "1")) -> Member:
    """Starts a worker; `before`: a command to start it by, such as `ip netns exec NAME`."""
    command = [*before, sys.executable, "-m", "scanner.cli", "worker", *options, "--config", str(path)]
    with said.open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    return Member(process, said)


def at_work(store: Store, scan: Scan) -> list[str]:
    """Addresses that a worker is looking at this very moment."""
    with store.session() as session:
        doing = session.scalars(
            text(f"SELECT (args->>'address')::int FROM {schema()}.procrastinate_jobs WHERE status = 'doing'")
        )
        numbers = list(doing)
    return [row.url for row in store.addresses(numbers) if row.attempts and row.state is LedgerState.FOUND]


def in_the_queue(store: Store) -> int:
    """How many tasks there are."""
    with store.session() as session:
        return int(session.scalar(text(f"SELECT count(*) FROM {schema()}.procrastinate_jobs")) or 0)


def said(store: Store, scan: Scan) -> tuple[set[Any], Counter[Any]]:
    """Ledger and outcomes, each as often as it is there, without what differs by timing alone."""
    ledger = {(row.url, row.state, row.template, row.deep) for row in store.ledger(scan.id)}
    outcomes = Counter(
        (
            one.url,
            one.outcome.criterion,
            one.outcome.verdict,
            one.outcome.rule,
            one.outcome.place.selector if one.outcome.place else "",
            one.outcome.state,
        )
        for one in store.outcomes(scan.id)
    )
    return ledger, outcomes


def same(one: tuple[set[Any], Counter[Any]], other: tuple[set[Any], Counter[Any]]) -> None:
    """Fails with what differs."""
    assert one[0] == other[0], f"only here: {one[0] - other[0]}, only there: {other[0] - one[0]}"
    assert one[1] == other[1], f"only here: {one[1] - other[1]}, only there: {other[1] - one[1]}"
