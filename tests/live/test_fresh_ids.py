"""An id of Kite's own is never taken for something of a person."""

from __future__ import annotations

from dashboard.domain.fields import identifier
from dashboard.domain.privacy import personal_text
from dashboard.live.fresh_ids import fresh_command_id

COUNT = 10_000


def test_no_fresh_id_is_personal() -> None:
    """Of hexadecimal ones some twenty in so many are."""
    ids = {fresh_command_id() for _ in range(COUNT)}
    assert len(ids) == COUNT
    assert [found for found in ids if personal_text(found)] == []
    assert all(identifier(found) == found for found in ids)
