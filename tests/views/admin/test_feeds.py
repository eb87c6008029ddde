"""The administration's page of feeds, and who may open the letters."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard.domain.access import LOCAL_ADMIN, Identity
from dashboard.domain.feed_tally import Counts, Tally
from dashboard.live.feed_watch import FeedWatch
from dashboard.settings import Settings
from dashboard.streams.feed_meter import Feed
from dashboard.streams.keys import RAW_KINDS, Keys
from dashboard.views import languages
from dashboard.views.admin import feeds, letters
from tests.views.fakes import CITY, CODES, COUNTY, services_of
from tests.views.pages import CHINESE

NOW_MS = 1_795_000_005_000
OTHER = CODES[2]


def tally(data: int, ago_s: float = 1, **more: int) -> Tally:
    """A feed that usually brings ten a minute, and what it brought last."""
    made = Tally(parts=deque([100] * 24))
    made.add(NOW_MS - round(1000 * ago_s), Counts(data, **more))
    made.alive_ms = NOW_MS
    return made


@pytest.fixture
def client(compiled: Path) -> Any:
    """`client(identity)`: a browser at the two pages, with feeds of all states."""

    def of(identity: Identity = LOCAL_ADMIN) -> FlaskClient:
        services = services_of()
        settings = Settings(redis_url="redis://127.0.0.1:1/0", data_dir=compiled)  # nobody answers there
        watch = FeedWatch.of(settings, 30, 12)
        tallies = {
            Feed("reports"): tally(700),
            Feed("commands"): tally(80, repeats=60),
            Feed("cameras"): tally(1, 900),
            Feed("units"): tally(9, refused=3),
            Feed("reports", "<12345>"): tally(1, 900),
            Feed("reports", county=COUNTY): tally(1, 900),
            Feed("reports", county=OTHER): tally(1),
            Feed("reports", county="999999"): tally(1),  # of an earlier pack
        }
        watch.look(NOW_MS, tallies, dict.fromkeys(RAW_KINDS, NOW_MS))
        city: Any = SimpleNamespace(
            settings=settings, keys=Keys(CITY), pack=services.pack, hierarchy=services.hierarchy,
            feed_watch=watch, desk=SimpleNamespace(around=None),
        )  # fmt: skip
        server = Flask("kite")
        languages.install(server, "zh", compiled)
        services = replace(services, identity=lambda: identity, settings=settings)
        feeds.register(server, city, services)
        letters.register(server, city, services)
        return server.test_client()

    return of


def test_every_feed_has_its_row_in_both_languages(client: Any) -> None:
    page = client().get("/admin/feeds?lang=en").text
    lacks = ("heartbeats alone", "at hours when it usually does")  # of a county no heartbeats can come
    for told in ("Flood since", "Repeating since", *lacks, "60 (75%)", "3 (33%)", "700"):
        assert told in page
    assert "&lt;12345&gt;" in page
    assert "<12345>" not in page
    assert "999999" not in page
    assert page.count("<tr>") == 3 + 4 + 1 + 2
    assert not CHINESE.search(page.replace("中", ""))  # the other language's own name
    assert "激增，自" in client().get("/admin/feeds?lang=zh").text


def test_a_countys_administrator_sees_their_county_alone_and_no_letters(client: Any) -> None:
    of_county = client(Identity("东城管理", "administrator", COUNTY))
    page = of_county.get("/admin/feeds?lang=en")
    assert page.status_code == 200
    assert page.text.count("<tr>") == 3 + 4 + 1 + 1
    for path, ask in (
        ("/admin/letters", of_county.get), ("/admin/letters/1-1", of_county.get),
        ("/admin/letters/1-1/resend", of_county.post), ("/admin/letters/1-1/drop", of_county.post),
    ):  # fmt: skip
        assert ask(path).status_code == 403


@pytest.mark.parametrize("role", ["leader", "officer", "unit", "wall", "producer", "monitor"])
def test_others_see_neither(client: Any, role: str) -> None:
    of_role = client(Identity("某席", role, "*"))
    assert [of_role.get(path).status_code for path in ("/admin/feeds", "/admin/letters")] == [403, 403]


def test_a_store_that_is_away_is_said(client: Any) -> None:
    answer = client().get("/admin/letters?lang=en")
    assert (answer.status_code, "does not answer" in answer.text) == (503, True)
    assert client().get("/admin/feeds").status_code == 200
