"""Real software, looked at from end to end: what must be found in it, and what must not be called failed.

Every `failed` that these pages may have was seen again by hand (docs/real-software.md); any other is a false alarm.
Skipped, loudly, where the packages cannot be installed. One page alone: `pytest tests/real -k leaflet`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from scanner.model import Outcome, Verdict
from tests.real import software

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.thorough, pytest.mark.real, pytest.mark.timeout(900)]

SECONDS = 120.0
"""A busy machine doubles and triples the time of a look; docs/real-software.md tells it for a quiet one."""


@dataclass(frozen=True)
class Known:
    """What is known of a page: rules as `criterion rule`."""

    fails: frozenset[str] = frozenset()
    """Real defects of the software (or of its bare use): `failed` is right."""
    told: frozenset[str] = frozenset()
    """Must be said, as `failed` or as a question."""
    silent: frozenset[str] = frozenset()
    """Must not even be asked."""


def known(fails: str = "", told: str = "", silent: str = "") -> Known:
    """From lines."""
    return Known(*(frozenset(filter(None, map(str.strip, text.split(";")))) for text in (fails, told, silent)))


MAP = "1.1.1 map-alternative"
PALE = "1.4.3 axe/color-contrast"
PAGES: dict[str, Known] = {
    # Its markers are buttons, and the map takes the arrow keys.
    "map-leaflet.html": known(
        told=f"{MAP}; 3.1.2 english-name-on-dutch-page",
        silent="2.1.1 map-markers-by-mouse; 2.1.1 map-not-moved-by-keys; 1.1.1 hidden-picture-to-judge",
    ),
    # A long word in the heading at 320 px. The canvas is a tab stop here, and a list stands below.
    "map-openlayers.html": known(fails="1.4.10 reflow-two-directions", told=MAP),
    # Marker.addTo() takes away the key listener that setPopup() has set: Enter opens nothing (6.17.0).
    "map-maplibre.html": known(fails="2.1.1 focusable-but-dead", told=f"{MAP}; 2.1.1 focusable-but-dead"),
    # Link colours of its own: 4.37 on hover, 3.89 on focus. Names of the wizard's buttons that their text is not in.
    "form-formio.html": known(
        fails="1.4.3 contrast-hover; 1.4.3 contrast-focus; 2.5.3 label-not-in-name; 4.1.2 control-without-name",
        told="3.3.4 form-commits",
    ),
    "form-formio4.html": known(
        fails="1.4.3 contrast-hover; 1.4.3 contrast-focus; 2.5.3 label-not-in-name; 4.1.2 control-without-name",
        told="3.3.4 form-commits",
    ),
    # The drop-down (Choices.js) has role combobox and no name.
    "form-formio-page.html": known(fails="4.1.2 control-without-name", told="4.1.2 control-without-name"),
    "carousel-swiper.html": known(told="1.3.1 axe/list; 3.1.2 english-name-on-dutch-page"),
    # `Pauzeren` is seen, `Pause autoplay` is the name. The focus ring #0bf: at most 2.2.
    "carousel-splide.html": known(
        fails="2.5.3 label-not-in-name; 1.4.11 nontext-focus", told="2.5.3 label-not-in-name"
    ),
    # Moves by itself, no pause button; arrows in white, without outline.
    "carousel-slick.html": known(
        fails="2.2.2 changes-by-itself; 2.4.7 focus-not-visible", told="2.4.7 focus-not-visible; 1.3.1 axe/list"
    ),
    # Outline button on the grey bar: 4.29. A carousel with `data-bs-ride` has no pause button.
    "bootstrap.html": known(fails=f"{PALE}; 2.2.2 changes-by-itself", told=f"{PALE}; 3.3.1 error-texts-to-judge"),
    # Choices.js: pale placeholder, no name, a focus ring of 1.9; Tom Select leaves an unnamed select behind.
    "selects.html": known(
        fails=f"{PALE}; 1.4.3 contrast-placeholder; 1.4.11 nontext-focus; 4.1.2 axe/select-name; "
        "4.1.2 control-without-name; 4.1.3 status-not-announced",
        told="4.1.2 axe/select-name; 4.1.2 control-without-name",
    ),
    # flatpickr and Duet: days of another month can be chosen and measure 1.75 and 2.84; today on hover and focus 2.71.
    "dates.html": known(
        fails=f"{PALE}; 1.4.3 contrast-hover; 1.4.3 contrast-focus", told=f"{PALE}; 4.1.2 axe/aria-prohibited-attr"
    ),
    # White on #007fff: 3.83. The accordion's panels stand in its tablist.
    "jquery-ui.html": known(fails=f"{PALE}; 1.3.1 axe/aria-required-children", told=PALE),
    "dialogs.html": known(),
    # The send button: an icon without a name.
    "chat.html": known(
        fails="1.1.1 picture-control-without-name; 4.1.2 axe/aria-command-name", told="4.1.2 axe/aria-command-name"
    ),
    # Klaro's green: 3.28 and 3.86.
    "consent-klaro.html": known(fails=PALE, told=f"{PALE}; 4.1.2 dialog-without-name"),
    "consent-orejime.html": known(),
    "consent-vanilla.html": known(),
    # The radio button of the caption menu: its label points to another id.
    "media-mediaelement.html": known(
        fails="4.1.2 axe/label", told="1.2.2 captions-compare; 1.2.5 audio-description-none-found"
    ),
    # The large Play button: white on light blue, 2.26.
    "media-plyr.html": known(
        fails="1.4.11 nontext-icon", told="1.2.2 captions-compare; 1.2.5 audio-description-none-found"
    ),
    "media-videojs.html": known(told="1.2.5 audio-description-none-found"),
    # The chosen tab: 4.05, 18 px bold is not large. A card made of a link shows no focus.
    "denhaag.html": known(
        fails=f"{PALE}; 1.4.3 contrast-hover; 1.4.3 contrast-focus; 2.4.7 focus-not-visible", told=PALE
    ),
    "utrecht-css.html": known(told="3.3.4 form-commits"),
    "amsterdam.html": known(told="3.3.4 form-commits"),
    # Its file field says `Drag file here or choose from folder` instead of its label.
    "uswds.html": known(fails="2.5.3 field-label-not-in-name", told="2.5.3 field-label-not-in-name"),
    # Border #aaa of the search field: 2.32. Names of the page buttons stay English when their texts are Dutch.
    "table-datatables.html": known(
        fails="1.4.11 nontext-field; 2.5.3 label-not-in-name", told="2.5.3 label-not-in-name"
    ),
    # Buttons in its grid, a filter without a label, page numbers white on grey on hover (1.98), rows without focus ring.
    "table-tabulator.html": known(
        fails="1.3.1 axe/aria-required-children; 1.4.3 contrast-hover; 2.4.7 focus-not-visible; 4.1.2 axe/label",
        told="4.1.2 axe/label",
    ),
    "table-aggrid.html": known(),
    # Quill takes Tab, Shift+Tab and Escape (pressed by hand). TinyMCE's frame has no title.
    "editors.html": known(fails="2.1.2 keyboard-trap; 4.1.2 axe/frame-title", told="4.1.2 axe/frame-title"),
    # Days of other months 2.54, events white on #3788d8 3.70; `Today` is seen, `This Month` is the name.
    "calendar-fullcalendar.html": known(fails=f"{PALE}; 2.5.3 label-not-in-name", told=PALE),
    # The canvas has no alternative, and its numbers stand nowhere else.
    "charts.html": known(fails="1.1.1 picture-text-nowhere", told="1.1.1 canvas-without-name"),
    "lightboxes.html": known(told="1.1.1 alternative-to-judge"),
    # English names on Dutch buttons; what opens the choice again is a `div` for the mouse.
    "consent-cookieconsent.html": known(
        fails="2.1.1 mouse-only-control; 2.5.3 label-not-in-name; 4.1.2 clickable-without-role",
        told="2.5.3 label-not-in-name",
    ),
    "date-pikaday.html": known(),
    # The switch has no name and no state.
    "utrecht-web.html": known(fails="4.1.2 axe/aria-toggle-field-name", told="4.1.2 axe/aria-toggle-field-name"),
    # Its menu covers text and does not go away by Escape.
    "menu-superfish.html": known(fails="1.4.13 hover-content-covers"),
    # Likewise; #d23600 on #eee on hover and focus: 4.24.
    "menu-smartmenus.html": known(
        fails=f"{PALE}; 1.4.3 contrast-hover; 1.4.3 contrast-focus; 1.4.13 hover-content-covers",
        told="1.4.3 contrast-hover",
        silent="2.4.1 skip-link-broken; 4.1.2 axe/aria-valid-attr-value",
    ),
    # No pause; links in copies of slides outside the screen, where nothing brings them; dots without a name.
    "carousel-owl.html": known(
        fails="2.2.2 changes-by-itself; 2.4.7 focus-off-screen; 4.1.2 axe/button-name",
        told="4.1.2 axe/button-name",
        silent="2.4.6 headings-same",
    ),
    # Dropzone's button has `outline: inherit`. FilePond's link to its makers: 2.41, and tabindex -1.
    "upload.html": known(
        fails=f"{PALE}; 2.1.1 mouse-only-control; 2.4.7 focus-not-visible",
        told=PALE,
        silent="1.3.1 axe/aria-required-children",
    ),
    # ion.rangeSlider: ends of the scale 2.24; its tab stop shows no focus; arrow keys move it.
    "form-helpers.html": known(
        fails=f"{PALE}; 2.4.7 focus-not-visible",
        told=f"{PALE}; 4.1.2 focusable-without-role",
        silent="2.1.1 focusable-but-dead; 3.3.2 label-maybe-missing; 4.1.3 status-perhaps-not-announced",
    ),
    # `Volgende` and the file button #19b394 on white 2.65; choices and progress 3.03 to 3.35; on hover and focus 2.41 to 2.87.
    "form-survey.html": known(
        fails=f"{PALE}; 1.4.3 contrast-placeholder; 1.4.3 contrast-hover; 1.4.3 contrast-focus",
        told=f"{PALE}; 1.4.3 contrast-placeholder",
        silent="2.1.1 mouse-only-control; 3.3.2 label-maybe-missing",
    ),
    # Over the whole screen all else is inert. Markers are buttons, also as clusters.
    "map-leaflet-plugins.html": known(told=MAP, silent="1.1.1 alternative-to-judge; 4.1.2 control-without-name"),
    # While something is drawn, a marker without a name follows the mouse: a button that Tab reaches.
    "map-leaflet-draw.html": known(fails="4.1.2 axe/aria-command-name", told=MAP),
    # Its menu is a `div` for the mouse; what it shows at a bar goes away on the way to it.
    "charts-apex.html": known(
        fails="1.4.13 hover-content-not-reachable; 2.1.1 mouse-only-control; 4.1.2 clickable-without-role",
        told="1.1.1 chart-without-name",
        silent="2.4.1 skip-link-broken",
    ),
    # Sorting is a click on a `div` in the heading of the column.
    "table-bootstrap.html": known(fails="2.1.1 mouse-only-control; 4.1.2 clickable-without-role"),
    # Grey #7a7a7a: labels 3.97 to 4.29, steps 4.35. The slider's label and the lists of its drop-downs are tied to nothing, the icon
    # of the date field is a button without a name, its list holds bare links, `2026` is named `Select year`.
    "vuetify.html": known(
        fails=f"{PALE}; 1.1.1 picture-control-without-name; 1.3.1 axe/aria-required-children; 1.3.1 label-not-tied; "
        "1.4.3 contrast-low; 2.5.3 label-not-in-name; 4.1.2 axe/aria-command-name; 4.1.2 axe/aria-input-field-name",
        told=f"{PALE}; 4.1.2 axe/aria-input-field-name",
        silent="2.1.1 focusable-but-dead; 4.1.2 axe/aria-tooltip-name",
    ),
    # Its tooltip is gone when the pointer moves to it; its lists hold bare buttons and links. A field without label has an
    # empty label around it: Chromium gives it no name.
    "quasar.html": known(
        fails="1.3.1 axe/aria-required-children; 1.4.13 hover-content-not-reachable",
        told="3.3.2 label-is-placeholder-only; 4.1.2 control-without-name",
        silent="3.3.1 error-text-not-tied",
    ),
    # Blue 2.78, grey 2.09 to 3.07, placeholders 2.29. The close text of an alert is a `div`, a submenu shows no focus and its
    # entries stand in no menu, a button stands in the button for files.
    "element-plus.html": known(
        fails=f"{PALE}; 1.3.1 axe/aria-required-parent; 1.4.3 contrast-placeholder; 2.1.1 mouse-only-control; "
        "2.4.7 focus-not-visible; 4.1.2 axe/nested-interactive; 4.1.2 clickable-without-role",
        told=f"{PALE}; 1.4.3 contrast-placeholder; 4.1.2 axe/nested-interactive",
    ),
    # White on #10b981 2.53, #64748b on #f1f5f9 4.34. Panels stand in the steps' tab list; buttons that open a list or a branch have no name.
    "primevue.html": known(
        fails=f"{PALE}; 1.3.1 axe/aria-required-children; 4.1.2 axe/button-name",
        told=f"{PALE}; 4.1.2 axe/button-name; 4.1.2 tabs-none-selected",
        silent="1.4.1 colour-error; 3.3.1 error-without-text",
    ),
    # #0284c7 on white: 4.09. The button that shows a password has tabindex -1. Labels stand in slots.
    "shoelace.html": known(fails=f"{PALE}; 2.1.1 mouse-only-control", told=PALE, silent="3.3.2 label-missing"),
    # A radio group stands in its list, between the items; a card that is a link shows no focus. Hidden until its code has come.
    "ionic.html": known(
        fails="1.3.1 axe/aria-required-children; 2.4.7 focus-not-visible", told="1.3.1 axe/aria-required-children"
    ),
    # The eye that shows a password is a `span` for the mouse.
    "bootstrap-italia.html": known(
        fails="2.1.1 mouse-only-control; 4.1.2 clickable-without-role", told="2.1.1 mouse-only-control"
    ),
}


@pytest.fixture(scope="module", autouse=True)
def packages() -> Iterator[None]:
    """Installs, or skips so that nobody overlooks it."""
    try:
        software.installed()
    except software.CannotInstall as why:
        warnings.warn(f"NO REAL SOFTWARE WAS LOOKED AT: {why}", stacklevel=1)
        pytest.skip(f"no real software: {why}")
    yield


def rules(outcomes: list[Outcome], *verdicts: Verdict) -> set[str]:
    """`criterion rule` of the outcomes with these verdicts."""
    return {f"{o.criterion} {o.rule}" for o in outcomes if o.verdict in verdicts}


@pytest.mark.parametrize("name", PAGES)
def test_page_of_real_software(name: str) -> None:
    """No false alarm, nothing missed of what is known, no endless look, no broken check."""
    held(name, PAGES[name])


@pytest.mark.parametrize("number", range(7))
@pytest.mark.parametrize("system", software.SYSTEMS)
def test_examples_of_a_design_system(system: str, number: int) -> None:
    """What its makers show as their components: no failure but their filler text, and a long address in a summary."""
    pages = [name for name in software.page_names() if name.startswith(f"examples/{system}/")]
    if number >= len(pages):
        pytest.skip(f"{system} has {len(pages)} pages of examples")
    # GOV.UK's summary list lets a long e-mail address stick out at 320 px: 336 px of content.
    held(pages[number], known(fails="2.4.6 heading-is-filler; 1.4.10 reflow-two-directions"))


def test_examples_of_the_french_state() -> None:
    """A light look at every component of the DSFR: nothing fails, and the lines it draws under links are no questions."""
    seen = software.look(software.component_pages(), tabs=2, deep=False)
    assert len(seen) > 40
    for name, (visit, outcomes) in seen.items():
        account = software.told(name, visit, outcomes)
        assert visit.state == "visited" and not rules(outcomes, Verdict.FAILED), account
        asked = [o for o in outcomes if f"{o.criterion} {o.rule}" == PALE and o.verdict is Verdict.CANT_TELL]
        assert len(asked) < 20, account


def held(name: str, expected: Known) -> None:
    """Looks, and holds the outcomes to what is expected."""
    visit, outcomes = software.look([name])[name]
    account = software.told(name, visit, outcomes)
    assert visit.state == "visited", account
    assert visit.seconds < SECONDS, account
    assert not rules(outcomes, Verdict.FAILED) - expected.fails, account
    assert not expected.told - rules(outcomes, Verdict.FAILED, Verdict.CANT_TELL), account
    assert not expected.silent & rules(outcomes, Verdict.FAILED, Verdict.CANT_TELL), account
    broken = [str(o.values.get("reason", "")) for o in outcomes if "broke" in str(o.values.get("reason", ""))]
    assert not broken, account
