"""Dead letters on the pages and the command line of a real Kite; and ill feeds told by it."""

from __future__ import annotations

import json
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from dashboard.streams.codecs import EntryId
from dashboard.streams.dead_letters import read_dead
from dashboard.streams.letters_desk import RESENT, Asked, Letter, LettersDesk
from dashboard.streams.writer import Writer
from tests.e2e.conftest import Running, app, run_city
from tests.e2e.screens import PATIENCE_MS
from tests.e2e.walls import wall

SECRET = "13812345678"
GRID = "990101001001001"
PATIENCE_S = 30.0


@pytest.fixture(scope="module")
def quiet(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite without a simulator, in which a stream floods at 20 events a second."""
    with run_city(built, tmp_path_factory.mktemp("letters"), rate=0, feed_flood_per_s=20) as city:
        yield city


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())


def report(case: str, **more: str) -> dict[str, str]:
    """A report of a theft in a grid of the eastern county."""
    entry = {
        "id": case,
        "type": "theft",
        "origin": "hotline",
        "occurred_at": now(),
        "grid": GRID,
        "level": "04",
    }
    return {**entry, **more}


def ask(city: Running, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
    """(status, body, where it leads) of a page; posts the form where there is one. Follows nothing."""
    data = None if form is None else urllib.parse.urlencode(form).encode()
    request = urllib.request.Request(city.kite.url + path, data)

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    try:
        with urllib.request.build_opener(Stay).open(request, timeout=30) as answer:
            return answer.status, answer.read().decode(), ""
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode(), answer.headers.get("Location", "")


def letter_of(city: Running, **asked: str) -> Letter:
    """The newest letter that is asked for, once it is there."""
    desk, end_s = LettersDesk(city.store, city.keys), time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        if found := desk.page(Asked(**asked), most=1).letters:
            return found[0]
        time.sleep(0.02)
    raise AssertionError(f"no letter {asked}")


def refused(city: Running, entry: dict[str, str], reason: str, kind: str = "reports") -> Letter:
    """Send an entry; the letter that it becomes."""
    sent = EntryId.parse(Writer(city.store, city.keys).append(kind, entry))
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        letter = letter_of(city, reason=reason, kind=kind)
        if letter.letter.entry == sent:
            return letter
    raise AssertionError(f"{entry['id']} was not refused as {reason}")


def is_applied(city: Running, case: str) -> bool:
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        if city.store.hexists(city.keys.state("cases"), case):
            return True
        time.sleep(0.02)
    return False


def fields_of(page: str) -> dict[str, str]:
    """What the form of a letter holds."""
    inputs = re.findall(r'<input type="text" value="([^"]*)" name="(f\.[a-z_]+)"', page)
    areas = re.findall(r'<textarea name="(f\.[a-z_]+)"[^>]*>([^<]*)</textarea>', page)
    return {**{name: value for value, name in inputs}, **dict(areas)}


def noted(city: Running, action: str) -> list[dict[str, Any]]:
    """What the audit stream says of an action."""
    entries: Any = city.store.xrange(city.keys.audit)
    told = [json.loads(fields[b"entry"]) for _, fields in entries]
    return [entry for entry in told if entry["action"] == action]


def test_a_letter_is_corrected_on_its_page_and_sent_once(quiet: Running) -> None:
    letter = refused(quiet, report("wrong-level", level="9", colour="red"), "bad_value")
    path = f"/admin/letters/{letter.id}"
    status, listed, _ = ask(quiet, "/admin/letters?reason=bad_value&lang=en")
    assert status == 200
    assert path in listed
    status, page, _ = ask(quiet, f"{path}?lang=en")
    assert status == 200
    form = fields_of(page)
    assert (form["f.id"], form["f.level"], form["f.grid"]) == ("wrong-level", "9", GRID)
    assert "f.colour" not in form
    count = quiet.store.xlen(quiet.keys.raw("reports"))
    status, page, _ = ask(quiet, f"{path}/resend", form)  # as wrong as it was
    assert (status, quiet.store.xlen(quiet.keys.raw("reports"))) == (422, count)
    assert fields_of(page) == form  # nobody has to type it again
    form["f.level"] = "03"
    assert ask(quiet, f"{path}/resend", form)[::2] == (303, f"{path}?said=admin.said.letters.resent")
    assert is_applied(quiet, "wrong-level")
    assert ask(quiet, f"{path}/resend", form)[::2] == (303, f"{path}?said=admin.said.letters.before")
    assert ask(quiet, f"{path}/drop", {"reason": "other"})[::2] == (
        303,
        f"{path}?said=admin.said.letters.before",
    )
    assert quiet.store.xlen(quiet.keys.raw("reports")) == count + 1
    marked = LettersDesk(quiet.store, quiet.keys).letter(letter.id).mark
    assert marked is not None
    assert (marked.done, marked.by) == (RESENT, "local")
    status, page, _ = ask(quiet, path)
    assert (status, marked.entry in page, "/resend" in page) == (200, True, False)
    of_this = [entry for entry in noted(quiet, "letter_resent") if entry["subject"] == letter.id]
    assert [entry["facts"]["entry"] for entry in of_this] == [marked.entry]


def test_what_lies_outside_is_not_sent_and_swapped_again_it_is(quiet: Running) -> None:
    swapped = {**report("swapped"), "lon": "36.65", "lat": "119.05"}
    letter = refused(quiet, swapped, "bad_value")
    form = {f"f.{name}": value for name, value in swapped.items()}
    path = f"/admin/letters/{letter.id}/resend"
    assert ask(quiet, path, {**form, "f.lon": "110.0", "f.lat": "36.65"})[0] == 422
    assert ask(quiet, path, {**form, "f.lon": "119.05", "f.lat": "36.65"})[0] == 303
    assert is_applied(quiet, "swapped")


def test_of_a_person_nothing_is_shown_kept_or_logged(quiet: Running) -> None:
    letter = refused(quiet, report("person", phone=SECRET), "personal")
    path = f"/admin/letters/{letter.id}"
    status, page, _ = ask(quiet, path)
    assert (status, "phone" in page, SECRET in page, "/resend" in page) == (200, True, False, False)
    assert ask(quiet, f"{path}/resend", {"f.id": "person"})[0] == 409
    assert ask(quiet, f"{path}/drop", {"reason": SECRET})[0] == 422
    assert ask(quiet, f"{path}/drop", {"reason": "personal"})[0] == 303
    # What an administrator types there is judged like everything that comes in.
    other = refused(quiet, report("typed", colour="red"), "unknown_field")
    form = {f"f.{name}": value for name, value in report("typed", summary=f"电话{SECRET}").items()}
    status, page, _ = ask(quiet, f"/admin/letters/{other.id}/resend", form)
    assert (status, SECRET in page) == (422, False)
    assert SECRET not in quiet.kite.log.read_text(errors="replace")
    assert not [key for key in quiet.store.scan_iter() if SECRET.encode() in (quiet.store.dump(key) or b"")]
    assert [entry["facts"]["because"] for entry in noted(quiet, "letter_dropped")] == ["personal"]


def test_no_letter_and_no_such_page(quiet: Running) -> None:
    for path in ("/admin/letters/1-1", "/admin/letters/nothing"):
        assert ask(quiet, path)[0] == 404
        assert ask(quiet, f"{path}/resend", {})[0] == 404
    assert ask(quiet, "/admin/letters?reason=nothing&kind=houses&before=x&done=y")[0] == 200


def test_the_command_line_lists_and_sends_again(quiet: Running) -> None:
    environment = quiet.environment()
    waiting = refused(quiet, {**report("cli"), "colour": "red"}, "unknown_field")
    listed = app("letters", "list", "--reason", "unknown_field", **environment)
    assert listed.returncode == 0, listed.stderr
    assert waiting.id in listed.stdout
    count = quiet.store.xlen(quiet.keys.raw("reports"))
    sent = app("letters", "resend", waiting.id, "--set", "level=02", **environment)
    assert sent.returncode == 0, sent.stderr
    assert is_applied(quiet, "cli")
    again = app("letters", "resend", waiting.id, **environment)
    assert "0 sent, 1 dealt with before" in again.stdout
    assert quiet.store.xlen(quiet.keys.raw("reports")) == count + 1
    assert noted(quiet, "letter_resent")[-1]["where"] == "command line"


@contextmanager
def beating(city: Running) -> Iterator[None]:
    """All feeds give heartbeats, as they should."""
    ended = threading.Event()

    def beat() -> None:
        writer = Writer(city.store, city.keys)
        while not ended.wait(1.0):
            for kind in ("reports", "cameras", "units"):
                writer.append(kind, {"kind": "heartbeat", "source": "12345", "at": now()})

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@pytest.mark.browser
def test_a_repeating_and_a_flooding_feed_are_told(quiet: Running, browser: Browser) -> None:
    writer = Writer(quiet.store, quiet.keys)
    with beating(quiet), wall(browser, quiet, "lang=en") as page:
        band = page.locator(".wall-notice")
        expect(page.locator(".wall-banner")).to_be_hidden(timeout=PATIENCE_MS)
        expect(band).to_be_hidden()
        same = report("", summary="井盖缺失", source="城管")
        writer.append_many("reports", [{**same, "id": f"same-{n}"} for n in range(60)])
        expect(band).to_contain_text("repeated", timeout=PATIENCE_MS)
        expect(band).to_contain_text("城管")
        status, told, _ = ask(quiet, "/admin/feeds?lang=en")
        assert (status, "Repeating since" in told, "城管" in told) == (200, True, True)
        states = [{"unit": str(n % 5), "state": "free", "at": now()} for n in range(300)]
        writer.append_many("units", states)
        expect(band).to_contain_text("flood, 300", timeout=PATIENCE_MS)
        assert ask(quiet, "/admin/feeds?lang=en")[1].count("Flood since") == 1
        size = band.locator("b").first.evaluate("(b) => parseFloat(getComputedStyle(b).fontSize)")
        assert size >= 36  # read from across the room
    assert not [letter for _, letter in read_dead(quiet.store, quiet.keys) if letter.kind == "units"]
