"""The ledger against a dictionary."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.ledger import ROW_DTYPE, Ledger, Row

keys = st.sampled_from("abcdefgh")
flags = st.booleans()
rows = st.builds(
    Row, st.integers(0, 6), st.integers(0, 3), st.integers(1, 4096), st.integers(0, 2**41), flags, flags
)
puts = st.tuples(st.just("put"), keys, rows)
drops = st.tuples(st.just("drop"), keys, st.none())
forgets = st.tuples(st.just("forget"), keys, st.none())


def held(ledger: Ledger) -> Counter[tuple[object, ...]]:
    return Counter(ledger.rows().tolist())


@given(st.lists(puts | drops | forgets, max_size=60))
def test_holds_what_was_put_last_and_its_changes_add_up(steps: list[tuple[str, str, Row | None]]) -> None:
    ledger, known = Ledger(), {}
    noted: Counter[tuple[object, ...]] = Counter()
    for what, key, row in steps:
        if what == "put" and row is not None:
            ledger.put(key, row)
            known[key] = row
        elif what == "drop":
            assert ledger.drop(key) == (known.pop(key, None) is not None)
        else:
            signs, changed = ledger.take_changes()
            for sign, change in zip(signs.tolist(), changed.tolist(), strict=True):
                noted[change] += sign
            ledger.forget(lambda rows: rows["grid"] == 0)
            for gone in [name for name, value in known.items() if value.grid == 0]:
                noted[tuple(known.pop(gone))] -= 1
    signs, changed = ledger.take_changes()
    for sign, change in zip(signs.tolist(), changed.tolist(), strict=True):
        noted[change] += sign
    assert len(ledger) == len(known)
    assert held(ledger) == Counter(tuple(row) for row in known.values())
    assert +noted == held(ledger)
    assert not -noted


def test_the_same_row_again_is_no_change() -> None:
    ledger, row = Ledger(), Row(1, 2, 256, 1000, False, True)
    ledger.put("a", row)
    assert len(ledger.take_changes()[0]) == 1
    ledger.put("a", row)
    signs, changed = ledger.take_changes()
    assert len(signs) == 0
    assert changed.dtype == ROW_DTYPE


def test_room_is_used_again() -> None:
    ledger = Ledger()
    for number in range(20_000):
        ledger.put(str(number), Row(number % 7, 0, 256, number, False, False))
        ledger.drop(str(number - 500))
    assert len(ledger) == 500
    assert ledger._rows.nbytes == 1024 * np.dtype(ROW_DTYPE).itemsize
