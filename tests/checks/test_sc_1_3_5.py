"""1.3.5 as a pure function: which purpose is told of a field."""

from __future__ import annotations

from typing import Any

from checks.wcag import sc_1_3_5_identify_input_purpose as check
from scanner.model import PageEvidence, Record, StateEvidence


def field(name: str, control: str = "password") -> dict[str, Any]:
    """A visible field of the first form."""
    return {"selector": f"#{name[:4]}", "snippet": "<input>", "name": name, "control": control, "role": "textbox",
            "form": 0, "shown": True, "disabled": False, "readonly": False, "hidden": False, "autocomplete": None,
            "inSearch": False, "formRole": "", "formAction": "/in", "formName": "", "formMethod": "post", "groups": [],
            "heading": "", "described": ""}  # fmt: skip


def asked(*fields: dict[str, Any]) -> list[tuple[str, str]]:
    """Name and purpose of each field without autocomplete."""
    records = {"fields": {"fields": list(fields)}, "axe": {}}
    kept = {name: Record(name, data) for name, data in records.items()}
    page = PageEvidence("https://voorbeeld.test/", looks=(StateEvidence("base", "1280x1024", (), kept),))
    return [(str(o.values["name"]), str(o.values["purpose"])) for o in check.evaluate(page) if "purpose" in o.values]


def test_a_password_that_is_asked_twice_is_a_new_one() -> None:
    """To log in with it is another thing; who changes it gives the old one first."""
    user = field("Gebruikersnaam", "text")
    assert asked(user, field("Wachtwoord")) == [("Gebruikersnaam", "username"), ("Wachtwoord", "current-password")]
    assert ("Wachtwoord", "new-password") in asked(user, field("Wachtwoord"), field("Bevestig wachtwoord"))
    both = asked(user, field("Huidig wachtwoord"), field("Wachtwoord"), field("Herhaal wachtwoord"))
    assert {("Huidig wachtwoord", "current-password"), ("Wachtwoord", "new-password")} <= set(both)
