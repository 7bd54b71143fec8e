"""Which names of links say nothing: the list holds whole phrases, also those of two words."""

from __future__ import annotations

import pytest

from checks.wcag.sc_2_4_4_link_purpose_in_context import is_generic


@pytest.mark.parametrize("name", ["Lees meer", "Klik hier", "klik hier »", "Deze link", "deze pagina", "Ga naar", "Toon meer", "Read more", "Click here", "Lire la suite",
                                  "PDF (2,3 MB)", "Download PDF", "»"])
def test_says_nothing(name: str) -> None:
    """Phrases as they stand on pages."""
    assert is_generic(name)


@pytest.mark.parametrize("name", ["Lees meer over parkeren", "Naar de agenda", "Klik hier voor een afspraak", "Download het jaarverslag", "Contact"])
def test_says_something(name: str) -> None:
    """One word of meaning is enough."""
    assert not is_generic(name)
