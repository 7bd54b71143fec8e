"""Finds the browser that looks at pages, in one order, and says whether Chromium's sandbox can be on.

Nothing is started to find a browser: only files are looked at. A headless shell is preferred over a full browser: the
same results for less CPU time (docs/decisions/0002-headless-shell.md).
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, NamedTuple

from scanner.model import Mistake
from scanner.texts import text

ENVIRONMENT = "SCANNER_BROWSER"
"""Environment variable with the path or the name (see `Kind`) of a browser."""

QUIET_FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
"""Flags that keep a browser from making connections of its own, which a closed network refuses by the dozen."""


class Kind(StrEnum):
    """Kinds of browser that the scanner drives, in the order of preference; the values may be used as a setting."""

    HEADLESS_SHELL = "headless-shell"
    CHROMIUM = "chromium"
    CHROME = "chrome"
    EDGE = "msedge"


Rule = Literal["setting", "environment", "playwright", "system"]


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser on this machine, ready for Playwright's `executable_path`."""

    path: Path
    kind: Kind
    source: Rule
    """Which rule of the resolution order won."""

    def version(self) -> str:
        """What the program says of itself, such as "Chromium 156.0.8078.79"; runs it. Raises NoBrowser."""
        try:
            done = subprocess.run([self.path, "--version"], capture_output=True, text=True, timeout=30, check=False)
        except (OSError, subprocess.SubprocessError) as problem:
            raise NoBrowser("browser.broken", path=str(self.path), problem=str(problem)) from problem
        said = done.stdout.strip()
        if done.returncode != 0 or not said:
            raise NoBrowser("browser.broken", path=str(self.path), problem=_last_line(done.stderr))
        return said.splitlines()[-1]


class NoBrowser(Mistake):
    """No usable browser. `key` and `values` make the sentence in any language; str() gives the English one."""

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values

    def text(self, lang: str) -> str:
        """The message, with what to do about it."""
        return sentence(self.key, self.values, lang)

    def __str__(self) -> str:
        return self.text("en")


class Sandbox(NamedTuple):
    """Whether Chromium's sandbox can be on, and why: the last part of a text key `browser.sandbox.…`."""

    works: bool
    reason: Literal["on", "root", "no-namespaces"]


def find_browser(setting: str | None = None) -> Browser:
    """The browser to use: setting, environment, Playwright's own, the system's headless shell, Chromium, Chrome, Edge.

    A setting is the path of a program, or the name of a kind. One that leads nowhere is an error, never passed over.
    Raises NoBrowser.
    """
    given: tuple[tuple[str | None, Rule], ...] = ((setting, "setting"), (os.environ.get(ENVIRONMENT), "environment"))
    for value, rule in given:
        if value:
            return _asked_for(value, rule)
    for browser in (*_playwrights_own(), *_on_this_system()):
        return browser
    raise NoBrowser("browser.none")


def sentence(key: str, values: Mapping[str, Any], lang: str) -> str:
    """A text in which the value `rule`, a word of the resolution order, is put in the reader's language."""
    if "rule" in values:
        values = {**values, "rule": text(f"doctor.rule.{values['rule']}", lang)}
    return text(key, lang, **values)


def sandbox_works(browser: Browser | None = None) -> Sandbox:
    """Whether Chromium's sandbox can be on for this user and browser. Root cannot have it. The caller says it aloud."""
    if not sys.platform.startswith("linux"):
        return Sandbox(True, "on")
    if os.geteuid() == 0:
        return Sandbox(False, "root")
    if _has_setuid_sandbox(browser) or _can_make_namespaces():
        return Sandbox(True, "on")
    return Sandbox(False, "no-namespaces")


def _asked_for(value: str, rule: Rule) -> Browser:
    if value in {kind.value for kind in Kind}:
        for browser in (*_playwrights_own(), *_on_this_system()):
            if browser.kind == value:
                return Browser(browser.path, browser.kind, rule)
        raise NoBrowser("browser.kind_absent", kind=value, rule=rule)
    found = shutil.which(Path(value).expanduser())
    if found is None:
        raise NoBrowser("browser.path_absent", path=value, rule=rule)
    path = _past_debians_script(Path(found).absolute())
    return Browser(path, _kind_of(path), rule)


def _kind_of(path: Path) -> Kind:
    name = path.name.lower()
    if "headless" in name:
        return Kind.HEADLESS_SHELL
    if "edge" in name:
        return Kind.EDGE
    # Playwright's full browser is called just "chrome".
    return Kind.CHROME if "google" in str(path).lower() else Kind.CHROMIUM


def _playwrights_own() -> Iterator[Browser]:
    """The browsers that Playwright's own installer put there, for the installed version of Playwright only."""
    spec = find_spec("playwright")
    if spec is None or not spec.submodule_search_locations:
        return
    driver = Path(spec.submodule_search_locations[0]) / "driver" / "package"
    try:
        listed = json.loads((driver / "browsers.json").read_text(encoding="utf-8"))["browsers"]
        revisions = {entry["name"]: entry["revision"] for entry in listed}
        shell = f"chromium_headless_shell-{revisions['chromium-headless-shell']}"
        full = f"chromium-{revisions['chromium']}"
    except (OSError, ValueError, KeyError):
        return
    store = _playwright_store(driver)
    yield from _unpacked(store / shell, ("chrome-headless-shell", "headless_shell"), Kind.HEADLESS_SHELL)
    yield from _unpacked(store / full, ("chrome", "Google Chrome for Testing", "Chromium"), Kind.CHROMIUM)


def _unpacked(folder: Path, names: tuple[str, ...], kind: Kind) -> Iterator[Browser]:
    # The marker is written last: without it, the download was cut off.
    if not (folder / "INSTALLATION_COMPLETE").is_file():
        return
    for name in names:
        for pattern in (f"*/{name}", f"*/{name}.exe", f"*/*.app/*/*/{name}"):
            for path in sorted(folder.glob(pattern)):
                if _runnable(path):
                    yield Browser(path, kind, "playwright")


def _playwright_store(driver: Path) -> Path:
    """Where Playwright keeps its browsers, by its own rules."""
    asked = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "")
    if asked == "0":
        return driver / ".local-browsers"
    if asked:
        return Path(asked).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "ms-playwright"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "ms-playwright"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ms-playwright"


_NAMES: dict[Kind, tuple[str, ...]] = {
    Kind.HEADLESS_SHELL: ("chrome-headless-shell", "chromium-headless-shell"),
    Kind.CHROMIUM: ("chromium",),
    Kind.CHROME: ("google-chrome-stable", "google-chrome", "chrome"),
    Kind.EDGE: ("microsoft-edge-stable", "microsoft-edge", "msedge"),
}
"""Program names on PATH. `chromium-browser` is not among them: on Ubuntu that is a note that points to a snap."""

_FIXED_PLACES: dict[Kind, tuple[str, ...]] = {
    Kind.CHROMIUM: ("/Applications/Chromium.app/Contents/MacOS/Chromium",),
    Kind.CHROME: (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    ),
    Kind.EDGE: (
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ),
}
"""Where macOS and Windows have them, outside of PATH. Known, not tried."""


def _on_this_system() -> Iterator[Browser]:
    for kind in Kind:
        for name in _NAMES[kind]:
            if found := shutil.which(name):
                yield Browser(_past_debians_script(Path(found)), kind, "system")
        for place in _FIXED_PLACES.get(kind, ()):
            if _runnable(Path(place)):
                yield Browser(Path(place), kind, "system")


def _past_debians_script(path: Path) -> Path:
    """The program behind Debian's start script in /usr/bin.

    The script stays alive as the parent, so that stopping it leaves the browser running, and it adds flags from
    /etc/chromium.d (extensions, remote extensions) that have no place in a scan.
    """
    program = Path("/usr/lib/chromium") / path.name
    return program if path.parent == Path("/usr/bin") and _runnable(program) else path


def _runnable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _has_setuid_sandbox(browser: Browser | None) -> bool:
    if browser is None:
        return False
    for name in ("chrome-sandbox", "chrome_sandbox"):
        try:
            status = browser.path.with_name(name).stat()
        except OSError:
            continue
        if status.st_uid == 0 and status.st_mode & stat.S_ISUID:
            return True
    return False


@lru_cache
def _can_make_namespaces() -> bool:
    """Tried, not read from a setting: containers, kernels and AppArmor each have a way of their own to refuse it."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return False
    try:
        done = subprocess.run([unshare, "--user", "--map-root-user", "--net", "true"],
                              capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _last_line(output: str) -> str:
    lines = output.strip().splitlines()
    return lines[-1][:300] if lines else "?"
