"""Records of customers put straight into a warehouse, for tests of what is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from workshop import Workshop

from pulse_core.stores.warehouse.access import Writer

_TEXTS = ("preferred_contact_time", "buying_behavior", "language", "zone")
_CONSENTS = ("consent_email", "consent_popup", "consent_teaser")
_LIST = pa.list_(pa.string())
SCHEMA = pa.schema(
    [
        ("batch_id", pa.int64()),
        ("row", pa.int64()),
        *((name, pa.string()) for name in ("customer_id", "name", "email", "location", *_TEXTS, *_CONSENTS)),
        ("age", pa.int16()),
        ("signup_on", pa.date32()),
        *((name, pa.float64()) for name in ("engagement_score", "response_rate")),
        ("lifetime_value", pa.decimal128(18, 4)),
        *((name, _LIST) for name in ("interests", "pain_points", "tags")),
        ("attributes", pa.map_(pa.string(), pa.string())),
    ]
)


def put_records(shop: Workshop, records: Sequence[dict[str, Any]], org_id: str | None = None) -> None:
    """These are the organisation's records from now on, in this order; each is a batch of one row.

    A record says its batch and row itself where the test is about them.
    """
    rows = [{"batch_id": place, "row": 1, **record} for place, record in enumerate(records, 1)]
    table = pa.Table.from_pylist(rows, schema=SCHEMA)

    def work(writer: Writer) -> None:
        [(kind,)] = writer.rows(
            "SELECT table_type FROM information_schema.tables"
            " WHERE table_name = 'customer_records' AND table_schema = 'main'"
        )
        writer.execute(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} customer_records")
        writer.create("customer_records", table)

    with shop.warehouses.use(org_id or shop.org_id) as warehouse:
        warehouse.write(work, facts=True)
