"""Walking a page by keyboard: presses keys in an open page, numbers what gets focus over all frames, and leaves traps.

Used by checks.probes.walk. The tab must be in the laboratory. Raises Unreachable when the page gives no answer.
Sources: fifty-criteria, engine E1, facts D1, D2, D16; ACT 80af7b with a1b64e and ebe86a.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Error

from checks.asking import ask
from checks.harness import SafetyLevel
from checks.tab import Frame, ScriptError, Tab, Unreachable
from scanner.model import Json

MAX_STOPS = 150
MAX_FRAMES = 12
HELP = re.compile(r"\b(ctrl|control|alt|shift|cmd)\b\s*[+-]\s*\S|\b(toets|druk|press|key)\b", re.I)
_NAME = r"[\"'“‘(<]?([A-Za-z0-9]|F\d{1,2}|Esc(?:ape)?|Enter)\b"
COMBINATION = re.compile(r"\b(ctrl|control|alt|shift)\b\s*(?:\+|-|en|and)?\s*(?:the\s+)?" + _NAME, re.I)
SINGLE = re.compile(r"\b(?:druk op|toets|press|key)\b\s*(?:op\s+|de\s+|the\s+|on\s+)*" + _NAME, re.I)
CLOSES = re.compile(r"sluit|close|annul|cancel|weiger|reject|akkoord|accept|ok\b|nee\b|no\b|×|✕|verder|begrepen", re.I)


@dataclass
class Reading:
    """Where focus is after a key press."""

    at: int
    """Number of the stop; -1: nowhere."""
    has_focus: bool
    had: tuple[int, ...]
    """Stops that got focus since the last reading, in order."""
    out: bool = False
    """Focus left the document since the last reading, if only for a moment."""
    view: Json = field(default_factory=dict)


class Walker:
    """Presses keys in one open page and numbers the elements that get focus, over all frames."""

    def __init__(self, tab: Tab, pace: float = 0.0) -> None:
        self.tab = tab
        self.pace = pace
        """Seconds to wait at each stop of a walk: scripts that take focus back need a moment to do so."""
        self.stops: list[dict[str, Any]] = []
        self.frames: list[Frame] = []
        self._numbers: dict[tuple[int, int], int] = {}

    async def begin(self) -> Json:
        """Makes every frame ready; focus goes to the start of the document."""
        self.frames = (await self.tab.frames())[:12]
        answers = [await self.ask(frame, {"do": "start"}) for frame in self.frames]
        return answers[0] or {}

    async def ask(self, frame: Frame, argument: Json) -> Json | None:
        """The walk script's answer in a frame; None when a frame other than the top one gives none."""
        try:
            answer: Json | None = await ask(self.tab, "walk", argument, frame=frame, seconds=8)
            return answer
        except (Unreachable, ScriptError):
            if frame.is_top:
                raise
            return None

    def frame_of(self, stop: int) -> Frame:
        """The frame that holds a stop."""
        return self.frames[int(self.stops[stop]["in"])]

    async def press(self, key: str, wait: float = 0.0) -> Reading:
        """Presses a key and reads where focus is."""
        try:
            await asyncio.wait_for(self.tab.page.keyboard.press(key), 8)
        except (TimeoutError, Error) as error:
            raise Unreachable(f"no answer to {key}") from error
        if wait:
            await asyncio.sleep(wait)
        return await self.read()

    async def read(self) -> Reading:
        """Where focus is, following it into frames."""
        top = await self.ask(self.frames[0], {"do": "read"}) or {}
        reading = self._number(0, top)
        if not top.get("frame"):
            return reading
        for index in range(1, len(self.frames)):
            inner = await self.ask(self.frames[index], {"do": "read"})
            if inner and inner["hasFocus"] and not inner.get("frame") and inner["at"] >= 0:
                found = self._number(index, inner)
                return Reading(found.at, reading.has_focus, (*reading.had, *found.had), reading.out,
                               found.view)
        return reading

    def _number(self, index: int, answer: Json) -> Reading:
        for inner, description in answer.get("fresh", ()):
            self._numbers[index, int(inner)] = len(self.stops)
            self.stops.append({**description, "in": index})

        def own(inner: int) -> int:
            return self._numbers.get((index, inner), -1)

        had = tuple(n for n in map(own, map(int, answer.get("had", ()))) if n >= 0)
        return Reading(own(int(answer.get("at", -1))), bool(answer.get("hasFocus")), had,
                       bool(answer.get("out")), answer.get("view") or {})


@dataclass
class Lap:
    """One walk in one direction."""

    order: list[int] = field(default_factory=list)
    exits: bool = False
    complete: bool = False
    cycle: list[int] = field(default_factory=list)
    """Stops that came round without an exit; empty when there was none."""
    events: list[dict[str, Any]] = field(default_factory=list)


async def walk(walker: Walker, key: str, ends: float) -> Lap:
    """Presses the key until the walk comes round, the cap, or the end of time."""
    lap = Lap()
    presses = 0
    seen_since: list[int] = []
    stuck = 0
    while presses < MAX_STOPS + 10 and time.monotonic() < ends:
        presses += 1
        logged = len(walker.tab.stopped)
        previous = seen_since[-1] if seen_since else -1
        walker.tab.doing = f"focus after stop {previous}"
        now = await walker.press(key, walker.pace)
        lap.events.extend(event for event in _events(walker, now, previous, logged) if event not in lap.events)
        if not now.has_focus or now.at < 0:
            lap.exits = lap.exits or not now.has_focus
            if lap.exits and not lap.order and presses >= 3:
                lap.complete = True  # nothing to stop at
                break
            if lap.order and lap.exits:
                # One step further tells whether the walk has come round.
                after = await walker.press(key)
                lap.complete = after.at in (-1, *lap.order)
                if lap.complete:
                    break
                lap.order.append(after.at)
                seen_since.append(after.at)
            continue
        if now.view and "view" not in walker.stops[now.at]:
            walker.stops[now.at]["view"] = now.view
        if now.at == previous:
            stuck += 1
            if stuck >= 2:
                await asyncio.sleep(0.3)
                if (await walker.press(key, 0.3)).at == now.at:
                    lap.cycle = [now.at]
                    break
                stuck = 0
            continue
        stuck = 0
        if now.at not in lap.order:
            lap.order.append(now.at)
        elif now.at == lap.order[0] and (lap.exits or key == "Shift+Tab"):
            lap.complete = True
            break
        elif seen_since.count(now.at) >= 3:
            lap.cycle = list(dict.fromkeys(seen_since[_last(seen_since, now.at):]))
            break
        seen_since.append(now.at)
    else:
        lap.complete = False
    return lap


def _last(items: Sequence[int], item: int) -> int:
    return len(items) - 1 - items[::-1].index(item)


def _events(walker: Walker, now: Reading, previous: int, logged: int) -> Iterable[dict[str, Any]]:
    """Changes of context that came with this step: they need to be seen again before they count."""
    stop = now.had[0] if now.had else now.at
    def event(kind: str, what: str) -> dict[str, Any]:
        return {"stop": stop, "kind": kind, "what": what, "confirmed": False}

    for entry in walker.tab.stopped[logged:]:
        if entry.kind in ("navigation", "popup", "dialog"):
            yield event("dialog" if entry.kind == "dialog" else "navigation", entry.what)
    if len(set(now.had)) > 1 and now.at == now.had[-1] != stop and _foreign(walker.stops[stop], walker.stops[now.at]):
        yield event("moved", walker.stops[now.at]["selector"])
    if now.had and now.at < 0 and now.has_focus and previous != stop:
        yield event("dropped", "")


def _foreign(a: Json, b: Json) -> bool:
    """Would moving focus from a to b surprise? Not within one widget or wrapper, or from a hidden guard."""
    if a.get("in") != b.get("in") or a.get("tag") in ("iframe", "frame") or b.get("tag") in ("iframe", "frame"):
        return False
    if a["selector"].startswith(b["selector"]) or b["selector"].startswith(a["selector"]):
        return False
    if a.get("composite") and a.get("composite") == b.get("composite"):
        return False
    return not a.get("sentinel") and bool(a.get("visible"))


async def leave_layer(walker: Walker, cycle: Sequence[int], level: int) -> Json | None:
    """A dialog keeps Tab inside it, as it should: leave it as a keyboard user would, by Escape or one of its buttons.

    Gives the layer's selector and what closed it (`left`), or None when nothing did. Pressing buttons needs L2.
    """
    dialogs = {walker.stops[n].get("dialog") for n in cycle}
    layer = str(dialogs.pop() if len(dialogs) == 1 else "") or str(walker.stops[cycle[0]]["selector"])
    await walker.press("Escape", 0.4)
    if await _free(walker, cycle):
        return {"layer": layer, "left": "Escape"}
    closers = [n for n in cycle if CLOSES.search(walker.stops[n]["name"])] if level >= SafetyLevel.CLICK else []
    for closer in closers[:3]:
        await walker.ask(walker.frame_of(closer), {"do": "focus", "path": walker.stops[closer]["selector"]})
        await walker.press("Enter", 0.5)
        if await _free(walker, cycle):
            return {"layer": layer, "left": f"Enter: {walker.stops[closer]['name']}"}
    return None


async def _free(walker: Walker, cycle: Sequence[int]) -> bool:
    """Does Tab now lead out of these stops (or out of the document), and stay out?"""
    for _ in range(min(len(cycle), 20) + 2):
        await walker.press("Tab", 0.05 if len(cycle) > 3 else 0.15)
        if await _outside(walker, cycle):
            return True
    return False


async def _outside(walker: Walker, cycle: Sequence[int]) -> bool:
    """Is focus outside these stops, and does it come to rest there?"""
    one = await walker.read()
    if one.has_focus and (one.at < 0 or one.at in cycle):
        return False
    await asyncio.sleep(0.15)
    other = await walker.read()
    return not other.has_focus or (other.at == one.at and not other.had)


async def try_to_leave(walker: Walker, cycle: Sequence[int]) -> dict[str, Any] | None:
    """From stops that keep focus: Shift+Tab, Escape, arrows, and the keys that the page names. None: it can be left.

    Else `stops`, `tried`, `self` (one element takes focus back itself), `touched` (focus left the page for a moment: in
    a browser with a window that may be the way out), `help` (the page may name a key), `named` (keys found there).
    """
    text = str((await walker.ask(walker.frames[0], {"do": "text"}) or {}).get("text", ""))
    named = named_keys(text)
    slow = [(await walker.press("Tab", 0.3)).at for _ in range(3)]
    if len(set(slow)) == 1 and slow[0] >= 0:
        cycle = [slow[0]]  # pressed slowly, it is one element that takes focus back
    tried: list[str] = []
    touched = False
    for key in ("Shift+Tab", "Escape", "ArrowDown", "ArrowRight", *named):
        tried.append(key)
        for _ in range(len(cycle) + 1 if key == "Shift+Tab" else 1):
            now = await walker.press(key, 0.35)
            if await _outside(walker, cycle):
                return None
            touched = touched or now.out
        if key == "Shift+Tab" and touched and len(cycle) > 1:
            break
        if key != "Shift+Tab" and await _free(walker, cycle):
            return None
    return {"stops": list(cycle), "tried": tried, "self": len(cycle) == 1, "touched": touched,
            "help": bool(HELP.search(text)), "named": named, "confirmed": False}


def named_keys(text: str) -> list[str]:
    """Keys that a text tells people to press, as Playwright writes them; at most six. `Ctrl + M` gives `Control+M`."""
    found = []
    for modifier, key in COMBINATION.findall(text):
        name = {"ctrl": "Control", "control": "Control", "alt": "Alt", "shift": "Shift"}[modifier.lower()]
        if name == "Shift" and key.lower() == "tab":
            continue
        found.append(f"{name}+{_key(key)}")
    found.extend(_key(key) for key in SINGLE.findall(text))
    return [key for key in dict.fromkeys(found) if key != "Escape"][:6]


def _key(name: str) -> str:
    if name.lower().startswith("esc"):
        return "Escape"
    return name.upper() if name[0] in "fF" and len(name) > 1 else name.capitalize() if len(name) > 1 else name.lower()
