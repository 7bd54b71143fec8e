"""Leads a page into its other states and looks at it there: menus, accordions, tabs, dialogs, mobile menu, dark scheme.

One representative per component signature is operated with the mouse, twice, behind the safety harness. What each said
of itself before, after and again goes into the record `toggles` of the state `explored`; where new content came into
sight axe and the page probes look again, and that look is a state of its own, with the steps that lead to it. A consent
banner is the state `first-visit`; it is refused before anything else is operated.

In: a Look (the page, the browser, what the page probes saw). Out: at most MAX_STATES states. Source: E10.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from checks.consent import find_banner, refuse_consent
from checks.effects import Effect, learn_restless
from checks.inpage import script
from checks.pool import NARROW
from checks.tab import Frame, ScriptError, Tab
from checks.toggles import close, new_texts, press, put_back, there_and_back, turn
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
IN_MODAL = ("axe", "names", "contrast")
"""Probes that look while a modal dialog is open: what is outside of it has neither role nor name then: no defect."""


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
                second = await there_and_back(tab, _frame(frames, toggle), toggle)
            except ScriptError:
                break
            toggle["confirmed"] = bool(second and second["verdict"] == toggle["verdict"])
            await put_back(tab)


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
        turned = await turn(tab, frame, opener)
        run.toggles += [{**turned, "narrow": narrow}] if turned else []
        return True
    first = await press(tab, frame, opener)
    if first is None:
        return True
    before, after, effect, changed = first
    opened = bool(effect.layers or new_texts(effect, opener))
    here = (*steps, f"click: {opener['name']}")
    if opened and not effect.leaves and _worth_a_look(run, opener, effect) and not run.full:
        what = "320" if narrow else _what(opener, effect)
        modal = any(layer["modal"] for layer in effect.layers)
        await _look(
            run, tab, f"{what}: {opener['name'] or opener['selector']}", here, viewport, IN_MODAL if modal else ()
        )
        if not narrow:
            await _inner(run, tab, frame, effect, here, viewport)
    toggle = await close(tab, frame, opener, before, after, effect, changed)
    toggle["narrow"] = narrow
    if not opener.get("alike"):  # what it says of itself was asked of the first of them
        run.toggles.append(toggle)
    return await put_back(tab, effect) if opened else True


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
        pressed = await press(tab, frame, opener)
        if pressed and new_texts(pressed[2], opener) and not pressed[2].leaves:
            await _look(run, tab, f"menu: {opener['name']}", (*steps, f"click: {opener['name']}"), viewport)


def _what(opener: Json, effect: Effect) -> str:
    roles = {str(layer["role"]) for layer in effect.layers}
    if roles & {"dialog", "alertdialog"}:
        return "dialog"
    if opener["kind"] == "tab":
        return "tab"
    return "menu" if roles & {"menu", "listbox"} or opener["kind"] == "popup" else "open"
