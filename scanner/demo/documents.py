"""Files that are not pages, made from nothing: PDF (tagged, untagged), zip, calendar, map tiles. Same bytes always."""

from __future__ import annotations

import io
import zipfile


def calendar() -> bytes:
    """A calendar entry (RFC 5545)."""
    return "\r\n".join([
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Gemeente Voorbeeldmeer//Agenda//NL", "BEGIN:VEVENT",
        "UID:raad-2026-03-12@voorbeeldmeer.example", "DTSTAMP:20260201T060000Z", "DTSTART:20260312T190000Z",
        "DTEND:20260312T213000Z", "SUMMARY:Raadsvergadering", "LOCATION:Raadzaal\\, Meerplein 1", "END:VEVENT",
        "END:VCALENDAR", ""]).encode()


def archive() -> bytes:
    """A zip with one text file and a fixed date."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zipfile.ZipInfo("leesmij.txt", (2026, 2, 1, 6, 0, 0)), "Kaartmateriaal van Voorbeeldmeer\n")
    return buffer.getvalue()


def map_tile(zoom: int, column: int, row: int) -> bytes:
    """A 256 px tile of a made-up map: land, water and roads that depend on the tile's place only."""
    seed = (zoom * 73 + column * 31 + row * 17) % 97
    lake = f'<path d="M0 {seed * 2 % 200} q128 {40 + seed % 60} 256 0 v40 h-256z" fill="#b5d7f0"/>'
    water = lake if seed % 3 == 0 else ""
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" viewBox="0 0 256 256">'
            f'<rect width="256" height="256" fill="#eef0e4"/>{water}'
            f'<path d="M{seed} 0V256M0 {255 - seed}H256" stroke="#fff" stroke-width="10"/>'
            f'<path d="M{(seed * 3) % 256} 0L{(seed * 7) % 256} 256" stroke="#f6dfa4" stroke-width="7"/>'
            '</svg>').encode()


def tagged_pdf() -> bytes:
    """A one-page PDF with structure tree, title, language and real text."""
    text = (b"/H1 <</MCID 0>> BDC BT /F1 20 Tf 60 760 Td (Regels voor subsidie zonnepanelen) Tj ET EMC\n"
            b"/P <</MCID 1>> BDC BT /F1 12 Tf 60 730 Td (U kunt tot 1 oktober subsidie aanvragen.) Tj ET EMC\n")
    return _pdf([
        b"<</Type/Catalog/Pages 2 0 R/Lang(nl-NL)/MarkInfo<</Marked true>>/StructTreeRoot 6 0 R"
        b"/ViewerPreferences<</DisplayDocTitle true>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>"
        b"/StructParents 0/Tabs/S>>",
        b"<</Length %d>>stream\n%bendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Type/StructTreeRoot/K 7 0 R/ParentTree<</Nums[0[8 0 R 9 0 R]]>>>>",
        b"<</Type/StructElem/S/Document/P 6 0 R/K[8 0 R 9 0 R]>>",
        b"<</Type/StructElem/S/H1/P 7 0 R/Pg 3 0 R/K 0>>",
        b"<</Type/StructElem/S/P/P 7 0 R/Pg 3 0 R/K 1>>",
        b"<</Title(Regels voor subsidie zonnepanelen)/CreationDate(D:20260201060000Z)>>",
    ], info=10)


def untagged_pdf() -> bytes:
    """A one-page PDF without structure, title or language: what a drawing program makes."""
    text = b"BT /F1 22 Tf 60 760 Td (Begroting in beeld) Tj 0 -40 Td /F1 12 Tf (Wonen 12  Zorg 31  Groen 4) Tj ET\n"
    return _pdf([
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%bendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</CreationDate(D:20260115080000Z)>>",
    ], info=6)


def _pdf(objects: list[bytes], info: int) -> bytes:
    """A PDF file of numbered objects, the first being the catalogue."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer\n<</Size %d/Root 1 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n"
              % (len(objects) + 1, info, start))
    return out.getvalue()
