"""Services over the small city, and requests in both languages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from dashboard.views.services import Services
from tests.views.fakes import services_of
from tests.views.pages import speaking
from tests.views.signing import cheap_passwords  # noqa: F401


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for compiled catalogues."""
    return tmp_path_factory.mktemp("translations")


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """The small city as the pages see it."""
    return services_of(data_dir=tmp_path_factory.mktemp("data"))


@pytest.fixture
def in_language(compiled: Path) -> Callable[[str], AbstractContextManager[None]]:
    """`with in_language("en"):` is a request in English."""
    return partial(speaking, compiled=compiled)
