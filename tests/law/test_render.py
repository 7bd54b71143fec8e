"""The frame of every page: escaped, in one language, with landmarks."""

import jinja2
import pytest
from lxml import html

from reports import render as module
from reports.render import render, safe_link


@pytest.fixture
def page(tmp_path, monkeypatch):
    """Renders a small page that extends the frame."""
    (tmp_path / "page.html.j2").write_text((module.TEMPLATES / "page.html.j2").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "small.html.j2").write_text(
        '{% extends "page.html.j2" %}{% block title %}{{ name }}{% endblock %}'
        '{% block content %}<p><a href="{{ link|link }}">{{ 1234.5|number(1) }}</a></p>{% endblock %}', encoding="utf-8")
    monkeypatch.setattr(module, "TEMPLATES", tmp_path)
    module._environment.cache_clear()
    yield lambda **data: render("small.html.j2", data.pop("lang", "nl"), **data)
    module._environment.cache_clear()


def test_hostile_text_stays_text(page):
    made = page(name="<script>alert(1)</script>", link="javascript:alert(1)")
    tree = html.document_fromstring(made)
    assert not tree.findall(".//script")
    assert tree.findtext(".//h1") == "<script>alert(1)</script>"
    assert tree.xpath("//main//a/@href") == ["#"]


def test_the_frame_has_language_landmarks_and_a_skip_link_that_lands(page):
    tree = html.document_fromstring(page(name="Overzicht", link="https://example.org/"))
    assert tree.get("lang") == "nl"
    assert tree.findtext(".//title") == tree.findtext(".//h1") == "Overzicht"
    assert [len(tree.findall(f".//{name}")) for name in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
    target = tree.xpath("//a[@class='skip']/@href")[0]
    assert tree.get_element_by_id(target[1:]).tag == "main"


def test_numbers_follow_the_language(page):
    assert "1.234,5" in page(name="x", link="/")
    assert "1,234.5" in page(name="x", link="/", lang="en")


def test_forgotten_data_is_an_error(page):
    with pytest.raises(jinja2.UndefinedError, match="link"):
        page(name="x")


@pytest.mark.parametrize(("address", "kept"), [
    ("https://a.example/x", True), ("mailto:a@b.example", True), ("pages/1.html", True), ("#top", True),
    ("javascript:alert(1)", False), (" JAVASCRIPT:alert(1)", False), ("//evil.example", False), ("data:text/html,x", False)])
def test_only_plain_addresses_become_links(address, kept):
    assert safe_link(address) == (address.strip() if kept else "#")
