"""Gaps of the rings, against a walk from stretch to stretch; their names against plain geometry."""

from __future__ import annotations

from math import atan2, degrees

import numpy as np
import pytest

from dashboard.domain.cameras import OFFLINE, ONLINE, UNKNOWN
from tests.live.systems.made import NOW_MS, Made

MADE = Made(seed=11)
REGIONS = [MADE.codes[0], *MADE.codes[1:9], MADE.codes[30], MADE.codes[-1]]


def ends(made: Made, n: int) -> list[tuple[int, int]]:
    points = made.pack.checkpoints
    line = points.stretch_xy[int(points.stretch_start[n]) : int(points.stretch_start[n + 1])].tolist()
    return [tuple(line[0]), tuple(line[-1])]


def walked(made: Made, code: str, ring: int) -> list[set[int]]:
    """The gaps by hand: from each dark stretch to all that touch it, until none is left."""
    grids, points = made.grids_of(code), made.pack.checkpoints
    dark = {
        n
        for n in range(len(points.ring))
        if points.ring[n] == ring and points.grid[n] in grids and made.status[points.camera[n]] != ONLINE
    }
    found = []
    while dark:
        gap, edge = set(), [dark.pop()]
        while edge:
            here = edge.pop()
            gap.add(here)
            touching = {n for n in dark if set(ends(made, n)) & set(ends(made, here))}
            dark -= touching
            edge += touching
        found.append(gap)
    return found


def lengths(made: Made, gaps: list[set[int]]) -> list[float]:
    return sorted(sum(float(made.pack.checkpoints.length_m[n]) for n in gap) for gap in gaps)


@pytest.mark.parametrize("code", REGIONS)
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_gaps_are_what_walking_along_the_stretches_finds(code: str, seed: int) -> None:
    made = MADE if seed == 11 else Made(seed=seed)
    for row in made.systems.rings(code if code in made.codes else made.codes[0])["rings"]:
        by_hand = walked(made, code if code in made.codes else made.codes[0], row["ring"])
        assert sorted(gap["length_m"] for gap in row["gaps"]) == pytest.approx(lengths(made, by_hand))
        assert sorted(gap["checkpoints"] for gap in row["gaps"]) == sorted(map(len, by_hand))
        assert [gap["length_m"] for gap in row["gaps"]] == sorted(
            (gap["length_m"] for gap in row["gaps"]), reverse=True
        )


def test_a_gap_lies_where_it_says() -> None:
    """One dark stretch: its county, its town, its grid, and since when its camera is down."""
    hierarchy, points = MADE.hierarchy, MADE.pack.checkpoints
    alone = [n for n in range(len(points.ring)) if (points.camera == points.camera[n]).sum() == 1]
    assert {int(points.ring[n]) for n in alone} == {1, 2, 3}  # the made city gives some cameras two stretches
    for n in alone:
        made = Made(seed=11, pack=MADE.pack)
        made.state.columns["cameras", "status"] = np.where(
            np.arange(len(made.status)) == points.camera[n], OFFLINE, ONLINE
        ).astype(np.uint8)
        rows = made.systems.rings(made.codes[0])["rings"]
        (gap,) = [gap for row in rows for gap in row["gaps"]]
        own = hierarchy.region_of_grid(int(points.grid[n]))
        _village, town, county, _ = hierarchy.ancestors(own)
        assert (gap["grid"], gap["town"], gap["county"]) == (
            made.codes[own], made.codes[town], made.codes[county],
        )  # fmt: skip
        camera = int(points.camera[n])
        assert gap["since_ms"] == (NOW_MS - 1000 * camera if camera % 7 else None)
        place = town if points.ring[n] == 3 else county
        west, south, east, north = made.pack.regions.bbox[place].tolist()
        x, y = points.xy[n].tolist()
        angle = degrees(atan2(y - (south + north) / 2, x - (west + east) / 2)) % 360
        wanted = ("e", "ne", "n", "nw", "w", "sw", "s", "se")[int((angle + 22.5) // 45) % 8]
        assert gap["bearing"] == wanted
        assert made.pack.regions.name[county] in gap["name"]
        assert made.pack.regions.name[town] in gap["name"]
        assert gap["length_m"] == pytest.approx(float(points.length_m[n]))


def test_an_unknown_camera_is_a_gap_that_says_so() -> None:
    made = Made(seed=11)
    made.state.columns["cameras", "status"] = np.where(made.status == OFFLINE, UNKNOWN, made.status)
    for row in made.systems.rings(made.codes[0])["rings"]:
        mine = made.pack.checkpoints.ring == row["ring"]
        status = made.state.columns["cameras", "status"][made.pack.checkpoints.camera[mine]]
        assert row["unknown"] == int((status == UNKNOWN).sum())
        assert sum(gap["unknown"] for gap in row["gaps"]) == row["unknown"]


def test_with_every_camera_online_there_is_no_gap_and_the_share_is_whole() -> None:
    made = Made(seed=11)
    made.state.columns["cameras", "status"] = np.full_like(made.status, ONLINE)
    for row in made.systems.rings(made.codes[0])["rings"]:
        assert (row["share"], row["gaps"], row["online"]) == (1.0, [], row["checkpoints"])
