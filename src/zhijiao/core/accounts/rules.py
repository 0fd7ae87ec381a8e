"""What a password must be, and one-time codes. Pure: no Django, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterator

SHORTEST = 10
LONGEST = 200
LONG_ENOUGH = 16
"""From this length on a phrase needs no mixture of signs."""
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)
_RUN = 4
"""From how many neighbours on a stretch of a row counts as a pattern."""


def password_faults(password: str, *, username: str, phone: str = "", name: str = "") -> list[str]:
    """What is wrong with a new password, one sentence each; empty when it is good."""
    return list(_faults(password, username, phone, name))


def _faults(password: str, username: str, phone: str, name: str) -> Iterator[str]:
    if len(password) < SHORTEST:
        yield f"口令至少 {SHORTEST} 位，现在是 {len(password)} 位。"
    if len(password) > LONGEST:
        yield f"口令最多 {LONGEST} 位，现在是 {len(password)} 位。"
    if len(password) < LONG_ENOUGH and _kinds(password) < 3:
        yield f"口令要有大写字母、小写字母、数字、符号（汉字算符号）中的三种；{LONG_ENOUGH} 位以上的长口令不要求。"
    folded = password.casefold()
    for word, what in ((username, "用户名"), (phone, "电话号码"), (name, "姓名")):
        if len(word) >= 3 and word.casefold() in folded:
            yield f"口令里不能有{what}。"
    if _patterned(folded):
        yield "口令的大半是连续或重复的字符（如 1234、abcd、qwer、aaaa），容易被猜到。"


def _kinds(password: str) -> int:
    lower, upper = bool(re.search(r"[a-z]", password)), bool(re.search(r"[A-Z]", password))
    digit, other = bool(re.search(r"[0-9]", password)), bool(re.search(r"[^A-Za-z0-9]", password))
    return lower + upper + digit + other


def _patterned(folded: str) -> bool:
    """Whether few different characters, or runs along a row of the keyboard or alphabet, make up half of it."""
    return len(set(folded)) < 5 or _in_runs(folded) * 2 >= len(folded)


def _in_runs(text: str) -> int:
    """How many characters lie in runs of neighbours: 1234, dcba, aaaa, qwer."""
    covered, start = 0, 0
    while start < len(text):
        length = max(
            _along(text, start, row) for row in (*_ROWS, *(row[::-1] for row in _ROWS), text[start] * 60)
        )
        covered += length if length >= _RUN else 0
        start += length if length >= _RUN else 1
    return covered


def _along(text: str, start: int, row: str) -> int:
    """How far the text follows a row from `start` on."""
    place = row.find(text[start])
    length = 0
    while (
        place != -1
        and start + length < len(text)
        and place + length < len(row)
        and text[start + length] == row[place + length]
    ):
        length += 1
    return length


ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and digits that are not mistaken for each other when read out."""


def grouped(letters: str, size: int = 4) -> str:
    """A code as it is read out: ABCD-EFGH."""
    return "-".join(letters[at : at + size] for at in range(0, len(letters), size))


def ungrouped(text: str) -> str:
    """A code as it was typed, without spaces and strokes, in capitals."""
    return re.sub(r"[\s\-—－]", "", text).upper()


def fitting_step(secret_code: str, codes: dict[int, str], last: int) -> int | None:
    """Which time step a typed code belongs to, later than the last one used; None where it fits none or was used."""
    return next((step for step, code in sorted(codes.items()) if code == secret_code and step > last), None)
