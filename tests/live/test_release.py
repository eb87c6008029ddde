"""The name of a release follows what it is made of, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dashboard.live.release import CODE, release_of
from tests.parts import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assets" / "wall").mkdir(parents=True)
    (tmp_path / "app.py").write_text("app")
    (tmp_path / "assets" / "wall" / "wall.mjs").write_text("wall")
    (tmp_path / "assets" / "wall.css").write_text("css")
    return tmp_path


def test_it_stays_while_nothing_changes(folder: Path) -> None:
    before = release_of(folder, ["b", "a"])
    os.utime(folder / "app.py", (1, 1))
    (folder / "assets" / "notes.txt").write_text("no browser loads it")
    (folder / "var").mkdir()
    (folder / "var" / "made.py").write_text("not of the project")
    assert release_of(folder, ["a", "b"]) == before
    assert len(before) == 16


@pytest.mark.parametrize("name", ["app.py", "assets/wall/wall.mjs", "assets/wall.css", "assets/wall/new.mjs"])
def test_it_changes_with_each_file(folder: Path, name: str) -> None:
    before = release_of(folder)
    (folder / name).write_text("another")
    assert release_of(folder) != before


def test_it_changes_with_a_name_and_with_the_pack(folder: Path) -> None:
    before = release_of(folder, ["a"])
    assert release_of(folder, ["b"]) != before
    (folder / "assets" / "wall.css").rename(folder / "assets" / "walls.css")
    assert release_of(folder, ["a"]) != before


def test_the_project_is_there_where_it_looks() -> None:
    assert all((ROOT / name).exists() for name in CODE)
