"""A real OpenID Connect provider on this machine: Canaille, in an environment of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.environments import python_of

_PROGRAM = Path(__file__).parent / "canaille_app.py"
_PATIENCE_S = 60.0


def canaille_python() -> str:
    """The Python that can run Canaille; skips the tests with a sentence where that can't be installed."""
    try:
        return python_of("oidc")
    except (subprocess.CalledProcessError, OSError) as problem:
        pytest.skip(f"Canaille can't be installed here, so no real provider signs anybody in: {problem}")


@contextmanager
def running_canaille(python: str, port: int, redirect_uri: str, folder: Path) -> Iterator[str]:
    """The provider at `http://127.0.0.1:PORT`; ended on leaving."""
    issuer = f"http://127.0.0.1:{port}"
    with (folder / "canaille.log").open("wb") as log:
        process = subprocess.Popen(
            [python, str(_PROGRAM), str(port), redirect_uri],
            cwd=folder,
            env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"},  # no TLS on this machine
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(process, issuer, folder / "canaille.log")
        yield issuer
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], issuer: str, log: Path) -> None:
    end_s = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end_s:
        assert process.poll() is None, log.read_text(errors="replace")[-3000:]
        try:
            with urllib.request.urlopen(f"{issuer}/.well-known/openid-configuration", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(log.read_text(errors="replace")[-3000:])
