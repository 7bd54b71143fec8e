"""Scores the checks on the built-in estate: found, missed and false alarms per criterion, per labelled element.

usage: python tests/e2e/estate_score.py [--sc N.N.N …] [--channel NAME …] [--path TEXT] [--tabs N]
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from checks.catalogue import evaluate_site  # noqa: E402
from checks.harness import laboratory  # noqa: E402
from checks.pool import Pool, PoolSettings  # noqa: E402
from checks.tab import Tab, Unreachable  # noqa: E402
from checks.visit import Visit  # noqa: E402
from scanner.axe import find_axe  # noqa: E402
from scanner.demo.estate import Estate  # noqa: E402
from scanner.demo.expectations import SITE_CRITERIA, Expectation, expectations  # noqa: E402
from scanner.model import Outcome, SiteEvidence, Verdict  # noqa: E402
from scanner.run import slim  # noqa: E402
from tests.looking import look_at_all  # noqa: E402

CHANNELS = ("main", "sport", "kaart", "formulier")
"""The portal needs its session: tests/e2e/test_portal.py."""
ADD_ONS = frozenset({"media", "2018"})


@dataclass
class Tally:
    """Counts of one criterion."""

    found: int = 0
    evidence: int = 0
    missed: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    quiet: int = 0


async def labelled(spoken: Mapping[str, Sequence[Outcome]]) -> dict[str, list[str]]:
    """For each outcome of each page the nearest `data-plant` that speaks of its criterion, or ''."""
    labels: dict[str, list[str]] = {}
    async with Pool.start(PoolSettings(axe_source=find_axe().text())) as pool:
        for url, outcomes in spoken.items():
            if any(o.place for o in outcomes):
                async with laboratory(pool, url) as tab:
                    labels[url] = [await _label(tab, o) for o in outcomes]
            else:
                labels[url] = [""] * len(outcomes)
    return labels


async def _label(tab: Tab, outcome: Outcome) -> str:
    if outcome.place is None:
        return ""
    for frame in await tab.frames():
        if bool(outcome.place.frame) == frame.is_top or (outcome.place.frame and frame.url != outcome.place.frame):
            continue
        try:
            found = await tab.call(
                """(S, [path, criterion]) => { let el; try { el = S.find(path) } catch { return '' }
                const at = el && S.closest(el, (x) => (x.getAttribute('data-expect') || '').split(' ').some((p) => p.startsWith(criterion + ':')));
                return at ? at.getAttribute('data-plant') : '' }""",
                [outcome.place.selector, outcome.criterion],
                frame=frame,
            )
        except Unreachable:
            continue
        if found:
            return str(found)
    return ""


def score(
    estate: Estate, seen: dict[str, tuple[Visit, list[Outcome]]], wanted: Sequence[Expectation], site: Sequence[Outcome]
) -> dict[str, Tally]:
    """Per criterion what was found, missed and falsely alarmed."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    labels = asyncio.run(labelled({url: _spoken(outcomes) for url, (_, outcomes) in seen.items()}))
    said: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    of_page: dict[tuple[str, str], set[str]] = defaultdict(set)
    by_page: dict[tuple[str, str], list[Expectation]] = defaultdict(list)
    for e in wanted:
        by_page[e.url, e.criterion].append(e)
    for url, (_, outcomes) in seen.items():
        for label, o in zip(labels[url], _spoken(outcomes), strict=True):
            said[url, o.criterion, label].add(str(o.verdict))
            of_page[url, o.criterion].add(str(o.verdict))
            known = {e.plant: e.wanted for e in by_page[url, o.criterion]}
            about_page = any(e.scope == "page" and e.wanted in ("failed", "may") for e in by_page[url, o.criterion])
            if o.verdict is Verdict.FAILED and known.get(label) not in ("failed", "may") and not about_page:
                tallies[o.criterion].alarms.append(
                    f"{url} {o.rule} {o.place.selector if o.place else 'page'} [{label}] {dict(o.values)}"[:220]
                )
    for o in site:
        of_page["", o.criterion].add(str(o.verdict))
        of_page[str(o.values.get("url", "")), o.criterion].add(str(o.verdict))
    for e in wanted:
        if e.url not in seen or e.wanted == "may":
            continue
        tally = tallies[e.criterion]
        spoken_of = (of_page["", e.criterion] if e.scope == "site" or e.criterion in SITE_CRITERIA else set()) | (
            of_page[e.url, e.criterion] if e.scope != "place" else said[e.url, e.criterion, e.plant]
        )
        if e.wanted == "ok":
            tally.quiet += "failed" not in spoken_of or e.scope == "site"
        elif e.wanted in spoken_of:
            tally.found += 1
        elif "cantTell" in spoken_of:
            tally.evidence += 1
        elif not set(e.needs.split()) & ADD_ONS:
            tally.missed.append(f"{e.url} {e.plant} wanted {e.wanted}")
    return tallies


def _spoken(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [o for o in outcomes if o.verdict in (Verdict.FAILED, Verdict.CANT_TELL)]


def table(tallies: dict[str, Tally]) -> str:
    """The table that `make test` prints."""
    lines = ["criterion  found  evidence  missed  false alarms  quiet twins"]
    for number in sorted(tallies, key=lambda n: [int(p) for p in n.split(".")]):
        t = tallies[number]
        lines.append(f"{number:9} {t.found:6} {t.evidence:9} {len(t.missed):7} {len(t.alarms):13} {t.quiet:12}")
    totals = Counter(
        {
            "found": sum(t.found for t in tallies.values()),
            "evidence": sum(t.evidence for t in tallies.values()),
            "missed": sum(len(t.missed) for t in tallies.values()),
            "alarms": sum(len(t.alarms) for t in tallies.values()),
        }
    )
    return "\n".join([*lines, f"total: {dict(totals)}"])


def look(
    estate: Estate, channels: Sequence[str] = CHANNELS, path: str = "", tabs: int = 2, *, deep: bool = True
) -> tuple[dict[str, tuple[Visit, list[Outcome]]], list[Expectation], list[Outcome]]:
    """Looks at every page of these channels; what is wanted of them; and what is said of the sites."""
    urls = [u for channel in channels for u in estate.pages(channel) if path in u]
    seen = dict(zip(urls, asyncio.run(look_at_all(urls, tabs=tabs, deep=deep)), strict=True))
    wanted = [e for channel in channels for e in expectations(estate, channel) if path in e.url]
    site: list[Outcome] = []
    if not path:
        for channel in channels:
            pages = [slim(seen[u][0].page) for u in urls if u in set(estate.pages(channel)) and seen[u][0].page.looks]
            site += evaluate_site(SiteEvidence(channel, tuple(pages), True))
    return seen, wanted, site


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sc", nargs="*", default=[])
    parser.add_argument("--channel", nargs="*", default=list(CHANNELS))
    parser.add_argument("--path", default="")
    parser.add_argument("--tabs", type=int, default=2)
    args = parser.parse_args()
    with Estate() as estate:
        tallies = score(estate, *look(estate, args.channel, args.path, args.tabs))
    for number, tally in sorted(tallies.items()):
        if not args.sc or number in args.sc:
            for line in tally.missed:
                print("MISSED     ", number, line)
            for line in tally.alarms:
                print("FALSE ALARM", number, line)
    print(table({n: t for n, t in tallies.items() if not args.sc or n in args.sc}))


if __name__ == "__main__":
    main()
