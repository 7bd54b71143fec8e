"""Operates one control twice, and says whether what it tells of its state agrees with what is seen.

In: the element as the probe `openers` lists it. Out: what it said before, after and again, what came and went, how it
looks, and the `verdict` on that, for checks of 4.1.2. Everything here acts in a laboratory.
"""

from __future__ import annotations

import asyncio
import io
import re
from typing import Any

from PIL import Image, ImageChops
from playwright.async_api import Error

from checks.effects import Effect, observe
from checks.inpage import script
from checks.tab import Frame, Tab, Unreachable
from scanner.model import Json

WAIT = 0.6
"""Seconds given to a control to show its effect, and to say its new state."""
LISTS = frozenset({"listbox", "menu", "tree", "grid"})
"""What a control opens and says to be open; of a dialog nobody is told that, who is in it."""
SAID = ("expanded", "pressed", "selected", "checked")
"""States that a control gives of itself."""


async def _say(tab: Tab, frame: Frame | None, selector: str, **more: Any) -> Json | None:
    said: Json | None = await tab.call(script("control"), {"selector": selector, **more}, frame=frame)
    return said


async def _picture(tab: Tab, said: Json) -> Image.Image | None:
    """The control as it looks without pointer and focus, its first 400 px; None when it cannot be shot."""
    x, y, width, height = said["box"]
    if width < 2 or not 2 <= height <= 200 or x < 0 or y < 0:
        return None
    try:
        shot = await tab.page.screenshot(
            clip={"x": x, "y": y, "width": min(width, 400), "height": height}, animations="disabled", timeout=3000
        )
        return Image.open(io.BytesIO(shot)).convert("RGB")
    except Error:
        return None


def _differs(one: Image.Image | None, other: Image.Image | None) -> bool | None:
    """True when at least a handful of pixels differ clearly, where both are; None when that cannot be told."""
    if one is None or other is None:
        return None
    both = (0, 0, min(one.width, other.width), min(one.height, other.height))  # `off` is wider than `on`
    difference = ImageChops.difference(one.crop(both), other.crop(both)).convert("L")
    clear = difference.point(lambda value: 255 if value > 40 else 0)
    return clear.histogram()[255] >= 6


async def press(
    tab: Tab, frame: Frame | None, opener: Json, *, again: bool = False
) -> tuple[Json, Json | None, Effect, bool | None] | None:
    """Clicks a control: what it said before and after, what happened, and whether it looks different (of some)."""
    if frame is not None:
        return None  # the mouse works in the coordinates of the top document
    selector = str(opener["selector"])
    before = await _say(tab, frame, selector, again=again, scroll=True, blur=True)
    if before is None or not before["visible"] or not before["free"]:
        return None
    shoot = opener["kind"] in ("check", "radio") or opener.get("bare")
    picture = await _picture(tab, before) if shoot else None
    await tab.page.mouse.move(before["x"], before["y"])
    await asyncio.sleep(0.1)
    effect = await observe(
        tab,
        lambda: tab.page.mouse.click(before["x"], before["y"]),
        wait=WAIT,
        target=selector,
        frame=frame,
        doing=f"click {opener['name']}",
    )
    changed = None
    if shoot:
        await tab.page.mouse.move(0, 0)
        quiet = await _say(tab, frame, selector, again=True, blur=True)
        await asyncio.sleep(0.6 if opener["kind"] == "radio" else 0.1)  # what a click draws for a moment is gone
        changed = _differs(picture, await _picture(tab, quiet)) if quiet else None
    return before, await _say(tab, frame, selector, again=True), effect, changed


async def close(
    tab: Tab, frame: Frame | None, opener: Json, before: Json, after: Json | None, effect: Effect, changed: bool | None
) -> dict[str, Any]:
    """The second click, and all that a check needs of both."""
    modal = any(layer["modal"] for layer in effect.layers)
    second = None
    once = opener["kind"] in ("tab", "radio")  # a second click does nothing more to these
    if after is not None and after["visible"] and not effect.leaves and not modal and not once:
        second = await press(tab, frame, opener, again=True)
    again = second[1] if second else None
    found: dict[str, Any] = {
        **_said(opener, before, after, again),
        "names": [side["name"] for side in (before, after, again) if side],
        "native": [side["native"] for side in (before, after, again) if side],
        "shown": new_texts(effect, opener)[:8],
        "hidden": _gone_texts(effect, opener)[:8],
        "shown_again": new_texts(second[2], opener)[:8] if second else [],
        "hidden_again": _gone_texts(second[2], opener)[:8] if second else [],
        "layers": [{"role": layer["role"], "name": layer["name"], "modal": layer["modal"]} for layer in effect.layers][
            :3
        ],
        "leaves": list(effect.leaves[:3]),
        "requests": len(effect.requests),
        "marks": len(effect.marks),
        "focus_moved": effect.focus is not None and effect.focus["selector"] != opener["selector"],
        "looks": changed,
        "looks_again": second[3] if second else None,
        "confirmed": False,
    }
    found["verdict"] = verdict(found)
    return found


async def turn(tab: Tab, frame: Frame | None, opener: Json) -> dict[str, Any] | None:
    """A slider or number of the page's own making, one step further by an arrow key; None when it takes no focus."""
    selector = str(opener["selector"])
    if frame is not None:
        return None
    before = await _say(tab, frame, selector, scroll=True)
    if before is None or not before["visible"] or not await tab.call(
        script("form"), {"do": "focus", "field": selector}
    ):
        return None
    try:
        await tab.page.keyboard.press("ArrowUp")
    except Error as error:
        raise Unreachable(str(error)[:100]) from error
    await asyncio.sleep(WAIT)
    after = await _say(tab, frame, selector, again=True)
    found: dict[str, Any] = {
        **_said(opener, before, after),
        "values": [side["value"] for side in (before, after) if side],
        "boxes": [side["lies"] for side in (before, after) if side],
        "texts": [side["text"] for side in (before, after) if side],
        "leaves": [],
        "requests": 0,
        "shown": [],
        "confirmed": False,
    }
    found["verdict"] = verdict(found)
    return found


def _turned(toggle: Json) -> bool:
    """Did it move along one line, or does another number stand on it, while the value that it gives is the same?"""
    if len(toggle["boxes"]) < 2 or toggle["values"][0] != toggle["values"][1] or toggle["values"][0] == [None, None]:
        return False
    (x, y, width, height), (x2, y2, width2, height2) = toggle["boxes"]
    alike = abs(width - width2) < 1 and abs(height - height2) < 1
    figures = [re.findall(r"\d+", text) for text in toggle["texts"]]
    moved = alike and (abs(x - x2) >= 2) != (abs(y - y2) >= 2)
    return bool(moved or (figures[0] and figures[0] != figures[1]))


async def there_and_back(tab: Tab, frame: Frame | None, opener: Json) -> dict[str, Any] | None:
    """Operates it, back and forth; None when that cannot be done here."""
    if opener["kind"] == "value":
        return await turn(tab, frame, opener)
    first = await press(tab, frame, opener)
    return await close(tab, frame, opener, *first) if first else None


def _said(opener: Json, before: Json, after: Json | None, again: Json | None = None) -> dict[str, Any]:
    """The control, and the states that it gave of itself: before, after one click or key, and after another."""
    kept = ("selector", "snippet", "box", "frame", "kind", "name", "sign", "bare")
    return {
        **{key: opener[key] for key in kept if key in opener},
        "role": before["role"],
        "before": _states(before),
        "after": _states(after),
        "again": _states(again),
    }


def _states(said: Json | None) -> dict[str, str | None] | None:
    return {name: said[name] for name in SAID} if said else None


async def put_back(tab: Tab, effect: Effect | None = None) -> bool:
    """Escape, then a closing button, for what a second click did not close. False: a layer is still there."""
    layers = [str(layer["selector"]) for layer in effect.layers] if effect else []
    try:
        await tab.page.mouse.move(0, 0)
        await tab.page.keyboard.press("Escape")
        await asyncio.sleep(0.15)
        if not layers or await tab.call(script("shut"), {"selectors": layers, "press": True}):
            return True
        await asyncio.sleep(0.2)
        return bool(await tab.call(script("shut"), {"selectors": layers, "press": False}))
    except Error as error:
        raise Unreachable(str(error)[:100]) from error


def verdict(toggle: Json) -> str:
    """What disagrees: `stale`, `inverted`, `missing`, `tab`, `checked`, `chosen`, `value`, or nothing. Pure.

    * stale: content comes and goes with two clicks, while the state that the control gives stays the same throughout;
      or a list that shuts when focus leaves comes with each, and it says `expanded=false` while the list is there.
    * inverted: the state says `true` while the content is away and `false` while it is there.
    * missing: content comes and goes with two clicks, and neither state nor name tells of it.
    * tab: another panel is shown, and the tab that was clicked does not say that it is selected.
    * drawn: a button that is but a picture shows another one after one click, and the first again after two, while
      nothing else comes or goes and neither state nor name tells of it.
    * checked: the control looks different after one click and as before after two, and its state stays the same; a
      radio button that was not chosen looks different after a click, and does not say that it is.
    * value: a slider moves, or another number stands on it, and the value that it gives stays the same.
    * chosen: the same of a box or button that stays as it looks after one click, as one of several does.
    """
    before, after, again = toggle["before"], toggle["after"], toggle["again"]
    if toggle["leaves"] or toggle["requests"] or before is None or after is None:
        return ""
    if toggle["kind"] == "value":
        return "value" if _turned(toggle) else ""
    if toggle["kind"] == "tab":
        swapped = bool(toggle["shown"] and toggle["hidden"])
        return "tab" if swapped and after["selected"] != "true" and after["expanded"] == before["expanded"] else ""
    alike = all(n == toggle["native"][0] for n in toggle["native"]) and len(set(toggle["names"])) == 1
    if toggle["kind"] == "radio":
        unsaid = before == after and after["checked"] != "true"
        return "checked" if toggle["looks"] is True and unsaid and alike else ""
    if again is None:
        return ""
    came_and_went = bool(toggle["shown"]) and bool(set(toggle["shown"]) & set(toggle["hidden_again"]))
    went_and_came = (
        bool(toggle["hidden"]) and bool(set(toggle["hidden"]) & set(toggle["shown_again"])) and not came_and_went
    )
    steady = before == after == again
    if toggle["kind"] == "check":
        if not (toggle["looks"] is True and steady and alike):
            return ""
        return "checked" if toggle["looks_again"] is True else "chosen" if toggle["looks_again"] is False else ""
    unsaid = before["expanded"] == after["expanded"] == again["expanded"]
    comes_each_time = set(toggle["shown"]) & set(toggle["shown_again"]) and not (
        toggle["hidden"] or toggle["hidden_again"]
    )
    if comes_each_time and unsaid and before["expanded"] == "false":
        listed = any(layer["role"] in LISTS for layer in toggle["layers"])
        return "stale" if listed or toggle["role"] == "treeitem" else ""
    if not (came_and_went or went_and_came):
        elsewhere = any(toggle[key] for key in ("shown", "hidden", "shown_again", "hidden_again", "layers"))
        there_and_back = toggle.get("bare") and toggle["looks"] is True and toggle["looks_again"] is True
        mute = steady and alike and not any(before.values()) and not toggle["focus_moved"]
        return "drawn" if there_and_back and mute and not elsewhere else ""
    if before["expanded"] in ("true", "false"):
        # Being chosen (`selected`) says nothing of being open.
        if unsaid and before["pressed"] == after["pressed"] == again["pressed"]:
            return "stale"
        open_says, shut_says = (after, before) if came_and_went else (before, after)
        return "inverted" if open_says["expanded"] == "false" and shut_says["expanded"] == "true" else ""
    # A number that a button counts down is replaced by another one twice: nothing came back.
    came, gone = ("shown", "hidden") if came_and_went else ("hidden", "shown")
    back = not toggle[gone] or set(toggle[gone]) & set(toggle[f"{came}_again"])
    if (
        back
        and steady
        and len(set(toggle["names"])) == 1
        and not toggle["layers"]
        and not toggle["focus_moved"]
        and all(v is None for v in before.values())
    ):
        return "missing"
    return ""


def new_texts(effect: Effect, opener: Json) -> list[str]:
    """Texts and pictures that came into sight outside the control itself."""
    return [str(item["text"]) for item in effect.shown if not _within(opener, item)]


def _gone_texts(effect: Effect, opener: Json) -> list[str]:
    return [str(item["text"]) for item in effect.hidden if not _within(opener, item)]


def _within(opener: Json, item: Json) -> bool:
    """Is it a part of the control? What a tree's item opens lies in that item."""
    path, at = str(opener["selector"]), str(item["selector"])
    if opener.get("role") == "treeitem":
        return False
    return at == path or at.startswith((path + " > ", path + " >>> "))
