"""2.2.1 Timing Adjustable (A).

Looks at: axe-core's result for `<meta http-equiv="refresh">`; the server's `Refresh` header; what the page's scripts do
in 20 hours of virtual time without a visitor (record `clock`).
Fails: a refresh after more than 0 and at most 72,000 seconds by meta element or header; a script that, twice seen and
without any warning, sends the visitor to an address that speaks of time-outs or logging in, or loads a page anew on
which there is a form or a long text. A form whose fields are all gone after a while is a question; so is a text that
goes away by itself in the first minute, and is not one of many that come and go, and a message of more than three
words that comes after a button was pressed and is gone within seven seconds.
Cannot see: time limits of the server; limits that start after something was done; whether a limit is essential.
Sources: WCAG 2.1 2.2.1; F40, F41, F58; G4, G198; ACT bc659a, bisz58.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.wcag.axe_rules import axe_outcomes
from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "2.2.1"
NEEDS = ("axe",)
SETTLES = (Verdict.PASSED, Verdict.INAPPLICABLE)

LONGEST = 72_000
"""Seconds; longer limits are exempt (20 hours)."""
LONG_TEXT = 500
"""Words that nobody reads before a page loads itself anew."""
_TIMED_OUT = re.compile(r"verlopen|time-?d?-?out|uitgelogd|uitlog|inlog|inactie[fv]|inactiviteit|sessie|session|expire"
                        r"|log-?(in|out|on|off)|sign-?(in|out)", re.I)
_SESSION_COOKIE = re.compile(r"sess|sid\b|auth|token|login", re.I)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    found = [*axe_outcomes(page, CRITERION), *_header(page), *_gone(page)]
    yield from found
    seen = next(page.seen("clock"), None)
    if seen is None:
        if not _scripted(page) and not found and not _headers_unknown(page):
            yield page.inapplicable(CRITERION, "no-time-limit-without-script")
        else:
            yield page.untested(CRITERION, "not-looked", reason=f"clock: {page.missing('clock')}")
        return
    look, clock = seen
    if not clock["ran"]:
        if not found:
            yield page.inapplicable(CRITERION, "no-time-limit-without-script")
        return
    for gone in clock.get("vanished", ())[:1]:
        found.append(look.cant_tell(CRITERION, "text-vanishes-by-itself", None, text=gone["text"],
                                    seconds=gone["seconds"], replay=("load the page", "do nothing for a minute")))
        yield found[-1]
    if clock["event"] is not None:
        yield _event(look, clock)
    elif not found and not _may_have_session(page):
        yield page.passed(CRITERION, "no-time-limit-in-20-hours")
    elif not found:
        yield look.cant_tell(CRITERION, "server-session-unknown", None, cookies=_cookies(page))


def _gone(page: PageEvidence) -> Iterator[Outcome]:
    """A message that came after a button was pressed, and went away by itself."""
    for look, seen in page.seen("messages"):
        for trigger in seen["triggers"]:
            if gone := trigger.get("gone"):
                yield look.cant_tell(CRITERION, "message-vanishes", trigger, text=gone["text"], label=trigger["label"],
                                     seconds=gone["seconds"], replay=(f"{trigger['kind']}: {trigger['label']}", "wait"))


def refresh_seconds(header: str) -> float | None:
    """Seconds in a `Refresh` header or meta content; None when there is no valid number."""
    match = re.match(r"\s*(\d+)(\.[\d.]*)?\s*($|[;,\s])", header)
    return float(match[1]) if match else None


def _header(page: PageEvidence) -> Iterator[Outcome]:
    header = page.headers.get("refresh", "")
    seconds = refresh_seconds(header)
    if seconds is not None and 0 < seconds <= LONGEST:
        yield page.outcome(Verdict.FAILED, CRITERION, "refresh-header", header=header[:200], seconds=seconds)


def _event(look: StateEvidence, clock: Json) -> Outcome:
    event, warning = clock["event"], clock["warning"]
    minutes = round(float(event["seconds"]) / 60, 1)
    values = {"to": str(event["to"])[:200], "minutes": minutes, "kind": event["kind"],
              "settings": list(clock["settings"])}
    replay = ("load the page", f"do nothing for {minutes} minutes")
    if warning is not None:
        values |= {"warning": " ".join([*warning["texts"], *warning["dialog"]])[:200],
                   "warned_after": round(float(warning["seconds"]) / 60, 1), "extended": clock["extended"]}
        rule = "time-limit-can-be-extended" if clock["extended"] else "time-limit-with-warning"
        return look.cant_tell(CRITERION, rule, None, replay=replay, **values)
    times_out = bool(_TIMED_OUT.search(str(event["to"])))
    loses = bool(event["reload"] and (clock["forms"] >= 1 or clock["words"] > LONG_TEXT))
    if event["twice"] and event["kind"] == "navigation" and (times_out or loses) and not clock["settings"]:
        rule = "time-limit-without-warning" if times_out else "page-reloads-itself"
        return look.failed(CRITERION, rule, None, replay=replay, **values)
    return look.cant_tell(CRITERION, "page-changes-by-itself", None, replay=replay, **values)


def _headers_unknown(page: PageEvidence) -> bool:
    """Whether there was an answer whose headers the driver does not tell (checks.selenium_driver)."""
    return bool(page.status and not page.headers)


def _scripted(page: PageEvidence) -> bool:
    facts = page.first("facts")
    handlers = (page.first("focusables") or {}).get("handlers", 1)
    return facts is None or bool(facts.get("scripts") or facts.get("frames") or handlers)


def _may_have_session(page: PageEvidence) -> bool:
    facts = page.first("facts") or {}
    wizard = any(f["method"] == "post" and f["fields"] >= 4 and f["role"] != "search" for f in facts.get("forms", ()))
    return bool(facts.get("passwordFields") or (wizard and _cookies(page)))


def _cookies(page: PageEvidence) -> list[str]:
    """Names of session-like cookies that the document set."""
    names = re.findall(r"(?:^|\n)\s*([^=;\s]+)=", page.headers.get("set-cookie", ""))
    return [name for name in names if _SESSION_COOKIE.search(name)][:5]
