"""What can be said of an address before anyone asks for it. Pure, and light: a caller needs no Scrapy for it."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.model import Discovery, LedgerState
from spiders.job import START, CrawlJob
from spiders.reasons import Why, because
from spiders.scope import Scope, canonical, is_unsafe, looks_like_file


def first_look(
    url: str, text: str, found_on: str, depth: int, *, scope: Scope, crawled: frozenset[str], deepest: int = 20
) -> Discovery:
    """What can be said of a canonical address before anyone asks for it: state `found` when it may be asked for.

    `text` is what a person reads on the link. Used by the crawl and for links that only a browser saw.
    """
    owner = scope.owner(url)

    def row(state: LedgerState, reason: str = "") -> Discovery:
        return Discovery(url, found_on, depth, state, reason, channel=owner or "")

    if owner is None:
        return row(LedgerState.OUT_OF_SCOPE, because(Why.OTHER_HOST))
    if owner not in crawled:
        return row(LedgerState.OUT_OF_SCOPE, because(Why.OTHER_CHANNEL, owner))
    if found_on != START:
        danger = is_unsafe(url, text)
        if danger:
            return row(LedgerState.UNSAFE, because(Why(danger)))
        if not scope.channel(owner).follow:
            return row(LedgerState.OUT_OF_SCOPE, because(Why.LISTED_ONLY))
    if looks_like_file(url) == "file":
        return row(LedgerState.NOT_A_PAGE, because(Why.FILE_NAME))
    if depth > deepest:
        return row(LedgerState.OVER_BUDGET, because(Why.DEPTH, deepest))
    return row(LedgerState.FOUND, because(Why.ROUTE) if "#" in url else "")


def discover(links: Iterable[tuple[str, str]], found_on: str, depth: int, job: CrawlJob) -> list[Discovery]:
    """Rows for links (address, text) that only a browser saw, to be put into the ledger; each address once.

    Rows in state `found` are asked for by the next `crawl` that gets them in `known`.
    """
    scope, crawled = Scope(job.channels), job.crawled()
    rows: dict[str, Discovery] = {}
    for address, text in links:
        url = canonical(address, found_on)
        if url is not None and url not in rows:
            rows[url] = first_look(url, text, found_on, depth, scope=scope, crawled=crawled,
                                   deepest=job.limits.depth)
    return list(rows.values())
