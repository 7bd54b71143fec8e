"""The browser's only way out: a gate that decides for each connection whether it may be made.

A page can name any address, a name can point anywhere, and elsewhere a second later. So every connection of the browser
(documents, scripts, frames, workers, sockets, redirects, prefetches) goes through this SOCKS5 gate: the browser looks
up no names, and the gate connects to the very addresses that it was told are allowed. It listens on the loopback
interface, or on `at` for a browser of another machine. Decisions 0038 and 0046.

In: `reach`, a function from a host name or number to the IP addresses where it may be reached; it raises OSError with
the reason in words when there are none. With a proxy (decision 0049) whatever does not lie in the inner network is
reached through it, names that cannot be looked up here included. The gate runs in a thread with an event loop of its
own, so that a busy scanner does not slow the pages down.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import threading
from base64 import b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from fnmatch import fnmatch
from types import TracebackType
from urllib.parse import unquote, urlsplit

from checks.hindrance import Hindrance, told

log = logging.getLogger(__name__)

Reach = Callable[[str], Sequence[str]]

SECONDS = 15.0
"""For looking a name up and connecting."""
MOST_CONNECTIONS = 1_000
REFUSED = "connection refused"
UNKNOWN = "host name unknown"
LONGEST_ANSWER = 1 << 14
"""Bytes of a proxy's answer to CONNECT."""
_PIECE = 1 << 16
_GRANTED, _FAILED, _NOT_ALLOWED, _UNREACHABLE = b"\0", b"\1", b"\2", b"\4"


class Gate:
    """A running gate; use in a with statement."""

    def __init__(self, reach: Reach, blocked: Sequence[str] = (), at: str = "127.0.0.1", proxy: str = "") -> None:
        self._reach = reach
        self._proxy = proxy
        self._blocked = tuple(name.lower() for name in blocked)
        self._at = at
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="gate", daemon=True)
        self._listening: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self._why: dict[tuple[str, int], str] = {}
        self.address = ""
        """Where the browser finds the gate, as a proxy is written."""

    def __enter__(self) -> Gate:
        self._thread.start()
        self._listening = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._accept, self._at, 0), self._loop
        ).result(10)
        self.address = f"socks5://{self._at}:{self._listening.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def why(self, url: str) -> str:
        """Why the last connection to the host of this address was not made; empty when it was, or never asked for."""
        parts = urlsplit(url)
        try:
            port = parts.port or (443 if parts.scheme in ("https", "wss") else 80)
        except ValueError:
            return ""
        return self._why.get(((parts.hostname or "").rstrip("."), port), "")

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    async def _shut(self) -> None:
        if self._listening is not None:
            self._listening.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._loop.shutdown_default_executor()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if len(self._open) >= MOST_CONNECTIONS:
            writer.close()
            return
        self._open.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, EOFError, TimeoutError, asyncio.CancelledError):
            pass  # either side went away
        finally:
            self._open.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(SECONDS):
            asked = await _asked(reader, writer)
        if asked is None:
            return
        host, port = asked
        answer = _GRANTED
        try:
            async with asyncio.timeout(SECONDS):
                there, out = await self._connect(host, port)
        except OSError as error:  # a TimeoutError is one too
            known = isinstance(error, (ConnectionError, TimeoutError))
            self._note(host, port, REFUSED if known else str(error) or REFUSED)
            answer = _UNREACHABLE if known else _NOT_ALLOWED
            log.debug("gate: %s:%d: %s", host, port, error)
        writer.write(b"\5" + answer + b"\0\1" + bytes(6))
        await writer.drain()
        if answer is not _GRANTED:
            return
        self._why.pop((host, port), None)
        try:
            await asyncio.gather(_pour(reader, out), _pour(there, writer))
        finally:
            out.close()

    def _note(self, host: str, port: int, reason: str) -> None:
        if len(self._why) < 10_000:
            self._why[host, port] = reason

    async def _connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to the first allowed address that answers, or through the proxy. Raises OSError."""
        if any(fnmatch(host, pattern) for pattern in self._blocked):
            raise OSError(Hindrance.BLOCKED)
        try:
            addresses = await self._loop.run_in_executor(None, self._reach, host)
        except OSError as error:
            if not self._proxy or str(error) != UNKNOWN:
                raise
            addresses = ()
        if self._proxy and not is_inner(addresses):
            return await connect_through(self._proxy, host, port)
        trouble: OSError = OSError(UNKNOWN)
        for address in addresses:
            try:
                async with asyncio.timeout(SECONDS / 2 if len(addresses) > 1 else SECONDS):
                    return await asyncio.open_connection(address, port, limit=_PIECE)
            except OSError as error:
                trouble = error if isinstance(error, ConnectionError) else ConnectionError(str(error))
        raise trouble


def is_inner(addresses: Sequence[str]) -> bool:
    """Whether these addresses of one host lie in the inner network, where no proxy leads."""
    return any(not ipaddress.ip_address(address.partition("%")[0]).is_global for address in addresses)


async def connect_through(proxy: str, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection that an HTTP proxy makes for us (RFC 9110, CONNECT). Raises OSError with the reason in words."""
    there = urlsplit(proxy)
    try:
        reader, writer = await asyncio.open_connection(there.hostname, there.port, limit=_PIECE)
    except OSError as error:
        raise OSError(Hindrance.PROXY_SILENT) from error
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    asks = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if there.username:
        login = f"{unquote(there.username)}:{unquote(there.password or '')}".encode()
        asks.append(f"Proxy-Authorization: Basic {b64encode(login).decode()}")
    try:
        writer.write("\r\n".join([*asks, "", ""]).encode("ascii", "replace"))
        answer = await reader.readuntil(b"\r\n\r\n")
        status = answer[:LONGEST_ANSWER].split(b" ", 2)[1].decode("ascii", "replace")
    except (OSError, EOFError, ValueError, IndexError, asyncio.LimitOverrunError) as error:
        writer.close()
        raise OSError(Hindrance.PROXY_SILENT) from error
    except asyncio.CancelledError:  # it took too long
        writer.close()
        raise
    if not status.startswith("2"):
        writer.close()
        raise OSError(told(Hindrance.PROXY_REFUSED, status[:3]))
    return reader, writer


async def _asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int] | None:
    """The host and port that the browser wants (RFC 1928, no password); None when it speaks otherwise."""
    version, methods = await reader.readexactly(2)
    if version != 5 or 0 not in await reader.readexactly(methods):
        return None
    writer.write(b"\5\0")
    version, command, _, kind = await reader.readexactly(4)
    if version != 5 or command != 1:
        return None
    if kind == 3:
        size = (await reader.readexactly(1))[0]
        host = (await reader.readexactly(size)).decode("ascii", "replace").lower().rstrip(".")
    elif kind in (1, 4):
        host = str(ipaddress.ip_address(await reader.readexactly(4 if kind == 1 else 16)))
    else:
        return None
    return host, int.from_bytes(await reader.readexactly(2), "big")


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Everything from one side to the other; then that side hears that there is no more."""
    try:
        while piece := await source.read(_PIECE):
            sink.write(piece)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()
    except OSError:
        sink.close()
