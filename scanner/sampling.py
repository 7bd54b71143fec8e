"""The sample of a channel from what its scan found: candidates out of ledger and evidence, kept with its seed.

The rules are in `spiders.sample`; here is where its facts come from. The seed stays the same from scan to scan until a
person asks for another one, so that the same pages are looked at night after night, and an auditor can draw it again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scanner.config import Channel
from scanner.dossier_files import defused
from scanner.dossier_store import last_sample, save_sample
from scanner.model import Json, LedgerState
from scanner.store import Address, Scan, Store, page_evidence
from scanner.texts import text
from scanner.wcag_em import SamplePage
from spiders.sample import Candidate, Entry, Sample, build
from spiders.scope import canonical

FIRST_SEED = 1
_FEATURES = {
    "form": "form",
    "table": "table",
    "media": "video",
    "canvas": "map",
    "frame": "map",
    "moves": "carousel",
    "opens": "dialog",
}
"""What the facts probe calls it → what the sample's rules call it. A frame or canvas may hold a map."""


def draw(store: Store, channel: Channel, scan: Scan, seed: int | None = None) -> Sample:
    """Draws and keeps the sample of a scan whose pages were visited; with the seed of the last one unless given.

    Without a seed, a scan that goes on after an interruption keeps the sample that it has.
    """
    kept = last_sample(store, channel.id, scan.id)
    if seed is None and kept is not None:
        return kept
    if seed is None:
        before = last_sample(store, channel.id)
        seed = FIRST_SEED if before is None else before.seed
    rows = store.ledger(scan.id, LedgerState.VISITED, LedgerState.UNCHANGED, LedgerState.DOCUMENT)
    home = canonical(channel.url) or channel.url
    sample = build(
        tuple(candidates(store, [row for row in rows if row.channel == channel.id], home)),
        home,
        processes=[
            tuple(canonical(address) or address for address in (journey.start, *_steps(journey.steps)))
            for journey in channel.journeys
        ],
        relevant=[canonical(address) or address for address in channel.pages],
        seed=seed,
    )
    save_sample(store, scan, sample)
    return sample


def _steps(steps: Iterable[object]) -> Iterator[str]:
    """Addresses that a journey goes to."""
    for step in steps:
        address = getattr(step, "goto", None)
        if address:
            yield str(address)


def candidates(store: Store, rows: Sequence[Address], home: str) -> Iterator[Candidate]:
    """Pages and documents with what their kept evidence tells; one page's evidence in memory at a time."""
    told: dict[str, Json] = {}
    for row in rows:
        if row.evidence:
            facts = page_evidence(store.blob(row.evidence)).first("facts") or {}
            told[row.url] = {name: facts.get(name) for name in ("features", "passwordFields", "forms", "title")}
            if row.url == home:
                told[row.url] = {**told[row.url], "links": facts.get("links")}
    linked = {canonical(str(link.get("url", ""))) for link in told.get(home, {}).get("links") or ()}
    for row in rows:
        facts = told.get(row.url, {})
        yield Candidate(
            row.url,
            row.title or str(facts.get("title") or ""),
            row.template,
            row.url in linked,
            row.depth,
            frozenset(_features(facts)),
            row.state is LedgerState.DOCUMENT,
            row.content_type.partition(";")[0],
        )


def _features(facts: Json) -> Iterator[str]:
    yield from (_FEATURES[name] for name in facts.get("features") or () if name in _FEATURES)
    if facts.get("passwordFields"):
        yield "login"
    if any(form.get("role") == "search" for form in facts.get("forms") or ()):
        yield "search"


# For the auditor ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListedPage:
    """One entry of the sample in words."""

    entry: Entry
    title: str
    clause: str
    reasons: tuple[str, ...]


def listed(store: Store, scan: int, sample: Sample, lang: str) -> tuple[ListedPage, ...]:
    """The sample with titles, clauses and reasons in words, in its order."""
    titles = {row.url: row.title for row in store.ledger(scan)}
    return tuple(
        ListedPage(
            entry,
            titles.get(entry.url, "") or entry.url,
            text(f"sample.clause.{entry.clause}", lang),
            tuple(text(f"sample.reason.{reason}", lang) for reason in (entry.reason, *entry.also)),
        )
        for entry in sample.entries
    )


def for_audit(pages: Sequence[ListedPage]) -> tuple[SamplePage, ...]:
    """The sample as an audit file has it."""
    return tuple(
        SamplePage(
            page.entry.url, page.title, page.entry.clause.value == "g", page.entry.clause.value, "; ".join(page.reasons)
        )
        for page in pages
    )


def write_csv(pages: Sequence[ListedPage], lang: str) -> str:
    """The sample as CSV, with what a spreadsheet might take for a formula defused."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(text(f"sample.column.{name}", lang) for name in ("address", "title", "clause", "reason", "detail"))
    for page in pages:
        writer.writerow(
            defused(cell)
            for cell in (page.entry.url, page.title, page.clause, "; ".join(page.reasons), page.entry.detail)
        )
    return out.getvalue()
