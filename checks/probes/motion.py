"""What still moves five seconds after loading, how much of the picture that is, and whether a visitor can stop it.

Runs only where the page probe `moving` found something that may move, or the virtual clock (record `clock`) saw the
page change by itself. Two fresh contexts look at the same time, a third with reduced motion asked for. The record holds

* `regions`: for each moving place: `kind` (`animation`, `smil`, `picture`, `video`, `canvas`, `marquee`, `blink`,
  `script`), `moves` (seen in the first context), `twice` (and in the second), `area` (CSS px2 that change), `lasts`
  (seconds; -1 without end), `updates` and `texts` (changes by script in the first minute), `still_if_reduced`,
  `loading`, `stopped_by` (the control that stopped it, or None), `tried` (names of controls), `untried` (controls that
  the safety level forbids to try);
* `flashes`: for each place that changes at least six times a second: `changes` (opposing, in the worst second), `area`,
  `red`, `measured` (False: could not be measured, with `why`).

Sources: fifty-criteria, engine E7; Understanding 2.2.2 and 2.3.1; checks/flashes.py.
"""

from __future__ import annotations

import asyncio
import base64
import io
import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from playwright.async_api import APIRequestContext, Error

from checks.flashes import Flashing, flashing
from checks.harness import SafetyLevel
from checks.inpage import script
from checks.pixels import bring, cells, changed, shoot
from checks.tab import ScriptError, Tab, Unreachable
from scanner.model import Json

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.LOOK
SECONDS = 50.0
ORDER = 20

MAX_REGIONS = 6
FIVE_SECONDS = 5.2
SMALLEST = 1000
"""CSS px2; what is smaller and has no text is left out."""
FAST = 6
"""Changes a second from which flashing is measured."""
PICTURE_BYTES = 8_000_000
MAX_FRAMES = 300
WORDS = (r"pauze|pauzeer|stop|afspelen|speel|animatie|beweging|bewegen|diavoorstelling|stilzetten|pause|\bplay|halt"
         r"|freeze|motion|rotation|animation|autoplay|verberg|hide")
_WATCH = (0.0, 0.3, 0.4, 0.5, 0.9, 1.0)
"""Pauses in seconds between the pictures in which something must differ."""
_STEP_ANIMATIONS = """(S, arg) => { const el = S.find(arg.selector); if (!el) return 0;
    const all = el.getAnimations({subtree: true});
    for (const a of all) { a.pause(); a.currentTime = arg.at; } return all.length; }"""
_RUNNING = """(S, path) => { const el = S.find(path); if (!el || !S.visible(el)) return false;
    return el.getAnimations({subtree: true}).some((a) => a.playState === 'running')
        || [el, ...el.querySelectorAll('video')].some((v) => v.localName === 'video' && !v.paused && !v.ended); }"""


async def look(at: Look) -> Json:
    """The record described above."""
    moving = [t for t in at.seen("moving").get("things", ()) if not t.get("frame")]
    foreign = [t for t in at.seen("moving").get("things", ()) if t.get("frame")]
    pictures = [t for t in moving if t["kind"] == "picture"][:20]
    lasting = [t for t in moving if t["kind"] != "picture" and _matters(t) and not 0 <= t["lasts"] <= 5]
    fast = [t for t in moving if t.get("changesPerSecond", 0) >= FAST and t["kind"] == "animation"]
    scripted = [c for c in at.seen("clock").get("changes", ()) if _keeps_changing(c)]
    films = [t for t in moving if t["kind"] == "video"]
    out: dict[str, Any] = {"regions": [], "flashes": [], "in_frames": [_region(t) for t in foreign if _matters(t)][:5]}
    if not (pictures or lasting or fast or scripted):
        return out
    if pictures:
        read = await _read_pictures(at, pictures)
        out["flashes"] += [r["flash"] for r in read if r.get("flash")]
        lasting += [{**thing, "lasts": r["lasts"], "area": r["area"]} for thing, r in zip(pictures, read, strict=True)
                    if (r["lasts"] < 0 or r["lasts"] > 5) and r["area"] > 0 and thing["area"] >= SMALLEST]
    regions = [_region(t) for t in lasting[:MAX_REGIONS]]
    if regions or fast or films:
        out["regions"], (areas, flashes) = await asyncio.gather(
            _watch(at, regions), _again(at, regions, fast, films))
        out["flashes"] += flashes
        for region in out["regions"]:
            region["twice"] = bool(areas.get(region["selector"]))
        unstopped = [r for r in out["regions"] if r["moves"] and r["stopped_by"] is None]
        reduced = await _still(at, unstopped) if unstopped else {}
        for region in unstopped:
            region["still_if_reduced"] = reduced[region["selector"]]
    known = [r["selector"] for r in out["regions"]]
    for change in [c for c in scripted if not _within(c["selector"], known)][:3]:
        out["regions"].append(await _scripted(at, change))
    return out


def _matters(thing: Json) -> bool:
    return bool(thing["area"] >= SMALLEST or thing["text"])


def _keeps_changing(change: Json) -> bool:
    """Changed at least three times in the first minute, also in its second half, in a place large enough to notice."""
    box = change.get("box") or (0, 0, 0, 0)
    if change["kinds"] == ["appears"] and (box[2] * box[3] < SMALLEST / 3 or not re.search(r"\w{2}", change["text"])):
        return False  # a caret of a text that types itself, the colon of a clock
    return bool(change["times"] >= 3 and change["last"] >= 30 and (box[2] * box[3] >= SMALLEST or change["text"]))


def _within(selector: str, others: Sequence[str]) -> bool:
    return any(selector == other or selector.startswith(other + " ") or other.startswith(selector + " ")
               for other in others)


def _region(thing: Json) -> dict[str, Any]:
    kept = {k: thing[k] for k in ("selector", "snippet", "box", "frame", "kind", "lasts", "text", "name", "loading",
                                  "region", "component") if k in thing}
    return {**kept, "moves": False, "twice": False, "area": 0.0, "own_area": thing["area"], "updates": 0, "texts": [],
            "still_if_reduced": None, "stopped_by": None, "tried": [], "untried": []}


async def _moved(tab: Tab, selector: str, pauses: Sequence[float] = _WATCH) -> float:
    """CSS px2 that changed within some three seconds; 0 when it stood still or cannot be seen."""
    box = await bring(tab, selector)
    if box is None:
        return 0.0
    await asyncio.sleep(0.1)
    first = await shoot(tab, box)
    most = 0.0
    for pause in pauses:
        await asyncio.sleep(pause)
        most = max(most, changed(first, await shoot(tab, box)))
        if most > 2 * SMALLEST:
            break
    return most


async def _watch(at: Look, regions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What moves after five seconds, and what stops it."""
    if not regions:
        return []
    async with at.lab() as tab:
        await asyncio.sleep(FIVE_SECONDS)
        for region in regions:
            region["area"] = await _moved(tab, region["selector"])
            region["moves"] = region["area"] > 0
        for region in regions:
            if region["moves"]:
                await _try_to_stop(tab, region, at.level >= SafetyLevel.CLICK)
    return list(regions)


async def _try_to_stop(tab: Tab, region: dict[str, Any], may_click: bool) -> None:
    for control in await tab.call(script("stoppers"), {"selector": region["selector"], "words": WORDS}):
        if control["why"] == "own controls":
            region["stopped_by"] = control
            return
        if not may_click:
            region["untried"].append(control["name"])
            continue
        region["tried"].append(control["name"])
        for way in ("key", "click"):
            await press(tab, control["selector"], way)
            stands = await _moved(tab, region["selector"], (0.0, 0.4, 0.6, 0.8, 0.8)) == 0
            if stands and not await tab.call(_RUNNING, region["selector"]):
                region["stopped_by"] = {**control, "way": way}
                return


async def press(tab: Tab, selector: str, way: str) -> None:
    """Uses a control by `key` (Enter) or `click`, then takes the focus away: what only pauses while focused goes on."""
    try:
        if way == "key":
            await tab.call("(S, path) => S.find(path)?.focus({preventScroll: true})", selector)
            await tab.page.keyboard.press("Enter")
        else:
            await tab.call("(S, path) => S.find(path)?.click()", selector)
        await asyncio.sleep(0.3)
        await tab.call("() => { if (document.activeElement) document.activeElement.blur(); }")
    except (Error, ScriptError):
        pass  # the control went away


async def _again(at: Look, regions: Sequence[Json], fast: Sequence[Json],
                 films: Sequence[Json]) -> tuple[dict[str, float], list[Json]]:
    """The same places in a fresh context, and how fast things flash."""
    async with at.lab() as tab:
        began = time.monotonic()
        flashes = [await _film_flashes(tab, film) for film in films[:2]]
        await asyncio.sleep(max(0.0, FIVE_SECONDS - (time.monotonic() - began)))
        areas = {str(r["selector"]): await _moved(tab, str(r["selector"])) for r in regions}
        for thing in fast[:4]:
            flashes.append(await _animation_flashes(tab, thing))
        return areas, flashes


async def _still(at: Look, regions: Sequence[Json]) -> dict[str, bool]:
    """Which places stand still when the visitor's system asks for reduced motion."""
    async with at.lab(reduced_motion="reduce") as tab:
        await asyncio.sleep(2.0)
        return {str(r["selector"]): await _moved(tab, str(r["selector"])) == 0 for r in regions}


async def _scripted(at: Look, change: Json) -> dict[str, Any]:
    """A place that scripts change: seen again on a fresh virtual clock, and whether a control stops it."""
    box = change.get("box") or (0, 0, 0, 0)
    region = _region({**change, "kind": "script", "lasts": -1, "area": box[2] * box[3], "loading": False})
    region |= {"updates": change["times"], "texts": change["texts"], "kinds": change["kinds"], "moves": True,
               "area": box[2] * box[3]}
    async with at.lab(prepare=lambda tab: tab.page.clock.install()) as tab:
        region["twice"] = await _changes_within(tab, region["selector"], 30) >= 2
        for control in await tab.call(script("stoppers"), {"selector": region["selector"], "words": WORDS}):
            if at.level < SafetyLevel.CLICK:
                region["untried"].append(control["name"])
                continue
            region["tried"].append(control["name"])
            for way in ("key", "click"):
                await press(tab, control["selector"], way)
                if await _changes_within(tab, region["selector"], 30) == 0:
                    region["stopped_by"] = {**control, "way": way}
                    return region
    return region


async def _changes_within(tab: Tab, selector: str, seconds: int) -> int:
    """How often this place, or what is in it, changes in so many virtual seconds."""
    await tab.call(script("clock"), {"do": "begin"})
    times = 0
    for step in range(0, seconds, 3):
        await tab.page.clock.run_for((2500, 3000, 3500)[step // 3 % 3])  # unequal, as in checks.probes.clock
        await asyncio.sleep(0.01)
        await tab.call(script("clock"), {"do": "step", "time": step})
    for found in await tab.call(script("clock"), {"do": "end"}):
        if _within(str(found["selector"]), [selector]):
            times = max(times, int(found["times"]))
    return times


async def _animation_flashes(tab: Tab, thing: Json) -> Json:
    """Steps the animations of one element through a second in thirtieths: exact, whatever the machine's speed."""
    where = {"selector": thing["selector"], "snippet": thing["snippet"], "box": thing["box"], "kind": "animation"}
    box = await bring(tab, str(thing["selector"]))
    if box is None:
        return {**where, "measured": False, "why": "not in view"}
    frames = []
    for frame in range(33):
        await tab.call(_STEP_ANIMATIONS, {"selector": thing["selector"], "at": 1000 + frame * 1000 / 30})
        frames.append((frame / 30, cells(await shoot(tab, box, 0.25), 2)))
        if frame == 12 and not flashing(frames, 8.0).changes:
            break  # no change in 0.4 seconds that is large, dark and wide enough
    return {**where, **_measured(flashing(frames, 8.0)), "measured": True}


async def _film_flashes(tab: Tab, film: Json) -> Json:
    """Every picture that an automatically playing film shows in four seconds."""
    where = {"selector": film["selector"], "snippet": film["snippet"], "box": film["box"], "kind": "video"}
    try:
        seen = await tab.call(script("film"), {"selector": film["selector"], "seconds": 4}, seconds=10)
    except (Unreachable, ScriptError) as error:
        return {**where, "measured": False, "why": str(error)[:100]}
    if seen["why"] or len(seen["frames"]) < 10:
        return {**where, "measured": False, "why": seen["why"] or "too few pictures"}
    frames = []
    for at, data in seen["frames"]:
        pixels = np.frombuffer(base64.b64decode(data), dtype=np.uint8).reshape(seen["rows"], seen["columns"], 4)
        frames.append((float(at), pixels[..., :3]))
    cell = (seen["width"] * seen["height"] / (seen["rows"] * seen["columns"])) ** 0.5
    gaps = np.diff([t for t, _ in frames])
    result = _measured(flashing(frames, float(cell)))
    return {**where, **result, "measured": True, "gaps": bool((gaps > 0.08).sum() > len(gaps) // 4),
            "seconds": round(frames[-1][0] - frames[0][0], 1)}


def _measured(seen: Flashing) -> dict[str, Any]:
    return {"changes": seen.changes, "area": round(seen.area), "red": seen.red, "too_much": seen.too_much,
            "near": seen.near}


async def _read_pictures(at: Look, pictures: Sequence[Json]) -> list[dict[str, Any]]:
    """Fetches and decodes the files, in a context without a page."""
    context = await at.pool.context()
    try:
        return [await _read_picture(context.request, thing) for thing in pictures]
    finally:
        await context.close()


async def _read_picture(asked: APIRequestContext, thing: Json) -> dict[str, Any]:
    """How long an animated picture moves (`lasts`; -1: for ever, 0: not), over what `area`, and whether it flashes."""
    try:
        url = str(thing["url"])
        if url.startswith("data:"):
            body = base64.b64decode(url.partition(",")[2]) if ";base64" in url[:60] else b""
        else:
            answer = await asked.get(url, timeout=6000)
            body = await answer.body() if answer.ok else b""
        if not body or len(body) > PICTURE_BYTES:
            return {"lasts": 0, "area": 0}
        return await asyncio.to_thread(read_animation, body, thing)
    except (Error, ValueError, OSError):
        return {"lasts": 0, "area": 0}


def read_animation(body: bytes, thing: Json) -> dict[str, Any]:
    """The same of a file's bytes. Raises OSError and ValueError for what is not a picture."""
    image = Image.open(io.BytesIO(body))
    count = min(int(getattr(image, "n_frames", 1)), MAX_FRAMES)
    if count < 2 or image.width * image.height > 4_000_000:
        return {"lasts": 0, "area": 0}
    shown = thing["box"]
    scale = max(0.05, min(1.0, (shown[2] * shown[3]) ** 0.5 / (image.width * image.height) ** 0.5))
    size = max(1, round(8 / max(scale, 0.1)))
    at, frames, first, most = 0.0, [], None, 0.0
    for index in range(count):
        image.seek(index)
        picture: npt.NDArray[np.uint8] = np.asarray(image.convert("RGB"))
        first = picture if first is None else first
        most = max(most, changed(first, picture, 1.0))
        frames.append((at, cells(picture, size)))
        # Browsers show delays of up to 10 ms as 100 ms.
        delay = float(image.info.get("duration") or 0)
        at += (delay if delay > 10 else 100) / 1000
    loops = image.info.get("loop")
    lasts = -1.0 if loops == 0 else at * (int(loops) + 1 if loops else 1)
    out: dict[str, Any] = {"lasts": lasts, "area": most * scale**2}
    fastest = count / at if at else 0
    if fastest >= FAST:
        round_trip = [(t + k * at, f) for k in range(max(1, min(5, int(1.5 / at) + 1))) for t, f in frames]
        seen = flashing(round_trip[:MAX_FRAMES], size * scale)
        out["flash"] = {"selector": thing["selector"], "snippet": thing["snippet"], "box": thing["box"],
                        "kind": "picture", **_measured(seen), "measured": True}
    return out
