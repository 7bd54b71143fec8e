"""Walks a journey, such as the steps of an e-form, and looks at each step as a state of the page it starts on.

On a live site the harness is armed: a step that would send something is stopped, and the walk ends there and says so.
Where the channel is a test environment the walk really goes on, with the user's own synthetic values, up to what
commits, unless the journey says that it may.
"""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import Error

from checks.harness import arm, watch_sockets
from checks.pool import Pool
from checks.session import Step, do
from checks.tab import Tab, Unreachable
from checks.visit import VisitRequest, look_at
from scanner.model import StateEvidence


@dataclass(frozen=True, slots=True)
class Walk:
    """What to walk."""

    name: str
    steps: tuple[Step, ...]
    test_environment: bool = False
    commit: bool = False
    """In a test environment: let the last step send too."""


@dataclass(frozen=True, slots=True)
class Walked:
    """The states that were looked at, and why the walk ended before its last step, if it did."""

    states: tuple[StateEvidence, ...]
    ended: str = ""


async def walk(pool: Pool, request: VisitRequest, journey: Walk) -> Walked:
    """Opens the start address in a fresh context and carries the steps out, looking after each that changes it."""
    states: list[StateEvidence] = []
    told: list[str] = []
    async with pool.fresh(viewport=request.viewport) as tab:
        await watch_sockets(tab)
        tab.wander = journey.test_environment
        answer = await tab.open(request.url, request.seconds)
        if answer.trouble:
            return Walked((), f"the start page did not load: {answer.trouble}")
        tab.page.set_default_timeout(request.seconds * 500)
        for number, step in enumerate(journey.steps, 1):
            last = number == len(journey.steps)
            if not journey.test_environment or (last and not journey.commit):
                await arm(tab)
            told.append(step.told())
            tab.doing = f"{journey.name}, {step.told()}"
            before = len(tab.stopped)
            try:
                await do(tab.page, step)
                await tab.settle(2.0)
                if step.action in ("click", "press", "goto", "choose"):
                    states.append(
                        await look_at(tab, f"{journey.name}, step {number}", request.viewport, steps=tuple(told))
                    )
            except (Error, Unreachable) as error:
                return Walked(tuple(states), f"step {number} ({step.told()}): {str(error).splitlines()[0][:200]}")
            if stopped := _sent(tab, before):
                return Walked(
                    tuple(states),
                    f"step {number} ({step.told()}) would have sent {stopped}; nothing is sent on a live site",
                )
    return Walked(tuple(states))


def _sent(tab: Tab, before: int) -> str:
    """The first navigation or writing request that the last step made and the harness stopped."""
    return next(
        (
            s.what
            for s in tab.stopped[before:]
            if s.kind == "navigation" or (s.kind == "request" and not s.what.startswith(("GET", "HEAD")))
        ),
        "",
    )
