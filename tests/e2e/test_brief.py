"""Briefs and exports of a running Kite: what was done is in them, a county's token gets its own alone."""

from __future__ import annotations

import csv
import io
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import geopandas
import pypdf
import pytest

from tests.e2e.conftest import Running, run_city
from tests.e2e.test_api import ask, bearer, token

pytestmark = pytest.mark.valkey

CITY, OWN, OTHER = "990100", "990101", "990102"
PLACES = {OWN: {"lon": "119.05", "lat": "36.65"}, OTHER: {"lon": "119.15", "lat": "36.65"}}
NOTE = "请今天内回报处置结果。"


@pytest.fixture(scope="module")
def quiet(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite without a simulator but with a past, two fires, and an instruction about one of them."""
    with run_city(built, tmp_path_factory.mktemp("brief"), rate=0, history_days=0) as city:
        for county, place in PLACES.items():
            fields = {"id": f"fire-{county}", "type": "fire", "level": "02", "origin": "hotline", **place}
            assert ask(city, "reports", fields)[0] == 201
        said = {"command": "instruct", "note": NOTE}
        assert ask(city, f"cases/fire-{OWN}/commands", said)[0] == 200
        wait_for_the_history(city)
        yield city


def wait_for_the_history(city: Running) -> None:
    """Until the cases that a brief counts have been read."""
    end_s = time.monotonic() + 60
    while "还没有读完" in get(city, f"/brief/{CITY}?lang=zh")[1].decode():
        assert time.monotonic() < end_s
        time.sleep(0.2)


def get(city: Running, path: str, **headers: str) -> tuple[int, bytes]:
    """(status, body)"""
    request = urllib.request.Request(f"{city.kite.url}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as problem:
        return problem.code, problem.read()


def words_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def test_one_click_makes_a_pdf_with_what_happened_and_what_was_done(quiet: Running) -> None:
    begun_s = time.monotonic()
    status, body = get(quiet, f"/brief/{CITY}.pdf?period=week&lang=zh")
    print(f"the brief of the city: {time.monotonic() - begun_s:.2f} s, {len(body):,} bytes")
    assert status == 200
    text = words_of(body)
    for part in ("小城市平安简报", "新发案件2件", "批示1次", NOTE, "消防安全", "没有一周前的记录"):
        assert part in text


def test_both_languages_and_the_page_to_print(quiet: Running) -> None:
    english = words_of(get(quiet, f"/brief/{OWN}.pdf?period=day&lang=en")[1])
    assert "Ataglance" in english
    assert "Instructions:1" in english
    status, page = get(quiet, f"/brief/{OWN}?period=month&lang=en")
    assert status == 200
    assert "Instructions: 1; supervisions: 0." in page.decode()
    assert "http" not in re.sub(r'xmlns="[^"]*"|data:image/svg[^"]*', "", page.decode())


def test_a_countys_token_gets_its_own_county_alone(quiet: Running) -> None:
    held = bearer(token(quiet, "西县领导", "leader", region=OWN))
    for path in (
        "/brief/{}.pdf?lang=zh",
        "/brief/{}?lang=zh",
        "/export/cases/{}.csv",
        "/export/scores/{}.geojson",
    ):
        assert get(quiet, path.format(OWN), **held)[0] == 200, path
        for code in (CITY, OTHER):
            status, body = get(quiet, path.format(code), **held)
            assert status == 403, path
            assert f"fire-{OTHER}" not in body.decode()
    own = get(quiet, f"/brief/{OWN}?lang=zh", **held)[1].decode()
    assert "批示 1 次" in own
    assert OTHER not in get(quiet, f"/export/scores/{OWN}.csv", **held)[1].decode()


def test_a_token_that_is_none_gets_nothing(quiet: Running) -> None:
    for path in (f"/brief/{OWN}.pdf", f"/export/cases/{OWN}.csv"):
        assert get(quiet, path, **bearer("kite_none"))[0] == 401


def test_tables_hold_the_citys_figures(quiet: Running, tmp_path: Path) -> None:
    _, body = get(quiet, f"/export/cases/{CITY}.csv?lang=en")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert {row["Id of the case"] for row in rows} == {f"fire-{OWN}", f"fire-{OTHER}"}
    file = tmp_path / "scores.geojson"
    file.write_bytes(get(quiet, f"/export/scores/{CITY}.geojson")[1])
    frame = geopandas.read_file(file)
    assert len(frame) == len(quiet.pack.regions.code)
    assert frame.geometry.is_valid.all()
    children = json.loads(get(quiet, f"/export/children/{CITY}.geojson")[1])["features"]
    assert [child["properties"]["new"] for child in children] == [1, 1]
    for table in ("systems", "publication"):
        assert get(quiet, f"/export/{table}/{CITY}.csv")[0] == 200
