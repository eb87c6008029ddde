"""`serve`: everything of one city in one terminal. Checks first, then starts, watches and ends the parts."""

from __future__ import annotations

import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from dashboard.settings import Settings, SettingsError
from dashboard.streams.client import connect, durability_warning
from dashboard.streams.embedded import EmbeddedServer
from dashboard.supervisor import Child, Supervisor

VALKEY_FOLDER = "valkey"
_APP = Path(__file__).parent.parent / "app.py"


def check_port(host: str, port: int) -> None:
    """Raises `SettingsError` when the web server could not listen there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As gunicorn does: a port that an ended connection still holds is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as problem:
            raise SettingsError(
                f"Kite can't listen on {host}:{port} ({_reason(problem)}); "
                "end what uses that port, or choose another with KITE_PORT."
            ) from None


def check_folder(folder: Path) -> None:
    """Raises `SettingsError` when nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".write-test"
        probe.touch()
        probe.unlink()
    except OSError as problem:
        raise SettingsError(
            f"Kite can't write to {folder} ({_reason(problem)}); "
            "give yourself write permission there, or name another folder with KITE_DATA_DIR."
        ) from None


def check_store(url: str) -> str | None:
    """A sentence when the store at `url` may lose what it acknowledged; `StreamsError` if it is away."""
    with connect(url) as client:
        return durability_warning(client)


def _reason(problem: Exception) -> str:
    return getattr(problem, "strerror", None) or str(problem)


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Run until Ctrl-C; raises `StreamsError` when the embedded store can't be had."""
    if settings.redis_url:
        _run(settings, [], say)
        return
    server = EmbeddedServer(settings.data_dir / VALKEY_FOLDER, settings.redis_port)
    server.start()
    store = Child("valkey", server.command, 30.0, server.process, time.monotonic())
    _run(replace(settings, redis_url=server.url), [store], say)


def _run(settings: Settings, before: list[Child], say: Callable[[str], None]) -> None:
    children = [*before, _child("project"), _child("deliver"), _child("web")]
    if settings.rate > 0:
        children.append(_child("simulate"))
    supervisor = Supervisor(children, settings.to_environment(), say)
    threading.Thread(target=_tell_address, args=(settings, say), daemon=True).start()
    supervisor.run()


def _child(command: str) -> Child:
    return Child(command, [sys.executable, str(_APP), command])


def _tell_address(settings: Settings, say: Callable[[str], None]) -> None:
    """Say where Kite is once it answers."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    address = f"http://{host}:{settings.port}/"
    while True:
        try:
            with urllib.request.urlopen(f"{address}readyz", timeout=5) as answer:
                if answer.status == 200:
                    say(f"Kite is ready: {address}  (Ctrl-C ends it)")
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.1)
