"""The order of a crawl and the fate of every address: level by level, sorted, deterministic. No network of its own.

Addresses that differ in numbers only, or of one page, have a share of the budget (`Limits.share`) at their level, and
the rest of it when all others were asked for: a calendar or an endless list does not crowd out a site.

Addresses of one depth are sorted, admitted up to the budgets, asked for (several at once), and settled **in their
order**, whatever came back first. So the same site gives the same rows in the same order. A page's links are told
before the page itself: a row that was told as fetched has lost nothing when the process is killed right after it, and
`known` rows are enough to go on.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol
from urllib.parse import urlsplit

from scanner.model import Discovery, LedgerState
from spiders import page as pages
from spiders.first_look import first_look
from spiders.job import START, CrawlJob
from spiders.page import Page, Probe
from spiders.reasons import Why, because, of_trap, printable
from spiders.robots import Robots
from spiders.scope import Scope, Trap, canonical, is_unsafe, looks_like_file, netloc, registrable, without_route
from spiders.sitemap import BadSitemap, parse

Kind = Literal["page", "robots", "sitemap"]

_BATCH = 256
_SITEMAPS = 100
_GOOD = (LedgerState.FOUND, LedgerState.VISITED, LedgerState.UNCHANGED)
_INDEX = re.compile(r"/(?:(?:index|default|home)(?:\.\w+)?)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said, or why it said nothing."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""
    problem: LedgerState | None = None
    reason: str = ""
    asked: bool = True
    """False when the request was not sent at all (host given up, time is over)."""


class Ask(Protocol):
    """Asks a server for one address, politely. Never raises for what a server or the network does."""

    async def __call__(
        self, url: str, *, channel: str = "", kind: Kind = "page", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """`channel` gives the request that channel's access and cookies; redirects are not followed."""

    def slow_down(self, url: str, seconds: float) -> None:
        """At least this time between two requests to the host of this address."""


@dataclass(slots=True)
class _Row:
    url: str
    found_on: str
    depth: int
    channel: str
    hops: int = 0
    waited: bool = False
    """Asked for after all others, because there are so many like it."""

    def told(self, state: LedgerState, reason: str = "", *, fetched: bool = False) -> Discovery:
        return Discovery(self.url, self.found_on, self.depth, state, reason, fetched=fetched, channel=self.channel)


@dataclass(frozen=True, slots=True)
class _Result:
    """What came of asking for a row: the row's last word, and what follows from it."""

    row: Discovery
    page: Page | None = None
    """Its links are followed."""
    onward: str = ""
    """Where a redirect goes."""


class Frontier:
    """One crawl. `tell` gets every row, some twice: as found, and later with what became of it."""

    def __init__(self, job: CrawlJob, ask: Ask, tell: Callable[[Discovery], None]) -> None:
        self._job = job
        self._ask = ask
        self._tell = tell
        self._scope = Scope(job.channels)
        self._crawled = job.crawled()
        self._trap = Trap(job.limits.trap)
        self._seen: set[str] = set()
        self._pending: dict[int, dict[str, _Row]] = {}
        self._used: Counter[tuple[str, str]] = Counter()
        self._alike: Counter[str] = Counter()
        self._last: list[_Row] = []
        self._last_turn = False
        self._sitemaps: set[str] = set()
        self._redirects: dict[str, str] = {}
        self._previous = {row.url: row for row in job.previous if row.state in (*_GOOD, LedgerState.DOCUMENT)}
        self._not_modified = False
        self._full = False
        self._robots: dict[str, asyncio.Task[Robots]] = {}
        self._probes: dict[str, asyncio.Task[tuple[Probe, Page | None]]] = {}
        self._homes: dict[str, Page] = {}
        self._starts = tuple(
            dict.fromkeys(
                filter(None, map(canonical, job.start or (
                    url for channel in job.channels if channel.id in self._crawled for url in channel.urls
                )))
            )
        )
        self._sitemaps_read = job.limits.depth == 0

    async def run(self) -> None:
        """Crawls until every address has its last word."""
        self._restore(self._job.known)
        for url in self._starts:
            self._see(url, "", START, 0)
        await self._levels()
        if self._not_modified:
            for row in sorted(self._previous.values(), key=lambda row: (row.depth, row.url)):
                self._see(row.url, "", row.found_on, row.depth)
            await self._levels()

    async def _levels(self) -> None:
        while True:
            self._pending = {depth: rows for depth, rows in self._pending.items() if rows}
            if not self._sitemaps_read and min(self._pending, default=1) > 0:
                self._sitemaps_read = True
                await self._read_sitemaps()
                continue
            if not self._pending and self._last:
                self._last_turn = True
                await self._level(sorted(self._last, key=lambda row: (row.depth, row.url)))
                self._last = []
                continue
            if not self._pending:
                return
            rows = self._pending.pop(min(self._pending))
            await self._level([rows[url] for url in sorted(rows)])

    def _restore(self, known: Sequence[Discovery]) -> None:
        for row in known:
            if row.url in self._seen and row.state is LedgerState.FOUND and not row.fetched:
                continue
            self._seen.add(row.url)
            waiting = self._pending.setdefault(row.depth, {})
            if row.state is LedgerState.FOUND and not row.fetched:
                if "#" not in row.url:
                    waiting[row.url] = _Row(row.url, row.found_on, row.depth, row.channel)
                else:
                    self._used[row.channel, "pages"] += 1
                continue
            waiting.pop(row.url, None)
            if row.fetched and row.channel:
                self._trap.caught(row.url)
                if kind := self._kind(row.url, row.found_on):
                    self._alike[kind] += 1
                self._count(row)

    def _count(self, row: Discovery) -> None:
        self._used[row.channel, "requests"] += 1
        if row.state in _GOOD:
            self._used[row.channel, "pages"] += 1
        elif row.state is LedgerState.DOCUMENT:
            self._used[row.channel, "documents"] += 1

    def _see(self, url: str, text: str, found_on: str, depth: int, hops: int = 0) -> None:
        if url in self._seen:
            waiting = self._pending.get(depth, {}).get(url)
            if waiting and waiting.found_on != START and is_unsafe(url, text):
                del self._pending[depth][url]
                self._tell(waiting.told(LedgerState.UNSAFE, because(Why(is_unsafe(url, text)))))
            return
        row = first_look(
            url, text, found_on, depth, scope=self._scope, crawled=self._crawled, deepest=self._job.limits.depth
        )
        if len(self._seen) >= self._job.limits.addresses:
            if not self._full:
                self._full = True
                self._tell(replace(row, state=LedgerState.OVER_BUDGET,
                                   reason=because(Why.LINKS, self._job.limits.addresses)))
            return
        self._seen.add(url)
        if row.state is LedgerState.FOUND:
            if "#" in url:
                if self._room(row.channel, "pages") <= 0:
                    row = replace(row, state=LedgerState.OVER_BUDGET,
                                  reason=because(Why.PAGES, self._job.limits.pages))
                else:
                    self._used[row.channel, "pages"] += 1
                    self._see(without_route(url), "", found_on, depth)
            else:
                self._pending.setdefault(depth, {})[url] = _Row(url, found_on, depth, row.channel, hops)
        self._tell(row)

    def _room(self, channel: str, kind: str) -> int:
        limits = self._job.limits
        own = (limits.documents if kind == "documents" else limits.pages) - self._used[channel, kind]
        return min(own, limits.requests - self._used[channel, "requests"])

    async def _level(self, rows: Sequence[_Row]) -> None:
        waiting = [row for row in rows if not self._waits(row)]
        while waiting:
            batch: list[_Row] = []
            later: list[_Row] = []
            taken: Counter[tuple[str, str]] = Counter()
            for row in waiting:
                kind = "documents" if looks_like_file(row.url) == "document" else "pages"
                room = self._room(row.channel, kind)
                if room <= 0:
                    reason = self._over(row.channel, kind) + (f"; {Why.ALIKE}" if row.waited else "")
                    self._tell(row.told(LedgerState.OVER_BUDGET, reason))
                elif len(batch) >= _BATCH or taken[row.channel, kind] >= room:
                    later.append(row)
                elif refusal := await self._refusal(row):
                    self._tell(refusal)
                else:
                    batch.append(row)
                    taken[row.channel, kind] += 1
            await self._ask_for(batch)
            waiting = later

    def _waits(self, row: _Row) -> bool:
        """Whether this page is one of so many alike that it is asked for after all others."""
        if row.found_on == START or row.waited or looks_like_file(row.url) == "document":
            return False
        kind = self._kind(row.url, row.found_on)
        row.waited = not self._last_turn and self._alike[kind] >= self._job.limits.share
        if row.waited:
            self._last.append(row)
        elif kind:
            self._alike[kind] += 1
        return row.waited

    def _kind(self, url: str, found_on: str) -> str:
        """What an address is one of many of: its shape, else the page that links to it (a sitemap is no page)."""
        return self._trap.shape(url) or ("" if found_on in self._sitemaps else f"on {found_on}")

    def _over(self, channel: str, kind: str) -> str:
        limits = self._job.limits
        if self._used[channel, "requests"] >= limits.requests:
            return because(Why.REQUESTS, limits.requests)
        return because(Why.PAGES, limits.pages) if kind == "pages" else because(Why.DOCUMENTS, limits.documents)

    async def _refusal(self, row: _Row) -> Discovery | None:
        if row.found_on != START:
            trap = self._trap.caught(row.url)
            if trap:
                return row.told(*of_trap(trap))
        if self._job.robots == "obey":
            robots = await self._rules(row.url)
            if not robots.allows(row.url, self._job.user_agent):
                reason = because(Why.ROBOTS_FAILS, robots.closed) if robots.closed else because(Why.DISALLOWED)
                return row.told(LedgerState.ROBOTS, reason)
        return None

    async def _ask_for(self, batch: Sequence[_Row]) -> None:
        tasks = [asyncio.create_task(self._result(row)) for row in batch]
        try:
            for row, task in zip(batch, tasks, strict=True):
                try:
                    result = await task
                except Exception as error:
                    reason = because(Why.EXCEPTION, type(error).__name__)
                    result = _Result(row.told(LedgerState.CRASHED, reason, fetched=True))
                self._settle(row, result)
        finally:
            for task in tasks:
                task.cancel()

    def _settle(self, row: _Row, result: _Result) -> None:
        told = result.row
        if result.onward:
            told = self._redirected(row, told, result.onward)
        elif result.page is not None:
            texts: dict[str, str] = {}
            for link in result.page.links:
                if link.url not in texts or is_unsafe(link.url, link.text):
                    texts[link.url] = link.text
            for url, text in texts.items():
                self._see(url, text, row.url, row.depth + 1)
            if result.page.canonical:
                self._see(result.page.canonical, "", row.url, row.depth + 1)
            if row.depth == 0:
                self._homes.setdefault(netloc(row.url), result.page)
        if told.fetched:
            self._count(told)
        self._tell(told)

    def _redirected(self, row: _Row, told: Discovery, target: str) -> Discovery:
        self._redirects[row.url] = target
        step = target
        for _ in range(len(self._redirects)):
            if step == row.url:
                return replace(told, state=LedgerState.UNREACHABLE, reason=because(Why.REDIRECT_LOOP, target))
            if step not in self._redirects:
                break
            step = self._redirects[step]
        if row.hops >= self._job.limits.redirects:
            return replace(told, state=LedgerState.UNREACHABLE, reason=because(Why.TOO_MANY_REDIRECTS, row.hops))
        self._see(target, "", row.url, row.depth, row.hops + 1)
        return told

    # --- one address -----------------------------------------------------------------------------------------------

    async def _result(self, row: _Row) -> _Result:
        before = self._previous.get(row.url)
        conditions = {}
        if before and before.etag:
            conditions["If-None-Match"] = before.etag
        if before and before.last_modified:
            conditions["If-Modified-Since"] = before.last_modified
        answer = await self._ask(row.url, channel=row.channel, headers=conditions)
        onward = self._onward(row, answer)
        if onward == row.url and (location := answer.headers.get("location", "")):
            # A cookie wall, or an address that differs only in what `canonical` drops: ask once more.
            again = (answer.headers.get("set-cookie") and row.url) or _with_tracking(location, row.url)
            if again:
                answer = await self._ask(again, channel=row.channel)
                onward = self._onward(row, answer)
        told = self._plain_row(row, answer)
        if answer.problem is not None:
            return _Result(replace(told, state=answer.problem, reason=answer.reason, fetched=answer.asked))
        if answer.status == 304 and before is not None:
            self._not_modified = True
            state = LedgerState.UNCHANGED if before.state in _GOOD else before.state
            return _Result(replace(before, state=state, reason=because(Why.NOT_MODIFIED), fetched=True, status=304,
                                   found_on=row.found_on, depth=row.depth, channel=row.channel))
        if 300 <= answer.status < 400:
            return await self._redirect(row, told, answer, onward)
        if answer.status in (404, 410):
            return _Result(replace(told, state=LedgerState.NOT_FOUND, reason=because(Why.HTTP_STATUS, answer.status)))
        content_type = told.content_type
        if not pages.is_html(content_type, answer.body) and answer.status < 400:
            return _Result(_not_html(told, answer))
        if "attachment" in answer.headers.get("content-disposition", "").lower()[:40] and answer.status < 400:
            return _Result(replace(told, state=LedgerState.NOT_A_PAGE, reason=because(Why.ATTACHMENT)))
        return await self._page(row, told, answer)

    def _plain_row(self, row: _Row, answer: Answer) -> Discovery:
        return replace(
            row.told(LedgerState.FOUND, fetched=True),
            status=answer.status,
            content_type=printable(pages.media_type(answer.headers.get("content-type", "")), 100),
            etag=printable(answer.headers.get("etag", ""), 200),
            last_modified=printable(answer.headers.get("last-modified", ""), 60),
        )

    def _onward(self, row: _Row, answer: Answer) -> str:
        if not 300 <= answer.status < 400:
            return ""
        return canonical(answer.headers.get("location", ""), row.url) or ""

    async def _redirect(self, row: _Row, told: Discovery, answer: Answer, onward: str) -> _Result:
        if not answer.headers.get("location") or not onward:
            detail = answer.headers.get("location", "")
            return _Result(replace(told, state=LedgerState.UNREACHABLE, reason=because(Why.NO_LOCATION, detail)))
        state, reason = LedgerState.REDIRECTED, because(Why.REDIRECTS_TO, onward)
        if pages.is_login_address(onward) and not pages.is_login_address(row.url):
            state, reason = self._wall(row), because(Why.TO_LOGIN, onward)
        elif row.depth > 0 and not _INDEX.search(urlsplit(row.url).path):
            probe, _ = await self._probe(row)
            if probe.redirect == onward:
                state, reason = LedgerState.SOFT_NOT_FOUND, because(Why.LIKE_PROBE, onward)
        return _Result(replace(told, state=state, reason=reason), onward=onward)

    def _wall(self, row: _Row) -> LedgerState:
        return LedgerState.LOGIN_LOST if row.channel in self._job.access else LedgerState.LOGIN_WALL

    async def _page(self, row: _Row, told: Discovery, answer: Answer) -> _Result:
        page = pages.read(answer.body, answer.headers.get("content-type", ""), row.url)
        maker = pages.challenge(answer.status, answer.headers, answer.body, page.main_words)
        if maker:
            return _Result(replace(told, state=LedgerState.BOT_CHALLENGE, reason=because(Why.CHALLENGE, maker)))
        status = because(Why.HTTP_STATUS, answer.status)
        if answer.status in (401, 403, 407):
            return _Result(replace(told, state=self._wall(row), reason=status))
        if answer.status >= 400:
            return _Result(replace(told, state=LedgerState.SERVER_ERROR, reason=status))
        if not answer.body.strip():
            return _Result(replace(told, state=LedgerState.NOT_A_PAGE, reason=because(Why.EMPTY)))
        login = page.password and page.main_words < 80
        if login and row.depth > 0 and not pages.is_login_address(row.url):
            return _Result(replace(told, state=self._wall(row), reason=because(Why.PASSWORD_FIELD)))
        if page.refresh and page.main_words < 60:
            reason = because(Why.META_REFRESH, page.refresh)
            return _Result(replace(told, state=LedgerState.REDIRECTED, reason=reason), onward=page.refresh)
        if row.depth > 0:
            probe, home = await self._probe(row)
            missing = pages.looks_missing(page, probe, home)
            if missing:
                reason = because(Why.LIKE_PROBE if missing == "probe" else Why.TITLE_SAYS_SO)
                return _Result(replace(told, state=LedgerState.SOFT_NOT_FOUND, reason=reason))
        remarks = []
        if login:
            remarks.append(because(Why.LOGIN_PAGE))
        if page.canonical:
            remarks.append(because(Why.CANONICAL, page.canonical))
        if page.robots & {"noindex", "none"}:
            remarks.append(because(Why.NOINDEX))
        state = LedgerState.FOUND
        before = self._previous.get(row.url)
        if before is not None and before.body_hash == page.digest and before.state in _GOOD:
            state = LedgerState.UNCHANGED
            remarks.insert(0, because(Why.SAME_CONTENT))
        return _Result(replace(told, state=state, reason="; ".join(remarks), body_hash=page.digest), page=page)

    # --- a host's own files ----------------------------------------------------------------------------------------

    async def _follow(self, url: str, kind: Kind) -> tuple[str, Answer]:
        """Asks for an address and goes along with up to five redirects, within the registrable domain."""
        for _ in range(6):
            answer = await self._ask(url, channel=self._own(url), kind=kind)
            target = canonical(answer.headers.get("location", ""), url) if 300 <= answer.status < 400 else None
            if not target or target == url or registrable(netloc(target)) != registrable(netloc(url)):
                return url, answer
            url = target
        return url, answer

    def _own(self, url: str) -> str:
        owner = self._scope.owner(url)
        return owner if owner in self._crawled and owner is not None else ""

    async def _rules(self, url: str) -> Robots:
        split = urlsplit(url)
        origin = f"{split.scheme}://{split.netloc}"
        if origin not in self._robots:
            self._robots[origin] = asyncio.create_task(self._read_robots(origin))
        return await self._robots[origin]

    async def _read_robots(self, origin: str) -> Robots:
        url = f"{origin}/robots.txt"
        _, answer = await self._follow(url, "robots")
        robots = Robots.read(url, answer.status, answer.body)
        if self._job.robots == "obey":
            self._ask.slow_down(url, robots.delay(self._job.user_agent))
        if url not in self._seen:
            self._seen.add(url)
            row = _Row(url, origin + "/", 0, "")
            told = replace(self._plain_row(row, answer), state=LedgerState.NOT_A_PAGE,
                           reason=because(Why.ROBOTS_FILE), fetched=answer.asked)
            if answer.problem is not None:
                told = replace(told, state=answer.problem, reason=answer.reason)
            elif answer.status in (404, 410):
                told = replace(told, state=LedgerState.NOT_FOUND)
            elif answer.status >= 400:
                told = replace(told, state=LedgerState.SERVER_ERROR)
            self._tell(told)
        return robots

    async def _read_sitemaps(self) -> None:
        """Sitemaps of robots.txt and at the usual addresses, of every host that the crawl starts at."""
        waiting: dict[str, tuple[str, bool]] = {}
        for start in self._starts:
            owner = self._scope.owner(start)
            if owner is None or owner not in self._crawled or not self._scope.channel(owner).follow:
                continue
            split = urlsplit(start)
            origin = f"{split.scheme}://{split.netloc}"
            robots = await self._rules(start)
            for url in robots.sitemaps:
                if registrable(netloc(url)) == registrable(netloc(start)):
                    waiting.setdefault(url, (f"{origin}/robots.txt", True))
                elif url not in self._seen:
                    self._see(url, "", f"{origin}/robots.txt", 1)
            waiting.setdefault(f"{origin}/sitemap.xml", (f"{origin}/", False))
        done: set[str] = set()
        while waiting and len(done) < _SITEMAPS:
            url = min(waiting)
            found_on, named = waiting.pop(url)
            done.add(url)
            for inner in await self._read_sitemap(url, found_on, named):
                if inner not in done and registrable(netloc(inner)) == registrable(netloc(url)):
                    waiting.setdefault(inner, (url, True))
        for url, (found_on, _) in sorted(waiting.items()):
            self._tell(_Row(url, found_on, 1, "").told(LedgerState.OVER_BUDGET, because(Why.REQUESTS, _SITEMAPS)))

    async def _read_sitemap(self, url: str, found_on: str, named: bool) -> tuple[str, ...]:
        """Tells a sitemap's addresses, then the sitemap itself. A guessed sitemap that is not there is not told."""
        self._sitemaps.add(url)
        row = _Row(url, found_on, 1, "")
        robots = await self._rules(url)
        if self._job.robots == "obey" and not robots.allows(url, self._job.user_agent):
            if named:
                self._tell(row.told(LedgerState.ROBOTS, because(Why.DISALLOWED)))
            return ()
        _, answer = await self._follow(url, "sitemap")
        told = self._plain_row(row, answer)
        if answer.problem is not None:
            told = replace(told, state=answer.problem, reason=answer.reason, fetched=answer.asked)
        elif answer.status != 200:
            state = LedgerState.NOT_FOUND if answer.status in (404, 410) else LedgerState.SERVER_ERROR
            told = replace(told, state=state, reason=because(Why.HTTP_STATUS, answer.status))
        else:
            try:
                sitemap = parse(answer.body, url)
            except BadSitemap as error:
                told = replace(told, state=LedgerState.NOT_A_PAGE, reason=because(Why.SITEMAP_BAD, error))
            else:
                for address in sitemap.pages:
                    self._see(address, "", url, 1)
                count = f"{len(sitemap.pages) or len(sitemap.sitemaps)}{' (cut)' if sitemap.cut else ''}"
                self._seen.add(url)
                self._tell(replace(told, state=LedgerState.NOT_A_PAGE, reason=because(Why.SITEMAP, count)))
                return sitemap.sitemaps
        if named and url not in self._seen:
            self._seen.add(url)
            self._tell(told)
        return ()

    async def _probe(self, row: _Row) -> tuple[Probe, Page | None]:
        """What the row's host answers to a made-up address, and its home page to compare with. Asked once a host."""
        split = urlsplit(row.url)
        origin = f"{split.scheme}://{split.netloc}"
        if origin not in self._probes:
            self._probes[origin] = asyncio.create_task(self._ask_probe(origin, row))
        return await self._probes[origin]

    async def _ask_probe(self, origin: str, row: _Row) -> tuple[Probe, Page | None]:
        prefix = next(
            (urlsplit(url).path.rsplit("/", 1)[0] for url in self._starts if netloc(url) == netloc(origin)), ""
        )
        made_up = f"{origin}{prefix}/bestaat-niet-{hashlib.sha256(origin.encode()).hexdigest()[:12]}"
        if self._job.robots == "obey" and not (await self._rules(origin)).allows(made_up, self._job.user_agent):
            return Probe(), None
        answer = await self._ask(made_up, channel=self._own(made_up))
        if answer.problem is not None or answer.status >= 400:
            return Probe(), None
        if 300 <= answer.status < 400:
            return Probe(redirect=canonical(answer.headers.get("location", ""), made_up) or ""), None
        page = pages.read(answer.body, answer.headers.get("content-type", ""), made_up)
        home = self._homes.get(netloc(origin))
        if home is None:
            url, shown = await self._follow(f"{origin}{prefix}/", "page")
            home = pages.read(shown.body, shown.headers.get("content-type", ""), url) if shown.status == 200 else None
        return Probe(page), home


def _not_html(told: Discovery, answer: Answer) -> Discovery:
    if answer.status in (204, 205) or (not told.content_type and not answer.body.strip()):
        return replace(told, state=LedgerState.NOT_A_PAGE, reason=because(Why.EMPTY))
    by_name = looks_like_file(told.url) == "document"
    unclear = told.content_type in ("application/octet-stream", "binary/octet-stream", "application/download", "")
    if pages.is_document(told.content_type) or answer.body[:5] == b"%PDF-" or (by_name and unclear):
        return replace(told, state=LedgerState.DOCUMENT, reason=because(Why.CONTENT_TYPE, told.content_type))
    return replace(told, state=LedgerState.NOT_A_PAGE, reason=because(Why.CONTENT_TYPE, told.content_type))


def _with_tracking(location: str, url: str) -> str:
    """The Location as the server wrote it, when that is another address than ours on the same host; else empty."""
    try:
        split, own = urlsplit(location.strip()), urlsplit(url)
    except ValueError:
        return ""
    if (split.netloc and split.netloc.lower() != own.netloc) or not split.query or split.query == own.query:
        return ""
    return f"{own.scheme}://{own.netloc}{own.path}?{split.query}"
