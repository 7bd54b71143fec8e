"""The accessibility statement of a channel as a complete draft, in Dutch or English.

In: a dossier, a day and the results of trying its links. Out: the fields of the register's form in the order of its
nine steps, ready to copy; the statement itself with the register's microdata names and the sections of the EU model
(Decision (EU) 2018/1523); and what is still missing before publication. Steps 6 to 9 of the form are not public:
their fields follow from what the register publishes (domain facts, section 2.1). The letter is the dossier's advice;
the register computes its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from reports.render import render
from scanner.dossier import Dossier, LinkResult, Measure, OutOfScope, Report, ReportKind, Statement, add_months
from scanner.frameworks import Framework, Law, criterion
from scanner.model import Criterion
from scanner.status import LawFlag, Reason, StatusAdvice, law_flag, status, steps_to

TEMPLATE_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form: its label, what goes in, and whether it is missing where it is required."""

    key: str
    """Catalogue key of the label."""
    value: str | date | bool | tuple[str, ...] | None
    required: bool = False
    values: str = ""
    """Catalogue prefix when the value is a word of ours: `statement.kind.` + value."""

    @property
    def missing(self) -> bool:
        """Required and empty."""
        return self.required and not self.value and self.value is not False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the register's form."""

    number: int
    fields: tuple[Field, ...]
    groups: tuple[tuple[str, tuple[Field, ...]], ...] = ()
    """Repeated blocks: per report or per deviation, each with its heading."""

    def missing(self) -> Iterator[tuple[str, Field]]:
        """Every missing field with the heading of its block."""
        yield from (("", item) for item in self.fields if item.missing)
        yield from ((heading, item) for heading, group in self.groups for item in group if item.missing)


@dataclass(frozen=True, slots=True)
class Deviation:
    """One criterion that is not met, with its measures."""

    criterion: Criterion
    measures: tuple[Measure, ...]
    note: str = ""

    @property
    def burden(self) -> bool:
        """A disproportionate burden is claimed for it."""
        return any(item.burden for item in self.measures)


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything about the statement on one day."""

    dossier: Dossier
    day: date
    advice: StatusAdvice
    law: LawFlag
    eu_status: str
    """`fully`, `partially` or `not`: the EU model's words, by its own rule, not by the Dutch letter."""
    steps: tuple[Step, ...]
    deviations: tuple[Deviation, ...]
    out_of_scope: tuple[OutOfScope, ...]
    missing: tuple[Reason, ...]
    framework: Framework

    @property
    def publishable(self) -> bool:
        """Nothing is missing and the table lets it be published."""
        return not self.missing and self.advice.publishable and self.advice.letter != "E"

    @property
    def reports(self) -> tuple[Report, ...]:
        """The research that the claim rests on."""
        return self.advice.facts.counted


def draft(dossier: Dossier, day: date, law: Law | None = None, links: Sequence[LinkResult] = ()) -> Draft:
    """The statement as it would be filed on a day.

    A channel without a statement is drafted as if it were filed that day.
    """
    advice = status(_as_filed(dossier, day), day, law)
    deviations = tuple(
        Deviation(
            criterion(number, advice.facts.edition.id),
            tuple(item for item in dossier.measures_for(number) if not (item.done_on and item.done_on <= day)),
            advice.facts.current[number].note,
        )
        for number in advice.facts.deviations
    )
    steps = tuple(_steps(dossier, advice, deviations))
    return Draft(
        dossier,
        day,
        advice,
        law_flag(_as_filed(dossier, day), day, law=law),
        _eu_status(advice),
        steps,
        deviations,
        dossier.out_of_scope,
        tuple(_missing(dossier, advice, steps, links)),
        advice.facts.framework,
    )


def html(made: Draft, lang: str, public: bool = False) -> str:
    """The draft as a page.

    With `public` only the statement, for the municipality's own site. ValueError if that is not ready.
    """
    if public and not made.publishable:
        raise ValueError(f"{len(made.missing)} things are missing, or the status cannot be published as it is")
    steps_a = steps_to(made.dossier, made.day, "A")
    valid_until = made.advice.facts.expires_on
    return render(
        "statement.html.j2",
        lang,
        draft=made,
        public=public,
        steps_a=steps_a,
        valid_until=valid_until,
        template_version=TEMPLATE_VERSION,
        review_by=_review_by(made),
    )


def _review_by(made: Draft) -> date | None:
    stated = made.dossier.statement
    months = made.framework.terms.statement_review_months
    return None if stated is None else add_months(stated.updated_on, months)


def _as_filed(dossier: Dossier, day: date) -> Dossier:
    """The dossier with a statement, so that the draft shows what filing it today would give."""
    if dossier.statement is not None and dossier.statement.published_on <= day:
        return dossier
    stated = Statement(day) if dossier.statement is None else replace(dossier.statement, published_on=day)
    return replace(dossier, statement=stated)


def _eu_status(advice: StatusAdvice) -> str:
    """The EU model: fully when all is met, partially when most is, not yet otherwise; never without valid research."""
    if advice.letter == "A":
        return "fully"
    return "partially" if advice.facts.valid and advice.met * 2 > advice.total else "not"


# The nine steps ----------------------------------------------------------------------------------------------------


def _steps(dossier: Dossier, advice: StatusAdvice, deviations: Sequence[Deviation]) -> Iterator[Step]:
    card, stated, known = dossier.card, dossier.statement, advice.facts
    app = card.kind == "app"
    yield Step(
        1,
        (
            Field("law.field.name", card.name, True),
            Field("law.field.kind", card.kind, True, "statement.kind."),
            Field("law.field.platform", card.platform),
            Field("law.field.supplier", card.supplier),
            Field("law.field.organisation", card.organisation, True),
        ),
    )
    yield Step(
        2,
        (
            Field("law.field.main_domain", card.main_domain, not app),
            Field("law.field.other_domains", card.other_domains),
            Field("law.field.app_links", card.app_links, app),
            Field("law.field.statement_address", card.statement_address, True),
            Field(
                "statement.field.excluded",
                tuple(f"{item.address or item.what}: {item.what}" for item in dossier.out_of_scope),
            ),
        ),
    )
    flags = {flag.name: flag.ok for flag in known.flags}
    yield Step(
        3,
        (
            Field("statement.check.research", bool(known.counted)),
            Field("statement.check.method", flags["R1"]),
            Field("statement.check.complete", flags["R2"] and flags["R3"]),
            Field("statement.check.age", flags["R4"]),
            Field("statement.check.form", flags["R5"]),
            Field("statement.check.deviations", bool(known.deviations)),
            Field("statement.check.planned", dossier.planned.day if dossier.planned else None, advice.rule.number == 7),
            Field("statement.check.phase_out", dossier.phase_out.day if dossier.phase_out else None),
            Field("statement.check.status", advice.letter, False, "status."),
        ),
    )
    yield Step(
        4,
        (),
        tuple((item.title or item.id, tuple(_report_fields(item, advice))) for item in _cited(known.counted, dossier)),
    )
    yield Step(5, (Field("statement.check.criteria", tuple(item.criterion.number for item in deviations)),))
    yield Step(
        6,
        (),
        tuple(
            (
                item.criterion.number if number == 0 else f"{item.criterion.number} ({number + 1})",
                tuple(_measure_fields(measure)),
            )
            for item in deviations
            for number, measure in enumerate(item.measures or (Measure("", item.criterion.number),))
        ),
    )
    burden = bool(stated and stated.burden)
    yield Step(
        7,
        (
            Field("law.field.alternatives", stated.alternatives if stated else ""),
            Field("law.field.burden", burden),
            Field("law.field.burden_argument", stated.burden_argument if stated else "", burden),
            Field("law.field.other_issues", stated.other_issues if stated else ""),
            Field("law.field.planned_full_on", stated.planned_full_on if stated else None),
            Field("statement.field.organisational", tuple(item.title for item in dossier.organisational)),
        ),
    )
    contact = bool(stated and (stated.contact_email or stated.contact_link))
    yield Step(
        8,
        (
            Field("law.field.contact_email", stated.contact_email if stated else "", not contact),
            Field("law.field.contact_link", stated.contact_link if stated else ""),
            Field("law.field.contact_phone", stated.contact_phone if stated else ""),
            Field("law.field.all_statements_link", stated.all_statements_link if stated else ""),
        ),
    )
    yield Step(
        9,
        (
            Field("law.field.signed_by", stated.signed_by if stated else "", True),
            Field("law.field.signed_function", stated.signed_function if stated else "", True),
            Field("law.field.signed_on", stated.signed_on if stated else None, True),
            Field("law.field.reviewed_on", stated.reviewed_on if stated else None, True),
        ),
    )


def _cited(counted: Sequence[Report], dossier: Dossier) -> tuple[Report, ...]:
    """The counted reports and the retests that belong to them, oldest first."""
    ids = {item.id for item in counted}
    retests = [
        item
        for item in dossier.reports
        if item.kind is ReportKind.RETEST and (not item.retest_of or item.retest_of in ids)
    ]
    return tuple(sorted([*counted, *retests], key=lambda item: (item.day, item.id))) if counted else ()


def _report_fields(item: Report, advice: StatusAdvice) -> Iterator[Field]:
    current = advice.facts.framework
    yield Field("law.field.address", item.address, True)
    yield Field("law.field.public", item.public)
    yield Field("law.field.day", item.day, True)
    yield Field("statement.field.type", item.kind.value, True, "statement.type.")
    yield Field("law.field.researcher", item.researcher, True)
    yield Field("statement.field.standard", advice.facts.edition.standard, True)
    yield Field("statement.field.current", add_months(item.day, current.validity_months) > advice.day)
    yield Field("law.field.method", item.method, True)
    yield Field("law.field.recording", item.recording)
    yield Field("statement.field.scope", tuple(item.domains or advice.facts.dossier.card.domains))


def _measure_fields(item: Measure) -> Iterator[Field]:
    for name in ("description", "cause", "consequence"):
        yield Field(f"law.field.{name}", getattr(item, name), True)
    yield Field("law.field.alternative", item.alternative, item.burden)
    yield Field("law.field.measure", item.measure, True)
    yield Field("law.field.burden", item.burden)
    if item.burden:
        yield Field("law.field.burden_argument", item.burden_argument, True)
    yield Field("law.field.planned_on", item.planned_on, True)
    yield Field("law.field.owner", item.owner)


def _missing(
    dossier: Dossier, advice: StatusAdvice, steps: Sequence[Step], links: Sequence[LinkResult]
) -> Iterator[Reason]:
    for step in steps:
        for heading, item in step.missing():
            yield Reason(
                "statement.missing.field_of" if heading else "statement.missing.field",
                {"step": step.number, "field_key": item.key, **({"heading": heading} if heading else {})},
            )
    stated = dossier.statement
    if stated is not None and stated.reviewed_on is not None:
        months = advice.facts.framework.terms.statement_review_months
        if add_months(stated.reviewed_on, months) <= advice.day:
            yield Reason("statement.missing.review", {"day": stated.reviewed_on})
    if advice.facts.valid:
        yield from advice.facts.flags[-1].why
    yield from (
        Reason("law.alarm.link", {"address": item.address, "why": item.reason or str(item.status)})
        for item in links
        if not item.ok
    )
