"""Kite as deploy/ runs it: the commands of its units, its settings and its store's file, in a folder."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dashboard.streams.client import connect
from tests.parts import ROOT, Kite, free_port

DEPLOY = ROOT / "deploy"
ORDER = ("store", "project", "deliver", "web")


def command_of(unit: str, data: Path, config: Path) -> list[str]:
    """The command of a unit, with this machine's places in the place of its own."""
    text = (DEPLOY / f"systemd/kite-{unit}.service").read_text(encoding="utf-8")
    found = re.search(r"^ExecStart=(.*)$", text, re.MULTILINE)
    assert found
    line = found[1].replace("/opt/kite/.venv/bin/python", sys.executable)
    return shlex.split(line.replace("/var/lib/kite", str(data)).replace("/etc/kite/valkey.conf", str(config)))


def example_settings() -> dict[str, str]:
    """What deploy/kite.env says."""
    text = (DEPLOY / "kite.env").read_text(encoding="utf-8")
    return dict(re.findall(r"^((?:KITE_|REDIS_)\w+)=(.*)$", text, re.MULTILINE))


def store_file(data: Path, port: int) -> Path:
    """A copy of deploy/valkey.conf for this folder and port."""
    text = (DEPLOY / "valkey.conf").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^port .*$", f"port {port}", text)
    path = data / "valkey.conf"
    path.write_text(re.sub(r"(?m)^dir .*$", f"dir {data / 'valkey'}", text), encoding="utf-8")
    (data / "valkey").mkdir(exist_ok=True)
    return path


@contextmanager
def running_units(data: Path, **settings: str) -> Iterator[Kite]:
    """All units of kite.target, ready; ended on leaving, each in good order.

    `settings` by variable, where they differ from deploy/kite.env. The log is of all of them.
    """
    port, store_port = free_port(), free_port()
    config, log = store_file(data, store_port), data / "kite.log"
    store = f"redis://127.0.0.1:{store_port}/0"
    own = {"KITE_DATA_DIR": str(data), "KITE_PORT": str(port), "REDIS_URL": store}
    environment = {**os.environ, **example_settings(), **own, **settings}
    started: dict[str, subprocess.Popen[bytes]] = {}
    with log.open("ab") as output:
        try:
            for unit in ORDER:
                started[unit] = subprocess.Popen(
                    command_of(unit, data, config), cwd=ROOT, env=environment, stdout=output, stderr=output
                )
                if unit == "store":
                    connect(store, wait_s=60).close()
            kite = Kite(f"http://127.0.0.1:{port}", store, started["web"], log)
            _wait_until_ready(kite, started)
            yield kite
        finally:
            for process in reversed(started.values()):
                process.terminate()
                process.wait(60)
    assert {unit: process.returncode for unit, process in started.items()} == dict.fromkeys(ORDER, 0)


def _wait_until_ready(kite: Kite, started: Mapping[str, subprocess.Popen[bytes]]) -> None:
    end_s = time.monotonic() + 240
    while time.monotonic() < end_s:
        ended = [unit for unit, process in started.items() if process.poll() is not None]
        assert not ended, f"{ended} ended:\n{kite.log.read_text(errors='replace')[-3000:]}"
        try:
            with urllib.request.urlopen(f"{kite.url}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"not ready:\n{kite.log.read_text(errors='replace')[-3000:]}")
