"""The corpus of personal and harmless texts: misses and false alarms counted, no trace of a value left."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import cycle
from pathlib import Path
from random import Random

import pytest
import redis

from dashboard.domain import privacy
from dashboard.domain.refused import VALUES_NOT_KEPT
from dashboard.streams.city import CityModel
from dashboard.streams.dead_letters import read_dead
from dashboard.streams.keys import Keys
from dashboard.streams.writer import Writer
from tests.streams.conftest import city, client, keys, server, writer  # noqa: F401
from tests.streams.projecting import project
from tests.streams.small_city import now_ms, report
from tests.streams.test_dead_letters import everything

CORPUS = Path(__file__).parents[1] / "data" / "privacy_corpus.tsv"
OF_EACH = 3
"""So many texts are made of a personal line, with other numbers and names in each."""
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_FULL = {ord(letter): ord(letter) + 0xFEE0 for letter in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_CHINESE = str.maketrans("0123456789", "零一二三四五六七八九")


@dataclass(frozen=True)
class Line:
    """A text of the corpus; `secret` is what in it points at a person, "" for a harmless one."""

    expected: str
    known: str
    text: str
    secret: str

    @property
    def is_personal(self) -> bool:
        return self.expected != "-"


def luhn(digits: str) -> str:
    """The last digit of a card's number, from those before it (ISO/IEC 7812)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def identity_of(random: Random, first_year: int, last_year: int) -> str:
    """An identity number of somebody born in these years, of a division that there is not."""
    first = f"99{random.randint(0, 9999):04d}{random.randint(first_year, last_year)}"
    first += f"{random.randint(1, 12):02d}{random.randint(1, 28):02d}{random.randint(0, 999):03d}"
    return first + privacy.check_digit(first)


def with_gaps(number: str, gap: str) -> str:
    """An identity number in its three parts."""
    return gap.join((number[:6], number[6:14], number[14:]))


def made_up(random: Random) -> dict[str, str]:
    """A value for every mark of the corpus."""
    identity = identity_of(random, 1930, 2015)
    older, younger = identity_of(random, 1930, 1999), identity_of(random, 2000, 2015)
    wrong = identity[:17] + ("1" if identity[17] != "1" else "2")
    mobile = f"1{random.choice('3456789')}{random.randint(0, 10**9 - 1):09d}"
    letters, province = "ABCDEFGHJKLMNPQRSTUVWXYZ", random.choice(PROVINCES)
    letter, tail = random.choice(letters), f"{random.choice(letters)}{random.randint(1000, 9999)}"
    plate = f"{province}{letter}{tail}"
    card = f"62{random.randint(0, 10**15 - 1):015d}"
    card += luhn(card)
    user = f"u{random.randint(1000, 9999)}_kite"
    name = random.choice(("王小明", "李强", "张建国", "陈静", "赵丽华"))
    return {
        "id": identity, "bad_id": wrong, "id_lower": identity.lower(), "id_full": identity.translate(_FULL),
        "id_spaced": with_gaps(identity, " "), "id_dashed": with_gaps(older, "-"),
        "id_dotted": with_gaps(older, "."), "id_dashed_young": with_gaps(younger, "-"),
        "id15": f"99{random.randint(0, 9999):04d}{random.randint(30, 99)}0{random.randint(1, 9)}1"
        f"{random.randint(0, 9999):04d}",
        "mobile": mobile, "mobile_spaced": f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}",
        "mobile_dashed": f"{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}", "mobile_full": mobile.translate(_FULL),
        "mobile_odd": f"{mobile[:2]} {mobile[2:5]} {mobile[5:8]} {mobile[8:]}",
        "mobile_chinese": mobile.translate(_CHINESE), "mobile_letters": mobile.replace("1", "l").replace("0",
        "O"),
        "landline": f"0536-8{random.randint(100000, 999999)}",
        "plate": plate, "plate_dot": f"{province}{letter}·{tail}",
        "plate_spaced": f"{province} {letter} {tail}",
        "plate_new": f"{province}{letter}D{random.randint(10000, 99999)}", "plate_lower": plate.lower(),
        "plate_police": f"{province}{letter}{random.randint(1000, 9999)}警",
        "plate_trailer": f"{province}{letter}{random.randint(1000, 9999)}挂",
        "plate_full": plate.translate(_FULL),
        "plate_split": f"{province}牌 {letter} 字 {tail}",
        "card": card, "card_spaced": " ".join(card[i : i + 4] for i in range(0, len(card), 4)),
        "card_bad": card[:-1] + ("1" if card[-1] != "1" else "2"),
        "name": name, "latin": random.choice(("John Doe", "Jane Roe", "Max Muster")),
        "mail": f"{user}@example.com", "mail_full": f"{user}＠example．com",
        "mail_at": f"{user} at example dot com",
        "account": user, "passport": f"E{random.randint(10**7, 10**8 - 1)}",
        "permit": f"H{random.randint(10**7, 10**8 - 1)}",
    }  # fmt: skip


@cache
def corpus() -> tuple[Line, ...]:
    """Every text, made the same each time: personal lines several times, harmless ones once."""
    random, lines = Random(20261201), []
    for row in CORPUS.read_text(encoding="utf-8").splitlines():
        if row.startswith("#"):
            continue
        expected, known, text = row.split("\t")
        for _ in range(OF_EACH if "{" in text else 1):
            values = made_up(random)
            marks = [mark for mark in values if f"{{{mark}}}" in text]
            lines.append(Line(expected, known, text.format(**values), values[marks[0]] if marks else ""))
    return tuple(lines)


def test_the_corpus_is_large_and_holds_both() -> None:
    counts = Counter(line.is_personal for line in corpus())
    assert counts[True] >= 300
    assert counts[False] >= 150
    assert {line.expected for line in corpus()} - {"-"} == set(privacy.PATTERNS)


def test_misses_and_false_alarms_are_those_that_are_known(capsys: pytest.CaptureFixture[str]) -> None:
    personal = [line for line in corpus() if line.is_personal]
    harmless = [line for line in corpus() if not line.is_personal]
    missed = [line for line in personal if privacy.personal_text(line.text) is None]
    alarmed = [line for line in harmless if privacy.personal_text(line.text) is not None]
    with capsys.disabled():
        print(f"\nprivacy corpus: missed {len(missed)} of {len(personal)}, "
              f"false alarms {len(alarmed)} of {len(harmless)}")  # fmt: skip
    assert [line.text for line in missed] == [line.text for line in personal if line.known == "miss"]
    assert [line.text for line in alarmed] == [line.text for line in harmless if line.known == "alarm"]


@pytest.mark.valkey
def test_what_is_found_leaves_no_trace_in_the_store_or_the_log(
    client: redis.Redis,  # noqa: F811
    keys: Keys,  # noqa: F811
    city: CityModel,  # noqa: F811
    writer: Writer,  # noqa: F811
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Flat, packed among good ones, and as a command's note; the good reports around are applied."""
    caplog.set_level(logging.DEBUG)
    found = [line for line in corpus() if line.is_personal and line.known != "miss" and line.secret]
    for number, (line, way) in enumerate(zip(found, cycle(("flat", "packed", "note", "field")))):
        bad = {**report(f"bad-{number}", now_ms()), "summary": line.text}
        good = report(f"good-{number}", now_ms())
        if way == "packed":
            writer.append_packed("reports", [bad, good])
            continue
        writer.append("reports", good)
        if way == "note":
            command = {"id": f"c{number}", "case": f"good-{number}", "command": "accept", "by": "值班"}
            writer.append("commands", {**command, "at": bad["occurred_at"], "note": line.text})
        elif way == "field":
            writer.append("reports", {**report(f"bad-{number}", now_ms()), "colour": line.text})
        else:
            writer.append("reports", bad)
    project(client, city)
    letters = [letter for _, letter in read_dead(client, keys, 10_000)]
    assert len(letters) == len(found)
    assert {letter.reason for letter in letters} <= VALUES_NOT_KEPT
    assert client.hlen(keys.state("cases")) == len(found)
    stored = b"".join(everything(client, key) for key in client.scan_iter())
    log = "\n".join(str(record.getMessage()) for record in caplog.records)
    for line in found:
        secret = line.secret
        assert secret.encode() not in stored, line.text
        assert repr(secret.encode())[2:-1].encode() not in stored, line.text
        assert secret not in log, line.text
