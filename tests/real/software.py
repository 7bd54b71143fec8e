"""Real third-party software as test subjects: installed at test time, served on loopback, looked at from end to end.

`package.json` here names the packages and their versions; `npm install` puts them into a cache outside the repository
(`SCANNER_REAL_CACHE`, else `~/.cache/scanner-real`). `pages/` hold what a municipality writes around them. Design
systems that ship examples are shown by their own examples: `/examples/<system>/<component>.html`.

    python -m tests.real.software                  serve, until Ctrl+C
    python -m tests.real.software leaflet govuk    look at the pages whose name has one of these words, tell what was said
"""

from __future__ import annotations

import asyncio
import http.server
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import threading
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from html import escape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from checks.harness import SafetyLevel
from checks.visit import Visit
from scanner.model import Outcome, Verdict
from tests.looking import look_at_all

HERE = Path(__file__).parent
PAGES = HERE / "pages"
ASSETS = HERE.parent / "pages" / "assets"
DEBIAN = Path("/usr/share/doc/python3.11/html").resolve()
"""Plain pages as a documentation system makes them, when Debian's package python3-doc is installed."""
INSTALL_SECONDS = 420
A_PAGE = 6
"""Components of a design system that are shown on one page."""
DARK = re.compile(r"reverse|inverse|dark|white", re.I)
"""Examples that are meant for another ground than the page has."""
MOST_EXAMPLES = 6
"""Examples of one component."""
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript",
         ".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png", ".gif": "image/gif",
         ".woff": "font/woff", ".woff2": "font/woff2", ".webm": "video/webm", ".ogg": "audio/ogg", ".vtt": "text/vtt",
         ".jpg": "image/jpeg", ".wasm": "application/wasm", ".map": "application/json"}  # fmt: skip


class CannotInstall(Exception):
    """The packages are not to be had here; the message says why."""


def cache() -> Path:
    """Where the packages are put: never in the repository."""
    return Path(os.environ.get("SCANNER_REAL_CACHE") or Path.home() / ".cache" / "scanner-real")


def installed() -> Path:
    """The folder `node_modules` with the packages of `package.json`; installs when the list is not the cached one."""
    at = cache()
    wanted = (HERE / "package.json").read_text("utf-8")
    stamp = at / "installed.json"
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return at / "node_modules"
    npm = shutil.which("npm")
    if npm is None:
        raise CannotInstall("npm is not on this machine (Debian: apt-get install npm)")
    at.mkdir(parents=True, exist_ok=True)
    (at / "package.json").write_text(wanted, "utf-8")
    command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--legacy-peer-deps"]
    try:
        done = subprocess.run(command, cwd=at, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise CannotInstall(f"npm install was not ready in {INSTALL_SECONDS} seconds") from None
    if done.returncode:
        raise CannotInstall(f"npm install said: {done.stderr.strip()[-300:]}")
    stamp.write_text(wanted, "utf-8")
    return at / "node_modules"


def version(package: str) -> str:
    """The installed version of a package."""
    return str(json.loads((installed() / package / "package.json").read_text("utf-8"))["version"])


def tile(z: int, x: int, y: int) -> bytes:
    """A map tile of 256 x 256 px: land with a road, two shades in turns; no network, no copyright."""
    land, road = ((226, 239, 218), (255, 255, 255)) if (x + y) % 2 else ((214, 230, 204), (250, 244, 220))
    rows = b"".join(
        b"\0" + b"".join(bytes(road if abs(i - j) < 6 or 120 < j < 132 else land) for i in range(256))
        for j in range(256)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 256, 256, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


SHELL = """<!DOCTYPE html><html lang="en" class="{root}"><head><meta charset="utf-8"><title>{title} – examples of {system}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{head}</head><body class="{body}">
<main id="main" style="max-width: 60rem; margin: 1rem auto; padding: 0 1rem"><h1 class="{heading}">{title}</h1>{examples}</main>{foot}</body></html>"""

SYSTEMS = {
    "govuk": {
        "root": "govuk-template", "body": "govuk-template__body js-enabled govuk-frontend-supported", "heading": "govuk-heading-xl",
        "head": '<link rel="stylesheet" href="/pkg/govuk-frontend/dist/govuk/govuk-frontend.min.css">',
        "foot": '<script type="module">import { initAll } from "/pkg/govuk-frontend/dist/govuk/govuk-frontend.min.js"; initAll()</script>',
        "folder": "govuk-frontend/dist/govuk/components",
    },
    "nhsuk": {
        "root": "", "body": "js-enabled nhsuk-frontend-supported", "heading": "nhsuk-heading-xl",
        "head": '<link rel="stylesheet" href="/pkg/nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.css">',
        "foot": '<script type="module">import { initAll } from "/pkg/nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.js"; initAll()</script>',
        "folder": "nhsuk-frontend/dist/nhsuk/components",
    },
}  # fmt: skip
"""Design systems whose packages hold every component as HTML, written by their makers."""


def components(system: str) -> list[str]:
    """The components of a design system that have examples."""
    return sorted(p.parent.name for p in (installed() / SYSTEMS[system]["folder"]).glob("*/fixtures.json"))


def examples(system: str, names: Sequence[str]) -> str:
    """A page with the examples of some components: those that are not hidden and whose ids are not taken yet."""
    found = [
        json.loads((installed() / SYSTEMS[system]["folder"] / n / "fixtures.json").read_text("utf-8")) for n in names
    ]
    taken: set[str] = set()
    shown = []
    for one in (one for component in found for one in component["fixtures"][:MOST_EXAMPLES]):
        markup = str(one.get("html") or "")
        ids = set(re.findall(r'\sid="([^"]+)"', markup)) | set(re.findall(r'\sname="([^"]+)"', markup))
        landmark = bool(re.search(r"<(main|header|footer|nav)\b", markup))
        if (
            one.get("hidden")
            or DARK.search(f"{one['name']} {one.get('description', '')}")
            or not markup.strip()
            or ids & taken
            or (landmark and "landmark" in taken)
        ):
            continue
        taken |= ids | ({"landmark"} if landmark else set())
        shown.append(f"<h2>{escape(str(one.get('component') or names[0]))}: {escape(str(one['name']))}</h2>\n{markup}")
    words = {key: SYSTEMS[system][key] for key in ("root", "body", "heading", "head", "foot")}
    return SHELL.format(
        title=", ".join(names).replace("-", " ").capitalize(), system=system, examples="\n".join(shown), **words
    )


class _Handler(http.server.BaseHTTPRequestHandler):
    """Pages, packages, examples, tiles; nothing is written."""

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        """Answers."""
        path = unquote(urlsplit(self.path).path)
        try:
            kind, body = self._answer(path)
        except (OSError, KeyError, ValueError):
            self.send_error(404)
            return
        size = len(body)
        self.send_response(200 if "Range" not in self.headers else 206)
        self.send_header("Content-Type", kind)
        if "Range" in self.headers:
            first, _, last = self.headers["Range"].removeprefix("bytes=").partition("-")
            start, end = int(first or 0), min(int(last or size - 1), size - 1)
            body = body[start : end + 1]
            self.send_header("Content-Range", f"bytes {start}-{end}/{size}")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(ConnectionError):  # a player that has enough of a film hangs up
            self.wfile.write(body)

    def _answer(self, path: str) -> tuple[str, bytes]:
        if found := re.fullmatch(r"/tile/(\d+)/(\d+)/(\d+)\.png", path):
            return "image/png", tile(*(int(n) for n in found.groups()))
        if found := re.fullmatch(r"/examples/(\w+)/([\w+-]+)\.html", path):
            return TYPES[".html"], examples(found[1], found[2].split("+")).encode()
        if found := re.fullmatch(r"/cdn/flatpickr[\w-]*/(?:[^/]+/)?(flatpickr\.min\.\w+)", path):
            path = f"/pkg/flatpickr/dist/{found[1]}"

        if path == "/":
            links = "".join(f'<li><a href="/{p.name}">{p.stem}</a></li>' for p in sorted(PAGES.glob("*.html")))
            return (
                TYPES[".html"],
                f'<!DOCTYPE html><html lang="nl"><title>Voorbeelden</title><main><h1>Voorbeelden</h1><ul>{links}</ul></main></html>'.encode(),
            )
        for prefix, root in (("/debian/", DEBIAN), ("/pkg/", installed()), ("/asset/", ASSETS), ("/", PAGES)):
            if path.startswith(prefix):
                file = (root / path.removeprefix(prefix)).resolve()
                if not file.is_relative_to(
                    Path("/usr/share") if root is DEBIAN else root.resolve()
                ):  # Debian links files
                    raise ValueError(path)
                if not file.suffix:
                    file = file.with_suffix(".js")
                return TYPES.get(file.suffix, "application/octet-stream"), file.read_bytes()
        raise ValueError(path)


@contextmanager
def serving(port: int = 0) -> Iterator[str]:
    """The base address of a running server."""
    installed()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()


def batched(names: Sequence[str]) -> list[Sequence[str]]:
    """A few components to a page."""
    return [names[i : i + A_PAGE] for i in range(0, len(names), A_PAGE)]


def page_names() -> list[str]:
    """All pages that can be looked at."""
    own = [p.name for p in sorted(PAGES.glob("*.html"))]
    own += [
        f"debian/{name}" for name in ("index.html", "library/json.html", "genindex-S.html") if (DEBIAN / name).is_file()
    ]
    return own + [
        f"examples/{system}/{'+'.join(group)}.html" for system in SYSTEMS for group in batched(components(system))
    ]


def component_pages() -> list[str]:
    """The pages that the French state's design system (DSFR) has for each of its components."""
    found = (installed() / "@gouvfr" / "dsfr" / "example" / "component").glob("*/index.html")
    return sorted(f"pkg/{page.relative_to(installed()).as_posix()}" for page in found)


def look(
    names: Sequence[str], *, level: SafetyLevel = SafetyLevel.VALIDATE, tabs: int = 1, deep: bool = True
) -> dict[str, tuple[Visit, list[Outcome]]]:
    """Looks at these pages."""
    with serving() as base:
        seen = asyncio.run(look_at_all([base + name for name in names], level=level, tabs=tabs, deep=deep))
    return dict(zip(names, seen, strict=True))


def told(name: str, visit: Visit, outcomes: Sequence[Outcome]) -> str:
    """What was said of a page, for a person who judges it."""
    lines = [f"=== {name}: {visit.state} {visit.reason} {visit.seconds:.1f} s"]
    for verdict in (Verdict.FAILED, Verdict.CANT_TELL):
        chosen = [o for o in outcomes if o.verdict is verdict]
        counts = Counter((o.criterion, o.rule) for o in chosen)
        shown: Counter[tuple[str, str]] = Counter()
        for o in chosen:
            key = (o.criterion, o.rule)
            shown[key] += 1
            if shown[key] <= (12 if verdict is Verdict.FAILED else 2):
                place = f"{o.place.frame} {o.place.selector}".strip() if o.place else "(page)"
                lines.append(
                    f"{'FAIL' if verdict is Verdict.FAILED else 'ask '} {o.criterion} {o.rule} [{counts[key]}] {o.state} {o.viewport} | {place} | {str(dict(o.values))[:260]}"
                )
    reasons = Counter(
        f"{o.criterion} {o.rule} {dict(o.values).get('reason', '')}"
        for o in outcomes
        if o.verdict is Verdict.UNTESTED and o.rule != "needs-person"
    )
    lines += [f"untested {reason}" for reason in reasons]
    return "\n".join(lines)


def main(words: Sequence[str]) -> None:
    """The command line."""
    if not words:
        with serving(8765) as base:
            print(base)
            threading.Event().wait()
    names = [name for name in page_names() if any(word in name for word in words)]
    with serving() as base:
        for name in names:
            [(visit, outcomes)] = asyncio.run(look_at_all([base + name], tabs=1))
            print(told(name, visit, outcomes), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
