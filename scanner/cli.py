"""The command line: `scanner --help`. What there is and where; arguments, and exit codes, stand with each command."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

COMMANDS = {
    "demo": ("starting:demo", "Serve the built-in municipality, scan all its channels, and write the reports."),
    "init": ("starting:init", "Write a starter scanner.toml. Never overwrites."),
    "setup": ("starting:setup",
      "Get what a scan stands on: axe-core, a browser, a font; says plainly what to do when it cannot."),
    "doctor": ("starting:doctor",
      "Show what a scan would use (browser, axe-core, fonts, OCR, disk, database) and what is wrong with it."),
    "scan": ("scanning:scan",
      "Scan channels: find their pages, look at them, judge all fifty criteria, keep the evidence."),
    "check": ("checking:check", "Look at one address now, and judge it; nothing is kept."),
    "explain": ("scanning:explain",
      "Tell an address's story: where it was found, what became of it in each scan, and why."),
    "judge": ("scanning:judge",
      "Judge kept evidence again by today's rules, without browser or network; says where verdicts differ."),
    "report": ("reporting:report",
      "Write the reports of the latest scans: the web team's pages, the suppliers' reports, and files for machines."),
    "coverage": ("reporting:coverage",
      "Tell what a scan of a channel looked at, per criterion and state of the page; what not, and why."),
    "run": ("nightly:run_due",
      "Do what the schedule says is due now, then end; the same as the service, without a daemon."),
    "serve": ("nightly:serve", "Run as a service: every night at its time, until it is told to stop (SIGTERM)."),
    "health": ("nightly:health",
      "How the service is: what runs, what was done, what was not and why. Exit code 3 when a night is missing."),
    "worker": ("working:worker",
      "Take looks of scans that run with --workers, on this or another machine, until stopped (SIGTERM, Ctrl-C)."),
    "backup": ("keeping:backup",
      "Back up the store with all evidence, the settings and the law's files into one archive; also during a scan."),
    "restore": ("keeping:restore",
      "Bring a backup back. First every hash is checked; a store that holds something is only replaced with --force."),
    "verify": ("keeping:verify",
      "Check the store: every blob's hash, every reference, the database itself, its version, and every dossier."),
    "tidy": ("keeping:tidy",
      "Thin evidence of old nights (keep_nights) and keep the store within its size (max_megabytes)."),
    "move": ("keeping:move",
      "Copy the store to another, empty database, all or nothing, and compare every table row by row."),
    "diff": ("findings:diff",
      "Compare two scans of a channel: new, fixed, reopened, not retested. Exit code 1: something new or reopened."),
    "status": ("law:status",
      "Tell the status by the dossier on a day, why, what is missing for the target, and what is coming."),
    "statement": ("law:statement",
      "Write the draft of the accessibility statement: every field of the register's form, and what is missing."),
    "statement-check": ("law:statement_check",
      "Check the published statement: there, within two clicks, its fields, its date, its links and mail addresses."),
    "questions": ("law:questions",
      "List what only a person can answer, most pages settled first; and how many answers are left to fifty decided."),
    "answer": ("law:answer",
      "Answer a question, or take in a filled-in list. Answers hold until the thing changes or their period ends."),
    "sample": ("law:sample",
      "Show the sample (WCAG-EM, EU 2018/1524) with clause and reason of each page; the same for the same seed."),
    "evidence": ("law:evidence",
      "Write the evidence file: page, PDF, and a zip with everything and a list of hashes over it."),
    "improvement": ("law:improvement",
      "Write the improvement log of a year: what was met, found, solved and promised, then and now."),
    "council": ("law:council",
      "Write the council's page: all channels with their status, beside a year ago and the country."),
    "alarms": ("law:alarms",
      "List what has a date and asks for attention, over all channels: expiry, review, measures, repair windows."),
    "law": ("law:law",
      "Write all that the law asks for: statement, evidence, log, questions, sample, and the council's page."),
    "schedule": ("nightly:app", "When scans run: list, next, run, pause."),
    "findings": ("findings:app", "List, show, accept and mark findings."),
    "owners": ("findings:owners_app", "Who repairs what."),
    "dossier": ("dossier:app",
      "The dossier of a channel: statement, research, measures, answers. Every change leaves its trace."),
    "audit": ("law:audit_app", "An auditor's file in as research; the state of a channel out."),
}  # fmt: skip
"""Name → where it is in `scanner.commands`, and what it does: the first paragraph of its own help."""


class OnDemand(TyperGroup):
    """Loads the module of the command that is called, and no other: loading them all takes seconds."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for name, (_, summary) in COMMANDS.items():
            self.add_command(TyperCommand(name, help=summary))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command itself, in the place of its line in the list."""
        name, line, rest = super().resolve_command(ctx, args)
        return name, loaded(name) if name else line, rest


def loaded(name: str) -> Any:
    """The command, or group of commands, of this name."""
    module, _, attribute = COMMANDS[name][0].partition(":")
    found = getattr(import_module(f"scanner.commands.{module}"), attribute)
    around = typer.Typer()
    if isinstance(found, typer.Typer):
        around.add_typer(found, name=name)
    else:
        around.command(name)(found)
    return get_group(around).commands[name]


app = typer.Typer(cls=OnDemand, no_args_is_help=True, pretty_exceptions_show_locals=False, add_completion=False)


@app.callback()
def scanner() -> None:
    """Accessibility scanner for Dutch municipalities: all fifty criteria of WCAG 2.1 A and AA, with proof."""


if __name__ == "__main__":
    app()
