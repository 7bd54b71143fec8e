"""The tables of the store. Changes go by a migration in scanner/migrations/versions, never by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Instant(TypeDecorator[datetime]):
    """A moment, kept in UTC and always aware (SQLite forgets the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """To the database."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """From the database."""
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Words(TypeDecorator[str]):
    """Text of any origin. What no database keeps (PostgreSQL no NUL, neither a half surrogate) becomes U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """To the database."""
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class Table(DeclarativeBase):
    """Parent of all tables; names of constraints are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {dict[str, Any]: JSON, list[Any]: JSON, datetime: Instant, str: Words}


class ScanRow(Table):
    """One scan of one channel."""

    __tablename__ = "scan"
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    """`site`, `list` (only the named addresses), `nightly`, `weekly`, …"""
    started: Mapped[datetime]
    finished: Mapped[datetime | None]
    stage: Mapped[str] = mapped_column(String(20))
    """`crawl`, `visit`, `deepen`, `site`, `done`, `given up`: where to go on after an interruption."""
    versions: Mapped[dict[str, Any]]
    """Scanner, rules, axe-core with SHA-256, browser, driver."""
    settings: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(default="")


class AddressRow(Table):
    """The ledger: one address of one scan, where it was found, what became of it and why."""

    __tablename__ = "address"
    __table_args__ = (UniqueConstraint("scan_id", "url"), Index("ix_address_scan_state", "scan_id", "state"))
    id: Mapped[int] = mapped_column(primary_key=True)
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id", ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(String(2048))
    channel: Mapped[str] = mapped_column(String(64))
    found_on: Mapped[str]
    depth: Mapped[int]
    place: Mapped[int]
    """Order of discovery within the scan: the same site gives the same order."""
    state: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(default="")
    fetched: Mapped[bool] = mapped_column(default=False)
    status: Mapped[int] = mapped_column(default=0)
    content_type: Mapped[str] = mapped_column(default="")
    etag: Mapped[str] = mapped_column(default="")
    last_modified: Mapped[str] = mapped_column(default="")
    body_hash: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    visited_at: Mapped[datetime | None]
    seconds: Mapped[float] = mapped_column(default=0.0)
    title: Mapped[str] = mapped_column(default="")
    template: Mapped[str] = mapped_column(String(40), default="")
    deep: Mapped[str] = mapped_column(String(10), default="")
    """Empty: light only; `due`; `done`."""
    evidence: Mapped[str] = mapped_column(String(64), default="")
    """Hash of the kept evidence."""
    confirmed_from: Mapped[int | None]
    """Scan whose evidence was carried forward, for unchanged pages."""


class BlobRow(Table):
    """Evidence and pictures, compressed, addressed by the SHA-256 of the content."""

    __tablename__ = "blob"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    data: Mapped[bytes] = mapped_column(LargeBinary)


class ThinnedRow(Table):
    """A blob that was taken away because it was old: that it was there, how large, when it went and why."""

    __tablename__ = "thinned"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    size: Mapped[int]
    """Bytes that it took, compressed."""
    at: Mapped[datetime]
    why: Mapped[str] = mapped_column(String(20))
    """`age`: older than keep_nights; `size`: the store was larger than max_megabytes."""


class OutcomeRow(Table):
    """One outcome of one scan; address empty for the site as a whole."""

    __tablename__ = "outcome"
    __table_args__ = (Index("ix_outcome_scan_verdict", "scan_id", "verdict"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id", ondelete="CASCADE"))
    address_id: Mapped[int | None] = mapped_column(ForeignKey("address.id", ondelete="CASCADE"), index=True)
    criterion: Mapped[str] = mapped_column(String(10))
    verdict: Mapped[str] = mapped_column(String(20))
    rule: Mapped[str] = mapped_column(String(80))
    selector: Mapped[str] = mapped_column(default="")
    snippet: Mapped[str] = mapped_column(default="")
    frame: Mapped[str] = mapped_column(default="")
    box: Mapped[list[Any] | None]
    region: Mapped[str] = mapped_column(String(20), default="")
    component: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    viewport: Mapped[str] = mapped_column(String(20), default="")
    practice: Mapped[str] = mapped_column(String(20), default="")
    detail: Mapped[dict[str, Any]]
    replay: Mapped[list[Any]]
    picture: Mapped[str] = mapped_column(String(64), default="")
    """Hash of a cropped picture of the place."""


class FindingRow(Table):
    """One finding of one channel, as it stands after the last scan."""

    __tablename__ = "finding"
    __table_args__ = (UniqueConstraint("code"), Index("ix_finding_channel_life", "channel", "life"))
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20))
    """Short and stable, such as VM-0042; never given twice."""
    channel: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[str] = mapped_column(String(20))
    scope: Mapped[str] = mapped_column(String(10))
    page: Mapped[str] = mapped_column(default="")
    rule: Mapped[str] = mapped_column(String(80))
    criterion: Mapped[str] = mapped_column(String(10))
    shape: Mapped[dict[str, Any]]
    """scanner.fingerprints.Shape with tokens and hashes of the whole markup."""
    strictness: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(10))
    life: Mapped[str] = mapped_column(String(20))
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    first_scan: Mapped[int]
    last_scan: Mapped[int]
    """Last scan that saw it. Numbers, not references: a finding outlives its scans."""
    fixed_on: Mapped[datetime | None]
    reopened_on: Mapped[datetime | None]
    mark: Mapped[dict[str, Any]]
    """What a person said: life, reason, by, on, until, exacts; empty without mark."""
    state: Mapped[dict[str, Any]]
    """cause, retired, why, seems_fixed."""


class FindingPageRow(Table):
    """A page on which a finding is, as it was last seen there."""

    __tablename__ = "finding_page"
    __table_args__ = (UniqueConstraint("finding_id", "url"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id", ondelete="CASCADE"))
    place: Mapped[int]
    """Order among the finding's pages."""
    url: Mapped[str] = mapped_column(String(2048))
    state: Mapped[str] = mapped_column(default="")
    viewport: Mapped[str] = mapped_column(String(20), default="")
    depth: Mapped[str] = mapped_column(String(10))
    scan: Mapped[int]
    count: Mapped[int]
    clean: Mapped[int]
    example: Mapped[dict[str, Any]]
    """Place, values, replay and picture (hash of a blob) for the first pages; else empty."""


class FindingEventRow(Table):
    """History of findings; append only."""

    __tablename__ = "finding_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id", ondelete="CASCADE"), index=True)
    scan: Mapped[int | None] = mapped_column(index=True)
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(30))
    by: Mapped[str] = mapped_column(default="")
    detail: Mapped[dict[str, Any]]


class OccurrenceRow(Table):
    """How much of a finding one scan saw: for trends and for comparing scans."""

    __tablename__ = "occurrence"
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id", ondelete="CASCADE"), primary_key=True)
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id", ondelete="CASCADE"), primary_key=True, index=True)
    life: Mapped[str] = mapped_column(String(20))
    pages: Mapped[int]
    """Pages on which this scan saw it; 0: it was looked for or waited."""
    places: Mapped[int]


class FindingNightRow(Table):
    """One scan whose outcomes went into the findings: it is never done twice."""

    __tablename__ = "finding_night"
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(64), index=True)
    before: Mapped[int | None]
    at: Mapped[datetime]
    detail: Mapped[dict[str, Any]]
    """Sets of finding numbers, tool changes, coverage."""


class FlipRow(Table):
    """What the same rule said of the same pages looked at twice in one scan."""

    __tablename__ = "flip"
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id", ondelete="CASCADE"), primary_key=True)
    rule: Mapped[str] = mapped_column(String(80), primary_key=True)
    seen: Mapped[int]
    """Findings seen in either look."""
    flips: Mapped[int]
    """Seen in one look only."""


class DossierChangeRow(Table):
    """One change of one field of one channel's dossier; append only, in the order of `id`."""

    __tablename__ = "dossier_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    path: Mapped[str]
    before: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    after: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    since: Mapped[date | None]
    """From when it is true, when that is not the day it was written down."""
    note: Mapped[str] = mapped_column(default="")


class QuestionRow(Table):
    """When a question was first and last there. Answers are part of the dossier: they are what people say."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("channel", "criterion", "fingerprint"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(64))
    criterion: Mapped[str] = mapped_column(String(10))
    fingerprint: Mapped[str] = mapped_column(String(200))
    first_seen: Mapped[date]
    first_scan: Mapped[int]
    last_scan: Mapped[int]
    """Numbers, not references: a question outlives its scans."""


class SampleRow(Table):
    """The sample of one scan of one channel: the newest row counts."""

    __tablename__ = "sample"
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(64), index=True)
    scan: Mapped[int]
    made: Mapped[datetime]
    seed: Mapped[int] = mapped_column(BigInteger)
    entries: Mapped[list[Any]]
    """url, title, clause, reason, detail, also of each entry, in order."""
    missing: Mapped[list[Any]]
    """Obliged kinds of page that none was found for."""


class ScheduledNightRow(Table):
    """One night of one kind of scan of one channel. Its key makes a double or late firing harmless."""

    __tablename__ = "scheduled_night"
    __table_args__ = (UniqueConstraint("channel", "kind", "day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(20))
    day: Mapped[date]
    """Local date on which it should begin."""
    state: Mapped[str] = mapped_column(String(20))
    scan_id: Mapped[int | None]
    started: Mapped[datetime | None]
    finished: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")


class NoticeRow(Table):
    """A notice on its way: written in the transaction that gave rise to it, sent afterwards, never written twice."""

    __tablename__ = "notice"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    """What it is about and for whom."""
    receiver: Mapped[str]
    """Place of the receiver in the settings, never an address with a secret."""
    title: Mapped[str]
    body: Mapped[str]
    written: Mapped[datetime]
    sent: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(default="")


class SettingRow(Table):
    """Small facts of this installation, such as when the schedule was first looked at."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str]
