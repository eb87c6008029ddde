"""Cameras as assets: their states and kinds. Nothing here knows what a camera sees."""

from __future__ import annotations

STATUSES: dict[str, tuple[int, str]] = {
    "unknown": (0, "未知"),
    "online": (1, "在线"),
    "offline": (2, "离线"),
    "fault": (3, "故障"),
    "not_networked": (4, "未联网"),
}
"""Number on the wire and Chinese name of each status."""
UNKNOWN, ONLINE, OFFLINE, FAULT, NOT_NETWORKED = range(5)

REPORTED_STATUSES: dict[str, int] = {"online": ONLINE, "offline": OFFLINE, "fault": FAULT}
"""What an entry may say; `unknown` is before the first entry, `not_networked` comes from the pack."""

KINDS: tuple[tuple[str, str], ...] = (
    ("ordinary", "普通监控"),
    ("entrance_capture", "出入口抓拍"),
    ("augmented_reality", "AR 实景"),
    ("high_dome", "高空瞭望"),
)
"""Slug and Chinese name of each kind; a kind's number is its position."""
