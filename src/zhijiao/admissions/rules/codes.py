"""Recruitment codes: one set in a season for all kinds of schools. Pure.

Three digits name the school, two the line of the school. Codes that were given stay; new ones follow on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

FIRST_SCHOOL = 101
MOST_SCHOOLS, MOST_LINES = 899, 99


class CodesExhausted(ValueError):
    """More schools or lines than codes."""


def next_code(given: Mapping[str, Iterable[str]], school: str) -> str:
    """The code of one more line of a school. `given`: the codes given so far, by school. Raises CodesExhausted."""
    own = sorted(given.get(school, ()))
    if own:
        head = own[0][:3]
        last = max(int(code[3:]) for code in own)
    else:
        heads = [int(code[:3]) for codes in given.values() for code in codes]
        number = max(heads, default=FIRST_SCHOOL - 1) + 1
        if number > MOST_SCHOOLS + 100:
            raise CodesExhausted("招生学校超过 899 所，三位学校代码不够用。")
        head, last = str(number), 0
    if last >= MOST_LINES:
        raise CodesExhausted(f"一所学校的招生专业超过 {MOST_LINES} 个，两位专业代码不够用。")
    return f"{head}{last + 1:02d}"
