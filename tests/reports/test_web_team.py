"""The web team's pages: everything is in them, they hang together, and nothing of a scanned site works in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html

from reports import web_team
from reports.material import Row
from scanner.findings import Life
from tests.law.html_rules import faults, words
from tests.reports.hostile import hostile
from tests.reports.made_up import DIGEST, finding, material, night_of, pictures, png


def pages(folder: Path, **changes: object) -> dict[str, str]:
    """The pages by name."""
    return {path.name: path.read_text("utf-8") for path in web_team.write(material(**changes), folder, "nl")}


def dead_links(folder: Path) -> list[str]:
    """Links and pictures within the report that lead nowhere, and anything that is loaded from elsewhere."""
    dead = []
    for path in folder.glob("*.html"):
        tree = html.document_fromstring(path.read_text("utf-8"))
        for element, attribute, target, _ in tree.iterlinks():
            parts = urlsplit(target)
            if parts.scheme in ("http", "https") and element.tag == "a" and attribute == "href":
                continue
            to = path if not parts.path else path.parent / unquote(parts.path)
            if parts.scheme or not to.exists():
                dead.append(f"{path.name}: <{element.tag} {attribute}={target}>")
            elif (
                parts.fragment
                and to.suffix == ".html"
                and not html.document_fromstring(to.read_text("utf-8")).xpath("//*[@id=$name]", name=parts.fragment)
            ):
                dead.append(f"{path.name}: no place {target}")
    return dead


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_pages_keep_the_house_rules_and_hang_together(tmp_path: Path, lang: str) -> None:
    written = web_team.write(material(), tmp_path, lang)
    assert [path.name for path in written] == [
        f"morning-{lang}.html",
        f"findings-{lang}-001.html",
        f"questions-{lang}.html",
        f"scan-{lang}.html",
    ]
    for path in written:
        assert faults(path.read_text("utf-8")) == []
    assert dead_links(tmp_path) == []


def test_the_morning_says_what_changed_and_what_first(tmp_path: Path) -> None:
    made = pages(tmp_path)
    said = words(made["morning-nl.html"])
    tree = html.document_fromstring(made["morning-nl.html"])
    tiles = {" ".join(li.text_content().split()) for li in tree.xpath("(//ul[@class='tiles'])[1]/li")}
    assert {
        "1 nieuw",
        "1 opgelost",
        "1 terug van weg geweest",
        "1 niet opnieuw getest",
        "7 te herstellen",
        "1 te laat",
    } <= tiles
    first = [li.text_content() for li in tree.xpath("//ol[@class='first']/li")]
    assert first[0].strip().startswith("VM-0002") and first[1].strip().startswith("VM-0001"), "overdue, then critical"
    assert all("Bijvoorbeeld op https://" in one and "<" in one for one in first), "alike findings are told apart"
    assert "axe: was 4.14.0, is nu 4.14.1" in said
    assert "Vervanging is besteld" in said and "Is versiering" in said, "what people set apart is in every report"
    assert "Uitgezonderd door de wet" in said and "Niet gewijzigd na 23 september 2019." in said
    assert "chromium 156" in said and "4.14.1" in said
    assert len(tree.xpath("//table[caption='Oordeel van de scan per criterium']/tbody/tr")) == 50


def test_the_numbers_of_a_drawing_stand_in_the_table_beside_it(tmp_path: Path) -> None:
    tree = html.document_fromstring(pages(tmp_path)["morning-nl.html"])
    rows = [
        [cell.text_content() for cell in row.xpath("./*")]
        for row in tree.xpath("//table[starts-with(caption, 'Bevindingen per scan')]/tbody/tr")
    ]
    drawn = {text.text for text in tree.xpath("(//svg)[1]/text")}
    assert [row[2] for row in rows] == [str(20 - n) for n in range(10, -1, -1)]
    assert {"20", "10"} <= drawn, "first and last column carry their numbers"
    assert len(tree.xpath("(//svg)[1]/rect")) == 11


def test_a_finding_is_shown_with_all_that_is_needed(tmp_path: Path) -> None:
    made = pages(tmp_path)["findings-nl-001.html"]
    card = html.document_fromstring(made).get_element_by_id("f-VM-0002")
    said = " ".join(card.text_content().split())
    for wanted in (
        "Tekst valt weg op een smal scherm",
        "Wie heeft er last van?",
        "Hoe lost u het op?",
        "EN 301 549 9.1.4.10",
        "Meerweb",
        "1 november 2026",
        "te laat",
        "main > img:nth-child(2)",
        'alt="IMG_2034.jpg"',
        "Druk drie keer op Tab",
        "voor het eerst gezien",
    ):
        assert wanted in said, wanted
    assert card.xpath(".//img/@src") == [f"pictures/{DIGEST}.png"]
    assert (tmp_path / "pictures" / f"{DIGEST}.png").read_bytes() != png(), "the place is marked"


def test_what_was_not_seen_is_told_with_the_reason(tmp_path: Path) -> None:
    said = words(pages(tmp_path)["scan-nl.html"])
    for wanted in (
        "https://www.voorbeeldmeer.example/traag/te traaggeen antwoord op tijd",
        "https://video.example/embed/1",
        "de pagina met het toetsenbord, met zichtbare focusduurde langer dan er tijd voor was, seconden: 40",
        "https://cdn.example/app.css",
    ):
        assert wanted in said
    questions = words(pages(tmp_path)["questions-nl.html"])
    assert "12 plekken, 7 pagina's" in questions


def test_a_fallback_axe_and_an_unfinished_scan_are_said_aloud(tmp_path: Path) -> None:
    one = material()
    scan = replace(one.scan, versions={**one.scan.versions, "axe_fallback": True, "axe": "4.10.0"}, complete=False)
    for name in ("morning-nl.html", "scan-nl.html"):
        said = words(pages(tmp_path, scan=scan)[name])
        assert "axe-core 4.10.0, een oudere reserveversie" in said and "niet alle pagina's" in said
    assert "reserveversie" not in words(pages(tmp_path / "other")["morning-nl.html"])


def test_the_first_scan_compares_with_nothing(tmp_path: Path) -> None:
    for night in (None, night_of((), before=None)):
        said = words(pages(tmp_path, night=night)["morning-nl.html"])
        assert "eerste scan van dit kanaal" in said and "opgelost Tw" not in said


def test_nothing_found_is_not_called_good(tmp_path: Path) -> None:
    said = words(pages(tmp_path, findings=(), night=night_of(()))["morning-nl.html"])
    assert "Dat bewijst nog niet dat alles goed is" in said
    assert dead_links(tmp_path) == []


def test_long_lists_are_paged_and_old_pages_go(tmp_path: Path) -> None:
    many = tuple(finding(n, life=Life.NEW, criterion=("1.1.1", "4.1.2")[n % 2]) for n in range(1, 251))
    made = pages(tmp_path, findings=many, night=night_of(many))
    assert {name for name in made if name.startswith("findings")} == {f"findings-nl-00{n}.html" for n in (1, 2, 3)}
    assert (
        sum(len(html.document_fromstring(made[f"findings-nl-00{n}.html"]).xpath("//article")) for n in (1, 2, 3)) == 250
    )
    assert all(faults(page) == [] for page in made.values()) and dead_links(tmp_path) == []
    assert "En nog 225" in words(made["morning-nl.html"])
    pages(tmp_path)
    assert [path.name for path in tmp_path.glob("findings-*")] == ["findings-nl-001.html"]


def test_hostile_pages_stay_text(tmp_path: Path) -> None:
    bad = hostile(life=Life.NEW)
    rows = tuple(Row(url, "timed out", bad.examples[0].state, url) for url in bad.pages)
    for name, page in pages(
        tmp_path,
        findings=(bad,),
        night=night_of((bad,)),
        rows=rows,
        name=bad.examples[0].state,
        organisation=bad.component,
    ).items():
        assert faults(page) == [], name
        assert len(page) < 200_000, name
        tree = html.document_fromstring(page)
        assert not tree.xpath("//script|//iframe|//object|//embed|//*[@onerror or @onload or @srcset]"), name
        assert all(src.startswith("pictures/") for src in tree.xpath("//img/@src")), name
        assert not any(c in page for c in "\u202e\u2066\x00\x1b\u2028"), name
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} <= {".html", ".png"}


def test_a_broken_or_lost_picture_costs_only_itself(tmp_path: Path) -> None:
    def broken(digest: str) -> bytes:
        return b"\x89PNG no picture at all"

    assert "<img" not in pages(tmp_path, picture=broken)["findings-nl-001.html"]
    with pytest.raises(ValueError):
        web_team.mark(png(5000, 10), None)
    assert pictures(DIGEST) == png()
