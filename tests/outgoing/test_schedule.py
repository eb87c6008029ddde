"""Messages of one case keep their order; a case that waits holds up no other; nothing is lost."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dashboard.outgoing.schedule import Schedule
from dashboard.streams.outbox import Message


def message(number: int, case: str, due_ms: int = 0) -> Message:
    return Message("h", f"m{number}", case, "case.changed", b"{}", f"{number}-0", due_ms=due_ms)


@given(cases=st.lists(st.sampled_from("abc"), max_size=30), luck=st.randoms(use_true_random=False))
def test_each_is_delivered_once_and_in_the_order_of_its_case(cases: list[str], luck: object) -> None:
    schedule, delivered = Schedule(), []
    messages = [message(number, case) for number, case in enumerate(cases)]
    now_ms = 0
    for one in messages:
        schedule.add(one)
        schedule.add(one)  # known already
    assert len(schedule) == len(messages)
    while len(schedule):
        found = schedule.take(now_ms)
        if found is None:
            following = schedule.next_ms()
            assert following is not None
            assert following > now_ms
            now_ms = following
        elif luck.random() < 0.3:  # type: ignore[attr-defined]
            schedule.again(replace(found, due_ms=now_ms + 10))
        elif luck.random() < 0.2:  # type: ignore[attr-defined]
            schedule.again(found)
            delivered.append(oldest := schedule.oldest())
            schedule.done(oldest)
        else:
            delivered.append(found)
            schedule.done(found)
    assert sorted(int(one.id[1:]) for one in delivered) == list(range(len(cases)))
    for case in "abc":
        of_case = [int(one.id[1:]) for one in delivered if one.case == case]
        assert of_case == sorted(of_case)
    assert schedule.next_ms() is None


def test_a_case_that_waits_holds_up_no_other() -> None:
    schedule = Schedule()
    for one in (message(0, "a", 1_000), message(1, "a"), message(2, "b")):
        schedule.add(one)
    found = schedule.take(0)
    assert found is not None
    assert found.id == "m2"
    schedule.done(found)
    assert schedule.take(0) is None
    assert schedule.next_ms() == 1_000


def test_all_that_waits_is_given_when_it_is_let_go_of() -> None:
    schedule = Schedule()
    schedule.add(message(0, "a"))
    schedule.add(message(1, "a"))
    assert [one.id for one in schedule.clear()] == ["m0", "m1"]
    assert (len(schedule), schedule.next_ms()) == (0, None)
