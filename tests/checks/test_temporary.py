"""What a browser leaves behind goes with it, however we end."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from checks.pool import Pool, PoolSettings
from checks.temporary import passing_folder, with_temporary

LEAVES = """
import time
from checks.temporary import passing_folder
with passing_folder() as folder:
    open(folder + "/left", "w").close()
    print(folder, flush=True)
    time.sleep(60)
"""


def gone(folder: Path) -> bool:
    """Whether it goes within some seconds."""
    ends = time.monotonic() + 10
    while folder.exists() and time.monotonic() < ends:
        time.sleep(0.05)
    return not folder.exists()


def test_it_goes_with_all_that_is_in_it() -> None:
    """The usual end, and the end by a fault."""
    with pytest.raises(ZeroDivisionError), passing_folder() as folder:
        (Path(folder) / "left").touch()
        raise ZeroDivisionError
    assert not Path(folder).exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_goes_when_we_are_killed(number: signal.Signals) -> None:
    """All of our process group at once, as the service ends a scan that does not stop."""
    process = subprocess.Popen([sys.executable, "-c", LEAVES], stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    assert (folder / "left").exists()
    os.killpg(process.pid, number)
    process.wait(10)
    assert gone(folder)


def test_a_browser_starts_where_paths_are_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then its files lie where they would have lain without us."""
    assert with_temporary("/tmp/short")["TMPDIR"] == "/tmp/short"
    monkeypatch.setenv("TMPDIR", "/tmp/users")
    assert with_temporary("/tmp/" + "long/" * 12)["TMPDIR"] == "/tmp/users"


def told(process: Path) -> bytes:
    """The environment of a process; empty when it is not for us."""
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""


@pytest.mark.browser
def test_the_browser_has_its_temporary_files_there(short_folder: Path) -> None:
    """Its own processes, and nothing stays where they would have been."""

    async def look() -> bool:
        async with Pool.start(PoolSettings()) as pool, pool.fresh() as tab:
            await tab.page.goto("data:text/html,<h1>Kort</h1>")
            (folder,) = short_folder.iterdir()
            return any(f"TMPDIR={folder}".encode() in told(process) for process in Path("/proc").glob("[0-9]*"))

    assert asyncio.run(look()), "the browser was given the folder"
    assert list(short_folder.iterdir()) == []
