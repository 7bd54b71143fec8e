"""The page at other sizes: zoomed to 200 % and further, and held upright and lying.

One laboratory is resized through the sizes; what looks wrong is looked at again in a page loaded at that size.

The record: `zoom.small`, texts that never reach twice their size (`most`, the largest enlargement at any zoom, with
`confirmed`); `zoom.cut`, `zoom.collided`: texts cut off or run over at 200 % that were not at 100 %, with
`confirmed`; `zoom.hidden`: texts that lie wholly outside the box that cuts them off at 200 %; `zoom.gone`: fields of
the main part that are not there at 200 %; `zoom.texts`: how many texts were
followed; `turn`: for both positions of a phone (`upright`, `lying`) how much text can be read, how much of it is
turned by 90 degrees against the other position, what asks to turn the device, and `confirmed` for each of the two
signs.
Sources: fifty-criteria, engine E6 and fact D8; ACT 59br37, b33eff; F69, F94, F97, F100.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error

from checks.harness import SafetyLevel
from checks.inpage import script
from checks.tab import Tab, Unreachable
from scanner.model import Json

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.LOOK
SECONDS = 16.0
ORDER = 20

ZOOMS: tuple[tuple[int, int, int], ...] = ((2, 640, 512), (3, 427, 341), (4, 320, 256), (5, 256, 205))
"""Zoom factor and the view it leaves of 1280 x 1024, in CSS px."""
DOUBLE = 1.95
"""Enlargement that counts as 200 %: sizes are rounded."""
UPRIGHT: Mapping[str, int] = {"width": 390, "height": 844}
LYING: Mapping[str, int] = {"width": 844, "height": 390}
TURNED = 0.5
"""Share of the text that must be turned before the page counts as held in one position."""
LEFT = 0.2
"""Share of the main text that is left in a position that asks to turn the device."""


async def look(at: Look) -> Json:
    """The record described above."""
    if not at.seen("facts").get("text"):
        return {"zoom": {"texts": 0, "small": [], "cut": [], "collided": [], "gone": []}, "turn": {}}
    ends = time.monotonic() + SECONDS - 2
    async with at.lab() as tab:
        zoom = await _zoom(tab)
        turn = await _turn(tab)
    suspects = zoom["small"] or zoom["cut"] or zoom["collided"]
    if suspects and time.monotonic() < ends - 2:
        await _confirm_zoom(at, zoom)
    if turn["sign"] and time.monotonic() < ends - 2:
        await _confirm_turn(at, turn)
    return {"zoom": zoom, "turn": turn}


async def _size(tab: Tab, width: int, height: int, scale: float = 1, mobile: bool = False) -> None:
    angle = {"type": "portraitPrimary", "angle": 0} if height > width else {"type": "landscapePrimary", "angle": 90}
    await tab.cdp.send(
        "Emulation.setDeviceMetricsOverride",
        {
            "width": width,
            "height": height,
            "deviceScaleFactor": scale,
            "mobile": mobile,
            **({"screenOrientation": angle} if mobile else {}),
        },
    )
    await tab.settle(0.6)


async def _see(tab: Tab, step: str) -> dict[str, Any]:
    return dict(await tab.call(script("zoom"), {"step": step}))


async def _zoom(tab: Tab) -> dict[str, Any]:
    """Texts followed through the zooms, and what is lost at 200 %."""
    first = await _see(tab, "first")
    most: dict[tuple[str, str], float] = {}
    sizes = {(t["selector"], t["text"]): t["size"] for t in first["texts"]}
    twice: dict[str, Any] = {}
    for factor, width, height in ZOOMS:
        await _size(tab, width, height, factor)
        seen = await _see(tab, "next")
        twice = twice or seen
        for text in seen["texts"]:
            was = text["was"] or sizes.get((text["selector"], text["text"]), 0)
            key = (text["selector"], text["text"])
            if was and key in sizes:
                most[key] = max(most.get(key, 0.0), factor * text["size"] / was)
        if factor == 2 and all(value >= DOUBLE for value in most.values()):
            break
    small = [
        {**place, "most": round(most[key], 2), "confirmed": False}
        for key in most
        if most[key] < DOUBLE and (place := {"selector": key[0], "text": key[1]})
    ]
    return {
        "texts": len(most),
        "small": small[:20],
        "cut": [{**c, "confirmed": False} for c in twice["cut"]],
        "collided": [{**c, "confirmed": False} for c in twice["collided"]],
        "gone": twice["gone"],
        "hidden": twice["hidden"],
    }


async def _confirm_zoom(at: Look, zoom: dict[str, Any]) -> None:
    """Looks again in pages loaded at 200 % and, for texts that stay small, at 400 %."""
    seen: list[dict[str, Any]] = []
    try:
        for factor, width, height in (ZOOMS[0], ZOOMS[2]) if zoom["small"] else (ZOOMS[0],):
            async with at.lab(viewport={"width": width, "height": height}, device_scale_factor=factor) as tab:
                seen.append({**await _see(tab, "lone"), "factor": factor})
                if factor == 2:
                    places = await tab.call(
                        "(S, paths) => paths.map(p => { const el = S.find(p); return el && S.place(el) })",
                        [t["selector"] for t in zoom["small"]],
                    )
        async with at.lab() as tab:
            sizes = (
                {(t["selector"], t["text"]): t["size"] for t in (await _see(tab, "lone"))["texts"]}
                if zoom["small"]
                else {}
            )
    except Unreachable:
        return
    again = {(c["selector"], c["text"]) for c in seen[0]["cut"]}
    for item in zoom["cut"]:
        item["confirmed"] = (item["selector"], item["text"]) in again
    for item in zoom["collided"]:
        item["confirmed"] = False  # a fresh page has nothing to compare with: a person judges
    for item, place in zip(zoom["small"], places if zoom["small"] else (), strict=True):
        key = (item["selector"], item["text"])
        factors = [
            s["factor"] * t["size"] / sizes[key]
            for s in seen
            for t in s["texts"]
            if (t["selector"], t["text"]) == key and key in sizes
        ]
        item.update({k: v for k, v in (place or {}).items() if k != "selector"})
        item["confirmed"] = len(factors) == 2 and max(factors) < DOUBLE


async def _turn(tab: Tab) -> dict[str, Any]:
    """What a phone shows upright and lying."""
    await _size(tab, **UPRIGHT, scale=2, mobile=True)
    upright = await _see(tab, "first")
    await _size(tab, **LYING, scale=2, mobile=True)
    lying = await _see(tab, "next")
    return {
        "upright": _brief(upright),
        "lying": _brief(lying),
        "sign": _sign(upright, lying),
        "turnedAt": lying["turnedAt"],
        "canvas": upright["big"] or lying["big"],
        "confirmed": False,
    }


def _brief(seen: Json) -> Json:
    return {key: seen[key] for key in ("chars", "mainChars", "turned", "asks", "hasMain")}


def _sign(upright: Json, lying: Json) -> str:
    """What speaks for a page that wants one position: `turned`, `asks upright`, `asks lying` or nothing."""
    if lying["chars"] and lying["turned"] >= TURNED * lying["chars"]:
        return "turned"
    for name, here, there in (("upright", upright, lying), ("lying", lying, upright)):
        # It asks in this position and not in the other, and lies over the view or leaves little of the text.
        if (
            here["asks"]
            and not there["asks"]
            and (not here["asks"]["whole"] or here["mainChars"] < LEFT * there["mainChars"])
        ):
            return f"asks {name}"
    return "some turned" if lying["turned"] else ""


async def _confirm_turn(at: Look, turn: dict[str, Any]) -> None:
    """The same signs in pages loaded in each position, after three seconds and Escape."""
    seen: dict[str, dict[str, Any]] = {}
    try:
        for name, viewport in (("upright", UPRIGHT), ("lying", LYING)):
            async with at.lab(viewport=viewport, device_scale_factor=2, is_mobile=True, has_touch=True) as tab:
                if turn["sign"].startswith("asks"):
                    await asyncio.sleep(3)
                    if at.level >= SafetyLevel.KEYS:
                        await tab.page.keyboard.press("Escape")
                seen[name] = await _see(tab, "first")
                other = LYING if viewport is UPRIGHT else UPRIGHT
                await _size(tab, **other, scale=2, mobile=True)
                seen[f"{name} then"] = await _see(tab, "next")
    except (Unreachable, Error):
        return
    first, second = seen["upright then"], seen["lying then"]
    if turn["sign"] in ("turned", "some turned"):
        turn["confirmed"] = all(s["chars"] and s["turned"] >= TURNED * s["chars"] for s in (first, second))
    else:
        turn["confirmed"] = _sign(seen["upright"], seen["lying"]) == turn["sign"]
