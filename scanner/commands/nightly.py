"""run, serve, schedule, health: every night, unattended."""

from __future__ import annotations

import http.server
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from scanner.commands.keeping import told
from scanner.commands.shared import ConfigOption, Exit, console, settings, store_of, told_plainly
from scanner.config import Config
from scanner.legal import new_alarms
from scanner.model import LedgerState
from scanner.nights import PAUSED, Nights, plans
from scanner.retention import tidy
from scanner.store import Scan, Store, StoreError
from schedules.due import ZONE, Night, NightState, Plan, next_nights
from schedules.service import Service

log = logging.getLogger(__name__)
app = typer.Typer(no_args_is_help=True, help="When scans run: list, next, run, pause.")

DEPTH = {"nightly": "templates", "weekly": "templates", "monthly": "all", "quarterly": "all", "yearly": "templates"}
"""How deep each kind of scan looks."""
STOPS_WITHIN = 15.0
"""Seconds that a scan gets to end after it is told to; whatever it was at goes on at the next start."""
STARTS = 3
"""Times that the scan of one night is started when something kills it (memory that ran out, say)."""


class Worker:
    """Does what is due: each scan is a process of its own, so it can be stopped at any moment and nothing is lost."""

    def __init__(
        self, config: Config, store: Store, path: Path, command: Callable[[Night], list[str]] | None = None
    ) -> None:
        self.nights = Nights(config, store)
        self.config, self.store, self.path = config, store, path
        self._command = command or self._scan
        self._child: subprocess.Popen[bytes] | None = None
        self._stopping = False

    def _scan(self, night: Night) -> list[str]:
        return [
            sys.executable,
            "-m",
            "scanner.cli",
            "scan",
            night.plan.channel,
            "--quiet",
            "--deep",
            DEPTH[night.plan.kind],
            *([] if night.plan.kind == "nightly" else ["--full"]),
            "--config",
            str(self.path),
        ]

    def work(self) -> None:
        """Starts all that is due, one after the other; then sends what is in the outbox."""
        if self.nights.setting(PAUSED) == "yes":
            return
        worked = self._settle()
        while not self._stopping and (start := self.nights.due().start):
            self._one(start[0])
            worked = True
        if not self._stopping:
            self.nights.post_office()
            if worked:
                self._tidy()
        self.write_health()

    def _tidy(self) -> None:
        """Thins what is old; whatever comes of it, the night is done."""
        try:
            for line in told(tidy(self.store, self.config, clock=self.nights.clock), "en"):
                log.info("%s", line)
        except StoreError as error:
            log.warning("not tidied: %s", error)

    def _settle(self) -> bool:
        """Nights whose scan ended well while that could not be written down are done, not scanned again or missed."""
        settled = False
        for past in self.nights.past():
            if past.state is not NightState.RUNNING or past.started is None:
                continue
            scans = self.store.scans(past.channel, finished=True)
            if not scans or scans[0].stage != "done" or self.store.unfinished(past.channel) is not None:
                continue
            ended = scans[0].finished
            whole = not self.store.counts(scans[0].id).get(LedgerState.FOUND)
            if ended is not None and ended >= past.started and whole:
                plan = Plan(past.channel, past.kind, "")
                self._well(Night(plan, past.day, past.started, past.started), scans[0])
                settled = True
        return settled

    def _one(self, night: Night) -> None:
        channel = night.plan.channel
        self.nights.write(night, NightState.RUNNING)
        self.write_health()
        before, code = self.store.scans(channel, finished=True)[:1], -1
        for _ in range(STARTS):
            self._child = subprocess.Popen(self._command(night), stdin=subprocess.DEVNULL, start_new_session=True)
            code = self._child.wait()
            self._child = None
            if self._stopping:
                return  # the night is still `running`: due again at the next start, and the scan goes on where it was
            if code >= 0:
                break  # else it was killed: started again, it goes on where it was
        scans = self.store.scans(channel, finished=True)[:1]
        # Python ends with 1 as well when it meets a defect of ours; then the newest scan is of another night.
        if code in (Exit.DONE, Exit.FAILURES) and [s.id for s in scans] != [s.id for s in before]:
            self._well(night, scans[0])
        else:
            self.nights.write(night, NightState.FAILED, note=f"the scan ended with code {code}")

    def _well(self, night: Night, scan: Scan) -> None:
        channel, lang = night.plan.channel, self.nights.config.organisation.lang
        self.nights.done(night, scan, new_alarms(self.store, channel, lang))

    def stop(self) -> None:
        """Ends the scan at work: asked first, then made to."""
        self._stopping = True
        child = self._child
        if child is None:
            return
        child.terminate()
        try:
            child.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, 9)

    def health(self) -> dict[str, Any]:
        """How it goes: for people, machines and the dead man's watch."""
        past = self.nights.past(60)
        done = [n for n in past if n.state is NightState.DONE and n.finished]
        return {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "paused": self.nights.setting(PAUSED) == "yes",
            "running": [f"{n.channel}/{n.kind}" for n in past if n.state is NightState.RUNNING],
            "last_done": max((n.finished for n in done if n.finished), default=None),
            "not_done": [
                {"channel": n.channel, "kind": n.kind, "day": n.day.isoformat(), "state": n.state, "note": n.note}
                for n in past
                if n.state in (NightState.FAILED, NightState.MISSED, NightState.LEFT)
            ][:20],
        }

    def write_health(self) -> None:
        """health.json and metrics.prom in the data folder, each whole or not at all."""
        folder = self.config.storage.folder
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in (
            ("health.json", json.dumps(self.health(), default=str)),
            ("metrics.prom", self.metrics()),
        ):
            partial = folder / (name + ".part")
            partial.write_text(content, "utf-8")
            partial.replace(folder / name)

    def metrics(self) -> str:
        """Prometheus text format."""
        lines = ["# HELP scanner_nights_total Nights by state.", "# TYPE scanner_nights_total counter"]
        counts: dict[tuple[str, str], int] = {}
        for night in self.nights.past(10_000):
            counts[night.channel, night.state] = counts.get((night.channel, night.state), 0) + 1
        lines += [f'scanner_nights_total{{channel="{c}",state="{s}"}} {n}' for (c, s), n in sorted(counts.items())]
        lines += [
            "# HELP scanner_last_scan_seconds Duration of the last scan.",
            "# TYPE scanner_last_scan_seconds gauge",
        ]
        pages = [
            "# HELP scanner_last_scan_pages Addresses of the last scan by state.",
            "# TYPE scanner_last_scan_pages gauge",
        ]
        for channel in self.config.channels:
            for scan in self.store.scans(channel.id, finished=True)[:1]:
                if scan.finished:
                    took = (scan.finished - scan.started).total_seconds()
                    lines.append(f'scanner_last_scan_seconds{{channel="{channel.id}"}} {took:.0f}')
                pages += [
                    f'scanner_last_scan_pages{{channel="{channel.id}",state="{state}"}} {n}'
                    for state, n in self.store.counts(scan.id).items()
                ]
        return "\n".join([*lines, *pages]) + "\n"


def run_due(
    due: Annotated[
        bool, typer.Option("--due", help="Do what is due now, and end. For cron or a systemd timer.")
    ] = False,
    config_path: ConfigOption = Path("scanner.toml"),
) -> None:
    """Do what the schedule says is due now, then end; the same as the service, without a daemon."""
    if not due:
        console.print("`scanner run --due` does what is due. To scan now whatever the schedule says: `scanner scan`.")
        raise typer.Exit(Exit.USAGE)
    with told_plainly():
        config = settings(config_path)
        Worker(config, store_of(config), config_path).work()


def serve(
    port: Annotated[
        int, typer.Option("--port", help="Answer /health and /metrics on this port of this machine; 0: do not.")
    ] = 0,
    config_path: ConfigOption = Path("scanner.toml"),
) -> None:
    """Run as a service: every night at its time, until it is told to stop (SIGTERM)."""
    logging.basicConfig(
        level=logging.INFO,
        format='{"at":"%(asctime)s","level":"%(levelname)s","where":"%(name)s","what":"%(message)s"}',
    )
    with told_plainly():
        config = settings(config_path)
        worker = Worker(config, store_of(config), config_path)
    if port:
        _answer_health(worker, port)
    Service(plans(config), worker.work, worker.stop).run()


def _answer_health(worker: Worker, port: int) -> None:
    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Says nothing: the service has its own log."""

        def do_GET(self) -> None:
            content = {"/health": lambda: json.dumps(worker.health(), default=str), "/metrics": worker.metrics}.get(
                self.path
            )
            self.send_response(200 if content else 404)
            self.send_header(
                "Content-Type", "application/json" if self.path == "/health" else "text/plain; version=0.0.4"
            )
            self.end_headers()
            if content:
                self.wfile.write(content().encode())

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()


@app.command("list")
def schedule_list(config_path: ConfigOption = Path("scanner.toml")) -> None:
    """What has been: the last nights and what became of them."""
    with told_plainly():
        config = settings(config_path)
        for night in Nights(config, store_of(config)).past(40):
            took = (
                f"{(night.finished - night.started).total_seconds():.0f} s" if night.finished and night.started else ""
            )
            typer.echo(
                f"{night.day}  {night.channel:16} {night.kind:10} {night.state:8} {took:8} {night.note}".rstrip()
            )


@app.command("next")
def schedule_next(config_path: ConfigOption = Path("scanner.toml")) -> None:
    """What is to come: the next night of every channel and kind."""
    with told_plainly():
        config = settings(config_path)
        for night in next_nights(plans(config), datetime.now(UTC)):
            begins, ends = night.begins.astimezone(ZONE), night.ends.astimezone(ZONE)
            typer.echo(f"{begins:%a %Y-%m-%d %H:%M} until {ends:%H:%M}  {night.plan.channel:16} {night.plan.kind}")


@app.command("run")
def schedule_run(config_path: ConfigOption = Path("scanner.toml")) -> None:
    """Do what is due now (as `scanner run --due`)."""
    run_due(True, config_path)


@app.command("pause")
def schedule_pause(
    off: Annotated[bool, typer.Option("--off", help="Go on again.")] = False,
    config_path: ConfigOption = Path("scanner.toml"),
) -> None:
    """Start nothing until `scanner schedule pause --off`; a scan at work goes on."""
    with told_plainly():
        config = settings(config_path)
        Nights(config, store_of(config)).remember(PAUSED, "no" if off else "yes")
    console.print("the schedule runs" if off else "paused: nothing starts until `scanner schedule pause --off`")


def health(config_path: ConfigOption = Path("scanner.toml")) -> None:
    """How the service is: what runs, what was done, what was not and why. Exit code 3 when a night is missing."""
    with told_plainly():
        config = settings(config_path)
        told = Worker(config, store_of(config), config_path).health()
    typer.echo(json.dumps(told, indent=2, default=str))
    newest = told["last_done"]
    late = [n for n in told["not_done"] if newest is None or n["day"] >= newest.date().isoformat()]
    raise typer.Exit(Exit.INCOMPLETE if late else Exit.DONE)
