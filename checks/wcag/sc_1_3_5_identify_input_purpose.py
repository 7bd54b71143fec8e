"""1.3.5 Identify Input Purpose (AA).

Looks at: every visible text field, its name, and the form it stands in; axe-core's results in every state.
Fails: an `autocomplete` value that is not valid; a field that asks for the user's own data by an exact, well-known
name (Dutch or English) in a form about the user and has no `autocomplete`; a valid value that names another purpose.
Not failed: an address of the part of a form that is about something else; of a place ("Locatie van de melding", "Waar
is het?") it is not even asked; a field of a table with a row for each person.
Cannot see: fields with names that are not in the list; whether a form asks about the user or about someone else when
neither label, group nor heading says so.
Sources: WCAG 2.1 1.3.5 and section 7; HTML autofill; H98, F107; ACT 73f2c2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from checks.wcag.axe_rules import axe_outcomes
from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "1.3.5"
NEEDS = ("axe", "fields")
SETTLES = (Verdict.INAPPLICABLE,)

PURPOSES: dict[str, tuple[str, ...]] = {
    "given-name": ("voornaam", "voornamen", "voornaam/voornamen", "first name", "given name", "vorname", "prénom"),
    "family-name": ("achternaam", "familienaam", "last name", "family name", "surname", "nachname"),
    "name": ("naam", "volledige naam", "voor- en achternaam", "full name", "name"),
    "email": ("e-mail", "email", "e-mailadres", "emailadres", "mailadres", "e-mail adres", "email adres",
              "email address", "e-mail address"),
    "tel": ("telefoon", "telefoonnummer", "mobiel", "mobiele telefoon", "mobiel nummer", "mobiele nummer",
            "06-nummer", "mobiel telefoonnummer", "telephone", "telephone number", "phone", "phone number",
            "mobile", "mobile number"),
    "postal-code": ("postcode", "postal code", "zip code", "zip"),
    "address-level2": ("woonplaats", "plaats", "city", "town"),
    "street-address": ("adres", "straat en huisnummer", "straat + huisnummer", "straatnaam en huisnummer",
                       "adres en huisnummer", "address"),
    "address-line1": ("straat", "straatnaam", "street", "street address"),
    "bday": ("geboortedatum", "date of birth", "birthday"),
    "country-name": ("land", "country"),
    "organization": ("bedrijfsnaam", "organisatie", "organisatienaam", "company", "company name", "organization"),
    "username": ("gebruikersnaam", "username", "user name", "benutzername"),
    "current-password": ("wachtwoord", "password", "passwort", "huidig wachtwoord", "current password"),
    "new-password": ("nieuw wachtwoord", "new password"),
}
"""Purposes of WCAG's section 7 and the exact names by which forms ask for them.

No token exists for house number, BSN, IBAN or initials.
"""

_PURPOSE_OF = {word: purpose for purpose, words in PURPOSES.items() for word in words}
WHERE = frozenset({"postal-code", "address-level2", "street-address", "address-line1", "country-name"})
"""Purposes of a place: the home of the user, or what the form is about."""
STATES = ("", "off", "on", "true", "false", "none", "null", "undefined", "disabled", "enabled")
"""Values of autocomplete that name no purpose; axe passes them all."""
SURE_ALONE = frozenset(PURPOSES) - WHERE - {"name", "organization"}
"""Purposes that are about a person also when alone in a form; a postcode alone may ask for any address."""

FITS = {purpose: frozenset(tokens.split()) for purpose, tokens in {
    "name": "name given-name family-name nickname username cc-name additional-name organization",
    "given-name": "given-name name nickname cc-given-name additional-name",
    "family-name": "family-name name cc-family-name additional-name",
    "email": "email username",
    "username": "username email nickname",
    "tel": "tel tel-national tel-local tel-country-code tel-area-code tel-local-prefix tel-local-suffix tel-extension",
    "postal-code": "postal-code",
    "address-level2": "address-level2 address-level1 address-level3",
    "street-address": "street-address address-line1",
    "address-line1": "address-line1 street-address address-line2 address-line3",
    "bday": "bday bday-day bday-month bday-year",
    "country-name": "country-name country",
    "organization": "organization organization-title name",
    "current-password": "current-password new-password",
    "new-password": "new-password current-password",
}.items()}
"""Values that can be defended for a field of this purpose; another valid value is wrong for it."""

TOKENS = frozenset(re.findall(r"\S+", """
    name honorific-prefix given-name additional-name family-name honorific-suffix nickname username new-password
    current-password organization-title organization street-address address-line1 address-line2 address-line3
    address-level4 address-level3 address-level2 address-level1 country country-name postal-code cc-name cc-given-name
    cc-additional-name cc-family-name cc-number cc-exp cc-exp-month cc-exp-year cc-csc cc-type transaction-currency
    transaction-amount language bday bday-day bday-month bday-year sex url photo tel tel-country-code tel-national
    tel-area-code tel-local tel-local-prefix tel-local-suffix tel-extension email impp one-time-code
"""))
"""Field names of HTML's autofill."""

_OTHERS = re.compile(
    r"partner|\bkind|kinderen|ouder|overleden|gemachtigde|contactpersoon|ontvanger|derde|werkgever|eigenaar"
    r"|verhuurder|collega|getuige|cliënt|client|leerling|medewerker|buur|vriend|relatie|iemand anders|\bander(e|en)?\b"
    r"|organisator|bedrijf|vereniging|school|(?<!aantal )(gezins|familie)l(id|eden)|huisgenoot|\bbaby|pasgeboren"
    r"|\bzoon\b|dochter|moeder|\bvader|mede(bewoner|aanvrager|huurder|eigenaar|ondertekenaar)|echtgeno|\bbruid|\barts\b"
    r"|huisarts|zorgvrager|nabestaande|vertegenwoordigde|erflater|\bvoogd|\bhond\b|\b(persoon|person) \d"
    r"|(tweede|volgende|extra) persoon|personen (die|in)\b"
    r"|household|family member|\bson\b|daughter|mother|father|housemate"
    r"|friend|spouse|child|parent|employer|recipient|employee|someone|owner|witness|colleague|deceased|guardian", re.I)
_MAYBE_OTHERS = re.compile(
    r"machtig|namens|toevoegen|nomine|voordra|kandidaat|\bgast|on behalf|nominat|candidate|guest|\badd\b", re.I)
"""Words of a form, or of the button that sends it, by which its fields may be about another person than the user."""
_ABOUT_A_PLACE = re.compile(
    r"locatie|\bplek\b|\bwaar\b(?! woont? )|melding|overlast|schade|evenement|activiteit|\bpand\b|perceel|bouw|gebouw"
    r"|object|project|situatie|gevonden|verloren|location|where|event|incident|premises|site\b", re.I)
"""Words of a form whose address may be that of something else than the user."""
_OF_A_PLACE = re.compile(
    r"locatie|\bplek\b|\bwaar\b(?! (woon|woont|bent|ben|kunnen|mogen))|location|\bwhere\b(?! (do|can|are) )", re.I)
"""Words of a heading or group by which the address under it is that of the place itself."""
_OF_A_THING = re.compile(
    r"\bvan (de|het|een|deze|dit|uw) (?!aanvrager|melder|indiener|inwoner|bewoner|bezoeker|gebruiker|persoon|inzender)",
    re.I)
_OF_THE_USER = re.compile(
    r"\b(uw|je|jouw|mijn|your|my)( eigen| own)? (\w+ )?\w*(gegevens|adres|address|details)\b"
    r"|\bover (u|uzelf|jou|jezelf)\b|contactgegevens|persoonlijke gegevens|persoonsgegevens|about you"
    r"|personal details|contact details", re.I)
_OF_ADDRESS = re.compile(
    r"post(al )?code|\bzip\b|huisnummer|huisnr|house number|woonplaats|\bplaats\b|\b(city|town)\b", re.I)
_FINDING = re.compile(r"zoek|search|vind|filter|find|opzoeken|controleer|check", re.I)
_SENT_TO_FIND = re.compile(r"zoek|raadpleg|vinden\b|search|\bfind\b|look ?up", re.I)
"""Words on a button that sends what is looked for."""
_DECORATION = re.compile(
    r"\((niet )?verplicht\)|\(?\b(verplicht veld|niet verplicht|verplicht|vereist|required|optioneel|optional)\b\)?"
    r"|\(([^\w)]|\d|\b[dmjy]{1,4}\b)*(\b(bijv|bijvoorbeeld|bv|formaat|notatie|e\.g|format)\b[^)]*)?\)|[*:•]", re.I)
"""What a label says besides what it asks for: that it must be filled in, and how it is written."""
_OWN = re.compile(r"^(uw|je|jouw|mijn|your|my|vul( hier)? (uw|je)|enter your)\s+", re.I)
_HINTS = re.compile(r"e-?mail|telefoon|voornaam|achternaam|geboortedatum|phone|surname|birth", re.I)
TEXT_CONTROLS = frozenset({"text", "email", "tel", "search", "url", "password", "number", "date", "month", "textarea"})


def purpose_of(name: str) -> str:
    """The purpose that a field's name asks for exactly, or an empty string."""
    bare = " ".join(_DECORATION.sub(" ", name).split()).strip(" .,-").lower()
    return _PURPOSE_OF.get(_OWN.sub("", bare), "")


def token_of(autocomplete: str) -> str:
    """The field name in an autocomplete value (`section-a work email` gives `email`); empty when none is valid."""
    parts = autocomplete.lower().split()
    if parts and parts[-1] == "webauthn":
        parts.pop()
    return parts[-1] if parts and parts[-1] in TOKENS else ""


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    yield from axe_outcomes(page, CRITERION)
    some = False
    for look, seen in page.seen("fields"):
        fields = [f for f in seen["fields"] if f["control"] in TEXT_CONTROLS | {"select"}]
        some |= any(f["control"] in TEXT_CONTROLS or f["role"] in ("textbox", "combobox") for f in seen["fields"])
        by_form = sorted(fields, key=lambda f: (str(f.get("frame", "")), f["form"]))
        for _, group in groupby(by_form, key=lambda f: (str(f.get("frame", "")), f["form"])):
            yield from _form(look, list(group))
    if not some and page.first("fields") is not None:
        yield page.inapplicable(CRITERION, "no-text-fields")


def _form(look: StateEvidence, fields: Sequence[Json]) -> Iterator[Outcome]:
    """Outcomes for the fields of one form (or of all that stand in none)."""
    usable = [f for f in fields if f["shown"] and not (f["disabled"] or f["readonly"] or f["hidden"])]
    purposes = [purpose_of(str(f["name"])) for f in usable]
    if sum(f["control"] == "password" for f in usable) > 1 and "new-password" not in purposes:
        # Asked for twice: the password is made here.
        now = [re.search("huidig|current", str(f["name"]), re.I) for f in usable]
        made = zip(purposes, now, strict=True)
        purposes = ["new-password" if p == "current-password" and not n else p for p, n in made]
    mixed = any(_OTHERS.search(str(f["name"])) for f, purpose in zip(usable, purposes, strict=True) if not purpose)
    finding = any(f["inSearch"] or f["formRole"] == "search" or _FINDING.search(f"{f['formAction']} {f['formName']}")
                  or (f["formMethod"] == "get" and f["control"] == "search")
                  or _SENT_TO_FIND.search(str(f.get("formSentBy", ""))) for f in usable)
    about_a_place = any(_ABOUT_A_PLACE.search(f"{f['name']} {_around(f)} {f['formAction']}") for f in usable)
    elsewhere = [purpose in WHERE and bool(_OF_A_PLACE.search(_part(f))) and not _says_own(f)
                 for f, purpose in zip(usable, purposes, strict=True)]
    purposes = ["" if place else purpose for purpose, place in zip(purposes, elsewhere, strict=True)]
    of_user = any(_OF_THE_USER.search(_part(f)) for f in usable)
    for field, purpose in zip(usable, purposes, strict=True):
        given = str(field["autocomplete"] or "").strip()
        token = token_of(given)
        values = {"name": str(field["name"])[:100], "purpose": purpose, "autocomplete": given[:60]}
        if _OTHERS.search(_around(field)):
            continue
        if purpose and token and token not in FITS.get(purpose, frozenset({purpose})):
            yield look.failed(CRITERION, "autocomplete-other-purpose", field, **values)
            continue
        if given.lower() not in STATES or finding:
            continue
        if not purpose:
            if _HINTS.search(str(field["name"])) and field["control"] in ("text", "email", "tel") and (
                    not _OTHERS.search(str(field["name"]))):
                yield look.cant_tell(CRITERION, "autocomplete-maybe-missing", field, **values)
            continue
        alone = purposes.count(purpose) == 1
        others = {p for p in purposes if p and p != purpose}
        backed = purpose in SURE_ALONE or bool(others & SURE_ALONE)
        in_form = field["form"] >= 0 or bool(others)
        part = _part(field)
        about = purpose in WHERE and not _says_own(field) and (
            about_a_place or bool(_OF_A_THING.search(part)) or (of_user and not _OF_THE_USER.search(part)))
        # A street alone may be any street: with a house number, postcode or town beside it, it is an address.
        about |= purpose == "address-line1" and not any(_OF_ADDRESS.search(str(f["name"])) for f in usable)
        in_list = purpose_of(str(field.get("column", ""))) == purpose  # a column with a row for each person
        unsure = about or in_list or bool(_MAYBE_OTHERS.search(f"{_around(field)} {field.get('formSentBy', '')}"))
        if alone and backed and in_form and not mixed and not unsure:
            yield look.failed(CRITERION, "autocomplete-missing", field, **values)
        else:
            usual = None if unsure else Verdict.FAILED
            yield look.cant_tell(CRITERION, "autocomplete-maybe-missing", field, practice=usual, **values)


def _says_own(field: Json) -> bool:
    """Does the label itself say that it is about the user?"""
    return bool(_OWN.search(str(field["name"])))


def _part(field: Json) -> str:
    """The heading before it and the groups that it stands in."""
    return " ".join((str(field["heading"]), *(f"{group['name']} {group['seen']}" for group in field["groups"])))


def _around(field: Json) -> str:
    """What group, table and heading say about whose data is asked."""
    return f"{_part(field)} {field.get('table', '')} {field['formName']} {field['described']}"
