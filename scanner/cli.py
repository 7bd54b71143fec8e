"""The command line: `scanner --help`. Arguments and exit codes only; the work is elsewhere."""

from __future__ import annotations

import typer

from scanner.commands import dossier, findings, keeping, law, nightly, reporting, scanning, starting, working

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
    help="Accessibility scanner for Dutch municipalities: all fifty criteria of WCAG 2.1 A and AA, with proof.",
)

for command in (
    starting.demo,
    starting.init,
    starting.setup,
    starting.doctor,
    scanning.scan,
    scanning.check,
    scanning.explain,
    scanning.judge,
    reporting.report,
    reporting.coverage,
):
    app.command()(command)
app.command("run")(nightly.run_due)
app.command()(nightly.serve)
app.command()(nightly.health)
app.command()(working.worker)
app.add_typer(nightly.app, name="schedule")
app.command()(keeping.backup)
app.command()(keeping.restore)
app.command()(keeping.verify)
app.command()(keeping.tidy)
app.command()(keeping.move)
app.add_typer(findings.app, name="findings")
app.command()(findings.diff)
app.add_typer(findings.owners_app, name="owners")
app.add_typer(dossier.app, name="dossier")
app.command()(law.status)
app.command()(law.statement)
app.command("statement-check")(law.statement_check)
app.command()(law.questions)
app.command()(law.answer)
app.command()(law.sample)
app.command()(law.evidence)
app.command()(law.improvement)
app.command()(law.council)
app.command()(law.alarms)
app.command()(law.law)
app.add_typer(law.audit_app, name="audit")


if __name__ == "__main__":
    app()
