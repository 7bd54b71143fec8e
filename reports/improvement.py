"""The yearly improvement log of a channel, and the council's page over all channels.

In: dossiers with their history, a day, and tallies of confirmed findings. Out: numbers then and now with prose a
supervisor can read, as HTML with a drawing and the same numbers in a table. The law asks status B for improvement
every year and names no number; so the log shows what changed, corrects for changes of the tool, and leaves
"significant" to people (domain facts, section 7.5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from reports.render import render
from scanner.dossier import (
    Dossier,
    FindingTally,
    Improvement,
    Measure,
    OrganisationalMeasure,
    Retest,
    add_months,
)
from scanner.frameworks import Benchmark, Law, benchmarks, criterion, framework
from scanner.model import Criterion
from scanner.status import Alarm, LawFlag, Reason, StatusAdvice, alarms, law_flag, overdue_measures, status

# One channel, one year --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moved:
    """A measure whose date was changed in the year."""

    measure: Measure
    before: date
    after: date | None


@dataclass(frozen=True, slots=True)
class CountChange:
    """A count then and now, for a criterion or an owner."""

    name: str
    then: int
    now: int


@dataclass(frozen=True, slots=True)
class YearLog:
    """What changed on one channel in the year up to a day."""

    dossier: Dossier
    since: date
    day: date
    then: StatusAdvice
    now: StatusAdvice
    law: LawFlag
    solved_criteria: tuple[Criterion, ...]
    new_criteria: tuple[Criterion, ...]
    first: FindingTally | None
    last: FindingTally | None
    new: int
    solved: int
    reopened: int
    by_criterion: tuple[CountChange, ...]
    by_owner: tuple[CountChange, ...]
    done: tuple[Measure, ...]
    late: tuple[Measure, ...]
    coming: tuple[Measure, ...]
    moved: tuple[Moved, ...]
    retests: tuple[Retest, ...]
    organisational: tuple[OrganisationalMeasure, ...]
    said: tuple[Improvement, ...]
    series: tuple[FindingTally, ...]
    updated_then: date | None
    updated_now: date | None

    @property
    def name(self) -> str:
        """How people call the channel."""
        return self.dossier.card.name or self.dossier.channel


def yearly(dossier: Dossier, day: date, tallies: Sequence[FindingTally] = (), law: Law | None = None) -> YearLog:
    """The log of the year that ends on a day; the length of a year is the law's term of improvement."""
    since = add_months(day, -framework(day, law).terms.improvement_months)
    before, after = dossier.as_of(since), dossier.as_of(day)
    then, now = status(before, since, law), status(after, day, law)
    series = tuple(item for item in sorted(tallies, key=lambda item: item.day) if since <= item.day <= day)
    first = max(
        (item for item in tallies if item.day <= since),
        key=lambda item: item.day,
        default=series[0] if series else None,
    )
    last = series[-1] if series else None
    within = [item for item in series if first is None or item.day > first.day]
    old_plans = {item.id: item.planned_on for item in before.measures}
    failed_then, failed_now = set(then.facts.deviations), set(now.facts.deviations)
    known = now.facts.edition.id
    return YearLog(
        after,
        since,
        day,
        then,
        now,
        law_flag(dossier, day, tallies, law),
        tuple(criterion(number, known) for number in then.facts.deviations if number not in failed_now),
        tuple(criterion(number, known) for number in now.facts.deviations if number not in failed_then),
        first,
        last,
        sum(item.new for item in within),
        sum(item.solved for item in within),
        sum(item.reopened for item in within),
        _changes(first.by_criterion if first else {}, last.by_criterion if last else {}, by_number=True),
        _changes(first.by_owner if first else {}, last.by_owner if last else {}),
        tuple(item for item in after.measures if item.done_on and since < item.done_on <= day),
        overdue_measures(after, day),
        tuple(item for item in after.measures if item.planned_on and item.planned_on >= day and not item.done_on),
        tuple(
            Moved(item, old, item.planned_on)
            for item in after.measures
            if (old := old_plans.get(item.id)) is not None and item.planned_on != old
        ),
        tuple(item for item in after.retests if since < item.day <= day),
        tuple(item for item in after.organisational if item.done_on and since < item.done_on <= day),
        tuple(item for item in after.improvements if since < item.day <= day),
        series,
        before.statement.updated_on if before.statement else None,
        after.statement.updated_on if after.statement else None,
    )


def log_html(log: YearLog, lang: str) -> str:
    """The log as a page."""
    return render(
        "improvement.html.j2",
        lang,
        log=log,
        story=story(log),
        chart=bars([(item.day, item.corrected) for item in log.series]),
    )


def story(log: YearLog) -> tuple[Reason, ...]:
    """The year in sentences, each with its numbers, in the order in which a supervisor asks."""
    met_then, met_now = log.then.met, log.now.met
    values = {
        "name": log.name,
        "then": log.since,
        "now": log.day,
        "met_then": met_then,
        "met_now": met_now,
        "total": log.now.total,
        "letter_then": log.then.letter,
        "letter_now": log.now.letter,
        "difference": abs(met_now - met_then),
    }
    found = [Reason("log.status_same" if log.then.letter == log.now.letter else "log.status_changed", values)]
    if log.then.facts.valid and log.now.facts.valid:
        found.append(
            Reason(
                "log.met_more" if met_now > met_then else "log.met_fewer" if met_now < met_then else "log.met_equal",
                values,
            )
        )
    else:
        found.append(Reason("log.met_unknown" if not log.now.facts.valid else "log.met_first", values))
    if log.first and log.last and log.last.day > log.first.day:
        open_then, open_now = log.first.open, log.last.open
        numbers = {
            "open_then": open_then,
            "open_now": open_now,
            "new": log.new,
            "solved": log.solved,
            "reopened": log.reopened,
            "day_then": log.first.day,
            "day_now": log.last.day,
        }
        found.append(Reason("log.findings", numbers))
        if log.last.by_tool_change:
            found.append(
                Reason(
                    "log.tool",
                    {"count": abs(log.last.by_tool_change), "corrected": log.last.corrected, "tool": log.last.tool},
                )
            )
        if met_now == met_then and log.last.corrected < open_then and log.now.facts.valid:
            found.append(Reason("log.equal_but_fewer", {"fewer": open_then - log.last.corrected}))
    else:
        found.append(Reason("log.no_findings"))
    found.append(Reason("log.measures", {"done": len(log.done), "late": len(log.late), "coming": len(log.coming)}))
    if log.moved:
        found.append(Reason("log.moved", {"count": len(log.moved)}))
    if log.retests:
        found.append(Reason("log.retests", {"count": len(log.retests)}))
    if log.now.facts.burden:
        found.append(Reason("law.burden"))
    end = log.now.facts.expires_on
    if end is not None and log.now.facts.oldest is not None:
        key = "log.research" if end > log.day else "log.research_over"
        found.append(Reason(key, {"oldest": log.now.facts.oldest, "end": end}))
    return tuple(found)


def _changes(then: Mapping[str, int], now: Mapping[str, int], by_number: bool = False) -> tuple[CountChange, ...]:
    names = sorted({*then, *now}, key=_number) if by_number else sorted({*then, *now})
    return tuple(CountChange(name, then.get(name, 0), now.get(name, 0)) for name in names)


def _number(name: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdecimal() else 0 for part in name.split("."))


# The drawing -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar in user units; the value stands above it, the day below."""

    day: date
    value: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over time, in a box of width x height user units."""

    width: int
    height: int
    base: float
    bars: tuple[Bar, ...]


def bars(values: Sequence[tuple[date, int]], most: int = 13) -> Chart:
    """A bar chart of at most so many points, evenly picked, always with the first and the last."""
    picked = list(values)
    if len(picked) > most:
        step = (len(picked) - 1) / (most - 1)
        picked = [picked[round(index * step)] for index in range(most)]
    width, height, base, top = 720, 260, 215.0, 30.0
    highest = max((value for _, value in picked), default=0) or 1
    slot = (width - 20) / max(len(picked), 1)
    drawn = []
    for index, (day, value) in enumerate(picked):
        tall = max(value, 0) / highest * (base - top)
        drawn.append(
            Bar(
                day,
                value,
                round(10 + index * slot + slot * 0.15, 1),
                round(base - tall, 1),
                round(slot * 0.7, 1),
                round(tall, 1),
            )
        )
    return Chart(width, height, base, tuple(drawn))


# The council -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel on the council's page."""

    name: str
    advice: StatusAdvice
    before: StatusAdvice
    law: LawFlag
    alarms: tuple[Alarm, ...]
    claimed: str
    expires_on: date | None

    @property
    def better(self) -> bool | None:
        """Better or worse than a year ago by letter, then by criteria met; None when equal."""
        now, then = (self.advice.letter, -self.advice.met), (self.before.letter, -self.before.met)
        return None if now == then else now < then


@dataclass(frozen=True, slots=True)
class LetterShare:
    """How many channels have a letter, beside the national share."""

    letter: str
    count: int
    share: float
    before: int
    national: float | None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """All channels of a municipality on one day."""

    organisation: str
    day: date
    since: date
    rows: tuple[ChannelRow, ...]
    letters: tuple[LetterShare, ...]
    national: Benchmark | None
    lawful: int
    too_early: int
    accessible: int
    national_good: float | None
    """National share of A, B and C together."""
    good: int

    @property
    def total(self) -> int:
        """Number of channels."""
        return len(self.rows)


def council(
    organisation: str,
    dossiers: Sequence[Dossier],
    day: date,
    tallies: Mapping[str, Sequence[FindingTally]] | None = None,
    law: Law | None = None,
    scope: str = "municipalities",
) -> Portfolio:
    """The portfolio on a day, beside a year earlier and the newest national figures of a scope that were known
    by then.
    """
    current = framework(day, law)
    since = add_months(day, -current.terms.improvement_months)
    rows = []
    for dossier in dossiers:
        today, earlier = dossier.as_of(day), dossier.as_of(since)
        advice = status(today, day, law)
        rows.append(
            ChannelRow(
                today.card.name or dossier.channel,
                advice,
                status(earlier, since, law),
                law_flag(dossier, day, (tallies or {}).get(dossier.channel, ()), law),
                alarms(today, day, law),
                today.statement.claimed_status if today.statement else "",
                advice.facts.expires_on if advice.facts.valid else None,
            )
        )
    rows.sort(key=lambda row: (row.advice.letter, row.name.lower()))
    national = next((item for item in benchmarks() if item.scope == scope and item.day <= day), None)
    letters = tuple(
        LetterShare(
            letter,
            sum(row.advice.letter == letter for row in rows),
            sum(row.advice.letter == letter for row in rows) / len(rows) if rows else 0,
            sum(row.before.letter == letter for row in rows),
            national.shares.get(letter) if national else None,
        )
        for letter in current.letters
    )
    good = [item.letter for item in current.law.statuses if item.lawful != "never"]
    return Portfolio(
        organisation,
        day,
        since,
        tuple(rows),
        letters,
        national,
        sum(row.law.met == "yes" for row in rows),
        sum(row.law.met == "too-early" for row in rows),
        sum(current.status(row.advice.letter).accessible for row in rows),
        sum(national.shares.get(letter, 0) for letter in good) if national else None,
        sum(row.advice.letter in good for row in rows),
    )


def council_html(portfolio: Portfolio, lang: str) -> str:
    """The council's page."""
    return render("council.html.j2", lang, portfolio=portfolio)
