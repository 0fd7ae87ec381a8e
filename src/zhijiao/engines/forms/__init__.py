"""Forms as data: fields and checks, reading what people type, differences, static checker."""

from zhijiao.engines.forms.checking import SpecFault, faults
from zhijiao.engines.forms.differences import differences
from zhijiao.engines.forms.numbers import decimals_of, read_number, unit_of
from zhijiao.engines.forms.reading import from_mapping
from zhijiao.engines.forms.tidying import Unreadable
from zhijiao.engines.forms.times import date_in_chinese, period_in_chinese, read_date, read_period
from zhijiao.engines.forms.types import (
    NUMERIC,
    Answer,
    Change,
    Check,
    Choice,
    Fault,
    Field,
    FieldKind,
    Form,
    Jump,
    Level,
    Op,
    Section,
    ShownWhen,
    Value,
)
from zhijiao.engines.forms.validation import is_asked, judge, validate
from zhijiao.engines.forms.values import as_json, as_text, from_json, parse, shown
from zhijiao.engines.reading import ReadingError

__all__ = [
    "NUMERIC",
    "Answer",
    "Change",
    "Check",
    "Choice",
    "Fault",
    "Field",
    "FieldKind",
    "Form",
    "Jump",
    "Level",
    "Op",
    "ReadingError",
    "Section",
    "ShownWhen",
    "SpecFault",
    "Unreadable",
    "Value",
    "as_json",
    "as_text",
    "date_in_chinese",
    "decimals_of",
    "differences",
    "faults",
    "from_json",
    "from_mapping",
    "is_asked",
    "judge",
    "parse",
    "period_in_chinese",
    "read_date",
    "read_number",
    "read_period",
    "shown",
    "unit_of",
    "validate",
]
