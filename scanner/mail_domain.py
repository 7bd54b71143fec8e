"""Whether a domain takes mail: asks the system's name servers for its MX records, and its address when it has none.

One UDP question and answer as RFC 1035 writes them; of an answer only the code and the count are read. Where no name
server is known or none answers, the answer is that it cannot be told.
"""

from __future__ import annotations

import re
import secrets
import socket
import struct
from collections.abc import Sequence
from pathlib import Path

MX = 15
SECONDS = 3.0
_NO_ERROR, _NO_SUCH_NAME = 0, 3
_RESOLVERS = Path("/etc/resolv.conf")


def takes_mail(domain: str, servers: Sequence[tuple[str, int]] | None = None) -> bool | None:
    """True: it has mail servers, or at least an address. False: there is no such domain. None: it cannot be told."""
    try:
        name = domain.strip().rstrip(".").encode("idna")
    except UnicodeError:
        return False
    if not name or len(name) > 253:
        return False
    for server in (name_servers() if servers is None else servers)[:3]:
        told = _ask(name, server)
        if told is None:
            continue
        code, answers = told
        if code == _NO_SUCH_NAME:
            return False
        if code == _NO_ERROR and answers:
            return True
        if code == _NO_ERROR:
            return True if _has_address(name.decode("ascii")) else None
    return None


def name_servers() -> list[tuple[str, int]]:
    """The system's name servers, by address; none where the system keeps them elsewhere."""
    try:
        lines = _RESOLVERS.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
    return [(found[1], 53) for line in lines if (found := re.match(r"nameserver\s+([0-9a-fA-F.:]+)", line.strip()))]


def _ask(name: bytes, server: tuple[str, int]) -> tuple[int, int] | None:
    number = secrets.randbelow(1 << 16)
    labels = b"".join(bytes([len(part)]) + part for part in name.split(b"."))
    question = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", MX, 1)
    kind = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
    try:
        with socket.socket(kind, socket.SOCK_DGRAM) as asked:
            asked.settimeout(SECONDS)
            asked.connect(server)
            asked.send(question)
            told = asked.recv(4096)
    except OSError:
        return None
    if len(told) < 12:
        return None
    back, flags, _, answers = struct.unpack(">HHHH", told[:8])
    return (flags & 0xF, answers) if back == number and flags & 0x8000 else None


def _has_address(name: str) -> bool:
    try:
        return bool(socket.getaddrinfo(name, 25, type=socket.SOCK_STREAM))
    except OSError:
        return False
