"""From dossier and day to status: the decision table, its reasons, missing steps, the law apart from it, the future.

The table itself is data (`nl_bdto.toml`); here are its named conditions, each a pure function of `Facts`. No function
that gives a letter takes a scan: a scan alone can never award a status. The scan comes in only for `conflicts`. The
letter is advice and forecast; the register is the truth. Source: domain facts, section 8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from scanner.dossier import (
    DECIDED,
    Annotation,
    ChannelScan,
    CriterionScan,
    Dossier,
    FindingFact,
    FindingTally,
    HumanVerdict,
    LinkResult,
    Measure,
    Part,
    Report,
    ReportKind,
    Statement,
    add_months,
)
from scanner.frameworks import Edition, Framework, Law, Rule, dutch_law, edition, framework
from scanner.model import Verdict

_WORST = (Verdict.FAILED, Verdict.CANT_TELL, Verdict.UNTESTED, Verdict.PASSED, Verdict.INAPPLICABLE)


class Basis(StrEnum):
    """What a verdict on the claim rests on; a scan is never among them."""

    RESEARCH = "research"
    HUMAN = "human"
    POLICY = "policy"
    """4.1.1 under the errata policy: always satisfied for HTML and XML."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence, as a catalogue key with its values: `text(reason.key, lang, **reason.values)`."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flag:
    """One requirement of good research, whether it is met, and what is wrong with it if not."""

    name: str
    """R1 method, R2 coverage, R3 scope, R4 age, R5 form."""
    ok: bool
    why: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class CurrentVerdict:
    """What holds for one criterion on a day, and why."""

    criterion: str
    verdict: Verdict
    basis: Basis
    day: date | None = None
    source: str = ""
    """Id of the report, or name of the person."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class MissingField:
    """A field that the statement needs for a deviation and that is empty.

    No measure id means that there is no measure.
    """

    criterion: str
    field: str
    measure: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the conditions look at, worked out once for one day."""

    dossier: Dossier
    day: date
    framework: Framework
    edition: Edition
    """The norm set by which the research is read: in a transition it may be the previous one."""
    statement: Statement | None
    counted: tuple[Report, ...]
    """The newest reports that together are complete; else all that could have counted."""
    flags: tuple[Flag, ...]
    research: Mapping[str, CurrentVerdict]
    """Last word of research per criterion."""
    current: Mapping[str, CurrentVerdict]
    """Last word of research or people per criterion."""
    unproven: tuple[str, ...]
    """Criteria that failed in research or review and that no later research has shown to be met."""
    missing: tuple[MissingField, ...]
    burden: bool

    @property
    def valid(self) -> bool:
        """Complete, good and young enough: R1 to R4. R5 is a risk, not a reason to lose the letter."""
        return all(flag.ok for flag in self.flags if flag.name != "R5")

    @property
    def deviations(self) -> tuple[str, ...]:
        """Criteria that are not met, in the order of the norm."""
        return tuple(number for number, item in self.current.items() if item.verdict is Verdict.FAILED)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Criteria on which nobody has decided."""
        return tuple(number for number, item in self.current.items() if item.verdict not in DECIDED)

    @property
    def met(self) -> int:
        """The public number: criteria met; not applicable counts as met, unknown does not."""
        return self.edition.total - len(self.deviations) - len(self.unknown)

    @property
    def oldest(self) -> date | None:
        """Date of the oldest counted report."""
        return min((item.day for item in self.counted), default=None)

    @property
    def expires_on(self) -> date | None:
        """First day on which the research no longer counts."""
        return None if self.oldest is None else add_months(self.oldest, self.framework.validity_months)


class LawMet(StrEnum):
    """Whether the law is met, apart from the letter."""

    YES = "yes"
    NO = "no"
    TOO_EARLY = "too-early"
    """Status B for less than a year: improvement cannot be compared yet."""


@dataclass(frozen=True, slots=True)
class LawFlag:
    """The law on this day, with the numbers it rests on."""

    met: LawMet
    reasons: tuple[Reason, ...]
    until: date | None = None
    """Last day on which a C meets the law."""


@dataclass(frozen=True, slots=True)
class StatusAdvice:
    """The status that follows from a dossier on a day."""

    channel: str
    day: date
    letter: str
    rule: Rule
    publishable: bool
    reasons: tuple[Reason, ...]
    facts: Facts = field(repr=False, compare=False)

    @property
    def met(self) -> int:
        """Criteria met."""
        return self.facts.met

    @property
    def total(self) -> int:
        """Criteria that count."""
        return self.facts.edition.total


@dataclass(frozen=True, slots=True)
class Change:
    """A day on which the letter, its rule or its publishability will differ if nothing is done."""

    day: date
    before: str
    letter: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something with a date that asks for attention on this day."""

    kind: str
    due: date
    text: Reason
    overdue: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """Where scan and claim do not agree: the evidence and the one thing to do."""

    kind: str
    text: Reason
    todo: Reason
    criterion: str = ""
    evidence: tuple[FindingFact, ...] = ()
    draft_verdict: HumanVerdict | None = None
    draft_measure: Measure | None = None


# Status ------------------------------------------------------------------------------------------------------------


def status(dossier: Dossier, day: date, law: Law | None = None, parsing_policy: str = "") -> StatusAdvice:
    """The status by the decision table on a day; facts dated after that day do not count."""
    known = facts(dossier, day, law, parsing_policy)
    rule = next(rule for rule in known.framework.law.rules if all(_holds(name, known) for name in rule.when))
    return StatusAdvice(dossier.channel, day, rule.status, rule, rule.publishable, tuple(_reasons(rule, known)), known)


def facts(dossier: Dossier, day: date, law: Law | None = None, parsing_policy: str = "") -> Facts:
    """What the table looks at. In a transition of norms: by the first accepted set by which the research is valid."""
    current, dossier = framework(day, law, parsing_policy), dossier.as_of(day)
    readings = [_facts(dossier, day, current, edition(name, parsing_policy)) for name in current.accepted]
    return next((reading for reading in readings if reading.valid), readings[0])


CONDITIONS: Mapping[str, Callable[[Facts], bool]] = {
    "statement_published": lambda facts: facts.statement is not None,
    "research_valid": lambda facts: facts.valid,
    "no_deviations": lambda facts: not facts.deviations,
    "none_unknown": lambda facts: not facts.unknown,
    "no_burden": lambda facts: not facts.burden,
    "last_research_clean": lambda facts: not facts.unproven,
    "measures_full": lambda facts: not facts.missing,
    "research_planned_in_time": lambda facts: _research_planned_in_time(facts),
    "phase_out_soon": lambda facts: _phase_out_soon(facts),
}
"""The named conditions of the decision table."""


def _holds(name: str, known: Facts) -> bool:
    wanted = not name.startswith("not ")
    return CONDITIONS[name.removeprefix("not ")](known) is wanted


def _research_planned_in_time(known: Facts) -> bool:
    """Planned within the term after the statement's publication, and that publication is not longer ago than C
    may last.
    """
    planned, terms = known.dossier.planned, known.framework.terms
    if planned is None or known.statement is None:
        return False
    published = known.statement.published_on
    return published <= planned.day <= add_months(published, terms.planned_research_months) and known.day <= add_months(
        published, terms.first_measures_months
    )


def _phase_out_soon(known: Facts) -> bool:
    """The channel ends within the term from this day, and has not ended yet."""
    end = known.dossier.phase_out
    return end is not None and known.day <= end.day <= add_months(known.day, known.framework.terms.phase_out_months)


def _facts(dossier: Dossier, day: date, current: Framework, norm: Edition) -> Facts:
    stated = dossier.statement if dossier.statement and dossier.statement.published_on <= day else None
    counted, flags = _research_flags(dossier, day, current, norm)
    research = _research_verdicts(dossier, day, current, norm, counted)
    verdicts = _current_verdicts(dossier, day, norm, research, counted)
    burden = bool(stated and stated.burden) or any(
        item.burden and not _done(item, day) for item in dossier.measures if _known(item, day)
    )
    deviations = [number for number, item in verdicts.items() if item.verdict is Verdict.FAILED]
    missing = tuple(hole for number in deviations for hole in _holes(dossier, verdicts[number], day))
    unproven = _unproven(dossier, day, research, verdicts)
    return Facts(dossier, day, current, norm, stated, counted, flags, research, verdicts, unproven, missing, burden)


# Research ----------------------------------------------------------------------------------------------------------


def _research_flags(
    dossier: Dossier, day: date, current: Framework, norm: Edition
) -> tuple[tuple[Report, ...], tuple[Flag, ...]]:
    """The reports that count and the five flags.

    Of the reports with a good method the newest are taken, one day of reports after the other, until together they
    cover all criteria and the whole scope: that choice makes the oldest counted report as young as it can be. When
    they never do, all reports are looked at and the flags say what is wrong.
    """
    candidates = sorted(
        (item for item in dossier.reports if _counts(item, day, norm)), key=lambda item: item.day, reverse=True
    )
    sound = [item for item in candidates if not _method_faults(item, current)]
    chosen: tuple[Report, ...] = ()
    for since in sorted({item.day for item in sound}, reverse=True):
        newest = tuple(item for item in sound if item.day >= since)
        if not _uncovered(dossier, newest, norm) and not any(_unscoped(dossier, newest)):
            chosen = newest
            break
    counted = chosen or tuple(candidates)
    if not counted:
        nothing = Reason("law.flag.no_report")
        return (), tuple(Flag(name, False, (nothing,)) for name in ("R1", "R2", "R3", "R4", "R5"))
    faults = tuple(reason for item in counted for reason in _method_faults(item, current))
    open_criteria = _uncovered(dossier, counted, norm)
    open_parts, open_domains = _unscoped(dossier, counted)
    oldest = min(item.day for item in counted)
    end = add_months(oldest, current.validity_months)
    coverage = (Reason("law.flag.criteria", {"criteria": ", ".join(open_criteria), "count": len(open_criteria)}),)
    scope = tuple(Reason(f"law.flag.part.{part.value}") for part in open_parts)
    scope += tuple(Reason("law.flag.domain", {"domain": domain}) for domain in open_domains)
    return counted, (
        Flag("R1", not faults, faults),
        Flag("R2", not open_criteria, coverage if open_criteria else ()),
        Flag("R3", not scope, scope),
        Flag(
            "R4",
            end > day,
            ()
            if end > day
            else (Reason("law.flag.age", {"months": current.validity_months, "oldest": oldest, "end": end}),),
        ),
        _form_flag(counted),
    )


def _counts(item: Report, day: date, norm: Edition) -> bool:
    return (
        item.kind.covers
        and item.day <= day
        and (item.withdrawn_on is None or item.withdrawn_on > day)
        and _reads_as(item.edition, norm.id)
    )


def _reads_as(report_edition: str, wanted: str) -> bool:
    """Research on a norm set also counts for the set it is based on: 2.2 holds all of 2.1 but parsing."""
    if report_edition == wanted:
        return True
    return set(edition(wanted).numbers) - {edition(wanted).parsing_criterion} <= set(edition(report_edition).numbers)


def _method_faults(item: Report, current: Framework) -> tuple[Reason, ...]:
    named = {"report": item.title or item.id}
    found = []
    if not item.equivalent_documented and not item.method.upper().startswith(
        tuple(method.upper() for method in current.terms.methods)
    ):
        found.append(Reason("law.flag.method", named))
    if not item.has_manual:
        found.append(Reason("law.flag.manual", named))
    return tuple(found)


def _uncovered(dossier: Dossier, reports: Sequence[Report], norm: Edition) -> tuple[str, ...]:
    ids = {item.id for item in reports}
    covered = {row.criterion for row in dossier.research if row.report in ids and row.verdict in DECIDED}
    if norm.parsing_policy == "errata":
        covered.add(norm.parsing_criterion)
    return tuple(number for number in norm.numbers if number not in covered)


def _unscoped(dossier: Dossier, reports: Sequence[Report]) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    parts = {part for item in reports for part in (item.parts or dossier.card.parts)}
    domains = {domain for item in reports for domain in (item.domains or dossier.card.domains)}
    return (
        tuple(part for part in dossier.card.parts if part not in parts),
        tuple(domain for domain in dossier.card.domains if domain not in domains),
    )


def _form_flag(counted: Sequence[Report]) -> Flag:
    why = []
    addresses = [item.address for item in counted]
    for item in counted:
        named = {"report": item.title or item.id}
        if not item.public or not item.address:
            why.append(Reason("law.flag.link", named))
        elif addresses.count(item.address) > 1:
            why.append(Reason("law.flag.same_link", named))
        if not item.checklist_ok:
            why.append(Reason("law.flag.checklist", named))
    return Flag("R5", not why, tuple(why))


def _research_verdicts(
    dossier: Dossier, day: date, current: Framework, norm: Edition, counted: Sequence[Report]
) -> Mapping[str, CurrentVerdict]:
    """The last word of research per criterion.

    A later report replaces an earlier one only for the parts and domains that it looked at; over those the worst
    verdict holds, so that a clean content audit does not hide what a technique audit found.
    """
    oldest = min((item.day for item in counted), default=date.max)
    base = {item.id for item in counted}
    retests = [
        item
        for item in dossier.reports
        if item.kind is ReportKind.RETEST
        and oldest <= item.day <= day
        and not _method_faults(item, current)
        and (item.withdrawn_on is None or item.withdrawn_on > day)
        and (not item.retest_of or item.retest_of in base)
    ]
    reports = sorted([*counted, *retests], key=lambda item: item.day)
    cells: dict[str, dict[tuple[Part, str], tuple[date, list[CurrentVerdict]]]] = {
        number: {} for number in norm.numbers
    }
    rows: dict[str, list[CurrentVerdict]] = {item.id: [] for item in reports}
    by_id = {item.id: item for item in reports}
    for row in dossier.research:
        if row.report in rows and row.criterion in cells and row.verdict in DECIDED:
            rows[row.report].append(
                CurrentVerdict(row.criterion, row.verdict, Basis.RESEARCH, by_id[row.report].day, row.report, row.note)
            )
    for item in reports:
        for verdict in rows[item.id]:
            for part in item.parts or dossier.card.parts:
                for domain in item.domains or dossier.card.domains or ("",):
                    day_before, same_day = cells[verdict.criterion].get((part, domain), (item.day, []))
                    kept = [*same_day, verdict] if day_before == item.day else [verdict]
                    cells[verdict.criterion][part, domain] = (item.day, kept)
    found: dict[str, CurrentVerdict] = {}
    for number, by_cell in cells.items():
        last = [verdict for _, same_day in by_cell.values() for verdict in same_day]
        if last:
            found[number] = min(last, key=lambda item: (_WORST.index(item.verdict), item.day or date.min, item.source))
    return found


def _human_verdicts(dossier: Dossier, day: date) -> Iterator[HumanVerdict]:
    """What people decided that holds on a day, oldest first; of one day a failure comes last, so that it counts."""
    for item in sorted(dossier.human, key=lambda item: (item.day, item.verdict is Verdict.FAILED, item.id)):
        if item.day <= day and (item.valid_until is None or day <= item.valid_until) and item.verdict in DECIDED:
            yield item


def _after(person: HumanVerdict, research: CurrentVerdict | None) -> bool:
    return research is None or research.day is None or person.day > research.day


def _unproven(
    dossier: Dossier, day: date, research: Mapping[str, CurrentVerdict], verdicts: Mapping[str, CurrentVerdict]
) -> tuple[str, ...]:
    """Criteria that failed in research, or in a review after it, and that no later research shows to be met."""
    failed = {number for number, item in research.items() if item.verdict is Verdict.FAILED}
    failed |= {
        item.criterion
        for item in _human_verdicts(dossier, day)
        if item.verdict is Verdict.FAILED and _after(item, research.get(item.criterion))
    }
    return tuple(number for number in verdicts if number in failed)


def _current_verdicts(
    dossier: Dossier, day: date, norm: Edition, research: Mapping[str, CurrentVerdict], counted: Sequence[Report]
) -> Mapping[str, CurrentVerdict]:
    """Research, or what a person said after it; then the parsing policy; else unknown."""
    people = {item.criterion: item for item in _human_verdicts(dossier, day)}
    found = {}
    for number in norm.numbers:
        last, person = research.get(number), people.get(number)
        if person is not None and _after(person, last):
            found[number] = CurrentVerdict(number, person.verdict, Basis.HUMAN, person.day, person.by, person.note)
        elif last is not None:
            found[number] = last
        elif number == norm.parsing_criterion and norm.parsing_policy == "errata" and counted:
            found[number] = CurrentVerdict(number, Verdict.PASSED, Basis.POLICY)
        else:
            found[number] = CurrentVerdict(number, Verdict.UNTESTED, Basis.NONE)
    return found


# Measures ----------------------------------------------------------------------------------------------------------


def _known(item: Measure, day: date) -> bool:
    return item.since is None or item.since <= day


def _done(item: Measure, day: date) -> bool:
    return item.done_on is not None and item.done_on <= day


def _holes(dossier: Dossier, failed: CurrentVerdict, day: date) -> Iterator[MissingField]:
    """What the statement still needs for one deviation.

    A measure that is done needs nothing; one at least must exist. One that was done before the criterion was found to
    fail (again) was not enough, and does not count.
    """
    criterion = failed.criterion
    measures = [
        item
        for item in dossier.measures_for(criterion)
        if _known(item, day) and not (_done(item, day) and failed.day and item.done_on and item.done_on < failed.day)
    ]
    if not measures:
        yield MissingField(criterion, "measure")
    for item in measures:
        if _done(item, day):
            continue
        needed = ["description", "cause", "consequence", "measure", "planned_on"]
        needed += ["alternative", "burden_argument"] if item.burden else []
        for name in needed:
            if not getattr(item, name):
                yield MissingField(criterion, name, item.id)


# Reasons and steps -------------------------------------------------------------------------------------------------


def _reasons(rule: Rule, known: Facts) -> Iterator[Reason]:
    terms, dossier = known.framework.terms, known.dossier
    published = known.statement.published_on if known.statement else None
    values: dict[str, Any] = {
        "met": known.met,
        "total": known.edition.total,
        "deviations": len(known.deviations),
        "criteria": ", ".join(known.deviations),
        "until": add_months(published, terms.first_measures_months) if published else "",
        "planned": dossier.planned.day if dossier.planned else "",
        "end": dossier.phase_out.day if dossier.phase_out else "",
    }
    yield Reason(rule.reason, values)
    if rule.status == "E":
        return
    if known.valid:
        if known.expires_on is not None:
            yield Reason("law.research_until", {"end": known.expires_on, "oldest": known.oldest})
        by_policy = known.edition.parsing_criterion
        if by_policy and known.current[by_policy].basis is Basis.POLICY:
            yield Reason("law.parsing_errata", {"criterion": by_policy})
    else:
        for flag in known.flags:
            if not flag.ok and flag.name != "R5":
                yield from flag.why
        yield from _missed_c(known) if rule.status == "D" else ()
    if known.burden:
        yield Reason("law.burden")
    if rule.number == 6:
        yield Reason("law.holes", {"count": len(known.missing)})
    if known.valid and not known.flags[-1].ok:
        yield Reason("law.risk.annotation")
        yield from known.flags[-1].why
    if known.statement and known.statement.annotation is Annotation.INSUFFICIENT:
        yield Reason("law.annotation.insufficient")


def _missed_c(known: Facts) -> Iterator[Reason]:
    """Why it is not C, when something points at C."""
    terms, dossier = known.framework.terms, known.dossier
    if known.statement is None:
        return
    limit = add_months(known.statement.published_on, terms.first_measures_months)
    if dossier.planned is None:
        yield Reason("law.no_c.no_plan")
    elif known.day > limit:
        yield Reason("law.no_c.overdue", {"limit": limit})
    else:
        yield Reason("law.no_c.plan_outside", {"planned": dossier.planned.day, "limit": limit})
    if dossier.phase_out is not None and dossier.phase_out.day < known.day:
        yield Reason("law.no_c.ended", {"end": dossier.phase_out.day})


def steps_to(dossier: Dossier, day: date, target: str, law: Law | None = None) -> tuple[Reason, ...]:
    """What still has to happen for a status; empty exactly when it is reached (and can be published)."""
    advice = status(dossier, day, law)
    known, letters = advice.facts, advice.facts.framework.letters
    if letters.index(advice.letter) < letters.index(target) or (advice.letter == target and advice.publishable):
        return ()
    found: list[Reason] = []
    if known.statement is None:
        found.append(Reason("law.step.publish"))
    if target == "C":
        if known.statement is not None or known.dossier.planned is None:
            found.append(Reason("law.step.plan", {"months": known.framework.terms.planned_research_months}))
    elif target in ("A", "B"):
        found += _research_steps(known)
        if target == "A" and known.burden:
            found.append(Reason("law.step.no_burden"))
        if target == "A" and known.deviations:
            found.append(
                Reason("law.step.repair", {"criteria": ", ".join(known.deviations), "count": len(known.deviations)})
            )
        failing = known.unproven
        if target == "A" and failing and known.valid:
            found.append(Reason("law.step.retest", {"criteria": ", ".join(failing), "count": len(failing)}))
        if target == "B" or known.deviations:
            found += [Reason(f"law.step.field.{hole.field}", {"criterion": hole.criterion}) for hole in known.missing]
    return tuple(found)


def _research_steps(known: Facts) -> Iterator[Reason]:
    if known.valid:
        return
    if not known.counted:
        yield Reason("law.step.research", {"total": known.edition.total})
        return
    for flag in known.flags:
        if flag.ok or flag.name == "R5":
            continue
        if flag.name == "R4":
            oldest = min(known.counted, key=lambda item: item.day)
            yield Reason("law.step.replace", {"report": oldest.title or oldest.id})
        yield from flag.why


# The law apart from the letter -------------------------------------------------------------------------------------


def law_flag(dossier: Dossier, day: date, tallies: Sequence[FindingTally] = (), law: Law | None = None) -> LawFlag:
    """Whether the law is met. For B: measures complete, none overdue, fewer deviations or findings than a year ago."""
    advice = status(dossier, day, law)
    lawful = advice.facts.framework.status(advice.letter).lawful
    if lawful == "for_a_time":
        stated = advice.facts.statement
        limit = add_months(stated.published_on, advice.facts.framework.terms.first_measures_months) if stated else None
        if advice.rule.number == 8 and limit is not None and day > limit:
            return LawFlag(LawMet.NO, (Reason("law.met.c_over", {"limit": limit}),), limit)
        return LawFlag(LawMet.YES, (Reason("law.met.c", {"limit": limit}),), limit)
    if lawful == "always":
        return LawFlag(LawMet.YES, (Reason("law.met.a"),))
    if lawful == "never":
        return LawFlag(LawMet.NO, (Reason(f"law.met.{advice.letter.lower()}"),))
    return _law_flag_b(dossier, advice, tallies, law)


def _law_flag_b(dossier: Dossier, advice: StatusAdvice, tallies: Sequence[FindingTally], law: Law | None) -> LawFlag:
    day, months = advice.day, advice.facts.framework.terms.improvement_months
    late = overdue_measures(advice.facts.dossier, day)
    found = []
    if advice.facts.missing:
        found.append(Reason("law.met.b_fields", {"count": len(advice.facts.missing)}))
    if late:
        found.append(
            Reason("law.met.b_overdue", {"count": len(late), "criteria": ", ".join(item.criterion for item in late)})
        )
    then_day = add_months(day, -months)
    then = status(dossier, then_day, law)
    if found:
        return LawFlag(LawMet.NO, tuple(found))
    if then.letter != "B":
        return LawFlag(LawMet.TOO_EARLY, (Reason("law.met.too_early", {"then": then_day}),))
    before, after = _tally_on(tallies, then_day), _tally_on(tallies, day)
    numbers = {
        "then": then_day,
        "deviations_then": len(then.facts.deviations),
        "deviations_now": len(advice.facts.deviations),
    }
    found.append(Reason("law.met.b_deviations", numbers))
    fewer = not advice.facts.deviations or len(advice.facts.deviations) < len(then.facts.deviations)
    if before is not None and after is not None:
        found.append(
            Reason("law.met.b_findings", {"then": before.day, "open_then": before.open, "open_now": after.corrected})
        )
        fewer = fewer or after.corrected < before.open
    said = [
        item
        for item in advice.facts.dossier.improvements
        if then_day < item.day <= day and item.significant is not None
    ]
    if said:
        last = max(said, key=lambda item: (item.day, item.id))
        found.append(
            Reason("law.met.said_yes" if last.significant else "law.met.said_no", {"by": last.by, "day": last.day})
        )
        return LawFlag(LawMet.YES if fewer and last.significant else LawMet.NO, tuple(found))
    found.append(Reason("law.met.confirm" if fewer else "law.met.no_improvement"))
    return LawFlag(LawMet.YES if fewer else LawMet.NO, tuple(found))


def _tally_on(tallies: Sequence[FindingTally], day: date) -> FindingTally | None:
    """The last tally on or before a day."""
    return max((item for item in tallies if item.day <= day), key=lambda item: item.day, default=None)


def overdue_measures(dossier: Dossier, day: date) -> tuple[Measure, ...]:
    """Measures whose date has passed without being done.

    A new date makes them not overdue, and stays in the history.
    """
    return tuple(
        item
        for item in dossier.measures
        if _known(item, day) and item.planned_on is not None and item.planned_on < day and not _done(item, day)
    )


# What comes --------------------------------------------------------------------------------------------------------


def forecast(dossier: Dossier, day: date, until: date, law: Law | None = None) -> tuple[Change, ...]:
    """Every day after `day`, up to `until`, on which the letter changes if nothing is done, in order."""
    dossier = dossier.as_of(day)
    last = status(dossier, day, law)
    found = []
    for candidate in sorted(_turning_days(dossier, law or dutch_law())):
        if day < candidate <= until:
            coming = status(dossier, candidate, law)
            if (coming.letter, coming.rule.number) != (last.letter, last.rule.number):
                found.append(Change(candidate, last.letter, coming.letter, coming.reasons))
            last = coming
    return tuple(found)


def _turning_days(dossier: Dossier, law: Law) -> set[date]:
    """Days on which anything in the table can turn.

    Everything in the dossier with a date, and the periods of the law.
    """
    found = {norm.since for norm in law.norms if norm.since}
    found |= {norm.accept_previous_until + timedelta(1) for norm in law.norms if norm.accept_previous_until}
    found |= {item.since for item in law.validities} | {item.since for item in law.terms}
    for item in dossier.reports:
        found |= {item.day} | {add_months(item.day, period.months) for period in law.validities}
        found |= {item.withdrawn_on} if item.withdrawn_on else set()
    for person in dossier.human:
        found |= {person.day} | (
            {person.valid_until + timedelta(1)} if person.valid_until and person.valid_until < date.max else set()
        )
    for measure in dossier.measures:
        found |= {moment for moment in (measure.since, measure.done_on) if moment}
    for terms in law.terms:
        if dossier.statement:
            published = dossier.statement.published_on
            found |= {published, add_months(published, terms.first_measures_months) + timedelta(1)}
        if dossier.phase_out:
            end = dossier.phase_out.day
            start = add_months(end, -terms.phase_out_months)
            found |= {end + timedelta(1)} | {start + timedelta(offset) for offset in range(-3, 4)}
    return found


def alarms(dossier: Dossier, day: date, law: Law | None = None, links: Sequence[LinkResult] = ()) -> tuple[Alarm, ...]:
    """What asks for attention on a day, most urgent first: every kind of section 8.6, at its latest stage only."""
    advice = status(dossier, day, law)
    found = [
        *_research_alarms(advice),
        *_statement_alarms(advice),
        *_measure_alarms(advice.facts.dossier, day),
        *_norm_alarms(advice),
    ]
    found += [
        Alarm(
            "dead-link",
            day,
            Reason("law.alarm.link", {"address": item.address, "why": item.reason or str(item.status)}),
            True,
        )
        for item in links
        if not item.ok
    ]
    return tuple(sorted(found, key=lambda alarm: (not alarm.overdue, alarm.due, alarm.kind, alarm.text.key)))


def _research_alarms(advice: StatusAdvice) -> Iterator[Alarm]:
    known, dossier, day = advice.facts, advice.facts.dossier, advice.day
    end = known.expires_on
    if end is not None and known.statement is not None:
        passed = [months for months in known.framework.terms.research_months_before if add_months(end, -months) <= day]
        if day >= end:
            yield Alarm("research-expired", end, Reason("law.alarm.expired", {"end": end}), True)
        elif passed:
            yield Alarm(
                "research-expires", end, Reason("law.alarm.expires", {"end": end, "months": min(passed)}), False
            )
    planned = dossier.planned
    if (
        planned
        and planned.day < day
        and not any(item.kind.covers and planned.day <= item.day <= day for item in dossier.reports)
    ):
        yield Alarm("planned-research", planned.day, Reason("law.alarm.planned", {"planned": planned.day}), True)
    if dossier.phase_out and dossier.phase_out.day < day:
        yield Alarm(
            "phase-out", dossier.phase_out.day, Reason("law.alarm.phase_out", {"end": dossier.phase_out.day}), True
        )


def _statement_alarms(advice: StatusAdvice) -> Iterator[Alarm]:
    known, stated, day = advice.facts, advice.facts.statement, advice.day
    if stated is None:
        yield Alarm("no-statement", day, Reason("law.alarm.no_statement"), True)
        return
    terms = known.framework.terms
    due = add_months(stated.updated_on, terms.statement_review_months)
    passed = [months for months in terms.review_months_after if add_months(stated.updated_on, months) <= day]
    if passed:
        yield Alarm(
            "statement-review",
            due,
            Reason("law.alarm.review_over" if day >= due else "law.alarm.review", {"due": due, "months": max(passed)}),
            day >= due,
        )
    if advice.letter == "C" or (advice.letter == "D" and known.dossier.planned is not None):
        limit = add_months(stated.published_on, terms.first_measures_months)
        passed = [
            months for months in terms.first_measures_months_after if add_months(stated.published_on, months) <= day
        ]
        if passed:
            yield Alarm(
                "first-measures",
                limit,
                Reason("law.alarm.c_over" if day > limit else "law.alarm.c", {"limit": limit, "months": max(passed)}),
                day > limit,
            )
    if stated.annotation is Annotation.INSUFFICIENT and stated.annotated_on is not None:
        limit = stated.annotated_on + timedelta(weeks=terms.repair_weeks)
        yield Alarm("repair-window", limit, Reason("law.alarm.repair", {"limit": limit}), day > limit)
    if stated.claimed_status and stated.claimed_status != advice.letter:
        yield Alarm(
            "register-differs",
            day,
            Reason("law.alarm.register", {"register": stated.claimed_status, "advice": advice.letter}),
            True,
        )


def _measure_alarms(dossier: Dossier, day: date) -> Iterator[Alarm]:
    for item in overdue_measures(dossier, day):
        if item.planned_on is not None:
            yield Alarm(
                "measure-overdue",
                item.planned_on,
                Reason(
                    "law.alarm.measure",
                    {"criterion": item.criterion, "planned": item.planned_on, "owner": item.owner or "?"},
                ),
                True,
            )
    for person in dossier.human:
        if person.valid_until is not None and add_months(person.valid_until, -1) <= day <= person.valid_until:
            yield Alarm(
                "verdict-ends",
                person.valid_until,
                Reason(
                    "law.alarm.verdict_ends",
                    {"criterion": person.criterion, "by": person.by, "end": person.valid_until},
                ),
                False,
            )


def _norm_alarms(advice: StatusAdvice) -> Iterator[Alarm]:
    for norm in advice.facts.framework.law.norms:
        months = max(advice.facts.framework.terms.research_months_before)
        if norm.since is not None and add_months(norm.since, -months) <= advice.day < norm.since:
            coming = edition(norm.edition)
            yield Alarm(
                "norm-switch",
                norm.since,
                Reason("law.alarm.norm", {"day": norm.since, "standard": coming.standard, "total": coming.total}),
                False,
            )


# Scan against claim ------------------------------------------------------------------------------------------------


def conflicts(dossier: Dossier, scan: ChannelScan, day: date, law: Law | None = None) -> tuple[Conflict, ...]:
    """Where the scan and the claim do not agree (section 8.5). Nothing here changes a verdict or a status."""
    advice = status(dossier, day, law)
    known = advice.facts
    found: list[Conflict] = []
    if known.statement is None and scan.pages_looked:
        found.append(
            Conflict(
                "not-in-register",
                Reason("law.conflict.no_statement", {"pages": scan.pages_looked}),
                Reason("law.todo.publish"),
            )
        )
    claimed = known.statement.claimed_status if known.statement else ""
    for item in scan.criteria:
        if item.criterion in known.current:
            found += _criterion_conflicts(item, known.current[item.criterion], claimed or advice.letter, advice)
    drift = known.framework.terms.new_research_drift
    if scan.drift is not None and scan.drift >= drift and known.counted:
        found.append(
            Conflict(
                "evidence-outdated",
                Reason("law.conflict.drift", {"percent": round(scan.drift * 100)}),
                Reason("law.todo.new_research"),
            )
        )
    return tuple(found)


def _criterion_conflicts(
    item: CriterionScan, current: CurrentVerdict, claimed: str, advice: StatusAdvice
) -> Iterator[Conflict]:
    named = {
        "criterion": item.criterion,
        "count": len(item.findings),
        "pages": sum(finding.pages for finding in item.findings),
    }
    met = current.verdict in (Verdict.PASSED, Verdict.INAPPLICABLE)
    if met and item.confirmed:
        first = item.confirmed[0]
        yield Conflict(
            "claim-refuted",
            Reason("law.conflict.refuted", {**named, "status": claimed}),
            Reason("law.todo.correct_a" if claimed == "A" else "law.todo.correct"),
            item.criterion,
            item.confirmed,
            HumanVerdict(
                f"finding-{item.criterion}-{first.id}",
                item.criterion,
                Verdict.FAILED,
                advice.day,
                "",
                first.title,
                finding=first.id,
            ),
            Measure(
                f"measure-{first.id}",
                item.criterion,
                description=first.title,
                owner=first.owner,
                since=advice.day,
                finding=first.id,
            ),
        )
    elif met and item.verdict is Verdict.FAILED and item.unconfirmed and claimed in ("A", "B"):
        yield Conflict(
            "claim-in-doubt",
            Reason("law.conflict.doubt", {**named, "status": claimed}),
            Reason("law.todo.judge"),
            item.criterion,
            item.unconfirmed,
        )
    elif current.verdict is Verdict.FAILED and not item.findings and item.clean_since is not None:
        nights = (advice.day - item.clean_since).days
        if nights >= advice.facts.framework.terms.clean_nights and item.verdict in (Verdict.PASSED, Verdict.CANT_TELL):
            yield Conflict(
                "candidate-solved",
                Reason("law.conflict.solved", {**named, "nights": nights}),
                Reason("law.todo.retest"),
                item.criterion,
            )
