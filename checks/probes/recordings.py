"""What is in the films, sounds and caption files of a page, as far as a machine can hear and read.

Runs only where the page probe `media` found film or sound elements, caption files, or links to a text version. Plays
nothing aloud. The record holds

* `files`: for each element (`selector`, `frame`): `duration` in seconds, `sound` (`sound`, `silent`: a sound track with
  nothing in it, `none`: no sound track, `unknown` with `why`), `audible` seconds, `error` (HTML's media error code);
* `tracks`: for each `<track>`: `status`, `cues`, `words`, `last` (end of the last cue, in seconds), `start` (first
  words), `trouble` (empty when it is a readable file with cues);
* `links`: for each link to a text version: `status`, `words` on the page behind it, `trouble`.

Sources: HTML media elements; WebVTT; fifty-criteria 1.2.1 and 1.2.2.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag

import lxml.html
import webvtt
from playwright.async_api import APIRequestContext, Error

from checks.harness import COMMITTING, SafetyLevel
from checks.inpage import script
from checks.tab import Frame, ScriptError, Tab, Unreachable
from scanner.model import Json

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.LOOK
SECONDS = 20.0
ORDER = 30

MAX_ELEMENTS = 6
MAX_TRACKS = 12
MAX_LINKS = 6
MAX_DECODED = 12_000_000
"""Bytes of a file that is decoded; larger ones are `unknown`."""
MAX_TEXT = 1_000_000


async def look(at: Look) -> Json:
    """The record described above."""
    things = at.seen("media").get("things", ())
    elements = [t for t in things if t["how"] == "element" and t["hasSource"] and t["shown"]][:MAX_ELEMENTS]
    tracks = [{"selector": t["selector"], "frame": t.get("frame", ""), **track}
              for t in things for track in t["tracks"] if track["url"]][:MAX_TRACKS]
    links = _text_links(things, at.url)
    if not elements and not tracks and not links:
        return {"files": [], "tracks": [], "links": []}
    async with at.lab() as tab:
        asked = tab.context.request
        read = asyncio.gather(*(read_track(asked, track) for track in tracks),
                              *(read_page(asked, url) for url in links))
        files = [await listen(tab, element) for element in elements]
        answers = await read
    return {"files": files, "tracks": answers[:len(tracks)], "links": answers[len(tracks):]}


def _text_links(things: Sequence[Json], url: str) -> list[str]:
    found = (str(n["url"]) for t in things for n in (*t["near"]["transcript"], *t["near"]["description"]) if n["url"])
    here = urldefrag(url)[0]
    return [u for u in dict.fromkeys(found)
            if u.startswith(("http:", "https:")) and urldefrag(u)[0] != here and not COMMITTING.search(u)][:MAX_LINKS]


async def listen(tab: Tab, element: Json) -> Json:
    """Plays one element muted for a moment and decodes its file."""
    where = {"selector": element["selector"], "frame": element.get("frame", "")}
    frame = await frame_of(tab, str(element.get("frame", "")))
    if frame is None:
        return {**where, "sound": "unknown", "why": "frame gone"}
    try:
        argument = {"selector": element["selector"], "bytes": MAX_DECODED, "seconds": 6}
        heard: dict[str, Any] = await tab.call(script("recording"), argument, frame=frame, seconds=10)
    except (Unreachable, ScriptError) as error:
        return {**where, "sound": "unknown", "why": str(error)[:120]}
    return {**where, **heard}


async def frame_of(tab: Tab, address: str) -> Frame | None:
    """The frame with this address; the top one for an empty address."""
    frames = await tab.frames()
    return next((f for f in frames if (f.is_top if not address else not f.is_top and f.url[:500] == address)), None)


async def read_track(asked: APIRequestContext, track: Json) -> Json:
    """Fetches and reads one caption or description file."""
    out: dict[str, Any] = {**track, "status": 0, "cues": 0, "words": 0, "last": 0.0, "start": "", "trouble": ""}
    if not str(track["url"]).startswith(("http:", "https:")):
        return {**out, "trouble": "not a web address"}
    try:
        answer = await asked.get(str(track["url"]), timeout=6000, max_redirects=5)
        out["status"] = answer.status
        body = (await answer.body())[:MAX_TEXT]
    except Error as error:
        return {**out, "trouble": str(error).splitlines()[0][:120]}
    if not answer.ok:
        return {**out, "trouble": f"status {answer.status}"}
    return {**out, **read_captions(body)}


def read_captions(body: bytes) -> Json:
    """What is in a WebVTT file: `cues`, `words`, `last`, `start`, `trouble`."""
    text = body.decode("utf-8-sig", "replace").strip()
    try:
        cues = webvtt.from_string(text).captions if text.startswith("WEBVTT") else None
    except Exception as error:  # the parser raises what it likes on a malformed file
        return {"cues": 0, "words": 0, "last": 0.0, "start": "", "trouble": f"unreadable: {error}"[:120]}
    if cues is None:
        return {"cues": 0, "words": 0, "last": 0.0, "start": "", "trouble": "not a WebVTT file"}
    words = " ".join(cue.text for cue in cues).split()
    last = max((cue.end_in_seconds for cue in cues), default=0.0)
    return {"cues": len(cues), "words": len(words), "last": float(last), "start": " ".join(words[:25])[:200],
            "trouble": "" if words else "no text in it"}


async def read_page(asked: APIRequestContext, url: str) -> Json:
    """How much text is behind a link that is called a text version."""
    out: dict[str, Any] = {"url": url, "status": 0, "words": 0, "trouble": ""}
    try:
        answer = await asked.get(url, timeout=6000, max_redirects=5)
        out["status"] = answer.status
        kind = answer.headers.get("content-type", "").lower()
        body = (await answer.body())[:MAX_TEXT]
    except Error as error:
        return {**out, "trouble": str(error).splitlines()[0][:120]}
    if not answer.ok:
        return {**out, "trouble": f"status {answer.status}"}
    if "html" not in kind and "text" not in kind:
        return {**out, "words": -1}
    words = len(words_of(body, "html" in kind))
    return {**out, "words": words, "trouble": "" if words >= 10 else "no text behind the link"}


def words_of(body: bytes, is_html: bool) -> list[str]:
    """The words of a page without scripts and styles."""
    if not is_html:
        return body.decode("utf-8", "replace").split()
    try:
        tree = lxml.html.fromstring(body)
    except (ValueError, lxml.etree.LxmlError):
        return []
    for gone in tree.xpath("//script|//style|//noscript|//template"):
        gone.drop_tree()
    return re.sub(r"\s+", " ", str(tree.text_content())).split()
