"""The service: wakes when a night begins and every few minutes in between, and stops gracefully.

APScheduler fires; what is due is always asked of the store, so a firing that is late, doubled or lost does no harm.
Jobs are rebuilt from the settings at every start; nothing of them is stored.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from schedules.due import Plan, nights

log = logging.getLogger(__name__)

GRACE = timedelta(hours=6)
"""A firing that is late by a reboot or a sleeping host still counts; APScheduler's own default is one second."""


class NightTrigger(BaseTrigger):  # type: ignore[misc]
    """Fires when a night begins, by `schedules.due`: in UTC, so no clock change makes it loop or fire twice."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The next moment (UTC) strictly after the last one."""
        after = max(previous_fire_time or now - timedelta(seconds=1), now - GRACE).astimezone(UTC)
        night = next(nights(self.plan, after, now.astimezone(UTC) + timedelta(days=400)), None)
        return night.begins if night else None


class Service:
    """Runs until it is told to stop. `work` does what is due and returns; `stop_work` asks it to end soon."""

    def __init__(
        self,
        plans: Sequence[Plan],
        work: Callable[[], None],
        stop_work: Callable[[], None],
        every: timedelta = timedelta(minutes=5),
    ) -> None:
        self._work, self._stop_work = work, stop_work
        self._stopping = threading.Event()
        self.scheduler = BackgroundScheduler(timezone=UTC)
        job: dict[str, Any] = {"misfire_grace_time": int(GRACE.total_seconds()), "coalesce": True, "max_instances": 1}
        self._busy = threading.Lock()
        for plan in plans:
            self.scheduler.add_job(
                self._once, NightTrigger(plan), id=f"{plan.channel}/{plan.kind}", replace_existing=True, **job
            )
        self.scheduler.add_job(
            self._once,
            IntervalTrigger(seconds=int(every.total_seconds())),
            id="look again",
            next_run_time=datetime.now(UTC),
            **job,
        )

    def _once(self) -> None:
        """Does what is due, unless it is being done."""
        if self._stopping.is_set() or not self._busy.acquire(blocking=False):
            return
        try:
            self._work()
        except Exception:
            log.exception("a night went wrong; the next look is in a few minutes")
        finally:
            self._busy.release()

    def stop(self, *_: Any) -> None:
        """Ends the service soon: the scan at work is stopped where it is and goes on at the next start."""
        self._stopping.set()
        self._stop_work()

    def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        self.scheduler.start()
        while not self._stopping.wait(1):
            pass
        self.scheduler.shutdown(wait=True)
