"""From what scans saw to what the law asks: facts beside the claim, questions to people, verdicts of people.

`situation` gathers one channel: its dossier, its latest scan as the law reads it, what only a person can answer and how
far that is. `answer` writes answers down, and `settle` turns them into verdicts of people in the dossier. A scan alone
never writes a verdict: it brings questions, and it ends what a person said of a thing that is not the same any more.

A finding counts as confirmed when a person answered its question with `failed`. Findings that were called a false
alarm, or that the law leaves out, are not among the facts.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, literal, select

from reports.words import clean, detail_label, one_line
from reports.words import title as rule_title
from scanner import dossier_store, finding_store
from scanner.config import Channel, Config
from scanner.dossier import (
    Answer,
    ChannelScan,
    CriterionScan,
    Dossier,
    DossierChange,
    FindingFact,
    FindingTally,
    HumanVerdict,
)
from scanner.exemptions import exemption_of
from scanner.findings import Event, Finding, Life, Mark, is_finding
from scanner.fingerprints import shape
from scanner.frameworks import Framework, framework
from scanner.judge import worst
from scanner.model import LedgerState, Outcome, Verdict
from scanner.questions import (
    Doubt,
    Progress,
    Question,
    collect,
    holding,
    human_verdicts,
    open_questions,
    progress,
    question_id,
)
from scanner.status import Alarm, Conflict, StatusAdvice, alarms, conflicts, status
from scanner.store import Address, Scan, Store, StoredOutcome, now
from scanner.tables import AddressRow, FindingNightRow, OutcomeRow
from scanner.texts import text

NEEDS_PERSON, NOT_LOOKED = "needs-person", "not-looked"
"""Rules of outcomes without a word on anything: looked and found nothing; not looked."""
SCANNER = "scanner"
"""Who ends a verdict of a person when the thing that it was about is not the same any more."""
NOT_COUNTED = (Life.FIXED, Life.FALSE_ALARM)
MOST_NIGHTS = 400
_ABOUT_THE_LAYOUT = {"url", "address", "around", "outline", "element", "why", "page", "box", "selector", "state"}
"""Values of an outcome that say where a thing stands, not what it is."""
_NOT_SHOWN = {"url", "address", "element", "box", "found", "fingerprint"}
"""Values of an outcome that tell a person nothing."""


def today() -> date:
    """The day in the Netherlands."""
    return now().astimezone(finding_store.HERE).date()


def day_of(moment: datetime) -> date:
    """The day in the Netherlands of a moment."""
    return moment.astimezone(finding_store.HERE).date()


def latest_scan(store: Store, channel: str) -> Scan | None:
    """The newest finished scan of a channel that followed links."""
    return next(
        (
            scan
            for scan in store.scans(channel, finished=True)
            if scan.stage == "done" and scan.settings.get("follow", True)
        ),
        None,
    )


@dataclass(frozen=True)
class Situation:
    """One channel on one day: the claim, the scan beside it, and what waits for a person."""

    channel: Channel
    day: date
    dossier: Dossier
    framework: Framework
    scan: Scan | None
    seen: ChannelScan
    """The latest scan as the law reads it; nothing looked at when there is none."""
    questions: tuple[Question, ...]
    findings: tuple[Finding, ...]
    """Of every life, without those that the law leaves out."""

    @property
    def advice(self) -> StatusAdvice:
        """The status by the dossier."""
        return status(self.dossier, self.day)

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Where scan and claim do not agree."""
        return conflicts(self.dossier, self.seen, self.day) if self.scan is not None else ()

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """What asks for attention on this day."""
        return alarms(self.dossier, self.day)

    @cached_property
    def open(self) -> tuple[Question, ...]:
        """Questions without an answer that holds, most leverage first."""
        return open_questions(self.questions, self.dossier.answers, self.day)

    @cached_property
    def progress(self) -> Progress:
        """How far the channel is from a decided verdict on every criterion."""
        return progress(self.questions, self.dossier.answers, self.seen, self.framework, self.day)

    @cached_property
    def tallies(self) -> tuple[FindingTally, ...]:
        """Confirmed findings over time."""
        return tuple(tally(self.findings, confirmed_codes(self.dossier), self.day))


def situation(store: Store, config: Config, channel: str, day: date | None = None) -> Situation:
    """Everything the law asks about a channel. Raises KeyError for one that is not configured, HistoryBroken."""
    about, day = config.channel(channel), day or today()
    dossier = dossier_store.dossier(store, channel)
    scan, law = latest_scan(store, channel), framework(day)
    findings = tuple(_counting(finding_store.findings(store, config, channel, today=day), about))
    if scan is None:
        return Situation(about, day, dossier, law, None, ChannelScan(channel, day), (), findings)
    lang = config.organisation.lang
    wanted = status(dossier, day).facts.deviations
    seen = channel_scan(store, scan, findings, dossier, day, lang, wanted)
    asked = ask(store, scan, about, seen, findings, law, lang)
    return Situation(about, day, dossier, law, scan, seen, asked, findings)


# What the scan says ------------------------------------------------------------------------------------------------


def channel_scan(
    store: Store,
    scan: Scan,
    findings: Sequence[Finding],
    dossier: Dossier,
    day: date,
    lang: str,
    wanted: Collection[str] = (),
) -> ChannelScan:
    """A finished scan as the law reads it: verdicts as signals, findings with whether a person confirmed them.

    `wanted`: criteria for which to work out since when nothing was found. A criterion whose failures are all false
    alarms, or left out by the law, is not failed: then it is a person's to judge.
    """
    confirmed = {
        fingerprint.removeprefix("finding:")
        for (_, fingerprint), said in holding(dossier.answers, day).items()
        if said.verdict is Verdict.FAILED
    }
    facts = [fact(item, item.id in confirmed, lang) for item in findings if item.life not in NOT_COUNTED]
    per_criterion: dict[str, list[FindingFact]] = {}
    for item in facts:
        per_criterion.setdefault(item.criterion, []).append(item)
    recorded = finding_store.is_recorded(store, scan.id)
    said, looked = _verdicts(store, scan.id), _looked(store, scan.id)
    criteria = []
    for number, verdicts in said.items():
        verdict, mine = worst(word for word, _ in verdicts), tuple(per_criterion.get(number, ()))
        if recorded and verdict is Verdict.FAILED and not mine:
            rest = {word for word, _ in verdicts if word is not Verdict.FAILED}
            verdict = Verdict.UNTESTED if Verdict.UNTESTED in rest else Verdict.CANT_TELL
        if verdict is Verdict.UNTESTED and (Verdict.UNTESTED, NEEDS_PERSON) in verdicts:
            verdict = Verdict.CANT_TELL
        clean = clean_since(store, scan, number, findings) if number in wanted and not mine else None
        criteria.append(CriterionScan(number, verdict, mine, looked.get(number, 0), clean))
    counts = store.counts(scan.id)
    beside = (LedgerState.OUT_OF_SCOPE, LedgerState.NOT_A_PAGE, LedgerState.DOCUMENT, LedgerState.REDIRECTED)
    return ChannelScan(
        scan.channel,
        day_of(scan.started),
        tuple(criteria),
        sum(count for state, count in counts.items() if state not in beside),
        sum(counts.get(state, 0) for state in (LedgerState.VISITED, LedgerState.UNCHANGED)),
        is_complete(scan, counts),
        drift(store, scan, dossier),
        {name: str(version) for name, version in scan.versions.items() if isinstance(version, str) and version},
    )


def is_complete(scan: Scan, counts: Mapping[LedgerState, int]) -> bool:
    """Whether a scan saw the whole channel: links followed, nothing left over, not shut out."""
    shut_out = (LedgerState.FOUND, LedgerState.OVER_BUDGET, LedgerState.LOGIN_LOST, LedgerState.BOT_CHALLENGE)
    return bool(scan.settings.get("follow", True)) and not any(counts.get(state) for state in shut_out)


def _verdicts(store: Store, scan: int) -> dict[str, set[tuple[Verdict, str]]]:
    """What was said of each criterion anywhere: verdicts, those of `needs-person` and `not-looked` by their rule."""
    table = OutcomeRow.__table__.c
    found: dict[str, set[tuple[Verdict, str]]] = {}
    with store.session() as session:
        for number, verdict, rule in session.execute(
            select(table.criterion, table.verdict, table.rule).where(table.scan_id == scan).distinct()
        ):
            word = Verdict(verdict)
            found.setdefault(number, set()).add((word, rule if word is Verdict.UNTESTED else ""))
    return found


def _looked(store: Store, scan: int) -> dict[str, int]:
    """Pages on which each criterion was looked at."""
    table = OutcomeRow.__table__.c
    query = (
        select(table.criterion, func.count(table.address_id.distinct()))
        .where(table.scan_id == scan, table.rule != NOT_LOOKED)
        .group_by(table.criterion)
    )
    with store.session() as session:
        return {str(number): int(count) for number, count in session.execute(query)}


def fact(item: Finding, confirmed: bool, lang: str) -> FindingFact:
    """A finding as far as the law needs it."""
    values = item.examples[0].values if item.examples else {}
    return FindingFact(
        item.id,
        item.criterion,
        item.rule,
        rule_title(item.rule, item.criterion, lang, values),
        item.pages[0] if item.pages else "",
        len(item.pages),
        item.owner.name or item.owner.id,
        day_of(item.first_seen),
        day_of(item.last_seen),
        confirmed,
    )


def _counting(every: Iterable[Finding], channel: Channel) -> Iterator[Finding]:
    """Findings without those in content that the law leaves out."""
    for item in every:
        spots = [(example.place, example.values) for example in item.examples]
        if exemption_of(channel, item.criterion, item.pages, spots) is None:
            yield item


def confirmed_codes(dossier: Dossier) -> frozenset[str]:
    """Findings that a person called a failure, by the last answer; also when its period is over: it was one."""
    return frozenset(
        item.fingerprint.removeprefix("finding:")
        for item in dossier.answers
        if item.fingerprint.startswith("finding:") and item.verdict is Verdict.FAILED
    )


def clean_since(store: Store, scan: Scan, number: str, findings: Sequence[Finding]) -> date | None:
    """First day of the unbroken row of complete scans, up to this one, that tested a criterion and found nothing."""
    mine = [item for item in findings if item.criterion == number]
    ended = max((day_of(item.fixed_on) for item in mine if item.fixed_on), default=None)
    table = OutcomeRow.__table__.c
    first: date | None = None
    with store.session() as session:
        nights = session.execute(
            select(FindingNightRow.scan_id, FindingNightRow.at, FindingNightRow.detail)
            .where(FindingNightRow.channel == scan.channel, FindingNightRow.scan_id <= scan.id)
            .order_by(FindingNightRow.scan_id.desc())
            .limit(MOST_NIGHTS)
        )
        for night, at, detail in nights:
            if detail.get("partial"):
                continue
            tested = session.scalar(
                select(literal(1))
                .where(table.scan_id == night, table.criterion == number, table.rule != NOT_LOOKED)
                .limit(1)
            )
            if not detail.get("coverage", {}).get("complete") or not tested or (ended and day_of(at) < ended):
                break
            first = day_of(at)
    return first


def drift(store: Store, scan: Scan, dossier: Dossier) -> float | None:
    """Share (0 to 1) of today's templates that were not there at the scan nearest to the newest full research.

    None without a scan within a month of that research.
    """
    covering = [item.day for item in dossier.reports if item.kind.covers]
    if not covering:
        return None
    near = [
        other
        for other in store.scans(scan.channel, finished=True)
        if other.id != scan.id and other.stage == "done" and abs((day_of(other.started) - max(covering)).days) <= 31
    ]
    if not near:
        return None
    then, today_ = (
        _templates(store, one)
        for one in (min(near, key=lambda other: abs((day_of(other.started) - max(covering)).days)).id, scan.id)
    )
    return len(today_ - then) / len(today_) if today_ else None


def _templates(store: Store, scan: int) -> set[str]:
    with store.session() as session:
        return set(
            session.scalars(
                select(AddressRow.template).where(AddressRow.scan_id == scan, AddressRow.template != "").distinct()
            )
        )


# Questions ---------------------------------------------------------------------------------------------------------


def ask(
    store: Store,
    scan: Scan,
    channel: Channel,
    seen: ChannelScan,
    findings: Sequence[Finding],
    law: Framework,
    lang: str,
) -> tuple[Question, ...]:
    """Everything that a person must judge: doubts, findings to confirm, and each criterion that no machine settles."""
    first = dossier_store.first_seen(store, scan.channel)
    doubts = [
        _doubt(one, lang)
        for one in store.outcomes(scan.id, Verdict.CANT_TELL)
        if one.outcome.rule != NEEDS_PERSON and not is_finding(one.outcome) and not _left_out(channel, one)
    ]
    asked = {(item.criterion, item.fingerprint): item for item in collect(doubts, seen, law)}
    by_code = {f"finding:{item.id}": item for item in findings}
    for key, question in asked.items():
        item = by_code.get(question.fingerprint)
        if item is not None:
            asked[key] = _about(question, item, lang)
    for number in _whole_criteria(store, scan.id, law):
        key = (number, f"criterion:{number}")
        asked.setdefault(key, Question(question_id(*key), number, "", key[1]))
    noted = dossier_store.has_questions(store, scan)
    return tuple(
        replace(item, first_seen=first.get(key) or (None if noted else day_of(scan.started)))
        for key, item in asked.items()
    )


def _whole_criteria(store: Store, scan: int, law: Framework) -> Iterator[str]:
    """Criteria of which some page was not settled by the machine: a person must look at the sample for these."""
    said = _verdicts(store, scan)
    by_policy = law.edition.parsing_criterion if law.edition.parsing_policy == "errata" else ""
    for number in law.edition.numbers:
        if number != by_policy and any(verdict is Verdict.UNTESTED for verdict, _ in said.get(number, ())):
            yield number


def _left_out(channel: Channel, one: StoredOutcome) -> bool:
    outcome = one.outcome
    return exemption_of(channel, outcome.criterion, (one.url,), [(outcome.place, outcome.values)]) is not None


def _doubt(one: StoredOutcome, lang: str) -> Doubt:
    outcome = one.outcome
    values = outcome.values
    return Doubt(
        outcome.criterion,
        outcome.rule,
        thing(outcome, one.url),
        one.url,
        {name: _bounded(value) for name, value in values.items()},
        _context(values, lang),
        clean(outcome.place.snippet) if outcome.place else "",
        f"{one.picture}.png" if one.picture else "",
    )


def _about(question: Question, item: Finding, lang: str) -> Question:
    """The question about a finding, with its pages, its first place and its picture."""
    example = item.examples[0] if item.examples else None
    measured = _context(example.values, lang) if example else ""
    return replace(
        question,
        pages=item.pages,
        values={name: _bounded(value) for name, value in example.values.items()} if example else {},
        context="\n".join(part for part in (question.context, measured) if part),
        snippet=clean(example.place.snippet) if example and example.place else "",
        picture=f"{example.picture}.png" if example and example.picture else "",
        first_seen=day_of(item.first_seen),
    )


def thing(outcome: Outcome, url: str) -> str:
    """What an outcome is about, as a fingerprint: its markup and its words, not where it stands.

    The same picture with the same alternative on forty pages is one thing; another alternative is another thing. An
    outcome without a place is about its page.
    """
    place = outcome.place
    parts = [outcome.criterion, outcome.rule]
    parts += [shape(outcome).exact] if place is not None else [urlsplit(url).path]
    for name, value in sorted(outcome.values.items()):
        if name not in _ABOUT_THE_LAYOUT:
            said = [str(item) for item in value] if isinstance(value, (list, tuple)) else [value]
            parts += [f"{name}={_without_host(item)}" for item in said if isinstance(item, str)]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]


def _without_host(value: str) -> str:
    """An address without its host, so that the same file from another server is the same thing."""
    return re.sub(r"https?://[^/\s]{1,300}", "", value)


def _bounded(value: Any) -> Any:
    return value if isinstance(value, (int, float, bool)) else one_line(value)


def _context(values: Mapping[str, Any], lang: str) -> str:
    """What was measured, in words, a line each."""
    lines = []
    for name, value in list(values.items())[:10]:
        if value not in (None, "", [], {}) and not isinstance(value, dict) and name not in _NOT_SHOWN:
            said = ", ".join(str(item) for item in value[:10]) if isinstance(value, (list, tuple)) else value
            lines.append(f"{detail_label(name, lang)}: {one_line(said)}")
    return "\n".join(lines)


# Answers -----------------------------------------------------------------------------------------------------------


def answer(
    store: Store, config: Config, channel: str, given: Sequence[Answer], by: str, *, at: datetime | None = None
) -> tuple[DossierChange, ...]:
    """Writes answers down, and what follows from them for whole criteria; everything that this changed.

    A finding that a person says is no failure becomes a false alarm, with the answer's note as its reason.
    """
    new = {item.key: item for item in given}

    def edit(before: Dossier) -> Dossier:
        return replace(before, answers=tuple({**{item.key: item for item in before.answers}, **new}.values()))

    made = dossier_store.record(store, channel, edit, by, at=at)
    lang = config.organisation.lang
    for item in given:
        code = item.fingerprint.removeprefix("finding:")
        if code != item.fingerprint and item.verdict in (Verdict.PASSED, Verdict.INAPPLICABLE):
            reason = item.note or text("law.answer.no_failure", lang)
            finding_store.mark(store, code, Mark(Life.FALSE_ALARM, reason, item.by, at or now()))
    return (*made, *settle(store, config, channel, by, at=at))


def settle(
    store: Store,
    config: Config,
    channel: str,
    by: str = SCANNER,
    *,
    day: date | None = None,
    at: datetime | None = None,
) -> tuple[DossierChange, ...]:
    """Brings the verdicts of people that rest on answers up to date with the answers and the latest scan."""
    here = situation(store, config, channel, day)
    if here.scan is None:
        return ()
    return dossier_store.record(store, channel, lambda before: settled(before, here), by, at=at)


def settled(before: Dossier, here: Situation) -> Dossier:
    """A dossier with the verdicts that follow from its answers. Pure.

    * A confirmed finding is a `failed` of who confirmed it. It stays when the scan does not see it any more: that asks
      for a re-inspection, not for silence. It goes when the person takes the answer back.
    * When every question about a criterion is answered, that is a verdict on the criterion.
    * `passed` ends the day before a scan of the whole channel brings a new question; `failed` ends when no answer
      says so any more.
    """
    held = holding(before.answers, here.day)
    kept = {item.key: item for item in before.human}
    for person in before.human:
        answered = held.get((person.criterion, f"finding:{person.finding}"))
        if person.id.startswith("finding-") and answered is not None and answered.verdict is not Verdict.FAILED:
            del kept[person.key]
    titles = {item.id: item.title for row in here.seen.criteria for item in row.findings}
    for (number, fingerprint), said in held.items():
        code = fingerprint.removeprefix("finding:")
        if code != fingerprint and said.verdict is Verdict.FAILED:
            name = f"finding-{number}-{code}"
            was = kept.get(name)
            note = said.note or titles.get(code, "") or (was.note if was else "")
            kept[name] = HumanVerdict(name, number, Verdict.FAILED, said.day, said.by, note, said.valid_until, code)
    derived = {
        item.id: item for item in human_verdicts(here.questions, before.answers, here.seen, here.framework, here.day)
    }
    asked = {item.criterion for item in open_questions(here.questions, before.answers, here.day)}
    failing = {
        number
        for (number, fingerprint), said in held.items()
        if said.verdict is Verdict.FAILED and not fingerprint.startswith("finding:")
    }
    for person in before.human:
        if not person.id.startswith("answers-") or person.id in derived:
            continue
        if person.verdict is Verdict.FAILED:
            over = person.criterion not in failing
        else:
            over = here.seen.complete and person.criterion in asked
        end = here.day - timedelta(1)
        if over and person.day > end:
            del kept[person.key]
        elif over and (person.valid_until is None or person.valid_until > end):
            kept[person.key] = replace(person, valid_until=end)
    return replace(before, human=tuple({**kept, **derived}.values()))


def note_scan(store: Store, config: Config, scan: Scan) -> None:
    """After a scan: notes which questions are new, and ends verdicts on what is not the same any more."""
    if not scan.settings.get("follow", True):
        return
    here = situation(store, config, scan.channel)
    if here.scan is None or here.scan.id != scan.id:
        return
    dossier_store.seen_questions(store, scan, here.questions, day_of(scan.started))
    if here.dossier.answers:
        settle(store, config, scan.channel)


# Numbers of the year -----------------------------------------------------------------------------------------------

_UP = {"opened", "reopened", "lapsed", "reopened-by-hand"}
_DOWN = {"fixed", "false-alarm"}


def tally(
    findings: Sequence[Finding], confirmed: Collection[str], until: date, months: int = 30
) -> Iterator[FindingTally]:
    """Confirmed findings at the end of each month, and on the last day, since the first was seen.

    A finding counts from the day on which it was first seen, also when a person confirmed it later: confirming is no
    deterioration. In: findings of every life with their history.
    """
    mine = [item for item in findings if item.id in confirmed]
    if not mine:
        return
    since = min(day_of(item.first_seen) for item in mine)
    before = since - timedelta(1)
    for day in _month_ends(since, until)[-months:]:
        there = [item for item in mine if _open_on(item.history, day_of(item.first_seen), day)]
        happened = [(event.what, item) for item in mine for event in item.history if before < day_of(event.at) <= day]
        new = sum(before < day_of(item.first_seen) <= day for item in mine)
        yield FindingTally(
            day,
            len(there),
            new,
            len({item.id for what, item in happened if what == "fixed"}),
            len({item.id for what, item in happened if what in ("reopened", "reopened-by-hand")}),
            _count(item.criterion for item in there),
            _count(item.owner.name or item.owner.id for item in there),
            sum(item.cause == "tool" for item in there),
        )
        before = day


def _month_ends(since: date, until: date) -> list[date]:
    found, day = [], since.replace(day=1)
    while day <= until:
        following = (day.replace(day=28) + timedelta(4)).replace(day=1)
        found.append(min(following - timedelta(1), until))
        day = following
    return found


def _open_on(history: Sequence[Event], first: date, day: date) -> bool:
    if first > day:
        return False
    there = True
    for event in history:
        if day_of(event.at) <= day and event.what in _UP | _DOWN:
            there = event.what in _UP
    return there


def _count(names: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    return found


# All channels ------------------------------------------------------------------------------------------------------


def all_alarms(store: Store, config: Config, day: date | None = None) -> list[tuple[Channel, Alarm]]:
    """What asks for attention on a day over all channels: what is overdue first, then by date."""
    day = day or today()
    found = [
        (channel, alarm)
        for channel in config.channels
        for alarm in alarms(dossier_store.dossier(store, channel.id), day)
    ]
    return sorted(found, key=lambda pair: (not pair[1].overdue, pair[1].due, pair[0].id))


def _sentences(dossier: Dossier, lang: str, day: date) -> tuple[str, ...]:
    return tuple(text(alarm.text.key, lang, **alarm.text.values) for alarm in alarms(dossier, day))


def new_alarms(store: Store, channel: str, lang: str, day: date | None = None) -> tuple[str, ...]:
    """Alarms that were not there the day before, or are at a later stage: messages tell each of them once."""
    day = day or today()
    dossier = dossier_store.dossier(store, channel)
    before = set(_sentences(dossier, lang, day - timedelta(1)))
    return tuple(alarm for alarm in _sentences(dossier, lang, day) if alarm not in before)


def with_name(dossier: Dossier, channel: Channel) -> Dossier:
    """A dossier with the name of the settings where its card has none; for showing, never kept.

    Nothing else is filled in: what the card says of domains and parts decides what research must cover.
    """
    return dossier if dossier.card.name else replace(dossier, card=replace(dossier.card, name=channel.name))


def advice_of(dossier: Dossier, day: date) -> StatusAdvice:
    """The status of a dossier on a day."""
    return status(dossier, day)


def address_rows(store: Store, scan: Scan | None) -> list[Address]:
    """The ledger of a scan; nothing without one."""
    return [] if scan is None else store.ledger(scan.id)
