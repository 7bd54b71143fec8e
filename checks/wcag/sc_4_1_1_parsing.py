"""4.1.1 Parsing (A).

Looks at: nothing yet.
Fails: nothing.
Cannot see: anything else.
Sources: WCAG 2.1 4.1.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Outcome, PageEvidence

CRITERION = "4.1.1"
NEEDS = ("facts",)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    yield from ()
