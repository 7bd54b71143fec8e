"""What the law leaves out: every part that is given must fit, everywhere; what says nothing covers nothing."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from scanner.config import Channel, Exemption
from scanner.exemptions import covers, exemption_of
from scanner.model import Place

REASON = "Niet nodig voor lopende procedures."
PAGE, ARCHIVE = "https://www.voorbeeldmeer.example/nieuws/", "https://www.voorbeeldmeer.example/archief/1998.pdf"
CHAT = (Place("main > button", frame="https://chat.leverancier.example/venster"), {})
MAP = (Place("main > div.kaart > button"), {})


def of(**given: object) -> Exemption:
    """An exemption of these parts."""
    return Exemption.model_validate({"ground": "third-party", "reason": REASON, **given})


def test_an_address_must_fit_all_pages() -> None:
    one = of(url="/archief/")
    assert covers(one, "1.1.1", [ARCHIVE], [MAP])
    assert not covers(one, "1.1.1", [ARCHIVE, PAGE], [MAP])
    assert not covers(one, "1.1.1", [], [])


def test_a_frame_and_a_selector_must_fit_all_places() -> None:
    assert covers(of(frame="leverancier.example"), "4.1.2", [PAGE], [CHAT, CHAT])
    assert not covers(of(frame="leverancier.example"), "4.1.2", [PAGE], [CHAT, MAP])
    assert not covers(of(frame="leverancier.example"), "4.1.2", [PAGE], [])
    assert covers(of(selector="div.kaart"), "4.1.2", [PAGE], [MAP])
    assert not covers(of(selector="div.kaart"), "4.1.2", [PAGE], [(None, {})])


def test_a_date_fits_documents_before_it_and_nothing_without_a_date() -> None:
    old = of(before=date(2018, 9, 23))
    assert covers(old, "1.3.1", [ARCHIVE], [(None, {"date": "2017-03-01"})])
    assert not covers(old, "1.3.1", [ARCHIVE], [(None, {"date": "2018-09-23"})])
    assert not covers(old, "1.3.1", [ARCHIVE], [(None, {})])


def test_all_parts_count_and_the_first_exemption_that_covers_is_given() -> None:
    chat = of(frame="leverancier.example", criteria=("4.1.2",))
    main = Channel(id="main", name="M", url=PAGE, exemption=(of(url="/archief/"), chat))
    assert exemption_of(main, "4.1.2", [PAGE], [CHAT]) is chat
    assert exemption_of(main, "1.1.1", [PAGE], [CHAT]) is None
    assert chat.what == "leverancier.example 4.1.2"


def test_an_exemption_of_nothing_is_a_mistake() -> None:
    with pytest.raises(ValidationError, match="names what it covers"):
        of()
