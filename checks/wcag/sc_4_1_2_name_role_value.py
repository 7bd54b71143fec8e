"""4.1.2 Name, Role, Value (A).

Looks at: role, name and state of every control as Chromium's accessibility tree has them, in every state the page
    was led into; axe-core's results; the documents inside frames; what toggles, tabs and boxes say of themselves before
    and after they are operated.
Fails: a control without a name, or with a name that is no text (a glyph of an icon font, `undefined`, an unfilled
    template); something in the tab order whose role does not exist; a frame with content and without a name; a
    control inside another control, or focusable inside `aria-hidden`; a state that does not follow what is seen.
Cannot see: whether a name is the right one (that of a button called by a symbol such as `×` is put to a person);
    controls that nothing marks as such and no click was tried on.
Sources: WCAG 2.1 4.1.2; ACT 97a4e1, e086e5, m6b1q3, c487ae, 59796f, 2t702h, cae760, 4b1c6c, 307n5z, 6cfa84;
    techniques F15, F20, F59, F68, F79, F86; decision 0015 (ARIA validity by outcome), decision 0016 (frames).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

from checks.roles import NO_ROLE
from checks.wcag.axe_rules import axe_outcomes
from scanner.model import Json, Outcome, PageEvidence, Verdict

CRITERION = "4.1.2"
NEEDS = ("axe", "names")

NAMED_BY_PSEUDO = (
    "button-name",
    "link-name",
    "aria-command-name",
    "summary-name",
    "aria-tab-name",
    "aria-toggle-field-name",
)
"""Axe's rules that leave `::before` and `::after` out of the name, which browsers count."""
_PRESSED = frozenset({"button", "togglebutton", "popupbutton", "switch", "menuitem", "tab"})
"""Controls that do something, and whose name must say what; a link's is judged by what stands around it (2.4.4)."""
FRAME_WORDS = re.compile(
    r"^(i?frames?|untitled|naamloos|title|titel|content|inhoud|embed|null|undefined)\s*\d*$|^https?://|\.(html?|php|aspx?)$",
    re.I,
)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    frames = _frames(page)
    sentinels = _sentinels(page)
    lacking = {_key(el) for _, names in page.seen("names") for el in names["states"]}
    strange = {_key(el) for _, names in page.seen("names") for el in names["strange"]}

    def proven(rule: str, node: Json) -> Verdict | None:
        if rule == "frame-title":
            frame = frames.get(_key(node))
            return frame_verdict(*frame) if frame else Verdict.CANT_TELL
        if rule in NAMED_BY_PSEUDO and str(node.get("name", "")).strip() and _key(node) not in strange:
            return Verdict.CANT_TELL
        if rule == "nested-interactive" and node.get("tree") and not node["tree"]["stops"]:
            return Verdict.CANT_TELL  # Tab goes past it, and the role hides it from the tree: only a pointer meets it
        if rule == "aria-required-attr" and _key(node) in lacking:
            return Verdict.INAPPLICABLE  # asked below, by the name of the attribute
        if rule == "aria-hidden-focus":
            return _hidden_focus(node, sentinels) or (Verdict.INAPPLICABLE if _set_aside(node) else None)
        if rule == "aria-tooltip-name" and node.get("tree") and not node["tree"]["shows"]:
            return Verdict.INAPPLICABLE  # a tooltip that is not out has nothing to be named by, and nobody meets it
        if rule == "aria-prohibited-attr" and (node.get("tree") or {}).get("told"):
            return Verdict.INAPPLICABLE  # what may not be heard there is heard from what stands in it
        if rule == "aria-valid-attr-value" and (_made_on_opening(node) or _nothing_lost(node) or _hides_nothing(node)):
            return Verdict.INAPPLICABLE
        return None

    yield from axe_outcomes(page, CRITERION, proven=proven)
    yield from _names(page)
    yield from _insides(page)
    yield from _roles(page)
    yield from _frame_names(page)
    yield from _toggles(page)
    yield from _without_role(page)


def _made_on_opening(node: Json) -> bool:
    """Axe only wonders whether `aria-controls` names a popup that is not there: such a popup is made when it opens."""
    data = [check.get("data") for check in node.get("checks", ())]
    return bool(data) and all(isinstance(d, dict) and d.get("messageKey") == "controlsWithinPopup" for d in data)


def _hides_nothing(node: Json) -> bool:
    """An empty `aria-hidden`, which hides nothing, on what tells nothing."""
    data = [check.get("data") for check in node.get("checks", ())]
    empty = bool(data) and all(isinstance(d, dict) and d.get("needsReview") == "aria-hidden" for d in data)
    return empty and bool((node.get("tree") or {}).get("bare"))


_RELATIONS = frozenset({"aria-controls", "aria-owns", "aria-activedescendant", "aria-flowto", "aria-details"})
"""References to another part: nothing of the element's own name, role or value hangs on them."""
_ATTRIBUTE = re.compile(r'(aria-[a-z]+)="')


def _nothing_lost(node: Json) -> bool:
    """A reference to what is not there yet or stands in another tree; one for the name only when it has that name."""
    tree = node.get("tree") or {}
    data = [check.get("data") for check in node.get("checks", ())]
    flagged = {name for one in data for name in _ATTRIBUTE.findall(str(one))}
    lost = tree.get("lost", {})

    def harmless(attribute: str) -> bool:
        if attribute in _RELATIONS:
            return bool(attribute in lost and (tree["opens"] or lost[attribute] is not None))
        if attribute == "aria-describedby" and attribute in lost:
            return not tree.get("field")  # a tooltip is made when it shows; of a field the hint may be lost
        named = str(lost.get(attribute) or "")
        return attribute == "aria-labelledby" and bool(named) and named.lower() in str(node.get("name", "")).lower()

    return bool(flagged) and all(map(harmless, flagged))


TOGGLE_RULES = {
    "stale": "state-does-not-change",
    "inverted": "state-is-inverted",
    "tab": "tab-not-selected",
    "checked": "checked-does-not-change",
    "chosen": "checked-does-not-change",
    "value": "value-does-not-change",
}
"""What checks.toggles found to disagree, and the rule that says it."""


def _toggles(page: PageEvidence) -> Iterator[Outcome]:
    for look, seen in page.seen("toggles"):
        for toggle in seen["toggles"]:
            values = {"name": toggle["name"], "role": toggle["role"], "shown": "; ".join(toggle["shown"][:2])[:120]}
            steps = (f"click: {toggle['name']}", f"click: {toggle['name']}")
            if toggle["kind"] == "value":
                steps = (f"focus: {toggle['selector']}", "ArrowUp")
            if toggle["verdict"] in TOGGLE_RULES:
                rule = TOGGLE_RULES[toggle["verdict"]]
                sure = toggle["confirmed"] and toggle["verdict"] != "chosen"
                verdict = Verdict.FAILED if sure else Verdict.CANT_TELL
                yield look.outcome(verdict, CRITERION, rule, toggle, replay=steps, **values)
            elif toggle["verdict"] in ("missing", "drawn"):
                yield look.outcome(
                    Verdict.CANT_TELL,
                    CRITERION,
                    "toggle-without-state" if toggle["verdict"] == "missing" else "picture-without-state",
                    toggle,
                    practice=Verdict.FAILED,
                    replay=steps,
                    **values,
                )


def _without_role(page: PageEvidence) -> Iterator[Outcome]:
    """What a click or a key proved to be a control (checks.probes.clicks) and assistive technology takes for text."""
    proven = set()
    for look, clicks in page.seen("clicks"):
        for item in (*clicks["mouse"], *clicks["dead"]):
            if item["confirmed"] and not item["composite"] and item["role"] in NO_ROLE:
                proven.add(_key(item))
                replay = (*(("viewport 320 x 256",) if item.get("narrow") else ()), f"click: {item['selector']}")
                yield look.failed(CRITERION, "clickable-without-role", item, replay=replay, name=item["name"])
        for item in clicks.get("acting", ()):
            if item["equivalent"]:  # Enter did something, twice
                proven.add(_key(item))
                keys = (f"focus: {item['selector']}", "Enter")
                yield look.failed(CRITERION, "clickable-without-role", item, replay=keys, name=item["name"])
    for look, inventory in page.seen("listeners"):
        for item in inventory["elements"]:
            if _looks_like_control(item) and _key(item) not in proven:
                name = item["name"] or item["text"]
                yield look.outcome(
                    Verdict.CANT_TELL, CRITERION, "focusable-without-role", item, practice=Verdict.FAILED, name=name
                )


_NATIVE = re.compile(r"<(input|select|textarea|button|summary|iframe|video|audio)\b")
"""Some of these, such as a field for a date, have no role of ARIA; the browser gives them one of its own."""


def _looks_like_control(item: Json) -> bool:
    """In the tab order, listening to clicks or keys, without a role, and not a part of the page as a whole."""
    if _NATIVE.match(str(item["snippet"])):
        return False
    listens = {"click", "mousedown", "pointerdown", "keydown", "keyup"} & set(item["types"])
    return bool(item["focusable"] and item["visible"] and listens and item["role"] in NO_ROLE and item["share"] < 0.2)


def _key(element: Json) -> tuple[str, str]:
    return str(element.get("frame", "")), str(element.get("selector", ""))


def _names(page: PageEvidence) -> Iterator[Outcome]:
    said_by_axe = {
        _key(node)
        for _, axe in page.seen("axe")
        for rule in axe.get("violations", ())
        for node in rule["nodes"]
        if rule["rule"].endswith("-name") or rule["rule"] in ("label", "area-alt", "input-image-alt")
    }
    symbols: set[str] = set()
    for look, names in page.seen("names"):
        for element in names["empty"]:
            if _key(element) not in said_by_axe and element["role"] not in ("option", "treeitem", "listbox"):
                # An empty label keeps Chromium from the placeholder or title, and it passes over the title of something
                # within; by the rules for names these count.
                hint = str(element.get("hint", ""))
                values = {"role": element["role"], **({"title": hint} if hint else {})}
                yield look.outcome(Verdict.CANT_TELL if hint else Verdict.FAILED, CRITERION, "control-without-name",
                                   element, practice=Verdict.FAILED if hint else None, **values)
        for element in names["strange"]:
            if element["kind"] == "symbol":
                if element["role"] in _PRESSED and not element["title"] and element["name"] not in symbols:
                    symbols.add(element["name"])
                    yield look.cant_tell(CRITERION, "name-is-symbol", element, practice=Verdict.FAILED,
                                         name=element["name"], role=element["role"])
                continue
            if _key(element) in said_by_axe or (element["kind"] == "glyph" and element["title"]):
                continue
            certain = element["kind"] in ("glyph", "template") or element["name"].startswith(("undefined", "[object"))
            if certain and element["kind"] != "part":
                rule = "name-is-glyph" if element["kind"] == "glyph" else "name-is-code"
                yield look.failed(CRITERION, rule, element, name=element["name"], role=element["role"])
            else:
                yield look.cant_tell(
                    CRITERION, "name-looks-like-code", element, name=element["name"], role=element["role"]
                )
        for element in names["dialogs"]:
            if not element["name"]:
                yield look.outcome(
                    Verdict.CANT_TELL, CRITERION, "dialog-without-name", element, practice=Verdict.FAILED
                )


def _insides(page: PageEvidence) -> Iterator[Outcome]:
    """A Tab stop inside a control: the control's role says that there is nothing in it."""
    for look, names in page.seen("names"):
        for element in names["insides"]:
            steps = ("Tab", f"focus: {element['selector']}")
            values = {"role": element["role"], "name": element["name"]}
            yield look.failed(CRITERION, "focusable-inside-control", element, replay=steps, **values)


def _roles(page: PageEvidence) -> Iterator[Outcome]:
    """ARIA validity by outcome: what the tree has lost of something that people operate. Decision 0015."""
    for look, names in page.seen("names"):
        for element in names.get("disguised", ()):
            yield look.failed(CRITERION, "control-says-it-is-something-else", element, name=element["name"],
                              role=element["role"], tag=element["tag"], replay=(f"focus: {element['selector']}",))
        for element in names["roles"]:
            if element["focusable"]:
                yield look.failed(CRITERION, "role-does-not-exist", element, asked=element["asked"])
        for element in names["states"]:
            yield look.outcome(
                Verdict.CANT_TELL,
                CRITERION,
                "state-not-given",
                element,
                practice=Verdict.FAILED,
                role=element["role"],
                attribute=element["lacks"],
            )
        for element in names["tablists"]:
            yield look.outcome(
                Verdict.CANT_TELL,
                CRITERION,
                "tabs-none-selected",
                element,
                practice=Verdict.FAILED,
                tabs=element["tabs"],
                selected=element["selected"],
            )


def _frames(page: PageEvidence) -> dict[tuple[str, str], tuple[Json, Json | None]]:
    """Each frame element with the document inside it, where that could be told."""
    found: dict[tuple[str, str], tuple[Json, Json | None]] = {}
    for _, names in page.seen("names"):
        for frame in names["frames"]:
            if _key(frame) not in found or found[_key(frame)][1] is None:
                found[_key(frame)] = (frame, frame["inside"] or document_of(frame["src"], names["documents"]))
    return found


def document_of(src: str, documents: list[Json]) -> Json | None:
    """The document that a frame of another origin holds: by address, else the only one of that host."""
    address = urldefrag(src)[0]
    same = [d for d in documents if urldefrag(d["url"])[0] == address]
    host = [d for d in documents if urlsplit(d["url"]).netloc == urlsplit(address).netloc != ""]
    return same[0] if same else host[0] if len(host) == 1 else None


def frame_verdict(frame: Json, inside: Json | None) -> Verdict:
    """What an unnamed frame is: FAILED when there is something in it to name, INAPPLICABLE when there is nothing."""
    if inside is None:
        return Verdict.CANT_TELL if frame["shown"] else Verdict.INAPPLICABLE
    if inside["focusable"]:
        return Verdict.FAILED
    if not frame["shown"] or not (inside["text"] or inside.get("pictures", 0)):
        return Verdict.INAPPLICABLE
    return Verdict.CANT_TELL if inside["title"] else Verdict.FAILED


def _frame_names(page: PageEvidence) -> Iterator[Outcome]:
    for look, names in page.seen("names"):
        for frame in names["frames"]:
            if frame["exposed"] and frame["shown"] and frame["name"] and FRAME_WORDS.search(frame["name"].strip()):
                yield look.outcome(
                    Verdict.CANT_TELL,
                    CRITERION,
                    "frame-name-says-nothing",
                    frame,
                    practice=Verdict.FAILED,
                    name=frame["name"],
                )


def _sentinels(page: PageEvidence) -> list[Json]:
    """Focusable elements inside aria-hidden, with `stayed`: whether focus stayed on them when it was put there."""
    return [element for _, toggles in page.seen("toggles") for element in toggles.get("hiddenFocus", ())]


def _set_aside(node: Json) -> bool:
    """What a dialog, menu or list keeps from assistive technology while focus is in it, and the guards at its ends.

    Whether Tab gets behind it is tried with the keys (2.4.3).
    """
    tree = node.get("tree") or {}
    modal = "focusable-modal-open" in [check.get("id") for check in node.get("checks", ())]
    return bool((modal and tree.get("elsewhere")) or tree.get("aside") or tree.get("guard"))


def _hidden_focus(node: Json, sentinels: list[Json]) -> Verdict | None:
    """Axe cannot tell a focus guard, which hands focus on at once, from a hidden control; putting focus there can."""
    frame, selector = _key(node)
    known = [el for el in sentinels if _key(el)[0] == frame and selector in (el["selector"], *el["within"])]
    if not known:
        return None
    return Verdict.FAILED if any(el["stayed"] for el in known) else Verdict.INAPPLICABLE
