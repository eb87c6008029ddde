"""The keys of one city in Redis: every name that Kite reads or writes is made here."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NamedTuple

# In the order in which entries of one millisecond are applied: a case before the command that names it.
RAW_KINDS = ("reports", "commands", "cameras", "units")
CASES, TELEMETRY = "cases", "telemetry"
LANES = {CASES: ("reports", "commands"), TELEMETRY: ("cameras", "units")}
"""What is applied in one order each: nothing in one lane depends on the other."""
LANE_OF = {kind: lane for lane, kinds in LANES.items() for kind in kinds}
STATE_PARTS = ("meta", "cases", "cameras", "units", "levels", "settled", "trend")
GROUP = "projector"  # the consumer group of the raw streams

RECORD, PEOPLE, DERIVED = "record", "people", "derived"
"""What a key holds: what happened, what people made, or what is made again by itself or lapses."""


class Sort(NamedTuple):
    """A row of `SORTS`: the keys of that name, or pattern, behind the city's tag."""

    name: str
    sort: str
    why: str


# The one table that backup, restore and upgrade go by; docs/backup.md shows it. Whoever adds a key adds its
# row: a test holds that a running city has no key without one.
SORTS = (
    Sort("reports", RECORD, "reports, as they came"),
    Sort("commands", RECORD, "commands, as they came"),
    Sort("cameras", RECORD, "what cameras said"),
    Sort("units", RECORD, "what units said"),
    Sort("order", RECORD, "entries whose ids lie about their time"),
    Sort("published", RECORD, "publications of the index"),
    Sort("dead", RECORD, "what could not be applied, with the reason"),
    Sort("letters:counts", RECORD, "how many of these there were, by reason"),
    Sort("feeds", RECORD, "what each feed is used to bring"),
    Sort("format", RECORD, "the version of the data"),
    Sort("outbox", RECORD, "messages that wait for webhooks"),
    Sort("outbox:tries", RECORD, "how often each was tried"),
    Sort("outbox:told", RECORD, "what webhooks were told last of each open case"),
    Sort("outbox:at", RECORD, "how far the changes were read for them"),
    Sort("outbox:undelivered", RECORD, "messages given up, with the reason"),
    Sort("accounts", PEOPLE, "accounts, with hashes of their passwords"),
    Sort("tokens", PEOPLE, "tokens, as hashes"),
    Sort("webhooks", PEOPLE, "webhooks, with the secrets that sign their messages"),
    Sort("letters", PEOPLE, "what was done about what could not be applied"),
    Sort("audit", PEOPLE, "who did or saw what"),
    Sort("session:*", DERIVED, "who is signed in; after a restore one signs in again"),
    Sort("attempts:*", DERIVED, "failed sign-ins; lapse"),
    Sort("limits*", DERIVED, "how often who asked, for the limits; lapses"),
    Sort("state:*", DERIVED, "what projecting the record gives"),
    Sort("snapshot", DERIVED, "what web processes start from"),
    Sort("changes", DERIVED, "the newest changes, for screens that come back"),
    Sort("owner", DERIVED, "token of the one projector; lapses"),
    Sort("outbox:owner", DERIVED, "token of the one process that delivers; lapses"),
    Sort("restoring", DERIVED, "a restore is under way, or was cut off"),
    Sort("cache:*", DERIVED, "figures that cost time to make"),
)


def sort_of(name: str) -> Sort | None:
    """The row for a key by its name behind the city's tag, as in `state:meta`; None: nobody has said."""
    return next((row for row in SORTS if fnmatchcase(name, row.name)), None)


@dataclass(frozen=True)
class Keys:
    """Keys of the city with this national code; the code is a hash tag, so all share one cluster slot.

    One slot is what keeps the projector's transaction atomic on a Redis Cluster.
    """

    city: str

    def _key(self, name: str) -> str:
        return f"{{{self.city}}}:{name}"

    def name_of(self, key: str) -> str | None:
        """The name of one of this city's keys behind its tag; None for a key of something else."""
        tag = self._key("")
        return key[len(tag) :] if key.startswith(tag) else None

    @property
    def every(self) -> str:
        """A pattern that all keys of this city match."""
        return self._key("*")

    def kept(self, name: str) -> str:
        """The key of a row of `SORTS` that is no pattern."""
        return self._key(name)

    @property
    def format(self) -> str:
        """The version of the city's data (see `data_version`)."""
        return self._key("format")

    @property
    def restoring(self) -> str:
        """Is there while a backup is being restored (see `restore`)."""
        return self._key("restoring")

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
    def letters(self) -> str:
        """Hash of what was done about dead letters: id → who did what, and when (see `letters_desk`)."""
        return self._key("letters")

    @property
    def letter_counts(self) -> str:
        """Hash of counts of dead letters: `<what>:<kind>:<reason>` → number (see `dead_letters`)."""
        return self._key("letters:counts")

    @property
    def feeds(self) -> str:
        """Hash of what each feed brought and is used to bring: feed → tally (see `feed_meter`)."""
        return self._key("feeds")

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
    def accounts(self) -> str:
        """Hash of the accounts: name → what is kept of it (see `accounts`)."""
        return self._key("accounts")

    def session(self, digest: str) -> str:
        """What is kept of the session whose text has this digest; expires with it (see `sessions`)."""
        return self._key(f"session:{digest}")

    def attempts(self, kind: str, digest: str) -> str:
        """The failed sign-ins of an account or an address; expires (see `attempts`)."""
        return self._key(f"attempts:{kind}:{digest}")

    @property
    def webhooks(self) -> str:
        """Hash of the webhooks: id → what it is told of, where, and its secret (see `webhooks`)."""
        return self._key("webhooks")

    @property
    def audit(self) -> str:
        """Stream of who did or saw what, each entry chained to the one before (see `audit`)."""
        return self._key("audit")

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
