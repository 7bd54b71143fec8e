"""Serves WordPress until Ctrl+C."""

import sys
import tempfile
import threading
from pathlib import Path

from tests.real import wordpress

with (
    tempfile.TemporaryDirectory() as folder,
    wordpress.serving(Path(folder), *sys.argv[1:2], port=8766) as site,
):
    print(site.url, "redactie", wordpress.PASSWORD, flush=True)
    threading.Event().wait()
