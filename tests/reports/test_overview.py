"""The page over all channels tells each channel's night, and where to read on."""

from dataclasses import replace
from pathlib import Path

from lxml import html

from reports import overview, web_team
from tests.reports.made_up import material, night_of, several


def test_a_night_in_one_row(tmp_path: Path) -> None:
    found = several()
    main = material(found, night=night_of(found))
    first = replace(main, channel="loket", name="Mijn <b>Loket</b>", night=None)
    pages = [web_team.write(one, tmp_path / one.channel, "nl")[0] for one in (main, first)]
    page = html.parse(str(overview.write(tmp_path, "nl", [main, first], pages)))
    heads = [cell.text_content() for cell in page.iterfind(".//thead//th")]
    compared, new = (row.findall("*") for row in page.iterfind(".//tbody/tr"))
    night = main.night
    assert night is not None
    told = dict(zip(heads, (cell.text_content().strip() for cell in compared), strict=True))
    assert told["Nieuw"] == str(len(night.new)) and told["Opgelost"] == str(len(night.fixed))
    assert told["Niet opnieuw getest"] == str(len(night.not_retested))
    assert told["Pagina's niet bekeken"] == str(len(main.not_seen)) != "0"
    assert new[0].text_content() == "Mijn <b>Loket</b>"
    assert new[2].text_content() == "eerste scan: nog niets om mee te vergelijken"
    assert sum(int(cell.get("colspan", "1")) for cell in new) == len(heads)
    for link in page.iterfind(".//tbody//a"):
        file, _, part = link.get("href").partition("#")
        there = html.parse(str(tmp_path / file))
        assert not part or there.find(f".//*[@id='{part}']") is not None
