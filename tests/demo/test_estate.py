"""The estate serves what it says, labels what it plants, and gives the same bytes every time."""

from __future__ import annotations

import gzip
import http.client
import re
import socket
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from time import perf_counter
from urllib.parse import urldefrag, urljoin, urlsplit

import pikepdf
import pytest
from lxml import html

from scanner.config import load
from scanner.demo import answers, nights
from scanner.demo.estate import Estate
from scanner.demo.expectations import Expectation, clean_pages, document_expectations, expectations
from scanner.model import Verdict

NINE = {"1.2.1", "1.2.3", "1.2.4", "1.2.5", "1.3.3", "1.4.5", "2.4.5", "2.5.4", "3.3.4"}
"""Criteria for which only evidence can be given (fifty-criteria.md, section 4)."""


@pytest.fixture(scope="module")
def estate() -> Iterator[Estate]:
    with Estate(slow=0.2) as served:
        yield served
        assert served.faults == []


def ask(address: str, method: str = "GET", body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers (lower case) and body of one request; redirects are not followed."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body,
                           {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def log_in(estate: Estate) -> str:
    """A session cookie of the portal."""
    body = f"gebruikersnaam={estate.user}&wachtwoord={estate.password}".encode()
    status, headers, _ = ask(estate.url("loket", "/inloggen/"), "POST", body)
    assert status == 303
    return headers["set-cookie"].partition(";")[0]


def test_every_page_answers(estate: Estate) -> None:
    cookie = log_in(estate)
    for address in estate.pages():
        status, headers, body = ask(urldefrag(address)[0], Cookie=cookie)
        assert status == 200, address
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert b"<title>" in body or "/raad/uitslagen/" in address
        assert len(body) < 30_000, address


def test_main_site_is_a_site(estate: Estate) -> None:
    assert len(estate.pages("main")) >= 40
    assert len(clean_pages(estate, "main")) >= 12


def links(document: html.HtmlElement) -> Iterator[tuple[str, str]]:
    """Address as written and what the link is labelled with (404, soft-404, 500, robots) of all links in a page."""
    for element in document.iter("a", "iframe", "img", "script", "link", "video", "audio", "track", "form", "source"):
        for name in ("href", "src", "action", "poster"):
            value = element.get(name)
            if value and element.get("method", "get") == "get" and element.get("rel") != "canonical":
                yield value, element.get("data-link") or ""


def test_links_resolve_and_stay_inside(estate: Estate) -> None:
    cookie = log_in(estate)
    hosts = {urlsplit(origin).netloc for origin in estate.world.origins.values()}
    hosts |= {host.replace("127.0.0.1", "localhost") for host in hosts}
    known: dict[str, int] = {}
    for page in estate.pages():
        document = html.document_fromstring(estate.world.page(*_split(estate, page)).decode())
        for written, told in links(document):
            if written.startswith(("tel:", "mailto:", "#", "data:")):
                continue
            address = urldefrag(urljoin(page, written))[0]
            assert urlsplit(address).netloc in hosts, f"{page} names {address}"
            path = urlsplit(address).path
            if answers.changes_something("loket", path):
                continue
            if address not in known:
                known[address] = ask(address, Cookie=cookie)[0]
            wanted = {"404": {404}, "500": {500}}.get(told, {200, 301, 302})
            assert known[address] in wanted, f"{page} → {address}: {known[address]}"


def _split(estate: Estate, address: str) -> tuple[str, str]:
    for channel, origin in estate.world.origins.items():
        if address.startswith(origin + "/"):
            return channel, address[len(origin):]
    raise AssertionError(address)


def test_no_outside_address_in_any_file() -> None:
    allowed = ("http://www.w3.org/2000/svg", "http://www.sitemaps.org/", "https://schema.org/")
    for file in answers.HERE.rglob("*"):
        if file.suffix in {".html", ".css", ".js", ".svg", ".vtt", ".json"}:
            for address in re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s\"'<)]*", file.read_text()):
                assert address.startswith(allowed), f"{file.name}: {address}"


def test_no_file_is_large() -> None:
    sizes = {file.name: file.stat().st_size for file in (answers.HERE / "static").rglob("*") if file.is_file()}
    assert max(sizes.values()) < 30_000, sizes
    assert min(sizes.values()) > 0, sizes


def test_labels_cover_all_fifty(estate: Estate, capsys: pytest.CaptureFixture[str]) -> None:
    found = expectations(estate)
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for one in found:
        table[one.criterion][one.wanted] += 1
    with capsys.disabled():
        print("\ncriterion  failed  cantTell  ok  may")
        for criterion in sorted(table, key=lambda number: [int(part) for part in number.split(".")]):
            row = table[criterion]
            print(f"{criterion:9} {row['failed']:7} {row['cantTell']:9} {row['ok']:3} {row['may']:4}")
    criteria = [line.split(",")[0] for line in (answers.HERE.parent / "data" / "wcag21.csv").read_text().splitlines()[1:]]
    assert len(criteria) == 50
    assert set(table) == set(criteria)
    for criterion in criteria:
        if criterion in NINE:
            assert table[criterion]["cantTell"], criterion
            assert not table[criterion]["failed"], criterion
        else:
            assert table[criterion]["failed"], criterion
        assert table[criterion]["ok"], criterion


def test_documents_are_what_their_labels_say(estate: Estate) -> None:
    labels = document_expectations(estate)
    for address, good in [("/downloads/subsidieregels.pdf", True), ("/downloads/begroting-in-beeld.pdf", False)]:
        with pikepdf.open(BytesIO(ask(estate.url("main", address))[2])) as document:
            assert len(document.pages) == 1
            assert ("/StructTreeRoot" in document.Root, "/Lang" in document.Root, "/Title" in document.docinfo) == (good,) * 3
            assert document.check_pdf_syntax() == []
        assert {one.wanted for one in labels if one.url.endswith(address)} == {"ok" if good else "failed"}


def test_a_plant_is_one_place(estate: Estate) -> None:
    places = Counter((one.url, one.frame, one.plant, one.criterion) for one in expectations(estate) if one.plant != "page")
    assert [place for place, count in places.items() if count > 1] == []


def test_clean_pages_plant_nothing(estate: Estate) -> None:
    clean = set(clean_pages(estate))
    bad = [one for one in expectations(estate) if one.url in clean and one.scope != "site"
           and one.wanted in {"failed", "cantTell"} and one.criterion not in {"1.4.5"}]
    assert bad == []


def test_labels_use_the_words_of_the_model() -> None:
    assert {"failed", "cantTell"} <= {verdict.value for verdict in Verdict}
    assert Expectation("u", "", "1.1.1", "failed", "page").scope == "place"


def test_conditional_requests(estate: Estate) -> None:
    for path in ("/", "/static/voorbeeldmeer.css", "/sitemap.xml", "/downloads/subsidieregels.pdf"):
        address = estate.url("main", path)
        status, headers, body = ask(address)
        assert status == 200 and body
        for name, value in (("If-None-Match", headers["etag"]), ("If-Modified-Since", headers["last-modified"])):
            again, more, nothing = ask(address, **{name: value})
            assert (again, nothing) == (304, b"")
            assert more["etag"] == headers["etag"]
        assert ask(address, If_None_Match='"other"')[0] == 200
    assert estate.requests[-1].conditional


def test_byte_ranges(estate: Estate) -> None:
    address = estate.url("main", "/static/media/podcast.ogg")
    whole = ask(address)[2]
    status, headers, part = ask(address, Range="bytes=10-19")
    assert (status, part) == (206, whole[10:20])
    assert headers["content-range"] == f"bytes 10-19/{len(whole)}"
    assert ask(address, Range="bytes=-5")[2] == whole[-5:]
    assert ask(address, Range="bytes=999999-")[0] == 416
    assert ask(address, Range="bytes=0-1,4-5")[0] == 200


def test_awkward_answers(estate: Estate) -> None:
    main = estate.url("main", "")
    assert ask(main + "/nieuws/feest-2012/")[0] == 404
    status, _, body = ask(main + "/nieuws/bericht-verwijderd/")
    assert status == 200 and b"niet gevonden" in body
    assert ask(main + "/cijfers/storing/")[0] == 500
    assert ask(main + "/paspoort")[1]["location"] == "/producten/paspoort-aanvragen/"
    assert ask(main + "/nieuws")[1]["location"] == "/nieuws/"
    assert ask(main + "/mijn-zaken/")[1]["location"].startswith(estate.url("loket", "/inloggen/"))
    assert ask(main + "/raad/uitslagen/")[1]["refresh"] == "900"
    assert ask(main + "/static/../estate.py")[0] == 404
    assert ask(main + "/static/ontwerp-2009.css")[0] == 404
    begin = perf_counter()
    assert ask(main + "/nieuws/archief/")[0] == 200
    assert perf_counter() - begin >= 0.2
    index = ask(main + "/sitemap.xml")[2].decode()
    assert main + "/sitemap-paginas.xml.gz" in index
    pages = gzip.decompress(ask(main + "/sitemap-paginas.xml.gz")[2]).decode()
    listed = re.findall("<loc>([^<]+)</loc>", pages)
    assert set(listed) <= set(estate.pages("main"))
    assert not [address for address in listed if "monumenten" in address]
    assert "Disallow: /intern/" in ask(main + "/robots.txt")[2].decode()
    assert ask(main + "/downloads/kaartmateriaal.zip")[2][:2] == b"PK"
    assert ask(main + "/agenda/raadsvergadering.ics")[1]["content-type"].startswith("text/calendar")
    assert ask(main + "/", "HEAD")[2] == b""
    assert ask(main + "/", "DELETE")[0] == 405


def test_everything_is_recorded(estate: Estate) -> None:
    estate.forget_requests()
    ask(estate.url("main", "/zoeken/?q=bomen"), User_Agent="proef")
    assert ask(estate.url("formulier", "/melding/versturen/"), "POST", b"naam=x")[0] == 303
    first, second = estate.requests
    assert (first.channel, first.method, first.path, first.user_agent) == ("main", "GET", "/zoeken/?q=bomen", "proef")
    assert (second.channel, second.method, second.body_size, second.body) == ("formulier", "POST", 6, b"naam=x")
    assert estate.unsafe_requests == (second,)


def test_portal_needs_a_login(estate: Estate) -> None:
    overview = estate.url("loket", "/overzicht/")
    assert ask(overview)[1]["location"] == "/inloggen/?terug=/overzicht/"
    assert ask(estate.url("loket", "/inloggen/"), "POST", b"gebruikersnaam=x&wachtwoord=y")[0] == 200
    cookie = log_in(estate)
    assert ask(overview, Cookie=cookie)[0] == 200
    estate.forget_requests()
    assert ask(estate.url("loket", "/uitloggen/"), Cookie=cookie)[0] == 302
    assert [request.path for request in estate.unsafe_requests] == ["/uitloggen/"]
    assert ask(overview, Cookie=cookie)[0] == 302
    cookie = log_in(estate)
    estate.end_sessions()
    assert ask(overview, Cookie=cookie)[0] == 302


def test_login_does_not_lead_outside(estate: Estate) -> None:
    body = f"gebruikersnaam={estate.user}&wachtwoord={estate.password}&terug=//elders.example/".encode()
    assert ask(estate.url("loket", "/inloggen/"), "POST", body)[1]["location"] == "/overzicht/"


def test_same_bytes_in_another_run(estate: Estate) -> None:
    def neutral(served: Estate) -> dict[str, str]:
        names = {origin: name for name, origin in served.world.origins.items()}
        texts = {}
        for name in answers.CHANNELS:
            for path in served.world.paths(name):
                text = served.world.page(name, path).decode()
                for origin, channel in names.items():
                    text = text.replace(origin, channel).replace(origin.replace("127.0.0.1", "localhost"), channel)
                texts[name + path] = text
        return texts

    with Estate() as other:
        assert neutral(other) == neutral(estate)


def test_fast_enough_for_many_at_once(estate: Estate) -> None:
    pages = [urldefrag(page)[0] for page in estate.pages("main") if "archief" not in page] * 4
    begin = perf_counter()
    with ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(lambda page: ask(page)[0], pages))
    rate = len(pages) / (perf_counter() - begin)
    assert statuses == {200}
    assert rate > 40, rate


def test_ports_are_free_again_and_can_be_chosen() -> None:
    with Estate() as served:
        ports = {name: urlsplit(origin).port or 0 for name, origin in served.world.origins.items()}
        connection = socket.create_connection(("127.0.0.1", ports["main"]))
        connection.sendall(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
    assert connection.recv(1) == b""
    connection.close()
    for port in ports.values():
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1)
    with Estate(ports=ports) as again:
        assert again.url("main").endswith(f":{ports['main']}/")
        with pytest.raises(OSError), Estate(ports=ports):
            pass


def test_config_is_accepted(estate: Estate, tmp_path: Path) -> None:
    file = tmp_path / "scanner.toml"
    file.write_text(estate.config(str(tmp_path / "results")))
    config = load(file)
    assert {channel.id for channel in config.channels} == {name for name, one in answers.CHANNELS.items() if one.configured}
    assert estate.password not in file.read_text()
    assert config.channel("loket").login is not None
    assert config.storage.folder == tmp_path / "results" / "data"


@pytest.mark.parametrize("name", nights.CHANGES)
def test_nights(name: str) -> None:
    change = nights.CHANGES[name]
    with Estate() as served:
        def plants() -> set[str]:
            return {one.plant for one in expectations(served) if one.wanted in {"failed", "cantTell"}}

        before, before_pages = plants(), set(served.pages())
        etag = ask(served.url(change.channel or "main", change.path or "/"))[1].get("etag")
        assert served.apply(name) is change
        after = plants()
        assert set(change.appears) == after - before
        if change.kind != "remove":
            assert set(change.disappears) == before - after
        assert set(change.stays) <= after & before
        status, headers, _ = ask(served.url(change.channel or "main", change.path or "/"))
        assert status == {"outage": 500, "remove": 404}.get(change.kind, 200)
        assert headers.get("etag") != etag
        gone = before_pages - set(served.pages())
        assert gone == ({served.url(change.channel, change.path)} if change.kind == "remove" else set())
        served.undo(name)
        assert plants() == before


def test_rebuild_changes_every_class_and_no_text(estate: Estate) -> None:
    with Estate() as served:
        def looks() -> tuple[set[str], str]:
            document = html.document_fromstring(served.world.page("main", "/contact/").decode())
            classes = {word for value in document.xpath("//@class | //@id") for word in str(value).split()}
            return classes, document.text_content()

        first, text = looks()
        served.apply("rebuild")
        second, same = looks()
    assert text == same
    assert first and not first & second
