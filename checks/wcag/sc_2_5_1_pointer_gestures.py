"""2.5.1 Pointer Gestures (A).

Looks at: everything that listens to fingers or to a moving pointer; each is swiped with a finger, or else
pinched with two, and then every control near it, and the thing itself, is clicked; maps and their zoom buttons.
Fails: a swipe, twice seen, changes what is shown, the browser did not scroll it, and neither a control near it nor a
click on the thing itself changes it. What only two fingers change is a question.
Cannot see: gestures that the whole document handles; pinching of what can be swiped too; whether the content is also
elsewhere on the page; whether a path is essential (drawing, a signature).
Sources: WCAG 2.1 2.5.1; F105; G215, G216.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Outcome, PageEvidence, Verdict

CRITERION = "2.5.1"
NEEDS = ("listeners", "gestures", "swipes")
SETTLES = (Verdict.PASSED, Verdict.INAPPLICABLE)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    found = []
    for look, gestures in page.seen("gestures"):
        for canvas_map in gestures["maps"]:
            if not canvas_map["zoom"]:
                found.append(look.cant_tell(CRITERION, "map-without-zoom-buttons", canvas_map))
    for look, swipes in page.seen("swipes"):
        for swiped in swipes["swiped"]:
            if swiped["by_click"]:
                continue
            values = {"name": swiped.get("name") or swiped.get("text", "")[:80], "tried": list(swiped["tried"])}
            if swiped["direction"] == "apart":
                # The browser's own zoom, or a double tap, may do the same.
                replay = ("move two fingers apart over it", "find a button that does the same")
                found.append(look.cant_tell(CRITERION, "pinch-only-maybe", swiped, practice=Verdict.FAILED,
                                            replay=replay, **values))
            elif swiped["twice"]:
                replay = (f"swipe to the {swiped['direction']} over it", "find a button that does the same")
                found.append(look.failed(CRITERION, "swipe-only", swiped, replay=replay, **values))
            else:
                found.append(look.cant_tell(CRITERION, "swipe-only-maybe", swiped, **values))
    yield from found
    swipes_seen, gestures_seen = page.first("swipes"), page.first("gestures")
    if found or swipes_seen is None or gestures_seen is None:
        return
    if not swipes_seen["gestures"]:
        yield page.inapplicable(CRITERION, "no-pointer-gestures")
    elif swipes_seen["swiped"] and not swipes_seen["left"] and not gestures_seen["canvases"]:
        yield page.passed(CRITERION, "swipes-have-buttons", swiped=len(swipes_seen["swiped"]))
