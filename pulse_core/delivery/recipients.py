"""From customers to outbox rows: everything that sending will need is frozen here."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pulse_core.delivery import policy
from pulse_core.delivery.channel import Channel
from pulse_core.delivery.content import TO_NAME, Content
from pulse_core.message.fields import BY_KEY, SHOP, clean, freeze
from pulse_core.stores.ledger.organisations import Organisation

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 10_000
_NAMESPACE = uuid.UUID("5f1c0f0e-7c0b-4f5c-9a53-6b3f0f2d8a11")
_ALWAYS = ("customer_id", "name", "email", "lifecycle_group")

Customer = Mapping[str, Any]
Fields = Mapping[str, frozenset[str]]


def columns(fields: Fields) -> list[str]:
    """The customers' columns that messages with these merge fields (by group) are made of."""
    sources = {BY_KEY[key].source for keys in fields.values() for key in keys}
    return [*_ALWAYS, *sorted(sources - {SHOP, *_ALWAYS})]


def merge(keys: frozenset[str], org: Organisation, customer: Customer) -> dict[str, str]:
    """The merge values of one customer as final strings, and the name that the message is addressed to."""
    return freeze(sorted(keys), {SHOP: org.name, **customer}) | {TO_NAME: clean(customer["name"])}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may get a message: what the policy looks at."""

    org_id: str
    customer_id: str
    address: str | None


@dataclass(slots=True)
class Recipients:
    """Makes the outbox rows of one campaign. `key` decides the message ids, so equal keys give equal ids."""

    org: Organisation
    channel: Channel
    content: Content
    key: str
    fields: Fields = field(init=False)
    _namespace: uuid.UUID = field(init=False)
    _addresses: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self.fields = self.content.fields()
        self._namespace = uuid.uuid5(_NAMESPACE, f"{self.org.id}/{self.key}")

    def rows(self, campaign_id: str, customers: pa.Table) -> Iterator[dict[str, Any]]:
        """A row for each customer: planned, or skipped with the reason."""
        for batch in customers.to_batches(max_chunksize=BATCH):
            for customer in batch.to_pylist():
                yield self._row(campaign_id, customer)

    def _row(self, campaign_id: str, customer: Customer) -> dict[str, Any]:
        group = customer["lifecycle_group"]
        candidate = Candidate(self.org.id, customer["customer_id"], self._address(customer))
        reason = self._reason(candidate, customer)
        return {
            "id": str(uuid.uuid5(self._namespace, candidate.customer_id)),
            "org_id": self.org.id,
            "campaign_id": campaign_id,
            "customer_id": candidate.customer_id,
            "channel": self.channel.name,
            "address": (clean(candidate.address) or None) if reason else candidate.address,
            "language": self.org.locale.partition("_")[0],
            "zone": self.org.zone,
            "variant": group,
            "merge": {} if reason else merge(self.fields[group], self.org, customer),
            "state": "skipped" if reason else "planned",
            "reason": reason,
        }

    def _address(self, customer: Customer) -> str | None:
        address = (customer["email"] or "").strip()
        if address or self.channel.reaches_people:
            return address or None
        readable = re.sub("[^a-z0-9]+", "-", customer["customer_id"].lower())[:40].strip("-")
        return f"customer-{readable or 'unnamed'}@no-address.invalid"

    def _reason(self, candidate: Candidate, customer: Customer) -> str | None:
        if customer["lifecycle_group"] not in self.fields:
            return "no_pitch"
        reason = policy.check(self.channel, candidate)
        if reason is None and customer["email"] and self._is_repeated(candidate.address or ""):
            return "same_address"
        return reason

    def _is_repeated(self, address: str) -> bool:
        """Whether another customer of this campaign has the address: nobody gets a message twice."""
        folded = address.casefold()
        repeated = folded in self._addresses
        self._addresses.add(folded)
        return repeated
