"""1.2.4 Captions (Live) (AA).

Looks at: films that have no end, or whose name, address or heading says that they are live, such as the meetings of a
municipal council; caption files and caption buttons near them.
Fails: nothing: captions of a broadcast can only be seen while it runs.
Cannot see: broadcasts that are not announced on the page; the captions themselves.
Sources: WCAG 2.1 1.2.4; G9, G87, G93.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.wcag.media import Thing, none_for_sure, things
from scanner.model import Outcome, PageEvidence, Verdict

CRITERION = "1.2.4"
NEEDS = ("media",)
SETTLES = (Verdict.INAPPLICABLE,)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    found: list[Thing] = [t for t in things(page) if t.seen["kind"] == "video" and not t.is_background]
    for thing in found:
        if thing.is_live:
            yield thing.look.cant_tell(CRITERION, "live-captions", thing.seen, **thing.values())
    if not any(thing.is_live or thing.seen["how"] == "player" for thing in found) and none_for_sure(page):
        yield page.inapplicable(CRITERION, "no-live-video")
