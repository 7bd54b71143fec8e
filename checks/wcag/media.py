"""The films and sounds of a page as guideline 1.2 reads them: what kind each is, and what stands beside it.

In: evidence with the record `media`, and `recordings` where the page was looked at deeply. Out: `Thing`s, pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.model import Json, PageEvidence, StateEvidence

MAX_THINGS = 40
_ALTERNATIVE = re.compile(r"audio-?descripti|audio-?beschrijving|audio description|gebarentaal|sign language"
                          r"|ondertiteld|with captions", re.I)


@dataclass(frozen=True, slots=True)
class Thing:
    """One film or sound in one state of a page."""

    look: StateEvidence
    seen: Json
    file: Json
    """What was heard in its file (record `recordings`); empty when it was not listened to."""
    tracks: tuple[Json, ...]
    """Its caption and description files, with what is in them when they were read."""
    text_links: Mapping[str, Json]
    """Links to text versions that were followed, by address."""

    @property
    def sound(self) -> str:
        """`sound`, `silent` or `unknown`."""
        if self.seen["kind"] == "audio":
            return "sound"
        heard = str(self.file.get("sound", "unknown"))
        return "silent" if heard in ("silent", "none") else heard

    @property
    def is_live(self) -> bool:
        """Whether it is, or by its name may be, a live broadcast."""
        return bool(self.seen["live"] or self.file.get("endless"))

    @property
    def is_background(self) -> bool:
        """A film that starts silently by itself and gives the visitor no controls: often decoration."""
        seen = self.seen
        return bool(seen["kind"] == "video" and seen.get("autoplay") and seen.get("muted") and not seen.get("controls"))

    def near(self, *kinds: str) -> list[Json]:
        """What stands near it and is called a `transcript`, `description` or `captions`, or says that it tells the
        same in words (`instead`)."""
        return [item for kind in kinds for item in self.seen["near"][kind]
                if item["visible"] or item["role"] == "aria-describedby"]

    def tracks_of(self, *kinds: str) -> list[Json]:
        """Its files of these kinds that can be read, or were not looked into."""
        return [t for t in self.tracks if t["kind"] in kinds and not t.get("trouble")]

    def broken(self, *kinds: str) -> list[Json]:
        """Its files of these kinds that are missing, unreadable or empty."""
        return [t for t in self.tracks if t["kind"] in kinds and t.get("trouble")]

    def values(self, **more: Any) -> dict[str, Any]:
        """What a person needs to decide, as plain values for an outcome."""
        near = self.near("transcript", "description", "captions", "instead")
        found: dict[str, Any] = {
            "name": self.seen["name"] or self.seen["near"]["heading"] or self.seen.get("text", ""),
            "file": str(self.seen["url"])[:300],
            "sound": self.sound,
            "nearby": [item["text"][:100] for item in near][:6],
            "tracks": [_track(t) for t in self.tracks][:6],
            "links": [f"{url}: {seen['trouble'] or seen['words']}" for url, seen in self.text_links.items()][:4],
            "words_around": self.seen["near"]["words"],
        }
        if duration := self.file.get("duration") or self.seen.get("duration"):
            found["seconds"] = round(float(duration), 1)
        if error := self.file.get("error") or self.seen.get("error"):
            found["error"] = f"media error {error}"
        return {**found, **more}


def _track(track: Json) -> str:
    read = f"{track['cues']} cues, until {track['last']:.0f} s" if "cues" in track else "not opened"
    state = track.get("trouble") or read
    return f"{track['kind']} {track['lang']} {track['label']}: {state}".strip()


def things(page: PageEvidence) -> Iterator[Thing]:
    """Every film and sound a visitor meets, in every state; what is inside a known player's frame is that player."""
    heard = page.first("recordings") or {}
    files = {(f["selector"], f.get("frame", "")): f for f in heard.get("files", ())}
    tracks = {(t["selector"], t.get("frame", ""), t["url"]): t for t in heard.get("tracks", ())}
    links = {link["url"]: link for link in heard.get("links", ())}
    for look, seen in page.seen("media"):
        players = {str(t["url"]).split("?")[0] for t in seen["things"] if t["how"] == "player" and t["url"]}
        played = {str(t["url"]) for t in seen["things"] if t["how"] == "element"}
        for thing in seen["things"][:MAX_THINGS]:
            if thing["how"] == "link" and (str(thing["url"]) in played or _ALTERNATIVE.search(str(thing["name"]))):
                continue  # the same file, or the alternative itself
            where = (thing["selector"], thing.get("frame", ""))
            inside_player = thing.get("frame", "").split("?")[0] in players
            if inside_player or not met(thing):
                continue
            near = [n["url"] for kind in ("transcript", "description") for n in thing["near"][kind]]
            yield Thing(look, thing, files.get(where, {}),
                        tuple(tracks.get((*where, t["url"]), t) for t in thing["tracks"]),
                        {url: links[url] for url in near if url in links})


def met(thing: Json) -> bool:
    """Does a visitor meet this thing: visible, or audible without being visible?"""
    if thing["kind"] == "audio" and thing["how"] == "element":
        heard = thing["played"] or (thing["autoplay"] and not thing["muted"])
        return bool(thing["hasSource"] and (thing["visible"] or heard))
    if thing["how"] == "element":
        return bool(thing["visible"] and (thing["hasSource"] or thing["controls"]))
    return bool(thing["visible"])


def none_for_sure(page: PageEvidence) -> bool:
    """Whether all that plays on this page is among its `things`: every frame could be looked into, no file was loaded
    by a script, and nothing hidden waits for one."""
    for look, seen in page.seen("media"):
        known = {str(t["url"]) for t in seen["things"]}
        scripted = bool(look.records["facts"].data.get("scripts")) if "facts" in look.records else True
        waiting = scripted and any(t["how"] == "element" and not met(t) for t in seen["things"])
        if waiting or seen["embeds"] or any(str(entry["url"]) not in known for entry in seen["loaded"]):
            return False
    entered = all(not frames.get("not_entered") for _, frames in page.seen("frames"))
    return entered and page.first("media") is not None
