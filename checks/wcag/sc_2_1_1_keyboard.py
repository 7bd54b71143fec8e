"""2.1.1 Keyboard (A).

Looks at: what a click does on elements that react to the mouse and that Tab does not reach, and what Enter, Space and
arrow keys do there and on the controls nearby, also on what opens a menu at 320 CSS px only; elements that take focus
and do nothing with keys, also buttons and links whose keys a script keeps; menus, and buttons of rows, that come out
on hover; focus that a script takes away; what keys reach in tabs and in menus that were opened; what of a map can be
reached with Tab; lists that are put in order and handles that are moved by dragging
(questions); axe-core's results.
Fails: a click with an effect that a person notices, twice the same in fresh pages, while no control that could do it
does it by keyboard; a frame with something to reach that Tab skips; a focusable element whose click works and whose
Enter, Space and arrow keys do not; tabs and entries of an open menu that Tab passes by, while no arrow key, Home, End,
page key or first letter moves or changes anything; menu links that come out on hover alone, stand nowhere else on the
page and have no control in front of them, and likewise buttons; focus taken away at once; what axe confirms.
Cannot see: functions that need a path (dragging, drawing); controls in frames from elsewhere, in states that were not
opened, or past the cap of 24 clicks; whether a way by keyboard elsewhere on the site does the same. Never passes:
nobody has a list of all functions of a page.
Sources: WCAG 2.1 2.1.1; F42, F54, F55, G202, G90; ACT akn7bn, 0ssw9k.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.wcag.axe_rules import axe_outcomes
from checks.wcag.sc_2_1_2_no_keyboard_trap import called
from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "2.1.1"
NEEDS = ("axe", "walk", "clicks", "focusables", "maps")


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    yield from axe_outcomes(page, CRITERION)
    for look, focusables in page.seen("focusables"):
        yield from _shut_frames(look, focusables)
        for held in focusables.get("drags", ()):
            yield look.cant_tell(CRITERION, "dragged-by-mouse", held, practice=Verdict.FAILED, items=held["items"],
                                 text=held["name"])
    for look, clicks in page.seen("clicks"):
        for item in clicks["mouse"]:
            yield from _said(look, item, "mouse-only-control", "mouse-only-in-widget")
        for item in clicks["dead"]:
            yield from _said(look, item, "focusable-but-dead", "focusable-but-dead-in-widget")
        for handle in clicks.get("dragged", ()):
            yield look.cant_tell(CRITERION, "handle-by-mouse", handle, practice=Verdict.FAILED, name=called(handle),
                                 replay=(f"drag: {handle['selector']}", "Tab"))
        for menu in clicks["menus"]:
            yield from _menu(look, menu)
    for look, dialogs in page.seen("dialogs"):
        for opened in dialogs["opened"]:
            if opened.get("stuck") and opened["stuck"]["confirmed"]:
                yield _stuck_menu(look, opened)
    for look, seen in page.seen("maps"):
        for found in seen["maps"]:
            yield from _map(look, found)
    for look, walk in page.seen("walk"):
        for event in walk["events"]:
            if event["kind"] == "dropped" and event["confirmed"]:
                stop = walk["stops"][event["stop"]]
                yield look.failed(CRITERION, "focus-taken-away", stop, name=called(stop),
                                  replay=("Tab", f"focus: {stop['selector']}"))


def _shut_frames(look: StateEvidence, focusables: Json) -> Iterator[Outcome]:
    """Frames with tabindex below 0 that hold something to reach; of frames with one address, all must."""
    inside = focusables.get("inFrames", ())
    for frame in focusables.get("shutFrames", ()):
        address = "about:srcdoc" if frame["srcdoc"] else frame["src"]
        same = [one for one in inside if one["url"] == address]
        if same and all(one["reachable"] for one in same):
            yield look.failed(CRITERION, "frame-out-of-tab-order", frame, name=frame["title"] or frame["src"],
                              stops=same[0]["reachable"], replay=("Tab",))


def _said(look: StateEvidence, item: Json, rule: str, softer: str) -> Iterator[Outcome]:
    """The outcome for a suspect; none when a keyboard way was found or the click did not do the same again."""
    values = {"name": called(item), "effect": what_happens(item["effect"]), "tried": item["tried"],
              "likes": item["likes"]}
    keys = ("Tab", "Enter", "Space") if item["kind"] == "focusable" else ("Tab",)
    at = ("viewport 320 x 256",) if item.get("narrow") else ()
    replay = (*at, f"click: {item['selector']}", *keys)
    if item["confirmed"] and (not item["composite"] or item.get("stuck")):
        named = "part-no-key-reaches" if item["composite"] else rule
        yield look.failed(CRITERION, named, item, replay=replay, **values)
    elif item["confirmed"] or (item["tried"].startswith("no time") and not item["composite"]):
        # Within tabs, menus and trees other keys mostly do it: what there was no time to try them for is no question.
        yield look.cant_tell(CRITERION, softer, item, replay=replay, **values)


def _stuck_menu(look: StateEvidence, opened: Json) -> Outcome:
    """An open menu whose entries neither Tab nor arrow keys reach; what is no link may be done elsewhere too."""
    only, narrow = opened["stuck"]["only"], opened["viewport"] == "320"
    replay = (*(("viewport 320",) if narrow else ()), f"focus: {opened['selector']}", "Enter", "Tab", "ArrowDown")
    return look.outcome(Verdict.FAILED if only else Verdict.CANT_TELL, CRITERION, "menu-without-keys", opened,
                        practice=None if only else Verdict.FAILED, name=called(opened),
                        items=opened["stuck"]["items"], entry=only[0] if only else "–", replay=replay)


def what_happens(effect: Json) -> str:
    """The most telling part of an effect, for the text of a finding."""
    for key in ("navigations", "popups", "dialogs", "shown", "hidden", "states", "layers", "url", "focus"):
        value = effect.get(key)
        if value:
            return str(value[0] if isinstance(value, list) else value)[:120]
    return ""


def _map(look: StateEvidence, found: Json) -> Iterator[Outcome]:
    """A map whose places or whose moving need a mouse: a list beside it may do the same, so a person must say."""
    if found["hidden"] or found["frame_address"]:
        return
    marks, reached = int(found["markers"]), int(found["markers_reached"])
    values = {"library": found["library"], "markers": marks, "reached": reached,
              "beside": " / ".join(found["beside"])[:300] or "–"}
    usual = None if found["beside"] or found["search"] else Verdict.FAILED
    replay = (f"focus: {found['selector']}", "Tab", "ArrowLeft")
    if marks > reached:
        yield look.cant_tell(CRITERION, "map-markers-by-mouse", found, practice=usual, replay=replay, **values)
    elif not found["pans"]:
        yield look.cant_tell(CRITERION, "map-not-moved-by-keys", found, practice=usual, replay=replay, **values)


def _menu(look: StateEvidence, menu: Json) -> Iterator[Outcome]:
    values = {"name": called(menu), "links": menu["links"], "missing": menu["missing"]}
    replay = (f"hover: {menu['selector']}", "Tab")
    if menu["missing"] and not menu["trigger"]:
        yield look.failed(CRITERION, "hover-only-menu", menu, replay=replay, **values)
    elif menu["missing"]:
        # The page behind the parent link may offer the same links: only a person can say whether that is enough.
        yield look.cant_tell(CRITERION, "hover-menu-by-link", menu, practice=Verdict.FAILED, replay=replay, **values)
    elif buttons := menu.get("buttons"):
        # What else stands in the row, or a button for all that is chosen, may lead to the same.
        sure = not menu["trigger"] and not menu["likely"]
        yield look.outcome(Verdict.FAILED if sure else Verdict.CANT_TELL, CRITERION,
                           "hover-only-buttons" if sure else "hover-buttons-beside", menu,
                           practice=None if sure else Verdict.FAILED, replay=replay, name=called(menu),
                           button=buttons[0], items=len(buttons))
