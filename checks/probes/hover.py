"""Content that appears on pointing or focusing: can it be reached with the pointer, does it stay, can it be sent away?

Runs only where the page probe `hovers` found style rules, descriptions or attributes that may show something, or where
an element listens to the pointer coming in (record `listeners`). The record holds

* `popups`: for each trigger that showed something: place of the trigger, `popup` (place, `text`, `covered`: texts and
  fields under it), `by` (`pointer` or `focus`), and `hoverable`, `persistent`, `dismissible`: True, False or None (not
  asked, since it does not apply or could not be tried); `twice`: the names of those that were False again in a second
  fresh context;
* `tested`, `left`: triggers tried, and not tried.

Sources: fifty-criteria 1.4.13; F95; Understanding 1.4.13.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence, Set
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error

from checks.effects import learn_restless, observe
from checks.harness import SafetyLevel
from checks.inpage import script
from checks.tab import ScriptError, Tab
from scanner.model import Json

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.KEYS
SECONDS = 40.0
ORDER = 55

ENTERS = frozenset({"mouseenter", "mouseover", "pointerenter", "pointerover"})
MAX_TRIGGERS = 12
MAX_PATIENCE = 1
"""Popups that are watched for the whole of STAYS: only what a script may show, since style rules do not tire."""
STAYS = 6.0
LINGERS = 1.2
"""Seconds that a menu may take to shut after the pointer has left it."""
PARK = (2, 2)
QUESTIONS = ("hoverable", "persistent", "dismissible")
Box = Sequence[float]


async def look(at: Look) -> Json:
    """The record described above."""
    triggers = [t for t in at.seen("hovers").get("triggers", ()) if not t.get("frame")]
    known = {t["selector"] for t in triggers} | {t["target"] for t in triggers}
    for element in at.seen("listeners").get("elements", ()):
        usable = element["visible"] and not element.get("frame") and element["share"] < 0.4
        if usable and set(element["types"]) & ENTERS and element["selector"] not in known:
            triggers.append({**element, "how": "listener", "target": ""})
    out: dict[str, Any] = {"popups": [], "tested": 0, "left": max(0, len(triggers) - MAX_TRIGGERS)}
    if not triggers:
        return out
    began = time.monotonic()
    shown: set[str] = set()
    async with at.lab() as tab:
        await learn_restless(tab)
        for trigger in triggers[:MAX_TRIGGERS]:
            untried = min(len(triggers), MAX_TRIGGERS) - out["tested"]
            if time.monotonic() > began + SECONDS * 0.5:
                out["left"] += untried
                break
            watched = sum(p["persistent"] is not None for p in out["popups"])
            patient = watched < MAX_PATIENCE and not trigger["how"].startswith("css")
            try:
                trying = _try(tab, trigger, patient=patient, known=shown)
                popup = await asyncio.wait_for(trying, began + SECONDS * 0.6 - time.monotonic())
            except TimeoutError:
                out["left"] += untried
                break
            out["tested"] += 1
            if popup is not None:
                shown.add(popup["popup"]["selector"])
                out["popups"].append(popup)
    suspects = [p for p in out["popups"] if any(p[q] is False for q in QUESTIONS)]
    if suspects:
        async with at.lab() as tab:
            await learn_restless(tab)
            for suspect in suspects:
                doubts = [q for q in QUESTIONS if suspect[q] is False]
                trying = _try(tab, suspect, patient="persistent" in doubts, known=frozenset(), doubts=doubts)
                try:
                    again = await asyncio.wait_for(trying, began + SECONDS * 0.92 - time.monotonic())
                except TimeoutError:
                    break
                if again is not None:
                    suspect["twice"] = [q for q in doubts if again[q] is False]
    return out


async def _try(tab: Tab, trigger: Json, *, patient: bool, known: Set[str],
               doubts: Sequence[str] = QUESTIONS) -> dict[str, Any] | None:
    """Points at one trigger (or focuses it when pointing shows nothing) and asks the questions in doubt.

    None when nothing appears, or only a layer that is `known` (by selector) already.
    """
    selector = str(trigger["selector"])
    try:
        aim = await tab.call(script("aim"), selector)
        if aim is None:
            return None

        async def point() -> None:
            await tab.page.mouse.move(aim["x"], aim["y"], steps=4)
            # A hand is never quite still; some menus take a pointer that jumps for a finger.
            await tab.page.mouse.move(aim["x"] + 1, aim["y"])
            await tab.page.mouse.move(aim["x"], aim["y"])

        async def focus() -> None:
            await tab.call("(S, path) => S.find(path)?.focus({preventScroll: true, focusVisible: true})", selector)

        for by, act in (("pointer", point), ("focus", focus)):
            if by == "focus" and not trigger.get("focusable"):
                continue
            popup = await _shown(tab, selector, act)
            if popup is not None:
                break
        else:
            return None
        if popup["selector"] in known:
            return None
        kept = {k: trigger[k] for k in ("selector", "snippet", "box", "region", "component", "name", "text", "how",
                                        "target", "focusable") if k in trigger}
        found: dict[str, Any] = {**kept, "by": by, "popup": popup, "hoverable": None, "persistent": None,
                                 "dismissible": None, "twice": []}
        if popup["modal"] or popup["alert"]:
            return found
        if patient:
            found["persistent"] = await _stays(tab)
        if by == "pointer" and "hoverable" in doubts:
            found["hoverable"] = await _reachable(tab, aim, popup, lambda: _shown(tab, selector, act))
        covers = popup["covered"] and not popup["inside"] and not popup["closes"]
        if covers and "dismissible" in doubts and await _shown(tab, selector, act) is not None:
            await tab.page.keyboard.press("Escape")
            await asyncio.sleep(0.45)
            found["dismissible"] = await _there(tab) is None
        await tab.page.mouse.move(*PARK)
        await tab.call("() => { if (document.activeElement) document.activeElement.blur(); }")
        await asyncio.sleep(0.2)
        return found
    except (Error, ScriptError):
        return None


async def _shown(tab: Tab, selector: str, act: Callable[[], Awaitable[None]]) -> dict[str, Any] | None:
    """Does it, and describes the layer that came into sight; None when nothing did."""
    await tab.call("() => { if (document.activeElement) document.activeElement.blur(); }")
    await tab.page.mouse.move(*PARK)
    await asyncio.sleep(0.3)
    await _gone(tab)
    effect = await observe(tab, act, wait=0.6, target=selector)
    if effect.leaves or not effect.shown:
        return None
    await asyncio.sleep(0.15)
    shown = [str(item["selector"]) for item in effect.shown]
    popup: dict[str, Any] | None = await tab.call(
        script("popup"), {"do": "find", "shown": shown, "trigger": selector})
    return popup


async def _gone(tab: Tab) -> None:
    """Waits for a layer that stays a while after the pointer has left, as menus do: only then can it come again."""
    ends = time.monotonic() + LINGERS
    while time.monotonic() < ends and await _there(tab) is not None:
        await asyncio.sleep(0.1)


async def _there(tab: Tab) -> Box | None:
    box: Box | None = await tab.call(script("popup"), {"do": "there"})
    return box


async def _stays(tab: Tab) -> bool:
    """Still there after six seconds without moving?"""
    ends = time.monotonic() + STAYS
    while time.monotonic() < ends:
        await asyncio.sleep(0.5)
        if await _there(tab) is None:
            return False
    return True


async def _reachable(tab: Tab, aim: Json, popup: Json, again: Callable[[], Awaitable[Json | None]]) -> bool | None:
    """Moves from the trigger to the layer along the shortest way, from its middle and from its nearest edge."""
    for start in ("middle", "edge"):
        view = (await again() or {}).get("view")
        if view is None:
            return None
        left, top, right, bottom = view
        x, y = aim["x"], aim["y"]
        if start == "edge":
            x = min(max((left + right) / 2, aim["left"] + 2), aim["right"] - 2)
            y = min(max((top + bottom) / 2, aim["top"] + 2), aim["bottom"] - 2)
            await tab.page.mouse.move(x, y, steps=4)
            await asyncio.sleep(0.1)
        near = (min(max(x, left + 3), right - 3), min(max(y, top + 3), bottom - 3))
        for step in range(1, 11):
            await tab.page.mouse.move(x + (near[0] - x) * step / 10, y + (near[1] - y) * step / 10)
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.15)
        await tab.page.mouse.move((left + right) / 2, (top + bottom) / 2, steps=5)
        await asyncio.sleep(0.6)
        if await _there(tab) is not None:
            return True
    return False
