"""The Scrapy spider: asks servers for addresses, politely and within bounds. What to ask for, the frontier decides.

Scrapy gives the downloader (connections, TLS, compression, cookies, AutoThrottle). Its scheduler, redirect, retry,
robots and feed parts are off: they lose requests in flight, or follow before anyone has looked at the address.
"""

from __future__ import annotations

import asyncio
import email.utils
import gzip
import logging
import time
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import scrapy
from scrapy import exceptions, signals
from scrapy.http import Response
from twisted.internet.threads import deferToThread
from twisted.python.failure import Failure

from scanner.model import Discovery, LedgerState
from spiders import page as pages
from spiders.address_rules import Guard, RefusedAddress
from spiders.frontier import Answer, Frontier, Kind
from spiders.job import CrawlJob
from spiders.reasons import Why, because
from spiders.robots import MAX_BYTES as ROBOTS_BYTES
from spiders.scope import netloc
from spiders.sitemap import MAX_BYTES as SITEMAP_BYTES

_ATTEMPTS = 3
_UNPACKED = ("text/html", "application/xhtml+xml")


def settings(job: CrawlJob) -> dict[str, Any]:
    """Scrapy's settings for a job."""
    gap = 1 / job.politeness.per_second if job.politeness.per_second > 0 else 0.0
    return {
        "AUTOTHROTTLE_ENABLED": job.politeness.throttle,
        "AUTOTHROTTLE_START_DELAY": gap,
        "AUTOTHROTTLE_MAX_DELAY": 10.0,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(job.politeness.concurrency),
        "CONCURRENT_REQUESTS": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": job.politeness.concurrency,
        "COOKIES_ENABLED": True,
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "nl,en;q=0.5",
        },
        "DOWNLOAD_DELAY": gap,
        "DOWNLOAD_DELAY_JITTER": 0,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "DOWNLOAD_MAXSIZE": job.limits.page_bytes,
        "DOWNLOAD_TIMEOUT": job.limits.timeout,
        "DOWNLOAD_VERIFY_CERTIFICATES": job.verify_tls,
        "DOWNLOAD_WARNSIZE": 0,
        "EXTENSIONS": {
            "scrapy.extensions.logstats.LogStats": None,
            "scrapy.extensions.feedexport.FeedExporter": None,
            "scrapy.extensions.spiderstate.SpiderState": None,
        },
        "FEEDS": {},
        "HTTPPROXY_ENABLED": bool(job.proxy),
        "HTTPPROXY_AUTH_ENCODING": "utf-8",
        "JOBDIR": None,
        "LOG_LEVEL": "ERROR",
        "MEMUSAGE_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "REDIRECT_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "RETRY_ENABLED": False,
        "ROBOTSTXT_OBEY": False,
        "TELNETCONSOLE_ENABLED": False,
        "TWISTED_DNS_RESOLVER": "spiders.address_guard.GuardedResolver",
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "USER_AGENT": job.user_agent,
    }


@dataclass
class _Host:
    """How one host has behaved so far."""

    places: asyncio.Semaphore
    gap: float
    next_at: float = 0.0
    not_before: float = 0.0
    failures: int = 0
    trials: int = 0
    given_up: bool = False
    trial: asyncio.Lock = field(default_factory=asyncio.Lock)


class Website(scrapy.Spider):
    """Crawls the channels of one job and tells every row as soon as it is settled."""

    name = "website"

    def __init__(self, job: CrawlJob, guard: Guard, tell: Callable[[Discovery], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._job = job
        self._guard = guard
        self._tell = tell
        self._hosts: dict[str, _Host] = {}
        self._cookies_set: set[tuple[str, str]] = set()
        self._until = time.monotonic() + job.limits.seconds
        self.failure: BaseException | None = None
        """What ended the crawl before its time; None when it ended well."""
        self.finished = False

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> Website:
        """As Scrapy builds it; bodies that are no page are cut off at their headers."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.headers_received, signal=signals.headers_received)
        return spider

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """The whole crawl; nothing goes through Scrapy's own scheduler."""
        try:
            await Frontier(self._job, self, self._tell).run()
            self.finished = True
        except Exception as error:
            logging.getLogger(__name__).exception("crawl ended early")
            self.failure = error
        nothing: tuple[scrapy.Request, ...] = ()
        for request in nothing:  # makes this an asynchronous generator, as Scrapy wants it
            yield request

    def headers_received(self, headers: Any, body_length: int, request: scrapy.Request, spider: Any) -> None:
        """Stops a download whose content type says that it is no page: its headers are all that is needed."""
        kind = pages.media_type((headers.get("Content-Type") or b"").decode("latin-1"))
        if request.meta.get("kind") == "page" and kind and kind not in _UNPACKED:
            raise exceptions.StopDownload(fail=False)

    # --- Ask -------------------------------------------------------------------------------------------------------

    async def __call__(
        self, url: str, *, channel: str = "", kind: Kind = "page", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One address, with back-off, circuit breaker and at most two more attempts."""
        host = self._host(url)
        async with host.places:
            for attempt in range(_ATTEMPTS):
                if stopped := await self._stopped(host):
                    return stopped
                answer = await self._once(url, channel, kind, headers or {})
                pause = self._pause(answer, attempt)
                if answer.problem is None and answer.status not in (429, 503):
                    host.failures = host.trials = 0
                    return answer
                host.failures += 1
                if host.failures >= self._job.politeness.failures:
                    await self._try_front_page(host, url)
                if pause is None or attempt == _ATTEMPTS - 1:
                    return answer
                if pause > self._job.politeness.longest_wait:
                    host.given_up = True
                    return answer
                host.not_before = max(host.not_before, time.monotonic() + pause)
        return answer

    def slow_down(self, url: str, seconds: float) -> None:
        """At least this time between two requests to the host of this address (robots.txt Crawl-delay)."""
        host = self._host(url)
        host.gap = max(host.gap, seconds)

    def _host(self, url: str) -> _Host:
        place = netloc(url)
        if place not in self._hosts:
            rate = self._job.politeness.per_second
            places = asyncio.Semaphore(self._job.politeness.concurrency)
            self._hosts[place] = _Host(places, 1 / rate if rate > 0 else 0.0)
        return self._hosts[place]

    async def _stopped(self, host: _Host) -> Answer | None:
        """Waits for this host's turn; an answer when there will be none."""
        while True:
            if host.trial.locked():
                async with host.trial:
                    pass
            if host.given_up:
                return Answer(problem=LedgerState.UNREACHABLE, reason=because(Why.HOST_GIVEN_UP), asked=False)
            now = time.monotonic()
            wait = max(host.not_before, host.next_at) - now
            if now + max(wait, 0) >= self._until:
                reason = because(Why.TIME, f"{self._job.limits.seconds:g}")
                return Answer(problem=LedgerState.OVER_BUDGET, reason=reason, asked=False)
            if wait <= 0:
                host.next_at = now + host.gap
                return None
            await asyncio.sleep(wait)

    def _pause(self, answer: Answer, attempt: int) -> float | None:
        """Seconds until it makes sense to ask again; None when it makes none."""
        if answer.status in (429, 503):
            asked = retry_after(answer.headers.get("retry-after", ""), time.time())
            if asked is not None:
                return max(asked, 0.5)
            return 1.0 * 2**attempt if answer.status == 429 or attempt == 0 else None
        if answer.problem is LedgerState.UNREACHABLE and attempt == 0:
            return 0.2 if answer.reason.startswith((Why.BROKEN_OFF, Why.INCOMPLETE)) else None
        return None

    async def _try_front_page(self, host: _Host, url: str) -> None:
        """The circuit breaker: is it this host that fails, or only these addresses? Three trials, then given up."""
        if host.trial.locked() or host.given_up:
            return
        async with host.trial:
            front = url.split("/", 3)
            while host.trials < 3:
                answer = await self._once("/".join(front[:3]) + "/", "", "page", {})
                if answer.problem is None and answer.status < 500 and answer.status != 429:
                    host.failures = 0
                    return
                host.trials += 1
                wait = float(2**host.trials) * max(0.25, min(host.gap, 5.0))
                if host.trials == 3 or time.monotonic() + wait >= self._until:
                    break
                await asyncio.sleep(wait)
            host.given_up = True

    async def _once(self, url: str, channel: str, kind: Kind, headers: Mapping[str, str]) -> Answer:
        """One request, one answer. Whatever goes wrong becomes an answer with a problem."""
        try:
            await self._allow(scrapy_host(url))
            request = self._request(url, channel, kind, headers)
            engine = self.crawler.engine
            assert engine is not None
            response = await engine.download_async(request)
        except RefusedAddress:
            return Answer(problem=LedgerState.UNREACHABLE, reason=because(Why.INNER_ADDRESS), asked=False)
        except Exception as error:
            state, reason = problem(error, self._job)
            return Answer(problem=state, reason=reason)
        return Answer(response.status, _lower(response), response.body)

    async def _allow(self, host: str) -> None:
        """Whether a host may be asked: a proxy knows names that we do not. Raises RefusedAddress, OSError."""
        try:
            await _thread(self._guard.addresses, host)
        except RefusedAddress:
            raise
        except OSError:
            if not self._job.proxy:
                raise

    def _request(self, url: str, channel: str, kind: Kind, headers: Mapping[str, str]) -> scrapy.Request:
        size = {"page": self._job.limits.page_bytes, "robots": ROBOTS_BYTES * 2, "sitemap": SITEMAP_BYTES}[kind]
        meta: dict[str, Any] = {
            "kind": kind,
            "download_slot": netloc(url),
            "download_maxsize": size,
            "download_timeout": self._job.limits.timeout,
            "cookiejar": channel,
        }
        if self._job.proxy and not self._guard.inner.get(scrapy_host(url)):
            meta["proxy"] = self._job.proxy
        access = self._job.access.get(channel) if channel else None
        cookies: list[Any] = []
        sent = dict(headers)
        if access is not None:
            sent.update(access.headers)
            if access.basic_auth:
                meta["http_user"], meta["http_pass"] = access.basic_auth
            if (channel, netloc(url)) not in self._cookies_set:
                self._cookies_set.add((channel, netloc(url)))
                host = scrapy_host(url)
                cookies = [dict(cookie) for cookie in access.cookies if _belongs(cookie, host)]
        return scrapy.Request(url, headers=sent, cookies=cookies, meta=meta, dont_filter=True)


def scrapy_host(url: str) -> str:
    """The host of a canonical address, without port and brackets."""
    place = url.split("/", 3)[2]
    return place.partition("]")[0].strip("[") if place.startswith("[") else place.partition(":")[0]


async def _thread(function: Callable[..., Any], *args: Any) -> Any:
    return await asyncio.wait_for(deferToThread(function, *args).asFuture(asyncio.get_running_loop()), 30)


def _belongs(cookie: Mapping[str, Any], host: str) -> bool:
    """Whether a browser would send this cookie to this host."""
    domain = str(cookie.get("domain", "")).lstrip(".").lower()
    return not domain or host == domain or host.endswith("." + domain)


def _lower(response: Response) -> dict[str, str]:
    """Headers with lower-case names; of doubled ones the first."""
    found: dict[str, str] = {}
    for name, values in response.headers.items():
        if values:
            found.setdefault(name.decode("latin-1").lower(), values[0].decode("utf-8", "replace")[:4_000])
    return found


def retry_after(value: str, now: float) -> float | None:
    """Seconds that a Retry-After header asks for (a number or a date), or None when it says nothing readable."""
    value = value.strip()
    if value.isascii() and value.isdigit() and len(value) < 10:
        return float(value)
    try:
        return max(email.utils.parsedate_to_datetime(value).timestamp() - now, 0.0)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def problem(error: BaseException, job: CrawlJob) -> tuple[LedgerState, str]:
    """The ledger's words for what went wrong with a request."""
    if isinstance(error, (exceptions.DownloadTimeoutError, asyncio.TimeoutError)):
        return LedgerState.TIMED_OUT, because(Why.SECONDS, f"{job.limits.timeout:g}")
    if isinstance(error, exceptions.DownloadCancelledError):
        return LedgerState.TOO_LARGE, because(Why.BYTES, job.limits.page_bytes)
    if isinstance(error, exceptions.IgnoreRequest):
        return LedgerState.TOO_LARGE, because(Why.UNPACKED_BYTES, job.limits.page_bytes)
    if isinstance(error, (zlib.error, gzip.BadGzipFile)):
        return LedgerState.UNREACHABLE, because(Why.INCOMPLETE)
    if isinstance(error, (exceptions.CannotResolveHostError, OSError)) and not isinstance(error, ConnectionError):
        return LedgerState.UNREACHABLE, because(Why.NAME_UNKNOWN)
    if isinstance(error, exceptions.DownloadConnectionRefusedError):
        return LedgerState.UNREACHABLE, because(Why.REFUSED)
    if isinstance(error, exceptions.ResponseDataLossError):
        return LedgerState.UNREACHABLE, because(Why.INCOMPLETE)
    names = list(_names(error))
    if any("SSL" in name or "Verification" in name or "Certificate" in name for name in names):
        return LedgerState.UNREACHABLE, because(Why.CERTIFICATE)
    return LedgerState.UNREACHABLE, because(Why.BROKEN_OFF, names[-1] if names else "")


def _names(error: BaseException) -> list[str]:
    """Names (with module) of an error and of what lies behind it."""
    found: list[str] = []
    waiting: list[Any] = [error]
    while waiting and len(found) < 20:
        item = waiting.pop(0)
        item = item.value if isinstance(item, Failure) else item
        found.append(f"{type(item).__module__}.{type(item).__name__}")
        waiting.extend(getattr(item, "reasons", None) or ())
        if isinstance(item, BaseException) and item.__cause__ is not None:
            waiting.append(item.__cause__)
    return found
