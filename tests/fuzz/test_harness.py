"""The fuzzers find what they look for: broken on purpose, they say so."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from hypothesis import strategies as st

from dashboard.streams import parsing
from tests.fuzz.api import check
from tests.fuzz.bytes import note_reached
from tests.fuzz.drawing import draw_examples
from tests.fuzz.entries import running_city
from tests.fuzz.files import File, fuzz_files
from tests.fuzz.runs import ALONE, SERVED, SHARES
from tests.fuzz.tally import Tally, total
from tests.streams.small_city import now_ms, report


def numbers(tally: Tally, inputs: int) -> list[int]:
    seen: list[int] = []

    def one(number: int) -> None:
        seen.append(number)
        tally.answer("small" if number < 100 else "large")
        assert number < 100, "a large one"

    draw_examples(tally, one, st.integers(0, 1000), inputs, seed=1)
    return seen


def test_a_failure_is_noted_once_and_the_inputs_go_on() -> None:
    tally = Tally("numbers")
    numbers(tally, 200)
    assert tally.inputs >= 200
    assert tally.answers.keys() == {"small", "large"}
    assert (
        len([failure for failure in tally.failures if failure.startswith("AssertionError: a large one")]) == 1
    )
    assert "failures" in total([tally])


def test_the_same_seed_draws_the_same_inputs() -> None:
    assert numbers(Tally("a"), 50) == numbers(Tally("b"), 50)


@pytest.mark.parametrize(
    ("status", "body", "passes"),
    [
        (200, b"{}", True),
        (404, b"no JSON", True),
        (422, b'{"reason":"outside","sentence":"x"}', True),
        (500, b"", False),
        (503, b'{"reason":"unapplied","sentence":"x"}', False),
        (200, b"Traceback (most recent call last):", False),
    ],
)
def test_an_answer_that_must_not_be_fails(status: int, body: bytes, passes: bool) -> None:
    tally = Tally("api")
    if passes:
        check(tally, "GET /", status, body)
    else:
        with pytest.raises(AssertionError):
            check(tally, "GET /", status, body)
    assert tally.inputs == 1


@pytest.mark.valkey
def test_a_poisoned_batch_and_a_lost_good_entry_are_found() -> None:
    bad = [("reports", {k.encode(): v.encode() for k, v in report("bad", now_ms(), colour="red").items()})]
    with running_city() as city:
        tally = Tally("entries")
        city.put(bad, tally)
        assert tally.answers == {"unknown_field": 1}
        with mock.patch.object(parsing, "decode_texts", side_effect=LookupError), pytest.raises(LookupError):
            city.put(bad, tally)
        sound = parsing.parse_cases

        def losing(*arguments: Any) -> Any:
            return sound(*arguments)[:-1]

        lost = mock.patch("dashboard.streams.projection.parse_cases", losing)
        with lost, pytest.raises(AssertionError, match="were not applied"):
            city.put(bad, tally)


def test_a_reader_that_fails_is_found() -> None:
    with mock.patch("tests.fuzz.files.load_map", side_effect=KeyError("x")):
        tally = fuzz_files(20, seed=1)
    assert any(failure.startswith("KeyError") for failure in tally.failures)
    assert File("a.csv", b"").options.simulated is False


def test_bytes_that_nothing_guided_are_told() -> None:
    """As where all that is to be looked into was imported before atheris could."""
    guided, blind = Tally("bytes"), Tally("bytes")
    said = "#9\tINITED cov: 900 ft: 1\n#40\tNEW    cov: 905 ft: 2\n#41\tREDUCE cov: 905 ft: 2\n"
    note_reached(guided, f"{said}#500\tDONE   cov: 917 ft: 3\n")
    assert guided.failures == []
    assert "900 places of the code by good input, 917 in the end; 1 inputs" in guided.facts[0]
    note_reached(blind, "#9\tINITED cov: 2 ft: 2\n#500\tDONE   cov: 2 ft: 2\n")
    assert "not guided" in blind.failures[0]


def test_every_target_has_a_share() -> None:
    assert {*ALONE, *SERVED} == set(SHARES)
    assert sum(SHARES.values()) == pytest.approx(1)
