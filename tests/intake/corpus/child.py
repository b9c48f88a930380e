"""Judges one bomb in a process of its own, and says what the import took: seconds, and bytes over the baseline."""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

from workshop import Workshop

from . import CASES
from .build import GOOD_TEXT
from .judge import check


def peak() -> int:
    """The most memory that this process has had at once, in bytes (since it started, not since it was forked)."""
    [kilobytes] = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(kilobytes) * 1024


def children_peak() -> int:
    """The most memory that any child of this process, which has ended, had at once, in bytes."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def work() -> float:
    """The seconds that this process and its children, which have ended, have worked."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def main(name: str, home: str, content: str) -> None:
    """Load a good file, so that everything is there that an import needs, and then the bomb."""
    [case] = [case for case in CASES if case.name == name]
    shop = Workshop(Path(home))
    shop.load(GOOD_TEXT, name="baseline")
    shop.warehouses.forget(shop.org_id)  # an open one would keep its share of the memory
    shop.add("judged")
    baseline, bomb = peak(), Path(content).read_bytes()
    started, worked = time.monotonic(), work()
    check(shop, replace(case, content=bomb), "judged")
    # A busy machine makes everybody wait; work is work.
    seconds = min(time.monotonic() - started, work() - worked)
    over = peak() - baseline + max(children_peak() - baseline, 0)
    sys.stdout.write(json.dumps({"seconds": seconds, "over": over}))
    shop.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
