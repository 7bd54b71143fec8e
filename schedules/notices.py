"""Who is told what, and when: a digest per night, only on what matters. Sending is Apprise's.

Pure but for `send`. A notice has a key (what it is about and for whom); the outbox in the store holds each key once, so
nothing is sent twice, and keeps it until it is sent, so nothing is lost while a mail server is down.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from scanner.texts import join_words, ntext, text

MOST_TITLES = 10


@dataclass(frozen=True, slots=True)
class Receiver:
    """One `[[notify]]` of the settings."""

    number: int
    to: tuple[str, ...]
    """Apprise addresses; `${NAME}` stands for an environment variable."""
    lang: str
    on: tuple[str, ...]
    """new-critical, regression, scan-failed, alarm."""


@dataclass(frozen=True, slots=True)
class Morning:
    """What a night brought that somebody may want to know."""

    channel: str
    name: str
    night: str
    """Local date."""
    target: str
    new_critical: tuple[str, ...] = ()
    """Number and title of each new critical finding."""
    regressions: int = 0
    """New or reopened failures."""
    fixed: int = 0
    failed: str = ""
    """Why the scan failed or was missed; empty when it did not."""
    alarms: tuple[str, ...] = ()
    """Sentences, in the receiver's language."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One message."""

    key: str
    receiver: int
    title: str
    body: str


def notices(receivers: Sequence[Receiver], mornings: Sequence[Morning]) -> list[Notice]:
    """At most one message per receiver and night: the digest of all channels that have something to say."""
    found = []
    for receiver in receivers:
        by_night: dict[str, list[tuple[str, str]]] = {}
        for morning in mornings:
            lines = _lines(receiver, morning)
            if lines:
                by_night.setdefault(morning.night, []).append((morning.channel, "\n".join([morning.name, *lines])))
        for night, parts in by_night.items():
            lang = receiver.lang
            title = text("notice.title", lang, night=night, channels=join_words([name for name, _ in parts], lang))
            key = f"{night}/{receiver.number}/{'+'.join(sorted(name for name, _ in parts))}"[:200]
            found.append(Notice(key, receiver.number, title, "\n\n".join(body for _, body in parts)))
    return found


def _lines(receiver: Receiver, morning: Morning) -> list[str]:
    lang, lines = receiver.lang, []
    if "scan-failed" in receiver.on and morning.failed:
        lines.append(text("notice.failed", lang, reason=_one_line(morning.failed)))
    if "new-critical" in receiver.on and morning.new_critical:
        lines.append(ntext("notice.critical", len(morning.new_critical), lang))
        lines += [f"- {_one_line(title)}" for title in morning.new_critical[:MOST_TITLES]]
    if "regression" in receiver.on and morning.regressions and morning.target == "A":
        lines.append(ntext("notice.regression", morning.regressions, lang))
    if "alarm" in receiver.on:
        lines += [_one_line(alarm) for alarm in morning.alarms]
    if lines and morning.fixed:
        lines.append(ntext("notice.fixed", morning.fixed, lang))
    return lines


def _one_line(words: str) -> str:
    """Text of a scanned site in a message: one line, no control characters, bounded."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+", " ", words)[:300]


class NotSent(Exception):
    """A message could not be handed over; it stays in the outbox."""


def send(receiver: Receiver, notice: Notice) -> None:
    """Hands a message to every address of its receiver. Raises NotSent; never shows an address with its secret.

    As plain text, said so: Apprise else sends it as HTML to a mail address, and it holds words of scanned pages.
    """
    import apprise  # few commands send anything

    messenger = apprise.Apprise()
    for address in receiver.to:
        filled = re.sub(r"\$\{(\w+)\}", lambda name: os.environ.get(name[1], ""), address)
        if not messenger.add(filled):
            raise NotSent(f"receiver {receiver.number}: an address cannot be read (scheme {address.partition(':')[0]})")
    if not messenger.notify(title=notice.title, body=notice.body, body_format=apprise.NotifyFormat.TEXT):
        raise NotSent(f"receiver {receiver.number}: the message was not accepted")
