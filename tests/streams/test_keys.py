"""Every key of a city is in the table that backups go by."""

from __future__ import annotations

from dashboard.streams.keys import SORTS, Keys, sort_of


def test_every_key_that_is_made_has_its_row() -> None:
    keys = Keys("379900")
    made = {name for name in dir(Keys) if isinstance(getattr(Keys, name), property)}
    texts = [getattr(keys, name) for name in sorted(made - {"every", "raw_streams", "states"})]
    texts += [*keys.raw_streams, *keys.states, keys.outbox(), keys.outbox("tries"), keys.session("x")]
    for key in texts:
        name = keys.name_of(key)
        assert name is not None
        assert sort_of(name) is not None, f"{name} is in no row of SORTS"
    assert len({row.name for row in SORTS}) == len(SORTS)
