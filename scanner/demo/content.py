"""What the estate tells about itself: news, products, pages, places. Plain data for templates, search, sitemaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PER_PAGE = 7
"""News items on one page of the list."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page as lists name it."""

    path: str
    title: str
    summary: str = ""
    date: str = ""
    """Day of publication, for news: 2026-01-31."""

    @property
    def day(self) -> str:
        """The date as a reader sees it: 31 januari 2026."""
        year, month, day = self.date.split("-")
        return f"{int(day)} {_MONTHS[int(month) - 1]} {year}"


_MONTHS = ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
           "november", "december")

NEWS: tuple[Page, ...] = (
    Page("/nieuws/afsluiting-dorpsstraat/", "Dorpsstraat drie weken dicht voor nieuw riool",
         "Vanaf 2 maart kunt u niet met de auto door de Dorpsstraat. Lopen en fietsen kan wel.", "2026-02-20"),
    Page("/nieuws/zwembad-weer-open/", "Zwembad De Meerkoet weer open",
         "Het zwembad is verbouwd. Zaterdag kunt u gratis komen kijken.", "2026-02-18"),
    Page("/nieuws/nieuwe-bomen-parkwijk/", "Honderd nieuwe bomen in de Parkwijk",
         "Bewoners kozen zelf welke bomen in hun straat komen.", "2026-02-16"),
    Page("/nieuws/verkiezingen-stembureaus/", "Hier kunt u stemmen op 18 maart",
         "Een overzicht van alle stembureaus en hun openingstijden.", "2026-02-12"),
    Page("/nieuws/inzameling-kerstbomen/", "Oude kerstbomen: 4.210 stuks ingeleverd",
         "Kinderen haalden dit jaar meer kerstbomen op dan ooit.", "2026-02-10"),
    Page("/nieuws/lichtfestival/", "Lichtfestival langs het meer",
         "Op 28 februari lichten twintig kunstwerken op langs de dijk.", "2026-02-09"),
    Page("/nieuws/subsidie-zonnepanelen/", "Subsidie voor zonnepanelen gaat open",
         "Huiseigenaren kunnen tot 1 oktober subsidie aanvragen.", "2026-02-05"),
    Page("/nieuws/kermis-in-juni/", "Kermis verhuist naar juni",
         "De kermis staat dit jaar van 5 tot en met 9 juni op het Meerplein.", "2026-02-03"),
    Page("/nieuws/burgemeester-op-bezoek/", "Burgemeester op bezoek bij Zorgcentrum De Dijk",
         "Bewoners vertelden wat zij missen in de buurt.", "2026-01-30"),
    Page("/nieuws/welkom-nieuwe-inwoners/", "Welkom, nieuwe inwoners",
         "In januari kwamen 214 mensen in Voorbeeldmeer wonen.", "2026-01-28"),
    Page("/nieuws/glasvezel-buitengebied/", "Glasvezel voor het buitengebied",
         "Eind dit jaar hebben alle boerderijen snel internet.", "2026-01-26"),
    Page("/nieuws/wandelroute-geopend/", "Wandelroute rond het meer geopend",
         "De route is negen kilometer lang en heeft vier rustpunten.", "2026-01-22"),
)

PRODUCTS: tuple[Page, ...] = (
    Page("/producten/afval-en-recycling/", "Afval en recycling", "Welke bak wanneer, en wat mag erin."),
    Page("/producten/bijstand/", "Bijstandsuitkering aanvragen", "Voor mensen met weinig inkomen en vermogen."),
    Page("/producten/hondenbelasting/", "Hondenbelasting", "Uw hond aanmelden of afmelden."),
    Page("/producten/huwelijk/", "Trouwen en partnerschap", "Melding doen, een datum kiezen en getuigen opgeven."),
    Page("/producten/paspoort-aanvragen/", "Paspoort aanvragen", "Wat u meeneemt, wat het kost en hoe lang het duurt."),
    Page("/producten/parkeervergunning/", "Parkeervergunning", "Parkeren bij u in de straat, voor uzelf of bezoek."),
    Page("/producten/rijbewijs-aanvragen/", "Rijbewijs aanvragen", "Een nieuw of verlopen rijbewijs."),
    Page("/producten/uittreksel-brp/", "Uittreksel uit de BRP", "Een bewijs van waar u woont."),
    Page("/producten/verhuizing-doorgeven/", "Verhuizing doorgeven", "Van 4 weken voor tot 5 dagen na uw verhuizing."),
    Page("/producten/evenement-melden/", "Evenement melden", "Een straatfeest of buurtbarbecue organiseren."),
)

OTHER: tuple[Page, ...] = (
    Page("/", "Home", "Welkom bij de gemeente Voorbeeldmeer."),
    Page("/nieuws/", "Nieuws", "Al het nieuws van de gemeente."),
    Page("/producten/", "Producten van A tot Z", "Alles wat u bij ons kunt regelen."),
    Page("/onderwerpen/", "Onderwerpen", "Alle onderwerpen op een rij."),
    Page("/onderwerpen/paspoort-en-rijbewijs/", "Paspoort en rijbewijs", "Reizen, rijden en u legitimeren."),
    Page("/onderwerpen/kunstroute/", "Kunstroute", "Twaalf beelden in de openbare ruimte."),
    Page("/contact/", "Contact", "Bellen, mailen, langskomen."),
    Page("/contact/klacht-indienen/", "Klacht indienen", "Vertel ons wat er niet goed ging."),
    Page("/contact/bezwaar-maken/", "Bezwaar maken", "U bent het niet eens met een besluit."),
    Page("/contact/afspraak-maken/", "Afspraak maken", "Kies zelf een dag en een tijd."),
    Page("/cijfers/bevolking/", "Bevolking in cijfers", "Inwoners per wijk en leeftijd."),
    Page("/cijfers/begroting/", "Begroting in cijfers", "Waar het geld van de gemeente heen gaat."),
    Page("/cijfers/waterstand/", "Waterstand van het meer", "De stand van dit uur."),
    Page("/beeld-en-geluid/", "Beeld en geluid", "Films en podcasts van de gemeente."),
    Page("/beeld-en-geluid/gemeentelied/", "Het lied van Voorbeeldmeer", "Luister naar ons gemeentelied."),
    Page("/beeld-en-geluid/geluidswandeling/", "Geluidswandeling", "Hoor het meer ontwaken."),
    Page("/over-de-gemeente/", "Over de gemeente", "Bestuur, organisatie en geschiedenis."),
    Page("/over-de-gemeente/frysk/", "Foar ús Fryske ynwenners", "Ynformaasje yn it Frysk."),
    Page("/over-de-gemeente/papiamento/", "Pa nos habitantenan", "Informashon na papiamentu."),
    Page("/over-de-gemeente/english/", "Living in Voorbeeldmeer", "Information in English."),
    Page("/over-de-gemeente/deutsch/", "Urlaub am See", "Informationen für Gäste."),
    Page("/over-de-gemeente/vacatures/", "Werken bij de gemeente", "Alle vacatures."),
    Page("/over-de-gemeente/huisstijl/", "Huisstijl", "Kleuren en letters van de gemeente."),
    Page("/raad/", "Gemeenteraad", "Wie zitten er in de raad."),
    Page("/raad/leden/", "Raadsleden", "De negentien leden van de raad."),
    Page("/raad/besluitenlijst/", "Besluitenlijst", "Wat de raad besloot."),
    Page("/raad/livestream/", "Vergadering volgen", "Kijk mee met de raad."),
    Page("/raad/uitslagen/", "Uitslagen", "Zetels per partij."),
    Page("/zoeken/", "Zoeken", "Zoek op deze website."),
    Page("/zoeken/uitgebreid/", "Uitgebreid zoeken", "Zoeken met meer keuzes."),
    Page("/sitemap/", "Sitemap", "Alle pagina's op een rij."),
    Page("/toegankelijkheid/", "Toegankelijkheid", "Hoe toegankelijk deze website is."),
    Page("/sessie-verlopen/", "Uw tijd is om", "U kunt opnieuw beginnen."),
)

PAGES: tuple[Page, ...] = OTHER + PRODUCTS
"""All pages but news, as the sitemap lists them. The orphan of 2.4.5 is left out on purpose."""


def news_page(number: str) -> tuple[tuple[Page, ...], int, int]:
    """News items of a page of the list, its number and how many there are; nonsense is page 1."""
    last = -(-len(NEWS) // PER_PAGE)
    wanted = int(number) if number.isdigit() and len(number) < 4 else 1
    page = min(max(wanted, 1), last)
    return NEWS[(page - 1) * PER_PAGE:page * PER_PAGE], page, last


def search(words: str) -> list[Page]:
    """Pages whose title or summary has every word asked for (at most 100 characters are used)."""
    asked = words.lower()[:100].split()
    return [page for page in PAGES + NEWS
            if asked and all(word in f"{page.title} {page.summary}".lower() for word in asked)]


def letters() -> dict[str, list[Page]]:
    """Products by first letter."""
    found: dict[str, list[Page]] = {}
    for page in sorted(PRODUCTS, key=lambda item: item.title):
        found.setdefault(page.title[0].upper(), []).append(page)
    return found


POINTS: tuple[Mapping[str, object], ...] = (
    {"naam": "Gemeentehuis", "adres": "Meerplein 1", "open": "maandag tot en met vrijdag, 9.00 tot 17.00 uur",
     "x": 400, "y": 230},
    {"naam": "Bibliotheek De Leeskamer", "adres": "Dorpsstraat 14",
     "open": "dinsdag tot en met zaterdag, 10.00 tot 17.00 uur", "x": 250, "y": 150},
    {"naam": "Zwembad De Meerkoet", "adres": "Zuiderdijk 3", "open": "elke dag, 7.00 tot 21.00 uur",
     "x": 560, "y": 330},
    {"naam": "Milieustraat", "adres": "Industrieweg 20", "open": "maandag tot en met zaterdag, 8.30 tot 16.30 uur",
     "x": 150, "y": 320},
)

STORIES: tuple[Mapping[str, str], ...] = (
    {"nr": "1", "naam": "Aisha zwemt elke ochtend", "kort": "Om zes uur staat Aisha al aan de rand van het bad."},
    {"nr": "2", "naam": "Wandelen met de buren", "kort": "Elke dinsdag lopen Henk en zijn buren vijf kilometer."},
    {"nr": "3", "naam": "Schaatsen op natuurijs", "kort": "De ijsclub wacht op drie nachten vorst."},
    {"nr": "4", "naam": "Judo op je zeventigste", "kort": "Riet begon laat, maar ze heeft nu de blauwe band."},
    {"nr": "5", "naam": "Fietsen naar het werk", "kort": "Bram laat de auto staan en fietst negen kilometer."},
    {"nr": "6", "naam": "Voetbal voor iedereen", "kort": "In dit team speelt iedereen mee, ook met een rolstoel."},
)

REQUIRED_BEFORE: Mapping[str, tuple[str, ...]] = {
    "/aangifte/stap-2/": ("wat", "waar"),
    "/aangifte/stap-3/": ("wat", "waar", "naam"),
}
"""Fields of the report form that must be filled before a step is reached."""
