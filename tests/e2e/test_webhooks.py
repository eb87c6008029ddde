"""Alerts and webhooks of a whole Kite: the command line, the process that `serve` watches, and the routes."""

from __future__ import annotations

import os
import re
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from standardwebhooks.webhooks import Webhook

from dashboard.domain.cap import MIMETYPE
from dashboard.streams.audit import read_audit
from tests.domain.cap_schema import parsed, text
from tests.e2e.conftest import Running, app, run_city
from tests.e2e.test_api import ask, bearer, reported, send, token
from tests.outgoing.delivering import Receiver, until

pytestmark = pytest.mark.valkey


@pytest.fixture(scope="module")
def quiet(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite without a simulator."""
    with run_city(built, tmp_path_factory.mktemp("webhooks"), rate=0) as city:
        yield city


def fetched(city: Running, case_id: str) -> tuple[str, bytes]:
    """(content type, alert) of a case."""
    with urllib.request.urlopen(f"{city.kite.url}/api/v1/cases/{case_id}/alert.cap", timeout=30) as answer:
        return answer.headers["Content-Type"], answer.read()


def test_a_webhook_from_its_adding_to_its_removal(quiet: Running) -> None:
    to = Receiver([204])
    environment = {**quiet.environment(), "REDIS_URL": ""}  # the running Kite's store is found
    url = f"{to.url}?key=in-the-address"
    run = app("webhook", "add", url, "--events", "case.opened,alert", "--levels", "1,2", **environment)
    assert run.returncode == 0, run.stderr
    secret = run.stdout.strip()
    number = re.search(r"Webhook (\w+) is added", run.stderr)
    assert number
    listed = app("webhook", "list", **environment).stdout
    assert number[1] in listed
    assert to.url in listed
    assert secret not in listed
    assert app("webhook", "test", number[1], **environment).stdout == "The message was taken.\n"
    reported(quiet, "hooked", simulated="1")
    until(lambda: len(to.taken) == 3)
    pid = quiet.process("app.py deliver")
    os.kill(pid, signal.SIGKILL)
    reported(quiet, "meanwhile")
    until(lambda: len(to.taken) == 5)
    assert quiet.process("app.py deliver") != pid
    bodies = [Webhook(secret).verify(got.body, got.headers) for got in to.taken]
    assert [body["type"] for body in bodies] == ["webhook.test", *["case.opened", "alert"] * 2]
    assert bodies[2]["data"]["cap"].encode() == fetched(quiet, "hooked")[1]
    assert app("webhook", "remove", number[1], **environment).returncode == 0
    again = app("webhook", "remove", number[1], **environment)
    assert again.returncode == 2
    assert again.stderr.strip() == f"There is no webhook {number[1]}; `webhook list` lists them."
    told = [entry.told() for _, entry in read_audit(quiet.store, quiet.keys) if entry]
    of_it = [entry for entry in told if entry["subject"] == number[1]]
    assert [entry["action"] for entry in of_it] == ["webhook_added", "webhook_tested", "webhook_removed"]
    assert {(entry["where"], entry["facts"]["to"]) for entry in of_it} == {
        ("command line", urlsplit(to.url).netloc)
    }
    assert "in-the-address" not in str(told)
    to.close()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("ftp://a/",), "'ftp://a/' is no address to send to; give one as https://host/path."),
        (("https://me:x@a/",), "neither a user nor a fragment"),
        (("https://a/", "--events", "case.eaten"), "give some of case.opened"),
        (("https://a/", "--levels", "7"), "give some of 1,2,3,4"),
        (("https://a/", "--region", "1"), "There is no region 1"),
    ],
)
def test_what_cannot_be_added_gets_one_sentence(
    quiet: Running, arguments: tuple[str, ...], says: str
) -> None:
    run = app("webhook", "add", *arguments, **quiet.environment())
    assert run.returncode == 2
    assert says in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


def test_an_alert_is_fetched_updated_and_cancelled(quiet: Running) -> None:
    reported(quiet, "fetched", level="01")
    kind, first = fetched(quiet, "fetched")
    assert kind == MIMETYPE
    alert = parsed(first)
    assert (text(alert, "msgType"), text(alert, "sender")) == ("Alert", "kite.990100")
    assert text(alert, "info/headline").startswith("初报：特别重大 消防安全，小城市")
    assert send(quiet, "fetched", "accept")[0] == 200
    update = parsed(fetched(quiet, "fetched")[1])
    assert text(update, "msgType") == "Update"
    names = ("sender", "identifier", "sent")
    assert text(update, "references") == ",".join(text(alert, name) for name in names)
    _, listed = ask(quiet, "alerts")
    rows = {row["case"]: row for row in listed["alerts"]}
    assert listed["total"] == len(rows)
    assert rows["fetched"]["identifier"] == text(update, "identifier") == "fetched.2"
    assert rows["fetched"]["href"] == "/api/v1/cases/fetched/alert.cap"
    assert send(quiet, "fetched", "triage", level="03")[0] == 200
    assert text(parsed(fetched(quiet, "fetched")[1]), "msgType") == "Cancel"
    assert "fetched" not in {row["case"] for row in ask(quiet, "alerts")[1]["alerts"]}


def test_a_lesser_case_and_an_unknown_one_have_no_alert(quiet: Running) -> None:
    reported(quiet, "lesser", level="03")
    status, answer = ask(quiet, "cases/lesser/alert.cap")
    assert (status, answer["sentence"]) == (
        404, "Case lesser has no alert: only cases of levels 01 and 02 have one.",
    )  # fmt: skip
    assert ask(quiet, "cases/none/alert.cap")[0] == 404
    assert ask(quiet, "alerts?region=1")[0] == 400


def test_alerts_are_gated_as_the_case_is(quiet: Running) -> None:
    reported(quiet, "gated", level="01")
    _, whole = ask(quiet, "cases/gated")
    here, there = sorted(("990101", "990102"), key=lambda code: not whole["grid_code"].startswith(code))
    inside, outside = (bearer(token(quiet, f"{code}席", region=code)) for code in (here, there))
    assert ask(quiet, "cases/gated/alert.cap", **outside)[0] == 404
    assert ask(quiet, f"alerts?region={here}", **outside)[0] == 403
    _, listed = ask(quiet, f"alerts?region={here}", **inside)
    assert [row["case"] for row in listed["alerts"]].count("gated") == 1
    request = urllib.request.Request(f"{quiet.kite.url}/api/v1/cases/gated/alert.cap", headers=inside)
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200
