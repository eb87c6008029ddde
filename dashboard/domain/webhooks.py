"""Webhooks: who is told of what, and how a message is signed and tried again.

Messages are those of the Standard Webhooks specification (version 1.0.0, standardwebhooks.com): a JSON body
of `type`, `timestamp` and `data`, and the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.parse import urlsplit

from dashboard.domain.case_types import LEVELS

if TYPE_CHECKING:
    from dashboard.domain.hierarchy import Hierarchy

OPENED, CHANGED, CLOSED, ALERT = EVENTS = ("case.opened", "case.changed", "case.closed", "alert")
SECRET_PREFIX = "whsec_"
Value = TypeVar("Value")
_SECRET_BYTES = 32  # the specification wants 24 to 64
_URL_LIMIT = 2_000

DELAYS_S = (5, 30, 120, 600, 3_600, 6 * 3_600, 12 * 3_600, 24 * 3_600, 24 * 3_600)
"""How long after each failed try the next one comes: some three days in all, then no more."""
JITTER = 0.2
"""Each delay is longer or shorter by up to this share, so that what failed together is not tried together."""
RETRY_AFTER_MAX_S = 24 * 3_600
"""The longest that a receiver's own Retry-After is followed."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A subscription: `region` is a code of the city's, `levels` and `events` what it is told of."""

    id: str
    url: str
    secret: str
    events: tuple[str, ...]
    region: str
    levels: tuple[int, ...]
    created_ms: int


class Told(NamedTuple):
    """What was told last of an open case: its version, level and grid number."""

    version: int
    level: int
    grid: int


def wants(hook: Hook, event: str, now: Told, before: Told | None, hierarchy: Hierarchy) -> bool:
    """Whether a hook is told of this; of what leaves its region or levels it hears once more, so it knows.

    A region that the city does not have (any more) holds nothing.
    """
    if event not in hook.events:
        return False
    try:
        region = hierarchy.number_of(hook.region)
    except KeyError:
        return False
    low, high = hierarchy.grid_lo[region], hierarchy.grid_hi[region]
    return any(
        told.level in hook.levels and low <= told.grid < high for told in (now, before) if told is not None
    )


def message_id(hook: str, event: str, case_id: str, version: int) -> str:
    """The id of a message: the same whenever the same is told again, and without a dot (it is signed)."""
    return "msg_" + hashlib.sha256(f"{hook} {event} {case_id} {version}".encode()).hexdigest()[:32]


def new_secret() -> str:
    """A secret as receivers are given it."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def headers(secret: str, identifier: str, now_s: int, body: bytes) -> dict[str, str]:
    """The headers of a message that is sent now; `now_s` in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    digest = hmac.new(key, f"{identifier}.{now_s}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "kite",
        "webhook-id": identifier,
        "webhook-timestamp": str(now_s),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def delay_s(tries: int, chance: float, retry_after_s: float = 0.0) -> float | None:
    """Seconds until the next try after so many failed ones; None when there is none. `chance` in [0, 1)."""
    if tries > len(DELAYS_S):
        return None
    delay = DELAYS_S[tries - 1] * (1 + JITTER * (2 * chance - 1))
    return max(delay, min(retry_after_s, RETRY_AFTER_MAX_S))


def check_url(text: str) -> str:
    """The URL of a receiver; raises `ValueError` with a sentence for what can't be one."""
    try:
        parts = urlsplit(text)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good or len(text) > _URL_LIMIT or re.search(r"[^\x21-\x7e]", text):
        raise ValueError(f"{text[:80]!r} is no address to send to; give one as https://host/path.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ValueError("The address may hold neither a user nor a fragment; messages are signed instead.")
    return text


def check_events(text: str) -> tuple[str, ...]:
    """Events of a comma-separated list, in the table's order; raises `ValueError` with a sentence."""
    return tuple(_listed(text, {name: name for name in EVENTS}, "events"))


def check_levels(text: str) -> tuple[int, ...]:
    """Levels of a comma-separated list such as 1,2; raises `ValueError` with a sentence."""
    return tuple(_listed(text, {str(level): level for level in LEVELS}, "levels"))


def _listed(text: str, known: Mapping[str, Value], what: str) -> list[Value]:
    given = {part.strip() for part in text.split(",") if part.strip()}
    if not given or not given <= known.keys():
        raise ValueError(f"{text[:80]!r} are no {what}; give some of {','.join(known)}.")
    return [value for name, value in known.items() if name in given]
