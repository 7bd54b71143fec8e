"""The words of this product: frozen dataclasses and enums, standard library only.

A *probe* looks at a page in a state and keeps a `Record`. A *check* reads records and says `Outcome`s, each one
sentence about one place. The judge turns outcomes into a verdict per criterion. Nothing here knows a browser, a
database or a template.

Words follow W3C's EARL 1.0 (outcome values), WCAG-EM (sample, state, page) and WCAG 2.1 (criterion, technique).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

Json = Mapping[str, Any]
"""A JSON object as a probe writes it: only str, int, float, bool, None, lists and objects."""


class Mistake(Exception):
    """What the user can mend: usage, settings, something that is not installed. The message says what and how."""


class Trouble(Exception):
    """The work ended before its time, through nobody's mistake; what was done is kept, and the same command goes on."""

    heading = "error"
    advice = ""
    """A sentence after the message."""


class Verdict(StrEnum):
    """The five outcome values of EARL 1.0, used at every level: place, page, channel."""

    FAILED = "failed"
    PASSED = "passed"
    CANT_TELL = "cantTell"
    INAPPLICABLE = "inapplicable"
    UNTESTED = "untested"


class Level(StrEnum):
    """Conformance level of a criterion."""

    A = "A"
    AA = "AA"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One success criterion. Source: scanner/data/wcag21.csv."""

    number: str
    level: Level
    name_en: str
    name_nl: str
    clause: str
    """EN 301 549 clause, such as 9.1.4.3."""
    slug: str
    """Last part of W3C's Understanding address; also the id in WCAG-EM Report Tool files."""
    guideline_nl: str
    principle_nl: str

    @property
    def understanding_url(self) -> str:
        """W3C's explanation of this criterion."""
        return f"https://www.w3.org/WAI/WCAG21/Understanding/{self.slug}.html"


@dataclass(frozen=True, slots=True)
class Place:
    """Where on a page: an element as a person can find it again."""

    selector: str
    """CSS path; ` >>> ` steps into a shadow root."""
    snippet: str = ""
    """Start of the element's markup, cut to 300 characters. Hostile text: escape it wherever it is shown."""
    frame: str = ""
    """Address of the frame that holds the element; empty in the top document."""
    box: tuple[float, float, float, float] | None = None
    """x, y, width, height in CSS px from the top left of the document that holds the element."""
    region: str = ""
    """Landmark that holds it: banner, navigation, main, contentinfo, complementary, search, form; or empty."""
    component: str = ""
    """Tags, roles and hand-written class names of the element and up to three ancestors, outermost first: what it is
    part of, without ids, generated names, positions or texts."""

    @classmethod
    def of(cls, element: Json) -> Place:
        """The place of an element as every probe writes it: the fields of this class by their names."""
        box = element.get("box")
        return cls(
            selector=str(element.get("selector", "")),
            snippet=str(element.get("snippet", ""))[:300],
            frame=str(element.get("frame", "")),
            box=(float(box[0]), float(box[1]), float(box[2]), float(box[3])) if box else None,
            region=str(element.get("region", "")),
            component=str(element.get("component", ""))[:300],
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """One sentence of one check about one place (or, without place, about the page or site)."""

    criterion: str
    verdict: Verdict
    rule: str
    """Id of the rule: own rules such as `alt-is-file-name`, axe's as `axe/image-alt`. Texts hang on it."""
    place: Place | None = None
    state: str = ""
    viewport: str = ""
    values: Json = field(default_factory=dict)
    """What the rule's text needs, such as `{"ratio": 2.3}`; plain values only."""
    practice: Verdict | None = None
    """What Dutch auditors usually say when that differs from the W3C text; never published as failed."""
    replay: tuple[str, ...] = ()
    """Steps a person can repeat, in order, for outcomes of interaction."""


@dataclass(frozen=True, slots=True)
class Record:
    """What one probe saw in one state, or why it could not look."""

    probe: str
    data: Json = field(default_factory=dict)
    prevented: str = ""
    """Empty when the probe looked; else the reason, such as `timeout` or `level L0`."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class StateEvidence:
    """One state of a page at one viewport, with the steps that lead to it and what the probes saw."""

    name: str
    """`base`, `first-visit`, `320`, `text-spacing`, `dark`, `menu: Hoofdmenu`, …"""
    viewport: str
    """`1280x1024`, `320x256`, …: width x height in CSS px."""
    steps: tuple[str, ...] = ()
    records: Mapping[str, Record] = field(default_factory=dict)

    def outcome(self, verdict: Verdict, criterion: str, rule: str, element: Json | None = None, *,
                practice: Verdict | None = None, replay: Sequence[str] = (), **values: Any) -> Outcome:
        """An outcome that carries this state; `element` is written as probes write elements."""
        return Outcome(criterion, verdict, rule, Place.of(element) if element else None, self.name, self.viewport,
                       values, practice, tuple(replay) or self.steps)

    def failed(self, criterion: str, rule: str, element: Json | None = None, **values: Any) -> Outcome:
        """A proven failure: a person who repeats the steps sees it, and the criterion leaves no exception open."""
        return self.outcome(Verdict.FAILED, criterion, rule, element, **values)

    def cant_tell(self, criterion: str, rule: str, element: Json | None = None, **values: Any) -> Outcome:
        """Evidence that a person must judge."""
        return self.outcome(Verdict.CANT_TELL, criterion, rule, element, **values)


@dataclass(frozen=True, slots=True)
class PageEvidence:
    """All that was kept of one page in one scan: enough to judge it again without a browser."""

    url: str
    """The address that was asked for."""
    final_url: str = ""
    status: int = 0
    """HTTP status of the document; 0 when there was no answer."""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Response headers of the document, names in lower case."""
    incomplete: tuple[str, ...] = ()
    """Style sheets and the site's own scripts that did not load; such a page cannot produce `failed`."""
    without: tuple[str, ...] = ()
    """Scripts of others that did not load; such a page cannot produce `failed` by being operated."""
    template: str = ""
    """Signature of the page's template: pages of one template look alike."""
    looks: tuple[StateEvidence, ...] = ()

    def seen(self, probe: str, state: str | None = None) -> Iterator[tuple[StateEvidence, Json]]:
        """Every state (or the named one) in which the probe looked, with what it saw."""
        for look in self.looks:
            record = look.records.get(probe)
            if record is not None and not record.prevented and state in (None, look.name):
                yield look, record.data

    def first(self, probe: str, state: str | None = None) -> Json | None:
        """What the probe saw in the first state it looked in, or None."""
        return next((data for _, data in self.seen(probe, state)), None)

    def missing(self, probe: str) -> str:
        """Why nothing of this probe was kept: empty if something was, else its reason or `not run`."""
        if any(True for _ in self.seen(probe)):
            return ""
        reasons = [look.records[probe].prevented for look in self.looks if probe in look.records]
        return reasons[0] if reasons else "not run"

    def outcome(self, verdict: Verdict, criterion: str, rule: str, **values: Any) -> Outcome:
        """An outcome about the page as a whole."""
        return Outcome(criterion, verdict, rule, values=values)

    def passed(self, criterion: str, rule: str, **values: Any) -> Outcome:
        """No failure in what was examined, and the criterion is one a machine can settle so."""
        return self.outcome(Verdict.PASSED, criterion, rule, **values)

    def inapplicable(self, criterion: str, rule: str, **values: Any) -> Outcome:
        """Nothing on the page that the criterion is about."""
        return self.outcome(Verdict.INAPPLICABLE, criterion, rule, **values)

    def untested(self, criterion: str, rule: str, **values: Any) -> Outcome:
        """Not looked at, with the reason in `values`."""
        return self.outcome(Verdict.UNTESTED, criterion, rule, **values)


@dataclass(frozen=True, slots=True)
class SiteEvidence:
    """The pages of one channel in one scan, for criteria that are judged over the whole site."""

    channel: str
    pages: Sequence[PageEvidence]
    complete: bool
    """False when the crawl was cut short or pages were only listed: then nothing can be said about the site."""


class LedgerState(StrEnum):
    """What became of an address: every address of a scan ends in one of these, or is still `found`."""

    FOUND = "found"
    VISITED = "visited"
    UNCHANGED = "unchanged"
    REDIRECTED = "redirected"
    NOT_FOUND = "not found"
    SOFT_NOT_FOUND = "soft not found"
    SERVER_ERROR = "server error"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed out"
    LOGIN_WALL = "login wall"
    LOGIN_LOST = "login lost"
    BOT_CHALLENGE = "bot challenge"
    DOCUMENT = "document"
    NOT_A_PAGE = "not a page"
    ROBOTS = "disallowed by robots.txt"
    OUT_OF_SCOPE = "out of scope"
    OVER_BUDGET = "over budget"
    TOO_LARGE = "too large"
    CRASHED = "crashed"
    UNSAFE = "unsafe to follow"


ChannelKind = Literal["website", "portal", "map", "form"]


@dataclass(frozen=True, slots=True)
class Discovery:
    """One address that a spider came upon, and what it learned of it. Spiders yield these; the ledger keeps them."""

    url: str
    """Canonical address."""
    found_on: str
    """Address of the page, sitemap or setting that named it."""
    depth: int
    state: LedgerState = LedgerState.FOUND
    reason: str = ""
    status: int = 0
    content_type: str = ""
    fetched: bool = False
    """True when the spider has asked for it; False when it only saw a link."""
    channel: str = ""
    body_hash: str = ""
    etag: str = ""
    last_modified: str = ""
