"""Where the browser and the other clients of a scan may connect to: the rules of the crawl, for one channel.

Public addresses always. An inner address (loopback, private, link-local, …) only when the channel's own hosts, or the
hosts of `inner_hosts` in the settings, lay there when the scan began, and `inner_network` is not `never`. Metadata
services of clouds only for a channel whose address is that very number.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from checks.gate import Reach, is_inner
from scanner.config import Channel, Config
from scanner.secrets import secret
from spiders.address_rules import Guard, InnerNetwork, Lookup, danger, look_up
from spiders.reasons import Why

REMEMBERED = 60.0
"""Seconds that the answer for a name is used again. Each answer is judged, so a name that turns gains nothing."""
MOST_NAMES = 10_000


def own_addresses(channel: Channel) -> tuple[str, ...]:
    """The addresses that the user wrote down for a channel: its own, the pages, and where login and journeys go."""
    steps = [*(channel.login.steps if channel.login else ()), *(s for j in channel.journeys for s in j.steps)]
    return (
        channel.url,
        *channel.also,
        *channel.pages,
        *(journey.start for journey in channel.journeys),
        *(step.goto for step in steps if step.goto),
    )


def reach(
    addresses: Iterable[str],
    inner_network: InnerNetwork = "own",
    inner_hosts: Sequence[str] = (),
    lookup: Lookup = look_up,
) -> Reach:
    """Host → IP addresses where it may be reached. The function raises OSError with one of the words of a reason."""
    named = [*addresses, *(f"http://{host}/" for host in inner_hosts)]
    inner = Guard.for_addresses(named, inner_network, lookup).inner
    # Another name for a machine that the channel is on is no way in: nothing is reached that its number would not.
    own = frozenset(address for found in inner.values() for address in found)
    known: dict[str, tuple[float, tuple[str, ...]]] = {}

    def allowed(host: str) -> Sequence[str]:
        host = host.strip("[]").rstrip(".").lower()
        at, good = known.get(host, (0.0, ()))
        if not good or time.monotonic() - at > REMEMBERED:
            try:
                good = tuple(address for address in lookup(host) if not danger(address) or address in own)
            except (OSError, ValueError) as error:
                raise OSError(Why.NAME_UNKNOWN) from error
            if not good:
                raise OSError(Why.INNER_ADDRESS)
            if len(known) < MOST_NAMES:
                known[host] = time.monotonic(), good
        return good

    return allowed


def proxy_of(config: Config) -> str:
    """Address of the proxy that leads out, with its user and password if it asks for them; empty: none.

    Raises SecretMissing.
    """
    scan = config.scan
    if not scan.proxy_user:
        return scan.proxy
    password = secret(scan.proxy_secret, config.storage.folder / "secrets")
    return scan.proxy.replace("//", f"//{quote(scan.proxy_user, safe='')}:{quote(password, safe='')}@", 1)


class GuardedTransport(httpx.AsyncHTTPTransport):
    """An httpx transport that connects only to allowed addresses, whatever name or redirect leads there; with a proxy,
    through it to all that does not lie in the inner network."""

    def __init__(self, allowed: Reach, proxy: str = "", **options: Any) -> None:
        super().__init__(**options)
        self._allowed = allowed
        self._proxy = httpx.AsyncHTTPTransport(proxy=proxy, **options) if proxy else None

    async def aclose(self) -> None:
        """As httpx calls it."""
        if self._proxy is not None:
            await self._proxy.aclose()
        await super().aclose()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """As httpx calls it: the name becomes the address that was found allowed, TLS still checks the name."""
        host = request.url.host
        try:
            addresses = await asyncio.to_thread(self._allowed, host)
        except OSError as error:
            if self._proxy is None or str(error) != Why.NAME_UNKNOWN:
                raise httpx.ConnectError(str(error), request=request) from error
            addresses = ()
        if self._proxy is not None and not is_inner(addresses):
            return await self._proxy.handle_async_request(request)
        return await super().handle_async_request(
            httpx.Request(
                request.method,
                request.url.copy_with(host=addresses[0]),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": request.url.raw_host.decode("ascii")},
            )
        )
