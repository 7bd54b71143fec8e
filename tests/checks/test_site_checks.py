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
    links = [{"url": f"{HOST}/{p}", "name": p or "Home", "seen": p, "current": False} for p in paths]
    return {"lang": "nl", "search": 0, "searches": [], "regions": [{"selector": "nav", "role": "navigation", "name": name, "outer": "banner", "links": links}]}


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


def test_menu_and_search_box_in_another_order_are_a_question() -> None:
    """The box stands before the menu on one page of five; not when it stands in another region there."""
    def with_search(path: str, at: int, region: str = "banner") -> PageEvidence:
        blocks = _menu("a", "b", "c")
        blocks["regions"][0]["at"] = 1
        blocks["searches"] = [{"selector": "button", "action": f"{HOST}/zoeken", "fields": 1, "name": "Zoeken", "seen": "Zoeken",
                               "icon": False, "region": region, "at": at}]
        return page(HOST + path, blocks=blocks)

    usual = [with_search(f"/p{i}", 2) for i in range(4)]
    said = list(order.evaluate_site(site(*usual, with_search("/odd", 0))))
    assert [(o.verdict, o.values["url"]) for o in said] == [(Verdict.CANT_TELL, f"{HOST}/odd")]
    assert [o.verdict for o in order.evaluate_site(site(*usual, with_search("/main", 0, "main")))] == [Verdict.PASSED]


def test_one_page_site_has_no_other_navigation() -> None:
    """Nothing to compare."""
    assert [o.verdict for o in order.evaluate_site(site(*_pages(("a", "b", "c"))))] == [Verdict.INAPPLICABLE]


def _named(path: str, name: str, seen: str | None = None, heading: str = "Kop") -> PageEvidence:
    links = [{"url": f"{HOST}/{p}", "name": n, "seen": s, "current": False} for p, n, s in (
        ("a", "Aanvragen", "Aanvragen"), ("b", "Belasting", "Belasting"), ("contact", name, name if seen is None else seen))]
    region = {"selector": "nav", "role": "navigation", "name": "Hoofdmenu", "outer": "", "links": links}
    return page(HOST + path, blocks={"lang": "nl", "search": 0, "searches": [], "regions": [region]}, facts=facts("T", heading, ""))


def test_link_named_otherwise_on_one_page() -> None:
    """Same menu and target; wholly other words. Not: a longer name, a name for hearing alone, a name that fits the page."""
    usual = [_named(f"/p{i}", "Contact") for i in range(4)]
    said = list(naming.evaluate_site(site(*usual, _named("/odd", "Schrijf ons"), _named("/longer", "Contact opnemen"))))
    assert [(o.verdict, o.values["url"]) for o in said] == [(Verdict.FAILED, f"{HOST}/odd")]
    assert [o.verdict for o in naming.evaluate_site(site(*usual, _named("/hidden", "Schrijf ons", seen="")))] == [Verdict.CANT_TELL]
    assert [o.verdict for o in naming.evaluate_site(site(*usual, _named("/about", "Schrijf ons", heading="Schrijf een brief")))] == [Verdict.CANT_TELL]
    assert not list(naming.evaluate_site(site(*usual)))


def _searching(path: str, button: str, fields: int = 1) -> PageEvidence:
    search = {"selector": "button", "action": f"{HOST}/zoeken", "fields": fields, "name": button, "seen": button, "icon": False}
    return page(HOST + path, blocks={"lang": "nl", "search": 1, "searches": [search], "regions": []}, facts=facts("T", "Kop", ""))


def test_search_button_named_otherwise() -> None:
    """Vind among Zoek; the button of a larger search form is another button."""
    usual = [_searching(f"/p{i}", "Zoek") for i in range(4)]
    assert [(o.verdict, o.rule) for o in naming.evaluate_site(site(*usual, _searching("/odd", "Vind")))] == [(Verdict.FAILED, "search-named-differently")]
    assert not list(naming.evaluate_site(site(*usual, _searching("/advanced", "Vind", fields=4))))
    assert not list(naming.evaluate_site(site(*usual, _searching("/longer", "Zoeken"))))


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
