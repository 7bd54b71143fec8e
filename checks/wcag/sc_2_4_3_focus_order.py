"""2.4.3 Focus Order (A).

Looks at: what opens by keyboard, where focus then is and where Tab leads; the order of Tab stops against their places
on screen; stops with a positive tabindex; where focus is after Escape, and where Tab leads when what had focus is
gone.
A dialog that says to be modal, covers little of the screen, and does not take or keep focus is a question.
Fails: a layer that keeps the mouse from the page opens, and Tab leads to something that it covers, before the layer
is reached or out of it while it stays open; a dialog or menu whose control is followed by at least 5 other stops
before its own first stop; within one form or list in one column, at least two places where a positive tabindex makes
focus jump back up. Each seen twice.
Cannot see: whether another order also makes sense: jumps, fields of one row that Tab reaches the other way round, lost
focus and far content are put to a person. Layers
that open by other means than Enter on a control. Never passes.
Sources: WCAG 2.1 2.4.3; F44, F85; G59, SCR26, C27; CSS reading-flow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from checks.wcag.sc_2_1_2_no_keyboard_trap import called
from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "2.4.3"
NEEDS = ("walk", "dialogs")

JUMP = 150
"""CSS px upwards, in one column, that a person calls a jump."""
FAR = 5
FIELDS = ("input", "select", "textarea")


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    for look, dialogs in page.seen("dialogs"):
        for seen in dialogs["opened"]:
            if seen["layer"]:
                yield from _opened(look, seen)
            elif seen.get("lost") and seen["confirmed"]:
                yield from _lost(look, seen)
    for look, walk in page.seen("walk"):
        stops = [walk["stops"][n] for n in walk["order"]]
        yield from _order(look, stops)
        unseen = [stop for stop in stops if stop.get("second") == "outside" and stop.get("confirmed")]
        if unseen:
            yield look.cant_tell(CRITERION, "focus-order-unseen-stops", unseen[0], stops=len(unseen),
                                 practice=Verdict.FAILED, replay=("Tab", f"focus: {unseen[0]['selector']}"))


def _opened(look: StateEvidence, seen: Json) -> Iterator[Outcome]:
    """What is to be said of one control and the layer that it opened."""
    layer, tabs = seen["layer"], seen["tabs"]
    replay = (*(("viewport 320",) if seen["viewport"] == "320" else ()), f"focus: {seen['selector']}", "Enter", "Tab")
    values = {"name": called(seen), "layer": layer["name"] or layer["selector"], "viewport": seen["viewport"]}
    if "covered" in tabs:
        steps = tabs.index("covered") + 1
        inside = seen["focus"] == "inside" or "inside" in tabs[:steps]
        rule = "layer-leaks-focus" if inside else "layer-without-focus"
        if seen["confirmed"]:
            yield look.failed(CRITERION, rule, seen, tabs=steps, replay=replay, **values)
        else:
            yield look.cant_tell(CRITERION, rule, seen, tabs=steps, replay=replay, **values)
        return
    stops = seen["far"]
    if layer["modal"] and layer["role"] in ("dialog", "alertdialog") and stops < FAR and tabs:
        # Small and without a veil: the mouse gets past it. It says that nothing else can be used, and Tab goes there.
        inside = seen["focus"] == "inside" or tabs[0] == "inside"
        if not inside or "outside" in tabs[tabs.index("inside") if "inside" in tabs else 0:]:
            yield look.cant_tell(CRITERION, "modal-leaks-focus" if inside else "modal-without-focus", seen,
                                 practice=Verdict.FAILED, replay=replay, **values)
    if stops >= FAR:
        if layer["dialog"] and seen["confirmed"]:
            yield look.failed(CRITERION, "opened-far-away", seen, tabs=stops, replay=replay, **values)
        else:
            yield look.cant_tell(CRITERION, "opened-far-away", seen, tabs=stops, replay=replay,
                                 practice=Verdict.FAILED, **values)
    if seen["after"] == "nowhere" and seen["focus"] == "inside":
        yield look.cant_tell(CRITERION, "focus-lost-on-close", seen, practice=Verdict.FAILED,
                             replay=(*replay[:-1], seen.get("closer") or "Escape"), **values)


def _lost(look: StateEvidence, seen: Json) -> Iterator[Outcome]:
    """Enter took away what had focus, and Tab begins at the top of the same page; mostly it goes on from there."""
    stops = seen["lost"]["from"]
    if stops >= FAR and seen["lost"]["same"]:
        yield look.cant_tell(CRITERION, "focus-lost-to-the-top", seen, name=called(seen), stops=stops,
                             practice=Verdict.FAILED, replay=(f"focus: {seen['selector']}", "Enter", "Tab"))


def _order(look: StateEvidence, stops: Sequence[Json]) -> Iterator[Outcome]:
    """Jumps in the order of Tab: by positive tabindex within a form or list, or without it."""
    stops = _from_the_first(stops)
    groups: dict[str, list[Json]] = {}
    for stop in stops:
        group = stop.get("form") or stop.get("list")
        if group and not stop.get("frame"):
            groups.setdefault(str(group), []).append(stop)
    blamed = False
    for group in groups.values():
        jumps = [pair for pair in pairwise(group) if above(*pair) and any(stop["tabindex"] > 0 for stop in pair)]
        if len(jumps) >= 2:
            blamed = True
            first = jumps[0][1]
            yield look.failed(CRITERION, "tabindex-order", first, name=called(first), jumps=len(jumps),
                              replay=("Tab", f"focus: {first['selector']}"))
    positive = [stop for stop in stops if stop["tabindex"] > 0]
    if positive and not blamed and positive != list(stops):
        yield look.cant_tell(CRITERION, "tabindex-positive", positive[0], name=called(positive[0]), stops=len(positive),
                             practice=Verdict.FAILED)
    back = [pair for pair in pairwise(stops) if _before_in_row(*pair)]
    if back:
        yield look.cant_tell(CRITERION, "focus-goes-back-in-row", back[0][1], name=called(back[0][1]),
                             before=called(back[0][0]), jumps=len(back), replay=("Tab",))
    free = [pair for pair in pairwise(stops) if above(*pair, least=JUMP) and not any(s["tabindex"] > 0 for s in pair)]
    fields = [stop for stop in stops if str(stop.get("tag")) in FIELDS]
    upwards = [pair for pair in pairwise(fields) if above(*pair) and not any(s["tabindex"] > 0 for s in pair)]
    if len(upwards) >= 2 and len(free) < 3:
        free = [*free, *upwards]
    if len(free) >= 3 or len(upwards) >= 2:
        yield look.cant_tell(CRITERION, "focus-jumps-up", free[0][1], name=called(free[0][1]), jumps=len(free))


def _from_the_first(stops: Sequence[Json]) -> Sequence[Json]:
    """The round of Tab from its lowest positive tabindex: a page that puts focus in a field begins the round there."""
    low = min((stop["tabindex"] for stop in stops if stop["tabindex"] > 0), default=0)
    first = (n for n, stop in enumerate(stops) if low and stop["tabindex"] == low != stops[n - 1]["tabindex"])
    start = next(first, 0)
    return [*stops[start:], *stops[:start]]


def _before_in_row(one: Json, other: Json) -> bool:
    """Is `other`, which comes next, a field of the same form and row that stands wholly at the left of `one`?"""
    a, b = one.get("box"), other.get("box")
    fields = all(str(stop.get("tag")) in FIELDS and stop.get("form") for stop in (one, other))
    if not fields or not a or not b or not one.get("visible") or not other.get("visible"):
        return False
    if one["form"] != other["form"] or one.get("frame") != other.get("frame") or any(
            stop["tabindex"] > 0 for stop in (one, other)):
        return False
    shared = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return bool(shared >= 0.5 * min(a[3], b[3]) and b[0] + b[2] <= a[0] + 1)


def above(one: Json, other: Json, least: float = 4) -> bool:
    """Does `other`, which comes next, lie above `one` in the same column, by at least `least` CSS px?

    Same column: their boxes share at least half of the narrower one's width. Unknown or unseen boxes: no.
    """
    a, b = one.get("box"), other.get("box")
    if not a or not b or not one.get("visible") or not other.get("visible") or one.get("frame") != other.get("frame"):
        return False
    shared = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    narrow = min(a[2], b[2])
    return bool(narrow > 0 and shared >= 0.5 * narrow and a[1] - (b[1] + b[3]) >= least)
