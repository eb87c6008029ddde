"""What keeps Kite from starting is said in one sentence, before anything is started."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.serving import check_folder, check_port, serve
from dashboard.settings import Settings, SettingsError
from tests.parts import ROOT, free_port


def run_app(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("KITE_", "REDIS_"))}
    return subprocess.run(
        [sys.executable, "app.py", *arguments],
        cwd=ROOT,
        env=env | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def refusal(run: subprocess.CompletedProcess[str]) -> str:
    """The one sentence of a run that refused to start."""
    assert run.returncode == 2, run.stderr
    lines = run.stderr.strip().splitlines()
    assert len(lines) == 1, run.stderr
    return lines[0]


def test_a_port_in_use_is_told_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match="KITE_PORT"):
            check_port("127.0.0.1", port)
        sentence = refusal(run_app("serve", KITE_PORT=str(port), KITE_DATA_DIR=str(tmp_path)))
    assert str(port) in sentence
    assert "KITE_PORT" in sentence


def test_the_embedded_store_has_no_replicas_to_wait_for(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="KITE_WAIT_REPLICAS to 0"):
        serve(Settings(data_dir=tmp_path, wait_replicas=1), print)


def test_a_free_port_passes() -> None:
    check_port("127.0.0.1", free_port())


def test_an_address_that_is_not_this_machines_is_told() -> None:
    with pytest.raises(SettingsError, match=r"192\.0\.2\.1"):
        check_port("192.0.2.1", free_port())


@pytest.mark.parametrize("command", ["serve", "web"])
def test_a_demonstration_is_not_put_on_the_network(tmp_path: Path, command: str) -> None:
    """Where nobody has to sign in everyone is the administrator."""
    sentence = refusal(
        run_app(
            command,
            KITE_SIGN_IN="off",
            KITE_HOST="0.0.0.0",
            KITE_PORT=str(free_port()),
            KITE_DATA_DIR=str(tmp_path),
            REDIS_URL=f"redis://127.0.0.1:{free_port()}/0",
        )
    )
    assert "KITE_SIGN_IN=off" in sentence
    assert "KITE_HOST=127.0.0.1" in sentence


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(SettingsError, match="KITE_DATA_DIR"):
        check_folder(tmp_path / "taken")


@pytest.mark.skipif(os.geteuid() == 0, reason="The superuser may write everywhere.")
def test_a_folder_without_write_permission_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(SettingsError, match="write permission"):
        check_folder(tmp_path / "data")


def test_a_store_that_does_not_answer_is_told(tmp_path: Path) -> None:
    url = f"redis://user:secret@127.0.0.1:{free_port()}/0"
    port = str(free_port())
    for command in ("serve", "project"):
        run = run_app(command, REDIS_URL=url, KITE_DATA_DIR=str(tmp_path), KITE_PORT=port)
        sentence = refusal(run)
        assert "does not answer" in sentence
        assert "secret" not in sentence
    assert not (tmp_path / "packs").exists()


def test_a_part_without_a_store_is_told() -> None:
    assert "REDIS_URL is empty" in refusal(run_app("project"))


def test_an_unknown_setting_is_told() -> None:
    assert "KITE_PROT is not a setting" in refusal(run_app("serve", KITE_PROT="1"))


def test_an_unknown_city_is_told(tmp_path: Path) -> None:
    sentence = refusal(
        run_app("serve", KITE_CITY="nowhere", KITE_DATA_DIR=str(tmp_path), KITE_PORT=str(free_port()))
    )
    assert "nowhere" in sentence
    assert "geodata build" in sentence


def test_an_old_python_is_told() -> None:
    code = (
        "import sys, runpy; sys.version_info = (3, 9, 0, 'final', 0); sys.argv = ['app.py'];"
        "runpy.run_path('app.py', run_name='__main__')"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert "needs Python 3.11 or newer" in refusal(run)


COMMANDS = (
    (), ("serve",), ("web",), ("project",), ("deliver",), ("simulate",), ("replay",), ("import",),
    ("webhook",), ("webhook", "add"), ("webhook", "test"),
    ("geodata",), ("geodata", "build"), ("geodata", "check"), ("geodata", "show"),
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    run = run_app(*command, "--help")
    assert run.returncode == 0, run.stderr
    assert "Usage:" in run.stdout
    options = re.split(r"\n  (?=-)", run.stdout)[1:]
    unexplained = [option for option in options if not re.search(r"\s{2,}[A-Z]\w*", option)]
    assert not unexplained, unexplained
