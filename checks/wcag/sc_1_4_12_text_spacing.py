"""1.4.12 Text Spacing (AA).

Looks at: axe-core's results in every state.
Fails: what axe-core confirms.
Cannot see: anything else.
Sources: WCAG 2.1 1.4.12.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.wcag.axe_rules import axe_outcomes
from scanner.model import Outcome, PageEvidence

CRITERION = "1.4.12"
NEEDS = ("axe",)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    yield from axe_outcomes(page, CRITERION)
