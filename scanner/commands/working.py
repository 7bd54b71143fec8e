"""worker: take looks of scans that other machines coordinate."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.commands.shared import ConfigOption, QuietOption, address_of, console, plain, settings, told_plainly
from scanner.config import Config, ConfigError
from scanner.store import StoreError

if TYPE_CHECKING:
    from scanner.run import Elsewhere


def worker(
    channels: Annotated[list[str] | None, typer.Argument(help="Channels to serve; none: all of them.")] = None,
    tabs: Annotated[
        int, typer.Option("--tabs", min=0, help="Browser pages at once; 0: as in the settings, else two per core.")
    ] = 0,
    config_path: ConfigOption = Path("scanner.toml"),
    quiet: QuietOption = False,
) -> None:
    """Take looks of scans that run with --workers, on this or another machine, until stopped (SIGTERM, Ctrl-C).

    Start as many as you like, anywhere that reaches the database. Each needs a copy of the same settings file and the
    secrets that it names; a worker with other rules, another browser or other settings of a channel is given nothing of
    it. Kill one, or cut it off: its pages go to the others.
    Exit codes: 0 told to stop, 2 usage, settings or login, 3 the database is lost: start it again.
    """
    with told_plainly():
        config = settings(config_path)
        for name in channels or []:
            if name not in {channel.id for channel in config.channels}:
                raise ConfigError(config_path, 1, f"no [[channel]] has the id {name!r}.")
        workers = _extra(config)

        def tell(line: str) -> None:
            if not quiet:
                console.print(plain(line), markup=False, soft_wrap=True)

        one = workers.Worker(config, address_of(config), channels or (), tabs=tabs, tell=tell)
        worked = asyncio.run(one.run())
        tell(f"stopped: {worked.pages} looks, {worked.looking:.1f} s at pages, {worked.between:.1f} s beside them")


def elsewhere(config: Config, wanted: bool | None) -> Elsewhere | None:
    """Who takes the looks of a scan: workers when that is asked for, or set and not forbidden. Raises StoreError."""
    if not (config.scan.workers if wanted is None else wanted):
        return None
    workers: Elsewhere = _extra(config).Workers(
        address_of(config), lambda line: console.print(plain(line), markup=False, soft_wrap=True)
    )
    return workers


def _extra(config: Config) -> ModuleType:
    """The module that needs the extra `scale`; on one machine it is never imported."""
    if config.scan.driver == "selenium":
        raise StoreError('workers look by Playwright: leave [scan] driver = "selenium" out, or workers')
    try:
        from scanner import workers
    except ModuleNotFoundError as error:
        if error.name not in ("procrastinate", "psycopg"):
            raise
        raise StoreError("workers need the extra: pip install 'toegankelijkheid-scanner[scale]'") from error
    return workers
