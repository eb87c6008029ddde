"""The projector: reads the raw streams, decides what the entries mean, writes state and changes.

It serves two lanes (see `intake`): reports and commands that belong to complete buckets (see `merge`) are
applied and committed in one transaction at once; what cameras and units say is gathered meanwhile and
committed a few times a second. Whatever goes wrong with the server ends a session: the state in memory is let
go of, and another session begins from what was committed last. So nothing is lost and nothing applied twice.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

import redis

from dashboard.domain.safety_index import GridSums
from dashboard.streams import data_version
from dashboard.streams.city import CityModel
from dashboard.streams.client import as_fields, connect
from dashboard.streams.codecs import ZERO_ID, EntryId
from dashboard.streams.errors import NotOwner, StreamsError
from dashboard.streams.feed_meter import FeedMeter, read_tallies
from dashboard.streams.gathering import Gathering
from dashboard.streams.intake import Intake
from dashboard.streams.keys import Keys
from dashboard.streams.merge import Entry, in_batches
from dashboard.streams.outcome import Outcome
from dashboard.streams.overdue import Overdue
from dashboard.streams.ownership import Ownership
from dashboard.streams.publish import Publisher
from dashboard.streams.publishing import Publishing, Timetable
from dashboard.streams.rebuild import project_again, rebuild
from dashboard.streams.rectifying import Sent
from dashboard.streams.snapshot_packer import SnapshotPacker, pack
from dashboard.streams.state_store import StateStore
from dashboard.streams.trimming import KINDS, trim

__all__ = ["rebuild", "run"]

NEVER = Timetable()
SNAPSHOT_S = 10.0
_HOUSEKEEPING_S = 5.0
_PATIENCE_MS = 300  # how long the server may block; also how soon a stop is noticed
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 2.0
_LOG = logging.getLogger(__name__)

Stop = Callable[[], bool]


def run(
    url: str, city: CityModel, changes_max: int, telemetry_max: int, stop: Stop, timetable: Timetable = NEVER
) -> None:
    """Project one city until `stop()`; survives the server going away, and waits for another projector to go.

    `changes_max`: entries of `changes` kept; `telemetry_max`: entries kept of the raw streams of cameras
    and units; `timetable`: when the index is published. What goes wrong is said in one line, and tried again
    with growing pauses.
    """
    pause_s, said = _FIRST_PAUSE_S, ""
    while not stop():
        try:
            with connect(url, connections=1, keys=Keys(city.code)) as client:
                session = Session(client, city, changes_max, telemetry_max, timetable)
                session.begin(stop)
                said = ""
                while not stop():
                    session.step()
                    pause_s = _FIRST_PAUSE_S
                session.end()
        except NotOwner as problem:
            _say(f"{problem} Waiting until it has gone.")
        except (redis.RedisError, StreamsError, OSError) as problem:
            said = _say(f"Projecting stopped ({_first_line(problem)}); trying again.", said)
            _sleep(pause_s, stop)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)


def _say(sentence: str, said: str = "") -> str:
    if sentence != said:
        _LOG.warning(sentence)
    return sentence


def _first_line(problem: Exception) -> str:
    """What the server said; the client's own words before it would repeat values of entries into a log."""
    said = str(problem).rpartition(" of pipeline caused error: ")[2]
    return (said.splitlines() or [type(problem).__name__])[0].rstrip(".")


def _sleep(seconds: float, stop: Stop) -> None:
    end_s = time.monotonic() + seconds
    while not stop() and time.monotonic() < end_s:
        time.sleep(min(0.1, seconds))


class Session:
    """Projecting one city over one connection, from taking it over until something goes wrong."""

    def __init__(
        self, client: redis.Redis, city: CityModel, changes_max: int, telemetry_max: int,
        timetable: Timetable = NEVER,
    ) -> None:  # fmt: skip
        self._client, self._city, self._telemetry_max = client, city, telemetry_max
        self._timetable = timetable
        self._keys = Keys(city.code)
        self._ownership = Ownership(client, self._keys)
        self._store = StateStore(client, self._keys, city, self._ownership, changes_max)
        self._packer = SnapshotPacker()
        self._told_id = "0-0"
        self._snapshot_due = False
        self._snapshot_s = self._housekeeping_s = 0.0
        self._must_rewrite = False

    def begin(self, stop: Stop) -> None:
        """Take the city over, load its state or make it anew, and see to it that there is a snapshot.

        Raises `NotOwner` when told to stop while another projector is there.
        """
        self._ownership.take(lambda: not stop(), lambda: _LOG.info("Another projector runs; waiting."))
        data_version.insist(self._client, self._keys)
        begun_s = time.monotonic()
        self._store.begin_counts()
        loaded = self._store.load()
        if loaded is None:
            _LOG.info("Projecting the record of %s again.", self._city.code)
        self._projection, self._progress = loaded or project_again(
            self._client, self._keys, self._city, self._store, self._tell
        )
        self._publisher = Publisher(self._projection)
        self._told_id = self._store.last_told()
        if self._told_id == str(ZERO_ID):  # made anew, here or by a rebuild, a restore, an upgrade
            self._told_id = self._store.tell(self._publisher.snapshot(self._progress.texts()))
            self._save_snapshot()
        else:
            self._snapshot_due = True
        self._intake = Intake(self._client, self._keys, self._ownership, self._progress)
        self._intake.begin()
        self._gathering = Gathering(self._projection)
        self._meter = FeedMeter(self._city, read_tallies(self._client, self._keys))
        self._overdue = Overdue(self._projection.cases.open.values(), self._city.working_days)
        heads = self._projection.publications.heads.values()
        self._publishing = Publishing(self._city, self._timetable, heads, self._began_ms)
        count, took_s = len(self._projection.cases), time.monotonic() - begun_s
        _LOG.info("Projecting %s: %d cases, ready after %.1f s.", self._city.code, count, took_s)

    def _tell(self, done: int, total: int) -> None:
        if time.monotonic() - self._housekeeping_s > _HOUSEKEEPING_S:
            self._housekeeping_s = time.monotonic()
            _LOG.info("%d of %d entries projected.", done, total)

    def step(self) -> None:
        """Apply and commit what is complete, or wait a moment for something to come."""
        gathering = self._gathering
        patience_ms = 0.0 if gathering.is_waiting else min(_PATIENCE_MS, max(0.0, 1000 * gathering.due_s()))
        taken = self._intake.take(int(patience_ms), with_telemetry=not gathering.is_waiting)
        for entries in in_batches(taken.cases):
            self._commit(entries, self._projection.apply(entries))
        gathering.put(taken.telemetry)
        gathering.take_in()
        if gathering.due_s() <= 0:
            self._commit(*gathering.commit())
        self._escalate()
        self._publish()
        now_s = time.monotonic()
        self._keep_snapshot(now_s)
        if now_s - self._housekeeping_s > _HOUSEKEEPING_S:
            self._housekeeping_s = now_s
            self.keep_house()

    def _commit(self, entries: list[Entry], outcome: Outcome) -> None:
        progress = self._progress.after(entries)
        self._meter.note(entries, outcome)
        outcome.feeds = self._meter.due()
        frame = self._publisher.changes(outcome, progress.texts())
        self._told_id = self._store.commit(self._projection, progress, entries, outcome, frame)
        self._progress = progress
        self._snapshot_due = True
        self._must_rewrite |= bool(outcome.forget)
        self._overdue.note(outcome.cases.values())
        self._publishing.note(outcome.publications)

    def _escalate(self) -> None:
        """Send up what has turned red, once all that was sent before is applied: or it would go twice."""
        now_ms, next_ms = self._intake.now_ms, self._overdue.next_ms()
        if next_ms is None or next_ms > now_ms or not self._intake.is_at_end:
            return
        commands = self._overdue.take(now_ms, self._projection.cases)
        self._send([("commands", command) for command in commands])

    def _publish(self) -> None:
        """Send what publications ask for, and the one that is due: as above, each once."""
        now_ms = self._intake.now_ms
        if self._publishing.is_waiting(now_ms) and self._intake.is_at_end:
            self._send(self._publishing.take(now_ms, self._projection))

    def _send(self, entries: Sequence[Sent]) -> None:
        """Append to the record, all or nothing."""
        if entries:
            pipe = self._ownership.transaction()
            for kind, fields in entries:
                pipe.xadd(self._keys.raw(kind), as_fields(fields))
            self._ownership.execute(pipe)

    def _began_ms(self) -> int | None:
        """When the first report came, ms; None while there is none."""
        first: Any = self._client.xrange(self._keys.raw("reports"), count=1)
        return EntryId.parse(first[0][0]).ms if first else None

    def end(self) -> None:
        """Leave a fresh snapshot behind, and let the next projector in."""
        self._commit_gathered()
        self._store.save_feeds(self._meter.due(at_once=True), self._meter.take_forgotten())
        is_fresh = not (self._snapshot_due or self._packer.is_packing)
        self._packer.stop()
        if not is_fresh:
            self._save_snapshot()
        self._ownership.release()

    def _commit_gathered(self) -> None:
        if self._gathering.entries:
            self._commit(*self._gathering.commit())

    def _keep_snapshot(self, now_s: float) -> None:
        """Write the snapshot that has been packed, or begin one that is due; neither keeps ticks waiting."""
        packed = self._packer.take()
        if packed is not None:
            self._store.save_snapshot(packed)
        if self._snapshot_due and not self._packer.is_packing and now_s - self._snapshot_s > SNAPSHOT_S:
            self._packer.begin(*self._copied())
            self._snapshot_due, self._snapshot_s = False, now_s

    def _save_snapshot(self) -> None:
        self._store.save_snapshot(pack(*self._copied()))
        self._snapshot_due, self._snapshot_s = False, time.monotonic()

    def _copied(self) -> tuple[str, Callable[[], bytes], GridSums, int]:
        """What a snapshot of this moment is packed from: what was told last, and the sums behind it."""
        now_ms = self._projection.evaluated_ms
        frame = self._publisher.copied(self._progress.texts())
        return self._told_id, frame, self._projection.index.sums(now_ms), now_ms

    def keep_house(self) -> None:
        """Every few seconds: stay the owner, trim what is too long, forget what may not be kept."""
        self._ownership.renew()
        self._store.save_feeds(self._meter.due(), self._meter.take_forgotten())
        self._commit_gathered()  # what is trimmed is told by the state, which must stand where it says
        for kind in KINDS:
            trim(self._client, self._keys, self._ownership, kind, self._projection, self._progress,
                 self._telemetry_max)  # fmt: skip
        if self._must_rewrite:
            # What may not be kept is out of the streams; this takes it out of the append-only file too.
            self._must_rewrite = False
            try:
                rewritten: Any = self._client.bgrewriteaof()
                _LOG.debug("Append-only file: %s", rewritten)
            except redis.ResponseError as problem:
                # One that runs may have begun before they were out; else the server doesn't let us.
                self._must_rewrite = "in progress" in str(problem)
