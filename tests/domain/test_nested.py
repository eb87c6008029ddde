"""Nested values are walked to their end, however deep they are."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain import privacy
from dashboard.domain.nested import DEPTH_LIMIT, is_deep, pairs, size_bytes

LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


def depth(value: Any) -> int:
    """By recursion, as one would write it first."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


def nested(levels: int, leaf: Any = "x") -> Any:
    for level in range(levels):
        leaf = [leaf] if level % 2 else {"a": leaf}
    return leaf


@given(VALUES)
def test_deep_is_what_has_more_levels(value: Any) -> None:
    for limit in range(6):
        assert is_deep(value, limit) == (depth(value) > limit)


@pytest.mark.parametrize("levels", [0, DEPTH_LIMIT, DEPTH_LIMIT + 1, 10 * sys.getrecursionlimit()])
def test_no_depth_is_too_deep_to_be_told(levels: int) -> None:
    value = nested(levels)
    assert is_deep(value) == (levels > DEPTH_LIMIT)
    assert [text for _, text in pairs(value)] == ["x"]
    assert size_bytes(value, 10**6) >= 1


@given(VALUES)
def test_every_text_is_among_the_pairs(value: Any) -> None:
    def texts(inner: Any) -> list[str]:
        if isinstance(inner, dict):
            return [text for item in inner.values() for text in texts(item)]
        if isinstance(inner, list):
            return [text for item in inner for text in texts(item)]
        return [str(inner)]

    assert sorted(text for _, text in pairs(value)) == sorted(texts(value))


def test_counting_ends_soon_after_enough() -> None:
    assert size_bytes(["字" * 10] * 1000, 100) < 200


@pytest.mark.parametrize(
    "value",
    [
        [["13912345678"]],
        {"contactPhone": "8791234"},
        [{"姓名": "王小明"}],
        13912345678,
        {"a": {"电话": 87912345}},
    ],
)
def test_a_person_is_found_at_any_depth(value: Any) -> None:
    assert privacy.personal_within(value) is not None
    assert privacy.check({"summary": {"more": [value]}}) is not None


@pytest.mark.parametrize("value", [[], {}, None, 5, ["东关"], {"place_name": "东关"}, [[{"level": 4}]]])
def test_what_is_harmless_passes_at_any_depth(value: Any) -> None:
    assert privacy.check({"summary": value}) is None
