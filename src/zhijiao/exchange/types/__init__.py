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

__all__ = [
    "FORMAT",
    "Code",
    "CodeList",
    "Counts",
    "Dataset",
    "Due",
    "Field",
    "FieldType",
    "FileUnusable",
    "Frequency",
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
    "Standard",
    "State",
]
