"""The second driver: Selenium with axe-selenium-python, for browsers that Playwright cannot reach: Firefox on a Grid.

It opens pages and reads them through WebDriver: axe and the page probes, in every frame, in the page's own world. What
needs Chromium's DevTools or the safety harness (deep probes, the look at 320 px, response headers, refusing a consent
banner, logins, journeys) is `prevented` with that reason, so its criteria are `untested`, never "no failure found".

    run.Run ── renew, visit ──▶ Sessions ──▶ Window ── WebDriver ──▶ ChromeDriver of this machine, or a Grid
                                (a Pool)     (a Tab)

A scan sees sessions as it sees Playwright's tabs, so rate, gate, attempts and ledger are the scan's own.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from fnmatch import fnmatch
from importlib.metadata import version
from typing import Any
from urllib.parse import urldefrag, urlsplit

from axe_selenium_python import Axe
from PIL import Image
from selenium import webdriver
from selenium.common.exceptions import (
    InvalidSessionIdException,
    JavascriptException,
    NoSuchWindowException,
    TimeoutException,
    WebDriverException,
)
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from urllib3.exceptions import HTTPError, ReadTimeoutError

from checks.browser import Kind, NoBrowser, find_browser, sandbox_works
from checks.gate import Gate
from checks.hindrance import Hindrance, told
from checks.inpage import script
from checks.pool import DESKTOP, SWITCHES, Pool, PoolSettings
from checks.probes import deep_probes, page_probes
from checks.remote import STEADY
from checks.tab import FONT_HOSTS, MAX_FRAMES, SETTLE, Answer, Frame, Tab, library_source, site_of
from checks.temporary import with_temporary
from checks.visit import AXE_TAGS, Visit, VisitRequest, merged, size, what_it_is
from scanner.model import Json, LedgerState, PageEvidence, Record, StateEvidence

log = logging.getLogger(__name__)

OTHERWISE = "the page answered otherwise"
GRID_BROWSERS = ("chrome", "firefox", "edge")
"""Browsers that a Grid is asked for, as the setting `browser` names them."""
LOOK_SECONDS = 100.0
"""For reading a page once it is open; one that takes longer hangs, and its session is ended."""
START_SECONDS = 75
"""For a session to be given: a Grid may have to wait for a free browser."""
STOP_SECONDS, ASK_SECONDS, PROBE_SECONDS, AXE_SECONDS = 2, 10, 30, 60
"""For stopping a page that loads on and on, for what is asked in a moment, for all probes together, and for axe."""
STARTS = 3
"""Times that a session is asked for before there is none."""
_GONE = (InvalidSessionIdException, NoSuchWindowException, HTTPError, OSError)
"""The browser or its driver is no longer there."""

_DOCUMENT = """const entry = performance.getEntriesByType('navigation')[0] || {};
return {type: document.contentType, status: entry.responseStatus || 0, loaded: entry.name || location.href,
        from: document.referrer, origin: performance.timeOrigin, url: location.href}"""
_SETTLE = f"const done = arguments[arguments.length - 1]; ({SETTLE})(null, 3000).then(done, done)"
_FORGET = """window.leaving = true; window.name = '';
try { localStorage.clear(); sessionStorage.clear(); } catch (_) {}"""
_MISSED = f"""const done = arguments[arguments.length - 1];
({script("missed")}).then(done, () => done([]))"""
_NONSENSE = (TypeError, ValueError, LookupError, AttributeError)
"""What an answer of another kind comes to: of a page that is just being left, or that writes its answers itself."""
_COMPUTED = "'computedRole' in Element.prototype"
"""Without the browser's own roles and names axe computes them, on a tree of its own."""
_KEEP = "window.scannerAxe = {place: axePlace, ofPage: AXE_OF_PAGE};"
"""Each script of Firefox has globals of its own; what a later one needs is left with the page."""
_PLACES = """const find = (target) => {
  let root = document, el = null;
  for (const part of Array.isArray(target) ? target : [target]) {
    el = root && root.querySelector(part);
    root = el && el.shadowRoot;
  }
  return el;
};
COMPUTED || axe.setup();
try {
  return JSON.stringify(arguments[0].map(([rule, target]) => {
    try { const el = find(target); return el ? scannerAxe.place(rule, el) : null; } catch (_) { return null; }
  }));
} finally { COMPUTED || axe.teardown(); }""".replace("COMPUTED", _COMPUTED)


class Sessions(Pool):
    """WebDriver sessions in the place of Playwright's pages: they open and read; nothing of a page is touched."""

    touches = False

    def __init__(self, settings: PoolSettings, gate: Gate | None) -> None:
        # There is no browser of Playwright here, and nothing that would ask for one is asked of these.
        super().__init__(settings, None, None, lambda: None, gate)  # type: ignore[arg-type]
        self._version = ""

    @classmethod
    @asynccontextmanager
    async def start(cls, settings: PoolSettings) -> AsyncIterator[Sessions]:
        """The first session is begun at once: it tells the browser's version. Raises NoBrowser."""
        with settings.way_out() as gate:
            pool = cls(settings, gate)
            try:
                pool._spare = await pool._begin()
                yield pool
            finally:
                for tab in list(pool._tabs):
                    await tab.close()

    @property
    def version(self) -> str:
        """Browser name and version, for the evidence."""
        return self._version

    @property
    def driver(self) -> str:
        """What drives the browser, for the evidence."""
        return f"selenium {version('selenium')}"

    def holds(self, tab: Tab) -> bool:
        """Each session has a browser of its own, and notices by itself when it is gone."""
        return True

    async def tab(self, *, first_visit: bool = False, **options: Any) -> Tab:
        """A new session. Raises NoBrowser."""
        if self._spare is not None:
            window, self._spare = self._spare, None
            return window
        return await self._begin()

    _spare: Window | None = None

    async def _begin(self) -> Window:
        for left in reversed(range(STARTS)):
            try:
                window = await asyncio.to_thread(self._session)
            except (WebDriverException, HTTPError, OSError, *_NONSENSE) as error:
                said = str(getattr(error, "msg", None) or error).splitlines()[0][:300]
                if not left:
                    at = self.settings.endpoint.address if self.settings.endpoint else "chromedriver"
                    raise NoBrowser("browser.remote", address=at, problem=said) from error
                log.warning("no WebDriver session yet: %s", said)
                await asyncio.sleep(1)
            else:
                self._tabs.add(window)
                return window
        raise AssertionError("the last try ends either way")

    def _session(self) -> Window:
        chrome = None if self.settings.endpoint else ChromeDriver()
        address = self.settings.endpoint.address if self.settings.endpoint else chrome.address  # type: ignore[union-attr]
        try:
            config = _client(address, START_SECONDS)
            session = webdriver.Remote(command_executor=address, options=self._options(chrome), client_config=config)
        except BaseException:
            if chrome is not None:
                chrome.end()
            raise
        window = Window(session, address, chrome)
        try:
            _set_viewport(session)
        except BaseException:
            window.end_now()
            raise
        seen = session.capabilities
        self._version = f"{seen.get('browserName', '')} {seen.get('browserVersion', '')}"
        return window

    def _options(self, chrome: ChromeDriver | None) -> Any:
        settings = self.settings
        if chrome is None and settings.browser == "firefox":
            options: Any = _firefox(settings, self.gate)
        else:
            options = _chromium(settings, self.gate, chrome)
        options.page_load_strategy = "normal"
        options.unhandled_prompt_behavior = "dismiss"
        return options


class Window(Tab):
    """One WebDriver session as a scan's tab. What it can is below; the rest of a Tab needs DevTools."""

    def __init__(self, session: WebDriver, address: str, chrome: ChromeDriver | None) -> None:
        self.session, self._address, self._chrome = session, address, chrome
        self.visits, self.crashed, self._ended = 0, False, False

    async def picture(self, box: tuple[float, float, float, float] | None, margin: float = 12.0) -> bytes:
        """A PNG of a place with some of its surroundings, at most a view large; empty when it cannot be had."""
        if box is None or box[2] < 1 or box[3] < 1 or self.crashed:
            return b""
        try:
            return await asyncio.to_thread(_picture, self.session, box, margin)
        except (WebDriverException, HTTPError, OSError):
            return b""

    async def clear(self) -> None:
        """Nothing: WebDriver has no word for it, and a session ends with its fifty visits."""

    async def close(self) -> None:
        """Ends the session. Never raises."""
        await self.end()

    async def end(self) -> None:
        """Ends the session, whatever its page is doing. Never raises."""
        self.crashed = True
        await asyncio.to_thread(self.end_now)

    def end_now(self) -> None:
        """By a connection of its own: that of the session may wait for a page that hangs."""
        if self._ended:
            return
        self._ended = True
        with suppress(WebDriverException, HTTPError, OSError):
            other = RemoteConnection(client_config=_client(self._address, 5))
            other.execute(Command.QUIT, {"sessionId": self.session.session_id})  # type: ignore[no-untyped-call]
        if self._chrome is not None:
            self._chrome.end()


class ChromeDriver:
    """ChromeDriver of this machine, for one session. It ends when we end or are killed, and its browser with it."""

    # Our end of the pipe closes however we end; then the driver is killed, whose own pipe to the browser closes. The
    # shell keeps no end of the pipe by which the driver speaks: one that dies is noticed. A browser that is still
    # ending makes its folder anew.
    _KEPT = """"$0" --port=0 & driver=$!; exec > /dev/null; cat; kill -9 $driver
rm -rf "$1"; for wait in 0.2 2; do sleep $wait; rm -rf "$1"; done &"""

    def __init__(self) -> None:
        program = shutil.which("chromedriver")
        if program is None:
            raise NoBrowser("browser.remote", address="chromedriver", problem="it is not installed")
        self.profile = tempfile.mkdtemp(prefix="scanner-chrome-")
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", self._KEPT, program, self.profile],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**with_temporary(self.profile), "TZ": "Europe/Amsterdam"},
        )
        started = None
        assert self._process.stdout is not None
        too_long = threading.Timer(START_SECONDS, self.end)
        too_long.start()
        try:
            for line in self._process.stdout:
                if started := re.search(r"successfully on port (\d+)", line):
                    break
        finally:
            too_long.cancel()
        if started is None:
            self.end()
            raise OSError(f"{program} does not start")
        self.address = f"http://127.0.0.1:{started[1]}"
        # What it says later must not fill the pipe.
        threading.Thread(target=self._process.stdout.read, daemon=True).start()

    def end(self) -> None:
        """Ends the driver and its browser at once."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)


def _client(address: str, seconds: int) -> ClientConfig:
    """A command that gets no answer is not given again."""
    once = {"init_args_for_pool_manager": {"retries": 0}}
    return ClientConfig(address, timeout=seconds, init_args_for_pool_manager=once)


def _chromium(settings: PoolSettings, gate: Gate | None, chrome: ChromeDriver | None) -> Any:
    """Chrome, Chromium or Edge, with the switches of our own browsers."""
    edge = chrome is None and settings.browser == "edge"
    options: Any = webdriver.EdgeOptions() if edge else webdriver.ChromeOptions()
    hosts = "" if gate else ",".join(f"MAP {host} ~NOTFOUND" for host in settings.blocked_hosts)
    switches = [
        *STEADY,
        *SWITCHES,
        f"--lang={settings.locale}",
        *([f"--proxy-server={gate.address}", "--proxy-bypass-list=<-loopback>"] if gate else ()),
        *([f"--host-resolver-rules={hosts}"] if hosts else ()),
        *([f"--user-agent={settings.user_agent}"] if settings.user_agent else ()),
    ]
    if chrome is not None:
        found = find_browser(settings.browser or Kind.CHROMIUM)
        options.binary_location = str(found.path)
        switches += ["--remote-debugging-pipe", f"--user-data-dir={chrome.profile}"]
        switches += [] if sandbox_works(found).works else ["--no-sandbox"]
    for switch in switches:
        options.add_argument(switch)
    no_downloads = {"download_restrictions": 3}
    options.add_experimental_option("prefs", {"intl.accept_languages": f"{settings.locale},nl", **no_downloads})
    return options


def _firefox(settings: PoolSettings, gate: Gate | None) -> Any:
    """Firefox, which keeps to the gate by its preferences."""
    options = webdriver.FirefoxOptions()
    options.add_argument("-headless")
    told: dict[str, str | int | bool] = {
        "intl.accept_languages": f"{settings.locale}, nl",
        "network.dns.disablePrefetch": True,
        "network.prefetch-next": False,
        "network.trr.mode": 5,
        "media.peerconnection.enabled": False,
        "dom.serviceWorkers.enabled": False,
    }
    if settings.user_agent:
        told["general.useragent.override"] = settings.user_agent
    if gate is not None:
        way = urlsplit(gate.address)
        told |= {
            "network.proxy.type": 1,
            "network.proxy.socks": str(way.hostname),
            "network.proxy.socks_port": int(way.port or 0),
            "network.proxy.socks_version": 5,
            "network.proxy.socks_remote_dns": True,
            "network.proxy.socks5_remote_dns": True,
            "network.proxy.failover_direct": False,
            "network.proxy.no_proxies_on": "",
            "network.proxy.allow_hijacking_localhost": True,
        }
    for name, value in told.items():
        options.set_preference(name, value)
    return options


def _set_viewport(session: WebDriver) -> None:
    """The view itself gets the size, not the window around it."""
    width, height = DESKTOP["width"], DESKTOP["height"]
    session.set_window_size(width, height)
    inner = session.execute_script("return [innerWidth, innerHeight]")
    session.set_window_size(2 * width - inner[0], 2 * height - inner[1])


# A look


async def visit(pool: Pool, tab: Tab, request: VisitRequest) -> Visit:
    """As checks.visit.visit, as far as this driver goes. Never raises for what a page does."""
    assert isinstance(pool, Sessions) and isinstance(tab, Window)
    await pool.turn()
    began = time.monotonic()
    tab.visits += 1
    state, reason = LedgerState.TIMED_OUT, "no answer in time"
    try:
        async with asyncio.timeout(request.seconds + LOOK_SECONDS):
            return await asyncio.to_thread(_look, tab.session, request, pool)
    except (TimeoutError, TimeoutException):
        pass
    except _GONE as error:
        if not isinstance(getattr(error, "reason", error), ReadTimeoutError):
            state, reason = LedgerState.CRASHED, "the page crashed the browser"
    except WebDriverException as error:
        state, reason = LedgerState.CRASHED, _said(error)
    except _NONSENSE:
        log.debug("%s", request.url, exc_info=True)
        state, reason = LedgerState.CRASHED, OTHERWISE
    await tab.end()
    return Visit(PageEvidence(request.url), state, reason, seconds=time.monotonic() - began)


def _look(session: WebDriver, request: VisitRequest, pool: Sessions) -> Visit:
    """Opens an address and reads what is there. Raises WebDriverException when the page or browser does not answer."""
    began = time.monotonic()
    _patience(session, ASK_SECONDS)
    _forget(session)
    answer = Answer(request.url)
    document = _open(session, answer, request.seconds)
    if pool.gate is not None and ("ERR_SOCKS" in answer.trouble or "about:neterror" in answer.trouble):
        answer.trouble = pool.gate.why(request.url) or answer.trouble
    state, reason = what_it_is(answer)
    if state is LedgerState.VISITED and (away := _went(document, request.url)):
        state, reason = LedgerState.UNREACHABLE, away
    page = PageEvidence(request.url, answer.final_url, answer.status, answer.content_type)
    if state is not LedgerState.VISITED:
        return Visit(page, state, reason, seconds=time.monotonic() - began)
    session.execute_async_script(_SETTLE)
    incomplete, without = _missed(session, answer.final_url, pool.settings.blocked_hosts)
    incomplete = (*answer.incomplete, *incomplete)
    seen = _Seen(library_source(pool.settings.axe_source))
    seen.read(session, Frame("", answer.final_url, True))
    if session.execute_script(_DOCUMENT).get("origin") != document["origin"]:
        reason = told(Hindrance.ELSEWHERE, session.current_url[:200])
        return Visit(page, LedgerState.UNREACHABLE, reason, seconds=time.monotonic() - began)
    records = seen.records()
    facts = records["facts"].data
    over = [Hindrance.MODAL] if facts.get("modal") else []
    if records["openers"].data.get("banner"):
        over.append(Hindrance.BANNER)
    records["frames"] = seen.frames([{"url": request.url[:500], "reason": str(reason)} for reason in over])
    records |= {probe.name: Record(probe.name, prevented=str(Hindrance.DRIVER)) for probe in deep_probes()}
    view = session.execute_script("return {width: innerWidth, height: innerHeight}")
    look = StateEvidence("base", size(view), (), records)
    page = PageEvidence(
        request.url,
        answer.final_url,
        answer.status,
        answer.content_type,
        incomplete=incomplete,
        without=without,
        template=str(facts.get("template", "")),
        looks=(look,),
    )
    links = tuple((str(link["url"]), str(link["text"])) for link in facts.get("links", ()))
    return Visit(page, LedgerState.VISITED, "; ".join(incomplete[:3]), links, seconds=time.monotonic() - began)


def _patience(session: WebDriver, seconds: float) -> None:
    """How long the page may take for what it is asked next. ChromeDriver waits on for a page that hangs; we do not."""
    session.set_script_timeout(seconds)
    session.command_executor.client_config.timeout = int(seconds) + 3  # type: ignore[union-attr]


def _forget(session: WebDriver) -> None:
    """Leaves the page before: other windows, what its site stored here, and the page itself."""
    first, *others = session.window_handles
    for handle in others:
        session.switch_to.window(handle)
        session.close()
    session.switch_to.window(first)
    with suppress(JavascriptException):
        session.execute_script(_FORGET)
    session.delete_all_cookies()
    session.get("about:blank")


def _open(session: WebDriver, answer: Answer, seconds: float) -> Json:
    """Loads an address, and says in `answer` what came; gives what the document says of itself."""
    session.set_page_load_timeout(seconds)
    _patience(session, seconds + ASK_SECONDS)
    try:
        session.get(answer.url)
    except TimeoutException:
        answer.trouble = "load did not finish"
        # What is shown by now counts. A page that is busy with itself does not even answer this, and is given up.
        _patience(session, STOP_SECONDS)
        session.execute_script("window.stop()")
    except _GONE:
        raise
    except WebDriverException as error:
        answer.trouble = _said(error)
        return {}
    _patience(session, ASK_SECONDS)
    document: Json = session.execute_script(_DOCUMENT)
    if document["url"] == "about:blank":
        answer.trouble = "timeout" if answer.trouble else "download"
        return document
    answer.final_url = session.current_url
    answer.status, answer.content_type = int(document["status"]), str(document["type"])
    return document


def _went(document: Json, url: str) -> str:
    """Where a page went by itself while it loaded; empty when this is what was asked for, or where its server sent us.

    A page that names itself as the one before was left by a script or a refresh, not by its server.
    """
    loaded = str(document["loaded"])
    if not document["from"] or urldefrag(loaded)[0] == urldefrag(url)[0]:
        return ""
    return told(Hindrance.ELSEWHERE, loaded[:200])


def _missed(session: WebDriver, url: str, blocked: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Style sheets and the site's own scripts that did not load, and scripts of others, as far as the page can tell."""


    own, others = dict[str, None](), dict[str, None]()
    for kind, address in session.execute_async_script(_MISSED):
        host = urlsplit(address).hostname or ""
        if any(fnmatch(host, pattern) for pattern in blocked) or (kind == "stylesheet" and host in FONT_HOSTS):
            continue
        foreign = kind == "script" and site_of(host) != site_of(urlsplit(url).hostname or "")
        (others if foreign else own)[str(address)[:500]] = None
    return tuple(own)[:50], tuple(others)[:50]


@dataclass
class _Seen:
    """What the probes and axe see of a page, frame by frame."""

    library: str
    probes: dict[str, list[tuple[Frame, Json]]] = field(default_factory=lambda: {n: [] for n in page_probes("base")})
    axe: list[tuple[Frame, Json]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    prevented: dict[str, str] = field(default_factory=dict)
    not_entered: list[dict[str, str]] = field(default_factory=list)
    entered: int = 0

    def read(self, session: WebDriver, frame: Frame) -> None:
        """The document that the session is in, then its frames."""
        try:
            self._probe(session, frame)
            began = time.monotonic()
            self.axe.append((frame, _axe(session, frame.is_top)))
            self.seconds["axe"] = self.seconds.get("axe", 0.0) + time.monotonic() - began
            self.entered += 1
        except (JavascriptException, *_NONSENSE) as error:
            if frame.is_top:
                self.prevented["axe"] = _fault(error)
                self.entered += 1
            else:
                self.not_entered.append({"url": frame.url[:500], "reason": _fault(error)})
        for element in session.find_elements(By.CSS_SELECTOR, "iframe,frame"):
            with self._inside(session, element) as url:
                if url:
                    self.read(session, Frame("", url, False))

    @contextmanager
    def _inside(self, session: WebDriver, element: WebElement) -> Iterator[str]:
        """Goes into a frame and out again; gives its address, or nothing when it could not be entered."""
        if self.entered + len(self.not_entered) >= MAX_FRAMES:
            self.not_entered.append({"url": "", "reason": told(Hindrance.FRAMES, MAX_FRAMES)})
            yield ""
            return
        try:
            session.switch_to.frame(element)
            url = str(session.execute_script("return location.href"))
        except _GONE:
            raise
        except WebDriverException as error:
            self.not_entered.append({"url": "", "reason": _fault(error)})
            session.switch_to.default_content()
            yield ""
            return
        yield url
        session.switch_to.parent_frame()

    def _probe(self, session: WebDriver, frame: Frame) -> None:
        asked = f"return look({json.dumps(list(self.probes))});"
        asked = f"{_COMPUTED} || axe.setup(); try {{ {asked} }} finally {{ {_COMPUTED} || axe.teardown(); }}"
        # An old library of the page (Prototype) writes lists its own way.
        plain = "for (const kind of [Object, Array, String]) delete kind.prototype.toJSON;"
        _patience(session, PROBE_SECONDS)
        answers = json.loads(session.execute_script(f"{self.library}\n{_KEEP} {plain} {asked}"))
        for name in self.probes:
            seen = answers[name]
            self.seconds[name] = self.seconds.get(name, 0.0) + float(seen["seconds"])
            if isinstance(seen.get("data"), dict):
                self.probes[name].append((frame, seen["data"]))
            elif frame.is_top:
                self.prevented[name] = told(Hindrance.FAULT, aside=seen.get("prevented", OTHERWISE))

    def records(self) -> dict[str, Record]:
        """One record a probe, of all frames together."""
        top = any(frame.is_top for frame, _ in self.axe)
        if not top:
            self.prevented.setdefault("axe", told(Hindrance.FAULT, aside=OTHERWISE))
        for name, found in self.probes.items():
            if not any(frame.is_top for frame, _ in found):
                self.prevented.setdefault(name, self.prevented["axe"])
        every = {**self.probes, "axe": self.axe}
        return {
            name: Record(name, merged(seen), self.prevented.get(name, ""), self.seconds.get(name, 0.0))
            for name, seen in every.items()
        }

    def frames(self, more: list[dict[str, str]]) -> Record:
        """What was entered and what was not."""
        return Record("frames", {"entered": self.entered, "not_entered": [*self.not_entered, *more]})


def _axe(session: WebDriver, is_top: bool) -> Json:
    """axe-core's result in this document, condensed as our own runner (probes/axe.js) writes it."""
    off = [] if is_top else session.execute_script("return scannerAxe.ofPage")
    options = {
        "runOnly": {"type": "tag", "values": list(AXE_TAGS)},
        "rules": {rule: {"enabled": False} for rule in off},
        "iframes": False,
        "ancestry": True,
        "resultTypes": ["violations", "incomplete"],
    }
    _patience(session, AXE_SECONDS)
    # Options go in as JSON text: the wrapper pastes Python's own spelling of a dict into the script.
    told = Axe(session).run(options=json.dumps(options))
    kinds = ("violations", "incomplete")
    nodes = [(rule["id"], node) for kind in kinds for rule in told[kind] for node in rule["nodes"][:200]]
    # By its whole path: axe's short selector of a frame may be that of another element.
    paths = [[rule, node["ancestry"][0] if len(node["ancestry"]) == 1 else ""] for rule, node in nodes]
    places = iter(json.loads(session.execute_script(_PLACES, paths)))
    seen: dict[str, Any] = {
        kind: [
            {
                "rule": rule["id"],
                "nodes": [_node(node, next(places)) for node in rule["nodes"][:200]],
                "more": max(0, len(rule["nodes"]) - 200),
            }
            for rule in told[kind]
        ]
        for kind in kinds
    }
    return {**seen, "passes": [rule["id"] for rule in told["passes"]], "version": told["testEngine"]["version"]}


def _node(node: Json, place: Json | None) -> Json:
    """A node of axe's result, written as a place."""
    checks = [
        {"id": c["id"], "data": _plain(c.get("data")), "message": str(c.get("message", ""))[:300]}
        for c in (*node["any"], *node["all"], *node["none"])
    ]
    unknown = {"selector": str(node["target"]), "snippet": str(node.get("html", ""))[:300], "role": "", "name": ""}
    return {**(place or unknown), "checks": checks}


def _plain(data: Any) -> Any:
    """What a check of axe tells, when it is small and can be written down."""
    try:
        text = json.dumps(data)
    except TypeError:
        return None
    return json.loads(text) if len(text) < 2000 else None


def _picture(session: WebDriver, box: tuple[float, float, float, float], margin: float) -> bytes:
    left, top, width, height = box
    ask = "scrollTo(0, arguments[0]); return [scrollX, scrollY, devicePixelRatio]"
    x, y, ratio = session.execute_script(ask, max(0, top - 100))
    shown = Image.open(io.BytesIO(session.get_screenshot_as_png()))
    crop = (
        max(0, int((left - margin - x) * ratio)),
        max(0, int((top - margin - y) * ratio)),
        min(shown.width, int((left + width + margin - x) * ratio)),
        min(shown.height, int((top + height + margin - y) * ratio)),
    )
    if crop[2] - crop[0] < 2 or crop[3] - crop[1] < 2:
        return b""
    out = io.BytesIO()
    shown.crop(crop).save(out, "PNG")
    return out.getvalue()


def _fault(error: Exception) -> str:
    return told(Hindrance.FAULT, aside=_said(error))


def _said(error: Exception) -> str:
    """The first line of what went wrong."""
    return (str(getattr(error, "msg", None) or error).splitlines() or [type(error).__name__])[0][:200]
