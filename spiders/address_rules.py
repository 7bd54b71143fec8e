"""Keeps a scanned site from sending the scanner to where it has no business: the inner network and metadata services.

A page can name any address, a host name can point anywhere, and it can point elsewhere a second later (DNS
rebinding). So the guard sits where names become addresses: spiders.address_guard asks it each time the crawler
connects, redirects included. A name is resolved once per crawl and keeps its addresses.

An inner address (loopback, private, link-local, carrier-grade NAT, reserved) is refused, unless it is what a
channel's own configured host resolved to when the crawl began. Metadata services of clouds are refused always, unless
a channel's configured address is that very number.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from spiders.scope import canonical

InnerNetwork = Literal["own", "never"]
"""`own`: inner addresses are allowed for hosts that a channel names; `never`: for nobody."""

Lookup = Callable[[str], Sequence[str]]
"""Name in, IP addresses out; raises OSError when there are none."""

_METADATA = frozenset(
    map(ipaddress.ip_address, ("169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192", "fd00:ec2::254"))
)
_SHARED = ipaddress.ip_network("100.64.0.0/10")


class RefusedAddress(OSError):
    """The host lies where this crawl may not go."""


def danger(address: str) -> str:
    """What kind of inner address this is (`metadata`, `loopback`, `private`, …), or empty for a public one.

    IPv4 addresses inside IPv6 (mapped, 6to4, NAT64) are judged as what they stand for. Raises ValueError for text
    that is no IP address.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inside = ip.ipv4_mapped or ip.sixtofour
        if inside is None and ip in ipaddress.ip_network("64:ff9b::/96"):
            inside = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inside is not None:
            return danger(str(inside))
    if ip in _METADATA:
        return "metadata"
    kinds = (
        ("loopback", ip.is_loopback),
        ("link-local", ip.is_link_local),
        ("unspecified", ip.is_unspecified),
        ("multicast", ip.is_multicast),
        ("private", ip.is_private or ip in _SHARED),
        ("reserved", ip.is_reserved),
    )
    return next((kind for kind, yes in kinds if yes), "" if ip.is_global else "reserved")


def look_up(host: str) -> Sequence[str]:
    """The addresses of a host by the system's resolver. Blocks; raises OSError when the name is unknown."""
    return list(dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)))


@dataclass
class Guard:
    """Says which addresses a host may be reached at; remembers the answer for the length of the crawl."""

    inner: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Host of a channel → inner addresses it had when the crawl began."""
    lookup: Lookup = look_up
    _known: dict[str, tuple[str, ...]] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def for_addresses(
        cls, urls: Iterable[str], inner_network: InnerNetwork = "own", lookup: Lookup = look_up
    ) -> Guard:
        """A guard for channels with these addresses. Resolves each host once; unknown names are left for later."""
        inner: dict[str, frozenset[str]] = {}
        for url in urls:
            host = host_of(url)
            if host and host not in inner and inner_network == "own":
                try:
                    addresses = lookup(host)
                except OSError:
                    continue
                kinds = {address: danger(address) for address in addresses}
                inner[host] = frozenset(
                    address for address, kind in kinds.items() if kind and (kind != "metadata" or address == host)
                )
        return cls(inner, lookup)

    def addresses(self, host: str) -> tuple[str, ...]:
        """Addresses at which this host may be reached. Raises RefusedAddress, or OSError when the name is unknown."""
        host = host.strip("[]").rstrip(".").lower()
        if host not in self._known:
            found = self.lookup(host)
            allowed = self.inner.get(host, frozenset())
            good = tuple(address for address in found if not danger(address) or address in allowed)
            if not good:
                kinds = ", ".join(sorted({danger(address) for address in found}))
                raise RefusedAddress(f"{host} is a {kinds} address")
            self._known[host] = good
        return self._known[host]


def host_of(url: str) -> str:
    """The host name or number of an address, without brackets and port; empty when it is not an http(s) address."""
    return urlsplit(canonical(url) or "").hostname or ""
