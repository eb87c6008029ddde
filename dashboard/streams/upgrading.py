"""Bringing a city's data from an earlier version to this release's, step by step; see `data_version`.

A step may be done twice, as an upgrade that was cut off is begun again. The state is projected again after
the last one, so no step needs to care for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import redis

from dashboard.streams.city import CityModel
from dashboard.streams.data_version import VERSION, insist_not_newer, insist_not_restoring, version_of
from dashboard.streams.errors import NotOwner, StreamsError
from dashboard.streams.keys import Keys
from dashboard.streams.ownership import Ownership
from dashboard.streams.rebuild import project_again
from dashboard.streams.state_store import StateStore

_AT_ONCE = 1_000
_CHANGES_MAX = 1

Tell = Callable[[int, int], None]


class Step(NamedTuple):
    """What brings data of one version to the next, and a sentence for the operator."""

    version: int
    sentence: str
    do: Callable[[redis.Redis, Keys], None]


class Upgraded(NamedTuple):
    """The version before, what was done, and how many cases there are now."""

    version: int
    done: list[str]
    cases: int


def _forget_figures(client: redis.Redis, keys: Keys) -> None:
    """Figures are kept by what they were made from, not by the release that made them."""
    found = list(client.scan_iter(keys.kept("cache:*"), count=_AT_ONCE))
    for start in range(0, len(found), _AT_ONCE):
        client.delete(*found[start : start + _AT_ONCE])


STEPS = (Step(1, "Figures that were kept in another form are forgotten.", _forget_figures),)


def steps_from(version: int) -> list[Step]:
    """The steps that data of this version need, in their order."""
    return [step for step in STEPS if version <= step.version < VERSION]


def upgrade(
    client: redis.Redis, keys: Keys, city: CityModel, tell: Tell = lambda done, total: None
) -> Upgraded | None:
    """Bring the city's data to this release's version and project its record again; None: nothing to do.

    `client` has one connection only. Raises `StreamsError` for data of a later release, and while a projector
    is running.
    """
    insist_not_restoring(client, keys)
    version = version_of(client, keys)
    if version is None or version == VERSION:
        return None
    insist_not_newer(version)
    ownership = Ownership(client, keys)
    try:
        ownership.take(may_wait=lambda: False)
    except NotOwner:
        raise StreamsError("A projector is running for this city; stop Kite, then upgrade.") from None
    try:
        steps = steps_from(version)
        for step in steps:
            step.do(client, keys)
        store = StateStore(client, keys, city, ownership, _CHANGES_MAX)
        projection, _ = project_again(client, keys, city, store, tell)
        pipe = ownership.transaction()
        pipe.set(keys.format, VERSION)
        ownership.execute(pipe)
        return Upgraded(version, [step.sentence for step in steps], len(projection.cases))
    finally:
        ownership.release()
