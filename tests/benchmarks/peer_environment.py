"""The peers' own environment, `.venv-peer`: they can't all live beside what Kite itself needs."""

from __future__ import annotations

from tests.environments import python_of


def peer_python() -> str:
    """The Python of an environment that holds what `requirements-peer.txt` pins; made on the first call.

    Raises `subprocess.CalledProcessError` when pip can't install it; pip has said why by then.
    """
    return python_of("peer")
