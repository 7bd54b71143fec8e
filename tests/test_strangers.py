"""Hosts that belong to no channel are told, those under an own domain by name: a forgotten site is found."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from scanner.cli import app
from scanner.commands.shared import store_of
from scanner.config import load
from scanner.model import Discovery, LedgerState
from scanner.strangers import strangers
from spiders.reasons import Why, because

SETTINGS = """
[organisation]
name = "Voorbeeldmeer"
[[channel]]
id = "main"
name = "Hoofdsite"
url = "https://www.voorbeeldmeer.nl/"
[[channel]]
id = "kaart"
name = "Kaart"
url = "https://kaart.voorbeeldmeer.nl/app/"
"""
HOME = "https://www.voorbeeldmeer.nl/"
SEEN = (
    ("https://oud.voorbeeldmeer.nl/a", Why.OTHER_HOST), ("https://oud.voorbeeldmeer.nl/b", Why.OTHER_HOST), ("https://kermis2019.voorbeeldmeer.nl/", Why.OTHER_HOST),
    ("https://kaart.voorbeeldmeer.nl/elders", Why.OTHER_HOST), ("https://www.rijksoverheid.nl/x\x1b[31m", Why.OTHER_HOST), ("https://kaart.voorbeeldmeer.nl/app/1", Why.OTHER_CHANNEL),
)


def test_strangers(tmp_path: Path) -> None:
    path = tmp_path / "scanner.toml"
    path.write_text(SETTINGS, "utf-8")
    config = load(path)
    store = store_of(config)
    scan = store.begin("main", "site", {}, {"follow": True})
    store.discover(scan.id, [Discovery(url, HOME, 1, LedgerState.OUT_OF_SCOPE, because(why), channel="") for url, why in SEEN])
    assert strangers(config, store, ["main"]) == [], "a scan that is not finished says nothing"
    store.stage(scan.id, "done")
    found = strangers(config, store, ["main", "kaart"])
    assert [(one.host, one.own_domain, one.addresses) for one in found] == [
        ("kermis2019.voorbeeldmeer.nl", True, 1), ("oud.voorbeeldmeer.nl", True, 2), ("www.rijksoverheid.nl", False, 1)]
    assert found[1].found_on == HOME
    store.engine.dispose()
    told = CliRunner().invoke(app, ["doctor", "--config", str(path), "--lang", "en"]).output
    assert "3 hosts seen that belong to no channel." in told and "oud.voorbeeldmeer.nl" in told and "\x1b[31m" not in told
    told = CliRunner().invoke(app, ["doctor", "--config", str(path), "--lang", "nl"]).output
    assert "3 hosts gezien die bij geen kanaal horen." in told
