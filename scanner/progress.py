"""How far a scan is, told by who scans to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How far a scan is, for whoever shows it."""

    channel: str
    stage: str
    done: int
    found: int
    url: str = ""
    seconds: float = 0.0
    """Since the stage began."""

    @property
    def per_minute(self) -> float:
        """Pages a minute in this stage."""
        return self.done / self.seconds * 60 if self.seconds else 0.0

    @property
    def left(self) -> float | None:
        """Seconds left at this rate; None while unknown."""
        return (self.found - self.done) / (self.done / self.seconds) if self.done and self.seconds else None


Show = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """Shows nothing."""
