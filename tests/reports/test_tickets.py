"""Tickets: import files, and issues on a pretended GitLab and GitHub; running twice changes nothing."""

from __future__ import annotations

import csv
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from reports import tickets
from reports.words import shown
from scanner.findings import Life
from tests.reports.hostile import hostile
from tests.reports.made_up import finding, several

TOKEN = "geheim-token-123"
Tracker = tickets.GitHub | tickets.GitLab


class Pretended:
    """A server that answers as GitHub and GitLab do for issues: paged lists, labels, states, comments."""

    def __init__(self) -> None:
        self.issues: list[dict[str, Any]] = []
        self.calls: list[tuple[str, str]] = []
        self.refuse = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                status, said = outer.answer(
                    self.command,
                    self.path,
                    dict(self.headers),
                    self.rfile.read(int(self.headers.get("Content-Length") or 0)),
                )
                data = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = do_PUT = answer

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        """One call."""
        self.calls.append((method, path))
        lab = path.startswith("/api/v4/projects/groep%2Fsite/issues")
        if not lab and not path.startswith("/repos/gemeente/site/issues"):
            return 404, {"message": "Not Found"}
        if (headers.get("PRIVATE-TOKEN") if lab else headers.get("Authorization", "").removeprefix("Bearer ")) != TOKEN:
            return 401, {"message": "Unauthorized"}
        if self.refuse:
            return self.refuse, {"message": "no"}
        number, text, opened = ("iid", "description", "opened") if lab else ("number", "body", "open")
        parts = urlsplit(path)
        at = re.search(r"/issues/(\d+)(/\w+)?$", parts.path)
        said = json.loads(body) if body else {}
        if method == "GET":
            asked = {key: value[0] for key, value in parse_qs(parts.query).items()}
            assert asked["state"] == "all"
            found = [issue for issue in self.issues if asked["labels"] in issue["labels"]]
            start = (int(asked["page"]) - 1) * int(asked["per_page"])
            return 200, found[start : start + int(asked["per_page"])]
        if method == "POST" and at is None:
            labels = said["labels"].split(",") if lab else said["labels"]
            issue = {
                number: len(self.issues) + 1,
                "title": said["title"],
                text: said[text].replace("\n", "\r\n"),
                "labels": labels,
                "state": opened,
                "notes": [],
            }
            self.issues.append(issue)
            return 201, issue
        assert at is not None
        issue = self.issues[int(at[1]) - 1]
        if at[2]:
            assert (method, at[2]) == ("POST", "/notes" if lab else "/comments")
            issue["notes"].append(said["body"])
            return 201, {}
        assert method == ("PUT" if lab else "PATCH")
        for key, value in said.items():
            if key == "state_event":
                issue["state"] = {"close": "closed", "reopen": "opened"}[value]
            else:
                assert key in ("title", text, "state"), key
                issue[key] = value
        return 200, issue


@pytest.fixture
def pretended() -> Iterator[Pretended]:
    server = Pretended()
    yield server
    server.server.shutdown()
    server.server.server_close()


@pytest.fixture(params=["github", "gitlab"])
def tracker(request: pytest.FixtureRequest, pretended: Pretended) -> Tracker:
    if request.param == "github":
        return tickets.GitHub("gemeente/site", TOKEN, pretended.address)
    return tickets.GitLab("groep/site", TOKEN, pretended.address)


def what(done: list[tickets.Done]) -> dict[str, str]:
    """Finding → what was done."""
    return {item.finding.removeprefix("main/"): item.what for item in done}


def test_twice_is_once(tracker: Tracker, pretended: Pretended) -> None:
    first = what(tickets.sync(tracker, several(), "nl"))
    assert {name for name, did in first.items() if did == "created"} == {
        f"VM-{n:04d}" for n in (1, 2, 4, 5, 8, 9, 10)
    }, "not the fixed, accepted and false alarms"
    assert len(pretended.issues) == 7
    before = json.dumps(pretended.issues)
    assert set(what(tickets.sync(tracker, several(), "nl")).values()) == {"unchanged"}
    assert json.dumps(pretended.issues) == before


def test_people_may_rename_and_a_second_page_is_read(tracker: Tracker, pretended: Pretended) -> None:
    many = tuple(finding(n) for n in range(1, 131))
    tickets.sync(tracker, many, "nl")
    pretended.issues[120]["title"] = "Knop in de kop"
    assert set(what(tickets.sync(tracker, many, "nl")).values()) == {"unchanged"}
    assert len(pretended.issues) == 130


def test_fixed_closes_back_reopens_changed_changes(tracker: Tracker, pretended: Pretended) -> None:
    one = finding(1)
    tickets.sync(tracker, [one], "nl")
    issue = pretended.issues[0]
    assert what(
        tickets.sync(tracker, [replace(one, pages=(*one.pages, "https://www.voorbeeldmeer.example/nieuw/"))], "nl")
    ) == {"VM-0001": "changed"}
    fixed = replace(one, life=Life.FIXED)
    assert what(tickets.sync(tracker, [fixed], "nl")) == {"VM-0001": "closed"} and issue["state"] == "closed"
    assert what(tickets.sync(tracker, [fixed], "nl")) == {"VM-0001": "unchanged"} and len(issue["notes"]) == 1
    assert what(tickets.sync(tracker, [replace(one, life=Life.REOPENED)], "nl")) == {"VM-0001": "reopened"} and issue[
        "state"
    ] in ("open", "opened")
    issue["state"] = "closed"
    assert what(tickets.sync(tracker, [one], "nl")) == {"VM-0001": "unchanged"}, "closed by people stays closed"


def test_hostile_text_works_nowhere_in_an_issue(tracker: Tracker, pretended: Pretended) -> None:
    tickets.sync(tracker, [hostile(66, rule="@everyone `x` <img>")], "nl")
    issue = pretended.issues[0]
    said = (issue.get("body") or issue["description"]).replace("\r\n", "\n")
    outside = re.sub(r"^(`{3,})text\n.*?^\1$", "", said, flags=re.S | re.M)
    assert not re.search(r"<script|<img|javascript:|^/close|@everyone", outside, re.M)
    assert "@everyone" not in issue["title"]
    assert len(said) < 20_000
    assert [found.finding for found in tracker.find()] == ["main/VM-0066"], "a quoted id takes nobody's place"


def test_refusals_are_told_without_the_token(tracker: Tracker, pretended: Pretended) -> None:
    pretended.refuse = 503
    with pytest.raises(tickets.TrackerError, match="503") as told:
        tickets.sync(tracker, several(), "nl")
    assert TOKEN not in str(told.value)
    pretended.server.shutdown()
    pretended.server.server_close()
    with pytest.raises(tickets.TrackerError, match="ConnectError") as gone:
        tracker.find()
    assert TOKEN not in str(gone.value)


def test_import_files_for_topdesk_and_jira(tmp_path: Path) -> None:
    topdesk, jira = tickets.write((*several(), hostile(66)), tmp_path, "nl")
    for path, delimiter, column in ((topdesk, ";", "externalNumber"), (jira, ",", "External ID")):
        rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines(keepends=True), delimiter=delimiter))
        assert sorted(row[column] for row in rows) == sorted(f"main/VM-{n:04d}" for n in (1, 2, 4, 5, 8, 9, 10, 66))
        assert not [
            value
            for row in rows
            for value in row.values()
            if value.lstrip()[:1] in tuple("=+-@") or "\u202e" in value or len(value) > 9000
        ]
    first = next(csv.DictReader(topdesk.read_text("utf-8-sig").splitlines(keepends=True), delimiter=";"))
    assert first["externalNumber"] == "main/VM-0002" and len(first["briefDescription"]) <= 81


def test_the_body_only_changes_with_the_finding() -> None:
    assert tickets.issue_body(shown(finding(1), "nl", 2), "nl") == tickets.issue_body(shown(finding(1), "nl", 2), "nl")
