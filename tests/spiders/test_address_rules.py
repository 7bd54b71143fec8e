"""Where the crawler may not go: inner networks and metadata services, also by rebinding."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from spiders.address_rules import Guard, RefusedAddress, danger


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("169.254.169.254", "metadata"), ("fd00:ec2::254", "metadata"), ("::ffff:169.254.169.254", "metadata"),
        ("127.0.0.1", "loopback"), ("::1", "loopback"), ("::ffff:127.0.0.1", "loopback"), ("64:ff9b::7f00:1", "loopback"),
        ("10.1.2.3", "private"), ("192.168.0.1", "private"), ("172.20.0.1", "private"), ("100.64.0.1", "private"),
        ("fe80::1%eth0", "link-local"), ("169.254.3.3", "link-local"), ("0.0.0.0", "unspecified"),
        ("224.0.0.1", "multicast"), ("fc00::1", "private"), ("2002:7f00:0001::", "loopback"),
        ("93.184.215.14", ""), ("2a00:1450:400e:80e::200e", ""),
    ],
)
def test_kinds_of_address(address: str, kind: str) -> None:
    assert danger(address) == kind


def _names(**known: Sequence[str]):  # type: ignore[no-untyped-def]
    def lookup(host: str) -> Sequence[str]:
        if host.replace(".", "_") not in known:
            raise OSError(host)
        return known[host.replace(".", "_")]

    return lookup


def test_public_hosts_pass_and_inner_ones_do_not() -> None:
    guard = Guard.for_addresses(["https://x.nl/"], lookup=_names(x_nl=["93.184.215.14"], kwaad_nl=["10.0.0.5"]))
    assert guard.addresses("X.nl.") == ("93.184.215.14",)
    with pytest.raises(RefusedAddress, match="private"):
        guard.addresses("kwaad.nl")


def test_a_channel_of_the_inner_network_may_be_reached_unless_the_setting_says_never() -> None:
    lookup = _names(intranet_lan=["10.0.0.5"])
    assert Guard.for_addresses(["http://intranet.lan:8080/"], lookup=lookup).addresses("intranet.lan") == ("10.0.0.5",)
    with pytest.raises(RefusedAddress):
        Guard.for_addresses(["http://intranet.lan:8080/"], "never", lookup).addresses("intranet.lan")


def test_a_channel_name_that_points_at_a_metadata_service_is_refused() -> None:
    guard = Guard.for_addresses(["http://sluw.nl/"], lookup=_names(sluw_nl=["169.254.169.254"]))
    with pytest.raises(RefusedAddress):
        guard.addresses("sluw.nl")


def test_rebinding_after_the_start_is_refused_and_a_first_answer_is_kept() -> None:
    answers = [["93.184.215.14"], ["127.0.0.1"], ["93.184.215.14"]]
    guard = Guard.for_addresses(["http://wissel.nl/"], lookup=lambda _: answers.pop(0))
    with pytest.raises(RefusedAddress):
        guard.addresses("wissel.nl")
    assert guard.addresses("wissel.nl") == ("93.184.215.14",)
    assert guard.addresses("wissel.nl") == ("93.184.215.14",)
    assert answers == []


def test_of_a_mixed_answer_only_the_public_part_is_used() -> None:
    guard = Guard(lookup=lambda _: ["127.0.0.1", "93.184.215.14"])
    assert guard.addresses("half.nl") == ("93.184.215.14",)
