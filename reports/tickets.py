"""Findings as tickets: CSV files for TOPdesk and Jira, and issues on GitLab and GitHub through their own APIs.

A tracker is three calls (`find`, `create`, `change`); `sync` does the rest and is idempotent by finding id: a line
with the id in the issue's text is how it is found again, whatever people do to its title. Run twice, nothing happens
the second time. Texts of scanned sites stand in fenced code only, so that no mention, command or markup in them
works.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

import httpx

from reports.material import TO_REPAIR
from reports.whole import write_whole
from reports.words import Shown, cell, label, one_line, priority, shown
from scanner.findings import Finding, Life
from scanner.texts import text

LABEL = "toegankelijkheid"
MARKER = re.compile(r"^finding-id: ([A-Za-z0-9/_-]{1,90})$", re.M)
PER_PAGE = 100
MAX_PAGES = 200
SECONDS = 20.0
_JIRA_PRIORITY = {"critical": "Highest", "serious": "High", "moderate": "Medium", "minor": "Low"}
_TOPDESK_PRIORITY = {"critical": "P1", "serious": "P2", "moderate": "P3", "minor": "P4"}


# CSV


def write(findings: Iterable[Finding], folder: Path, lang: str) -> list[Path]:
    """Both import files; only findings to repair, most urgent first."""
    folder.mkdir(parents=True, exist_ok=True)
    work = sorted((item for item in findings if item.life in TO_REPAIR), key=priority)
    tickets = [_Ticket(item, _title(item, lang), plain_body(item, lang)) for item in (shown(f, lang, 2) for f in work)]
    return [
        _csv(folder / "tickets-topdesk.csv", ";", _topdesk(tickets, lang)),
        _csv(folder / "tickets-jira.csv", ",", _jira(tickets)),
    ]


class _Ticket(NamedTuple):
    item: Shown
    title: str
    body: str


def _topdesk(tickets: Sequence[_Ticket], lang: str) -> Iterable[Mapping[str, str]]:
    """Columns by the field names of TOPdesk's import of incidents; externalNumber keeps a second import from
    doubling."""
    for item, title, body in tickets:
        yield {
            "briefDescription": one_line(title, 80),
            "request": body,
            "category": label("report.ticket.category", lang),
            "subcategory": f"{item.criterion.number} {item.criterion_name}"[:60],
            "priority": _TOPDESK_PRIORITY[item.finding.severity.value],
            "externalNumber": ticket_id(item.finding),
            "targetDate": item.finding.deadline.isoformat() if item.finding.deadline else "",
            "supplier": item.owner,
        }


def _jira(tickets: Sequence[_Ticket]) -> Iterable[Mapping[str, str]]:
    """Columns as Jira's CSV import names them; External ID makes a second import update."""
    for item, title, body in tickets:
        yield {
            "Summary": one_line(title, 250),
            "Description": body,
            "Issue Type": "Bug",
            "Priority": _JIRA_PRIORITY[item.finding.severity.value],
            "Labels": f"{LABEL} WCAG-{item.criterion.number}",
            "External ID": ticket_id(item.finding),
            "Due Date": item.finding.deadline.isoformat() if item.finding.deadline else "",
            "Component": item.owner,
        }


_TOPDESK = (
    "briefDescription",
    "request",
    "category",
    "subcategory",
    "priority",
    "externalNumber",
    "targetDate",
    "supplier",
)
_JIRA = ("Summary", "Description", "Issue Type", "Priority", "Labels", "External ID", "Due Date", "Component")


def _csv(path: Path, delimiter: str, rows: Iterable[Mapping[str, str]]) -> Path:
    names = _TOPDESK if delimiter == ";" else _JIRA
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow(cell(row[name], 8000) for name in names)
    return write_whole(path, out.getvalue().encode("utf-8-sig"))


def ticket_id(finding: Finding) -> str:
    """What a ticket is recognised by: channel and finding id, plain characters only."""
    return re.sub(r"[^A-Za-z0-9/_-]", "-", f"{finding.channel}/{finding.id}")[:90]


def plain_body(item: Shown, lang: str) -> str:
    """The ticket's text without markup."""
    lines = [
        item.title,
        "",
        f"{label('report.hurts', lang)} {item.why}",
        f"{label('report.cure', lang)} {item.cure}",
        f"{label('report.criterion', lang)}: {criterion_title(item)}, EN 301 549 {item.criterion.clause}",
        f"{label('report.severity', lang)}: {item.severity}",
        f"{label('report.csv.pages', lang)}: {len(item.finding.pages)}",
    ]
    for spot in item.places:
        lines += [
            "",
            f"{label('report.csv.address', lang)}: {spot.address}",
            f"{label('report.state', lang)}: {spot.state}" if spot.state else "",
            f"{label('report.selector', lang)}: {spot.selector}" if spot.selector else "",
            spot.snippet,
        ]
    return "\n".join(line for line in lines if line is not None)


# Issues


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue as a tracker has it."""

    number: int
    finding: str
    """`ticket_id`, from the line in its text."""
    open: bool
    title: str
    body: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What `sync` did about one finding."""

    finding: str
    what: str
    """created, changed, closed, reopened, unchanged."""
    issue: Issue


class Tracker(Protocol):
    """A place with issues."""

    def find(self) -> list[Issue]:
        """All issues of ours, open and closed. Raises TrackerError."""
        ...

    def create(self, title: str, body: str) -> Issue:
        """A new issue with our label."""
        ...

    def change(
        self,
        number: int,
        *,
        title: str | None = None,
        body: str | None = None,
        open: bool | None = None,
        note: str = "",
    ) -> None:
        """Changes what is given; `note` is added as a comment."""
        ...


class TrackerError(Exception):
    """The tracker refused or cannot be reached; the message says which call. It never holds the token."""


def sync(tracker: Tracker, findings: Sequence[Finding], lang: str, limit: int = 500) -> list[Done]:
    """Brings the tracker in step with the findings, most urgent first; at most `limit` new issues at a time.

    New issues for findings to repair, none for accepted ones and false alarms; closed when fixed, reopened when back.
    A closed issue of a finding that is still there is left closed: people decided that.
    """
    there: dict[str, Issue] = {}
    for issue in tracker.find():
        kept = there.get(issue.finding)
        if kept is None or (issue.open, -issue.number) > (kept.open, -kept.number):
            there[issue.finding] = issue
    done: list[Done] = []
    for finding in sorted(findings, key=priority):
        key = ticket_id(finding)
        have = there.get(key)
        item = shown(finding, lang, 2)
        title, body = issue_title(item, lang), issue_body(item, lang)
        if have is None:
            if finding.life in TO_REPAIR and sum(d.what == "created" for d in done) < limit:
                done.append(Done(key, "created", tracker.create(title, body)))
        elif finding.life is Life.FIXED and have.open:
            tracker.change(have.number, open=False, note=text("report.ticket.closed", lang))
            done.append(Done(key, "closed", have))
        elif finding.life is Life.REOPENED and not have.open:
            tracker.change(have.number, body=body, open=True, note=text("report.ticket.reopened", lang))
            done.append(Done(key, "reopened", have))
        elif have.open and finding.life in TO_REPAIR and _differs(have.body, body):
            tracker.change(have.number, body=body)
            done.append(Done(key, "changed", have))
        else:
            done.append(Done(key, "unchanged", have))
    return done


def _differs(one: str, other: str) -> bool:
    return one.replace("\r\n", "\n").strip() != other.replace("\r\n", "\n").strip()


def criterion_title(item: Shown) -> str:
    """Number and name."""
    return f"{item.criterion.number} {item.criterion_name}"


def issue_title(item: Shown, lang: str) -> str:
    """One line; no mention in it works."""
    return one_line(_title(item, lang), 200).replace("@", "@\N{WORD JOINER}")


def _title(item: Shown, lang: str) -> str:
    return text("report.ticket.title", lang, id=item.id, title=item.title)


def issue_body(item: Shown, lang: str) -> str:
    """Markdown in which only our own words are markup; nothing of today is in it, so that it only changes when the
    finding does."""
    lines = [
        f"finding-id: {ticket_id(item.finding)}",
        "",
        _safe(text("report.ticket.marker", lang)),
        "",
        f"**{text('report.hurts', lang)}** {_safe(item.why)}",
        "",
        f"**{text('report.cure', lang)}** {_safe(item.cure)}",
        "",
        f"- {text('report.criterion', lang)}: [{criterion_title(item)}]({item.criterion.understanding_url}),"
        f" EN 301 549 {item.criterion.clause}",
        f"- {text('report.severity', lang)}: {item.severity}",
        f"- {text('report.deadline', lang)}: {item.deadline or text('page.none', lang)}",
        f"- {text('report.csv.pages', lang)}: {len(item.finding.pages)}",
    ]
    for spot in item.places:
        lines += [
            "",
            _fenced("\n".join(part for part in (spot.address, spot.state, spot.selector, spot.snippet) if part)),
        ]
    if item.places and item.places[0].replay:
        lines += ["", f"**{text('report.replay', lang)}**", _fenced("\n".join(item.places[0].replay))]
    return "\n".join(lines)


def _fenced(said: str) -> str:
    """Code, with a fence longer than any in it."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", said)), default=0))
    return f"{fence}text\n{said}\n{fence}"


def _safe(said: str) -> str:
    """Words in Markdown: no markup, mention or reference in them works."""
    return re.sub(r"([\\`*_{}\[\]<>#|~!])", r"\\\1", said).replace("@", "@\N{WORD JOINER}")


class _Api:
    """A JSON API with a token; errors never show it."""

    def __init__(self, address: str, headers: Mapping[str, str], client: httpx.Client | None) -> None:
        self._client = client or httpx.Client(timeout=SECONDS, follow_redirects=False)
        self._address, self._headers = address.rstrip("/"), dict(headers)

    def call(self, method: str, path: str, params: Mapping[str, str | int] | None = None, json: Any = None) -> Any:
        """The answer's JSON. Raises TrackerError."""
        try:
            answer = self._client.request(method, self._address + path, params=params, json=json, headers=self._headers)
        except httpx.HTTPError as error:
            raise TrackerError(f"{method} {path}: {type(error).__name__}") from error
        if answer.status_code >= 300:
            raise TrackerError(f"{method} {path}: status {answer.status_code} {one_line(answer.text, 200)}")
        try:
            return answer.json() if answer.content else None
        except ValueError as error:
            raise TrackerError(f"{method} {path}: the answer is not JSON") from error

    def pages(self, path: str, params: Mapping[str, str | int]) -> Iterable[Mapping[str, Any]]:
        """Items of all pages of a list."""
        for page in range(1, MAX_PAGES + 1):
            items = self.call("GET", path, {**params, "page": page, "per_page": PER_PAGE})
            if not isinstance(items, list):
                raise TrackerError(f"GET {path}: the answer is not a list")
            yield from items
            if len(items) < PER_PAGE:
                return
        raise TrackerError(f"GET {path}: more than {MAX_PAGES * PER_PAGE} issues; nothing was changed")


class GitHub:
    """Issues of a GitHub repository."""

    def __init__(
        self, repository: str, token: str, address: str = "https://api.github.com", client: httpx.Client | None = None
    ) -> None:
        self._path = "/repos/" + "/".join(quote(part, safe="") for part in repository.split("/", 1)) + "/issues"
        self._api = _Api(
            address,
            {
                "Authorization": f"Bearer {token}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
            },
            client,
        )

    def find(self) -> list[Issue]:
        """All issues with our label and a finding id."""
        items = self._api.pages(self._path, {"labels": LABEL, "state": "all"})
        return [
            issue
            for item in items
            if "pull_request" not in item and (issue := _issue(item, "number", "body", "open", "html_url"))
        ]

    def create(self, title: str, body: str) -> Issue:
        """A new issue."""
        made = _issue(
            self._api.call("POST", self._path, json={"title": title, "body": body, "labels": [LABEL]}),
            "number",
            "body",
            "open",
            "html_url",
        )
        if made is None:
            raise TrackerError(f"POST {self._path}: the answer is no issue of ours")
        return made

    def change(
        self,
        number: int,
        *,
        title: str | None = None,
        body: str | None = None,
        open: bool | None = None,
        note: str = "",
    ) -> None:
        """Changes an issue."""
        fields: dict[str, Any] = {
            name: value for name, value in (("title", title), ("body", body)) if value is not None
        }
        if open is not None:
            fields["state"] = "open" if open else "closed"
        if note:
            self._api.call("POST", f"{self._path}/{number:d}/comments", json={"body": note})
        if fields:
            self._api.call("PATCH", f"{self._path}/{number:d}", json=fields)


class GitLab:
    """Issues of a GitLab project."""

    def __init__(
        self, project: str, token: str, address: str = "https://gitlab.com", client: httpx.Client | None = None
    ) -> None:
        self._path = f"/api/v4/projects/{quote(project, safe='')}/issues"
        self._api = _Api(address, {"PRIVATE-TOKEN": token}, client)

    def find(self) -> list[Issue]:
        """All issues with our label and a finding id."""
        items = self._api.pages(self._path, {"labels": LABEL, "state": "all", "scope": "all"})
        return [issue for item in items if (issue := _issue(item, "iid", "description", "opened", "web_url"))]

    def create(self, title: str, body: str) -> Issue:
        """A new issue."""
        made = _issue(
            self._api.call("POST", self._path, json={"title": title, "description": body, "labels": LABEL}),
            "iid",
            "description",
            "opened",
            "web_url",
        )
        if made is None:
            raise TrackerError(f"POST {self._path}: the answer is no issue of ours")
        return made

    def change(
        self,
        number: int,
        *,
        title: str | None = None,
        body: str | None = None,
        open: bool | None = None,
        note: str = "",
    ) -> None:
        """Changes an issue."""
        fields: dict[str, Any] = {
            name: value for name, value in (("title", title), ("description", body)) if value is not None
        }
        if open is not None:
            fields["state_event"] = "reopen" if open else "close"
        if note:
            self._api.call("POST", f"{self._path}/{number:d}/notes", json={"body": note})
        if fields:
            self._api.call("PUT", f"{self._path}/{number:d}", json=fields)


def _issue(item: Mapping[str, Any], number: str, body: str, opened: str, url: str) -> Issue | None:
    """An issue of ours: the first finding id in its text counts, so that quoted text cannot take another's place."""
    said = str(item.get(body) or "")
    found = MARKER.search(said.replace("\r\n", "\n"))
    if found is None:
        return None
    return Issue(
        int(item[number]),
        found[1],
        item.get("state") == opened,
        str(item.get("title", "")),
        said,
        str(item.get(url, "")),
    )
