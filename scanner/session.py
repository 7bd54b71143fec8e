"""A channel's login during a scan: gets browser and crawler behind it, notices when it is lost, knows what to mask."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Generator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx

from checks.pool import Pool
from checks.session import LoginFailed, Step, log_in, logged_in
from checks.tab import Tab
from checks.visit import Visit
from scanner.config import Channel, Config
from scanner.config import Step as ConfiguredStep
from scanner.model import LedgerState
from scanner.secrets import secret
from spiders.crawl import Access

log = logging.getLogger(__name__)


class Session:
    """A channel's login: gets the browser and the crawler behind it, notices when it is lost, logs in again once."""

    def __init__(self, config: Config, channel: Channel, pool: Pool) -> None:
        self.channel, self.pool = channel, pool
        self.lost = ""
        """Why no page is shown behind the login any more; empty while it holds."""
        self.secrets: list[str] = []
        self._folder = config.storage.folder / "secrets"
        self._again = True
        self._renewing = asyncio.Lock()
        self.generation = 0
        """How often was logged in: a visit that began under an older login is looked at again."""

    async def begin(self) -> None:
        """Logs in, if the channel has a login and the browser can be touched. Raises LoginFailed, SecretMissing."""
        login = self.channel.login
        if login is None:
            return
        if not self.pool.touches:
            self.lost = f"driver {self.pool.driver.partition(' ')[0]}: cannot log in"
            return
        if login.basic_secret:
            self.secrets.append(secret(login.basic_secret, self._folder))
            self.pool.settings = replace(
                self.pool.settings,
                http_credentials={
                    "username": login.basic_user,
                    "password": self.secrets[-1],
                    "origin": _origin(self.channel.url),
                },
            )
        state = json.loads(login.state.read_text("utf-8")) if login.state else None
        if login.steps:
            state = await log_in(
                self.pool, [self.step(step) for step in login.steps], login.check, self.channel.limits.page_seconds
            )
        if state:
            self.secrets += [
                str(cookie["value"]) for cookie in state.get("cookies", ()) if len(str(cookie.get("value", ""))) >= 8
            ]
            self.pool.settings = replace(self.pool.settings, storage_state=state)
            self.generation += 1

    def step(self, step: ConfiguredStep) -> Step:
        """A step of the settings with its secret filled in. Raises SecretMissing."""
        for action in ("goto", "fill", "press", "choose", "click", "wait"):
            target = getattr(step, action)
            if target is not None:
                value = secret(step.secret, self._folder) if step.secret else step.value or ""
                if step.secret:
                    self.secrets.append(value)
                return Step(action, target, value)
        raise AssertionError("the settings hold a step to exactly one action")

    def access(self) -> dict[str, Access]:
        """What the crawler sends along to this channel's own addresses."""
        settings = self.pool.settings
        basic = settings.http_credentials
        cookies = tuple((settings.storage_state or {}).get("cookies", ()))
        return (
            {
                self.channel.id: Access(
                    basic_auth=(basic["username"], basic["password"]) if basic else None, cookies=cookies
                )
            }
            if basic or cookies
            else {}
        )

    def client(self) -> dict[str, Any]:
        """Arguments for an httpx client that asks as this session: its cookies and its password, nothing else."""
        settings = self.pool.settings
        cookies = httpx.Cookies()
        for cookie in (settings.storage_state or {}).get("cookies", ()):
            domain = str(cookie.get("domain", "")).lstrip(".")
            cookies.set(cookie["name"], cookie["value"], domain=domain, path=cookie.get("path", "/"))
        basic = settings.http_credentials
        return {
            "cookies": cookies,
            "auth": _OwnOrigin(basic["username"], basic["password"], basic["origin"]) if basic else None,
        }

    async def holds(self, seen: Visit, tab: Tab, generation: int) -> bool:
        """Whether this visit was behind the login. False once: logged in again, look again; twice: it is lost."""
        login = self.channel.login
        if login is None or not login.check or seen.state not in (LedgerState.VISITED, LedgerState.LOGIN_WALL):
            return True
        if seen.state is LedgerState.VISITED and await logged_in(tab.page, login.check):
            return True
        async with self._renewing:
            if self.generation != generation or self.lost:
                return False  # another tab has logged in again, or found that it cannot be
            if self._again and login.steps:
                self._again = False
                try:
                    await self.begin()
                    return False
                except LoginFailed as error:
                    log.warning("%s: %s", self.channel.id, error)
            self.lost = "the session ended and logging in again did not help"
            return False


class _OwnOrigin(httpx.BasicAuth):
    """A password that goes to the channel's own origin and nowhere else: pages name what else is fetched."""

    def __init__(self, user: str, password: str, origin: str) -> None:
        super().__init__(user, password)
        self._own = origin

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """As httpx calls it."""
        if _origin(str(request.url)) == _origin(str(httpx.URL(self._own))):
            yield from super().auth_flow(request)
        else:
            yield request


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
