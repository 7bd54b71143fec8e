"""What a scan of the estate must find, read from the labels in the served pages.

Labels (`data-plant`, `data-expect`, `data-needs`) stand on the element itself; what is true of a whole page stands in
`<meta name="expect">`. Outcomes:

* `failed`: a barrier; a check must fail this criterion here.
* `cantTell`: a barrier that only a person can judge; a check must point at it, and never fail it.
* `ok`: a clean twin or a hard negative; never failed (a question is allowed).
* `may`: a side effect of the barrier; failed, a question and silence are all fair.

A label covers its element and what is inside it, until a nearer label of the same criterion. On pages marked `clean`
nothing may fail at all, site-wide criteria apart. A failure on no labelled element is a false alarm everywhere: labels
are meant to be complete.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin

from lxml import html

from scanner.demo.answers import CHANNELS
from scanner.demo.estate import Estate

Wanted = Literal["failed", "cantTell", "ok", "may"]
_WANTED: dict[str, Wanted] = {"failed": "failed", "cantTell": "cantTell", "ok": "ok", "may": "may"}

SITE_CRITERIA = frozenset({"2.4.5", "3.2.3", "3.2.4"})
"""Judged over a whole channel: the outcome may name any of the pages that were compared."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """One labelled place (or page) and what must be said of it."""

    url: str
    """Address of the page that is scanned."""
    selector: str
    """CSS selector of the labelled element; empty when it is about the page as a whole."""
    criterion: str
    wanted: Wanted
    plant: str
    """Name of what is planted, the same every night; `page` for page-level ones."""
    frame: str = ""
    """Address of the frame in which the element is; empty in the top document."""
    needs: str = ""
    """What must be available to decide it: ocr, media, 2018 (the 2018 text of 4.1.1) or nothing."""
    scope: Literal["place", "page", "site"] = "place"


def expectations(estate: Estate, channel: str | None = None) -> list[Expectation]:
    """Every expectation of one or all channels, in order of page and place, frames within the estate included."""
    found: list[Expectation] = []
    for name in CHANNELS:
        if channel in (None, name):
            for path in sorted(estate.world.paths(name)):
                found.extend(_page(estate, name, path))
    return found


def document_expectations(estate: Estate) -> list[Expectation]:
    """What must be said of the PDF files: one without tags, title and language, and its clean twin."""
    def of(path: str, wanted: Wanted) -> list[Expectation]:
        url = estate.url("main", path)
        return [Expectation(url, "", criterion, wanted, "document", scope="page")
                for criterion in ("1.3.1", "2.4.2", "3.1.1")]

    return [*of("/downloads/begroting-in-beeld.pdf", "failed"), *of("/downloads/subsidieregels.pdf", "ok")]


def clean_pages(estate: Estate, channel: str | None = None) -> list[str]:
    """Addresses of pages on which nothing may fail (criteria judged over the site apart)."""
    return [address for address in estate.pages(channel)
            if "clean" in _words(_document(estate, *_split(estate, address)))]


def _page(estate: Estate, channel: str, path: str) -> Iterator[Expectation]:
    """Expectations of one page and of the frames in it that the estate serves."""
    url = estate.world.origins[channel] + path
    document = _document(estate, channel, path)
    for word in _words(document):
        if word != "clean":
            criterion, _, wanted = word.partition(":")
            yield Expectation(url, "", criterion, _WANTED[wanted], "page",
                              scope="site" if criterion in SITE_CRITERIA else "page")
    route = "#" + path.partition("#")[2] if "#" in path else ""
    yield from _places(document, url, "", route, path)
    for frame in document.iter("iframe"):
        address = urljoin(url, frame.get("src") or "")
        inside = _within(estate, address)
        if inside is not None:
            yield from _places(_document(estate, *inside), url, address, "", inside[1])


def _places(document: html.HtmlElement, url: str, frame: str, route: str, path: str) -> Iterator[Expectation]:
    """Expectations of the labelled elements of one document, without those of other client-side routes."""
    for element in document.iter():
        if not isinstance(element.tag, str) or not element.get("data-expect"):
            continue
        shown_on = _route(element)
        if shown_on is not None and shown_on not in (route, path):
            continue
        plant = element.get("data-plant") or ""
        for pair in (element.get("data-expect") or "").split():
            criterion, _, wanted = pair.partition(":")
            yield Expectation(url, f'[data-plant="{plant}"]', criterion, _WANTED[wanted], plant, frame,
                              element.get("data-needs") or "", "site" if criterion in SITE_CRITERIA else "place")


def _route(element: html.HtmlElement) -> str | None:
    """The client-side route (`#/mei` or a path) on which a template's content is shown; None outside templates."""
    for above in (element, *element.iterancestors()):
        if above.get("data-route") is not None:
            return above.get("data-route")
    return None


def _words(document: html.HtmlElement) -> list[str]:
    """Words of the page-level label."""
    return " ".join(str(content) for content in document.xpath('//meta[@name="expect"]/@content')).split()


def _document(estate: Estate, channel: str, path: str) -> html.HtmlElement:
    return html.document_fromstring(estate.world.page(channel, path).decode())


def _split(estate: Estate, address: str) -> tuple[str, str]:
    """Channel and path of an address of the estate."""
    found = _within(estate, address)
    if found is None:
        raise ValueError(f"not an address of the estate: {address}")
    return found


def _within(estate: Estate, address: str) -> tuple[str, str] | None:
    """Channel and path of an address if the estate serves it (under either loopback name), else None."""
    for channel, origin in estate.world.origins.items():
        for alias in (origin, origin.replace("127.0.0.1", "localhost"), origin.replace("localhost", "127.0.0.1")):
            if address.startswith(alias + "/"):
                return channel, address[len(alias):]
    return None
