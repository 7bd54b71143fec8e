"""What is heard more than three seconds after loading without anybody touching the page, and which control stops it.

Runs only where the page probe `media` found an element that starts by itself with sound, a player that is told to, or a
sound file that a script loaded. The record holds

* `looked`: False when there was no reason to;
* `heard`: elements that sounded after three seconds (in a first and, `twice`, in a second fresh context): places with
  `certain` (the sound itself was measured, not only that it played), `lasts` (seconds; -1 without end), `controls`
  (native ones are visible), `stopped_by` (a control and `way`: `key` or `click`), `tried`, `untried`;
* `players`: players of others that are told to start with sound, as places.

Sources: fifty-criteria 1.4.2; F23, F93; ACT 80f0bf, aaa1bf, 4c31df.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error

from checks.harness import SafetyLevel
from checks.inpage import script
from checks.probes.motion import press
from checks.probes.recordings import frame_of
from checks.tab import ScriptError, Tab, Unreachable
from scanner.model import Json

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.LOOK
SECONDS = 30.0
ORDER = 25

THREE_SECONDS = 3.3
WORDS = (r"pauze|pauzeer|stop|geluid|dempen|stil|muziek|volume|speel|afspelen|uit(zetten)?\b|mute|sound|audio|music"
         r"|pause|\bplay|silence|speaker")
MAX_ELEMENTS = 4
_UNSEEN = """function() { return this.filter((m) => { try {
    return !m.isConnected && !m.paused && !m.muted && m.volume > 0 && m.currentTime > 0;
    } catch { return false; } }).length; }"""
_RUNNING = """function() { return this.filter((c) => { try { return c.state === 'running'; } catch { return false; } })
    .length; }"""
"""Prototypes are among the objects found, and refuse to answer."""


def reasons(media: Json) -> list[Json]:
    """The things on this page that may sound by themselves; a script that loaded a sound file has no place."""
    found = [t for t in media.get("things", ()) if (t["how"] == "element" and t["hasSource"] and not t["muted"]
             and (t["autoplay"] or t["played"])) or (t["how"] == "player" and t["autoplay"] and not t["muted"])]
    known = {str(t["url"]) for t in media.get("things", ())}
    return found + [entry for entry in media.get("loaded", ()) if str(entry["url"]) not in known]


async def look(at: Look) -> Json:
    """The record described above."""
    why = reasons(at.seen("media"))
    out: dict[str, Any] = {"looked": bool(why), "heard": [],
                           "players": [t for t in why if t.get("how") == "player"]}
    if not why:
        return out
    elements = [t for t in why if t.get("how") == "element"][:MAX_ELEMENTS]
    async with at.lab() as tab:
        await asyncio.sleep(THREE_SECONDS)
        for element in elements:
            sounding = await _listen(tab, element)
            if sounding["plays"] and sounding["heard"] != "no":
                out["heard"].append({**_kept(element), "certain": sounding["heard"] == "yes", "twice": False,
                                     "stopped_by": None, "tried": [], "untried": []})
        for heard in out["heard"]:
            await _try_to_stop(tab, heard, at.level >= SafetyLevel.CLICK)
    if any(h["stopped_by"] is None for h in out["heard"]):
        async with at.lab() as tab:
            await asyncio.sleep(THREE_SECONDS)
            for heard in out["heard"]:
                again = await _listen(tab, heard)
                heard["twice"] = bool(again["plays"] and again["heard"] == "yes")
    return out


def _kept(element: Json) -> dict[str, Any]:
    kept = {k: element[k] for k in ("selector", "snippet", "box", "frame", "region", "component", "kind", "url", "name")
            if k in element}
    endless = element["loop"] or element["duration"] is None
    return {**kept, "lasts": -1 if endless else element["duration"],
            "controls": bool(element["controls"] and element["visible"])}


async def _listen(tab: Tab, element: Json, seconds: float = 0.7) -> Json:
    frame = await frame_of(tab, str(element.get("frame", "")))
    nothing: Json = {"plays": False, "heard": "no", "at": 0}
    if frame is None:
        return nothing
    try:
        argument = {"selector": element["selector"], "seconds": seconds}
        heard: Json = await tab.call(script("hearing"), argument, frame=frame)
    except (Unreachable, ScriptError):
        return nothing
    return heard


async def _try_to_stop(tab: Tab, heard: dict[str, Any], may_click: bool) -> None:
    if heard["controls"] or heard.get("frame"):
        return
    controls = await tab.call(script("stoppers"), {"selector": heard["selector"], "words": WORDS})
    everywhere = await tab.call(script("stoppers"), {"selector": "html > body", "words": WORDS})
    seen = {c["selector"] for c in controls}
    for control in [*controls, *(c for c in everywhere if c["selector"] not in seen)][:10]:
        if not may_click:
            heard["untried"].append(control["name"])
            continue
        heard["tried"].append(control["name"])
        for way in ("key", "click"):
            await press(tab, control["selector"], way)
            now = await _listen(tab, heard, 0.4)
            if not now["plays"] or now["heard"] == "no":
                heard["stopped_by"] = {**control, "way": way}
                return


async def unseen_sounds(tab: Tab) -> dict[str, int]:
    """Sounds that no element of the page makes, counted by what lives in the memory: `elements` (playing, made by
    a script and not in the page) and `contexts` (Web Audio that runs)."""
    async def count(prototype: str, function: str) -> int:
        try:
            kind = await tab.cdp.send("Runtime.evaluate", {"expression": f"{prototype}.prototype"})
            found = await tab.cdp.send("Runtime.queryObjects", {"prototypeObjectId": kind["result"]["objectId"]})
            answer = await tab.cdp.send("Runtime.callFunctionOn", {
                "objectId": found["objects"]["objectId"], "functionDeclaration": function, "returnByValue": True})
            return int(answer["result"].get("value") or 0)
        except (Error, KeyError, TypeError, ValueError):
            return 0

    return {"elements": await count("HTMLMediaElement", _UNSEEN), "contexts": await count("AudioContext", _RUNNING)}
