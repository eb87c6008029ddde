"""Real parts for tests and benchmarks: a whole Kite in child processes, and a headless Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from tests.waiting import wait_for_function

ROOT = Path(__file__).parent.parent

# Without these a Chromium looks for its maker's hosts at every start, which a closed network refuses.
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path() -> str | None:
    """The Chromium that `script/test` found, or one on the PATH."""
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium without a GPU."""
    Page.wait_for_function = wait_for_function  # type: ignore[assignment, method-assign]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(CHROMIUM_ARGUMENTS))
        yield browser
        browser.close()


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Kite:
    """A running `app.py serve`: where its pages and its Valkey are, and its process."""

    url: str
    redis_url: str
    process: subprocess.Popen[bytes]
    log: Path

    def processes(self) -> list[psutil.Process]:
        """`serve` and all that it started."""
        me = psutil.Process(self.process.pid)
        return [me, *me.children(recursive=True)]


@contextmanager
def running_kite(data_dir: Path, **settings: object) -> Iterator[Kite]:
    """A whole Kite on free ports, ready; ended, with all its processes, on leaving.

    `settings` are settings by name, as in `running_kite(path, rate=500)`. Nobody has to sign in unless
    `sign_in="required"` says so.
    """
    port, redis_port = free_port(), free_port()
    given = {"sign_in": "off", **settings}
    environment = {f"KITE_{name.upper()}": str(value) for name, value in given.items()}
    environment |= {
        "KITE_DATA_DIR": str(data_dir),
        "KITE_REDIS_PORT": str(redis_port),
        "KITE_PORT": str(port),
    }
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "app.py", "serve"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    kite = Kite(f"http://127.0.0.1:{port}", f"redis://127.0.0.1:{redis_port}/0", process, log)
    family: list[psutil.Process] = []
    try:
        wait_until_ready(kite)
        family = kite.processes()
        yield kite
    finally:
        family = kite.processes() if process.poll() is None else family
        process.send_signal(signal.SIGINT)
        process.wait(60)
        left = [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
        assert not left, f"processes left behind: {left}"


def wait_until_ready(kite: Kite, patience_s: float = 240.0) -> None:
    """Block until `/readyz` answers 200; an `AssertionError` with the log's end if `serve` ends before."""
    end_s = time.monotonic() + patience_s
    while time.monotonic() < end_s:
        tail = kite.log.read_text(errors="replace")[-3000:]
        assert kite.process.poll() is None, f"serve ended with {kite.process.returncode}:\n{tail}"
        try:
            with urllib.request.urlopen(f"{kite.url}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"not ready after {patience_s} s:\n{tail}")
