"""A report that was written is never said not to be, whatever the store does afterwards."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from dashboard.live import desk as module
from dashboard.live.desk import Desk
from dashboard.live.sending import NO_STORE, UnansweredError


def test_a_store_that_goes_after_it_took_a_report_does_not_make_it_unwritten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Found by SIGKILLs of the store: the look for an ended case said that nothing was done."""
    asked: list[str] = []

    def read(case_id: str) -> None:
        asked.append(case_id)
        raise UnansweredError("unwritten", NO_STORE)

    monkeypatch.setattr(module, "PATIENCE_S", 0.1)
    monkeypatch.setattr(module, "_LOOKS_AT_STORE", 1)
    desk = object.__new__(Desk)
    desk._state = SimpleNamespace(open_cases={})  # type: ignore[assignment]
    monkeypatch.setattr(desk, "_read", read)
    with pytest.raises(UnansweredError) as caught:
        desk._once_there("r-1", UnansweredError("unapplied", "It is written."))
    assert caught.value.reason == "unapplied"
    assert asked
