"""Every page in tests/pages carries its own verdict; one harness holds the checks to it, both ways.

`data-expect="1.3.5:failed"` on an element: a `failed` of that criterion must be said of this element (or of something
within it). `:ok`: must not be; `:silent`: must not even be asked about. `<meta name="expect" content="2.4.2:failed">`: of the page.
In the folder of a criterion nothing unlabelled may be `failed` by that criterion. Verdicts: failed, cantTell, ok,
silent, passed, inapplicable.
"""

from __future__ import annotations

import asyncio
import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest

from checks.harness import laboratory
from checks.pool import Pool, PoolSettings
from checks.tab import Tab
from checks.visit import Visit
from scanner.axe import find_axe
from scanner.model import Outcome, Verdict
from tests.looking import look_at_all

PAGES = Path(__file__).parents[1] / "pages"
CASES = sorted(p for p in PAGES.glob("*/*.html") if p.parent.name != "assets")

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.thorough, pytest.mark.timeout(2400)]


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the pages without a word."""

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """Base address of tests/pages."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(PAGES)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()


@pytest.fixture(scope="module")
def looked(
    base: str, request: pytest.FixtureRequest
) -> dict[Path, tuple[Visit, list[Outcome], list[Outcome], list[str]]]:
    """All pages that this run will ask about, looked at once: visit, outcomes, those of its criteria with a place, labels."""
    wanted = sorted(
        {
            item.callspec.params["page"]
            for item in request.session.items
            if getattr(item, "callspec", None) and "page" in item.callspec.params
        }
    )
    urls = [base + p.relative_to(PAGES).as_posix() for p in wanted]
    seen = dict(zip(wanted, asyncio.run(look_at_all(urls)), strict=True))
    placed = {
        page: [
            o
            for o in outcomes
            if o.criterion in criteria_of(page) and o.place and o.verdict in (Verdict.FAILED, Verdict.CANT_TELL)
        ]
        for page, (_, outcomes) in seen.items()
    }
    where = asyncio.run(_labels_of({page: (url, placed[page]) for page, url in zip(wanted, urls, strict=True)}))
    return {page: (visit, outcomes, placed[page], where.get(page, [])) for page, (visit, outcomes) in seen.items()}


def criteria_of(page: Path) -> set[str]:
    """The criteria that a page speaks of: those of its labels and of its folder."""
    elements, whole = labels(page)
    folder = page.parent.name.replace("-", ".")
    return {criterion for _, criterion, _ in elements} | {criterion for criterion, _ in whole} | {folder}


def labels(page: Path) -> tuple[list[tuple[str, str, str]], list[tuple[str, str]]]:
    """(label id, criterion, verdict) of labelled elements; (criterion, verdict) of the page. The id is the label's position."""
    tree = lxml.html.fromstring(page.read_bytes())
    elements = [
        (str(i), *part.split(":"))
        for i, el in enumerate(tree.xpath("//*[@data-expect]"))
        for part in el.get("data-expect").split()
    ]
    whole = [
        tuple(part.split(":")) for meta in tree.xpath("//meta[@name='expect']") for part in meta.get("content").split()
    ]
    return elements, whole  # type: ignore[return-value]


async def _labels_of(spoken: dict[Path, tuple[str, list[Outcome]]]) -> dict[Path, list[str]]:
    """For each outcome's place the number of the labelled element that holds it, or ''; one browser for all pages."""
    found: dict[Path, list[str]] = {}
    waiting = [(page, url, outcomes) for page, (url, outcomes) in spoken.items() if outcomes]
    async with Pool.start(PoolSettings(axe_source=find_axe().text())) as pool:

        async def work() -> None:
            while waiting:
                page, url, outcomes = waiting.pop()
                async with laboratory(pool, url) as tab:
                    found[page] = [await _one(tab, o) for o in outcomes]

        await asyncio.gather(work(), work())
    return found


async def _one(tab: Tab, outcome: Outcome) -> str:
    if outcome.place is None:
        return ""
    for frame in await tab.frames():
        if outcome.place.frame and frame.is_top:
            continue
        found = await tab.call(
            """(S, path) => { let el; try { el = S.find(path) } catch { return '' }
            const all = [...document.querySelectorAll('[data-expect]')];
            const labelled = S.closest(el, at => at.hasAttribute('data-expect'));
            return labelled ? String(all.indexOf(labelled)) : '' }""",
            outcome.place.selector,
            frame=frame,
        )
        if found:
            return str(found)
        if not outcome.place.frame:
            break
    return ""


@pytest.mark.parametrize("page", CASES, ids=lambda p: p.relative_to(PAGES).as_posix())
def test_page_carries_its_verdict(
    page: Path, looked: dict[Path, tuple[Visit, list[Outcome], list[Outcome], list[str]]]
) -> None:
    """Misses and false alarms, per element."""
    visit, outcomes, placed, where = looked[page]
    assert visit.state == "visited", visit.reason
    of_folder = page.parent.name.replace("-", ".")
    elements, whole = labels(page)
    assert elements or whole, "a page without labels proves nothing"
    criteria = criteria_of(page)
    said = {(label, o.criterion, str(o.verdict)) for label, o in zip(where, placed, strict=True)}
    of_page = {(o.criterion, str(o.verdict)) for o in outcomes}
    problems = []
    for label, criterion, verdict in elements:
        if verdict == "ok":
            problems += [f"false alarm: {criterion} on element {label}"] if (label, criterion, "failed") in said else []
        elif verdict == "silent":
            told = said & {(label, criterion, "failed"), (label, criterion, "cantTell")}
            problems += [f"pointless: {criterion}:{verdict} on element {label}" for *_, verdict in told]
        elif (label, criterion, verdict) not in said:
            problems.append(f"missed: {criterion}:{verdict} on element {label}")
    for criterion, verdict in whole:
        if verdict == "ok":
            problems += [f"false alarm: {criterion} on the page"] if (criterion, "failed") in of_page else []
        elif (criterion, verdict) not in of_page:
            problems.append(f"missed: {criterion}:{verdict} of the page")
    expected = {(label, criterion) for label, criterion, verdict in elements if verdict == "failed"}
    page_fails = {criterion for criterion, verdict in whole if verdict == "failed"}
    for label, o in zip(where, placed, strict=True):
        if (
            o.verdict is Verdict.FAILED
            and o.criterion == of_folder
            and (label, o.criterion) not in expected
            and o.criterion not in page_fails
        ):
            problems.append(f"false alarm: {o.criterion} {o.rule} on {o.place.selector if o.place else ''}")
    for o in outcomes:
        if o.verdict is Verdict.FAILED and o.place is None and o.criterion == of_folder and of_folder not in page_fails:
            problems.append(f"false alarm: {o.criterion} {o.rule} of the page")
    relevant = [
        f"{o.criterion} {o.verdict} {o.rule} {o.place.selector if o.place else ''} {dict(o.values)}"[:200]
        for o in outcomes
        if o.criterion in criteria
    ]
    assert not problems, "\n".join([*problems, "said:", *relevant])
