"""Sitemaps: XML (urlset and index), gzip, and plain lists of addresses. Pure: bytes in, addresses out.

Hostile input: entities are not resolved, nothing is loaded from elsewhere, sizes and numbers are bounded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO

from lxml import etree
from scrapy.utils.gz import gunzip

from spiders.scope import canonical

MAX_BYTES = 52_428_800
"""Unpacked size that the sitemap protocol allows."""
MAX_ENTRIES = 50_000


class BadSitemap(ValueError):
    """This is no sitemap."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """Addresses of pages (with their language versions), or of further sitemaps."""

    pages: tuple[str, ...]
    sitemaps: tuple[str, ...]
    cut: bool
    """More entries than are read."""


def parse(body: bytes, url: str) -> Sitemap:
    """Reads a sitemap in any of its forms. Entries that are no http(s) address are left out. Raises BadSitemap."""
    if body[:2] == b"\x1f\x8b":
        try:
            body = gunzip(body, max_size=MAX_BYTES)
        except Exception as error:  # Scrapy's size error is private; zlib's and gzip's are several
            raise BadSitemap(f"cannot be unpacked: {type(error).__name__}") from error
    if len(body) > MAX_BYTES:
        raise BadSitemap("larger than 50 MB")
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] != b"<":
        return _plain(start, url)
    pages: dict[str, None] = {}
    sitemaps: dict[str, None] = {}
    rooted = False
    count = 0
    try:
        events = etree.iterparse(
            BytesIO(start), events=("start", "end"), recover=True, resolve_entities=False, no_network=True,
            load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
        )
        for event, element in events:
            name = _local(element)
            if event == "start":
                if not rooted and name not in ("urlset", "sitemapindex"):
                    raise BadSitemap(f"starts with <{name[:30]}>")
                rooted = True
                continue
            if name not in ("url", "sitemap"):
                continue
            count += 1
            if count > MAX_ENTRIES:
                return Sitemap(tuple(pages), tuple(sitemaps), True)
            found = pages if name == "url" else sitemaps
            for child in element:
                local = _local(child)
                text = child.text if local == "loc" else child.get("href") if local == "link" else None
                address = canonical(text.strip(), url) if text else None
                if address:
                    found[address] = None
            element.clear()
    except etree.LxmlError as error:
        if not rooted:
            raise BadSitemap("not XML") from error
    if not rooted:
        raise BadSitemap("empty")
    return Sitemap(tuple(pages), tuple(sitemaps), False)


def _local(element: etree._Element) -> str:
    """A tag without its namespace; lxml's own QName raises on names that its recovering parser lets through."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _plain(body: bytes, url: str) -> Sitemap:
    lines = [line.strip() for line in body.decode("utf-8", "replace").splitlines() if line.strip()]
    if not lines or not re.match(r"https?://\S+$", lines[0]):
        raise BadSitemap("neither XML nor a list of addresses")
    pages = dict.fromkeys(filter(None, (canonical(line, url) for line in lines[:MAX_ENTRIES] if "://" in line)))
    return Sitemap(tuple(pages), (), len(lines) > MAX_ENTRIES)
