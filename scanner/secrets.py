"""Secrets: settings say only where they are. They are read when needed, and never written anywhere."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from scanner.model import Mistake, PageEvidence, Record

MASK = "•••"


class SecretMissing(Mistake):
    """A secret is not where the settings say; the message names the place, never the secret."""


def secret(where: str, folder: Path) -> str:
    """A secret by its place: the name of an environment variable, `keyring:SERVICE/USER`, or `file:NAME` in `folder`.

    Raises SecretMissing.
    """
    if where.startswith("keyring:"):
        import keyring.errors  # looks for its backends in all that is installed, for those who have none there

        service, _, user = where.removeprefix("keyring:").partition("/")
        try:
            found = keyring.get_password(service, user)
        except keyring.errors.KeyringError as error:
            raise SecretMissing(f"the keyring cannot be read for {where!r}: {error}") from error
    elif where.startswith("file:"):
        name = where.removeprefix("file:")
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise SecretMissing(f"{where!r} leads out of the secrets folder. Give the name of a file in it.")
        try:
            found = path.read_text("utf-8").strip()
        except OSError as error:
            raise SecretMissing(f"the file of {where!r} cannot be read: {error.strerror}.") from error
    else:
        found = os.environ.get(where)
    if not found:
        raise SecretMissing(f"there is no secret at {where!r}. Set it there; it does not belong in scanner.toml.")
    return found


def without_secrets(page: PageEvidence, secrets: Iterable[str]) -> PageEvidence:
    """The evidence with every occurrence of a secret masked, wherever a page may have shown it."""
    hidden = [s for s in secrets if len(s) >= 4]
    if not hidden:
        return page

    def mask(value: Any) -> Any:
        if isinstance(value, str):
            for one in hidden:
                value = value.replace(one, MASK)
            return value
        if isinstance(value, dict):
            return {mask(k): mask(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [mask(v) for v in value]
        return value

    looks = tuple(
        replace(
            look,
            steps=tuple(mask(look.steps)),
            records={
                name: Record(record.probe, mask(record.data), mask(record.prevented), record.seconds)
                for name, record in look.records.items()
            },
        )
        for look in page.looks
    )
    return replace(page, final_url=mask(page.final_url), headers=mask(dict(page.headers)), looks=looks)
