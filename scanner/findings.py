"""Outcomes become findings: recognised over nights, grouped by cause, with a life. Pure: no clock, store or browser.

A *finding* is one defect with one cause. It is recognised by a fingerprint: rule, criterion, where it is built in
(landmark, component) and the shape of its markup; never by ids, texts, positions, query strings or build hashes. Markup
that moved is recognised in a second stage, `near`. What a night observed and what it looked at well decide about a
finding's life in `advance`; nothing is fixed that was not looked at.

In: outcomes and what was looked at. Out: `Known` findings with their new life, `Event`s for the history, and the sets
of the night. `Finding` and `Night` are the same things as reports read them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from scanner.fingerprints import NEAR, TEMPLATE_REGIONS, Shape, likeness, shape
from scanner.fingerprints import fingerprint as fingerprint
from scanner.model import Outcome, Place, Verdict

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
"""`w3c`: fails the criterion. `practice`: what Dutch auditors usually say where the text leaves doubt; never failed."""
Kind = Literal["template", "content"]
Cause = Literal["site", "tool"]
"""Why a finding appeared or vanished: the site changed, or the scanner did; `tool` is no regression or improvement."""


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
    """opened, seen-again, not-retested, seems-fixed, fixed, reopened, moved, accepted, false-alarm, lapsed,
    reopened-by-hand. Text: `finding.event.<what>`."""
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


# What a night brings in

Depth = Literal["light", "deep", "site"]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One outcome that is a finding's: a failure, or what practice calls one."""

    url: str
    outcome: Outcome
    depth: Depth = "light"
    """`deep`: only a deep look shows it; `site`: judged over the whole channel."""
    picture: str = ""

    @property
    def strictness(self) -> Strictness:
        """Whether W3C's text or only practice calls it a failure."""
        return "w3c" if self.outcome.verdict is Verdict.FAILED else "practice"


def is_finding(outcome: Outcome) -> bool:
    """Failures, and questions that auditors in practice answer with failed."""
    return outcome.verdict is Verdict.FAILED or (
        outcome.verdict is Verdict.CANT_TELL and outcome.practice is Verdict.FAILED
    )


@dataclass(frozen=True, slots=True)
class Glance:
    """What was looked at well on one page."""

    url: str
    complete: bool = True
    """False when the page did not load completely: it can open and fix nothing."""
    deep: bool = False
    looks: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """(state, viewport) → the probes that looked."""
    blind: frozenset[str] = frozenset()
    """Criteria of which the evidence is not there."""


@dataclass(frozen=True, slots=True)
class Tool:
    """How the scanner differs from the one of the scan before; no changes: the same."""

    changes: tuple[ToolChange, ...] = ()
    """Of what decides verdicts: axe, browser, rules."""
    before: int | None = None
    """The scan before, which everything here is about."""
    rejudged: frozenset[tuple[str, str]] | None = None
    """(fingerprint or family, address) that today's checks see in the evidence of the scan before; None: not judged."""
    same_pages: frozenset[str] = frozenset()
    """Addresses whose content is, byte for byte, that of the scan before."""


@dataclass(frozen=True, slots=True)
class Looked:
    """All that one scan looked at."""

    scan: int
    at: datetime
    pages: Mapping[str, Glance]
    unseen: Mapping[str, str] = field(default_factory=dict)
    """Addresses that were not looked at, with what became of them (`LedgerState` values)."""
    site_complete: bool = False
    """Whether the criteria of the whole channel could be judged."""
    site_blind: frozenset[str] = frozenset()
    partial: bool = False
    """Only listed pages were looked at: nothing is said of other pages."""
    keener: frozenset[int] = frozenset()
    """Scans by a driver that sees more than the one of this scan: what they saw and this one did not may be there."""


GONE = frozenset({"not found", "soft not found", "redirected"})
"""What became of an address that no longer is a page."""


# Grouping

Scope = Literal["page", "shared", "family"]


@dataclass(frozen=True, slots=True)
class Key:
    """What a finding is recognised by."""

    fingerprint: str
    """Of the shape; of the family for scope `family`."""
    scope: Scope
    """`page`: content of one page; `shared`: equal on several pages; `family`: many of one component, as cards."""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Sightings of one cause."""

    key: Key
    shape: Shape
    sightings: tuple[Sighting, ...]
    tokens: frozenset[str]
    exacts: frozenset[str]

    @property
    def pages(self) -> tuple[str, ...]:
        """Addresses in order of discovery."""
        return tuple(dict.fromkeys(sighting.url for sighting in self.sightings))

    @property
    def strictness(self) -> Strictness:
        """The strongest that is said of any place."""
        return "w3c" if any(sighting.strictness == "w3c" for sighting in self.sightings) else "practice"


FAMILY_IN_TEMPLATE, FAMILY, HABIT = 3, 5, 20
"""From so many different things that are built alike it is the component (in a landmark of every page; several times on
a page or with class names that people gave), or the way of working (anywhere), that is wrong, not each thing."""
MOST_TOKENS = 60

_Seen = tuple[Sighting, Shape]


def group(sightings: Iterable[Sighting], known: Collection[Key] = ()) -> list[Group]:
    """One group for one cause, over all pages and states. What is known keeps its own; the rest is grouped anew."""
    placed, free = _placed(sightings, known)
    return [*placed.values(), *_grouped(free)]


def _placed(sightings: Iterable[Sighting], known: Collection[Key]) -> tuple[dict[Key, Group], list[_Seen]]:
    """Sightings of known findings by key, and those of none."""
    keys = set(known)
    placed: dict[Key, list[_Seen]] = {}
    free: list[_Seen] = []
    for sighting in sightings:
        its = shape(sighting.outcome)
        for key in (
            Key(its.fingerprint, "page", sighting.url),
            Key(its.fingerprint, "shared"),
            Key(its.family, "family"),
        ):
            if key in keys:
                placed.setdefault(key, []).append((sighting, its))
                break
        else:
            free.append((sighting, its))
    return {key: _group(key, found) for key, found in placed.items()}, free


def _grouped(free: Iterable[_Seen]) -> list[Group]:
    families: dict[str, dict[str, list[_Seen]]] = {}
    for one in free:
        families.setdefault(one[1].family, {}).setdefault(one[1].fingerprint, []).append(one)
    groups: list[Group] = []
    for family, by_fine in families.items():
        if _one_cause(by_fine):
            groups.append(_group(Key(family, "family"), [one for found in by_fine.values() for one in found]))
        else:
            groups.extend(_group(_key(fine, found), found) for fine, found in by_fine.items())
    return groups


def _key(fine: str, found: Sequence[_Seen]) -> Key:
    """Of equal markup: of one page, or shared by pages."""
    pages = {sighting.url for sighting, _ in found}
    alone = len(pages) == 1 and found[0][1].region not in TEMPLATE_REGIONS
    return Key(fine, "page", pages.pop()) if alone else Key(fine, "shared")


def _one_cause(by_fine: Mapping[str, Sequence[_Seen]]) -> bool:
    """Whether different things that are built alike have the way they are built as their cause."""
    its = next(iter(by_fine.values()))[0][1]
    if len(by_fine) < FAMILY_IN_TEMPLATE:
        return False
    if its.region in TEMPLATE_REGIONS or len(by_fine) >= HABIT:
        return True
    on_pages = Counter(url for found in by_fine.values() for url in {sighting.url for sighting, _ in found})
    named = any("." in part for part in its.component[-3:])
    return max(on_pages.values()) >= FAMILY_IN_TEMPLATE or (named and len(by_fine) >= FAMILY)


def _group(key: Key, found: Sequence[_Seen]) -> Group:
    tokens = dict.fromkeys(token for _, its in found for token in its.tokens)
    return Group(
        key,
        found[0][1],
        tuple(sighting for sighting, _ in found),
        frozenset(list(tokens)[:MOST_TOKENS]),
        frozenset(list(dict.fromkeys(its.exact for _, its in found))[:MOST_TOKENS]),
    )


def kind_of(region: str, pages: int, looked: int) -> Kind:
    """Template: in a landmark of the whole site, or on many pages (five, or half of at least three)."""
    many = pages >= 5 or (pages >= 3 and pages * 2 >= looked)
    return "template" if region in TEMPLATE_REGIONS or many else "content"


# Life


@dataclass(frozen=True, slots=True)
class Spot:
    """A page on which a finding is, as it was last seen there."""

    url: str
    state: str
    viewport: str
    depth: Depth
    scan: int
    """The last scan that saw it."""
    count: int = 1
    """Places on the page."""
    clean: int = 0
    """Scans since then that looked here well and did not see it."""
    example: Example | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A finding as the store keeps it from night to night."""

    number: int
    """Of the store; 0 for one that has none yet."""
    key: Key
    shape: Shape
    tokens: frozenset[str]
    strictness: Strictness
    kind: Kind
    life: Life
    first_seen: datetime
    last_seen: datetime
    last_scan: int
    spots: Mapping[str, Spot]
    fixed_on: datetime | None = None
    reopened_on: datetime | None = None
    mark: Mark | None = None
    mark_exacts: frozenset[str] = frozenset()
    """Hashes of the markup that the mark was given for."""
    exacts: frozenset[str] = frozenset()
    cause: Cause = "site"
    retired: bool = False
    """The scanner as it is now would not see it any more: it waits as NOT_RETESTED."""
    why: Words | None = None
    """Why it is NOT_RETESTED."""
    seems_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What one night did to one finding."""

    known: Known
    events: tuple[Event, ...]
    seen: bool
    fresh: bool = False
    """First seen in this scan."""


@dataclass(frozen=True, slots=True)
class Advance:
    """What one night did to all findings of a channel."""

    steps: tuple[Step, ...]
    held_back: int = 0


CLEAN_LOOKS = 2
"""Scans that must look well without seeing it before it is fixed."""


def advance(
    known: Sequence[Known],
    sightings: Iterable[Sighting],
    looked: Looked,
    *,
    held: Collection[str] = (),
    tool: Tool | None = None,
) -> Advance:
    """The life of every finding after a scan. `held`: rules that flip too often. Findings that nothing was looked for
    of (fixed ones, other pages than a partial scan's) are not in the answer."""
    tool = tool or Tool()
    by_key = {one.key: one for one in known}
    whole = (
        one for one in sightings if one.depth == "site" or one.url not in looked.pages or looked.pages[one.url].complete
    )
    placed, free = _placed(whole, by_key)
    moved, free = _moved([one for one in known if one.key not in placed], free, looked, held)
    false_alarms = {
        (one.shape.rule, fine): one for one in known if one.life is Life.FALSE_ALARM for fine in [one.key.fingerprint]
    }
    steps: list[Step] = []
    held_back = 0
    seen_rules = {one.shape.rule for one in (*placed.values(), *moved.values())}
    for one in known:
        found = placed.get(one.key) or moved.get(one.key)
        if found is not None:
            steps.append(_seen(one, found, looked, one.shape.rule in held))
        elif (step := _not_seen(one, looked, tool, seen_rules, one.shape.rule in held)) is not None:
            steps.append(step)
    for one_group in _grouped(free):
        if one_group.shape.rule in held:
            held_back += 1
            continue
        steps.append(
            _opened(one_group, looked, tool, false_alarms.get((one_group.shape.rule, one_group.key.fingerprint)))
        )
    return Advance(tuple(steps), held_back)


def _opened(found: Group, looked: Looked, tool: Tool, alarm: Known | None) -> Step:
    cause: Cause = "tool" if _by_tool(found, tool) else "site"
    new = Known(
        0,
        found.key,
        found.shape,
        found.tokens,
        found.strictness,
        kind_of(found.shape.region, len(found.pages), len(looked.pages)),
        Life.NEW,
        looked.at,
        looked.at,
        looked.scan,
        _spots(found, looked.scan),
        exacts=found.exacts,
        cause=cause,
    )
    events = [Event(looked.at, "opened", looked.scan, values={"cause": cause, "pages": len(found.pages)})]
    if alarm is not None and alarm.mark is not None and alarm.mark_exacts & found.exacts:
        new = replace(new, life=Life.FALSE_ALARM, mark=alarm.mark, mark_exacts=alarm.mark_exacts)
        events.append(Event(looked.at, "false-alarm", looked.scan, alarm.mark.by, {"reason": alarm.mark.reason}))
    return Step(new, tuple(events), True, True)


def _by_tool(found: Group, tool: Tool) -> bool:
    """Whether the scan before would have seen this too, had it been today's scanner."""
    if not tool.changes:
        return False
    if tool.rejudged is not None and any(
        (shape(s.outcome).fingerprint, s.url) in tool.rejudged for s in found.sightings
    ):
        return True
    return any(url in tool.same_pages for url in found.pages)


def _seen(one: Known, found: Group, looked: Looked, held: bool) -> Step:
    """A known finding that was observed: as itself, or moved (`found` has another key)."""
    events: list[Event] = []

    def say(what: str, **values: Any) -> None:
        events.append(Event(looked.at, what, looked.scan, values=values))

    before = {} if one.life is Life.FIXED else one.spots
    spots = {
        url: replace(spot, clean=spot.clean + 1) if _blind(spot, one, looked) is None else spot
        for url, spot in before.items()
    }
    spots = {
        url: spot for url, spot in spots.items() if spot.clean < CLEAN_LOOKS and looked.unseen.get(url) not in GONE
    }
    if found.key != one.key:
        say("moved", page=found.pages[0])
        spots = {url: spot for url, spot in spots.items() if url not in looked.pages}
    spots.update(_spots(found, looked.scan))
    kind: Kind = (
        "template" if one.kind == "template" else kind_of(found.shape.region, len(found.pages), len(looked.pages))
    )
    now = replace(
        one,
        key=found.key,
        shape=found.shape,
        tokens=found.tokens,
        exacts=found.exacts,
        strictness=found.strictness,
        kind=kind,
        last_seen=looked.at,
        last_scan=looked.scan,
        spots=spots,
        retired=False,
        why=None,
        seems_fixed=False,
    )
    if one.life is Life.FIXED:
        if held:
            return Step(one, (), True)
        now = replace(now, life=Life.REOPENED, reopened_on=looked.at, fixed_on=None, cause="site")
        say("reopened")
    elif one.life in (Life.NEW, Life.REOPENED):
        now = replace(now, life=Life.OPEN)
    elif one.life is Life.NOT_RETESTED:
        now = replace(now, life=Life.OPEN)
        say("seen-again")
    elif one.life is Life.FALSE_ALARM and not one.mark_exacts & found.exacts:
        now = replace(now, life=Life.REOPENED, reopened_on=looked.at, mark=None, mark_exacts=frozenset())
        say("lapsed", because="markup")
    if one.life is Life.ACCEPTED and one.mark and one.mark.until and one.mark.until < looked.at.date():
        now = replace(now, life=Life.OPEN, mark=None)
        say("lapsed", because="until")
    if one.seems_fixed and now.life is Life.OPEN:
        say("seen-again")
    return Step(now, tuple(events), True)


def _not_seen(one: Known, looked: Looked, tool: Tool, seen_rules: Collection[str], held: bool) -> Step | None:
    """A known finding that was not observed; None when nothing changes."""
    if one.life is Life.FIXED or (looked.partial and not any(url in looked.pages for url in one.spots)):
        return None
    if held:
        return _waits(one, looked, Words("finding.why.held", {"rule": one.shape.rule}))
    if (
        one.life in (Life.ACCEPTED, Life.FALSE_ALARM)
        and one.mark
        and one.mark.until
        and one.mark.until < looked.at.date()
    ):
        lapsed = _not_seen(replace(one, life=Life.OPEN, mark=None), looked, tool, seen_rules, held)
        before = Event(looked.at, "lapsed", looked.scan, values={"because": "until"})
        return (
            replace(lapsed, events=(before, *lapsed.events))
            if lapsed
            else Step(replace(one, life=Life.OPEN, mark=None), (before,), False)
        )
    if one.retired or _tool_lost(one, looked, tool, seen_rules):
        return _waits(replace(one, retired=True), looked, Words("finding.why.tool"))
    blind: dict[str, Words] = {}
    spots: dict[str, Spot] = {}
    for url, spot in one.spots.items():
        if (why := _blind(spot, one, looked)) is None:
            spot = replace(spot, clean=spot.clean + 1)
        elif not (looked.partial and url not in looked.pages):
            blind[url] = why
        if spot.clean < CLEAN_LOOKS:
            spots[url] = spot
    staying = {url: spot for url, spot in spots.items() if looked.unseen.get(url) not in GONE}
    if len(staying) < len(spots) and len(one.spots) > len(spots) - len(staying):
        spots = staying  # some pages are gone, but not all: the rest decides
    if not spots:
        if one.life is Life.FALSE_ALARM:
            return Step(replace(one, spots={}), (), False)
        now = replace(
            one,
            spots=one.spots,
            life=Life.FIXED,
            fixed_on=looked.at,
            mark=None,
            why=None,
            seems_fixed=False,
            cause="site",
        )
        return Step(now, (Event(looked.at, "fixed", looked.scan),), False)
    now = replace(one, spots=spots)
    why = next((blind[url] for url in spots if url in blind), None)
    if why is not None:
        return _waits(now, looked, why)
    if one.life in (Life.ACCEPTED, Life.FALSE_ALARM):
        return Step(now, (), False)
    if all(spot.clean for spot in spots.values()):
        events = () if one.seems_fixed else (Event(looked.at, "seems-fixed", looked.scan),)
        return Step(replace(now, life=Life.OPEN, seems_fixed=True, why=None), events, False)
    return Step(replace(now, life=Life.OPEN if one.life is not Life.NOT_RETESTED else one.life), (), False)


def _waits(one: Known, looked: Looked, why: Words) -> Step:
    """Not retested, with the reason; what people marked keeps its mark."""
    if one.life in (Life.ACCEPTED, Life.FALSE_ALARM):
        return Step(one, (), False)
    events = (
        ()
        if one.life is Life.NOT_RETESTED and one.why == why
        else (Event(looked.at, "not-retested", looked.scan, values={"why": why.key, **why.values}),)
    )
    return Step(replace(one, life=Life.NOT_RETESTED, why=why), events, False)


def _tool_lost(one: Known, looked: Looked, tool: Tool, seen_rules: Collection[str]) -> bool:
    """Whether it vanished because today's scanner would not see it in what the scan before kept.

    Our own checks are judged by kept evidence: certain. For another axe or browser, pages that did not change by a byte
    tell; where there is none, a rule that still sees other known findings is taken to see this one too.
    """
    spots = [
        spot
        for spot in one.spots.values()
        if spot.scan == tool.before and spot.url in looked.pages and spot.scan not in looked.keener
    ]
    if not tool.changes or not spots:
        return False
    if tool.rejudged is not None and not any((one.key.fingerprint, spot.url) in tool.rejudged for spot in spots):
        return True
    if any(spot.url in tool.same_pages for spot in spots):
        return True
    eyes = any(change.name in ("axe", "browser") for change in tool.changes)
    return eyes and one.shape.rule not in seen_rules


def _blind(spot: Spot, one: Known, looked: Looked) -> Words | None:
    """Why this night could not have seen the finding at this spot; None when it looked well."""
    rule, criterion = one.shape.rule, one.shape.criterion
    if spot.scan in looked.keener and (spot.depth == "site" or spot.url in looked.pages):
        return Words("finding.why.driver", {"page": spot.url})
    if spot.depth == "site":
        return (
            None
            if looked.site_complete
            and criterion not in looked.site_blind
            and (not spot.url or spot.url in looked.pages)
            else Words("finding.why.site")
        )
    page = looked.pages.get(spot.url)
    if page is None:
        became = looked.unseen.get(spot.url, "")
        return Words(
            "finding.why.gone" if became in GONE else "finding.why.page",
            {"page": spot.url, "became": became or "not visited"},
        )
    if not page.complete:
        return Words("finding.why.incomplete", {"page": spot.url})
    if (spot.state, spot.viewport) not in page.looks:
        return (
            Words("finding.why.state", {"page": spot.url, "state": spot.state, "viewport": spot.viewport})
            if spot.state
            else None
        )
    if spot.depth == "deep" and not page.deep:
        return Words("finding.why.deep", {"page": spot.url})
    if rule.startswith("axe/"):
        return (
            None if "axe" in page.looks[(spot.state, spot.viewport)] else Words("finding.why.probe", {"page": spot.url})
        )
    return Words("finding.why.probe", {"page": spot.url}) if criterion in page.blind else None


def _spots(found: Group, scan: int) -> dict[str, Spot]:
    spots: dict[str, Spot] = {}
    examples = 0
    for sighting in sorted(found.sightings, key=lambda one: not one.picture):
        have = spots.get(sighting.url)
        if have is not None:
            spots[sighting.url] = replace(have, count=have.count + 1)
            continue
        o = sighting.outcome
        example = (
            Example(sighting.url, o.place, o.state, o.viewport, o.values, o.replay, sighting.picture)
            if examples < EXAMPLES
            else None
        )
        examples += example is not None
        spots[sighting.url] = Spot(sighting.url, o.state, o.viewport, sighting.depth, scan, example=example)
    order = {url: number for number, url in enumerate(found.pages)}
    return dict(sorted(spots.items(), key=lambda item: order[item[0]]))


def _moved(
    lost: Sequence[Known], free: Sequence[_Seen], looked: Looked, held: Collection[str]
) -> tuple[dict[Key, Group], list[_Seen]]:
    """Findings whose markup moved or was rebuilt: key of the known one → its group of tonight; and what is left."""
    lost = [one for one in lost if one.life is not Life.FIXED and one.shape.rule not in held]
    rules = {(one.shape.rule, one.shape.criterion) for one in lost}
    units: dict[tuple[str, str, Scope], dict[Key, list[_Seen]]] = {}
    for sighting, its in free:
        if (its.rule, its.criterion) in rules:
            for key in (
                Key(its.fingerprint, "page", sighting.url),
                Key(its.fingerprint, "shared"),
                Key(its.family, "family"),
            ):
                units.setdefault((its.rule, its.criterion, key.scope), {}).setdefault(key, []).append((sighting, its))
    groups = {bucket: {key: _group(key, found) for key, found in by_key.items()} for bucket, by_key in units.items()}
    by_page: dict[tuple[str, str, Scope], dict[str, list[Group]]] = {}
    for bucket, found in groups.items():
        for one_group in found.values():
            for url in one_group.pages:
                by_page.setdefault(bucket, {}).setdefault(url, []).append(one_group)
    pairs: list[tuple[float, int, Known, Group]] = []
    for index, one in enumerate(lost):
        bucket = (one.shape.rule, one.shape.criterion, one.key.scope)
        for other in _candidates(one, groups.get(bucket, {}), by_page.get(bucket, {}), looked):
            if (score := likeness(one.shape, one.tokens, other.shape, other.tokens)) >= NEAR:
                pairs.append((score, index, one, other))
    matched: dict[Key, Group] = {}
    used: set[int] = set()
    for _, _, one, other in sorted(pairs, key=lambda pair: (-pair[0], pair[1])):
        left = [(sighting, shape(sighting.outcome)) for sighting in other.sightings if id(sighting) not in used]
        if one.key not in matched and len(left) * 2 > len(other.sightings):
            matched[one.key] = _group(other.key, left)
            used.update(id(sighting) for sighting, _ in left)
    return matched, [one for one in free if id(one[0]) not in used]


MOST_SPOTS = 20
"""Pages of a lost finding on which its moved self is looked for."""


def _candidates(
    one: Known, groups: Mapping[Key, Group], by_page: Mapping[str, Sequence[Group]], looked: Looked
) -> list[Group]:
    """On a page that both have; or, when all its pages are gone, anywhere."""
    if one.spots and all(looked.unseen.get(url) in GONE for url in one.spots):
        return list(groups.values())
    near = {id(found): found for url in list(one.spots)[:MOST_SPOTS] for found in by_page.get(url, ())}
    return list(near.values())
