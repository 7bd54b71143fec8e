"""What happens to pages between two nights, at random, each leaving the barriers the same ones."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable

from lxml.html import HtmlElement, builder

from tests.findings.twin import Site, sentence

Mutation = Callable[[random.Random, Site], None]


def ids_regenerated(chance: random.Random, site: Site) -> None:
    """Every id, and data attributes as frameworks write them."""
    for tree in site.pages.values():
        for element in tree.iter():
            if element.get("id"):
                element.set("id", f"ember{chance.randrange(10**6)}")
            if chance.random() < 0.3:
                element.set(f"data-v-{chance.randrange(16**8):08x}", "")


def sibling_inserted(chance: random.Random, site: Site) -> None:
    """Before any element of the main part."""
    for tree in site.pages.values():
        for element in chance.sample(list(tree.find(".//main").iterchildren()), 2):
            element.addprevious(builder.P(sentence(chance)))


def text_edited(chance: random.Random, site: Site) -> None:
    """A word of every second text, barriers included."""
    for tree in site.pages.values():
        for element in tree.iter("p", "h1", "h2", "figcaption", "a"):
            if element.text and chance.random() < 0.5:
                words = element.text.split()
                words[chance.randrange(1, len(words)) if len(words) > 1 else 0] = "gewijzigd"
                element.text = " ".join(words)


def class_hash_changed(chance: random.Random, site: Site) -> None:
    """A new build: hashes in class names, file names and folders."""
    build = hex(chance.randrange(16**5, 16**6))[2:]
    for tree in site.pages.values():
        for element in tree.iter():
            for name, value in element.attrib.items():
                if name != "data-plant" and site.build in value:
                    element.set(name, value.replace(site.build, build))
    site.build = build


def query_strings(chance: random.Random, site: Site) -> None:
    """Cache busters and campaign marks."""
    for tree in site.pages.values():
        for element in tree.iter("img", "a"):
            for name in ("src", "href"):
                if element.get(name):
                    element.set(name, re.sub(r"[?#].*", "", element.get(name)) + f"?v={chance.randrange(10**6)}")


def component_moved(chance: random.Random, site: Site) -> None:
    """One block of the text goes elsewhere: to the aside, or into a new section."""
    for tree in site.pages.values():
        main, aside = tree.find(".//main"), tree.find(".//aside")
        blocks = [
            b
            for b in main.iterchildren()
            if b.tag in ("figure", "form", "blockquote", "div") and b.get("class") != "kalender"
        ]
        if not blocks:
            continue
        block = chance.choice(blocks)
        block.drop_tree() if block.getparent() is None else block.getparent().remove(block)
        if chance.random() < 0.5:
            aside.append(block)
        else:
            main.insert(1, builder.SECTION(builder.DIV(block), **{"class": "uitgelicht"}))


def cms_rebuild(chance: random.Random, site: Site) -> None:
    """Another system: other wrappers, class names, folders for pictures, attributes; the same content."""
    names = {
        name: f"{chance.choice('bcdfg')}{index}-blok"
        for index, name in enumerate(
            (
                "kaart",
                "kaart__pijl",
                "kalender",
                "speler",
                "inhoud",
                "kop",
                "menu",
                "voet",
                "zij",
                "formulier",
                "kaarten",
            )
        )
    }
    for tree in site.pages.values():
        for element in list(tree.iter()):
            classes = []
            for one in (element.get("class") or "").split():
                stem = re.sub(r"_[0-9a-f]{6}1$", "", one)
                classes.append(names.get(stem, stem if stem == "bleek" else "n-" + stem))
            if classes:
                element.set("class", " ".join(classes))
            if element.tag == "img":
                file = element.get("src").rpartition("/")[2]
                element.set("src", "/assets/images/" + file.replace(f".{site.build}", ""))
                element.set("loading", "lazy")
                element.set("width", "640")
        main = tree.find(".//main")
        for block in list(main.iterchildren()):
            _wrap(block, builder.DIV(**{"class": "component"}))


def rebuild_renames_files(chance: random.Random, site: Site) -> None:
    """As above, and one in fifty pictures gets a name that tells nothing: those cannot be recognised."""
    cms_rebuild(chance, site)
    names: dict[str, str] = {}
    for tree in site.pages.values():
        for image in tree.iter("img"):
            file = names.setdefault(image.get("src"), f"/assets/images/{chance.randrange(16**8):08x}.webp" if chance.random() < 0.02 else image.get("src"))
            image.set("src", file)


def _wrap(block: HtmlElement, wrapper: HtmlElement) -> None:
    block.addprevious(wrapper)
    wrapper.append(block)


MUTATIONS: dict[str, Mutation] = {
    one.__name__: one
    for one in (
        ids_regenerated,
        sibling_inserted,
        text_edited,
        class_hash_changed,
        query_strings,
        component_moved, cms_rebuild, rebuild_renames_files)
}


def mutated(chance: random.Random, site: Site, *names: str) -> Site:
    """A copy of a site after these changes."""
    new = Site({url: copy.deepcopy(tree) for url, tree in site.pages.items()}, site.build)
    for name in names:
        MUTATIONS[name](chance, new)
    return new


def replaced(chance: random.Random, site: Site) -> None:
    """One barrier of the text repaired, and another of its kind made on the same page: not the same one."""
    for url, tree in site.pages.items():
        for image in tree.find(".//main").iter("img"):
            if image.get("alt") is None and chance.random() < 0.7:
                image.set("alt", "Een plein")
                tree.find(".//main").append(
                    builder.FIGURE(
                        builder.IMG(src=f"/media/nieuw-{chance.randrange(99)}.jpg", **{"data-plant": f"nieuw {url}"})
                    )
                )
                break
