"""Thirty simulated nights on a real store: restarts, a dead mail server, failing scans; every night accounted for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event

from scanner.commands.nightly import Worker
from scanner.config import Config, load
from scanner.finding_store import record_night
from scanner.model import Discovery, LedgerState, PageEvidence, Record, StateEvidence
from scanner.nights import Nights, plans
from scanner.store import Looked, Scan, Store, StoreTrouble, open_store
from scanner.verifying import verify
from schedules.due import ZONE, Night, NightState, Plan
from schedules.notices import Notice, NotSent, Receiver
from schedules.service import NightTrigger, Service

SETTINGS = """
[organisation]
name = "Gemeente"
[[channel]]
id = "main"
name = "Voorbeeldmeer.nl"
url = "http://127.0.0.1:1/"
[[channel]]
id = "sport"
name = "Sport"
url = "http://127.0.0.1:2/"
target = "B"
[[schedule]]
kind = "nightly"
at = "02:30"
[[notify]]
to = ["json://localhost"]
"""


class Clock:
    """A clock that a test turns."""

    def __init__(self, local: str) -> None:
        self.now = datetime.fromisoformat(local).replace(tzinfo=ZONE).astimezone(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def settings(tmp_path: Path, address: str) -> Config:
    """Two channels, every night at half past two: the time that exists twice in autumn. On each database."""
    (tmp_path / "scanner.toml").write_text(SETTINGS + f'[storage]\ndatabase = "{address}"\n', "utf-8")
    return load(tmp_path / "scanner.toml")


def opened(config: Config) -> Store:
    """The store, as after a restart."""
    return open_store(config.storage.database)


def finish(nights: Nights, store: Store, night: Night, *, well: bool = True) -> None:
    """What a scan leaves behind."""
    nights.write(night, NightState.RUNNING)
    scan = store.begin(night.plan.channel, "site", {}, {"follow": True})
    store.stage(scan.id, "done")
    nights.write(
        night,
        NightState.DONE if well else NightState.FAILED,
        scan=scan.id,
        note="" if well else "the scan ended with code 2",
    )


def test_thirty_nights_over_the_clock_change(settings: Config) -> None:
    """A restart every third night, no machine for two nights, one failing scan: each night has one state."""
    clock = Clock("2026-10-10T12:00")
    store = opened(settings)
    nights = Nights(settings, store, clock)
    nights.since()
    begin = clock.now
    off = {date(2026, 10, 14), date(2026, 10, 15)}
    while clock.now < begin + timedelta(days=30):
        clock.now += timedelta(minutes=90)
        local = clock.now.astimezone(ZONE)
        if local.date() in off:
            continue
        if local.day % 3 == 0 and local.hour == 12:
            store = opened(settings)
            nights = Nights(settings, store, clock)
        for night in nights.due().start:
            finish(nights, store, night, well=not (night.plan.channel == "sport" and night.day == date(2026, 10, 20)))
    past = nights.past()
    days = {date(2026, 10, 11) + timedelta(days=i) for i in range(30)}
    for channel in ("main", "sport"):
        mine = [n for n in past if n.channel == channel]
        assert sorted(n.day for n in mine) == sorted(days), "every night once"
        assert {n.day for n in mine if n.state is NightState.MISSED} == off
    assert [(n.channel, n.day) for n in past if n.state is NightState.FAILED] == [("sport", date(2026, 10, 20))]


class Trouble:
    """The service through thirty nights of trouble: what a scan does, and what goes wrong, is told by the day."""

    def __init__(self, config: Config, path: Path, clock: Clock, first: date) -> None:
        self.config, self.path, self.clock = config, path, clock
        self.day = {name: first + timedelta(days=number) for name, number in TROUBLES.items()}
        self.mail: list[str] = []
        self.scanned: list[tuple[str, date]] = []
        self.holding: Connection | None = None
        self.start()

    def start(self) -> None:
        """A restart of the service."""
        store = opened(self.config)
        if store.engine.dialect.name == "sqlite":
            event.listen(store.engine, "connect", self._impatient)
        store.engine.dispose()
        self.worker = Worker(self.config, store, self.path, self.scan)
        self.worker.nights.clock = self.clock
        self.worker.nights.post_office = partial(self.worker.nights.post_office, self.deliver)  # type: ignore[method-assign]
        self.service = Service([], self.worker.work, self.worker.stop)

    def _impatient(self, connection: Any, _: object) -> None:
        connection.execute("PRAGMA busy_timeout=30")
        if self.on("full_disk"):
            connection.execute("PRAGMA max_page_count=1")

    def on(self, trouble: str) -> bool:
        """Whether it is the night of this trouble: until noon of the day on which the night began."""
        return (self.clock.now.astimezone(ZONE) - timedelta(hours=1)).date() == self.day[trouble]

    def deliver(self, _: Receiver, notice: Notice) -> None:
        """The mail server, dead for three nights."""
        if self.day["dead_mail"] <= self.clock.now.astimezone(ZONE).date() < self.day["dead_mail"] + timedelta(days=3):
            raise NotSent("no answer")
        self.mail.append(notice.key)

    def scan(self, night: Night) -> list[str]:
        """What the scan of a night does, and then the command that ends as it does."""
        store, channel = self.worker.store, night.plan.channel
        if channel == "sport" and night.day == self.day["unreachable"]:
            return ["sh", "-c", "exit 3"]
        self.scanned.append((channel, night.day))
        at_work = store.unfinished(channel) or store.begin(channel, "site", {}, {"follow": True})
        if night.day == self.day["stopped"] and self.scanned.count((channel, night.day)) == 1:
            self.worker._stopping = True  # as by SIGTERM in the middle
            return ["true"]
        store.engine.dispose()  # the disk is as it is for who connects now
        try:
            look(store, at_work)
        except StoreTrouble:
            return ["sh", "-c", "exit 3"]
        self.clock.now += timedelta(minutes=40)
        store.stage(at_work.id, "done")
        record_night(store, store.scan(at_work.id), "GM", {})
        if night.day == self.day["locked"] and channel == "main" and store.engine.dialect.name == "sqlite":
            self.holding = create_engine(self.config.storage.database, isolation_level=None).connect()
            raw = self.holding.connection.driver_connection
            assert raw is not None
            raw.execute("BEGIN IMMEDIATE")  # someone else's, just as the scan has ended
        return ["true"]

    def later(self) -> None:
        """Six hours on, in the night one and a half, after a stop ten minutes; whoever held the database lets go."""
        by_night = 0 <= self.clock.now.astimezone(ZONE).hour < 7
        self.clock.now += timedelta(minutes=10 if self.worker._stopping else 90 if by_night else 360)
        if self.holding is not None:
            raw = self.holding.connection.driver_connection
            assert raw is not None
            raw.execute("ROLLBACK")
            self.holding.close()
            self.holding = None
        if self.worker._stopping:
            self.start()


TROUBLES = {"unreachable": 3, "full_disk": 6, "locked": 9, "dead_mail": 11, "off": 13, "stopped": 20}
"""Trouble → number of the night on which it begins."""


def look(store: Store, scan: Scan) -> None:
    """One page, with evidence that needs room on the disk."""
    url = f"https://{scan.channel}.example/"
    store.discover(scan.id, [Discovery(url, "start", 0, channel=scan.channel, fetched=True)])
    (row,) = store.ledger(scan.id)
    heavy = Record("facts", {"heavy": os.urandom(60_000).hex()})
    page = PageEvidence(url, url, 200, "text/html", looks=(StateEvidence("base", "1280x1024", (), {"facts": heavy}),))
    store.save_visit(scan.id, row.id, Looked(page, LedgerState.VISITED, "", [], {}, (), 0.1))


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.thorough)])
@pytest.mark.parametrize("begin", ["2026-10-10T12:00", "2027-03-10T12:00"], ids=["autumn", "spring"])
def test_thirty_nights_of_trouble(settings: Config, tmp_path: Path, begin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both clock changes, restarts, a site that is away, a full disk, a locked database, dead mail, no power, a stop.

    No night is lost or doubled: every night has one state, every night that went well one scan of its own, and
    nobody is told of a night twice or not at all.
    """
    clock = Clock(begin)
    monkeypatch.setattr("scanner.store.now", clock)
    first = clock.now.astimezone(ZONE).date() + timedelta(days=1)
    here = Trouble(settings, tmp_path / "scanner.toml", clock, first)
    here.worker.nights.since()
    off = {here.day["off"], here.day["off"] + timedelta(days=1)}
    end = clock.now + timedelta(days=30)
    looks = 0
    while clock.now < end:
        here.later()
        local = clock.now.astimezone(ZONE)
        if local.date() in off:
            continue
        looks += 1
        if looks % 19 == 0:
            here.start()
        here.service._once()
        if local.hour < 7:
            here.service._once()  # fired twice
    here.worker.nights.post_office()
    past = here.worker.nights.past()
    days = [first + timedelta(days=number) for number in range(30)]
    sqlite = here.worker.store.engine.dialect.name == "sqlite"
    failed = {("sport", here.day["unreachable"])}
    if sqlite:
        failed |= {(channel, here.day["full_disk"]) for channel in ("main", "sport")}
    missed = {(channel, day) for channel in ("main", "sport") for day in off}
    for channel in ("main", "sport"):
        assert sorted(n.day for n in past if n.channel == channel) == days, "every night once"
    states = {(n.channel, n.day): n.state for n in past}
    assert {key for key, state in states.items() if state is NightState.FAILED} == failed
    assert {key for key, state in states.items() if state is NightState.MISSED} == missed
    done = [n for n in past if n.state is NightState.DONE]
    assert len(done) == 60 - len(failed) - len(missed)
    scans = here.worker.store.scans(finished=True)
    assert sorted(n.scan or 0 for n in done) == sorted({n.scan for n in done} & {s.id for s in scans}), "a scan of its own"
    assert len(scans) == len(done), "and no scan besides"
    twice = {key for key, count in Counter(here.scanned).items() if count > 1}
    assert twice == {("main", here.day["stopped"]), ("sport", here.day["stopped"])}, "stopped, and went on where they were"
    told = {f"{day.isoformat()}/0/{channel}" for channel, day in failed | missed}
    assert sorted(here.mail) == sorted(told), "each told once"
    assert verify(here.worker.store.engine).faults == []


def test_a_dead_mail_server_loses_nothing_and_doubles_nothing(settings: Config) -> None:
    """Kept while it cannot be sent; sent once when it can."""
    clock = Clock("2026-11-01T12:00")
    store = opened(settings)
    nights = Nights(settings, store, clock)
    nights.since()
    clock.now += timedelta(hours=15)
    (first, second) = nights.due().start
    for _ in range(3):  # told three times: one notice
        nights.write(first, NightState.FAILED, note="the scan ended with code 2")
    sent: list[str] = []

    def dead(_: Receiver, __: Notice) -> None:
        raise NotSent("no answer")

    def alive(_: Receiver, notice: Notice) -> None:
        sent.append(notice.body)

    assert nights.post_office(dead) == {"sent": 0, "kept": 1}
    assert Nights(settings, opened(settings), clock).post_office(alive) == {"sent": 1, "kept": 0}
    assert Nights(settings, opened(settings), clock).post_office(alive) == {"sent": 0, "kept": 0}
    assert len(sent) == 1 and "Voorbeeldmeer.nl" in sent[0] and "code 2" in sent[0]
    assert second.plan.channel == "sport"


def test_a_worker_that_is_stopped_leaves_its_night_due(settings: Config, tmp_path: Path) -> None:
    """SIGTERM in the middle of a scan."""
    store = opened(settings)
    clock = Clock("2026-11-01T12:00")
    Nights(settings, store, clock).since()
    worker = Worker(
        settings, store, tmp_path / "scanner.toml", lambda night: [sys.executable, "-c", "import time; time.sleep(60)"]
    )
    clock.now += timedelta(hours=15)
    worker.nights.clock = clock
    import threading

    threading.Timer(1.5, worker.stop).start()
    began = time.monotonic()
    worker.work()
    assert time.monotonic() - began < 20
    assert [n.state for n in Nights(settings, opened(settings), clock).past()] == [NightState.RUNNING]
    assert any(n.plan.channel == "main" for n in Nights(settings, opened(settings), clock).due().start)


def one_night(config: Config, path: Path, commands: list[str]) -> tuple[NightState, str]:
    """State and note of main's night, when its scan does these shell commands, one a start."""
    clock = Clock("2026-11-01T12:00")
    store = opened(config)
    Nights(config, store, clock).since()
    waiting = iter(commands)

    def scan(night: Night) -> list[str]:
        if night.plan.channel != "main":
            return ["sh", "-c", "exit 3"]
        command = next(waiting)
        if command == "scan":
            at_work = store.unfinished("main") or store.begin("main", "site", {}, {"follow": True})
            store.stage(at_work.id, "done")
            record_night(store, store.scan(at_work.id), "GM", {})
            command = "true"
        return ["sh", "-c", command]

    worker = Worker(config, store, path, scan)
    clock.now += timedelta(hours=15)
    worker.nights.clock = clock
    worker.work()
    assert list(waiting) == [], "started as often as said"
    (night,) = (n for n in worker.nights.past() if n.channel == "main")
    return night.state, night.note


def test_a_scan_that_is_killed_is_started_again(settings: Config, tmp_path: Path) -> None:
    """By the system, for want of memory; it goes on where it was."""
    assert one_night(settings, tmp_path / "s.toml", ["kill -9 $$", "kill -9 $$", "scan"])[0] is NightState.DONE


def test_a_scan_that_is_killed_each_time_fails(settings: Config, tmp_path: Path) -> None:
    """And is started no more that night."""
    state, note = one_night(settings, tmp_path / "s.toml", ["kill -9 $$"] * 3)
    assert state is NightState.FAILED and note == "the scan ended with code -9"


def test_a_scan_that_met_a_defect_is_not_the_scan_of_the_night_before(settings: Config, tmp_path: Path) -> None:
    """Python's own exit code for a defect is the one of a scan with failures."""
    store = opened(settings)
    store.stage(store.begin("main", "site", {}, {"follow": True}).id, "done")
    state, note = one_night(settings, tmp_path / "s.toml", ["exit 1"])
    assert state is NightState.FAILED and note == "the scan ended with code 1"


def test_triggers_are_rebuilt_and_do_not_loop_in_autumn(settings: Config) -> None:
    """APScheduler's own cron trigger loops for ever here; ours gives the next night."""
    trigger = NightTrigger(Plan("main", "nightly", "02:30"))
    now = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    first = trigger.get_next_fire_time(now, now)
    assert first == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)
    service = Service(plans(settings), lambda: None, lambda: None)
    service.scheduler.start(paused=True)
    assert {job.id for job in service.scheduler.get_jobs()} == {"main/nightly", "sport/nightly", "look again"}
    service.scheduler.shutdown()


@pytest.mark.slow
def test_the_service_starts_and_stops_within_twenty_seconds(settings: Config, tmp_path: Path) -> None:
    """`scanner serve` as systemd runs it."""
    service = subprocess.Popen(
        [sys.executable, "-m", "scanner.cli", "serve", "--config", str(tmp_path / "scanner.toml")],
        stderr=subprocess.PIPE,
    )
    health = settings.storage.folder / "health.json"
    deadline = time.monotonic() + 60
    while not health.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert health.exists(), "the service looks at what is due at once and writes how it is"
    service.send_signal(signal.SIGTERM)
    assert service.wait(20) == 0
