from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulse_core.delivery import policy

from .channels import Postbox


@dataclass(frozen=True)
class To:
    address: str | None
    org_id: str = "acme"
    customer_id: str = "1"


@pytest.mark.parametrize(
    "address",
    ["ada@example.com", "a.b+c@sub.example.co.uk", "o'neil@example.com", "x@no-address.invalid", "1@a.b"],
)
def test_plain_addresses_pass(address: str) -> None:
    """Nobody with a usual address is left out."""
    assert policy.check(Postbox(), To(address)) is None


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        (None, "no_address"),
        ("", "no_address"),
        ("ada", "invalid_address"),
        ("ada@", "invalid_address"),
        ("ada@localhost", "invalid_address"),
        ("ada@example.com\n", "invalid_address"),
        ("ada@example.com\r\nBcc: all@example.com", "invalid_address"),
        ("ada@example.com, eve@example.com", "invalid_address"),
        ("Ada <ada@example.com>", "invalid_address"),
        ('"ada king"@example.com', "invalid_address"),
        (".ada@example.com", "invalid_address"),
        ("ada..king@example.com", "invalid_address"),
        ("ada@-example.com", "invalid_address"),
        ("ada\u202e@example.com", "invalid_address"),
        ("ada\x00@example.com", "invalid_address"),
        (f"{'a' * 65}@example.com", "invalid_address"),
        (f"a@{'b.' * 126}com", "invalid_address"),
    ],
)
def test_addresses_that_could_do_harm_are_refused(address: str | None, reason: str) -> None:
    """An address is one address: no second recipient, no header, nothing that a server would bounce."""
    assert policy.check(Postbox(), To(address)) == reason


@given(st.text(st.sampled_from('ab.@-\n \r<>,;:"\\\0é'), max_size=30))
def test_what_passes_is_one_line_with_one_at(address: str) -> None:
    """Whatever a file holds, an address that passes cannot break a header."""
    if policy.is_address(address):
        assert address.count("@") == 1
        assert not set(address) & set('\n\r \0<>,;:"\\')


@pytest.mark.parametrize("rule", policy.RULES, ids=lambda rule: rule.reason)
def test_every_reason_is_explained(rule: policy.Rule) -> None:
    """Each "no" can be shown to a person in words."""
    assert policy.explain(rule.reason) == rule.help


def test_an_unknown_reason_is_shown_as_it_is() -> None:
    """A row written by a newer Pulse is still readable."""
    assert policy.explain("moon_phase") == "moon_phase"
