"""check: look at one address and say what is seen."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from checks.harness import SafetyLevel
from scanner import checking
from scanner.commands.shared import (
    LIST,
    ConfigOption,
    Exit,
    LangOption,
    QuietOption,
    console,
    list_channel,
    outcome_json,
    plain,
    settings,
    told_plainly,
    where_the_time_went,
    write_json,
)
from scanner.config import Config, ConfigError, Organisation
from scanner.frameworks import criteria
from scanner.model import LedgerState, Outcome, Verdict
from scanner.texts import text


def _driven(config: Config, driver: str, grid: str, browser: str) -> Config:
    """The settings with another driver: that of the command line."""
    asked = {"driver": driver, "grid": grid or config.scan.grid, "browser": browser, "devtools": "", "workers": False}
    try:
        scan = config.scan.model_validate({**config.scan.model_dump(), **asked})
    except ValueError as error:
        said = "--driver is playwright, or selenium with --browser chrome, firefox or edge on a Grid"
        raise typer.BadParameter(said) from error
    return config.model_copy(update={"scan": scan})


def check(
    url: Annotated[str, typer.Argument(help="Address to look at.")],
    json_out: Annotated[
        str | None,
        typer.Option("--json", metavar="OUT", help="Write one object per outcome, a line each; - for standard output."),
    ] = None,
    deep: Annotated[
        bool, typer.Option("--deep/--light", help="With the looks that touch the page, or only those that read it.")
    ] = True,
    level: Annotated[
        int,
        typer.Option("--level", min=0, max=3, help="Safety level: 0 look, 1 keys, 2 clicks, 3 client-side validation."),
    ] = SafetyLevel.CLICK,
    fail_over: Annotated[
        int | None, typer.Option("--fail-over", metavar="N", help="Exit with 1 when there are more than N failures.")
    ] = None,
    profile: Annotated[bool, typer.Option("--profile", help="Show where the time went.")] = False,
    state: Annotated[
        str | None, typer.Option("--state", metavar="NAME", help="Only what was seen in this state of the page.")
    ] = None,
    replay: Annotated[
        bool, typer.Option("--replay", help="With the steps that show each outcome again by hand.")
    ] = False,
    driver: Annotated[
        str | None, typer.Option("--driver", help="playwright, or selenium for browsers on a Grid. Default: as set.")
    ] = None,
    grid: Annotated[str, typer.Option("--grid", help="With --driver selenium: address of the Grid.")] = "",
    browser: Annotated[
        str, typer.Option("--browser", help="With --driver selenium and a Grid: chrome, firefox or edge.")
    ] = "",
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
    quiet: QuietOption = False,
) -> None:
    """Look at one address now, and judge it; nothing is kept."""
    with told_plainly():
        if urlsplit(url).scheme not in ("http", "https", "file"):
            raise ConfigError(
                Path("URL"), 1, f"{plain(url[:80])!r} is not a web address. Write it with http:// or https://."
            )
        config = (
            settings(config_path)
            if config_path.exists()
            else Config(organisation=Organisation(name=LIST), channel=(list_channel([url]),))
        )
        config = _driven(config, driver, grid, browser) if driver else config
        seen, outcomes = asyncio.run(checking.check(config, url, deep=deep, level=level))
        outcomes = [o for o in outcomes if state in (None, o.state)]
    if seen.state is not LedgerState.VISITED:
        outcomes = [
            Outcome(c.number, Verdict.UNTESTED, "not-looked", values={"reason": f"{seen.state}: {seen.reason}"})
            for c in criteria()
        ]
    if json_out:
        write_json(json_out, (outcome_json(url, o) for o in outcomes))
    if not quiet:
        for o in outcomes:
            if o.verdict in (Verdict.FAILED, Verdict.CANT_TELL):
                style = "red" if o.verdict is Verdict.FAILED else "yellow"
                title = text(f"rule.{o.rule}.title", lang, **o.values)
                console.print(
                    f"[{style}]{text(f'verdict.{o.verdict}', lang)}[/] {o.criterion} {plain(title)}",
                    soft_wrap=True,
                    highlight=False,
                )
                if o.place:
                    console.print(
                        plain(f"    {o.place.selector}  {o.place.snippet[:120]}"), markup=False, soft_wrap=True
                    )
        tally = Counter(o.verdict for o in outcomes)
        console.print(
            f"{plain(seen.state)} {plain(seen.reason)} "
            + "  ".join(f"{text(f'verdict.{v}', lang)}: {tally.get(v, 0)}" for v in Verdict),
            soft_wrap=True,
        )
    if profile:
        where_the_time_went(seen.spent, "part")
    if seen.state is not LedgerState.VISITED:
        raise typer.Exit(Exit.INCOMPLETE)
    if fail_over is not None and sum(o.verdict is Verdict.FAILED for o in outcomes) > fail_over:
        raise typer.Exit(Exit.FAILURES)
