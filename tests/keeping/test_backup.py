"""Backup and restore: what comes back is what was there; while a scan writes; and an archive is a stranger's file."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import shutil
import sqlite3
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from scanner import dossier_store
from scanner.backup import DATABASE, MANIFEST, SETTINGS, Backup, BackupFailed, backup, restore
from scanner.cli import app
from scanner.moving import moment, sums
from scanner.store import Store, open_store
from scanner.verifying import verify
from tests.keeping.made import HOME, barrier, filled, night, settings


@dataclass
class Place:
    """A filled store with its settings and what the law's commands wrote."""

    folder: Path
    address: str
    store: Store
    new_address: Callable[..., str]

    @property
    def settings(self) -> Path:
        return self.folder / "scanner.toml"

    @property
    def law(self) -> Path:
        return self.folder / "reports-out"

    def backup(self, name: str = "b.zip") -> Backup:
        return backup(self.address, self.folder / name, self.settings, self.law)

    def restore(self, address: str, file: Path | None = None, *, force: bool = False) -> Backup:
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir(exist_ok=True)
        file = file or self.folder / "b.zip"
        return restore(file, address, elsewhere / "data", elsewhere / "scanner.toml", elsewhere / "reports-out", force=force)


@pytest.fixture
def here(store: Store, address: str, new_address: Callable[..., str], tmp_path: Path) -> Iterator[Place]:
    filled(store)
    settings(tmp_path, address)
    (tmp_path / "reports-out" / "main" / "law").mkdir(parents=True)
    (tmp_path / "reports-out" / "main" / "law" / "evidence-2026-06-03-nl.zip").write_bytes(b"sealed")
    yield Place(tmp_path, address, store, new_address)


def everything(store: Store) -> list[object]:
    """Number of rows and hash of every table."""
    with moment(store.engine) as connection:
        return list(sums(connection))


def test_what_comes_back_is_what_was_there(here: Place) -> None:
    before = everything(here.store)
    made = here.backup()
    assert made.verified.whole and [m.name for m in made.manifest.members] == [DATABASE, SETTINGS, "law/main/law/evidence-2026-06-03-nl.zip"]
    assert sorted(p.name for p in here.folder.glob("b.zip*")) == ["b.zip"], "nothing is left beside it"
    target = here.new_address("again", migrated=False)
    assert here.restore(target).verified.whole
    again = open_store(target)
    assert everything(again) == before
    elsewhere = here.folder / "elsewhere"
    assert (elsewhere / "reports-out" / "main" / "law" / "evidence-2026-06-03-nl.zip").read_bytes() == b"sealed"
    assert (elsewhere / "scanner.toml.from-backup").read_text() == here.settings.read_text()
    assert not list((elsewhere / "data").glob(".restore-*"))
    assert night(again, 5, {HOME: []}).id == max(scan.id for scan in here.store.scans()) + 1, "numbers go on"
    assert dossier_store.dossier(again, "main").statement is not None
    again.engine.dispose()


def test_a_store_that_holds_something_is_only_replaced_by_force(here: Place) -> None:
    here.backup()
    before = everything(here.store)
    night(here.store, 7, {HOME: [barrier("axe/link-name", "x")]})
    with pytest.raises(BackupFailed, match=r"not empty.*--force"):
        here.restore(here.address)
    assert len(here.store.scans()) == 4
    here.restore(here.address, force=True)
    assert everything(here.store) == before, "an open store sees what was restored"
    assert verify(here.store.engine).whole


def test_a_backup_is_of_one_moment_while_a_scan_writes(here: Place) -> None:
    """Visits go on all the time; every backup is whole, and the scan is not held up into an error."""
    ended = threading.Event()
    trouble: list[BaseException] = []

    def scan() -> None:
        number = 10
        try:
            while not ended.is_set():
                night(here.store, number, {f"{HOME}{i}/": [barrier("axe/image-alt", "logo")] for i in range(5)}, weight=5000)
                number += 1
        except BaseException as error:
            trouble.append(error)

    writer = threading.Thread(target=scan)
    writer.start()
    try:
        sizes = []
        for i in range(4):
            made = here.backup(f"b{i}.zip")
            assert made.verified.whole, made.verified.faults
            sizes.append(made.manifest.members[0].size)
    finally:
        ended.set()
        writer.join()
    assert trouble == [] and len(here.store.scans()) > 4
    target = here.new_address("again", migrated=False)
    here.restore(target, here.folder / "b3.zip")
    open_store(target).engine.dispose()


def test_what_was_wrong_before_is_told_and_comes_back_too(here: Place) -> None:
    with here.store.session() as session:
        session.execute(text("UPDATE blob SET data = :d WHERE hash = (SELECT MIN(hash) FROM blob)"), {"d": b"rot"})
    made = here.backup()
    assert len(made.manifest.faults) == 1 and "cannot be unpacked" in made.manifest.faults[0]
    done = here.restore(here.new_address("again", migrated=False))
    assert done.verified.faults == list(made.manifest.faults)


# An archive is a stranger's file -----------------------------------------------------------------------------------


def changed(source: Path, to: Path, change: Callable[[dict[str, bytes], dict], None]) -> Path:
    """The archive with other members and another manifest."""
    with zipfile.ZipFile(source) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members.pop(MANIFEST))
    change(members, manifest)
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        archive.writestr(MANIFEST, json.dumps(manifest))
    return to


def entry(name: str, content: bytes) -> dict[str, object]:
    """A member as a manifest lists it."""
    return {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with a store on SQLite and a good archive of it."""
    folder = tmp_path_factory.mktemp("made")
    store = open_store(f"sqlite:///{folder / 'from.sqlite'}")
    filled(store, 2)
    settings(folder, f"sqlite:///{folder / 'from.sqlite'}")
    backup(f"sqlite:///{folder / 'from.sqlite'}", folder / "good.zip", folder / "scanner.toml", folder / "reports-out")
    store.engine.dispose()
    return folder


@pytest.fixture
def archive(made: Path, tmp_path: Path) -> Path:
    """A copy of that archive, beside a copy of the store."""
    for name in ("good.zip", "from.sqlite", "scanner.toml"):
        shutil.copy(made / name, tmp_path)
    return tmp_path / "good.zip"


def refused(archive: Path, match: str, *, address: str = "") -> None:
    """Nothing is restored, nothing is left, and it is told why."""
    to = archive.parent / "to"
    with pytest.raises(BackupFailed, match=match):
        restore(archive, address or f"sqlite:///{to / 's.sqlite'}", to, to / "scanner.toml", to / "reports-out")
    assert not (to / "s.sqlite").exists() and not list(to.glob(".restore-*")) and not (to / "scanner.toml.from-backup").exists()


NAMES = ["../evil", "/etc/evil", "law/main/law/../../../evil", "law/main/law/..", "law/main/law/.ssh", "law\\main\\law\\x", "law/main/other/x",
         "law/main/law/a//b", "law/main/law/x\n", "law/main/law/\u202efdp", "evil", "law/../main/law/x", "law/main/law/" + "x" * 200]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leads_out_of_the_folder(archive: Path, name: str) -> None:
    def change(members: dict[str, bytes], manifest: dict) -> None:
        members[name] = b"evil"
        manifest["members"].append(entry(name, b"evil"))

    refused(changed(archive, archive.with_name("bad.zip"), change), "no backup|not whole")
    assert not list(archive.parent.rglob("evil"))


def test_every_change_is_noticed(archive: Path) -> None:
    bad = archive.with_name("bad.zip")

    def flipped(members: dict[str, bytes], _: dict) -> None:
        data = bytearray(members[DATABASE])
        data[len(data) // 2] ^= 1
        members[DATABASE] = bytes(data)

    refused(changed(archive, bad, flipped), "another hash")
    refused(changed(archive, bad, lambda members, _: members.update(more=b"x")), "not those of its manifest")
    refused(changed(archive, bad, lambda members, _: members.pop(SETTINGS) and None), "not those of its manifest")
    refused(changed(archive, bad, lambda _, manifest: manifest.update(format="tar")), "another kind")
    refused(changed(archive, bad, lambda _, manifest: manifest.update(extra=1)), "not as it should be")
    refused(changed(archive, bad, lambda _, manifest: manifest["members"][0].update(size=1 << 50)), "not as it should be")
    refused(changed(archive, bad, lambda _, manifest: manifest["members"][0].update(size=1)), "another size")
    cut = archive.read_bytes()
    for keep in (0, 10, len(cut) // 2, len(cut) - 30):
        bad.write_bytes(cut[:keep])
        refused(bad, "nothing was restored")
    bad.write_bytes(cut[:200] + bytes(300) + cut[500:])
    refused(bad, "nothing was restored|damaged")


def test_links_and_doubles_are_no_files(archive: Path) -> None:
    bad = archive.with_name("bad.zip")
    bad.write_bytes(archive.read_bytes())
    with zipfile.ZipFile(bad, "a") as more:
        link = zipfile.ZipInfo("law/main/law/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        more.writestr(link, "/etc/passwd")
    refused(bad, "no plain file")
    bad.write_bytes(archive.read_bytes())
    with zipfile.ZipFile(bad, "a") as more, pytest.warns(UserWarning, match="Duplicate"):
        more.writestr(SETTINGS, "other")
    refused(bad, "two of one name")


def test_a_bomb_does_not_fill_the_disk(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than the disk has is refused before anything is unpacked."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1000}))
    refused(archive, r"MB unpacked, the disk has 0 MB free")


@pytest.mark.parametrize(
    ("statement", "match"),
    [
        ("CREATE TRIGGER evil AFTER INSERT ON scan BEGIN DELETE FROM finding; END", "triggers or views"),
        ("CREATE VIEW evil AS SELECT 1", "triggers or views"),
        ("DELETE FROM blob", "not whole"),
        ("UPDATE address SET scan_id = scan_id + 99", "not whole"),
        ("UPDATE alembic_version SET version_num = '9999'", "newer scanner"),
        ("DROP TABLE outcome", "not whole"),
    ],
)
def test_a_database_that_is_not_ours_is_refused(archive: Path, statement: str, match: str) -> None:
    def change(members: dict[str, bytes], manifest: dict) -> None:
        path = archive.with_name("x.sqlite")
        path.write_bytes(members[DATABASE])
        with sqlite3.connect(path) as connection:
            connection.execute(statement)
        connection.close()
        members[DATABASE] = path.read_bytes()
        manifest["members"][0] = entry(DATABASE, members[DATABASE])

    refused(changed(archive, archive.with_name("bad.zip"), change), match)


def test_a_damaged_store_gets_out_of_the_way_only_by_force(archive: Path) -> None:
    to = archive.parent / "to"
    to.mkdir()
    (to / "s.sqlite").write_bytes(b"this is no database at all" * 500)
    place = (f"sqlite:///{to / 's.sqlite'}", to, to / "scanner.toml", to / "reports-out")
    with pytest.raises(BackupFailed, match=r"cannot be read.*--force"):
        restore(archive, *place)
    restore(archive, *place, force=True)
    store = open_store(place[0])
    assert len(store.scans()) == 2 and verify(store.engine).whole
    assert [p.read_bytes()[:7] for p in to.glob("s.sqlite.damaged-*")] == [b"this is"], "what was there is kept beside it"


def test_reports_that_are_a_link_are_not_followed(archive: Path, tmp_path: Path) -> None:
    def change(members: dict[str, bytes], manifest: dict) -> None:
        members["law/main/law/x.html"] = b"x"
        manifest["members"].append(entry("law/main/law/x.html", b"x"))

    bad = changed(archive, archive.with_name("bad.zip"), change)
    to, outside = tmp_path / "to", tmp_path / "outside"
    outside.mkdir()
    (to / "reports-out").mkdir(parents=True)
    (to / "reports-out" / "main").symlink_to(outside)
    with pytest.raises(BackupFailed, match="leads out"):
        restore(bad, f"sqlite:///{to / 's.sqlite'}", to, to / "scanner.toml", to / "reports-out")
    assert not list(outside.rglob("x.html"))


def test_no_archive_is_written_over_a_disk_that_is_full(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old archive stays, nothing is left beside it."""
    before = archive.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("scanner.backup._add", full)
    with pytest.raises(BackupFailed, match="the disk is full"):
        backup(f"sqlite:///{archive.parent / 'from.sqlite'}", archive, archive.parent / "scanner.toml", archive.parent)
    assert archive.read_bytes() == before
    assert sorted(p.name for p in archive.parent.glob("good.zip*")) == ["good.zip"]


def test_two_backups_to_one_file_do_not_mix(archive: Path) -> None:
    with (archive.parent / "good.zip.part").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(BackupFailed, match="another backup"):
            backup(f"sqlite:///{archive.parent / 'from.sqlite'}", archive, archive.parent / "scanner.toml", archive.parent)


def test_the_commands(here: Place) -> None:
    def call(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, [*arguments, "--config", str(here.settings), "--lang", "en"])
        assert done.exit_code == code, done.output
        return " ".join(done.output.split())

    file = str(here.folder / "c.zip")
    assert "Backup made" in call("backup", file)
    whole = call("verify")
    assert "All is whole" in whole and "fault" not in whole and "blobs: 10 hashes computed again" in whole
    assert "not empty" in call("restore", file, code=3)
    with here.store.session() as session:
        session.execute(text("UPDATE blob SET data = :d WHERE hash = (SELECT MIN(hash) FROM blob)"), {"d": b"rot"})
    assert "cannot be unpacked" in call("verify", code=3)
    assert "was restored" in call("restore", file, "--force")
    assert "All is whole" in call("verify")
    (here.folder / "no.zip").write_bytes(b"no")
    assert "nothing was restored" in call("restore", str(here.folder / "no.zip"), "--force", code=3)
