"""What people do and see on a running Kite stands in the audit stream, in one chain, and on its page."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import pytest

from dashboard.domain.audit import WITHHELD
from dashboard.streams.audit import read_audit
from tests.e2e.conftest import Running, app, run_city
from tests.e2e.scopes.two_counties import OTHER, OWN, PLACES, send
from tests.e2e.test_api import bearer, token
from tests.parts import wait_until_ready

pytestmark = pytest.mark.valkey

PATIENCE_S = 30.0
Told = dict[str, Any]


@pytest.fixture(scope="module")
def audited(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite of two web workers, where one must sign in."""
    folder = tmp_path_factory.mktemp("audit")
    with run_city(built, folder, rate=0, sign_in="required", web_workers=2, history_days=1) as city:
        yield city


@pytest.fixture(scope="module")
def seats(audited: Running) -> dict[str, dict[str, str]]:
    """Headers of everybody in these tests."""
    made = {
        "administrator": token(audited, "总值班", role="administrator"),
        "county administrator": token(audited, "东城管理", role="administrator", region=OWN),
        "officer": token(audited, "东城值班", role="officer", region=OWN),
        "leader": token(audited, "市领导", role="leader"),
    }
    return {name: bearer(text) for name, text in made.items()}


@pytest.fixture(scope="module")
def cases(audited: Running, seats: dict[str, dict[str, str]]) -> dict[str, str]:
    """A case in each county, reported by the city's administrator."""
    for code, case_id in (made := {OWN: "audit-own", OTHER: "audit-other"}).items():
        body = {"id": case_id, "type": "fire", "level": "03", "origin": "hotline", **PLACES[code]}
        status, _, content = send(audited, "POST", "/api/v1/reports", body, **seats["administrator"])
        assert status == 201, content
    return made


def entries(city: Running) -> list[Told]:
    return [entry.told() for _, entry in read_audit(city.store, city.keys) if entry]


def noted(city: Running, is_it: Callable[[Told], bool], count: int = 1) -> list[Told]:
    """The entries that are so, once there are so many: what was seen is written within a second or two."""
    end_s = time.monotonic() + PATIENCE_S
    while len(found := [told for told in entries(city) if is_it(told)]) < count:
        assert time.monotonic() < end_s, [*found, "of", *entries(city)[-20:]]
        time.sleep(0.1)
    return found


def of(action: str, who: str, subject: str) -> Callable[[Told], bool]:
    return lambda told: (told["action"], told["who"], told["subject"]) == (action, who, subject)


def test_what_is_done_is_written_before_it_is_answered(audited, seats, cases):
    path = f"/api/v1/cases/{cases[OWN]}/commands"
    status, _, _ = send(audited, "POST", path, {"command": "accept"}, **seats["officer"])
    assert status == 200
    found = [told for told in entries(audited) if of("case_commanded", "东城值班", cases[OWN])(told)]
    assert len(found) == 1
    told = found[0]
    assert (told["outcome"], told["facts"], told["role"]) == ("done", {"command": "accept"}, "officer")
    assert told["region"].startswith(OWN)
    assert told["where"] == "127.0.0.1"
    assert abs(told["at_ms"] - time.time() * 1000) < 60_000
    reported = [told for told in entries(audited) if of("case_reported", "总值班", cases[OTHER])(told)]
    assert [told["region"][:6] for told in reported] == [OTHER]


def test_what_is_refused_is_noted_as_refused(audited, seats, cases):
    path = f"/api/v1/cases/{cases[OTHER]}"
    assert send(audited, "GET", path, **seats["officer"])[0] == 404
    assert send(audited, "POST", f"{path}/commands", {"command": "accept"}, **seats["officer"])[0] == 403
    assert send(audited, "GET", f"/export/cases/{OWN}.csv", **seats["officer"])[0] == 403
    for action, subject in (
        ("case_seen", cases[OTHER]),
        ("case_commanded", cases[OTHER]),
        ("exported", f"/export/cases/{OWN}.csv"),
    ):
        (told,) = noted(audited, of(action, "东城值班", subject))
        assert told["outcome"] == "refused"


@pytest.mark.parametrize(
    ("seat", "who", "path", "action", "subject", "region"),
    [
        ("officer", "东城值班", "/api/v1/cases/audit-own", "case_seen", "audit-own", OWN),
        ("leader", "市领导", f"/region/{OTHER}", "page_seen", f"/region/{OTHER}", OTHER),
        ("leader", "市领导", f"/export/cases/{OWN}.csv", "exported", f"/export/cases/{OWN}.csv", OWN),
        ("leader", "市领导", f"/brief/{OTHER}", "brief_taken", f"/brief/{OTHER}", OTHER),
        ("leader", "市领导", f"/api/v1/cases?region={OWN}", "cases_seen", "/api/v1/cases", OWN),
        ("leader", "市领导", "/live/snapshot", "snapshot_seen", "/live/snapshot", "*"),
        ("officer", "东城值班", "/dispatch/", "page_seen", "/dispatch/", OWN),
    ],
)
def test_what_is_seen_is_noted(audited, seats, cases, seat, who, path, action, subject, region):
    status, _, content = send(audited, "GET", path, **seats[seat])
    assert status == 200, content[:300]
    (told,) = noted(audited, of(action, who, subject))
    assert told["outcome"] == "done"
    assert told["region"][:6] == region


def test_going_to_a_region_within_the_page_is_seen_too(audited, seats):
    """There the address changes without a page being loaded."""
    path, headers = "_dash-update-component", seats["leader"]
    listed = json.loads(send(audited, "GET", "/_dash-dependencies", **headers)[2])
    drill = next(row for row in listed if "breadcrumb.children" in row["output"])
    body = {
        "output": drill["output"],
        "outputs": [
            dict(zip(("id", "property"), name.split("."), strict=True))
            for name in drill["output"].strip(".").split("...")
        ],
        "inputs": [{**row, "value": f"/region/{OWN}"} for row in drill["inputs"]],
        "state": [
            {**row, "value": "children" if row["property"] == "value" else None} for row in drill["state"]
        ],
        "changedPropIds": [],
    }
    status, _, content = send(audited, "POST", f"/{path}", body, **headers)
    assert status == 200, content[:300]
    (told,) = noted(audited, of("page_seen", "市领导", f"/region/{OWN}"))
    assert told["region"] == OWN


def test_who_has_not_signed_in_can_write_nothing(audited, cases):
    before = len(entries(audited))
    for path in (f"/api/v1/cases/{cases[OWN]}", f"/region/{OWN}", f"/export/cases/{OWN}.csv"):
        assert send(audited, "GET", path)[0] == 401
    assert send(audited, "POST", f"/api/v1/cases/{cases[OWN]}/commands", {"command": "accept"})[0] == 401
    time.sleep(1.5)  # longer than what is seen waits; nothing can be waited for
    assert len(entries(audited)) == before


def test_two_workers_under_load_make_one_chain(audited, seats, cases):
    """Each refused command is written at once, by whichever worker got it."""
    path = f"/api/v1/cases/{cases[OTHER]}/commands"

    def ask(_: int) -> int:
        return send(audited, "POST", path, {"command": "accept"}, **seats["officer"])[0]

    before = len(entries(audited))
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(80))) == {403}
    assert len(entries(audited)) >= before + 80
    run = app("audit", "verify", **audited.environment())
    assert run.returncode == 0, run.stderr
    assert re.search(r"holds: \d+ entries, head \d+ [0-9a-f]{64}", run.stdout)
    numbers = [told["number"] for told in entries(audited)]
    assert numbers == list(range(1, len(numbers) + 1))


def rows(content: bytes) -> list[list[str]]:
    """The cells of the page's table as texts."""
    body = content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    lines = re.findall(r"<tr>(.*?)</tr>", body, re.S)
    return [
        [unescape(re.sub("<.*?>", "", cell)) for cell in re.findall(r"<td.*?>(.*?)</td>", line)]
        for line in lines
    ]


def test_the_trail_of_a_case_is_all_that_was_done_and_seen_of_it(audited, seats, cases):
    send(audited, "GET", f"/api/v1/cases/{cases[OWN]}", **seats["leader"])
    noted(audited, of("case_seen", "市领导", cases[OWN]))
    path = f"/admin/trail?about={cases[OWN]}&lang="
    status, headers, content = send(audited, "GET", path + "zh", **seats["administrator"])
    assert (status, headers["Cache-Control"]) == (200, "no-store")
    told = rows(content)
    assert {row[4] for row in told} == {cases[OWN]}
    assert {"报送案件", "办理案件：受理", "查看案件"} <= {re.sub(r"\s.*", "", row[3]) for row in told}
    assert [int(row[0]) for row in told] == sorted((int(row[0]) for row in told), reverse=True)
    english = rows(send(audited, "GET", path + "en", **seats["administrator"])[2])
    assert {"Case reported", "Case command: Accept"} <= {row[3] for row in english}


def test_the_trail_of_an_account(audited, seats):
    path = f"/admin/trail?who={quote('东城值班')}"
    told = rows(send(audited, "GET", path, **seats["administrator"])[2])
    assert told
    assert {row[2] for row in told} == {"东城值班"}


def test_a_countys_administrator_sees_the_countys_trail_alone(audited, seats, cases):
    send(audited, "GET", f"/api/v1/cases/{cases[OTHER]}", **seats["leader"])
    noted(audited, of("case_seen", "市领导", cases[OTHER]))
    whole = send(audited, "GET", "/admin/trail", **seats["administrator"])[2].decode()
    assert cases[OTHER] in whole
    status, _, content = send(audited, "GET", "/admin/trail", **seats["county administrator"])
    assert status == 200
    told = rows(content)
    assert {row[4] for row in told} >= {cases[OWN]}
    # Of the other county there is only what the county's own officer tried there, and was refused.
    foreign = {(row[2], row[7]) for row in told if cases[OTHER] in row[4]}
    assert foreign == {("东城值班", "被拒")}
    assert {"市领导", "总值班"} & {row[2] for row in told}, (
        "what others did to the county's own cases is there"
    )
    assert not [row for row in told if OTHER in row[4]]


@pytest.mark.parametrize("seat", ["officer", "leader"])
def test_others_see_no_trail(audited, seats, seat):
    status, _, content = send(audited, "GET", "/admin/trail", **seats[seat])
    assert status == 403
    assert b"audit-own" not in content


def test_looking_at_the_trail_is_noted(audited, seats):
    for who in (quote("东城值班"), "x-1"):  # there is no trail of the other
        send(audited, "GET", f"/admin/trail?who={who}&lang=en", **seats["administrator"])
    noted(audited, lambda told: told["action"] == "trail_seen" and told["facts"].get("who") == "东城值班")
    found = noted(
        audited, lambda told: told["action"] == "trail_seen" and told["facts"].get("who") == WITHHELD
    )
    assert [told["who"] for told in found] == ["总值班"]


@pytest.mark.parametrize(
    "query",
    ["last=x", "last=99999999999999999999", "from=2026-99-99", "until=0001-01-01", "action=nothing",
     "about=%00%ff", "from=9999-12-31&until=9999-12-31", "last=-5-0"],
)  # fmt: skip
def test_what_makes_no_sense_is_not_asked(audited, seats, query):
    assert send(audited, "GET", f"/admin/trail?{query}", **seats["administrator"])[0] == 200


def test_what_waits_is_written_when_the_server_is_ended(audited, seats):
    """It would have been written a second later; `serve` starts the web server again."""
    webs = [p for p in audited.kite.processes() if p.cmdline()[-1:] == ["web"]]
    master = min(webs, key=lambda p: p.create_time())
    path = f"/api/v1/systems/rings?region={OWN}"
    assert send(audited, "GET", path, **seats["leader"])[0] == 200
    master.terminate()
    psutil.wait_procs(webs, timeout=PATIENCE_S)
    assert [told for told in entries(audited) if of("figures_seen", "市领导", "/api/v1/systems/rings")(told)]
    wait_until_ready(audited.kite)


def test_the_command_line_lists_and_finds_a_change(audited):
    """Last of this module: it breaks the chain."""
    environment = audited.environment()
    run = app("audit", "list", "--about", "audit-own", "--newest", "3", **environment)
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    assert len(lines) == 3
    assert all(line.split("  ")[-1] == "audit-own" or "audit-own" in line for line in lines)
    young = app("audit", "archive", str(audited.kite.log.parent / "old.log"), "--days", "1", **environment)
    assert (young.returncode, young.stdout) == (0, "There are no entries older than 1 days.\n")
    head = re.search(r"head \d+ (\w+)", app("audit", "verify", **environment).stdout)
    assert head
    newest = entries(audited)[-1]["number"]
    audited.store.xdel(audited.keys.audit, f"{newest}-0")
    cut = app("audit", "verify", "--head", head[1], **environment)
    assert (cut.returncode, "was cut off" in cut.stdout) == (1, True)
    audited.store.xdel(audited.keys.audit, "2-0")
    gap = app("audit", "verify", **environment)
    assert gap.returncode == 1
    assert gap.stdout.startswith("Entry 3-0: it comes after number 1")
