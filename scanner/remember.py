"""After a scan: what was looked at well, what would have been seen with yesterday's scanner, what flipped.

The kept evidence of a scan becomes `Glance`s; outcomes that only a deep look shows are told apart by judging the light
part again; when rules changed, the evidence of the scan before is judged by today's checks. All this is handed to
`scanner.finding_store`, which takes it into the findings.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from checks.catalogue import evaluate_page, evaluate_site
from checks.probes import deep_probes
from scanner.config import Config
from scanner.finding_store import (
    Where,
    is_recorded,
    prefix_of,
    record_night,
    same_pages,
    scan_before,
    tool_changes,
    where,
)
from scanner.findings import Glance, Tool, is_finding
from scanner.fingerprints import fingerprint, shape
from scanner.model import Outcome, PageEvidence, SiteEvidence
from scanner.store import Address, Scan, Store

SECOND_LOOKS = 4
"""Pages of a scan that are looked at twice, to know which rules flip."""


def light(page: PageEvidence) -> PageEvidence:
    """Evidence as a light look would have left it: without deep probes and the states that they led the page into."""
    names = {probe.name for probe in deep_probes()}
    led = {
        state
        for look in page.looks
        for name, record in look.records.items()
        if name in names
        for state in record.data.get("states", ())
        if isinstance(state, str)  # of a probe that leads nowhere they are what it measured: colours on hover
    }
    looks = tuple(
        replace(look, records={name: record for name, record in look.records.items() if name not in names})
        for look in page.looks
        if look.name not in led
    )
    return replace(page, looks=looks)


def glance(page: PageEvidence) -> Glance:
    """What was looked at well on a page. Deep: every deep probe that the channel allows has looked."""
    names = {probe.name for probe in deep_probes()}
    deep = [record for look in page.looks for name, record in look.records.items() if name in names]
    whole = bool(deep) and all(not record.prevented or record.prevented.startswith("safety level") for record in deep)
    looks = {
        (look.name, look.viewport): frozenset(name for name, record in look.records.items() if not record.prevented)
        for look in page.looks
    }
    return Glance(page.url, not page.incomplete, whole, looks)


def deep_only(page: PageEvidence) -> set[Where]:
    """Outcomes that judging the light part alone does not bring."""
    names = {probe.name for probe in deep_probes()}
    if not any(name in names for look in page.looks for name in look.records):
        return set()
    by_light = {where(page.url, outcome) for outcome in evaluate_page(light(page)) if is_finding(outcome)}
    return {where(page.url, outcome) for outcome in evaluate_page(page) if is_finding(outcome)} - by_light


class Memory:
    """Gathers, in one pass over a scan's evidence, what the findings need of it."""

    def __init__(self) -> None:
        self.glances: dict[str, Glance] = {}
        self.deep: set[Where] = set()

    def take(self, page: PageEvidence) -> PageEvidence:
        """Looks at one page's evidence and hands it on."""
        self.glances[page.url] = glance(page)
        self.deep |= deep_only(page)
        return page

    def record(self, store: Store, config: Config, scan: Scan) -> bool:
        """Takes the scan into the findings; False when it was in already."""
        if is_recorded(store, scan.id):
            return False
        return record_night(
            store, scan, prefix_of(config, scan.channel), self.glances, deep=self.deep, tool=tool(store, scan)
        )


def tool(store: Store, scan: Scan) -> Tool:
    """How the scanner differs from the one of the scan before, and what today's would have seen then."""
    before = scan_before(store, scan)
    if before is None:
        return Tool()
    changes = tool_changes(before.versions, scan.versions)
    if not changes:
        return Tool(before=before.id)
    rules = any(change.name == "rules" for change in changes)
    return Tool(changes, before.id, rejudged(store, before) if rules else None, same_pages(store, before.id, scan.id))


def rejudged(store: Store, scan: Scan) -> frozenset[tuple[str, str]]:
    """(fingerprint, address) and (family, address) of what today's checks see in the kept evidence of a scan."""

    def marks(url: str, outcome: Outcome) -> Iterable[tuple[str, str]]:
        its = shape(outcome)
        return (its.fingerprint, url), (its.family, url)

    seen: set[tuple[str, str]] = set()
    pages: list[PageEvidence] = []
    for page in store.evidence(scan.id):
        seen.update(mark for outcome in evaluate_page(page) if is_finding(outcome) for mark in marks(page.url, outcome))
        pages.append(
            replace(
                page,
                looks=tuple(
                    replace(look, records={n: r for n, r in look.records.items() if n != "axe"})
                    for look in page.looks
                    if look.name == "base"
                ),
            )
        )
    if scan.settings.get("follow", True):
        for outcome in evaluate_site(SiteEvidence(scan.channel, pages, True)):
            if is_finding(outcome):
                seen.update(marks(str(outcome.values.get("url", "")), outcome))
    return frozenset(seen)


def twice(scan: Scan, rows: Sequence[Address], count: int = SECOND_LOOKS) -> list[Address]:
    """The pages of a scan that are looked at twice: the same ones when it is interrupted and goes on."""
    chance = random.Random(f"second look {scan.id} {scan.channel}")
    return chance.sample(list(rows), min(count, len(rows)))


def flips(pairs: Iterable[tuple[PageEvidence, PageEvidence]]) -> Mapping[str, tuple[int, int]]:
    """Rule → (findings seen in either of two looks at a page, seen in one only); only of pages that loaded well."""
    seen: Counter[str] = Counter()
    flipped: Counter[str] = Counter()
    for first, second in pairs:
        if first.incomplete or second.incomplete or not second.looks:
            continue
        one, other = (
            {(o.rule, fingerprint(o)) for o in evaluate_page(light(page)) if is_finding(o)} for page in (first, second)
        )
        seen.update(rule for rule, _ in one | other)
        flipped.update(rule for rule, _ in one ^ other)
    return {rule: (count, flipped[rule]) for rule, count in seen.items()}
