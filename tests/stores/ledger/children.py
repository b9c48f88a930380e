"""What other processes do to a ledger in these tests. The functions are started with the spawn method."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess
from typing import Any

from pulse_core.stores.ledger import audit, outbox
from pulse_core.stores.ledger.engine import Ledger

SPAWN = multiprocessing.get_context("spawn")


@contextmanager
def started(target: Callable[..., None], *arguments: Any) -> Iterator[tuple[BaseProcess, Pipe]]:
    """A child process that runs the target with a pipe to the parent as its first argument."""
    ours, theirs = SPAWN.Pipe()
    child = SPAWN.Process(target=target, args=(theirs, *arguments))
    child.start()
    theirs.close()
    try:
        yield child, ours
    finally:
        child.kill()
        child.join()
        child.close()
        ours.close()


def together(number: int, target: Callable[..., None], *arguments: Any) -> list[Any]:
    """Runs the target in so many processes that go at the same moment; what each of them sent."""
    with ExitStack() as stack:
        pipes = [stack.enter_context(started(target, *arguments))[1] for _ in range(number)]
        for pipe in pipes:
            assert pipe.recv() == "ready"
        for pipe in pipes:
            pipe.send("go")
        return [pipe.recv() for pipe in pipes]


def wait_for_go(pipe: Pipe) -> None:
    """The child's half of `together`."""
    pipe.send("ready")
    assert pipe.recv() == "go"


def open_ledger(pipe: Pipe, url: str) -> None:
    """Opens the ledger, with whatever migrations that takes, and sends the revision."""
    wait_for_go(pipe)
    ledger = Ledger.open(url)
    pipe.send(ledger.revision())
    ledger.close()


def claim_messages(pipe: Pipe, url: str, campaign_id: str) -> None:
    """Claims the campaign's messages, few at a time, until none is left; sends their ids."""
    ledger = Ledger.open(url)
    wait_for_go(pipe)
    claimed: list[str] = []
    while rows := ledger.write(
        lambda conn: outbox.claim(conn, campaign_id, claimant="child", lease_seconds=60, limit=7)
    ):
        claimed += [row.id for row in rows]
    pipe.send(claimed)
    ledger.close()


def write_for_ever(pipe: Pipe, url: str, org_id: str, threads: int) -> None:
    """Writes audit entries from several threads; sends the number of each once it is acknowledged."""
    ledger = Ledger.open(url)
    lock = threading.Lock()

    def writer(actor: str) -> None:
        while True:
            entry = ledger.write(
                lambda conn: audit.record(conn, org_id, actor=actor, action="write", thing="x")
            )
            with lock:
                pipe.send(entry.id)

    for number in range(threads):
        threading.Thread(target=writer, args=(f"thread {number}",)).start()
