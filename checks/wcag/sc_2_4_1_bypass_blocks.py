"""2.4.1 Bypass Blocks (A).

Looks at: ways past what comes first: a link among the first stops that is pressed and followed by Tab, a main
landmark with text, a heading that is not in navigation or an aside. When there is none, another page of the site is
read, to see which texts before the content are the same there; over a whole crawl, which links all pages begin with.
Fails: no such way, while texts of at least 8 words or 5 stops before the content stand on the other page too; or
while the page begins with at least 5 links with which most pages of the site begin.
Cannot see: whether a part that can be folded away is way enough (a person must judge); whether the landmark holds
the right content; ways made by script alone.
Sources: WCAG 2.1 2.4.1; G1, G123, G124, H69, ARIA11, SCR28; ACT cf77f2, 047fe0, b40fd1, 3e12e1, ye5d6e.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from checks.wcag.sc_2_1_2_no_keyboard_trap import called
from scanner.model import Json, Outcome, PageEvidence, SiteEvidence, Verdict

CRITERION = "2.4.1"
NEEDS = ("bypass",)
SETTLES = (Verdict.PASSED,)

FEW_STOPS = 5
FEW_WORDS = 8


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    bypass = page.first("bypass")
    if bypass is None:
        return
    walk = page.first("walk") or {}
    for skip in walk.get("skips", ()):
        stop = walk["stops"][skip["stop"]]
        if not skip["works"]:
            yield page.looks[0].cant_tell(
                CRITERION, "skip-link-broken", stop, name=called(stop), target=stop["hash"], exists=skip["exists"],
                practice=Verdict.FAILED, replay=("Tab", f"focus: {stop['selector']}", "Enter", "Tab"))
    way = ways_past(page)
    if way:
        yield page.passed(CRITERION, f"bypass-by-{way}")
        return
    repeated = page.first("repeated")
    if not repeated or not repeated["first"]:
        return
    values = {"blocks": "; ".join(repeated["blocks"][:3])[:200], "stops": repeated["stops"], "words": repeated["words"],
              "compared": repeated["compared"]}
    if repeated["stops"] >= FEW_STOPS or repeated["words"] >= FEW_WORDS:
        if repeated["toggles"] or _links(bypass):
            yield page.outcome(Verdict.CANT_TELL, CRITERION, "bypass-perhaps", **values)
        else:
            yield page.outcome(Verdict.FAILED, CRITERION, "no-way-past-blocks", **values)


def ways_past(page: PageEvidence) -> str:
    """The technique by which the page lets people past its first blocks: `link`, `main`, `heading`; empty: none."""
    bypass, walk = page.first("bypass") or {}, page.first("walk") or {}
    if any(skip["works"] and skip["exists"] for skip in walk.get("skips", ())):
        return "link"
    if any(main["words"] for main in bypass.get("mains", ())):
        return "main"
    repeated = page.first("repeated") or {}
    if bypass.get("contentHeadings") and (not repeated.get("compared") or repeated["headings"]):
        return "heading"
    return ""


def _links(bypass: Json) -> bool:
    """Is there a link to further down that was not among the first stops, or not tried?"""
    return any(skip["exists"] and skip["further"] and skip["shown"] for skip in bypass["skips"])


def evaluate_site(site: SiteEvidence) -> Iterator[Outcome]:
    """Pages without a way past the links with which most pages of the site begin."""
    starts = {page.url: [str(link["url"]) for link in (page.first("facts") or {}).get("links", ())][:60]
              for page in site.pages}
    counts = Counter(url for links in starts.values() for url in set(links))
    most = max(3, round(0.6 * len(site.pages)))
    for page in site.pages:
        bypass = page.first("bypass")
        if bypass is None or ways_past(page) or bypass["toggles"] or _links(bypass) or page.incomplete:
            continue
        run = 0
        for url in starts[page.url]:
            if counts[url] < most:
                break
            run += 1
        if run >= FEW_STOPS and len(set(starts[page.url][:run])) >= FEW_STOPS and run < len(starts[page.url]):
            yield Outcome(CRITERION, Verdict.FAILED, "no-way-past-links", values={"url": page.url, "links": run})
