"""What an organisation has set, by key; values are plain JSON."""

from __future__ import annotations

from sqlalchemy import Connection, select

from pulse_core.stores.ledger import rows
from pulse_core.stores.ledger.schema import org_settings
from pulse_core.stores.ledger.values import Json, now


def get(conn: Connection, org_id: str, key: str, default: Json = None) -> Json:
    """The value, or the default where the organisation has set none."""
    of_key = (org_settings.c.org_id == org_id, org_settings.c.key == key)
    row = conn.execute(select(org_settings.c.value).where(*of_key)).first()
    return default if row is None else row.value


def put(conn: Connection, org_id: str, key: str, value: Json) -> None:
    """Sets the value, whether or not there was one."""
    changes = {"value": value, "updated_at": now()}
    statement = rows.insert(conn, org_settings).values(org_id=org_id, key=key, **changes)
    conn.execute(statement.on_conflict_do_update(index_elements=["org_id", "key"], set_=changes))
