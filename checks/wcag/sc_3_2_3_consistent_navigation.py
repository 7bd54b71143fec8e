"""3.2.3 Consistent Navigation (AA).

Looks at: over the site, the links in navigation, header and footer of every page, in reading order; menus and search
boxes among each other, of which a page that differs is a question.
Fails: a page on which links that are repeated on other pages stand in another order, while at least four pages agree.
Cannot see: whether a visitor asked for another order; pages behind a login; menus that only appear after a click.
Sources: WCAG 2.1 3.2.3; G61, F66.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from urllib.parse import urldefrag, urlsplit

from scanner.model import Json, Outcome, PageEvidence, Place, SiteEvidence, Verdict

CRITERION = "3.2.3"
NEEDS = ("blocks",)
SETTLES = (Verdict.PASSED, Verdict.INAPPLICABLE)

LEAST_COMMON = 3
"""Links that two blocks must share before their order says anything."""
SURE = 4
"""Pages that must agree before one that differs is a failure; with fewer it is for a person."""

MOST_PARTS = 12
"""Menus and search boxes, those of most pages, that are compared with each other."""
SAME_BLOCK = 0.6
"""Share of addresses (Jaccard) that two regions of one role must have in common to be one repeated block."""


@dataclass(frozen=True, slots=True)
class Block:
    """One region of one page: its links in reading order, each address once, without those to the page itself."""

    page: PageEvidence
    region: Json
    links: Mapping[str, Json]

    @property
    def order(self) -> tuple[str, ...]:
        """Addresses in reading order."""
        return tuple(self.links)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Nothing can be said of one page alone."""
    yield from ()


def same_address(url: str) -> str:
    """An address without fragment, `www.`, index file and closing slash: for comparing links."""
    parts = urlsplit(urldefrag(url)[0])
    path = re.sub(r"/(index|default|home)\.\w+$", "/", parts.path).rstrip("/")
    return f"{parts.netloc.removeprefix('www.')}{path}?{parts.query}".rstrip("?")


def blocks_of(site: SiteEvidence) -> list[list[Block]]:
    """Regions that repeat: same language and role, and the same name or most of the same links; one a page."""
    found: dict[tuple[str, str], list[list[Block]]] = defaultdict(list)
    for page in site.pages:
        seen = page.first("blocks", "base")
        for region in seen["regions"] if seen is not None else ():
            block = _block(page, region)
            if len(block.links) < 2 or region.get("frame"):
                continue
            clusters = found[str(seen["lang"])[:2] if seen else "", str(region["role"])]
            fitting = [c for c in clusters if c[-1].page is not page and _alike(c[0], block)]
            if fitting:
                fitting[0].append(block)
            elif len(clusters) < 200:
                clusters.append([block])
    return [cluster for clusters in found.values() for cluster in clusters if len(cluster) > 1]


def _block(page: PageEvidence, region: Json) -> Block:
    here = same_address(page.final_url or page.url)
    links: dict[str, Json] = {}
    for link in region["links"]:
        address = same_address(str(link["url"]))
        if address != here and not link["current"]:
            links.setdefault(address, link)
    return Block(page, region, links)


def _alike(one: Block, other: Block) -> bool:
    same_name = bool(one.region["name"]) and one.region["name"] == other.region["name"]
    common, either = one.links.keys() & other.links.keys(), one.links.keys() | other.links.keys()
    return (same_name and len(common) >= LEAST_COMMON) or len(common) >= SAME_BLOCK * len(either)


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
    for blocks in blocks_of(site):
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
            values = {"url": block.page.url, "other": reference.page.url, "first": str(block.links[first]["name"])[:80],
                      "then": str(block.links[then]["name"])[:80], "pages": agree}
            differing.append(Outcome(CRITERION, verdict, "navigation-order-differs", Place.of(block.region), "base",
                                     values=values))
    differing += _parts_swapped(site, {str(outcome.values["url"]) for outcome in differing})
    yield from differing
    if not differing and len(compared) >= 3:
        values = {"pages": len(compared), "of": len(pages)}
        yield Outcome(CRITERION, Verdict.PASSED, "navigation-order-same", values=values)


def _parts_swapped(site: SiteEvidence, told: set[str]) -> Iterator[Outcome]:
    """Pages on which a menu and the search box, or two menus, have changed places: a person sees whether it matters."""
    parts: dict[tuple[str, ...], dict[str, Json]] = defaultdict(dict)
    for n, blocks in enumerate(blocks_of(site)):
        for block in blocks:
            if block.region["role"] == "navigation":
                parts["menu", str(n)].setdefault(block.page.url, block.region)
    for page in site.pages:
        seen = page.first("blocks", "base")
        for search in seen["searches"] if seen is not None else ():
            key = "search", same_address(str(search["action"])), str(search.get("region", ""))
            parts[key].setdefault(page.url, search)
    repeated = sorted((part for part in parts.values() if len(part) > SURE), key=len)[-MOST_PARTS:]
    for one, other in combinations(repeated, 2):
        # Evidence of an earlier version does not know their places.
        both = [url for url in one if url in other and "at" in one[url] and "at" in other[url]]
        first = [url for url in both if one[url]["at"] < other[url]["at"]]
        last = [url for url in both if url not in first]
        most, few = (first, last) if len(first) >= len(last) else (last, first)
        for url in few if len(most) >= SURE else ():
            if url not in told:
                told.add(url)
                values = {"url": url, "other": most[0], "first": str(one[url]["name"])[:80] or "menu",
                          "then": str(other[url]["name"])[:80] or "menu", "pages": len(most)}
                yield Outcome(CRITERION, Verdict.CANT_TELL, "navigation-order-differs", Place.of(other[url]), "base",
                              values=values)


def _reference(blocks: Sequence[Block]) -> Block | None:
    """The block with which most others agree; None when fewer than two pages have it."""
    if len(blocks) < 2:
        return None
    sample = blocks[:60]
    return min(sample, key=lambda b: sum(swapped(other.order, b.order) is not None for other in sample))
