"""Slopes and their intervals, against made-up growth of a known size; and what a trace is read as."""

from __future__ import annotations

import numpy as np
import pytest

from tests.benchmarks.slopes import Slope, growth_row, slope
from tests.benchmarks.trace import kind_of, largest, self_times, summarise

DONE = np.arange(40) * 1000.0


def test_a_known_growth_lies_in_the_interval() -> None:
    noise = np.random.default_rng(1).normal(0, 3000, len(DONE))
    found = slope(DONE, 5e6 + 2.5 * DONE + noise)
    assert found.low < 2.5 < found.high
    assert found.high - found.low < 0.5


def test_a_few_jumps_up_are_not_growth() -> None:
    figure = np.full(len(DONE), 5e6)
    figure[[30, 35, 39]] += 4e6
    assert slope(DONE, figure) == Slope(0.0, 0.0, 0.0, len(DONE))


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2)
    found = [slope(DONE, rng.normal(0, 1, len(DONE))) for _ in range(200)]
    assert 0.9 <= np.mean([one.low <= 0 <= one.high for one in found]) <= 0.99


def test_four_samples_are_too_few() -> None:
    with pytest.raises(ValueError, match="4 samples"):
        slope([1, 2, 3, 4], [1, 2, 3, 4])


@pytest.mark.parametrize(("low", "reached"), [(-1.0, True), (0.0, True), (9.0, True), (11.0, False)], ids=str)
def test_only_growth_that_is_certain_and_not_negligible_misses_the_target(low: float, reached: bool) -> None:
    row = growth_row("heap", "B", Slope(low + 5, low, low + 10, 40), negligible=10.0)
    assert (row.target, row.reached) == (0.0, reached)
    assert growth_row("heap", "B", Slope(low + 5, low, low + 10, 40)).reached is None


def event(name: str, ts: float, dur: float, **more: object) -> dict[str, object]:
    return {"name": name, "ph": "X", "pid": 1, "tid": 2, "ts": ts, "dur": dur, **more}


TASK = [
    event("RunTask", 0, 60_000),
    event("FunctionCall", 1_000, 50_000),
    event("MinorGC", 2_000, 8_000),
    event("Layout", 20_000, 5_000),
    event("nothing known", 30_000, 1_000),
    event("RunTask", 70_000, 2_000),
]


def test_self_times_of_a_trace_sum_to_its_tasks() -> None:
    own = {(e["name"], e["ts"]): ms for e, ms in self_times(TASK)}
    assert own["FunctionCall", 1_000] == 50 - 8 - 5 - 1
    assert sum(own.values()) == 62


def test_a_trace_is_told_by_kind_task_and_function() -> None:
    frames = [
        {"functionName": "(root)"},
        {"functionName": "paint", "url": "http://h/grids.mjs?m=1", "lineNumber": 9},
    ]
    nodes = [{"id": n + 1, "parent": n, "callFrame": frame} for n, frame in enumerate(frames)]
    head = {"pid": 1, "tid": 2, "id": "0x1", "ph": "P"}
    profile = [
        {**head, "name": "Profile", "ts": 0, "args": {"data": {"startTime": 0}}},
        {
            **head, "name": "ProfileChunk", "ts": 5, "tid": 3,
            "args": {"data": {"cpuProfile": {"nodes": nodes, "samples": [2, 1]}, "timeDeltas": [500, 4000]}},
        },
    ]  # fmt: skip
    named = {"ph": "M", "pid": 1, "tid": 2, "name": "thread_name", "args": {"name": "CrRendererMain"}}
    found = summarise([*TASK, named, *profile])
    assert dict(found.kinds) == {
        kind_of("RunTask"): 12, "script": 37, "garbage collection": 8, "layout": 5,
    }  # fmt: skip
    assert [task.ms for task in found.tasks] == [60, 2]
    assert largest(found.functions["CrRendererMain"], 1) == [("paint (grids.mjs:10)", 4.0)]
    assert dict(found.functions_within(found.tasks[0])) == {"paint (grids.mjs:10)": 4.0}
