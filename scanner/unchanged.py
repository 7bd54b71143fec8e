"""Pages that have not changed since the last scan are not looked at again: what was kept of them is carried forward.

A page is unchanged when its server says so (304) or its normalised content is the same, every style sheet and script
that it names in its own right has the same content, the scanner, axe and browser are the same, and no page of its
template has changed its frame. What comes from elsewhere (a service behind a script) is only seen by a full pass, which
comes every `full_every` scans. A carried page says which scan it was really looked at in.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import httpx
from sqlalchemy import delete, insert, select, update

from scanner.documents import download
from scanner.model import Discovery, LedgerState
from scanner.store import Address, Scan, Store, page_evidence
from scanner.tables import AddressRow, OutcomeRow, SettingRow

RESOURCES = "resources.{scan}"
FULL = "full"
"""Key in a scan's settings: True for a full pass."""
REACH = "reach"
"""Key in a scan's settings: what decides which addresses may be asked for. Other settings, other addresses."""


def due_full(store: Store, channel: str, full_every: int) -> bool:
    """Whether the next scan of this channel looks at everything: the first one, and every `full_every`-th."""
    past = store.scans(channel, finished=True)[: max(1, full_every) - 1]
    return full_every <= 1 or not any(scan.settings.get(FULL) for scan in past if scan.settings.get("follow"))


def before(store: Store, scan: Scan) -> Scan | None:
    """The scan whose evidence may be carried: the channel's last finished one, with the same tools and reach."""
    if scan.settings.get(FULL, True):
        return None
    for past in store.scans(scan.channel, finished=True):
        if past.settings.get("follow") and past.stage == "done" and past.id < scan.id:
            same = past.versions == scan.versions and past.settings.get(REACH) == scan.settings.get(REACH)
            return past if same else None
    return None


def well_looked(rows: Sequence[Discovery], kept: Collection[str]) -> tuple[Discovery, ...]:
    """Rows of the last scan that may be told as unchanged: looked at well, with evidence (`kept`: their addresses)."""
    good = (LedgerState.VISITED, LedgerState.UNCHANGED)
    return tuple(
        replace(row, state=LedgerState.VISITED if row.state in good else row.state)
        for row in rows
        if row.url in kept and row.state in (*good, LedgerState.DOCUMENT)
    )


def owed(rows: Sequence[Discovery], told: Sequence[Discovery], room: int) -> list[Discovery]:
    """The other addresses of the last scan: a page that answers "not modified" shows no links, so ask.

    Of those beyond the budget only as many as there is room for now: else they took the places of pages that were
    looked at, and every night saw other pages. What robots.txt forbade is asked again: the file may have changed.
    """
    known = {row.url for row in told}
    others = [row for row in rows if row.url not in known and row.channel]
    beyond = [row.url for row in others if row.state is LedgerState.OVER_BUDGET]
    as_it_was = (LedgerState.OUT_OF_SCOPE, LedgerState.UNSAFE)
    stays = set(beyond[max(0, room) :])
    return [
        row
        if row.state in as_it_was or row.url in stays
        else replace(row, state=LedgerState.FOUND, reason="", fetched=False)
        for row in others
    ]


async def fingerprints(store: Store, scan: Scan, client: Mapping[str, Any], gap: float) -> dict[str, str]:
    """Address → hash of every style sheet and script that pages of this scan name; kept with the scan."""
    urls: set[str] = set()
    for page in store.evidence(scan.id):
        urls.update(str(url) for url in (page.first("facts") or {}).get("resources", ()))
    found: dict[str, str] = {}
    async with httpx.AsyncClient(**client) as asking:
        for url in sorted(urls):
            data, trouble = await download(asking, url)
            found[url] = "" if trouble else hashlib.sha256(data).hexdigest()
            await asyncio.sleep(gap)
    with store.session() as session:
        key = RESOURCES.format(scan=scan.id)
        session.execute(delete(SettingRow).where(SettingRow.key == key))
        session.execute(insert(SettingRow).values(key=key, value=json.dumps(found)))
    return found


def kept_fingerprints(store: Store, scan: Scan) -> dict[str, str]:
    """What `fingerprints` kept with a scan."""
    with store.session() as session:
        row = session.get(SettingRow, RESOURCES.format(scan=scan.id))
        return dict(json.loads(row.value)) if row else {}


def carry(store: Store, scan: Scan, past: Scan) -> int:
    """Gives unchanged pages what was kept of them, in one transaction. Returns how many. Idempotent."""
    with store.session() as session:
        older = {
            row.url: row
            for row in session.scalars(
                select(AddressRow).where(AddressRow.scan_id == past.id, AddressRow.evidence != "")
            )
        }
        rows = session.scalars(
            select(AddressRow).where(
                AddressRow.scan_id == scan.id,
                AddressRow.state.in_((LedgerState.UNCHANGED, LedgerState.DOCUMENT)),
                AddressRow.evidence == "",
            )
        )
        carried = 0
        for row in list(rows):
            kept = older.get(row.url)
            if row.state == LedgerState.DOCUMENT:
                if (
                    kept is None
                    or (row.etag, row.last_modified) != (kept.etag, kept.last_modified)
                    or not row.etag + row.last_modified
                ):
                    continue  # it is read again
            elif kept is None:
                row.state, row.reason = LedgerState.FOUND, ""
                continue
            row.evidence, row.template, row.title, row.deep = kept.evidence, kept.template, kept.title, kept.deep
            row.confirmed_from = kept.confirmed_from or past.id
            session.execute(delete(OutcomeRow).where(OutcomeRow.address_id == row.id))
            columns = [c for c in OutcomeRow.__table__.columns if c.name not in ("id", "scan_id", "address_id")]
            copies = [
                {**{c.name: getattr(one, c.name) for c in columns}, "scan_id": scan.id, "address_id": row.id}
                for one in session.scalars(
                    select(OutcomeRow).where(OutcomeRow.address_id == kept.id).order_by(OutcomeRow.id)
                )
            ]
            if copies:
                session.execute(insert(OutcomeRow), copies)
            carried += 1
        return carried


def look_after_all(store: Store, scan: Scan, changed: set[str], templates: set[str]) -> list[str]:
    """Puts carried pages back to `found` whose resources or template changed; returns their addresses."""
    back: list[Address] = []
    for row in store.ledger(scan.id, LedgerState.UNCHANGED):
        if row.template in templates:
            back.append(row)
        elif changed:
            named = (_evidence_facts(store, row)).get("resources", ())
            if changed & {str(url) for url in named}:
                back.append(row)
    with store.session() as session:
        for row in back:
            session.execute(delete(OutcomeRow).where(OutcomeRow.address_id == row.id))
        session.execute(
            update(AddressRow)
            .where(AddressRow.id.in_([row.id for row in back]))
            .values(state=LedgerState.FOUND, evidence="", deep="", confirmed_from=None, reason="")
        )
    return [row.url for row in back]


def changed_templates(store: Store, scan: Scan, past: Scan) -> set[str]:
    """Templates (as they were) of which a page that was looked at now has another frame."""
    older = {row.url: row.template for row in store.ledger(past.id, LedgerState.VISITED, LedgerState.UNCHANGED)}
    return {
        older[row.url]
        for row in store.ledger(scan.id, LedgerState.VISITED)
        if row.url in older and row.template and older[row.url] != row.template
    }


def _evidence_facts(store: Store, row: Address) -> Mapping[str, Any]:
    return page_evidence(store.blob(row.evidence)).first("facts") or {}
