"""Open disputes and hearings that are set, told from the live state."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dashboard.live.settling import hearings_of

NOW_MS = 1_790_000_000_000


def waiting(number: int, since_ms: int, scheduled_ms: int) -> dict[str, Any]:
    hearing = {"team": "grid", "since_ms": since_ms, "scheduled_ms": scheduled_ms}
    return {"id": f"c{number}", "hearing": hearing}


def test_without_a_hearing_there_is_no_oldest() -> None:
    assert hearings_of([{"id": "a", "hearing": None}], NOW_MS) == {"set": 0, "past": 0, "oldest": None}


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(-(10**9), 10**9)), min_size=1, max_size=20))
def test_the_one_that_waits_longest_is_named(rows: list[tuple[int, int]]) -> None:
    cases = [waiting(n, NOW_MS - age_ms, NOW_MS + ahead_ms) for n, (age_ms, ahead_ms) in enumerate(rows)]
    found = hearings_of([*cases, {"id": "none", "hearing": None}], NOW_MS)
    assert found["set"] == len(rows)
    assert found["past"] == sum(ahead_ms < 0 for _, ahead_ms in rows)
    ages = [age_ms for age_ms, _ in rows]
    assert found["oldest"]["age_s"] == max(ages) // 1000
    assert ages[int(found["oldest"]["case"][1:])] == max(ages)
