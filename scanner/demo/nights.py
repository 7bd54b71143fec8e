"""What changes between two nights, by name, each with the truth it implies for findings.

Templates ask `{% if "name" in night %}`; outages, removals and rebuilds are answered here. A life-cycle test applies a
change, scans again and compares with `appears`, `disappears`, `stays` and `unseen`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["add", "fix", "move", "outage", "rebuild", "edit", "remove"]


@dataclass(frozen=True, slots=True)
class Change:
    """One named change and what a scanner must conclude from it."""

    name: str
    kind: Kind
    channel: str
    path: str
    """The page that changes; empty when it is the whole channel or estate."""
    appears: tuple[str, ...] = ()
    """Plants (`data-plant`) that are new: their findings open."""
    disappears: tuple[str, ...] = ()
    """Plants that are repaired: their findings are fixed."""
    stays: tuple[str, ...] = ()
    """Plants that look different but are the same barrier: their findings keep their id."""
    unseen: tuple[str, ...] = ()
    """Paths that cannot be looked at (`*`: none of the channel): their findings are `not retested`, never fixed."""


CHANGES: Mapping[str, Change] = {change.name: change for change in (
    Change("add-image-without-alt", "add", "main", "/nieuws/nieuwe-bomen-parkwijk/", appears=("bomen-zonder-alt",)),
    Change("add-field-without-label", "add", "main", "/contact/", appears=("contact-veld-zonder-naam",)),
    Change("fix-file-name-alt", "fix", "main", "/nieuws/afsluiting-dorpsstraat/",
           disappears=("alt-bestandsnaam",), stays=("alt-ontbreekt",)),
    Change("fix-contrast", "fix", "main", "/nieuws/zwembad-weer-open/",
           disappears=("contrast-grijs",), stays=("contrast-verloop",)),
    Change("fix-council-footer", "fix", "main", "/raad/", disappears=("raad-voet-bleek",), stays=("raad-ringloos",)),
    Change("move-fake-list", "move", "main", "/nieuws/inzameling-kerstbomen/", stays=("lijst-van-bolletjes",)),
    Change("outage-parking", "outage", "main", "/producten/parkeervergunning/",
           unseen=("/producten/parkeervergunning/",)),
    Change("outage-map", "outage", "kaart", "", unseen=("/", "/afval/", "/lijst/")),
    Change("style-sheet-gone", "outage", "main", "/static/voorbeeldmeer.css", unseen=("*",)),
    Change("rebuild", "rebuild", "", ""),
    Change("edit-text", "edit", "main", "/nieuws/afsluiting-dorpsstraat/", stays=("alt-bestandsnaam", "alt-ontbreekt")),
    Change("remove-page", "remove", "main", "/nieuws/kermis-in-juni/", unseen=("/nieuws/kermis-in-juni/",)),
)}


def build(changes: tuple[str, ...]) -> str:
    """Hash that class names and ids carry."""
    return "q7x2" if "rebuild" in changes else "k3f9"


def outage(changes: tuple[str, ...], channel: str, path: str) -> int:
    """HTTP status when this address is down, else 0."""
    down = any(change.kind == "outage" and change.channel == channel and change.path in ("", path)
               for change in map(CHANGES.__getitem__, changes))
    return 500 if down else 0


def gone(changes: tuple[str, ...], channel: str, path: str) -> bool:
    """Whether this page has been taken away (it answers 404)."""
    return any(change.kind == "remove" and (change.channel, change.path) == (channel, path)
               for change in map(CHANGES.__getitem__, changes))
