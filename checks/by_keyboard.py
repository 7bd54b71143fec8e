"""Is there a way by keyboard to what a click does?

By keys on the element itself, by the arrow keys of its widget, or by another control nearby or with the same name,
target or `aria-controls`. Effects are compared with what the click did (checks.effects); everything here acts in a
laboratory.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from checks.asking import ask
from checks.effects import Effect, observe
from checks.tab import Tab
from scanner.model import Json

MOVES = ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "End", "Home", "PageDown", "Control+PageDown")
"""Keys by which widgets that are one Tab stop let people go through their parts; so does a letter, mostly."""
ARROWS = ("ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft")
TYPED_IN = ("Enter", "ArrowDown", "ArrowUp")
"""Keys that operate a field to type in; a number at its lowest only goes up."""
MAX_STEPS = 6
"""Parts of a widget that arrow keys go past on the way to the one that is looked for."""


def does_something(effect: Effect) -> bool:
    """Something that a person would miss if it could not be done; a stopped request alone may be a statistic."""
    return bool(effect.leaves or effect.dialogs or effect.url or effect.shown_count or effect.hidden_count
                or effect.layers or effect.states)


async def click(tab: Tab, path: str, *, mouse: bool = False) -> Effect | None:
    """What a click does beyond hovering; None when it cannot be clicked, or (`mouse`) when Tab has come to reach it."""
    aim = await ask(tab, "clickables", {"do": "aim", "path": path, "mouse": mouse})
    if not aim or not aim["ok"]:
        return None
    await tab.page.mouse.move(aim["x"], aim["y"], steps=2)
    await asyncio.sleep(0.15)

    async def press() -> None:
        await tab.page.mouse.down()
        await tab.page.mouse.up()

    return await observe(tab, press, target=path, doing=f"click {path}")


async def by_keyboard(
    tab: Tab, path: str, keys: Sequence[str], like: Effect | None = None, *, same_part: bool = False
) -> str:
    """The first key with an effect (one like `like`, if given) with focus on the element; empty: none."""
    for key in keys:
        focused = await ask(tab, "clickables", {"do": "focus", "path": path})
        if not focused or not focused["ok"]:
            return ""
        effect = await observe(tab, partial(tab.page.keyboard.press, key), target=path, doing=f"{key} on {path}")
        if _is_like(effect, like) and not (same_part and like and not _of_one_part(effect, like)):
            return key
        if key.startswith("Arrow") and effect.focus and not does_something(effect):
            # Tabs and menus whose arrow keys move focus and whose Enter chooses.
            at = str(effect.focus["selector"])
            chosen = await observe(tab, partial(tab.page.keyboard.press, "Enter"), target=at, doing=f"Enter on {at}")
            if _is_like(chosen, like):
                return f"{key} Enter"
    return ""


def _is_like(effect: Effect, like: Effect | None) -> bool:
    """Did it do something, and the same as `like` or something to the same part of the page?"""
    return does_something(effect) and (like is None or effect.same_as(like) or touches(effect, like))


def _of_one_part(one: Effect, other: Effect) -> bool:
    """Do two effects lead to one place, or change the same element? Likes of a control change a part of their own."""
    def changed(effect: Effect) -> set[str]:
        # Of a text that went away the place is not sure when another says the same.
        come = (*effect.shown, *effect.layers, *effect.states)
        return {str(item["selector"]) for item in come or effect.hidden} - {""}

    return bool(one.leaves or one.url or one.dialogs or changed(one) & changed(other))


def touches(one: Effect, other: Effect) -> bool:
    """Do two effects change the same part of the page? A carousel's arrows and its dots show different slides."""
    def parts(effect: Effect) -> set[str]:
        return {str(item["selector"]).rpartition(" > ")[0] for item in (*effect.shown, *effect.hidden)}

    return bool(parts(one) & parts(other) - {"", "html", "html > body"})


async def answers(tab: Tab, control: Json) -> str:
    """The key to which a native control does anything at all, if only with focus; empty: it does nothing.

    Space scrolls the page for a link, which says nothing of the link.
    """
    path = control["selector"]
    for key in ("Enter",) if control["link"] else ("Enter", "Space"):
        focused = await ask(tab, "clickables", {"do": "focus", "path": path})
        if not focused or not focused["ok"]:
            return "it takes no focus"
        effect = await observe(tab, partial(tab.page.keyboard.press, key), target=path, doing=f"{key} on {path}")
        if effect.any:
            return key
    return ""


async def elsewhere(tab: Tab, suspect: dict[str, Any], effect: Effect, ends: float) -> str:
    """Selector of a control (or the key) that does by keyboard what the click does; empty when none was found."""
    if suspect["composite"] and (key := await _in_its_widget(tab, suspect["selector"], effect, ends)):
        return key
    changed = [str(item["selector"]) for item in (*effect.shown, *effect.hidden, *effect.layers, *effect.states)]
    others = await ask(tab, "clickables", {
        "do": "others", "path": suspect["selector"], "leaves": list(effect.leaves),
        "changed": list(filter(None, changed))[:10]})
    for link in others["links"]:
        # What keeps the keys from one link may keep them from all.
        if not suspect.get("keyed") or await by_keyboard(tab, link, ("Enter",), effect):
            return str(link)
    tried: list[str] = []
    for other in others["controls"]:
        if time.monotonic() > ends:
            suspect["tried"] = "no time to try all controls nearby"
            return ""
        if other["href"]:
            continue  # leads elsewhere: a link to the same place was looked for above
        tried.append(other["selector"])
        # What was chosen in a field is mostly taken out by Backspace in the empty field.
        takes_out = ("Backspace",) if effect.hidden_count and _keys_for(other) == TYPED_IN else ()
        keys = (*takes_out, *_keys_for(other))
        same_part = suspect["kind"] == "focusable" and "delegated" not in suspect["via"]
        if await by_keyboard(tab, other["selector"], keys, effect, same_part=same_part):
            return str(other["selector"])
    suspect["tried"] = ", ".join(tried)[:300]
    if effect.hidden_count and not effect.shown_count:
        escape = await observe(tab, partial(tab.page.keyboard.press, "Escape"), doing="Escape")
        if escape.noticeable:
            return "Escape"
    return ""


async def _in_its_widget(tab: Tab, path: str, effect: Effect, ends: float) -> str:
    """The keys that bring focus, from the widget's own stop, to this part of it and do the same there; empty: none.

    Toolbars, trees and grids are one Tab stop; arrow keys go through them, one part at a time.
    """
    widget = await ask(tab, "clickables", {"do": "widget", "path": path})
    for stop in widget["stops"]:
        for arrow in ("ArrowRight", "ArrowDown"):
            focused = await ask(tab, "clickables", {"do": "focus", "path": stop})
            at = stop
            for _ in range(MAX_STEPS if focused and focused["ok"] else 0):
                if time.monotonic() > ends:
                    return ""
                press = partial(tab.page.keyboard.press, arrow)
                moved = await observe(tab, press, wait=0.3, target=at, doing=f"{arrow} on {at}")
                if _is_like(moved, effect):
                    return arrow
                if moved.focus is None:
                    break
                at = str(moved.focus["selector"])
                if path == at or path.startswith(f"{at} > "):
                    return f"{arrow} {key}" if (key := await by_keyboard(tab, at, ("Enter", "Space"), effect)) else ""
    return ""


async def no_key_moves(tab: Tab, path: str, ends: float, opener: str = "") -> bool:
    """Do all these keys come to nothing on every stop of the tabs or menu that holds this part, and on its opener?

    Nothing: neither focus nor a state of any part, nor a word on the page, is another after one of them.
    """
    widget = await ask(tab, "clickables", {"do": "widget", "path": path})
    stops = [*widget["stops"], *filter(None, [opener])]
    if not widget["moved"] or not stops:
        return False
    for stop in stops:
        for key in (*MOVES, *widget["letters"]):
            focused = await ask(tab, "clickables", {"do": "focus", "path": stop})
            if time.monotonic() > ends or not focused or not focused["ok"]:
                return False
            before = await ask(tab, "clickables", {"do": "parts", "path": path})
            await tab.page.keyboard.press(key)
            await asyncio.sleep(0.1)
            if await ask(tab, "clickables", {"do": "parts", "path": path}) != before:
                return False
    return True


def _keys_for(control: Json) -> tuple[str, ...]:
    """Keys that operate a control of this kind."""
    if control["tag"] == "input" and control["type"] == "checkbox":
        return ("Space",)
    by_arrows = control["type"] in ("radio", "range", "number") or control["role"] in ("spinbutton", "slider")
    if control["tag"] == "select" or by_arrows:
        return ("ArrowDown", "ArrowUp")
    if control["tag"] in ("input", "textarea") or control["role"] == "combobox":
        return TYPED_IN
    if control["role"] in ("tab", "menuitem", "menuitemradio", "radio", "option", "treeitem", "gridcell"):
        return ("ArrowRight", "ArrowDown", "Enter")
    return ("Enter",) if control["tag"] in ("button", "a", "summary") else ("Enter", "Space", "ArrowRight")
