"""Delivery: a real SMTP conversation over TLS with a server in this process; once per change, never twice."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import ipaddress
import socketserver
import ssl
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from reports import delivery
from reports.delivery import Letter, Log, Sent, Server, change_digest, send_once
from scanner.findings import Life
from tests.reports.made_up import NOW, finding, several

PASSWORD = "wachtwoord-van-de-post"


class Post(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321, STARTTLS, AUTH PLAIN) as a client of ours needs."""

    server: Any
    timeout = 20

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")
        self.wfile.flush()

    def handle(self) -> None:
        if self.server.mode == "tls":
            self.into_tls()
        self.say("220 post.example ESMTP")
        while line := self.rfile.readline(4096):
            word, _, rest = line.decode().strip().partition(" ")
            self.server.heard.append((word.upper(), self.encrypted))
            match word.upper():
                case "EHLO":
                    self.say("250-post.example")
                    self.say("250-AUTH PLAIN" if self.encrypted else "250-STARTTLS")
                    self.say("250 SIZE 20000000")
                case "STARTTLS":
                    self.say("220 go on")
                    self.into_tls()
                case "AUTH":
                    good = b64decode(rest.partition(" ")[2]) == f"\0scanner\0{PASSWORD}".encode()
                    self.say("235 welcome" if good else "535 no")
                case "RCPT" if self.server.refuse_receiver:
                    self.say("550 nobody here")
                case "MAIL" | "RCPT" | "RSET" | "NOOP":
                    self.say("250 fine")
                case "DATA":
                    self.say("354 go on")
                    lines = []
                    while (one := self.rfile.readline()) not in (b".\r\n", b""):
                        lines.append(one[1:] if one.startswith(b"..") else one)
                    self.server.mails.append(b"".join(lines))
                    if self.server.dies_after_data:
                        self.connection.close()
                        return
                    self.say("250 taken")
                case "QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("502 what?")

    encrypted = False

    def into_tls(self) -> None:
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
        self.encrypted = True


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    start = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=3))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            False,
        )
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "post.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextmanager
def post(certificate: Path, mode: str = "starttls") -> Iterator[Any]:
    """A running server; `mails` holds what it took."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post) as running:
        server: Any = running
        server.daemon_threads, server.mode, server.mails, server.heard = True, mode, [], []
        server.refuse_receiver = server.dies_after_data = False
        server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.tls.load_cert_chain(certificate)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        server.told = Server(
            "127.0.0.1",
            server.server_address[1],
            mode,
            "scanner",
            PASSWORD,
            "scanner@voorbeeldmeer.example",
            str(certificate),
        )  # type: ignore[arg-type]
        yield server
        server.shutdown()


def letter(tmp_path: Path, digest: str = "a" * 64, **changes: Any) -> Letter:
    """A letter with an attachment."""
    path = tmp_path / "findings-nl.xlsx"
    path.write_bytes(b"PK\x03\x04 table")
    return replace(
        Letter(
            "meerweb/toegankelijkheid@meerweb.example",
            "toegankelijkheid@meerweb.example",
            "Toegankelijkheid: 4\nBcc: x@evil.example",
            "Beste mensen van Meerweb,\n\nCafé.\n",
            (path,),
            digest,
        ),
        **changes,
    )


class Kept:
    """The log as a caller keeps it."""

    def __init__(self) -> None:
        self.log: Log = {}
        self.times = 0

    def __call__(self, log: Log) -> None:
        self.log, self.times = dict(log), self.times + 1


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_a_letter_goes_over_tls_with_its_attachment(tmp_path: Path, certificate: Path, mode: str) -> None:
    kept = Kept()
    with post(certificate, mode) as server:
        log, receipts = send_once([letter(tmp_path)], server.told, {}, NOW, kept)
        assert [r.what for r in receipts] == ["sent"] and kept.log == log and log[receipts[0].receiver].state == "sent"
        assert all(encrypted for word, encrypted in server.heard if word in ("AUTH", "MAIL", "DATA"))
        (raw,) = server.mails
    mail: Any = email.message_from_bytes(raw, policy=email.policy.default)
    assert (
        mail["To"] == "toegankelijkheid@meerweb.example"
        and mail["Bcc"] is None
        and mail["Subject"] == "Toegankelijkheid: 4 Bcc: x@evil.example"
    )
    assert "Café." in mail.get_body().get_content()
    assert [(part.get_filename(), part.get_content()) for part in mail.iter_attachments()] == [
        ("findings-nl.xlsx", b"PK\x03\x04 table")
    ]


def test_once_per_change_never_twice(tmp_path: Path, certificate: Path) -> None:
    kept = Kept()
    with post(certificate) as server:
        log: Log = {}
        for digest, expected in (
            ("a" * 64, "sent"),
            ("a" * 64, "unchanged"),
            ("b" * 64, "sent"),
            ("b" * 64, "unchanged"),
        ):
            log, (receipt,) = send_once([letter(tmp_path, digest)], server.told, log, NOW, kept)
            assert receipt.what == expected
        assert len(server.mails) == 2


def test_a_process_that_dies_while_sending_never_sends_twice(tmp_path: Path, certificate: Path) -> None:
    class Dies(Exception):
        pass

    seen: list[Log] = []

    def keep(log: Log) -> None:
        seen.append(dict(log))
        if any(entry.state == "sent" for entry in log.values()):
            raise Dies

    with post(certificate) as server:
        with pytest.raises(Dies):
            send_once([letter(tmp_path)], server.told, {}, NOW, keep)
        log, (receipt,) = send_once([letter(tmp_path)], server.told, seen[0], NOW, Kept())
        assert receipt.what == "uncertain" and len(server.mails) == 1 and log == seen[0]


def test_a_connection_lost_after_the_text_is_uncertain_and_not_tried_again(tmp_path: Path, certificate: Path) -> None:
    kept = Kept()
    with post(certificate) as server:
        server.dies_after_data = True
        log, (receipt,) = send_once([letter(tmp_path)], server.told, {}, NOW, kept)
        assert receipt.what == "uncertain" and log[receipt.receiver].state == "sending"
        server.dies_after_data = False
        _, (again,) = send_once([letter(tmp_path)], server.told, log, NOW, kept)
        assert again.what == "uncertain" and len(server.mails) == 1


def test_a_clear_refusal_leaves_the_log_and_may_be_tried_again(tmp_path: Path, certificate: Path) -> None:
    kept = Kept()
    before: Log = {"other/x": Sent("c" * 64, NOW, "sent")}
    with post(certificate) as server:
        server.refuse_receiver = True
        log, (receipt,) = send_once([letter(tmp_path)], server.told, before, NOW, kept)
        assert receipt.what == "refused" and log == kept.log == before
        server.refuse_receiver = False
        _, (again,) = send_once([letter(tmp_path)], server.told, log, NOW, kept)
        assert again.what == "sent" and len(server.mails) == 1


@pytest.mark.parametrize("change", [{"password": "fout"}, {"authorities": ""}, {"host": "localhost", "port": 1}])
def test_wrong_password_unknown_certificate_and_no_server_are_refusals(
    tmp_path: Path, certificate: Path, change: dict[str, Any]
) -> None:
    with post(certificate) as server:
        log, (receipt,) = send_once([letter(tmp_path)], replace(server.told, **change), {}, NOW, Kept())
        assert receipt.what == "refused" and log == {} and server.mails == []
        assert PASSWORD not in receipt.reason and "fout" not in receipt.reason


def test_never_in_the_clear_to_another_machine(tmp_path: Path) -> None:
    mail = delivery.message(letter(tmp_path), "scanner@voorbeeldmeer.example", NOW)
    with pytest.raises(delivery.Refused):
        delivery.send(mail, Server("post.example.invalid", 25, "none"))


@pytest.mark.parametrize(
    "to", ["a@b.example, c@d.example", "a@b.example\nBcc: x@y.example", "no-address", "x <a@b.example>"]
)
def test_only_one_plain_address(tmp_path: Path, to: str) -> None:
    with pytest.raises(ValueError):
        delivery.message(letter(tmp_path, to=to), "scanner@voorbeeldmeer.example", NOW)
    log, (receipt,) = send_once(
        [letter(tmp_path, to=to)], Server("localhost", 1, sender="scanner@voorbeeldmeer.example"), {}, NOW, Kept()
    )
    assert receipt.what == "refused" and log == {}


def test_no_address_is_told(tmp_path: Path) -> None:
    _, (receipt,) = send_once([letter(tmp_path, to="")], Server("localhost"), {}, NOW, Kept())
    assert receipt.what == "no address"


def test_what_counts_as_a_change() -> None:
    now = change_digest(several())
    assert now == change_digest(reversed(several()))
    same = [
        replace(
            item,
            last_seen=item.last_seen + dt.timedelta(days=1),
            life=Life.OPEN if item.life is Life.NEW else item.life,
        )
        for item in several()
    ]
    assert now == change_digest(same), "another night alone is no news"
    for other in ((*several(), finding(77)), several()[1:], (replace(several()[1], life=Life.FIXED), *several()[2:])):
        assert now != change_digest(other)


def test_into_a_folder_only_what_changed(tmp_path: Path) -> None:
    home, target = tmp_path / "made", tmp_path / "share"
    (home / "pictures").mkdir(parents=True)
    files = [home / "report.html", home / "pictures" / "a.png"]
    for file in files:
        file.write_bytes(b"1")
    assert len(delivery.to_folder(files, home, target)) == 2 and delivery.to_folder(files, home, target) == []
    files[0].write_bytes(b"2")
    assert delivery.to_folder(files, home, target) == [target / "report.html"]
    assert (target / "pictures" / "a.png").read_bytes() == b"1"
