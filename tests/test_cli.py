"""The command line starts quickly: a command loads its own module, and no library that it has no use for."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys

import pytest

from scanner.cli import COMMANDS, loaded

OF_STORE_AND_REPORTS = {"alembic", "jinja2", "pikepdf", "scrapy", "sqlalchemy", "xlsxwriter"}
DEAR = OF_STORE_AND_REPORTS | {"apprise", "apscheduler", "keyring", "numpy", "openpyxl", "PIL", "requests", "selenium"}


def loaded_after(code: str) -> set[str]:
    """Packages that are loaded when this has run."""
    code += "\nimport json, sys; print(json.dumps(list({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("name", COMMANDS)
def test_list_says_what_the_command_says(name: str) -> None:
    said = inspect.cleandoc(loaded(name).help).split("\n\n")[0]
    assert " ".join(said.split()) == COMMANDS[name][1]


def test_help_loads_no_command() -> None:
    got = loaded_after("from scanner.cli import app\napp(['--help'], standalone_mode=False)")
    assert not got & (DEAR | {"babel", "checks", "playwright", "pydantic", "spiders"})


def test_check_loads_what_it_uses() -> None:
    got = loaded_after(
        "from scanner.cli import loaded\nloaded('check')\nfrom checks.catalogue import checks_by_criterion\nchecks_by_criterion()"
    )
    assert "playwright" in got
    assert not got & DEAR
