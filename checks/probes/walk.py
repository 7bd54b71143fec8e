"""The Tab walk: the page by keyboard, forwards and backwards, and what is seen of focus at each stop.

One laboratory (consent banner refused first, reduced motion): stops of Tab, then of Shift+Tab, then the focus pixels
of one stop per signature. A second laboratory, only for what looked wrong. The record holds

* `stops`: places with role, name, tabindex, signature, `view` (in the viewport, covered, by what), `pixels`
  (`visible`, `faint`, `none`, `restless`, `untested`), `ratio`, `changed` (pixels), `confirmed` (seen twice);
* `order`: stop numbers in the order of Tab; `backward`: of Shift+Tab;
* `exits`: True when Tab led out of the document; `complete`: True when the walk came round within MAX_STOPS;
* `trap`: None, or what held the focus (checks.walking.try_to_leave), `confirmed`;
* `events`: changes of context that came with focus alone: `stop`, `kind` (navigation, dialog, moved, dropped), `what`,
  `again` (once more in a fresh page), `confirmed` (a third time there);
* `skips`: same-page links among the first four stops: `stop`, `exists` (the target), `next` (stop after Enter and
  Tab), `works` (that stop lies in or after the target, or the document ended);
* `consent` (the button that refused it), `modal` (a layer that kept the walk inside it and was left by `modal.left`),
  `timedOut`.

Sources: fifty-criteria, engines E1 and E2; facts D1, D2, D13, D16; ACT 80af7b, oj04fd.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from checks.consent import refuse_consent
from checks.harness import SafetyLevel
from checks.pictures import Difference, difference, shoot
from checks.probes.listeners import can_listen
from checks.tab import ScriptError, Tab, Unreachable
from checks.walking import Lap, Walker, leave_layer, try_to_leave, walk
from scanner.model import Json

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.KEYS
SECONDS = 32.0
ORDER = 10

MAX_SIGNATURES = 45
PICTURE_SECONDS = 12.0
"""Time for the focus pixels of one page; stops that do not fit stay `untested`."""
MAX_SUSPECTS = 8
PACE = 0.015
MARGIN = 12
FAINT_PIXELS = 10


async def look(at: Look) -> Json:
    """The record described above."""
    focusables = at.seen("focusables")
    if focusables and not any((focusables.get("stops"), focusables.get("scrollers"), at.seen("facts").get("frames"))):
        return _nothing()
    ends = time.monotonic() + SECONDS - 3
    async with at.lab(reduced_motion="reduce") as tab:
        record, suspects = await _first(tab, at, ends)
    if suspects or record["trap"] or record["events"]:
        try:
            async with at.lab(reduced_motion="reduce") as tab:
                await _second(tab, at, record, suspects, ends)
        except Unreachable:
            record["timedOut"] = True
    for stop in record["stops"]:
        stop.pop("signature", None)
        stop.pop("in", None)
    return record


def _nothing() -> dict[str, Any]:
    return {"stops": [], "order": [], "backward": [], "exits": True, "complete": True, "trap": None, "events": [],
            "skips": [], "consent": None, "modal": None, "timedOut": False}


async def without_banner(tab: Tab, level: int) -> str | None:
    """Refuses a consent banner (needs L2): the name of the button that was pressed, or None."""
    return await refuse_consent(tab) if level >= SafetyLevel.CLICK else None


async def _first(tab: Tab, at: Look, ends: float) -> tuple[dict[str, Any], list[int]]:
    record = _nothing()
    record["consent"] = await without_banner(tab, at.level)
    walker = Walker(tab, PACE if can_listen(at) else 0.0)
    start = await walker.begin()
    record["autofocus"] = start.get("autofocus", "")
    forward = await walk(walker, "Tab", ends)
    if forward.cycle and not forward.exits:
        record["modal"] = await leave_layer(walker, forward.cycle, at.level)
        if record["modal"]:
            again = await walk(walker, "Tab", ends)
            order = [*forward.order, *(n for n in again.order if n not in forward.order)]
            forward = Lap(order, again.exits, again.complete, again.cycle, [*forward.events, *again.events])
    if forward.cycle and not forward.exits:
        record["trap"] = await try_to_leave(walker, forward.cycle)
    backward = await walk(walker, "Shift+Tab", ends) if not record["trap"] else Lap()
    already = {event["stop"] for event in forward.events}
    events = [*forward.events, *(event for event in backward.events if event["stop"] not in already)]
    record.update(order=forward.order, backward=backward.order, exits=forward.exits, stops=walker.stops, events=events,
                  complete=forward.complete and time.monotonic() < ends)
    record["timedOut"] = time.monotonic() >= ends
    if record["trap"]:
        return record, []
    record["skips"] = await _skip_links(walker, forward.order)
    return record, await _focus_pixels(walker, forward.order, min(ends, time.monotonic() + PICTURE_SECONDS))


async def _focus_pixels(walker: Walker, order: Sequence[int], ends: float) -> list[int]:
    """Fills `pixels` of the stops, one picture series per signature; stops without any visible sign are returned."""
    await walker.press("Tab")  # the keyboard was used last: rings meant for the keyboard are shown
    suspects: list[int] = []
    by_signature: dict[str, list[int]] = {}
    for n in order:
        by_signature.setdefault(f"{walker.stops[n]['in']} {walker.stops[n]['signature']}", []).append(n)
        walker.stops[n]["pixels"] = "untested"
    for likes in list(by_signature.values())[:MAX_SIGNATURES]:
        for n in likes[:2]:
            if time.monotonic() > ends:
                return suspects
            stop = walker.stops[n]
            try:
                verdict, seen = await _sign_of_focus(walker, n)
            except (Unreachable, ScriptError):
                return suspects
            stop["pixels"], stop["ratio"], stop["changed"] = verdict, seen.ratio, seen.pixels
            if verdict == "none":
                suspects.append(n)
                continue
            if verdict in ("visible", "faint"):
                for like in likes:
                    if walker.stops[like]["pixels"] == "untested":
                        walker.stops[like].update(pixels=verdict, ratio=seen.ratio, changed=seen.pixels, like=True)
                break
        else:
            # Two likes without a sign: the others share their rules.
            if all(walker.stops[n]["pixels"] == "none" for n in likes[:2]):
                for like in likes[2:]:
                    walker.stops[like]["pixels"] = "like none"
    return suspects


async def _sign_of_focus(walker: Walker, n: int) -> tuple[str, Difference]:
    """What changes on screen when this stop gets focus: `visible`, `faint`, `none` or `restless`."""
    stop, frame = walker.stops[n], walker.frame_of(n)
    if stop["tag"] in ("iframe", "frame", "object", "embed"):
        # The frame's own content shows focus, not its frame; a drawing in an object is stopped at and operates nothing.
        return "visible", Difference()
    place = await walker.ask(frame, {"do": "centre", "path": stop["selector"]})
    if not place or not place["ok"]:
        return "untested", Difference()
    await asyncio.sleep(0.06)
    near = frame.is_top and place["inside"] and not place["big"]
    clip = _clip(place) if near else None
    before = await shoot(walker.tab, clip)
    focus = {"do": "focus", "path": stop["selector"], "prevent": near}
    if not ((await walker.ask(frame, focus)) or {}).get("ok"):
        return "untested", Difference()
    await asyncio.sleep(0.03)
    after = await shoot(walker.tab, clip)
    seen = difference(before, after)
    if seen.pixels:
        await walker.ask(frame, {"do": "blur"})
        await asyncio.sleep(0.03)
        noise = difference(before, await shoot(walker.tab, clip))
        if noise.pixels:  # a transition, or something that moves by itself
            await asyncio.sleep(0.35)
            noise = difference(before, await shoot(walker.tab, clip))
        if not near and noise.pixels:
            return "visible" if seen.pixels > 2 * noise.pixels else "restless", seen
        if noise.pixels >= seen.pixels:
            return "restless", seen
        return _strength(seen), seen
    await asyncio.sleep(0.3)  # a transition that starts late, a blinking caret
    seen = difference(before, await shoot(walker.tab, clip))
    if seen.pixels:
        return _strength(seen), seen
    return await _anywhere(walker, n) if near else ("none", seen)


async def _anywhere(walker: Walker, n: int) -> tuple[str, Difference]:
    """Nothing changed near the stop: does anything on the whole screen?"""
    stop, frame = walker.stops[n], walker.frame_of(n)
    await walker.ask(frame, {"do": "blur"})
    await asyncio.sleep(0.2)
    before = await shoot(walker.tab)
    await walker.ask(frame, {"do": "focus", "path": stop["selector"], "prevent": True})
    await asyncio.sleep(0.35)
    after = await shoot(walker.tab)
    seen = difference(before, after)
    if not seen.pixels:
        return "none", seen
    await walker.ask(frame, {"do": "blur"})
    await asyncio.sleep(0.35)
    restless = difference(before, await shoot(walker.tab)).pixels
    return "restless" if restless >= seen.pixels else _strength(seen), seen


def _strength(seen: Difference) -> str:
    """Is a change large and strong enough to be called visible without a person?"""
    return "faint" if seen.strong < FAINT_PIXELS else "visible"


def _clip(place: Json) -> tuple[float, float, float, float]:
    """The element's box with a margin, cut to the viewport, in CSS px of the document."""
    x, y, width, height = place["clip"]
    left, top = max(0.0, x - MARGIN), max(0.0, y - MARGIN)
    right, bottom = min(float(place["size"][0]), x + width + MARGIN), min(float(place["size"][1]), y + height + MARGIN)
    return left + place["scroll"][0], top + place["scroll"][1], right - left, bottom - top


async def _skip_links(walker: Walker, order: Sequence[int]) -> list[dict[str, Any]]:
    """Links to further down among the first stops: does Enter bring the next Tab there? At most two are tried."""
    tried: list[dict[str, Any]] = []
    for place, n in enumerate(order[:4]):
        stop = walker.stops[n]
        if not stop["hash"] or not walker.frame_of(n).is_top or len(tried) >= 2:
            continue
        await walker.begin()
        for _ in range(place + 1):
            now = await walker.press("Tab")
        if now.at != n:
            continue
        await walker.press("Enter", 0.3)
        after = await walker.press("Tab", 0.05)
        next_stop = walker.stops[after.at]["selector"] if after.at >= 0 else ""
        stops = [walker.stops[one]["selector"] for one in order if walker.frame_of(one).is_top]
        answer = await walker.ask(walker.frames[0], {"do": "skipped", "hash": stop["hash"], "path": next_stop,
                                                     "stops": stops}) or {}
        tried.append({"stop": n, "next": next_stop, "works": bool(answer.get("works")),
                      "exists": bool(answer.get("exists"))})
    return tried


async def _second(tab: Tab, at: Look, record: dict[str, Any], suspects: Sequence[int], ends: float) -> None:
    """A fresh page: what looked wrong must look wrong again, by real Tab presses."""
    await without_banner(tab, at.level)
    walker = Walker(tab, PACE)
    await walker.begin()
    if record["modal"]:
        await walker.press("Tab")
        await walker.press("Escape", 0.4)
    trap = record["trap"]
    if trap:
        lap = await walk(walker, "Tab", ends)
        again = await try_to_leave(walker, lap.cycle) if lap.cycle and not lap.exits else None
        trap["confirmed"] = again is not None and again["self"] == trap["self"]
        return
    first = record["stops"]
    for event in record["events"]:
        if time.monotonic() < ends:
            event["confirmed"] = await _again(walker, first[event["stop"]], event)
    order = record["order"]
    done: set[str] = set()
    for n in suspects:
        stop = first[n]
        if len(done) >= MAX_SUSPECTS or time.monotonic() > ends:
            break
        if stop["signature"] in done:
            continue
        done.add(stop["signature"])
        index = order.index(n)
        previous = first[order[index - 1]] if index else None
        stop["confirmed"], stop["second"] = await _unseen_again(walker, stop, previous)
    for n in suspects:  # likes of what was confirmed
        likes = [s for s in suspects if first[s]["signature"] == first[n]["signature"] and "confirmed" in first[s]]
        if "confirmed" not in first[n] and likes:
            first[n]["confirmed"], first[n]["second"] = first[likes[0]]["confirmed"], first[likes[0]]["second"]


async def _land(walker: Walker, stop: Json, previous: Json | None) -> bool:
    """Real Tab press that lands on this stop, from the one before it."""
    frame = walker.frames[stop["in"]] if stop["in"] < len(walker.frames) else walker.frames[0]
    if previous is None or previous["in"] != stop["in"]:
        await walker.begin()
    elif not ((await walker.ask(frame, {"do": "focus", "path": previous["selector"]})) or {}).get("ok"):
        return False
    now = await walker.press("Tab", 0.1)
    return now.at >= 0 and walker.stops[now.at]["selector"] == stop["selector"]


async def _unseen_again(walker: Walker, stop: Json, previous: Json | None) -> tuple[bool, str]:
    """Focus comes by a real Tab, goes and comes back: nothing changes on screen. Says how the stop lay there."""
    frame = walker.frames[stop["in"]] if stop["in"] < len(walker.frames) else walker.frames[0]
    if not await _land(walker, stop, previous):
        return False, "not reached again"
    await asyncio.sleep(0.35)
    try:
        focused = await shoot(walker.tab)
        lay = (await walker.ask(frame, {"do": "look", "path": stop["selector"]})) or {}
        await walker.ask(frame, {"do": "blur"})
        await asyncio.sleep(0.35)
        blurred = await shoot(walker.tab)
        if difference(focused, blurred).pixels:
            return False, "a change was seen"
        await walker.ask(frame, {"do": "focus", "path": stop["selector"], "prevent": True})
        await asyncio.sleep(0.6)
        if difference(blurred, await shoot(walker.tab)).pixels:
            return False, "a change was seen"
    except Unreachable:
        return False, "no picture"
    if not lay.get("ok") or not lay.get("focused"):
        return False, "focus went elsewhere"
    view = lay["view"]
    if min(view["rect"][2:]) < 1 or (view["inside"] and view["clipped"]):
        return True, "clipped"
    return True, "covered" if view["covered"] else "in view" if view["inside"] else "outside"


async def _again(walker: Walker, stop: Json, event: dict[str, Any]) -> bool:
    """Focus this one element, twice, and wait: does the same change of context come each time?"""
    event["again"] = await _once_again(walker, stop, event)
    if not event["again"]:
        return False
    if event["kind"] == "moved" and stop["in"] == 0:
        reach = await walker.ask(walker.frames[0], {"do": "free", "path": stop["selector"]})
        if reach and not reach["ok"]:
            return True  # a modal dialog that opened has taken it out of reach: there is no third time
    return await _once_again(walker, stop, event)


async def _once_again(walker: Walker, stop: Json, event: Json) -> bool:
    if stop["in"] >= len(walker.frames):
        return False
    frame = walker.frames[stop["in"]]
    for other in walker.frames:
        await walker.ask(other, {"do": "blur"})
    await walker.ask(frame, {"do": "at"})
    logged = len(walker.tab.stopped)
    walker.tab.doing = f"focus {stop['selector']}"
    await walker.ask(frame, {"do": "focus", "path": stop["selector"]})
    await asyncio.sleep(0.5)
    now = (await walker.ask(frame, {"do": "at"})) or {}
    if event["kind"] in ("navigation", "dialog"):
        kinds = ("dialog",) if event["kind"] == "dialog" else ("navigation", "popup")
        return any(entry.kind in kinds for entry in walker.tab.stopped[logged:])
    if event["kind"] == "moved":
        # To the same place: a widget takes focus to a part of its own when it comes from outside.
        return bool(now.get("path") == event["what"] and stop["selector"] in now.get("had", ()))
    return not now.get("path") and stop["selector"] in now.get("had", ())
