"""Leads a page into its other states and looks at it there: menus, accordions, tabs, dialogs, mobile menu, dark scheme.

One representative per component signature is operated with the mouse, twice, behind the safety harness. What each said
of itself before, after and again goes into the record `toggles` of the state `explored`; where new content came into
sight axe and the page probes look again, and that look is a state of its own, with the steps that lead to it. A consent
banner is the state `first-visit`; it is refused before anything else is operated.

In: a Look (the page, the browser, what the page probes saw). Out: at most MAX_STATES states. Source: E10.
"""

from __future__ import annotations

import asyncio
import io
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops
from playwright.async_api import Error

from checks.consent import find_banner, refuse_consent
from checks.effects import Effect, learn_restless, observe
from checks.inpage import script
from checks.pool import NARROW
from checks.tab import Frame, ScriptError, Tab, Unreachable
from scanner.model import Json, Record, StateEvidence

if TYPE_CHECKING:
    from checks.visit import Look

MAX_STATES = 10
"""States kept per page, besides `explored`."""
MAX_CONTROLS = 14
MAX_PLAIN = 5
"""Of these, buttons that say of themselves nothing about opening: most do something else."""
MAX_ALIKE = 4
"""Likes of a button that opened something, with another text, operated when all others had their turn."""
MAX_NARROW = 3
MAX_LABS = 3
"""Fresh pages for the controls at full width: one, and one more each time that something does not close."""
MAX_INNER = 2
"""Controls that only came into sight with a menu, operated while it is open."""
MAX_SUSPECTS = 4
WAIT = 0.6
"""Seconds given to a control to show its effect, and to say its new state."""
IN_MODAL = ("axe", "names", "contrast")
"""Probes that look while a modal dialog is open: what is outside of it has neither role nor name then: no defect."""
LISTS = frozenset({"listbox", "menu", "tree", "grid"})
"""What a control opens and says to be open; of a dialog nobody is told that, who is in it."""
SAID = ("expanded", "pressed", "selected", "checked")
"""States that a control gives of itself."""


@dataclass
class Exploration:
    """What was found so far, and until when there is time."""

    at: Look
    ends: float
    states: list[StateEvidence] = field(default_factory=list)
    toggles: list[dict[str, Any]] = field(default_factory=list)
    hidden_focus: list[dict[str, Any]] = field(default_factory=list)
    consent: str = ""
    shapes: dict[str, set[frozenset[str]]] = field(default_factory=dict)
    """What controls of one signature opened, as start tags."""

    @property
    def late(self) -> bool:
        """No time left."""
        return time.monotonic() > self.ends

    @property
    def full(self) -> bool:
        """No room for another state, or no time."""
        return self.late or len(self.states) >= MAX_STATES


async def explore(at: Look, seconds: float) -> list[StateEvidence]:
    """The states of one page. Costs nothing on a page without openers, banner, dark scheme or hidden focus stops."""
    base, narrow, names = at.seen("openers"), at.page.first("openers", "320") or {}, at.seen("names")
    openers: Sequence[Json] = base.get("openers", ())
    only_narrow = [o for o in narrow.get("openers", ()) if o["sign"] not in {b["sign"] for b in openers}]
    banner = bool(base.get("banner"))
    run = Exploration(at, time.monotonic() + seconds, consent=at.pool.refusals.name(at.url))
    if run.consent:
        await _first_visit(run)
    if openers or names.get("hiddenFocus") or banner:
        await _wide(run, openers, names.get("hiddenFocus", ()))
    if only_narrow and not run.full:
        await _narrow(run, only_narrow)
    if base.get("dark") and not run.full:
        await _dark(run)
    suspects = [t for t in run.toggles if suspicious(t)][:MAX_SUSPECTS]
    if suspects and time.monotonic() < run.ends:
        await _again(run, suspects)
    if not (run.states or run.toggles or run.hidden_focus):
        return []
    seen = {"toggles": run.toggles, "hiddenFocus": run.hidden_focus, "consent": run.consent}
    viewport = f"{at.request.viewport['width']}x{at.request.viewport['height']}"
    return [StateEvidence("explored", viewport, (), {"toggles": Record("toggles", seen)}), *run.states]


def suspicious(toggle: Json) -> bool:
    """Does what this control says of itself disagree with what was seen? Then it is operated once more, afresh."""
    return bool(toggle["verdict"])


async def _look(
    run: Exploration, tab: Tab, name: str, steps: tuple[str, ...], viewport: Json, probes: tuple[str, ...] = ()
) -> None:
    from checks.visit import look_at  # visit runs the deep probes: the other direction would be a circle

    only = (
        tuple(name for name in probes if not run.at.request.only or name in run.at.request.only) or run.at.request.only
    )
    with suppress(ScriptError):
        run.states.append(await look_at(tab, name[:80], viewport, only, steps))


async def _first_visit(run: Exploration) -> None:
    """The page as it greets a new visitor; everything else is looked at after its banner was refused."""
    async with run.at.lab(first_visit=True) as tab:
        if await find_banner(tab):
            await _look(run, tab, "first-visit", (), run.at.request.viewport)


async def _wide(run: Exploration, openers: Sequence[Json], hidden_focus: Sequence[Json]) -> None:
    viewport = run.at.request.viewport
    plain = [o for o in openers if o["kind"] == "button"][:MAX_PLAIN]
    alike = list(run.at.seen("openers").get("alike", ()))
    more = MAX_ALIKE
    left = [*(o for o in openers if o["kind"] != "button"), *plain][:MAX_CONTROLS]
    for lab in range(MAX_LABS):
        async with run.at.lab() as tab:
            if lab == 0:
                if await find_banner(tab):
                    await _look(run, tab, "first-visit", (), viewport)
                    run.consent = await refuse_consent(tab) or ""
                frames = {frame.url: frame for frame in await tab.frames()}
                run.hidden_focus += [await _hidden_focus(tab, frames, el) for el in hidden_focus[:10]]
            else:
                await refuse_consent(tab)
            if not left:
                return
            refused: tuple[str, ...] = (f"refuse: {run.consent}",) if run.consent else ()
            frames = {frame.url: frame for frame in await tab.frames()}
            await learn_restless(tab)
            while left and not run.late:
                opener = left.pop(0)
                try:
                    shut = await _operate(run, tab, _frame(frames, opener), opener, refused, viewport)
                except ScriptError:
                    break  # the page has thrown its document away: a fresh one for the rest
                if opener["sign"] in run.shapes:
                    likes = [{**one, "alike": True} for one in alike if one["sign"] == opener["sign"]][:more]
                    alike = [one for one in alike if one["sign"] != opener["sign"]]
                    left += likes
                    more -= len(likes)
                if not shut:
                    break  # what it opened stays open and covers the rest
        if not left or run.late:
            return


async def _narrow(run: Exploration, openers: Sequence[Json]) -> None:
    """The mobile menu: what can be opened at 320 CSS px and not at full width."""
    async with run.at.lab(viewport=NARROW) as tab:
        await refuse_consent(tab)
        frames = {frame.url: frame for frame in await tab.frames()}
        await learn_restless(tab, 0.3)
        for opener in openers[:MAX_NARROW]:
            if not run.full:
                with suppress(ScriptError):
                    await _operate(run, tab, _frame(frames, opener), opener, ("viewport 320 x 256",), NARROW)


async def _dark(run: Exploration) -> None:
    async with run.at.lab(color_scheme="dark") as tab:
        await refuse_consent(tab)
        await _look(run, tab, "dark", ("scheme: dark",), run.at.request.viewport)


async def _again(run: Exploration, suspects: Sequence[dict[str, Any]]) -> None:
    """Operates the suspects once more in a fresh laboratory; only what shows twice is `confirmed`."""
    async with run.at.lab() as tab:
        await refuse_consent(tab)
        frames = {frame.url: frame for frame in await tab.frames()}
        await learn_restless(tab, 0.3)
        for toggle in suspects:
            if time.monotonic() > run.ends or toggle["narrow"]:
                break
            try:
                second = await _toggle(tab, _frame(frames, toggle), toggle)
            except ScriptError:
                break
            toggle["confirmed"] = bool(second and second["verdict"] == toggle["verdict"])
            await _put_back(tab)


def _frame(frames: dict[str, Frame], element: Json) -> Frame | None:
    address = str(element.get("frame", ""))
    return next((frame for url, frame in frames.items() if address and url[:500] == address), None)


async def _hidden_focus(tab: Tab, frames: dict[str, Frame], element: Json) -> dict[str, Any]:
    """Does focus stay on something that is hidden from assistive technology, or is it handed on (a focus guard)?"""
    stayed = await tab.call(script("stays"), element["selector"], frame=_frame(frames, element))
    return {**element, "stayed": bool(stayed)}


async def _operate(
    run: Exploration, tab: Tab, frame: Frame | None, opener: Json, steps: tuple[str, ...], viewport: Json
) -> bool:
    """Opens, looks, closes, by a second click, Escape or a closing button. False: it stays open."""
    narrow = viewport is NARROW
    if opener["kind"] == "value":
        turned = await _turn(tab, frame, opener)
        run.toggles += [{**turned, "narrow": narrow}] if turned else []
        return True
    first = await _press(tab, frame, opener)
    if first is None:
        return True
    before, after, effect, changed = first
    opened = bool(effect.layers or _new_texts(effect, opener))
    here = (*steps, f"click: {opener['name']}")
    if opened and not effect.leaves and _worth_a_look(run, opener, effect) and not run.full:
        what = "320" if narrow else _what(opener, effect)
        modal = any(layer["modal"] for layer in effect.layers)
        await _look(
            run, tab, f"{what}: {opener['name'] or opener['selector']}", here, viewport, IN_MODAL if modal else ()
        )
        if not narrow:
            await _inner(run, tab, frame, effect, here, viewport)
    toggle = await _close(tab, frame, opener, before, after, effect, changed)
    toggle["narrow"] = narrow
    if not opener.get("alike"):  # what it says of itself was asked of the first of them
        run.toggles.append(toggle)
    return await _put_back(tab, effect) if opened else True


def _worth_a_look(run: Exploration, opener: Json, effect: Effect) -> bool:
    """Of likes: is what it opened another thing than what these opened? The same window with other words is not."""
    tags = (str(item["snippet"]).partition(">")[0] for item in (*effect.layers, *effect.shown))
    shape = frozenset(re.sub(r"\d+", "0", tag) for tag in tags)
    known = run.shapes.setdefault(str(opener["sign"]), set())
    new = shape not in known
    known.add(shape)
    return new or not opener.get("alike")


async def _inner(
    run: Exploration, tab: Tab, frame: Frame | None, effect: Effect, steps: tuple[str, ...], viewport: Json
) -> None:
    """Sub-menus: what can be expanded only now."""
    layers = [item["selector"] for item in (*effect.layers, *effect.shown)][:30]
    inner: list[Json] = await tab.call(script("inner"), layers, frame=frame) or []
    for opener in inner[:MAX_INNER]:
        if run.full:
            return
        pressed = await _press(tab, frame, opener)
        if pressed and _new_texts(pressed[2], opener) and not pressed[2].leaves:
            await _look(run, tab, f"menu: {opener['name']}", (*steps, f"click: {opener['name']}"), viewport)


def _what(opener: Json, effect: Effect) -> str:
    roles = {str(layer["role"]) for layer in effect.layers}
    if roles & {"dialog", "alertdialog"}:
        return "dialog"
    if opener["kind"] == "tab":
        return "tab"
    return "menu" if roles & {"menu", "listbox"} or opener["kind"] == "popup" else "open"


def _new_texts(effect: Effect, opener: Json) -> list[str]:
    """Texts and pictures that came into sight outside the control itself."""
    return [str(item["text"]) for item in effect.shown if not _within(opener, item)]


def _gone_texts(effect: Effect, opener: Json) -> list[str]:
    return [str(item["text"]) for item in effect.hidden if not _within(opener, item)]


def _within(opener: Json, item: Json) -> bool:
    """Is it a part of the control? What a tree's item opens lies in that item."""
    path, at = str(opener["selector"]), str(item["selector"])
    if opener.get("role") == "treeitem":
        return False
    return at == path or at.startswith((path + " > ", path + " >>> "))


async def _say(tab: Tab, frame: Frame | None, selector: str, **more: Any) -> Json | None:
    said: Json | None = await tab.call(script("control"), {"selector": selector, **more}, frame=frame)
    return said


async def _picture(tab: Tab, said: Json) -> Image.Image | None:
    """The control as it looks without pointer and focus, its first 400 px; None when it cannot be shot."""
    x, y, width, height = said["box"]
    if width < 2 or not 2 <= height <= 200 or x < 0 or y < 0:
        return None
    try:
        shot = await tab.page.screenshot(
            clip={"x": x, "y": y, "width": min(width, 400), "height": height}, animations="disabled", timeout=3000
        )
        return Image.open(io.BytesIO(shot)).convert("RGB")
    except Error:
        return None


def _differs(one: Image.Image | None, other: Image.Image | None) -> bool | None:
    """True when at least a handful of pixels differ clearly, where both are; None when that cannot be told."""
    if one is None or other is None:
        return None
    both = (0, 0, min(one.width, other.width), min(one.height, other.height))  # `off` is wider than `on`
    difference = ImageChops.difference(one.crop(both), other.crop(both)).convert("L")
    clear = difference.point(lambda value: 255 if value > 40 else 0)
    return clear.histogram()[255] >= 6


async def _press(
    tab: Tab, frame: Frame | None, opener: Json, *, again: bool = False
) -> tuple[Json, Json | None, Effect, bool | None] | None:
    """Clicks a control: what it said before and after, what happened, and whether it looks different (boxes only)."""
    if frame is not None:
        return None  # the mouse works in the coordinates of the top document
    selector = str(opener["selector"])
    before = await _say(tab, frame, selector, again=again, scroll=True, blur=True)
    if before is None or not before["visible"] or not before["free"]:
        return None
    shoot = opener["kind"] in ("check", "radio")
    picture = await _picture(tab, before) if shoot else None
    await tab.page.mouse.move(before["x"], before["y"])
    await asyncio.sleep(0.1)
    effect = await observe(
        tab,
        lambda: tab.page.mouse.click(before["x"], before["y"]),
        wait=WAIT,
        target=selector,
        frame=frame,
        doing=f"click {opener['name']}",
    )
    changed = None
    if shoot:
        await tab.page.mouse.move(0, 0)
        quiet = await _say(tab, frame, selector, again=True, blur=True)
        await asyncio.sleep(0.6 if opener["kind"] == "radio" else 0.1)  # what a click draws for a moment is gone
        changed = _differs(picture, await _picture(tab, quiet)) if quiet else None
    return before, await _say(tab, frame, selector, again=True), effect, changed


async def _close(
    tab: Tab, frame: Frame | None, opener: Json, before: Json, after: Json | None, effect: Effect, changed: bool | None
) -> dict[str, Any]:
    """The second click, and all that a check needs of both."""
    modal = any(layer["modal"] for layer in effect.layers)
    second = None
    once = opener["kind"] in ("tab", "radio")  # a second click does nothing more to these
    if after is not None and after["visible"] and not effect.leaves and not modal and not once:
        second = await _press(tab, frame, opener, again=True)
    again = second[1] if second else None
    found: dict[str, Any] = {
        **{
            key: opener[key] for key in ("selector", "snippet", "box", "frame", "kind", "name", "sign") if key in opener
        },
        "role": before["role"],
        "before": _states(before),
        "after": _states(after),
        "again": _states(again),
        "names": [side["name"] for side in (before, after, again) if side],
        "native": [side["native"] for side in (before, after, again) if side],
        "shown": _new_texts(effect, opener)[:8],
        "hidden": _gone_texts(effect, opener)[:8],
        "shown_again": _new_texts(second[2], opener)[:8] if second else [],
        "hidden_again": _gone_texts(second[2], opener)[:8] if second else [],
        "layers": [{"role": layer["role"], "name": layer["name"], "modal": layer["modal"]} for layer in effect.layers][
            :3
        ],
        "leaves": list(effect.leaves[:3]),
        "requests": len(effect.requests),
        "marks": len(effect.marks),
        "focus_moved": effect.focus is not None and effect.focus["selector"] != opener["selector"],
        "looks": changed,
        "looks_again": second[3] if second else None,
        "confirmed": False,
    }
    found["verdict"] = verdict(found)
    return found


async def _turn(tab: Tab, frame: Frame | None, opener: Json) -> dict[str, Any] | None:
    """A slider or number of the page's own making, one step further by an arrow key; None when it takes no focus."""
    selector = str(opener["selector"])
    if frame is not None:
        return None
    before = await _say(tab, frame, selector, scroll=True)
    if before is None or not before["visible"] or not await tab.call(
        script("form"), {"do": "focus", "field": selector}
    ):
        return None
    try:
        await tab.page.keyboard.press("ArrowUp")
    except Error as error:
        raise Unreachable(str(error)[:100]) from error
    await asyncio.sleep(WAIT)
    after = await _say(tab, frame, selector, again=True)
    found: dict[str, Any] = {
        **{
            key: opener[key] for key in ("selector", "snippet", "box", "frame", "kind", "name", "sign") if key in opener
        },
        "role": before["role"],
        "before": _states(before),
        "after": _states(after),
        "again": None,
        "values": [side["value"] for side in (before, after) if side],
        "boxes": [side["lies"] for side in (before, after) if side],
        "texts": [side["text"] for side in (before, after) if side],
        "leaves": [],
        "requests": 0,
        "shown": [],
        "confirmed": False,
    }
    found["verdict"] = verdict(found)
    return found


def _turned(toggle: Json) -> bool:
    """Did it move along one line, or does another number stand on it, while the value that it gives is the same?"""
    if len(toggle["boxes"]) < 2 or toggle["values"][0] != toggle["values"][1] or toggle["values"][0] == [None, None]:
        return False
    (x, y, width, height), (x2, y2, width2, height2) = toggle["boxes"]
    alike = abs(width - width2) < 1 and abs(height - height2) < 1
    figures = [re.findall(r"\d+", text) for text in toggle["texts"]]
    moved = alike and (abs(x - x2) >= 2) != (abs(y - y2) >= 2)
    return bool(moved or (figures[0] and figures[0] != figures[1]))


async def _toggle(tab: Tab, frame: Frame | None, opener: Json) -> dict[str, Any] | None:
    if opener["kind"] == "value":
        return await _turn(tab, frame, opener)
    first = await _press(tab, frame, opener)
    return await _close(tab, frame, opener, *first) if first else None


def _states(said: Json | None) -> dict[str, str | None] | None:
    return {name: said[name] for name in SAID} if said else None


async def _put_back(tab: Tab, effect: Effect | None = None) -> bool:
    """Escape, then a closing button, for what a second click did not close. False: a layer is still there."""
    layers = [str(layer["selector"]) for layer in effect.layers] if effect else []
    try:
        await tab.page.mouse.move(0, 0)
        await tab.page.keyboard.press("Escape")
        await asyncio.sleep(0.15)
        if not layers or await tab.call(script("shut"), {"selectors": layers, "press": True}):
            return True
        await asyncio.sleep(0.2)
        return bool(await tab.call(script("shut"), {"selectors": layers, "press": False}))
    except Error as error:
        raise Unreachable(str(error)[:100]) from error


def verdict(toggle: Json) -> str:
    """What disagrees: `stale`, `inverted`, `missing`, `tab`, `checked`, `chosen`, `value`, or nothing. Pure.

    * stale: content comes and goes with two clicks, while the state that the control gives stays the same throughout;
      or a list that shuts when focus leaves comes with each, and it says `expanded=false` while the list is there.
    * inverted: the state says `true` while the content is away and `false` while it is there.
    * missing: content comes and goes with two clicks, and neither state nor name tells of it.
    * tab: another panel is shown, and the tab that was clicked does not say that it is selected.
    * checked: the control looks different after one click and as before after two, and its state stays the same; a
      radio button that was not chosen looks different after a click, and does not say that it is.
    * value: a slider moves, or another number stands on it, and the value that it gives stays the same.
    * chosen: the same of a box or button that stays as it looks after one click, as one of several does.
    """
    before, after, again = toggle["before"], toggle["after"], toggle["again"]
    if toggle["leaves"] or toggle["requests"] or before is None or after is None:
        return ""
    if toggle["kind"] == "value":
        return "value" if _turned(toggle) else ""
    if toggle["kind"] == "tab":
        swapped = bool(toggle["shown"] and toggle["hidden"])
        return "tab" if swapped and after["selected"] != "true" and after["expanded"] == before["expanded"] else ""
    alike = all(n == toggle["native"][0] for n in toggle["native"]) and len(set(toggle["names"])) == 1
    if toggle["kind"] == "radio":
        unsaid = before == after and after["checked"] != "true"
        return "checked" if toggle["looks"] is True and unsaid and alike else ""
    if again is None:
        return ""
    came_and_went = bool(toggle["shown"]) and bool(set(toggle["shown"]) & set(toggle["hidden_again"]))
    went_and_came = (
        bool(toggle["hidden"]) and bool(set(toggle["hidden"]) & set(toggle["shown_again"])) and not came_and_went
    )
    steady = before == after == again
    if toggle["kind"] == "check":
        if not (toggle["looks"] is True and steady and alike):
            return ""
        return "checked" if toggle["looks_again"] is True else "chosen" if toggle["looks_again"] is False else ""
    unsaid = before["expanded"] == after["expanded"] == again["expanded"]
    comes_each_time = set(toggle["shown"]) & set(toggle["shown_again"]) and not (
        toggle["hidden"] or toggle["hidden_again"]
    )
    if comes_each_time and unsaid and before["expanded"] == "false":
        listed = any(layer["role"] in LISTS for layer in toggle["layers"])
        return "stale" if listed or toggle["role"] == "treeitem" else ""
    if not (came_and_went or went_and_came):
        return ""
    if before["expanded"] in ("true", "false"):
        # Being chosen (`selected`) says nothing of being open.
        if unsaid and before["pressed"] == after["pressed"] == again["pressed"]:
            return "stale"
        open_says, shut_says = (after, before) if came_and_went else (before, after)
        return "inverted" if open_says["expanded"] == "false" and shut_says["expanded"] == "true" else ""
    # A number that a button counts down is replaced by another one twice: nothing came back.
    came, gone = ("shown", "hidden") if came_and_went else ("hidden", "shown")
    back = not toggle[gone] or set(toggle[gone]) & set(toggle[f"{came}_again"])
    if (
        back
        and steady
        and len(set(toggle["names"])) == 1
        and not toggle["layers"]
        and not toggle["focus_moved"]
        and all(v is None for v in before.values())
    ):
        return "missing"
    return ""
