"""Whether somebody writes to a file: Linux knows, elsewhere it is found out by waiting."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path


def is_written_to(path: Path) -> bool:
    """Whether a process of this machine has the file open for writing. False where the system cannot tell.

    Linux grants a lease for reading on a file that nobody has open for writing; it is given back at once. Raises
    OSError when the file cannot be opened.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        return sys.platform == "linux" and not _can_be_leased(handle)
    finally:
        os.close(handle)


def _can_be_leased(handle: int) -> bool:
    import fcntl

    # Who opens the file for writing in the meantime makes the kernel send a signal: one that is ignored.
    fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
    try:
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return False
    except OSError:  # another person's file, or a file system that knows no leases
        return True
    fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return True
