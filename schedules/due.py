"""What is due when. Pure: every function is given the moment it is.

Times are local (Europe/Amsterdam); moments are UTC. A night is named by the local date on which it should begin, so a
night that is fired twice, late, or after a clock change is still one night. Clock changes: a time that does not exist
(spring) runs as soon as the clock has jumped; a time that exists twice (autumn) runs the first time.

The calendar is APScheduler's cron trigger, asked in a zone without clock changes: in Europe/Amsterdam it loops for ever
between 02:00 and 02:59 on the autumn Sunday (APScheduler issue 1021; a test holds this module to it).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

ZONE = ZoneInfo("Europe/Amsterdam")
DAYS = {
    "monday": "mon", "tuesday": "tue", "wednesday": "wed", "thursday": "thu", "friday": "fri", "saturday": "sat",
    "sunday": "sun", "maandag": "mon", "dinsdag": "tue", "woensdag": "wed", "donderdag": "thu", "vrijdag": "fri",
    "zaterdag": "sat", "zondag": "sun",
}  # fmt: skip
ORDER = {"first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "last": "last"}
USUAL = {
    "nightly": "23:30",
    "weekly": "saturday 23:30",
    "monthly": "first sunday 20:00",
    "quarterly": "0 20 2 jan,apr,jul,oct *",
    "yearly": "0 20 3 jan *",
}
"""When each kind runs if the settings do not say."""
LOOK_BACK = {
    "nightly": timedelta(days=62),
    "weekly": timedelta(days=62),
    "monthly": timedelta(days=124),
    "quarterly": timedelta(days=200),
    "yearly": timedelta(days=500),
}
"""How far back a night can be owed, or told as missed."""


class NightState(StrEnum):
    """What became of a night."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    MISSED = "missed"
    LEFT = "left"
    """No time for it within the window: the planner chose others."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One kind of scan of one channel, as set."""

    channel: str
    kind: str
    at: str
    done_by: time = time(6, 0)
    not_on: tuple[str, ...] = ()
    priority: int = 0
    target: str = "A"


@dataclass(frozen=True, slots=True)
class Night:
    """One occurrence of a plan. (channel, kind, day) is unique, for ever."""

    plan: Plan
    day: date
    """Local date on which it should begin."""
    begins: datetime
    """Moment, UTC."""
    ends: datetime
    """Moment, UTC: `done_by` on the same or the next local day."""

    @property
    def key(self) -> tuple[str, str, date]:
        """What makes a double or late firing harmless."""
        return self.plan.channel, self.plan.kind, self.day


class BadTime(ValueError):
    """A time in the settings that cannot be read; the message says how to write it."""


def calendar(at: str, kind: str = "nightly") -> CronTrigger:
    """The calendar of plain words (`23:30`, `sunday 01:00`, `first sunday 01:00`) or a cron line with weekday names.

    Raises BadTime.
    """
    words = (at or USUAL[kind]).strip().lower()
    plain = re.fullmatch(r"(?:(first|second|third|fourth|last) )?(?:([a-z]+) )?(\d{1,2}):(\d{2})", words)
    try:
        if plain:
            order, day, hour, minute = plain.groups()
            if day and day not in DAYS:
                raise BadTime(f"{day!r} is not a weekday: write it as sunday")
            if order and not day:
                raise BadTime(f"{words!r}: write it as `{order} sunday 01:00`")
            fields: dict[str, str] = {"hour": hour, "minute": minute}
            if order:
                fields["day"] = f"{ORDER[order]} {DAYS[day]}"
            elif day:
                fields["day_of_week"] = DAYS[day]
            return CronTrigger(timezone=UTC, **fields)
        parts = words.split()
        if len(parts) != 5:
            raise BadTime(
                f"{at!r} is no time: write `23:30`, `sunday 01:00`, `first sunday 01:00` or a cron line of five fields"
            )
        if re.search(r"\d", parts[4]):
            raise BadTime(f"{at!r}: write weekdays by name (mon, tue, …); numbers mean another day in every program")
        return CronTrigger.from_crontab(words, timezone=UTC)
    except BadTime:
        raise
    except ValueError as error:
        raise BadTime(f"{at!r} is no time: {error}") from error


def moment(local: datetime) -> datetime:
    """The moment (UTC) of a naive local time: the first one if it exists twice, after the jump if it does not exist."""
    return local.replace(tzinfo=ZONE, fold=0).astimezone(UTC)


def nights(plan: Plan, after: datetime, until: datetime) -> Iterator[Night]:
    """The nights of a plan that begin after one moment and not after another, in order."""
    trigger = calendar(plan.at, plan.kind)
    local = (after.astimezone(ZONE) - timedelta(days=1)).replace(tzinfo=UTC)
    previous: datetime | None = None
    while True:
        at = trigger.get_next_fire_time(previous, local if previous is None else previous + timedelta(microseconds=1))
        if at is None:
            return
        previous = at
        naive = at.replace(tzinfo=None)
        begins = moment(naive)
        if begins > until:
            return
        if begins > after and not excluded(naive.date(), plan.not_on):
            yield Night(plan, naive.date(), begins, _end(naive, plan.done_by))


def _end(begins: datetime, done_by: time) -> datetime:
    day = begins.date() if done_by > begins.time() else begins.date() + timedelta(days=1)
    return moment(datetime.combine(day, done_by))


def excluded(day: date, not_on: Sequence[str]) -> bool:
    """Whether nothing may run on this local date: a date (2026-12-03) or a weekday by name."""
    names = {name for name, short in DAYS.items() if short == day.strftime("%a").lower()}
    return any(word.strip().lower() in {day.isoformat(), *names} for word in not_on)


@dataclass(frozen=True, slots=True)
class Due:
    """What to do now, in order; and what is past doing."""

    start: tuple[Night, ...]
    left: tuple[Night, ...]
    """Due, but the window is too short for it."""
    missed: tuple[Night, ...]
    """Its window is over, or a later night of the same plan has come: coalesced."""


def due(
    plans: Sequence[Plan],
    known: Mapping[tuple[str, str, date], NightState],
    since: datetime,
    now: datetime,
    takes: Mapping[tuple[str, str], float] | None = None,
    age: Mapping[str, float] | None = None,
) -> Due:
    """What is due at a moment.

    `known`: nights that have a state already. `since`: when the schedule was first looked at: nothing before is owed.
    `takes`: seconds that (channel, kind) usually takes. `age`: days since the channel was last scanned. When time is
    short the order decides: priority, target A before B, older before newer, then the channel's name.
    """
    owed: list[Night] = []
    missed: list[Night] = []
    for plan in plans:
        open_nights = [
            n
            for n in nights(plan, max(since, now - LOOK_BACK[plan.kind]), now)
            if known.get(n.key) in (None, NightState.RUNNING, NightState.LEFT)
        ]
        missed += open_nights[:-1]
        if open_nights:
            last = open_nights[-1]
            (owed if last.ends > now or plan.kind != "nightly" else missed).append(last)
    owed.sort(
        key=lambda n: (
            -n.plan.priority,
            n.plan.target,
            -(age or {}).get(n.plan.channel, 1e9),
            n.plan.channel,
            n.plan.kind,
        )
    )
    start: list[Night] = []
    left: list[Night] = []
    busy = 0.0
    seen: set[str] = set()
    for night in owed:
        seconds = (takes or {}).get((night.plan.channel, night.plan.kind), 0.0)
        room = (night.ends - now).total_seconds() if night.ends > now else float("inf")
        if night.plan.channel in seen:
            continue  # never two at once of one channel: the other is due again when this one is done
        if start and busy + seconds > room:
            left.append(night)
            continue
        seen.add(night.plan.channel)
        busy += seconds
        start.append(night)
    return Due(tuple(start), tuple(left), tuple(missed))


def next_nights(plans: Sequence[Plan], now: datetime, days: int = 400) -> list[Night]:
    """The next night of every plan, soonest first."""
    found = [next(nights(plan, now, now + timedelta(days=days)), None) for plan in plans]
    return sorted((n for n in found if n is not None), key=lambda n: (n.begins, n.plan.channel))
