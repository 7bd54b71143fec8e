"""1.1.1 Non-text Content (A).

Looks at: every visible picture, drawing and image button, with its alternative, its size and the text around it;
pictures that a script changes for others, while the alternative stays;
pictures made of typed signs or shown by a style sheet; links and buttons that show a picture only; maps, and the lists,
tables and search fields near them; axe-core's results in every state.
Fails: what axe-core confirms (no alternative at all); an alternative that is a file name, an address or a code; a
link or button that shows only a picture or a sign of an icon font and has no name; an area of an image map without
one; an empty alternative on a picture that its role or place in
the tab order shows to assistive technology all the same.
Cannot see: what a picture shows; what stands in an `embed`, which is asked about when it has no name; whether the
value of a nameless `progress` or `meter`, which is told, says enough where it stands. Each distinct picture is put to a
person with its alternative, once, the largest first, but not an icon within a link, button or menu entry that has words
of its own. Of a map one question is asked: whether what it tells is also there as text.
Sources: WCAG 2.1 1.1.1; F3, F20, F30, F38, F39, F65, F72, H53, H86; ACT 23a2a8, qt1vmo, e88epe, 59796f, 7d6734, 8fc3b6,
9eb3f6; decision 0029.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from checks.wcag.axe_rules import axe_outcomes
from checks.wcag.picture_text import lost_from_alternative
from checks.wording import words
from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "1.1.1"
NEEDS = ("axe", "graphics", "controls", "maps")

_FILE_NAME = re.compile(r"^[\w\s.,()%+&'-]{1,150}\.(jpe?g|png|gif|svg|webp|avif|bmp|tiff?|heic)(\?\S*)?$", re.I)
_CAMERA = re.compile(
    r"^(IMG|DSC|DSCN|DSCF|PXL|MVIMG|Screenshot|Schermafbeelding|Schermafdruk|WhatsApp[ _]Image)[ _-]?\d[\w .-]*$", re.I)
_MADE = re.compile(
    r"^(adobe[ _-]?stock|shutter ?stock|i ?stock( ?photo)?|deposit ?photos|getty ?images|dreamstime|pixabay|pexels"
    r"|unsplash)(?=.*\d{4})[\w ()-]*$|^\d{8}[_-]\d{6}(\(\d+\)|_\w+)?$|^P\d{7}$|^csm_\w+_[0-9a-f]{10}$"
    r"|^[a-z]+([_-][a-z]+)*[_-]\d{3,4}x\d{3,4}$", re.I)
"""Names that photo libraries, cameras and content systems give to files."""
_WRITTEN_FOR_FILES = re.compile(r"_|\d{5}|-.*-.*-|\d{2,4}x\d{2,4}")
_GLYPHS = re.compile(r"[\s\ufffd\ue000-\uf8ff\U000f0000-\U0010fffd]+")
"""Signs of icon fonts, which are no text."""
_ADDRESS = re.compile(r"^(https?:)?//\S+$|^data:\S+$|^/\S+/\S+\.\w{2,4}$", re.I)
_CODE = re.compile(r"^(?=\S*\d)(?=\S*[a-f])[0-9a-f]{16,}$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.I)
_PLACEHOLDER = re.compile(
    r"^(afbeelding|foto|plaatje|beeld|image|picture|photo|img|icon|icoon|pictogram|graphic|grafiek|logo|banner|spacer|placeholder"
    r"|untitled|naamloos|alt|alt text|alt tekst|alttekst|thumbnail|header|bild|null|undefined"
    r"|leeg|lege alt|geen( alt( tekst)?)?|geen alttekst|sfeerbeeld|sfeerfoto|sfeerimpressie|stockfoto|stock photo"
    r"|decorati(ef|eve afbeelding|on|ve)|illustrati(e|on)"
    r"|(foto|afbeelding|beeld) bij (dit |het |een )?(artikel|bericht|nieuws(bericht)?|pagina)|\W{1,3}|x)[ _-]?\d*$"
    r"|^(?=\S{7})[a-z0-9-]*_\S*$", re.I)
_DOCUMENT = re.compile(r"""type="(application/(pdf|xhtml)|text/)|(data|src)="[^"]*\.(pdf|html?|docx?)(["?#])""", re.I)
"""An object with a document in it, which may be text all through."""
SMALL = 24
"""CSS px: smaller pictures are icons or spacers."""
_BAR_RULES = ("aria-meter-name", "aria-progressbar-name")
ICON = 32
"""CSS px: at most this is an icon beside words."""
MOST = 50
"""Pictures of one kind that are put to a person per page, the largest first."""


def not_an_alternative(name: str, source: str = "") -> str:
    """`file-name`, `address` or `code` when the alternative is one of these; else an empty string."""
    text = " ".join(name.split())
    if _FILE_NAME.match(text) or _CAMERA.match(text) or _MADE.match(text):
        return "file-name"
    stem = unquote(urlsplit(source).path.rpartition("/")[2]).rpartition(".")[0]
    if stem and text.lower() == stem.lower() and _WRITTEN_FOR_FILES.search(stem) and " " not in stem:
        return "file-name"
    if _ADDRESS.match(text):
        return "address"
    return "code" if _CODE.match(text) else ""


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    bodies = {(_frame(g), g["selector"]) for _, seen in page.seen("graphics") for g in seen["graphics"]
              if g["kind"] == "object" and g["fallback"]}

    told = {_place(bar) for _, seen in page.seen("graphics") for bar in seen.get("bars", ()) if bar["tells"]}

    def proven(rule: str, node: Json) -> Verdict | None:
        """A figure beside a bar may tell the same; the body of an object may be its alternative (H53).

        Whether people are given that body depends on their programs.
        """
        if rule in _BAR_RULES:
            if str(node.get("name", "")).strip():
                return Verdict.INAPPLICABLE  # axe passes over the label of a `progress` or `meter` that says its role
            return Verdict.CANT_TELL if _place(node) in told else None
        body = rule == "object-alt" and (str(node.get("frame", "")), node["selector"]) in bodies
        document = rule == "object-alt" and _DOCUMENT.search(str(node.get("snippet", "")))
        return Verdict.CANT_TELL if body or document else None

    of_axe = list(axe_outcomes(page, CRITERION, proven=proven))
    yield from of_axe
    bare = {(o.place.frame, o.place.selector) for o in of_axe if o.place and o.verdict is Verdict.FAILED}
    yield from lost_from_alternative(page)
    for look, seen in page.seen("controls"):
        yield from _picture_controls(look, seen["controls"])
    for look, seen in page.seen("maps"):
        for found in seen["maps"]:
            yield _map(look, found)
    for look, clock in page.seen("clock"):
        for picture in clock.get("swapped", ()):
            yield look.cant_tell(CRITERION, "picture-changes-alternative-stays", picture, practice=Verdict.FAILED,
                                 alternative=picture["alternative"], times=picture["times"])
    asked: set[tuple[str, str, str]] = set()
    spent: dict[str, int] = defaultdict(int)
    for look, seen in page.seen("graphics"):
        loaded = _undermost([g for g in seen["graphics"] if g["loaded"]])
        graphics = sorted(loaded, key=lambda g: -int(g["width"]) * int(g["height"]))
        for graphic in graphics:
            for outcome in _graphic(look, graphic):
                # What has no alternative at all has been told; there is nothing to judge yet.
                if outcome.verdict is not Verdict.FAILED and (_frame(graphic), graphic["selector"]) in bare:
                    continue
                key = (outcome.rule, str(graphic["source"]), str(graphic["name"]))
                if outcome.verdict is Verdict.FAILED or (key not in asked and spent[outcome.rule] < MOST):
                    asked.add(key)
                    spent[outcome.rule] += outcome.verdict is not Verdict.FAILED
                    yield outcome
        for icon in seen.get("icons", ()):
            rule = "cell-shows-picture-only" if icon["alone"] else "icon-read-as-word"
            yield look.cant_tell(CRITERION, rule, icon, practice=Verdict.FAILED, text=icon["words"])
        for bar in seen.get("bars", ()):
            if bar["native"]:  # of the others axe tells
                yield look.cant_tell(CRITERION, "bar-without-name", bar, practice=Verdict.FAILED,
                                     text=bar["tells"] or "–")
        for odd in seen.get("oddLetters", ()):
            yield look.cant_tell(CRITERION, "letters-look-alike", odd, practice=Verdict.FAILED, text=odd["words"])
        for drawn in seen.get("typed", ()):
            yield look.cant_tell(CRITERION, "picture-of-typed-signs", drawn, practice=Verdict.FAILED,
                                 text=drawn["words"])
        for source, shown in {str(s["source"]): s for s in reversed(seen.get("styled", ()))}.items():
            yield look.cant_tell(CRITERION, "picture-from-style-sheet", shown, source=source)
        yield from _same_alternative(look, graphics)
        for background in seen["backgrounds"][:10]:
            if not background["hidden"] and not background["name"]:
                yield look.cant_tell(CRITERION, "background-to-judge", background, source=background["source"])


def _place(element: Json) -> tuple[str, str]:
    return _frame(element), str(element["selector"])


def _frame(graphic: Json) -> str:
    return str(graphic.get("frame", ""))


def _undermost(graphics: Sequence[Json]) -> list[Json]:
    """Of nameless drawings that lie exactly over each other, which make one chart, the one with the most in it."""
    layers: dict[tuple[object, ...], Json] = {}
    for graphic in graphics:
        place = (_frame(graphic), *graphic["box"])
        if graphic["kind"] == "svg" and not graphic["name"]:
            known = layers.setdefault(place, graphic)
            layers[place] = max(known, graphic, key=lambda one: int(one["shapes"]))
    return [g for g in graphics if g["kind"] != "svg" or g["name"]
            or layers[(_frame(g), *g["box"])] is g]


def _picture_controls(look: StateEvidence, controls: Sequence[Json]) -> Iterator[Outcome]:
    for control in controls:
        box = control["box"]
        nameless = not _GLYPHS.sub("", str(control["name"]))
        if (control["drawn"] and nameless and control["focusable"] and not control["hidden"]
                and control["tag"] not in ("area", "input") and min(box[2], box[3]) >= 10):
            # A picture that its author declares to be decoration: the missing name fails 4.1.2; here it is a question.
            # So it is with a sign whose meaning stands in a tooltip.
            declared = bool(control["pictureHidden"] or (control["name"] and control["title"]))
            yield look.outcome(Verdict.CANT_TELL if declared else Verdict.FAILED, CRITERION,
                               "picture-control-without-name", control, practice=Verdict.FAILED if declared else None,
                               role=str(control["role"]))


def _map(look: StateEvidence, found: Json) -> Outcome:
    """Whether the essential information of a map is there as text is for a person; what stands near is the evidence."""
    things = int(found["markers"]) + int(found["drawn"])
    nothing = not found["beside"] and not found["search"] and not found["markers_reached"]
    usual = Verdict.FAILED if nothing and things and not found["frame_address"] else None
    return look.cant_tell(
        CRITERION, "map-alternative", found, practice=usual, library=found["library"], name=found["name"] or "–",
        beside=" / ".join((*found["beside"], *found["search"]))[:300] or "–", markers=found["markers"],
        marker_names=", ".join(filter(None, found["marker_names"])) or "–")


def _graphic(look: StateEvidence, graphic: Json) -> Iterator[Outcome]:
    name, width, height = str(graphic["name"]), int(graphic["width"]), int(graphic["height"])
    control = graphic["control"] or {}
    values: dict[str, Any] = {
        "alternative": name[:200], "source": str(graphic["source"])[-120:], "width": width, "height": height,
        "caption": str(graphic["caption"])[:200], "around": str(graphic["around"])[:200],
        "link": str(control.get("link", ""))[:200]}
    large = width >= SMALL and height >= SMALL
    if graphic["exposed"] and name:
        kind = not_an_alternative(name, str(graphic["source"]))
        if kind and large and graphic["kind"] in ("img", "button", "role", "svg"):
            # A caption that speaks of it by that name: so it may be called.
            called = name.strip() in values["caption"] and len(words(values["caption"])) >= len(words(name)) + 3
            say = look.cant_tell if called else look.failed
            yield say(CRITERION, "alternative-is-file-name", graphic, kind=kind, **values)
        elif _PLACEHOLDER.match(name.strip()) and large:
            yield look.cant_tell(CRITERION, "alternative-is-placeholder", graphic, practice=Verdict.FAILED, **values)
        elif not graphic.get("marker") and not _beside_words(control, width, height):
            # The names of markers stand in the question about their map.
            yield look.cant_tell(CRITERION, "alternative-to-judge", graphic, **values)
        return
    if graphic.get("nameless"):
        yield look.failed(CRITERION, "decoration-exposed", graphic, **values)
        return
    if graphic["kind"] == "embed":
        # Axe does not look at these. A document may be text all through; the browser's own viewer is not the page's.
        own = "internalid=" in str(graphic["snippet"]) or "about:blank" in str(graphic["source"])
        if large and not name and not graphic["hidden"] and not own:
            usual = None if _DOCUMENT.search(str(graphic["snippet"])) else Verdict.FAILED
            yield look.cant_tell(CRITERION, "embed-without-name", graphic, practice=usual, **values)
        return
    if graphic["kind"] == "canvas":
        if not graphic["blank"] and large:
            yield look.cant_tell(CRITERION, "canvas-without-name", graphic, **values)
        return
    if graphic.get("alone") and graphic["kind"] in ("img", "svg") and not graphic["exposed"]:
        yield look.cant_tell(CRITERION, "cell-shows-picture-only", graphic, practice=Verdict.FAILED,
                             text=values["source"])
        return
    named_control = bool(control.get("name"))
    if graphic.get("ofPicture"):
        return  # the whole has an alternative, which is asked about
    if graphic["kind"] == "svg" and width >= 48 and height >= 48 and not name and not named_control:
        if not graphic["shapes"] and not graphic["texts"]:
            return
        chart = int(graphic["shapes"]) > 10 and len(str(graphic["texts"])) > 10
        if chart or not graphic["hidden"]:
            yield look.cant_tell(CRITERION, "chart-without-name" if chart else "drawing-without-name", graphic,
                                 text=str(graphic["texts"])[:200], **values)
    elif (not graphic["exposed"] and large and graphic["kind"] in ("img", "role", "svg") and not graphic.get("arrow")
          # Beside the words of a link or button of its own a small picture is decoration.
          and (not control or (width >= 100 and height >= 60)) and not graphic.get("ofNeighbour")):
        yield look.cant_tell(CRITERION, "hidden-picture-to-judge", graphic, **values)


def _beside_words(control: Json, width: int, height: int) -> bool:
    """Is it an icon within a link, button or menu entry whose own words say what it does?"""
    in_control = control.get("role") in ("button", "link", "menuitem", "tab", "menuitemradio", "menuitemcheckbox")
    return bool(in_control and width <= ICON and height <= ICON and re.search(r"[^\W\d_]{2}", str(control.get("seen"))))


def _same_alternative(look: StateEvidence, graphics: Sequence[Json]) -> Iterator[Outcome]:
    """One alternative on three or more different pictures."""
    by_name: dict[str, dict[str, Json]] = defaultdict(dict)
    for graphic in graphics:
        if graphic["exposed"] and graphic["name"] and graphic["kind"] == "img" and int(graphic["width"]) >= SMALL:
            by_name[str(graphic["name"]).lower()].setdefault(str(graphic["source"]), graphic)
    for name, pictures in by_name.items():
        if len(pictures) >= 3 and not not_an_alternative(name):
            first = next(iter(pictures.values()))
            yield look.cant_tell(CRITERION, "same-alternative", first, alternative=str(first["name"])[:200],
                                 pictures=len(pictures))
