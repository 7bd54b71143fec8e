"""What `scanner setup` does and what `scanner doctor` sees: the things beside Python packages that a scan needs.

`doctor` only looks, changes nothing, and answers with rows; `set_up` gets what is missing, in the way that fits the
machine, and says each step before it takes it. Neither asks a question: both run unattended.
"""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from checks.browser import QUIET_FLAGS, Browser, Kind, NoBrowser, find_browser, sandbox_works, sentence
from checks.pool import SWITCHES, Pool, PoolSettings
from checks.remote import STEADY, Endpoint
from scanner.axe import VERSION, AxeMissing, fetch_axe, find_axe, user_file
from scanner.texts import LANGUAGES, text

State = Literal["ok", "warning", "problem"]
Say = Callable[[str], None]
"""Shows one line to the person at the terminal."""

MINIMUM_PYTHON = (3, 11)
FREE_SPACE_WANTED = 2_000_000_000
"""Bytes: room for the evidence of some nights of a large estate; below it a warning."""
FREE_SPACE_NEEDED = 200_000_000
"""Bytes: below it a scan may break off."""

_HEADLESS_SHELL_PACKAGE = "chromium-headless-shell"
_CHROMIUM_PACKAGE = "chromium"
_FONT_PACKAGES = ("fontconfig", "fonts-liberation", "fonts-dejavu-core")
_OCR_PACKAGES = ("tesseract-ocr", "tesseract-ocr-nld")
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was looked at. `name` is the last part of a text key `doctor.name.…`."""

    name: str
    state: State
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether a scan can run all the same; a warning is ok."""
        return self.state != "problem"

    def text(self, lang: str) -> str:
        """The sentence, with what to do when something is wrong. Not escaped."""
        return sentence(self.key, self.values, lang)


def doctor(
    *,
    browser: str | None = None,
    endpoint: Endpoint | None = None,
    driver: str = "playwright",
    axe: str | None = None,
    database: str | None = None,
    folder: Path | None = None,
    proxy: str = "",
) -> list[Row]:
    """Look at everything a scan stands on. In: the settings of these, and the folder where results go (default: here).

    Starts the browser once, on an empty page, or asks for one at `endpoint`. `database` is a URL as SQLAlchemy writes
    them; None: no row about it.
    """
    if driver == "selenium":
        browsers = _webdriver_rows(browser, endpoint)
    else:
        browsers = _remote_rows(endpoint) if endpoint else _browser_rows(browser)
    rows = [_python_row(), *browsers, _axe_row(axe), _fonts_row(), _ocr_row()]
    rows.append(_disk_row(folder or Path.cwd()))
    if proxy:
        rows.append(_proxy_row(proxy))
    if database is not None:
        rows.append(_database_row(database))
    return rows


def set_up(say: Say, lang: str) -> bool:
    """Get axe-core, a browser and a font, and OCR where that is easy. Out: whether a scan can run. Safe to repeat."""
    _get_axe(say, lang)
    try:
        install_browser(say, lang)
    except NoBrowser as problem:
        say(problem.text(lang))
    # Fonts come second: on Debian a browser may have brought them along.
    if _fonts_row().state != "ok":
        _install_with_apt(_FONT_PACKAGES, say, lang)
    if _ocr_row().state != "ok" and _apt_prefix() is not None:
        _install_with_apt(_OCR_PACKAGES, say, lang)
    rows = doctor()
    for row in rows:
        say(f"{text('doctor.state.' + row.state, lang)}  {text('doctor.name.' + row.name, lang)}: {row.text(lang)}")
    return all(row.ok for row in rows)


def install_browser(say: Say, lang: str) -> Browser:
    """A browser that starts: the one that is there, else Debian's by apt, else Playwright's own. Raises NoBrowser."""
    try:
        present = find_browser()
        start(present)
    except NoBrowser as problem:
        if problem.key != "browser.none":
            say(problem.text(lang))
    else:
        say(text("setup.browser.present", lang, path=str(present.path)))
        return present
    for way in (_browser_from_debian, _browser_from_playwright):
        if way(say, lang):
            try:
                found = find_browser()
                start(found)
            except NoBrowser as problem:
                say(problem.text(lang))
            else:
                return found
    raise NoBrowser("browser.none")


def start(browser: Browser) -> None:
    """Start the browser on an empty page, sandbox on or off as in a scan, and stop it. Raises NoBrowser."""
    sandbox = () if sandbox_works(browser).works else ("--no-sandbox",)
    page = "data:text/html,<title>started</title>"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [browser.path, "--headless", "--disable-gpu", "--disable-dev-shm-usage", *QUIET_FLAGS, *sandbox,
                   f"--user-data-dir={profile}", "--dump-dom", page]
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=60, check=False)
        except (OSError, subprocess.SubprocessError) as problem:
            raise NoBrowser("browser.broken", path=str(browser.path), problem=str(problem)[:300]) from problem
    if "<title>started</title>" not in done.stdout:
        reason = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise NoBrowser("browser.broken", path=str(browser.path), problem=reason[-1][:300])


def _python_row() -> Row:
    version = platform.python_version()
    if sys.version_info >= MINIMUM_PYTHON:
        return Row("python", "ok", "doctor.python.ok", {"version": version})
    wanted = ".".join(map(str, MINIMUM_PYTHON))
    return Row("python", "problem", "doctor.python.old", {"version": version, "wanted": wanted})


def _browser_rows(setting: str | None) -> Iterator[Row]:
    try:
        browser = find_browser(setting)
        version = browser.version()
        start(browser)
    except NoBrowser as problem:
        yield Row("browser", "problem", problem.key, problem.values)
        return
    key = "doctor.browser.ok" if browser.kind is Kind.HEADLESS_SHELL else "doctor.browser.full"
    values = {"version": version, "kind": browser.kind.value, "rule": browser.source, "path": str(browser.path)}
    yield Row("browser", "ok", key, values)
    sandbox = sandbox_works(browser)
    yield Row("sandbox", "ok" if sandbox.works else "warning", f"browser.sandbox.{sandbox.reason}")


def _remote_rows(endpoint: Endpoint) -> Iterator[Row]:
    async def look() -> tuple[str, bool]:
        async with Pool.start(PoolSettings(endpoint=endpoint)) as pool, pool.fresh() as tab:
            return pool.browser.version, bool(await tab.ask("'computedRole' in Element.prototype"))

    try:
        version, switched = asyncio.run(look())
    except NoBrowser as problem:
        yield Row("browser", "problem", problem.key, problem.values)
        return
    values = {"version": version, "address": endpoint.address, "gate": endpoint.gate_at}
    yield Row("browser", "ok", "doctor.browser.remote", values)
    if not switched:
        yield Row("browser", "warning", "doctor.browser.switches", {"switches": " ".join((*STEADY, *SWITCHES))})


def _webdriver_rows(browser: str | None, endpoint: Endpoint | None) -> Iterator[Row]:
    from checks.selenium_driver import Sessions  # takes longer to load than most commands that do without it

    async def look() -> dict[str, str]:
        async with Sessions.start(PoolSettings(browser=browser, endpoint=endpoint)) as sessions:
            at = endpoint.address if endpoint else "chromedriver"
            return {"version": sessions.version, "driver": sessions.driver, "address": at}

    try:
        yield Row("browser", "ok", "doctor.browser.webdriver", asyncio.run(look()))
    except NoBrowser as problem:
        yield Row("browser", "problem", problem.key, problem.values)


def _axe_row(setting: str | None) -> Row:
    try:
        axe = find_axe(setting)
    except AxeMissing as problem:
        return Row("axe", "problem", "doctor.axe.missing", {"problem": str(problem)})
    values = {"version": axe.version, "rule": axe.rule, "sha256": axe.sha256, "pinned": VERSION}
    if axe.fallback:
        return Row("axe", "warning", "doctor.axe.fallback", values)
    return Row("axe", "ok" if axe.pinned else "warning", "doctor.axe.ok" if axe.pinned else "doctor.axe.other", values)


def _fonts_row() -> Row:
    """Texts are measured: without a Latin font the letters are boxes and 1.4.x says nothing."""
    if not sys.platform.startswith("linux"):
        return Row("fonts", "ok", "doctor.fonts.system")
    families = _dutch_fonts()
    if not families:
        return Row("fonts", "problem", "doctor.fonts.none", {"packages": " ".join(_FONT_PACKAGES)})
    return Row("fonts", "ok", "doctor.fonts.ok", {"count": len(families), "example": families[0]})


def _dutch_fonts() -> tuple[str, ...]:
    """Families that can write Dutch; without fontconfig's tool, the names of the font files."""
    listing = _output("fc-list", ":lang=nl", "family")
    if listing is not None:
        return tuple(sorted({line.split(",")[0].strip() for line in listing.splitlines() if line.strip()}))
    folders = [Path(folder).expanduser() for folder in _FONT_FOLDERS]
    return tuple(sorted({path.stem for folder in folders for path in folder.rglob("*.[to]tf")}))


def _ocr_row() -> Row:
    languages = _output("tesseract", "--list-langs")
    if languages is None:
        return Row("ocr", "warning", "doctor.ocr.absent", {"packages": " ".join(_OCR_PACKAGES)})
    if "nld" not in languages.split():
        return Row("ocr", "warning", "doctor.ocr.no_dutch", {"packages": _OCR_PACKAGES[-1]})
    return Row("ocr", "ok", "doctor.ocr.ok")


def _disk_row(folder: Path) -> Row:
    there = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    free = shutil.disk_usage(there).free
    values = {"free": free / 1e9, "folder": str(folder)}
    if not os.access(there, os.W_OK):
        return Row("disk", "problem", "doctor.disk.read_only", values)
    if free < FREE_SPACE_NEEDED:
        return Row("disk", "problem", "doctor.disk.full", values)
    return Row("disk", "ok" if free >= FREE_SPACE_WANTED else "warning", "doctor.disk.ok", values)


def _proxy_row(proxy: str) -> Row:
    """Connect once, and ask nothing of it."""
    there = urlsplit(proxy)
    try:
        socket.create_connection((there.hostname or "", there.port or 0), timeout=10).close()
    except OSError as problem:
        return Row("proxy", "problem", "doctor.proxy.silent", {"address": proxy, "problem": str(problem)})
    return Row("proxy", "ok", "doctor.proxy.ok", {"address": proxy})


def _database_row(url: str) -> Row:
    """Connect once. A SQLite file that does not exist yet is fine and is not made."""
    from sqlalchemy import create_engine
    from sqlalchemy import text as sql
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    try:
        parsed = make_url(url)
    except ArgumentError:
        return Row("database", "problem", "doctor.database.url", {})
    values: dict[str, Any] = {"url": parsed.render_as_string(hide_password=True)}
    file = parsed.database if parsed.get_backend_name() == "sqlite" else None
    if file and not Path(file).exists():
        writable = next(parent for parent in Path(file).absolute().parents if parent.exists())
        if os.access(writable, os.W_OK):
            return Row("database", "ok", "doctor.database.new", values)
        return Row("database", "problem", "doctor.database.broken", {**values, "problem": f"{writable}: not writable"})
    limit = {"connect_timeout": 5} if parsed.get_backend_name() == "postgresql" else {}
    try:
        engine = create_engine(parsed, connect_args=limit)
        try:
            with engine.connect() as connection:
                connection.execute(sql("SELECT 1"))
        finally:
            engine.dispose()
    except (SQLAlchemyError, ImportError) as problem:
        first = (str(problem).splitlines() or ["?"])[0]
        return Row("database", "problem", "doctor.database.broken", {**values, "problem": first[:300]})
    return Row("database", "ok", "doctor.database.ok", values)


def _get_axe(say: Say, lang: str) -> None:
    try:
        if not find_axe().fallback:
            return
    except AxeMissing as problem:
        say(text("doctor.axe.missing", lang, problem=str(problem)))
    say(text("setup.axe.fetching", lang, version=VERSION))
    try:
        fetch_axe(user_file())
    except AxeMissing as problem:
        say(text("setup.axe.failed", lang, problem=str(problem)))


def _browser_from_debian(say: Say, lang: str) -> bool:
    if not _is_debian():
        return False
    if _apt_prefix() is None:
        say(text("setup.apt.ask", lang, packages=_HEADLESS_SHELL_PACKAGE))
        return False
    return any(_install_with_apt((package,), say, lang) for package in (_HEADLESS_SHELL_PACKAGE, _CHROMIUM_PACKAGE))


def _browser_from_playwright(say: Say, lang: str) -> bool:
    say(text("setup.browser.playwright", lang))
    command = [sys.executable, "-m", "playwright", "install", "--only-shell"]
    if shutil.which("apt-get") and _is_root():
        command.append("--with-deps")
    return _run([*command, "chromium"], say, lang, show=True)


def _install_with_apt(packages: Sequence[str], say: Say, lang: str) -> bool:
    """Install Debian packages, unattended. Out: whether that went well; says what to do when it did not."""
    prefix = _apt_prefix()
    if prefix is None:
        say(text("setup.apt.ask", lang, packages=" ".join(packages)))
        return False
    say(text("setup.apt.installing", lang, packages=" ".join(packages)))
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=600"]
    # An update that fails (no network) need not stop an installation from a local mirror or cache.
    _run([*apt, "update"], say, lang, show=False)
    return _run([*apt, "install", "-y", "--no-install-recommends", *packages], say, lang, show=False)


def _apt_prefix() -> list[str] | None:
    """How apt-get may be run here without asking anything: as root, with a password-free sudo, or not at all (None)."""
    if not shutil.which("apt-get"):
        return None
    if _is_root():
        return []
    return ["sudo", "-n"] if _output("sudo", "-n", "true") is not None else None


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _is_debian() -> bool:
    # Not Ubuntu: there the package chromium is a pointer to a snap.
    try:
        return platform.freedesktop_os_release().get("ID") == "debian"
    except OSError:
        return False


def _run(command: Sequence[str], say: Say, lang: str, *, show: bool) -> bool:
    """Run a program of minutes, its progress shown or only its errors. Out: exit code 0."""
    output = None if show else subprocess.DEVNULL
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, timeout=1800, check=False)
    except (OSError, subprocess.SubprocessError) as problem:
        say(text("setup.command_failed", lang, command=command[0], problem=str(problem)[:300]))
        return False
    return done.returncode == 0


def _output(*command: str) -> str | None:
    """What a small program prints, or None when it is absent or fails."""
    program = shutil.which(command[0])
    if program is None:
        return None
    try:
        done = subprocess.run([program, *command[1:]], capture_output=True, text=True, errors="replace", timeout=60,
                              stdin=subprocess.DEVNULL, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


def main() -> int:
    """`python -m scanner.setup [nl|en]`, which `make setup` runs. Out: 0 when a scan can run, else 1."""
    lang = sys.argv[1] if sys.argv[1:] else LANGUAGES[0]
    return 0 if set_up(lambda line: print(line, flush=True), lang) else 1


if __name__ == "__main__":
    sys.exit(main())
