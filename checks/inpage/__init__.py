"""Longer in-page scripts of the deep probes, one file each: functions `(S, argument) => JSON value` for `Tab.call`."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files


@lru_cache
def script(name: str) -> str:
    """Text of `NAME.js` in this folder, as an expression: without the semicolon at its end."""
    return files(__name__).joinpath(f"{name}.js").read_text("utf-8").rstrip().removesuffix(";")
