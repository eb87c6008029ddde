"""Every process against a real cluster, given a node that does not hold the city."""

from __future__ import annotations

import csv
import json
import shutil
import urllib.request
from pathlib import Path

import pytest

from dashboard.domain.hierarchy import GRID
from dashboard.streams.client import connect
from dashboard.streams.keys import Keys
from geodata import load_pack
from tests.benchmarks.cluster import running_cluster
from tests.e2e.conftest import CITY, SMALL, app
from tests.e2e.test_faults import until
from tests.parts import running_kite

pytestmark = pytest.mark.valkey


def incidents(folder: Path, name: str, lonlat: tuple[float, float], count: int) -> str:
    """A file of incidents at one point."""
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "time", "category", "lon", "lat"])
        for row in range(count):
            out.writerow([f"{name}-{row}", f"2026-03-{row + 1:02d} 08:15", "盗窃", *lonlat])
    return str(path)


def explained(url: str, code: str) -> str:
    """Ask the page's server to explain a region, as the page does; the code that it answers for."""
    targets = [("profile", "data"), ("reasons", "children"), ("formula", "children"), ("rings", "children")]
    body = {
        "output": ".." + "...".join(f"{component}.{prop}" for component, prop in targets) + "..",
        "outputs": [{"id": component, "property": prop} for component, prop in targets],
        "inputs": [
            {"id": "place", "property": "data", "value": {"code": code}},
            {"id": "slow-clock", "property": "n_intervals", "value": 1},
        ],
        "changedPropIds": ["place.data"],
    }
    ask = urllib.request.Request(
        f"{url}/_dash-update-component", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(ask) as answer:
        return str(json.load(answer)["response"]["profile"]["data"]["code"])


def test_serve_import_replay_and_rebuild_find_the_city(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "kite"
    shutil.copytree(built / "packs", data / "packs")
    pack = load_pack(data / "packs" / CITY)
    keys = Keys(pack.regions.code[0])
    lon, lat = pack.to_lonlat(pack.regions.label_xy[int(pack.regions.tier_start[GRID])])
    point = (round(float(lon), 6), round(float(lat), 6))
    with running_cluster(tmp_path / "cluster") as cluster:
        url = cluster.other(keys).url
        assert cluster.other(keys) is not cluster.holder(keys)
        monkeypatch.setenv("REDIS_URL", url)
        environment = {"KITE_CITY": CITY, "KITE_DATA_DIR": str(data), "REDIS_URL": url}
        with running_kite(data, **SMALL) as kite, connect(url, keys=keys) as client:  # web, project, simulate
            until(lambda: client.hlen(keys.state("cases")) > 100)
            for name, more in (("import", ()), ("replay", ("--speed", "0", "--ending", "as-filed"))):
                file = incidents(tmp_path, name, point, 20)
                run = app(name, file, "--map", "category=盗窃:theft", *more, **environment)
                assert run.returncode == 0, run.stderr
                last = f"{name}-19"
                until(lambda last=last: last in "".join(map(bytes.decode, client.hkeys(keys.state("cases")))))
            with urllib.request.urlopen(f"{kite.url}/live/snapshot") as answer:
                assert answer.headers["X-Kite-Position"] != "0-0"
            for _ in range(2):  # the second from the cache, which lies on the cluster as well
                assert explained(kite.url, keys.city) == keys.city
            assert list(client.scan_iter(f"{{{keys.city}}}:cache:*"))
            assert client.xlen(keys.dead) == 0
            cases = client.hlen(keys.state("cases"))
        rebuilt = app("project", "--rebuild", **environment)
        assert rebuilt.returncode == 0, rebuilt.stderr
        with connect(url, keys=keys) as client:
            assert client.hlen(keys.state("cases")) >= cases
