"""Licences: none that is not allowed, and all of them listed."""

from __future__ import annotations

import pytest

from tests.deploy.licences import ALLOWED, PAGE, licences, listed, parts
from tests.deploy.pinned import pins


@pytest.fixture(scope="module")
def installed() -> dict[str, str]:
    return licences()


def test_every_licence_is_one_of_those_allowed(installed: dict[str, str]) -> None:
    refused = {name: licence for name, licence in installed.items() if not parts(licence) <= ALLOWED}
    assert not refused
    assert len(installed) > 80


def test_the_page_lists_them_all(installed: dict[str, str]) -> None:
    page = listed(PAGE.read_text(encoding="utf-8"))
    assert installed.items() <= page.items()
    assert set(page) <= {pin.name for pin in pins("requirements.txt")}


@pytest.mark.parametrize(
    "licence", ["GPL-3.0-only", "MIT AND AGPL-3.0", "UNKNOWN", "", "GNU General Public License; MIT License"]
)
def test_another_licence_is_refused(licence: str) -> None:
    assert not parts(licence) <= ALLOWED
