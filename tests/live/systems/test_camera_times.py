"""When a camera's status was last said, from a real store that holds it as the projector writes it."""

from __future__ import annotations

import numpy as np
import pytest
import redis

from dashboard.domain.cameras import FAULT, OFFLINE, ONLINE
from dashboard.live.systems import camera_times
from dashboard.live.systems.camera_times import CameraTimes
from dashboard.streams.city import CityModel
from dashboard.streams.embedded import EmbeddedServer
from dashboard.streams.keys import Keys
from dashboard.streams.writer import Writer
from tests.streams.projecting import append_all, project
from tests.streams.small_city import START_MS, camera

pytestmark = pytest.mark.valkey


@pytest.fixture
def times(server: EmbeddedServer, keys: Keys, city: CityModel) -> CameraTimes:
    return CameraTimes(server.url, keys, city.camera_count)


def asked(times: CameraTimes, **status: int) -> list[int] | None:
    """What is known of cameras, as in `asked(times, c3=OFFLINE)`."""
    numbers = np.array([int(name[1:]) for name in status], dtype=np.int64)
    found = times.of(numbers, np.array(list(status.values()), dtype=np.uint8))
    return None if found is None else found.tolist()


def told(client: redis.Redis, writer: Writer, city: CityModel, *rows: tuple[int, str, int]) -> None:
    """The cameras say how they are, and the projector hears it."""
    append_all(writer, [("cameras", camera(number, status, at_ms)) for number, status, at_ms in rows])
    project(client, city)


def test_each_camera_has_the_time_of_its_own_word(
    times: CameraTimes, client: redis.Redis, writer: Writer, city: CityModel
) -> None:
    rows = [(n, ("offline", "fault")[n % 2], START_MS + 1000 * n) for n in range(0, 280) if n % 10 != 9]
    told(client, writer, city, *rows)
    numbers = np.array([n for n, _, _ in rows], dtype=np.int64)
    status = np.array([(OFFLINE, FAULT)[n % 2] for n in numbers.tolist()], dtype=np.uint8)
    found = times.of(numbers, status)
    assert found is not None
    assert found.tolist() == [at_ms for _, _, at_ms in rows]


def test_a_status_that_has_changed_is_read_again(
    times: CameraTimes, client: redis.Redis, writer: Writer, city: CityModel
) -> None:
    told(client, writer, city, (3, "online", START_MS), (4, "offline", START_MS))
    assert asked(times, c3=ONLINE, c4=OFFLINE) == [START_MS, START_MS]
    told(client, writer, city, (3, "offline", START_MS + 5000))
    assert asked(times, c3=OFFLINE, c4=OFFLINE) == [START_MS + 5000, START_MS]


def test_what_is_stored_for_another_status_is_not_told(
    times: CameraTimes, client: redis.Redis, writer: Writer, city: CityModel
) -> None:
    told(client, writer, city, (3, "online", START_MS))
    assert asked(times, c3=OFFLINE, c64=FAULT) == [0, 0]


def test_a_word_that_is_repeated_is_taken_at_its_newest_after_a_while(
    times: CameraTimes, client: redis.Redis, writer: Writer, city: CityModel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    told(client, writer, city, (3, "offline", START_MS))
    assert asked(times, c3=OFFLINE) == [START_MS]
    told(client, writer, city, (3, "offline", START_MS + 9000))
    assert asked(times, c3=OFFLINE) == [START_MS]
    monkeypatch.setattr(camera_times, "KEPT_S", -1.0)
    assert asked(times, c3=OFFLINE) == [START_MS + 9000]


def test_of_a_store_that_is_away_nothing_is_known(keys: Keys, city: CityModel) -> None:
    away = CameraTimes("redis://127.0.0.1:9/0", keys, city.camera_count)
    assert asked(away, c3=OFFLINE) is None
