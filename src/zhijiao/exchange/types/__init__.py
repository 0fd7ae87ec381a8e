"""What may cross the door of this domain."""

from zhijiao.exchange.types.intake import (
    Counts,
    FileUnusable,
    Layout,
    Outcome,
    Problem,
    Severity,
    State,
)
from zhijiao.exchange.types.snapshots import FORMAT, Manifest, Part
from zhijiao.exchange.types.standard import (
    Code,
    CodeList,
    Dataset,
    Due,
    Field,
    FieldType,
    Frequency,
    Keeping,
    Privacy,
    Role,
    RowCheck,
    Standard,
)
from zhijiao.exchange.types.store import DifferenceState, HeldState, Side

__all__ = [
    "FORMAT",
    "Code",
    "CodeList",
    "Counts",
    "Dataset",
    "DifferenceState",
    "Due",
    "Field",
    "FieldType",
    "FileUnusable",
    "Frequency",
    "HeldState",
    "Keeping",
    "Layout",
    "Manifest",
    "Outcome",
    "Part",
    "Privacy",
    "Problem",
    "Role",
    "RowCheck",
    "Severity",
    "Side",
    "Standard",
    "State",
]
