"""Who repairs a finding: ordered rules of scanner.toml, then the channel's supplier or owner. Pure; says why.

The first rule of which every given part matches decides. `path` and `component` are regular expressions, searched;
`host` and `frame` match a host name and what is under it (`frame` may also be the start of an address); `region` and
`channel` match exactly.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from scanner.config import Config, OwnerRule, Supplier
from scanner.findings import Finding, Owner, Words

DEFAULT_REPAIR_DAYS: Mapping[str, int] = {
    str(key): days for key, days in Supplier(id="none", name="none").repair_days.items()
}
"""Terms of teams, and of suppliers whose contract names none."""


@dataclass(frozen=True, slots=True)
class Spotted:
    """Where something is, as owner rules look at it."""

    channel: str
    url: str
    region: str = ""
    component: str = ""
    frame: str = ""


def owner_of(config: Config, where: Spotted) -> Owner:
    """The owner of a place, with the rule that decided. Unknown channel: only rules can give an owner."""
    for number, rule in enumerate(config.owners, 1):
        if matches(rule, where):
            parts = ", ".join(
                f'{key} = "{value}"' for key, value in rule.model_dump().items() if value and key != "owner"
            )
            return _named(config, rule.owner, Words("owner.because.rule", {"number": number, "rule": parts or "*"}))
    channel = next((channel for channel in config.channels if channel.id == where.channel), None)
    if channel is not None and (channel.supplier or channel.owner):
        part = "supplier" if channel.supplier else "team"
        return _named(
            config, channel.supplier or channel.owner, Words(f"owner.because.channel_{part}", {"channel": channel.name})
        )
    return Owner(because=Words("owner.because.nobody"))


def matches(rule: OwnerRule, where: Spotted) -> bool:
    """Whether every given part of a rule fits; a rule without parts fits everything."""
    try:
        parts = urlsplit(where.url)
        host, path = parts.hostname or "", parts.path or "/"
    except ValueError:
        host, path = "", ""
    return (
        (not rule.channel or rule.channel == where.channel)
        and (not rule.host or under(host, rule.host))
        and (not rule.path or re.search(rule.path, path) is not None)
        and (not rule.region or rule.region == where.region)
        and (not rule.component or re.search(rule.component, where.component) is not None)
        and (not rule.frame or frame_matches(rule.frame, where.frame))
    )


def under(host: str, wanted: str) -> bool:
    """Whether a host is the wanted one or below it; `*.` before it changes nothing."""
    wanted = wanted.lower().removeprefix("*.")
    return host.lower() == wanted or host.lower().endswith("." + wanted)


def frame_matches(wanted: str, frame: str) -> bool:
    """Whether the address of a frame has the wanted host, or begins as wanted."""
    if not frame:
        return False
    if "/" in wanted:
        return frame.startswith(wanted) or frame.partition("//")[2].startswith(wanted)
    try:
        parts = urlsplit(frame)
        return under(parts.hostname or "", wanted) or parts.netloc.lower() == wanted.lower()
    except ValueError:
        return False


def _named(config: Config, name: str, because: Words) -> Owner:
    supplier = next((supplier for supplier in config.suppliers if supplier.id == name), None)
    if supplier is not None:
        return Owner(supplier.id, supplier.name, supplier.email, supplier.lang, "supplier", because)
    return Owner(name, name, "", config.organisation.lang, "team", because)


def repair_days(config: Config, owner: Owner) -> Mapping[str, int]:
    """Days to repair by severity, by the owner's terms."""
    supplier = next((supplier for supplier in config.suppliers if supplier.id == owner.id), None)
    return DEFAULT_REPAIR_DAYS if supplier is None else {str(key): days for key, days in supplier.repair_days.items()}


def main_owner(owners: Iterable[Owner]) -> Owner:
    """The owner of most places of a finding; the first of equals."""
    found = list(owners)
    if not found:
        return Owner()
    counts = Counter(owner.id for owner in found)
    return max(found, key=lambda owner: counts[owner.id])


def unassigned(findings: Iterable[Finding]) -> tuple[int, float]:
    """How many findings nobody owns, and their share (0 to 1)."""
    every = [finding.owner.id for finding in findings]
    nobody = sum(not owner for owner in every)
    return nobody, nobody / len(every) if every else 0.0
