"""Brings a report to its reader: into a folder, and by e-mail over SMTP with TLS. Once per change, never twice.

What was sent is plain data that the caller keeps: `Sent` per receiver. `send_once` writes `sending` before it talks
to the server and `sent` after, through `keep`; a process that dies in between leaves `sending`, and then a person
decides: a letter too few is repaired by hand, a letter twice is not. A server's clear refusal leaves the log as it
was.
"""

from __future__ import annotations

import hashlib
import shutil
import smtplib
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Literal

from reports.whole import write_whole
from reports.words import one_line
from scanner.findings import Finding, Life

SECONDS = 60.0
MAX_ATTACHMENTS = 12_000_000
"""Bytes of all attachments together; what does not fit stays in the folder, and the letter says so by its absence."""


@dataclass(frozen=True, slots=True)
class Server:
    """An SMTP server. `none` sends in the clear: only for a server on this machine."""

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    sender: str = ""
    authorities: str = ""
    """Path of a file with certificates to trust beside the system's; empty: the system's."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What is known of the last letter to one receiver."""

    digest: str
    """Of the change that it told."""
    at: datetime
    state: Literal["sending", "sent"]


Log = Mapping[str, Sent]
"""Receiver (`supplier/address`) → last letter."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one receiver."""

    receiver: str
    """Key in the log: such as `meerweb/toegankelijkheid@meerweb.example`."""
    to: str
    subject: str
    body: str
    attachments: tuple[Path, ...]
    digest: str
    """Of what it tells: `change_digest`."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a letter."""

    receiver: str
    what: Literal["sent", "unchanged", "uncertain", "refused", "no address"]
    reason: str = ""


def change_digest(findings: Iterable[Finding]) -> str:
    """What would be worth a letter: which findings there are, their life, severity and deadline. Not dates of
    looking, not counts of pages."""
    lines = sorted(
        f"{item.channel} {item.id} {_stage(item)} {item.severity} {item.deadline or ''}" for item in findings
    )
    return hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()


def _stage(finding: Finding) -> str:
    """Between new, open and not retested nothing changes for who repairs it; coming back does."""
    return "work" if finding.life in (Life.NEW, Life.OPEN, Life.NOT_RETESTED) else finding.life.value


def send_once(
    letters: Sequence[Letter], server: Server, log: Log, now: datetime, keep: Callable[[Log], None]
) -> tuple[Log, list[Receipt]]:
    """Sends what was not told yet. `keep` must have stored the log when it returns. Returns the log and what became
    of each letter."""
    receipts: list[Receipt] = []
    for letter in letters:
        last = log.get(letter.receiver)
        if not letter.to:
            receipts.append(Receipt(letter.receiver, "no address"))
        elif last is not None and last.state == "sending":
            receipts.append(
                Receipt(letter.receiver, "uncertain", f"an earlier letter of {last.at:%Y-%m-%d %H:%M} may have arrived")
            )
        elif last is not None and last.digest == letter.digest:
            receipts.append(Receipt(letter.receiver, "unchanged"))
        else:
            try:
                mail = message(letter, server.sender, now)
            except (ValueError, OSError) as error:
                receipts.append(Receipt(letter.receiver, "refused", one_line(error, 200)))
                continue
            before = dict(log)
            log = {**log, letter.receiver: Sent(letter.digest, now, "sending")}
            keep(log)
            try:
                send(mail, server)
            except Refused as error:
                log = before
                keep(log)
                receipts.append(Receipt(letter.receiver, "refused", str(error)))
            except Uncertain as error:
                receipts.append(Receipt(letter.receiver, "uncertain", str(error)))
            else:
                log = {**log, letter.receiver: Sent(letter.digest, now, "sent")}
                keep(log)
                receipts.append(Receipt(letter.receiver, "sent"))
    return log, receipts


class Refused(Exception):
    """The server certainly did not take the letter."""


class Uncertain(Exception):
    """The connection broke while or after the letter was handed over: it may have arrived."""


def message(letter: Letter, sender: str, now: datetime) -> EmailMessage:
    """The mail: plain text, attachments as far as they fit. Raises ValueError for an address that is none."""
    mail = EmailMessage()
    mail["Subject"] = one_line(letter.subject, 200)
    mail["From"] = _mailbox(sender)
    mail["To"] = _mailbox(letter.to)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(idstring=letter.digest[:16], domain="toegankelijkheid-scanner.invalid")
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.body)
    room = MAX_ATTACHMENTS
    for path in letter.attachments:
        content = path.read_bytes()
        if len(content) <= room:
            room -= len(content)
            kind, subkind = _TYPES.get(path.suffix, ("application", "octet-stream"))
            mail.add_attachment(content, maintype=kind, subtype=subkind, filename=path.name)
    return mail


_TYPES = {
    ".pdf": ("application", "pdf"),
    ".csv": ("text", "csv"),
    ".json": ("application", "json"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def _mailbox(written: str) -> Address:
    """One plain mailbox; a line break, a second address or a display name is refused."""
    name, at, domain = written.strip().rpartition("@")
    if not at or not name or any(c in written for c in '\r\n,;<>" ') or not domain:
        raise ValueError(f"{one_line(written, 80)!r} is not an e-mail address")
    return Address(username=name, domain=domain)


def send(mail: EmailMessage, server: Server) -> None:
    """Hands one mail to the server. Raises Refused or Uncertain; the password is in neither."""
    context = ssl.create_default_context()
    if server.authorities:
        context.load_verify_locations(server.authorities)
    handed_over = False
    try:
        connection: smtplib.SMTP
        if server.security == "tls":
            connection = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
        with connection:
            if server.security == "starttls":
                connection.starttls(context=context)
            elif server.security == "none" and server.host not in ("localhost", "127.0.0.1", "::1"):
                raise Refused(f"{server.host} would be sent to in the clear; only a server on this machine may be")
            if server.user:
                connection.login(server.user, server.password)
            handed_over = True
            connection.send_message(mail)
            handed_over = False
    except smtplib.SMTPServerDisconnected as error:
        if handed_over:
            raise Uncertain(f"{server.host}: the connection broke while sending") from error
        raise Refused(f"{server.host}: {type(error).__name__}") from error
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError) as error:
        raise Refused(f"{server.host}: {type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()) from error
    except (smtplib.SMTPException, ssl.SSLError, OSError) as error:
        if handed_over:
            raise Uncertain(f"{server.host}: {type(error).__name__} while sending") from error
        raise Refused(f"{server.host}: {type(error).__name__}") from error


def to_folder(files: Sequence[Path], home: Path, target: Path) -> list[Path]:
    """Copies a report to where its reader looks, keeping its parts together; an unchanged file is left alone. Returns
    what was written."""
    written = []
    for file in files:
        to = target / file.relative_to(home)
        to.parent.mkdir(parents=True, exist_ok=True)
        content = file.read_bytes()
        if not to.exists() or to.stat().st_size != len(content) or to.read_bytes() != content:
            write_whole(to, content)
            shutil.copymode(file, to)
            written.append(to)
    return written
