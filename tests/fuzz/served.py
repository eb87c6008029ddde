"""A whole Kite of a small city for fuzzing: its address, a token of each role, ids of cases and letters."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from dashboard.domain.access import EVERYWHERE, ROLES, Identity
from dashboard.streams.dead_letters import read_dead
from dashboard.streams.tokens import add_token
from dashboard.streams.writer import Writer
from tests.e2e.conftest import SMALL, Running, build_city, run_city

ADMINISTRATOR = "administrator"
_DAY_MS = 86_400_000
_PATIENCE_S = 60.0
COUNTIES = ("990101", "990102")


@dataclass
class Served:
    """A running Kite as the fuzzers ask it."""

    city: Running
    tokens: dict[str, str]
    cases: list[str]
    letters: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.city.kite.url

    def session(self, role: str = ADMINISTRATOR) -> requests.Session:
        """A client that asks with the token of a role."""
        session = requests.Session()
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {self.tokens[role]}"
        return session

    def log(self) -> str:
        """What Kite has said so far."""
        return self.city.kite.log.read_text(errors="replace")


@contextmanager
def served(built: Path | None = None) -> Iterator[Served]:
    """The small city, running, without a simulator and without limits on how often one asks."""
    with tempfile.TemporaryDirectory(prefix="kite-fuzz-") as folder:
        built = built or build_city(_folder(Path(folder) / "built"))
        settings = {**SMALL, "rate": 0, "limit_api": "none", "limit_heavy": "none"}
        with run_city(built, Path(folder) / "kite", **settings) as city:
            kite = Served(city, _tokens(city), [])
            _wait_for_figures(kite)
            kite.cases += [_reported(kite, number) for number in range(6)]
            kite.letters += _refused(city, 3)
            yield kite


def _wait_for_figures(kite: Served) -> None:
    """They are read after Kite is ready, and a 503 until then is right."""
    ends_s = time.monotonic() + _PATIENCE_S
    asked = f"{kite.url}/api/v1/regions/990100/cases-figures"
    while kite.session().get(asked, timeout=_PATIENCE_S).status_code == 503:
        assert time.monotonic() < ends_s, "the figures are never there"
        time.sleep(0.05)


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _tokens(city: Running) -> dict[str, str]:
    ends_ms = time.time_ns() // 1_000_000 + _DAY_MS
    return {
        role: add_token(
            city.store,
            city.keys,
            Identity(f"fuzz-{role}", role, EVERYWHERE if role == ADMINISTRATOR else COUNTIES[0]),
            ends_ms,
        )
        for role in sorted(ROLES)
    }


def _reported(kite: Served, number: int) -> str:
    """The id of a case that was just reported."""
    body = {"type": ("fire", "02", "theft")[number % 3], "origin": "hotline", "lon": "119.05", "lat": "36.65"}
    answer = kite.session().post(f"{kite.url}/api/v1/reports", json=body, timeout=30)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _refused(city: Running, count: int) -> list[str]:
    """The ids of so many dead letters."""
    for number in range(count):
        Writer(city.store, city.keys).append("reports", {"id": f"refused-{number}", "type": "theft"})
    ends_s = time.monotonic() + _PATIENCE_S
    while len(found := [letter_id for letter_id, _ in read_dead(city.store, city.keys)]) < count:
        assert time.monotonic() < ends_s, "the letters never come"
        time.sleep(0.05)
    return found
