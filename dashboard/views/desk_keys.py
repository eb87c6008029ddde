"""The letter of each command at the desk. No two commands that one state allows share a letter."""

from __future__ import annotations

KEYS: dict[str, str] = {
    "accept": "A",
    "refer": "U",
    "merge": "M",
    "triage": "I",
    "to_hearing": "H",
    "assign": "Q",
    "take_on": "T",
    "en_route": "F",
    "on_scene": "O",
    "reassign": "Q",
    "return_back": "X",
    "resolve": "R",
    "extend": "E",
    "grant": "Y",
    "decline": "N",
    "pause": "P",
    "go_on": "G",
    "whistle": "W",
    "report_in": "D",
    "supervise": "S",
    "instruct": "L",
    "hearing_result": "B",
    "verify": "V",
    "close": "C",
    "send_back": "X",
}
