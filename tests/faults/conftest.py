"""The small city, built once."""

from tests.e2e.conftest import built as built
