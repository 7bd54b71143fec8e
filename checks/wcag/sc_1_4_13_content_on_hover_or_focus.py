"""1.4.13 Content on Hover or Focus (AA).

Looks at: everything that shows more when pointed at or focused: found in style rules, hidden descriptions, attributes
of tooltip libraries and listeners, then tried with a real pointer.
Fails: content that, twice seen, goes away when the pointer moves to it along the shortest way; goes away by itself
while the pointer rests; or covers other text or fields and does not go away by Escape.
Cannot see: content drawn by pseudo-elements; style sheets of other sites that may not be read; native `title` tooltips
are the browser's and exempt.
Sources: WCAG 2.1 1.4.13; F95; SCR39.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Json, Outcome, PageEvidence, Verdict

CRITERION = "1.4.13"
NEEDS = ("hovers", "listeners", "hover")
SETTLES = (Verdict.PASSED, Verdict.INAPPLICABLE)

RULES = {"hoverable": "hover-content-not-reachable", "persistent": "hover-content-goes-away",
         "dismissible": "hover-content-covers"}
HOW = {"hoverable": "move the pointer slowly to what appeared", "persistent": "keep the pointer still for six seconds",
       "dismissible": "press Escape without moving the pointer"}


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    found = False
    for look, hover in page.seen("hover"):
        failed = {(_kind(popup), question) for popup in hover["popups"] for question in popup["twice"]}
        for popup in hover["popups"]:
            shown = popup["popup"]
            values = {"name": popup.get("name") or popup.get("text", "")[:80], "shows": str(shown["text"])[:150],
                      "covered": list(shown["covered"])}
            for question, rule in RULES.items():
                if popup[question] is not False:
                    continue
                found = True
                first = "focus it" if popup["by"] == "focus" else "point at it"
                if question in popup["twice"] and not (question == "hoverable" and shown.get("readout")):
                    yield look.failed(CRITERION, rule, popup, replay=(first, HOW[question]), **values)
                elif question in popup["twice"] or (_kind(popup), question) not in failed:  # else its like has failed
                    yield look.cant_tell(CRITERION, f"{rule}-maybe", popup, replay=(first, HOW[question]), **values)
    hover_seen, hovers = page.first("hover"), page.first("hovers")
    if found or hover_seen is None or hovers is None or hover_seen["left"] or hovers["unreadable"]:
        return
    if any(map(_unanswered, hover_seen["popups"])):
        return
    if hover_seen["popups"]:
        yield page.passed(CRITERION, "hover-content-behaves", popups=len(hover_seen["popups"]))
    else:
        yield page.inapplicable(CRITERION, "no-hover-content", tested=hover_seen["tested"])


def _kind(popup: Json) -> str:
    return str(popup.get("component") or popup["selector"])


def _unanswered(popup: Json) -> bool:
    """A layer that did not come a second time, when it should have been pointed at, or sent away with Escape."""
    shown = popup["popup"]
    if shown["modal"] or shown["alert"]:
        return False
    covers = shown["covered"] and not shown["inside"] and not shown["closes"]
    return bool((popup["by"] == "pointer" and popup["hoverable"] is None) or (covers and popup["dismissible"] is None))
