"""The tables of this domain, one subject a file."""

from zhijiao.admissions.models.candidates import (
    BonusClaim,
    BonusProof,
    Candidate,
    Guardian,
    ScoreCorrection,
    ScoreSheet,
)
from zhijiao.admissions.models.elsewhere import CheckResult, Elsewhere
from zhijiao.admissions.models.filling import Draft, Submission
from zhijiao.admissions.models.plan import PlanCell, PlanLine, PlanSignature, PlanStep
from zhijiao.admissions.models.publicity import Objection, Publicity, TextNotice
from zhijiao.admissions.models.runs import Explanation, Outcome, Run, RunSignature
from zhijiao.admissions.models.seasons import Extension, Round, RoundSeat, Season, SeasonStep
from zhijiao.admissions.models.seats import Decline, Enrolment, Letter, NameList, TopUp

__all__ = [
    "BonusClaim",
    "BonusProof",
    "Candidate",
    "CheckResult",
    "Decline",
    "Draft",
    "Elsewhere",
    "Enrolment",
    "Explanation",
    "Extension",
    "Guardian",
    "Letter",
    "NameList",
    "Objection",
    "Outcome",
    "PlanCell",
    "PlanLine",
    "PlanSignature",
    "PlanStep",
    "Publicity",
    "Round",
    "RoundSeat",
    "Run",
    "RunSignature",
    "ScoreCorrection",
    "ScoreSheet",
    "Season",
    "SeasonStep",
    "Submission",
    "TextNotice",
    "TopUp",
]
