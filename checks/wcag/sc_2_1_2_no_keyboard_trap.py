"""2.1.2 No Keyboard Trap (A).

Looks at: a walk through the page with Tab and Shift+Tab, into frames and shadow roots. Where focus goes round and
does not leave the document: Shift+Tab, Escape, arrow keys, keys that the page's text names, and the closing button of
a dialog.
Fails: an element, or a group of elements, that none of these keys leaves; seen in two fresh pages. When the text of
the page mentions keys that could not be read, a person must try them.
Cannot see: traps that begin only after a click, in a state that was not opened, or past the cap of 150 stops; a group
of elements that hands focus round by timers may let a quick typist out: a person must judge it.
Sources: WCAG 2.1 2.1.2; F10; ACT 80af7b, a1b64e, ebe86a.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Json, Outcome, PageEvidence, Verdict

CRITERION = "2.1.2"
NEEDS = ("walk",)
SETTLES = (Verdict.PASSED, Verdict.INAPPLICABLE)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    for look, walk in page.seen("walk"):
        trap = walk["trap"]
        if trap:
            stops = [walk["stops"][n] for n in trap["stops"]]
            keys = ", ".join(trap["tried"])
            replay = ("Tab", f"focus: {stops[0]['selector']}", *trap["tried"])
            unread = trap["help"] and not trap["named"]
            if trap["confirmed"] and not unread and (trap["self"] or not trap["touched"]):
                yield look.failed(CRITERION, "keyboard-trap", stops[0], keys=keys, stops=len(stops), replay=replay)
            else:
                rule = "keyboard-trap-keys-named" if unread else "keyboard-trap-possible"
                yield look.cant_tell(CRITERION, rule, stops[0], keys=keys, stops=len(stops), replay=replay)
        elif not walk["complete"] or not walk["exits"] or not_entered(page):
            continue
        elif not walk["order"]:
            yield page.inapplicable(CRITERION, "no-keyboard-stops")
        elif len(set(walk["backward"])) >= min(2, len(walk["order"])):
            yield page.passed(CRITERION, "keyboard-walk-leaves", stops=len(walk["order"]))


def not_entered(page: PageEvidence) -> bool:
    """Was there a frame that could not be looked into?"""
    frames = page.first("frames")
    return bool(frames and frames.get("not_entered"))


def called(stop: Json) -> str:
    """What to call a stop in a sentence: its name, else what it is."""
    return str(stop.get("name") or stop.get("role") or stop.get("tag") or stop.get("selector", ""))[:80]
