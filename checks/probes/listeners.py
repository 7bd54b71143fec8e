"""Which elements listen to which events: the browser's own list, frameworks' delegated handlers, and hand cursors.

`inventory(tab)` costs some 50 ms on an open page and only reads; other deep probes call it in their own laboratory.
The record (also kept by this probe for every page with scripts or `on…` attributes) holds

* `scripted`: False when the page has no way to listen at all; then nothing else was looked at;
* `elements`: places with `types` (event names), `via` (`listener`, `react`, `jquery`, `solid`, `svelte`, `cursor`),
  `role`, `name`, `text`, `focusable`, `visible`, `share` (of the viewport's area); at most MAX_ELEMENTS;
* `roots`: what listens for the whole document: `target` (`window`, `document`, `html`, `body`), `types`, `frame`;
* `more`: elements left out; `unseen`: frames left out;
* `keys`: can a key reach a listener when no field has focus; then `shortcuts` (checks.shortcuts), if L1 is allowed.

Sources: fifty-criteria, engine E3; Chrome DevTools protocol, DOMDebugger.getEventListeners.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error

from checks.harness import SafetyLevel
from checks.inpage import script
from checks.shortcuts import find_shortcuts, key_listening, press_again
from checks.tab import Frame, ScriptError, Tab, Unreachable
from scanner.model import Json

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.LOOK
SECONDS = 20.0
ORDER = 5

MAX_ELEMENTS = 400
MAX_FRAMES = 10
MAX_CONFIRMED = 2
"""Shortcuts pressed again, each in a fresh page: how many of them there are is for who repairs the first."""
BORING = frozenset({"load", "error", "animationstart", "animationend", "animationiteration", "transitionend",
                    "DOMContentLoaded"})



async def look(at: Look) -> Json:
    """The record described above."""
    if not can_listen(at):
        return {"scripted": False, "elements": [], "roots": [], "more": 0, "unseen": 0, "keys": False}
    began = time.monotonic()
    async with at.lab() as tab:
        record = dict(await inventory(tab))
        whole, part = key_listening(record)
        record["keys"] = whole or part
        if record["keys"] and at.level >= SafetyLevel.KEYS:
            record["shortcuts"] = await find_shortcuts(tab, whole, part, time.monotonic() + 9)
    shortcuts = record.get("shortcuts") or {"found": []}
    settled = 0
    for _ in range(MAX_CONFIRMED):
        if settled < len(shortcuts["found"]) and (not settled or time.monotonic() - began < SECONDS * 0.4):
            async with at.lab() as tab:
                settled = await press_again(tab, shortcuts, settled)
    shortcuts["found"] = [item for item in shortcuts["found"][:settled] if item["effect"]]
    return record


def can_listen(at: Look) -> bool:
    """Could anything on this page react to events by script? False only when that is certain."""
    facts, focusables = at.seen("facts"), at.seen("focusables")
    return not facts or bool(facts.get("scripts") or facts.get("frames") or focusables.get("handlers", 1))


async def inventory(tab: Tab) -> Json:
    """Everything that listens on the open page, in every frame. Only reads."""
    elements: list[Json] = []
    roots: list[Json] = []
    more = unseen = 0
    frames = await tab.frames()
    for frame in frames[:MAX_FRAMES]:
        try:
            found = await _in_frame(tab, frame)
        except (Unreachable, ScriptError, Error):
            if frame.is_top:
                raise
            unseen += 1
            continue
        elements.extend(found["elements"])
        roots.extend(found["roots"])
        more += int(found["more"])
    unseen += max(0, len(frames) - MAX_FRAMES)
    return {"scripted": True, "elements": elements, "roots": roots, "more": more, "unseen": unseen}


async def _in_frame(tab: Tab, frame: Frame) -> Json:
    await tab.ask_library("0", frame=frame)
    world = await tab.world(frame)
    main = await _main_world(tab, frame)
    if main is None:
        raise Unreachable("no page world")
    # Never with a handle of our own world: with `pierce` the browser then compiles the page's `on…` attributes there
    # and crashes when one of them runs. Seen in Chromium 156; docs/decisions/0012.
    answer = await tab.cdp.send("DOMDebugger.getEventListeners", {"objectId": main, "depth": -1, "pierce": True})
    by_node: dict[int, set[str]] = {}
    for listener in answer["listeners"]:
        if "backendNodeId" in listener and listener["type"] not in BORING:
            by_node.setdefault(int(listener["backendNodeId"]), set()).add(str(listener["type"])[:40])
    await tab.ask("globalThis.LISTENING = []; 0", frame=frame)
    on_document: set[str] = set()
    nodes = list(by_node.items())[:MAX_ELEMENTS * 2]
    for types in await asyncio.gather(*(_remember(tab, world, node, types) for node, types in nodes)):
        on_document |= types
    on_window = await _window_types(tab, main)
    delegated = await _delegated(tab, main)
    found: dict[str, Any] = await tab.call(script("listening"), {**delegated, "limit": MAX_ELEMENTS}, frame=frame)
    address = "" if frame.is_top else frame.url[:500]
    roots = [{"target": target, "types": sorted(types), "frame": address}
             for target, types in (("window", on_window), ("document", on_document)) if types]
    return {**found, "roots": [*roots, *found["roots"]]}


async def _object(tab: Tab, expression: str, world: int) -> str:
    """Handle of a value in a world."""
    answer = await tab.cdp.send("Runtime.evaluate", {"expression": expression, "contextId": world})
    if "objectId" not in answer["result"]:
        raise Unreachable("the document went away")  # a frame that was still loading
    return str(answer["result"]["objectId"])


_REMEMBER = """function(...types) {
  if (this === document) return true;
  if (this.nodeType === 1 && this.ownerDocument === document) for (const type of types) LISTENING.push([this, type]);
  return false;
}"""


async def _remember(tab: Tab, world: int, node: int, types: set[str]) -> set[str]:
    """Puts the element into the world's LISTENING list; gives the types back when the node is the document itself."""
    try:
        resolved = await tab.cdp.send("DOM.resolveNode", {"backendNodeId": node, "executionContextId": world})
        if "objectId" not in resolved["object"]:
            return set()  # a document that has been replaced by another
        answer = await tab.cdp.send("Runtime.callFunctionOn", {
            "objectId": resolved["object"]["objectId"], "returnByValue": True,
            "functionDeclaration": _REMEMBER, "arguments": [{"value": kind} for kind in sorted(types)]})
    except Error:
        return set()  # the node went away, or belongs to another frame that has its own turn
    return types if answer["result"].get("value") is True else set()


async def _main_world(tab: Tab, frame: Frame) -> str | None:
    """A handle of the frame's document in the page's own world."""
    try:
        document = await _object(tab, "document", await tab.world(frame))
        described = await tab.cdp.send("DOM.describeNode", {"objectId": document})
        resolved = await tab.cdp.send("DOM.resolveNode", {"backendNodeId": described["node"]["backendNodeId"]})
        return str(resolved["object"]["objectId"])
    except Error:
        return None


async def _window_types(tab: Tab, main_document: str) -> set[str]:
    window = await tab.cdp.send("Runtime.callFunctionOn", {
        "objectId": main_document, "functionDeclaration": "function() { return this.defaultView; }"})
    handle = window["result"].get("objectId")
    if handle is None:
        return set()
    listeners = (await tab.cdp.send("DOMDebugger.getEventListeners", {"objectId": handle}))["listeners"]
    return {str(entry["type"])[:40] for entry in listeners} - BORING


async def _delegated(tab: Tab, main_document: str) -> Mapping[str, Any]:
    """Handlers that a framework keeps itself, as `[index in document order, type, via]`; checked: the page may lie."""
    try:
        answer = await asyncio.wait_for(tab.cdp.send("Runtime.callFunctionOn", {
            "objectId": main_document, "returnByValue": True,
            "functionDeclaration": f"function() {{ return (\n{script('delegated')}\n); }}"}), 5)
        seen = json.loads(answer["result"].get("value") or "{}")
        found = [[int(index), str(kind)[:40], str(via)[:10]] for index, kind, via in seen.get("found", ())[:3000]]
        return {"total": int(seen.get("total", -1)), "found": found}
    except (TimeoutError, Error, ValueError, TypeError, AttributeError):
        return {"total": -1, "found": []}
