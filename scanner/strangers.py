"""Hosts that pages link to and that belong to no channel: so that a forgotten site is found.

Those under a domain of the organisation's own come first: a sub-domain that nobody listed is most likely a site that
nobody looks after. In: settings and store. Out: hosts with how often and where they were seen, in the latest scans.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from scanner.config import Config
from scanner.model import LedgerState
from scanner.store import Store
from spiders.reasons import Why
from spiders.scope import registrable


@dataclass(frozen=True, slots=True)
class Stranger:
    """One host that belongs to no channel."""

    host: str
    own_domain: bool
    """It lies under a registered domain that one of the channels has."""
    addresses: int
    """Different addresses that were seen at it."""
    example: str
    found_on: str
    """A page that links to the example."""


def strangers(config: Config, store: Store, channels: Iterable[str]) -> list[Stranger]:
    """The hosts seen in the latest finished scan of each channel, those of the own domains first, then by name."""
    named = {_host(url) for channel in config.channels for url in (channel.url, *channel.also)}
    domains = {registrable(host) for host in named}
    seen: dict[str, dict[str, str]] = {}
    for channel in channels:
        for scan in store.scans(channel, finished=True)[:1]:
            for row in store.ledger(scan.id, LedgerState.OUT_OF_SCOPE):
                host = _host(row.url)
                if row.reason.startswith(Why.OTHER_HOST) and host not in named:
                    seen.setdefault(host, {}).setdefault(row.url, row.found_on)
    seen.pop("", None)
    found = [
        Stranger(host, registrable(host) in domains, len(urls), *next(iter(urls.items())))
        for host, urls in seen.items()
    ]
    return sorted(found, key=lambda one: (not one.own_domain, one.host))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
