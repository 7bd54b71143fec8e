"""What did an action do? A fingerprint of the page before and after it, and the difference that a person would notice.

Used by every probe that touches a page (keys, clicks, hover, typing): `await learn_restless(tab)` once, then
`effect = await observe(tab, action)` for each action. The tab must be in the laboratory (checks.harness), so that
navigations are stopped and logged instead of followed.

In: a tab and an action (a function without arguments that gives something to await). Out: an `Effect`: texts shown and
hidden, layers opened, states changed (aria-*, checked, value), focus moved, scrolled, address changed, navigations,
popups and requests that were stopped, attributes changed elsewhere. Things that change by themselves are left out.
Times are in seconds. Raises Unreachable when the page gives no answer. Source: fifty-criteria, engine E4.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checks.asking import ask
from checks.tab import Frame, ScriptError, Tab, Unreachable
from scanner.model import Json

MAX_FRAMES = 8
"""Frames compared per action; the top document is always among them."""
MAX_ITEMS = 30
"""Texts, states and marks kept per action and frame."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What changed during an action. Empty tuples and strings: nothing of that kind."""

    navigations: tuple[str, ...] = ()
    """Documents the page asked for, as `GET https://…`; all were stopped."""
    popups: tuple[str, ...] = ()
    """Windows the page opened; all were closed."""
    dialogs: tuple[str, ...] = ()
    """Script dialogs (`alert: …`), dismissed."""
    requests: tuple[str, ...] = ()
    """Requests and downloads that would have sent or committed something, stopped."""
    url: str = ""
    """New address when the page changed its own address without loading."""
    shown: tuple[Json, ...] = ()
    """New visible texts and pictures, as places with `text`; at most MAX_ITEMS a frame."""
    hidden: tuple[Json, ...] = ()
    """Texts and pictures no longer visible."""
    shown_count: int = 0
    hidden_count: int = 0
    layers: tuple[Json, ...] = ()
    """Dialogs, menus, popovers that came into sight: places with `role`, `name`, `modal`, `share` (of the viewport)."""
    states: tuple[Json, ...] = ()
    """Elements whose state changed: places with `before`, `after` (`expanded=false`), `target` (is it the target)."""
    marks: tuple[Json, ...] = ()
    """Attributes changed outside the target (class, style, …): weak evidence, as places with `attribute`."""
    focus: Json | None = None
    """Where focus is now, when it moved to another element."""
    focus_lost: bool = False
    """True when focus was on an element and is now nowhere (body)."""
    scrolled: bool = False

    @property
    def leaves(self) -> tuple[str, ...]:
        """Where the action would have led: navigations and popups."""
        return (*self.navigations, *self.popups)

    @property
    def noticeable(self) -> bool:
        """A person would see that something happened: more than focus, scrolling and restyling."""
        return bool(self.leaves or self.dialogs or self.requests or self.url or self.shown_count or self.hidden_count
                    or self.layers or self.states)

    @property
    def any(self) -> bool:
        """Anything at all."""
        return self.noticeable or bool(self.marks or self.focus or self.focus_lost or self.scrolled)

    def same_as(self, other: Effect) -> bool:
        """Do two actions come to the same? The same destination, or mostly the same texts and states."""
        if self.leaves or other.leaves:
            return bool({_target(a) for a in self.leaves} & {_target(a) for a in other.leaves})
        if self.url or other.url:
            return self.url == other.url
        if self.dialogs or other.dialogs:
            return bool(set(self.dialogs) & set(other.dialogs))
        mine, theirs = self.changed_words(), other.changed_words()
        if not mine or not theirs:
            return False
        return len(mine & theirs) >= 0.5 * min(len(mine), len(theirs))

    def changed_words(self) -> frozenset[str]:
        """The texts that came or went and the states that changed, to compare two effects."""
        return frozenset((*(f"text {item['text']}" for item in (*self.shown, *self.hidden)),
                          *(f"layer {item['selector']}" for item in self.layers),
                          *(f"state {item['selector']}" for item in self.states)))

    def summary(self) -> Json:
        """For a record or an outcome's values: short, plain, without what is empty."""
        found: dict[str, Any] = {
            "navigations": list(self.navigations[:5]),
            "popups": list(self.popups[:5]),
            "dialogs": list(self.dialogs[:3]),
            "requests": list(self.requests[:5]),
            "url": self.url,
            "shown": [item["text"] for item in self.shown[:8]],
            "hidden": [item["text"] for item in self.hidden[:8]],
            "layers": [item["selector"] for item in self.layers[:5]],
            "states": [f"{item['before']} -> {item['after']}" for item in self.states[:5]],
            "focus": self.focus["selector"] if self.focus else "",
            "focus_lost": self.focus_lost,
            "scrolled": self.scrolled,
        }
        return {key: value for key, value in found.items() if value}


def _target(action: str) -> str:
    return action.partition(" ")[2] or action


async def leave_fields(tab: Tab) -> None:
    """Takes focus from where the page put it: what a field says when it is left is no effect of what is done next."""
    await tab.call("(S) => { const el = document.activeElement; if (el && el !== document.body) el.blur(); return 0 }")


async def learn_restless(tab: Tab, seconds: float = 0.6) -> None:
    """Watches the page without touching it; what changes by itself (clocks, carousels) is left out of later effects.

    Lasts until the document goes away. Call it once per laboratory, before the first `observe`.
    """
    frames = await _frames(tab)
    await _each(tab, frames, {"do": "begin", "target": ""}, 15)
    await asyncio.sleep(seconds)
    await _each(tab, frames, {"do": "rest"}, 15)


async def observe(tab: Tab, action: Callable[[], Awaitable[Any]], *, wait: float = 0.5, target: str = "",
                  frame: Frame | None = None, doing: str = "") -> Effect:
    """Runs the action and says what it changed, at most `wait` seconds after it.

    Returns earlier when something changed and the page is quiet again; a conclusion that nothing happens takes all of
    `wait`. `target` is the selector (as S.place writes it, in `frame`) of the element acted on: its own restyling is
    not a mark. `doing` is what the log of stopped things says. The action may raise; that is passed on.
    """
    frames = await _frames(tab)
    begin = {"do": "begin", "target": ""}
    at_target = {(frame or frames[0]).id: {"do": "begin", "target": target}}
    before = await _each(tab, frames, begin, 15, at_target)
    if doing:
        tab.doing = doing
    logged = len(tab.stopped)
    await action()
    await asyncio.sleep(0.05)
    if len(tab.stopped) > logged:
        wait = min(wait, 0.15)  # it leads away: what else it does matters less
    after = await _each(tab, frames, {"do": "finish", "wait": wait * 1000, "items": MAX_ITEMS}, 15 + wait)
    return _effect(tab, logged, before, after)


def _effect(tab: Tab, logged: int, before: Mapping[str, Json], after: Mapping[str, Json]) -> Effect:
    stopped = tab.stopped[logged:]

    def of_kind(*kinds: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(entry.what for entry in stopped if entry.kind in kinds))

    def joined(key: str) -> tuple[Json, ...]:
        return tuple(item for found in after.values() for item in found.get(key, ()))

    was, now = _focus(before), _focus(after)
    moved = now is not None and _where(now) != _where(was)
    return Effect(
        navigations=of_kind("navigation"), popups=of_kind("popup"), dialogs=of_kind("dialog"),
        requests=of_kind("request", "download", "socket"),
        url=next((str(found["url"]) for found in after.values() if found.get("url")), ""),
        shown=joined("shown"), hidden=joined("hidden"),
        shown_count=sum(int(found.get("shownCount", 0)) for found in after.values()),
        hidden_count=sum(int(found.get("hiddenCount", 0)) for found in after.values()),
        layers=joined("layers"), states=joined("states"), marks=joined("marks"),
        focus=now if moved else None, focus_lost=was is not None and now is None,
        scrolled=any(found.get("scrolled") for found in after.values()))


def _focus(found: Mapping[str, Json]) -> Json | None:
    return next((side["focus"] for side in reversed(list(found.values())) if side.get("focus")), None)


def _where(element: Json | None) -> tuple[str, str] | None:
    return (str(element["selector"]), str(element.get("frame", ""))) if element else None


async def _frames(tab: Tab) -> Sequence[Frame]:
    return (await tab.frames())[:MAX_FRAMES]


async def _each(tab: Tab, frames: Sequence[Frame], argument: Json, seconds: float,
                instead: Mapping[str, Json] | None = None) -> dict[str, Json]:
    """Asks every frame; a frame other than the top one that does not answer is left out."""
    async def one(frame: Frame) -> Json | None:
        try:
            answer: Json | None = await ask(
                tab, "effects", (instead or {}).get(frame.id, argument), frame=frame, seconds=seconds)
            return answer
        except (Unreachable, ScriptError) as error:
            if frame.is_top:
                # "Nothing changed" would be a lie: a document that cannot be compared is lost to the probe.
                raise Unreachable(f"not comparable: {error}") from error
            return None

    answers = await asyncio.gather(*(one(frame) for frame in frames))
    return {frame.id: answer for frame, answer in zip(frames, answers, strict=True) if answer is not None}
