"""Letters as they are drawn: contrast on gradients, pictures and in doubt; colours on hover, on focus, in the dark
scheme.

Gates on the `contrast` record: a page whose texts all stand dark on plain colours is only asked for its style rules.

The record: `items`, the texts that computed colours could not settle or found too pale, each with `kind`, `core`
(pixels measured), `median`, `p10`, `share` (of the core below what is needed), `needed`; `states`, texts that are too
pale in `state` hover, focus or dark, with the colours and `confirmed` (seen again by really pointing or focusing, or
in a fresh load); `looked`, how many elements were asked for each state. Texts in frames are not measured.
Sources: fifty-criteria, engine E5, facts D3, D10, D16.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error

from checks.harness import SafetyLevel
from checks.inpage import script
from checks.letters import around, batches, measure, views
from checks.tab import Tab, Unreachable
from scanner.model import Json

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.LOOK
SECONDS = 18.0
ORDER = 30

MAX_ITEMS = 60
MAX_VIEWS = 6
"""Views drawn per laboratory."""
MAX_PAIRS = 60
MAX_CONFIRMED = 12
SCALE = 2
"""Pixels drawn per CSS px: thin letters get a core."""


async def look(at: Look) -> Json:
    """The record described above."""
    own = at.seen("contrast")
    if not own.get("texts"):
        return {"items": [], "states": [], "looked": {}}
    ends = time.monotonic() + SECONDS - 2
    wanted = [i for i in (*own["low"], *own["open"]) if not i.get("frame")][:MAX_ITEMS]
    items: list[Json] = []
    states: list[Json] = []
    async with at.lab(reduced_motion="reduce") as tab:
        await tab.call(script("letters"), {"color": None, "rest": True})
        pairs = await tab.call(script("stateful"), {"limit": MAX_PAIRS})
        items = await _measure(tab, wanted, ends)
        states = await _hover_and_focus(tab, at, pairs["pairs"], ends)
        dark = await _dark(tab, own, at) if pairs["dark"] else []
    doubtful = [i for i in items if _pale(i) and not (i["low"] and i["solid"])]
    if doubtful and time.monotonic() < ends - 3:
        items = await _again(at, items, doubtful, ends)
    if dark and time.monotonic() < ends - 2:
        states += await _dark_again(at, dark)
    looked = {s: sum(p["state"] == s for p in pairs["pairs"]) for s in ("hover", "focus")}
    return {
        "items": items,
        "states": states,
        "looked": {**looked, "dark": bool(pairs["dark"])},
        "unreadable": pairs["unreadable"],
    }


def _pale(item: Json) -> bool:
    return bool(item["core"]) and item["share"] >= 0.1


async def _texts(tab: Tab, selectors: Sequence[str]) -> list[Json]:
    """Texts within these elements as the contrast probe computes them now."""
    found = await tab.call("(S, within) => PROBES.contrast(S, { within })", list(dict.fromkeys(selectors)))
    return list(found["all"])


async def _measure(tab: Tab, wanted: Sequence[Json], ends: float) -> list[Json]:
    """The wanted texts with what their pixels say."""
    if not wanted:
        return []
    keys = {(i["selector"], i["kind"]) for i in wanted}
    fresh = [
        t
        for t in await _texts(tab, [i["selector"] for i in wanted])
        if (t["selector"], t["kind"]) in keys and t["rects"]
    ]
    view = await tab.ask("({width: innerWidth, height: innerHeight})")
    out: list[Json] = []
    for group in batches(fresh, view["height"] - 60)[:MAX_VIEWS]:
        if time.monotonic() > ends - 2:
            break
        top = min(r[1] for i in group for r in i["rects"])
        at = await tab.call(
            "(S, y) => { scrollTo(0, y); return { x: scrollX, y: scrollY, width: innerWidth, height: innerHeight } }",
            max(0, top - 30),
        )
        # Fixed and sticky parts moved with the view: ask again where the letters are.
        now = {(t["selector"], t["kind"]): t for t in await _texts(tab, [i["selector"] for i in group])}
        group = [now[key] for i in group if (key := (i["selector"], i["kind"])) in now and now[key]["rects"]]
        if not group:
            continue
        x, y, width, height = around(group, at)
        if width < 2 or height < 2:
            continue
        seen = await views(tab, (x, y, width, height), SCALE)
        for item in group:
            boxes = [(r[0] - x, r[1] - y, r[2], r[3]) for r in item["rects"]]
            found = measure(seen, boxes, SCALE, item["needed"], item["opacity"], "filter" in item["doubts"])
            out.append({**item, "core": found.core, "median": found.median, "p10": found.p10, "share": found.share})
    return out


async def _again(at: Look, items: list[Json], doubtful: Sequence[Json], ends: float) -> list[Json]:
    """Measures what looks pale once more in a fresh load; what is not pale again decides nothing."""
    try:
        async with at.lab(reduced_motion="reduce") as tab:
            await tab.call(script("letters"), {"color": None, "rest": True})
            second = {(i["selector"], i["kind"]): i for i in await _measure(tab, doubtful, ends)}
    except Unreachable:
        second = {}
    asked = {(i["selector"], i["kind"]) for i in doubtful}
    out: list[Json] = []
    for item in items:
        key = (item["selector"], item["kind"])
        agrees = key not in asked or (key in second and abs(second[key]["share"] - item["share"]) < 0.15)
        out.append(item if agrees else {**item, "core": 0})
    return out


async def _hover_and_focus(tab: Tab, at: Look, pairs: Sequence[Json], ends: float) -> list[Json]:
    """Texts too pale in a forced state; the first of them confirmed by really pointing or focusing."""
    suspects: list[tuple[Json, Json]] = []
    if not pairs:
        return []
    await tab.call(script("letters"), {"color": None})
    await tab.cdp.send("DOM.enable")
    await tab.cdp.send("CSS.enable")
    root = (await tab.cdp.send("DOM.getDocument", {"depth": 0}))["root"]["nodeId"]
    for state in ("hover", "focus"):
        mine = [p for p in pairs if p["state"] == state and " >>> " not in p["target"]]
        if not mine or time.monotonic() > ends - 3:
            continue
        before = {(t["selector"], t["kind"]): t for t in await _texts(tab, [p["selector"] for p in mine])}
        forced: list[int] = []
        for target in dict.fromkeys(p["target"] for p in mine):
            node = (await tab.cdp.send("DOM.querySelector", {"nodeId": root, "selector": target}))["nodeId"]
            if node:
                forced.append(node)
                classes = ["hover"] if state == "hover" else ["focus", "focus-visible", "focus-within"]
                await tab.cdp.send("CSS.forcePseudoState", {"nodeId": node, "forcedPseudoClasses": classes})
        after = await _texts(tab, [p["selector"] for p in mine])
        for node in forced:
            await tab.cdp.send("CSS.forcePseudoState", {"nodeId": node, "forcedPseudoClasses": []})
        for text in after:
            was = before.get((text["selector"], text["kind"]))
            changed = was is None or (text["fg"], text["bg"]) != (was["fg"], was["bg"])
            if text["low"] and changed and not (was and was["low"] and was["ratio"] <= text["ratio"]):
                pair = next((p for p in mine if text["selector"].startswith(p["selector"])), None)
                if pair is not None:
                    suspects.append((pair, text))
    out: list[Json] = []
    for pair, text in suspects[:MAX_CONFIRMED]:
        confirmed = at.level >= SafetyLevel.KEYS and time.monotonic() < ends - 1 and await _really(tab, pair, text)
        out.append({**text, "state": pair["state"], "confirmed": confirmed})
    return out


async def _really(tab: Tab, pair: Json, text: Json) -> bool:
    """Whether pointing at, or focusing, the element makes this text as pale as the forced state did."""
    middle = await tab.call(
        """(S, path) => { const el = S.find(path); if (!el) return null;
        el.scrollIntoView({ block: 'center', behavior: 'instant' });
        const r = [...el.getClientRects()].find((b) => b.width > 2 && b.height > 2);
        return r && [r.x + r.width / 2, r.y + r.height / 2] }""",
        pair["target"],
    )
    if not middle:
        return False
    try:
        if pair["state"] == "hover":
            await tab.page.mouse.move(middle[0] + 3, middle[1] + 1)
            await tab.page.mouse.move(middle[0], middle[1])
        else:
            await tab.call(
                "(S, path) => { S.find(path).focus({ preventScroll: true, focusVisible: true }); return 1 }",
                pair["target"],
            )
        await asyncio.sleep(0.3)
        now = [
            t
            for t in await _texts(tab, [text["selector"]])
            if (t["selector"], t["kind"]) == (text["selector"], text["kind"])
        ]
        await tab.page.mouse.move(1, 1)
        return any(t["low"] and t["solid"] and abs(t["ratio"] - text["ratio"]) < 0.05 for t in now)
    except (Error, Unreachable):
        return False


async def _dark(tab: Tab, own: Json, at: Look) -> list[Json]:
    """Texts that are too pale in the dark scheme alone, by emulation in the open page."""
    await tab.cdp.send("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    await asyncio.sleep(0.3)
    found = await tab.call("(S) => PROBES.contrast(S, {})")
    known = {(i["selector"], i["kind"], i["fg"], i["bg"]) for i in own["low"]}
    return [i for i in found["low"] if i["solid"] and (i["selector"], i["kind"], i["fg"], i["bg"]) not in known][
        :MAX_ITEMS
    ]


async def _dark_again(at: Look, dark: Sequence[Json]) -> list[Json]:
    """The same texts in a page that was loaded in the dark scheme; pixels have the last word."""
    out: list[Json] = []
    try:
        async with at.lab(reduced_motion="reduce", color_scheme="dark") as tab:
            await tab.call(script("letters"), {"color": None, "rest": True})
            seen = {(i["selector"], i["kind"]): i for i in await _measure(tab, dark, time.monotonic() + 6)}
    except Unreachable:
        seen = {}
    for item in dark:
        now: Any = seen.get((item["selector"], item["kind"]), {})
        confirmed = bool(now) and now["low"] and now["core"] >= 20 and now["share"] >= 0.5
        out.append({**item, "state": "dark", "confirmed": confirmed})
    return out
