"""Looks on more machines: tasks of procrastinate on the PostgreSQL that holds the store. Decision 0043.

    scanner scan --workers          scanner worker (any number, anywhere)
    Workers.share ──── tasks ────▶ Worker.look ──▶ Run.take ──▶ Store.save_visit
         ▲                                                            │
         └───────────────── the ledger: what waits, what is settled ◀─┘

The ledger is the truth and the queue only a way to it: a task that is lost is put there again, one that comes twice
finds that its page waits no more. Nothing here is imported by a scan on one machine (extra `scale`).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import signal
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from socket import gethostname
from typing import Any
from urllib.parse import urlsplit

import procrastinate
import psycopg
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url

from checks.pool import Pool, PoolSettings
from checks.tab import Tab
from scanner.axe import find_axe
from scanner.checking import endpoint, pool_settings, read_4_1_1
from scanner.config import Channel, Config
from scanner.progress import silent
from scanner.run import LookKind, Run, tab_count, versions
from scanner.session import Session
from scanner.store import Address, Scan, Store, StoreError, StoreTrouble, open_store

log = logging.getLogger(__name__)

BEAT = 2.0
"""Seconds between two signs of life of a worker."""
STALLED = 20.0
"""Seconds without one after which another worker gets its pages."""
GRACE = 10.0
"""Seconds that a worker which is told to stop has for the pages it is at; then they go back."""
IDLE = 60.0
"""Seconds after which a worker closes the browser of a channel that asks for nothing."""
PAUSE = 0.3
"""Seconds between two looks of the coordinating scan at the ledger."""
AHEAD = 64
"""Tasks in the queue at once for a channel without a rate."""
VISIT_SECONDS = 4.0
"""What a visit may be reckoned to take: as many are at work on a host as it may get pages in this time."""
UNSERVED = 60.0
"""Seconds without a page taken after which the scan says so."""
OURS = {"tabs", "channels_at_once", "browser", "axe", "deep", "full_every", "workers"}
"""Settings of `[scan]` that may differ between machines, or that the scan has decided already."""
KEEPALIVE = {"connect_timeout": "10", "keepalives_idle": "5", "keepalives_interval": "5", "keepalives_count": "3",
             "tcp_user_timeout": "15000"}  # fmt: skip
"""A connection that is cut off is noticed within seconds, not within the quarter of an hour that TCP takes."""
PREPARING = 0x5CA11E14
"""Number of the advisory lock of who makes the tables of the queue."""
TASK = "look"

Tell = Callable[[str], None]


def version_of(tools: Mapping[str, Any]) -> str:
    """Short name of a version of what looks: rules, axe-core, browser, scanner."""
    return _short(dict(tools))[:8]


def queue_of(config: Config, channel: Channel, tools: Mapping[str, Any]) -> str:
    """Name of a channel's queue. Two machines use the same one only if they would say the same of every page."""
    said = {
        "tools": dict(tools),
        "channel": channel.model_dump(mode="json"),
        "scan": config.scan.model_dump(mode="json", exclude=OURS),
        "checks": config.checks.model_dump(mode="json"),
        "scope": [asdict(one.scope()) for one in config.channels],
        "user_agent": config.user_agent,
    }
    return _short(said)


def _short(said: Any) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:16]


def queues(name: str) -> tuple[str, str]:
    """A channel's two queues: first looks, which keep a core busy, and deep looks, which mostly wait."""
    return f"look-{name}", f"deep-{name}"


def host_of(channel: Channel) -> str:
    """The host whose rate a channel keeps."""
    return urlsplit(channel.url).netloc


# The queue's tables


def address_for(address: str) -> str:
    """The store's address with time limits on a silent connection. StoreError when it is not PostgreSQL."""
    url = make_url(address)
    if url.get_backend_name() != "postgresql":
        raise StoreError(
            "workers need a store on PostgreSQL, which all machines reach: set [storage] database, "
            "`scanner move` brings what there is. On one machine leave --workers and [scan] workers out."
        )
    return url.update_query_dict({**KEEPALIVE, **dict(url.query)}).render_as_string(hide_password=False)


def schema() -> str:
    """PostgreSQL schema of the queue: another one for other tables, so that an update needs no migration."""
    return "scanner_queue_" + hashlib.sha256(procrastinate.schema.SchemaManager.get_schema().encode()).hexdigest()[:8]


def _conninfo(address: str, name: str) -> str:
    url = make_url(address_for(address))
    query = {key: value if isinstance(value, str) else ",".join(value) for key, value in url.query.items()}
    query["options"] = f"{query.get('options', '')} -c search_path={schema()}".strip()
    parts = url.translate_connect_args(username="user", database="dbname")
    return make_conninfo(**{**parts, **query, "application_name": name})


def prepare(address: str) -> None:
    """Makes the tables of the queue, whole or not at all; one process at a time. StoreError with what to do."""
    try:
        with psycopg.connect(_conninfo(address, "scanner")) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (PREPARING,))
            there = connection.execute("SELECT to_regclass(%s)", (f"{schema()}.turn",)).fetchone()
            if there is not None and there[0] is None:
                connection.execute(f"CREATE SCHEMA {schema()}".encode())
                connection.execute(procrastinate.schema.SchemaManager.get_schema())
                connection.execute("CREATE TABLE turn (host text PRIMARY KEY, free timestamptz NOT NULL)")
    except psycopg.Error as error:
        raise StoreError(
            f"the queue cannot be made in the database: {str(error).splitlines()[0]}. Its user needs the right "
            "to make a schema there (GRANT CREATE ON DATABASE)."
        ) from error


@asynccontextmanager
async def open_queue(address: str, name: str, connections: int = 4) -> AsyncIterator[procrastinate.App]:
    connector = procrastinate.PsycopgConnector(
        conninfo=_conninfo(address, name), min_size=1, max_size=connections, timeout=15
    )
    async with procrastinate.App(connector=connector).open_async() as app:
        yield app


# Keeping a host's rate over all machines

TURN = """
INSERT INTO turn (host, free) VALUES (%(host)s, clock_timestamp() + %(gap)s * interval '1 second')
ON CONFLICT (host) DO UPDATE
   SET free = greatest(turn.free, clock_timestamp()) + %(gap)s * interval '1 second'
RETURNING extract(epoch FROM free - %(gap)s * interval '1 second' - clock_timestamp())::float AS wait
"""
"""Gives out the next moment at which a page of a host may be opened, to one asker after the other."""


class SharedPool(Pool):
    """A browser that asks the database for its turn: a host's rate holds over all machines together.

    Who cannot reach the database opens no page.
    """

    next_turn: Callable[[float], Awaitable[float]]

    async def turn(self) -> None:
        """Waits until it is polite to open another page."""
        if self.settings.per_second:
            await asyncio.sleep(max(0.0, await self.next_turn(1 / self.settings.per_second)))


# The scan that coordinates


class Workers:
    """Shares the looks of a scan among workers. Given to `run.scan_channel` as `elsewhere`."""

    def __init__(self, address: str, tell: Tell, *, stalled: float = STALLED, unserved: float = UNSERVED) -> None:
        self.address, self.tell, self.stalled, self.unserved = address, tell, stalled, unserved
        prepare(address)

    async def share(self, run: Run, rows: Sequence[Address], look: LookKind, done: Callable[[Address], None]) -> None:
        """Ends when none of the rows waits for this look any more; calls `done` with each as it comes."""
        if not rows:
            return
        try:
            async with open_queue(self.address, "scanner scan") as app:
                share = _Share(self, app, run, look, done)
                try:
                    await share.all(rows)
                finally:
                    await share.take_back()
        except ConnectorException as error:
            raise _lost(error) from error


class _Share:
    """One batch of rows on its way through the queue."""

    def __init__(
        self, workers: Workers, app: procrastinate.App, run: Run, look: LookKind, done: Callable[[Address], None]
    ) -> None:
        self.workers, self.app, self.run, self.look, self.done = workers, app, run, look, done
        self.jobs = app.job_manager
        self.queues = queues(queue_of(run.config, run.channel, run.scan.versions))
        self.queue = self.queues[look is LookKind.DEEPEN]
        rate = run.pool.settings.per_second
        self.at_once = max(1, round(rate * VISIT_SECONDS)) if rate else 0
        self.slots: Counter[int] = Counter(dict.fromkeys(range(self.at_once), 0))

    async def all(self, rows: Sequence[Address]) -> None:
        """Keeps the queue filled until every row is settled."""
        later, out = deque(rows), dict[int, tuple[Address, int]]()
        moved = beat = time.monotonic()
        while later or out:
            while later and len(out) < (3 * self.at_once or AHEAD):
                slot = min(self.slots, key=self.slots.__getitem__) if self.at_once else 0
                self.slots[slot] += 1
                row = later.popleft()
                out[row.id] = row, slot
            # First what is in the queue, then the ledger: a task ends after its page is settled, so one that is in
            # neither is lost.
            queued = await self.queued()
            now = {row.id: row for row in self.run.store.addresses(out)}
            for number, (row, slot) in list(out.items()):
                if number not in now or not self.look.waits(now[number]):
                    del out[number]
                    self.slots[slot] -= 1
                    self.done(row)
                    moved = time.monotonic()
                elif number not in queued:
                    await self.defer(row, slot)
            if any(status == "doing" for status in queued.values()):
                moved = time.monotonic()
            if time.monotonic() - moved > self.workers.unserved:
                self.workers.tell(await self.unserved())
                moved = time.monotonic()
            if time.monotonic() - beat > BEAT:
                await self.rescue()
                beat = time.monotonic()
            if out:
                await asyncio.sleep(PAUSE)

    async def queued(self) -> dict[int, str]:
        """Pages of this scan that have a task: number of the row → `todo` or `doing`."""
        scan = self.run.scan.id
        return {
            int(str(job.task_kwargs["address"])): job.status or ""
            for job in await self.jobs.list_jobs_async(queue=self.queue, task=TASK)
            if job.task_kwargs["scan"] == scan and job.status in ("todo", "doing")
        }

    async def defer(self, row: Address, slot: int) -> None:
        """Puts a page in the queue."""
        task = self.app.configure_task(
            TASK,
            queue=self.queue,
            lock=f"{host_of(self.run.channel)}#{slot} {self.queues[0]}" if self.at_once else None,
            queueing_lock=f"{self.run.scan.id} {row.id} {self.look}",
        )
        with suppress(AlreadyEnqueued):
            await task.defer_async(scan=self.run.scan.id, address=row.id, look=str(self.look))

    async def rescue(self) -> None:
        """Tasks of workers that give no sign of life go back to the others."""
        for queue in self.queues:
            for job in await self.jobs.get_stalled_jobs(queue=queue, seconds_since_heartbeat=self.workers.stalled):
                log.info("task %s is taken from a worker that gives no sign of life", job.id)
                with suppress(ConnectorException):  # it ended just now
                    await self.jobs.retry_job(job)

    async def take_back(self) -> None:
        """What is not begun is not begun any more: the scan was stopped."""
        with suppress(ConnectorException):
            for job in await self.jobs.list_jobs_async(queue=self.queue, task=TASK, status="todo"):
                if job.task_kwargs["scan"] == self.run.scan.id and job.id is not None:
                    await self.jobs.cancel_job_by_id_async(job.id, delete_job=True)

    async def unserved(self) -> str:
        """Who is there, when nobody takes a page."""
        rows = await self.app.connector.execute_query_all_async(
            "SELECT DISTINCT application_name AS name FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name LIKE 'scanner worker %%'"
        )
        there = Counter(str(row["name"]).split()[2] for row in rows)
        tools, mine = self.run.scan.versions, version_of(self.run.scan.versions)
        connected = ", ".join(f"{count} of {one}" for one, count in sorted(there.items())) or "none"
        return (
            f"{self.run.channel.id}: nobody has taken a page for {self.workers.unserved:.0f} s. This scan needs "
            f"workers (`scanner worker`) of version {mine}: rules {tools.get('rules')}, axe-core {tools.get('axe')}, "
            f"{tools.get('browser')}, scanner {tools.get('scanner')}. Connected: {connected}. "
            "A worker serves only channels whose settings are the same there as here."
        )


def _lost(error: Exception) -> StoreTrouble:
    said = str(error.__cause__ or error).splitlines()
    return StoreTrouble(
        "the database server does not answer: see to it, then run the same command to go on. "
        f"All that was written before is kept. ({(said or [''])[0][:200]})"
    )


# The worker


@dataclass
class _Desk:
    """One scan at work here: its browser, its login, its free tabs."""

    run: Run
    closing: AsyncExitStack
    tabs: list[Tab] = field(default_factory=list)
    busy: int = 0
    used: float = field(default_factory=time.monotonic)


@dataclass
class Worked:
    """What a worker did."""

    pages: int = 0
    looking: float = 0.0
    """Seconds at pages, over all tabs."""
    between: float = 0.0
    """Seconds that a task took beside its page: reading ledger and scan, opening the browser."""


class Unfit(StoreError):
    """This worker cannot do what it serves: its page goes to another, and it ends."""


class Worker:
    """Takes looks of the channels that it serves, until it is told to stop."""

    def __init__(
        self,
        config: Config,
        address: str,
        channels: Sequence[str] = (),
        *,
        tabs: int = 0,
        tell: Tell = lambda _: None,
    ) -> None:
        self.config, self.tell = config, tell
        self.address = address_for(address)
        self.store: Store = open_store(self.address)
        prepare(self.address)
        self.axe = find_axe(config.scan.axe or None)
        self.channels = [config.channel(name) for name in channels] or list(config.channels)
        self.tabs = tabs or tab_count(config)
        self.worked = Worked()
        self._desks: dict[int, _Desk] = {}
        self._opening = asyncio.Lock()
        self._stop = asyncio.Event()
        self._trouble: Exception | None = None

    def stop(self) -> None:
        """Takes no more; what is at work gets `GRACE` seconds, and goes back after that."""
        self._stop.set()

    async def run(self) -> Worked:
        """Works until it is told to stop, by `stop`, SIGTERM or SIGINT. Raises Unfit, StoreTrouble, NoBrowser."""
        read_4_1_1(self.config)
        browser = PoolSettings(browser=self.config.scan.browser or None, endpoint=endpoint(self.config))
        async with Pool.start(browser) as pool:
            tools = versions(pool, self.axe)
        serves = [queues(queue_of(self.config, channel, tools)) for channel in self.channels]
        version = version_of(tools)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        try:
            async with open_queue(
                self.address, f"scanner worker {version} {os.getpid()}@{gethostname()}"[:63], 4 + 2 * self.tabs
            ) as app:
                self._app = app
                app.task(name=TASK)(self.look)
                _watch_the_heartbeat(app)
                first, deep = zip(*serves, strict=True)
                loops = [
                    asyncio.create_task(self._serve(first, self.tabs)),
                    asyncio.create_task(self._serve(deep, self.tabs)),
                ]
                self.tell(
                    f"serves version {version} (rules {tools['rules']}, axe-core {tools['axe']}, "
                    f"{tools['browser']}, scanner {tools['scanner']}) for "
                    f"{', '.join(channel.id for channel in self.channels)}; {self.tabs} browser pages"
                )
                await self._until_stopped(loops)
        except ConnectorException as error:
            self._trouble = self._trouble or _lost(error)
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)
            for scan in list(self._desks):
                await self._close(scan)
            self.store.engine.dispose()
        if self._trouble is not None:
            raise self._trouble
        return self.worked

    async def _serve(self, names: Iterable[str], concurrency: int) -> None:
        await self._app.run_worker_async(
            queues=list(names),
            concurrency=concurrency,
            install_signal_handlers=False,
            shutdown_graceful_timeout=GRACE,
            fetch_job_polling_interval=1.0,
            update_heartbeat_interval=BEAT,
            stalled_worker_timeout=STALLED,
            delete_jobs="always",
        )

    async def _until_stopped(self, loops: Sequence[asyncio.Task[None]]) -> None:
        stopping = asyncio.create_task(self._stop.wait())
        tidying = asyncio.create_task(self._close_idle())
        await asyncio.wait([stopping, *loops], return_when=asyncio.FIRST_COMPLETED)
        if not self._stop.is_set():  # procrastinate ends by itself only when it has lost the database
            self._trouble = self._trouble or _lost(ConnectorException("the connection was lost"))
        for task in (stopping, tidying, *loops):
            task.cancel()
        for ended in await asyncio.gather(*loops, return_exceptions=True):
            if isinstance(ended, Exception) and not isinstance(ended, ConnectorException):
                raise ended

    async def look(self, scan: int, address: int, look: str) -> None:
        """One task: one look at one page. What goes wrong here shows in the ledger: the page still waits."""
        began = time.monotonic()
        try:
            rows = self.store.addresses([address])
            if not rows or not LookKind(look).waits(rows[0]):
                return
            at = self.store.scan(scan)
            if at.finished is not None:
                return
            desk = await self._desk(at)
            desk.busy += 1
            try:
                self.worked.between += time.monotonic() - began
                await self._take(desk, rows[0], LookKind(look))
            finally:
                desk.busy -= 1
                desk.used = time.monotonic()
        except (StoreError, ConnectorException) as error:
            self._ends(error if isinstance(error, StoreError) else _lost(error))
        except Exception as error:
            log.warning("no result for address %s of scan %s: %r", address, scan, error)

    async def _take(self, desk: _Desk, row: Address, look: LookKind) -> None:
        began = time.monotonic()
        tab = await desk.run.pool.renew(desk.tabs.pop() if desk.tabs else None)
        try:
            await desk.run.take(tab, row, look)
        except BaseException:
            await tab.now.close()
            raise
        desk.tabs.append(tab)
        seconds = time.monotonic() - began
        self.worked.pages += 1
        self.worked.looking += seconds
        self.tell(f"{desk.run.channel.id} {look} {seconds:.1f} s {row.url}")

    def _ends(self, error: Exception) -> None:
        self._trouble = self._trouble or error
        self.stop()

    async def _desk(self, scan: Scan) -> _Desk:
        async with self._opening:
            if scan.id not in self._desks:
                try:
                    self._desks[scan.id] = await self._open(scan)
                except (StoreError, ConnectorException):
                    raise
                except Exception as error:
                    raise Unfit(f"this worker cannot scan {scan.channel}: {error}") from error
            return self._desks[scan.id]

    async def _open(self, scan: Scan) -> _Desk:
        channel = self.config.channel(scan.channel)
        async with AsyncExitStack() as stack:
            pool = await stack.enter_async_context(SharedPool.start(pool_settings(self.config, channel, self.axe)))
            assert isinstance(pool, SharedPool)
            pool.next_turn = lambda gap: self._turn(host_of(channel), gap)
            if versions(pool, self.axe) != dict(scan.versions):
                raise Unfit("the browser of this machine was changed under way: start the worker again")
            session = Session(self.config, channel, pool)
            await session.begin()
            return _Desk(Run(self.config, channel, self.store, pool, scan, silent, session), stack.pop_all())

    async def _turn(self, host: str, gap: float) -> float:
        row = await self._app.connector.execute_query_one_async(TURN, host=host, gap=gap)
        return float(row["wait"])

    async def _close_idle(self) -> None:
        while True:
            await asyncio.sleep(IDLE / 4)
            for scan, desk in list(self._desks.items()):
                if not desk.busy and time.monotonic() - desk.used > IDLE:
                    await self._close(scan)

    async def _close(self, scan: int) -> None:
        desk = self._desks.pop(scan)
        with suppress(Exception):
            await desk.closing.aclose()


def _watch_the_heartbeat(app: procrastinate.App) -> None:
    """Registers a task that is never due: without one, procrastinate 3.10 stops watching its own heartbeat.

    Its monitor ends with the first side task that ends, which is that of periodic tasks when there are none (its issue
    1597): a worker whose heartbeat had died would work on while others are given its pages.
    """

    @app.periodic(cron="0 0 29 2 *")
    @app.task(name="never", queue="never", queueing_lock="never")
    async def never(timestamp: int) -> None:
        """Nobody serves its queue."""
