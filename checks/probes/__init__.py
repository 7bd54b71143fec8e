"""Probes: one file per thing seen. A probe has no opinion; a check in `checks.wcag` says what it means.

Page probes are JavaScript, `NAME.js`: one function `(S, argument) => ({…})` that only reads the page. They run in every
frame on every page, together in one call. Their first line names the states they run in: `// Runs in: base 320`.
Lists in their result are joined over frames; other values are the top document's. Elements are written by `S.place`.

Deep probes are Python, `NAME.py`: they touch the page, in contexts of their own, behind the safety harness:

    LEVEL = SafetyLevel.CLICK     what they need the channel to allow
    SECONDS = 20                  their time box
    ORDER = 50                    lower runs first (default 50)
    async def look(at: Look) -> Json        (or list[StateEvidence]: states they led the page into)
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

NOT_PROBES = ("library.js", "axe.js")


@dataclass(frozen=True)
class DeepProbe:
    """A probe that touches the page."""

    name: str
    level: int
    seconds: float
    order: int
    look: Callable[[Any], Awaitable[Any]]


@lru_cache
def _page_probes() -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    for path in sorted(files(__name__).iterdir(), key=lambda p: p.name):
        if path.name.endswith(".js") and path.name not in NOT_PROBES:
            first = path.read_text("utf-8").partition("\n")[0]
            if not first.startswith("// Runs in:"):
                raise ValueError(f"{path.name}: the first line must be `// Runs in: STATE …`")
            found.append((path.name[:-3], tuple(first.removeprefix("// Runs in:").split())))
    return tuple(found)


def page_probes(state: str) -> tuple[str, ...]:
    """Names of the page probes that run in this state; states that deep probes lead to run those marked `any`."""
    return tuple(name for name, states in _page_probes() if state in states or "any" in states)


@lru_cache
def deep_probes() -> tuple[DeepProbe, ...]:
    """All deep probes in running order."""
    found = []
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        if hasattr(module, "look"):
            found.append(DeepProbe(info.name, module.LEVEL, module.SECONDS, getattr(module, "ORDER", 50), module.look))
    return tuple(sorted(found, key=lambda probe: (probe.order, probe.name)))
