"""The safety index (平安指数): how safe each region is, from 0 to 100, and why.

`parameters` fixes it, `index` keeps its sums, `evaluation` computes it, `explain` and `interval` say what
a score is made of and how sure it is, `calibrate` freezes reference and cuts on a past year.
"""

from dashboard.domain.safety_index.calibrate import calibrate
from dashboard.domain.safety_index.evaluation import Evaluation, levels, tenths
from dashboard.domain.safety_index.explain import CasePart, Explanation, FamilyPart, attribute
from dashboard.domain.safety_index.index import SafetyIndex
from dashboard.domain.safety_index.parameters import LEVEL_NAMES, IndexParameters

__all__ = [
    "LEVEL_NAMES",
    "CasePart",
    "Evaluation",
    "Explanation",
    "FamilyPart",
    "IndexParameters",
    "SafetyIndex",
    "attribute",
    "calibrate",
    "levels",
    "tenths",
]
