"""What each address of the estate answers: pages from templates, files, and the awkward answers of real sites.

No sockets here and no clock: the same address, build and changes give the same bytes. `World` holds the little that
can change: the portal's sessions and the named changes of `nights.py`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from scanner.demo import content, documents, nights

HERE = Path(__file__).parent
_HTML = "text/html; charset=utf-8"
_TYPES = {
    ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
    ".png": "image/png", ".gif": "image/gif", ".vtt": "text/vtt; charset=utf-8", ".ogg": "audio/ogg",
    ".webm": "video/webm", ".json": "application/json",
}
_HASHED = re.compile(r"\bv[mi]-[a-z0-9]+(?:-[a-z0-9]+)*")
"""Class names start with vm- and ids with vi-; both carry the build's hash, as CSS modules make them."""
_LABEL = re.compile(r"\d\.\d\.\d{1,2}:(failed|cantTell|ok|may)")
_NEEDS = {"", "ocr", "media", "2018"}


@dataclass(frozen=True, slots=True)
class Channel:
    """One digital channel of the municipality. `configured` is False for a supplier's host that nobody listed."""

    kind: str
    name: str
    owner: str
    supplier: str
    target: str
    host: str = "127.0.0.1"
    configured: bool = True


CHANNELS: Mapping[str, Channel] = {
    "main": Channel("website", "Voorbeeldmeer.nl", "Team Communicatie", "Meerweb", "A"),
    "sport": Channel("website", "Voorbeeldmeer in beweging", "Team Sport", "Bureau Springtij", "B", "localhost"),
    "loket": Channel("portal", "Mijn Voorbeeldmeer", "Team Burgerzaken", "Loketware", "B"),
    "kaart": Channel("map", "Voorbeeldmeer op de kaart", "Team Geo", "Kaartenmakers", "B"),
    "formulier": Channel("form", "E-formulieren", "Team Dienstverlening", "Formulierenfabriek", "A"),
    "widget": Channel("website", "Afspraak en chat", "Team Burgerzaken", "Wachtrij", "B", configured=False),
}

_REDIRECTS = {
    ("main", "/paspoort"): (301, "/producten/paspoort-aanvragen/"),
    ("main", "/home/"): (301, "/"),
    ("main", "/mijn-zaken/"): (302, "{loket}/inloggen/?terug=/overzicht/"),
    ("formulier", "/"): (302, "/melding/"),
    ("widget", "/"): (302, "/afspraak/"),
}
_HEADERS: Mapping[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("main", "/toegankelijkheid/"): (
        ("Content-Security-Policy", "default-src 'self'; style-src 'self'; object-src 'none'"),),
    ("main", "/producten/paspoort-aanvragen/"): (
        ("Content-Security-Policy",
         "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'"),),
    ("main", "/raad/uitslagen/"): (("Refresh", "900"),),
}
_NO_CONTENT = {
    ("main", "/nieuws/bericht-verwijderd/"), ("loket", "/inloggen/"),
}
"""Pages with a template that are not content: a soft 404, and the login wall (listed apart)."""
_MORE_PAGES: Mapping[str, tuple[str, ...]] = {
    "main": ("/nieuws/?pagina=2", "/zoeken/?q=paspoort", "/raad/vergadering/?nr=1", "/raad/vergadering/?nr=2"),
    "sport": ("/programma/zwemmen/", "/programma/wandelen/", "/programma/fietsen/",
              "/kalender/#/mei", "/kalender/#/juni", "/kalender/#/juli"),
}
_BEHIND_TEMPLATE: Mapping[tuple[str, str], str] = {
    ("sport", "/programma/zwemmen/"): "programma", ("sport", "/programma/wandelen/"): "programma",
    ("sport", "/programma/fietsen/"): "programma",
}
_HARMFUL = re.compile(r"^/(uitloggen|berichten/verwijderen|aanvraag/annuleren|nieuwsbrief/afmelden)\b")


def credentials() -> tuple[str, str]:
    """User name and password of the portal: SCANNER_DEMO_USER and SCANNER_DEMO_PASSWORD, else a known pair."""
    return (os.environ.get("SCANNER_DEMO_USER") or "inwoner",
            os.environ.get("SCANNER_DEMO_PASSWORD") or "Meerkoet-1842")


def changes_something(channel: str, path: str) -> bool:
    """Whether a GET of this path logs out, deletes or cancels."""
    return channel in {"loket", "main"} and bool(_HARMFUL.match(path))


def config_text(origins: Mapping[str, str], user: str, folder: str) -> str:
    """A scanner.toml for the estate: every configured channel, the portal's login, one journey through a form.

    The portal's password is not in it: it is read from the environment variable SCANNER_DEMO_PASSWORD.
    """
    lines = ["[organisation]", 'name = "Gemeente Voorbeeldmeer"', 'contact = "webteam@voorbeeldmeer.example"',
             'short = "VM"', "", "[storage]", f"folder = {json.dumps(folder + '/data')}", "",
             "[reports]", f"folder = {json.dumps(folder + '/reports')}", "",
             "[scan]", "channels_at_once = 3", ""]
    used = {channel.supplier for channel in CHANNELS.values() if channel.configured}
    for supplier in sorted(used):
        lines += ["[[supplier]]", f'id = "{_id(supplier)}"', f'name = "{supplier}"',
                  f'email = "toegankelijkheid@{_id(supplier)}.example"', ""]
    for name, channel in CHANNELS.items():
        if channel.configured:
            lines += ["[[channel]]", f'id = "{name}"', f'name = "{channel.name}"', f'url = "{origins[name]}/"',
                      f'kind = "{channel.kind}"', f'owner = "{channel.owner}"', f'supplier = "{_id(channel.supplier)}"',
                      f'target = "{channel.target}"', *_channel_lines(name, origins[name], user), ""]
    return "\n".join(lines)


def _id(name: str) -> str:
    return name.lower().replace(" ", "-")


def _channel_lines(name: str, origin: str, user: str) -> list[str]:
    """What is particular to one channel in scanner.toml; no rate limit, the server is our own."""
    limits = ["[channel.limits]", "pages = 100", "per_second = 0", "deep_pages = 2"]
    if name == "loket":
        listed = ", ".join(f'"{origin}{path}"' for path in ("/overzicht/", "/berichten/", "/gegevens/", "/aanslagen/"))
        return [f"pages = [{listed}]", *limits, "[channel.login]", "check = \"a[href='/uitloggen/']\"", "steps = [",
                f'  {{ goto = "{origin}/inloggen/" }},',
                f'  {{ fill = "[name=gebruikersnaam]", value = {json.dumps(user)} }},',
                '  { fill = "[name=wachtwoord]", secret = "SCANNER_DEMO_PASSWORD" },',
                '  { click = "button[type=submit]" },', "]"]
    if name == "formulier":
        on = "section:not([hidden]) [data-naar='1']"
        return [*limits, "[[channel.journey]]", 'name = "Melding doen"', f'start = "{origin}/melding/"', "steps = [",
                '  { fill = "[name=wat]", value = "Een losse stoeptegel" },', f'  {{ click = "{on}" }},',
                '  { fill = "[name=pc]", value = "1234 AB" },', f'  {{ click = "{on}" }},',
                '  { fill = "[name=mail]", value = "proef@voorbeeldmeer.example" },', f'  {{ click = "{on}" }},',
                "]"]
    return limits


@dataclass(frozen=True, slots=True)
class Answer:
    """One response before conditions and ranges are applied."""

    status: int = 200
    body: bytes = b""
    content_type: str = _HTML
    headers: tuple[tuple[str, str], ...] = ()
    etag: str = ""
    last_modified: str = ""
    delay: float = 0.0
    """Seconds before the first byte."""
    ranged: bool = False


def label(plant: str, expect: str, needs: str = "") -> Markup:
    """The attributes that label an element: a name for what is planted, and the outcome that is expected of it.

    `expect` holds pairs such as `1.1.1:failed`; the outcomes are `failed`, `cantTell`, `ok` (never failed) and `may`
    (failed and cantTell are both fair). `needs` names what must be available to decide: ocr, media or 2018.
    """
    for pair in expect.split():
        if not _LABEL.fullmatch(pair):
            raise ValueError(f"bad label on {plant!r}: {pair!r}")
    if needs not in _NEEDS:
        raise ValueError(f"bad need on {plant!r}: {needs!r}")
    extra = f' data-needs="{needs}"' if needs else ""
    return Markup(f'data-plant="{escape(plant)}" data-expect="{escape(expect)}"{extra}')


@cache
def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(HERE / "pages"), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)
    environment.globals.update(x=label, inhoud=content)
    return environment


@cache
def _templates(channel: str) -> Mapping[str, str]:
    """Address path → template name, for every template of a channel that is a page."""
    root = HERE / "pages" / channel
    found: dict[str, str] = {}
    for file in sorted(root.rglob("*.html")):
        parts = file.relative_to(root).with_suffix("").parts
        if any(part.startswith("_") for part in parts):
            continue
        parts = parts[:-1] if parts[-1] == "index" else parts
        found["/" + "".join(f"{part}/" for part in parts)] = f"{channel}/{file.relative_to(root).as_posix()}"
    return found


class World:
    """The estate at one moment: addresses, sessions, changes. Safe to use from many threads."""

    def __init__(self, origins: Mapping[str, str], *, user: str, password: str, slow: float) -> None:
        self.origins = dict(origins)
        self.changes: tuple[str, ...] = ()
        self._user = user
        self._password = password
        self._slow = slow
        self._lock = threading.Lock()
        self._rendered: dict[tuple[str, str, str], bytes] = {}
        self._versions: dict[tuple[str, str, str], tuple[str, str]] = {}
        self._sessions: set[str] = set()
        self._session_count = 0
        self._deleted: set[str] = set()
        self._special: Mapping[tuple[str, str], Callable[[], Answer]] = self._specials()

    # -- changes -----------------------------------------------------------------------------------------------

    def set_changes(self, names: tuple[str, ...]) -> None:
        """Put named changes in force; each at most once."""
        with self._lock:
            self.changes = tuple(dict.fromkeys(names))
            self._rendered.clear()

    def end_sessions(self) -> None:
        """Forget every session of the portal."""
        with self._lock:
            self._sessions.clear()

    # -- pages -------------------------------------------------------------------------------------------------

    def pages(self, channel: str | None = None) -> list[str]:
        """Absolute addresses of the pages with content, sorted per channel."""
        return [self.origins[name] + path for name in CHANNELS if channel in (None, name)
                for path in sorted(self.paths(name))]

    def paths(self, channel: str) -> list[str]:
        """Paths of a channel's pages with content."""
        return [path for path in (*_templates(channel), *_MORE_PAGES.get(channel, ()))
                if (channel, path) not in _NO_CONTENT and (channel, path) not in _REDIRECTS
                and not nights.gone(self.changes, channel, path)]

    def page(self, channel: str, address: str) -> bytes:
        """The markup of a page, without session and status: what its labels are read from."""
        path, _, query = address.partition("#")[0].partition("?")
        return self._render(channel, path, query)

    def _render(self, channel: str, path: str, query: str) -> bytes:
        key = (channel, path, query)
        with self._lock:
            ready = self._rendered.get(key)
            changes = self.changes
        if ready is not None:
            return ready
        name = _BEHIND_TEMPLATE.get((channel, path))
        template = f"{channel}/{name}.html" if name else _templates(channel)[path]
        made = self._html(template, channel, path, query, changes)
        with self._lock:
            if len(self._rendered) < 500 and changes == self.changes:
                self._rendered[key] = made
        return made

    def _html(self, template: str, channel: str, path: str, query: str = "",
              changes: tuple[str, ...] | None = None, **more: object) -> bytes:
        changes = self.changes if changes is None else changes
        asked = {key: values[-1] for key, values in parse_qs(query).items()}
        text = _environment().get_template(template).render(
            o=self.origins, kanaal=CHANNELS[channel], pad=path, vraag=asked, night=frozenset(changes),
            verwijderd=sorted(self._deleted), **more)
        return self._build(text, changes).encode()

    @staticmethod
    def _build(text: str, changes: tuple[str, ...]) -> str:
        """Give class names and ids the hash of the current build."""
        return _HASHED.sub(lambda found: f"{found[0]}_{nights.build(changes)}", text)

    # -- answers -----------------------------------------------------------------------------------------------

    def answer(self, channel: str, method: str, path: str, query: str, body: bytes, cookie: str) -> Answer:
        """The response to one request."""
        outage = nights.outage(self.changes, channel, path)
        if outage:
            return self._error(channel, outage)
        if method == "OPTIONS":
            return Answer(204, headers=(("Allow", "GET, HEAD, POST, OPTIONS"),))
        if method in {"PUT", "PATCH", "DELETE"}:
            return Answer(405, b"", "text/plain", (("Allow", "GET, HEAD, POST, OPTIONS"),))
        if channel == "loket":
            return self._portal(method, path, query, body, cookie)
        if method == "POST":
            return self._post(channel, path, body)
        return self._get(channel, path, query)

    def _get(self, channel: str, path: str, query: str) -> Answer:
        if (channel, path) in _REDIRECTS:
            status, where = _REDIRECTS[channel, path]
            return _redirect(status, where.format(**self.origins))
        if path.startswith("/static/"):
            return self._static(channel, path)
        special = self._special.get((channel, path))
        if special is not None:
            return self._versioned((channel, path, ""), special())
        if channel == "kaart" and (tile := re.fullmatch(r"/tegels/(\d{1,2})/(\d{1,3})/(\d{1,3})\.svg", path)):
            body = documents.map_tile(*(int(part) for part in tile.groups()))
            return self._versioned((channel, path, ""), Answer(200, body, "image/svg+xml"))
        known = path in _templates(channel) or (channel, path) in _BEHIND_TEMPLATE
        if not known or nights.gone(self.changes, channel, path):
            if not path.endswith("/") and path + "/" in _templates(channel):
                return _redirect(301, path + "/" + (f"?{query}" if query else ""))
            return self._error(channel, 404)
        delay = self._slow if (channel, path) == ("main", "/nieuws/archief/") else 0.0
        page = Answer(200, self._render(channel, path, query), headers=_HEADERS.get((channel, path), ()), delay=delay)
        return self._versioned((channel, path, query), page)

    def _error(self, channel: str, status: int) -> Answer:
        body = self._html("layouts/fout.html", channel, "", status=status)
        return Answer(status, body, headers=(("Cache-Control", "no-store"),))

    def _static(self, channel: str, path: str) -> Answer:
        root = (HERE / "static").resolve()
        file = (root / path.removeprefix("/static/")).resolve()
        if not file.is_relative_to(root) or not file.is_file() or file.suffix not in _TYPES:
            return Answer(404, b"Niet gevonden", "text/plain; charset=utf-8")
        body = file.read_bytes()
        if file.suffix in {".css", ".js"}:
            body = self._build(body.decode(), self.changes).encode()
        answer = Answer(200, body, _TYPES[file.suffix], (("Cache-Control", "no-cache"),),
                        ranged=file.suffix in {".ogg", ".webm"})
        return self._versioned((channel, path, ""), answer)

    def _versioned(self, key: tuple[str, str, str], answer: Answer) -> Answer:
        """The answer with ETag and Last-Modified. The date moves on only when the bytes have changed."""
        tag = f'"{hashlib.sha256(answer.body).hexdigest()[:20]}"'
        with self._lock:
            known = self._versions.get(key)
            if known is None or known[0] != tag:
                day = 1 if known is None else int(known[1][5:7]) + 1
                known = (tag, f"{('Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat')[(day - 1) % 7]}, "
                              f"{1 + (day - 1) % 28:02} Feb 2026 06:00:00 GMT")
                self._versions[key] = known
        return replace(answer, etag=known[0], last_modified=known[1])

    # -- special answers ---------------------------------------------------------------------------------------

    def _specials(self) -> Mapping[tuple[str, str], Callable[[], Answer]]:
        main = self.origins["main"]
        special: dict[tuple[str, str], Callable[[], Answer]] = {
            ("main", "/robots.txt"): lambda: _text(
                f"User-agent: *\nDisallow: /intern/\nDisallow: /zoeken/uitgebreid/resultaten/\n\n"
                f"Sitemap: {main}/sitemap.xml\n"),
            ("main", "/sitemap.xml"): lambda: Answer(200, _sitemap_index(
                [f"{main}/sitemap-paginas.xml.gz", f"{main}/sitemap-nieuws.xml"]), "application/xml"),
            ("main", "/sitemap-paginas.xml.gz"): lambda: Answer(200, gzip.compress(_sitemap(
                [main + page.path for page in content.PAGES]), mtime=0), "application/gzip"),
            ("main", "/sitemap-nieuws.xml"): lambda: Answer(200, _sitemap(
                [main + item.path for item in content.NEWS]), "application/xml"),
            ("main", "/cijfers/storing/"): lambda: self._error("main", 500),
            ("main", "/agenda/raadsvergadering.ics"): lambda: Answer(
                200, documents.calendar(), "text/calendar; charset=utf-8",
                (("Content-Disposition", 'attachment; filename="raadsvergadering.ics"'),)),
            ("main", "/downloads/kaartmateriaal.zip"): lambda: Answer(
                200, documents.archive(), "application/zip",
                (("Content-Disposition", 'attachment; filename="kaartmateriaal.zip"'),)),
            ("main", "/downloads/subsidieregels.pdf"): lambda: Answer(
                200, documents.tagged_pdf(), "application/pdf"),
            ("main", "/downloads/begroting-in-beeld.pdf"): lambda: Answer(
                200, documents.untagged_pdf(), "application/pdf"),
            ("kaart", "/punten.json"): lambda: Answer(
                200, json.dumps(content.POINTS, ensure_ascii=False, sort_keys=True).encode(), "application/json"),
            ("sport", "/api/verhalen.json"): lambda: Answer(
                200, json.dumps(content.STORIES, ensure_ascii=False, sort_keys=True).encode(), "application/json"),
        }
        for channel in CHANNELS:
            if channel != "main":
                special[channel, "/robots.txt"] = lambda: _text("User-agent: *\nDisallow:\n")
            special[channel, "/favicon.ico"] = lambda: Answer(
                200, (HERE / "static" / "beeld" / "icoon.svg").read_bytes(), "image/svg+xml")
        return special

    # -- what a POST does --------------------------------------------------------------------------------------

    def _post(self, channel: str, path: str, body: bytes) -> Answer:
        """Sending really works, so that a scanner that sends is caught by the recording, not by an error."""
        fields = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        if channel == "formulier" and path in {"/aangifte/stap-2/", "/aangifte/stap-3/"}:
            missing = [name for name in content.REQUIRED_BEFORE[path] if not fields.get(name, "").strip()]
            step = int(path[-2]) - (1 if missing else 0)
            return Answer(200, self._html(f"formulier/_aangifte-{step}.html", channel, path,
                                          velden=fields, fouten=missing))
        if channel == "formulier":
            return _redirect(303, "/ontvangen/")
        if channel == "main":
            return _redirect(303, "/contact/bedankt/")
        return Answer(204)

    # -- the portal --------------------------------------------------------------------------------------------

    def _portal(self, method: str, path: str, query: str, body: bytes, cookie: str) -> Answer:
        if path.startswith("/static/") or ("loket", path) in self._special:
            return self._get("loket", path, query)
        token = dict(part.strip().partition("=")[::2] for part in cookie.split(";")).get("loket", "")
        with self._lock:
            inside = token in self._sessions
        if path == "/inloggen/" and method == "POST":
            return self._log_in(body)
        if path == "/inloggen/":
            return Answer(200, self._html("loket/inloggen.html", "loket", path, query, fout=False))
        if not inside:
            return _redirect(302, f"/inloggen/?terug={quote(path)}")
        if path == "/uitloggen/":
            with self._lock:
                self._sessions.discard(token)
            return _redirect(302, "/inloggen/?uitgelogd=1")
        if path == "/berichten/verwijderen/":
            with self._lock:
                self._deleted.add(query)
                self._rendered.clear()
            return _redirect(302, "/berichten/")
        if path == "/aanvraag/annuleren/" or method == "POST":
            return _redirect(303, "/overzicht/")
        answer = self._get("loket", path or "/", query)
        return replace(answer, etag="", last_modified="", headers=(*answer.headers, ("Cache-Control", "no-store")))

    def _log_in(self, body: bytes) -> Answer:
        fields = dict(parse_qsl(body.decode("utf-8", "replace")))
        if (fields.get("gebruikersnaam"), fields.get("wachtwoord")) != (self._user, self._password):
            return Answer(200, self._html("loket/inloggen.html", "loket", "/inloggen/", fout=True))
        with self._lock:
            self._session_count += 1
            token = f"sessie-{self._session_count}"
            self._sessions.add(token)
        where = fields.get("terug", "")
        safe = where if re.fullmatch(r"/[a-z][a-z0-9/-]*", where) else "/overzicht/"
        return _redirect(303, safe, ("Set-Cookie", f"loket={token}; Path=/; HttpOnly; SameSite=Lax"))


def _redirect(status: int, where: str, *headers: tuple[str, str]) -> Answer:
    return Answer(status, b"", headers=(("Location", where), *headers))


def _text(text: str) -> Answer:
    return Answer(200, text.encode(), "text/plain; charset=utf-8")


def _sitemap(addresses: list[str]) -> bytes:
    rows = "".join(f"<url><loc>{escape(address)}</loc><lastmod>2026-02-01</lastmod></url>" for address in addresses)
    return ('<?xml version="1.0" encoding="UTF-8"?>'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>').encode()


def _sitemap_index(addresses: list[str]) -> bytes:
    rows = "".join(f"<sitemap><loc>{escape(address)}</loc></sitemap>" for address in addresses)
    return ('<?xml version="1.0" encoding="UTF-8"?>'
            f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>').encode()
