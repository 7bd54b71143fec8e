"""What a crawl is asked to do: plain frozen data that goes to the child process as JSON. Pure.

A job covers one or more channels of one scope. Limits count per channel, except `seconds`, which is the whole job's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from scanner.model import Discovery, LedgerState
from spiders.address_rules import InnerNetwork
from spiders.scope import ChannelScope, TrapLimits

START = "start"
"""`found_on` of addresses that the user named."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a crawl stops. What lies beyond is told as `over budget`, never left out."""

    pages: int = 2_000
    """HTML pages per channel."""
    documents: int = 500
    """PDF and office files per channel; only their headers are asked for."""
    requests: int = 10_000
    """Addresses asked for per channel, whatever they turn out to be."""
    depth: int = 20
    """Links from a start address; 0 looks at the named addresses only and reads no sitemap."""
    addresses: int = 300_000
    """Addresses kept in mind, of all states."""
    seconds: float = 3_600.0
    """For the whole crawl. The one limit that depends on the clock."""
    timeout: float = 20.0
    """Seconds for one answer, from connecting to the last byte."""
    page_bytes: int = 10_000_000
    """Of one page, unpacked."""
    redirects: int = 10
    trap: TrapLimits = field(default_factory=TrapLimits)

    @property
    def share(self) -> int:
        """Pages of one kind (one shape, or linked from one page) that do not wait until all others had their turn."""
        return max(50, self.pages // 4)


@dataclass(frozen=True, slots=True)
class Politeness:
    """How a host is treated. The defaults are for other people's servers; `at_home` is for one's own machine."""

    per_second: float = 4.0
    """Requests a second to one host at most; 0 means no limit."""
    concurrency: int = 2
    """Requests at the same time to one host."""
    throttle: bool = True
    """Slow down as the host slows down (AutoThrottle)."""
    longest_wait: float = 60.0
    """Seconds; a host that asks for more (Retry-After) is given up for this crawl."""
    failures: int = 6
    """Failures in a row after which the host's front page is tried before anything else is asked of it."""

    @classmethod
    def at_home(cls) -> Politeness:
        """For a server on the same machine: no delays."""
        return cls(per_second=0.0, concurrency=8, throttle=False)


@dataclass(frozen=True, slots=True)
class Access:
    """What a channel's server needs to let us in. Secret: goes to that channel's own addresses only, never to logs."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    basic_auth: tuple[str, str] | None = field(default=None, repr=False)
    cookies: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    """As in a browser's saved state: name, value, domain, path, secure."""


@dataclass(frozen=True, slots=True)
class CrawlJob:
    """One crawl."""

    channels: tuple[ChannelScope, ...]
    """All channels of the organisation: they decide who owns what."""
    user_agent: str
    """Recognisable, with an address where a person can be reached."""
    crawl: tuple[str, ...] = ()
    """Channels to crawl; empty means all. Addresses of the others are told as out of scope."""
    start: tuple[str, ...] = ()
    """Addresses to begin with; empty means the addresses of the crawled channels."""
    known: tuple[Discovery, ...] = ()
    """Rows of this scan's ledger, in the order in which they were told: the crawl goes on where it stopped."""
    previous: tuple[Discovery, ...] = ()
    """Rows of an earlier scan that were looked at well: asked for conditionally, and told as `unchanged`."""
    limits: Limits = field(default_factory=Limits)
    politeness: Politeness = field(default_factory=Politeness)
    robots: Literal["obey", "ignore"] = "obey"
    """`ignore` is the owner's override; the sitemaps that robots.txt names are read in both cases."""
    access: Mapping[str, Access] = field(default_factory=dict, repr=False)
    """Channel id → access."""
    inner_network: InnerNetwork = "own"
    verify_tls: bool = True
    proxy: str = field(default="", repr=False)
    """Address of an HTTP proxy, with its user and password, through which all is asked that does not lie in the inner
    network; empty: none."""

    def crawled(self) -> frozenset[str]:
        """Ids of the channels that are crawled."""
        return frozenset(self.crawl or (channel.id for channel in self.channels))

    def to_json(self) -> str:
        """The whole job in one line, secrets included: for a pipe, not for a file."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> CrawlJob:
        """The job again. Raises KeyError, TypeError or ValueError for anything else."""
        raw = json.loads(text)
        limits = {**raw["limits"], "trap": TrapLimits(**raw["limits"]["trap"])}
        access = {
            name: Access(entry["headers"], tuple(entry["basic_auth"]) if entry["basic_auth"] else None,
                         tuple(entry["cookies"]))
            for name, entry in raw["access"].items()
        }
        channels = tuple(
            ChannelScope(entry["id"], tuple(entry["urls"]), tuple(entry["exclude"]), tuple(entry["include"]),
                         bool(entry["follow"]), tuple(entry["pages"]))
            for entry in raw["channels"]
        )
        return cls(**{
            **raw,
            "channels": channels,
            "crawl": tuple(raw["crawl"]),
            "start": tuple(raw["start"]),
            "known": tuple(map(discovery, raw["known"])),
            "previous": tuple(map(discovery, raw["previous"])),
            "limits": Limits(**limits),
            "politeness": Politeness(**raw["politeness"]),
            "access": access,
        })


def discovery(raw: Mapping[str, Any]) -> Discovery:
    """A Discovery from its JSON form."""
    return Discovery(**{**raw, "state": LedgerState(raw["state"])})
