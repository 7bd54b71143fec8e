"""Addresses: how they are written, who owns them, which are not followed, and endless parts of a site."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.config import ConfigError, load
from spiders.scope import ChannelScope, Scope, Trap, TrapLimits, canonical, is_unsafe, looks_like_file

BASE = "https://www.voorbeeldmeer.nl/wonen/afval/"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("HTTPS://WWW.Voorbeeldmeer.NL", "https://www.voorbeeldmeer.nl/"),
        ("http://x.nl:80/a", "http://x.nl/a"),
        ("https://x.nl:443/a", "https://x.nl/a"),
        ("http://x.nl:443/a", "http://x.nl:443/a"),
        ("http://x.nl./a", "http://x.nl/a"),
        ("http://iedereen:geheim@x.nl/a", "http://x.nl/a"),
        ("https://súdwest-fryslân.nl/", "https://xn--sdwest-frysln-teb26a.nl/"),
        ("grofvuil", "https://www.voorbeeldmeer.nl/wonen/afval/grofvuil"),
        ("../parkeren/./x/..", "https://www.voorbeeldmeer.nl/wonen/parkeren/"),
        ("../../../../a", "https://www.voorbeeldmeer.nl/a"),
        ("//elders.nl/a", "https://elders.nl/a"),
        ("?b=2&a=1", "https://www.voorbeeldmeer.nl/wonen/afval/?b=2&a=1"),
        ("/a%2fb/%7Euser/%e9", "https://www.voorbeeldmeer.nl/a%2Fb/~user/%E9"),
        ("/caf\u00e9 nieuw", "https://www.voorbeeldmeer.nl/caf%C3%A9%20nieuw"),
        ("/%2e%2e/a/%2E/b", "https://www.voorbeeldmeer.nl/a/b"),
        ("/100%", "https://www.voorbeeldmeer.nl/100%25"),
        ("/a?utm_source=mail&id=3&fbclid=9", "https://www.voorbeeldmeer.nl/a?id=3"),
        ("/a?PHPSESSID=abc&x=1", "https://www.voorbeeldmeer.nl/a?x=1"),
        ("/a;jsessionid=0A1B?x=1", "https://www.voorbeeldmeer.nl/a?x=1"),
        ("/a?sid=12", "https://www.voorbeeldmeer.nl/a?sid=12"),
        ("/a?sid=0123456789abcdef0123", "https://www.voorbeeldmeer.nl/a"),
        ("/a?", "https://www.voorbeeldmeer.nl/a"),
        ("#inhoud", "https://www.voorbeeldmeer.nl/wonen/afval/"),
        ("/app#/stap/2", "https://www.voorbeeldmeer.nl/app#/stap/2"),
        ("/app#!/stap/2", "https://www.voorbeeldmeer.nl/app#!/stap/2"),
        ("/app#/", "https://www.voorbeeldmeer.nl/app"),
        (" \n/a\tb ", "https://www.voorbeeldmeer.nl/ab"),
        ("https:\\\\x.nl\\a", "https://x.nl/a"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://[::FFFF]:8080/", "http://[::ffff]:8080/"),
        ("http://127.0.0.1:8123/a", "http://127.0.0.1:8123/a"),
    ],
)
def test_one_way_of_writing(written: str, meant: str) -> None:
    assert canonical(written, BASE) == meant
    assert canonical(meant) == meant


@pytest.mark.parametrize(
    "written",
    ["mailto:a@b.nl", "tel:14010", "javascript:void(0)", "file:///etc/passwd", "data:text/html,x", "ftp://x.nl/",
     "http://", "http://x.nl:99999/", "http://[zz]/", "http://a b.nl/", "https://-.-/", "//", "about:blank", "http://x.nl:0/"],
)
def test_not_an_address(written: str) -> None:
    assert canonical(written) is None


@given(st.text(max_size=60), st.sampled_from([None, BASE]))
def test_writing_twice_changes_nothing(text: str, base: str | None) -> None:
    once = canonical(text, base)
    if once is not None:
        assert once.isascii() and once.startswith(("http://", "https://"))
        assert canonical(once) == once


def _scope() -> Scope:
    return Scope((
        ChannelScope("hoofd", ("https://www.voorbeeldmeer.nl/",), exclude=(r"/oud/",)),
        ChannelScope("wonen", ("https://www.voorbeeldmeer.nl/wonen",)),
        ChannelScope("kaart", ("http://127.0.0.1:8001/kaart/index.html", "https://kaart.voorbeeldmeer.nl")),
        ChannelScope("mijn", ("https://mijn.voorbeeldmeer.nl/",), include=(r"/zaken/\d+$",),
                     pages=("https://mijn.voorbeeldmeer.nl/overzicht/",)),
    ))


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        ("https://www.voorbeeldmeer.nl/", "hoofd"),
        ("http://www.voorbeeldmeer.nl/contact", "hoofd"),
        ("https://www.voorbeeldmeer.nl/wonen", "wonen"),
        ("https://www.voorbeeldmeer.nl/wonen/afval?x=1", "wonen"),
        ("https://www.voorbeeldmeer.nl/wonenplus", "hoofd"),
        ("https://www.voorbeeldmeer.nl/oud/a", None),
        ("https://voorbeeldmeer.nl/", None),
        ("https://www.voorbeeldmeer.nl:8443/", None),
        ("http://127.0.0.1:8001/kaart/laag/1", "kaart"),
        ("http://127.0.0.1:8001/", None),
        ("http://127.0.0.1:8002/kaart/", None),
        ("https://kaart.voorbeeldmeer.nl/x", "kaart"),
        ("https://mijn.voorbeeldmeer.nl/", "mijn"),
        ("https://mijn.voorbeeldmeer.nl/zaken/12", "mijn"),
        ("https://mijn.voorbeeldmeer.nl/profiel", None),
        ("https://mijn.voorbeeldmeer.nl/overzicht/", "mijn"),
        ("https://mijn.voorbeeldmeer.nl/overzicht/2", None),
        ("mailto:a@b.nl", None),
    ],
)
def test_owner(url: str, owner: str | None) -> None:
    assert _scope().owner(url) == owner


def test_overlaps_are_named() -> None:
    assert _scope().overlaps() == [("hoofd", "wonen", "https://www.voorbeeldmeer.nl/wonen")]
    same = Scope((ChannelScope("a", ("https://x.nl",)), ChannelScope("b", ("http://x.nl/",))))
    assert same.overlaps() == [("a", "b", "http://x.nl/")]


def test_forgotten_hosts_are_seen() -> None:
    seen = ["https://werkenbij.voorbeeldmeer.nl/a", "https://www.voorbeeldmeer.nl/b", "https://facebook.com/x",
            "http://127.0.0.1:9000/", "https://anders.nl/", "https://werkenbij.voorbeeldmeer.nl/b"]
    assert _scope().unknown_hosts(seen) == ["127.0.0.1:9000", "werkenbij.voorbeeldmeer.nl"]


def test_public_suffix_is_no_registrable_domain() -> None:
    scope = Scope((ChannelScope("a", ("https://voorbeeld.github.io/",)),))
    assert scope.unknown_hosts(["https://ander.co.uk/", "https://www.co.uk/"]) == []


def test_bad_channel_address_is_refused() -> None:
    with pytest.raises(ValueError, match="geen-adres"):
        Scope((ChannelScope("geen-adres", ("ftp://x.nl",)),))


@pytest.mark.parametrize(
    ("url", "text", "reason"),
    [
        ("https://x.nl/uitloggen", "", "logs out"),
        ("https://x.nl/wp-login.php?action=logout&_wpnonce=1", "", "logs out"),
        ("https://x.nl/user/logout", "", "logs out"),
        ("https://x.nl/account?do=signout", "", "logs out"),
        ("https://x.nl/mijn/sessie", "Uitloggen", "logs out"),
        ("https://x.nl/mijn/sessie", " Afmelden » ", "logs out"),
        ("https://x.nl/wp-admin/comment.php?action=trashcomment&c=1", "", "changes data"),
        ("https://x.nl/zaken/12/verwijderen", "", "changes data"),
        ("https://x.nl/delete/17", "", "changes data"),
        ("https://x.nl/nieuwsbrief/unsubscribe?token=abc", "", "changes data"),
        ("https://x.nl/item?delete=4", "", "changes data"),
        ("https://x.nl/winkel?add-to-cart=4", "", "changes data"),
        ("https://x.nl/edit?id=4&_wpnonce=99", "", "changes data"),
        ("https://x.nl/bijlage/4", "Verwijderen", "changes data"),
        # ordinary pages of a municipality
        ("https://x.nl/afval/asbest-verwijderen", "Asbest verwijderen", ""),
        ("https://x.nl/hond-afmelden", "Hond afmelden", ""),
        ("https://x.nl/afspraak-annuleren", "Afspraak annuleren", ""),
        ("https://x.nl/parkeervergunning-opzeggen", "", ""),
        ("https://x.nl/zoeken?action=search&q=a", "", ""),
        ("https://x.nl/nieuws?op=datum", "", ""),
        ("https://x.nl/inloggen", "Inloggen", ""),
    ],
)
def test_unsafe_links(url: str, text: str, reason: str) -> None:
    assert is_unsafe(url, text) == reason


def test_files_by_name() -> None:
    assert looks_like_file("https://x.nl/a/Beleid.PDF?download=1") == "document"
    assert looks_like_file("https://x.nl/foto.jpeg") == "file"
    assert looks_like_file("https://x.nl/a.html") == looks_like_file("https://x.nl/a") == ""


def test_calendar_ends() -> None:
    trap = Trap(TrapLimits(calendar=24))
    answers = [trap.caught(f"https://x.nl/agenda/{2026 + month // 12}/{month % 12 + 1:02}") for month in range(60)]
    assert answers.count("") == 24
    assert answers[24:] == ["calendar without end"] * 36
    assert trap.caught("https://x.nl/contact") == ""


def test_calendar_in_a_parameter_ends() -> None:
    trap = Trap(TrapLimits(calendar=5))
    assert [trap.caught(f"https://x.nl/agenda?maand=2026-{n:02}") for n in range(1, 8)].count("") == 5


def test_dated_news_is_no_calendar() -> None:
    trap = Trap(TrapLimits(calendar=5))
    assert {trap.caught(f"https://x.nl/nieuws/2026/11/bericht-{n}") for n in range(100)} == {""}


def test_combinations_of_parameters_end() -> None:
    trap = Trap(TrapLimits(parameters=10))
    answers = [trap.caught(f"https://x.nl/zoek?kleur={n}&maat={n % 3}") for n in range(30)]
    assert answers.count("") == 10 and answers[-1] == "too many combinations of parameters"


@pytest.mark.parametrize("orders", [
    ["?C=N;O=D", "?C=M;O=A", "?C=S;O=A", "?C=D;O=A"],
    ["?C=N&O=D", "?C=M&O=A", "?C=S&O=A"],
    ["?sort=naam", "?sort=naam%3Adesc", "?sort=datum", "?sort="],
    ["?sort_by=a", "?sort_by=b", "?sort_by=c"],
    ["?order=titel&sort=asc", "?order=titel&sort=desc", "?order=datum&sort=asc"],
    ["?filter_order=a&filter_order_Dir=asc", "?filter_order=b&filter_order_Dir=desc", "?filter_order=c"],
    ["?_lijst_orderByCol=a", "?_lijst_orderByCol=b", "?_lijst_orderByCol=c"],
    ["?tx_lijst%5Bsort%5D=a", "?tx_lijst%5Bsort%5D=b", "?tx_lijst%5Bsort%5D=c"],
    ["?volgorde=a", "?sorteren=b", "?sorteervolgorde=c"],
])
def test_orders_of_one_list_end(orders: list[str]) -> None:
    trap = Trap()
    assert trap.caught("https://x.nl/lijst/") == ""
    answers = [trap.caught(f"https://x.nl/lijst/{order}") for order in orders]
    assert answers[:2] == ["", ""] and set(answers[2:]) == {"another order"}
    assert trap.caught(f"https://x.nl/lijst/{orders[-1]}&pagina=2") == ""


@pytest.mark.parametrize("name", ["next", "returnto", "return_to", "ReturnUrl", "returnUrl", "back_url", "redirect_to",
                                  "destination", "came_from", "service", "continue", "terugnaar", "redirect_uri"])
def test_ways_back_of_one_page_end(name: str) -> None:
    trap = Trap()
    answers = [trap.caught(f"https://x.nl/inloggen?{name}={value}")
               for value in ("/a", "%2Fb%2F", "https://x.nl/c", "https%3A%2F%2Fx.nl%2Fd")]
    assert answers == ["", "", "another way back", "another way back"]
    assert trap.caught(f"https://x.nl/aanmelden?{name}=/a") == ""


def test_what_comes_next_is_no_way_back() -> None:
    trap = Trap()
    for address in ("?next=a{}", "?service=paspoort-{}", "?url=/a{}", "?page=/a{}", "?destination=amersfoort{}"):
        assert [trap.caught("https://x.nl/" + address.format(n)) for n in range(9)] == [""] * 9, address


def test_no_orders_of_a_list() -> None:
    trap = Trap()
    for address in ("?order={}", "?orderid=a{}", "?border=a{}", "?soort=a{}", "?sorteerbaar=a{}", "?dir=map{}", "?assortiment=a{}"):
        assert [trap.caught("https://x.nl/" + address.format(n)) for n in range(9)] == [""] * 9, address


def test_items_told_apart_by_one_number_are_no_combinations() -> None:
    trap = Trap(TrapLimits(parameters=10, numbered=300))
    items = [trap.caught(f"https://x.nl/index.php?page=nieuws&id={n}") for n in range(200)]
    documents = [trap.caught(f"https://x.nl/raadsstuk?objectid=8f{n}-ab12") for n in range(301)]
    words = [trap.caught(f"https://x.nl/zoek?term=woord{'a' * n}&pagina=1") for n in range(11)]
    assert set(items) == {""}
    assert documents[-2:] == ["", "too many addresses of one shape"]
    assert words[-1] == "too many combinations of parameters"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://x.nl/a/a/a/b", "path repeats itself"),
        ("https://x.nl/a/b/a/b/a/b", "path repeats itself"),
        ("https://x.nl/" + "/".join(map(str, range(30))), "path too deep"),
        ("https://x.nl/?" + "&".join(f"p{n}=1" for n in range(11)), "too many parameters"),
        ("https://x.nl/" + "a" * 3_000, "address too long"),
        ("https://x.nl/wonen/afval/wonen", ""),
    ],
)
def test_other_traps(url: str, reason: str) -> None:
    assert Trap().caught(url) == reason


def test_listed_pages_of_another_channel_are_told(tmp_path: Path) -> None:
    """They would never be looked at; a page beside the patterns of its own portal is."""
    text = """[organisation]
name = "Voorbeeldmeer"
[[channel]]
id = "site"
name = "Site"
url = "https://x.nl/"
[[channel]]
id = "mijn"
name = "Mijn"
kind = "portal"
url = "https://x.nl/mijn/"
allow = ["/mijn/berichten/"]
pages = ["https://x.nl/mijn/overzicht", "{page}"]
"""
    path = tmp_path / "scanner.toml"
    path.write_text(text.format(page="https://x.nl/mijn/gegevens"), "utf-8")
    assert load(path).scope().owner("https://x.nl/mijn/gegevens") == "mijn"
    for page, told in (("https://x.nl/zaken", "of the channel 'site'"), ("https://y.nl/", "of none")):
        path.write_text(text.format(page=page), "utf-8")
        with pytest.raises(ConfigError, match=f":13: {page} is {told}"):
            load(path)
