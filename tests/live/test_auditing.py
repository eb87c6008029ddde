"""What the requests of an application leave behind in its audit stream."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from flask import Flask, abort, redirect

from dashboard.domain.access import Identity
from dashboard.domain.audit import ACTIONS, Happening
from dashboard.live import auditing, route_table
from dashboard.live.auditing import Auditing
from dashboard.live.identity import UnidentifiedError
from dashboard.live.noting import about, note
from dashboard.live.route_table import TABLE, Access
from tests.parts import ROOT

SEAT = Identity("东城值班", "officer", "990101")


class Log:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.taken: list[Happening] = []
        self.flushed = 0
        self.failures = 0
        self.waiting = 0

    def take(self, happened: Happening) -> None:
        self.taken.append(happened)

    def flush(self, soon: bool = False) -> bool:
        self.flushed += 1
        return True


class World:
    """An application with a few routes, and who is asking."""

    def __init__(self) -> None:
        self.log: Any = Log()
        self.who: Identity | None = SEAT
        self.server = Flask("test")
        Auditing(self.log, self.identity, {"990101", "990102"}).install(self.server)

        @self.server.get("/seen/<code>")
        def seen(code: str) -> str:
            return code

        @self.server.get("/any/<path:path>")
        def anything(path: str) -> str:
            return path

        @self.server.post("/done")
        def done() -> str:
            about(subject="case-1", region="990102", command="accept")
            about(subject="case-2")  # the first to say it is right
            return ""

        @self.server.get("/led")
        def led() -> Any:
            return redirect("/sign-in")

        @self.server.get("/status/<int:status>")
        def status(status: int) -> Any:
            abort(status)

        @self.server.get("/unnoted")
        def unnoted() -> str:
            return ""

    def identity(self) -> Identity:
        if self.who is None:
            raise UnidentifiedError("nobody")
        return self.who

    def ask(self, method: str, path: str, address: str = "10.1.2.3") -> None:
        self.server.test_client().open(path, method=method, environ_base={"REMOTE_ADDR": address})


ROWS = {
    ("GET", "/seen/<code>"): Access("view", "figures_seen"),
    ("GET", "/any/<path:path>"): Access("view", "page_seen"),
    ("POST", "/done"): Access("view", "case_commanded"),
    ("GET", "/led"): Access("view", "page_seen"),
    ("GET", "/status/<int:status>"): Access("view", "exported"),
    ("GET", "/unnoted"): Access("view"),
}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(route_table, "TABLE", ROWS)
    return World()


def test_what_is_done_is_written_at_once_with_what_it_is_about(world):
    world.ask("POST", "/done")
    (told,) = world.log.taken
    assert (told.action, told.subject, told.region) == ("case_commanded", "case-1", "990102")
    assert (told.who, told.role, told.bound, told.where) == ("东城值班", "officer", "990101", "10.1.2.3")
    assert (told.outcome, told.facts) == ("done", {"command": "accept"})
    assert world.log.flushed == 1


def test_what_is_seen_waits_and_is_noted_once_in_a_while(world, monkeypatch):
    for path in ("/seen/990102", "/seen/990102", "/seen/990101"):
        world.ask("GET", path)
    world.ask("GET", "/seen/990102", address="10.9.9.9")
    assert [(told.subject, told.region, told.where) for told in world.log.taken] == [
        ("/seen/990102", "990102", "10.1.2.3"),
        ("/seen/990101", "990101", "10.1.2.3"),
        ("/seen/990102", "990102", "10.9.9.9"),
    ]
    assert world.log.flushed == 0
    monkeypatch.setattr(auditing, "SEEN_AGAIN_S", 0.0)
    world.ask("GET", "/seen/990102")
    assert len(world.log.taken) == 4


def test_addresses_that_anybody_can_make_up_don_t_fill_the_stream(world):
    for number in range(20):
        world.ask("GET", f"/any/{number}")
    assert [told.subject for told in world.log.taken] == ["/any/<path:path>"]


@pytest.mark.parametrize(
    ("status", "outcome"), [(403, "refused"), (404, "refused"), (429, "refused"), (503, "failed")]
)
def test_the_outcome_is_that_of_the_answer(world, status, outcome):
    world.ask("GET", f"/status/{status}")
    assert [told.outcome for told in world.log.taken] == [outcome]


def test_who_asks_too_much_is_noted_once_in_a_while(world):
    for _ in range(5):
        world.ask("GET", "/status/429")
    assert [told.outcome for told in world.log.taken] == ["refused"]
    for _ in range(2):
        world.ask("GET", "/status/403")
    assert len(world.log.taken) == 3


def test_nothing_is_noted_of_who_is_led_elsewhere_or_of_nobody_or_where_the_table_says_nothing(world):
    world.ask("GET", "/led")
    world.ask("GET", "/unnoted")
    world.ask("GET", "/nowhere")
    world.who = None
    world.ask("GET", "/seen/990101")
    world.ask("POST", "/done")
    assert world.log.taken == []


def test_without_an_audit_stream_noting_does_nothing():
    note("sign_in")
    with Flask("bare").app_context():
        note("sign_in")


def test_a_note_outside_of_a_request_has_no_address(world):
    with world.server.app_context():
        note("locked", subject="东城值班", region="990101")
    (told,) = world.log.taken
    assert (told.who, told.where, told.bound) == ("", "", "*")


def test_every_action_of_the_route_table_is_one():
    assert {access.audit for access in TABLE.values()} - {""} <= set(ACTIONS)


def actions_noted() -> set[str]:
    """What the code notes by name, wherever it does."""
    found = set()
    for folder in ("dashboard", "callbacks"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                name = ast.unparse(node.func).split(".")[-1] if isinstance(node, ast.Call) else ""
                if name in ("note", "_note", "note_by_command_line") and isinstance(node, ast.Call):
                    texts = (arg.value for arg in node.args if isinstance(arg, ast.Constant))
                    found |= {text for text in texts if isinstance(text, str)}
    return found


def test_every_action_that_the_code_notes_is_one_and_each_is_noted_somewhere():
    noted = actions_noted()
    assert noted - set(ACTIONS) == set()
    assert set(ACTIONS) - noted - {access.audit for access in TABLE.values()} == set()
