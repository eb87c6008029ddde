"""Messages are signed as the official library verifies them, and tried again by the table."""

from __future__ import annotations

import base64
import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from dashboard.domain import webhooks
from dashboard.domain.webhooks import (
    DELAYS_S,
    EVENTS,
    JITTER,
    Hook,
    Told,
    check_events,
    check_levels,
    check_url,
    delay_s,
    headers,
    message_id,
    new_secret,
    wants,
)
from tests.domain.made import CODES, small_city

CITY = small_city()


@given(body=st.text(), secret=st.binary(min_size=24, max_size=64))
def test_the_official_library_verifies_what_is_signed(body: str, secret: bytes) -> None:
    text = "whsec_" + base64.b64encode(secret).decode()
    sent = body.encode("utf-8", "replace")
    signed = headers(text, "msg_1", int(time.time()), sent)
    Webhook(text).verify(sent, signed, json_parse=False)
    for changed in ({"webhook-id": "msg_2"}, {"webhook-timestamp": str(int(time.time()) - 9)}):
        with pytest.raises(WebhookVerificationError):
            Webhook(text).verify(sent, {**signed, **changed}, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(text).verify(sent + b" ", signed, json_parse=False)


def test_the_example_of_the_specification_is_signed_as_it_says() -> None:
    """That of the official library's own tests."""
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    signed = headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body)
    assert signed["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_is_long_enough_and_never_twice() -> None:
    first, second = new_secret(), new_secret()
    assert first != second
    assert 24 <= len(base64.b64decode(first.removeprefix("whsec_"))) <= 64


@given(tries=st.integers(1, len(DELAYS_S)), chance=st.floats(0, 1, exclude_max=True))
def test_each_delay_is_about_that_of_the_table(tries: int, chance: float) -> None:
    delay = delay_s(tries, chance)
    assert delay is not None
    assert abs(delay / DELAYS_S[tries - 1] - 1) <= JITTER + 1e-9


def test_the_delays_grow_and_end_after_some_three_days() -> None:
    assert list(DELAYS_S) == sorted(DELAYS_S)
    assert 2 <= sum(DELAYS_S) / 86_400 <= 3.5
    assert delay_s(len(DELAYS_S) + 1, 0.5) is None


def test_a_receivers_own_wish_is_followed_within_reason() -> None:
    assert delay_s(1, 0.5, 90) == 90
    assert delay_s(1, 0.5, 1) == DELAYS_S[0]
    assert delay_s(1, 0.5, 1e9) == webhooks.RETRY_AFTER_MAX_S


def test_an_id_follows_from_what_is_told_and_has_no_dot() -> None:
    different = itertools.product(("a", "b"), EVENTS, ("1", "1.2"), (1, 2))
    ids = {message_id(*one) for one in different}
    assert len(ids) == 2 * len(EVENTS) * 2 * 2
    assert message_id("a", "alert", "1", 1) in ids
    assert not any("." in text for text in ids)


@pytest.mark.parametrize("url", ["http://10.0.0.5:8080/kite", "https://example.org/a?b=c", "http://[::1]:9/"])
def test_addresses_of_the_web_are_taken(url: str) -> None:
    assert check_url(url) == url


@pytest.mark.parametrize(
    "url", ["ftp://a/b", "file:///etc/passwd", "example.org", "http://", "http://a b/", "https://a:99999/",
            "http://a/\n", "javascript:alert(1)", "", "https://" + "a" * 3000]
)  # fmt: skip
def test_other_addresses_get_a_sentence(url: str) -> None:
    with pytest.raises(ValueError, match=r"is no address to send to; give one as https://host/path\.$"):
        check_url(url)


def test_an_address_with_a_password_is_not_taken() -> None:
    with pytest.raises(ValueError, match="neither a user"):
        check_url("https://me:secret@example.org/")


def test_lists_are_read_in_the_tables_order() -> None:
    assert check_events("alert, case.opened") == ("case.opened", "alert")
    assert check_levels("2,1") == (1, 2)
    for text in ("", "case.eaten", "case.opened,x"):
        with pytest.raises(ValueError, match=r"give some of case\.opened,"):
            check_events(text)
    with pytest.raises(ValueError, match="give some of 1,2,3,4"):
        check_levels("5")


def hook(events: str = ",".join(EVENTS), region: str = CODES[0], levels: str = "1,2,3,4") -> Hook:
    return Hook("h", "http://a/", new_secret(), check_events(events), region, check_levels(levels), 0)


def test_a_webhook_is_told_of_its_region_levels_and_events() -> None:
    west, east = Told(1, 2, 0), Told(1, 2, 6)
    assert wants(hook(), "case.opened", west, None, CITY)
    assert not wants(hook(events="alert"), "case.opened", west, None, CITY)
    assert wants(hook(region="370702"), "case.opened", west, None, CITY)
    assert not wants(hook(region="370702"), "case.opened", east, None, CITY)
    assert not wants(hook(levels="1,3"), "case.opened", west, None, CITY)
    assert not wants(hook(region="379999"), "case.opened", west, None, CITY)


def test_what_leaves_a_webhooks_levels_or_region_is_told_once_more() -> None:
    grave, lesser, elsewhere = Told(1, 2, 0), Told(2, 3, 0), Told(2, 2, 6)
    narrow = hook(region="370702", levels="1,2")
    assert wants(narrow, "case.changed", lesser, grave, CITY)
    assert wants(narrow, "case.changed", elsewhere, grave, CITY)
    assert not wants(narrow, "case.changed", Told(3, 3, 0), lesser, CITY)
