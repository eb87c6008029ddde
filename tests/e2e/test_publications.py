"""The published index on a running city: from publishing it to the closed case and the card."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from dashboard.domain.hierarchy import GRID
from dashboard.streams.audit import read_audit_back
from tests.e2e.conftest import Running, app, run_city
from tests.e2e.test_api import ask, bearer, send, token
from tests.e2e.test_faults import until

pytestmark = pytest.mark.valkey


@pytest.fixture(scope="module")
def quiet(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite without a simulator, in which one grid of the first county has turned red."""
    with run_city(built, tmp_path_factory.mktemp("published"), rate=0, publish="never") as city:
        now = datetime.now(UTC)
        tell(city, "old", grids(city)[-1], now - timedelta(days=60), "theft", "04")
        for number in range(8):
            tell(city, f"robbery-{number}", grids(city)[0], now - timedelta(minutes=1), "robbery", "02")
        yield city


def grids(city: Running) -> list[str]:
    """The codes of the city's grids."""
    regions = city.pack.regions
    return list(regions.code[int(regions.tier_start[GRID]) :])


def tell(city: Running, name: str, grid: str, at: datetime, kind: str, level: str) -> None:
    body = {"id": name, "type": kind, "level": level, "origin": "hotline", "grid": grid,
            "occurred_at": at.isoformat()}  # fmt: skip
    assert ask(city, "reports", body)[0] == 201


def publish(city: Running, **fields: Any) -> dict[str, Any]:
    status, answer = ask(city, "publications", fields)
    assert status == 201, answer
    return dict(answer)


def rectified(city: Running, number: int, region: str) -> list[dict[str, Any]]:
    """The cases of a region itself in a publication."""
    status, told = ask(city, f"publications/{number}?region={region}")
    assert status == 200, told
    return [item for item in told["rectifications"] if item["region"] == region]


def case_of(city: Running, name: str) -> dict[str, Any]:
    """The case, once it is assigned."""
    until(lambda: ask(city, f"cases/{name}")[1].get("state") == "assigned")
    return dict(ask(city, f"cases/{name}")[1])


def test_from_publishing_to_the_closed_case_and_the_card(quiet: Running) -> None:
    grid = grids(quiet)[0]
    assert ask(quiet, "publications") == (200, [])
    first = publish(quiet, note="第一期")
    assert first["publication"] == 1
    (item,) = rectified(quiet, 1, grid)
    assert (item["region_level"], item["state"], item["case"]) == (4, "", f"rect-1-{grid}")
    assert {cause["type"] for cause in item["causes"] if cause["type"]} == {"2200"}
    case = case_of(quiet, item["case"])
    assert (case["type"], case["origin"], case.get("departments")) == ("4100", "publication", None)
    homes = dict(zip(quiet.pack.units.call_sign, quiet.pack.units.home_grid.tolist(), strict=True))
    assert homes[case["unit"]] == 0
    # The unit works on it, an officer closes it; the index does not know of it.
    unit = bearer(token(quiet, case["unit"], role="unit"))
    path = f"cases/{item['case']}/commands"
    assert ask(quiet, path, {"command": "take_on"}, **unit)[0] == 200
    assert ask(quiet, path, {"command": "resolve", "outcome": "handled"}, **unit)[0] == 200
    for command in ("verify", "close"):
        assert send(quiet, item["case"], command)[0] == 200
    assert publish(quiet)["publication"] == 2
    (item,) = rectified(quiet, 2, grid)
    assert (item["state"], item["ended"], item["card"]) == ("closed", 2, "")
    _, compared = ask(quiet, f"publications/2/compare?before=1&region={grid}")
    assert compared["rows"] == [
        {"code": grid, "level": 4, "level_before": 4, "score": compared["rows"][0]["score"],
         "score_before": compared["rows"][0]["score_before"], "rectification": item["case"], "closed": True}
    ]  # fmt: skip
    # Red for the third time: a new case, with its card.
    assert publish(quiet)["publication"] == 3
    _, new = sorted(rectified(quiet, 3, grid), key=lambda item: item["raised"])
    assert (new["raised"], new["card"]) == (3, "yellow")
    until(lambda: ask(quiet, f"cases/{new['case']}")[1].get("card") == "yellow")
    _, listed = ask(quiet, "publications?limit=2")
    assert [row["number"] for row in listed] == [3, 2]
    assert ask(quiet, "publications/1")[1]["note"] == "第一期"


def test_who_may_publish_and_who_sees_what(quiet: Running) -> None:
    publish(quiet, id="twice")
    status, again = ask(quiet, "publications", {"id": "twice"})
    assert (status, again["reason"]) == (409, "duplicate")
    number = again["facts"]["publication"]
    own, other = "990101", "990102"
    for role, region, allowed in (
        ("officer", "*", False), ("leader", own, False), ("wall", "*", False), ("leader", "*", True),
    ):  # fmt: skip
        who = bearer(token(quiet, f"{role}{region[-2:]}", role=role, region=region))
        assert ask(quiet, "publications", {}, **who)[0] == (201 if allowed else 403), role
    narrow = bearer(token(quiet, "东城领导", role="leader", region=own))
    status, told = ask(quiet, f"publications/{number}", **narrow)
    assert (status, told["region"]) == (200, own)
    assert {child["code"][:6] for child in told["children"]} == {own}
    assert all(item["region"].startswith(own) for item in told["rectifications"])
    assert all(code.startswith(own) for code in told["left_out"])
    assert ask(quiet, f"publications/{number}?region={other}", **narrow)[0] == 403
    assert ask(quiet, "publications?region=990100", **narrow)[0] == 403
    assert ask(quiet, f"publications/{number}/compare?region={other}", **narrow)[0] == 403
    _, compared = ask(quiet, f"publications/{number}/compare", **narrow)
    assert all(row["code"].startswith(own) for row in compared["rows"])


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("publications/9999", None, 404, "no publication 9999"),
        ("publications/1/compare", None, 404, "no publication 0"),
        ("publications/1/compare?before=x", None, 400, "before"),
        ("publications?limit=0x", None, 400, "limit"),
        ("publications?region=1", None, 400, "no region"),
        ("publications", {"colour": "red"}, 400, "no field 'colour'"),
        ("publications", {"id": "a b"}, 422, "'id'"),
        ("publications", {"note": "联系人 13812345678"}, 422, "'note'"),
        ("reports", {"type": "fire", "origin": "publication", "grid": "1" * 15}, 422, "Kite's own"),
    ],
)
def test_bad_input_gets_one_sentence(quiet: Running, path: str, body: object, status: int, says: str) -> None:
    told, answer = ask(quiet, path, body)
    assert (told, says in answer["sentence"]) == (status, True), answer


def test_an_operator_publishes_from_the_command_line(quiet: Running) -> None:
    before = ask(quiet, "publications?limit=1")[1][0]["number"]
    environment = {**quiet.environment(), "REDIS_URL": ""}  # the running Kite's store is found
    run = app("publish", "--note", "年终", **environment)
    assert (run.returncode, run.stdout.strip()) == (0, f"Published as number {before + 1}."), run.stderr
    _, told = ask(quiet, f"publications/{before + 1}")
    assert (told["by"], told["note"]) == ("operator", "年终")
    entries = (entry.told() for _, entry in read_audit_back(quiet.store, quiet.keys) if entry)
    noted = next(entry for entry in entries if entry["action"] == "index_published")
    assert [noted[name] for name in ("subject", "where", "outcome")] == [
        str(before + 1), "command line", "done",
    ]  # fmt: skip
    run = app("publish", "--note", "电话 13812345678", **quiet.environment())
    assert (run.returncode, "13812345678" in run.stderr) == (2, False)


def test_a_schedule_that_cannot_be_read_is_said_in_one_sentence(quiet: Running) -> None:
    run = app("project", **quiet.environment(), KITE_PUBLISH="weekly someday")
    assert (run.returncode, run.stderr.count("\n")) == (2, 1)
    assert "KITE_PUBLISH='weekly someday' can't be read" in run.stderr


@pytest.mark.browser
def test_two_clicks_publish_and_the_tab_shows_it(quiet: Running, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    try:
        page.goto(f"{quiet.kite.url}/region/990100?lang=zh")
        page.locator("details.publish summary").click()
        expect(page.locator("#publish-confirm")).to_be_visible()
        before = ask(quiet, "publications?limit=1")[1][0]["number"]
        page.locator("#publish-confirm").click()
        expect(page.locator("#publish-said")).to_contain_text(f"第 {before + 1} 期已发布")
        assert ask(quiet, "publications?limit=1")[1][0]["number"] == before + 1
        page.get_by_role("tab", name="发布", exact=True).click()
        expect(page.locator("#published-body")).to_contain_text(f"第 {before + 1} 期")
        expect(page.locator("#published-body")).to_contain_text("整改")
    finally:
        page.close()
