"""Getting behind a login: recorded steps in a context of their own, ending in a saved browser state.

Only what the user wrote down is done. Nothing of it is kept but the state, in memory. DigiD and eHerkenning are not
automated: a saved state, or a test identity provider, is the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.async_api import Error, Page

from checks.pool import Pool
from scanner.model import Mistake


@dataclass(frozen=True, slots=True)
class Step:
    """One recorded step. `value` may be secret: it is never shown."""

    action: Literal["goto", "fill", "press", "choose", "click", "wait"]
    target: str
    value: str = field(default="", repr=False)

    def told(self) -> str:
        """The step as a person can repeat it, without the value."""
        return f"{self.action} {self.target}"


class LoginFailed(Mistake):
    """The steps did not lead behind the login; the message names the step."""


async def log_in(pool: Pool, steps: Sequence[Step], check: str, seconds: float = 20.0) -> Any:
    """Carries out the steps and returns Playwright's storage state. Raises LoginFailed."""
    context = await pool.context()
    context.set_default_timeout(seconds * 1000)
    try:
        page = await context.new_page()
        for step in steps:
            try:
                await do(page, step)
            except Error as error:
                raise LoginFailed(
                    f"step `{step.told()}` could not be done: {str(error).splitlines()[0][:200]}"
                ) from None
        await page.wait_for_load_state("load")
        if check and not await logged_in(page, check):
            raise LoginFailed(f"after the steps `{check}` is not on the page")
        return await context.storage_state()
    finally:
        await context.close()


async def do(page: Page, step: Step) -> None:
    """One step."""
    match step.action:
        case "goto":
            await page.goto(step.target)
        case "fill":
            await page.locator(step.target).first.fill(step.value)
        case "choose":
            await page.locator(step.target).first.select_option(step.value)
        case "press":
            await page.keyboard.press(step.target)
        case "click":
            await page.locator(step.target).first.click()
        case "wait":
            await page.locator(step.target).first.wait_for()


async def logged_in(page: Page, check: str) -> bool:
    """Whether what is only there while logged in is there."""
    try:
        return await page.locator(check).count() > 0
    except Error:
        return False
