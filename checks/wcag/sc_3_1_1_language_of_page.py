"""3.1.1 Language of Page (A).

Looks at: axe-core's results in every state.
Fails: what axe-core confirms.
Cannot see: anything else.
Sources: WCAG 2.1 3.1.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.wcag.axe_rules import axe_outcomes
from scanner.model import Outcome, PageEvidence

CRITERION = "3.1.1"
NEEDS = ("axe",)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    yield from axe_outcomes(page, CRITERION)
