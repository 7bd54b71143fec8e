"""Three workers in network namespaces of their own: one is cut off, one is killed, each at a page; nothing is lost."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

pytest.importorskip("procrastinate", reason="WORKERS ARE NOT TESTED: pip install 'toegankelijkheid-scanner[scale]'")

from scanner import run, workers
from scanner.config import load
from scanner.demo.estate import Estate
from scanner.store import open_store, sqlite_address
from tests.workers import crew
from tests.workers.crew import PATIENCE, at_work, said, same

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.timeout(900)]
RELAY = str(Path(__file__).with_name("relay.py"))
REFUSED = "WORKERS ARE NOT TESTED APART: this user may not make network namespaces (`ip netns add`); run it as root."


def ip(*arguments: str, check: bool = True) -> int:
    """Runs `ip`."""
    return subprocess.run(["ip", *arguments], check=check, capture_output=True, timeout=20).returncode


class Machine:
    """A network namespace with one line to here, which can be cut."""

    def __init__(self, number: int) -> None:
        self.name, self.line = f"scan{os.getpid()}n{number}", f"sc{os.getpid() % 100000}v{number}"
        self.here, self.there = f"10.213.{number}.1", f"10.213.{number}.2"

    def add(self) -> None:
        """Makes it."""
        ip("netns", "add", self.name)
        ip("link", "add", self.line, "type", "veth", "peer", "name", "line", "netns", self.name)
        ip("addr", "add", f"{self.here}/30", "dev", self.line)
        ip("link", "set", self.line, "up")
        for command in (("addr", "add", f"{self.there}/30", "dev", "line"), ("link", "set", "line", "up"), ("link", "set", "lo", "up")):
            ip("-n", self.name, *command)

    def cut(self) -> None:
        """Nothing comes through any more, and nobody is told."""
        ip("link", "set", self.line, "down")

    def remove(self) -> None:
        """Takes it away, with its line."""
        ip("link", "del", self.line, check=False)
        ip("netns", "del", self.name, check=False)

    @property
    def inside(self) -> tuple[str, ...]:
        """What to put before a command."""
        return ("ip", "netns", "exec", self.name)


@pytest.fixture
def machines() -> Iterator[list[Machine]]:
    three = [Machine(number) for number in range(3)]
    try:
        try:
            for machine in three:
                machine.add()
        except (OSError, subprocess.CalledProcessError):
            warnings.warn(REFUSED, stacklevel=1)
            pytest.skip(REFUSED)
        yield three
    finally:
        for machine in three:
            machine.remove()


async def test_one_cut_off_and_one_killed(postgresql: Any, machines: list[Machine], tmp_path: Path) -> None:
    """At a page each; the third does the rest. Ledger and outcomes, deep looks too, as on one machine."""
    postgresql.run('CREATE DATABASE "apart" TEMPLATE migrated')
    store, relays, members = open_store(postgresql.address("apart")), [], []
    with Estate() as estate:
        text, port = estate.config(str(tmp_path)), urlsplit(estate.url("sport")).port
        mine = tmp_path / "scanner.toml"
        mine.write_text(text, "utf-8")
        config = load(mine)
        alone = open_store(sqlite_address(tmp_path))
        expected = said(alone, await run.scan_channel(config, alone, "sport"))
        try:
            for machine in machines:
                # The estate is on every machine's own loopback, the database only at the end of the line.
                for before, listen, target in (
                    ((), f"{port}@{machine.here}", f"{port}@127.0.0.1"),
                    ((), f"5432@{machine.here}", f"{postgresql.socket}/.s.PGSQL.5432"),
                    (machine.inside, f"{port}@127.0.0.1", f"{port}@{machine.here}"),
                ):
                    relays.append(subprocess.Popen([*before, sys.executable, RELAY, listen, target]))
                address = f"postgresql+psycopg://{postgresql.user}@{machine.here}/apart"
                path = tmp_path / f"{machine.name}.toml"
                path.write_text(text.replace("[storage]\n", f'[storage]\ndatabase = "{address}"\n', 1), "utf-8")
                time.sleep(1)  # until the relays listen
                members.append(crew.start(path, tmp_path / f"{machine.name}.log", before=machine.inside))
            for member in members:
                member.wait_for("serves version")
            others = workers.Workers(postgresql.address("apart"), print, stalled=8.0)
            scanning = asyncio.create_task(run.scan_channel(config, store, "sport", elsewhere=others))
            ends = time.monotonic() + PATIENCE
            while len(visiting := at_work(store, store.scans("sport")[0]) if store.scans("sport") else []) < 3:
                assert time.monotonic() < ends and not scanning.done()
                await asyncio.sleep(0.02)
            machines[0].cut()
            members[2].kill()
            scan = await scanning
            again = {row.url for row in store.ledger(scan.id) if row.attempts > 1}
            assert len(again & set(visiting)) >= 2, "both pages were begun twice"
            same(said(store, scan), expected)
            assert members[0].process.wait(90) == 3 and "the database server does not answer" in members[0].says()
            assert members[1].stop() == 0
        finally:
            for member in members:
                if member.process.poll() is None:
                    member.kill()
            for relay in relays:
                relay.kill()
                relay.wait()
            store.engine.dispose()
    postgresql.run('DROP DATABASE "apart" WITH (FORCE)')
