"""2.5.4 Motion Actuation (A).

Looks at: every listener to motion or orientation of the device, in every frame (record `listeners`), and words on the
page that tell to shake or tilt.
Fails: nothing: whether the same can be done by a control, and whether motion can be turned off, is for a person.
Cannot see: gestures before the camera; sensors without such events.
Sources: WCAG 2.1 2.5.4; F106; G213; ACT 7677a9, c249d5.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Outcome, PageEvidence, Verdict

CRITERION = "2.5.4"
NEEDS = ("listeners",)
SETTLES = (Verdict.INAPPLICABLE,)

MOTION = frozenset({"devicemotion", "deviceorientation", "deviceorientationabsolute"})


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    for look, listeners in page.seen("listeners"):
        kinds = sorted({t for root in listeners["roots"] for t in root["types"]} & MOTION)
        if not kinds:
            if all(not frames.get("not_entered") for _, frames in page.seen("frames")):
                yield page.inapplicable(CRITERION, "no-motion-listeners")
            continue
        words = [w for seen_look, seen in page.seen("gestures") if seen_look.name == look.name
                 for w in seen["words"] if w["kind"] == "motion"]
        for word in sorted(words, key=lambda w: -len(str(w["text"])))[:1]:  # one listener, one question
            yield look.cant_tell(CRITERION, "motion-does-something", word, listens=kinds,
                                 text=" / ".join(str(w["text"]) for w in words)[:300])
        if not words:
            yield look.cant_tell(CRITERION, "motion-does-something", None, listens=kinds, text="")
