"""The HTTP API on a running city: the loop as docs/api.md shows it, who may do what, what bad input gets."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.domain.commands import ALLOWED, COMMANDS, KITES_OWN
from tests.e2e.conftest import Running, app, run_city
from tests.e2e.test_faults import until
from tests.parts import ROOT

pytestmark = pytest.mark.valkey

PLACE = {"lon": "119.05", "lat": "36.65"}


@pytest.fixture(scope="module")
def quiet(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite without a simulator."""
    with run_city(built, tmp_path_factory.mktemp("api"), rate=0) as city:
        yield city


def token(city: Running, name: str = "值班席01", role: str = "officer", **options: str) -> str:
    words = [word for key, value in options.items() for word in (f"--{key}", value)]
    run = app("token", "add", name, "--role", role, *words, **city.environment())
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def ask(city: Running, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
    """(status, what was answered)."""
    data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{city.kite.url}/api/v1/{path}", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as problem:
        return problem.code, json.load(problem)


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def reported(city: Running, case_id: str, **fields: str) -> dict[str, Any]:
    body = {"id": case_id, "type": "fire", "level": "02", "origin": "hotline", **PLACE, **fields}
    status, case = ask(city, "reports", body)
    assert status == 201, case
    return dict(case)


def send(city: Running, case_id: str, command: str, **fields: Any) -> tuple[int, Any]:
    return ask(city, f"cases/{case_id}/commands", {"command": command, **fields})


def test_the_examples_of_the_docs_work(quiet: Running) -> None:
    """Run as they stand in docs/api.md, one after the other."""
    if shutil.which("curl") is None:
        pytest.skip("there is no curl")
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    assert "token add" in blocks[0]
    script = "\n".join(
        ["set -eu", *("echo '---'\n" + line for block in blocks[1:] for line in _commands(block))]
    )
    figured = "regions/990100/cases-figures"  # of all cases, which a web process reads when it begins
    until(lambda: ask(quiet, figured, **bearer(token(quiet)))[0] == 200)
    environment = {**os.environ, "KITE": quiet.kite.url, "TOKEN": token(quiet), "REGION": "990100"}
    run = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    answers = list(map(json.loads, run.stdout.split("---\n")[1:]))
    (
        case, listed, whole, units, others, cameras, place, found, accepted, assigned, settling, explanation,
        moved, figures,
    ) = answers  # fmt: skip
    assert (case["state"], case["level"], case["due"]["phase"]) == ("reported", 2, "accept")
    assert [row["id"] for row in listed["cases"]] == ["demo-1"]
    assert (whole["allowed"], whole["history"][0][1]) == (list(ALLOWED["reported"]), "report")
    assert len(units) <= 3
    assert others == []
    assert sum(cameras["by_status"].values()) >= len(cameras["nearest"])
    assert (place["grid_code"], place["cameras"]) == (whole["grid_code"], cameras)
    assert [unit["unit"] for unit in place["units"]] == [unit["unit"] for unit in units]
    assert [(hit["kind"], hit["id"]) for hit in found] == [("case", "demo-1")]
    assert accepted == {"id": "demo-1-accept", "case": "demo-1", "version": 2, "state": "accepted"}
    assert assigned["state"] == "assigned"
    assert (settling["region"], settling["success"]["share"]) == ("990100", None)
    parts = sum(part["points"] for part in explanation["parts"])
    summed = explanation["base_score"] + parts + explanation["limit_points"]
    assert explanation["score"] == pytest.approx(summed)
    assert moved == {"since": "week", "on_record": False}
    assert figures["period"] == "month"


def _commands(block: str) -> list[str]:
    """A block's commands, each with its lines."""
    return re.findall(r"^curl .*?(?=^curl |\Z)", block, re.DOTALL | re.MULTILINE)


def test_the_second_of_two_learns_who_was_first(quiet: Running) -> None:
    """Both saw version 1 and send at once: one is taken, and what the other is told names the first."""
    reported(quiet, "race")
    people = [token(quiet, name) for name in ("值班席01", "值班席02")]
    answers: list[tuple[int, Any]] = []

    def accept(text: str) -> None:
        body = {"command": "accept", "version": 1}
        answers.append(ask(quiet, "cases/race/commands", body, **bearer(text)))

    threads = [threading.Thread(target=accept, args=(text,)) for text in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (_, taken), (status, refused) = sorted(answers, key=lambda answer: answer[0])
    assert (taken["version"], taken["state"], status) == (2, "accepted", 409)
    assert refused["reason"] == "version"
    assert refused["facts"]["by"] in ("值班席01", "值班席02")
    _, whole = ask(quiet, "cases/race")
    assert [step[1] for step in whole["history"]] == ["report", "accept"]
    assert refused["facts"]["by"] == whole["history"][-1][3]


def test_a_command_that_is_sent_twice_is_done_once(quiet: Running) -> None:
    reported(quiet, "twice")
    assert send(quiet, "twice", "accept", id="c-1")[0] == 200
    status, said = send(quiet, "twice", "accept", id="c-1")
    assert (status, said["reason"]) == (409, "duplicate")


def test_a_whole_loop(quiet: Running) -> None:
    """From the report to closed, each step with the version that the last answer gave."""
    version = reported(quiet, "loop", type="neighbour_dispute", level="04")["version"]
    steps: list[tuple[str, dict[str, Any]]] = [
        ("accept", {}),
        ("to_hearing", {"team": "grid", "scheduled": "2027-01-12T14:00:00+08:00"}),
        ("whistle", {"departments": ["司法所"], "within_min": 60}),
        ("report_in", {"departments": ["司法所"]}),
        ("hearing_result", {"outcome": "settled"}),
        ("verify", {}),
        ("close", {}),
    ]
    for name, fields in steps:
        status, said = send(quiet, "loop", name, version=version, **fields)
        assert status == 200, said
        version = said["version"]
    _, whole = ask(quiet, "cases/loop")
    assert (whole["state"], whole["outcome"], whole["allowed"], whole["clocks"]) == (
        "closed",
        "settled",
        [],
        [],
    )
    assert whole["hearings"][0][2] == "settled"
    for question in ("suggestions", "similar"):  # an ended case has none, which is an answer
        assert ask(quiet, f"cases/loop/{question}") == (200, [])
    status, said = send(quiet, "loop", "accept")
    assert (status, said["reason"]) == (409, "not_allowed")
    assert "nothing more can be done" in said["sentence"]


def test_who_may_do_what_where(quiet: Running) -> None:
    """A county's officer sees and commands the county alone; a leader supervises; a unit has its own part."""
    case = reported(quiet, "scope")
    _, whole = ask(quiet, "cases/scope")
    here, there = sorted(("990101", "990102"), key=lambda code: not whole["grid_code"].startswith(code))
    inside, outside = (token(quiet, f"{code}值班", region=code) for code in (here, there))
    path, body = "cases/scope/commands", {"command": "accept", "version": case["version"]}
    assert ask(quiet, "cases/scope", **bearer(outside))[0] == 404
    assert ask(quiet, path, body, **bearer(outside))[0] == 403
    place = f"places?lon={PLACE['lon']}&lat={PLACE['lat']}"
    assert ask(quiet, place, **bearer(outside))[0] == 403
    assert ask(quiet, place, **bearer(inside))[0] == 200
    assert ask(quiet, f"cases?region={here}", **bearer(outside))[0] == 403
    assert ask(quiet, "cases", **bearer(outside))[0] == 403  # the whole city
    assert ask(quiet, "reports", {"type": "fire", "origin": "hotline", **PLACE}, **bearer(outside))[0] == 403
    assert ask(quiet, f"cases?region={here}", **bearer(inside))[0] == 200
    assert ask(quiet, path, body, **bearer(inside))[0] == 200
    supervise = {"command": "supervise", "card": "yellow"}
    assert ask(quiet, path, supervise, **bearer(inside))[0] == 403
    assert ask(quiet, path, supervise, **bearer(token(quiet, "市领导", role="leader")))[0] == 200
    unit = quiet.pack.units.call_sign[0]
    own, other = (token(quiet, name, role="unit") for name in (unit, quiet.pack.units.call_sign[1]))
    assert send(quiet, "scope", "assign", unit=unit)[0] == 200
    take_on = {"command": "take_on"}
    assert ask(quiet, path, take_on, **bearer(other))[0] == 403
    assert ask(quiet, path, take_on, **bearer(own))[0] == 200
    assert ask(quiet, path, {"command": "reassign", "unit": unit}, **bearer(own))[0] == 403


def test_a_token_that_is_taken_back_is_void_at_once(quiet: Running) -> None:
    text = token(quiet, "临时席位")
    assert ask(quiet, "cases", **bearer(text))[0] == 200
    listed = app("token", "list", **quiet.environment()).stdout
    number = next(line.split()[0] for line in listed.splitlines() if "临时席位" in line)
    assert text not in listed
    assert app("token", "revoke", number, **quiet.environment()).returncode == 0
    assert ask(quiet, "cases", **bearer(text))[0] == 401
    assert app("token", "revoke", number, **quiet.environment()).returncode == 2
    assert ask(quiet, "cases", Authorization="Basic eDp5")[0] == 401


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("reports", b"{", 400, "JSON object"),
        ("reports", [], 400, "JSON object"),
        ("reports", {"type": {"a": 1}, "origin": "hotline"}, 400, "'type'"),
        ("reports", {"type": "fire", "origin": "hotline"}, 422, "'lon' and 'lat', or 'grid'"),
        ("reports", {"type": "fire", "origin": "hotline", "lon": "1", "lat": "2"}, 422, "not in this city"),
        (
            "reports",
            {"type": "fire", "origin": "hotline", "colour": "red", **PLACE},
            422,
            "no field 'colour'",
        ),
        ("cases/none/commands", {"command": "accept"}, 404, "no case none"),
        ("cases/bad/commands", {"command": "fly"}, 422, "'command'"),
        ("cases/bad/commands", {"command": "assign"}, 422, "'unit' or 'departments'"),
        ("cases/bad/commands", {"command": "accept", "version": "two"}, 422, "'version'"),
        ("cases?limit=many", None, 400, "limit"),
        ("cases?level=9", None, 400, "level"),
        ("cases?region=1", None, 400, "no region"),
        ("cases/none", None, 404, "no case none"),
        ("cases/none/cameras", None, 404, "no case none"),
        ("places?lon=119.05", None, 400, "lat must be decimal degrees"),
        ("places?lon=nan&lat=36.65", None, 400, "lon must be decimal degrees"),
        ("places?lon=119.05&lat=36.65&type=dragon", None, 400, "type must be"),
        ("places?lon=1&lat=2", None, 422, "not in this city"),
        ("settling?region=1", None, 400, "no region"),
        ("regions/1/explanation", None, 400, "no region"),
        ("regions/990100/moved?since=ever", None, 400, "since must be one of day, week, month"),
        ("regions/990100/cases-figures?period=hour", None, 400, "period must be one of"),
    ],
)
def test_bad_input_gets_one_sentence(quiet: Running, path: str, body: object, status: int, says: str) -> None:
    if "cases/bad" in path and ask(quiet, "cases/bad")[0] == 404:
        reported(quiet, "bad")
    told, answer = ask(quiet, path, body)
    assert (told, says in answer["sentence"]) == (status, True), answer
    assert answer["sentence"].endswith(".")


def test_the_description_has_a_page_that_needs_no_network(quiet: Running) -> None:
    """Swagger UI from our own server: every file that it names is there, and none is elsewhere."""
    root = f"{quiet.kite.url}/api/v1/docs/"
    with urllib.request.urlopen(root, timeout=30) as answer:
        page = answer.read().decode()
    named = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(named) > 3
    for name in named:
        assert not name.startswith(("http:", "https:", "//")), name
        with urllib.request.urlopen(urllib.parse.urljoin(root, name), timeout=30) as answer:
            assert answer.status == 200
    status, told = ask(quiet, "openapi.json")
    routes = {"/cases", "/cases/{case_id}/commands", "/cases/{case_id}/cameras", "/places", "/reports"}
    assert (status, routes <= set(told["paths"])) == (200, True)


def test_a_person_is_refused_at_the_door(quiet: Running) -> None:
    """And nothing of it is written: neither the entry nor a dead letter."""
    before = quiet.store.xlen(quiet.keys.raw("reports"))
    body = {"type": "fire", "origin": "hotline", "summary": "联系人 13812345678", **PLACE}
    status, answer = ask(quiet, "reports", body)
    assert (status, answer["reason"]) == (422, "personal")
    assert "13812345678" not in json.dumps(answer)
    assert quiet.store.xlen(quiet.keys.raw("reports")) == before


def test_the_description_names_every_command(quiet: Running) -> None:
    _, described = ask(quiet, "openapi.json")
    assert described["openapi"].startswith("3.1")
    enum = described["components"]["schemas"]["Command"]["properties"]["command"]["enum"]
    assert enum == [slug for slug, rule in COMMANDS.items() if rule.action != KITES_OWN]


def test_a_stopped_projector_is_said(built: Path, tmp_path: Path) -> None:
    """What was written is not lost: it is applied once the projector is back."""
    with run_city(built, tmp_path, rate=0) as city:
        reported(city, "late")
        os.kill(pid := city.process("project"), 19)  # SIGSTOP
        status, said = send(city, "late", "accept", id="c-late")
        os.kill(pid, 18)  # SIGCONT
        assert (status, "don't send it again" in said["sentence"]) == (503, True)
        status, said = send(city, "late", "triage", level="01")
        assert status == 200, said
        _, whole = ask(city, "cases/late")
        assert [step[1] for step in whole["history"]] == ["report", "accept", "triage"]
