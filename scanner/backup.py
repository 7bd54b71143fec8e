"""One archive with the whole store, and a store out of such an archive again.

An archive is a zip: `database.sqlite` (the store as it was at one moment, whichever database it is kept in, with
evidence and kept files), `settings.toml`, what the law's commands wrote (`law/CHANNEL/law/…`, which names hashes
and cannot be made again), and last `manifest.json` with size and SHA-256 of each. It appears under its name when
it is complete and on the disk, or not at all.

What is restored is a stranger's file until proven otherwise: names, number and sizes are bounded before anything is
unpacked, every hash is compared, triggers and views must be the scanner's own, and `scanner.verifying` must find
nothing that was not already wrong when the backup was made. Only then is the store touched, in one transaction.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import shutil
import sqlite3
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

from scanner.moving import MoveFailed, contents, copy, moment
from scanner.store import StoreError, StoreTrouble, connect, migrate, open_store, revisions, sqlite_address, trouble
from scanner.verifying import Verified, exists, verify

DATABASE, SETTINGS, MANIFEST, LAW = "database.sqlite", "settings.toml", "manifest.json", "law"
FORMAT = "scanner-backup/1"
MOST_MEMBERS = 200_000
MOST_MANIFEST = 64 << 20
MOST_BYTES = 1 << 40
"""Bytes of all members together, unpacked; less when the disk has less room."""
CHUNK = 1 << 20
NO_ZIP = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, NotImplementedError)
"""What Python raises for a file that is no zip, or a damaged one."""
PART = re.compile(r"[A-Za-z0-9_@+,=-][A-Za-z0-9_.@+,=-]{0,150}")
"""One part of a member's name: what our own commands write, nothing hidden, nothing a shell or a file system minds."""


class BackupFailed(StoreTrouble):
    """No backup was made, or nothing was restored; what was there is as it was. The message says why."""


class Member(BaseModel):
    """One file of an archive."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Annotated[str, Field(max_length=1000)]
    size: Annotated[int, Field(ge=0, le=MOST_BYTES)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """What an archive says of itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: str
    made: datetime
    revision: Annotated[str, Field(max_length=40)]
    """Version of the tables."""
    faults: tuple[Annotated[str, Field(max_length=2000)], ...] = ()
    """What was already wrong with the store when it was backed up."""
    members: Annotated[tuple[Member, ...], Field(max_length=MOST_MEMBERS)]


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made, or restored."""

    file: Path
    manifest: Manifest
    verified: Verified
    """What `verify` said of the database in it."""
    size: int
    """Bytes of the archive."""


# Making ------------------------------------------------------------------------------------------------------------


def backup(address: str, file: Path, settings: Path, law: Path) -> Backup:
    """Backs up the store at a database address, consistent while a scan runs.

    `settings`: the settings file; `law`: the folder of reports, of which CHANNEL/law/ goes along. Raises BackupFailed;
    then neither FILE nor anything else has changed.
    """
    engine = connect(address)
    if not exists(engine):
        raise BackupFailed(f"there is no store at {engine.url.render_as_string()} yet: nothing to back up")
    file.parent.mkdir(parents=True, exist_ok=True)
    part, copied = file.with_name(file.name + ".part"), file.with_name(file.name + ".part.db")
    try:
        with _alone(part) as stream:
            try:
                _remove(copied)  # of a backup that was killed
                _copy_database(engine, copied)
                checking = connect(f"sqlite:///{copied}")
                verified = verify(checking)
                checking.dispose()
                _settle(copied)
                manifest = _write(stream, copied, settings, law, verified)
                stream.flush()
                os.fsync(stream.fileno())
                size = stream.tell()
                _read_again(stream)
                part.replace(file)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
            finally:
                _remove(copied)
        _sync(file.parent)
        return Backup(file, manifest, verified, size)
    except (OSError, sqlite3.Error, DBAPIError, zipfile.LargeZipFile, MoveFailed) as error:
        raise BackupFailed(f"no backup was made: {_why(error)}") from error
    finally:
        engine.dispose()


@contextmanager
def _alone(part: Path) -> Iterator[IO[bytes]]:
    """The unfinished archive, held so that no other backup writes it at the same time."""
    with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupFailed(f"another backup is writing {part.name}: wait for it") from error
        stream.truncate(0)
        yield stream


def _with_journals(database: Path) -> list[Path]:
    return [database, *(database.with_name(database.name + end) for end in ("-wal", "-shm", "-journal"))]


def _remove(database: Path) -> None:
    for path in _with_journals(database):
        path.unlink(missing_ok=True)


def _copy_database(engine: Engine, target: Path) -> None:
    """The database as it is at one moment, as a SQLite file."""
    if engine.dialect.name == "sqlite":
        source = f"file:{_quoted(str(engine.url.database))}?mode=ro"
        with closing(sqlite3.connect(source, uri=True, timeout=60)) as here, closing(sqlite3.connect(target)) as there:
            here.backup(there)  # all pages in one step: writers go on, and are not seen
            there.execute("PRAGMA journal_mode=DELETE")
        return
    copied = open_store(f"sqlite:///{target}").engine
    try:
        with moment(engine) as connection:
            copy(connection, copied)
    finally:
        copied.dispose()


def _quoted(path: str) -> str:
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _settle(database: Path) -> None:
    """Everything into the one file, none in a journal beside it."""
    with closing(sqlite3.connect(database)) as here:
        here.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        here.execute("PRAGMA journal_mode=DELETE")


def _write(stream: IO[bytes], database: Path, settings: Path, law: Path, verified: Verified) -> Manifest:
    with closing(sqlite3.connect(database)) as here:
        (revision,) = here.execute("SELECT version_num FROM alembic_version").fetchone()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        members = [_add(archive, DATABASE, database)]
        if settings.is_file():
            members.append(_add(archive, SETTINGS, settings))
        for path in sorted(law.glob("*/law/**/*")):
            name = f"{LAW}/{path.relative_to(law).as_posix()}"
            if path.is_file() and not path.is_symlink() and path.suffix != ".part" and _name_is_good(name):
                members.append(_add(archive, name, path))
        manifest = Manifest(
            format=FORMAT,
            made=datetime.now(UTC),
            revision=revision,
            faults=tuple(fault[:2000] for fault in verified.faults),
            members=tuple(members),
        )
        archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
    return manifest


def _read_again(stream: IO[bytes]) -> None:
    """A backup that cannot be read is none. Raises BackupFailed."""
    with zipfile.ZipFile(stream) as archive:
        for member in read_manifest(archive).members:
            for _ in _content(archive, member):
                pass


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> Member:
    digest, size = hashlib.sha256(), 0
    entry = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    entry.compress_type = zipfile.ZIP_DEFLATED
    with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            target.write(chunk)
    return Member(name=name, size=size, sha256=digest.hexdigest())


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _why(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "the disk is full: make room, or write to another disk"
    if isinstance(error, Exception) and (told := trouble(error)):
        return str(told)
    return str(error) or type(error).__name__


# Restoring ---------------------------------------------------------------------------------------------------------


def restore(file: Path, address: str, folder: Path, settings: Path, law: Path, *, force: bool = False) -> Backup:
    """Puts a backup in the place of the store at a database address; first everything is checked.

    `folder`: the data folder, where the backup is unpacked meanwhile. Settings from the backup are written beside
    `settings` when they differ. Raises BackupFailed, also for a store that holds something, unless `force`; then the
    store is as it was.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = connect(address)
    try:
        if not force:
            _refuse_full(target)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=folder) as made:
            unpacked = Path(made)
            manifest = _unpack(file, unpacked)
            verified = _check(unpacked / DATABASE, manifest)
            if target.dialect.name == "sqlite":
                _into_sqlite(unpacked / DATABASE, Path(str(target.url.database)), force)
            else:
                _into_postgresql(unpacked / DATABASE, target, force)
            _put_files(unpacked, settings, law, force)
        return Backup(file, manifest, verified, file.stat().st_size)
    except (*NO_ZIP, OSError, sqlite3.Error, DBAPIError, MoveFailed) as error:
        raise BackupFailed(f"nothing was restored: {_why(error)}") from error
    finally:
        target.dispose()


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """The manifest of an archive whose list of members was compared with it. Raises BackupFailed."""
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_MEMBERS + 1 or len(set(names)) != len(names):
        raise BackupFailed("this is no backup: it has too many files, or two of one name")
    for entry in entries:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        packed = entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or entry.flag_bits & 1
        if kind not in (0, stat.S_IFREG) or entry.is_dir() or packed:
            raise BackupFailed(f"this is no backup: {_shown(entry.filename)} is no plain file")
    if MANIFEST not in names or archive.getinfo(MANIFEST).file_size > MOST_MANIFEST:
        raise BackupFailed(f"this is no backup: it has no {MANIFEST}")
    with archive.open(MANIFEST) as stream:
        raw = stream.read(MOST_MANIFEST + 1)
    try:
        manifest = Manifest.model_validate_json(raw)
    except ValidationError as error:
        raise BackupFailed(f"this is no backup: {MANIFEST} is not as it should be") from error
    if manifest.format != FORMAT:
        raise BackupFailed(f"this backup is of another kind ({_shown(manifest.format)}): update the scanner")
    listed = {member.name: member for member in manifest.members}
    if len(listed) != len(manifest.members) or set(listed) | {MANIFEST} != set(names) or DATABASE not in listed:
        raise BackupFailed("this backup is not whole: its files are not those of its manifest")
    for member in manifest.members:
        if not _name_is_good(member.name):
            raise BackupFailed(f"this is no backup of ours: it has a file {_shown(member.name)}")
        if archive.getinfo(member.name).file_size != member.size:
            raise BackupFailed(f"this backup is damaged: {_shown(member.name)} has another size")
    return manifest


def _name_is_good(name: str) -> bool:
    if name in (DATABASE, SETTINGS):
        return True
    parts = name.split("/")
    return (
        4 <= len(parts) <= 8
        and parts[0] == LAW
        and parts[2] == "law"
        and all(PART.fullmatch(part) and ".." not in part for part in parts)
        and str(PurePosixPath(name)) == name
    )


def _shown(name: str) -> str:
    return repr(name[:80])


def _unpack(file: Path, folder: Path) -> Manifest:
    """Unpacks an archive, comparing each file's size and hash."""
    with zipfile.ZipFile(file) as archive:
        manifest = read_manifest(archive)
        room = shutil.disk_usage(folder).free
        total = sum(member.size for member in manifest.members)
        if total > min(MOST_BYTES, room):
            raise BackupFailed(f"the backup takes {total / 1e6:.0f} MB unpacked, the disk has {room / 1e6:.0f} MB free")
        for member in manifest.members:
            path = folder / member.name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as target:
                for chunk in _content(archive, member):
                    target.write(chunk)
        return manifest


def _content(archive: zipfile.ZipFile, member: Member) -> Iterator[bytes]:
    """A member's content, never more than it says it is. Raises BackupFailed at the end when the hash is another."""
    digest, left = hashlib.sha256(), member.size
    with archive.open(member.name) as source:
        while left >= 0 and (chunk := source.read(min(CHUNK, left + 1))):
            left -= len(chunk)
            digest.update(chunk)
            yield chunk
    if left or digest.hexdigest() != member.sha256:
        raise BackupFailed(f"this backup is damaged: {_shown(member.name)} has another hash than its manifest")


def _check(database: Path, manifest: Manifest) -> Verified:
    """Migrates the unpacked database to this version and verifies it. Raises BackupFailed."""
    address = f"sqlite:///{database}"
    engine = connect(address)

    @event.listens_for(engine, "connect")
    def careful(connection: sqlite3.Connection, _: object) -> None:
        for pragma in ("trusted_schema=OFF", "cell_size_check=ON"):
            connection.execute(f"PRAGMA {pragma}")

    try:
        with engine.connect() as connection:
            strange = _programs(connection.connection.driver_connection) - _own_programs(database.parent)
        if strange:
            raise BackupFailed(
                "this is no backup of ours: its database has triggers or views that are not the scanner's"
            )
        migrate(engine)
    except (StoreError, DBAPIError) as error:
        if isinstance(error, BackupFailed):
            raise
        raise BackupFailed(f"the database in this backup cannot be used: {_why(error)}") from error
    verified = verify(engine)
    engine.dispose()
    known = set(manifest.faults)
    new = [fault for fault in verified.faults if fault[:2000] not in known]
    if new:
        raise BackupFailed(f"the database in this backup is not whole: {new[0]} ({len(new)} faults)")
    _settle(database)
    return verified


def _programs(connection: object) -> set[str]:
    """What runs by itself in a SQLite database."""
    assert isinstance(connection, sqlite3.Connection)
    found = connection.execute(
        "SELECT sql FROM sqlite_master WHERE type IN ('trigger', 'view') OR sql LIKE 'CREATE VIRT%'"
    )
    return {" ".join(str(sql).split()) for (sql,) in found}


def _own_programs(folder: Path) -> set[str]:
    """Those that the migrations make."""
    own = open_store(sqlite_address(folder / "own")).engine
    try:
        with own.connect() as connection:
            return _programs(connection.connection.driver_connection)
    finally:
        own.dispose()


def _refuse_full(target: Engine) -> None:
    if not exists(target):
        return
    try:
        with target.connect() as connection:
            if revisions(connection)[0] is None:
                return
        migrate(target)
        with target.connect() as connection:
            held = contents(connection)
    except (DBAPIError, sqlite3.Error, StoreError) as error:
        raise BackupFailed(
            f"the store that is there cannot be read ({_why(error)}). With --force the backup takes its place"
        ) from error
    if held:
        there = ", ".join(f"{rows} in {name}" for name, rows in held.items())
        raise BackupFailed(f"the store is not empty ({there}). With --force the backup takes its place")


def _into_sqlite(source: Path, target: Path, force: bool) -> None:
    """Page by page into the file that is there, as one transaction of SQLite: other programs see the old or the new."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        _overwrite(source, target)
    except sqlite3.DatabaseError as error:
        if not force or type(error) is not sqlite3.DatabaseError:
            raise  # SQLite says "malformed" and "not a database" by that very class; full and locked by others
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        for path in _with_journals(target):
            if path.exists():
                path.replace(path.with_name(path.name.replace(target.name, f"{target.name}.damaged-{stamp}", 1)))
        _overwrite(source, target)
    _sync(target.parent)


def _overwrite(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target, timeout=60)) as there:
        there.execute("PRAGMA synchronous=FULL")
        there.execute("PRAGMA schema_version").fetchone()
        here.backup(there)
        there.execute("PRAGMA journal_mode=WAL")


def _into_postgresql(source: Path, target: Engine, force: bool) -> None:
    migrate(target)
    engine = connect(f"sqlite:///{source}")
    try:
        with moment(engine) as connection:
            copy(connection, target, replace=force)
    finally:
        engine.dispose()


def _put_files(unpacked: Path, settings: Path, law: Path, force: bool) -> None:
    """What the law's commands wrote, and the settings beside those that are there. A file that differs stays."""
    found = unpacked / SETTINGS
    if found.exists() and not (settings.exists() and settings.read_bytes() == found.read_bytes()):
        _put(found, settings.with_name(settings.name + ".from-backup"))
    root = law.resolve()
    for path in sorted((unpacked / LAW).glob("**/*")) if (unpacked / LAW).exists() else []:
        to = law / path.relative_to(unpacked / LAW)
        if not path.is_file() or (to.exists() and not force):
            continue
        to.parent.mkdir(parents=True, exist_ok=True)
        if to.is_symlink() or not to.parent.resolve().is_relative_to(root):
            raise BackupFailed(f"{to} leads out of the folder of reports")
        _put(path, to)


def _put(source: Path, to: Path) -> None:
    part = to.with_name(to.name + ".part")
    shutil.copyfile(source, part)
    with part.open("rb") as stream:
        os.fsync(stream.fileno())
    part.replace(to)
    _sync(to.parent)
