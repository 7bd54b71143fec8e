"""The dossier in the store: changes are read and appended, never altered; questions, samples and files beside it.

A dossier is the sum of its changes (scanner.dossier). `record` looks at what stands there, works out what the edited
dossier changes, and appends that in one transaction: two people who edit at the same time cannot overwrite each other
unseen, because a change whose `before` is not what stands there is refused. Database triggers refuse any other write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from scanner.dossier import Dossier, DossierChange, changes_between
from scanner.dossier_files import ImportFailed, ImportProblem, Parts, read_file
from scanner.questions import Question
from scanner.store import Scan, Store, _insert, _put, now
from scanner.tables import DossierChangeRow, QuestionRow, SampleRow
from spiders.sample import Clause, Entry, Reason, Sample


def dossier(store: Store, channel: str) -> Dossier:
    """The dossier of a channel with its history; empty when nothing was written down. Raises HistoryBroken."""
    with store.session() as session:
        return Dossier.from_changes(channel, _changes(session, channel))


def channels(store: Store) -> tuple[str, ...]:
    """Channels with a dossier."""
    with store.session() as session:
        return tuple(session.scalars(select(DossierChangeRow.channel).distinct().order_by(DossierChangeRow.channel)))


def record(
    store: Store,
    channel: str,
    edit: Callable[[Dossier], Dossier],
    by: str,
    *,
    since: date | None = None,
    note: str = "",
    at: datetime | None = None,
) -> tuple[DossierChange, ...]:
    """Edits a dossier and appends what that changed; nothing when it changed nothing.

    `edit` gets the dossier as it stands and gives it back as it should be. `since` is the day from which it is true,
    for facts that are entered later. ValueError without a name: a change must say who made it.
    """
    if not by.strip():
        raise ValueError("a change of a dossier needs the name of who makes it")
    with store.session() as session:
        _lock(session)
        before = Dossier.from_changes(channel, _changes(session, channel))
        moment = at or now()
        if before.changes:
            moment = max(moment, before.changes[-1].at)
        made = changes_between(before, edit(before), moment, by.strip(), since, note)
        Dossier.from_changes(channel, [*before.changes, *made])
        session.add_all(
            DossierChangeRow(
                channel=channel,
                at=one.at,
                by=one.by,
                path=one.path,
                before=one.before,
                after=one.after,
                since=one.since,
                note=one.note,
            )
            for one in made
        )
        return made


def read(file: Path, channel: str, part: str = "") -> Parts:
    """What a file holds for this channel. Raises ImportFailed, also for the file of another channel."""
    parts = read_file(file, part)
    if parts.channel and parts.channel != channel:
        raise ImportFailed([ImportProblem(file.name, 1, "channel", "channel", parts.channel, channel)])
    return parts


def take_in(
    store: Store,
    channel: str,
    file: Path,
    by: str,
    *,
    part: str = "",
    since: date | None = None,
    note: str = "",
    replace_lists: bool = False,
) -> tuple[DossierChange, ...]:
    """Takes a dossier file in: items of the same key are replaced, others stay or, with `replace_lists`, go.

    Out: what that changed. Raises ImportFailed with every problem of the file; then nothing is written.
    """
    parts = read(file, channel, part)

    def edit(before: Dossier) -> Dossier:
        return parts.merged_into(before, replace_lists)

    return record(store, channel, edit, by, since=since, note=note or file.name)


def _lock(session: Session) -> None:
    """Only one edit at a time: what is read next is still true when it is written."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE dossier_change IN SHARE ROW EXCLUSIVE MODE"))
    else:
        session.execute(text("UPDATE dossier_change SET id = id WHERE 1 = 0"))  # takes SQLite's write lock


def _changes(session: Session, channel: str) -> list[DossierChange]:
    rows = session.scalars(
        select(DossierChangeRow).where(DossierChangeRow.channel == channel).order_by(DossierChangeRow.id)
    )
    return [
        DossierChange(row.channel, row.at, row.by, row.path, row.before, row.after, row.since, row.note) for row in rows
    ]


# Questions ---------------------------------------------------------------------------------------------------------


def seen_questions(store: Store, scan: Scan, questions: Iterable[Question], day: date) -> None:
    """Notes which questions a scan brings: those that were never there are new on this day."""
    with store.session() as session:
        for item in questions:
            session.execute(
                _insert(session, QuestionRow)
                .values(
                    channel=scan.channel,
                    criterion=item.criterion,
                    fingerprint=item.fingerprint[:200],
                    first_seen=day,
                    first_scan=scan.id,
                    last_scan=scan.id,
                )
                .on_conflict_do_update(
                    index_elements=["channel", "criterion", "fingerprint"],
                    set_={"last_scan": scan.id},
                    where=QuestionRow.last_scan < scan.id,
                )
            )


def first_seen(store: Store, channel: str) -> dict[tuple[str, str], date]:
    """The day on which each question of a channel was first there, by criterion and fingerprint."""
    with store.session() as session:
        found = session.execute(
            select(QuestionRow.criterion, QuestionRow.fingerprint, QuestionRow.first_seen).where(
                QuestionRow.channel == channel
            )
        )
        return {(number, fingerprint): first for number, fingerprint, first in found}


def has_questions(store: Store, scan: Scan) -> bool:
    """Whether the questions of this scan were noted."""
    with store.session() as session:
        last = session.scalar(select(func.max(QuestionRow.last_scan)).where(QuestionRow.channel == scan.channel))
        return last is not None and last >= scan.id


# Samples -----------------------------------------------------------------------------------------------------------


def save_sample(store: Store, scan: Scan, sample: Sample) -> None:
    """Keeps the sample of a scan; earlier ones stay."""
    with store.session() as session:
        session.add(
            SampleRow(
                channel=scan.channel,
                scan=scan.id,
                made=now(),
                seed=sample.seed,
                entries=[asdict(entry) for entry in sample.entries],
                missing=[str(reason) for reason in sample.missing],
            )
        )


def last_sample(store: Store, channel: str, scan: int | None = None) -> Sample | None:
    """The newest sample of a channel, or of one of its scans."""
    with store.session() as session:
        query = select(SampleRow).where(SampleRow.channel == channel).order_by(SampleRow.id.desc())
        row = session.scalars(query if scan is None else query.where(SampleRow.scan == scan)).first()
        if row is None:
            return None
        entries = tuple(
            Entry(
                raw["url"],
                Clause(raw["clause"]),
                Reason(raw["reason"]),
                raw["detail"],
                tuple(Reason(name) for name in raw["also"]),
            )
            for raw in row.entries
        )
        return Sample(entries, tuple(Reason(name) for name in row.missing), row.seed)


# Files -------------------------------------------------------------------------------------------------------------


def keep_file(store: Store, kind: str, content: bytes) -> str:
    """Keeps a file as it came, such as an auditor's; its SHA-256, by which `Store.blob` gives it back."""
    with store.session() as session:
        return _put(session, kind, content)


def changes_of(given: Dossier, *, path: str = "", limit: int = 0) -> Sequence[DossierChange]:
    """The history of a dossier, newest last; only of paths that begin so; the last `limit` of them."""
    found = [change for change in given.changes if change.path.startswith(path)]
    return found[-limit:] if limit else found
