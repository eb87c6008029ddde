"""Logs: lines that people and log stores read, and no secret in them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime

import pytest

from dashboard import logs

SECRETS = (
    # text to log, what must not be in the line
    ("token kite_9fJ0sQ-3kz_vP0aXq8wLr2mN5tYbC7dE made", "9fJ0sQ"),
    ("store redis://kite:s3cr3t-word@10.0.0.5:6379/0 is away", "s3cr3t-word"),
    ("store redis+sentinel://:s3cr3t-word@10.0.0.5:26379/main is away", "s3cr3t-word"),
    ("Authorization: Bearer abcdef.123456", "abcdef.123456"),
    ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
    ("{'Cookie': 'session=eJwlzj; kite=abc', 'Host': 'kite.example'}", "eJwlzj"),
    ("Set-Cookie: session=eJwlzj; Path=/", "eJwlzj"),
    ("form name=duty&password=correct+horse&next=/", "correct+horse"),
    ('{"name": "duty", "password": "correct horse"}', "correct"),
    ('{"name": "duty", "password": "correct horse"}', "horse"),
    ("{'new_password': 'correct \\' horse', 'name': 'duty'}", "horse"),
    ("KITE_SECRET_KEY=0123456789abcdef", "0123456789abcdef"),
    ("GET /oidc/callback?code=SplxlOBeZQ&state=af0ifjsld", "SplxlOBeZQ"),
    ("GET /oidc/callback?code=SplxlOBeZQ&state=af0ifjsld", "af0ifjsld"),
    ("client_secret=7Fjfp0ZBr1KtDRbn", "7Fjfp0ZBr1KtDRbn"),
    ("webhook whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8G"),
    ("id token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", "eyJzdWIiOiJ4In0"),
    ("kept $argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaGVk", "aGFzaGVk"),
)
HARMLESS = (
    "project ended (exit code 3); starting it again in 0.2 s",
    "Webhook 7f3a does not take messages (HTTP 500 from https://systems.example/kite?region=370702)",
    "The token office-7 was revoked; 3 tokens are left.",
    "The changes can't be read (Error 111 connecting to 127.0.0.1:6379. Connection refused.); trying again.",
    "读取 {370700}:reports 时出错",
)


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], _ = handlers, root.setLevel(level)


def line_of(form: str, text: str, level: str = "INFO", **fields: object) -> str:
    stream = io.StringIO()
    logs.configure(level, form, stream)
    logging.getLogger("dashboard.probe").warning("%s", text, extra=fields)
    return stream.getvalue()


@pytest.mark.parametrize("form", logs.FORMATS)
@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_no_secret_is_in_a_line(form: str, text: str, secret: str) -> None:
    assert secret not in line_of(form, text)
    assert secret not in line_of(form, "what came", request={"headers": [text]})


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_is_told_whole(text: str) -> None:
    assert text in line_of(logs.TEXT, text)
    assert json.loads(line_of(logs.JSON, text))["event"] == text


@pytest.mark.parametrize("form", logs.FORMATS)
def test_no_secret_is_in_a_traceback_or_a_field(form: str) -> None:
    stream = io.StringIO()
    logs.configure("INFO", form, stream)
    try:
        raise ValueError("redis://:s3cr3t-word@store:6379/0")
    except ValueError:
        logging.getLogger("dashboard.probe").exception("failed", extra={"password": "correct-horse"})
    assert "ValueError" in stream.getvalue()
    assert "s3cr3t-word" not in stream.getvalue()
    assert "correct-horse" not in stream.getvalue()


def test_a_json_line_is_one_object_with_time_level_logger_and_fields() -> None:
    line = line_of(logs.JSON, 'with "quotes"\nand a second line', stream_name="reports", entries=3)
    assert line.count("\n") == 1
    event = json.loads(line)
    assert event.pop("event") == 'with "quotes"\nand a second line'
    assert datetime.fromisoformat(event.pop("timestamp")).utcoffset() is not None
    assert event == {
        "level": "warning", "logger": "dashboard.probe", "stream_name": "reports", "entries": 3,
    }  # fmt: skip


def test_a_text_line_says_when_how_grave_and_who() -> None:
    time, rest = line_of(logs.TEXT, "it happened", entries=3).split(" ", 1)
    assert datetime.fromisoformat(time)
    assert rest == "WARNING dashboard.probe: it happened entries=3\n"


def test_told_twice_it_logs_once_and_leaves_other_handlers_alone(capsys: pytest.CaptureFixture[str]) -> None:
    others = list(logging.getLogger().handlers)
    logs.configure("INFO")
    logs.configure("INFO", logs.JSON)
    logging.getLogger("dashboard.probe").warning("it happened")
    lines = capsys.readouterr().err.splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["it happened"]
    assert others == logging.getLogger().handlers[: len(others)]


@pytest.mark.parametrize("name", ["X-Kite-Token", "client-secret", "old_password", "Set-Cookie"])
def test_no_secret_is_in_a_field_that_is_named_for_it(name: str) -> None:
    assert "correct-horse" not in line_of(logs.JSON, "what came", headers={name: "correct-horse"})


def test_what_came_in_a_text_does_not_begin_a_line_as_an_event_does() -> None:
    forged = "place\n2026-12-01T14:00:00Z ERROR dashboard.streams: the record is lost"
    for line in (line_of(logs.TEXT, forged), line_of(logs.TEXT, "refused", place=forged)):
        assert [part[:4] for part in line.splitlines()[1:]] == ["    "]
        assert "the record is lost" in line


@pytest.mark.parametrize("form", logs.FORMATS)
def test_half_a_character_is_logged_all_the_same(form: str) -> None:
    assert "it came" in line_of(form, "it came: \ud83d", value="\ud83d")


@pytest.mark.parametrize("form", logs.FORMATS)
def test_what_can_not_be_logged_is_told_without_its_text(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = io.StringIO()
    logs.configure("INFO", form, stream)
    text = "%d entries with the password correct-horse"
    record = logging.LogRecord("dashboard.probe", logging.WARNING, __file__, 1, text, ("many",), None)
    logging.getLogger().handlers[-1].handle(record)
    assert stream.getvalue() == "A line of dashboard.probe could not be logged: TypeError\n"
    assert capsys.readouterr().err == ""


def test_what_is_less_grave_is_not_logged() -> None:
    assert line_of(logs.TEXT, "it happened", "ERROR") == ""
