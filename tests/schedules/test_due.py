"""What is due when: clock changes, double and late firings, missed nights, short windows."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from schedules.due import ZONE, BadTime, Night, NightState, Plan, calendar, due, next_nights, nights


def at(text: str) -> datetime:
    """A local time as a moment."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


NIGHTLY = Plan("main", "nightly", "02:30")


def run_minute_by_minute(plan: Plan, begin: datetime, end: datetime, step: int = 17) -> list[Night]:
    """Fires the schedule every few minutes, as a service would; a started night is done at once."""
    known: dict[tuple[str, str, date], NightState] = {}
    started = []
    now = begin
    while now <= end:
        for night in due([plan], known, begin, now).start:
            known[night.key] = NightState.DONE
            started.append(night)
        now += timedelta(minutes=step)
    return started


def test_autumn_night_with_two_half_past_twos_runs_once() -> None:
    """25 October 2026: 02:30 comes twice; the cron trigger in this zone would loop for ever."""
    started = run_minute_by_minute(NIGHTLY, at("2026-10-23T12:00"), at("2026-10-27T12:00"))
    assert [n.day for n in started] == [date(2026, 10, d) for d in (24, 25, 26, 27)]
    assert started[1].begins == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_spring_night_without_half_past_two_runs_after_the_jump() -> None:
    """29 March 2026: 02:30 does not exist."""
    started = run_minute_by_minute(NIGHTLY, at("2026-03-27T12:00"), at("2026-03-31T12:00"))
    assert [n.day for n in started] == [date(2026, 3, d) for d in (28, 29, 30, 31)]
    assert started[1].begins.astimezone(ZONE).time() == time(3, 30)


def test_thirty_nights_each_once_whatever_the_clock_does() -> None:
    """A month over the clock change, fired at odd moments."""
    plan = Plan("main", "nightly", "23:30")
    started = run_minute_by_minute(plan, at("2026-10-10T12:00"), at("2026-11-09T12:00"), step=37)
    assert [n.day for n in started] == [date(2026, 10, 10) + timedelta(days=i) for i in range(30)]


def test_a_missed_night_is_caught_up_within_its_window_and_told_after_it() -> None:
    """The machine was off."""
    plan = Plan("main", "nightly", "23:30", done_by=time(6))
    since = at("2026-11-01T12:00")
    assert [n.day for n in due([plan], {}, since, at("2026-11-02T04:00")).start] == [date(2026, 11, 1)]
    late = due([plan], {}, since, at("2026-11-02T09:00"))
    assert late.start == () and [n.day for n in late.missed] == [date(2026, 11, 1)]
    after_a_week = due([plan], {}, since, at("2026-11-08T01:00"))
    assert [n.day for n in after_a_week.start] == [date(2026, 11, 7)]
    assert len(after_a_week.missed) == 6, "missed nights coalesce into the last one, and each is accounted for"


def test_monthly_scans_are_caught_up_after_their_window() -> None:
    """A rarer scan is too good to lose to one bad night."""
    plan = Plan("main", "monthly", "first sunday 20:00")
    assert [n.day for n in due([plan], {}, at("2026-10-30T12:00"), at("2026-11-05T12:00")).start] == [date(2026, 11, 1)]


def test_a_night_is_never_started_twice() -> None:
    """Double firing."""
    now = at("2026-11-02T00:00")
    plan = Plan("main", "nightly", "23:30")
    night = due([plan], {}, at("2026-11-01T12:00"), now).start[0]
    assert due([plan], {night.key: NightState.DONE}, at("2026-11-01T12:00"), now).start == ()


def test_a_killed_night_goes_on() -> None:
    """Still `running` after a restart: it is due again."""
    plan = Plan("main", "nightly", "23:30")
    known = {("main", "nightly", date(2026, 11, 1)): NightState.RUNNING}
    assert len(due([plan], known, at("2026-11-01T12:00"), at("2026-11-02T01:00")).start) == 1


def test_when_time_is_short_the_order_decides_and_the_rest_is_told() -> None:
    """Priority, target A before B, older first."""
    plans = [Plan(name, "nightly", "23:30", target=target) for name, target in (("b", "B"), ("a", "A"), ("old", "A"))]
    takes = {(p.channel, "nightly"): 3 * 3600.0 for p in plans}
    decided = due(plans, {}, at("2026-11-01T12:00"), at("2026-11-01T23:30"), takes, {"a": 1.0, "old": 9.0, "b": 30.0})
    assert [n.plan.channel for n in decided.start] == ["old", "a"]
    assert [n.plan.channel for n in decided.left] == ["b"]


def test_one_channel_never_runs_twice_at_once() -> None:
    """Nightly and weekly of one channel on one evening."""
    plans = [Plan("main", "nightly", "23:30"), Plan("main", "weekly", "sunday 23:30")]
    assert len(due(plans, {}, at("2026-11-01T12:00"), at("2026-11-01T23:40")).start) == 1


def test_days_without_scans() -> None:
    """Council night."""
    plan = Plan("main", "nightly", "23:30", not_on=("thursday", "2026-11-06"))
    days = [n.day for n in nights(plan, at("2026-11-01T12:00"), at("2026-11-09T12:00"))]
    assert date(2026, 11, 5) not in days and date(2026, 11, 6) not in days and len(days) == 6


@pytest.mark.parametrize(("words", "expected"), [
    ("23:30", "2026-11-01T23:30"), ("sunday 01:00", "2026-11-08T01:00"), ("first sunday 01:00", "2026-12-06T01:00"),
    ("30 4 * * tue", "2026-11-03T04:30"), ("woensdag 03:00", "2026-11-04T03:00"), ("last friday 20:00", "2026-11-27T20:00"),
])  # fmt: skip
def test_plain_words(words: str, expected: str) -> None:
    """Plain words and cron lines, from Sunday 1 November 2026 noon."""
    assert next_nights([Plan("main", "nightly", words)], at("2026-11-01T12:00"))[0].begins == at(expected)


@pytest.mark.parametrize("words", ["25:00", "someday 01:00", "first 01:00", "0 3 * * 0", "* * *", "abc"])
def test_unreadable_times_say_how_to_write_them(words: str) -> None:
    """A mistake in the settings."""
    with pytest.raises(BadTime):
        calendar(words)
