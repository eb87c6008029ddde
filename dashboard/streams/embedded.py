"""The embedded server: Valkey with its append-only file, on this machine's loopback address only."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import redis

from dashboard.streams import launch_valkey
from dashboard.streams.errors import StreamsError

HOST = "127.0.0.1"
# What differs from Valkey's own defaults. Acknowledged means on disk; no RDB beside the append-only file.
OPTIONS = {
    "bind": HOST,
    "protected-mode": "yes",
    "daemonize": "no",
    "appendonly": "yes",
    "appendfsync": "always",
    "save": "",
    "logfile": "valkey.log",
}
_LOCK_WAIT_S = 5.0  # a server whose parent has just been killed needs a moment to end
_READY_S = 120.0  # a large append-only file takes its time to load


class EmbeddedServer:
    """A Valkey server with its data in `folder`, on `port` of the loopback address (0: a free one).

    Use as a context manager, or give `command` to a supervisor and call `wait_ready`. The port is chosen
    once, so a restarted server is found where it was.
    """

    def __init__(self, folder: Path, port: int = 0) -> None:
        """Raises `StreamsError` when the folder can't be written or the port is in use."""
        self.folder = _writable(folder)
        self.port = _free_port(port)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """What REDIS_URL says for this server."""
        return f"redis://{HOST}:{self.port}/0"

    @property
    def command(self) -> list[str]:
        """The command line that becomes the server; it ends cleanly on SIGTERM and with its parent."""
        options = {"port": str(self.port), "dir": str(self.folder), **OPTIONS}
        launcher = [sys.executable, "-P", launch_valkey.__file__, str(self.folder), str(_LOCK_WAIT_S)]
        return launcher + [part for name, value in options.items() for part in (f"--{name}", value)]

    def start(self) -> None:
        """Start the server and wait until it answers; raises `StreamsError` when it doesn't come up."""
        self.process = subprocess.Popen(self.command, start_new_session=True)
        self.wait_ready()

    def wait_ready(self, timeout_s: float = _READY_S) -> None:
        """Wait until the server has loaded its file and answers; `StreamsError` if it ends or is too slow."""
        client = redis.Redis(host=HOST, port=self.port, protocol=2)
        deadline_s = time.monotonic() + timeout_s
        try:
            while not _answers(client):
                code = self.process.poll() if self.process else None
                if code is not None:
                    raise StreamsError(self._why_ended(code))
                if time.monotonic() > deadline_s:
                    raise StreamsError(
                        f"The embedded Valkey did not answer within {timeout_s:g} s; see {self._log}."
                    )
                time.sleep(0.02)
        finally:
            client.close()

    def stop(self, timeout_s: float = 20.0) -> None:
        """End the server after it has written everything; SIGKILL after `timeout_s`."""
        process, self.process = self.process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __enter__(self) -> EmbeddedServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _log(self) -> Path:
        return self.folder / OPTIONS["logfile"]

    def _why_ended(self, code: int) -> str:
        if code == launch_valkey.LOCKED_EXIT_CODE:
            return f"Another Kite is running on {self.folder}; stop it, or give this one a folder of its own."
        last = self._log.read_text(errors="replace").splitlines()[-1:] if self._log.exists() else []
        said = f': "{last[0]}"' if last else ""
        return f"The embedded Valkey ended with code {code}{said}; see {self._log}."


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except (redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError):
        return False


def _writable(folder: Path) -> Path:
    folder = folder.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".write-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as problem:
        raise StreamsError(
            f"The folder {folder} can't be written ({problem.strerror}); "
            "give yourself the right to, or name another with KITE_DATA_DIR."
        ) from None
    return folder


def _free_port(port: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the server will: a port that an ended connection still holds is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            raise StreamsError(
                f"Port {port} of {HOST} is in use; set KITE_REDIS_PORT to another, or to 0 for a free one."
            ) from None
        return int(probe.getsockname()[1])
