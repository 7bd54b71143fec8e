"""demo, init, setup, doctor: from nothing to a first scan."""

from __future__ import annotations

import asyncio
import os
import time
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from scanner import checking, run
from scanner import setup as setting_up
from scanner.commands.reporting import tell_paths, tell_strangers
from scanner.commands.scanning import scan_all
from scanner.commands.shared import (
    ConfigOption,
    Exit,
    LangOption,
    QuietOption,
    console,
    settings,
    shown,
    store_of,
    told_plainly,
)
from scanner.demo.estate import Estate
from scanner.demo.people import give_answers, take_in_dossiers
from scanner.law_files import write_law_files
from scanner.reporting import pdf_printer, write_reports
from scanner.strangers import strangers
from scanner.texts import text


def demo(
    folder: Annotated[
        Path, typer.Option("--folder", help="Where the demonstration's settings, data and reports go.")
    ] = Path("demo-output"),
    lang: LangOption = "nl",
    quiet: QuietOption = False,
) -> None:
    """Serve the built-in municipality, scan all its channels, and write the reports."""
    with told_plainly(), Estate() as estate:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "scanner.toml"
        path.write_text(estate.config(), "utf-8")
        os.environ.update(estate.environment)
        config = settings(path)
        store = store_of(config)
        began = time.monotonic()
        names = [channel.id for channel in config.channels]
        with shown(quiet) as show:
            one = partial(run.scan_channel, config, store, show=show, resume=False)
            asyncio.run(scan_all(config, store, names, one, lang, quiet))
        console.print(f"scanned {len(config.channels)} channels in {time.monotonic() - began:.0f} s")
        take_in_dossiers(store, tuple(names))
        give_answers(store, config)
        with pdf_printer(config) as printer:
            home, spoken = config.reports.folder, config.reports.langs
            for written in write_law_files(config, store, home, spoken, printer=printer)[: 2 * len(spoken)]:
                console.print(text("law.cli.written", lang, path=written), markup=False, soft_wrap=True)
        tell_paths(write_reports(config, store), lang)


def init(
    address: Annotated[str | None, typer.Argument(help="Address of the main site; asked for when left out.")] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the organisation; asked for when left out.")
    ] = None,
    target: Annotated[Path, typer.Option("--to", help="File to write.")] = Path("scanner.toml"),
    example: Annotated[
        bool, typer.Option("--example", help="Write the commented example with everything that can be set.")
    ] = False,
) -> None:
    """Write a starter scanner.toml. Never overwrites."""
    if target.exists():
        console.print(f"{target} exists already; nothing was written. Give another name with --to.")
        raise typer.Exit(Exit.USAGE)
    if example:
        target.write_text(files("scanner.data").joinpath("example.toml").read_text("utf-8"), "utf-8")
    else:
        address = address or typer.prompt("Address of the main site (https://…)")
        if "//" not in address:
            address = "https://" + address
        host = urlsplit(address).hostname
        if not host:
            console.print(f"{address!r} is not a web address. Write it as https://www.example.nl.")
            raise typer.Exit(Exit.USAGE)
        name = name or typer.prompt(
            "Name of the organisation", default=host.removeprefix("www.").partition(".")[0].capitalize()
        )
        starter = files("scanner.data").joinpath("starter.toml").read_text("utf-8")
        target.write_text(
            starter.replace("{name}", name.replace("\\", "").replace('"', "'")).replace("{address}", address), "utf-8"
        )
    console.print(f"wrote {target}. Next: `scanner doctor`, then `scanner scan`.")


def setup(lang: LangOption = "nl") -> None:
    """Get what a scan stands on: axe-core, a browser, a font; says plainly what to do when it cannot."""
    ready = setting_up.set_up(lambda line: console.print(line, markup=False, soft_wrap=True), lang)
    raise typer.Exit(Exit.DONE if ready else Exit.USAGE)


def doctor(config_path: ConfigOption = Path("scanner.toml"), lang: LangOption = "nl") -> None:
    """Show what a scan would use (browser, axe-core, fonts, OCR, disk, database) and what is wrong with it."""
    with told_plainly():
        config = settings(config_path) if config_path.exists() else None
    rows = setting_up.doctor(
        browser=config.scan.browser or None if config else None,
        endpoint=checking.endpoint(config) if config else None,
        driver=config.scan.driver if config else "playwright",
        axe=config.scan.axe or None if config else None,
        database=config.storage.database or None if config else None,
        folder=config.storage.folder if config else None,
        proxy=config.scan.proxy if config else "",
    )
    for row in rows:
        console.print(
            f"{'ok     ' if row.state == 'ok' else row.state:8} {row.name:10} {row.text(lang)}",
            markup=False,
            soft_wrap=True,
        )
    if config is not None:
        for one, other, address in config.scope().overlaps():
            console.print(
                f"{'note':8} {'channels':10} {one} and {other} overlap at {address}: the longer address owns a page.",
                markup=False,
                soft_wrap=True,
            )
        if not config.storage.database and (config.storage.folder / "scanner.sqlite").exists():
            with told_plainly():
                seen = strangers(config, store_of(config), [channel.id for channel in config.channels])
            tell_strangers(seen, 10, lang)
    raise typer.Exit(Exit.DONE if all(row.ok for row in rows) else Exit.USAGE)
