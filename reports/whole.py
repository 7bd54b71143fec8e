"""Files that are there whole or not at all, also when the power goes while they are written."""

from __future__ import annotations

from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> Path:
    """Writes a file under another name and then gives it its own; text as UTF-8. Returns the path."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(content.encode() if isinstance(content, str) else content)
    part.replace(path)
    return path
