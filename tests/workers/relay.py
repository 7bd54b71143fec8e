"""A relay for one TCP port: `python relay.py PORT@ADDRESS TARGET`, the target PORT@ADDRESS or the path of a unix socket."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress


async def main(listen: str, target: str) -> None:
    """Relays until it is killed."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if "@" in target:
                port, host = target.split("@")
                there = await asyncio.open_connection(host, int(port))
            else:
                there = await asyncio.open_unix_connection(target)
        except OSError:
            writer.close()
            return
        await asyncio.gather(pump(reader, there[1]), pump(there[0], writer))

    port, host = listen.split("@")
    async with await asyncio.start_server(serve, host, int(port)) as server:
        await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
