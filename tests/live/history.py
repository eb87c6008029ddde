"""A city on a real store whose web process has followed it: its state and its own copy of all cases."""

from __future__ import annotations

from typing import Any

import redis

from dashboard.live.case_history import CaseHistory
from dashboard.live.state import LiveState
from dashboard.streams.city import CityModel
from dashboard.streams.keys import Keys
from dashboard.streams.reader import load_snapshot, read_changes
from dashboard.streams.writer import Writer
from tests.streams.projecting import append_all, project, url_of

Entries = list[tuple[str, dict[str, str]]]


class Followed:
    """What the follower of a web process does, one step at a time."""

    def __init__(self, client: redis.Redis, model: CityModel) -> None:
        self.client, self.model, self.keys = client, model, Keys(model.code)
        self.writer, self.state = Writer(client, self.keys), LiveState()
        self.history = CaseHistory(url_of(client), self.keys, model.grid_count, model.working_days)
        self.state.on_cases = self.history.hear

    def write(self, entries: Entries) -> None:
        """Append entries and project them."""
        append_all(self.writer, entries)
        project(self.client, self.model)

    def begin(self) -> None:
        """Load the snapshot: another history."""
        loaded = load_snapshot(self.client, self.keys)
        assert loaded is not None
        self.history.forget()
        self.state.reset()
        self.state.apply(loaded.position, loaded.frame)

    def follow(self) -> None:
        """Apply all changes."""
        for position, data in read_changes(self.client, self.keys, self.state.position):
            self.state.apply(position, data)

    def stored(self) -> dict[bytes, Any]:
        """The hash of all cases."""
        found: Any = self.client.hgetall(self.keys.state("cases"))
        return dict(found)
