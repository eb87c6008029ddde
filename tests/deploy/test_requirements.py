"""Packages: all pinned with their hashes, the same where Kite runs and where it is tested, and used."""

from __future__ import annotations

import ast
import os
import re
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
