"""Import, replay, rebuild and the pack commands, as an operator types them."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashboard.domain.hierarchy import GRID
from tests.e2e.conftest import CITY, Running, app, run_city
from tests.e2e.test_faults import until

pytestmark = pytest.mark.valkey

ROWS, OUTSIDE, UNREADABLE = 120, 7, 3


@pytest.fixture(scope="module")
def quiet(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite without a simulator."""
    with run_city(built, tmp_path_factory.mktemp("quiet"), rate=0) as city:
        yield city


@pytest.fixture(scope="module")
def incidents(quiet: Running, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of incidents: good ones, some outside the city, some whose time can't be read."""
    path = tmp_path_factory.mktemp("incidents") / "incidents.csv"
    first = int(quiet.pack.regions.tier_start[GRID])
    rng = np.random.default_rng(4)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "time", "category", "lon", "lat"])
        for row in range(ROWS):
            xy = quiet.pack.regions.label_xy[first + rng.integers(quiet.pack.grid_count)]
            lon, lat = quiet.pack.to_lonlat(xy)
            when = f"2026-03-{1 + row % 28:02d} {row % 24:02d}:15"
            if row < OUTSIDE:
                lon = lon + 5
            elif row < OUTSIDE + UNREADABLE:
                when = "yesterday"
            out.writerow([f"r{row}", when, ("盗窃", "火情")[row % 2], f"{lon:.6f}", f"{lat:.6f}"])
    return path


def figures(text: str) -> dict[str, int]:
    """The closing account as numbers."""
    return {word: int(number) for word, number in re.findall(r"^(\w+)\s+([\d,]+)", text, re.MULTILINE)}


def test_import_accounts_for_every_row_and_makes_no_second_case(quiet: Running, incidents: Path) -> None:
    options = ("--map", "category=盗窃:theft,火情:fire")
    run = app("import", str(incidents), *options, **quiet.environment())
    assert run.returncode == 0, run.stderr
    account = figures(run.stdout)
    good = ROWS - OUTSIDE - UNREADABLE
    assert (account["read"], account["accepted"]) == (ROWS, good)
    assert (account["outside"], account["refused"]) == (OUTSIDE, UNREADABLE)
    until(lambda: quiet.store.hlen(quiet.keys.state("cases")) == good)
    again = app("import", str(incidents), *options, **quiet.environment())
    assert f"{good} of them known before" in again.stdout
    assert int(quiet.store.xlen(quiet.keys.dead)) == 0
    assert quiet.store.hlen(quiet.keys.state("cases")) == good


def test_rebuild_is_refused_while_a_projector_runs(quiet: Running) -> None:
    run = app("project", "--rebuild", **quiet.environment())
    assert run.returncode == 2
    assert len(run.stderr.strip().splitlines()) == 1


def test_a_replay_keeps_the_files_times(built: Path, tmp_path: Path, incidents: Path) -> None:
    with run_city(built, tmp_path / "replay", rate=0) as running:
        run = app(
            "replay", str(incidents), "--speed", "0", "--map", "category=盗窃:theft,火情:fire",
            **running.environment(),
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        good = ROWS - OUTSIDE - UNREADABLE
        assert figures(run.stdout)["accepted"] == good
        until(lambda: running.store.hlen(running.keys.state("cases")) == good)
        cases: list[dict[str, Any]] = [
            json.loads(case) for case in running.store.hvals(running.keys.state("cases"))
        ]
        assert {case["occurred_at_ms"] // 86_400_000 for case in cases} <= set(range(20_510, 20_550))


def test_check_and_show_describe_the_pack(built: Path) -> None:
    checked = app("geodata", "check", CITY, "--json", KITE_DATA_DIR=str(built))
    assert checked.returncode == 0, checked.stdout
    report = json.loads(checked.stdout)
    assert report["ok"]
    assert report["counts"]["regions"]["grid"] == 240
    shown = app("geodata", "show", CITY, KITE_DATA_DIR=str(built))
    assert "小城市" in shown.stdout
    assert "东城区" in shown.stdout


def test_a_file_that_is_no_boundary_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "empty.geojson"
    file.write_text('{"type": "FeatureCollection", "features": []}')
    run = app("geodata", "build", "nothing", "--boundaries", str(file), KITE_DATA_DIR=str(tmp_path / "data"))
    assert run.returncode == 2
    assert len(run.stderr.strip().splitlines()[-1]) > 20
    assert not list((tmp_path / "data").rglob("manifest.json"))
