"""A finding in words, in one language: what every report shows of it, prepared once. Pure.

In: `Finding`s, whose selectors, snippets, addresses and values a scanned site wrote. Out: `Shown`, of which every
text is bounded and free of control and direction characters; templates and files only have to escape for their own
format. A rule without words of its own gets those of its criterion, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scanner.findings import Event, Example, Finding, Kind, Life, Severity, Words
from scanner.frameworks import criteria, criterion
from scanner.model import Criterion
from scanner.texts import MissingText, format_date, format_number, format_percent, has_text, text

MAX_TEXT = 300
"""Characters of anything a site wrote."""
MAX_ADDRESS = 500
_BAD = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e0fff]"
)
_SECRET_NAME = re.compile(
    r"token|session|sess?id|^sid$|secret|passw|wachtwoord|^pw$|^pwd$|auth|^code$|api[-_]?key|^key$|signature|^sig$|ticket|jwt|bsn|e-?mail",
    re.I,
)
SEVERITIES = tuple(Severity)
MASKED = "***"


def clean(value: object, limit: int = MAX_TEXT) -> str:
    """Anything as text on one or more lines: no control, direction, invisible or unpaired characters, at most `limit`
    long."""
    raw = value if isinstance(value, str) else str(value)
    cut = raw if len(raw) <= limit else raw[:limit]
    if not cut.isprintable() and not cut.replace("\n", "").isprintable():
        cut = _BAD.sub("\N{REPLACEMENT CHARACTER}", cut.replace("\r\n", "\n"))
    return cut if len(raw) <= limit else cut + "…"


def one_line(value: object, limit: int = MAX_TEXT) -> str:
    """Like `clean`, with white space as single spaces."""
    if isinstance(value, str) and len(value) <= limit and value.isprintable() and "  " not in value:
        return value.strip()  # nearly all of them, in a third of the time
    return " ".join(clean(value, limit).split())


_REASON = re.compile(r"(?P<word>[^(]*?)(?: \((?P<aside>.*)\))?(?:: (?P<detail>.*))?", re.S)
_NET_ERRORS = (
    (re.compile(r"NAME_|DNS_"), "host name unknown"),
    (re.compile(r"CERT_|SSL_"), "certificate or TLS error"),
    (re.compile(r"CONNECTION_REFUSED"), "connection refused"),
    (re.compile(r"TIMED_OUT"), "no answer in time"),
    (re.compile(r"TOO_MANY_REDIRECTS"), "too many redirects"),
    (re.compile(r"EMPTY_RESPONSE|CONNECTION_|HTTP2_|SOCKET_"), "connection broken off"),
    (re.compile(r"CONTENT_|INCOMPLETE_"), "answer incomplete"),
    (re.compile(""), "browser error page"),
)
"""Chromium's names of network errors, and the words of the ledger for them."""


def why_not_seen(reason: str, lang: str) -> tuple[bool, str]:
    """A reason of the ledger, or of a probe, in the reader's language, with what can be done about it.

    In front whether it has words there; what has none comes back as it is, in English. What a program said of it, in
    brackets, is left out, and addresses lose what may be secret. The forms: spiders/reasons.py, checks/hindrance.py.
    """
    reason = re.sub(r"\w+://\S+", lambda found: address(found[0]), one_line(reason))
    said = [_sentence(part, lang) for part in reason.split("; ") if part]
    return (False, reason) if "" in said else (True, "; ".join(said))


def _sentence(part: str, lang: str) -> str:
    """One reason in words; nothing when there are none for it. A ledger state or a probe may stand in front of it."""
    subject, _, rest = part.partition(": ")
    for key in (f"evidence.ledger.{subject}", f"probe.{subject}"):
        if rest and has_text(key, lang):
            because = _sentence(rest, lang)
            return f"{text(key, lang)}: {because}" if because else ""
    if failed := re.search(r"net::ERR_(\w+)", part):
        word = next(word for pattern, word in _NET_ERRORS if pattern.search(failed[1]))
        return f"{text(f'reach.{word}', lang)}: {failed[1]}"
    found = _REASON.fullmatch(re.sub(r"^status (?=\d)", "status: ", part))
    word = found["word"] if found else part
    if not has_text(f"reach.{word}", lang):
        return ""
    sentence = text(f"reach.{word}", lang) + (f": {found['detail']}" if found and found["detail"] else "")
    cure = f"reach.{word}.cure"
    return f"{sentence}. {text(cure, lang)}" if has_text(cure, lang) else sentence


def why_untested(reason: str, lang: str) -> tuple[bool, str]:
    """Why a criterion is untested, in the same way: a rule of its check, or a reason why something was not seen."""
    said = _own(f"rule.{reason}.title", lang, {})
    return (True, said) if said else why_not_seen(reason, lang)


def probe_label(name: str, lang: str) -> str:
    """What a probe looks at; its bare name when there are no words for it."""
    key = f"probe.{name}"
    return text(key, lang) if has_text(key, lang) else one_line(name, 40)


def address(url: str) -> str:
    """An address as others may see it: without user name and password, and without the values of parameters that
    carry secrets."""
    return _address(one_line(url, MAX_ADDRESS))


@lru_cache(maxsize=20_000)
def _address(said: str) -> str:
    try:
        parts = urlsplit(said)
        host = parts.netloc.rpartition("@")[2]
        query = parts.query
        if any(_SECRET_NAME.search(name) for name, _ in parse_qsl(query, keep_blank_values=True)):
            query = urlencode(
                [
                    (name, MASKED if _SECRET_NAME.search(name) else value)
                    for name, value in parse_qsl(query, keep_blank_values=True)
                ],
                safe="*",
            )
        fragment = (
            MASKED
            if _SECRET_NAME.search(parts.fragment.partition("=")[0]) and "=" in parts.fragment
            else parts.fragment
        )
        return urlunsplit((parts.scheme, host, parts.path, query, fragment))
    except ValueError:
        return said


def cell(value: object, limit: int = 2000) -> str:
    """A cell of a CSV or XLSX file that no spreadsheet takes for a formula, also after leading white space."""
    return guarded(clean(value, limit).replace("\t", " "))


def guarded(said: str) -> str:
    """A text that is clean and bounded already, as a cell."""
    said = said.strip()
    return "'" + said if said.startswith(_FORMULA) and said != "-" else said


_FORMULA = ("=", "+", "-", "@", "|", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """One place of a finding."""

    address: str
    state: str
    viewport: str
    selector: str
    snippet: str
    frame: str
    region: str
    details: tuple[tuple[str, str, str], ...]
    """What was measured: name, value, and the language of the value when it is not the page's (axe speaks English)."""
    replay: tuple[str, ...]
    picture: str
    """Hash, empty without picture."""


NO_PLACE = ShownPlace("", "", "", "", "", "", "", (), (), "")


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding in words."""

    finding: Finding
    anchor: str
    title: str
    why: str
    cure: str
    general: bool
    """The words are those of the criterion: the rule has none of its own."""
    criterion: Criterion
    criterion_name: str
    severity: str
    because: tuple[str, ...]
    life: str
    kind: str
    region: str
    owner: str
    owner_because: str
    deadline: str
    seen: str
    """First and last day, and the day of repair."""
    share: str
    """Part of the pages that were looked at, as a percentage."""
    places: tuple[ShownPlace, ...]
    history: tuple[tuple[str, str], ...]
    """Day and what happened."""
    notes: tuple[str, ...]
    """What must be said of it: not retested and why, accepted by whom, tool change."""

    @property
    def id(self) -> str:
        """The finding's own."""
        return one_line(self.finding.id, 40)


def shown(finding: Finding, lang: str, examples: int = 3) -> Shown:
    """A finding in words, with at most this many places."""
    values = finding.examples[0].values if finding.examples else {}
    about = criterion_of(finding.criterion)
    return Shown(
        finding=finding,
        anchor=anchor(finding.id),
        title=title(finding.rule, finding.criterion, lang, values),
        why=rule_text(finding.rule, finding.criterion, "why", lang, values),
        cure=rule_text(finding.rule, finding.criterion, "cure", lang, values),
        general=not has_text(f"rule.{finding.rule}.title", lang),
        criterion=about,
        criterion_name=criterion_name(about, lang),
        severity=severity_label(finding.severity, lang),
        because=tuple(tell(words, lang) for words in finding.severity_because),
        life=life_label(finding.life, lang),
        kind=kind_label(finding.kind, lang),
        region=region_label(finding.region, lang),
        owner=one_line(finding.owner.name or finding.owner.id) or label("report.no_owner", lang),
        owner_because=tell(finding.owner.because, lang),
        deadline=_day(finding.deadline, lang),
        share=_percent(round(finding.share, 2), lang),
        seen=_seen(
            finding.first_seen.date(), finding.last_seen.date(), finding.fixed_on and finding.fixed_on.date(), lang
        ),
        places=tuple(place(example, lang) for example in finding.examples[:examples]),
        history=tuple((_day(event.at.date(), lang), event_text(event, lang)) for event in finding.history[-20:]),
        notes=tuple(notes(finding, lang)),
    )


@lru_cache(maxsize=512)
def _percent(share: float, lang: str) -> str:
    return format_percent(share, lang)


@lru_cache(maxsize=4096)
def _seen(first: date, last: date, fixed: date | None, lang: str) -> str:
    said = text("report.seen_days", lang, first=first, last=last)
    return f"{said} {text('report.fixed_day', lang, day=fixed)}" if fixed else said


def place(example: Example, lang: str) -> ShownPlace:
    """One example in words."""
    at = example.place
    return ShownPlace(
        address(example.url),
        state_label(example.state, lang),
        one_line(example.viewport, 20),
        one_line(at.selector, MAX_TEXT) if at else "",
        clean(at.snippet, MAX_TEXT) if at else "",
        address(at.frame) if at and at.frame else "",
        region_label(at.region, lang) if at else "",
        tuple(
            (detail_label(name, lang), one_line(_plain(name, value, lang), MAX_TEXT), "en" if name == "message" else "")
            for name, value in list(example.values.items())[:8]
            if _worth(name, value)
        ),
        tuple(one_line(step, 200) for step in example.replay[:20]),
        example.picture if re.fullmatch(r"[0-9a-f]{64}", example.picture) else "",
    )


def title(rule: str, number: str, lang: str, values: Mapping[str, Any] | None = None) -> str:
    """The rule's own title, else a general sentence with the criterion and the rule's id."""
    return _own(f"rule.{rule}.title", lang, values or {}) or _general_title(rule, number, lang)


@lru_cache(maxsize=8192)
def _general_title(rule: str, number: str, lang: str) -> str:
    about = criterion_of(number)
    return text(
        "report.general_title", lang, criterion=number, name=criterion_name(about, lang), rule=one_line(rule, 80)
    )


def rule_text(rule: str, number: str, part: str, lang: str, values: Mapping[str, Any] | None = None) -> str:
    """`why` or `cure` of the rule, else of the criterion."""
    return _own(f"rule.{rule}.{part}", lang, values or {}) or label(f"criterion.{number}.{part}", lang)


def question(rule: str, number: str, lang: str, values: Mapping[str, Any] | None = None) -> str:
    """What a person is asked."""
    return (
        _own(f"rule.{rule}.question", lang, values or {})
        or _own(f"criterion.{number}.question", lang, values or {})
        or _own(f"rule.{rule}.title", lang, values or {})
        or text("question.general", lang, criterion=number, name=criterion_name(criterion_of(number), lang))
    )


def _own(key: str, lang: str, values: Mapping[str, Any]) -> str:
    """A text that may be missing, or may want a value that this outcome lacks; its values are a site's, so bounded."""
    if (said := _constant(key, lang)) is not None:
        return said
    try:
        return one_line(
            text(key, lang, **{name: _bounded(value) for name, value in values.items() if name not in ("key", "lang")}),
            1500,
        )
    except MissingText:
        return ""


@lru_cache(maxsize=4096)
def _constant(key: str, lang: str) -> str | None:
    """A text that wants no values; empty when there is none; None when it wants some."""
    if not has_text(key, lang):
        return ""
    try:
        said = text(key, lang)
    except MissingText:
        return None
    return None if "{" in said else one_line(said, 1500)


def _bounded(value: Any) -> Any:
    return value if isinstance(value, (int, float, date)) and not isinstance(value, bool) else one_line(value, MAX_TEXT)


def tell(words: Words, lang: str) -> str:
    """A sentence of the catalogue with its values; empty when there is none."""
    return _own(words.key, lang, words.values)


def notes(finding: Finding, lang: str) -> Iterable[str]:
    """What must be said of it beside its life."""
    if finding.not_retested is not None:
        yield text(
            "report.note.not_retested", lang, reason=tell(finding.not_retested, lang) or text("page.unknown", lang)
        )
    if finding.seems_fixed:
        yield text("report.note.seems_fixed", lang)
    if finding.strictness == "practice":
        yield text("report.note.practice", lang)
    if finding.cause == "tool":
        yield text("report.note.tool", lang)
    mark = finding.mark
    if mark is not None:
        key = "report.note.accepted" if mark.life is Life.ACCEPTED else "report.note.false_alarm"
        yield text(
            key,
            lang,
            by=one_line(mark.by, 100),
            on=mark.on.date(),
            reason=one_line(mark.reason),
            until=_day(mark.until, lang) or text("report.no_end", lang),
        )


def event_text(event: Event, lang: str) -> str:
    """One line of history: the catalogue's own sentence, else the bare word."""
    values = {"by": event.by, "scan": event.scan or 0, **event.values}
    said = (
        _own(f"finding.event.{event.what}", lang, values)
        or _own(f"report.event.{event.what}", lang, values)
        or one_line(event.what, 40)
    )
    reason = one_line(event.values.get("reason", ""))
    return f"{said}: {reason}" if reason and reason not in said else said


def anchor(finding_id: str) -> str:
    """A name for a place in a page, from an id alone."""
    return "f-" + re.sub(r"[^A-Za-z0-9-]", "-", finding_id)[:40]


@lru_cache(maxsize=256)
def criterion_of(number: str) -> Criterion:
    """The criterion of the product's norm set. Raises KeyError."""
    return criterion(number)


def criterion_name(about: Criterion, lang: str) -> str:
    """Its name in the language."""
    return about.name_nl if lang == "nl" else about.name_en


@lru_cache(maxsize=4)
def criterion_order() -> Mapping[str, int]:
    """Number → place in the norm."""
    return {about.number: index for index, about in enumerate(criteria())}


@lru_cache(maxsize=64)
def severity_label(severity: Severity, lang: str) -> str:
    """In words."""
    return text(f"report.severity.{severity}", lang)


@lru_cache(maxsize=64)
def life_label(life: Life, lang: str) -> str:
    """In words."""
    return text(f"report.life.{life}", lang)


@lru_cache(maxsize=64)
def kind_label(kind: Kind, lang: str) -> str:
    """In words."""
    return text(f"report.kind.{kind}", lang)


@lru_cache(maxsize=256)
def region_label(region: str, lang: str) -> str:
    """A landmark in words; empty for none, the bare word for one that we do not know."""
    if not region:
        return ""
    return text(f"report.region.{region}", lang) if has_text(f"report.region.{region}", lang) else one_line(region, 30)


@lru_cache(maxsize=512)
def state_label(state: str, lang: str) -> str:
    """A state of the page in words, also one that something opened, such as `menu: Hoofdmenu`; else its bare name."""
    kind, _, opener = state.partition(": ")
    if opener and has_text(f"report.opened.{kind}", lang):
        # Letters of an icon font say nothing on paper.
        name = one_line(re.sub(r"[\ue000-\uf8ff]", "", opener), 80).strip() or text("report.opened.icon", lang)
        return text(f"report.opened.{kind}", lang, name=name)
    key = f"report.state.{state}"
    return text(key, lang) if has_text(key, lang) else one_line(state, 80)


@lru_cache(maxsize=512)
def detail_label(name: str, lang: str) -> str:
    """What a measured value is called; the bare name when there is no word for it."""
    key = f"report.detail.{name}"
    return text(key, lang) if has_text(key, lang) else one_line(name, 40)


@lru_cache(maxsize=1024)
def label(key: str, lang: str) -> str:
    """A text that wants no values."""
    return text(key, lang)


def priority(finding: Finding) -> tuple[Any, ...]:
    """Sort key: what to do first. Overdue, then severity, then in shared parts, then reach."""
    return (
        not finding.overdue,
        SEVERITIES.index(finding.severity),
        finding.strictness == "practice",
        -finding.share,
        -len(finding.pages),
        finding.kind != "template",
        criterion_order().get(finding.criterion, 99),
        finding.id,
    )


def _doubt(code: str, lang: str) -> str:
    """Why colours alone did not decide; the bare code when there is no word for it."""
    return text(f"report.doubt.{code}", lang) if has_text(f"report.doubt.{code}", lang) else code


def _worth(name: str, value: Any) -> bool:
    return (
        name not in ("url", "address", "found", "element", "fingerprint", "why", "cause", "viewport", "opener")
        and value not in (None, "", [], {})
        and not isinstance(value, dict)
    )


def _plain(name: str, value: Any, lang: str) -> str:
    if name == "doubts":
        return ", ".join(_doubt(code, lang) for code in str(value).split(", ")[:10])
    if isinstance(value, bool):
        return text("page.yes" if value else "page.no", lang)
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item)[:100] for item in value[:10])
    if isinstance(value, float):
        return format_number(value, lang, min(2, len(str(value).partition(".")[2].removesuffix("0"))))
    return str(value)


@lru_cache(maxsize=1024)
def _day(day: date | None, lang: str) -> str:
    return format_date(day, lang)
