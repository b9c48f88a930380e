"""The kinds of jobs: what the owner of the warehouses does on request. Each may be started again after a crash."""

from __future__ import annotations

import logging
import shlex
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from pulse_core.audience.catalogue import catalogue
from pulse_core.audience.tree import parse
from pulse_core.delivery import campaigns as planning
from pulse_core.delivery import sender
from pulse_core.delivery.channel import Channel
from pulse_core.errors import Invalid, Refused
from pulse_core.insight import choices, evaluating, figures, plain_tables, training
from pulse_core.insight.choices import Choices
from pulse_core.insight.plain_tables import Desk, Wish
from pulse_core.insight.refresh import is_current, refresh
from pulse_core.insight.training import Learnt
from pulse_core.intake import batches, inbox, sampling
from pulse_core.intake.imports import Importer, undo
from pulse_core.intake.mapping import answers
from pulse_core.intake.names import real, shown
from pulse_core.jobs import Context, Kind, Progress, Silent, Unstoppable
from pulse_core.message.pitch import Pitch
from pulse_core.stores.ledger import campaigns, models, organisations
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.warehouse.access import Damaged
from pulse_core.stores.warehouse.checks import checksums
from pulse_core.stores.warehouse.warehouse import Warehouse
from pulse_core.stores.warehouse.warehouses import Warehouses

Result = dict[str, Any]

log = logging.getLogger(__name__)

OPENING = "Pulse, on opening"  # who refreshed figures that were no longer current


@dataclass(frozen=True, slots=True)
class Services:
    """What tasks work with; `wiring` builds it."""

    home: Path
    ledger: Ledger
    warehouses: Warehouses
    channels: Mapping[str, Channel]
    send_lease_seconds: float
    settle_seconds: float = 3


def kinds(services: Services) -> dict[str, Kind]:
    """Every kind of job by name."""
    return {name: partial(task, services) for name, task in _TASKS.items()}


def bring_up_to_date(ledger: Ledger, home: Path, warehouse: Warehouse) -> None:
    """What a warehouse needs when it is opened: the facts of the import log, and figures made from all of them.

    NotFound for an organisation that was deleted, so that its warehouse does not come back.
    """
    with ledger.read() as conn:
        organisations.get(conn, warehouse.org_id)
    batches.sweep(ledger, home, warehouse.org_id)
    batches.reconcile(ledger, warehouse, home)
    try:
        training.sweep(warehouse.models)
        _refresh_if_needed(ledger, warehouse, Silent(), by=OPENING)
    except Exception:
        if warehouse.generation == 0:
            raise
        # The figures of before can still be read, and an import that is at fault can be undone.
        log.exception("the figures of %s could not be computed anew", warehouse.org_id)


def import_file(services: Services, context: Context, params: Result) -> Result:
    """Import a file (`path`, `name`, `answers`, `dry_run`), then refresh."""
    path = Path(real(params["path"]))
    if not path.is_file():
        raise Invalid(
            f"there is no file {shown(path)}", remedy="give the path of a CSV, Parquet or XLSX file"
        )
    with services.warehouses.use(context.org_id) as warehouse:
        report = Importer(services.ledger, warehouse, services.home).run(
            path,
            by=context.by,
            today=_now().date(),
            progress=context.progress,
            name=params.get("name") or shown(path.name),
            answers=answers(params.get("answers")),
            dry_run=bool(params.get("dry_run")),
        )
        _refresh_if_needed(services.ledger, warehouse, Unstoppable(context.progress), context.by)
    batches.forget_uploads(services.home, context.org_id)
    return report.as_dict()


def empty_inbox(services: Services, context: Context, params: Result) -> Result:
    """Import what lies in the drop folder, then refresh. Without `looks`, what an earlier look saw, it looks twice."""
    command = f"pulse --home {shlex.quote(str(services.home))} --org {context.org_id} import"
    looks = inbox.looks(
        services.home, context.org_id, params.get("looks"), settle_seconds=services.settle_seconds,
        progress=context.progress,
    )  # fmt: skip
    with services.warehouses.use(context.org_id) as warehouse:
        importer = Importer(services.ledger, warehouse, services.home)
        try:
            taken = inbox.empty(
                importer, looks, by=context.by, now=_now(), progress=context.progress, command=command
            )
        finally:  # files that were taken before a cancel count
            _refresh_if_needed(services.ledger, warehouse, Unstoppable(context.progress), context.by)
    return inbox.result(taken)


def sample_world(services: Services, context: Context, params: Result) -> Result:
    """Make the sample world (`customers`, `seed`, `industry`, `last_day`), import its files, then refresh once."""
    with services.warehouses.use(context.org_id) as warehouse:
        importer = Importer(services.ledger, warehouse, services.home)
        reports = sampling.fill(
            importer, sampling.Wish.of(params), by=context.by, today=_now().date(), progress=context.progress
        )
        _refresh_if_needed(services.ledger, warehouse, Unstoppable(context.progress), context.by)
    return {"files": [report.as_dict() for report in reports]}


def undo_import(services: Services, context: Context, params: Result) -> Result:
    """Take the import `batch_id` out again, then refresh."""
    # The log first: a batch whose file is lost keeps the warehouse from opening until it is undone.
    batch = undo(services.ledger, context.org_id, params["batch_id"], by=context.by)
    with services.warehouses.use(context.org_id) as warehouse:
        batches.reconcile(services.ledger, warehouse, services.home)
        _refresh(services.ledger, warehouse, Unstoppable(context.progress), context.by)
    return {"batch_id": batch.id, "file": batch.file_name, "rows": batch.accepted}


def refresh_figures(services: Services, context: Context, params: Result) -> Result:
    """Compute everything derived anew: `as_of` a day and with a `horizon` in days, or as the data says."""
    made = choices.of_words(params.get("as_of"), params.get("horizon"))
    services.ledger.write(lambda conn: choices.choose(conn, context.org_id, made))
    with services.warehouses.use(context.org_id) as warehouse:
        _refresh(services.ledger, warehouse, context.progress, context.by)
        with warehouse.snapshot() as reader:
            return {"generation": warehouse.generation, **plain(asdict(figures.overview(reader)))}


def evaluate(services: Services, context: Context, params: Result) -> Result:
    """Judge the models at the day `cutoff` with a `horizon` in days; without them as the data says."""
    asked = choices.of_words(params.get("cutoff"), params.get("horizon"))
    with services.warehouses.use(context.org_id) as warehouse:
        _refresh_if_needed(services.ledger, warehouse, context.progress, context.by)
        return evaluating.evaluate(
            warehouse, context.progress, cutoff=asked.as_of, horizon_days=asked.horizon_days
        )


def train_table(services: Services, context: Context, params: Result) -> Result:
    """Learn a table with a label: the file `path` (`name`, `label`, `leaves`, `keep`, `sheet`), or the imported ones.

    It becomes a version in the registry. Of imported rows each one's probability and reasons are kept, in the
    organisation's folder of models.
    """
    result = _learn_table(services, context, params)
    learnt = plain_tables.learnt(result, _now().date())
    _register(services.ledger, context.org_id, learnt, context.by)
    return result


def segments(services: Services, context: Context, params: Result) -> Result:
    """The 11 business segments with their figures."""
    with services.warehouses.use(context.org_id) as warehouse, warehouse.snapshot() as reader:
        as_of = figures.overview(reader).as_of
        rows = [plain(asdict(row)) for row in figures.segments(reader)]
        return {"as_of": plain(as_of), "segments": rows}


def customer(services: Services, context: Context, params: Result) -> Result:
    """Everything known of the customer `customer_id`."""
    with services.warehouses.use(context.org_id) as warehouse, warehouse.snapshot() as reader:
        found = figures.customer(reader, params["customer_id"])
        return {key: plain(value) for key, value in found.items()}


def campaign(services: Services, context: Context, params: Result) -> Result:
    """Plan a campaign (`name`, `tree`, `segment_name`, `channel`, `content`: group → subject and body) and send it."""
    with services.ledger.read() as conn:
        org = organisations.get(conn, context.org_id)
    content = {group: Pitch(group, **texts) for group, texts in params["content"].items()}
    with services.warehouses.use(context.org_id) as warehouse, warehouse.snapshot() as reader:
        as_of = figures.overview(reader).as_of
        if as_of is None:
            raise Refused("there are no customers yet", remedy="import a file of orders first")
        planned = planning.plan(
            services.ledger,
            reader,
            org,
            name=params["name"],
            tree=parse(params["tree"], catalogue(reader)),
            channel=services.channels[params["channel"]],
            content=content,
            created_by=context.by,
            as_of=as_of,
            progress=context.progress,
            segment_name=params.get("segment_name", ""),
            key=f"job-{context.job_id}",
        )
    return _send(services, context, planned.id)


def resume(services: Services, context: Context, params: Result) -> Result:
    """Go on with the campaign `campaign_id`, paused or interrupted."""
    return _send(services, context, params["campaign_id"])


def rebuild(services: Services, context: Context, params: Result) -> Result:
    """Make the warehouse anew from the import log; tells the checksums before and after."""
    aside = _set_aside_if_damaged(services.warehouses, context.org_id)
    with services.warehouses.use(context.org_id) as warehouse:
        before = _checksums(warehouse)
        context.progress.step("Loading the batches", 0, 2)
        batches.rebuild(services.ledger, warehouse, services.home)
        _refresh(services.ledger, warehouse, context.progress, context.by)
        after = _checksums(warehouse)
    equal = None if aside else before == after  # of a damaged file there is nothing to compare with
    return {"equal": equal, "before": before, "after": after, "set_aside": aside}


LOOKS = frozenset({"segments", "customer"})  # tasks that only look: their results are not kept
_TASKS: dict[str, Callable[[Services, Context, Result], Result]] = {
    "import": import_file,
    "inbox": empty_inbox,
    "sample_world": sample_world,
    "undo_import": undo_import,
    "refresh": refresh_figures,
    "train_table": train_table,
    "evaluate": evaluate,
    "segments": segments,
    "customer": customer,
    "campaign": campaign,
    "resume": resume,
    "rebuild": rebuild,
}


def plain(value: Any) -> Any:
    """Dates as ISO text, decimals as numbers: what JSON can hold."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, date):  # datetime is one too
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _learn_table(services: Services, context: Context, params: Result) -> Result:
    workspace, keep = batches.workspace(services.home, context.org_id), tuple(params.get("keep", ()))
    if "path" in params:
        path, wish = Path(real(params["path"])), Wish(params["label"], params.get("leaves"), keep)
        name, desk = params.get("name") or shown(path.name), Desk(workspace, context.progress)
        return plain_tables.train_file(path, wish, desk, name=name, sheet=params.get("sheet"))
    desk = Desk(workspace, context.progress, plain_tables.rows_file(services.home, context.org_id))
    with services.warehouses.use(context.org_id) as warehouse, warehouse.snapshot() as reader:
        return plain_tables.train_imported(reader, desk, keep=keep)


def _refresh(ledger: Ledger, warehouse: Warehouse, progress: Progress, by: str) -> None:
    def register(learnt: Learnt) -> None:
        _register(ledger, warehouse.org_id, learnt, by)

    refresh(warehouse, progress, _chosen(ledger, warehouse), register)


def _register(ledger: Ledger, org_id: str, learnt: Learnt, by: str) -> None:
    """A version of a model, unless the one before learnt the very same."""
    fields: models.Fields = {
        "as_of": learnt.as_of, "horizon_days": learnt.horizon_days, "verdict": learnt.verdict,
        "metrics": learnt.metrics, "file": learnt.file, "sha256": learnt.sha256, "made_by": by,
    }  # fmt: skip
    ledger.write(lambda conn: models.add(conn, org_id, learnt.kind, **fields))


def _refresh_if_needed(ledger: Ledger, warehouse: Warehouse, progress: Progress, by: str) -> None:
    if not is_current(warehouse, _chosen(ledger, warehouse)):
        _refresh(ledger, warehouse, progress, by)


def _chosen(ledger: Ledger, warehouse: Warehouse) -> Choices:
    with ledger.read() as conn:
        return choices.chosen(conn, warehouse.org_id)


def _now() -> datetime:
    return datetime.now().astimezone()


def _send(services: Services, context: Context, campaign_id: str) -> Result:
    planning.resume(services.ledger, context.org_id, campaign_id)  # an interrupted run left it paused
    with services.ledger.read() as conn:
        channel = services.channels[campaigns.get(conn, context.org_id, campaign_id).channel]
    try:
        counts = sender.send(
            services.ledger,
            channel,
            context.org_id,
            campaign_id,
            claimant=f"{context.runner}-{uuid.uuid4().hex[:8]}",  # a job that starts over is another claimant
            progress=context.progress,
            lease_seconds=services.send_lease_seconds,
        )
    except Exception:
        planning.pause(
            services.ledger, context.org_id, campaign_id
        )  # it does not go on by itself, so it says so
        raise
    return {"campaign_id": campaign_id, "counts": counts}


def _checksums(warehouse: Warehouse) -> dict[str, str]:
    with warehouse.snapshot() as reader:
        return checksums(reader, warehouse.generation)


def _set_aside_if_damaged(warehouses: Warehouses, org_id: str) -> str | None:
    """A warehouse file that cannot be read to its end is kept under another name: the log has all that was in it."""
    try:
        with warehouses.use(org_id) as warehouse:
            _checksums(warehouse)
            return None
    except Damaged:
        warehouses.forget(org_id)
        path = warehouses.path(org_id)
        stamp = f"broken-{datetime.now():%Y%m%d%H%M%S}"
        for part in path.parent.glob(f"{path.name}*"):
            if part.name in (path.name, f"{path.name}.wal"):  # the log of changes goes with its file
                part.replace(part.with_name(f"{part.name}.{stamp}"))
        return f"{path.name}.{stamp}"
