"""WordPress as Debian packages it, with its themes and Dutch content, on loopback: a real site with a login.

Needs Debian's packages wordpress, wordpress-theme-twentytwentyone (and -two, -three), wordpress-l10n (its Dutch is
old: what is newer stands in English), php-cli, php-mysql, php-gd and mariadb-server. Everything runs in a folder of
its own, under the user who runs it.

    python -m tests.real.wordpress twentytwentytwo      serve, until Ctrl+C
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HERE = Path(__file__).parent
SOURCE = Path("/usr/share/wordpress")
THEMES = ("twentytwentyone", "twentytwentytwo", "twentytwentythree")
"""Of three kinds: classic with a menu of its own, blocks, blocks with style variations."""
PASSWORD = "only-on-loopback"


CONTENT = """foreach (["SELECT ID, post_title, post_content, post_status FROM wp_posts WHERE post_status <> 'auto-draft'",
"SELECT comment_ID, comment_content, comment_approved FROM wp_comments", "SELECT * FROM wp_users",
"SELECT option_name, option_value FROM wp_options WHERE option_name IN ('blogname', 'admin_email', 'default_role')"]
as $sql) foreach ($db->query($sql) as $row) echo json_encode($row), "\n";"""


class CannotServe(Exception):
    """WordPress is not to be had here; the message says why."""


class Site:
    """A running WordPress."""

    def __init__(self, url: str, log: Path, ask: Callable[[str], str]) -> None:
        self.url = url
        self._log = log
        self._ask = ask

    @property
    def asked(self) -> list[tuple[str, str]]:
        """Every request so far: method and path."""
        lines = self._log.read_text("utf-8").splitlines() if self._log.is_file() else []
        return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines]

    def content(self) -> str:
        """What editors, readers and users have put in, in one text; without the drafts that opening a page makes."""
        return self._ask(CONTENT)

    def forget(self) -> None:
        """Starts the list of requests anew."""
        self._log.write_text("", "utf-8")


def _program(*names: str) -> str:
    for name in names:
        if found := shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin"):
            return found
    raise CannotServe(f"{names[0]} is not on this machine")


@contextmanager
def serving(folder: Path, theme: str = THEMES[0], port: int = 0) -> Iterator[Site]:
    """A new WordPress in this folder; its database and its server end with the block."""
    if not (SOURCE / "wp-content" / "themes" / theme).is_dir():
        raise CannotServe(f"Debian's package wordpress-theme-{theme} is not installed")
    php, server, install = _program("php"), _program("mariadbd"), _program("mariadb-install-db")
    www, data, sock = folder / "www", folder / "db", folder / "db.sock"
    shutil.copytree(SOURCE, www, ignore_dangling_symlinks=True)
    (www / "wp-content" / "uploads").mkdir(exist_ok=True)
    shutil.copy(HERE / "wp-config.php", www)
    if not port:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
    url = f"http://127.0.0.1:{port}/"
    words = os.environ | {
        "DB_SOCKET": str(sock), "WP_HOME": url.rstrip("/"), "WP_PASSWORD": PASSWORD,
        "ASKED": str(folder / "asked.log"), "PHP_CLI_SERVER_WORKERS": "4",
    }  # fmt: skip

    def ask(code: str, database: str = "wordpress") -> str:
        """What PHP answers that speaks to the database as `$db`."""
        begin = f"$db = new mysqli('localhost', 'root', '', '{database}', 0, getenv('DB_SOCKET')); "
        return subprocess.run([php, "-r", begin + code], env=words, check=True, capture_output=True, text=True).stdout

    account = ["--user=root"] if os.geteuid() == 0 else []
    own = ["--no-defaults", f"--datadir={data}", *account]
    plain = ["--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run([install, *own, *plain], check=True, capture_output=True)
    running = []
    with (folder / "log.txt").open("wb") as log:
        try:
            start = [server, *own, f"--socket={sock}", "--skip-networking"]
            running.append(subprocess.Popen(start, stdout=log, stderr=log, start_new_session=True))
            _until(sock.exists)
            ask("$db->query('CREATE DATABASE wordpress CHARACTER SET utf8mb4');", "")
            fill = [php, str(HERE / "seed.php"), str(www), theme]
            said = subprocess.run(fill, env=words, capture_output=True, text=True, check=False)
            if "ready" not in said.stdout:
                raise CannotServe(f"WordPress could not be filled: {said.stdout[-500:]} {said.stderr[-500:]}")
            serve = [php, "-S", f"127.0.0.1:{port}", "-t", str(www), str(HERE / "router.php")]
            running.append(subprocess.Popen(serve, env=words, stdout=log, stderr=log, start_new_session=True))
            _until(lambda: _answers(url))
            site = Site(url, folder / "asked.log", ask)
            site.forget()
            yield site
        finally:
            for one in reversed(running):
                os.killpg(one.pid, signal.SIGTERM)  # PHP's server leaves its workers behind
                with suppress(subprocess.TimeoutExpired):
                    one.wait(20)


def _answers(url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(url, timeout=30) as answer:
        return bool(answer.status == 200)
    return False


def _until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise CannotServe("a server did not start in time")
        time.sleep(0.2)
