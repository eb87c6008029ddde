"""Alerts hold to the standard's own schema, whatever happens to a case, and refer to what was sent before."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import datetime, timedelta

import pytest
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain import cap_tables, cases
from dashboard.domain.cap import Place, Sender, alert_xml, message_of, sent_ms
from dashboard.domain.cap_tables import ALERTED
from dashboard.domain.case_types import CASE_TYPES, FAMILIES, LEVELS, ORIGINS
from dashboard.domain.cases import Case
from dashboard.domain.commands import COMMANDS, ENDED, STATES
from dashboard.domain.refused import Refused
from tests.domain.cap_schema import CAP, parsed, schema, text
from tests.domain.made import NOW_MS, case, command, report

SENDER = Sender("kite.370700", ("潍坊市综治中心", "Weifang centre"), "Asia/Shanghai")
SQUARE = ((119.0, 36.0), (119.01, 36.0), (119.01, 36.01), (119.0, 36.01))
NAMES = (
    ("潍坊市", "Weifang"), ("诸城市", "Zhucheng"), ("密州街道", "Mizhou"),
    ("东关社区", ""), ("第一网格", "Grid 1"),
)  # fmt: skip
CODES = ("370700", "370782", "370782001", "370782001003", "370782001003002")
PLACE = Place(NAMES, CODES, (SQUARE,), ((119.005, 36.005), 0.9))
ARGUMENTS = {
    "level": 1, "departments": ("消防救援大队",), "into": "b", "outcome": "handled", "until_ms": NOW_MS,
    "note": "说明", "reason": "weather", "team": "grid", "scheduled_ms": NOW_MS, "card": "yellow",
}  # fmt: skip


@st.composite
def lives(draw: st.DrawFn) -> list[Case]:
    """A case as it stood at each of its versions: any type, any words, commands and further reports."""
    words = st.text(max_size=40)
    stands = case(
        "370782-1",
        type=draw(st.sampled_from(CASE_TYPES)).code,
        level=draw(st.sampled_from([1, 2, 2, 3, 4])),
        nature=draw(st.sampled_from([None, 1, 2])),
        origin=draw(st.sampled_from(list(ORIGINS))),
        simulated=draw(st.booleans()),
        place=draw(words), summary=draw(words), source=draw(words),
        lon=draw(st.none() | st.floats(-180, 180)), lat=draw(st.floats(-90, 90)),
    )  # fmt: skip
    life = [stands]
    for number in range(draw(st.integers(0, 14))):
        at_ms = NOW_MS + number * draw(st.integers(1, 9_000))
        name = draw(st.sampled_from(["report", "triage", "undo", *COMMANDS]))
        try:
            if name == "report":
                closed = draw(st.sampled_from([None, None, None, at_ms]))
                further = report(
                    "370782-1", level=draw(st.sampled_from([1, 2, 3, None])), summary=draw(words),
                    occurred_at_ms=at_ms, learned_at_ms=at_ms, closed_at_ms=closed,
                )  # fmt: skip
                stands = cases.merge_report(stands, further, 0)
            else:
                stands = cases.apply(stands, _command(draw, name, number, at_ms))
        except Refused:
            continue
        if stands is not life[-1]:
            life.append(stands)
    return life


def _command(draw: st.DrawFn, name: str, number: int, at_ms: int) -> object:
    rule = COMMANDS[name]
    fields = {choice: ARGUMENTS[choice] for choice in ARGUMENTS if choice in rule.fields}
    times = [f"{choice}_ms" for choice in ("until", "scheduled") if choice in rule.fields]
    fields |= {choice: ARGUMENTS[choice] for choice in times}
    if name == "triage":
        fields["level"] = draw(st.integers(1, 4))
    return command(name, f"c{number}", "370782-1", at_ms=at_ms, **fields)


@settings(max_examples=150, deadline=None)
@given(life=lives())
def test_every_version_of_every_case_is_valid_and_refers_to_what_was_sent_before(life: list[Case]) -> None:
    """Told by somebody who looked at each version as it came, and so needs no history."""
    sent: dict[int, str] = {}
    chain: list[str] = []
    stood = False
    for stands in life:
        assert stands.levels[-1] == stands.level
        xml = alert_xml(stands, PLACE, SENDER)
        is_grave = stands.level in ALERTED and stands.state not in ENDED
        if is_grave and not stood:
            chain = []
        stood = is_grave
        if not is_grave and not chain:
            assert xml is None
            continue
        root = parsed(xml)
        identifier, at = text(root, "identifier"), text(root, "sent")
        references = root.findtext("references", "", CAP).split()
        assert references == chain
        assert text(root, "msgType") == ("Cancel" if not is_grave else "Update" if chain else "Alert")
        assert text(root, "status") == ("Test" if stands.simulated else "Actual")
        assert identifier not in sent.values()
        sent[stands.version] = identifier
        if is_grave:
            chain.append(f"{SENDER.id},{identifier},{at}")
        assert alert_xml(stands, PLACE, SENDER) == xml
        _hold_times(root, stands)
    assert [stands.level for stands in life] == list(life[-1].levels)


def _hold_times(root: ET.Element, stands: Case) -> None:
    at = datetime.fromisoformat(text(root, "sent"))
    assert at.timestamp() == sent_ms(stands, stands.version) // 1000
    assert at.utcoffset() == timedelta(hours=8)
    for info in root.findall("info", CAP):
        effective, onset, expires = (
            datetime.fromisoformat(text(info, name)) for name in ("effective", "onset", "expires")
        )
        assert effective == at < expires
        assert onset.timestamp() == stands.occurred_at_ms // 1000


def test_the_schema_refuses_what_it_should() -> None:
    """Or the other tests would prove nothing."""
    xml = alert_xml(case(level=1), PLACE, SENDER)
    assert xml is not None
    wrongs = {"+08:00": "Z", ">Actual<": ">Practice<", "Extreme": "Grave", "areaDesc": "areaName"}
    for right, wrong in wrongs.items():
        assert right in xml.decode()
        with pytest.raises(xmlschema.XMLSchemaValidationError):
            schema().validate(xml.decode().replace(right, wrong))


def test_both_languages_say_the_same_in_their_own_words() -> None:
    grave = case("a", type="3100", level=1, summary="楼道冒烟", origin="hotline", simulated=True)
    zh, en = parsed(alert_xml(grave, PLACE, SENDER)).findall("info", CAP)
    assert (text(zh, "language"), text(en, "language")) == ("zh-CN", "en-US")
    assert text(zh, "headline") == "【模拟】初报：特别重大 消防安全，潍坊市诸城市密州街道东关社区第一网格"
    assert text(en, "headline") == (
        "[Simulated] Alert: especially serious: fire safety, Grid 1, 东关社区, Mizhou, Zhucheng, Weifang"
    )
    assert text(zh, "event") == "消防安全"
    assert "楼道冒烟" in text(zh, "description")
    same = ("category", "urgency", "severity", "certainty", "responseType")
    assert [text(zh, name) for name in same] == [text(en, name) for name in same]
    assert [text(zh, name) for name in same] == ["Fire", "Immediate", "Extreme", "Likely", "Assess"]


def test_the_area_is_the_grids_outline_closed_in_degrees_latitude_first() -> None:
    area = parsed(alert_xml(case(level=2), PLACE, SENDER)).find("info/area", CAP)
    assert area is not None
    points = text(area, "polygon").split()
    assert points[0] == points[-1] == "36.000000,119.000000"
    assert len(points) == len(SQUARE) + 1
    codes = [(text(code, "valueName"), text(code, "value")) for code in area.findall("geocode", CAP)]
    assert codes == [*(("national-statistical-code", code) for code in CODES[:-1]), ("kite:grid", CODES[-1])]


def test_an_outline_of_too_many_points_is_given_as_its_circle() -> None:
    winding = tuple((119 + number / 1e5, 36.0) for number in range(600))
    area = parsed(alert_xml(case(level=2), Place(NAMES, CODES, (winding,), PLACE.circle), SENDER)).find(
        "info/area", CAP
    )
    assert area is not None
    assert area.find("polygon", CAP) is None
    assert text(area, "circle") == "36.005000,119.005000 0.900"


def test_utc_is_written_as_the_standard_wants_it() -> None:
    xml = alert_xml(case(level=1), PLACE, Sender("kite", ("中心", "centre"), "UTC"))
    assert text(parsed(xml), "sent").endswith("-00:00")


def test_there_is_none_for_a_lesser_case() -> None:
    assert alert_xml(case(level=3), PLACE, SENDER) is None
    assert message_of(case(level=4)) is None


@pytest.mark.parametrize("sender", ["", "a b", "a,b", "a<b", "a&b"])
def test_a_sender_that_cap_forbids_is_refused(sender: str) -> None:
    with pytest.raises(ValueError, match="sender of alerts"):
        Sender(sender, ("中心", "centre"), "UTC")


def test_the_tables_know_every_word() -> None:
    assert set(cap_tables.SEVERITY) == set(LEVELS)
    assert set(cap_tables.URGENCY) == set(STATES)
    assert set(cap_tables.CERTAINTY) == set(ORIGINS)
    assert set(cap_tables.RESPONSES) == set(STATES) - ENDED
    assert set(cap_tables.CATEGORY_BY_FAMILY) == {family.slug for family in FAMILIES}
    codes = {row.code for row in CASE_TYPES}
    assert all(any(code.startswith(known) for code in codes) for known in cap_tables.CATEGORY_BY_TYPE)
