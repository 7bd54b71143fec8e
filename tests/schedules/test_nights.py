"""Thirty simulated nights on a real store: restarts, a dead mail server, failing scans; every night accounted for."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from scanner.commands.nightly import Worker
from scanner.config import Config, load
from scanner.nights import Nights, plans
from scanner.store import Store, open_store, sqlite_address
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
def settings(tmp_path: Path) -> Config:
    """Two channels, every night at half past two: the time that exists twice in autumn."""
    (tmp_path / "scanner.toml").write_text(SETTINGS, "utf-8")
    return load(tmp_path / "scanner.toml")


def opened(config: Config) -> Store:
    """The store, as after a restart."""
    return open_store(sqlite_address(config.storage.folder))


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
