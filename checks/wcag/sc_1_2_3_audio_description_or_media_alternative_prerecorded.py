"""1.2.3 Audio Description or Media Alternative (Prerecorded) (A).

Looks at: nothing yet.
Fails: nothing.
Cannot see: anything else.
Sources: WCAG 2.1 1.2.3.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Outcome, PageEvidence

CRITERION = "1.2.3"
NEEDS = ("facts",)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    yield from ()
