"""A real Prometheus with the files of deploy/prometheus as they are, but for address, token and pace."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import yaml

from tests.deploy.proxy import NAME, Proxy
from tests.deploy.services import DEPLOY
from tests.parts import free_port

PROGRAM = shutil.which("prometheus")
MISSING = "Prometheus is not installed (Debian: apt-get install prometheus)"
_PATIENCE_S = 60.0


def rules() -> list[dict[str, Any]]:
    """The alerts of deploy/."""
    read = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text(encoding="utf-8"))
    return [rule for group in read["groups"] for rule in group["rules"]]


def panels() -> list[tuple[str, str]]:
    """(title, expression) of all that the dashboard asks for."""
    board = json.loads((DEPLOY / "grafana/kite.json").read_text(encoding="utf-8"))
    notes = [(note["name"], note["expr"]) for note in board["annotations"]["list"]]
    return notes + [
        (panel["title"], target["expr"]) for panel in board["panels"] for target in panel["targets"]
    ]


@dataclass
class Prometheus:
    """A running one."""

    url: str

    def ask(self, path: str, **parameters: str) -> Any:
        """The data of an answer of its API; raises `HTTPError` for an expression that it does not take."""
        with urlopen(f"{self.url}/api/v1/{path}?{urlencode(parameters)}", timeout=10) as answer:
            return json.load(answer)["data"]

    def series(self, expression: str) -> list[dict[str, Any]]:
        """What it gives now: a list of {metric, value}."""
        found: list[dict[str, Any]] = self.ask("query", query=expression)["result"]
        return found

    def wait_for(self, expression: str) -> None:
        """Until it gives something; raises `AssertionError` with what the scrape has said."""
        end_s = time.monotonic() + _PATIENCE_S
        while not self.series(expression):
            assert time.monotonic() < end_s, (expression, self.ask("targets")["activeTargets"])
            time.sleep(0.2)


@contextmanager
def scraping(folder: Path, proxy: Proxy, token: str) -> Iterator[Prometheus]:
    """A Prometheus that asks Kite behind `proxy` every second; ended on leaving."""
    config = yaml.safe_load((DEPLOY / "prometheus/scrape.yml").read_text(encoding="utf-8"))
    (job,) = config["scrape_configs"]
    (folder / "kite.token").write_text(token, encoding="utf-8")
    job["authorization"]["credentials_file"] = str(folder / "kite.token")
    job["static_configs"] = [{"targets": [f"127.0.0.1:{proxy.https}"]}]
    job["tls_config"] = {"ca_file": str(proxy.certificate), "server_name": NAME}
    job |= {"scrape_interval": "1s", "scrape_timeout": "1s"}
    config["global"] = {"evaluation_interval": "1s"}
    shutil.copy(DEPLOY / "prometheus/alerts.yml", folder)
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    address = f"127.0.0.1:{free_port()}"
    files = [f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}"]
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(
            [PROGRAM or "prometheus", *files, f"--web.listen-address={address}"], stdout=log, stderr=log
        )
    try:
        yield _started(Prometheus(f"http://{address}"), process, folder / "prometheus.log")
    finally:
        process.terminate()
        process.wait(30)


def _started(prometheus: Prometheus, process: subprocess.Popen[bytes], log: Path) -> Prometheus:
    end_s = time.monotonic() + _PATIENCE_S
    while True:
        try:
            prometheus.ask("targets")
            return prometheus
        except (URLError, OSError):
            assert process.poll() is None, log.read_text()[-2000:]
            assert time.monotonic() < end_s, log.read_text()[-2000:]
            time.sleep(0.1)
