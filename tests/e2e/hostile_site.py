"""Pages that do what they can to break a scanner, each with the states of the ledger in which it may end.

`serve(server)` puts them on a test server. Every page but those that say otherwise carries the same planted barrier, an
image without a text alternative, so that a test can see whether it was really looked at.
"""

from __future__ import annotations

import gzip
import time
from dataclasses import dataclass

from scanner.model import LedgerState
from tests.spiders import server as web
from tests.spiders.server import Handler, Reply, Server, html, links, redirect

S = LedgerState
BARRIER = '<img src="/logo.png" width="40" height="40">'
ESCAPE = "\x1b]0;owned\x07\x1b[2J\x1b[31mrood\x9b31m\u202egpj.exe"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


@dataclass(frozen=True)
class Hostile:
    """A page, where it may end, and whether its barrier must be found."""

    page: web.Page
    states: tuple[LedgerState, ...] = (S.VISITED,)
    found: bool = True


def _page(title: str, body: str, head: str = "") -> Reply:
    return html(title, BARRIER + body, head)


def _raw(text: bytes, kind: str = "text/html; charset=utf-8", **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return 200, {"Content-Type": kind, **named}, text


def _plain(title: str, rest: bytes) -> bytes:
    return f'<!doctype html><html lang="nl"><head><title>{title}</title></head><body><main><h1>{title}</h1>{BARRIER}'.encode() + rest


def _endless_picture(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nConnection: close\r\n\r\n" + PNG[:20])
    handler.wfile.flush()
    time.sleep(20)


CLOBBER = "".join(f'<input name="{name}" aria-label="{name}">' for name in (
    "parentNode", "parentElement", "attributes", "nodeName", "localName", "tagName", "children", "childNodes", "id", "getAttribute",
    "hasAttribute", "querySelector", "querySelectorAll", "matches", "closest", "ownerDocument", "nodeType", "shadowRoot", "className",
    "style", "getBoundingClientRect", "contains", "firstChild", "nextSibling", "isConnected", "outerHTML", "textContent", "elements",
    "getRootNode", "compareDocumentPosition", "submit", "action", "method", "tabIndex", "getClientRects", "cloneNode", "classList"))
FIELD_NAMES = "".join(f'<label>{name} <input name="{name}"></label>' for name in (
    "id", "name", "title", "action", "method", "lang", "dir", "children", "style", "text", "target", "role", "hidden", "parent", "type",
    "value", "content", "contains", "length", "elements", "slot", "attributes", "className", "dataset", "submit"))
"""Names that fields of real forms have; each hides a member of its form."""

OVERWRITTEN = """<script>
const broken = () => { throw new Error('overschreven') };
for (const name of ['from', 'isArray', 'of']) Array[name] = broken;
for (const name of ['map', 'filter', 'forEach', 'push', 'slice', 'join', 'some', 'find', 'includes', 'concat']) Array.prototype[name] = broken;
JSON.stringify = JSON.parse = broken; Object.keys = Object.entries = Object.assign = broken; String.prototype.split = broken;
Promise = class { constructor() { broken() } }; Map = Set = WeakMap = Symbol = broken;
Document.prototype.querySelector = Document.prototype.querySelectorAll = Element.prototype.querySelectorAll = broken;
Element.prototype.getAttribute = Element.prototype.matches = Element.prototype.closest = broken;
window.getComputedStyle = broken; document.createElement = broken; Node.prototype.contains = broken;
setTimeout = setInterval = requestAnimationFrame = MutationObserver = broken;
Object.prototype.selector = 'vervuild'; Object.prototype.toJSON = () => 'vervuild'; Object.defineProperty(Object.prototype, 'data', {get: broken, set: broken});
window.axe = {run: broken}; window.S = window.PROBES = null; window.scanner = 1;
Object.defineProperty(document, 'activeElement', {get: broken}); Object.defineProperty(document, 'title', {get: () => 'vals'});
</script>"""
FROZEN = """<script>
for (const one of [Object, Array, String, Function, Promise, Map, Set, Element, HTMLElement, Node, Document, EventTarget, Window])
  { try { Object.freeze(one.prototype); Object.freeze(one) } catch (e) {} }
Object.freeze(JSON); Object.freeze(Math); Object.preventExtensions(document); Object.freeze(document.documentElement);
</script>"""
SHADOWS = """<div id="open"></div><div id="dicht"></div><script>
const fill = (host, mode, depth) => { const root = host.attachShadow({mode}); root.innerHTML = '<p>Tekst</p><img src="/logo.png"><button></button><div></div>';
  if (depth) fill(root.querySelector('div'), depth % 2 ? 'closed' : 'open', depth - 1) };
fill(document.getElementById('open'), 'open', 30); fill(document.getElementById('dicht'), 'closed', 30);
class Vreemd extends HTMLElement { connectedCallback() { throw new Error('vreemd') } }
customElements.define('vreemd-ding', Vreemd); document.body.append(document.createElement('vreemd-ding'));
</script>"""
DOCUMENT_OPEN = """<p><button onclick="document.open(); document.write('<title>Nieuw</title><main><h1>Nieuw</h1><img src=/logo.png></main>'); document.close()">Open</button>
<button onclick="document.documentElement.remove()">Weg</button><button onclick="document.body.remove()">Romp</button></p>
<label>Veld <input oninput="document.open(); document.write('x'); document.close()" onfocus="document.body.replaceWith(document.createElement('body'))"></label>
<a href="#x" onmouseover="document.open(); document.close()">Zweef</a>"""

PAGES: dict[str, Hostile] = {
    # Scripts without end
    "/lus": Hostile(_page("Lus", "<script>for (;;) {}</script>"), (S.TIMED_OUT,), False),
    "/lus-later": Hostile(_page("Lus later", "<script>addEventListener('load', () => setTimeout(() => { for (;;) {} }, 20))</script>"), (S.TIMED_OUT, S.CRASHED), False),
    "/lus-beloften": Hostile(_page("Beloften", "<script>setTimeout(() => { const door = () => Promise.resolve().then(door); door() }, 30)</script>"), (S.TIMED_OUT, S.CRASHED), False),
    "/onrustig": Hostile(_page("Onrustig", "<p id=p>0</p><script>setInterval(() => { p.textContent = Math.random(); p.className = 'a' + Math.random() }, 1)</script>")),
    "/waarnemers": Hostile(_page("Waarnemers", "<p id=p>0</p><script>new MutationObserver(() => setTimeout(() => p.append(new Text('x')))).observe(p, {childList: true}); p.append('y')</script>")),
    # Dialogs, windows, leaving
    "/alarm": Hostile(_page("Alarm", "<script>setInterval(() => { alert('a'); confirm('b'); prompt('c') }, 5); addEventListener('blur', () => alert('d')); print()</script>"), (S.VISITED, S.TIMED_OUT), False),
    "/alarm-bij-laden": Hostile(_page("Alarm bij laden", "<script>for (let n = 0; n < 100; n++) alert(n)</script>")),
    "/blijf": Hostile(_page("Blijf", "<script>for (const k of ['beforeunload', 'unload', 'pagehide']) addEventListener(k, (e) => { e.preventDefault(); e.returnValue = 'nee'; alert('blijf'); for (const t = Date.now(); Date.now() - t < 2000;); return 'nee' }); onbeforeunload = () => 'nee'</script>")),
    "/vensters": Hostile(_page("Vensters", "<script>for (let n = 0; n < 40; n++) open('/goed/0?' + n, 'v' + n); open('about:blank').document.write('<script>for(;;){}<\\/script>')</script>"), (S.VISITED, S.TIMED_OUT), False),
    "/vragen": Hostile(_page("Vragen", "<script>navigator.geolocation.getCurrentPosition(() => 0); Notification.requestPermission(); navigator.mediaDevices?.getUserMedia({video: true, audio: true}).catch(() => 0); navigator.clipboard?.readText().catch(() => 0); document.documentElement.requestFullscreen?.().catch(() => 0); debugger;</script>")),
    # Memory and size
    "/geheugen": Hostile(_page("Geheugen", "<script>addEventListener('load', () => { const veel = []; for (;;) veel.push(new Array(1e5).fill(0).map(() => ({a: Math.random()}))) })</script>"), (S.CRASHED, S.TIMED_OUT), False),
    "/geheugen-bij-laden": Hostile(_page("Geheugen bij laden", "<script>const veel = []; for (;;) veel.push(new Array(1e5).fill(0).map(() => ({a: Math.random()})))</script>"), (S.CRASHED, S.TIMED_OUT), False),
    "/knopen": Hostile(_page("Knopen", "<div id=d></div><script>const f = document.createDocumentFragment(); for (let n = 0; n < 200000; n++) { const e = document.createElement('span'); e.textContent = n; f.append(e) } d.append(f)</script>"), (S.VISITED, S.TIMED_OUT, S.CRASHED), False),
    "/kaders": Hostile(_page("Kaders", "<div id=d></div><script>for (let n = 0; n < 5000; n++) { const f = document.createElement('iframe'); f.srcdoc = '<p>' + n; d.append(f) }</script>"), (S.VISITED, S.TIMED_OUT, S.CRASHED), False),
    "/kader-in-kader": Hostile(_page("Kader in kader", '<iframe src="/kader-in-kader?dieper" title="dieper"></iframe>')),
    "/diep": Hostile(_raw(_plain("Diep", b"<div>" * 30_000)), (S.VISITED, S.TIMED_OUT, S.CRASHED), False),
    "/attributen": Hostile(_page("Attributen", f'<p id="{"i" * 1_000_000}" class="{"k " * 500_000}" style="{"color:red;" * 100_000}" aria-label="{"l" * 1_000_000}" data-x="{"x" * 1_000_000}">x</p><a href="/{"z" * 1_000_000}">z</a>')),
    "/veel-attributen": Hostile(_page("Veel attributen", "<p " + " ".join(f'data-a{n}="{n}" aria-a{n}="x"' for n in range(20_000)) + ">x</p>")),
    "/lang-woord": Hostile(_page("Lang woord", "<p>" + "w" * 3_000_000 + "</p><p>" + "ḯ" * 50_000 + "</p>")),
    "/schuiven": Hostile(_page("Schuiven", "<div id=d></div><script>const meer = () => { for (let n = 0; n < 50; n++) d.insertAdjacentHTML('beforeend', '<p style=height:100px>Nog een bericht ' + n + '</p>') }; meer(); addEventListener('scroll', meer); new IntersectionObserver(meer).observe(document.body); setInterval(() => scrollTo(0, document.body.scrollHeight), 20)</script>")),
    "/stijl": Hostile(_page("Stijl", '<div class="a">' * 200 + "x", "<style>" + "".join(f".a:has(.a:nth-child({n}) .b) ~ .a * {{ color: red }}" for n in range(2_000)) + "@keyframes k { to { transform: rotate(1turn) } } * { animation: k .01s infinite; transition: all .01s }</style>"), (S.VISITED, S.TIMED_OUT)),
    # Going elsewhere by itself
    "/navigeert": Hostile(_page("Navigeert", "<script>setInterval(() => { location = '/goed/1?' + Math.random() }, 10); history.pushState({}, '', '/elders-gezegd')</script>")),
    "/herlaadt": Hostile(_page("Herlaadt", "<script>setInterval(() => location.reload(), 10)</script>", '<meta http-equiv="refresh" content="1">')),
    "/adressen": Hostile(_page("Adressen", "<script>let n = 0; setInterval(() => { try { history.pushState({}, '', '/adressen?' + n++); location.hash = n } catch (e) {} }, 1)</script>")),
    "/bij-laden-weg": Hostile(_page("Bij laden weg", "<script>location.replace('/goed/2')</script>")),
    "/kaders-navigeren": Hostile(_page("Kaders navigeren", "<iframe id=f title=a src='/goed/3'></iframe><script>setInterval(() => { f.src = '/goed/3?' + Math.random() }, 20)</script>")),
    # What a scanner leans on
    "/overschreven": Hostile(_page("Overschreven", "", OVERWRITTEN)),
    "/bevroren": Hostile(_page("Bevroren", "", FROZEN)),
    "/namen": Hostile(_page("Namen", f'<form action="/goed/4">{CLOBBER}<button>Verder</button></form><img name="body" src="/logo.png"><form name="documentElement"><input name="x"></form><form id="S"></form><form id="axe"></form><a id="location"></a>')),
    "/velden": Hostile(_page("Velden", f'<form action="/goed/4">{FIELD_NAMES}<button>Verder</button></form>')),
    "/regels": Hostile((200, {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "default-src 'none'; img-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'; sandbox", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp", "Permissions-Policy": "fullscreen=(), unload=(), sync-xhr=()", "Document-Policy": "document-write=?0"}, _plain("Regels", b""))),
    "/schaduw": Hostile(_page("Schaduw", SHADOWS)),
    "/document-open": Hostile(_page("Document open", DOCUMENT_OPEN)),
    "/document-open-steeds": Hostile(_page("Document open steeds", "<script>const t = '<title>Weer</title><html lang=nl><main><h1>Weer</h1><img src=/logo.png></main>'; let n = 0; const weer = () => { if (n++ < 50) { document.open(); document.write(t); document.close(); setTimeout(weer, 40) } }; setTimeout(weer, 50)</script>"), (S.VISITED,), False),
    "/zonder-wortel": Hostile(_page("Zonder wortel", "<script>addEventListener('load', () => document.documentElement.remove())</script>"), (S.VISITED, S.TIMED_OUT), False),
    "/zonder-romp": Hostile(_page("Zonder romp", "<script>addEventListener('load', () => document.body.remove())</script>"), (S.VISITED,), False),
    "/dienst": Hostile(_page("Dienst", "<script>navigator.serviceWorker?.register('/sw.js', {scope: '/'}).catch(() => 0)</script>")),
    "/werkers": Hostile(_page("Werkers", "<script>for (let n = 0; n < 30; n++) new Worker(URL.createObjectURL(new Blob(['for(;;){}'])))</script>")),
    "/lagen": Hostile(_page("Lagen", '<form method="post" action="/verwijder"><button style="position:fixed;inset:0;width:100%;height:100%;opacity:0;z-index:2147483647">Akkoord</button></form><a href="/uitloggen" style="position:fixed;inset:0;opacity:0;z-index:2147483646">x</a><dialog id=d><p>Modaal</p></dialog><script>d.showModal()</script>')),
    # What is no page, or another kind of page
    "/haalt-op": Hostile(_page("Haalt op", "<a id=a download='../../../../tmp/kwaad.exe' href='/bijlage'>x</a><script>a.click(); for (let n = 0; n < 20; n++) { const f = document.createElement('iframe'); f.src = '/bijlage?' + n; document.body.append(f) }; location = '/bijlage'</script>")),
    "/bijlage": Hostile((200, {"Content-Type": "application/octet-stream", "Content-Disposition": "attachment; filename=\"../../../../../../tmp/kwaad.sh\""}, b"#!/bin/sh\n"), (S.NOT_A_PAGE,), False),
    "/protocollen": Hostile(_page("Protocollen", "".join(f'<iframe src="{u}" title="x"></iframe><a href="{u}">x</a>' for u in ("mailto:a@b.example", "tel:1", "ms-word:ofe|u|https://x.example/a.docx", "intent://x#Intent;end", "file:///etc/passwd", "chrome://crash", "chrome://settings", "about:blank", "data:text/html,<script>for(;;){}</script>"[:20], "blob:x", "view-source:x", "javascript:void(0)", "steam://run/1")) + "<script>navigator.registerProtocolHandler?.('web+kwaad', '/goed/5?%s'); for (const u of ['mailto:x@y.example', 'chrome://crash', 'file:///etc/passwd']) { try { location = u } catch (e) {} }</script>")),
    "/titel": Hostile(_page(ESCAPE, f"<p>{ESCAPE}</p><a href='/goed/6?x={ESCAPE}'>{ESCAPE}</a><button title='{ESCAPE}'></button>")),
    "/codering": Hostile(_raw(_plain("Codering", b"<p>\xff\xfe\xc3\x28\xed\xa0\x80\xf8\x88\x00\x01\x02 losse bytes</p><img src=/logo.png>"))),
    "/codering-utf16": Hostile(_raw("﻿<!doctype html><html lang=nl><title>Zestien</title><main><h1>Zestien</h1><img src=/logo.png></main>".encode("utf-16-le"), "text/html")),
    "/codering-onzin": Hostile(_raw(_plain("Onzin", b"\x1b$B\xa1\xa1"), "text/html; charset=onzin")),
    "/codering-nul": Hostile(_raw(_plain("Nul", b"\0" * 100_000))),
    "/gepakt": Hostile((200, {"Content-Type": "text/html; charset=utf-8", "Content-Encoding": "gzip"}, gzip.compress(_plain("Gepakt", b"<p>x" * 10)))),
    "/eindeloos-plaatje": Hostile(_page("Eindeloos plaatje", '<img src="/nooit-af.png" alt="x">')),
    "/xml": Hostile(_raw(b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]><html xmlns="http://www.w3.org/1999/xhtml" lang="nl"><head><title>XML</title></head><body><p>&d;&d;</p><img src="/logo.png"/></body></html>', "application/xhtml+xml"), (S.VISITED, S.NOT_A_PAGE)),
    "/kop": Hostile((200, {"Content-Type": "text/html; charset=utf-8", "X-Groot": "g" * 30_000, **{f"X-Veel-{n}": "x" for n in range(80)}}, _plain("Kop", b"")), (S.VISITED, S.UNREACHABLE)),
    "/ververst": Hostile(_page("Ververst", "", '<meta http-equiv="refresh" content="0; url=/ververst?1">'), (S.VISITED, S.REDIRECTED, S.UNREACHABLE), False),
    "/omleiding": Hostile(redirect("/omleiding"), (S.UNREACHABLE,), False),
    "/klikt": Hostile(_page("Klikt", "<script>addEventListener('load', () => { for (const a of document.querySelectorAll('a,button')) a.click(); document.querySelector('form').requestSubmit() })</script><form method=post action='/verwijder'><button>x</button></form><a href='/uitloggen'>uit</a>"), (S.VISITED,), False),
}
SENT_BY_ITSELF = {"/klikt"}
"""Pages that send while they load; that is their own affair."""
GOOD = 12
"""Ordinary pages between them."""


def serve(server: Server) -> None:
    """Puts the pages on a server; the home page links to all, good ones in between."""
    paths = list(PAGES)
    step = max(1, len(paths) // GOOD)
    mixed: list[str] = []
    for number, path in enumerate(paths):
        mixed.append(path)
        if number % step == 0 and number // step < GOOD:
            mixed.append(f"/goed/{number // step}")
    server.pages |= {path: hostile.page for path, hostile in PAGES.items()}
    server.pages |= {f"/goed/{n}": _page(f"Goed {n}", f"<p>Gewone bladzijde {n}.</p>") for n in range(GOOD)}
    server.pages |= {
        "/": html("Kwaad", links(*mixed)),
        "/logo.png": (200, {"Content-Type": "image/png"}, PNG),
        "/nooit-af.png": _endless_picture,
        "/sw.js": (200, {"Content-Type": "text/javascript"}, b"onfetch = (e) => e.respondWith(new Response('gekaapt', {headers: {'content-type': 'text/html'}})); skipWaiting(); onactivate = () => clients.claim()"),
    }
