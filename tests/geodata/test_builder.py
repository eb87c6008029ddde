"""Builds from end to end: exact, repeatable, and nothing left behind when they fail."""

import json
from dataclasses import replace
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from geodata import PackError, builder, load_pack, registry
from geodata.builder import build
from geodata.check import check
from geodata.land_building import build_land
from geodata.tables import TIERS
from tests.geodata.conftest import no_progress, small_sources


@pytest.fixture
def quarters(tmp_path: Path) -> Path:
    """Four areas of some 4 km², in WGS 84."""
    corners = [(8.50 + 0.02 * x, 47.36 + 0.02 * y) for y in range(2) for x in range(2)]
    squares = [shapely.box(x, y, x + 0.02, y + 0.02) for x, y in corners]
    frame = geopandas.GeoDataFrame({"name": ["A", "B", "C", "D"]}, geometry=squares, crs="EPSG:4326")
    path = tmp_path / "quarters.geojson"
    frame.to_file(path)
    return path


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_weifang_is_built_exactly(tmp_path: Path) -> None:
    stages: dict[str, list[tuple[int, int]]] = {}

    def progress(stage: str, done: int, of: int) -> None:
        stages.setdefault(stage, []).append((done, of))

    account = build("weifang", tmp_path, progress=progress)
    assert account.counts == dict(zip(TIERS, (1, 12, 118, 6941, 12_044), strict=True))
    assert account.derived == ("town", "village", "grid")
    assert all(done <= of for steps in stages.values() for done, of in steps)
    assert all(steps[-1][0] == steps[-1][1] for steps in stages.values())
    assert {"shapes", "content", "save"} <= set(stages)
    pack = load_pack(account.folder)
    assert pack.digest == account.digest
    assert pack.regions.population[0] == 4_210_000
    assert len(pack.cameras.grid) == 310_000
    assert np.bincount(pack.checkpoints.ring).tolist() == [0, 83, 233, 1069]
    assert [verdict for verdict in check(pack).verdicts if not verdict.ok] == []
    assert registry.is_current(tmp_path, "weifang")


def test_the_same_sources_give_the_same_bytes(tmp_path: Path, quarters: Path) -> None:
    one = build("four", tmp_path / "one", boundaries=[quarters], grids=40)
    two = build("four", tmp_path / "two", boundaries=[quarters], grids=40)
    assert everything(one.folder) == everything(two.folder)


def test_any_citys_boundaries_make_a_pack(tmp_path: Path, quarters: Path) -> None:
    account = build(
        "four", tmp_path, boundaries=[quarters], grids=40, timezone="Europe/Zurich", title_en="Four Quarters"
    )
    pack = load_pack(account.folder)
    assert account.counts["grid"] == pack.grid_count == 40
    assert pack.manifest["timezone"] == "Europe/Zurich"
    assert pack.manifest["title_en"] == "Four Quarters"
    assert pack.manifest["derived"]["grid"]
    assert [source["name"] for source in pack.manifest["sources"]] == ["quarters.geojson"]
    assert all(pack.manifest["synthetic"].values())
    assert any("40 grid" in line for line in account.lines())


def test_people_and_dwellings_sum_up_the_tiers(tmp_path: Path, quarters: Path) -> None:
    regions = load_pack(build("four", tmp_path, boundaries=[quarters], grids=40).folder).regions
    for column in (regions.population, regions.dwellings):
        for region in range(int(regions.tier_start[4])):
            children = np.flatnonzero(regions.parent == region)
            assert column[region] == column[children].sum()


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("atlantis", {}, "no sources for 'atlantis'"),
        ("../out", {}, "can't be the name"),
        ("weifang", {"gcj02": True}, "give --boundaries"),
        ("weifang", {"grids": 70_000}, "too many"),
        ("weifang", {"timezone": "Mars/Olympus"}, "no time zone"),
    ],
)
def test_what_cannot_be_built_leaves_nothing_behind(
    tmp_path: Path, name: str, options: dict[str, object], message: str
) -> None:
    with pytest.raises(PackError, match=message):
        build(name, tmp_path / "data", **options)
    assert not (tmp_path / "data").exists()


def test_too_few_grids_are_said(tmp_path: Path, quarters: Path) -> None:
    with pytest.raises(PackError, match="too few"):
        build("four", tmp_path / "data", boundaries=[quarters], grids=3)
    assert not (tmp_path / "data").exists()


def test_a_file_that_is_no_map_leaves_the_old_pack(tmp_path: Path, quarters: Path) -> None:
    build("four", tmp_path / "data", boundaries=[quarters], grids=40)
    before = everything(tmp_path / "data")
    quarters.write_text(json.dumps({"type": "FeatureCollection", "features": []}))
    with pytest.raises(PackError):
        build("four", tmp_path / "data", boundaries=[quarters], grids=40)
    assert everything(tmp_path / "data") == before


def test_a_build_that_breaks_off_half_way_leaves_the_old_pack(
    tmp_path: Path, quarters: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build("four", tmp_path / "data", boundaries=[quarters], grids=40)
    before = everything(tmp_path / "data")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(builder, "furnish", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build("four", tmp_path / "data", boundaries=[quarters], grids=50)
    assert everything(tmp_path / "data") == before


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, quarters: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")
    with pytest.raises(PackError, match="can't be written"):
        build("four", tmp_path / "data", boundaries=[quarters], grids=40)


@pytest.mark.parametrize("day", ["2024-12-31", ""])
def test_the_day_of_the_totals_is_in_the_manifest_where_it_is_known(day: str) -> None:
    sources = replace(small_sources(), as_of=day)
    pack = builder.make_pack(build_land(sources, no_progress), sources, {"boundaries": []})
    assert pack.manifest["as_of"] == (day or None)
    assert pack.manifest["synthetic"]["branches"] is True
