"""Outcomes become findings: recognised over nights, grouped by cause, with a life. Pure: no clock, no store, no browser.

A *finding* is one defect with one cause. It is recognised by a fingerprint: rule, criterion, where it is built in
(landmark, component) and the shape of its markup; never by ids, texts, positions, query strings or build hashes. Markup
that moved is recognised in a second stage, `near`. What a night observed and what it looked at well decide about a
finding's life in `advance`; nothing is fixed that was not looked at.

In: outcomes and what was looked at. Out: `Known` findings with their new life, `Event`s for the history, and the sets
of the night. `Finding` and `Night` are the same things as reports read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from scanner.model import Place

EXAMPLES = 10
"""Places that are kept with all they show; the rest of the pages are kept by address."""


class Life(StrEnum):
    """Where a finding is in its life."""

    NEW = "new"
    """First seen in the last scan."""
    OPEN = "open"
    FIXED = "fixed"
    NOT_RETESTED = "not retested"
    """Was there, and the last scan could not look well enough to say more."""
    REOPENED = "reopened"
    """Was fixed, and is there again since the last scan."""
    ACCEPTED = "accepted"
    FALSE_ALARM = "false alarm"


class Severity(StrEnum):
    """How bad, worst first."""

    CRITICAL = "critical"
    SERIOUS = "serious"
    MODERATE = "moderate"
    MINOR = "minor"


Strictness = Literal["w3c", "practice"]
"""`w3c`: fails the criterion. `practice`: what Dutch auditors usually say where the text leaves doubt; never counts as failed."""
Kind = Literal["template", "content"]
Cause = Literal["site", "tool"]
"""Why a finding appeared or vanished: the site changed, or the scanner did. `tool` is neither regression nor improvement."""


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence of the catalogue: `text(words.key, lang, **words.values)`."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who repairs it."""

    id: str = ""
    """Id of a supplier, or the name of a team; empty: nobody yet."""
    name: str = ""
    email: str = ""
    lang: str = "nl"
    kind: Literal["supplier", "team", ""] = ""
    because: Words = Words("owner.because.nobody")
    """Which rule decided."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person said of a finding: accepted for a while, or a false alarm."""

    life: Life
    """ACCEPTED or FALSE_ALARM."""
    reason: str
    by: str
    on: datetime
    until: date | None = None
    """Last day that it is accepted; None for a false alarm, which holds until the markup changes."""


@dataclass(frozen=True, slots=True)
class Example:
    """One place where the finding is seen. Selector, snippet and values are hostile text: escape them."""

    url: str
    place: Place | None
    """None when it is about the page as a whole."""
    state: str
    viewport: str
    values: Mapping[str, Any]
    replay: tuple[str, ...]
    picture: str = ""
    """Hash of a picture in the store, `Store.blob(hash)` gives the PNG; empty without picture."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a finding's history; append only."""

    at: datetime
    what: str
    """opened, seen-again, not-retested, seems-fixed, fixed, reopened, moved, spread, accepted, false-alarm, lapsed, reopened-by-hand.
    Text: `finding.event.<what>`."""
    scan: int | None = None
    by: str = ""
    """Person, for what people did."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Such as `reason`, `cause`, `until`, `pages`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding as reports read it."""

    id: str
    """Short and stable, such as VM-0042."""
    channel: str
    rule: str
    criterion: str
    strictness: Strictness
    severity: Severity
    severity_because: tuple[Words, ...]
    """Impact on people, then reach where that changed the severity."""
    owner: Owner
    life: Life
    kind: Kind
    region: str
    component: str
    first_seen: datetime
    last_seen: datetime
    fixed_on: datetime | None
    reopened_on: datetime | None
    deadline: date | None
    """By the owner's terms; None when fixed, accepted, a false alarm or without terms."""
    overdue: bool
    pages: tuple[str, ...]
    """Addresses on which it is, or was when last looked at."""
    share: float
    """`pages` as a part (0 to 1) of the pages that the last scan of the channel looked at."""
    places: int
    """Occurrences over all pages when last seen."""
    examples: tuple[Example, ...]
    """At most EXAMPLES, in order of discovery; those with a picture first."""
    history: tuple[Event, ...]
    """Oldest first."""
    mark: Mark | None = None
    not_retested: Words | None = None
    """Why the last scan could not say, when life is NOT_RETESTED."""
    seems_fixed: bool = False
    """Looked at well once without seeing it; the next scan that does so makes it fixed."""
    cause: Cause = "site"
    """Why it appeared (while open) or vanished (when fixed)."""


@dataclass(frozen=True, slots=True)
class ToolChange:
    """A part of the scanner that is another version than in the scan before."""

    name: str
    """axe, browser, rules, scanner, driver."""
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class FlipRate:
    """How often a rule said something else of the same page looked at twice in one night."""

    rule: str
    seen: int
    """Findings seen in either look, over the last nights."""
    flips: int
    """Of these, seen in one look only."""
    held: bool
    """Over the limit: neither opens nor closes findings until it behaves."""

    @property
    def rate(self) -> float:
        """0 to 1."""
        return self.flips / self.seen if self.seen else 0.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the scan looked at."""

    looked: int
    """Pages looked at well."""
    incomplete: int
    """Pages that did not load completely."""
    deep: int
    addresses: Mapping[str, int]
    """Addresses by what became of them (`LedgerState` values)."""
    complete: bool
    """False when pages were left over, or only listed pages were looked at."""


@dataclass(frozen=True, slots=True)
class Night:
    """Since last night: one scan of one channel against the scan before."""

    channel: str
    scan: int
    before: int | None
    """The scan it is compared with; None for the first."""
    at: datetime
    new: tuple[Finding, ...]
    """By the site; what the tool brought is in `tool_new`."""
    fixed: tuple[Finding, ...]
    reopened: tuple[Finding, ...]
    not_retested: tuple[Finding, ...]
    """Each with its reason in `not_retested`."""
    seems_fixed: tuple[Finding, ...]
    unchanged: tuple[Finding, ...]
    """Open before, seen again."""
    accepted: tuple[Finding, ...]
    false_alarms: tuple[Finding, ...]
    tool_new: tuple[Finding, ...]
    tool_gone: tuple[Finding, ...]
    tool_changes: tuple[ToolChange, ...]
    flips: tuple[FlipRate, ...]
    """Rules that flipped at all in the last nights, worst first."""
    held_back: int
    """Would-be new findings of rules that are held."""
    coverage: Coverage
