"""No organisation reads or changes a neighbour's rows, by any function: also one added tomorrow."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Connection, select

from pulse_core.errors import NotFound
from pulse_core.stores.ledger import (
    audit,
    campaigns,
    imports,
    jobs,
    models,
    org_settings,
    organisations,
    outbox,
    segments,
    users,
)
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.organisations import Organisation
from pulse_core.stores.ledger.schema import metadata

from .test_imports import FIELDS
from .test_models import FIELDS as MODEL
from .world import campaign, messages

SUBJECTS = (audit, campaigns, imports, jobs, models, org_settings, outbox, segments, users)

# These make a row in the organisation that they are given.
CREATORS = {"audit.record", "campaigns.create", "imports.add", "jobs.enqueue", "org_settings.put"} | {
    "models.add",
    "segments.save",
    "users.create",
}

# These serve runners and senders, who work for every organisation.
FOR_RUNNERS = {
    f"jobs.{name}" for name in ("claim", "heartbeat", "finish", "requeue_lost", "requeue_running_of")
} | {f"outbox.{name}" for name in ("plan", "claim", "settle", "reclaim", "expired", "end_leases")}

# This one acts on a job that is over; tests/test_wiring.py shows that it does.
NEEDS_AN_END = {"jobs.forget"}


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of the subjects that takes a connection, by its name."""
    for module in SUBJECTS:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if is_public(module, name, function) and "conn" in inspect.signature(function).parameters:
                yield f"{module.__name__.rpartition('.')[2]}.{name}", function


def is_public(module: ModuleType, name: str, function: Callable[..., Any]) -> bool:
    """Whether the function is the module's own and for others."""
    return function.__module__ == module.__name__ and not name.startswith("_")


FUNCTIONS = dict(functions())
SCOPED = sorted(set(FUNCTIONS) - CREATORS - FOR_RUNNERS)


def one_of_each(conn: Connection, org_id: str) -> dict[str, Any]:
    """A row of each kind in the organisation; the arguments by which the functions would find them."""
    audit.record(conn, org_id, actor="ada", action="import", thing="batch 1")
    org_settings.put(conn, org_id, "horizon", 90)
    made = campaign(conn, org_id)
    planned = messages(made, 1)
    outbox.plan(conn, planned)
    return {
        "user_id": users.create(conn, org_id, email="ada@example.com", name="Ada", role="admin").id,
        "key": "horizon",
        "job_id": jobs.enqueue(conn, org_id, "import", {}, created_by="ada").id,
        "batch_id": imports.add(conn, org_id, **FIELDS).id,
        "sha256": FIELDS["sha256"],
        "segment_id": segments.save(conn, org_id, name="Best", tree={}, owner="ada").id,
        "saved_by": "eve",
        "campaign_id": made.id,
        "state": "active",
        "message_id": planned[0]["id"],
        "kind": models.add(conn, org_id, "churn", **MODEL).kind,
    }


def everything(conn: Connection) -> dict[str, list[Any]]:
    """Every row of every table."""
    return {name: list(conn.execute(select(table))) for name, table in metadata.tables.items()}


def required(function: Callable[..., Any]) -> list[str]:
    """The names of the arguments that say which row is meant."""
    parameters = inspect.signature(function).parameters.values()
    needed = [p.name for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    return [name for name in needed if name not in ("conn", "org_id")]


def answer(conn: Connection, function: Callable[..., Any], org_id: str, known: dict[str, Any]) -> Any:
    """What the function gives for that organisation; None where it finds nothing."""
    try:
        found = function(conn, org_id=org_id, **{name: known[name] for name in required(function)})
    except NotFound:
        return None
    return {key: n for key, n in found.items() if n} if isinstance(found, dict) else found


class TakenBackError(Exception):
    """Ends a work whose changes are not to be kept."""


def acts(ledger: Ledger, name: str, org_id: str, known: dict[str, Any]) -> bool:
    """Whether the function finds or changes anything for that organisation; the change is taken back."""

    def work(conn: Connection) -> None:
        before = everything(conn)
        found = answer(conn, FUNCTIONS[name], org_id, known)
        raise TakenBackError(bool(found) or everything(conn) != before)

    with pytest.raises(TakenBackError) as caught:
        ledger.write(work)
    return bool(caught.value.args[0])


def test_every_function_belongs_to_an_organisation_or_to_the_runners() -> None:
    """A function without `org_id` must be named above, with its reason."""
    unscoped = {
        name for name, function in FUNCTIONS.items() if "org_id" not in inspect.signature(function).parameters
    }
    assert unscoped == FOR_RUNNERS
    assert len(SCOPED) > 20


def test_a_neighbour_finds_and_changes_nothing(ledger: Ledger, org: Organisation) -> None:
    """With another organisation's id, no function finds a row, and none changes one."""
    eve = ledger.write(lambda conn: organisations.create(conn, name="Eve"))
    known = ledger.write(lambda conn: one_of_each(conn, org.id))
    assert [name for name in SCOPED if acts(ledger, name, eve.id, known)] == []


def test_the_owner_finds_what_the_neighbour_does_not(ledger: Ledger, org: Organisation) -> None:
    """The arguments do name rows: with the right organisation, every function finds or changes some."""
    known = ledger.write(lambda conn: one_of_each(conn, org.id))
    acting = [name for name in SCOPED if name not in NEEDS_AN_END]
    assert [name for name in acting if acts(ledger, name, org.id, known)] == acting
