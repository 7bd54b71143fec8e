"""One scan: find → look → keep → judge. The only module that joins spiders, checks and the store.

A scan goes through stages that are kept in the store: `crawl` (spiders fill the ledger), `visit` (a light look at every
page; links of the rendered document go back into the ledger), `deepen` (deep looks at one page per template, at the
sample and the named pages, or at all), `site` (criteria judged over the whole), `done`. Killed anywhere, it goes on at
its stage; a page that was being visited is still `found`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from enum import StrEnum
from importlib.metadata import version
from typing import Any, Protocol
from urllib.parse import urlsplit

from checks.catalogue import evaluate_page, evaluate_site, get_ready
from checks.harness import SafetyLevel
from checks.hindrance import Hindrance, told
from checks.journey import Walk, walk
from checks.pool import WORN, Pool
from checks.tab import Tab
from checks.visit import Visit, VisitRequest, deepen
from scanner import documents, legal, remember, sampling, unchanged
from scanner import judge as judging
from scanner.axe import AxeSource, find_axe
from scanner.checking import at_home, looking, pool_settings, read_4_1_1
from scanner.config import Channel, Config
from scanner.finding_store import save_flips
from scanner.frameworks import criteria
from scanner.model import Discovery, LedgerState, Outcome, PageEvidence, Record, SiteEvidence, StateEvidence, Verdict
from scanner.progress import Progress, Show, silent
from scanner.reach import GuardedTransport, proxy_of
from scanner.secrets import without_secrets
from scanner.session import Session
from scanner.spent import Spent
from scanner.store import Address, Looked, Scan, Store, Waits, page_evidence
from spiders.address_rules import look_up
from spiders.crawl import START, CrawlJob, Limits, Politeness, crawl, discover
from spiders.reasons import AGAIN, Why, because, of_trap
from spiders.scope import Trap, canonical

log = logging.getLogger(__name__)

RULES = "8"
"""Version of our own rules; raise it when a check or probe starts to say something else about the same page."""
ATTEMPTS = 10
"""A page whose visit was begun this often without a result takes the scanner down with it: it is left as `crashed`.
Generous, because a scan that is killed from outside counts too."""
PICTURES_PER_RULE = 3
LONGEST_WAIT = 60.0
TABS_PER_CORE = 2
"""Pages looked at at once for each core: looks wait (for quiet, for the browser, for a timer) as long as they work."""


def versions(pool: Pool, axe: AxeSource) -> dict[str, Any]:
    """What looked: kept with every scan, so that a change of tool is never taken for a change of site."""
    return {
        "scanner": version("toegankelijkheid-scanner"),
        "rules": RULES,
        "axe": axe.version,
        "axe_sha256": axe.sha256,
        "axe_fallback": axe.fallback,
        "browser": pool.version,
        "driver": pool.driver,
    }


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def tab_count(config: Config) -> int:
    """Browser pages at once, in one channel, unless set: two per core; by Selenium, where each has a browser, one."""
    return config.scan.tabs or cores() * (1 if config.scan.driver == "selenium" else TABS_PER_CORE)


async def scan_channel(
    config: Config,
    store: Store,
    name: str,
    *,
    kind: str = "site",
    urls: Sequence[str] = (),
    deep: str | None = None,
    follow: bool = True,
    show: Show = silent,
    resume: bool = True,
    full: bool = False,
    elsewhere: Elsewhere | None = None,
    spent: Spent | None = None,
) -> Scan:
    """Scans one channel, or goes on with its interrupted scan of this kind. Returns the finished scan.

    `urls` with `follow=False`: only these addresses, deep. `full`: unchanged pages too. `elsewhere`: who takes the
    looks instead of this process's own browser pages. `spent`: gets the seconds that each stage and probe took.
    Raises NoBrowser, AxeMissing, StoreError, CrawlFailed, LoginFailed, SecretMissing.
    """
    channel = config.channel(name)
    read_4_1_1(config)
    axe = find_axe(config.scan.axe or None)
    loading = asyncio.create_task(asyncio.to_thread(get_ready))  # while the browser starts
    async with looking(config)[0].start(pool_settings(config, channel, axe)) as pool:
        session = Session(config, channel, pool)
        await session.begin()
        for last in store.scans(name, finished=True)[:1]:
            legal.note_scan(store, config, last)  # again does no harm; killed right after its end, it was not noted
        scan = store.unfinished(name, kind) if resume else None
        settings = {
            "deep": (deep or config.scan.deep) if pool.touches else "none",
            "level": channel.safety_level,
            "follow": follow,
            "urls": list(urls),
        }
        if follow:
            scopes = [asdict(each.scope()) for each in config.channels]
            settings[unchanged.REACH] = json.loads(json.dumps([channel.robots, channel.pages, scopes]))
            interrupted = scan.settings.get(unchanged.FULL, True) if scan is not None else None
            everything = full or unchanged.due_full(store, name, config.scan.full_every)
            settings[unchanged.FULL] = everything if interrupted is None else interrupted
        if scan is not None and (dict(scan.settings) != settings or dict(scan.versions) != versions(pool, axe)):
            store.stage(scan.id, "given up", "a scan with other settings or tools was started")
            scan = None
        if scan is None:
            scan = store.begin(name, kind, versions(pool, axe), settings)
        run = Run(config, channel, store, pool, scan, show, session, elsewhere, spent)
        if scan.stage == "crawl":
            with run.spent.stage("crawl"):
                await run.find()
        await loading
        await run.look()
        with run.spent.stage("journeys"):
            await run.walk()
        with run.spent.stage("documents"):
            await run.read_documents()
        with run.spent.stage("look again"):
            await run.look_again()
        with run.spent.stage("site"):
            run.judge_site()
        with run.spent.stage("resources"):
            await run.remember_resources()
        run.memory.record(store, config, scan)
        store.stage(scan.id, "done")
        legal.note_scan(store, config, store.scan(scan.id))
    return store.scan(scan.id)


async def together(
    config: Config, names: Sequence[str], one: Callable[[str], Awaitable[Scan]]
) -> AsyncIterator[tuple[str, Scan | Exception]]:
    """Does `one` for each channel, `config.scan.channels_at_once` at a time, and gives what came of it as it comes.

    Channels on one host wait for each other, so that no server gets more than its own rate. What one channel raises is
    given, and does not stop the others.
    """
    hosts: dict[str, asyncio.Lock] = {}
    room = asyncio.Semaphore(config.scan.channels_at_once or cores())

    async def scanned(name: str) -> tuple[str, Scan | Exception]:
        host = hosts.setdefault(urlsplit(config.channel(name).url).netloc, asyncio.Lock())
        async with host, room:
            try:
                return name, await one(name)
            except Exception as error:
                return name, error

    for task in asyncio.as_completed([asyncio.create_task(scanned(name)) for name in names]):
        yield await task


class LookKind(StrEnum):
    """How to look at a page of the ledger."""

    LIGHT = "light"
    WHOLE = "whole"
    """Light and deep at once."""
    DEEPEN = "deepen"
    """Deep, after the light look."""

    def waits(self, row: Address) -> bool:
        """Whether a page still waits for this look."""
        if self is LookKind.DEEPEN:
            return row.deep == "due" and row.attempts <= 2 * ATTEMPTS
        return row.state is LedgerState.FOUND


class Elsewhere(Protocol):
    """Others who look at pages of the ledger, such as workers on more machines (scanner.workers)."""

    async def share(self, run: Run, rows: Sequence[Address], look: LookKind, done: Callable[[Address], None]) -> None:
        """Ends when none of the rows waits for this look any more; calls `done` with each as it comes."""


class Run:
    """One scan at work."""

    def __init__(
        self,
        config: Config,
        channel: Channel,
        store: Store,
        pool: Pool,
        scan: Scan,
        show: Show,
        session: Session,
        elsewhere: Elsewhere | None = None,
        spent: Spent | None = None,
    ) -> None:
        self.config, self.channel, self.store, self.pool = config, channel, store, pool
        self.scan, self.show, self.session, self.elsewhere = scan, show, session, elsewhere
        self._look = looking(config)[1]
        self.job = self._job()
        self._began = time.monotonic()
        self._done = 0
        self._pictured: dict[tuple[str, str], int] = {}
        self._trap: Trap | None = None
        self._no_trap: set[str] = set()
        self._alike: Counter[str] = Counter()
        self.memory = remember.Memory()
        self.spent = spent or Spent()

    def _job(self) -> CrawlJob:
        channel, limits = self.channel, self.channel.limits
        return CrawlJob(
            channels=tuple(c.scope() for c in self.config.channels),
            user_agent=self.config.user_agent,
            crawl=(channel.id,),
            start=tuple(dict.fromkeys((channel.url, *channel.also, *channel.pages))),
            access=self.session.access(),
            limits=Limits(
                pages=limits.pages,
                depth=limits.depth,
                seconds=limits.minutes * 60,
                documents=limits.documents,
                timeout=limits.page_seconds,
            ),
            politeness=Politeness.at_home() if at_home(channel) else Politeness(per_second=limits.per_second),
            robots=channel.robots,
            inner_network=self.config.scan.inner_network,
            verify_tls=self.config.scan.verify_tls,
            proxy=proxy_of(self.config),
        )

    def _say(self, stage: str, done: int, found: int, url: str = "") -> None:
        self.show(Progress(self.channel.id, stage, done, found, url, time.monotonic() - self._began))

    # Find

    async def find(self) -> None:
        """Fills the ledger: by the spiders, or from the list."""
        listed = self.scan.settings["urls"]
        if not self.scan.settings["follow"]:
            rows = [Discovery(url, START, 0, channel=self.channel.id) for url in dict.fromkeys(listed)]
            self.store.discover(self.scan.id, rows)
        else:
            self._began = time.monotonic()
            await asyncio.to_thread(self._crawl)
        self.store.stage(self.scan.id, "visit")

    def _crawl(self) -> None:
        past = unchanged.before(self.store, self.scan)
        previous: tuple[Discovery, ...] = ()
        if past is not None:
            ledger = self.store.ledger(past.id)
            rows = [_discovery(row) for row in ledger]
            # The reason of a visited page says what was not seen of it; that of a carried one, how it was confirmed.
            kept = {row.url for row in ledger if row.evidence and not (row.state is LedgerState.VISITED and row.reason)}
            previous = unchanged.well_looked(rows, kept)
            room = self.channel.limits.pages - len(previous)
            self.store.discover(self.scan.id, unchanged.owed(rows, previous, room))
        known = tuple(_discovery(row) for row in self.store.ledger(self.scan.id))
        job = replace(
            self.job,
            known=known,
            previous=previous,
            start=tuple(dict.fromkeys((*self.job.start, *self.scan.settings["urls"]))),
        )
        batch: list[Discovery] = []
        fetched, seen, wrote = 0, set[str](), time.monotonic()
        for row in crawl(job):
            batch.append(row)
            seen.add(row.url)
            fetched += row.fetched
            if len(batch) >= 200 or time.monotonic() - wrote > 1:
                self.store.discover(self.scan.id, batch)
                batch, wrote = [], time.monotonic()
                self._say("crawl", fetched, len(seen), row.url)
        self.store.discover(self.scan.id, batch)

    # Look

    async def look(self) -> None:
        """Visits every found page, then looks deeper where that is due; until nothing is left."""
        self._began, self._done = time.monotonic(), 0
        all_deep = self.scan.settings["deep"] == "all" or not self.scan.settings["follow"]
        past = unchanged.before(self.store, self.scan)
        if past is not None:
            with self.spent.stage("carry forward"):
                unchanged.carry(self.store, self.scan, past)
                await self._confirm(past)
        with self.spent.stage("visit"):
            await self._visit_all(all_deep)
            if past is not None and (templates := unchanged.changed_templates(self.store, self.scan, past)):
                unchanged.look_after_all(self.store, self.scan, set(), templates)
                await self._visit_all(all_deep)
        if not self.scan.settings["follow"]:
            return
        with self.spent.stage("deepen"):
            await self._deepen_due()

    async def _confirm(self, past: Scan) -> None:
        """Carried pages whose style sheets or scripts have changed are looked at after all."""
        then = unchanged.kept_fingerprints(self.store, past)
        today = await unchanged.fingerprints(self.store, self.scan, self._client(), self._gap())
        changed = {url for url, digest in today.items() if not digest or then.get(url) != digest}
        unchanged.look_after_all(self.store, self.scan, changed, set())

    async def _visit_all(self, all_deep: bool) -> None:
        """Visits what is found, and what is found on the way, until nothing is left."""
        look = LookKind.WHOLE if all_deep and self.scan.settings["deep"] != "none" else LookKind.LIGHT
        while batch := self._due():
            await self._look_at(batch, look)

    async def _deepen_due(self) -> None:
        """Deep looks at the first page of each template, at the sample and the named pages."""
        drawn = sampling.draw(self.store, self.channel, self.scan)
        if self.scan.settings["deep"] == "templates":
            self.store.stage(self.scan.id, "deepen")
            named = {*self.channel.pages, *(entry.url for entry in drawn.entries)}
            chosen = _one_per_template(self.store.ledger(self.scan.id, LedgerState.VISITED), named)
            self.store.mark_deep(row.id for row in chosen[: self.channel.limits.deep_pages])
            self._began, self._done = time.monotonic(), 0
            due = [row for row in self.store.ledger(self.scan.id, LedgerState.VISITED) if row.deep == "due"]
            await self._look_at(due, LookKind.DEEPEN)

    async def look_again(self) -> None:
        """A few pages a second time, so that it is known which rules say something else of the same page."""
        if not self.scan.settings["follow"]:
            return
        pairs: list[tuple[PageEvidence, PageEvidence]] = []

        async def again(tab: Tab, row: Address) -> None:
            seen = await self._look(self.pool, tab, self._request(row.url, False))
            if seen.state is LedgerState.VISITED:
                pairs.append((page_evidence(self.store.blob(row.evidence)), seen.page))

        looked = [row for row in self.store.ledger(self.scan.id, LedgerState.VISITED) if row.evidence and row.attempts]
        self._began, self._done = time.monotonic(), 0
        await self._share(remember.twice(self.scan, looked), again)
        save_flips(self.store, self.scan.id, remember.flips(pairs))

    def _due(self) -> list[Address]:
        rows = [row for row in self.store.ledger(self.scan.id, LedgerState.FOUND) if row.channel == self.channel.id]
        rows = [row for row in rows if not self._in_a_trap(row)]
        rows = [row for row in rows if self._has_its_turn(row)] or rows
        room = self.channel.limits.pages - self.store.counts(self.scan.id).get(LedgerState.VISITED, 0)
        for row in rows[max(0, room) :]:
            self.store.settle(row.id, LedgerState.OVER_BUDGET, because(Why.PAGES, self.channel.limits.pages))
        # What was begun before and came to nothing waits for the rest: a page that takes the scanner down does so last,
        # and kills from outside do not use up the attempts of the same few pages.
        return sorted(rows[: max(0, room)], key=lambda row: row.attempts)

    def _has_its_turn(self, row: Address) -> bool:
        """Whether fewer pages of its shape than their share were taken: others, and what they link to, come first."""
        shape = Trap.shape(row.url)
        if not shape or row.found_on == START:
            return True
        room = self._alike[shape] < self.job.limits.share
        self._alike[shape] += room
        return room

    def _in_a_trap(self, row: Address) -> bool:
        """Whether an address that only a browser saw is of an endless part of the site; it is settled then."""
        if self._trap is None:
            self._trap = Trap(self.job.limits.trap)
            not_asked = (LedgerState.FOUND, LedgerState.OVER_BUDGET, LedgerState.OUT_OF_SCOPE, LedgerState.UNSAFE)
            for known in self.store.ledger(self.scan.id):
                if known.channel == row.channel and known.state not in not_asked and known.reason not in AGAIN:
                    self._trap.caught(known.url)
        if row.found_on == START or row.url in self._no_trap:
            return False
        trap = self._trap.caught(row.url)
        if trap:
            self.store.settle(row.id, *of_trap(trap))
        else:
            self._no_trap.add(row.url)
        return bool(trap)

    async def _look_at(self, rows: Sequence[Address], look: LookKind) -> None:
        """Looks at all of these pages: in tabs of our own, or elsewhere."""
        if self.elsewhere is None:
            await self._share(rows, lambda tab, row: self.take(tab, row, look))
            return
        total = len(rows) + self._done
        stage = "deepen" if look is LookKind.DEEPEN else "visit"

        def done(row: Address) -> None:
            self._done += 1
            self._say(stage, self._done, total, row.url)

        await self.elsewhere.share(self, rows, look, done)

    async def take(self, tab: Tab, row: Address, look: LookKind) -> None:
        """One look at one page; what it brought is in the store afterwards."""
        if look is LookKind.DEEPEN:
            await self._deepen(tab, row)
        else:
            await self._visit(tab, row, look is LookKind.WHOLE)

    async def _share(
        self, rows: Sequence[Address], work: Callable[[Tab, Address], Awaitable[None]]
    ) -> None:
        """Divides rows over the tabs, each a long-lived page of its own."""
        queue = list(reversed(rows))
        total = len(rows) + self._done

        async def one() -> None:
            tab: Tab | None = None
            while queue:
                row = queue.pop()
                tab = await self.pool.renew(tab)
                await work(tab, row)
                self._done += 1
                self._say("deepen" if row.deep == "due" else "visit", self._done, total, row.url)
            if tab is not None:
                await tab.now.close()

        async with asyncio.TaskGroup() as group:
            for _ in range(min(tab_count(self.config), len(rows))):
                group.create_task(one())

    async def _visit(self, tab: Tab, row: Address, deep: bool) -> None:
        attempt = self.store.attempt(row.id)
        if attempt > ATTEMPTS:
            self.store.settle(row.id, LedgerState.CRASHED, because(Why.NO_RESULT, ATTEMPTS))
            return
        if self.session.lost:
            self.store.settle(row.id, LedgerState.LOGIN_LOST, self.session.lost)
            return
        login = self.session.generation
        tab, seen = await self._seen(tab, row.url, deep)
        if not await self.session.holds(seen, tab, login):
            if not self.session.lost:
                login = self.session.generation
                tab, seen = await self._seen(tab, row.url, deep, anew=True)
            if self.session.lost or not await self.session.holds(seen, tab, login):
                self.store.settle(row.id, LedgerState.LOGIN_LOST, because(Why.NOT_BEHIND_LOGIN))
                return
        if wait := _asked_to_wait(seen):
            await asyncio.sleep(wait)
        if wait or seen.page.incomplete or seen.state in (LedgerState.CRASHED, LedgerState.TIMED_OUT):
            second, again = await self._seen(tab, row.url, deep, anew=True)
            if len(again.page.incomplete) <= len(seen.page.incomplete) or again.state is LedgerState.VISITED:
                tab, seen = second, again
        page = without_secrets(seen.page, self.session.secrets)
        outcomes = self._judged(page, seen.spent)
        links: list[Discovery] = []
        if self.scan.settings["follow"]:
            links = [
                found
                for found in discover(seen.links, seen.page.final_url or row.url, row.depth + 1, self.job)
                if found.state in (LedgerState.FOUND, LedgerState.UNSAFE, LedgerState.OVER_BUDGET)
            ]
        pictures = await self._pictures(tab, outcomes)
        looked = Looked(page, seen.state, seen.reason, outcomes, pictures, links, seen.seconds, "done" if deep else "")
        with self.spent.part("keep"):
            self.store.save_visit(self.scan.id, row.id, looked, while_=Waits.LIGHT)

    def _judged(self, page: PageEvidence, spent: Mapping[str, float]) -> list[Outcome]:
        """What the checks say of a page on which a look spent these seconds."""
        self.spent.pages += 1
        for name, seconds in spent.items():
            self.spent.parts[name] = self.spent.parts.get(name, 0.0) + seconds
        with self.spent.part("judge"):
            return evaluate_page(page) if page.looks else []

    async def _seen(self, tab: Tab, url: str, deep: bool, *, anew: bool = False) -> tuple[Tab, Visit]:
        """A visit, on the same tab or (`anew`) in a fresh context."""
        if anew:
            tab.visits = WORN
            tab = await self.pool.renew(tab)
        return tab, await self._look(self.pool, tab, self._request(url, deep))

    async def _deepen(self, tab: Tab, row: Address) -> None:
        if self.store.attempt(row.id) > 2 * ATTEMPTS:
            return  # its deep look takes the scanner down with it; the light look stands
        page = page_evidence(self.store.blob(row.evidence))
        began = time.monotonic()
        spent: dict[str, float] = {}
        page = await deepen(self.pool, self._request(row.url, True), page, spent)
        page = without_secrets(page, self.session.secrets)
        outcomes = self._judged(page, spent)
        await tab.open(row.url, self.channel.limits.page_seconds)
        pictures = await self._pictures(tab, outcomes)
        seconds = row.seconds + time.monotonic() - began
        looked = Looked(page, LedgerState.VISITED, row.reason, outcomes, pictures, (), seconds, "done")
        with self.spent.part("keep"):
            self.store.save_visit(self.scan.id, row.id, looked, while_=Waits.DEEP)

    async def walk(self) -> None:
        """The channel's journeys: each step is a state of the page on which the journey starts."""
        test = self.channel.environment == "test"
        for journey in self.channel.journeys:
            start = canonical(journey.start) or journey.start
            row = next((row for row in self.store.ledger(self.scan.id) if row.url == start), None)
            if row is None:
                log.warning("journey %s: its start address is not in the ledger of this scan", journey.name)
            if row is None or row.state is LedgerState.UNCHANGED:
                continue
            if row.state is not LedgerState.VISITED or not self.pool.touches:
                missed = told(Hindrance.JOURNEY, journey.name)
                if missed not in row.reason:  # as it is when this goes on after it was interrupted
                    self.store.note(row.id, "; ".join(filter(None, (row.reason, missed))))
                continue
            walked = await walk(
                self.pool,
                self._request(row.url, False),
                Walk(journey.name, tuple(self.session.step(s) for s in journey.steps), test, journey.commit),
            )
            page = page_evidence(self.store.blob(row.evidence))
            kept = tuple(look for look in page.looks if not look.name.startswith(journey.name + ", step "))
            page = without_secrets(replace(page, looks=(*kept, *walked.states)), self.session.secrets)
            reason = f"journey {journey.name}: {len(walked.states)} steps looked at" + (
                f"; {walked.ended}" if walked.ended else ""
            )
            self.store.save_visit(
                self.scan.id,
                row.id,
                Looked(page, LedgerState.VISITED, reason, evaluate_page(page), {}, (), row.seconds),
            )
            self._say("walk", 1, 1, row.url)

    async def read_documents(self) -> None:
        """PDF files that the channel links to: fetched politely, each content once, looked into, judged like pages."""
        limits = self.channel.limits
        rows = [
            row
            for row in self.store.ledger(self.scan.id, LedgerState.DOCUMENT)
            if row.channel == self.channel.id and not row.evidence and "pdf" in (row.content_type or row.url).lower()
        ][: limits.documents]
        if not rows:
            return
        self._began = time.monotonic()
        async for number, url, record in documents.read([row.url for row in rows], self._client(), self._gap()):
            row = rows[number]
            look = StateEvidence("document", "", (), {"pdf": Record("pdf", record)})
            page = PageEvidence(url, url, 200, "application/pdf", looks=(look,))
            page = without_secrets(page, self.session.secrets)
            looked = Looked(page, LedgerState.DOCUMENT, row.reason, evaluate_page(page), {}, (), 0.0)
            self.store.save_visit(self.scan.id, row.id, looked)
            self._say("documents", number + 1, len(rows), url)

    def _client(self) -> dict[str, Any]:
        """Arguments of an httpx client that asks as the crawler does, within the session."""
        return {
            **self.session.client(),
            "headers": {"User-Agent": self.config.user_agent},
            "timeout": self.channel.limits.page_seconds,
            "transport": GuardedTransport(
                self.pool.settings.reach or look_up,
                proxy_of(self.config),
                verify=self.config.scan.verify_tls,
                trust_env=False,
            ),
        }

    def _gap(self) -> float:
        """Seconds between two requests of ours to one host."""
        return 1 / self.job.politeness.per_second if self.job.politeness.per_second else 0.0

    def _request(self, url: str, deep: bool) -> VisitRequest:
        return VisitRequest(
            url,
            deep=deep,
            level=SafetyLevel(self.channel.safety_level),
            seconds=self.channel.limits.page_seconds,
            deep_seconds=self.channel.limits.deep_seconds,
            load_more=self.channel.limits.load_more if self.scan.settings["follow"] else 0,
        )

    async def _pictures(self, tab: Tab, outcomes: Sequence[Outcome]) -> dict[int, bytes]:
        """Cropped pictures of the first places of each rule; only of what the tab still shows."""
        with self.spent.part("pictures"):
            return await self._cropped(tab, outcomes)

    async def _cropped(self, tab: Tab, outcomes: Sequence[Outcome]) -> dict[int, bytes]:
        pictures: dict[int, bytes] = {}
        for index, outcome in enumerate(outcomes):
            key = (outcome.criterion, outcome.rule)
            if (
                outcome.verdict not in (Verdict.FAILED, Verdict.CANT_TELL)
                or outcome.place is None
                or outcome.place.frame
                or outcome.state != "base"
                or self._pictured.get(key, 0) >= PICTURES_PER_RULE
                or len(pictures) >= 12
            ):
                continue
            picture = await tab.picture(outcome.place.box)
            if picture:
                self._pictured[key] = self._pictured.get(key, 0) + 1
                pictures[index] = picture
        return pictures

    # Judge

    def judge_site(self) -> None:
        """Criteria judged over the whole channel, from the kept evidence; on the way, what the findings need of it."""
        self.memory = remember.Memory()
        if not self.scan.settings["follow"]:
            for page in self.store.evidence(self.scan.id):
                self.memory.take(page)
            return
        self.store.stage(self.scan.id, "site")
        counts = self.store.counts(self.scan.id)
        complete = not counts.get(LedgerState.FOUND) and not counts.get(LedgerState.OVER_BUDGET)
        seen = (self.memory.take(page) for page in self.store.evidence(self.scan.id))
        pages = tuple(slim(page) for page in seen if page.first("facts") is not None)
        self.store.save_site(self.scan.id, evaluate_site(SiteEvidence(self.channel.id, pages, complete)))

    async def remember_resources(self) -> None:
        """Hashes of the style sheets and scripts of this scan, for the next one to tell what is unchanged."""
        if self.scan.settings["follow"] and self.config.scan.full_every > 1:
            await unchanged.fingerprints(self.store, self.scan, self._client(), self._gap())


def _asked_to_wait(seen: Visit) -> float:
    """Seconds that a server asks us to stay away (429, 503; Retry-After), at most a minute; 0 when it does not."""
    if seen.page.status not in (429, 503):
        return 0.0
    asked = seen.page.headers.get("retry-after", "")
    return min(float(asked), LONGEST_WAIT) if asked.isdigit() else 5.0


def slim(page: PageEvidence) -> PageEvidence:
    """Evidence without what no site check reads: axe's results and the deep looks, which are most of the bytes."""
    looks = tuple(
        replace(look, records={name: record for name, record in look.records.items() if name != "axe"})
        for look in page.looks
        if look.name == "base"
    )
    return replace(page, looks=looks)


def _one_per_template(rows: Iterable[Address], named: Collection[str]) -> list[Address]:
    """The first page of each template in order of discovery, the pages of the sample, and those the user named."""
    chosen: dict[str, Address] = {}
    also = []
    for row in rows:
        if row.template not in chosen:
            chosen[row.template] = row
        elif row.url in named:
            also.append(row)
    return [*chosen.values(), *also]


def _discovery(row: Address) -> Discovery:
    return Discovery(
        row.url,
        row.found_on,
        row.depth,
        row.state,
        row.reason,
        row.status,
        row.content_type,
        row.fetched,
        row.channel,
        row.body_hash,
        row.etag,
        row.last_modified,
    )


def verdicts(store: Store, scan: Scan) -> list[judging.CriterionVerdict]:
    """The fifty verdicts of a scan."""
    return judging.judge(criteria(), ((o.url, o.outcome) for o in store.outcomes(scan.id)))


def replay(store: Store, scan: Scan) -> list[judging.CriterionVerdict]:
    """Judges the kept evidence again, without browser or network, by today's rules; writes nothing."""
    pages = list(store.evidence(scan.id))
    said = [(page.url, outcome) for page in pages for outcome in evaluate_page(page)]
    counts = store.counts(scan.id)
    if scan.settings.get("follow"):
        complete = not counts.get(LedgerState.FOUND) and not counts.get(LedgerState.OVER_BUDGET)
        site = SiteEvidence(
            scan.channel, tuple(slim(page) for page in pages if page.first("facts") is not None), complete
        )
        said += [(str(o.values.get("url", "")), o) for o in evaluate_site(site)]
    return judging.judge(criteria(), said)
