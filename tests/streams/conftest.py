"""Fixtures of the stream tests: a real Valkey in a temporary folder, and a small city."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from hypothesis import HealthCheck, settings

from dashboard.streams.city import CityModel
from dashboard.streams.client import connect
from dashboard.streams.embedded import EmbeddedServer
from dashboard.streams.keys import Keys
from dashboard.streams.writer import Writer
from tests.streams.small_city import make_city

# The machine is shared: slow is not wrong.
settings.register_profile("streams", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("streams")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """One server for all tests of a run."""
    with EmbeddedServer(Path(tmp_path_factory.mktemp("valkey"))) as running:
        yield running


@pytest.fixture
def client(server: EmbeddedServer) -> Iterator[redis.Redis]:
    """A client of the server, which is empty."""
    with connect(server.url, wait_s=20.0) as connected:
        connected.flushall()
        yield connected


@pytest.fixture
def keys() -> Keys:
    """The keys of the small city."""
    return Keys("379900")


@pytest.fixture(scope="session")
def city() -> CityModel:
    """Two counties, sixty grids, three hundred cameras, forty units."""
    return make_city()


@pytest.fixture
def writer(client: redis.Redis, keys: Keys) -> Writer:
    """A writer to the empty server."""
    return Writer(client, keys)
