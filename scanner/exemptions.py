"""What the law leaves out of a channel, by rule: on which address, in which frame, where, of which day. Pure.

One exemption covers a finding or a question when all that it names fits every address, and every place with what was
measured there. What is covered is reported apart, with ground and reason, and counted nowhere.
Source: fifty-criteria and status-and-statement (Besluit digitale toegankelijkheid overheid, article 2).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from scanner.config import Channel, Exemption
from scanner.model import Place
from scanner.owners import frame_matches

Spot = tuple[Place | None, Mapping[str, Any]]
"""A place, and the values that were measured there."""


def exemption_of(channel: Channel, criterion: str, urls: Sequence[str], spots: Sequence[Spot]) -> Exemption | None:
    """The first exemption of the channel that covers all of this, if one does."""
    return next((one for one in channel.exemptions if covers(one, criterion, urls, spots)), None)


def covers(one: Exemption, criterion: str, urls: Sequence[str], spots: Sequence[Spot]) -> bool:
    """Whether all that an exemption names fits; where nothing is known of addresses or places, nothing that it names
    of them does."""
    return (
        (not one.criteria or criterion in one.criteria)
        and (not one.url or (bool(urls) and all(re.search(one.url, url) for url in urls)))
        and (not (one.selector or one.frame or one.before) or bool(spots))
        and all(_fits(one, place or Place(""), values) for place, values in spots)
    )


def _fits(one: Exemption, place: Place, values: Mapping[str, Any]) -> bool:
    return (
        (not one.selector or one.selector in place.selector)
        and (not one.frame or frame_matches(one.frame, place.frame))
        and (not one.before or "" < str(values.get("date", "")) < str(one.before))
    )
