"""The keys of one city in Redis: every name that Kite reads or writes is made here."""

from __future__ import annotations

from dataclasses import dataclass

# In the order in which entries of one millisecond are applied: a case before the command that names it.
RAW_KINDS = ("reports", "commands", "cameras", "units")
CASES, TELEMETRY = "cases", "telemetry"
LANES = {CASES: ("reports", "commands"), TELEMETRY: ("cameras", "units")}
"""What is applied in one order each: nothing in one lane depends on the other."""
LANE_OF = {kind: lane for lane, kinds in LANES.items() for kind in kinds}
STATE_PARTS = ("meta", "cases", "cameras", "units", "levels", "settled", "trend")
GROUP = "projector"  # the consumer group of the raw streams


@dataclass(frozen=True)
class Keys:
    """Keys of the city with this national code; the code is a hash tag, so all share one cluster slot.

    One slot is what keeps the projector's transaction atomic on a Redis Cluster.
    """

    city: str

    def _key(self, name: str) -> str:
        return f"{{{self.city}}}:{name}"

    def raw(self, kind: str) -> str:
        """The raw stream of a kind (`reports`, `commands`, `cameras`, `units`): the record."""
        if kind not in RAW_KINDS:
            raise KeyError(f"{kind!r} is not a raw stream; they are {', '.join(RAW_KINDS)}")
        return self._key(kind)

    @property
    def raw_streams(self) -> tuple[str, ...]:
        """All raw streams in the order in which entries of one millisecond are applied."""
        return tuple(self._key(kind) for kind in RAW_KINDS)

    @property
    def changes(self) -> str:
        """Stream of what screens need: one entry per commit, its field `frame` in the wire format."""
        return self._key("changes")

    @property
    def dead(self) -> str:
        """Stream of what could not be applied, with the reason."""
        return self._key("dead")

    @property
    def order(self) -> str:
        """Stream of exemptions, part of the record: entries whose ids lie about their time (see `merge`)."""
        return self._key("order")

    @property
    def published(self) -> str:
        """Stream of the publications of the index, part of the record (see `published`)."""
        return self._key("published")

    @property
    def owner(self) -> str:
        """Token of the one projector that may commit; expires when it says nothing for long."""
        return self._key("owner")

    @property
    def snapshot(self) -> str:
        """Hash of what a web process starts from; `snapshots` documents its fields."""
        return self._key("snapshot")

    @property
    def tokens(self) -> str:
        """Hash of the tokens of the HTTP API: digest → whose it is (see `tokens`)."""
        return self._key("tokens")

    @property
    def webhooks(self) -> str:
        """Hash of the webhooks: id → what it is told of, where, and its secret (see `webhooks`)."""
        return self._key("webhooks")

    def outbox(self, part: str = "") -> str:
        """The stream of messages that wait for webhooks, or what belongs to it (see `outbox`)."""
        return self._key(f"outbox:{part}" if part else "outbox")

    def state(self, part: str) -> str:
        """The hash of one part of the state, one of `STATE_PARTS`."""
        if part not in STATE_PARTS:
            raise KeyError(f"{part!r} is not a part of the state; they are {', '.join(STATE_PARTS)}")
        return self._key(f"state:{part}")

    @property
    def states(self) -> tuple[str, ...]:
        """All hashes of the state: what `rebuild` deletes and makes again."""
        return tuple(self.state(part) for part in STATE_PARTS)
