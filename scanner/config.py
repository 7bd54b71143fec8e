"""scanner.toml as typed settings. Every mistake is one error that names file and line and what to write instead.

The file is the user's: this module only reads it. Source of the fields: the commented scanner.toml at the root.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from scanner.model import Mistake
from spiders.scope import ChannelScope, Scope


class ConfigError(Mistake):
    """A setting that cannot be used. str() is `FILE:LINE: what is wrong. What to write instead.`"""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path, self.line, self.message = path, line, message


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{value!r} is not a web address: write it with http:// or https://")
    if parts.username or parts.password:
        raise ValueError("a web address here carries no user name or password: use [channel.login]")
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"{value!r} is not a regular expression: {error}") from error
    return value


def _proxy_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        whole = parts.scheme == "http" and parts.hostname and parts.port and not parts.path.strip("/")
    except ValueError:
        whole = False
    if value and not whole:
        raise ValueError(f"{value!r} is not a proxy: write it with http:// and its port, as http://proxy.example:8080")
    if "@" in value:
        raise ValueError("a proxy here carries no user name or password: use proxy_user and proxy_secret")
    return value.rstrip("/")


ProxyAddress = Annotated[str, AfterValidator(_proxy_address)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")]


class Settings(BaseModel):
    """An unknown key is an error, not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Organisation(Settings):
    """Whose channels these are."""

    name: str = Field(min_length=1)
    contact: str = ""
    """Goes into the user agent, so that a server's owner can reach a person."""
    lang: Literal["nl", "en"] = "nl"
    short: str = Field("", pattern=r"^[A-Z]{0,4}$")
    """Letters before finding numbers, such as HW in HW-0042; empty: taken from the channel."""


REPAIR_DAYS: dict[Literal["critical", "serious", "moderate", "minor"], int] = {
    "critical": 14,
    "serious": 30,
    "moderate": 90,
    "minor": 180,
}


class Supplier(Settings):
    """Someone who builds or hosts a channel or a part of it."""

    id: Id
    name: str
    email: str = ""
    lang: Literal["nl", "en"] = "nl"
    repair_days: dict[Literal["critical", "serious", "moderate", "minor"], int] = REPAIR_DAYS
    """Contract terms: days to repair, by severity."""


class OwnerRule(Settings):
    """Who owns a finding: the first rule of which every given part matches decides."""

    owner: Id
    channel: str = ""
    host: str = ""
    path: Pattern = ""
    region: Literal["", "banner", "navigation", "main", "contentinfo", "complementary", "search"] = ""
    component: Pattern = ""
    frame: str = ""


class Exemption(Settings):
    """Content that the law leaves out. Reported apart with ground and reason, never silently dropped."""

    ground: Literal[
        "map",
        "third-party",
        "office-before-2018",
        "media-before-2020",
        "live-media",
        "heritage",
        "archive",
        "closed-group",
    ]
    reason: str = Field(min_length=10)
    url: Pattern = ""
    """Of the page or document."""
    frame: str = ""
    """Host of the frame in which it stands, or the start of its address."""
    selector: str = ""
    """A part of the selector of the place."""
    criteria: tuple[str, ...] = ()
    before: date | None = None
    """Documents made, and last changed, before this day."""

    @model_validator(mode="after")
    def _of_something(self) -> Exemption:
        if not self.what:
            raise ValueError("an exemption names what it covers: give url, frame, selector, criteria or before")
        return self

    @property
    def what(self) -> str:
        """What it covers, as it was set."""
        day = f"< {self.before}" if self.before else ""
        return " ".join(filter(None, (self.url, self.frame, self.selector, ", ".join(self.criteria), day)))


class Limits(Settings):
    """Where a scan of a channel stops; what lies beyond is told as `over budget`."""

    pages: int = Field(2000, ge=1)
    depth: int = Field(20, ge=0)
    minutes: float = Field(240, gt=0)
    documents: int = Field(100, ge=0)
    per_second: float = Field(4.0, ge=0)
    """Requests a second to one host, crawler and browsers together; 0: no limit (own test servers)."""
    page_seconds: float = Field(20.0, gt=0)
    deep_seconds: float = Field(90.0, gt=0)
    deep_pages: int = Field(200, ge=0)
    """Pages that get a deep look in one scan: first one of each template, then the named ones and the sample."""
    load_more: int = Field(5, ge=0)
    """How often a list on one page is asked for more ("load more", or scrolled on), for its links; 0: never."""


class Step(Settings):
    """One recorded step: exactly one of goto, fill, press, choose, click, wait."""

    goto: WebAddress | None = None
    fill: str | None = None
    """CSS selector or label of the field; the value comes from `value` or, for secrets, from `secret`."""
    value: str | None = None
    secret: str | None = None
    """Name of an environment variable, or `keyring:SERVICE/USER`, or `file:NAME` under the secrets folder."""
    press: str | None = None
    choose: str | None = None
    """CSS selector of a select; `value` is the option."""
    click: str | None = None
    wait: str | None = None
    """CSS selector to wait for."""

    @model_validator(mode="after")
    def _one_action(self) -> Step:
        actions = [a for a in ("goto", "fill", "press", "choose", "click", "wait") if getattr(self, a) is not None]
        if len(actions) != 1:
            raise ValueError("a step is exactly one of goto, fill, press, choose, click, wait")
        if (self.fill is not None or self.choose is not None) and (self.value is None) == (self.secret is None):
            raise ValueError("fill and choose take either value or secret")
        return self


class Login(Settings):
    """How to get behind a login. Secrets never stand here: only where they are."""

    steps: tuple[Step, ...] = ()
    basic_user: str = ""
    basic_secret: str = ""
    state: Path | None = None
    """Saved browser state (Playwright storage state)."""
    check: str = ""
    """CSS selector or text that is only there while logged in."""


class Journey(Settings):
    """A walk through a channel: a multi-step form, say. Each step's page is a state."""

    name: str
    start: WebAddress
    steps: tuple[Step, ...] = ()
    commit: bool = False
    """Press what commits: only where environment = "test"."""


class Channel(Settings):
    """One digital channel with a statement of its own."""

    id: Id
    name: str
    url: WebAddress
    also: tuple[WebAddress, ...] = ()
    kind: Literal["website", "portal", "map", "form"] = "website"
    owner: str = ""
    supplier: str = ""
    target: Literal["A", "B"] = "A"
    environment: Literal["production", "test"] = "production"
    level: int | None = Field(None, ge=0, le=4)
    """Safety level L0 to L4; empty: L2, and L3 where environment = "test"."""
    robots: Literal["obey", "ignore"] = "obey"
    pages: tuple[WebAddress, ...] = ()
    """Addresses to look at whether or not a link leads there; for a portal the only ones."""
    allow: tuple[Pattern, ...] = ()
    """Portal: patterns of addresses that may be followed."""
    exclude: tuple[Pattern, ...] = ()
    limits: Limits = Limits()
    login: Login | None = None
    journeys: tuple[Journey, ...] = Field((), alias="journey")
    exemptions: tuple[Exemption, ...] = Field((), alias="exemption")

    @model_validator(mode="after")
    def _safe(self) -> Channel:
        if self.environment == "production":
            if self.level == 4:
                raise ValueError('level = 4 sends forms: only with environment = "test"')
            if any(j.commit for j in self.journeys):
                raise ValueError('commit = true sends a form: only with environment = "test"')
        return self

    @property
    def safety_level(self) -> int:
        """The level in force."""
        return self.level if self.level is not None else (3 if self.environment == "test" else 2)

    def scope(self) -> ChannelScope:
        """Which addresses are this channel's."""
        only_listed = self.kind == "portal" and not self.allow
        return ChannelScope(self.id, (self.url, *self.also), self.exclude, self.allow, not only_listed, self.pages)


class Scan(Settings):
    """How scans run on this machine."""

    tabs: int = Field(0, ge=0, le=64)
    """Browser pages at once, in one channel; 0: two per core, with driver selenium one."""
    channels_at_once: int = Field(0, ge=0, le=64)
    """Channels scanned at once, never two on one host; 0: one per core."""
    driver: Literal["playwright", "selenium"] = "playwright"
    """`selenium`: for browsers that Playwright cannot drive, such as Firefox on a Grid. It opens and reads; no look
    that touches a page, no login, no journey."""
    browser: str = ""
    grid: WebAddress | None = None
    """A Selenium Grid whose browsers look at the pages, such as http://grid.example:4444: Chromium; with
    driver = "selenium" the one that `browser` names: chrome, firefox or edge."""
    devtools: str = Field("", pattern=r"^((https?|wss?)://.+)?$")
    """A running Chromium that listens for DevTools, such as http://127.0.0.1:9222."""
    gate_at: str = "127.0.0.1"
    """With `grid` or `devtools`: an address of this machine that the browser there can reach."""
    axe: str = ""
    user_agent: str = ""
    deep: Literal["templates", "all", "none"] = "templates"
    """Deep looks on one page per template and on the sample, on every page, or not at all."""
    workers: bool = False
    """Pages are looked at by `scanner worker`, on any number of machines; needs a store on PostgreSQL."""
    block_hosts: tuple[str, ...] = (
        "www.google-analytics.com",
        "*.google-analytics.com",
        "*.googletagmanager.com",
        "*.siteimproveanalytics.com",
        "*.siteimproveanalytics.io",
        "*.hotjar.com",
        "*.piwik.pro",
        "*.matomo.cloud",
        "*.clarity.ms",
    )
    full_every: int = Field(7, ge=1)
    """Unchanged pages are not looked at again, but every so many scans everything is; 1: always."""
    inner_network: Literal["own", "never"] = "own"
    """Whether a channel whose own address lies in an inner network (loopback, private, …) may be scanned there."""
    inner_hosts: tuple[str, ...] = ()
    """Other hosts of the inner network that pages may load from, such as a style server of an intranet."""
    verify_tls: bool = True
    proxy: ProxyAddress = ""
    """HTTP proxy that leads out of this network, such as `http://proxy.example:8080`; empty: none."""
    proxy_user: str = ""
    proxy_secret: str = ""
    """Where the password of the proxy is, if it asks for one."""

    @model_validator(mode="after")
    def _whole_proxy(self) -> Scan:
        if bool(self.proxy_user) != bool(self.proxy_secret) or (self.proxy_user and not self.proxy):
            raise ValueError("a proxy that asks for a password takes all three: proxy, proxy_user and proxy_secret")
        return self

    @model_validator(mode="after")
    def _one_browser(self) -> Scan:
        if self.driver == "selenium":
            if self.devtools or self.workers:
                raise ValueError('driver = "selenium" looks at pages by itself: without devtools and workers')
            if self.grid and self.browser not in ("", "chrome", "firefox", "edge"):
                raise ValueError("on a Grid, browser is chrome, firefox or edge")
        elif bool(self.browser) + bool(self.grid) + bool(self.devtools) > 1:
            raise ValueError("browser, grid and devtools exclude each other: give one of them")
        return self


class Checks(Settings):
    """How strict."""

    parsing_policy: Literal["errata", "literal"] = "errata"
    """4.1.1: always met, as W3C says since 2023, or by the text of 2018."""


class Storage(Settings):
    """Where things are kept."""

    folder: Path = Path("data")
    database: str = ""
    """Database address; empty: SQLite in the folder. `postgresql+psycopg://…` moves everything to PostgreSQL."""
    keep_nights: int = Field(60, ge=2)
    """Nights of a channel whose evidence is kept whole. Older ones keep what something rests on (decision 0036)."""
    max_megabytes: int = Field(20_000, ge=100)
    """A larger store is thinned further, oldest nights first, down to two; what must stay, stays."""


class Reports(Settings):
    """Where reports go, in which languages."""

    folder: Path = Path("reports-out")
    langs: tuple[Literal["nl", "en"], ...] = ("nl", "en")


class Schedule(Settings):
    """When one kind of scan runs."""

    kind: Literal["nightly", "weekly", "monthly", "quarterly", "yearly"]
    channels: tuple[str, ...] = ()
    at: str = ""
    """`23:30`, `sunday 01:00`, `first sunday 01:00`, or a cron expression with weekday names."""
    done_by: str = "06:00"
    not_on: tuple[str, ...] = ()
    """Local dates (2026-12-03) or weekdays on which nothing runs."""
    priority: int = 0


class Mail(Settings):
    """An SMTP server."""

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    secret: str = ""
    sender: str = ""


class Notify(Settings):
    """Whom to tell what, by Apprise."""

    to: tuple[str, ...] = ()
    """Apprise addresses; a secret part is written as ${ENVIRONMENT_VARIABLE}."""
    lang: Literal["nl", "en"] = "nl"
    on: tuple[Literal["new-critical", "regression", "scan-failed", "alarm"], ...] = (
        "new-critical",
        "regression",
        "scan-failed",
        "alarm",
    )


class Config(Settings):
    """The whole of scanner.toml."""

    organisation: Organisation
    channels: tuple[Channel, ...] = Field(alias="channel", min_length=1)
    suppliers: tuple[Supplier, ...] = Field((), alias="supplier")
    owners: tuple[OwnerRule, ...] = Field((), alias="owner")
    scan: Scan = Scan()
    checks: Checks = Checks()
    storage: Storage = Storage()
    reports: Reports = Reports()
    schedules: tuple[Schedule, ...] = Field((), alias="schedule")
    mail: Mail | None = None
    notify: tuple[Notify, ...] = ()

    def channel(self, name: str) -> Channel:
        """The channel with this id. Raises KeyError."""
        for channel in self.channels:
            if channel.id == name:
                return channel
        raise KeyError(name)

    def scope(self) -> Scope:
        """Who owns which address, over all channels."""
        return Scope(tuple(channel.scope() for channel in self.channels))

    @property
    def user_agent(self) -> str:
        """What the crawler calls itself: recognisable, with a contact."""
        return (
            self.scan.user_agent
            or f"ToegankelijkheidScanner/1.0 (+{self.organisation.contact or self.organisation.name})"
        )


def load(path: Path) -> Config:
    """Reads and checks a scanner.toml; folders in it are relative to the file. Raises ConfigError."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise ConfigError(
            path, 1, f"cannot be read: {error.strerror}. `scanner init` writes a starter file."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(path, 1, "is not UTF-8 text. Save it as UTF-8.") from error
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        raise ConfigError(path, int(found[1]) if found else text.count("\n") + 1, f"is not TOML: {error}.") from error
    except (RecursionError, ValueError) as error:  # nested a thousand deep, or a number of thousands of digits
        raise ConfigError(
            path, 1, "is not a settings file: nested too deep, or with a number too long. Remove that."
        ) from error
    try:
        config = Config.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ConfigError(path, line_of(text, first["loc"]), _say(first)) from error
    for line, problem in _contradictions(config, text):
        raise ConfigError(path, line, problem)
    home = path.absolute().parent
    return config.model_copy(
        update={
            "storage": config.storage.model_copy(update={"folder": home / config.storage.folder}),
            "reports": config.reports.model_copy(update={"folder": home / config.reports.folder}),
        }
    )


def _say(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"unknown key `{where}`. Remove it, or find the right name in the example (`scanner init --example`)."
    if error["type"] == "missing":
        return f"`{where}` is missing. Add it."
    return f"`{where}`: {error['msg'].removeprefix('Value error, ')}. Found: {str(error.get('input'))[:80]!r}."


def _contradictions(config: Config, text: str) -> Iterator[tuple[int, str]]:
    seen: dict[str, int] = {}
    for index, channel in enumerate(config.channels):
        if channel.id in seen:
            yield (
                line_of(text, ("channel", index, "id")),
                f"two channels have the id {channel.id!r}. Give each its own.",
            )
        seen[channel.id] = index
    owned: dict[str, str] = {}
    for index, channel in enumerate(config.channels):
        for key, address in (("url", channel.url), *(("also", a) for a in channel.also)):
            plain = address.rstrip("/").lower()
            if plain in owned and owned[plain] != channel.id:
                yield (
                    line_of(text, ("channel", index, key)),
                    f"channels {owned[plain]!r} and {channel.id!r} own the same address {address}. Keep it in one.",
                )
            owned[plain] = channel.id
    scope = config.scope()
    for index, channel in enumerate(config.channels):
        for page in channel.pages:
            if (owner := scope.owner(page)) != channel.id:
                cure = f"is of the channel {owner!r}: name it there" if owner else "is of none: add its site to `also`"
                yield line_of(text, ("channel", index, "pages")), f"{page} {cure}, or it is never looked at."
    suppliers = {supplier.id for supplier in config.suppliers}
    for index, channel in enumerate(config.channels):
        if channel.supplier and channel.supplier not in suppliers:
            yield (
                line_of(text, ("channel", index, "supplier")),
                f"no [[supplier]] has the id {channel.supplier!r}. Add one, or correct the name.",
            )
    for index, schedule in enumerate(config.schedules):
        for name in schedule.channels:
            if name not in seen:
                yield line_of(text, ("schedule", index, "channels")), f"no [[channel]] has the id {name!r}."


_ALIASES = {
    "channels": "channel",
    "suppliers": "supplier",
    "owners": "owner",
    "schedules": "schedule",
    "journeys": "journey",
    "exemptions": "exemption",
}


def line_of(text: str, where: Sequence[str | int]) -> int:
    """The line (from 1) of a setting by its path as pydantic tells it: the key itself, else its table, else line 1."""
    names: list[str] = []
    index: dict[str, int] = {}
    for part in where:
        if isinstance(part, int):
            index[".".join(names)] = part
        else:
            names.append(_ALIASES.get(part, part))
    best, table, counts = 1, "", dict[str, int]()
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}", line)
        if header:
            table = header[1].replace('"', "").replace(" ", "")
            if line.lstrip().startswith("[["):
                counts[table] = counts.get(table, -1) + 1
                for deeper in [name for name in counts if name.startswith(table + ".")]:
                    del counts[deeper]
            if ".".join(names[: table.count(".") + 1]) == table and all(
                counts.get(t, 0) == i for t, i in index.items() if t == table or table.startswith(t + ".")
            ):
                best = number
            continue
        key = re.match(r"\s*([\w\"'.-]+)\s*=", line)
        if key and all(counts.get(t, 0) == i for t, i in index.items() if t == table or table.startswith(t + ".")):
            path = ".".join(part for part in (table, key[1].strip("\"'")) if part)
            full = ".".join(names)
            if full == path or full.startswith(path + "."):
                return number
    return best
