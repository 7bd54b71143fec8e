"""1.2.2 Captions (Prerecorded) (A).

Looks at: every film that has or may have sound, its caption files (fetched and read: missing, empty, shorter than the
film), caption buttons of its player, and what stands near it.
Fails: nothing by itself: text may be burnt into the picture, and a film may repeat a text that stands beside it. A film
with sound without any sign of captions, or with a caption file that is missing or empty, is said to fail in practice.
Cannot see: what is said; captions inside players of other companies; whether captions are right.
Sources: WCAG 2.1 1.2.2; G87, G93, H95, F8, F74, F75; ACT eac66b, f51b46. axe-core's `video-caption` says less than this
and is not used.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.wcag.media import Thing, none_for_sure, things
from scanner.model import Outcome, PageEvidence, Verdict

CRITERION = "1.2.2"
NEEDS = ("media",)
SETTLES = (Verdict.INAPPLICABLE,)
COVERED = 0.6
"""Captions that end before this share of the film are suspect."""


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    found = [t for t in things(page) if t.seen["kind"] == "video" and t.sound != "silent" and not t.is_background]
    for thing in found:
        if not thing.is_live or thing.sound == "sound":
            yield _question(thing)
    if not found and none_for_sure(page):
        yield page.inapplicable(CRITERION, "no-video-with-sound")


def _question(thing: Thing) -> Outcome:
    good, broken = thing.tracks_of("captions", "subtitles"), thing.broken("captions", "subtitles")
    seconds = float(thing.file.get("duration") or thing.seen.get("duration") or 0)
    practice = None
    if good and seconds and max(float(t.get("last", seconds)) for t in good) < COVERED * seconds:
        rule = "captions-end-early"
    elif good:
        rule = "captions-compare"
    elif broken:
        rule, practice = "captions-file-broken", Verdict.FAILED
    elif thing.seen["how"] != "element" or thing.near("captions"):
        rule = "captions-in-player"
    elif thing.near("instead"):
        rule = "captions-or-instead-of-text"
    else:
        rule, practice = "captions-none-found", Verdict.FAILED if thing.sound == "sound" else None
    return thing.look.cant_tell(CRITERION, rule, thing.seen, practice=practice, **thing.values())
