"""The crawl against a real (local) server: order, budgets, resuming, every kind of answer, politeness, faults."""

from __future__ import annotations

import gzip
import itertools
import os
import random
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.demo.answers import CHANNELS
from scanner.demo.estate import Estate
from scanner.model import Discovery, LedgerState
from spiders.crawl import START, Access, CrawlJob, Limits, Politeness, crawl, discover
from spiders.reasons import words
from spiders.scope import ChannelScope, TrapLimits
from tests.spiders import server as web
from tests.spiders.server import Server, html, links, redirect

AGENT = "ToegankelijkheidScanner-test/1 (+mailto:toegankelijkheid@voorbeeldmeer.example)"
S = LedgerState
pytestmark = pytest.mark.slow


@pytest.fixture
def site() -> Iterator[Server]:
    with web.serving() as server:
        yield server


def job(server: Server, **changes: Any) -> CrawlJob:
    settings: dict[str, Any] = {
        "channels": (ChannelScope("site", (server.url("/"),)),), "user_agent": AGENT,
        "politeness": Politeness.at_home(), "limits": Limits(timeout=5, seconds=60), **changes,
    }
    return CrawlJob(**settings)


def ledger(rows: list[Discovery]) -> dict[str, Discovery]:
    return {row.url: row for row in rows}


def run(server: Server, **changes: Any) -> dict[str, Discovery]:
    """The ledger of a crawl by path, without what the host's own files say. Every reason is made of known words."""
    found = ledger(list(crawl(job(server, **changes))))
    for row in found.values():
        words(row.reason)
        assert row.found_on
    return {url.removeprefix(server.url("")): row for url, row in found.items() if not url.endswith("/robots.txt")}


def small_site(server: Server, pages: int = 40) -> None:
    """A tree of pages: each links to three more, all to the contact page."""
    for number in range(pages):
        below = [f"/p{n}" for n in range(3 * number + 1, 3 * number + 4) if n < pages]
        server.pages["/" if number == 0 else f"/p{number}"] = html(f"Pagina {number}", links(*below, "/contact"))
    server.pages["/contact"] = html("Contact", links("/"))


# --- order, budgets, going on -------------------------------------------------------------------------------------


def test_same_site_same_rows_in_the_same_order_whatever_the_timing(site: Server) -> None:
    small_site(site)
    quiet = list(crawl(job(site)))
    chance = random.Random(4)

    def late(page: web.Page) -> web.Page:
        def reply(handler: web.Handler) -> web.Reply | None:
            time.sleep(chance.random() * 0.1)
            return page(handler) if callable(page) else page
        return reply

    site.pages = {path: late(page) for path, page in site.pages.items()}
    assert list(crawl(job(site))) == quiet
    fetched = [row.url for row in quiet if row.fetched and row.state is S.FOUND]
    assert len(fetched) == 41
    order = [(ledger(quiet)[url].depth, url) for url in fetched]
    assert order == sorted(order)


def test_page_budget_cuts_at_the_same_place_and_tells_the_rest(site: Server) -> None:
    small_site(site)
    site.pages["/p2"] = (500, {"Content-Type": "text/html"}, b"stuk")
    full = run(site)
    cut = run(site, limits=Limits(pages=10))
    looked_at = [path for path, row in cut.items() if row.state is S.FOUND]
    assert len(looked_at) == 10
    expected = sorted((row for row in full.values() if row.state is S.FOUND), key=lambda row: (row.depth, row.url))
    assert sorted(looked_at) == sorted(row.url.removeprefix(site.url("")) for row in expected[:10])
    assert cut["/p2"].state is S.SERVER_ERROR
    over = [row for row in cut.values() if row.state is S.OVER_BUDGET]
    assert over and all(row.reason == "page budget: 10" and not row.fetched for row in over)


def test_depth_budget_and_listed_addresses_only(site: Server) -> None:
    small_site(site)
    shallow = run(site, limits=Limits(depth=1))
    assert shallow["/p1"].state is S.FOUND and shallow["/p1"].depth == 1
    assert shallow["/p4"].state is S.OVER_BUDGET and shallow["/p4"].reason == "depth budget: 1"
    site.asked.clear()
    listed = run(site, limits=Limits(depth=0), start=(site.url("/p7"), site.url("/p9")))
    assert {path for path, row in listed.items() if row.fetched} == {"/p7", "/p9"}
    assert set(site.paths()) == {"/robots.txt", "/p7", "/p9"}


@pytest.mark.parametrize("rows_before_kill", [1, 7, 30, 55, 80])
def test_a_killed_crawl_goes_on_and_ends_as_an_undisturbed_one(site: Server, rows_before_kill: int) -> None:
    small_site(site)
    site.pages["/p3"] = redirect("/p20")
    site.pages["/sitemap.xml"] = (200, {"Content-Type": "application/xml"}, _urlset(site.url("/los")))
    site.pages["/los"] = html("Los")
    limits = Limits(pages=30)
    undisturbed = ledger(list(crawl(job(site, limits=limits))))
    rows = crawl(job(site, limits=limits))
    before = list(itertools.islice(rows, rows_before_kill))
    rows.close()  # type: ignore[attr-defined]
    kept = tuple(ledger(before).values())
    done = {row.url for row in kept if row.fetched}
    site.asked.clear()
    after = list(crawl(job(site, limits=limits, known=kept)))
    assert ledger([*kept, *after]) == undisturbed
    again = {site.url(path) for path in site.paths()} & done
    assert {url for url in again if not url.endswith((".txt", ".xml"))} <= {site.url("/")}, "fetched twice"


def test_links_that_only_a_browser_saw_are_crawled_next(site: Server) -> None:
    site.pages |= {"/": html("Home"), "/alleen-js": html("Alleen met script", links("/verder")), "/verder": html("Verder")}
    first = job(site)
    rows = list(crawl(first))
    seen = discover([("/alleen-js", "Meer"), ("/uitloggen", "x"), ("https://elders.example/", "y")], site.url("/"), 1, first)
    assert [row.state for row in seen] == [S.FOUND, S.UNSAFE, S.OUT_OF_SCOPE]
    after = ledger(list(crawl(job(site, known=(*ledger(rows).values(), *seen)))))
    assert after[site.url("/verder")].fetched and after[site.url("/verder")].depth == 2
    assert after[site.url("/alleen-js")].state is S.FOUND


def test_child_ends_with_its_parent(site: Server) -> None:
    site.pages["/"] = web.never_answers
    script = textwrap.dedent(f"""
        from spiders.crawl import *
        from spiders.scope import ChannelScope
        for row in crawl(CrawlJob((ChannelScope("a", ({site.url("/")!r},)),), "t", politeness=Politeness.at_home())):
            print(row.state, flush=True)
    """)
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    try:
        assert parent.stdout is not None and parent.stdout.readline() == b"found\n"
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
        assert len(children) == 1
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        parent.stdout.close()  # type: ignore[union-attr]
    until = time.monotonic() + 5
    while _alive(int(children[0])) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _alive(int(children[0]))


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# --- every answer has its state -----------------------------------------------------------------------------------


def test_every_answer_gets_its_state(site: Server) -> None:
    plain = {"Content-Type": "text/html"}
    paths: dict[str, tuple[web.Page, LedgerState]] = {
        "/goed": (html("Goed"), S.FOUND),
        "/weg": ((404, plain, b"weg"), S.NOT_FOUND),
        "/voorgoed-weg": ((410, plain, b"weg"), S.NOT_FOUND),
        "/stuk": ((500, plain, b"stuk"), S.SERVER_ERROR),
        "/vraag": ((400, plain, b"wat?"), S.SERVER_ERROR),
        "/dicht": ((401, plain | {"WWW-Authenticate": "Basic"}, b"nee"), S.LOGIN_WALL),
        "/verboden": ((403, plain, b"nee"), S.LOGIN_WALL),
        "/mijn": (redirect("/inloggen?terug=/mijn"), S.LOGIN_WALL),
        "/zaak": ((200, plain, b"<title>Zaak</title><main><form>Wachtwoord<input type=password></form></main>"),
                  S.LOGIN_WALL),
        "/inloggen": ((200, plain, b"<title>Inloggen</title><main><input type=password></main>"), S.FOUND),
        "/robot": ((403, plain | {"cf-mitigated": "challenge"}, b"<title>Just a moment...</title>"), S.BOT_CHALLENGE),
        "/robot2": ((200, plain, b"<title>x</title><script src='/_Incapsula_Resource?a'></script>"), S.BOT_CHALLENGE),
        "/beleid.pdf": ((200, {"Content-Type": "application/pdf"}, b"%PDF-1.7"), S.DOCUMENT),
        "/brief": ((200, {"Content-Type": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
                    b"PK"), S.DOCUMENT),
        "/stroom.docx": ((200, {"Content-Type": "application/octet-stream"}, b"PK"), S.DOCUMENT),
        "/weg.pdf": ((404, plain, b"weg"), S.NOT_FOUND),
        "/foto": ((200, {"Content-Type": "image/png"}, b"\x89PNG"), S.NOT_A_PAGE),
        "/gegevens": ((200, {"Content-Type": "application/json"}, b"{}"), S.NOT_A_PAGE),
        "/ophalen": ((200, plain | {"Content-Disposition": "attachment; filename=a.html"}, b"<p>x"), S.NOT_A_PAGE),
        "/leeg": ((200, plain, b" "), S.NOT_A_PAGE),
        "/niets": ((204, {}, b""), S.NOT_A_PAGE),
        "/verhuisd": (redirect("/goed", 301), S.REDIRECTED),
        "/ververst": ((200, plain, b'<meta http-equiv="refresh" content="0; url=/goed"><p>even geduld'), S.REDIRECTED),
        "/naar-elders": (redirect("https://elders.example/a"), S.REDIRECTED),
        "/uitloggen": (html("Uitgelogd"), S.UNSAFE),
        "/geheim/x": (html("Geheim"), S.ROBOTS),
        "/logo.png": ((200, {"Content-Type": "image/png"}, b"x"), S.NOT_A_PAGE),
        "/geen-type": ((200, {}, b"<!doctype html><title>Zonder type</title><p>tekst"), S.FOUND),
    }
    site.pages |= {path: page for path, (page, _) in paths.items()}
    site.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /geheim/\n")
    site.pages["/"] = html("Home", links(*paths, "https://elders.example/b", "mailto:a@b.nl"))
    found = run(site)
    assert {path: found[path].state for path in paths} == {path: state for path, (_, state) in paths.items()}
    assert found["https://elders.example/a"].state is found["https://elders.example/b"].state is S.OUT_OF_SCOPE
    assert found["/verhuisd"].reason == f"redirects to: {site.url('/goed')}"
    assert found["/beleid.pdf"].content_type == "application/pdf" and found["/beleid.pdf"].fetched
    assert found["/goed"].body_hash and found["/goed"].status == 200 and found["/goed"].content_type == "text/html"
    asked = set(site.paths())
    assert not asked & {"/uitloggen", "/geheim/x", "/logo.png"}
    assert {agent for _, _, headers in site.asked if (agent := headers["User-Agent"])} == {AGENT}


def test_owner_may_override_robots(site: Server) -> None:
    site.pages |= {"/": html("Home", links("/geheim")), "/geheim": html("Geheim"),
                   "/robots.txt": (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /geheim\n")}
    assert run(site)["/geheim"].state is S.ROBOTS
    assert run(site, robots="ignore")["/geheim"].state is S.FOUND


def test_failing_robots_closes_the_host(site: Server) -> None:
    site.pages |= {"/": html("Home"), "/robots.txt": (500, {}, b"stuk")}
    row = run(site)["/"]
    assert (row.state, row.reason, row.fetched) == (S.ROBOTS, "robots.txt cannot be had, status: 500", False)
    assert "/" not in site.paths()


def test_soft_404_is_recognised_by_a_made_up_address(site: Server) -> None:
    site.otherwise = html("Gemeente Voorbeeldmeer", "<p>Deze pagina kunnen wij helaas niet vinden.</p>")
    site.pages |= {"/": html("Home", links("/oud", "/goed")), "/goed": html("Gemeente Voorbeeldmeer", "<p>Iets anders</p>" * 60)}
    found = run(site)
    assert found["/oud"].state is S.SOFT_NOT_FOUND and found["/goed"].state is S.FOUND
    assert found["/oud"].status == 200


def test_soft_404_by_its_title_and_by_its_redirect(site: Server) -> None:
    site.otherwise = redirect("/oeps")
    site.pages |= {"/": html("Home", links("/oud", "/fout", "/index.html")), "/oeps": html("Oeps"),
                   "/fout": html("Pagina niet gevonden - Voorbeeldmeer"), "/index.html": redirect("/")}
    found = run(site)
    assert found["/oud"].state is S.SOFT_NOT_FOUND
    assert found["/fout"].state is S.SOFT_NOT_FOUND and found["/fout"].reason == "title says not found"
    assert found["/index.html"].state is S.REDIRECTED


def test_a_single_page_app_that_answers_everything_is_not_missing(site: Server) -> None:
    shell = html("App", links("/stap-1", "/stap-2", "#/route/1", "#/route/2"))
    site.pages["/"] = site.otherwise = shell
    found = run(site)
    assert {found[path].state for path in ("/stap-1", "/stap-2", "/#/route/1")} == {S.FOUND}
    assert found["/#/route/1"].reason.startswith("route within a page") and not found["/#/route/1"].fetched


def test_base_canonical_noindex_and_languages(site: Server) -> None:
    site.pages["/"] = html("Home", '<a href="b">b</a><iframe src="/kader"></iframe><map><area href="/vlak"></map>',
                           '<base href="/diep/"><link rel="canonical" href="/echt"><meta name="robots" content="NOINDEX">'
                           '<link rel="alternate" hreflang="en" href="/en"><link rel="alternate" type="application/rss+xml"'
                           ' href="/feed"><link rel="stylesheet" href="/stijl.css">')
    for path in ("/diep/b", "/kader", "/vlak", "/echt", "/en"):
        site.pages[path] = html(path)
    found = run(site)
    assert {path for path, row in found.items() if row.state is S.FOUND} == {"/", "/diep/b", "/kader", "/vlak", "/echt", "/en"}
    assert found["/"].reason == (
        f"names as its canonical address: {site.url('/echt')}; asks search engines not to index it"
    )
    assert "/feed" not in found


def _urlset(*urls: str) -> bytes:
    inner = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</urlset>'.encode()


def test_sitemap_index_gzip_and_hostile_xml(site: Server) -> None:
    xml = {"Content-Type": "application/xml"}
    index = ('<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
             + "".join(f"<sitemap><loc>{site.url(path)}</loc></sitemap>" for path in ("/a.xml.gz", "/lach.xml", "/weg.xml"))
             + "</sitemapindex>").encode()
    laughs = (b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x SYSTEM '
              b'"file:///etc/passwd">]><urlset><url><loc>' + site.url("/b").encode() + b"</loc></url><url><loc>&b;&x;"
              b"</loc></url></urlset>")
    site.pages |= {
        "/": html("Home"), "/a": html("A"), "/b": html("B"), "/index.xml": (200, xml, index), "/lach.xml": (200, xml, laughs),
        "/a.xml.gz": (200, {"Content-Type": "application/gzip"}, gzip.compress(_urlset(site.url("/a"), "https://elders.example/"))),
        "/robots.txt": (200, {"Content-Type": "text/plain"}, f"Sitemap: {site.url('/index.xml')}\n".encode()),
    }
    found = run(site)
    assert found["/a"].state is found["/b"].state is S.FOUND
    assert found["/a"].found_on == site.url("/a.xml.gz") and found["/a"].depth == 1
    assert found["https://elders.example/"].state is S.OUT_OF_SCOPE
    assert found["/index.xml"].reason == "sitemap, addresses: 3"
    assert found["/weg.xml"].state is S.NOT_FOUND
    assert not any("passwd" in path or "root:" in path or path == "ha" for path in found)


def test_channels_share_a_host_and_others_are_out_of_scope(site: Server) -> None:
    site.pages |= {"/": html("Home", links("/wonen/a", "/contact")), "/contact": html("C"), "/wonen/a": html("A")}
    channels = (ChannelScope("hoofd", (site.url("/"),)), ChannelScope("wonen", (site.url("/wonen"),)))
    found = run(site, channels=channels, crawl=("hoofd",))
    assert found["/wonen/a"].state is S.OUT_OF_SCOPE and found["/wonen/a"].reason == "belongs to channel: wonen"
    assert found["/contact"].channel == "hoofd"
    assert "/wonen/a" not in site.paths()


def test_behind_a_login_only_listed_addresses_and_secrets_stay_home(site: Server) -> None:
    with web.serving() as other:
        other.pages["/"] = html("Ander")
        site.pages |= {"/mijn/": html("Mijn", links("/mijn/zaak", other.url("/"))), "/mijn/kwijt": redirect("/login")}
        mijn = ChannelScope("mijn", (site.url("/mijn/"),), follow=False)
        access = Access({"X-Sleutel": "geheim"}, ("jan", "wachtwoord"), ({"name": "sessie", "value": "s1", "domain": "127.0.0.1", "path": "/"},))
        found = run(site, channels=(mijn, ChannelScope("ander", (other.url("/"),))), access={"mijn": access},
                    start=(site.url("/mijn/"), site.url("/mijn/kwijt"), other.url("/")))
        assert found["/mijn/"].state is S.FOUND
        assert found["/mijn/zaak"].state is S.OUT_OF_SCOPE
        assert found["/mijn/kwijt"].state is S.LOGIN_LOST
        sent = next(headers for _, path, headers in site.asked if path == "/mijn/")
        assert sent["X-Sleutel"] == "geheim" and sent["Authorization"].startswith("Basic ") and sent["Cookie"] == "sessie=s1"
        for _, path, headers in other.asked:
            assert not {"X-Sleutel", "Authorization", "Cookie"} & set(headers), path
        assert "geheim" not in repr(job(site, access={"mijn": access})) and "wachtwoord" not in repr(access)


# --- the next night -----------------------------------------------------------------------------------------------


def test_unchanged_pages_are_told_and_their_links_are_not_lost(site: Server) -> None:
    def tagged(handler: web.Handler) -> web.Reply:
        if handler.headers.get("If-None-Match") == '"v1"':
            return 304, {"ETag": '"v1"'}, b""
        status, headers, body = html("Met etag", links("/kind"))
        return status, {**headers, "ETag": '"v1"'}, body

    counter = itertools.count()

    def nonce(_: web.Handler) -> web.Reply:
        n = next(counter)
        return html("Nonce", f'<!-- gemaakt {n} --><script nonce="n{n}">1</script><input type="hidden" name="t" value="{n}">'
                    f'<time>12:00:{n:02}</time>')

    site.pages |= {"/": html("Home", links("/etag", "/nonce", "/anders")), "/etag": tagged, "/kind": html("Kind"),
                   "/nonce": nonce, "/anders": html("Eerst")}
    first = list(crawl(job(site)))
    site.pages["/anders"] = html("Daarna")
    second = run(site, previous=tuple(ledger(first).values()))
    assert (second["/etag"].state, second["/etag"].reason) == (S.UNCHANGED, "not modified")
    assert second["/etag"].body_hash == ledger(first)[site.url("/etag")].body_hash
    assert (second["/nonce"].state, second["/nonce"].reason) == (S.UNCHANGED, "same content as last time")
    assert second["/anders"].state is S.FOUND
    assert second["/kind"].state is S.UNCHANGED and second["/kind"].found_on == site.url("/etag")


# --- politeness ---------------------------------------------------------------------------------------------------


def test_never_more_requests_a_second_than_agreed(site: Server) -> None:
    small_site(site, 12)
    run(site, politeness=Politeness(per_second=10, concurrency=4, throttle=False))
    moments = [moment for moment, _, _ in site.asked]
    assert len(moments) > 12
    assert all(later - earlier > 0.08 for earlier, later in itertools.pairwise(moments))


def test_retry_after_is_honoured(site: Server) -> None:
    seen: list[float] = []

    def busy(_: web.Handler) -> web.Reply:
        seen.append(time.monotonic())
        return (429, {"Retry-After": "1"}, b"") if len(seen) == 1 else html("Toch")

    site.pages |= {"/": html("Home", links("/druk")), "/druk": busy,
                   "/vol": (503, {"Retry-After": "3600"}, b"")}
    assert run(site)["/druk"].state is S.FOUND
    assert seen[1] - seen[0] >= 1.0
    site.pages["/"] = html("Home", links("/vol", "/vol2", "/zzz"))
    found = run(site, politeness=Politeness(per_second=0, concurrency=1, throttle=False))
    assert found["/vol"].state is S.SERVER_ERROR
    assert (found["/zzz"].state, found["/zzz"].fetched) == (S.UNREACHABLE, False), "asked again within the hour"
    assert found["/zzz"].reason == "host stopped answering, not asked again"


def test_circuit_breaker_leaves_a_dead_host_alone_but_not_a_living_one(site: Server) -> None:
    bad = [f"/stil/{n:02}" for n in range(30)]
    site.prefixes["/stil/"] = web.hangs_up
    site.pages |= {"/": html("Home", links(*bad, "/z-goed")), "/z-goed": html("Goed")}
    found = run(site)
    assert found["/z-goed"].state is S.FOUND
    assert {found[path].state for path in bad} == {S.UNREACHABLE}

    alive = [True]

    def home(_: web.Handler) -> web.Reply | None:
        if alive.pop() if alive else False:
            return html("Home", links(*bad))
        return None

    site.asked.clear()
    site.pages["/"] = home
    site.pages["/robots.txt"] = site.pages["/sitemap.xml"] = (404, {}, b"")
    found = run(site)
    assert sum(not found[path].fetched for path in bad) > 5
    assert len([path for path in site.paths() if path.startswith("/stil/")]) < 40


def test_default_politeness_is_slow_and_finds_the_same(site: Server) -> None:
    site.pages |= {"/": html("Home", links("/a", "/b", "/c")), **{path: html(path) for path in ("/a", "/b", "/c")}}
    began = time.monotonic()
    found = run(site, politeness=Politeness())
    assert [found[path].state for path in ("/", "/a", "/b", "/c")] == [S.FOUND] * 4
    assert time.monotonic() - began > (len(site.asked) - 1) / Politeness().per_second


def test_crawl_delay_of_robots_is_kept(site: Server) -> None:
    site.pages |= {"/": html("Home"), "/robots.txt": (200, {"Content-Type": "text/plain"}, b"User-agent: *\nCrawl-delay: 1\n")}
    run(site)
    moments = [moment for moment, path, _ in site.asked if path != "/robots.txt"]
    assert len(moments) >= 2
    assert all(later - earlier > 0.9 for earlier, later in itertools.pairwise(moments))


# --- faults -------------------------------------------------------------------------------------------------------


def test_faults_end_in_their_own_state_within_the_time_box(site: Server) -> None:
    faults: dict[str, tuple[web.Page, LedgerState]] = {
        "/f/zwijgt": (web.never_answers, S.TIMED_OUT),
        "/f/druppelt": (web.drips, S.TIMED_OUT),
        "/f/hangt-op": (web.hangs_up, S.UNREACHABLE),
        "/f/te-kort": (web.wrong_length, S.UNREACHABLE),
        "/f/eindeloos": (web.never_ends, S.TOO_LARGE),
        "/f/200mb": (web.two_hundred_megabytes, S.TOO_LARGE),
        "/f/bom": (web.gzip_bomb, S.TOO_LARGE),
        "/f/ring-a": (redirect("/f/ring-b"), S.UNREACHABLE),
        "/f/ring-b": (redirect("/f/ring-a"), S.UNREACHABLE),
        "/f/zelf": (redirect("/f/zelf"), S.UNREACHABLE),
        "/f/nergens": ((302, {}, b""), S.UNREACHABLE),
        "/f/bestand": (redirect("file:///etc/passwd"), S.UNREACHABLE),
        "/f/diep": ((200, {"Content-Type": "text/html"}, b"<title>Diep</title>" + b"<div>" * 100_000), S.FOUND),
        "/f/rommel": ((200, {"Content-Type": "text/html; charset=onzin"}, bytes(range(256)) * 500), S.FOUND),
        "/f/gzip-nep": ((200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, b"geen gzip"), S.UNREACHABLE),
    }
    site.pages |= {path: page for path, (page, _) in faults.items()}

    def on_and_on(handler: web.Handler) -> web.Reply:
        return redirect(f"/f/steeds?n={int(handler.path.rpartition('=')[2] or 0) + 1}")

    site.pages["/f/steeds"] = on_and_on
    good = [f"/goed/{n}" for n in range(20)]
    site.pages |= {path: html(path) for path in good}
    site.pages["/"] = html("Home", links(*faults, "/f/steeds?n=0", *good))
    began = time.monotonic()
    found = run(site, limits=Limits(timeout=2, page_bytes=5_000_000, seconds=60))
    took = time.monotonic() - began
    states = {path: found[path].state for path in faults}
    expected = {path: state for path, (_, state) in faults.items()}
    ring = {states.pop("/f/ring-a"), states.pop("/f/ring-b")}
    del expected["/f/ring-a"], expected["/f/ring-b"]
    assert states == expected
    assert ring == {S.REDIRECTED, S.UNREACHABLE}
    assert found["/f/steeds?n=10"].reason == "too many redirects: 10"
    assert found["/f/zelf"].reason.startswith("redirect loop")
    assert found["/f/te-kort"].reason == "answer incomplete"
    assert {found[path].state for path in good} == {S.FOUND}
    assert took < 25


def test_twenty_thousand_links_and_a_calendar(site: Server) -> None:
    many = [f"/p/{n}" for n in range(20_000)]

    def month(handler: web.Handler) -> web.Reply:
        year, number = map(int, handler.path.split("/")[2:4])
        return html(f"Agenda {year}-{number}", links(f"/kalender/{year + number // 12}/{number % 12 + 1}"))

    site.prefixes |= {"/kalender/": month, "/p/": html("Blad")}
    site.pages["/"] = html("Home", links("/kalender/2026/1", "/lijst"))
    site.pages["/lijst"] = html("Lijst", links(*many))
    began = time.monotonic()
    found = run(site, limits=Limits(pages=60, seconds=60, depth=100, trap=TrapLimits(calendar=12)))
    assert sum(row.state is S.FOUND for row in found.values()) == 60
    assert sum(path.startswith("/p/") for path in found) == 20_000
    assert found["/p/9999"].state is S.OVER_BUDGET
    assert time.monotonic() - began < 40

    site.pages["/"] = html("Home", links("/kalender/2026/1"))
    found = run(site, limits=Limits(depth=100, trap=TrapLimits(calendar=12)))
    months = [row for path, row in found.items() if path.startswith("/kalender/")]
    assert [row.state for row in months].count(S.FOUND) == 12
    assert months[-1].reason == "trap: calendar without end"


def test_an_endless_part_does_not_crowd_out_the_rest(site: Server) -> None:
    """A list of numbers, a list of names and an endless archive at the first level; a plain site further down."""
    names = ["/" + "".join(word) + "/" for word in itertools.product("abcdefghij", repeat=3)]

    def older(handler: web.Handler) -> web.Reply:
        number = int(handler.path.split("-")[1])
        return html(f"Bericht {number}", links(*(f"/bericht-{number * 7 + step}" for step in range(1, 8))))

    site.prefixes |= {"/bericht-": older, "/p/": html("Blad")}
    site.pages |= {name: html(name) for name in names}
    site.pages["/"] = html("Home", links("/bericht-1", *(f"/p/{n}" for n in range(1_000)), "/register", "/zorg"))
    site.pages["/register"] = html("Register", links(*names))
    plain = ["/zorg", *("/zorg/" + "x" * n for n in range(1, 40))]
    for page, onward in itertools.pairwise(plain):
        site.pages[page] = html(page, links(onward))
    site.pages[plain[-1]] = html("Het eind")
    limits = Limits(pages=240, seconds=60, depth=60)
    found = run(site, limits=limits)
    assert {found[path].state for path in plain} == {S.FOUND}
    assert sum(row.state is S.FOUND for row in found.values()) == 240, "what is left of the budget is used all the same"
    left = [row for path, row in found.items() if path.startswith(("/p/", "/bericht-")) and row.state is S.OVER_BUDGET]
    assert {row.reason for row in left} >= {"page budget: 240; one of many alike, which had their turn last"}
    assert list(run(site, limits=limits).items()) == list(found.items())


def test_hosts_that_cannot_be_reached(site: Server, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with web.serving_tls(tmp_path) as secure:
        secure.pages["/"] = html("Veilig")
        urls = (f"http://127.0.0.1:{port}/", "http://bestaat-niet.invalid/", secure.url("/"), site.url("/"))
        site.pages["/"] = html("Home")
        channels = tuple(ChannelScope(str(number), (url,)) for number, url in enumerate(urls))
        found = ledger(list(crawl(job(site, channels=channels))))
        assert [found[url].state for url in urls] == [S.UNREACHABLE] * 3 + [S.FOUND]
        assert [found[url].reason for url in urls[:3]] == ["connection refused", "host name unknown", "certificate or TLS error"]
        trusting = ledger(list(crawl(job(secure, verify_tls=False))))
        assert trusting[secure.url("/")].state is S.FOUND


def test_inner_addresses_are_not_even_asked_when_the_setting_says_never(site: Server) -> None:
    site.pages["/"] = html("Home")
    found = run(site, inner_network="never")
    assert (found["/"].state, found["/"].reason) == (S.UNREACHABLE, "address in an inner network")
    assert site.asked == []


def test_time_budget_ends_the_crawl_and_tells_the_rest(site: Server) -> None:
    small_site(site, 40)
    found = run(site, limits=Limits(seconds=2), politeness=Politeness(per_second=5, concurrency=1, throttle=False))
    cut = [row for row in found.values() if row.reason == "time budget, seconds: 2"]
    assert cut and all(row.state is S.OVER_BUDGET and not row.fetched for row in cut)
    assert any(row.state is S.FOUND and row.fetched for row in found.values())


def test_the_built_in_estate_is_found_and_nothing_unsafe_is_asked() -> None:
    with Estate() as estate:
        channels = tuple(ChannelScope(name, (estate.url(name),), follow=name != "loket") for name in CHANNELS)
        found = ledger(list(crawl(CrawlJob(channels, AGENT, politeness=Politeness.at_home()))))
        assert estate.unsafe_requests == ()
        main = set(estate.pages("main"))
        without_link = {estate.url("main", path) for path in ("/contact/bedankt/", "/raad/vergadering/", "/zoeken/?q=paspoort")}
        assert main - set(found) == without_link
        states = {path: found[estate.url("main", path)].state for path in (
            "/", "/cijfers/storing/", "/nieuws/feest-2012/", "/nieuws/bericht-verwijderd/", "/mijn-zaken/", "/paspoort",
            "/downloads/begroting-in-beeld.pdf", "/downloads/kaartmateriaal.zip", "/intern/")}
        assert list(states.values()) == [S.FOUND, S.SERVER_ERROR, S.NOT_FOUND, S.SOFT_NOT_FOUND, S.LOGIN_WALL,
                                         S.REDIRECTED, S.DOCUMENT, S.NOT_A_PAGE, S.ROBOTS]
        assert found[estate.url("sport", "/kalender/#/mei")].state is S.FOUND
        loket = [row for row in found.values() if row.channel == "loket"]
        assert {row.state for row in loket} <= {S.LOGIN_WALL, S.FOUND, S.OUT_OF_SCOPE}


def test_the_caller_needs_neither_scrapy_nor_a_reactor() -> None:
    script = "import sys, spiders.crawl, spiders.sample; print(sorted({'scrapy', 'twisted'} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=Path(__file__).parents[2], check=True)
    assert shown.stdout == b"[]\n"


# --- the job as text ----------------------------------------------------------------------------------------------


def test_a_job_survives_the_pipe(site: Server) -> None:
    full = job(site, access={"site": Access({"a": "b"}, ("u", "p"), ({"name": "c", "value": "d"},))},
               known=(Discovery("http://x.nl/", START, 0, S.TOO_LARGE, "more bytes than allowed: 5", fetched=True),),
               limits=Limits(trap=TrapLimits(calendar=3)))
    assert CrawlJob.from_json(full.to_json()) == full


def test_secrets_are_not_in_the_arguments_of_the_child(site: Server) -> None:
    site.pages["/"] = web.never_answers
    rows = crawl(job(site, access={"site": Access({"X": "kanarie-geheim"})}))
    next(rows)
    mine = Path(f"/proc/{os.getpid()}/task")
    children = {int(pid) for task in mine.iterdir() for pid in (task / "children").read_text().split()}
    texts = [Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes() for pid in children]
    rows.close()  # type: ignore[attr-defined]
    assert texts and not any(b"kanarie-geheim" in text for text in texts)


# --- speed --------------------------------------------------------------------------------------------------------


@pytest.mark.thorough
def test_crawls_at_least_forty_pages_a_second(site: Server, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(400):
        below = [f"/p{n}" for n in range(20 * number + 1, 20 * number + 21) if n < 400]
        site.pages["/" if number == 0 else f"/p{number}"] = html(f"Pagina {number}", links(*below), words=20)
    began = time.monotonic()
    found = run(site)
    rate = 400 / (time.monotonic() - began)
    with capsys.disabled():
        print(f"\ncrawl: {rate:.0f} pages a second over 400 pages, start of the process included")
    assert sum(row.state is S.FOUND and row.fetched for row in found.values()) == 400
    assert rate >= 40
