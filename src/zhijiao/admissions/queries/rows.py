"""The rows of this domain as pages are handed them, for their types. Pages read them through queries and never write them."""

from zhijiao.admissions.models import (
    BonusClaim,
    BonusProof,
    Candidate,
    Guardian,
    PlanLine,
    Round,
    Run,
    ScoreCorrection,
    ScoreSheet,
    Season,
)

__all__ = [
    "BonusClaim",
    "BonusProof",
    "Candidate",
    "Guardian",
    "PlanLine",
    "Round",
    "Run",
    "ScoreCorrection",
    "ScoreSheet",
    "Season",
]
