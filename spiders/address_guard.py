"""Puts spiders.address_rules where Twisted turns host names into addresses: no connection goes round it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer  # type: ignore[import-untyped]

from spiders.address_rules import Guard

_current: Guard | None = None


def arm(guard: Guard) -> None:
    """Make this guard the one that the process's resolver asks. One crawl per process."""
    global _current
    _current = guard


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Looking up cannot be stopped; its answer is then ignored."""
        raise NotImplementedError


@implementer(IHostnameResolver)
class GuardedResolver:
    """Twisted's name resolver with the guard in it (Scrapy setting TWISTED_DNS_RESOLVER). IPv4 and IPv6."""

    def __init__(self, reactor: Any, guard: Guard) -> None:
        self._reactor = reactor
        self._guard = guard

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> GuardedResolver:
        """As Scrapy builds it; without an armed guard, one that knows no inner host."""
        return cls(reactor, _current or Guard())

    def install_on_reactor(self) -> None:
        """As Scrapy calls it."""
        self._reactor.installNameResolver(self)

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """Hands the allowed addresses to the receiver; none for a refused or unknown host (a DNS error follows)."""
        from twisted.internet.threads import deferToThreadPool

        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)

        def told(addresses: tuple[str, ...]) -> None:
            for address in addresses:
                kind = IPv6Address if ":" in address else IPv4Address
                if addressTypes is None or kind in addressTypes:
                    resolutionReceiver.addressResolved(kind("TCP", address, portNumber))
            resolutionReceiver.resolutionComplete()

        def lost(_: object) -> None:
            resolutionReceiver.resolutionComplete()

        pool = self._reactor.getThreadPool()
        deferToThreadPool(self._reactor, pool, self._guard.addresses, hostName).addCallbacks(told, lost)
        return resolution  # type: ignore[return-value]
