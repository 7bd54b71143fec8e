"""2.5.2 Pointer Cancellation (A).

Looks at: everything that listens to a pointer going down (`mousedown`, `pointerdown`, `touchstart`), also through the
whole document: the pointer goes down, is moved away and released there.
Fails: going down alone, twice seen, leads to another address, opens a window or a dialog.
Cannot see: whether going down is essential (a piano key); elements beyond the first sixteen.
Sources: WCAG 2.1 2.5.2; F101; G210, G211, G212.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.model import Json, Outcome, PageEvidence, Verdict

CRITERION = "2.5.2"
NEEDS = ("listeners", "pointer")
SETTLES = (Verdict.PASSED,)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    found = []
    asked: set[frozenset[str]] = set()
    for look, pointer in page.seen("pointer"):
        for down in pointer["downs"]:
            if down["undone"] or not (down["twice"] or down["leaves"]):
                continue  # what is not seen again after a longer rest was the end of a hover
            if not down["leaves"] and _moves_slider(down["effect"]):
                continue
            values = {"name": down.get("name") or down.get("text", "")[:80], "effect": dict(down["effect"])}
            touch = "touch it" if down["pointer"] == "touch" else "press the mouse button on it"
            if down["leaves"] and down["twice"]:
                replay = (touch, "do not release: it happens already")
                found.append(look.failed(CRITERION, "acts-on-pointer-down", down, replay=replay, **values))
            elif not (things := _things(down["effect"])) or things not in asked:
                asked.add(things)
                found.append(look.cant_tell(CRITERION, "changes-on-pointer-down", down, replay=(touch,), **values))
        if not found and not pointer["left"]:
            none = not pointer["listening"]["elements"] and not pointer["listening"]["roots"]
            if none:
                yield page.passed(CRITERION, "no-pointer-down-listeners")
            elif not pointer["delegated"]:
                yield page.passed(CRITERION, "pointer-down-does-nothing", tested=pointer["tested"])
    yield from found


def _things(effect: Json) -> frozenset[str]:
    """What comes or goes: a field and the arrow in it that show one list are one question, as are all such lists."""
    if any(re.search(r"expanded=(false.* -> .*=true|true.* -> .*=false)", str(state)) for state in
           effect.get("states", ())):
        return frozenset({"a list that opens or shuts"})
    return frozenset(str(thing) for key in ("shown", "hidden") for thing in effect.get(key, ()))


def _moves_slider(effect: Json) -> bool:
    """A slider that goes to where it is pressed, as the browser's own do; moving it back undoes that."""
    return any(str(state).startswith("valuenow=") for state in effect.get("states", ()))
