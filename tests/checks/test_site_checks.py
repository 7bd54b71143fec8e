"""Order and naming of repeated navigation, and ways to find a page, over made-up sites."""

from __future__ import annotations

from typing import Any

from checks.wcag import sc_2_4_5_multiple_ways as ways
from checks.wcag import sc_3_2_3_consistent_navigation as order
from checks.wcag import sc_3_2_4_consistent_identification as naming
from scanner.model import PageEvidence, Verdict
from tests.checks.site import facts, page, site

HOST = "https://a.example"


def _menu(*paths: str, name: str = "Hoofdmenu") -> dict[str, Any]:
    links = [{"url": f"{HOST}/{p}", "name": p or "Home", "current": False} for p in paths]
    return {"lang": "nl", "search": 0, "regions": [{"selector": "nav", "role": "navigation", "name": name, "outer": "banner", "links": links}]}


def _pages(*menus: tuple[str, ...]) -> list[PageEvidence]:
    return [page(f"{HOST}/p{i}", blocks=_menu(*menu)) for i, menu in enumerate(menus)]


def test_menu_in_another_order_on_one_page_fails_that_page() -> None:
    """A, B, C on four pages and A, C, B on the fifth."""
    said = list(order.evaluate_site(site(*_pages(*[("a", "b", "c")] * 4, ("a", "c", "b")))))
    assert [(o.verdict, o.values["url"]) for o in said] == [(Verdict.FAILED, f"{HOST}/p4")]


def test_few_pages_that_agree_leave_it_to_a_person() -> None:
    """Two against one."""
    assert [o.verdict for o in order.evaluate_site(site(*_pages(*[("a", "b", "c")] * 2, ("a", "c", "b"))))] == [Verdict.CANT_TELL]


def test_inserted_items_and_left_out_items_keep_the_order() -> None:
    """A sub-menu that opens on its own page."""
    said = list(order.evaluate_site(site(*_pages(("a", "b", "c"), ("a", "b", "b/1", "b/2", "c"), ("a", "b", "c"), ("a", "c")))))
    assert [o.verdict for o in said] == [Verdict.PASSED]


def test_one_page_site_has_no_other_navigation() -> None:
    """Nothing to compare."""
    assert [o.verdict for o in order.evaluate_site(site(*_pages(("a", "b", "c"))))] == [Verdict.INAPPLICABLE]


def _control(name: str, url: str = "/contact", seen: str | None = None) -> dict[str, Any]:
    return {"selector": "header a", "region": "banner", "component": "header>a", "url": HOST + url, "name": name, "seen": name if seen is None else seen, "shown": True}


def test_link_named_otherwise_on_one_page() -> None:
    """Same place, look and target; wholly other words."""
    pages = [page(f"{HOST}/p{i}", controls={"controls": [_control("Contact")]}, facts=facts("T", "Kop", "")) for i in range(4)]
    odd = page(f"{HOST}/odd", controls={"controls": [_control("Schrijf ons")]}, facts=facts("T", "Kop", ""))
    hidden = page(f"{HOST}/hidden", controls={"controls": [_control("Schrijf ons", seen="")]}, facts=facts("T", "Kop", ""))
    longer = page(f"{HOST}/longer", controls={"controls": [_control("Contact opnemen")]}, facts=facts("T", "Kop", ""))
    assert [(o.verdict, o.values["url"]) for o in naming.evaluate_site(site(*pages, odd, longer))] == [(Verdict.FAILED, f"{HOST}/odd")]
    assert [o.verdict for o in naming.evaluate_site(site(*pages, hidden))] == [Verdict.CANT_TELL]


def _linked(path: str, *targets: str, heading: str = "Kop") -> PageEvidence:
    return page(HOST + path, facts=facts("Titel", heading, "tekst", [{"url": HOST + t, "text": t, "landmark": "main"} for t in targets]))


def test_links_and_a_sitemap_are_two_ways() -> None:
    """Every page is reached by links and listed on the sitemap."""
    paths = [f"/{c}" for c in "abcdef"]
    home, tree = _linked("/", "/a", "/sitemap"), [_linked(p, q) for p, q in zip(paths, [*paths[1:], "/"], strict=True)]
    assert [o.verdict for o in ways.evaluate_site(site(home, _linked("/sitemap", *paths, "/", "/sitemap"), *tree))] == [Verdict.PASSED]


def test_one_way_only_is_for_a_person() -> None:
    """A chain of links without list or search."""
    said = list(ways.evaluate_site(site(_linked("/", "/a"), _linked("/a", "/b"), _linked("/b", "/"))))
    assert [(o.verdict, o.values["lacking"]) for o in said] == [(Verdict.CANT_TELL, 2)]
