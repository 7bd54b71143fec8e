"""2.5.2 Pointer Cancellation (A).

Looks at: nothing yet.
Fails: nothing.
Cannot see: anything else.
Sources: WCAG 2.1 2.5.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Outcome, PageEvidence

CRITERION = "2.5.2"
NEEDS = ("facts",)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    yield from ()
