"""Fixtures: a real store, and the small city as a projector has it."""

from tests.streams.conftest import city, client, keys, server, writer  # noqa: F401
