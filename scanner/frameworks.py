"""Norms and laws as data: which criteria count, which periods hold and how a status follows, on any given day.

Reads `data/wcag21.csv`, `data/en_301_549.toml`, `data/nl_bdto.toml` and `data/benchmarks.toml` once. What can change
with a new edition or decree (numbers of criteria, months, letters, the decision table) is in those files, with the day
from which it holds; no number of them stands in code.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from scanner.model import Criterion, Level

DATA = Path(__file__).parent / "data"

Held = TypeVar("Held")


@dataclass(frozen=True, slots=True)
class Edition:
    """One norm set: an edition of EN 301 549 with the criteria that it asks of websites."""

    id: str
    standard: str
    wcag: str
    conformance: str
    criteria: tuple[Criterion, ...]
    parsing_criterion: str = ""
    """The criterion that a W3C erratum calls always satisfied; empty when the set does not have it."""
    parsing_policy: str = ""
    """`errata` or `literal`; printed in reports."""
    certainty: str = ""

    @property
    def numbers(self) -> tuple[str, ...]:
        """The criterion numbers in the order of the norm."""
        return tuple(item.number for item in self.criteria)

    @property
    def total(self) -> int:
        """How many criteria count: the denominator of `37 of 50`."""
        return len(self.criteria)

    def machine_may_fail(self, number: str) -> bool:
        """Whether a machine result may ever say `failed` for this criterion: never for parsing, under either policy."""
        return number != self.parsing_criterion


@dataclass(frozen=True, slots=True)
class Act:
    """A decree or law, with the days between which it held."""

    title_nl: str
    citation: str
    since: date
    until: date | None = None
    identifier: str = ""
    certainty: str = ""


@dataclass(frozen=True, slots=True)
class Norm:
    """From which day the law asks for which norm set; no day means prepared but not in force."""

    edition: str
    since: date | None = None
    accept_previous_until: date | None = None
    certainty: str = ""


@dataclass(frozen=True, slots=True)
class Validity:
    """How long research is valid, from which day this holds."""

    months: int
    since: date
    certainty: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """The periods of one version of the rules; units are in the names."""

    since: date
    planned_research_months: int
    first_measures_months: int
    phase_out_months: int
    statement_review_months: int
    improvement_months: int
    formal_check_weeks: int
    repair_weeks: int
    receipt_working_days: int
    answer_weeks: int
    new_research_drift: float
    answer_months: int
    clean_nights: int
    methods: tuple[str, ...]
    research_months_before: tuple[int, ...]
    review_months_after: tuple[int, ...]
    first_measures_months_after: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StatusLetter:
    """One status, with when it meets the law; its texts are `status.<letter>.*` in the catalogue."""

    letter: str
    lawful: str
    accessible: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the decision table: all conditions must hold (`not x`: must not)."""

    number: int
    when: tuple[str, ...]
    status: str
    reason: str
    publishable: bool = True


@dataclass(frozen=True, slots=True)
class Law:
    """A country's rules in all their versions; `framework` picks what holds on a day."""

    id: str
    register: str
    ombudsman: str
    contact: str
    acts: tuple[Act, ...]
    norms: tuple[Norm, ...]
    validities: tuple[Validity, ...]
    terms: tuple[Terms, ...]
    statuses: tuple[StatusLetter, ...]
    rules: tuple[Rule, ...]

    def switch_on(self, edition: str, since: date, accept_previous_until: date | None = None) -> Law:
        """This law with another day on which a norm set begins: for settings that know it before a release does."""
        return replace(self, norms=tuple(
            replace(norm, since=since, accept_previous_until=accept_previous_until) if norm.edition == edition else norm
            for norm in self.norms))


@dataclass(frozen=True, slots=True)
class Framework:
    """What holds on one day: norm set, validity of research, periods, letters and table."""

    day: date
    law: Law
    act: Act
    edition: Edition
    accepted: tuple[str, ...]
    """Norm sets that research of this day may be based on: the one in force and, in a transition, the previous one."""
    validity_months: int
    terms: Terms

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """The criteria that count on this day."""
        return self.edition.criteria

    @property
    def total(self) -> int:
        """How many criteria count on this day."""
        return self.edition.total

    @property
    def letters(self) -> tuple[str, ...]:
        """The status letters, best first."""
        return tuple(item.letter for item in self.law.statuses)

    def status(self, letter: str) -> StatusLetter:
        """The row of a letter."""
        return next(item for item in self.law.statuses if item.letter == letter)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """National figures of one day: share per letter, and the number of channels when known."""

    day: date
    scope: str
    shares: Mapping[str, float]
    channels: int
    source: str
    certainty: str


def criteria(edition_id: str = "") -> tuple[Criterion, ...]:
    """The criteria of a norm set in the order of the norm; without id those of the product's default set."""
    return edition(edition_id).criteria


def criterion(number: str, edition_id: str = "") -> Criterion:
    """One criterion by number, such as `1.4.3`; KeyError for a number outside the set."""
    for item in criteria(edition_id):
        if item.number == number:
            return item
    raise KeyError(f"{number} is not a criterion of {edition(edition_id).id}")


def edition(edition_id: str = "", parsing_policy: str = "") -> Edition:
    """A norm set by id, or the default; `parsing_policy` overrules the set's own policy for 4.1.1."""
    default, found = _editions()
    chosen = found.get(edition_id or default)
    if chosen is None:
        raise KeyError(f"norm set {edition_id!r} is unknown; known: {', '.join(found)}")
    if parsing_policy and chosen.parsing_criterion:
        if parsing_policy not in ("errata", "literal"):
            raise ValueError(f"parsing_policy is {parsing_policy!r}; it must be errata or literal")
        return replace(chosen, parsing_policy=parsing_policy)
    return chosen


def editions() -> tuple[str, ...]:
    """Ids of all norm sets."""
    return tuple(_editions()[1])


def framework(day: date, law: Law | None = None, parsing_policy: str = "") -> Framework:
    """What holds on a day. Before the law began, its first version is used."""
    law = law or dutch_law()
    norms = sorted((norm for norm in law.norms if norm.since is not None), key=lambda norm: norm.since or date.min)
    begun = [norm for norm in norms if norm.since is not None and norm.since <= day] or norms[:1]
    current = begun[-1]
    accepted = [current.edition]
    if len(begun) > 1 and current.accept_previous_until is not None and day <= current.accept_previous_until:
        accepted.append(begun[-2].edition)
    return Framework(
        day=day, law=law, edition=edition(current.edition, parsing_policy), accepted=tuple(accepted),
        act=_holding([(item.since, item) for item in law.acts], day),
        validity_months=_holding([(item.since, item) for item in law.validities], day).months,
        terms=_holding([(item.since, item) for item in law.terms], day))


@lru_cache
def dutch_law() -> Law:
    """The Dutch decree as the package carries it."""
    return load_law(DATA / "nl_bdto.toml")


def load_law(path: Path) -> Law:
    """A law from its TOML file; a missing or misspelt key raises KeyError or TypeError with its name."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return Law(
        id=raw["id"], register=raw["register"], ombudsman=raw["ombudsman"], contact=raw["contact"],
        acts=tuple(Act(**_since(item)) for item in raw["act"]),
        norms=tuple(Norm(**_since(item)) for item in raw["norm"]),
        validities=tuple(Validity(**_since(item)) for item in raw["validity"]),
        terms=tuple(_terms(item) for item in raw["terms"]),
        statuses=tuple(StatusLetter(**item) for item in raw["status"]),
        rules=tuple(Rule(**{**item, "when": tuple(item["when"])}) for item in raw["rule"]))


@lru_cache
def benchmarks() -> tuple[Benchmark, ...]:
    """National figures, newest first."""
    raw = tomllib.loads((DATA / "benchmarks.toml").read_text(encoding="utf-8"))
    found = []
    for item in raw["benchmark"]:
        counts = item.get("counts", {})
        total = item.get("channels", 0)
        shares = item.get("shares") or {letter: count / sum(counts.values()) for letter, count in counts.items()}
        found.append(Benchmark(item["day"], item["scope"], shares, total, item["source"], item["certainty"]))
    return tuple(sorted(found, key=lambda item: item.day, reverse=True))


@lru_cache
def _editions() -> tuple[str, Mapping[str, Edition]]:
    raw = tomllib.loads((DATA / "en_301_549.toml").read_text(encoding="utf-8"))
    found: dict[str, Edition] = {}
    for item in raw["edition"]:
        if "criteria" in item:
            rows: Sequence[Criterion] = _read_criteria(DATA / item["criteria"])
        else:
            base = found[item["based_on"]]
            rows = [row for row in base.criteria if row.number not in item["removed"]]
            rows += [Criterion(**{**added, "level": Level(added["level"]), "clause": "9." + added["number"]})
                     for added in item["added"]]
        parsing = item.get("parsing", {})
        found[item["id"]] = Edition(
            id=item["id"], standard=item["standard"], wcag=item["wcag"], conformance=item["conformance"],
            criteria=tuple(sorted(rows, key=lambda row: [int(part) for part in row.number.split(".")])),
            parsing_criterion=parsing.get("criterion", ""), parsing_policy=parsing.get("policy", ""),
            certainty=item["certainty"])
    return raw["default"], found


def _read_criteria(path: Path) -> list[Criterion]:
    with path.open(encoding="utf-8", newline="") as file:
        return [Criterion(
            number=row["number"], level=Level(row["level"]), name_en=row["name_en"], name_nl=row["name_nl"],
            clause=row["en301549_clause"], slug=row["understanding_slug"], guideline_nl=row["guideline_name_nl"],
            principle_nl=row["principle_name_nl"]) for row in csv.DictReader(file)]


def _since(item: Mapping[str, Any]) -> dict[str, Any]:
    """TOML says `from`, a word Python keeps for itself."""
    return {("since" if key == "from" else key): value for key, value in item.items()}


def _terms(item: Mapping[str, Any]) -> Terms:
    flat: dict[str, Any] = {**_since(item), **item["alarms"]}
    del flat["alarms"]
    frozen: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in flat.items()}
    return Terms(**frozen)


def _holding(items: Sequence[tuple[date, Held]], day: date) -> Held:
    begun = [item for item in sorted(items, key=lambda pair: pair[0]) if item[0] <= day]
    return (begun[-1] if begun else sorted(items, key=lambda pair: pair[0])[0])[1]
