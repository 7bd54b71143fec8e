"""What comes before the content of this page and also on another page of the site: looked at when no way past is seen.

Gate: the page has no main landmark with text and links to a page of the same site. That page is opened and only
read. The record: `compared` (its address, empty when nothing was compared), `blocks` (repeated texts before the
first text that is not there), `stops` (how many Tab stops they hold), `words`, `first` (selector of the first text
that is this page's own), `headings` (headings outside navigation and asides that are not, of that level and as often,
on the other page), `toggles`. Sources: fifty-criteria 2.4.1; ACT cf77f2.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urlsplit

from checks.harness import COMMITTING, SafetyLevel, laboratory
from checks.tab import Unreachable
from scanner.model import Json

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.LOOK
SECONDS = 15.0
ORDER = 40
MAX_ASKED = 4
MAX_COMPARED = 2


async def look(at: Look) -> Json:
    """The record described above."""
    bypass = at.seen("bypass")
    nothing: dict[str, Any] = {"compared": "", "blocks": [], "stops": 0, "words": 0, "first": "",
                               "headings": 0, "toggles": 0}
    if not bypass or not bypass["blocks"] or any(main["words"] for main in bypass["mains"]):
        return nothing
    best = nothing
    tried = 0
    for url in _others(at)[:MAX_ASKED]:
        if tried == MAX_COMPARED:
            break
        try:
            async with laboratory(at.pool, url, seconds=at.request.seconds, viewport=at.request.viewport) as tab:
                status = await tab.call("() => performance.getEntriesByType('navigation')[0]?.responseStatus")
                title = await tab.call("() => document.title")
                other: Json = await tab.call("(S) => PROBES.bypass(S, {})")
        except Unreachable:
            continue
        once_more = _one_path(url, at.url) and title == at.seen("facts").get("title")  # in another order, with a slash
        if once_more or (status is not None and status >= 400):
            continue
        own = (Counter(bypass["headingTexts"]) - Counter(other["headingTexts"])).total()
        tried += 1
        seen = {**compare(bypass["blocks"], other["blocks"]), "compared": url, "headings": own,
                "toggles": bypass["toggles"]}
        if not best["compared"] or seen["words"] > best["words"]:
            best = seen
    return best


def _others(at: Look) -> list[str]:
    """Addresses of other pages of the same site that this page links to, those with the most alike path first.

    Pages of one part of a site are most likely to share their blocks. Nothing that could commit something.
    """
    own = urldefrag(at.url)[0]
    found: list[str] = []
    for link in at.seen("facts").get("links", ()):
        url = urldefrag(str(link["url"]))[0]
        same_site = urlsplit(url).netloc == urlsplit(own).netloc
        if same_site and url not in (own, *found) and not COMMITTING.search(url):
            found.append(url)
    return sorted(found, key=lambda url: -_alike(urlsplit(url).path, urlsplit(own).path))


def _one_path(one: str, other: str) -> bool:
    return urlsplit(one).path.rstrip("/") == urlsplit(other).path.rstrip("/")


def _alike(one: str, other: str) -> int:
    """Number of characters that two paths begin with alike."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def compare(own: list[Json], other: list[Json]) -> dict[str, Any]:
    """Texts at the start of one page that the other has too, up to the first one that it does not have.

    The name of the current page is often plain text in its own navigation: a single short text between two repeated
    ones does not end the run.
    """
    there = {block["text"] for block in other}
    repeated: list[Json] = []
    first = ""
    for index, block in enumerate(own):
        if block["text"] in there:
            repeated.append(block)
        elif index + 1 < len(own) and own[index + 1]["text"] in there and len(block["text"].split()) <= 4:
            continue
        else:
            first = str(block["selector"])
            break
    return {"blocks": [block["text"] for block in repeated][:20], "first": first,
            "stops": sum(int(block["stops"]) for block in repeated),
            "words": sum(len(str(block["text"]).split()) for block in repeated)}
