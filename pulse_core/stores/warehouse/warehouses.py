"""All warehouses of one home folder: at most a few open at a time, sharing one memory budget."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pulse_core.stores.warehouse.warehouse import Warehouse

OnOpen = Callable[[Warehouse], None]


class Warehouses:
    """Opens warehouses when they are used and closes the one unused for longest when there are too many."""

    def __init__(self, home: Path, *, memory: int, capacity: int = 4, on_open: OnOpen | None = None) -> None:
        """`memory` is in bytes, for all together; `on_open` brings a freshly opened warehouse up to date."""
        self.home = home
        self._memory = memory
        self._capacity = capacity
        self._on_open = on_open
        self._open: OrderedDict[str, Warehouse] = OrderedDict()
        self._users: dict[str, int] = {}
        self._opening: dict[str, threading.Lock] = {}
        self._lock = threading.RLock()

    def path(self, org_id: str) -> Path:
        """The organisation's DuckDB file."""
        return self.home / "warehouse" / f"{org_id}.duckdb"

    def folder(self, org_id: str, what: str) -> Path:
        """A folder of the organisation, made when it is not there: batches, uploads, models."""
        folder = (self.home / what / org_id).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @contextmanager
    def use(self, org_id: str) -> Iterator[Warehouse]:
        """The organisation's warehouse, kept open at least until the block ends."""
        warehouse = self._take(org_id)
        try:
            yield warehouse
        finally:
            with self._lock:
                self._users[org_id] -= 1

    def open_now(self) -> list[str]:
        """Organisations whose warehouses are open, the longest unused first."""
        with self._lock:
            return list(self._open)

    def forget(self, org_id: str) -> None:
        """Close the organisation's warehouse if it is open (nobody may be using it)."""
        with self._lock:
            warehouse = self._open.pop(org_id, None)
            self._users.pop(org_id, None)
            self._share_memory()
        if warehouse:
            warehouse.close()

    def close(self) -> None:
        """Close all."""
        for org_id in self.open_now():
            self.forget(org_id)

    def _take(self, org_id: str) -> Warehouse:
        with self._opening_lock(org_id):  # one organisation's opening never waits for another's
            with self._lock:
                if org_id in self._open:
                    return self._used(org_id)  # counted before the lock goes, or it could be closed just now
                self._make_room()
            warehouse = self._start(org_id)
            with self._lock:
                self._open[org_id] = warehouse
                self._share_memory()
                return self._used(org_id)

    def _used(self, org_id: str) -> Warehouse:
        self._open.move_to_end(org_id)
        self._users[org_id] = self._users.get(org_id, 0) + 1
        return self._open[org_id]

    def _opening_lock(self, org_id: str) -> threading.Lock:
        with self._lock:
            return self._opening.setdefault(org_id, threading.Lock())

    def _start(self, org_id: str) -> Warehouse:
        share = self._memory // (len(self._open) + 1)
        folders = {what: self.folder(org_id, what) for what in ("batches", "uploads", "models")}
        warehouse = Warehouse(org_id, self.path(org_id), **folders, memory=share)
        try:
            if self._on_open:
                self._on_open(warehouse)
        except BaseException:
            warehouse.close()
            raise
        return warehouse

    def _make_room(self) -> None:
        """Close idle warehouses beyond the capacity; those in use stay, whatever their number."""
        for org_id in [o for o in self._open if not self._users.get(o)]:
            if len(self._open) < self._capacity:
                return
            self._open.pop(org_id).close()

    def _share_memory(self) -> None:
        for warehouse in self._open.values():
            warehouse.set_memory(self._memory // len(self._open))
