"""Nights on the store: which have been, which are due, and the outbox of notices."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from scanner.config import Config
from scanner.finding_store import night as night_of
from scanner.findings import Severity
from scanner.store import Scan, Store, now
from scanner.tables import NoticeRow, ScheduledNightRow, SettingRow
from scanner.texts import text
from schedules.due import Due, Night, NightState, Plan, due
from schedules.notices import Morning, Notice, NotSent, Receiver, notices, send

log = logging.getLogger(__name__)

SINCE = "schedule.since"
PAUSED = "schedule.paused"
ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class PastNight:
    """A night as the store knows it."""

    channel: str
    kind: str
    day: date
    state: NightState
    scan: int | None
    started: datetime | None
    finished: datetime | None
    note: str


def plans(config: Config) -> list[Plan]:
    """What the settings ask for; without any [[schedule]] every channel has its nightly scan at the usual time."""
    found = []
    for schedule in config.schedules:
        for channel in config.channels:
            if not schedule.channels or channel.id in schedule.channels:
                hour, _, minute = schedule.done_by.partition(":")
                found.append(
                    Plan(channel.id, schedule.kind, schedule.at, time(int(hour), int(minute or 0)), schedule.not_on,
                         schedule.priority, channel.target)
                )  # fmt: skip
    return found or [Plan(channel.id, "nightly", "", target=channel.target) for channel in config.channels]


class Nights:
    """The nights of this installation."""

    def __init__(self, config: Config, store: Store, clock: Callable[[], datetime] = now) -> None:
        self.config, self.store, self.clock = config, store, clock

    def _insert(self, table: type) -> Any:
        return (postgresql if self.store.engine.dialect.name == "postgresql" else sqlite).insert(table)

    def setting(self, key: str, default: str = "") -> str:
        """A small fact."""
        with self.store.session() as session:
            row = session.get(SettingRow, key)
            return row.value if row else default

    def remember(self, key: str, value: str) -> None:
        """Keeps a small fact."""
        with self.store.session() as session:
            row = self._insert(SettingRow).values(key=key, value=value)
            session.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": value}))

    def since(self) -> datetime:
        """When the schedule was first looked at: nothing before it is owed."""
        kept = self.setting(SINCE)
        if not kept:
            kept = self.clock().isoformat()
            self.remember(SINCE, kept)
        return datetime.fromisoformat(kept)

    def past(self, limit: int = 400) -> list[PastNight]:
        """Newest first."""
        with self.store.session() as session:
            rows = session.scalars(
                select(ScheduledNightRow)
                .order_by(ScheduledNightRow.day.desc(), ScheduledNightRow.id.desc())
                .limit(limit)
            )
            return [
                PastNight(r.channel, r.kind, r.day, NightState(r.state), r.scan_id, r.started, r.finished, r.note)
                for r in rows
            ]

    def due(self) -> Due:
        """What is due now; nights that are past doing are written down as missed, with a notice."""
        moment, past = self.clock(), self.past()
        known = {(n.channel, n.kind, n.day): n.state for n in past}
        takes: dict[tuple[str, str], float] = {}
        for n in reversed(past):
            if n.state is NightState.DONE and n.started and n.finished:
                takes[n.channel, n.kind] = (n.finished - n.started).total_seconds()
        age: dict[str, float] = {}
        for scan in self.store.scans(finished=True):
            age.setdefault(scan.channel, (moment - (scan.finished or scan.started)).total_seconds() / 86400)
        decided = due(plans(self.config), known, self.since(), moment, takes, age)
        for night in decided.missed:
            self.write(night, NightState.MISSED, note="its window was over before it could run")
        for night in decided.left:
            self.write(night, NightState.LEFT, note="the window is too short for all that is due")
        return decided

    def write(self, night: Night, state: NightState, *, scan: int | None = None, note: str = "") -> None:
        """What became of a night. One row per (channel, kind, day), whatever fires how often."""
        moment = self.clock()
        values: dict[str, Any] = {"state": state, "note": note}
        if state is NightState.RUNNING:
            values["started"] = moment
        elif state in (NightState.DONE, NightState.FAILED):
            values |= {"finished": moment, "scan_id": scan}
        with self.store.session() as session:
            row = self._insert(ScheduledNightRow).values(
                channel=night.plan.channel, kind=night.plan.kind, day=night.day, **values
            )
            session.execute(row.on_conflict_do_update(index_elements=["channel", "kind", "day"], set_=values))
            if state in (NightState.FAILED, NightState.MISSED):
                self._post(session, [self._morning(night, failed=note)])

    def done(self, night: Night, scan: Scan, alarms: Sequence[str] = ()) -> None:
        """A night ended well: its state and what people are told of it, in one transaction."""
        found = night_of(self.store, self.config, scan.id)
        lang = self.config.organisation.lang
        worse = [*found.new, *found.reopened] if found.before is not None else []
        morning = self._morning(
            night,
            new_critical=tuple(
                f"{f.id} {text(f'rule.{f.rule}.title', lang, **(f.examples[0].values if f.examples else {}))}"
                for f in worse
                if f.severity is Severity.CRITICAL and f.strictness == "w3c"
            ),
            regressions=sum(f.strictness == "w3c" for f in worse),
            fixed=len(found.fixed),
            alarms=tuple(alarms),
        )
        with self.store.session() as session:
            session.execute(
                update(ScheduledNightRow)
                .where(
                    ScheduledNightRow.channel == night.plan.channel,
                    ScheduledNightRow.kind == night.plan.kind,
                    ScheduledNightRow.day == night.day,
                )
                .values(state=NightState.DONE, finished=self.clock(), scan_id=scan.id, note="")
            )
            self._post(session, [morning])

    def _morning(self, night: Night, **facts: Any) -> Morning:
        channel = self.config.channel(night.plan.channel)
        return Morning(channel.id, channel.name, night.day.isoformat(), channel.target, **facts)

    def receivers(self) -> list[Receiver]:
        """Whom the settings name."""
        return [Receiver(i, n.to, n.lang, n.on) for i, n in enumerate(self.config.notify)]

    def _post(self, session: Any, mornings: Sequence[Morning]) -> None:
        for notice in notices(self.receivers(), mornings):
            row = self._insert(NoticeRow).values(
                key=notice.key,
                receiver=str(notice.receiver),
                title=notice.title,
                body=notice.body,
                written=self.clock(),
                attempts=0,
                trouble="",
            )
            session.execute(row.on_conflict_do_nothing(index_elements=["key"]))

    def post_office(self, deliver: Callable[[Receiver, Notice], None] = send) -> Mapping[str, int]:
        """Sends what is in the outbox; what cannot be sent stays for the next time. Returns counts of sent and kept."""
        receivers = {r.number: r for r in self.receivers()}
        with self.store.session() as session:
            waiting = list(
                session.scalars(
                    select(NoticeRow)
                    .where(NoticeRow.sent.is_(None), NoticeRow.attempts < ATTEMPTS)
                    .order_by(NoticeRow.id)
                )
            )
        counts = {"sent": 0, "kept": 0}
        for row in waiting:
            receiver = receivers.get(int(row.receiver))
            trouble = "" if receiver else "this receiver is no longer in the settings"
            if receiver:
                try:
                    deliver(receiver, Notice(row.key, receiver.number, row.title, row.body))
                except NotSent as error:
                    trouble = str(error)
            with self.store.session() as session:
                values: dict[str, Any] = (
                    {"trouble": trouble, "attempts": row.attempts + 1}
                    if trouble
                    else {"sent": self.clock(), "trouble": ""}
                )
                session.execute(update(NoticeRow).where(NoticeRow.id == row.id).values(**values))
            counts["kept" if trouble else "sent"] += 1
            if trouble:
                log.warning("notice not sent: %s", trouble)
        return counts
