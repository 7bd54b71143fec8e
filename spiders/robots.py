"""robots.txt as RFC 9309 has it: what may be asked for, how slowly, and which sitemaps it names. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from protego import Protego

from spiders.scope import canonical

MAX_BYTES = 512_000
LONGEST_DELAY = 10.0
"""Seconds; a longer Crawl-delay is cut to this."""


@dataclass(frozen=True)
class Robots:
    """The rules of one host for our user agent."""

    rules: Protego | None = field(default=None, repr=False)
    closed: int = 0
    """Status of a robots.txt that failed (5xx): nothing may be asked for then. 0 when it did not fail."""
    sitemaps: tuple[str, ...] = ()

    @classmethod
    def read(cls, url: str, status: int, body: bytes) -> Robots:
        """The rules in an answer. 4xx or no answer at all: everything is allowed; 5xx: nothing is."""
        if status >= 500:
            return cls(closed=status)
        if status != 200:
            return cls()
        body = body[:MAX_BYTES]
        rules = Protego.parse(body.decode("utf-8", "replace"))
        found = (canonical(address, url) for address in rules.sitemaps)
        return cls(rules, 0, tuple(dict.fromkeys(filter(None, found)))[:100])

    def allows(self, url: str, agent: str) -> bool:
        """Whether this address may be asked for."""
        return not self.closed and (self.rules is None or bool(self.rules.can_fetch(url, agent)))

    def delay(self, agent: str) -> float:
        """Seconds between requests that the host asks for."""
        asked = self.rules.crawl_delay(agent) if self.rules else None
        return max(0.0, min(float(asked or 0.0), LONGEST_DELAY))
