"""What a report is made of: plain frozen data, filled by scanner.reporting from settings, store and findings.

A report knows no store and no settings. Everything that a scanned site wrote is in here as it came: reports.words
makes it harmless on the way out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from scanner.findings import Example, Finding, Life, Night
from scanner.judge import CriterionVerdict
from scanner.status import Alarm

Pictures = Callable[[str], bytes]
"""Digest → PNG; raises KeyError when it is not there (any more)."""

LOOKED = ("visited", "unchanged")
"""Ledger states of addresses that were looked at."""
BESIDE_THE_POINT = ("redirected", "document", "not a page", "out of scope")
"""Ledger states of addresses that are no pages of this channel: not seen, and nothing is missing."""
TO_REPAIR = (Life.NEW, Life.REOPENED, Life.OPEN, Life.NOT_RETESTED)
"""Lives in which somebody still has work to do."""


def no_pictures(digest: str) -> bytes:
    """For material without pictures."""
    raise KeyError(digest)


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """The scan that is reported."""

    number: int
    kind: str
    started: datetime
    finished: datetime | None
    versions: Mapping[str, Any] = field(default_factory=dict)
    """scanner, rules, axe, axe_sha256, axe_fallback (bool), browser, driver."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    complete: bool = True
    """False when the crawl was cut short, or only listed addresses were looked at."""

    @property
    def minutes(self) -> float:
        """Duration; 0 while it runs."""
        return (self.finished - self.started).total_seconds() / 60 if self.finished else 0.0

    @property
    def reads_only(self) -> bool:
        """The second driver looked, which opens pages and reads them and can do no more."""
        return str(self.versions.get("driver", "")).startswith("selenium")

    @property
    def axe_fallback(self) -> bool:
        """An older axe-core than the pinned one looked."""
        return bool(self.versions.get("axe_fallback"))


@dataclass(frozen=True, slots=True)
class Row:
    """One address of the ledger."""

    url: str
    state: str
    """Value of LedgerState."""
    reason: str
    found_on: str


@dataclass(frozen=True, slots=True)
class Hole:
    """Something on visited pages that was not looked into: a frame, a probe that was prevented, a style sheet that
    was missing."""

    what: str
    """Address of the frame, name of the probe, or address of what did not load."""
    reason: str
    pages: tuple[str, ...]
    """Addresses, in order of discovery; at most EXAMPLE_PAGES."""
    count: int
    """Number of pages."""


EXAMPLE_PAGES = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a person must judge."""

    criterion: str
    rule: str
    count: int
    """Places."""
    pages: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One scan in the past."""

    day: date
    scan: int
    open: int
    new: int
    fixed: int
    pages: int
    """Pages looked at; 0: not known."""


@dataclass(frozen=True, slots=True)
class Exempted:
    """Content that the law leaves out: reported apart, counted nowhere."""

    ground: str
    reason: str
    what: str
    """Pattern of addresses, frame, selector, criteria, date: as set."""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class SupplierTerms:
    """Someone who repairs, with the terms of the contract."""

    id: str
    name: str
    email: str = ""
    lang: str = "nl"
    repair_days: Mapping[str, int] = field(default_factory=dict)
    """Days to repair, by severity."""


@dataclass(frozen=True, slots=True)
class Material:
    """Everything about one channel in one scan."""

    organisation: str
    contact: str
    channel: str
    """Id: letters, digits and hyphens."""
    name: str
    address: str
    target: str
    """Status aimed at: A or B."""
    made: datetime
    scan: ScanFacts
    verdicts: tuple[CriterionVerdict, ...]
    findings: tuple[Finding, ...]
    """All that are alive, with the recently fixed; exempted ones are not among them."""
    night: Night | None = None
    """None when nothing can be compared: no findings are kept of earlier scans."""
    asked: tuple[Asked, ...] = ()
    ledger: Mapping[str, int] = field(default_factory=dict)
    """State → number of addresses."""
    rows: tuple[Row, ...] = ()
    """The whole ledger, in order of discovery."""
    frames: tuple[Hole, ...] = ()
    prevented: tuple[Hole, ...] = ()
    not_loaded: tuple[Hole, ...] = ()
    deep_pages: int = 0
    trend: tuple[TrendPoint, ...] = ()
    """Oldest first; the last one is this scan."""
    exempted: tuple[Exempted, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    """What the law asks attention for today, most urgent first."""
    picture: Pictures = no_pictures

    @property
    def looked(self) -> int:
        """Pages looked at."""
        return sum(self.ledger.get(state, 0) for state in LOOKED)

    @property
    def not_seen(self) -> tuple[Row, ...]:
        """Addresses that might have been a page of this channel and were not looked at."""
        return tuple(row for row in self.rows if row.state not in LOOKED and row.state not in BESIDE_THE_POINT)

    @property
    def to_repair(self) -> tuple[Finding, ...]:
        """Findings that somebody still has work on."""
        return tuple(item for item in self.findings if item.life in TO_REPAIR)
