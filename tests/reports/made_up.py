"""Made-up material for reports: a channel with findings, hostile where asked."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from PIL import Image

from reports.material import Asked, Exempted, Hole, Material, Row, ScanFacts, SupplierTerms, TrendPoint
from scanner.findings import (
    Coverage,
    Event,
    Example,
    Finding,
    FlipRate,
    Life,
    Mark,
    Night,
    Owner,
    Severity,
    ToolChange,
    Words,
)
from scanner.frameworks import criteria
from scanner.judge import CriterionVerdict
from scanner.model import Place, Verdict

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
MEERWEB = SupplierTerms(
    "meerweb",
    "Meerweb",
    "toegankelijkheid@meerweb.example",
    "nl",
    {"critical": 14, "serious": 30, "moderate": 90, "minor": 180},
)
KAARTEN = SupplierTerms(
    "kaartenmakers", "Kaartenmakers", "toegankelijkheid@kaartenmakers.example", "nl", {"critical": 14}
)
OWNERS = {
    "meerweb": Owner("meerweb", "Meerweb", MEERWEB.email, "nl", "supplier"),
    "kaartenmakers": Owner("kaartenmakers", "Kaartenmakers", KAARTEN.email, "nl", "supplier"),
    "redactie": Owner("redactie", "Redactie", "", "nl", "team"),
    "": Owner(),
}
DIGEST = "a" * 64


def png(width: int = 120, height: int = 44) -> bytes:
    """A picture as the visitor cuts it."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#dddddd").save(out, "PNG")
    return out.getvalue()


def example(url: str = "https://www.voorbeeldmeer.example/nieuws/", **changes: Any) -> Example:
    """One place."""
    return replace(
        Example(
            url,
            Place(
                "main > img:nth-child(2)",
                '<img src="foto.jpg" alt="IMG_2034.jpg">',
                "",
                (100.0, 300.0, 96.0, 20.0),
                "main",
                "article.card",
            ),
            "base",
            "1280x1024",
            {"text": "IMG_2034.jpg", "message": "Element does not have an alt attribute and no title attribute either"},
            ("Open de pagina", "Druk drie keer op Tab"),
            DIGEST,
        ),
        **changes,
    )


def finding(number: int = 1, **changes: Any) -> Finding:
    """One finding."""
    one = Finding(
        id=f"VM-{number:04d}",
        channel="main",
        rule="reflow-text-cut",
        criterion="1.4.10",
        strictness="w3c",
        severity=Severity.SERIOUS,
        severity_because=(),
        owner=OWNERS["meerweb"],
        life=Life.OPEN,
        kind="template",
        region="banner",
        component="header.site",
        first_seen=NOW - timedelta(days=20),
        last_seen=NOW,
        fixed_on=None,
        reopened_on=None,
        deadline=date(2026, 12, 4),
        overdue=False,
        pages=("https://www.voorbeeldmeer.example/nieuws/", "https://www.voorbeeldmeer.example/contact/"),
        share=0.5,
        places=3,
        examples=(example(),),
        history=(Event(NOW - timedelta(days=20), "opened", 3), Event(NOW, "seen-again", 4)),
    )
    return replace(one, **changes)


def several() -> tuple[Finding, ...]:
    """One of each life, of several owners and criteria."""
    return (
        finding(1, life=Life.NEW, severity=Severity.CRITICAL, rule="axe/button-name", criterion="4.1.2"),
        finding(2, overdue=True, deadline=date(2026, 11, 1)),
        finding(3, life=Life.FIXED, fixed_on=NOW, deadline=None),
        finding(4, life=Life.NOT_RETESTED, not_retested=Words("page.unknown")),
        finding(
            5,
            life=Life.REOPENED,
            reopened_on=NOW,
            owner=OWNERS["redactie"],
            kind="content",
            region="main",
            rule="axe/image-alt",
            criterion="1.1.1",
        ),
        finding(
            6,
            life=Life.ACCEPTED,
            deadline=None,
            mark=Mark(Life.ACCEPTED, "Vervanging is besteld", "J. de Vries", NOW, date(2027, 1, 1)),
        ),
        finding(
            7, life=Life.FALSE_ALARM, deadline=None, mark=Mark(Life.FALSE_ALARM, "Is versiering", "A. Bakker", NOW)
        ),
        finding(8, owner=OWNERS["kaartenmakers"], criterion="2.1.1", rule="axe/frame-focusable-content", region="main"),
        finding(
            9,
            owner=OWNERS[""],
            severity=Severity.MINOR,
            strictness="practice",
            criterion="2.4.6",
            rule="headings-repeat",
        ),
        finding(
            10,
            seems_fixed=True,
            criterion="1.4.3",
            rule="contrast-letters",
            examples=(example(values={"ratio": 2.3, "required": 4.5}, picture=""),),
        ),
    )


def night_of(findings: Iterable[Finding], before: int | None = 3) -> Night:
    """The sets of the night."""
    found = tuple(findings)

    def of(life: Life) -> tuple[Finding, ...]:
        return tuple(item for item in found if item.life is life)

    return Night(
        "main",
        4,
        before,
        NOW,
        of(Life.NEW),
        of(Life.FIXED),
        of(Life.REOPENED),
        of(Life.NOT_RETESTED),
        tuple(item for item in found if item.seems_fixed),
        of(Life.OPEN),
        of(Life.ACCEPTED),
        of(Life.FALSE_ALARM),
        (),
        (),
        (ToolChange("axe", "4.14.0", "4.14.1"),),
        (FlipRate("contrast-letters", 40, 3, True),),
        2,
        Coverage(38, 1, 5, {"visited": 38}, True),
    )


def verdicts(findings: Iterable[Finding]) -> tuple[CriterionVerdict, ...]:
    """The fifty."""
    failed = {item.criterion for item in findings}
    return tuple(
        CriterionVerdict(c, Verdict.FAILED, {Verdict.FAILED: 2, Verdict.UNTESTED: 36}, 3, 1)
        if c.number in failed
        else CriterionVerdict(c, Verdict.CANT_TELL, {Verdict.CANT_TELL: 5}, 0, 7)
        if c.number.startswith("1.2")
        else CriterionVerdict(c, Verdict.PASSED, {Verdict.PASSED: 38})
        if c.number == "2.4.2"
        else CriterionVerdict(
            c, Verdict.UNTESTED, {Verdict.UNTESTED: 38}, 0, 0, ("not run", "safety level too low: L1 < L2")
        )
        for c in criteria()
    )


def material(findings: tuple[Finding, ...] | None = None, **changes: Any) -> Material:
    """A channel with everything in it."""
    found = several() if findings is None else findings
    one = Material(
        organisation="Gemeente Voorbeeldmeer",
        contact="webteam@voorbeeldmeer.example",
        channel="main",
        name="Voorbeeldmeer.nl",
        address="https://www.voorbeeldmeer.example/",
        target="A",
        made=NOW,
        scan=ScanFacts(
            4,
            "site",
            NOW - timedelta(minutes=12),
            NOW,
            {
                "scanner": "0.1.0",
                "rules": "1",
                "axe": "4.14.1",
                "axe_sha256": "f" * 64,
                "axe_fallback": False,
                "browser": "chromium 156",
                "driver": "playwright 1.65",
            },
            {"deep": "templates", "level": 2, "follow": True},
        ),
        verdicts=verdicts(found),
        findings=found,
        night=night_of(found),
        asked=(
            Asked("1.1.1", "axe/image-alt", 12, 7, (example(values={"alt": "foto"}),)),
            Asked("2.4.4", "link-says-little", 1, 1, (example(picture=""),)),
        ),
        ledger={"visited": 38, "not found": 2, "timed out": 1, "out of scope": 9},
        rows=(
            Row(
                "https://www.voorbeeldmeer.example/weg/",
                "not found",
                "status 404",
                "https://www.voorbeeldmeer.example/",
            ),
            Row(
                "https://www.voorbeeldmeer.example/traag/",
                "timed out",
                "no answer in time",
                "https://www.voorbeeldmeer.example/",
            ),
        ),
        frames=(Hole("https://video.example/embed/1", "no answer", ("https://www.voorbeeldmeer.example/nieuws/",), 1),),
        prevented=(Hole("walk", "took longer than its time box, seconds: 40", ("https://www.voorbeeldmeer.example/nieuws/",), 3),),
        not_loaded=(
            Hole("https://cdn.example/app.css", "did not load", ("https://www.voorbeeldmeer.example/contact/",), 1),
        ),
        deep_pages=5,
        trend=tuple(TrendPoint(date(2026, 11, 14 + n), 1 + n, 20 - n, n % 3, n % 4, 38) for n in range(11)),
        exempted=(
            Exempted("archive", "Niet gewijzigd na 23 september 2019.", "/bestuurlijk-archief/", (finding(90),)),
        ),
        picture=pictures,
    )
    return replace(one, **changes)


def pictures(digest: str) -> bytes:
    """Only one picture exists."""
    if digest != DIGEST:
        raise KeyError(digest)
    return png()
