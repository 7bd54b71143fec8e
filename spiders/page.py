"""What an answer to a request is: links, title, wall, challenge, missing page, download. Pure: bytes in, facts out.

Everything read here is hostile: sizes are bounded by the caller, patterns run in linear time, XML entities are never
resolved.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import lxml.html
from lxml import etree
from w3lib.encoding import html_to_unicode

from spiders.scope import canonical

MAX_LINKS = 50_000
_MAIN_TEXT = 20_000
_HTML = ("text/html", "application/xhtml+xml")
_HTML_START = re.compile(rb"\s*(?:<!--|<!doctype html|<html|<head|<body|<title|<h1|<p[ >]|<div)", re.IGNORECASE)
_DOCUMENT_TYPES = (
    "application/pdf", "application/msword", "application/rtf", "text/rtf", "application/epub+zip",
    "application/vnd.ms-", "application/vnd.openxmlformats-officedocument", "application/vnd.oasis.opendocument",
)


@dataclass(frozen=True, slots=True)
class Link:
    """One link: canonical address and the words that a person reads on it."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """What the crawler needs to know of an HTML page."""

    title: str
    links: tuple[Link, ...]
    """In order of the page, each address once (with the text that makes it look most dangerous kept by the caller)."""
    canonical: str
    """Address that the page names as its canonical one; empty when none or itself."""
    robots: frozenset[str]
    """Words of `<meta name=robots>`, recorded and not obeyed: an audit sees what a search engine may not."""
    refresh: str
    """Address that the page goes to at once by `<meta http-equiv=refresh>`; empty when none."""
    main_words: int
    password: bool
    """A password field within the main content."""
    shingles: frozenset[int]
    """Hashes of five words in a row of the main content."""
    digest: str
    """A hash that stays the same when only nonces, tokens, hidden fields, comments and clock times differ."""


def is_html(content_type: str, body: bytes) -> bool:
    """Whether a browser would show this as a page. Without a content type, the body's start decides."""
    if content_type:
        return content_type in _HTML
    return _HTML_START.match(body[:512]) is not None


def is_document(content_type: str) -> bool:
    """Whether this content type is a PDF or office document."""
    return content_type.startswith(_DOCUMENT_TYPES)


def media_type(header: str) -> str:
    """`text/html` of `Text/HTML; charset=utf-8`."""
    return header.partition(";")[0].strip().lower()[:100]


def read(body: bytes, content_type_header: str, url: str) -> Page:
    """Reads an HTML page. Broken markup is read as well as it can be; an unreadable page has no links."""
    _, text = html_to_unicode(content_type_header or None, body)
    root = _tree(text)
    if root is None:
        return Page("", (), "", frozenset(), "", 0, False, frozenset(), "")
    base = url
    for element in root.iter("base"):
        if element.get("href"):
            base = canonical(element.get("href") or "", url) or url
            break
    named = ""
    robots: set[str] = set()
    refresh = ""
    for element in root.iter("link", "meta"):
        relation = (element.get("rel") or "").lower().split()
        name = (element.get("name") or "").lower()
        if element.tag == "link" and "canonical" in relation and not named:
            named = canonical(element.get("href") or "", base) or ""
        elif name == "robots":
            robots |= {word.strip() for word in (element.get("content") or "").lower().split(",")}
        elif (element.get("http-equiv") or "").lower() == "refresh" and not refresh:
            refresh = _refresh(element.get("content") or "", base)
    title = next((" ".join("".join(element.itertext()).split()) for element in root.iter("title")), "")[:300]
    links = tuple(_links(root, base))
    main, password = _main(root)
    words = main.split()
    return Page(
        title=title,
        links=links,
        canonical="" if named == url else named,
        robots=frozenset(filter(None, robots)),
        refresh="" if refresh == url else refresh,
        main_words=len(words),
        password=password,
        shingles=frozenset(
            hash_of(" ".join(words[start : start + 5])) for start in range(min(max(len(words) - 4, 1), 4_000)) if words
        ),
        digest=_digest(root),
    )


def hash_of(text: str) -> int:
    """A 64-bit hash that is the same in every process (Python's own is not)."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def _tree(text: str) -> lxml.html.HtmlElement | None:
    cleaned = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\x00", ""), count=1)
    if not cleaned.strip():
        return None
    parser = lxml.html.HTMLParser(encoding="utf-8", recover=True, huge_tree=False, no_network=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(cleaned.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return None
    return root


def _refresh(content: str, base: str) -> str:
    found = re.match(r"\s*(\d{1,4})(?:\.\d*)?\s*[;,]\s*(?:url\s*=\s*)?[\"']?([^\"']+)", content[:2_100], re.I)
    return (canonical(found.group(2), base) or "") if found and int(found.group(1)) == 0 else ""


def _links(root: lxml.html.HtmlElement, base: str) -> Iterator[Link]:
    """Links of a, area, iframe, frame, and link rel=alternate/canonical/next/prev. Forms are not submitted."""
    count = 0
    for element in root.iter("a", "area", "iframe", "frame", "link"):
        tag = element.tag
        if tag == "link":
            relation = set((element.get("rel") or "").lower().split())
            kind = media_type(element.get("type") or "")
            if not relation & {"alternate", "canonical", "next", "prev"} or (kind and kind not in _HTML):
                continue
        address = element.get("src") if tag in ("iframe", "frame") else element.get("href")
        if not address or (address.startswith("#") and not address.startswith(("#/", "#!"))):
            continue
        url = canonical(address, base)
        if url is None:
            continue
        count += 1
        if count > MAX_LINKS:
            return
        text = _words_of(element) if tag == "a" else ""
        if not text.strip():
            text = element.get("aria-label") or element.get("title") or element.get("alt") or ""
        yield Link(url, " ".join(text.split())[:100])


def _words_of(element: etree._Element) -> str:
    """Start of an element's text; looks no further than it must, in hostile pages an element can hold them all."""
    found = ""
    for number, piece in enumerate(element.itertext()):
        found += piece[:200]
        if len(found) > 200 or number > 50:
            break
    return found


_SKIPPED = frozenset(("script", "style", "noscript", "template", "nav", "header", "footer", "aside", "svg", "title"))


def _main(root: lxml.html.HtmlElement) -> tuple[str, bool]:
    """Text outside navigation, header and footer, cut to a bound, and whether a password field stands in it."""
    pieces: list[str] = []
    length = 0
    password = False
    stack: list[tuple[etree._Element, bool]] = [(root, False)]
    while stack and length < _MAIN_TEXT:
        element, tail = stack.pop()
        if tail:
            piece = element.tail
        else:
            stack.append((element, True))
            tag = element.tag
            if not isinstance(tag, str) or tag in _SKIPPED:
                continue
            if tag == "input" and (element.get("type") or "").lower() == "password":
                password = True
            piece = element.text
            stack.extend((child, False) for child in reversed(element))
        if piece and not piece.isspace():
            pieces.append(piece)
            length += len(piece)
    return " ".join(" ".join(pieces)[:_MAIN_TEXT].split()), password


# --- walls, challenges, missing pages -----------------------------------------------------------------------------

_LOGIN_ADDRESS = re.compile(
    r"(?:^|[/._?=&-])(?:log-?in|log-?on|inlog(?:gen)?|sign-?in|aanmelden|sso|saml2?|oauth2?|openid(?:-connect)?|adfs"
    r"|authori[sz]e|authenticat(?:e|ion)|digid|eherkenning|eidas|wp-login|account/login)(?:$|[/._?=&-])",
    re.IGNORECASE,
)


def is_login_address(url: str) -> bool:
    """Whether an address is that of a login page by its words."""
    split = urlsplit(url)
    names = "&".join(part.partition("=")[0] for part in split.query.split("&"))
    return bool(_LOGIN_ADDRESS.search(f"{split.netloc}{split.path}?{names}"))


_CHALLENGE_HEADERS = (
    ("cf-mitigated", re.compile("challenge"), "Cloudflare"),
    ("x-amzn-waf-action", re.compile("challenge|captcha"), "AWS WAF"),
    ("x-datadome", re.compile("protected"), "DataDome"),
)
_CHALLENGE_BODY = (
    (re.compile(rb"/cdn-cgi/challenge-platform/|cf-browser-verification|cf_chl_opt"), "Cloudflare"),
    (re.compile(rb"_Incapsula_Resource|Incapsula incident ID"), "Imperva"),
    (re.compile(rb"captcha-delivery\.com"), "DataDome"),
    (re.compile(rb"px-captcha|_pxAppId"), "PerimeterX"),
    (re.compile(rb"awswaf(?:captcha|integration)?\.|AwsWafIntegration"), "AWS WAF"),
    (re.compile(rb"The requested URL was rejected\. Please consult with your administrator"), "F5"),
    (re.compile(rb"/\.within\.website/x/cmd/anubis"), "Anubis"),
    (re.compile(rb"sucuri_cloudproxy_js|Sucuri WebSite Firewall"), "Sucuri"),
    (re.compile(rb"<title>(?:Just a moment\.\.\.|Attention Required! \| Cloudflare)</title>"), "Cloudflare"),
    (re.compile(rb"errors\.edgesuite\.net"), "Akamai"),
)


def challenge(status: int, headers: Mapping[str, str], body: bytes, main_words: int) -> str:
    """The maker of a bot challenge or block page, or empty.

    Body signs count only in a page with hardly any content, or in a refusal: an ordinary page may carry the same
    scripts in the background.
    """
    for name, pattern, maker in _CHALLENGE_HEADERS:
        if pattern.search(headers.get(name, "")) and (name != "x-datadome" or status == 403):
            return maker
    if status in (401, 403, 405, 429, 503) or main_words < 60:
        for sign, maker in _CHALLENGE_BODY:
            if sign.search(body[:200_000]):
                return maker
    return ""


_MISSING = re.compile(
    r"\b(?:niet gevonden|bestaat niet|not found|does not exist|(?:error|fout|http)\W{0,3}404"
    r"|404\W{0,3}(?:error|fout|pagina|page))\b|^\W*404\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Probe:
    """What a host answers to an address that cannot exist."""

    page: Page | None = None
    """The page it shows with a good status; None when it says 404, as it should."""
    redirect: str = ""
    """Where it sends the visitor instead."""


def likeness(one: Page, other: Page) -> float:
    """How alike the main contents of two pages are: Jaccard over shingles, 0 to 1."""
    union = one.shingles | other.shingles
    return len(one.shingles & other.shingles) / len(union) if union else 0.0


def looks_missing(page: Page, probe: Probe, home: Page | None) -> str:
    """`probe` when the page is what the host shows for a made-up address, `title` when it says so itself, or empty.

    A host that shows its home page (or the shell of a single-page app) for every address says nothing this way: the
    probe is then not used.
    """
    shell = probe.page is not None and home is not None and likeness(probe.page, home) >= 0.8
    if probe.page is not None and not shell and page.title == probe.page.title and likeness(page, probe.page) >= 0.9:
        return "probe"
    if not _MISSING.search(page.title) or page.main_words >= 250:
        return ""
    alone = probe.page is None or shell
    alike = probe.page is not None and (likeness(page, probe.page) >= 0.5 or _MISSING.search(probe.page.title))
    return "title" if alone or alike else ""


# --- is it the same page as last night? ---------------------------------------------------------------------------

_SECRET = re.compile(
    r"(?:csrf|xsrf|nonce|token|viewstate|eventvalidation|form_build_id|honeypot|request_?id|timestamp)", re.IGNORECASE
)
_SECRET_VALUE = re.compile(
    _SECRET.pattern + r"[\w.-]{0,20}[\"']?\s{0,9}[:=]\s{0,9}(?:\"[^\"]{0,2000}\"|'[^']{0,2000}'|[\w.%+/-]{1,2000})",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\b20\d\d-[01]\d-[0-3]\d[T ][0-2]\d:[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|\b\d\d? [A-Z][a-z]{2} 20\d\d \d\d:\d\d:\d\d|\b[0-2]\d:[0-5]\d:[0-5]\d\b|\b1[6-9]\d{8}(?:\d{3})?\b"
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|js-view-dom-id-[0-9a-f]{1,80}"
)
_LONGEST_PIECE = 1_000_000


def _digest(root: lxml.html.HtmlElement) -> str:
    """A hash that stays the same when only nonces, tokens, hidden fields, comments and clock times differ."""
    told = hashlib.sha256()
    for element in root.iter():
        tag = element.tag
        if isinstance(tag, str):
            kept = [tag]
            names = " ".join(element.get(name) or "" for name in ("name", "id", "type"))
            secret = _SECRET.search(names[:300]) or (tag == "input" and "hidden" in names.lower())
            for name, value in element.items():
                if name != "nonce" and not _SECRET.search(name[:100]) and not (secret and name in ("value", "content")):
                    kept.append(f"{name}={_steady(value)}")
            text = element.text or ""
            if tag == "script" and len(text) <= _LONGEST_PIECE:
                text = _SECRET_VALUE.sub("", text)
            kept.append(_steady(text))
            told.update("\n".join(kept).encode("utf-8", "replace"))
        if element.tail:
            told.update(_steady(element.tail).encode("utf-8", "replace"))
    return told.hexdigest()[:32]


def _steady(text: str) -> str:
    """Text with clock times, epoch seconds and unique ids taken out, and white space made single."""
    if len(text) <= _LONGEST_PIECE and any(letter.isdigit() for letter in text):
        text = _CLOCK.sub("", text)
    return " ".join(text.split())
