"""What leaders are told: parts sum to the score and to their whole, and answers follow the data.

A real store and projector over a made city; the columns' figures have tests of their own (tests/domain).
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
import pytest
import redis
from flask import Flask

from dashboard.domain.hierarchy import GRID, Hierarchy
from dashboard.domain.safety_index import IndexParameters
from dashboard.live.explained import without_those_above
from dashboard.live.kept import Kept
from dashboard.live.leaders import PERIODS, SINCES, Leaders
from dashboard.live.published import Published
from dashboard.live.state import LiveState
from dashboard.live.trends import Trends
from dashboard.settings import Settings
from dashboard.streams.city import CityModel
from dashboard.streams.client import client_of, connect
from dashboard.streams.from_pack import city_of, hierarchy_of
from dashboard.streams.keys import Keys
from dashboard.streams.reader import load_snapshot, read_changes
from dashboard.streams.writer import Writer
from geodata import Pack
from tests.outgoing.delivering import made_pack
from tests.streams.projecting import project, url_of
from tests.streams.small_city import command, grid_code, iso, report

DAY_MS, HOUR_MS = 86_400_000, 3_600_000
TYPES = ("theft", "02", "3100", "2200", "0203", "2101")


@dataclass
class Made:
    """A city on a store, its web process's parts, and how it is moved on."""

    client: redis.Redis
    pack: Pack
    model: CityModel
    hierarchy: Hierarchy
    state: LiveState
    leaders: Leaders
    now_ms: int

    @property
    def keys(self) -> Keys:
        return Keys(self.model.code)

    def write(self, entries: list[tuple[str, dict[str, str]]]) -> None:
        """Append entries, project them, and let the web process know."""
        writer = Writer(self.client, self.keys)
        for kind in ("reports", "commands"):
            packed = [fields for name, fields in entries if name == kind]
            if packed:
                writer.append_packed(kind, packed)
        project(self.client, self.model)
        if self.state.position == "0-0":
            loaded = load_snapshot(self.client, self.keys)
            assert loaded is not None
            self.leaders.forget()
            self.state.apply(loaded.position, loaded.frame)
        for position, data in read_changes(self.client, self.keys, self.state.position):
            self.state.apply(position, data)

    def catch_up(self) -> None:
        """Bring the history of cases up to what is known."""
        with connect(url_of(self.client), keys=self.keys) as client:
            self.leaders.history.step(client)


def past(model: CityModel, now_ms: int, days: int, seed: int = 1) -> list[tuple[str, dict[str, str]]]:
    """Some cases a day of so many days, most of them ended, in the order of their times."""
    rng = np.random.default_rng(seed)
    entries: list[tuple[int, str, dict[str, str]]] = []
    for number in range(days * 8):
        at_ms = now_ms - int((days - number / 8) * DAY_MS)
        grid = int(rng.integers(model.grid_count) ** 2 // model.grid_count)
        kind = TYPES[int(rng.integers(len(TYPES)))]
        fields = report(f"c{number}", at_ms, grid, model, type=kind, level=f"0{int(rng.integers(3, 5))}")
        entries.append((at_ms, "reports", fields))
        if rng.random() < 0.7:
            closed_ms = at_ms + int(rng.integers(1, 6 * DAY_MS))
            if closed_ms < now_ms:
                entries.append((closed_ms, "reports", {**fields, "closed_at": iso(closed_ms)}))
    return [(kind, fields) for _, kind, fields in sorted(entries, key=lambda entry: entry[0])]


@pytest.fixture
def made(client: redis.Redis, tmp_path: Path) -> Made:
    pack = made_pack()
    model, hierarchy, state = city_of(pack), hierarchy_of(pack), LiveState()
    settings = Settings(data_dir=tmp_path, redis_url=url_of(client))
    keys, kept = Keys(model.code), Kept(settings, Keys(model.code))
    kept.install(Flask("kite"))
    parameters = IndexParameters.default(int(pack.regions.population[0]))
    trends = Trends(settings.redis_url, keys, hierarchy, state)
    published = Published(settings.redis_url, keys, hierarchy, pack, parameters)
    leaders = Leaders(settings, keys, hierarchy, pack, published, state, trends, kept)
    state.on_cases = leaders.history.hear
    now_ms = time.time_ns() // 1_000_000
    return Made(client, pack, model, hierarchy, state, leaders, now_ms)


@pytest.fixture
def lived(made: Made) -> Made:
    """With forty days behind it."""
    made.write(past(made.model, made.now_ms, 40))
    made.catch_up()
    assert made.leaders.ready
    return made


def some_codes(made: Made) -> list[str]:
    """A region of every tier, the fullest of it."""
    hierarchy = made.hierarchy
    grid = hierarchy.tier_start[GRID]
    return [hierarchy.codes[region] for region in (grid, *hierarchy.ancestors(grid))]


def test_until_the_cases_are_read_their_figures_are_unknown(made: Made) -> None:
    made.write(past(made.model, made.now_ms, 3))
    leaders, code = made.leaders, made.hierarchy.codes[0]
    assert not leaders.ready
    assert [leaders.moved(code, "day"), leaders.cases(code, "day"), leaders.children(code)] == [None] * 3
    found = leaders.explanation(code)  # of what is known without them
    assert found is not None
    assert {part["kind"] for part in found["parts"]} >= {"place", "rest"}
    made.catch_up()
    assert leaders.ready
    assert leaders.cases(code, "day") is not None


def test_an_explanation_sums_to_the_score_and_names_what_ended(lived: Made) -> None:
    for code in some_codes(lived):
        found = lived.leaders.explanation(code)
        assert found is not None
        total = found["base_score"] + math.fsum(p["points"] for p in found["parts"]) + found["limit_points"]
        assert total == pytest.approx(found["score"], abs=1e-9)
        by_family: dict[str, float] = defaultdict(float)
        for part in found["parts"]:
            by_family[part["family"]] += part["points"]
        for family in found["families"]:
            assert by_family[family["slug"]] == pytest.approx(family["points"], abs=1e-9)
        region = lived.hierarchy.number_of(code)
        assert round(found["score"], 1) == pytest.approx(
            lived.state.column("regions", "score")[region] / 10, abs=0.051
        )
        assert found["interval"][0] <= found["interval"][1]
        orjson.dumps(found)
    named = {part["case"] for part in found["parts"] if part["kind"] == "case"}
    assert named & (set(lived.leaders.history.columns.ids) - set(lived.state.open_cases)) or not named
    village = lived.leaders.explanation(some_codes(lived)[1])
    assert village is not None
    ended = [p for p in village["parts"] if p["case"] and p["case"] not in lived.state.open_cases]
    assert ended


def test_who_may_not_look_above_gets_nothing_of_it(lived: Made) -> None:
    found = lived.leaders.explanation(some_codes(lived)[3])
    assert found is not None
    narrowed = without_those_above(found)
    assert narrowed["parent"] is None
    assert {row["parent_theta"] for row in narrowed["families"]} == {None}
    assert found["families"][0]["parent_theta"] is not None  # and what it was made from is as it was


@pytest.mark.parametrize("since", SINCES)
def test_what_moved_a_score_sums_to_the_change(lived: Made, since: str) -> None:
    for code in some_codes(lived):
        found = lived.leaders.moved(code, since)
        assert found is not None
        points = [row["points"] for row in found["families"]]
        total = math.fsum([found["from_score"], *points, found["cap_points"], found["rest_points"]])
        assert total == pytest.approx(found["to_score"], abs=1e-9)
        days = (found["to_ms"] - found["from_ms"]) / DAY_MS
        assert days == pytest.approx({"day": 1, "week": 7, "month": 30}[since], abs=0.3)
        explained = lived.leaders.explanation(code)
        assert explained is not None
        assert explained["score"] == found["to_score"]
        if lived.hierarchy.tier[lived.hierarchy.number_of(code)] < GRID:
            # What was said then is what is known of it now: nothing was told late.
            assert abs(found["rest_points"]) < 0.06
        orjson.dumps(found)


def test_the_trend_has_the_score_that_a_change_begins_with(lived: Made) -> None:
    code = lived.hierarchy.codes[1]
    found = lived.leaders.moved(code, "week")
    compared = lived.leaders.compare([code, lived.hierarchy.codes[-1]], 24 * 8)
    assert found is not None
    assert compared is not None
    assert set(compared["series"]) == {code}  # the last one is a grid
    at = compared["times_ms"].index(found["from_ms"])
    assert compared["series"][code][at] == found["from_score"]


def test_a_young_record_says_that_it_does_not_reach_back(made: Made) -> None:
    made.write(past(made.model, made.now_ms, 4))
    made.catch_up()
    code = made.hierarchy.codes[0]
    assert made.leaders.moved(code, "week") is None
    assert made.leaders.moved(code, "day") is not None
    week, children = made.leaders.cases(code, "week"), made.leaders.children(code)
    assert week is not None
    assert children is not None
    assert (week["new_before"], week["new_year_ago"]) == (None, None)
    assert {row["month"] for row in children["rows"]} == {None}
    assert {row["before"] for row in children["rows"]} == {None}


@pytest.mark.parametrize("period", PERIODS)
def test_children_sum_to_their_parent_on_every_tier(lived: Made, period: str) -> None:
    leaders, hierarchy = lived.leaders, lived.hierarchy
    for code in some_codes(lived)[1:]:
        parent = leaders.cases(code, period)
        parts = [
            leaders.cases(hierarchy.codes[c], period) for c in hierarchy.children(hierarchy.number_of(code))
        ]
        assert parent is not None
        for name in ("new", "ended", "open", "overdue"):
            assert sum(part[name] for part in parts if part) == parent[name]
        whole = leaders.calendar(code, period)
        assert whole is not None
        assert int(np.sum(whole["counts"])) == parent["new"]


def test_the_table_of_children_is_what_each_of_them_says(lived: Made) -> None:
    leaders, hierarchy = lived.leaders, lived.hierarchy
    for code in some_codes(lived)[1:]:
        table = leaders.children(code)
        assert table is not None
        children = hierarchy.children(hierarchy.number_of(code))
        assert [row["code"] for row in table["rows"]] == [hierarchy.codes[child] for child in children]
        for row in table["rows"]:
            figures = leaders.cases(row["code"], "month")
            assert figures is not None
            assert [row["new"], row["before"], row["open"]] == [
                figures["new"], figures["new_before"], figures["open"],
            ]  # fmt: skip
            assert row["kept_share"] == figures["kept_share"]
            moved = leaders.moved(row["code"], "week")
            assert moved is not None
            change = moved["to_score"] - moved["from_score"]
            assert row["week"] == pytest.approx(change, abs=0.11)  # each of both is shown in tenths
    assert leaders.children(some_codes(lived)[0]) == {**leaders.children(some_codes(lived)[0]), "rows": []}  # type: ignore[dict-item]


def test_a_version_tells_of_the_regions_own_cases_alone(lived: Made) -> None:
    leaders, hierarchy = lived.leaders, lived.hierarchy
    here, there = (
        next(c for c in hierarchy.children(0) if hierarchy.grid_lo[c] <= grid < hierarchy.grid_hi[c])
        for grid in (0, lived.model.grid_count - 1)
    )
    codes = [hierarchy.codes[region] for region in (here, there)]
    before = [leaders.cases(code, "day") for code in codes]
    versions = [leaders.version(code).partition(".")[2] for code in codes]
    assert [leaders.cases(code, "day") for code in codes] == before
    now_ms = time.time_ns() // 1_000_000
    lived.write([("reports", report("fresh", now_ms, 0, lived.model, level="02"))])
    lived.catch_up()
    after = [leaders.version(code).partition(".")[2] for code in codes]
    assert (after[0] != versions[0], after[1] == versions[1]) == (True, True)
    told = [leaders.cases(code, "day") for code in codes]
    assert told[0] is not None
    assert before[0] is not None
    assert told[0]["new"] - before[0]["new"] in (0, 1)  # an old one may have left the window meanwhile
    assert told[0]["open"] == before[0]["open"] + 1


def test_two_web_processes_have_the_same_version(lived: Made, tmp_path: Path) -> None:
    """The cache is shared: what one keeps, the other may give."""
    settings = Settings(data_dir=tmp_path, redis_url=url_of(lived.client))
    parameters = IndexParameters.default(int(lived.pack.regions.population[0]))
    trends = Trends(settings.redis_url, lived.keys, lived.hierarchy, lived.state)
    kept = Kept(settings, lived.keys)
    kept.install(Flask("other"))
    published = Published(settings.redis_url, lived.keys, lived.hierarchy, lived.pack, parameters)
    other = Leaders(settings, lived.keys, lived.hierarchy, lived.pack, published, lived.state, trends, kept)
    other.forget()
    with connect(url_of(lived.client), keys=lived.keys) as client:
        other.history.step(client)
    for code in some_codes(lived):
        assert other.version(code) == lived.leaders.version(code)
        assert other.cases(code, "week") == lived.leaders.cases(code, "week")


def test_cases_are_listed_the_gravest_first_with_their_texts(lived: Made) -> None:
    code, now_ms = lived.hierarchy.codes[0], time.time_ns() // 1_000_000
    grave = report("grave", now_ms - 1000, 2, lived.model, level="01", summary="厂房起火", place="东风东街")
    lived.write([("reports", grave)])
    lived.catch_up()
    rows = lived.leaders.case_rows(code, "week", 15)
    assert rows is not None
    assert len(rows) == 15
    assert (rows[0]["id"], rows[0]["summary"], rows[0]["place"]) == ("grave", "厂房起火", "东风东街")
    assert rows[0]["grid"] == grid_code(lived.model, 2)
    order = [(row["level"], -row["occurred_at_ms"]) for row in rows]
    assert order == sorted(order)
    assert any(row["closed_at_ms"] for row in lived.leaders.case_rows(code, "week", 200) or [])


def test_whistles_and_flow_follow_the_loop(lived: Made) -> None:
    now_ms, model = time.time_ns() // 1_000_000, lived.model
    unit = next(iter(model.unit_numbers))
    steps: list[tuple[str, dict[str, str]]] = [
        ("accept", {}), ("assign", {"unit": unit}), ("take_on", {}),
        ("whistle", {"departments": "消防,住建"}), ("report_in", {"departments": "住建"}),
    ]  # fmt: skip
    lived.write([("reports", report("loop", now_ms - 60_000, 1, model, level="03"))])
    lived.write([("commands", command("loop", name, now_ms, **more)) for name, more in steps])
    lived.catch_up()
    code = lived.hierarchy.codes[0]
    whistles, flow = lived.leaders.whistles(code, "day"), lived.leaders.flow(code, "day")
    assert whistles is not None
    assert flow is not None
    assert (whistles["open"], whistles["overdue"]) == (1, 0)
    assert {row["department"]: (row["on_time"], row["waiting"]) for row in whistles["by_department"]} == {
        "住建": (1, 0), "消防": (0, 1),
    }  # fmt: skip
    assert sum(row["called"] for row in whistles["by_region"]) == 2
    assert {row["state"]: row["count"] for row in flow["stages"]}["handling"] == 1


def test_while_the_store_is_away_nothing_is_known(lived: Made) -> None:
    code = lived.hierarchy.codes[0]
    lived.leaders._published._client = client_of("redis://127.0.0.1:1/0")
    assert lived.leaders.explanation(code) is None
    assert lived.leaders.version(code).startswith("none.")
