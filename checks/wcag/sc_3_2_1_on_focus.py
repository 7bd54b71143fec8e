"""3.2.1 On Focus (A).

Looks at: nothing yet.
Fails: nothing.
Cannot see: anything else.
Sources: WCAG 2.1 3.2.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Outcome, PageEvidence

CRITERION = "3.2.1"
NEEDS = ("facts",)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    yield from ()
