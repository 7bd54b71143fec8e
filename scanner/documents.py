"""Fetches PDF files and has them looked into: politely, bounded, each content once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import httpx

from checks.pdf import look_into_apart
from scanner.model import Json

MAX_BYTES = 50_000_000
SECONDS = 60.0


async def read(urls: Sequence[str], client: Mapping[str, Any], gap: float) -> AsyncIterator[tuple[int, str, Json]]:
    """Number, address and record of each file, in order. A file that could not be had has a record that says why.

    `client`: arguments of the httpx client that asks; `gap`: seconds between two requests.
    """
    known: dict[str, Json] = {}
    async with httpx.AsyncClient(**client) as asking:
        for number, url in enumerate(urls):
            data, trouble = await download(asking, url)
            if trouble:
                yield number, url, {"trouble": trouble}
            else:
                digest = hashlib.sha256(data).hexdigest()
                if digest not in known:
                    known[digest] = await look_into_apart(data)
                yield number, url, known[digest]
            await asyncio.sleep(gap)


async def download(client: httpx.AsyncClient, url: str) -> tuple[bytes, str]:
    """A file's bytes, or why they could not be had; never more than MAX_BYTES, never longer than SECONDS."""
    data = bytearray()
    try:
        async with asyncio.timeout(SECONDS), client.stream("GET", url) as answer:
            if answer.status_code != 200:
                return b"", f"status {answer.status_code}"
            async for chunk in answer.aiter_bytes():
                data += chunk
                if len(data) > MAX_BYTES:
                    return b"", f"larger than {MAX_BYTES // 1_000_000} MB"
    except (httpx.HTTPError, TimeoutError) as error:
        return b"", f"{type(error).__name__} {error}".strip()[:200]
    return bytes(data), ""
