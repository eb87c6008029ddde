"""Fixtures: a real store for the tests that need one."""

from tests.streams.conftest import client, server  # noqa: F401
