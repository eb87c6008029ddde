"""How disputes are settled: the way of each, told from its record, and rates that are counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from dashboard.domain import cases
from dashboard.domain.case_record import Case, Hearing
from dashboard.domain.commands import OUTCOMES, STATES, TEAMS, UNDO_MS
from dashboard.domain.hierarchy import CITY, COUNTY, GRID, TOWN, VILLAGE
from dashboard.domain.refused import Refused
from dashboard.domain.settling import (
    LEAST_DECIDED,
    OPEN,
    PATH_OF,
    PATHS,
    RESULT_OF,
    RESULTS,
    Settled,
    figures,
    hearing_since_ms,
    success,
    way_of,
)
from tests.domain.made import DAY_MS, GRIDS, NOW_MS, case, command, report, small_city
from tests.domain.sequences import TYPES, careless_command
from tests.domain.test_cases import lead
from tests.domain.test_sequences import AROUND, sent

TO_HANDLING = ("accept", "assign", "take_on")


def dispute(*names: str, **changes: object) -> Case:
    return lead(case(type="0200", **changes), *names)


def heard(one: Case, team: str, outcome: str) -> Case:
    """After a hearing by that team."""
    day_ms = NOW_MS + one.version * DAY_MS
    one = cases.apply(one, command("to_hearing", f"h{one.version}", team=team, scheduled_ms=day_ms))
    return cases.apply(one, command("hearing_result", f"r{one.version}", outcome=outcome))


def closed(one: Case) -> Case:
    return lead(one, "verify", "close")


def test_the_grid_settles_a_dispute_itself() -> None:
    one = dispute(*TO_HANDLING, "resolve")
    assert way_of(one) == ("grid", OPEN)  # a claim, until it is verified
    assert way_of(lead(one, "verify")) == ("grid", "settled")
    assert way_of(closed(one)) == ("grid", "settled")


@pytest.mark.parametrize(
    ("to", "path"), [("village", "grid"), ("town", "above"), ("county", "above"), ("city", "above")]
)
def test_what_went_above_the_village_was_not_settled_in_the_grid(to: str, path: str) -> None:
    up = cases.apply(case(type="0200", level=1), command("refer", "c-up", to=to))
    assert way_of(closed(lead(up, *TO_HANDLING, "resolve"))) == (path, "settled")


def test_a_referral_that_was_undone_went_nowhere() -> None:
    up = cases.apply(case(type="0200", level=1), command("refer", "c-up", to="city"))
    back = cases.apply(up, command("undo", "c-back", at_ms=NOW_MS + UNDO_MS))
    assert way_of(closed(lead(back, *TO_HANDLING, "resolve"))) == ("grid", "settled")


def test_what_kite_sent_up_went_up() -> None:
    one = case(type="0200")
    for number in range(2):
        one = cases.apply(one, command("escalate", f"red-{number}", phase="accept", by="kite"))
    assert one.centre == TOWN
    assert way_of(closed(lead(one, *TO_HANDLING, "resolve"))) == ("above", "settled")


@pytest.mark.parametrize("team", list(TEAMS))
@pytest.mark.parametrize("outcome", list(OUTCOMES))
def test_a_hearing_counts_by_its_team_and_what_came_of_it(team: str, outcome: str) -> None:
    one = closed(heard(dispute(*TO_HANDLING), team, outcome))
    assert way_of(one) == (f"{team}_hearing", RESULT_OF[outcome])


def test_a_hearing_that_was_set_and_not_held_is_none() -> None:
    one = dispute("accept", "to_hearing")
    assert way_of(one) == ("grid", OPEN)
    assert way_of(closed(lead(one, "resolve"))) == ("grid", "settled")


def test_of_two_hearings_the_later_tells_and_one_that_failed_is_not_forgotten() -> None:
    """Sent back after a hearing, it is settled without another one: it needed a hearing all the same."""
    failed = lead(heard(dispute(*TO_HANDLING), "grid", "unsettled"), "send_back")
    assert way_of(closed(heard(failed, "joint", "settled"))) == ("joint_hearing", "settled")
    assert way_of(closed(lead(failed, "resolve"))) == ("grid_hearing", "settled")


def test_what_is_no_dispute_or_was_merged_has_no_way() -> None:
    assert way_of(lead(case(), *TO_HANDLING, "resolve", "verify")) is None
    assert way_of(dispute("merge")) is None


def test_a_history_that_was_imported_closed_has_no_result_on_record() -> None:
    assert way_of(case(type="0200", closed_at_ms=NOW_MS)) == ("grid", "unrecorded")


def test_the_tables_are_whole() -> None:
    assert set(PATH_OF) == set(product(("", *TEAMS), (False, True)))
    assert set(PATH_OF.values()) == set(PATHS)
    assert set(RESULT_OF) == {"", *OUTCOMES}
    assert set(RESULT_OF.values()) == set(RESULTS)


@given(
    st.sampled_from(list(STATES)),
    st.sampled_from(["", *OUTCOMES]),
    st.sampled_from([CITY, COUNTY, TOWN, VILLAGE, GRID]),
    st.lists(st.tuples(st.sampled_from(list(TEAMS)), st.sampled_from(["settled", "unsettled"])), max_size=3),
    st.booleans(),
)
def test_every_record_has_the_way_that_the_rules_say(
    state: str, outcome: str, centre: int, held: list[tuple[str, str]], is_set: bool
) -> None:
    """The rules in words again, for any record, also one that no command leads to."""
    hearings = [Hearing(team, NOW_MS, result) for team, result in held]
    hearings += [Hearing("joint", NOW_MS)] if is_set else []
    one = replace(
        case(type="0200"), state=state, outcome=outcome, centre=centre, hearings=tuple(hearings)
    )
    way = way_of(one)
    if state == "merged":
        assert way is None
        return
    assert way is not None
    assert way.path.endswith("_hearing") == bool(held)
    if held:
        assert way.path == f"{held[-1][0]}_hearing"
    else:
        assert (way.path == "above") == (centre in (CITY, COUNTY, TOWN))
    assert (way.result == OPEN) == (state not in ("verified", "closed"))
    if way.result != OPEN:
        assert way.result == (outcome or "unrecorded") or (
            way.result == "other" and outcome in ("handled", "unfounded", "transferred")
        )


@given(st.randoms(use_true_random=False), st.integers(10, 120))
@settings(max_examples=150, deadline=None)
def test_counts_are_those_of_all_cases_whatever_was_done_and_undone(rng: Random, count: int) -> None:
    """Kept up step by step, against counting all cases anew; a region's is the sum over its grids."""
    known = [case(name, place, type=TYPES[place % 3]) for place, name in enumerate("abcdef")]
    settled = Settled(GRIDS)
    at_ms = NOW_MS
    for number in range(count):
        at_ms += 1_000
        which = rng.randrange(len(known))
        before = known[which]
        if rng.random() < 0.05:
            closed_at_ms = rng.choice((None, at_ms))
            again = report(before.id, type=rng.choice(TYPES), occurred_at_ms=at_ms, closed_at_ms=closed_at_ms)
            after: Case | Refused = cases.merge_report(before, again, rng.randrange(GRIDS))
        else:
            after = sent(before, careless_command(rng, before, at_ms, number, AROUND, 0.7), at_ms)
        if isinstance(after, Refused):
            continue
        changed = settled.replace(before, after)
        assert set(changed) <= {before.grid, after.grid}
        known[which] = after
    counted = Counter((one.grid, way) for one in known if (way := way_of(one)) and way.result != OPEN)
    expected = np.zeros((GRIDS, len(PATHS), len(RESULTS)), dtype=int)
    for (grid, way), count in counted.items():
        expected[grid, list(PATHS).index(way.path), list(RESULTS).index(way.result)] = count
    np.testing.assert_array_equal(settled.counts, expected)
    hierarchy = small_city()
    sums = hierarchy.sum_to_regions(settled.counts)
    for region in range(hierarchy.tier_start[GRID]):
        children = list(hierarchy.children(region))
        np.testing.assert_array_equal(sums[region], sums[children].sum(axis=0))
        slice_ = settled.counts[hierarchy.grid_lo[region] : hierarchy.grid_hi[region]]
        np.testing.assert_array_equal(sums[region], slice_.sum(axis=0))


def test_a_verified_result_that_is_undone_or_sent_back_no_longer_counts() -> None:
    resolved = dispute(*TO_HANDLING, "resolve")
    verified = cases.apply(resolved, command("verify", "c-v"))
    settled = Settled(GRIDS)
    for before, after, count in (
        (resolved, verified, 1),
        (verified, cases.apply(verified, command("undo", "c-u")), 0),
        (resolved, verified, 1),
        (verified, lead(verified, "close"), 1),
        (verified, lead(verified, "send_back"), 0),
    ):
        settled.replace(before, after)
        assert settled.counts.sum() == count


@pytest.mark.parametrize("settled", range(0, 41, 4))
@pytest.mark.parametrize("unsettled", [0, 1, 2, 3, 10, 400])
def test_the_interval_is_wilsons(settled: int, unsettled: int) -> None:
    rate = success(settled, unsettled)
    assert (rate.settled, rate.decided) == (settled, settled + unsettled)
    if rate.decided < LEAST_DECIDED:
        assert (rate.share, rate.low, rate.high) == (None, None, None)
        return
    truth = binomtest(settled, rate.decided).proportion_ci(0.95, method="wilson")
    assert rate.share == settled / rate.decided
    assert (rate.low, rate.high) == pytest.approx((truth.low, truth.high), abs=1e-12)


def test_a_regions_figures() -> None:
    cells = np.zeros((len(PATHS), len(RESULTS)), dtype=np.int32)
    cells[0] = [90, 6, 2, 1, 7]
    cells[3] = [3, 1, 0, 0, 0]
    found = figures(cells)
    assert found.ended == 110
    assert found.success[:3] == (93, 100, 0.93)
    results, rate = found.paths["joint_hearing"]
    assert results == {"settled": 3, "unsettled": 1, "withdrawn": 0, "other": 0, "unrecorded": 0}
    assert rate == (3, 4, None, None, None)
    assert found.paths["grid"][1].share == 90 / 96


def test_a_hearing_is_waited_for_since_it_was_first_set() -> None:
    one = dispute("accept")
    assert hearing_since_ms(one) is None

    def to_hearing(one: Case, days: int) -> Case:
        when = {"at_ms": NOW_MS + days * DAY_MS, "scheduled_ms": NOW_MS + (days + 9) * DAY_MS}
        return cases.apply(one, command("to_hearing", f"set-{days}", team="grid", **when))

    one = to_hearing(to_hearing(one, 1), 4)
    assert hearing_since_ms(one) == NOW_MS + DAY_MS
    one = lead(cases.apply(one, command("hearing_result", "c-r", outcome="unsettled")), "send_back")
    assert hearing_since_ms(one) is None
    assert hearing_since_ms(to_hearing(one, 20)) == NOW_MS + 20 * DAY_MS

