"""The version of a city's data: which release may work on it, and what an upgrade has to do first.

It stands in `Keys.format`. Raised when an older release would misread what is stored, or a newer one needs it
in another form; the state alone is no reason, as it is projected again when its basis changes.
"""

from __future__ import annotations

from typing import Any

import redis

from dashboard.streams.errors import StreamsError
from dashboard.streams.keys import Keys

FIRST = 1
"""Of the releases that wrote none."""
VERSION = 2
_RESTORING = (
    "The city is being restored from a backup, or that was cut off; "
    "run it to its end: python app.py restore FILE."
)


def version_of(client: redis.Redis, keys: Keys) -> int | None:
    """The version of the data that are there; None where no projector has ever worked."""
    version: Any = client.get(keys.format)
    if version is not None:
        return int(version)
    return FIRST if client.hlen(keys.state("meta")) else None


def insist(client: redis.Redis, keys: Keys) -> None:
    """See to it that this release may work on the data; a new store gets the version.

    Raises `StreamsError` with a sentence that says what to do.
    """
    insist_not_restoring(client, keys)
    version = version_of(client, keys)
    if version is None:
        client.set(keys.format, VERSION, nx=True)
    elif version < VERSION:
        raise StreamsError(
            f"The data are of version {version}, this Kite works on {VERSION}; run: python app.py upgrade."
        )
    else:
        insist_not_newer(version)


def insist_not_restoring(client: redis.Redis, keys: Keys) -> None:
    """Raises `StreamsError` while a restore is under way, or when one was cut off."""
    if client.exists(keys.restoring):
        raise StreamsError(_RESTORING)


def insist_not_newer(version: int) -> None:
    """Raises `StreamsError` for data of a later release."""
    if version > VERSION:
        raise StreamsError(
            f"The data are of version {version}, which this Kite does not know; "
            "install the release that wrote them."
        )
