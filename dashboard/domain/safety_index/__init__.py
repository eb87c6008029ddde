"""The safety index (平安指数): how safe each region is, from 0 to 100, and why.

`parameters` fixes it, `feeding` says what feeds it, `sums` are its integers, `index` keeps them up case
by case, `evaluation` computes it, `levels` shows it, `explain`, `interval` and `profile` say what a score is
made of and how sure it is, `calibrate` freezes reference and cuts on a past year. docs/index.md is about it.
"""

from dashboard.domain.safety_index.calibrate import calibrate
from dashboard.domain.safety_index.evaluation import Evaluation
from dashboard.domain.safety_index.explain import Explanation, FamilyPart, Part, attribute, explain
from dashboard.domain.safety_index.feeding import KnownCase, WeighedCase, weigh
from dashboard.domain.safety_index.index import SafetyIndex, evaluate_sums
from dashboard.domain.safety_index.interval import score_interval
from dashboard.domain.safety_index.levels import levels, tenths
from dashboard.domain.safety_index.parameters import LEVEL_NAMES, IndexParameters
from dashboard.domain.safety_index.profile import Profile, Reason, profile, reasons_of
from dashboard.domain.safety_index.sums import GridSums

__all__ = [
    "LEVEL_NAMES",
    "Evaluation",
    "Explanation",
    "FamilyPart",
    "GridSums",
    "IndexParameters",
    "KnownCase",
    "Part",
    "Profile",
    "Reason",
    "SafetyIndex",
    "WeighedCase",
    "attribute",
    "calibrate",
    "evaluate_sums",
    "explain",
    "levels",
    "profile",
    "reasons_of",
    "score_interval",
    "tenths",
    "weigh",
]
