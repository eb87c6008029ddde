"""Webhooks against real receivers and a real store: filters, retries, dead receivers, gaps, and kill -9."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dashboard.domain import webhooks as domain
from dashboard.domain.cap import NAMESPACE
from dashboard.outgoing import posting
from dashboard.streams import outbox, projector
from dashboard.streams.webhooks import remove_webhook
from dashboard.streams.writer import Writer
from tests.domain.cap_schema import parsed
from tests.outgoing.delivering import HANG, QUICK_S, City, Receiver, start, starter, until, verified
from tests.streams.projecting import url_of
from tests.streams.small_city import now_ms, report

pytestmark = pytest.mark.valkey
MakeReceiver = Callable[..., Receiver]
CASES = "case.opened,case.changed,case.closed"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short delays and little patience."""
    monkeypatch.setattr(domain, "DELAYS_S", QUICK_S)
    monkeypatch.setattr(posting, "ANSWER_TIMEOUT_S", 0.3)


def nothing_waits(city: City) -> bool:
    return not city.client.xlen(city.keys.outbox()) and not city.client.exists(city.keys.outbox("tries"))


def test_a_case_is_told_from_opened_to_closed_in_signed_messages(city: City, receiver: MakeReceiver) -> None:
    to = receiver()
    city.project()
    hook = city.hook(to.url, CASES)
    with city.delivering():
        city.report("a", 7, level="02", type="fire", place="东关社区", summary="楼道冒烟")
        city.command("a", "accept")
        city.close("a", 7, level="02", type="fire")
        until(lambda: len(to.taken) == 3)
        until(lambda: nothing_waits(city))
    assert to.told() == [("case.opened", "a", 1), ("case.changed", "a", 2), ("case.closed", "a", 3)]
    bodies = [verified(hook, got) for got in to.taken]
    assert len({got.id for got in to.taken}) == 3
    data = bodies[0]["data"]
    assert set(bodies[0]) == {"type", "timestamp", "data"}
    assert (data["level"], data["state"], data["place"]) == (2, "reported", "东关社区")
    assert data["grid_code"] == city.grid_code(7)
    lon, lat = city.pack.to_lonlat(city.model.grid_xy[7])
    assert (data["lon"], data["lat"]) == pytest.approx((float(lon), float(lat)), abs=1e-6)
    assert "history" not in data
    assert [body["data"]["state"] for body in bodies] == ["reported", "accepted", "closed"]


def test_each_webhook_is_told_of_its_events_region_and_levels(city: City, receiver: MakeReceiver) -> None:
    every, opened, grave, here = receiver(), receiver(), receiver(), receiver()
    county = city.model.hierarchy.codes[1]
    outside = city.model.grid_count - 1
    city.project()
    for to, options in (
        (every, {"events": CASES}), (opened, {"events": "case.opened"}),
        (grave, {"events": CASES, "levels": "1,2"}), (here, {"events": CASES, "region": county}),
    ):  # fmt: skip
        city.hook(to.url, **options)
    with city.delivering():
        city.report("a", 0, level="02")
        city.report("b", outside, level="03")
        city.command("a", "accept")
        city.command("a", "triage", level="03")
        city.command("a", "assign", departments="住建局")
        until(lambda: len(every.taken) == 5)
        until(lambda: nothing_waits(city))
    assert opened.told() == [("case.opened", "a", 1), ("case.opened", "b", 1)]
    assert grave.told() == [("case.opened", "a", 1), ("case.changed", "a", 2), ("case.changed", "a", 3)]
    assert [told[1] for told in here.told()] == ["a"] * 4


def test_alerts_are_valid_cancelled_and_refer_to_one_another(city: City, receiver: MakeReceiver) -> None:
    to = receiver()
    city.project()
    city.hook(to.url, "alert")
    with city.delivering():
        city.report("a", 3, level="01", type="hazardous_leak", simulated="1")
        city.report("b", 3, level="04")
        city.command("a", "accept")
        city.command("a", "triage", level="03")
        city.command("a", "triage", level="02", number="again")
        city.close("a", 3, level="02", type="hazardous_leak", simulated="1")
        until(lambda: len(to.taken) == 5)
    alerts = [parsed(got.json["data"]["cap"].encode()) for got in to.taken]

    def said(name: str) -> list[str]:
        return [alert.findtext(name, "", {"": NAMESPACE}) for alert in alerts]

    assert said("msgType") == ["Alert", "Update", "Cancel", "Alert", "Cancel"]
    full = [",".join(row) for row in zip(said("sender"), said("identifier"), said("sent"), strict=True)]
    assert said("references") == ["", full[0], " ".join(full[:2]), "", full[3]]
    assert set(said("status")) == {"Test"}
    polygon = alerts[0].findtext("info/area/polygon", "", {"": NAMESPACE}).split()
    assert polygon[0] == polygon[-1]


def test_a_receiver_that_fails_at_first_gets_it_in_the_end(city: City, receiver: MakeReceiver) -> None:
    to = receiver(500, (503, {"Retry-After": "1"}), 204)
    city.project()
    hook = city.hook(to.url, CASES)
    with city.delivering():
        city.report("a")
        until(lambda: len(to.taken) == 1)
        until(lambda: nothing_waits(city))
    assert [got.answer for got in to.got] == [500, (503, {"Retry-After": "1"}), 204]
    assert len({got.id for got in to.got}) == 1
    assert to.got[2].at_s - to.got[1].at_s >= 0.95
    assert verified(hook, to.got[2])["type"] == "case.opened"


def test_messages_of_one_case_keep_their_order_while_others_pass(city: City, receiver: MakeReceiver) -> None:
    to = receiver(500, 204)
    city.project()
    city.hook(to.url, CASES)
    with city.delivering():
        city.report("a")
        until(lambda: to.got)
        city.command("a", "accept")
        city.report("b", 1)
        until(lambda: len(to.taken) == 3)
    of_a = [told for told in to.told() if told[1] == "a"]
    assert of_a == [("case.opened", "a", 1), ("case.changed", "a", 2)]


@pytest.mark.parametrize("answer", [HANG, 500, "closed"])
def test_a_dead_receiver_holds_up_no_other(city: City, receiver: MakeReceiver, answer: object) -> None:
    dead, well = receiver(answer if answer != "closed" else 204), receiver()
    if answer == "closed":
        dead.close()
    city.project()
    lost = city.hook(dead.url, CASES)
    city.hook(well.url, CASES)
    with city.delivering():
        for number in range(6):
            city.report(f"c{number}", number)
        until(lambda: len(well.taken) == 6)
        until(lambda: len(outbox.undelivered(city.client, city.keys)) == 6)
        until(lambda: nothing_waits(city))
    assert [told[1] for told in well.told()] == [f"c{number}" for number in range(6)]
    letters = outbox.undelivered(city.client, city.keys)
    assert {letter.hook for letter, _ in letters} == {lost.id}
    assert all(letter.tries == len(QUICK_S) + 1 for letter, _ in letters)
    if answer == HANG:
        assert len(dead.got) == 6 * (len(QUICK_S) + 1)
        assert all("does not answer" in reason for _, reason in letters)


def test_a_redirect_is_a_failure_that_is_not_followed(
    city: City, receiver: MakeReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere = receiver()
    to = receiver((302, {"Location": elsewhere.url}))
    city.project()
    hook = city.hook(to.url + "?key=hidden", CASES)
    caplog.set_level(logging.INFO)
    with city.delivering():
        city.report("a")
        city.report("b", 1)
        until(lambda: len(outbox.undelivered(city.client, city.keys)) == 2)
    assert not elsewhere.got
    (_, reason), _ = outbox.undelivered(city.client, city.keys)
    assert reason == f"it answered 302; tried {len(QUICK_S) + 1} times"
    said = [record.getMessage() for record in caplog.records if hook.id in record.getMessage()]
    assert len([text for text in said if "did not get a message" in text]) == 1
    assert "hidden" not in caplog.text
    assert hook.secret not in caplog.text


def test_too_many_waiting_messages_drop_the_oldest_and_say_so(
    city: City, receiver: MakeReceiver, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain, "DELAYS_S", (3_600,))
    to = receiver(500)
    city.project()
    city.hook(to.url, CASES)
    with city.delivering(longest=3):
        for number in range(5):
            city.report(f"c{number}", number)
        until(lambda: len(outbox.undelivered(city.client, city.keys)) == 2)
        assert city.client.xlen(city.keys.outbox()) == 3
    letters = outbox.undelivered(city.client, city.keys)
    assert sorted(letter.case for letter, _ in letters) == ["c0", "c1"]
    assert "more than 3 messages waited" in caplog.text


def test_what_waits_is_tried_again_after_a_restart_when_it_is_due(
    city: City, receiver: MakeReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = receiver(500, 204)
    city.project()
    city.hook(to.url, CASES)
    monkeypatch.setattr(domain, "DELAYS_S", (3_600,))
    with city.delivering():
        city.report("a")
        until(lambda: city.client.exists(city.keys.outbox("tries")))
    (message,) = outbox.waiting(city.client, city.keys)
    assert message.tries == 1
    assert message.due_ms > now_ms() + 1_000_000
    city.client.hset(city.keys.outbox("tries"), message.entry, b"[1,0]")
    with city.delivering():
        until(lambda: len(to.taken) == 1)


def test_a_webhook_that_is_removed_takes_its_messages_along(city: City, receiver: MakeReceiver) -> None:
    to = receiver(HANG)
    city.project()
    hook = city.hook(to.url, CASES)
    with city.delivering():
        city.report("a")
        until(lambda: to.got)
        assert remove_webhook(city.client, city.keys, hook.id)
        city.report("b", 1)
        until(lambda: not city.client.xlen(city.keys.outbox()))
    assert not outbox.undelivered(city.client, city.keys)


def test_a_gap_in_the_changes_is_told_and_made_up_for(
    city: City, receiver: MakeReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    to = receiver()
    city.report("same", 0)
    city.report("moves", 1)
    city.report("ends", 2)
    city.hook(to.url, CASES)
    with city.delivering():
        city.report("first", 4)
        until(lambda: len(to.taken) == 1)
    city.report("new", 3)
    city.command("moves", "accept")
    city.command("moves", "triage", level="02")
    city.close("ends", 2)
    city.client.xtrim(city.keys.changes, maxlen=1)
    with city.delivering():
        until(lambda: len(to.taken) == 4)
        until(lambda: nothing_waits(city))
        city.report("after", 5)
        until(lambda: len(to.taken) == 5)
    assert sorted(to.told()[1:4]) == [
        ("case.changed", "moves", 3), ("case.closed", "ends", 2), ("case.opened", "new", 1),
    ]  # fmt: skip
    assert to.told()[4] == ("case.opened", "after", 1)
    assert "no longer kept" in caplog.text
    assert to.taken[3].json["data"].keys() == to.taken[0].json["data"].keys()


def test_a_state_that_was_made_anew_repeats_nothing(city: City, receiver: MakeReceiver) -> None:
    to = receiver()
    city.project()
    city.hook(to.url, CASES)
    with city.delivering():
        city.report("a")
        until(lambda: len(to.taken) == 1)
        city.client.delete(*city.keys.states)
        city.report("b", 1)
        until(lambda: len(to.taken) == 2)
        city.report("c", 2)
        until(lambda: len(to.taken) == 3)
    assert [told[1] for told in to.told()] == ["a", "b", "c"]


KILLS = 12


def test_kill_9_at_any_moment_loses_no_message(
    city: City, receiver: MakeReceiver, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the process, while cases come in without a break and the receiver fails now and then."""
    to = receiver(*[500, 204, 204] * 20, 204)
    city.project()
    city.hook(to.url, "case.opened")
    stop, enough, rng = threading.Event(), threading.Event(), np.random.default_rng(3)
    written: list[str] = []

    def load() -> None:
        writer = Writer(city.client, city.keys)
        while not enough.is_set():
            case = f"k{len(written)}"
            writer.append("reports", report(case, now_ms(), len(written) % 50, city.model))
            written.append(case)
            time.sleep(0.01)

    url = url_of(city.client)
    projecting = threading.Thread(target=projector.run, args=(url, city.model, 100_000, 1_000, stop.is_set))
    loading = threading.Thread(target=load)
    context = starter()
    process = start(context, url)
    until(lambda: city.client.exists(city.keys.outbox("at")))
    projecting.start()
    loading.start()
    at_work = 0
    try:
        for _ in range(KILLS):
            before = len(to.taken)
            until(lambda before=before: len(to.taken) > before + int(rng.integers(0, 5)))
            time.sleep(float(rng.uniform(0.0, 0.08)))
            at_work += len(to.taken) > before
            process.kill()
            process.join()
            process = start(context, url)
        enough.set()
        loading.join()
        until(lambda: {told[1] for told in to.told()} >= set(written))
        until(lambda: nothing_waits(city))
    finally:
        enough.set()
        stop.set()
        loading.join()
        projecting.join()
        process.terminate()
        process.join()
    counted: Counter[Any] = Counter(got.id for got in to.taken)
    with capsys.disabled():
        print(f"\n{KILLS} SIGKILLs, {at_work} at work: {len(written)} cases, {len(counted)} messages, "
              f"{sum(counted.values()) - len(counted)} of them told again")  # fmt: skip
    assert len(counted) == len(written) == len({told[1] for told in to.told()})
    assert at_work == KILLS
