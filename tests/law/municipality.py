"""Three years of a made-up municipality, as the changes its people would have written down.

Voorbeeldgemeente, 2024 to 2026: a main site that goes from D to C to B to A; a form platform whose supplier is late; a map whose
research expires; and a council archive that claims a disproportionate burden.
"""

from dataclasses import replace
from datetime import date, datetime

from scanner.dossier import (
    Annotation,
    Card,
    Dossier,
    FindingTally,
    HumanVerdict,
    Improvement,
    Measure,
    OrganisationalMeasure,
    OutOfScope,
    PlannedResearch,
    ReportKind,
    Retest,
    ScopeReason,
    changes_between,
)
from scanner.model import Verdict
from tests.law.dossiers import report, statement, verdicts

YEARS = tuple(date(year, 12, 31) for year in (2024, 2025, 2026))
TEN = ("1.1.1", "1.3.1", "1.3.5", "1.4.3", "1.4.10", "2.1.1", "2.4.4", "2.4.7", "3.3.1", "4.1.2")
FOUR = ("1.3.1", "1.4.3", "2.4.7", "4.1.2")

WORDS = {
    "1.1.1": ("Afbeeldingen bij nieuwsberichten hebben geen tekstalternatief.", "Het veld was in het CMS niet verplicht.",
              "Wie niet ziet, weet niet wat er op de foto staat.", "Veld verplicht gemaakt en oude berichten nagelopen.", "Webredactie"),
    "1.3.1": ("Tussenkoppen zijn als vette tekst opgemaakt.", "De redactie gebruikte de opmaakknop in plaats van het kopniveau.",
              "Wie een schermlezer gebruikt, kan niet van kop naar kop springen.", "Kopniveaus herstellen; knop uit de editor gehaald.", "Webredactie"),
    "1.3.5": ("Persoonsgegevens in formulieren missen een autocomplete-waarde.", "De formulierbouwer kende de eigenschap niet.",
              "Browsers kunnen naam en adres niet invullen.", "Nieuwe versie van de formulierbouwer.", "Formulier BV"),
    "1.4.3": ("Lichtgrijze tekst op wit in de voettekst.", "De huisstijl had een te lichte grijstint.",
              "Slechtzienden kunnen de tekst moeilijk lezen.", "Huisstijlkleur aangepast naar een donkerder grijs.", "Communicatie"),
    "1.4.10": ("Tabellen met openingstijden lopen bij 320 pixels uit beeld.", "De tabellen hadden een vaste breedte.",
               "Wie sterk vergroot, moet heen en weer schuiven.", "Tabellen maken die meebuigen.", "CMS Noord BV"),
    "2.1.1": ("De zoeksuggesties zijn niet met het toetsenbord te kiezen.", "Het zoekveld was een eigen onderdeel zonder toetsbediening.",
              "Wie geen muis gebruikt, kan de suggesties niet kiezen.", "Zoekveld vervangen.", "CMS Noord BV"),
    "2.4.4": ("Links met alleen 'lees meer'.", "De overzichtspagina vulde die tekst zelf in.",
              "Uit een lijst met links blijkt niet waar ze heen gaan.", "Linktekst neemt de titel van het bericht over.", "CMS Noord BV"),
    "2.4.7": ("De focus is niet te zien op knoppen in de kop.", "De focusrand was uitgezet in de stijl.",
              "Wie het toetsenbord gebruikt, ziet niet waar hij is.", "Duidelijke focusrand toegevoegd.", "CMS Noord BV"),
    "3.3.1": ("Foutmeldingen noemen het veld niet.", "Eén algemene melding bovenaan.",
              "Wie een schermlezer gebruikt, vindt het foute veld niet.", "Melding per veld.", "Formulier BV"),
    "4.1.2": ("Uitklapblokken hebben geen rol en geen toestand.", "Gebouwd met losse vlakken en een script.",
              "Hulpsoftware vertelt niet dat iets uitklapt.", "Uitklapblokken vervangen door knoppen met toestand.", "CMS Noord BV"),
    "1.2.5": ("Vergadervideo's van 2021 tot 2023 hebben geen audiodescriptie.", "De opnamen zijn destijds zonder gemaakt.",
              "Wie niet ziet, mist wat alleen in beeld komt.", "Nieuwe vergaderingen krijgen een beschrijving.", "Griffie")}


def plan(criterion, planned, since, **other):
    """A measure with the words of its criterion."""
    description, cause, consequence, words, owner = WORDS[criterion]
    return Measure(f"m-{criterion}", criterion, description, cause, consequence, measure=words, owner=owner, planned_on=planned,
                   since=since, **other)


class Diary:
    """One channel's changes, written down day by day."""

    def __init__(self, channel):
        self.dossier, self.changes = Dossier(channel), ()

    def write(self, day, by, note="", **parts):
        """The parts as they are from this day."""
        after = replace(self.dossier, **parts)
        self.changes += changes_between(self.dossier, after, datetime(day.year, day.month, day.day, 10), by, note=note)
        self.dossier = after

    def done(self):
        """The dossier with its history."""
        return Dossier.from_changes(self.dossier.channel, self.changes)


def filed(day, letter, organisation="Gemeentesecretaris", **other):
    """A statement as it is filed on a day."""
    return statement(day, claimed_status=letter, signed_function=organisation, contact_email="toegankelijk@voorbeeldgemeente.example",
                     contact_link="https://www.voorbeeldgemeente.example/contact", address="https://www.voorbeeldgemeente.example/toegankelijkheid",
                     all_statements_link="https://www.toegankelijkheidsverklaring.nl/register", **other)


def card(name, domain, supplier, platform, kind="website"):
    """A channel of the municipality."""
    return Card(name, kind, "Voorbeeldgemeente", platform, supplier, domain, statement_address=f"https://{domain}/toegankelijkheid")


def main_site():
    """From D to C to B to A."""
    diary = Diary("www.voorbeeldgemeente.example")
    diary.write(date(2024, 1, 10), "Anna", card=card("Voorbeeldgemeente.nl", "www.voorbeeldgemeente.example", "CMS Noord BV", "NoordCMS"),
                statement=filed(date(2024, 1, 10), "D"))
    diary.write(date(2024, 2, 15), "Anna", "onderzoek gepland, opnieuw ingediend", statement=filed(date(2024, 2, 15), "C"),
                planned=PlannedResearch(date(2024, 5, 15), "Bureau Toets", date(2024, 2, 12)))
    first = report("volledig-2024", date(2024, 6, 3), title="Volledig onderzoek 2024")
    diary.write(date(2024, 6, 10), "Anna", "rapport ontvangen", reports=(first,), research=verdicts(first.id, TEN), planned=None,
                measures=tuple(plan(number, date(2025, 3, 1) if number in FOUR else date(2025, 9, 1), date(2024, 6, 10)) for number in TEN),
                statement=filed(date(2024, 6, 10), "B", annotation=Annotation.PROVISIONAL, annotated_on=date(2024, 6, 10)))
    diary.write(date(2024, 7, 1), "Anna", statement=replace(diary.dossier.statement, annotation=Annotation.SUFFICIENT, annotated_on=date(2024, 6, 28)))
    diary.write(date(2024, 11, 5), "Anna", organisational=(
        OrganisationalMeasure("o1", "Training toegankelijk schrijven voor de webredactie", "training", done_on=date(2024, 11, 5), result="12 redacteuren"),))
    six = tuple(number for number in TEN if number not in FOUR)
    retest = report("herinspectie-2025", date(2025, 5, 20), ReportKind.RETEST, title="Herinspectie 2025", retest_of=first.id)
    diary.write(date(2025, 5, 26), "Anna", "herinspectie ontvangen", reports=(first, retest),
                research=(*diary.dossier.research, *verdicts(retest.id, FOUR, numbers=TEN, inapplicable=())),
                measures=tuple(replace(item, done_on=date(2025, 4, 15)) if item.criterion in six else replace(item, planned_on=date(2026, 2, 1))
                               for item in diary.dossier.measures),
                retests=tuple(Retest(f"t-{number}", f"F-{number}", number, date(2025, 5, 20), "herinspectie", "Bureau Toets") for number in six),
                statement=filed(date(2025, 5, 26), "B", annotation=Annotation.SUFFICIENT, annotated_on=date(2025, 6, 12)))
    diary.write(date(2025, 12, 1), "Anna", improvements=(
        Improvement("i-2025", date(2025, 12, 1), "Anna de Wit, coördinator", True, "Zes van de tien criteria zijn opgelost; de vier andere hangen aan de nieuwe huisstijl."),))
    second = report("herinspectie-2026", date(2026, 3, 9), ReportKind.RETEST, title="Herinspectie 2026", retest_of=first.id)
    diary.write(date(2026, 3, 16), "Anna", "alles hersteld en opnieuw bekeken", reports=(first, retest, second),
                research=(*diary.dossier.research, *verdicts(second.id, numbers=FOUR, inapplicable=())),
                measures=tuple(replace(item, done_on=item.done_on or date(2026, 2, 20)) for item in diary.dossier.measures),
                retests=(*diary.dossier.retests, *(Retest(f"t-{number}", f"F-{number}", number, date(2026, 3, 9), "herinspectie", "Bureau Toets") for number in FOUR)),
                statement=filed(date(2026, 3, 16), "A", "Burgemeester", annotation=Annotation.SUFFICIENT, annotated_on=date(2026, 4, 1)))
    return diary.done()


def forms():
    """Status B with a supplier who is late, and no improvement."""
    diary, failed = Diary("formulieren.voorbeeldgemeente.example"), ("1.3.5", "3.3.1")
    first = report("volledig-2024", date(2024, 9, 2), title="Onderzoek formulieren", researcher="Formulier BV")
    diary.write(date(2024, 9, 10), "Bilal", card=card("Formulieren", "formulieren.voorbeeldgemeente.example", "Formulier BV", "FormulierBouwer", "form"),
                reports=(first,), research=verdicts(first.id, failed), statement=filed(date(2024, 9, 10), "B"),
                measures=tuple(plan(number, date(2025, 6, 1), date(2024, 9, 10)) for number in failed))
    diary.write(date(2025, 7, 15), "Bilal", "leverancier haalt de datum niet", statement=filed(date(2025, 7, 15), "B"),
                measures=tuple(replace(item, planned_on=date(2026, 4, 1)) for item in diary.dossier.measures))
    diary.write(date(2026, 7, 1), "Bilal", statement=filed(date(2026, 7, 1), "B"))
    return diary.done()


def town_map():
    """Research of before the register's three years that runs out in 2026."""
    diary = Diary("kaart.voorbeeldgemeente.example")
    first = report("volledig-2023", date(2023, 5, 8), title="Onderzoek kaart 2023")
    diary.write(date(2024, 1, 8), "Cem", card=card("Kaart van de gemeente", "kaart.voorbeeldgemeente.example", "GeoWerk", "GeoKaart", "map"),
                reports=(first,), research=verdicts(first.id), statement=filed(date(2024, 1, 8), "A"),
                out_of_scope=(OutOfScope("s1", "Kaartvlak met luchtfoto's", ScopeReason.MAP, note="adressen staan ook in een lijst"),))
    diary.write(date(2025, 1, 6), "Cem", statement=filed(date(2025, 1, 6), "A"))
    diary.write(date(2025, 10, 20), "Cem", "bevestigde bevinding uit de scan", human=(
        HumanVerdict("finding-2.4.7-K12", "2.4.7", Verdict.FAILED, date(2025, 10, 20), "Cem", "focus niet zichtbaar op de zoekknop", finding="K12"),),
        measures=(plan("2.4.7", date(2026, 1, 15), date(2025, 10, 20), finding="K12"),), statement=filed(date(2025, 10, 20), "B"))
    diary.write(date(2026, 1, 20), "Cem", human=(*diary.dossier.human, HumanVerdict(
        "herstel-2.4.7", "2.4.7", Verdict.PASSED, date(2026, 1, 20), "Cem", "focusrand gezien in drie browsers")),
        measures=tuple(replace(item, done_on=date(2026, 1, 12)) for item in diary.dossier.measures))
    return diary.done()


def archive():
    """Everything met but for what a burden is claimed for."""
    diary = Diary("raad.voorbeeldgemeente.example")
    first = report("volledig-2025", date(2025, 2, 3), title="Onderzoek raadsarchief")
    diary.write(date(2024, 3, 1), "Daan", card=card("Raadsarchief", "raad.voorbeeldgemeente.example", "Griffiesoft", "RaadOnline"))
    diary.write(date(2025, 2, 10), "Daan", reports=(first,), research=verdicts(first.id, ("1.2.5",)), statement=filed(date(2025, 2, 10), "B", "Griffier"),
                measures=(plan("1.2.5", date(2027, 1, 1), date(2025, 2, 10), burden=True, alternative="Woordelijk verslag bij elke vergadering.",
                               burden_argument="Het achteraf beschrijven van 410 uur video kost meer dan het jaarbudget van de griffie."),))
    diary.write(date(2026, 2, 2), "Daan", statement=filed(date(2026, 2, 2), "B", "Griffier"))
    return diary.done()


def dossiers():
    """All channels."""
    return (main_site(), forms(), town_map(), archive())


def tallies():
    """Counts of confirmed findings, each quarter of a year; in 2026 a new rule finds thirty that were always there."""
    counts = ((2024, 3, 0, 210, 0), (2024, 6, 180, 3, 0), (2024, 9, 150, 30, 0), (2024, 12, 131, 24, 0), (2025, 3, 96, 40, 0), (2025, 6, 44, 57, 0),
              (2025, 9, 41, 6, 0), (2025, 12, 38, 5, 0), (2026, 3, 0, 38, 0), (2026, 6, 34, 2, 30), (2026, 9, 30, 6, 30), (2026, 12, 6, 26, 3))
    found, before = [], 210
    for year, month, now, solved, tool in counts:
        now = now if (year, month) != (2024, 3) else 210
        solved = min(solved, before) if (year, month) != (2024, 3) else 0
        found.append(FindingTally(
            date(year, month, 28), now, max(now - before + solved, 0), solved, 1 if month == 9 else 0,
            {"1.4.3": now // 2, "2.4.7": now // 3, "4.1.2": now - now // 2 - now // 3}, {"CMS Noord BV": now - now // 4, "Webredactie": now // 4},
            tool, "axe-core 4.14.1"))
        before = now
    return {"www.voorbeeldgemeente.example": tuple(found),
            "formulieren.voorbeeldgemeente.example": tuple(FindingTally(date(year, 12, 28), 14, 1, 1, 0, {"1.3.5": 9, "3.3.1": 5}, {"Formulier BV": 14})
                                                          for year in (2024, 2025, 2026))}
