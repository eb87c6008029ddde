"""One attempt to hand a message to a receiver."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import NamedTuple

import urllib3

from dashboard.domain.webhooks import Hook, headers

CONNECT_TIMEOUT_S = 5.0
ANSWER_TIMEOUT_S = 20.0
"""The specification recommends 15 to 30 s."""
_ANSWER_BYTES = 4_096  # of an answer only the status counts; so much is read to keep the connection


class Outcome(NamedTuple):
    """What became of an attempt: `reason` is empty where it was taken; `retry_after_s` its wish."""

    reason: str
    retry_after_s: float = 0.0


def new_pool() -> urllib3.PoolManager:
    """Connections to one receiver. Nothing is retried behind our back, and no proxy is guessed."""
    timeout = urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=ANSWER_TIMEOUT_S)
    return urllib3.PoolManager(num_pools=1, maxsize=1, retries=False, timeout=timeout)


def post(pool: urllib3.PoolManager, hook: Hook, identifier: str, body: bytes) -> Outcome:
    """Send a message once. The reason never holds the address, whose query may be a secret."""
    signed = headers(hook.secret, identifier, int(time.time()), body)
    try:
        answer = pool.request(
            "POST", hook.url, body=body, headers=signed, redirect=False, preload_content=False
        )
    except urllib3.exceptions.TimeoutError as problem:
        return Outcome(f"it does not answer ({type(problem).__name__})")
    except (urllib3.exceptions.HTTPError, OSError) as problem:
        return Outcome(f"it can't be reached ({type(problem).__name__})")
    with suppress(urllib3.exceptions.HTTPError, OSError, ValueError):
        answer.read1(_ANSWER_BYTES, decode_content=False)
    answer.close()  # a connection whose answer was read to its end has gone back to the pool before
    if 200 <= answer.status < 300:
        return Outcome("")
    return Outcome(f"it answered {answer.status}", _retry_after_s(answer.headers.get("Retry-After", "")))


def _retry_after_s(text: str) -> float:
    """Seconds, where that is what the header holds; a date is not followed."""
    return float(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0.0
