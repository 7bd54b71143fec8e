"""4.1.3 Status Messages (AA).

Looks at: nothing yet.
Fails: nothing.
Cannot see: anything else.
Sources: WCAG 2.1 4.1.3.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Outcome, PageEvidence

CRITERION = "4.1.3"
NEEDS = ("facts",)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    yield from ()
