"""4.1.1 Parsing (A).

Looks at: by default nothing. W3C's note of 2023 to WCAG 2.1 says that this criterion is to be taken as met by any
page in HTML or XML: browsers repair markup in one and the same way. With the switch `Reading.TEXT_2018` it looks at
ids.
Fails: under the text of 2018, an id that stands more than once in one document.
Cannot see: under the text of 2018, double attributes and start and end tags that do not match: those are in the
source that the server sent, which is not kept.
Sources: WCAG 2.1 4.1.1 with its note; EN 301 549 v3.2.1 9.4.1.1, which cites the text of 2018; F70, F77; decision
0029.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from enum import StrEnum

from scanner.model import Outcome, PageEvidence, Verdict

CRITERION = "4.1.1"
NEEDS = ("facts",)
SETTLES = (Verdict.PASSED,)


class Reading(StrEnum):
    """Which text of the criterion is applied."""

    NOTE_2023 = "note of 2023"
    TEXT_2018 = "text of 2018"


reading: ContextVar[Reading] = ContextVar("reading of 4.1.1", default=Reading.NOTE_2023)
"""The policy of the organisation tested; whoever starts a judgement sets it: `reading.set(Reading.TEXT_2018)`."""


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    if reading.get() is Reading.NOTE_2023:
        yield page.passed(CRITERION, "parsing-met-by-note")
        return
    looked = False
    for look, seen in page.seen("parsing"):
        looked = True
        for double in seen["duplicates"]:
            yield look.failed(CRITERION, "id-twice", double, id=double["id"], times=double["count"])
    if not looked:
        yield page.untested(CRITERION, "parsing-source-not-kept", reason=page.missing("parsing"))
