"""A small made-up city, built as an operator would, and a whole Kite that serves it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redis

from dashboard.streams.keys import Keys
from geodata import Pack, load_pack
from tests.parts import ROOT, Kite, running_kite

CITY = "littletown"
GRIDS = 240
SMALL = {"city": CITY, "rate": 40, "cases_per_day": 20, "history_days": 20}


def square(name: str, code: str, west: float) -> dict[str, Any]:
    """A county of some 10 km beside another, the border between them bent."""
    south, north, east = 36.60, 36.70, west + 0.10
    ring = [
        [west, south],
        [east, south],
        [east + 0.01, 36.65],
        [east, north],
        [west, north],
        [west + 0.01, 36.65],
    ]
    return {
        "type": "Feature",
        "properties": {"name": name, "code": code},
        "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
    }


def app(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python app.py …`, to its end."""
    return subprocess.run(
        [sys.executable, "app.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the small city has been built."""
    return build_city(tmp_path_factory.mktemp("built"))


def build_city(folder: Path) -> Path:
    """Build the small city in `folder`, and give the folder back."""
    file = folder / "counties.geojson"
    counties = [square("东城区", "990101", 119.00), square("西城区", "990102", 119.10)]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": counties}), encoding="utf-8")
    run = app(
        "geodata", "build", CITY, "--boundaries", str(file), "--grids", str(GRIDS), "--title", "小城市",
        "--title-en", "Littletown", "--code", "990100", "--timezone", "Asia/Shanghai",
        KITE_DATA_DIR=str(folder),
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return folder


@dataclass
class Running:
    """A running Kite with its pack and a client of its store."""

    kite: Kite
    pack: Pack
    store: redis.Redis
    keys: Keys

    def process(self, command: str) -> int:
        """The pid of the part that runs this command; of the web server, its worker."""
        found = [p for p in self.kite.processes() if command in " ".join(p.cmdline())]
        return max(found, key=lambda p: p.create_time()).pid

    def environment(self) -> dict[str, str]:
        """What makes `app.py` work on this city and store."""
        data_dir = str(self.kite.log.parent)
        return {"KITE_CITY": CITY, "KITE_DATA_DIR": data_dir, "REDIS_URL": self.kite.redis_url}


@contextmanager
def run_city(built: Path, folder: Path, **settings: object) -> Iterator[Running]:
    """The small city in `folder`, running."""
    if not (folder / "packs").exists():
        shutil.copytree(built / "packs", folder / "packs")
    with running_kite(folder, **{**SMALL, **settings}) as kite:
        pack = load_pack(folder / "packs" / CITY)
        store = redis.Redis.from_url(kite.redis_url)
        yield Running(kite, pack, store, Keys(pack.regions.code[0]))
        store.close()


@pytest.fixture(scope="module")
def running(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The small city with its simulator, for the tests of one module."""
    with run_city(built, tmp_path_factory.mktemp("kite")) as city:
        yield city
