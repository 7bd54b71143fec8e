"""Opens what opens, by keyboard, and follows focus: into the layer, past it, and after it is closed.

Candidates are the openers that the page probe `openers` found at 1280 and, when they cannot be seen there, at 320 px.
For each, in the laboratory: focus, Enter, see what was shown, Tab a few times, Escape. What looks wrong is done once
more in a fresh page. The record: `opened`, places of the control with

* `layer`: what was opened: `blocked` (share of the screen that the mouse cannot reach), `modal`, `dialog`, `stops`;
* `focus`: where focus was after opening: `inside`, `outside`, `covered`, `nowhere`;
* `tabs`: where each Tab then led, at most MAX_TABS; `first`: the stop that was covered, if any;
* `far`: stops between the control and what it opened, when at least one;
* `after`: where focus was after Escape, or the closing button of a dialog (`closer`), closed the layer; else empty;
* `lost`: when Enter left focus nowhere and nothing was opened: `to`, how many stops come before the one that Tab then
  leads to, and, in the fresh page, `from` (before the control) and `same` (title, address and heading are the same);
* `stuck`: when entries of a menu are no stops and no key goes to them: `items`, `only` (names of those that lead where
  nothing else on the page leads), `confirmed`;
* `viewport`, `confirmed` (the same letters in `tabs` up to the first covered stop, in a fresh page).

Sources: fifty-criteria 2.4.3; F85; G59, SCR26, ARIA18; ARIA Authoring Practices, dialog.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error

from checks.asking import ask
from checks.by_keyboard import no_key_moves
from checks.effects import Effect, learn_restless, observe
from checks.harness import SafetyLevel
from checks.probes.walk import without_banner
from checks.tab import Tab, Unreachable
from scanner.model import Json

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.CLICK
SECONDS = 24.0
ORDER = 35

MAX_OPENERS = 7
MAX_NARROW = 3
MAX_TABS = 12
FADES = 0.6
"""Seconds that a layer may take to go away once focus has left it."""
MODAL = 0.6
"""Share of the screen that a layer must keep from the mouse to be modal in effect."""
NARROW = {"width": 320, "height": 568}


async def look(at: Look) -> Json:
    """The record described above."""
    ends = time.monotonic() + SECONDS - 3
    record: dict[str, Any] = {"opened": [], "consent": None, "left": 0}
    wide = [item for item in at.seen("openers").get("openers", ()) if likely(item)]
    known = {item["selector"] for item in wide}
    narrow = [item for item in (at.page.first("openers", "320") or {}).get("openers", ())
              if likely(item) and item["selector"] not in known]
    for items, viewport, limit in ((wide, None, MAX_OPENERS), (narrow, NARROW, MAX_NARROW)):
        record["left"] += max(0, len(items) - limit)
        await _open_each(at, record, items[:limit], viewport, ends)
    return record


def likely(item: Json) -> bool:
    """Does this opener open something with focus in it? Accordions (`summary`) and tabs do not."""
    return item["kind"] in ("popup", "disclosure", "button") and not str(item["snippet"]).startswith("<summary")


async def _open_each(at: Look, record: dict[str, Any], items: Sequence[Json], viewport: Any, ends: float) -> None:
    options = {"viewport": viewport} if viewport else {}
    todo = list(items)
    while todo and time.monotonic() < ends:
        try:
            async with at.lab(reduced_motion="reduce", **options) as tab:
                record["consent"] = await without_banner(tab, at.level) or record["consent"]
                await learn_restless(tab, 0.4)
                while todo and time.monotonic() < ends:
                    seen = await follow(tab, todo.pop(0))
                    if seen is None:
                        continue
                    record["opened"].append({**seen, "far": far(seen), "viewport": "320" if viewport else "base"})
                    if seen["layer"] is not None and not seen["closed"]:
                        break  # it stays open: go on in a fresh page
        except (Unreachable, Error):
            continue
    for seen in record["opened"]:
        if seen["viewport"] == ("320" if viewport else "base") and troubled(seen) and time.monotonic() < ends + 2:
            try:
                async with at.lab(reduced_motion="reduce", **options) as tab:
                    await without_banner(tab, at.level)
                    if seen.get("stuck"):
                        alive = await _opens_into(tab, seen["selector"])
                        again = None if alive else await follow(tab, seen)
                        seen["stuck"]["confirmed"] = bool(again and again.get("stuck"))
                        continue
                    before = await ask(tab, "opened", {"do": "order", "path": seen["selector"]})
                    again = await follow(tab, seen)
                    if seen.get("lost"):
                        after = await ask(tab, "opened", {"do": "order"})
                        seen["lost"].update({"from": before["at"], "same": before["page"] == after["page"]})
                        seen["confirmed"] = again is not None and again.get("lost") == {"to": 0}
                        continue
                seen["confirmed"] = again is not None and again["layer"] is not None and _same(seen, again)
            except (Unreachable, Error):
                continue


def troubled(seen: Json) -> bool:
    """Is there something to prove?"""
    if seen.get("stuck"):
        return True
    if seen.get("lost"):
        return bool(seen["lost"]["to"] == 0)
    return bool(seen["layer"]) and ("covered" in seen["tabs"] or far(seen) >= 5)


def _replaced(effect: Effect, layer: Json) -> bool:
    """Rows in another order, the next page of a list: what came took the place of what stood there."""
    inside = f"{layer['selector']} "
    gone = [text for text in effect.hidden if not text["selector"] or str(text["selector"]).startswith(inside)]
    words = [text for text in gone if not str(text["text"]).startswith("[")]
    return not effect.layers and 2 * len(words) >= min(len(effect.shown), effect.shown_count)


def far(seen: Json) -> int:
    """How many stops lie between the control and what it opened; 0 when focus is in it or never came there."""
    if seen["focus"] == "inside" or "inside" not in seen["tabs"]:
        return len(seen["tabs"]) if seen["focus"] != "inside" and len(seen["tabs"]) >= MAX_TABS else 0
    return int(seen["tabs"].index("inside"))


def _same(one: Json, other: Json) -> bool:
    """Did focus go the same way, as far as it matters?"""
    if "covered" in one["tabs"]:
        upto = one["tabs"].index("covered") + 1
        return bool(one["focus"] == other["focus"] and one["tabs"][:upto] == other["tabs"][:upto])
    return far(one) == far(other)


async def follow(tab: Tab, opener: Json) -> dict[str, Any] | None:
    """Opens one control by Enter and follows focus; None when the control cannot get focus or shows nothing new."""
    path = opener["selector"]
    focused = await ask(tab, "clickables", {"do": "focus", "path": path})
    if not focused or not focused["ok"]:
        return None
    press = partial(tab.page.keyboard.press, "Enter")
    effect = await observe(tab, press, wait=0.6, target=path, doing=f"Enter on {path}")
    place = {key: opener[key] for key in ("selector", "snippet", "box", "kind", "name") if key in opener}
    seen: dict[str, Any] = {**place, "layer": None, "focus": "", "tabs": [], "first": None, "after": "",
                            "closed": False, "confirmed": False}
    lost = effect.focus_lost and not (effect.leaves or effect.url or effect.dialogs)
    if effect.leaves or not (effect.layers or effect.shown_count):
        return {**seen, "closed": True, "lost": await _tab_on(tab)} if lost else None
    await asyncio.sleep(0.15)
    layer = await ask(tab, "opened", {
        "do": "layer", "trigger": path, "layers": [item["selector"] for item in effect.layers],
        "shown": [item["selector"] for item in effect.shown][:20]})
    if layer is None or not layer["stops"] or _replaced(effect, layer):
        if layer is not None:
            seen["stuck"] = await _stuck(tab, path, layer)
        if lost:
            seen["lost"] = await _tab_on(tab)
        await tab.page.keyboard.press("Escape")
        return seen
    seen["layer"] = layer

    async def where() -> Json:
        answer: Json = await ask(tab, "opened", {"do": "where", "layer": layer["selector"]})
        return answer

    now = await where()
    seen["focus"] = now["where"]
    for _ in range(MAX_TABS):
        await tab.page.keyboard.press("Tab")
        await asyncio.sleep(0.03)
        now = await where()
        if not now["open"]:
            break  # it closes when focus leaves it: nothing is covered any more
        # What a small layer happens to lie over is not behind it in the sense of a modal one.
        under = "covered" if layer["blocked"] >= MODAL else "outside"
        seen["tabs"].append("nowhere" if not now["hasFocus"] else under if now["where"] == "covered" else now["where"])
        if seen["tabs"][-1] == "covered":
            await asyncio.sleep(FADES)
            if not (await where())["open"]:
                seen["tabs"].pop()  # it closed as focus left it, and faded for a while
            else:
                seen["first"] = now["place"]
            break
        if not now["hasFocus"]:
            break
        if seen["focus"] != "inside" and now["where"] == "inside" and layer["blocked"] < MODAL:
            break
    back = layer["selector"] if seen["focus"] == "inside" else path
    await ask(tab, "clickables", {"do": "focus", "path": back})
    await tab.page.keyboard.press("Escape")
    await asyncio.sleep(0.3)
    now = await where()
    seen["closed"] = not now["open"]
    if seen["closed"]:
        seen["after"] = now["where"] if now["path"] else "nowhere"
    elif layer["dialog"] and (closer := await ask(tab, "opened", {"do": "closer", "layer": layer["selector"]})):
        await ask(tab, "clickables", {"do": "focus", "path": closer["path"]})
        await tab.page.keyboard.press("Enter")
        await asyncio.sleep(0.4)
        now = await where()
        seen["closed"] = not now["open"]
        if seen["closed"]:
            seen["after"], seen["closer"] = now["where"] if now["path"] else "nowhere", closer["name"]
    else:  # a disclosure closes by its own control
        await ask(tab, "clickables", {"do": "focus", "path": path})
        await tab.page.keyboard.press("Enter")
        await asyncio.sleep(0.3)
        seen["closed"] = not (await where())["open"]
    if seen["closed"] and layer["shut"]:
        await ask(tab, "clickables", {"do": "focus", "path": path})
        await tab.page.keyboard.press("Enter")
        await asyncio.sleep(0.4)
        seen["stuck"] = await _stuck(tab, path, layer)
        await tab.page.keyboard.press("Escape")
        await asyncio.sleep(0.2)
    return seen


async def _stuck(tab: Tab, opener: str, layer: Json) -> dict[str, Any] | None:
    """What no key goes to in the open menu; None when there is nothing like it, or when some key does something."""
    if not layer["shut"] or not await no_key_moves(tab, layer["shut"][0], time.monotonic() + 4, opener):
        return None
    return {"items": len(layer["shut"]), "only": layer["only"], "confirmed": False}


async def _opens_into(tab: Tab, opener: str) -> bool:
    """Does the arrow key that menus also open by bring focus into it?"""
    await ask(tab, "clickables", {"do": "focus", "path": opener})
    pressed = await observe(tab, partial(tab.page.keyboard.press, "ArrowDown"), wait=0.4, target=opener)
    return pressed.any


async def _tab_on(tab: Tab) -> dict[str, int]:
    """Where does Tab lead when focus is nowhere? The browser mostly goes on from where focus was last."""
    await asyncio.sleep(0.3)  # a script may put focus somewhere yet: then it is not lost
    now = await ask(tab, "opened", {"do": "order"})
    if now["focused"]:
        return {"to": -1}
    await tab.page.keyboard.press("Tab")
    await asyncio.sleep(0.05)
    return {"to": int((await ask(tab, "opened", {"do": "order"}))["at"])}
