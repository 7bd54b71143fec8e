"""How fields, boxes to tick, icons and focus rings stand out from what is beside them, in pixels.

Gates on `edges` (candidates by computed style) and `walk` (focus changes of little contrast): a page without either
opens no laboratory. What is too faint is looked at again in a second one.

The record: `fields` (each with `sides`, contrast per side, and `best`), `ticks` (`best`), `icons` (`best`, `pixels`),
`rings` (`best`, `outside`: share of the change at or outside the edge, `authored`), each with `confirmed`. Only what
is fainter than FAINT is kept; `looked` counts what was measured. Likes are measured once.
Sources: WCAG 2.1 1.4.11; fifty-criteria 1.4.11, engines E2 and E5.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from checks.edges import edges, icon, ring, strongest
from checks.harness import SafetyLevel
from checks.inpage import script
from checks.pictures import shoot
from checks.tab import ScriptError, Tab, Unreachable
from scanner.model import Json

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.LOOK
SECONDS = 14.0
ORDER = 60

FAINT = 2.8
"""Below this a measured contrast is below 3:1 whatever the smoothing of edges did."""
EACH = 10
"""Kinds measured per group."""
SCALE = 2.0
ROOM = 12.0
"""px around an element that are drawn with it."""


async def look(at: Look) -> Json:
    """The record described above."""
    found = at.seen("edges")
    stops = [
        s
        for s in at.seen("walk").get("stops", ())
        if s.get("pixels") in ("visible", "faint") and 0 < s.get("ratio", 0) < 3.2
    ]
    groups: dict[str, list[Json]] = {
        "fields": _kinds([f for f in found.get("fields", ()) if not f["boxed"]]),
        "ticks": _kinds(found.get("ticks", ())),
        "icons": _kinds([i for i in found.get("icons", ()) if not i["logo"]]),
        "rings": _kinds([{**s, "kind": s.get("component") or s["selector"]} for s in stops if not s.get("like")]),
    }
    looked = {name: len(items) for name, items in groups.items()}
    out: dict[str, list[Json]] = {name: [] for name in groups}
    if not any(looked.values()):
        return {**out, "looked": looked}
    ends = time.monotonic() + SECONDS - 2
    async with at.lab(reduced_motion="reduce") as tab:
        first = await _measure(tab, groups, ends)
    faint = {name: [item for item in items if item["best"] < FAINT] for name, items in first.items()}
    again: dict[str, list[Json]] = {}
    if any(faint.values()) and time.monotonic() < ends - 2:
        try:
            async with at.lab(reduced_motion="reduce") as tab:
                again = await _measure(tab, faint, ends)
        except Unreachable:
            again = {}
    for name, items in faint.items():
        sure = {item["selector"] for item in again.get(name, ()) if item["best"] < FAINT}
        out[name] = [{**item, "confirmed": item["selector"] in sure} for item in items]
    return {**out, "looked": looked}


def _kinds(items: Sequence[Json]) -> list[Json]:
    """One of each kind, top document only, at most EACH."""
    kept: dict[str, Json] = {}
    for item in items:
        if not item.get("frame") and " >>> " not in item["selector"]:
            kept.setdefault(str(item["kind"]), item)
    return list(kept.values())[:EACH]


async def _measure(tab: Tab, groups: dict[str, list[Json]], ends: float) -> dict[str, list[Json]]:
    await tab.call(script("letters"), {"color": None, "rest": True})
    if groups.get("rings"):
        await tab.page.keyboard.press("Tab")  # rings meant for the keyboard are shown
    how: dict[str, Callable[[Tab, Json, Any, Any], Awaitable[dict[str, Any] | None]]] = {
        "fields": _field,
        "ticks": _tick,
        "icons": _icon,
        "rings": _ring,
    }
    found: dict[str, list[Json]] = {name: [] for name in groups}
    for name, items in groups.items():
        for item in items:
            if time.monotonic() > ends:
                return found
            try:
                place = await _centre(tab, item["selector"], name)
                seen = await how[name](tab, item, *place) if place else None
            except (Unreachable, ScriptError):
                continue
            if seen is not None:
                found[name].append({**item, **seen})
    return found


async def _centre(tab: Tab, path: str, name: str) -> tuple[Any, Any] | None:
    """The clip around the element (px of the page) and its box within it; the element is brought to the middle."""
    place = await tab.call(
        """(S, arg) => { const el = S.find(arg.path); if (!el || !S.visible(el)) return null;
        if (document.activeElement && document.activeElement !== document.body) document.activeElement.blur();
        el.scrollIntoView({ block: 'center', behavior: 'instant' });
        const r = el.getBoundingClientRect(), room = arg.room, left = arg.left;
        const at = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
        const mine = at && (el.contains(at) || at.contains(el) || (at.localName === 'label' && at.control === el));
        if (!mine) return null;
        const x = Math.max(0, r.x - room - left), y = Math.max(0, r.y - room);
        const w = Math.min(innerWidth, r.right + room) - x, h = Math.min(innerHeight, r.bottom + room) - y;
        return { clip: [x + scrollX, y + scrollY, w, h], box: [r.x - x, r.y - y, r.width, r.height] } }""",
        {"path": path, "room": ROOM, "left": 28 if name == "ticks" else 0},
    )
    return (tuple(place["clip"]), tuple(n * SCALE for n in place["box"])) if place else None


async def _field(tab: Tab, item: Json, clip: Any, box: Any) -> dict[str, Any] | None:
    # A dark button beside the field is no edge of the field.
    alone = (f"button,a[href],[role=button],input[type=submit]{{visibility:hidden!important}}"
             f"{item['selector']}{{visibility:visible!important}}")
    await tab.call(script("letters"), {"color": "transparent", "extra": alone})
    sides = edges(await shoot(tab, clip, scale=SCALE), box, SCALE)
    return {"sides": sides, "best": max(sides.values())} if len(sides) >= 3 else None


async def _tick(tab: Tab, item: Json, clip: Any, box: Any) -> dict[str, Any] | None:
    await tab.call(script("letters"), {"color": "transparent"})
    return {"best": strongest(await shoot(tab, clip, scale=SCALE))}


async def _icon(tab: Tab, item: Json, clip: Any, box: Any) -> dict[str, Any] | None:
    await tab.call(script("letters"), {"color": None})
    shown = await shoot(tab, clip, scale=SCALE)
    path = item["selector"]
    hide = (
        f"{path} *,{path}::before,{path}::after{{visibility:hidden!important}}"
        f"{path}{{-webkit-text-fill-color:transparent!important;background-image:none!important}}"
    )
    await tab.call(script("letters"), {"color": None, "extra": hide})
    seen = icon(shown, await shoot(tab, clip, scale=SCALE))
    await tab.call(script("letters"), {"color": None})
    return {"best": seen.ratio, "pixels": seen.pixels} if seen.pixels >= 40 else None


async def _ring(tab: Tab, item: Json, clip: Any, box: Any) -> dict[str, Any] | None:
    await tab.call(script("letters"), {"color": None})
    before = await shoot(tab, clip, scale=SCALE)
    style = await tab.call(
        """(S, path) => { const el = S.find(path); el.focus({ preventScroll: true, focusVisible: true });
        const s = S.style(el); return { outline: s.outlineStyle, focused: el.matches(':focus'),
        caret: s.caretColor !== 'transparent' && (el.matches('textarea,[contenteditable]')
            || (el.localName === 'input'
              && !/^(checkbox|radio|range|color|file|image|submit|button|reset)$/.test(el.type))) } }""",
        item["selector"],
    )
    await asyncio.sleep(0.15)
    after = await shoot(tab, clip, scale=SCALE)
    seen = ring(before, after, box, SCALE)
    await tab.call("(S, path) => { S.find(path).blur(); return 1 }", item["selector"])
    if not style["focused"] or seen.pixels < 20:
        return None
    return {"best": seen.ratio, "outside": seen.outside, "authored": style["outline"] != "auto",
            "caret": bool(style["caret"])}
