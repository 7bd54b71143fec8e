"""Made-up evidence for checks that judge a whole site: pages as records, without a browser."""

from __future__ import annotations

from typing import Any

from scanner.model import PageEvidence, Record, SiteEvidence, StateEvidence


def page(url: str, **records: dict[str, Any]) -> PageEvidence:
    """A page whose base state holds these records."""
    look = StateEvidence("base", "1280x1024", (), {name: Record(name, data) for name, data in records.items()})
    return PageEvidence(url=url, final_url=url, status=200, content_type="text/html", looks=(look,))


def facts(title: str, heading: str, text: str, links: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """What the probe `facts` keeps, as far as site checks read it."""
    return {"title": title, "text": text, "mainText": text, "links": links or [], "landmarks": [], "forms": [],
            "headings": [{"selector": "h1", "level": 1, "text": heading, "name": heading, "visible": True, "landmark": "main"}] if heading else []}


def site(*pages: PageEvidence) -> SiteEvidence:
    """The whole of a site."""
    return SiteEvidence("site", pages, True)
