"""2.4.7 Focus Visible (AA).

Looks at: pictures of every Tab stop (one of each kind that is drawn by the same rules) without and with focus: around
the element, then the whole screen, several times, with the text caret shown.
Fails: a stop where not one pixel changes, seen in two fresh pages, the second time with a real Tab press where the
page then lies; also when the stop lies outside the screen, is hidden from sight all the time (a skip link that never
comes into view), or lies wholly under a bar that stays in place.
Cannot see: whether a faint sign is enough for people (a change of fewer than 10 pixels, or less than 1.2 to 1, is put
to a person); stops past the cap of 150, or past the time for pictures: those stay undecided.
Sources: WCAG 2.1 2.4.7; F55, F78; ACT oj04fd.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from checks.wcag.sc_2_1_2_no_keyboard_trap import called, not_entered
from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "2.4.7"
NEEDS = ("walk",)
SETTLES = (Verdict.PASSED, Verdict.INAPPLICABLE)

RULES = {"in view": "focus-not-visible", "outside": "focus-off-screen", "covered": "focus-covered",
         "clipped": "focus-stays-hidden"}


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    for look, walk in page.seen("walk"):
        stops = [walk["stops"][n] for n in walk["order"]]
        seen = Counter(stop.get("pixels", "untested") for stop in stops)
        for stop in stops:
            yield from _said(look, stop, seen["like none"])
        if not walk["complete"] or not_entered(page) or walk["trap"]:
            continue
        if not stops:
            yield page.inapplicable(CRITERION, "no-keyboard-stops")
        elif seen["visible"] == len(stops):
            yield page.passed(CRITERION, "focus-visible-everywhere", stops=len(stops))


def _said(look: StateEvidence, stop: Json, likes: int) -> Iterator[Outcome]:
    pixels = stop.get("pixels")
    replay = ("Tab", f"focus: {stop['selector']}")
    if pixels == "faint" and not stop.get("like"):
        yield look.cant_tell(CRITERION, "focus-faint", stop, name=called(stop), ratio=stop["ratio"],
                             pixels=stop["changed"], replay=replay)
    if pixels != "none":
        return
    lay = stop.get("second", "")
    if stop.get("confirmed") and lay in RULES:
        cover = (stop.get("view") or {}).get("cover") or {}
        # Under a dialog or banner that can be closed a person must say whether closing it first is asked too much.
        if lay == "covered" and not (cover.get("fixed") and cover.get("wide")):
            yield look.cant_tell(CRITERION, "focus-under-layer", stop, name=called(stop),
                                 cover=cover.get("selector", ""), practice=Verdict.FAILED, replay=replay)
        else:
            yield look.failed(CRITERION, RULES[lay], stop, name=called(stop), cover=cover.get("selector", ""),
                              likes=likes, replay=replay)
    elif lay != "a change was seen":
        yield look.cant_tell(CRITERION, "focus-not-seen-once", stop, name=called(stop), why=lay or "no time left",
                             replay=replay)
