"""Pages to measure on: of the built-in estate, of a documentation system, and heavy ones of design systems.

What does not come with this repository is fetched once into a cache outside it (`SCANNER_BENCH_CACHE`, else
`~/.cache/scanner-bench`): a Debian package with `apt-get download`, which needs no root, and npm packages.
"""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scanner.demo.estate import Estate
from tests.real import software

DOCUMENTATION = "postgresql-doc-15"
"""A Debian package with more than a thousand pages; Debian 13 has it as postgresql-doc-17."""
HEAVY = 30


class CannotFetch(Exception):
    """These pages or programs are not to be had here; the message says why."""


def cache() -> Path:
    """Where what is fetched is put."""
    folder = Path(os.environ.get("SCANNER_BENCH_CACHE") or Path.home() / ".cache" / "scanner-bench")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def estate(count: int) -> Iterator[list[str]]:
    """Pages of the main site of the built-in estate."""
    with Estate(slow=0.0) as served:
        yield served.pages("main")[:count]


def documentation_folder() -> Path:
    """The folder with the documentation's pages."""
    for name in (DOCUMENTATION, "postgresql-doc-17"):
        folder = cache() / name
        pages = folder / "usr" / "share" / "doc" / name / "html"
        if pages.is_dir():
            return pages
        folder.mkdir(exist_ok=True)
        if subprocess.run(["apt-get", "download", name], cwd=folder, capture_output=True, check=False).returncode == 0:
            archive = next(folder.glob("*.deb"))
            subprocess.run(["dpkg-deb", "-x", archive.name, "."], cwd=folder, check=True)
            return pages
    raise CannotFetch(f"the documentation package is not to be had: apt-get download {DOCUMENTATION} failed")


@contextmanager
def documentation(count: int) -> Iterator[list[str]]:
    """Pages of a documentation system: short and long ones, plain markup, one style sheet."""
    folder = documentation_folder()
    names = sorted(page.name for page in folder.glob("*.html"))[:count]
    with folder_served(folder) as base:
        yield [base + name for name in names]


@contextmanager
def folder_served(folder: Path) -> Iterator[str]:
    """The base address of a web server on a folder."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()


@contextmanager
def heavy(count: int = HEAVY) -> Iterator[list[str]]:
    """Pages of design systems, maps, players, forms and consent tools, as their packages have them."""
    try:
        with software.serving() as base:
            yield [base + name for name in software.page_names() if not name.startswith("debian/")][:count]
    except software.CannotInstall as error:
        raise CannotFetch(str(error)) from error


def node_programs(names: tuple[str, ...]) -> Path:
    """The folder with these npm packages' programs; installed when they are not there."""
    folder = cache() / "peers"
    if not all((folder / "node_modules" / name / "package.json").is_file() for name in names):
        npm = shutil.which("npm")
        if npm is None:
            raise CannotFetch("npm is not on this machine (Debian: apt-get install npm)")
        folder.mkdir(exist_ok=True)
        (folder / "package.json").write_text('{"private": true}', "utf-8")
        command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", *names]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)
        if done.returncode:
            raise CannotFetch(f"npm install said: {done.stderr.strip()[-300:]}")
    return folder / "node_modules"
