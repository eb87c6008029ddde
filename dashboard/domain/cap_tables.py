"""What Kite's words mean in the Common Alerting Protocol: one table per element of its `info`.

The values are those of OASIS CAP 1.2, section 3.2 (data dictionary). Texts are (zh, en).
"""

from __future__ import annotations

from dashboard.domain.case_types import FAMILIES

Text = tuple[str, str]

ALERTED = frozenset({1, 2})
"""Levels of which alerts are made: 01 and 02."""

LANGUAGES: tuple[str, ...] = ("zh-CN", "en-US")
"""The language of each `info`, in the order of a `Text`."""

STATUS: dict[bool, str] = {False: "Actual", True: "Test"}
"""By whether a case is simulated.

Test is "technical testing only, all recipients disregard"; Exercise is "actionable only by designated
exercise participants", and a simulator has none: nobody may act on what never happened.
"""

CATEGORY_BY_TYPE: dict[str, str] = {
    "31": "Fire",
    "3201": "CBRNE",
    "33": "Health",
    "34": "Env",
    "3402": "Met",  # "Meteorological (including flood)"
    "35": "Transport",
}
"""By a type's four digits or its first two; a type that is not here has its family's."""

CATEGORY_BY_FAMILY: dict[str, str] = {
    "stability": "Other",
    "public_order": "Security",
    "criminal": "Security",
    "safety": "Safety",
}

SEVERITY: dict[int, str] = {1: "Extreme", 2: "Severe", 3: "Moderate", 4: "Minor"}
"""By level; 3 and 4 are those of a case whose alert is cancelled because it turned out to be less."""

URGENCY: dict[str, str] = {
    "reported": "Immediate",
    "accepted": "Immediate",
    "assigned": "Immediate",
    "handling": "Expected",
    "resolved": "Past",
    "verified": "Past",
    "closed": "Past",
    "merged": "Past",
}
"""By state: what nobody has taken on needs somebody now; Past is "responsive action no longer required"."""

CERTAINTY: dict[str, str] = {
    "patrol": "Observed",
    "grid_worker": "Observed",
    "resident": "Likely",
    "hotline": "Likely",
    "sensor": "Likely",
    "camera_alert": "Possible",
    "publication": "Likely",
}
"""By origin: seen by somebody whose task it is, told by somebody, or inferred from a picture."""

RESPONSES: dict[str, tuple[str, Text]] = {
    "reported": ("Assess", ("请核实情况，做好处置准备。", "Verify what happened, and make ready to act.")),
    "accepted": ("Prepare", ("请做好处置准备，等候交办。", "Make ready to act; it will be assigned.")),
    "assigned": ("Execute", ("请受领单位立即前往处置。", "Units that were assigned: go and act now.")),
    "handling": ("Monitor", ("正在处置，请关注后续信息。", "It is being handled; watch for more.")),
    "resolved": ("Monitor", ("已办结，等待验证。", "It is resolved and awaits verification.")),
    "verified": ("Monitor", ("已验证，等待结案。", "It is verified and awaits its closing.")),
}
"""State → `responseType` and the instruction that belongs to it."""

ALL_CLEAR: tuple[str, Text] = (
    "AllClear",
    ("不再通报，无需按此前通报采取行动。", "Nothing more is to be done by the earlier messages."),
)
"""What a Cancel says instead."""

KINDS: dict[str, Text] = {
    "Alert": ("初报", "Alert"),
    "Update": ("续报", "Update"),
    "Cancel": ("解除", "Cancelled"),
}
"""Kinds of message (`msgType`) as a headline says them."""

SIMULATED: Text = ("【模拟】", "[Simulated] ")

SCOPE = "Restricted"
RESTRICTION = (
    "限综治中心及其订阅系统使用，不对公众发布 / "
    "For the centre and the systems that it lets subscribe, not for the public"
)
"""Cases are shown by role and region, so alerts are "for dissemination only to users with a known operational
requirement"; what the public is told is for the authority that receives them to decide."""

LABELS: dict[str, Text] = {
    "summary": ("情况：", "What: "),
    "place": ("地点：", "Where: "),
    "state": ("状态：", "State: "),
    "origin": ("来源：", "Learned of by: "),
}
"""Lines of the description."""


def category(type_code: str, family: int) -> str:
    """The category of a type (four digits) and of the family (position in `FAMILIES`) that its case has."""
    for known in (type_code, type_code[:2]):
        if known in CATEGORY_BY_TYPE:
            return CATEGORY_BY_TYPE[known]
    return CATEGORY_BY_FAMILY[FAMILIES[family].slug]
