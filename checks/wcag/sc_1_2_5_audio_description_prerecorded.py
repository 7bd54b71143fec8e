"""1.2.5 Audio Description (Prerecorded) (AA).

Looks at: every film that has or may have sound; description tracks, and links or buttons for a described version. A
text version is not enough here.
Fails: nothing by itself: only a person sees whether the picture tells what the sound does not.
Cannot see: what is said or shown; a second sound track with description in a player of another company.
Sources: WCAG 2.1 1.2.5; G78, G173, G203, H96, F113; ACT 1ec09b.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.wcag.media import Thing, none_for_sure, things
from scanner.model import Outcome, PageEvidence, Verdict

CRITERION = "1.2.5"
NEEDS = ("media",)
SETTLES = (Verdict.INAPPLICABLE,)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    found = [t for t in things(page) if t.seen["kind"] == "video" and t.sound != "silent" and not t.is_background]
    for thing in found:
        if not thing.is_live:
            yield _question(thing)
    if not found and none_for_sure(page):
        yield page.inapplicable(CRITERION, "no-video-with-sound")


def _question(thing: Thing) -> Outcome:
    some = thing.tracks_of("descriptions") + thing.near("description")
    rule = "audio-description-compare" if some else "audio-description-none-found"
    return thing.look.cant_tell(CRITERION, rule, thing.seen, **thing.values())
