"""Replay: the order of the file's times, at the speed asked for, on a clock that moves when waited on."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashboard.domain.cases import Case
from dashboard.feeds.account import Account
from dashboard.feeds.appending import LOST
from dashboard.feeds.errors import FeedError
from dashboard.feeds.incidents import IncidentOptions
from dashboard.feeds.replay import HEARTBEAT_S, NOT_REACHED, replay
from dashboard.feeds.timeline import AS_FILED, PLAUSIBLE, WORKED
from tests.feeds.parts import START_MS, Clock, Memory, lived_through, small_area, small_world

WORLD = small_world()
AREA = small_area(WORLD)
TYPES = ("theft", "neighbour_dispute", "fire", "traffic_injury", "estate_dispute", "property_dispute")
ROWS = 60


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Sixty cases over ten hours of one day, not in the order of their times."""
    rng = np.random.default_rng(7)
    minutes = rng.permutation(np.arange(ROWS) * 10)
    points = WORLD.points_in(rng.integers(WORLD.grid_count, size=ROWS), rng)
    rows = [
        f"c{k},2025-03-05 {8 + minute // 60:02d}:{minute % 60:02d},{lon},{lat},{TYPES[k % len(TYPES)]}"
        for k, (minute, (lon, lat)) in enumerate(zip(minutes.tolist(), points.tolist(), strict=True))
    ]
    file = tmp_path / "day.csv"
    file.write_text("\n".join(["id,occurred_at,lon,lat,category", *rows]))
    return file


def played(path: Path, clock: Clock | None = None, **options: Any) -> tuple[Account, Memory]:
    """A replay on a virtual clock."""
    clock = clock or Clock()
    memory = Memory(clock)
    account = replay(path, IncidentOptions(), AREA, memory, clock, world=WORLD, now_ms=START_MS,
                     now_s=clock.now_s, **options)  # fmt: skip
    return account, memory


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def closed(memory: Memory) -> dict[str, Case]:
    cases = lived_through(memory.written, WORLD, START_MS)
    assert len(cases) == ROWS
    return cases


@pytest.mark.parametrize("speed", [60.0, 3600.0])
def test_each_case_is_written_when_its_time_comes(path: Path, speed: float) -> None:
    account, memory = played(path, speed=speed, ending=AS_FILED)
    assert account.accepted == account.read == ROWS
    written = [
        (call.at_s, seconds(event["occurred_at"]))
        for call in memory.written
        for event in call.events
        if "id" in event
    ]
    assert len(written) == ROWS
    first = min(occurred for _, occurred in written)
    for at_s, occurred in written:
        assert at_s == pytest.approx((occurred - first) / speed, abs=0.005)
    assert [occurred for _, occurred in written] == sorted(occurred for _, occurred in written)


def test_quiet_stretches_have_heartbeats_with_the_replays_own_time(path: Path) -> None:
    _, memory = played(path, speed=60.0, ending=AS_FILED)
    times = [call.at_s for call in memory.written]
    assert max(b - a for a, b in pairwise(times)) <= HEARTBEAT_S + 0.01
    first = min(seconds(report["occurred_at"]) for report in memory.flat("reports"))
    beats = memory.heartbeats("reports")
    assert beats
    for at_s, beat in beats:
        assert seconds(beat["at"]) == pytest.approx(first + at_s * 60, abs=1)


def test_as_fast_as_possible_is_in_the_same_order_and_packed(path: Path) -> None:
    clock = Clock()
    _, memory = played(path, clock, speed=0, ending=PLAUSIBLE)
    assert clock.waits == 0
    assert all(call.packed for call in memory.written)
    _, slow = played(path, speed=3600.0, ending=PLAUSIBLE)
    assert memory.flat("reports") == slow.flat("reports")


def test_a_replay_that_was_held_up_leaves_nothing_out(path: Path) -> None:
    _, memory = played(path, Clock(jumps=[(3.0, 3600.0)]), speed=3600.0, ending=PLAUSIBLE)
    _, straight = played(path, speed=3600.0, ending=PLAUSIBLE)
    assert memory.flat("reports") == straight.flat("reports")


def test_a_lost_server_is_waited_for_and_nothing_is_left_out(path: Path) -> None:
    clock, told = Clock(), []
    memory = Memory(clock, fail=5, error=LOST[0])
    account = replay(path, IncidentOptions(), AREA, memory, clock, speed=3600.0, world=WORLD, now_ms=START_MS,
                     now_s=clock.now_s, say=told.append)  # fmt: skip
    assert len(told) == 2
    assert account.accepted == ROWS
    _, straight = played(path, speed=3600.0)
    assert memory.flat("reports") == straight.flat("reports")


def test_a_replay_that_is_stopped_while_the_server_is_away_ends(path: Path) -> None:
    clock = Clock(end_s=30.0)
    memory = Memory(clock, fail=10**9, error=LOST[0])
    account = replay(path, IncidentOptions(), AREA, memory, clock, speed=3600.0, now_ms=START_MS,
                     now_s=clock.now_s, say=lambda _: None)  # fmt: skip
    assert account.refused == {NOT_REACHED: ROWS}


def test_a_replay_that_is_stopped_accounts_for_what_it_did_not_reach(path: Path) -> None:
    account, memory = played(path, Clock(end_s=5.0), speed=3600.0, ending=AS_FILED)
    written = len(memory.flat("reports"))
    assert 0 < written < ROWS
    assert account.accepted == written
    assert account.refused == {NOT_REACHED: ROWS - written}
    assert account.read == ROWS


def test_a_stopped_replay_counts_only_what_it_wrote_as_made_up(path: Path) -> None:
    account, memory = played(path, Clock(end_s=5.0), speed=3600.0, ending=WORKED)
    commands = len(memory.flat("commands"))
    assert account.commands == commands > 0
    assert (
        f"{commands:,} commands to work the cases were made up; they are marked as simulated."
        in account.notes
    )


def test_cases_close_after_a_plausible_time_and_what_is_made_up_is_marked(path: Path) -> None:
    account, memory = played(path, speed=0, ending=PLAUSIBLE)
    assert any(f"{ROWS} closing times were made up" in note for note in account.notes)
    opening = [report for report in memory.flat("reports") if "closed_at" not in report]
    assert len(opening) == ROWS
    assert not any("simulated" in report for report in opening)
    for case in closed(memory).values():
        assert case.state == "closed"
        assert case.simulated
        assert 60_000 < case.closed_at_ms - case.occurred_at_ms < 10 * 86_400_000


def test_cases_as_filed_have_nothing_made_up(path: Path) -> None:
    account, memory = played(path, speed=0, ending=AS_FILED)
    assert not any("made up" in note for note in account.notes)
    for case in closed(memory).values():
        assert (case.state, case.simulated) == ("closed", False)
        assert case.closed_at_ms == case.occurred_at_ms


def test_cases_are_worked_by_commands_that_the_domain_allows(path: Path) -> None:
    account, memory = played(path, speed=0, ending=WORKED)
    commands = memory.flat("commands")
    assert account.commands == len(commands) > 8 * ROWS
    assert all(command["simulated"] == "1" for command in commands)
    assert [command["at"] for command in commands] == sorted(command["at"] for command in commands)
    for case in closed(memory).values():
        assert case.state == "closed"
        assert case.unit in WORLD.pack.units.call_sign


@pytest.mark.parametrize("ending", [PLAUSIBLE, WORKED])
def test_closing_times_of_the_file_are_kept(tmp_path: Path, ending: str) -> None:
    (lon, lat) = WORLD.lonlat(WORLD.xy[3]).tolist()
    rows = [
        f"a,2025-03-05 08:00,2025-03-06 09:30,{lon},{lat},theft",
        f"b,2025-03-05 09:00,,{lon},{lat},estate_dispute",
    ]
    file = tmp_path / "two.csv"
    file.write_text("\n".join(["id,occurred_at,closed_at,lon,lat,category", *rows]))
    _, memory = played(file, speed=0, ending=ending)
    cases = lived_through(memory.written, WORLD, START_MS)
    assert (cases["a"].state, cases["a"].simulated) == ("closed", ending == WORKED)
    assert cases["a"].closed_at_ms == seconds("2025-03-06T09:30:00+08:00") * 1000
    assert cases["b"].is_open


def test_nothing_that_is_made_up_lies_in_the_future(tmp_path: Path) -> None:
    (lon, lat) = WORLD.lonlat(WORLD.xy[3]).tolist()
    file = tmp_path / "now.csv"
    file.write_text(f"id,occurred_at,lon,lat,category\na,{START_MS - 60_000},{lon},{lat},estate_dispute\n")
    _, memory = played(file, speed=0, ending=PLAUSIBLE)
    assert lived_through(memory.written, WORLD, START_MS)["a"].state == "reported"


def test_the_same_replay_again_is_the_same_entries(path: Path) -> None:
    first, second = (played(path, speed=0, ending=WORKED)[1] for _ in range(2))
    assert first.flat("reports") == second.flat("reports")
    assert first.flat("commands") == second.flat("commands")


def test_what_can_not_be_asked_of_a_replay(path: Path) -> None:
    for wrong, sentence in (
        ({"ending": "soon"}, "say as-filed, plausible, worked"),
        ({"speed": -1.0}, "backwards"),
    ):
        with pytest.raises(FeedError, match=sentence):
            played(path, **wrong)
