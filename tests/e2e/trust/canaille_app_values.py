"""What the provider and the tests both know; without a package of either's environment."""

from __future__ import annotations

CLIENT, SECRET, PASSWORD = "kite", "what-kite-proves-itself-with", "correct horse battery staple"
GROUPS = {
    "kite-administrators": ["seat-a"],
    "东城值班": ["seat-b", "seat-d"],
    "kite-wall": ["seat-e"],
    "somebody-elses": ["seat-c"],
    "kite-leaders": ["seat-d"],
}
"""Group → who is in it; seat-f is in none."""
USERS = ("seat-a", "seat-b", "seat-c", "seat-d", "seat-e", "seat-f")
