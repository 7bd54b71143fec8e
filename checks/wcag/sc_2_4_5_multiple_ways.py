"""2.4.5 Multiple Ways (AA).

Looks at: over the site, the links between all pages: paths from the home page, a page that lists the others (sitemap,
A to Z), a home page that links to all, and search fields.
Fails: nothing: that there is no second way cannot be proven.
Cannot see: whether search finds a page; ways outside the pages that were visited.
Sources: WCAG 2.1 2.4.5; G63, G64, G125, G126, G161, G185.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from checks.wcag.sc_3_2_3_consistent_navigation import same_address
from scanner.model import Outcome, PageEvidence, SiteEvidence, Verdict

CRITERION = "2.4.5"
NEEDS = ("facts",)
SETTLES = (Verdict.PASSED, Verdict.INAPPLICABLE)

_LIST_PAGE = re.compile(
    r"site-?map|\ba[ -](t/m|tot|tm|to|-)? ?z\b|a-z|alle (onderwerpen|producten|pagina)|inhoudsopgave|index of", re.I)
_PROCESS = re.compile(
    r"stap-?\d|step-?\d|wizard|bevestig|confirm|bedankt|thank|zoekresultat|search-?results"
    r"|[?&](q|zoek|search|query|page|p|s)=", re.I)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Nothing can be said of one page alone."""
    yield from ()


def evaluate_site(site: SiteEvidence) -> Iterator[Outcome]:
    """Counts the proven ways to every page; two for all is a pass."""
    pages = {same_address(page.final_url or page.url): page for page in site.pages
             if page.first("facts", "base") is not None}
    if len(pages) < 2:
        if len(site.pages) == 1:
            yield Outcome(CRITERION, Verdict.INAPPLICABLE, "one-page-so-no-ways")
        return
    links = {address: _links(page) & pages.keys() for address, page in pages.items()}
    home = min(pages, key=lambda address: (len(urlsplit("//" + address).path), address))
    by_path = _reached(home, links)
    lists = [address for address, page in pages.items() if _is_list(page) and len(links[address]) >= 5]
    home_links_all = links[home] >= pages.keys() - {home}
    searching = sum(_has_search(page) for page in pages.values())
    lacking = []
    for address, page in pages.items():
        if address == home or _PROCESS.search(page.final_url or page.url):
            continue
        ways = [address in by_path, any(address in links[listed] for listed in lists), home_links_all]
        if sum(ways) < 2:
            lacking.append(page.url)
    values = {"pages": len(pages), "search": searching, "lists": len(lists)}
    if not lacking:
        yield Outcome(CRITERION, Verdict.PASSED, "two-ways-to-every-page", values=values)
    else:
        yield Outcome(CRITERION, Verdict.CANT_TELL, "second-way-not-shown", values={
            **values, "lacking": len(lacking), "examples": " ".join(lacking[:5])[:600]})


def _links(page: PageEvidence) -> frozenset[str]:
    facts = page.first("facts", "base") or {"links": ()}
    return frozenset(same_address(str(link["url"])) for link in facts["links"])


def _reached(home: str, links: Mapping[str, frozenset[str]]) -> set[str]:
    """Addresses that links lead to from the home page, step by step."""
    found, front = {home}, {home}
    while front:
        front = {address for at in front for address in links[at]} - found
        found |= front
    return found


def _is_list(page: PageEvidence) -> bool:
    facts = page.first("facts", "base") or {"title": "", "headings": ()}
    first = next((str(h["text"]) for h in facts["headings"]), "")
    return bool(_LIST_PAGE.search(f"{urlsplit(page.final_url or page.url).path} {facts['title']} {first}"))


def _has_search(page: PageEvidence) -> bool:
    return int((page.first("blocks", "base") or {"search": 0})["search"]) > 0
