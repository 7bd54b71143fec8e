"""3.2.1 On Focus (A).

Looks at: every Tab stop, forwards and backwards: documents and windows that the page asks for when an element gets
focus (all are stopped), script dialogs, and focus that a script moves on or takes away.
Fails: such a change that comes with focus alone, without another key; seen in the walk and again twice on that
element in a fresh page. One that came once in each page is a question.
Cannot see: content that is replaced without moving focus; elements that are reached only after a click; stops past
the cap of 150.
Sources: WCAG 2.1 3.2.1; F52, F55; G107.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.wcag.sc_2_1_2_no_keyboard_trap import called, not_entered
from scanner.model import Outcome, PageEvidence, Verdict

CRITERION = "3.2.1"
NEEDS = ("walk",)
SETTLES = (Verdict.PASSED, Verdict.INAPPLICABLE)

RULES = {"navigation": "focus-navigates", "dialog": "focus-opens-dialog", "moved": "focus-moves-on",
         "dropped": "focus-taken-away"}


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    for look, walk in page.seen("walk"):
        confirmed = [event for event in walk["events"] if event["confirmed"]]
        for event in confirmed:
            stop = walk["stops"][event["stop"]]
            yield look.failed(CRITERION, RULES[event["kind"]], stop, what=event["what"], name=called(stop),
                              replay=("Tab", f"focus: {stop['selector']}"))
        # What comes with the first focus only, such as a window that asks to log in, comes once in each fresh page.
        once = [event for event in walk["events"] if event.get("again") and not event["confirmed"]]
        for event in once:
            stop = walk["stops"][event["stop"]]
            yield look.cant_tell(CRITERION, RULES[event["kind"]], stop, what=event["what"], name=called(stop),
                                 practice=Verdict.FAILED, replay=("Tab", f"focus: {stop['selector']}"))
        if walk["events"] or not walk["complete"] or not_entered(page):
            continue
        if not walk["order"]:
            yield page.inapplicable(CRITERION, "no-keyboard-stops")
        else:
            yield page.passed(CRITERION, "focus-changes-nothing", stops=len(walk["order"]))
