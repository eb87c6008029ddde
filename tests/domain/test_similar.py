"""Which open cases may be the same matter."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.commands import STATES
from dashboard.domain.similar import NEAR_M, WITHIN_MS, similar

M_PER_UNIT = 0.1


@dataclass
class Made:
    id: str
    type: str = "2100"
    state: str = "reported"
    x: float = 0
    y: float = 0
    occurred_at_ms: int = 0


def test_near_and_recent_and_of_the_same_kind() -> None:
    others = [
        Made("same place", occurred_at_ms=WITHIN_MS),
        Made("near", "2102", "handling", x=1000),
        Made("far", x=(NEAR_M + 1) / M_PER_UNIT),
        Made("late", occurred_at_ms=WITHIN_MS + 1),
        Made("other kind", "2200"),
        Made("ended", state="closed"),
        Made("itself"),
    ]
    found = similar(Made("itself"), others, M_PER_UNIT)
    assert [(case.id, metres) for case, metres in found] == [("same place", 0.0), ("near", 100.0)]


made = st.builds(
    Made, st.text(min_size=1, max_size=3), st.sampled_from(["2100", "2101", "3100"]),
    st.sampled_from(list(STATES)),
    st.floats(-5000, 5000), st.floats(-5000, 5000), st.integers(-(10**7), 10**7),
)  # fmt: skip


@given(made, made)
@settings(deadline=None)
def test_it_is_mutual(one: Made, other: Made) -> None:
    """Of two that can both still be merged each is suggested for the other, or neither is."""
    one.state, other.state = "reported", "accepted"
    assert bool(similar(one, [other], M_PER_UNIT)) == bool(similar(other, [one], M_PER_UNIT))


def test_what_can_not_be_merged_has_no_suggestion() -> None:
    for state in ("assigned", "handling", "resolved", "verified", "closed", "merged"):
        assert similar(Made("a", state=state), [Made("b")], M_PER_UNIT) == []
