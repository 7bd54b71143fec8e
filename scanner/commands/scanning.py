"""scan, check, explain, judge: look at pages and say what was seen."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.table import Table

from scanner import run
from scanner.commands.findings import FailOn, stops
from scanner.commands.keeping import replay_told, what_went
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
    shown,
    store_of,
    told_plainly,
    where_the_time_went,
    write_json,
)
from scanner.commands.working import elsewhere
from scanner.config import Config, ConfigError, Organisation, Storage
from scanner.finding_store import night
from scanner.frameworks import criteria
from scanner.judge import CriterionVerdict
from scanner.judge import judge as judge_all
from scanner.model import LedgerState, Outcome, Verdict
from scanner.spent import Spent
from scanner.store import Scan, Store
from scanner.texts import ntext, text


def scan(
    channels: Annotated[list[str] | None, typer.Argument(help="Channels to scan; none: all of them.")] = None,
    urls: Annotated[
        Path | None,
        typer.Option(
            "--urls", help="File with an address a line: look at these as well, or with --no-follow only at these."
        ),
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow/--no-follow", help="Follow links, or look only at the addresses of --urls.")
    ] = True,
    deep: Annotated[
        str | None,
        typer.Option(
            "--deep", help="Deep looks on: templates (one page each), all, none. Default: as set; all with --no-follow."
        ),
    ] = None,
    json_out: Annotated[
        str | None,
        typer.Option("--json", metavar="OUT", help="Write one object per outcome, a line each; - for standard output."),
    ] = None,
    fail_over: Annotated[
        int | None, typer.Option("--fail-over", metavar="N", help="Exit with 1 when there are more than N failures.")
    ] = None,
    fail_on: Annotated[
        FailOn | None,
        typer.Option(
            "--fail-on", help="Exit with 1 on: new (findings that the site brought), failed (open, W3C), any (open)."
        ),
    ] = None,
    new: Annotated[
        bool, typer.Option("--new", help="Start anew instead of going on with an interrupted scan.")
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Look at pages that have not changed since the last scan, too.")
    ] = False,
    workers: Annotated[
        bool | None,
        typer.Option("--workers/--no-workers", help="Have `scanner worker`s look at the pages. Default: as set."),
    ] = None,
    profile: Annotated[bool, typer.Option("--profile", help="Show where the time went.")] = False,
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
    quiet: QuietOption = False,
) -> None:
    """Scan channels: find their pages, look at them, judge all fifty criteria, keep the evidence.

    Interrupted? Run the same command again: it goes on where it was.
    Exit codes: 0 done, 1 more failures than --fail-over or findings of --fail-on, 2 usage or settings, 3 scan
    incomplete.
    """
    with told_plainly():
        listed = _read_urls(urls) if urls else []
        if not follow and not listed:
            raise ConfigError(
                urls or Path("--urls"),
                1,
                "--no-follow looks only at listed addresses, and none are listed. Give --urls FILE.",
            )
        config, names = _what_to_scan(config_path, channels or [], listed, follow)
        store = store_of(config)
        others = elsewhere(config, workers)
        spent = Spent()

        async def one(name: str) -> Scan:
            return await run.scan_channel(
                config,
                store,
                name,
                kind="site" if follow else LIST,
                urls=listed if len(names) == 1 else [u for u in listed if config.scope().owner(u) == name],
                deep=deep,
                follow=follow,
                show=show,
                resume=not new,
                full=full,
                spent=spent,
                elsewhere=others if name != LIST else None,  # no worker has the settings of a list's own channel
            )

        failures, complete, stopping, rows = 0, True, 0, []
        with shown(quiet) as show:
            scans = asyncio.run(scan_all(config, store, names, one, lang, quiet))
        if profile:
            where_the_time_went(spent.stages, "stage, by the clock")
            where_the_time_went(spent.parts, f"part of {spent.pages} looks", spent.pages)
        for done in scans:
            outcomes = [(o.url, o.outcome) for o in store.outcomes(done.id)]
            failures += sum(o.verdict is Verdict.FAILED for _, o in outcomes)
            stopping += stops(night(store, config, done.id), fail_on) if fail_on else 0
            complete &= not store.counts(done.id).get(LedgerState.FOUND)
            if json_out:
                rows += [outcome_json(url, o) for url, o in [*outcomes, *_not_seen(store, done)]]
        if json_out:
            write_json(json_out, rows)
        if not complete:
            raise typer.Exit(Exit.INCOMPLETE)
        if stopping and not quiet:
            console.print(ntext(f"scan.fails_on_{fail_on}", stopping, lang))
        if stopping or (fail_over is not None and failures > fail_over):
            raise typer.Exit(Exit.FAILURES)


async def scan_all(
    config: Config,
    store: Store,
    names: Sequence[str],
    one: Callable[[str], Awaitable[Scan]],
    lang: str,
    quiet: bool = False,
) -> list[Scan]:
    """Scans these channels, several at once; says of each what came of it. In the order of `names`.

    A channel that cannot be scanned does not stop the others: what it raised is raised when they are done.
    """
    done: dict[str, Scan] = {}
    troubles: dict[str, Exception] = {}
    async for name, result in run.together(config, names, one):
        if isinstance(result, Exception):
            troubles[name] = result
            if len(names) > 1:
                console.print(f"[bold red]{name}[/] {plain(result)}", soft_wrap=True)
        else:
            done[name] = result
            if not quiet:
                _summary(run.verdicts(store, result), store, result, lang)
    for trouble in troubles.values():
        raise trouble
    return [done[name] for name in names]


def _read_urls(path: Path) -> list[str]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(path, 1, f"cannot be read: {error}. Give a text file with one address a line.") from error
    found = []
    for number, line in enumerate(lines, 1):
        address = line.strip()
        if address and not address.startswith("#"):
            if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
                raise ConfigError(
                    path, number, f"{plain(address[:80])!r} is not a web address. Write it with http:// or https://."
                )
            found.append(address)
    return list(dict.fromkeys(found))


def _what_to_scan(path: Path, channels: Sequence[str], listed: Sequence[str], follow: bool) -> tuple[Config, list[str]]:
    """The settings and the channels. Listed addresses need no settings file, nor a channel that owns them."""
    if path.exists() or not listed or channels:
        config = settings(path)
        for name in channels:
            if name not in {c.id for c in config.channels}:
                raise ConfigError(
                    path,
                    1,
                    f"no [[channel]] has the id {name!r}. There are: {', '.join(c.id for c in config.channels)}.",
                )
        if follow or not listed:
            return config, list(channels) or [c.id for c in config.channels]
        scope = config.scope()
        owners = list(channels) or list(dict.fromkeys(scope.owner(u) or "" for u in listed))
        if "" not in owners:
            return config, owners
        return config.model_copy(update={"channels": (*config.channels, list_channel(listed))}), [LIST]
    return Config(
        organisation=Organisation(name=LIST),
        channel=(list_channel(listed),),
        storage=Storage(folder=Path("scanner-data")),
    ), [LIST]


def _not_seen(store: Store, scan: Scan) -> list[tuple[str, Outcome]]:
    """`untested` with the reason, for every criterion, of every address that should be a page and was not seen."""
    hidden = (
        LedgerState.NOT_A_PAGE,
        LedgerState.DOCUMENT,
        LedgerState.OUT_OF_SCOPE,
        LedgerState.REDIRECTED,
        LedgerState.VISITED,
    )
    return [
        (
            row.url,
            Outcome(
                c.number, Verdict.UNTESTED, "not-looked", values={"reason": f"{row.state}: {row.reason}".rstrip(": ")}
            ),
        )
        for row in store.ledger(scan.id)
        if row.state not in hidden
        for c in criteria()
    ]


def _summary(verdicts: Sequence[CriterionVerdict], store: Store, scan: Scan, lang: str) -> None:
    counts = store.counts(scan.id)
    console.print(
        f"[bold]{scan.channel}[/]: "
        + ", ".join(f"{n} {state}" for state, n in sorted(counts.items(), key=lambda i: -i[1])),
        soft_wrap=True,
    )
    tally = Counter(v.verdict for v in verdicts)
    console.print("  ".join(f"{text(f'verdict.{v}', lang)}: {tally.get(v, 0)}" for v in Verdict))
    table = Table("", text("criterion", lang), text("verdict.failed", lang), text("verdict.cantTell", lang), box=None)
    for v in verdicts:
        if v.failures or v.questions:
            name = v.criterion.name_nl if lang == "nl" else v.criterion.name_en
            table.add_row(v.criterion.number, name, str(v.failures or ""), str(v.questions or ""))
    console.print(table)
    if scan.versions.get("axe_fallback"):
        console.print(
            f"[yellow]axe-core {scan.versions['axe']} is a fallback; run `scanner setup` for the pinned version.[/]"
        )


def explain(
    url: Annotated[str, typer.Argument(help="Address, as the ledger has it.")],
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Tell an address's story: where it was found, what became of it in each scan, and why."""
    with told_plainly():
        store = store_of(settings(config_path))
    known = False
    for scan_ in store.scans():
        for row in store.ledger(scan_.id):
            if row.url.rstrip("/") == url.rstrip("/"):
                known = True
                tally = Counter(o.outcome.verdict for o in store.outcomes(scan_.id) if o.url == row.url)
                gone = "".join(f"; {words}" for words in what_went(store, scan_.id, row.url, lang))
                console.print(
                    plain(
                        f"scan {scan_.id} of {scan_.channel}, {scan_.started:%Y-%m-%d %H:%M}: {row.state}"
                        f"{' - ' + row.reason if row.reason else ''}; found on {row.found_on} at depth {row.depth}; "
                        f"status {row.status or '-'} {row.content_type}; attempts {row.attempts}; "
                        f"template {row.template or '-'}; deep look {row.deep or 'no'}; "
                        + ", ".join(f"{v}: {tally[v]}" for v in Verdict if tally[v])
                        + gone
                    ),
                    markup=False,
                    soft_wrap=True,
                )
    if not known:
        console.print("This address is in no scan: no page, sitemap or setting that was read names it.")
        raise typer.Exit(Exit.INCOMPLETE)


def judge(
    replay: Annotated[
        int, typer.Option("--replay", metavar="SCAN", help="Number of the scan whose kept evidence is judged again.")
    ],
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Judge kept evidence again by today's rules, without browser or network; says where verdicts differ."""
    with told_plainly():
        store = store_of(settings(config_path))
        try:
            scan_ = store.scan(replay)
        except KeyError as error:
            raise ConfigError(
                config_path, 1, f"there is no scan {replay}. `scanner explain` and the reports name the numbers."
            ) from error
    gone = store.thinned(scan_.id)
    if gone:
        console.print(replay_told(gone, scan_.id, lang), markup=False, soft_wrap=True)
    kept = [(o.url, o.outcome) for o in store.outcomes(scan_.id) if o.url not in gone]
    before = {v.criterion.number: v.verdict for v in judge_all(criteria(), kept)}
    after = {v.criterion.number: v.verdict for v in run.replay(store, scan_)}
    for number, verdict in after.items():
        mark = "" if before[number] is verdict else f"   was {before[number]}"
        typer.echo(f"{number:8} {verdict}{mark}")
    typer.echo(f"{sum(before[n] is not v for n, v in after.items())} of {len(after)} verdicts differ")
    if gone:
        raise typer.Exit(Exit.INCOMPLETE)
