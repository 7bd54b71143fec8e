"""States of the page: see checks.states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.harness import SafetyLevel
from checks.states import explore
from scanner.model import StateEvidence

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.CLICK
SECONDS = 30.0
ORDER = 30


async def look(at: Look) -> list[StateEvidence]:
    """The states that were reached, and `explored` with what the controls said of themselves."""
    return await explore(at, SECONDS - 6)
