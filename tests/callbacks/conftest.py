"""The same fixtures as the pages' own tests."""

from tests.views.conftest import compiled, in_language, services

__all__ = ["compiled", "in_language", "services"]
