"""The dossier of a channel: what people claim, promise, judge and prove, as plain facts with dates.

A scan is not in here; it comes in beside it as `ChannelScan`. The dossier is the sum of its changes:
`Dossier.from_changes` adds them up, `as_of` shows it as it was in force on a day, `as_known_on` as it was written down
on a day, and `changes_between` turns an edited dossier into new changes. Nothing is ever overwritten: a change carries
who, when, and what stood there before. Fields that still have their default are not recorded.
Source of the fields: docs of digitoegankelijk.nl and the register (domain facts, sections 1, 2 and 8.1).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Any, Protocol

from pydantic import TypeAdapter, ValidationError

from scanner.model import Verdict


class ReportKind(StrEnum):
    """What kind of research a report is. Only the first five can cover criteria for status A or B."""

    FULL = "full"
    TECHNIQUE = "technique"
    CONTENT = "content"
    DOCUMENTS = "documents"
    APP = "app"
    RETEST = "retest"
    QUICKSCAN = "quickscan"
    AUTOMATIC = "automatic"

    @property
    def covers(self) -> bool:
        """Whether such research can be (part of) complete research."""
        return self not in (ReportKind.RETEST, ReportKind.QUICKSCAN, ReportKind.AUTOMATIC)


class Part(StrEnum):
    """What a channel is made of, as far as research must be representative for it."""

    TECHNIQUE = "technique"
    CONTENT = "content"
    DOCUMENTS = "documents"
    LOGIN = "login"


class Annotation(StrEnum):
    """What DigiToegankelijk's formal check says of a published A or B."""

    PROVISIONAL = "provisional"
    SUFFICIENT = "sufficient"
    INSUFFICIENT = "insufficient"


class ScopeReason(StrEnum):
    """Why content is outside the decree (article 2, second paragraph, as the statement's template lists it)."""

    OLD_OFFICE_FILE = "old-office-file"
    OLD_MEDIA = "old-media"
    LIVE_MEDIA = "live-media"
    MAP = "map"
    THIRD_PARTY = "third-party"
    HERITAGE = "heritage"
    CLOSED_GROUP = "closed-group"
    ARCHIVE = "archive"


DECIDED = frozenset({Verdict.PASSED, Verdict.FAILED, Verdict.INAPPLICABLE})
"""Verdicts that settle a criterion; not applicable counts as met."""


@dataclass(frozen=True, slots=True)
class Card:
    """The channel as the statement names it: steps 1 and 2 of the register's form."""

    name: str = ""
    kind: str = "website"
    organisation: str = ""
    platform: str = ""
    supplier: str = ""
    main_domain: str = ""
    other_domains: tuple[str, ...] = ()
    app_links: tuple[str, ...] = ()
    parts: tuple[Part, ...] = (Part.TECHNIQUE, Part.CONTENT, Part.DOCUMENTS)
    """What research must be representative for; add `login` when there is anything behind one."""
    statement_address: str = ""
    """Where the statement stands or will stand; preferably <domain>/toegankelijkheid."""
    dashboard_id: str = ""

    @property
    def domains(self) -> tuple[str, ...]:
        """All domains that the statement is about."""
        return tuple(dict.fromkeys(domain for domain in (self.main_domain, *self.other_domains) if domain))


@dataclass(frozen=True, slots=True)
class Statement:
    """The statement as it was last filed. Filing again changes these fields; the earlier ones stay in the history."""

    published_on: date
    last_updated: date | None = None
    address: str = ""
    register_address: str = ""
    claimed_status: str = ""
    """The letter that the register shows: the truth towards the public."""
    annotation: Annotation | None = None
    annotated_on: date | None = None
    signed_by: str = ""
    signed_function: str = ""
    signed_on: date | None = None
    reviewed_on: date | None = None
    contact_email: str = ""
    contact_link: str = ""
    contact_phone: str = ""
    all_statements_link: str = ""
    planned_full_on: date | None = None
    """The day on which the channel will meet everything; may stay open."""
    alternatives: str = ""
    burden: bool = False
    """Claims a disproportionate burden for the channel as a whole."""
    burden_argument: str = ""
    other_issues: str = ""

    @property
    def updated_on(self) -> date:
        """The day from which the yearly review counts."""
        return max(self.published_on, self.last_updated or self.published_on)


@dataclass(frozen=True, slots=True)
class Report:
    """One research report that the statement rests on."""

    id: str
    day: date
    kind: ReportKind = ReportKind.FULL
    title: str = ""
    address: str = ""
    """Direct public link."""
    public: bool = False
    method: str = ""
    """`WCAG-EM`, with or without version; others need `equivalent_documented`."""
    equivalent_documented: bool = False
    has_manual: bool = False
    checklist_ok: bool = False
    """The report has everything that DigiToegankelijk's list for a good report asks."""
    edition: str = "wcag-2.1"
    parts: tuple[Part, ...] = ()
    """Empty: all parts of the channel."""
    domains: tuple[str, ...] = ()
    """Empty: all domains of the channel."""
    researcher: str = ""
    commissioner: str = ""
    retest_of: str = ""
    """For a retest: the report it goes back to; empty when it goes back to all."""
    withdrawn_on: date | None = None
    sample_size: int = 0
    recording: str = ""
    """How results were recorded: readable report, EARL, …"""
    note: str = ""

    @property
    def key(self) -> str:
        """Its place in the dossier."""
        return self.id


@dataclass(frozen=True, slots=True)
class ResearchVerdict:
    """What one report says of one criterion."""

    report: str
    criterion: str
    verdict: Verdict
    note: str = ""

    @property
    def key(self) -> str:
        """Its place in the dossier."""
        return f"{self.report}:{self.criterion}"


@dataclass(frozen=True, slots=True)
class HumanVerdict:
    """What a person of the organisation says of a whole criterion on this channel: a review or a confirmed finding."""

    id: str
    criterion: str
    verdict: Verdict
    day: date
    by: str
    note: str = ""
    valid_until: date | None = None
    """Last day on which it counts."""
    finding: str = ""

    @property
    def key(self) -> str:
        """Its place in the dossier."""
        return self.id


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's answer to one question: about one fingerprint, not about the whole criterion."""

    fingerprint: str
    criterion: str
    verdict: Verdict
    day: date
    by: str
    note: str = ""
    valid_until: date | None = None

    @property
    def key(self) -> str:
        """Its place in the dossier: a new answer to the same question is a change of the old one."""
        return f"{self.criterion}:{self.fingerprint}"


@dataclass(frozen=True, slots=True)
class Measure:
    """What is done about one deviation: the fields that the statement asks for."""

    id: str
    criterion: str
    description: str = ""
    cause: str = ""
    consequence: str = ""
    alternative: str = ""
    measure: str = ""
    burden: bool = False
    burden_argument: str = ""
    planned_on: date | None = None
    owner: str = ""
    done_on: date | None = None
    since: date | None = None
    finding: str = ""

    @property
    def key(self) -> str:
        """Its place in the dossier."""
        return self.id


@dataclass(frozen=True, slots=True)
class OrganisationalMeasure:
    """A measure that secures accessibility in the organisation: training, contract, clean-up, periodic research."""

    id: str
    title: str
    kind: str = ""
    planned_on: date | None = None
    done_on: date | None = None
    owner: str = ""
    result: str = ""

    @property
    def key(self) -> str:
        """Its place in the dossier."""
        return self.id


@dataclass(frozen=True, slots=True)
class OutOfScope:
    """Content that the decree does not cover, with the reason."""

    id: str
    what: str
    reason: ScopeReason
    address: str = ""
    note: str = ""

    @property
    def key(self) -> str:
        """Its place in the dossier."""
        return self.id


@dataclass(frozen=True, slots=True)
class Retest:
    """Proof that one finding is solved: when, how and by whom it was looked at again."""

    id: str
    finding: str
    criterion: str
    day: date
    method: str
    by: str

    @property
    def key(self) -> str:
        """Its place in the dossier."""
        return self.id


@dataclass(frozen=True, slots=True)
class Improvement:
    """What people say of one year's improvement: whether the numbers are significant, and why, when they are equal."""

    id: str
    day: date
    by: str
    significant: bool | None = None
    explanation: str = ""
    council_report: str = ""

    @property
    def key(self) -> str:
        """Its place in the dossier."""
        return self.id


@dataclass(frozen=True, slots=True)
class PlannedResearch:
    """Research that is ordered or will be."""

    day: date
    by: str = ""
    commissioned_on: date | None = None
    method: str = "WCAG-EM"


@dataclass(frozen=True, slots=True)
class PhaseOut:
    """The day on which the channel ends."""

    day: date
    replaced_by: str = ""


@dataclass(frozen=True, slots=True)
class DossierChange:
    """One change of one field: appended, never altered. Values are JSON: text, number, bool, list or None (absent)."""

    channel: str
    at: datetime
    by: str
    path: str
    """`statement/published_on`, `reports/<id>/day`, or `reports/<id>` when a whole item goes (after is None)."""
    before: Any
    after: Any
    since: date | None = None
    """From when it is true, when that is not the day it was written down: for facts entered later."""
    note: str = ""

    @property
    def effective(self) -> date:
        """The day from which this change holds."""
        return self.since or self.at.date()


class HistoryBroken(ValueError):
    """A change says that something stood there before which did not: a change is lost or the history was altered."""


class _Item(Protocol):
    @property
    def key(self) -> str: ...


SINGLES: Mapping[str, type[Any]] = {
    "card": Card, "statement": Statement, "planned": PlannedResearch, "phase_out": PhaseOut}
LISTS: Mapping[str, type[Any]] = {
    "reports": Report, "research": ResearchVerdict, "human": HumanVerdict, "answers": Answer, "measures": Measure,
    "organisational": OrganisationalMeasure, "out_of_scope": OutOfScope, "retests": Retest, "improvements": Improvement}


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything people recorded of one channel. Lists are in the order of their keys: equal facts, equal dossiers."""

    channel: str
    card: Card = Card()
    statement: Statement | None = None
    planned: PlannedResearch | None = None
    phase_out: PhaseOut | None = None
    reports: tuple[Report, ...] = ()
    research: tuple[ResearchVerdict, ...] = ()
    human: tuple[HumanVerdict, ...] = ()
    answers: tuple[Answer, ...] = ()
    measures: tuple[Measure, ...] = ()
    organisational: tuple[OrganisationalMeasure, ...] = ()
    out_of_scope: tuple[OutOfScope, ...] = ()
    retests: tuple[Retest, ...] = ()
    improvements: tuple[Improvement, ...] = ()
    changes: tuple[DossierChange, ...] = field(default=(), compare=False, repr=False)
    """Where this state comes from; empty for a dossier that was not built from changes."""

    def __post_init__(self) -> None:
        for name in LISTS:
            items: tuple[_Item, ...] = tuple(sorted(getattr(self, name), key=_key))
            doubles = [one.key for one, two in pairwise(items) if one.key == two.key]
            if doubles:
                raise ValueError(f"{name}: {doubles[0]} stands there twice")
            object.__setattr__(self, name, items)

    @classmethod
    def from_changes(cls, channel: str, changes: Iterable[DossierChange]) -> Dossier:
        """The dossier after all changes of this channel, in the order in which they were written down.

        HistoryBroken when a change's `before` is not what stood there; ValidationError when the sum is not a dossier.
        """
        own = tuple(change for change in changes if change.channel == channel)
        flat: dict[str, Any] = {}
        for change in own:
            stood = _value_at(flat, change.path)
            if stood != change.before:
                raise HistoryBroken(f"{channel}, {change.path}, {change.at:%Y-%m-%d %H:%M} by {change.by}: "
                                    f"says it was {change.before!r}, but it was {stood!r}")
            _put(flat, change.path, change.after)
        return replace(_build(channel, flat), changes=own)

    def as_of(self, day: date) -> Dossier:
        """The dossier as it was in force on a day, in the order of writing, without what only holds later.

        A fact written down afterwards with an earlier `since` counts from then. Without changes: itself.
        """
        if all(change.effective <= day for change in self.changes):
            return self
        return self._with([change for change in self.changes if change.effective <= day])

    def as_known_on(self, day: date) -> Dossier:
        """The dossier as it had been written down on a day, whatever was entered later. Without changes: itself."""
        return self._with([change for change in self.changes if change.at.date() <= day])

    def _with(self, changes: Sequence[DossierChange]) -> Dossier:
        if not self.changes:
            return self
        flat: dict[str, Any] = {}
        for change in changes:
            _put(flat, change.path, change.after)
        return replace(_build(self.channel, flat), changes=tuple(changes))

    def report(self, report_id: str) -> Report | None:
        """A report by id."""
        return next((item for item in self.reports if item.id == report_id), None)

    def measures_for(self, criterion: str) -> tuple[Measure, ...]:
        """All measures for one criterion."""
        return tuple(item for item in self.measures if item.criterion == criterion)


def changes_between(before: Dossier, after: Dossier, at: datetime, by: str, since: date | None = None,
                    note: str = "") -> tuple[DossierChange, ...]:
    """What was changed from one dossier to the next, field by field; empty when nothing was."""
    if before.channel != after.channel:
        raise ValueError(f"{before.channel} and {after.channel} are different channels")
    old, new = flatten(before), flatten(after)
    gone = {prefix for path in old if (prefix := _item_of(path)) and not _has_item(new, prefix)}
    paths = list(dict.fromkeys([*old, *new]))
    found = [DossierChange(before.channel, at, by, prefix, _item_value(old, prefix), None, since, note)
             for prefix in sorted(gone)]
    found += [DossierChange(before.channel, at, by, path, old.get(path), new.get(path), since, note)
              for path in paths if _item_of(path) not in gone and old.get(path) != new.get(path)]
    return tuple(found)


def flatten(dossier: Dossier) -> dict[str, Any]:
    """Every recorded field as path → JSON value; fields that have their default are left out."""
    raw = _adapter().dump_python(dossier, mode="json", exclude={"changes", "channel"}, exclude_defaults=True)
    flat: dict[str, Any] = {}
    for name in SINGLES:
        for key, value in (raw.get(name) or {}).items():
            flat[f"{name}/{key}"] = value
    for name in LISTS:
        for item, values in zip(getattr(dossier, name), raw.get(name, ()), strict=True):
            for key, value in values.items():
                flat[f"{name}/{_escape(item.key)}/{key}"] = value
    return {path: value for path, value in flat.items() if value is not None}


def add_months(day: date, months: int) -> date:
    """The same day some months on (or back); the last day of the month when that day does not exist there."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


# What comes from the scan ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FindingFact:
    """One finding of the scan, as far as the law needs it."""

    id: str
    criterion: str
    rule: str
    title: str
    address: str
    pages: int = 1
    owner: str = ""
    first_seen: date | None = None
    last_seen: date | None = None
    confirmed: bool = False
    """A person has said that this is a failure. Only then may it become a verdict."""


@dataclass(frozen=True, slots=True)
class CriterionScan:
    """What the scan says of one criterion over the whole channel: never a verdict on the claim, always a signal."""

    criterion: str
    verdict: Verdict
    findings: tuple[FindingFact, ...] = ()
    pages_looked: int = 0
    clean_since: date | None = None
    """First night of an unbroken row of complete nights in which the criterion was tested and nothing was found."""
    note: str = ""

    @property
    def confirmed(self) -> tuple[FindingFact, ...]:
        """Findings that a person has confirmed."""
        return tuple(item for item in self.findings if item.confirmed)

    @property
    def unconfirmed(self) -> tuple[FindingFact, ...]:
        """Findings that no person has confirmed."""
        return tuple(item for item in self.findings if not item.confirmed)


@dataclass(frozen=True, slots=True)
class ChannelScan:
    """One night's scan of a channel, as plain data."""

    channel: str
    day: date
    criteria: tuple[CriterionScan, ...] = ()
    pages_found: int = 0
    pages_looked: int = 0
    complete: bool = False
    drift: float | None = None
    """Share of templates that changed since the research, 0 to 1; None when it cannot be known."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Name and version of scanner, rule engine and browser."""

    def of(self, criterion: str) -> CriterionScan:
        """The scan's word on a criterion; untested when it has none."""
        return next((item for item in self.criteria if item.criterion == criterion),
                    CriterionScan(criterion, Verdict.UNTESTED))


@dataclass(frozen=True, slots=True)
class FindingTally:
    """Confirmed findings of one day, with what changed since the tally before: the numbers of the yearly log."""

    day: date
    open: int
    new: int = 0
    solved: int = 0
    reopened: int = 0
    by_criterion: Mapping[str, int] = field(default_factory=dict)
    by_owner: Mapping[str, int] = field(default_factory=dict)
    by_tool_change: int = 0
    """Open findings that are only there (or, negative, only gone) because the tool or its rules changed."""
    tool: str = ""

    @property
    def corrected(self) -> int:
        """Open findings as this year's tool would not have counted differently."""
        return self.open - self.by_tool_change


@dataclass(frozen=True, slots=True)
class LinkResult:
    """What became of asking for one address of a statement: fetched elsewhere, passed in as data."""

    address: str
    ok: bool
    status: int = 0
    final_address: str = ""
    content_type: str = ""
    reason: str = ""


def confirmed_as_verdicts(scan: ChannelScan, by: str) -> Iterator[HumanVerdict]:
    """Confirmed findings as the human verdicts that they are: one `failed` per criterion, never a `passed`."""
    for item in scan.criteria:
        for finding in item.confirmed[:1]:
            yield HumanVerdict(
                id=f"finding-{item.criterion}-{finding.id}", criterion=item.criterion, verdict=Verdict.FAILED,
                day=finding.last_seen or scan.day, by=by, note=finding.title, finding=finding.id)


# Paths and values --------------------------------------------------------------------------------------------------


@lru_cache
def _adapter() -> TypeAdapter[Dossier]:
    return TypeAdapter(Dossier)


def _key(item: _Item) -> str:
    return item.key


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _unescape(key: str) -> str:
    return key.replace("~1", "/").replace("~0", "~")


def _item_of(path: str) -> str:
    """`reports/r1` for `reports/r1/day`, `statement` for `statement/published_on`; these can go as a whole."""
    parts = path.split("/")
    return "/".join(parts[:-1]) if parts[0] in LISTS or parts[0] != "card" else ""


def _has_item(flat: Mapping[str, Any], prefix: str) -> bool:
    return any(path.startswith(prefix + "/") for path in flat)


def _item_value(flat: Mapping[str, Any], prefix: str) -> dict[str, Any] | None:
    found = {path.removeprefix(prefix + "/"): value for path, value in flat.items() if path.startswith(prefix + "/")}
    return found or None


def _value_at(flat: Mapping[str, Any], path: str) -> Any:
    return flat[path] if path in flat else _item_value(flat, path)


def _put(flat: dict[str, Any], path: str, value: Any) -> None:
    for inner in [name for name in flat if name == path or name.startswith(path + "/")]:
        del flat[inner]
    if isinstance(value, Mapping):
        flat.update({f"{path}/{key}": inner for key, inner in value.items()})
    elif value is not None:
        flat[path] = value


def _build(channel: str, flat: Mapping[str, Any]) -> Dossier:
    raw: dict[str, Any] = {"channel": channel}
    for path, value in flat.items():
        name, *rest = path.split("/")
        if name in SINGLES and len(rest) == 1:
            raw.setdefault(name, {})[rest[0]] = value
        elif name in LISTS and len(rest) == 2:
            raw.setdefault(name, {}).setdefault(_unescape(rest[0]), {})[rest[1]] = value
        else:
            raise ValueError(f"{channel}: {path} is no place in a dossier")
    for name in LISTS:
        raw[name] = list(raw.get(name, {}).values())
    return _adapter().validate_python(raw)


def field_names(kind: type[Any]) -> tuple[str, ...]:
    """The field names of a part of the dossier, in order."""
    return tuple(item.name for item in fields(kind))


def problems(error: ValidationError) -> Iterator[tuple[str, str]]:
    """What pydantic found wrong, as (field, message)."""
    for item in error.errors(include_url=False):
        yield ".".join(str(part) for part in item["loc"]), item["msg"]
