"""The people of the made-up municipality: their dossiers, and what they answered, taken in the way a user does it.

`dossiers/<channel>.<day>.toml` is what somebody wrote down on that day, in order; `dossiers/answers.toml` is what was
answered after a scan. Nothing here is a shortcut: the files go through `scanner dossier import` and `scanner answer`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from importlib.resources import as_file, files
from typing import Any

from scanner import dossier_store, legal
from scanner.config import Config
from scanner.dossier import Answer
from scanner.dossier_files import value_of
from scanner.legal import Situation
from scanner.questions import answer
from scanner.store import Store

WHO = "N. Bakker"
MOST_ALIKE = 5
"""Questions that one entry of answers.toml answers at most."""


def take_in_dossiers(store: Store, channels: tuple[str, ...]) -> int:
    """The dossiers of these channels, each file true from the day in its name; the number of files taken in.

    A channel that has a dossier already keeps it: the demonstration can be run again in its folder.
    """
    known = dossier_store.channels(store)
    folder = files("scanner.demo") / "dossiers"
    named = sorted(entry.name for entry in folder.iterdir() if entry.name.count(".") == 2)
    taken = 0
    for name in named:
        channel, day, _ = name.split(".")
        if channel in channels and channel not in known:
            with as_file(folder / name) as path:
                dossier_store.take_in(store, channel, path, WHO, since=date.fromisoformat(day))
            taken += 1
    return taken


def give_answers(store: Store, config: Config) -> int:
    """The answers, as far as their questions are there; the number given."""
    given = 0
    entries = tomllib.loads((files("scanner.demo") / "dossiers" / "answers.toml").read_text("utf-8"))["answer"]
    for channel in dict.fromkeys(entry["channel"] for entry in entries):
        if channel not in {known.id for known in config.channels}:
            continue
        here = legal.situation(store, config, channel)
        mine = [entry for entry in entries if entry["channel"] == channel]
        answers = {one.key: one for entry in mine for one in _answers(here, entry)}
        if answers:
            legal.answer(store, config, channel, tuple(answers.values()), WHO)
            given += len(answers)
    return given


def _answers(here: Situation, entry: dict[str, Any]) -> Iterator[Answer]:
    asked = [
        item
        for item in here.open
        if item.criterion == entry["criterion"]
        and (entry["rule"] == item.rule if "rule" in entry else item.fingerprint.startswith("finding:"))
    ]
    verdict = value_of("answers", "verdict", entry["verdict"], "answers.toml")
    for item in asked[:MOST_ALIKE]:
        yield answer(item, verdict, entry["by"], here.day, here.framework, entry["note"])
