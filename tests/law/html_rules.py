"""What every page of ours must be: a few hard rules over the made HTML, so that a template cannot break them unseen."""

from collections import Counter

from lxml import html


def faults(page):
    """Everything that is wrong with a page; empty when all rules hold."""
    tree = html.document_fromstring(page)
    found = []
    if not tree.get("lang"):
        found.append("no language")
    if not (tree.findtext(".//title") or "").strip():
        found.append("no title")
    for name in ("h1", "main", "header", "footer"):
        if len(tree.findall(f".//{name}")) != 1:
            found.append(f"not exactly one {name}")
    last = 0
    for heading in tree.xpath("//h1|//h2|//h3|//h4|//h5|//h6"):
        level = int(heading.tag[1])
        if level > last + 1:
            found.append(f"{heading.tag} after h{last}: {heading.text_content().strip()[:40]}")
        if not heading.text_content().strip():
            found.append(f"empty {heading.tag}")
        last = level
    found += [f"id {name} stands twice" for name, count in Counter(tree.xpath("//@id")).items() if count > 1]
    found += [f"label of {name} is not there" for names in tree.xpath("//@aria-labelledby|//@aria-describedby") for name in names.split()
              if not tree.xpath(f"//*[@id='{name}']")]
    for table in tree.iter("table"):
        if not (table.findtext("caption") or "").strip():
            found.append("table without caption")
        if any(not cell.get("scope") for cell in table.iter("th")) or not list(table.iter("th")):
            found.append("table heading without scope")
    for link in tree.iter("a"):
        if not link.text_content().strip() and not link.get("aria-label"):
            found.append(f"link without text to {link.get('href')}")
        if link.get("href", "").split(":")[0].lower() in ("javascript", "data"):
            found.append("dangerous link")
    for image in tree.iter("img"):
        if image.get("alt") is None:
            found.append("picture without alternative")
    for drawing in tree.iter("svg"):
        if drawing.get("role") != "img" or not drawing.findtext("title"):
            found.append("drawing without name")
    found += ["script" for _ in tree.iter("script")]
    return found


def words(page):
    """The text of a page with single spaces."""
    return " ".join(html.document_fromstring(page).find(".//main").text_content().split())


def microdata(page):
    """Every itemprop with its values, in order."""
    found = {}
    for element in html.document_fromstring(page).xpath("//*[@itemprop]"):
        value = element.get("content") or element.get("datetime") or element.get("href") or element.text_content().strip()
        found.setdefault(element.get("itemprop"), []).append(value)
    return found
