"""Letters are corrected and sent again, or dropped: each once, whoever clicks and whatever breaks."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis

from dashboard.domain.correcting import as_texts, check, fields_of, schema_of, typed
from dashboard.domain.events import parse_camera, parse_unit
from dashboard.domain.refused import REASONS, Refused
from dashboard.streams.city import CityModel
from dashboard.streams.dead_letters import ARRIVED, count_again, read_dead
from dashboard.streams.keys import Keys
from dashboard.streams.letters_desk import DROPPED, RESENT, Asked, LetterError, LettersDesk
from dashboard.streams.writer import Writer
from tests.streams.projecting import cases_of, project, rebuild_with, state
from tests.streams.small_city import camera, command, now_ms, recent_load, report

pytestmark = pytest.mark.valkey
SECRET = "13812345678"


@pytest.fixture
def desk(client: redis.Redis, keys: Keys) -> LettersDesk:
    return LettersDesk(client, keys)


def raw_count(client: redis.Redis, keys: Keys, kind: str) -> int:
    return int(client.xlen(keys.raw(kind)))


def only(desk: LettersDesk, **asked: str) -> Any:
    found = desk.page(Asked(**asked)).letters
    assert len(found) == 1, found
    return found[0]


def test_a_corrected_letter_is_applied_and_marked(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, desk: LettersDesk
) -> None:
    at_ms = now_ms()
    wrong = {**report("a", at_ms), "colour": "red", "level": "9"}
    writer.append("reports", wrong)
    project(client, city)
    letter = only(desk)
    values = as_texts(letter.letter.values)
    assert values == wrong
    schema = schema_of("reports", values)
    fields = typed(schema, {**values, "level": "02"})
    assert "colour" not in fields
    with pytest.raises(Refused):
        desk.resend(letter, typed(schema, values), "值班", at_ms, check)  # the level is as wrong as it was
    assert raw_count(client, keys, "reports") == 1
    mark, was_now = desk.resend(letter, fields, "值班", at_ms, check)
    assert (mark.done, mark.by, mark.at_ms, was_now) == (RESENT, "值班", at_ms, True)
    sent: Any = client.xrange(keys.raw("reports"), mark.entry, mark.entry)
    assert {name.decode(): value.decode() for name, value in sent[0][1].items()} == fields
    project(client, city)
    assert cases_of(client, keys) == {"a"}
    assert only(desk, done=RESENT).mark == mark
    assert desk.page(Asked(done="waiting")).letters == []
    first = state(client, keys)
    rebuild_with(client, keys, city)
    assert state(client, keys) == first


def test_a_second_click_sends_nothing(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, desk: LettersDesk
) -> None:
    at_ms = now_ms()
    for number in range(10):
        writer.append("reports", {**report(f"c{number}", at_ms), "colour": "red"})
    project(client, city)
    letters = list(desk.all(Asked()))
    work = [letter for letter in letters for _ in range(8)]

    def click(letter: Any) -> bool:
        fields = typed("report", as_texts(letter.letter.values))
        return desk.resend(letter, fields, "值班", at_ms, check)[1]

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(click, work)) == 10
    assert raw_count(client, keys, "reports") == 20
    assert desk.drop(letters[0], "other", "值班", at_ms)[0].done == RESENT  # what is sent is sent
    assert desk.counts() == {
        (ARRIVED, "reports", "unknown_field"): 10,
        (RESENT, "reports", "unknown_field"): 10,
    }
    project(client, city)
    assert len(cases_of(client, keys)) == 10


def test_an_answer_that_is_lost_sends_nothing_twice(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, desk: LettersDesk
) -> None:
    """The process that sent it dies before it hears that it was done."""
    at_ms = now_ms()
    writer.append("reports", {**report("a", at_ms), "colour": "red"})
    project(client, city)
    letter = only(desk)
    client.script_load(desk._settle.script)  # or the first try would only learn that it is not known yet
    fields = typed("report", as_texts(letter.letter.values))
    dying = redis.Redis.from_pool(redis.ConnectionPool(**client.connection_pool.connection_kwargs))
    other = LettersDesk(dying, keys)

    def gone(*_: Any, **__: Any) -> None:
        raise redis.ConnectionError("gone")

    dying.parse_response = gone  # type: ignore[method-assign]
    with pytest.raises(redis.ConnectionError):
        other.resend(letter, fields, "值班", at_ms, check)
    client.ping()  # a later request: the lost one has been dealt with
    _wait_for_mark(desk)
    mark, was_now = desk.resend(letter, fields, "值班", at_ms + 1, check)
    assert (mark.at_ms, was_now) == (at_ms, False)
    assert raw_count(client, keys, "reports") == 2


def _wait_for_mark(desk: LettersDesk) -> None:
    for _ in range(100_000):
        if only(desk).mark:
            return
    raise AssertionError("the server never did what was asked")


def test_of_persons_there_are_names_of_fields_alone(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, desk: LettersDesk
) -> None:
    at_ms = now_ms()
    writer.append("reports", {**report("a", at_ms), "phone": SECRET})
    writer.append("reports", {**report("b", at_ms), "colour": "red"})
    project(client, city)
    letter = only(desk, reason="personal")
    assert (letter.can_be_sent, letter.letter.values) == (False, None)
    assert "phone" in letter.letter.fields
    with pytest.raises(LetterError):
        desk.resend(letter, report("a", at_ms), "值班", at_ms, check)
    with pytest.raises(LetterError):
        desk.drop(letter, f"因为{SECRET}", "值班", at_ms)
    mark, was_now = desk.drop(letter, "personal", "值班", at_ms)
    assert (mark.done, mark.reason, mark.entry, was_now) == (DROPPED, "personal", "", True)
    # What a person types into the form is judged as an entry is.
    other = only(desk, reason="unknown_field")
    with pytest.raises(Refused) as refusal:
        desk.resend(other, {**report("b", at_ms), "summary": f"电话{SECRET}"}, "值班", at_ms, check)
    assert refusal.value.reason_code == "personal"
    assert SECRET not in refusal.value.sentence
    held = {key: client.dump(key) for key in client.scan_iter()}
    assert all(SECRET.encode() not in (data or b"") for data in held.values())
    assert raw_count(client, keys, "reports") == 1


def test_what_is_sent_may_be_refused_again_and_says_for_which_letter_it_was(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, desk: LettersDesk
) -> None:
    writer.append("commands", command("nobody", "accept", now_ms()))
    project(client, city)
    first = only(desk)
    desk.resend(first, as_texts(first.letter.values), "值班", now_ms(), check)
    project(client, city)
    second = only(desk, done="waiting")
    assert (second.again, second.letter.reason) == (first.id, "unknown_case")
    assert first.again == ""


def test_counts_are_those_of_the_letters(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, desk: LettersDesk
) -> None:
    for kind, fields in recent_load(city, 3):
        writer.append(kind, fields)
    writer.append("reports", {**report("p", now_ms()), "phone": SECRET})
    project(client, city)
    counted = Counter((ARRIVED, letter.kind, letter.reason) for _, letter in read_dead(client, keys, 10_000))
    assert len(counted) > 3
    assert desk.counts() == counted
    rebuild_with(client, keys, city)
    assert desk.counts() == counted
    assert not count_again(client, keys)
    client.delete(keys.letter_counts)  # as of a store of an earlier release
    project(client, city)
    assert desk.counts() == counted


def test_pages_hold_every_letter_once(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, desk: LettersDesk
) -> None:
    for number in range(7):
        writer.append("reports", {"id": f"r{number}", "colour": "red"})
        writer.append("cameras", {**camera(number, "online", now_ms()), "colour": "red"})
    project(client, city)
    seen, before = [], ""
    while True:
        found = desk.page(Asked(kind="cameras"), before, 3)
        seen += found.letters
        before = found.further
        if not before:
            break
    assert [letter.letter.values["camera"] for letter in seen] == [str(n) for n in range(6, -1, -1)]
    assert len(list(desk.all(Asked()))) == 14
    with pytest.raises(LetterError):
        desk.letter("1-1")
    with pytest.raises(LetterError):
        desk.letter("*")


def test_a_letter_that_was_trimmed_is_not_sent(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, desk: LettersDesk
) -> None:
    writer.append("reports", {**report("a", now_ms()), "colour": "red"})
    project(client, city)
    letter = only(desk)
    client.xtrim(keys.dead, maxlen=0, approximate=False)
    with pytest.raises(LetterError):
        desk.resend(letter, report("a", now_ms()), "值班", now_ms(), check)
    assert raw_count(client, keys, "reports") == 1


def test_packed_records_become_flat_entries(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, desk: LettersDesk
) -> None:
    at_ms = now_ms()
    good = {"camera": 1, "status": 1, "at_ms": at_ms}
    writer.append_packed("cameras", [good, {"camera": 9_999, "status": 2, "at_ms": at_ms}])
    writer.append_packed("units", [{"unit": 999, "state": 1, "lon": 119.5, "lat": 36.5, "at_ms": at_ms}])
    writer.append("units", {"packed": "nonsense!"})
    project(client, city)
    of_camera = as_texts(only(desk, kind="cameras").letter.values)
    event = parse_camera(of_camera, at_ms)
    assert (event.camera, event.status, event.at_ms) == (9_999, 2, at_ms)
    of_units = {letter.can_be_sent: letter for letter in desk.all(Asked(kind="units"))}
    unit_event = parse_unit(as_texts(of_units[True].letter.values), at_ms)
    assert (unit_event.unit, unit_event.state, unit_event.lon, unit_event.at_ms) == ("999", 1, 119.5, at_ms)
    assert False in of_units  # the whole entry could not be read


def test_every_reason_has_a_meaning_and_every_schema_its_fields() -> None:
    assert {"personal", "too_large"} < set(REASONS)
    for schema in ("report", "command", "publish", "camera", "unit", "heartbeat"):
        assert fields_of(schema)
    assert schema_of("commands", {"command": "publish"}) == "publish"
    assert schema_of("cameras", {"kind": "heartbeat"}) == "heartbeat"
