"""What a mouse can do and a keyboard cannot: clicks what listens, and looks for the same effect by keyboard.

Candidates come from the listener inventory of the top document (and natives taken out of the tab order, and labels of
boxes that are not rendered): visible, not too large, without a stop inside or around them. First laboratory: hover,
then click each, and see what changes. A change makes a suspect; each suspect gets a fresh page, in which the click must
do the same again, and no control nearby (or with the same name, target or aria-controls) does it by Enter, Space or
arrow keys. Focusable elements of the page's own making, also those whose clicks something around them hears, are tried
by Enter and Space first; those that Enter operates and that have no role are kept too, for 4.1.2. Buttons and links
whose keys a script hears are tried last: does it keep Enter and Space to itself? What is there at 320 px only (the
button of a menu) is clicked there, in laboratories of that width; links that Tab reached before are no loss. Menus,
in navigation or anywhere else: links, and outside navigation buttons, that come out on hover, but not by focus, Enter,
Space or arrow down.

The record: `mouse`, `dead` and `acting` (places with `effect`, `confirmed`, `equivalent`: the way by keyboard that was
found in the second page, `tried`; `narrow`: at 320 px; `stuck`: no key goes through the tabs or menu it is part of),
`dragged` (handles without a control beside them that a mouse drags), `menus` (places with `links`, `missing`,
`trigger`; `buttons`: their names; `likely`: the same may be done otherwise), `tested`, `left` (not tested for lack of
time), `consent`. Sources: fifty-criteria 2.1.1 a, b and d; F54, F42, F59; engines E3, E4.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from functools import partial
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error

from checks.asking import ask
from checks.by_keyboard import ARROWS, answers, by_keyboard, click, does_something, elsewhere, no_key_moves, touches
from checks.effects import Effect, learn_restless, leave_fields, observe
from checks.harness import SafetyLevel
from checks.pool import NARROW
from checks.probes.listeners import can_listen, inventory
from checks.probes.walk import without_banner
from checks.roles import NO_ROLE
from checks.tab import Tab, Unreachable
from scanner.model import Json

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.CLICK
SECONDS = 30.0
ORDER = 20

MAX_CLICKS = 24
PER_SIGNATURE = 2
MAX_SUSPECTS = 6
MAX_MENUS = 8
MAX_HOSTS = 30
MAX_NARROW = 3
NARROW_SECONDS = 8.0
PROOF_SECONDS = 3.5
"""What a second look takes on a quiet machine, besides loading the page."""
ENOUGH = 4
"""Suspects that are sure to get the time for a second look."""
KINDS = {"mouse": "mouse", "focusable": "dead", "acting": "acting"}
"""Where a suspect is kept: reached by the mouse alone, focusable and dead by keyboard, acting and without a role."""
MAX_KEYED = 5
"""Native controls whose keys a script hears, of different makes, that are tried."""
NO_TIME = "no time to look twice"
ENTERS = frozenset({"mouseenter", "mouseover", "pointerenter", "pointerover"})
KEYS = frozenset({"keydown", "keypress", "keyup"})
CLICKS = frozenset({"click", "mousedown", "mouseup", "pointerdown", "pointerup", "touchstart", "touchend", "dblclick"})
DOWNS = frozenset({"mousedown", "pointerdown", "touchstart"})
DRAGS = ((40, 0), (-40, 0), (0, 40))
"""px across and down that a handle is dragged, until it goes along."""

Suspect = tuple[dict[str, Any], Effect]
"""What is kept of an element, and what a click on it did."""


async def look(at: Look) -> Json:
    """The record described above."""
    record: dict[str, Any] = {"mouse": [], "dead": [], "acting": [], "menus": [], "dragged": [], "tested": 0, "left": 0,
                              "consent": None}
    hides = at.seen("focusables").get("hiddenMenus", 1)
    natives = at.seen("focusables").get("hiddenBoxes", 1) or at.seen("focusables").get("passedBy", 1)
    reacts = can_listen(at) or natives
    narrow = _only_narrow(at)
    hosts = _hover_hosts(at)
    if not reacts and not hides and not narrow and not hosts:
        return record
    ends = time.monotonic() + SECONDS - 2
    few = await _narrow(at, record, narrow, ends - SECONDS + 2 + NARROW_SECONDS) if narrow else []
    began = time.monotonic()
    async with at.lab(reduced_motion="reduce") as tab:
        record["consent"] = await without_banner(tab, at.level)
        again = time.monotonic() - began + PROOF_SECONDS
        keyed: list[dict[str, Any]] = []
        suspects = [*few, *(await _click_all(tab, record, ends - 10, keyed=keyed, again=again) if reacts else ())]
        if hides or hosts:
            by_tab = {stop["selector"] for stop in at.seen("walk").get("stops", ())}
            await _menus(tab, record, hosts, by_tab, ends - 8)
        suspects += await _swallowed(tab, record, keyed, ends - 8)
    suspects.sort(key=lambda pair: (pair[0]["kind"] == "acting", bool(pair[0]["composite"])))
    await _prove(at, suspects[:MAX_SUSPECTS], ends)
    for suspect, _ in suspects:
        suspect.pop("signature", None)
        record[KINDS[suspect["kind"]]].append(suspect)
    return record


async def _prove(at: Look, suspects: Sequence[Suspect], ends: float) -> None:
    """The second looks, one after the other, as far as there is time; one that is cut short proves nothing."""
    for suspect, effect in suspects:
        left = ends + 1 - time.monotonic()
        if left < 3:
            break
        try:
            async with asyncio.timeout(left):
                await _look_twice(at, suspect, effect, ends)
        except (Unreachable, Error):
            suspect["tried"] = "the page did not load a second time"
        except TimeoutError:
            suspect.update(confirmed=False, equivalent="", tried=NO_TIME)


async def _look_twice(at: Look, suspect: dict[str, Any], effect: Effect, ends: float) -> None:
    size = {"viewport": NARROW} if suspect.get("narrow") else {}
    async with at.lab(reduced_motion="reduce", **size) as tab:
        await without_banner(tab, at.level)
        await _again(tab, suspect, effect, ends)
    if suspect["confirmed"] and suspect["kind"] == "focusable":
        async with at.lab(reduced_motion="reduce") as tab:
            await without_banner(tab, at.level)
            await _untouched(tab, suspect, effect)


def _only_narrow(at: Look) -> list[str]:
    """What the mouse may open at 320 px, and is not to be seen at full width."""
    wide = {item["selector"] for item in at.seen("openers").get("mouseOnly", ())}
    there = (at.page.first("openers", "320") or {}).get("mouseOnly", ())
    return [item["selector"] for item in there if not item.get("frame") and item["selector"] not in wide][:MAX_NARROW]


async def _narrow(at: Look, record: dict[str, Any], paths: Sequence[str], ends: float) -> list[Suspect]:
    """The suspects among them."""
    async with at.lab(reduced_motion="reduce", viewport=NARROW) as tab:
        await without_banner(tab, at.level)
        suspects = await _click_all(tab, record, ends, paths)
    for suspect, _ in suspects:
        suspect["narrow"] = True
    return suspects


async def _click_all(
    tab: Tab, record: dict[str, Any], ends: float, only: Sequence[str] = (), keyed: list[dict[str, Any]] | None = None,
    again: float = 0.0,
) -> list[Suspect]:
    """Tries every candidate (of `only`) once; those that do something by mouse and not by keyboard are suspects.

    Native controls whose keys are heard are put into `keyed`, for later. Proof of what was found comes before finding
    more: `again` seconds are left for each suspect.
    """
    seen = await inventory(tab)
    items = [{"selector": item["selector"], "types": item["types"], "via": item["via"]} for item in seen["elements"]
             if not item.get("frame") and (CLICKS & set(item["types"]) or "cursor" in item["via"] or item["focusable"])]
    items += [{"selector": path, "types": ["click"], "via": ["narrow"]} for path in only]
    hearing = [item["selector"] for item in seen["elements"]
               if not item.get("frame") and not item["focusable"] and KEYS & set(item["types"])]
    whole = {kind for root in seen["roots"] if not root["frame"] for kind in root["types"]}
    found: Sequence[dict[str, Any]] = await ask(tab, "clickables", {
        "do": "sort", "items": items, "keyed": hearing, "keyRoot": bool(KEYS & whole),
        "clickRoot": bool(CLICKS & whole)}) or []
    if keyed is not None:
        keyed += [item for item in found if item.get("keyed")]
    found = [item for item in found if not item.get("keyed") and (not only or item["selector"] in only)]
    candidates = _a_few_of_each(found)
    record["left"] = len(candidates)
    if not candidates:
        return []
    await leave_fields(tab)
    await learn_restless(tab)
    suspects: list[Suspect] = []
    done: dict[str, int] = {}
    likes = Counter(item["signature"] for item in found)
    for candidate in candidates:
        to_prove = sum(not known["composite"] for known, _ in suspects)
        if time.monotonic() > ends + 10 - max(10, again * min(to_prove, ENOUGH)) or record["tested"] >= MAX_CLICKS:
            break
        record["left"] -= 1
        if done.get(candidate["signature"], 0) >= PER_SIGNATURE:
            continue
        record["tested"] += 1
        if candidate["kind"] == "focusable":
            key = await by_keyboard(tab, candidate["selector"], ("Enter", "Space"))
            plain = candidate["role"] in NO_ROLE and not candidate["composite"]
            if key == "Enter" and plain and await _itself(tab, candidate):
                done[candidate["signature"]] = PER_SIGNATURE
                suspects.append(_suspect({**candidate, "kind": "acting"}, likes))
            if key:
                continue
        effect = await click(tab, candidate["selector"], mouse=candidate["kind"] == "mouse")
        if effect is None or not does_something(effect):
            if effect and candidate["kind"] == "mouse" and DOWNS & set(candidate["types"]) and not only:
                record["dragged"] += await _dragged(tab, candidate)
            continue
        done[candidate["signature"]] = done.get(candidate["signature"], 0) + 1
        suspects.append(_suspect(candidate, likes, effect))
    return suspects


def _suspect(candidate: Json, likes: Mapping[str, int], effect: Effect | None = None) -> Suspect:
    """Something to look at twice, with what a click on it did; nothing is proven yet."""
    summary = effect.summary() if effect else {}
    unproven = {"confirmed": False, "equivalent": "", "tried": NO_TIME}
    return {**candidate, "likes": likes[candidate["signature"]], "effect": summary, **unproven}, effect or Effect()


async def _itself(tab: Tab, candidate: Json) -> bool:
    """Is it this element that Enter operates? One that listens itself, or one that a click operates to the same end.

    A page that has a use for Enter wherever focus is makes no control of what happens to have focus.
    """
    if "delegated" not in candidate["via"]:
        return True
    path = candidate["selector"]
    await ask(tab, "clickables", {"do": "focus", "path": path})
    by_key = await observe(tab, partial(tab.page.keyboard.press, "Enter"), target=path, doing=f"Enter on {path}")
    clicked = await click(tab, path)
    return clicked is not None and does_something(clicked) and (clicked.same_as(by_key) or touches(clicked, by_key))


async def _dragged(tab: Tab, candidate: Json) -> list[dict[str, Any]]:
    """The candidate, when it is a handle, with no other control beside it, that a mouse drags along."""
    path = candidate["selector"]
    for across, down in DRAGS:
        held = await ask(tab, "clickables", {"do": "handle", "path": path})
        if not held or not held["ok"]:
            break
        await tab.page.mouse.move(held["x"], held["y"], steps=2)
        effect = await observe(tab, partial(_drag, tab, held["x"] + across, held["y"] + down), target=path,
                               doing=f"drag {path}")
        now = await ask(tab, "clickables", {"do": "handle", "path": path})
        if does_something(effect) or (now and now["ok"] and (now["x"], now["y"]) != (held["x"], held["y"])):
            return [{**candidate, "name": held["name"]}]
    return []


async def _drag(tab: Tab, x: float, y: float) -> None:
    await tab.page.mouse.down()
    await tab.page.mouse.move(x, y, steps=6)
    await tab.page.mouse.up()


async def _swallowed(
    tab: Tab, record: dict[str, Any], keyed: Sequence[dict[str, Any]], ends: float
) -> list[Suspect]:
    """Native controls that a click operates, while Enter and Space, which a script hears, come to nothing at all."""
    suspects: list[Suspect] = []
    done: set[str] = set()
    likes = Counter(item["signature"] for item in keyed)
    if keyed:
        await leave_fields(tab)
        await learn_restless(tab)
    for control in sorted(keyed, key=lambda item: "around" not in item["via"]):
        if time.monotonic() > ends or len(done) >= MAX_KEYED:
            break
        if control["signature"] in done:
            continue
        done.add(control["signature"])
        record["tested"] += 1
        if await answers(tab, control):
            continue
        effect = await click(tab, control["selector"])
        if effect is not None and does_something(effect):
            suspects.append(_suspect(control, likes, effect))
    return suspects


def _a_few_of_each(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """At most four of one signature, real listeners first."""
    counts: dict[str, int] = {}
    kept = []
    for item in sorted(found, key=lambda item: bool({"cursor", "delegated"} & set(item["via"]))):
        counts[item["signature"]] = counts.get(item["signature"], 0) + 1
        if counts[item["signature"]] <= 4:
            kept.append(item)
    return kept


async def _again(tab: Tab, suspect: dict[str, Any], effect: Effect, ends: float) -> None:
    """In a fresh page: every control that might do the same by keyboard, and then the same click once more.

    The keyboard comes first: what can be done only once (show an answer) must still be undone when it is tried.
    """
    path = suspect["selector"]
    suspect["tried"] = ""
    await leave_fields(tab)
    await learn_restless(tab)
    if suspect["kind"] == "acting":
        suspect["equivalent"] = await by_keyboard(tab, path, ("Enter",))
        return
    if suspect.get("keyed"):
        suspect["equivalent"] = (await answers(tab, suspect)
                                 or (suspect["composite"] and await by_keyboard(tab, path, ARROWS, effect))
                                 or await elsewhere(tab, suspect, effect, ends))
    elif "delegated" in suspect["via"] and await _anywhere(tab, path):
        suspect["tried"] = "a click elsewhere does something as well"
        return
    elif suspect["kind"] == "focusable":
        keys = ("Enter", "Space", *(("ArrowDown", "ArrowRight", "Enter") if suspect["composite"] else ()))
        suspect["equivalent"] = (await by_keyboard(tab, path, keys)
                                 or await by_keyboard(tab, path, ("ArrowRight", "ArrowDown"), effect)
                                 or await elsewhere(tab, suspect, effect, ends))
    else:
        suspect["equivalent"] = await elsewhere(tab, suspect, effect, ends)
    if suspect["equivalent"] or suspect["tried"].startswith("no time"):
        return
    if suspect["composite"] and suspect["kind"] == "mouse":
        suspect["stuck"] = await no_key_moves(tab, path, ends)
    reached = await ask(tab, "clickables", {"do": "links"})
    second = await click(tab, path, mouse=suspect["kind"] == "mouse")
    if second is not None and does_something(second) and second.same_as(effect):
        suspect["confirmed"] = True
        if suspect.get("narrow"):
            now = await ask(tab, "clickables", {"do": "links"})
            suspect["confirmed"] = bool(set(now["addresses"]) - set(reached["addresses"]))
    else:
        suspect["tried"] = "the second click did something else"


async def _anywhere(tab: Tab, path: str) -> bool:
    """Does a click on a text elsewhere do something? Then what listens is not about this element."""
    neutral = await ask(tab, "clickables", {"do": "neutral", "path": path})
    effect = await click(tab, neutral["path"]) if neutral["path"] else None
    return effect is not None and does_something(effect)


async def _untouched(tab: Tab, suspect: dict[str, Any], effect: Effect) -> None:
    """In a page in which no key was pressed: does the click come to the same?

    When it does not, the keys had done something after all that could not be seen: a table that lay in that order
    already was sorted.
    """
    await learn_restless(tab)
    alone = await click(tab, suspect["selector"])
    if alone is None or not does_something(alone) or not alone.same_as(effect):
        suspect["confirmed"] = False
        suspect["tried"] = "the click does something else when no key was pressed before it"


def _hover_hosts(at: Look) -> list[str]:
    """What reacts to the pointer coming in, by style rule or listener; anywhere on the page it may be a menu."""
    by_rule = [one for one in at.seen("hovers").get("triggers", ()) if one["how"] == "css" and one["target"]]
    by_script = [one for one in at.seen("listeners").get("elements", ())
                 if one["visible"] and one["share"] < 0.4 and ENTERS & set(one["types"])]
    return [one["selector"] for one in (*by_rule, *by_script) if not one.get("frame")][:MAX_HOSTS]


async def _menus(tab: Tab, record: dict[str, Any], hosts: Sequence[str], by_tab: Set[str], ends: float) -> None:
    """Menus and rows that show more on hover: do their links and buttons come out by keyboard too?

    `by_tab`: what the walk with Tab came to.
    """
    await tab.page.mouse.move(2, 2)
    menus = await ask(tab, "clickables", {"do": "menus", "limit": MAX_MENUS, "hosts": list(hosts)}) or []
    for menu in menus:
        if time.monotonic() > ends:
            return
        if by_tab & set(menu["hidden"]):
            continue
        aim = await ask(tab, "clickables", {"do": "aim", "path": menu["first"]})
        if not aim or not aim["ok"]:
            continue
        await tab.page.mouse.move(aim["x"], aim["y"], steps=3)
        await asyncio.sleep(0.5)
        by_mouse = await _out(tab, menu)
        await tab.page.mouse.move(2, 2)
        await asyncio.sleep(0.4)
        if not by_mouse or await _out(tab, menu):
            continue
        if not await _opens_by_keyboard(tab, menu):
            place = {key: menu[key] for key in ("selector", "snippet", "box", "name", "missing", "buttons", "likely")}
            record["menus"].append({**place, "links": by_mouse, "trigger": bool(menu["triggers"])})


async def _out(tab: Tab, menu: Json) -> int:
    """How many of the menu's hidden links can be seen now."""
    return int((await ask(tab, "clickables", {"do": "visible", "paths": menu["hidden"]}))["count"])


async def _opens_by_keyboard(tab: Tab, menu: Json) -> bool:
    for trigger in menu["triggers"]:
        keys = ("", "ArrowDown", "Space") if trigger["link"] else ("", "Enter", "Space", "ArrowDown")
        for key in keys:
            await ask(tab, "clickables", {"do": "focus", "path": trigger["selector"]})
            if key:
                await tab.page.keyboard.press(key)
            await asyncio.sleep(0.35)
            if await _out(tab, menu):
                return True
    return False
