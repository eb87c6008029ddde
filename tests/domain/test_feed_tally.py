"""What a feed brought, against a plain list of everything that came."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.feed_tally import MEMORY, MINUTE_MS, SLOT_MS, SLOTS, TENTH_MS, Counts, Tally

START_MS = 1_795_000_200_000  # the beginning of ten minutes
numbers = st.integers(0, 40)
came = st.tuples(st.integers(0, 30_000), numbers, numbers, numbers, numbers)


@given(batches=st.lists(came, max_size=40), later_ms=st.integers(0, 100_000))
def test_the_last_minute_is_what_came_in_it(batches, later_ms) -> None:
    tally, at_ms, plain = Tally(), START_MS, []
    for after_ms, *counts in batches:
        at_ms += after_ms
        tally.add(at_ms, Counts(*counts))
        plain.append((at_ms // SLOT_MS, counts))
    now_ms = at_ms + later_ms
    of_late = [counts for slot, counts in plain if slot > now_ms // SLOT_MS - SLOTS]
    figures = tally.figures(now_ms)
    assert figures.minute.to_list() == [sum(column) for column in zip(*of_late, strict=True)] or not of_late
    by_slot = {slot: sum(c[0] for s, c in plain if s == slot) for slot, _ in plain}
    recent = {slot: n for slot, n in by_slot.items() if slot > now_ms // SLOT_MS - SLOTS}
    assert figures.peak == max(recent.values(), default=0)
    with_data = [at for (after, n, *_), at in zip(batches, _times(batches), strict=True) if n]
    assert figures.data_ms == max(with_data, default=0)
    assert Tally.from_json(tally.to_json()).figures(now_ms) == figures
    assert Tally.from_json(tally.to_json()).to_json() == tally.to_json()


def _times(batches) -> list[int]:
    times, at_ms = [], START_MS
    for after_ms, *_ in batches:
        at_ms += after_ms
        times.append(at_ms)
    return times


def minutes(tally: Tally, counts: list[int], first: int = 0) -> int:
    """Bring so many events in one minute after the other; the number of the next."""
    for number, count in enumerate(counts, first):
        tally.add(START_MS + number * MINUTE_MS, Counts(data=count))
    return first + len(counts)


def usual(tally: Tally) -> float | None:
    return tally.figures(START_MS).usual


def test_usual_is_the_median_of_what_came_before_and_not_known_at_first() -> None:
    tally = Tally()
    minutes(tally, [4, 8] * 15)  # the third ten minutes are not over
    assert usual(tally) is None
    minutes(tally, [4, 8] * 45, 30)
    assert usual(tally) == 6.0
    sparse = Tally()
    for number in range(0, 600, 5):  # one every five minutes
        sparse.add(START_MS + number * MINUTE_MS, Counts(data=1))
    assert usual(sparse) == 0.2


def test_a_flood_does_not_become_usual_at_once_but_a_lasting_change_does() -> None:
    tally = Tally()
    after = minutes(tally, [10] * 60)
    after = minutes(tally, [100_000] * 20, after)
    assert usual(tally) == 10.0
    minutes(tally, [100] * 10 * MEMORY, after)
    assert usual(tally) == 100.0


def test_a_burst_at_the_beginning_is_forgotten() -> None:
    """As an import: or a feed would be told to be silent as long as it brings less than that."""
    tally = Tally()
    minutes(tally, [50_000] * 3 + [1] * 47)
    assert usual(tally) == 1.0


def test_a_long_silence_is_not_usual_and_empty_minutes_are() -> None:
    silenced, rare = Tally(), Tally()
    after = minutes(silenced, [60] * 250)
    silenced.add(START_MS + (after + 3 * 1440) * MINUTE_MS, Counts(data=60))
    assert usual(silenced) == 60.0
    for hour in range(24):
        rare.add(START_MS + hour * 60 * MINUTE_MS, Counts(data=1))
    assert usual(rare) == 0.0
    assert len(rare.parts) == MEMORY
    assert START_MS % TENTH_MS == 0


def test_what_comes_with_an_earlier_time_is_counted_all_the_same() -> None:
    tally = Tally()
    tally.add(START_MS + 30_000, Counts(data=1))
    tally.add(START_MS - 3_000_000, Counts(data=2, repeats=1))
    assert tally.figures(START_MS + 30_000).minute.to_list() == [3, 1, 0, 0]
    assert tally.data_ms == START_MS + 30_000


@given(n=st.integers(0, 1000), cuts=st.lists(st.floats(0, 1), max_size=6))
def test_parts_sum_to_the_whole(n: int, cuts: list[float]) -> None:
    whole, edges = Counts(n, n // 2, n // 3, n // 5), [0.0, *sorted(cuts), 1.0]
    summed = Counts()
    for first, last in pairwise(edges):
        summed.add(whole.between(first, last))
    assert summed == whole


def test_what_an_earlier_release_stored_is_taken_over() -> None:
    """Without a rhythm, which is learned from then on."""
    stored = (
        b'{"data_ms":1795000200000,"alive_ms":0,"parts":[3,4,5],"part":[2991667,2],'
        b'"slots":[[179500020,2,0,0,0]]}'
    )
    tally = Tally.from_json(stored)
    assert (tally.figures(START_MS).usual, tally.figures(START_MS).minute.data) == (0.4, 2)
    assert tally.rhythm.learned == 0
    tally.add(START_MS + 5 * 3_600_000, Counts(1))
    assert Tally.from_json(tally.to_json()).rhythm.learned == 5
