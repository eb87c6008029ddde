"""An id of Kite's own is never taken for something of a person."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dashboard.domain.fields import identifier
from dashboard.domain.privacy import personal_text
from dashboard.live.fresh_ids import fresh_case_id, fresh_command_id

COUNT = 10_000


@pytest.mark.parametrize("fresh", [fresh_command_id, lambda: fresh_case_id("370702001001001")])
def test_no_fresh_id_is_personal(fresh: Callable[[], str]) -> None:
    """Of hexadecimal ones some twenty in so many are."""
    ids = {fresh() for _ in range(COUNT)}
    assert len(ids) == COUNT
    assert [found for found in ids if personal_text(found)] == []
    assert all(identifier(found) == found for found in ids)
