"""Fetches a published statement and what `scanner.statement_checker` needs to judge it.

Bounded: one page, at most MOST_LINKS of its links, MOST_MAIL mail domains, and MOST_PAGES pages of the channel to count
the clicks from the home page; each with a size and a time. Each host is looked up once and connected to by the address
that was found allowed (spiders.address_rules), redirects included: a statement cannot send the scanner into the inner
network. Only GET and HEAD.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from lxml import etree, html

from checks.gate import is_inner
from scanner.config import Channel, Config
from scanner.dossier import LinkResult
from scanner.legal import latest_scan
from scanner.mail_domain import takes_mail
from scanner.model import LedgerState
from scanner.reach import proxy_of
from scanner.statement_checker import MAX_CHARACTERS, FetchedStatement, joined, read
from scanner.store import Store, page_evidence
from spiders.address_rules import Guard, RefusedAddress
from spiders.scope import canonical

MOST_LINKS, MOST_MAIL, MOST_PAGES, MOST_REDIRECTS = 60, 10, 40, 8
MOST_BYTES = 3_000_000
SECONDS = 15.0
MOST_SECONDS = 300.0
"""For everything together."""
PAUSE = 0.2
"""Seconds between requests."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer, after redirects."""

    status: int
    address: str
    content_type: str = ""
    content: str = ""
    reason: str = ""
    """Why there was no answer; empty when there was."""

    @property
    def ok(self) -> bool:
        """There is something there."""
        return 200 <= self.status < 300


class Fetcher:
    """Asks for pages, one after the other; use in a with statement."""

    def __init__(self, config: Config, transport: httpx.BaseTransport | None = None) -> None:
        urls = [address for channel in config.channels for address in (channel.url, *channel.also)]
        self._guard = Guard.for_addresses(urls, config.scan.inner_network)
        asking: dict[str, Any] = {
            "headers": {"User-Agent": config.user_agent, "Accept-Language": "nl,en;q=0.5"},
            "timeout": SECONDS,
            "verify": config.scan.verify_tls,
            "follow_redirects": False,
            "trust_env": False,
        }
        self._client = httpx.Client(transport=transport, **asking)
        proxy = proxy_of(config)
        self._proxied = httpx.Client(proxy=proxy, **asking) if proxy else None
        self._ends = time.monotonic() + MOST_SECONDS

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        if self._proxied is not None:
            self._proxied.close()

    def get(self, address: str, method: str = "GET") -> Fetched:
        """What an address answers, at most MOST_BYTES of it; never raises for what the other side does."""
        here = address
        for _ in range(MOST_REDIRECTS):
            if time.monotonic() > self._ends:
                return Fetched(0, here, reason=f"no time left after {MOST_SECONDS:.0f} seconds")
            try:
                status, headers, content = self._one(here, method)
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
                return Fetched(0, here, reason=f"{type(error).__name__}: {error}".strip(": ")[:200])
            if 300 <= status < 400 and headers.get("location"):
                here = joined(here, headers["location"])
                continue
            return Fetched(status, here, headers.get("content-type", ""), content)
        return Fetched(0, here, reason="too many redirects")

    def alive(self, address: str) -> LinkResult:
        """Whether something answers at an address: asked by HEAD, and by GET where a server knows no HEAD."""
        found = self.get(address, "HEAD")
        if not found.ok:
            found = self.get(address)
        return LinkResult(address, found.ok, found.status, found.address, found.content_type, found.reason)

    def _way(self, host: str) -> tuple[httpx.Client, str]:
        """The client that asks a host, and what stands for it in the address. Raises OSError if it may not be."""
        try:
            addresses = self._guard.addresses(host)
        except RefusedAddress:
            raise
        except OSError:
            if self._proxied is None:
                raise
            addresses = ()
        if self._proxied is not None and not is_inner(addresses):
            return self._proxied, host
        return self._client, addresses[0]

    def _one(self, address: str, method: str) -> tuple[int, httpx.Headers, str]:
        url = httpx.URL(address)
        if url.scheme not in ("http", "https") or not url.host:
            raise ValueError("not a web address")
        client, host = self._way(url.host)
        time.sleep(PAUSE)
        request = client.build_request(
            method,
            url.copy_with(host=host),
            headers={"Host": url.netloc.decode("ascii")},
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        )
        answer = client.send(request, stream=True)
        try:
            data = bytearray()
            if method == "GET":
                for chunk in answer.iter_bytes():
                    data += chunk
                    if len(data) > MOST_BYTES or time.monotonic() > self._ends:
                        break
            content = bytes(data[:MOST_BYTES]).decode(answer.charset_encoding or "utf-8", "replace")
            return answer.status_code, answer.headers, content
        except LookupError:  # an encoding that nobody knows
            return answer.status_code, answer.headers, bytes(data).decode("utf-8", "replace")
        finally:
            answer.close()


def fetch_statement(
    config: Config,
    store: Store,
    channel: Channel,
    address: str,
    *,
    transport: httpx.BaseTransport | None = None,
    mail: Callable[[str], bool | None] | None = None,
    no_domain: str = "",
) -> FetchedStatement:
    """The statement at an address with its clicks from the home page and what became of its links.

    `mail` tells whether a domain takes mail, by default `takes_mail`; `no_domain`: what to say of one that does not
    exist. Links beyond the bounds are left out: not tried.
    """
    with Fetcher(config, transport) as fetcher:
        page = fetcher.get(address)
        if not page.ok:
            return FetchedStatement(address, page.status, page.content)
        first = FetchedStatement(page.address, page.status, page.content)
        found = read(first)
        wanted = dict.fromkeys([*found.report_links, *found.links])
        links = [fetcher.alive(link) for link in list(wanted)[:MOST_LINKS]]
        for one in found.mail[:MOST_MAIL]:
            taken = (mail or takes_mail)(one.rpartition("@")[2])
            if taken is not None:
                links.append(LinkResult(f"mailto:{one}", taken, reason="" if taken else no_domain))
        clicks = count_clicks(config, store, channel, {address, page.address}, fetcher)
    return FetchedStatement(page.address, page.status, page.content, clicks, tuple(links))


def count_clicks(config: Config, store: Store, channel: Channel, targets: set[str], fetcher: Fetcher) -> int | None:
    """Fewest clicks from the home page to one of these addresses: 0, 1 or 2; 3 for more; None when it cannot be told.

    Links are those of the latest scan, in which pages were rendered, else those of the page as it is fetched.
    """
    wanted = {canonical(target) or target for target in targets}
    home = canonical(channel.url) or channel.url
    if home in wanted:
        return 0
    kept = _kept_links(store, channel)
    first = kept.get(home) or _links(fetcher.get(home))
    if wanted & set(first):
        return 1
    scope = config.scope()
    own = [link for link in dict.fromkeys(first) if scope.owner(link) == channel.id and link != home]
    fetched = 0
    unknown = not first
    for link in own:
        links = kept.get(link)
        if links is None:
            if fetched >= MOST_PAGES:
                unknown = True
                continue
            fetched += 1
            page = fetcher.get(link)
            unknown |= not page.status
            links = _links(page)
        if wanted & set(links):
            return 2
    return None if unknown else 3


def _kept_links(store: Store, channel: Channel) -> dict[str, list[str]]:
    """Address → links of the page, by the latest scan; of the home page and of pages at one step from it."""
    scan = latest_scan(store, channel.id)
    found: dict[str, list[str]] = {}
    if scan is None:
        return found
    home = canonical(channel.url) or channel.url
    rows = {row.url: row for row in store.ledger(scan.id, LedgerState.VISITED, LedgerState.UNCHANGED) if row.evidence}

    def take(url: str) -> None:
        if url in rows and url not in found:
            facts = page_evidence(store.blob(rows[url].evidence)).first("facts") or {}
            found[url] = list(_canonical(str(link.get("url", "")) for link in facts.get("links") or ()))

    take(home)
    for url in list(found.get(home, ()))[:300]:
        take(url)
    return found


def _links(page: Fetched) -> list[str]:
    if not page.ok or not page.content.strip():
        return []
    try:
        tree = html.document_fromstring(
            page.content[:MAX_CHARACTERS], parser=html.HTMLParser(no_network=True, encoding="utf-8")
        )
    except (etree.ParserError, ValueError):
        return []
    return list(_canonical(joined(page.address, str(link).strip()) for link in tree.xpath("//a/@href")[:5000]))


def _canonical(addresses: Iterable[str]) -> Iterable[str]:
    for address in addresses:
        if urlsplit(address).scheme in ("http", "https"):
            yield canonical(address) or address
