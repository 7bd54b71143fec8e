"""Files that are there whole or not at all, also when the power goes while they are written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> Path:
    """Writes a file under another name and then gives it its own; text as UTF-8. Returns the path."""
    with whole(path) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """The path to write to in a `with`; at its end the file gets its own name. Nothing is left of one that failed."""
    part = path.with_name(path.name + ".part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
