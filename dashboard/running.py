"""What the command line's processes do, put together from pack, streams and feeds."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

from dashboard.domain.commands import PUBLISH
from dashboard.domain.events import parse_publish
from dashboard.domain.publication_schedule import parse_schedule
from dashboard.feeds.account import Account
from dashboard.feeds.appending import Progress
from dashboard.feeds.area import Area
from dashboard.feeds.backfill import backfill
from dashboard.feeds.checking import KnownCases
from dashboard.feeds.importing import import_file
from dashboard.feeds.incidents import IncidentOptions
from dashboard.feeds.progress import progress_bar
from dashboard.feeds.rectified import Rectified
from dashboard.feeds.replay import replay
from dashboard.feeds.simulation.world import World
from dashboard.feeds.simulator import Simulator
from dashboard.outgoing import deliver
from dashboard.settings import Settings
from dashboard.streams import projector
from dashboard.streams.city import CityModel
from dashboard.streams.client import Client, connect
from dashboard.streams.from_pack import city_of, hierarchy_of
from dashboard.streams.keys import Keys
from dashboard.streams.published import last_number, read_publication
from dashboard.streams.publishing import Timetable
from dashboard.streams.reader import case_versions, has_record, known_ids, load_known
from dashboard.streams.writer import Writer
from geodata import Pack, load_pack
from geodata.registry import pack_path

STORE_WAIT_S = 3.0  # a store that has just been started again
PUBLISH_WAIT_S = 10.0  # for the projector to publish what was asked for
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """One city as a process works on it."""

    pack: Pack
    city: CityModel
    keys: Keys
    timezone: str

    @classmethod
    def of(cls, settings: Settings) -> Place:
        """The city of the settings; raises `PackError` when its pack has not been built."""
        pack = load_pack(pack_path(settings.data_dir, settings.city))
        city = city_of(pack)
        return cls(pack, city, Keys(city.code), pack.manifest["timezone"])

    def connect(self, settings: Settings, connections: int | None = None) -> Client:
        """A client of the store; of a cluster, of the node that holds this city."""
        return connect(settings.redis_url, connections=connections, keys=self.keys)

    def writer(self, client: Client, settings: Settings) -> Writer:
        """What appends to this city's record."""
        return Writer(client, self.keys, settings.wait_replicas)


@contextmanager
def asked_to_stop() -> Iterator[Event]:
    """An event that Ctrl-C and SIGTERM set; the second Ctrl-C ends the process as it stands."""
    stop = Event()

    def ask(*_: Any) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def project(settings: Settings) -> None:
    """Run the projector until it is asked to stop."""
    with connect(settings.redis_url, wait_s=STORE_WAIT_S):
        place = Place.of(settings)
    with asked_to_stop() as stop:
        timetable = Timetable(parse_schedule(settings.publish), settings.rectify_most)
        projector.run(
            settings.redis_url, place.city, settings.changes_max, settings.telemetry_max, stop.is_set,
            timetable,
        )  # fmt: skip


def deliver_messages(settings: Settings) -> None:
    """Deliver messages to webhooks until asked to stop."""
    with connect(settings.redis_url, wait_s=STORE_WAIT_S):
        pack = load_pack(pack_path(settings.data_dir, settings.city))
    with asked_to_stop() as stop:
        sender, longest = settings.alert_sender, settings.webhook_backlog
        deliver.run(settings.redis_url, pack, hierarchy_of(pack), sender, longest, stop.is_set)


def rebuild(settings: Settings) -> int:
    """Drop the state and project the whole record again; how many cases there are then."""
    place = Place.of(settings)
    with (
        place.connect(settings, connections=1) as client,  # its WATCH is tied to one connection
        progress_bar("project again", "entries") as progress,
    ):
        return len(projector.rebuild(client, place.keys, place.city, progress).cases)


def simulate(settings: Settings, seed: int) -> None:
    """Write the past when there is none, then live through the present until asked to stop."""
    with connect(settings.redis_url, wait_s=STORE_WAIT_S):
        place = Place.of(settings)
    with place.connect(settings) as client, asked_to_stop() as stop:
        world, writer = World.of(place.pack), place.writer(client, settings)
        if has_record(client, place.keys):
            known: Any = load_known(client, place.keys, place.city)
        else:
            _LOG.info("Writing %d simulated days of the past.", settings.history_days)
            known = backfill(
                writer,
                world,
                history_days=settings.history_days,
                cases_per_day=settings.cases_per_day,
                seed=seed,
            )
        simulator = Simulator(
            world,
            writer,
            known,
            rate=settings.rate,
            cases_per_day=settings.cases_per_day,
            seed=seed,
            versions=lambda ids: case_versions(client, place.keys, list(ids)),
            rectified=Rectified(client, place.keys),
            say=_LOG.warning,
        )
        simulator.run(stop)


@dataclass(frozen=True)
class _Feeding:
    """What writing a file to the streams takes."""

    place: Place
    area: Area
    writer: Writer
    progress: Progress
    known: KnownCases
    account: Account


@contextmanager
def _feeding(settings: Settings) -> Iterator[_Feeding]:
    place = Place.of(settings)
    with place.connect(settings) as client, progress_bar("rows", "rows") as progress:
        yield _Feeding(
            place,
            Area.of(place.city, place.timezone),
            place.writer(client, settings),
            progress,
            lambda ids: known_ids(client, place.keys, list(ids)),
            Account(),
        )


def import_incidents(settings: Settings, path: Path, options: IncidentOptions) -> tuple[Account, str]:
    """Write a file's incidents to the stream; its account, and the city's time zone."""
    with _feeding(settings) as to:
        import_file(
            path, options, to.area, to.writer, progress=to.progress, known=to.known, account=to.account
        )
    return to.account, to.place.timezone


def replay_incidents(
    settings: Settings, path: Path, options: IncidentOptions, speed: float, ending: str
) -> tuple[Account, str]:
    """Write a file's incidents in the order of their times, `speed` times as fast; as above."""
    with asked_to_stop() as stop, _feeding(settings) as to:
        replay(
            path, options, to.area, to.writer, stop, speed=speed, ending=ending,
            world=World.of(to.place.pack), progress=to.progress, known=to.known, account=to.account,
        )  # fmt: skip
    return to.account, to.place.timezone


def publish(settings: Settings, note: str) -> int | None:
    """Publish the index of the city as it stands; its number, None where no projector has done it in time.

    Raises `Refused` for a note that no entry may have.
    """
    place, now = Place.of(settings), datetime.now(UTC)
    entry = {
        "id": f"publish-{now:%Y%m%dT%H%M%S}",
        "command": PUBLISH,
        "at": now.isoformat(timespec="milliseconds"),
        "by": "operator",
        "most": str(settings.rectify_most),
        **({"note": note} if note else {}),
    }
    parse_publish(entry, int(now.timestamp() * 1000))
    with place.connect(settings) as client:
        before = last_number(client, place.keys)
        place.writer(client, settings).append("commands", entry)
        deadline_s = time.monotonic() + PUBLISH_WAIT_S
        while time.monotonic() < deadline_s:
            for number in range(before + 1, last_number(client, place.keys) + 1):
                found = read_publication(client, place.keys, number)
                if found is not None and found.head.id == entry["id"]:
                    return number
            time.sleep(0.05)
    return None
