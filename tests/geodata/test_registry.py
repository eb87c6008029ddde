"""Which packs there are, and which are no longer what their sources would give."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from geodata import PackError, registry, save_pack
from geodata.pack import FORMAT
from tests.geodata.made_pack import small_pack


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the sources of one city, "small"."""
    folder = tmp_path / "project" / "small"
    folder.mkdir(parents=True)
    (folder / "pack.toml").write_text("grids = 24\n")
    (folder / "towns.csv").write_text("code,name\n")
    monkeypatch.setattr(registry, "SOURCES", tmp_path / "project")
    return folder


def built(data_dir: Path, folder: Path, **different: object) -> Path:
    built_from = {
        "builder": registry.builder_digest(), "sources": registry.digest_of(folder.iterdir()),
        "boundaries": [], **different,
    }  # fmt: skip
    folder = registry.pack_path(data_dir, "small")
    save_pack(replace(small_pack(), manifest={**small_pack().manifest, "built_from": built_from}), folder)
    return folder


def test_weifang_comes_with_the_project() -> None:
    folder = registry.find_source("weifang")
    assert folder is not None
    assert (folder / "pack.toml").exists()


def test_an_unknown_city_is_answered_with_those_that_there_are(sources: Path) -> None:
    assert registry.find_source("atlantis") is None
    with pytest.raises(PackError, match=r"name one of small, .* --boundaries FILE"):
        registry.source_of("atlantis")


@pytest.mark.parametrize("name", ["", "..", "small/../small", "."])
def test_a_name_that_leads_elsewhere_is_unknown(sources: Path, name: str) -> None:
    assert registry.find_source(name) is None


def test_what_is_built_from_these_sources_is_current(tmp_path: Path, sources: Path) -> None:
    assert not registry.is_current(tmp_path, "small")
    built(tmp_path, sources)
    assert registry.is_current(tmp_path, "small")
    assert registry.available(tmp_path) == ["small"]


def test_another_source_makes_a_pack_outdated(tmp_path: Path, sources: Path) -> None:
    built(tmp_path, sources)
    (sources / "towns.csv").write_text("code,name\n1,One\n")
    assert not registry.is_current(tmp_path, "small")


def test_another_builder_or_format_makes_a_pack_outdated(tmp_path: Path, sources: Path) -> None:
    built(tmp_path, sources, builder="another")
    assert not registry.is_current(tmp_path, "small")
    path = built(tmp_path, sources) / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": FORMAT + 1}))
    assert not registry.is_current(tmp_path, "small")


def test_a_pack_from_an_operators_own_files_stays_current(tmp_path: Path, sources: Path) -> None:
    built(tmp_path, sources, boundaries=["mine.shp"], sources="other")
    assert registry.is_current(tmp_path, "small")
    shutil.rmtree(sources)
    assert registry.is_current(tmp_path, "small")


def test_a_broken_manifest_is_no_pack(tmp_path: Path, sources: Path) -> None:
    folder = built(tmp_path, sources)
    (folder / "manifest.json").write_text("[")
    assert not registry.is_current(tmp_path, "small")
    (folder / "manifest.json").write_text("[]")
    assert not registry.is_current(tmp_path, "small")


def test_a_pack_is_found_by_name_or_by_path(tmp_path: Path, sources: Path) -> None:
    with pytest.raises(PackError, match="none is built yet"):
        registry.find_pack(tmp_path, "small")
    folder = built(tmp_path, sources)
    assert registry.find_pack(tmp_path, "small") == folder
    assert registry.find_pack(tmp_path / "elsewhere", str(folder)) == folder
    with pytest.raises(PackError, match="built are small"):
        registry.find_pack(tmp_path, "large")
    with pytest.raises(PackError):
        registry.find_pack(tmp_path, "")


def test_the_builders_digest_covers_all_that_builds() -> None:
    here = Path(registry.__file__).parent
    covered = {file for pattern in registry._BUILDING for file in here.glob(pattern)}
    assert all(list(here.glob(pattern)) for pattern in registry._BUILDING)
    assert {here / "content" / "furnish.py", here / "land_building" / "build.py"} <= covered
