"""3.2.4 Consistent Identification (AA).

Looks at: over the site, links and buttons in header, footer and navigation that have the same place, look and target
on several pages, and search fields that send to the same address.
Fails: one such link that is named with wholly other words, visibly, on one page, while at least four pages agree.
Cannot see: the same function under other addresses or in running text; pictures that mean the same.
Sources: WCAG 2.1 3.2.4; G197, F31.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from checks.wcag.sc_3_2_3_consistent_navigation import SURE, same_address
from checks.wording import stems, words
from scanner.model import Json, Outcome, PageEvidence, Place, SiteEvidence, Verdict

CRITERION = "3.2.4"
NEEDS = ("controls", "fields")

_FIXED_REGIONS = ("banner", "contentinfo", "navigation")


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Nothing can be said of one page alone."""
    yield from ()


def evaluate_site(site: SiteEvidence) -> Iterator[Outcome]:
    """Components that do the same and are named otherwise."""
    yield from _links(site)
    yield from _search(site)


def _links(site: SiteEvidence) -> Iterator[Outcome]:
    slots: dict[tuple[str, ...], list[tuple[PageEvidence, Json]]] = defaultdict(list)
    for page in site.pages:
        seen, language = page.first("controls", "base"), _language(page)
        if seen is None:
            continue
        targets = Counter(_slot(language, control) for control in seen["controls"] if _fixed(control))
        for control in seen["controls"]:
            slot = _slot(language, control)
            # A slot that stands twice on a page does not tell which of the two is which.
            elsewhere = same_address(str(control["url"])) != same_address(page.final_url or page.url)
            if _fixed(control) and targets[slot] == 1 and elsewhere:
                slots[slot].append((page, control))
    for found in slots.values():
        names = Counter(" ".join(words(str(control["name"]))) for _, control in found)
        usual, agree = names.most_common(1)[0]
        for page, control in found if len(names) > 1 else ():
            name = " ".join(words(str(control["name"])))
            if name == usual or stems(name, 4) & stems(usual, 4):
                continue
            seen_usual = next(str(c["seen"]) for _, c in found if " ".join(words(str(c["name"]))) == usual)
            visibly = bool(control["seen"]) and bool(seen_usual) and words(str(control["seen"])) != words(seen_usual)
            explained = bool(stems(name, 4) & stems(_about(page), 4))
            certain = visibly and not explained and agree >= SURE and names[name] < agree and not page.incomplete
            verdict = Verdict.FAILED if certain else Verdict.CANT_TELL
            yield Outcome(CRITERION, verdict, "named-differently", Place.of(control), "base", values={
                "url": page.url, "name": str(control["name"])[:100], "usual": usual[:100], "pages": agree})


def _fixed(control: Json) -> bool:
    usable = control["url"] and control["name"] and control["shown"] and not control.get("frame")
    return bool(usable) and control["region"] in _FIXED_REGIONS


def _slot(language: str, control: Json) -> tuple[str, ...]:
    return language, str(control["region"]), str(control["component"]), same_address(str(control["url"]))


def _search(site: SiteEvidence) -> Iterator[Outcome]:
    """Search fields that send to one address."""
    by_action: dict[tuple[str, str], list[tuple[PageEvidence, Json]]] = defaultdict(list)
    for page in site.pages:
        for field in (page.first("fields", "base") or {"fields": ()})["fields"]:
            if field["inSearch"] and field["name"] and field["formAction"] and field["control"] in ("text", "search"):
                by_action[_language(page), str(field["formAction"])].append((page, field))
    for found in by_action.values():
        yield from _search_names(found)


def _search_names(found: Sequence[tuple[PageEvidence, Json]]) -> Iterator[Outcome]:
    names = Counter(" ".join(words(str(field["name"]))) for _, field in found)
    usual, agree = names.most_common(1)[0]
    told: set[str] = set()
    for page, field in found:
        name = " ".join(words(str(field["name"])))
        if name != usual and name not in told and not stems(name, 4) & stems(usual, 4):
            told.add(name)
            yield Outcome(CRITERION, Verdict.CANT_TELL, "search-named-differently", Place.of(field), "base", values={
                "url": page.url, "name": str(field["name"])[:100], "usual": usual[:100], "pages": agree})


def _language(page: PageEvidence) -> str:
    return str((page.first("facts", "base") or {}).get("lang", ""))[:2].lower()


def _about(page: PageEvidence) -> str:
    facts = page.first("facts", "base") or {"title": "", "headings": ()}
    return " ".join([str(facts["title"]), *(str(h["text"]) for h in facts["headings"][:3])])
