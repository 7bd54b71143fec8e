"""The Python twin says of every element what the library in the browser says: region, component, snippet."""

from __future__ import annotations

import json
import random

import pytest
from lxml import html

from checks.pool import Pool, PoolSettings
from scanner.axe import find_axe
from tests.findings.mutations import mutated
from tests.findings.twin import make_site, place

pytestmark = pytest.mark.browser


async def test_twin_and_library_agree() -> None:
    chance = random.Random(7)
    site = make_site(chance, 2)
    rebuilt = mutated(chance, site, "cms_rebuild", "ids_regenerated")
    compared = 0
    async with Pool.start(PoolSettings(axe_source=find_axe().text())) as pool:
        tab = await pool.renew(None)
        for tree in (*site.pages.values(), *rebuilt.pages.values()):
            text = html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>")
            await tab.page.set_content(text)
            said = json.loads(await tab.ask_library("JSON.stringify([...document.body.querySelectorAll('*')].map((el) => S.place(el)))"))
            elements = [el for el in html.fromstring(text).find("body").iterdescendants() if isinstance(el.tag, str)]
            assert len(said) == len(elements)
            for theirs, element in zip(said, elements, strict=True):
                mine = place(element)
                assert (theirs["region"], theirs["component"], theirs["snippet"]) == (mine.region, mine.component, mine.snippet)
                compared += 1
    assert compared > 150
