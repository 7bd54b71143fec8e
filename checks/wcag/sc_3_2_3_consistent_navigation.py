"""3.2.3 Consistent Navigation (AA).

Looks at: over the site, the links in navigation, header and footer of every page, in reading order.
Fails: a page on which links that are repeated on other pages stand in another order, while at least four pages agree.
Cannot see: whether a visitor asked for another order; pages behind a login; menus that only appear after a click.
Sources: WCAG 2.1 3.2.3; G61, F66.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urldefrag, urlsplit

from scanner.model import Json, Outcome, PageEvidence, Place, SiteEvidence, Verdict

CRITERION = "3.2.3"
NEEDS = ("blocks",)
SETTLES = (Verdict.PASSED, Verdict.INAPPLICABLE)

LEAST_COMMON = 3
"""Links that two blocks must share before their order says anything."""
SURE = 4
"""Pages that must agree before one that differs is a failure; with fewer it is for a person."""


@dataclass(frozen=True, slots=True)
class Block:
    """One region of one page: its addresses in reading order, each once."""

    page: PageEvidence
    region: Json
    order: tuple[str, ...]
    names: Mapping[str, str]


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Nothing can be said of one page alone."""
    yield from ()


def same_address(url: str) -> str:
    """An address without fragment, `www.`, index file and closing slash: for comparing links."""
    parts = urlsplit(urldefrag(url)[0])
    path = re.sub(r"/(index|default|home)\.\w+$", "/", parts.path).rstrip("/")
    return f"{parts.netloc.removeprefix('www.')}{path}?{parts.query}".rstrip("?")


def blocks_of(site: SiteEvidence) -> dict[tuple[str, str, str, int], list[Block]]:
    """Regions that repeat, by language, role, name and number among the unnamed ones of that role; one block a page."""
    found: dict[tuple[str, str, str, int], list[Block]] = defaultdict(list)
    for page in site.pages:
        seen = page.first("blocks", "base")
        if seen is None:
            continue
        unnamed: Counter[tuple[str, str]] = Counter()
        here = same_address(page.final_url or page.url)
        for region in seen["regions"]:
            if region.get("frame"):
                continue
            kind = (str(region["role"]), str(region["outer"]))
            if not region["name"]:
                unnamed[kind] += 1
            number = 0 if region["name"] else unnamed[kind]
            names = {same_address(str(link["url"])): str(link["name"]) for link in reversed(region["links"])
                     if not link["current"] and same_address(str(link["url"])) != here}
            order = tuple(dict.fromkeys(same_address(str(link["url"])) for link in region["links"]))
            order = tuple(url for url in order if url in names)
            if order:
                key = (str(seen["lang"])[:2], f"{kind[0]} in {kind[1]}", str(region["name"]).lower(), number)
                found[key].append(Block(page, region, order, names))
    return found


def swapped(one: Sequence[str], other: Sequence[str]) -> tuple[str, str] | None:
    """The first two common links whose order differs; None when there is none or too little is common."""
    common = [url for url in one if url in set(other)]
    if len(common) < LEAST_COMMON:
        return None
    place = {url: i for i, url in enumerate(other)}
    return next(((a, b) for a, b in pairwise(common) if place[a] > place[b]), None)


def evaluate_site(site: SiteEvidence) -> Iterator[Outcome]:
    """Blocks whose links stand in another order than on most pages."""
    pages = [page for page in site.pages if page.first("blocks", "base") is not None]
    if len(site.pages) == 1:
        yield Outcome(CRITERION, Verdict.INAPPLICABLE, "one-page-so-one-navigation")
        return
    compared: set[str] = set()
    differing: list[Outcome] = []
    for blocks in blocks_of(site).values():
        reference = _reference(blocks)
        if reference is None:
            continue
        agreeing = [b for b in blocks if len(set(b.order) & set(reference.order)) >= LEAST_COMMON]
        compared.update(b.page.url for b in agreeing)
        others = [(b, pair) for b in agreeing if (pair := swapped(b.order, reference.order))]
        agree = len(agreeing) - len(others)
        for block, (first, then) in others:
            # Lists of what is popular or new stand in headers and footers too, and change while a site is visited.
            certain = agree >= SURE and block.region["role"] == "navigation" and not block.page.incomplete
            verdict = Verdict.FAILED if certain else Verdict.CANT_TELL
            values = {"url": block.page.url, "other": reference.page.url, "first": block.names[first][:80],
                      "then": block.names[then][:80], "pages": agree}
            differing.append(Outcome(CRITERION, verdict, "navigation-order-differs", Place.of(block.region), "base",
                                     values=values))
    yield from differing
    if not differing and len(compared) >= 3:
        values = {"pages": len(compared), "of": len(pages)}
        yield Outcome(CRITERION, Verdict.PASSED, "navigation-order-same", values=values)


def _reference(blocks: Sequence[Block]) -> Block | None:
    """The block with which most others agree; None when fewer than two pages have it."""
    if len(blocks) < 2:
        return None
    sample = blocks[:60]
    return min(sample, key=lambda b: sum(swapped(other.order, b.order) is not None for other in sample))
