"""A folder for what a browser leaves behind: it goes when we end, and when we are killed.

Without Chromium's sandbox each of its processes makes its own temporary files, and may be ended before it has removed
them: the deep looks at a site of 40 pages left six empty ones, measured.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress

LONGEST = 60
"""Characters of a folder for a browser: its socket's path, 46 longer, may be 107 long; on macOS 103."""

# Our end of the pipe closes however we end. The browser ends at the same time, and may still be writing.
_REMOVES = 'cat; for wait in 0 0.2 2; do sleep $wait; rm -rf "$0" && exit; done'


@contextmanager
def passing_folder() -> Iterator[str]:
    """The path of an empty folder, for `with_temporary`."""
    folder = tempfile.mkdtemp(prefix="scanner-browser-")
    remover = _remover(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if remover is not None and remover.stdin is not None:
            remover.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                remover.wait(5)


def with_temporary(folder: str) -> dict[str, str]:
    """Our environment, with this folder for temporary files unless a browser could not start with it."""
    return {**os.environ, **({"TMPDIR": folder} if folder and len(folder) <= LONGEST else {})}


def _remover(folder: str) -> subprocess.Popen[bytes] | None:
    """Who removes it when we cannot; in a session of its own, so that what is sent to all of ours does not end it."""
    if os.name != "posix":
        return None
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        ["/bin/sh", "-c", _REMOVES, folder], stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True
    )
