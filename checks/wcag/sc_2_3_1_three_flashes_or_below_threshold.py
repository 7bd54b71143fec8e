"""2.3.1 Three Flashes or Below Threshold (A).

Looks at: animations, animated pictures and films that start by themselves and change at least six times a second. Each
is measured picture by picture: animations stepped in thirtieths of a second, picture files decoded, films as shown.
Fails: at least eight opposing changes of luminance (four flashes) within one second, together over a quarter of any
341 x 256 CSS px.
Cannot see: films that a visitor starts; films of other sites; flashing that starts after an action. What a script makes
lighter and darker at least six times a second is a question.
Sources: WCAG 2.1 2.3.1 and its flash thresholds; G15, G19, G176.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Outcome, PageEvidence, Verdict

CRITERION = "2.3.1"
NEEDS = ("moving", "motion")
SETTLES = (Verdict.PASSED, Verdict.INAPPLICABLE)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    doubtful = False  # something was found, or something could not be measured
    measured = 0
    for look, motion in page.seen("motion"):
        for flash in motion["flashes"]:
            values = {"kind": flash["kind"], "changes": flash.get("changes", 0), "area": flash.get("area", 0),
                      "red": bool(flash.get("red"))}
            if not flash["measured"]:
                doubtful = True
                yield look.cant_tell(CRITERION, "flashes-not-measured", flash, reason=flash["why"], **values)
            elif flash["too_much"]:
                doubtful = True
                yield look.failed(CRITERION, "flashes-too-fast", flash, replay=("load the page", "look"), **values)
            elif flash["near"]:
                doubtful = True
                yield look.cant_tell(CRITERION, "flashes-near-limit", flash, **values)
            else:
                measured += 1
        doubtful |= any(r["kind"] == "canvas" and r["moves"] for r in motion["regions"]) or bool(motion["in_frames"])
    for look, clock in page.seen("clock"):
        for flicker in clock.get("flickers", ()):
            doubtful = True
            yield look.cant_tell(CRITERION, "flashes-by-script", flicker, changes=flicker["turns"],
                                 area=round(flicker["box"][2] * flicker["box"][3]), replay=("load the page", "look"))
    entered = all(not frames.get("not_entered") for _, frames in page.seen("frames"))
    if doubtful or not entered or page.first("motion") is None:
        return
    if measured:
        yield page.passed(CRITERION, "flashes-below-limit", measured=measured)
    elif _plays_nothing(page):
        yield page.inapplicable(CRITERION, "nothing-flashes-by-itself")


def _plays_nothing(page: PageEvidence) -> bool:
    """No film that a visitor could start: that would have to be looked at."""
    return all(thing["kind"] != "video" for _, seen in page.seen("media") for thing in seen["things"])
