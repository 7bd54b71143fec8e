"""2.2.1 where no page can show it: headers of the server, warnings, and what a second look did not confirm."""

from __future__ import annotations

from typing import Any

import pytest

from checks.wcag.sc_2_2_1_timing_adjustable import evaluate, refresh_seconds
from scanner.model import PageEvidence, Record, StateEvidence


def page(clock: dict[str, Any] | None, headers: dict[str, str] | None = None, **facts: Any) -> PageEvidence:
    records = {"facts": Record("facts", {"scripts": 1, "forms": [], **facts}), "axe": Record("axe", {})}
    if clock is not None:
        records["clock"] = Record("clock", {"ran": True, "event": None, "warning": None, "extended": None, "settings": [],
                                            "words": 80, "forms": 1, **clock})
    return PageEvidence("http://x/", headers=headers or {}, looks=(StateEvidence("base", "1280x1024", (), records),))


def event(**more: Any) -> dict[str, Any]:
    return {"kind": "navigation", "seconds": 900.0, "to": "GET http://x/sessie-verlopen/", "reload": False, "twice": True, **more}


def said(evidence: PageEvidence) -> set[tuple[str, str]]:
    return {(str(o.verdict), o.rule) for o in evaluate(evidence)}


@pytest.mark.parametrize(("header", "seconds"), [("900", 900.0), ("5; url=/x", 5.0), (" 3 , url=/x", 3.0), ("0;url=/x", 0.0),
                                                 ("abc", None), ("", None), ("-5", None), ("12.5", 12.0)])
def test_refresh_seconds(header: str, seconds: float | None) -> None:
    assert refresh_seconds(header) == seconds


@pytest.mark.parametrize(("header", "fails"), [("900", True), ("72000", True), ("72001", False), ("0; url=/elders", False)])
def test_refresh_header(header: str, fails: bool) -> None:
    assert (("failed", "refresh-header") in said(page({}, {"refresh": header}))) is fails


def test_time_out_without_warning_fails_only_when_seen_twice() -> None:
    assert said(page({"event": event()})) == {("failed", "time-limit-without-warning")}
    assert said(page({"event": event(twice=False)})) == {("cantTell", "page-changes-by-itself")}


def test_reload_fails_when_something_is_lost() -> None:
    reload = event(to="GET http://x/", reload=True)
    assert said(page({"event": reload})) == {("failed", "page-reloads-itself")}
    assert said(page({"event": reload, "forms": 0})) == {("cantTell", "page-changes-by-itself")}
    assert said(page({"event": reload, "settings": ["Automatisch verversen"]})) == {("cantTell", "page-changes-by-itself")}


def test_warning_is_for_a_person() -> None:
    warning = {"seconds": 780.0, "texts": ["Uw sessie verloopt."], "dialog": [], "controls": []}
    assert said(page({"event": event(), "warning": warning})) == {("cantTell", "time-limit-with-warning")}
    assert said(page({"event": event(), "warning": warning, "extended": True})) == {("cantTell", "time-limit-can-be-extended")}


def test_passes_only_what_ran() -> None:
    assert said(page({})) == {("passed", "no-time-limit-in-20-hours")}
    assert said(page(None)) == {("untested", "not-looked")}
    assert said(page({}, passwordFields=1)) == {("cantTell", "server-session-unknown")}
