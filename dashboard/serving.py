"""`serve`: everything of one city in one terminal. Checks first, then starts, watches and ends the parts."""

from __future__ import annotations

import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from dashboard.domain.accounts import FIRST, ONE_TIME_MS
from dashboard.settings import Settings, SettingsError
from dashboard.streams import data_version
from dashboard.streams.accounts import Accounts
from dashboard.streams.client import FAILED, connect, durability_warning
from dashboard.streams.embedded import EmbeddedServer
from dashboard.streams.keys import Keys
from dashboard.supervisor import Child, Supervisor
from geodata import load_pack
from geodata.registry import pack_path

VALKEY_FOLDER = "valkey"
_STORE_DELAY_S = 2.0  # all wait for the store, and it ends at every write while its disk is full
STORE_FILE = "store-url"
STORE_WAIT_S = 10.0
OPEN_TO_ALL = "Nobody has to sign in (KITE_SIGN_IN=off): everyone on this machine is the administrator."
FIRST_ACCOUNT = """\
This city has no account yet, so Kite has made one. Sign in with it and choose a password of your own:
    account:  {name}
    password: {password}
It is shown this once and holds for {hours} hours; lost, make another: python app.py user reset {name}"""
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


def check_store(url: str, wait_replicas: int = 0) -> str | None:
    """A sentence when the store at `url` may lose what it acknowledged; `StreamsError` if it is away."""
    with connect(url) as client:
        return durability_warning(client, wait_replicas)


def _reason(problem: Exception) -> str:
    return getattr(problem, "strerror", None) or str(problem)


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Run until Ctrl-C; raises `StreamsError` when the embedded store can't be had."""
    if settings.redis_url:
        check_data(settings)
        first_account(settings, say)
        _run(settings, [], say)
        return
    if settings.wait_replicas:
        raise SettingsError(
            "The embedded store has no replicas; set KITE_WAIT_REPLICAS to 0, or name a store with REDIS_URL."
        )
    server = EmbeddedServer(settings.data_dir / VALKEY_FOLDER, settings.redis_port)
    server.start()
    settings = replace(settings, redis_url=server.url)
    try:
        check_data(settings)
        first_account(settings, say)
    except BaseException:  # nobody supervises the server yet
        server.stop()
        raise
    store = Child(
        "valkey", server.command, 30.0, server.process, time.monotonic(), longest_delay_s=_STORE_DELAY_S
    )
    with _said_where(settings):
        _run(settings, [store], say)


@contextmanager
def _said_where(settings: Settings) -> Iterator[None]:
    """The address of the embedded store in a file, for commands that are given while Kite runs."""
    path = settings.data_dir / STORE_FILE
    path.write_text(settings.redis_url, encoding="utf-8")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def reachable_store(settings: Settings) -> Iterator[Settings]:
    """The settings with the store that a command works on: REDIS_URL's, else that of the Kite which runs on
    the same data folder, else that folder's own, started for the while. Raises `StreamsError`.
    """
    if settings.redis_url:
        yield settings
        return
    url = _running_store(settings.data_dir)
    if url is not None:
        yield replace(settings, redis_url=url)
        return
    with EmbeddedServer(settings.data_dir / VALKEY_FOLDER, settings.redis_port) as server:
        yield replace(settings, redis_url=server.url)


def _running_store(data_dir: Path) -> str | None:
    """The address of the embedded store of this data folder, None when it does not run.

    After a crash the file may name a port that another server has now: the folder tells.
    """
    try:
        url = (data_dir / STORE_FILE).read_text(encoding="utf-8").strip()
        with connect(url) as client:
            folder = client.config_get("dir").get("dir")
    except (*FAILED, UnicodeDecodeError):
        return None
    return url if folder == str((data_dir / VALKEY_FOLDER).absolute()) else None


def check_data(settings: Settings) -> None:
    """Raises `StreamsError` with what to do when this release may not work on the city's data as they are."""
    keys = Keys(load_pack(pack_path(settings.data_dir, settings.city)).regions.code[0])
    with connect(settings.redis_url, wait_s=STORE_WAIT_S, keys=keys) as client:
        data_version.insist(client, keys)


def first_account(settings: Settings, say: Callable[[str], None]) -> None:
    """Make the administrator of a city that has no account yet, and say the one-time password.

    Where nobody has to sign in nothing is made. Raises `StreamsError` for a store that does not answer,
    `PackError` for a pack that has not been built.
    """
    if settings.sign_in == "off":
        return
    keys = Keys(load_pack(pack_path(settings.data_dir, settings.city)).regions.code[0])
    with connect(settings.redis_url, wait_s=STORE_WAIT_S, keys=keys) as client:
        password = Accounts(client, keys).first()
    if password is not None:
        say(FIRST_ACCOUNT.format(name=FIRST, password=password, hours=ONE_TIME_MS // 3_600_000))


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
