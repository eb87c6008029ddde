"""Where a web server's processes keep their figures, so that whichever is asked answers for all.

The files are mapped into memory. On a full disk a write there would end the process, so they lie in memory
where the system has such a folder.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""What prometheus-client reads when it is imported."""
_IN_MEMORY = Path("/dev/shm")
_PREFIX = "kite-metrics-"


def open_folder() -> Path:
    """A new folder, told to the workers that are forked from now on; what was left of others is removed."""
    parent = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    for old in parent.glob(f"{_PREFIX}*"):
        if _is_left(old):
            close_folder(old)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent))
    os.environ[VARIABLE] = str(folder)
    return folder


def close_folder(folder: Path) -> None:
    """Remove it with all figures."""
    shutil.rmtree(folder, ignore_errors=True)


def forget_worker(pid: int) -> None:
    """A worker has ended: what it counted still counts, what it held no longer does."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]


def _is_left(folder: Path) -> bool:
    """Whether it is ours and its process has ended without removing it."""
    with suppress(OSError, ValueError):
        if folder.stat().st_uid == os.getuid():
            pid = int(folder.name.removeprefix(_PREFIX).partition("-")[0])
            return not Path(f"/proc/{pid}").exists() if Path("/proc/self").exists() else False
    return False
