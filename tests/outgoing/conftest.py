"""Fixtures: a real store, a city as a pack and as the projector has it, and receivers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import redis

from dashboard.streams.city import CityModel
from dashboard.streams.from_pack import city_of
from dashboard.streams.keys import Keys
from geodata import Pack
from tests.outgoing.delivering import City, Receiver, made_pack
from tests.streams.conftest import client, server  # noqa: F401


@pytest.fixture(scope="session")
def pack() -> Pack:
    """A lattice of 60 grids."""
    return made_pack()


@pytest.fixture(scope="session")
def model(pack: Pack) -> CityModel:
    """The same for a projector."""
    return city_of(pack)


@pytest.fixture
def city(client: redis.Redis, pack: Pack, model: CityModel) -> City:  # noqa: F811
    """The city on the empty server."""
    return City(client, Keys(model.code), pack, model)


@pytest.fixture
def receiver() -> Iterator[Callable[..., Receiver]]:
    """Makes receivers; they are closed in the end."""
    made: list[Receiver] = []

    def make(*answers: object) -> Receiver:
        made.append(Receiver(answers))
        return made[-1]

    yield make
    for one in made:
        one.close()
