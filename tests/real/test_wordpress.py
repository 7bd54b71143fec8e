"""WordPress from end to end: its themes as a website, its administration as a portal behind a login.

Skipped, loudly, where Debian's packages are missing. Every `failed` that is allowed here was seen again by hand.
"""

from __future__ import annotations

import asyncio
import re
import warnings
from pathlib import Path

import pytest

from checks.harness import COMMITTING
from scanner import run
from scanner.commands.shared import store_of
from scanner.config import load
from scanner.model import LedgerState, Verdict
from scanner.store import Store
from tests.real import wordpress

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.thorough, pytest.mark.real, pytest.mark.timeout(1800)]

ADMIN = ("", "edit-comments.php", "profile.php", "options-general.php")
"""The dashboard, and pages with forms, links that throw away, and a button that logs out everywhere else."""
ITSELF = re.compile(r"/wp-admin/admin-ajax\.php|/wp-json/wp/v2/users/me\b")
"""What the administration's own scripts send while a page loads and stands there: its heartbeat, how wide its columns are."""
SETTINGS = """
[organisation]
name = "Gemeente Voorbeeldmeer"
[[channel]]
id = "site"
name = "WordPress"
url = "{url}"
limits = {{ pages = 12, deep_pages = 3 }}
[[channel]]
id = "beheer"
name = "Beheer"
kind = "portal"
url = "{url}wp-admin/"
robots = "ignore"
pages = [{pages}]
[channel.login]
check = "#wp-admin-bar-logout a"
steps = [
  {{ goto = "{url}wp-login.php" }},
  {{ fill = "#user_login", value = "redactie" }},
  {{ fill = "#user_pass", secret = "WP_PASSWORD" }},
  {{ click = "#wp-submit" }},
]
"""


def scanned(site: wordpress.Site, folder: Path, channel: str) -> tuple[Store, int]:
    """One scan of a channel; its store and number."""
    path = folder / "scanner.toml"
    pages = ", ".join(f'"{site.url}wp-admin/{page}"' for page in ADMIN)
    path.write_text(SETTINGS.format(url=site.url, pages=pages), "utf-8")
    config = load(path)
    store = store_of(config)
    return store, asyncio.run(run.scan_channel(config, store, channel)).id


def failed(store: Store, scan: int) -> set[str]:
    """`criterion rule` of what failed."""
    return {f"{o.outcome.criterion} {o.outcome.rule}" for o in store.outcomes(scan, Verdict.FAILED)}


def test_a_site_and_what_is_behind_its_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found stands; nothing is sent but the login; nothing that was put in has changed."""
    monkeypatch.setenv("WP_PASSWORD", wordpress.PASSWORD)
    (tmp_path / "site").mkdir()
    try:
        with wordpress.serving(tmp_path / "site", "twentytwentyone") as site:
            before = site.content()
            store, scan = scanned(site, tmp_path, "site")
            of_site, sent = failed(store, scan), [path for method, path in site.asked if method not in ("GET", "HEAD")]
            visited = store.ledger(scan, LedgerState.VISITED)
            site.forget()
            store, scan = scanned(site, tmp_path, "beheer")
            of_admin, asked = failed(store, scan), site.asked
            looked = {row.url for row in store.ledger(scan, LedgerState.VISITED)}
            after = site.content()
    except wordpress.CannotServe as why:
        warnings.warn(f"NO WORDPRESS WAS LOOKED AT: {why}", stacklevel=1)
        pytest.skip(str(why))
    assert len(visited) == 12 and sent == []
    # `Beantwoorden` is seen, `Reply to` is the name: the old Dutch is half a translation.
    assert of_site <= {"2.5.3 label-not-in-name"}
    assert looked == {f"{site.url}wp-admin/{page}" for page in ADMIN}
    # English sentences; e-mail and names without autocomplete; `Menu invouwen` is seen, `Hoofdmenu samenvouwen` is the name.
    assert of_admin <= {"1.3.5 autocomplete-missing", "2.5.3 label-not-in-name", "3.1.2 passage-without-lang"}
    posts = [path.split(" ")[0] for method, path in asked if method == "POST" and not ITSELF.search(path)]
    assert posts == ["/wp-login.php"]
    assert not [path for method, path in asked if method == "GET" and COMMITTING.search(path) and not ITSELF.search(path)]
    assert after == before
