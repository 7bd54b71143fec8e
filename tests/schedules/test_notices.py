"""What a message says of a scanned page works in no mail program."""

from __future__ import annotations

import email
import smtplib
from email.policy import default
from typing import Any

import pytest

from schedules.notices import Morning, Receiver, notices, send

HOSTILE = "<img src=x onerror=alert(1)> [x](javascript:alert(1))\r\nBcc: iedereen@kwaad.example\x1b[31m\u202e\u2028=cmd|x"


@pytest.mark.parametrize("address", ["mailto://ik:geheim@mail.example?to=web@gemeente.example", "mailto://ik:geheim@mail.example?to=web@gemeente.example&format=html"])
def test_hostile_words_stay_words(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also for a receiver who wants HTML."""
    sent: list[str] = []

    class Mail:
        def __init__(self, *_: Any, **__: Any) -> None: ...

        def sendmail(self, _: str, to: Any, message: str) -> None:
            assert to == ["web@gemeente.example"]
            sent.append(message)

        def __getattr__(self, _: str) -> Any:
            return lambda *_, **__: None

    monkeypatch.setattr(smtplib, "SMTP", Mail)
    monkeypatch.setattr(smtplib, "SMTP_SSL", Mail)
    receiver = Receiver(0, (address,), "nl", ("new-critical", "scan-failed", "alarm"))
    morning = Morning("site", "Site", "2026-11-27", "A", new_critical=(HOSTILE,), failed=HOSTILE, alarms=(HOSTILE,))
    (notice,) = notices([receiver], [morning])
    send(receiver, notice)
    (mail,) = [email.message_from_string(one, policy=default) for one in sent]
    assert mail["Bcc"] is None
    for part in mail.walk():
        if not part.is_multipart():
            said = part.get_content()
            assert part.get_content_type() == "text/plain" or "<img" not in said
            assert "iedereen@kwaad.example" in said
            assert not [c for c in said if (ord(c) < 32 and c not in "\r\n") or c in "\x1b\u202e\u2028"]
