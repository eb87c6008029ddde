"""Packages: all pinned with their hashes, the same where Kite runs and where it is tested, and used."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from importlib.metadata import packages_distributions, version
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.markers import Marker

from tests.deploy.pinned import named, pins, plain, requirement_files
from tests.parts import ROOT

SOURCES = ("app.py", "callbacks", "dashboard", "geodata", "layers")
INDIRECT = {"hiredis", "requests", "tzdata"}
"""What others import for Kite: redis-py, Authlib, and zoneinfo where the system has no time zones."""
FILES = [path.stem for path in requirement_files()]


@pytest.mark.parametrize("name", FILES)
def test_every_pin_has_hashes_and_no_line_names_a_host(name: str) -> None:
    found = pins(f"{name}.txt")
    assert found
    assert not [pin for pin in found if not pin.hashes]
    text = (ROOT / f"{name}.txt").read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", text)


@pytest.mark.parametrize("name", FILES)
def test_what_is_asked_for_is_pinned(name: str) -> None:
    assert named(f"{name}.in") <= {pin.name for pin in pins(f"{name}.txt")}


def test_what_runs_is_what_is_tested() -> None:
    tested = {pin._replace(marker="") for pin in pins("requirements-test.txt")}
    assert {pin._replace(marker="") for pin in pins("requirements.txt")} <= tested


def test_what_is_installed_here_is_what_is_pinned() -> None:
    here = [pin for pin in pins("requirements-test.txt") if not pin.marker or Marker(pin.marker).evaluate()]
    wrong = {pin.name: version(pin.name) for pin in here if version(pin.name) != pin.version}
    assert not wrong


def imported(folder: str) -> set[str]:
    files = [ROOT / folder] if folder.endswith(".py") else (ROOT / folder).rglob("*.py")
    found: set[str] = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found


def test_what_is_imported_is_asked_for_and_the_other_way_round() -> None:
    modules = set().union(*(imported(folder) for folder in SOURCES))
    own = {Path(folder).stem for folder in SOURCES} | set(sys.stdlib_module_names) | {"__future__"}
    by_module = packages_distributions()
    used = {module: {plain(name) for name in by_module.get(module, [])} for module in modules - own}
    wanted = named("requirements.in")
    assert not {module for module, packages in used.items() if not packages & wanted}
    assert wanted - INDIRECT <= set().union(*used.values())


PROBE = "kite_probe"
PREPARE = ". script/lib.sh; prepare requirements.txt && .venv/bin/python -c 'import kite_probe'"


def wheel(folder: Path) -> Path:
    """A package of one empty module, as a wheel; built here, since the tests have no network."""
    info = f"{PROBE}-1.0.dist-info"
    path = folder / f"{PROBE}-1.0-py3-none-any.whl"
    with ZipFile(path, "w") as archive:
        archive.writestr(f"{PROBE}.py", "")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {PROBE}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def no_network() -> list[str]:
    """What a command is started with so that it has no network, where this machine allows it."""
    cut = ["unshare", "--net"]
    try:
        return cut if subprocess.run([*cut, "true"], capture_output=True).returncode == 0 else []
    except FileNotFoundError:
        return []


def test_a_wheelhouse_is_installed_from_without_a_network_by_its_hashes_alone(tmp_path: Path) -> None:
    (tmp_path / "script").mkdir()
    (tmp_path / "wheelhouse").mkdir()
    (tmp_path / "script/lib.sh").write_bytes((ROOT / "script/lib.sh").read_bytes())
    digest = sha256(wheel(tmp_path / "wheelhouse").read_bytes()).hexdigest()
    environment = {**os.environ, "PYTHON": sys.executable, "PIP_NO_CACHE_DIR": "1"}
    for option, refused in (
        (f" --hash=sha256:{'0' * 64}", "DO NOT MATCH THE HASHES"),
        ("", "Hashes are required"),
        (f" --hash=sha256:{digest}", ""),
    ):
        (tmp_path / "requirements.txt").write_text(f"{PROBE}==1.0{option}\n")
        command = [*no_network(), "bash", "-c", PREPARE]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert (done.returncode != 0) is bool(refused), done.stderr
        assert refused in done.stderr


def test_an_environment_that_was_half_made_is_told_each_time_and_made_anew(tmp_path: Path) -> None:
    """As Debian's Python does without its venv module: it fails after it has made the folder."""
    (tmp_path / "script").mkdir()
    (tmp_path / "script/lib.sh").write_bytes((ROOT / "script/lib.sh").read_bytes())
    (tmp_path / "requirements.txt").write_text("")
    python = tmp_path / "python"
    half = "mkdir -p .venv/bin && ln -sf /bin/true .venv/bin/python; exit 1"
    python.write_text(f'#!/bin/sh\n[ "$1" != -m ] || {{ {half}; }}\n')
    python.chmod(0o755)
    command = ["bash", "-c", ". script/lib.sh; prepare requirements.txt"]

    def prepare(with_python: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHON": with_python}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    for _ in range(2):
        done = prepare(str(python))
        assert done.returncode == 2
        assert "python3-venv" in done.stderr
    assert prepare(sys.executable).returncode == 0
    assert (tmp_path / ".venv/bin/pip").exists()


def test_a_wheelhouse_is_for_every_patch_release_of_a_python(tmp_path: Path) -> None:
    """What a Python needs that is a little older than the one that fills it has to be in it."""
    (tmp_path / "script").mkdir()
    for name in ("script/lib.sh", "script/wheelhouse", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    asked = tmp_path / "asked"
    asked.mkdir()
    python = tmp_path / "python"
    copied = f'case "$*" in *download*) mkdir -p "${{12}}" && cp "${{10}}" {asked}/; esac'
    python.write_text(f"#!/bin/sh\n{copied}\n")
    python.chmod(0o755)
    environment = {**os.environ, "PYTHON": str(python)}
    done = subprocess.run(
        ["script/wheelhouse"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    (more,) = (path for path in asked.iterdir() if path.name != "requirements.txt")
    fetched = [line for line in more.read_text().splitlines() if "==" in line]
    by_patch = [
        pin for pin in pins("requirements.txt") if re.search(r"python_full_version .+\.\d+\.", pin.marker)
    ]
    assert fetched == [f"{pin.name}=={pin.version} \\" for pin in by_patch]
    assert fetched
