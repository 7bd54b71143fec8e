"""1.2.1 Audio-only and Video-only (Prerecorded) (A).

Looks at: every sound, podcast player, link to a sound file, and film without sound; what stands near it and is called a
text version; the page behind such a link; whether the film's file really is silent.
Fails: nothing by itself. A text version may stand anywhere and be called anything, and only a person can compare it.
Each sound and each silent film becomes one question, with what was and was not found.
Cannot see: what is said or shown; text versions on other pages without a link.
Sources: WCAG 2.1 1.2.1; G158, G159, G166; ACT e7aa44, c3232f, ee13b5. axe-core's `audio-caption` says less than this
and is not used.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.wcag.media import Thing, none_for_sure, things
from scanner.model import Outcome, PageEvidence, Verdict

CRITERION = "1.2.1"
NEEDS = ("media",)
SETTLES = (Verdict.INAPPLICABLE,)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    found = list(things(page))
    for thing in found:
        if not thing.is_live and (thing.seen["kind"] == "audio" or thing.sound == "silent" or _could_be_silent(thing)):
            yield _question(thing)
    if none_for_sure(page) and not any(t.seen["kind"] == "audio" or t.sound != "sound" for t in found):
        yield page.inapplicable(CRITERION, "no-audio-only-or-silent-video")


def _could_be_silent(thing: Thing) -> bool:
    """Nothing is known of its sound, and it could not be loaded or starts without sound."""
    return thing.sound == "unknown" and bool(thing.is_background or thing.file.get("error") or thing.seen.get("error"))


def _question(thing: Thing) -> Outcome:
    text = thing.near("transcript", "instead") + thing.near("description")
    if thing.seen["kind"] == "audio":
        rule = "audio-compare-text" if text else "audio-no-text-found"
    elif thing.is_background:
        rule = "background-video-decorative"
    else:
        rule = "silent-video-compare-text" if text else "silent-video-no-text-found"
    sure = rule.endswith("no-text-found") and thing.seen["near"]["words"] < 20
    practice = Verdict.FAILED if sure else None
    return thing.look.cant_tell(CRITERION, rule, thing.seen, practice=practice, **thing.values())
