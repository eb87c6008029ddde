"""Attempts to sign in, counted in the store: all processes see the same, and a restart forgets none.

A script of the server looks and counts in one step: of attempts that come at once each has its own number.
The server's own clock says how long to wait; where that was put back, a wait longer than any is none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import redis

from dashboard.domain.lockout import RULES
from dashboard.streams.keys import Keys

_BEGIN = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local wait, at = 0, 1
for _, key in ipairs(KEYS) do
  local left, count = tonumber(redis.call('HGET', key, 'until') or '0') - now, tonumber(ARGV[at + 1])
  if left <= tonumber(ARGV[at + 1 + count]) then wait = math.max(wait, left) end
  at = at + 2 + count
end
if wait > 0 then return {wait, 0} end
local most = 0
at = 1
for _, key in ipairs(KEYS) do
  local forget, count = ARGV[at], tonumber(ARGV[at + 1])
  local number = redis.call('HINCRBY', key, 'count', 1)
  local after = tonumber(ARGV[at + 1 + math.min(number, count)])
  redis.call('HSET', key, 'until', string.format('%d', now + after))
  redis.call('PEXPIRE', key, forget)
  most = math.max(most, after)
  at = at + 2 + count
end
return {0, most}
"""


class Attempts:
    """Counts attempts. Methods raise one of `client.FAILED` when the store doesn't answer."""

    def __init__(self, client: redis.Redis, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._begin = client.register_script(_BEGIN)

    def begin(self, of: Mapping[str, str]) -> tuple[int, int]:
        """Count an attempt of what is counted → which one, as {"account": name, "address": "10.0.0.7"}.

        (ms to wait before there may be one, and 0 if it may be made now; ms that one must wait after this one
        unless it is right). Nothing is counted while one has to wait.
        """
        arguments: list[int] = []
        for kind in of:
            waits = RULES[kind].waits_ms()
            arguments += [RULES[kind].forget_s * 1000, len(waits), *waits]
        wait, after = self._begin(keys=[self._key(*pair) for pair in of.items()], args=arguments)
        return int(wait), int(after)

    def succeeded(self, of: Mapping[str, str]) -> None:
        """The attempt was right. What was counted of an address stays, but for this one: whoever has an
        account must not be able to go on guessing others' by signing in between.
        """
        pipe = self._client.pipeline()
        for kind, which in of.items():
            if kind == "address":
                pipe.hincrby(self._key(kind, which), "count", -1)
            else:
                pipe.delete(self._key(kind, which))
        pipe.execute()

    def forget(self, kind: str, which: str) -> None:
        """As if there had been no attempt."""
        self._client.delete(self._key(kind, which))

    def waits_ms(self, kind: str, names: list[str]) -> dict[str, int]:
        """Those of the names that have to wait now, and until when, ms since 1970."""
        pipe = self._client.pipeline(transaction=False)
        for name in names:
            pipe.hget(self._key(kind, name), "until")
        seconds, micros = self._time()
        now_ms = seconds * 1000 + micros // 1000
        found = {name: int(until or 0) for name, until in zip(names, pipe.execute(), strict=True)}
        longest_ms = RULES[kind].longest_s * 1000
        return {name: until for name, until in found.items() if 0 < until - now_ms <= longest_ms}

    def _time(self) -> tuple[int, int]:
        told: Any = self._client.time()
        return int(told[0]), int(told[1])

    def _key(self, kind: str, which: str) -> str:
        return self._keys.attempts(kind, hashlib.sha256(which.encode("utf-8", "replace")).hexdigest()[:32])
