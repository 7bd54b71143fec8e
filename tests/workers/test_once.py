"""Without a browser: one result per page, no extra package on one machine, and who is given what."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scanner.config import Config, load
from scanner.model import Discovery, LedgerState
from scanner.run import ATTEMPTS, LookKind
from scanner.store import Looked, Store, StoreError, Waits
from tests.keeping.made import HOME, VERSIONS, barrier, page

SETTINGS = f"""
[organisation]
name = "Voorbeeldmeer"
[[channel]]
id = "main"
name = "Site"
url = "{HOME}"
[[channel]]
id = "other"
name = "Other"
url = "https://other.example/"
"""


def settings(folder: Path, more: str = "", text: str = SETTINGS) -> Config:
    path = folder / "scanner.toml"
    path.write_text(text + more, "utf-8")
    return load(path)


def test_two_that_looked_at_one_page_leave_one_result(store: Store) -> None:
    one = store.begin("main", "site", VERSIONS, {})
    store.discover(one.id, [Discovery(HOME, "start", 0, channel="main")])
    (row,) = store.ledger(one.id)
    first = Looked(page(HOME, "t"), LedgerState.VISITED, "", [barrier("a", "x")], {0: b"png"}, (), 0.5)
    late = Looked(
        page(HOME, "late"), LedgerState.TIMED_OUT, "late", [barrier("b", "y")], {}, [Discovery(f"{HOME}new/", HOME, 1, channel="main")], 9.0
    )
    assert store.save_visit(one.id, row.id, first, while_=Waits.LIGHT)
    assert not store.save_visit(one.id, row.id, late, while_=Waits.LIGHT), "it was cut off, and came back later"
    store.settle(row.id, LedgerState.CRASHED, "late too")
    assert [(r.url, r.state, r.reason) for r in store.ledger(one.id)] == [(HOME, LedgerState.VISITED, "")]
    assert [o.outcome.rule for o in store.outcomes(one.id)] == ["a"]

    store.mark_deep([row.id])
    deep = Looked(page(HOME, "t"), LedgerState.VISITED, "", [barrier("c", "z")], {}, (), 3.0, "done")
    assert [store.save_visit(one.id, row.id, deep, while_=Waits.DEEP) for _ in range(2)] == [True, False]
    assert [o.outcome.rule for o in store.outcomes(one.id)] == ["c"]


def test_a_page_that_kills_workers_does_not_wait_for_ever(store: Store) -> None:
    one = store.begin("main", "site", VERSIONS, {})
    store.discover(one.id, [Discovery(HOME, "start", 0, channel="main")])
    (row,) = store.ledger(one.id)
    assert LookKind.LIGHT.waits(row)
    store.save_visit(one.id, row.id, Looked(page(HOME, "t"), LedgerState.VISITED, "", [], {}, (), 0.5))
    store.mark_deep([row.id])
    for _ in range(2 * ATTEMPTS):
        assert LookKind.DEEPEN.waits(store.addresses([row.id])[0])
        store.attempt(row.id)
    store.attempt(row.id)
    assert not LookKind.DEEPEN.waits(store.addresses([row.id])[0])


def test_one_machine_needs_no_extra(tmp_path: Path) -> None:
    """Neither package is there: all commands are, and the one that needs them says what to install."""
    settings(tmp_path)
    code = f"""
import sys
sys.modules.update(procrastinate=None, psycopg=None)
import scanner.cli, scanner.run, scanner.commands.working
from typer.testing import CliRunner
assert "scanner.workers" not in sys.modules
for command in (["worker"], ["scan", "--workers"]):
    done = CliRunner().invoke(scanner.cli.app, [*command, "--config", {str(tmp_path / "scanner.toml")!r}])
    print(done.exit_code, "toegankelijkheid-scanner[scale]" in done.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert done.stdout.split("\n")[:2] == ["2 True", "2 True"], done.stdout + done.stderr
    usual = "import sys, scanner.cli, scanner.run; print([m for m in ('procrastinate', 'psycopg') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", usual], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "[]", done.stderr


def test_workers_need_postgresql() -> None:
    workers = pytest.importorskip("scanner.workers")
    with pytest.raises(StoreError, match=r"workers need a store on PostgreSQL.*set \[storage\] database"):
        workers.Workers("sqlite:///s.sqlite", print)


def test_a_queue_is_for_those_who_would_say_the_same(tmp_path: Path) -> None:
    workers = pytest.importorskip("scanner.workers")
    config = settings(tmp_path)

    def queue(config: Config, tools: dict[str, Any] = VERSIONS, channel: str = "main") -> str:
        return str(workers.queue_of(config, config.channel(channel), tools))

    mine = queue(config)
    assert len("procrastinate_queue_v1#" + workers.queues(mine)[1]) < 64, "PostgreSQL's longest name"
    assert queue(config, channel="other") != mine
    assert queue(config, {**VERSIONS, "rules": "another"}) != mine
    assert queue(settings(tmp_path, '[checks]\nparsing_policy = "literal"\n')) != mine
    assert queue(settings(tmp_path, '[scan]\nblock_hosts = ["nobody.example"]\n')) != mine
    slower = SETTINGS.replace("[[channel]]\nid", "[[channel]]\nlimits = { page_seconds = 9 }\nid", 1)
    assert queue(settings(tmp_path, text=slower)) != mine
    machine = '[scan]\ntabs = 7\nbrowser = "/opt/chromium"\nworkers = true\n[storage]\nfolder = "elsewhere"\n'
    assert queue(settings(tmp_path, machine)) == mine
