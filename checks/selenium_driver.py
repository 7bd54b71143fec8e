"""The second driver: Selenium with axe-selenium-python, for browsers that Playwright cannot reach, as on a Grid.

It runs axe and the page probes in the page's own world, through WebDriver. What needs Chromium's DevTools or the safety
harness (deep probes, frames across origins, the 320 px look by device metrics) is `prevented` with that reason, so its
criteria are `untested`, never "no failure found".
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from axe_selenium_python import Axe
from selenium import webdriver
from selenium.common.exceptions import TimeoutException, WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webdriver import WebDriver

from checks.browser import Kind, find_browser, sandbox_works
from checks.probes import deep_probes, page_probes
from checks.tab import world_source
from checks.visit import AXE_TAGS, PAGE_TYPES, Visit
from scanner.model import LedgerState, PageEvidence, Record, StateEvidence

REASON = "driver selenium: needs Chromium's DevTools"


@dataclass(frozen=True)
class Remote:
    """Where the browser is: a Grid's address, or empty for ChromeDriver on this machine."""

    grid: str = ""
    browser: Literal["chrome", "firefox", "edge"] = "chrome"


@contextmanager
def driver(remote: Remote, seconds: float = 30.0) -> Iterator[WebDriver]:
    """A WebDriver session, ended afterwards. Raises WebDriverException."""
    options: Any = {
        "chrome": webdriver.ChromeOptions,
        "firefox": webdriver.FirefoxOptions,
        "edge": webdriver.EdgeOptions,
    }[remote.browser]()
    options.add_argument("--headless")
    if remote.browser != "firefox":
        options.add_argument("--enable-blink-features=ComputedAccessibilityInfo")
    options.page_load_strategy = "normal"
    if remote.grid:
        session: WebDriver = webdriver.Remote(command_executor=remote.grid, options=options)
    else:
        found = find_browser(Kind.CHROMIUM)
        options.binary_location = str(found.path)
        if not sandbox_works(found).works:
            options.add_argument("--no-sandbox")
        session = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver") or "chromedriver"))
    try:
        session.set_page_load_timeout(seconds)
        session.set_script_timeout(60)
        session.set_window_size(1280, 1024)
        yield session
    finally:
        session.quit()


def visit(session: WebDriver, url: str, axe_file: Path) -> Visit:
    """Looks at one address with axe and the page probes. Never raises for what a page does."""
    began = time.monotonic()
    try:
        session.get(url)
    except TimeoutException:
        return Visit(PageEvidence(url), LedgerState.TIMED_OUT, "no answer in time", seconds=time.monotonic() - began)
    except WebDriverException as error:
        return Visit(PageEvidence(url), LedgerState.UNREACHABLE, str(error.msg)[:200], seconds=time.monotonic() - began)
    kind = str(session.execute_script("return document.contentType"))
    status = int(
        session.execute_script("return (performance.getEntriesByType('navigation')[0] || {}).responseStatus || 0")
    )
    page = PageEvidence(url, session.current_url, status, kind)
    if kind not in PAGE_TYPES:
        return Visit(page, LedgerState.NOT_A_PAGE, kind, seconds=time.monotonic() - began)
    if status >= 400:
        state = LedgerState.NOT_FOUND if status in (404, 410) else LedgerState.SERVER_ERROR
        return Visit(page, state, f"status {status}", seconds=time.monotonic() - began)
    size = session.execute_script("return [innerWidth, innerHeight]")
    records = {**_page_probes(session), "axe": _axe(session, axe_file)}
    records |= {probe.name: Record(probe.name, prevented=REASON) for probe in deep_probes()}
    frames = int(session.execute_script("return document.querySelectorAll('iframe,frame').length"))
    records["frames"] = Record("frames", {"entered": 1, "not_entered": [{"url": "", "reason": REASON}] * frames})
    look = StateEvidence("base", f"{size[0]}x{size[1]}", (), records)
    page = PageEvidence(
        url, session.current_url, status, kind, looks=(look,), template=str(records["facts"].data.get("template", ""))
    )
    return Visit(page, LedgerState.VISITED, seconds=time.monotonic() - began)


def _page_probes(session: WebDriver) -> dict[str, Record]:
    """The page probes of the base state, in the top document."""
    names = page_probes("base")
    computed = "'computedRole' in Element.prototype"
    # Without the browser's own names axe computes them, on a tree of its own.
    asked = f"return look({json.dumps(names)});"
    ask = f"{computed} || axe.setup(); try {{ {asked} }} finally {{ {computed} || axe.teardown(); }}"
    told = json.loads(session.execute_script(f"{world_source()}\n{ask}"))
    return {
        name: Record(name, seen.get("data", {}), seen.get("prevented", ""), seen["seconds"])
        for name, seen in told.items()
    }


def _axe(session: WebDriver, axe_file: Path) -> Record:
    """axe-core's result, condensed as our own runner writes it."""
    try:
        axe = Axe(session, script_url=str(axe_file))
        axe.inject()
        # Options go in as JSON text: the wrapper pastes Python's own spelling of a dict into the script.
        told = axe.run(options=json.dumps({"runOnly": {"type": "tag", "values": list(AXE_TAGS)}, "iframes": False}))
    except WebDriverException as error:
        return Record("axe", prevented=f"axe did not run: {str(error.msg)[:200]}")
    seen: dict[str, Any] = {
        kind: [
            {"rule": rule["id"], "more": 0, "nodes": [_node(session, node) for node in rule["nodes"][:200]]}
            for rule in told.get(kind, ())
        ]
        for kind in ("violations", "incomplete")
    }
    seen["passes"] = [rule["id"] for rule in told.get("passes", ())]
    seen["version"] = told.get("testEngine", {}).get("version", "")
    return Record("axe", seen)


def _node(session: WebDriver, node: dict[str, Any]) -> dict[str, Any]:
    """A node of axe's result written as a place, found by axe's own selector in the top document."""
    target = node["target"][0] if len(node["target"]) == 1 and isinstance(node["target"][0], str) else ""
    place = session.execute_script(
        "const el = arguments[0] && document.querySelector(arguments[0]); return el ? S.place(el, {}) : null",
        target,
    )
    checks = [
        {"id": c["id"], "data": c.get("data"), "message": str(c.get("message", ""))[:300]}
        for c in (*node["any"], *node["all"], *node["none"])
    ]
    return {
        **(place or {"selector": str(node["target"]), "snippet": str(node.get("html", ""))[:300]}),
        "checks": checks,
    }
