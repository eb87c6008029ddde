"""Tokens in a real store: hashed, limited, ending, taken back at once."""

from __future__ import annotations

import time
from typing import Any

import pytest
import redis

from dashboard.domain.access import Identity
from dashboard.streams.keys import Keys
from dashboard.streams.tokens import add_token, revoke_token, token_of, tokens, void_tokens

pytestmark = pytest.mark.valkey

LATER_MS = int(time.time() * 1000) + 3_600_000


@pytest.mark.parametrize("actions", [None, frozenset(), frozenset({"report"}), frozenset({"view", "export"})])
def test_a_token_is_its_identitys_with_its_actions(
    client: redis.Redis, keys: Keys, actions: frozenset[str] | None
) -> None:
    who = Identity("热线", "leader", "990101", actions)
    text = add_token(client, keys, who, LATER_MS)
    found = token_of(client, keys, text)
    assert found is not None
    assert (found.identity, found.ends_ms) == (who, LATER_MS)
    kept: Any = client.hgetall(keys.tokens)
    assert text.encode() not in b"".join([*kept, *kept.values()])


def test_a_token_that_ended_or_was_taken_back_is_none(client: redis.Redis, keys: Keys) -> None:
    who = Identity("热线", "producer", "*")
    ended = add_token(client, keys, who, int(time.time() * 1000) - 1)
    held, taken = add_token(client, keys, who, LATER_MS), add_token(client, keys, who, LATER_MS)
    number = next(t.number for t in tokens(client, keys) if token_of(client, keys, taken) == t)
    assert revoke_token(client, keys, number)
    assert not revoke_token(client, keys, number)
    assert [token_of(client, keys, text) is None for text in (ended, taken, held, "kite_x")] == [
        True, True, False, True,
    ]  # fmt: skip
    assert void_tokens(client, keys, [ended, taken, held, "kite_x"]) == {ended, taken, "kite_x"}
    assert void_tokens(client, keys, []) == set()
