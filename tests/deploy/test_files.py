"""The files in deploy/: they fit Kite's commands, settings and figures, and what reads them takes them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from app import cli
from dashboard.live.metrics import described, markdown_table
from dashboard.settings import Settings, variable
from dashboard.streams.client import connect, durability_warning
from tests.deploy.prometheus import panels, rules
from tests.deploy.services import DEPLOY, command_of, example_settings, store_file
from tests.parts import ROOT, free_port

UNITS = sorted((DEPLOY / "systemd").glob("kite-*.service"))
KNOWN = {variable(row) for row in fields(Settings)}
NAMES = {name.removesuffix("_bucket") for name in described()}


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def test_the_example_settings_are_read_and_demand_signing_in() -> None:
    settings = Settings.load(example_settings())
    assert settings.sign_in == "required"
    assert settings.trusted_proxies == 1
    store = (DEPLOY / "valkey.conf").read_text(encoding="utf-8")
    assert f":{re.findall(r'^port (.*)$', store, re.MULTILINE)[0]}/" in settings.redis_url


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_each_unit_runs_a_command_that_there_is_and_belongs_to_the_target(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    arguments = re.findall(r"^ExecStart=/opt/kite/\.venv/bin/python (.*)$", text, re.MULTILINE)[0].split()
    script = next(word for word in arguments if word.endswith(".py"))
    assert (ROOT / script).exists()
    assert script != "app.py" or arguments[1] in cli.commands
    if unit.with_suffix(".timer").exists():
        return
    target = (DEPLOY / "systemd/kite.target").read_text(encoding="utf-8")
    assert unit.name in target
    assert "WantedBy=kite.target" in text


@needs("systemd-analyze")
def test_systemd_takes_the_units_and_finds_little_exposed(tmp_path: Path) -> None:
    for unit in (DEPLOY / "systemd").iterdir():
        text = unit.read_text(encoding="utf-8").replace("/opt/kite/.venv/bin/python", sys.executable)
        text = text.replace("/opt/kite", str(ROOT))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    there = sorted(map(str, tmp_path.iterdir()))
    verified = subprocess.run(["systemd-analyze", "verify", *there], capture_output=True, text=True)
    assert (verified.returncode, verified.stderr) == (0, "")
    for path in (path for path in there if path.endswith(".service")):
        rated = subprocess.run(
            ["systemd-analyze", "security", "--offline=yes", "--threshold=20", path],
            capture_output=True, text=True,
        )  # fmt: skip
        assert rated.returncode == 0, rated.stdout[-200:]


@pytest.mark.skipif(os.getuid() != 0, reason="only root may become another user")
@pytest.mark.parametrize(
    ("more", "name", "value"),
    [
        ("", "KITE_PORT", example_settings()["KITE_PORT"]),
        ("KITE_PUBLISH=weekly mon 08:00", "KITE_PUBLISH", "weekly mon 08:00"),
        ("REDIS_URL=redis://:a$HOME&b;c@127.0.0.1/0", "REDIS_URL", "redis://:a$HOME&b;c@127.0.0.1/0"),
        ('KITE_PUBLISH="weekly mon 08:00"\n#KITE_PUBLISH=never', "KITE_PUBLISH", "weekly mon 08:00"),
        ("KITE_OIDC_CLIENT_SECRET='a=b'", "KITE_OIDC_CLIENT_SECRET", "a=b"),
    ],
)
def test_the_command_takes_the_settings_as_the_services_do(
    tmp_path: Path, more: str, name: str, value: str
) -> None:
    """systemd runs no shell over them."""
    shown = tmp_path / "shown"
    shown.write_text(f'#!/bin/sh\necho "${name} $*"\n')
    shown.chmod(0o755)
    (tmp_path / "kite.env").write_text((DEPLOY / "kite.env").read_text(encoding="utf-8") + more)
    text = (DEPLOY / "kite").read_text(encoding="utf-8").replace("-u kite", "-u root")
    text = text.replace("/opt/kite/.venv/bin/python", str(shown)).replace("/etc/kite", str(tmp_path))
    command = ["sh", "-c", text, "kite", "user", "add", "East duty"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == f"{value} /opt/kite/app.py user add East duty\n", done.stderr


@pytest.mark.parametrize("file", ["kite-upstream.conf", "compose-upstream.conf"])
def test_nginx_gives_an_idle_connection_up_before_kite_does(file: str) -> None:
    """Else what is sent on it at that moment fails, and a POST can't be sent again."""
    kept = re.search(r"keepalive_timeout (\d+)s;", (DEPLOY / "nginx" / file).read_text(encoding="utf-8"))
    served = re.search(
        r'"keepalive": (\d+),', (ROOT / "dashboard/live/server.py").read_text(encoding="utf-8")
    )
    assert kept
    assert served
    assert int(kept[1]) < int(served[1])


def test_the_page_waits_for_what_it_stops_and_can_mask_what_it_installs() -> None:
    """systemctl waits for the units that it was told to stop alone, and masks none that lie in /etc."""
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    stops = re.findall(r"systemctl stop kite\.target(.*)", page)
    assert stops
    assert all(stop.startswith(" 'kite-*.service'") for stop in stops)
    assert "systemctl mask" in page
    assert "/etc/systemd/system" not in page


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def test_the_containers_run_commands_and_settings_that_there_are() -> None:
    services = compose()["services"]
    assert {"store", "project", "deliver", "web", "nginx"} <= set(services)
    for name, service in services.items():
        command = service.get("command", [])
        words = command.split() if isinstance(command, str) else " ".join(command).split()
        if "app.py" in words:
            assert words[words.index("app.py") + 1] in cli.commands, name
        for given in service.get("environment", {}):
            assert given in KNOWN or given == "STORE_PASSWORD", name
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in (*compose()["volumes"], "./tls") or (DEPLOY / source).exists(), volume


def test_nothing_but_nginx_is_reached_from_outside_and_no_password_has_a_default() -> None:
    text, services = (DEPLOY / "compose.yaml").read_text(encoding="utf-8"), compose()["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]
    assert set(re.findall(r"\$\{KITE_STORE_PASSWORD[^}]*\}", text)) == {
        "${KITE_STORE_PASSWORD:?write it into deploy/.env}"
    }


@needs("docker-compose")
def test_compose_takes_the_file() -> None:
    command = ["docker-compose", "-p", "kite", "-f", str(DEPLOY / "compose.yaml"), "config", "--quiet"]
    environment = {**os.environ, "KITE_STORE_PASSWORD": "word"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    without = {name: value for name, value in environment.items() if name != "KITE_STORE_PASSWORD"}
    assert subprocess.run(command, env=without, capture_output=True).returncode != 0


@pytest.mark.valkey
def test_the_store_starts_with_its_file_and_is_kept_on_disk(tmp_path: Path) -> None:
    port = free_port()
    command = command_of("store", tmp_path, store_file(tmp_path, port))
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        with connect(f"redis://127.0.0.1:{port}/0", wait_s=60) as client:
            assert durability_warning(client) is None
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert int(client.info("memory")["maxmemory"]) == 4 << 30
    finally:
        process.terminate()
        process.wait(30)


def test_alerts_and_dashboard_ask_for_figures_that_there_are() -> None:
    expressions = [rule["expr"] for rule in rules()] + [expr for _, expr in panels()]
    asked = {name for text in expressions for name in re.findall(r"\bkite_\w+", text)}
    assert len(asked) > 20
    assert {name.removesuffix("_bucket") for name in asked} <= NAMES


def test_every_alert_is_explained_to_whoever_gets_it() -> None:
    names = {rule["alert"] for rule in rules()}
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert names == set(re.findall(r"^\| `(Kite\w+)`", page, re.MULTILINE))


def test_every_figure_is_in_the_table_of_the_page() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- generated: metrics -->\n(.*?)<!-- end -->", page, re.DOTALL)
    assert found
    assert found[1] == markdown_table()


@needs("promtool")
def test_prometheus_takes_the_alerts_and_the_scrape() -> None:
    for arguments in (("rules", "alerts.yml"), ("config", "--syntax-only", "scrape.yml")):
        command = ["promtool", "check", *arguments]
        done = subprocess.run(command, cwd=DEPLOY / "prometheus", capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


@needs("promtool")
def test_alerts_are_raised_by_what_they_are_for() -> None:
    command = ["promtool", "test", "rules", str(ROOT / "tests/deploy/alerts.yml")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_tried() -> None:
    tried = yaml.safe_load((ROOT / "tests/deploy/alerts.yml").read_text(encoding="utf-8"))["tests"]
    raised = {
        row["alertname"] for test in tried for row in test.get("alert_rule_test", ()) if row["exp_alerts"]
    }
    assert raised == {rule["alert"] for rule in rules()}


def test_no_panel_lies_on_another() -> None:
    board = json.loads((DEPLOY / "grafana/kite.json").read_text(encoding="utf-8"))
    taken: dict[tuple[int, int], str] = {}
    for panel in board["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        for cell in ((at["x"] + dx, at["y"] + dy) for dx in range(at["w"]) for dy in range(at["h"])):
            assert taken.setdefault(cell, panel["title"]) == panel["title"]
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
