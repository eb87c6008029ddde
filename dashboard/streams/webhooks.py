"""Webhooks as the store keeps them: who is told of what, each with the secret that signs its messages.

The secret can't be kept as a hash, as it must sign; it is told once, to whoever adds the webhook.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import Any

import orjson
import redis

from dashboard.domain.webhooks import Hook
from dashboard.streams.keys import Keys


def new_id() -> str:
    """An id for a webhook that is added."""
    return secrets.token_hex(4)


def add_webhook(client: redis.Redis, keys: Keys, hook: Hook) -> None:
    """Keep a webhook; what happens from now on is told to it."""
    client.hset(keys.webhooks, hook.id, orjson.dumps(asdict(hook)))


def webhooks(client: redis.Redis, keys: Keys) -> list[Hook]:
    """All webhooks, the oldest first."""
    kept: Any = client.hvals(keys.webhooks)
    found = [_hook(orjson.loads(packed)) for packed in kept]
    return sorted(found, key=lambda hook: (hook.created_ms, hook.id))


def remove_webhook(client: redis.Redis, keys: Keys, hook_id: str) -> bool:
    """Take a webhook away, with what still waits for it; False when there is none of this id."""
    return bool(client.hdel(keys.webhooks, hook_id))


def _hook(kept: dict[str, Any]) -> Hook:
    return Hook(**{**kept, "events": tuple(kept["events"]), "levels": tuple(kept["levels"])})
