"""What an answer is read to be: hashes that survive nonces, signs of walls, and pages that are hostile to readers."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders import page
from spiders.sitemap import BadSitemap, parse

URL = "https://www.voorbeeldmeer.nl/"


def digest(body: str) -> str:
    return page.read(body.encode(), "text/html; charset=utf-8", URL).digest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('<script nonce="a1">1</script>', '<script nonce="b2">1</script>'),
        ('<input type="hidden" name="x" value="1"><p>t', '<input type="hidden" name="x" value="2"><p>t'),
        ('<meta name="csrf-token" content="1"><p>t', '<meta name="csrf-token" content="2"><p>t'),
        ("<p>t<!-- 1 -->", "<p>t<!-- anders -->"),
        ("<p>Nu 12:01:02 uur", "<p>Nu 13:44:59 uur"),
        ("<p data-t='2026-11-24T10:00:00Z'>t", "<p data-t='2026-11-25T11:30:00+01:00'>t"),
        ("<script>var s={csrfToken: 'abc'}</script>", "<script>var s={csrfToken: 'xyz'}</script>"),
        ("<p>veel   wit\n", "<p>veel wit"),
    ],
)
def test_hash_stays_for_what_changes_by_itself(one: str, other: str) -> None:
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<p>Open tot 12:00 uur", "<p>Open tot 17:00 uur"),
        ('<img alt="a">', '<img alt="b">'),
        ('<link href="/a.1.css">', '<link href="/a.2.css">'),
        ('<input name="a" value="1">', '<input name="a" value="2">'),
        ("<h1>t</h1>", "<h2>t</h2>"),
        ("<p>24 november 2026", "<p>25 november 2026"),
    ],
)
def test_hash_changes_with_content(one: str, other: str) -> None:
    assert digest(one) != digest(other)


@pytest.mark.parametrize(
    ("url", "login"),
    [
        ("https://x.nl/inloggen", True), ("https://x.nl/user/login?next=/a", True), ("https://login.x.nl/", True),
        ("https://x.nl/saml2/sso", True), ("https://x.nl/digid", True), ("https://x.nl/?login=1", True),
        ("https://x.nl/", False), ("https://x.nl/blogin", False), ("https://x.nl/nieuws?titel=login", False),
    ],
)
def test_login_addresses(url: str, login: bool) -> None:
    assert page.is_login_address(url) is login


def test_a_challenge_script_in_an_ordinary_page_is_no_challenge() -> None:
    body = b"<script src='/cdn-cgi/challenge-platform/x.js'></script>"
    assert page.challenge(200, {}, body, main_words=300) == ""
    assert page.challenge(200, {}, body, main_words=5) == "Cloudflare"
    assert page.challenge(403, {}, body, main_words=300) == "Cloudflare"


def test_password_field_in_the_header_is_not_the_content() -> None:
    read = page.read(b"<body><header><input type=password></header><main>Welkom</main>", "text/html", URL)
    assert not read.password and read.main_words == 1


@pytest.mark.parametrize(
    "body",
    [b"<div>" * 500_000, b"<!--" * 500_000, b"<input " * 300_000, b"<script>" + b'token="' * 100_000,
     b"<a href=/x>" * 100_000, b"<p " + b"a=1 " * 500_000, b"1:" * 1_000_000, b"<title>" + b"404 " * 500_000,
     b"<a>" * 300 + b"x" * 2_000_000, b"\x00" * 100_000, b"<svg><foreignObject>" * 100_000],
    ids=lambda body: repr(body[:12]),
)
def test_hostile_markup_is_read_in_bounded_time(body: bytes) -> None:
    began = time.process_time()
    page.read(body, "text/html", URL)
    assert time.process_time() - began < 5


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["text/html", "text/html; charset=utf-16", "text/html; charset=bogus", ""]))
def test_any_bytes_can_be_read(body: bytes, content_type: str) -> None:
    for link in page.read(b"<a href='" + body + b"'>" + body, content_type, URL).links:
        assert link.url.startswith("http")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_sitemap_is_read_or_refused(noise: bytes) -> None:
    for body in (noise, b"<urlset><url><loc>" + noise + b"</loc></url></urlset>", b"\x1f\x8b" + noise, b"http://x.nl/a\n" + noise):
        try:
            found = parse(body, URL)
        except BadSitemap:
            continue
        assert all(url.startswith("http") for url in (*found.pages, *found.sitemaps))
