"""The form of a line: what was typed, read back into a line, and a line as the form shows it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.http import HttpRequest

from zhijiao.admissions.types.plan import CellDraft, LimitDraft, LineDraft
from zhijiao.policy.types import Admission
from zhijiao.portal.desk.seasons.shared import amount, whole

TEXTS = (
    "batch",
    "major_code",
    "major_name",
    "direction",
    "partner",
    "diploma",
    "ways_up",
    "destinations",
    "note",
)
MOST_LIMITS = 4


def raw_of(request: HttpRequest, rules: Admission) -> dict[str, str]:
    """What was typed, by the name of the field."""
    names = [
        *TEXTS,
        *("years", "tuition", "boarding_fee", "exempt", "boarding", "seats", "min_total", "revision"),
        *("document", "words"),
        *(f"seats-{origin.id}" for origin in rules.origins),
        *(f"limit-{n}" for n in range(MOST_LIMITS)),
        *(f"limit-words-{n}" for n in range(MOST_LIMITS)),
    ]
    return {name: request.POST.get(name, "").strip() for name in names}


def raw_from(rules: Admission, draft: LineDraft) -> dict[str, str]:
    """A line as the form shows it."""
    raw = {name: str(getattr(draft, name)) for name in TEXTS}
    raw["years"] = str(draft.years)
    raw["tuition"] = f"{draft.tuition.normalize():f}"
    raw["boarding_fee"] = f"{draft.boarding_fee.normalize():f}"
    raw["exempt"] = "1" if draft.exempt else ""
    raw["boarding"] = "1" if draft.boarding else ""
    ids = {origin.word: origin.id for origin in rules.origins}
    for cell in draft.cells:
        if not cell.origin:
            raw["seats"] = str(cell.seats)
            raw["min_total"] = "" if cell.min_total is None else f"{cell.min_total.normalize():f}"
        elif cell.origin in ids:
            raw[f"seats-{ids[cell.origin]}"] = str(cell.seats)
    for number, limit in enumerate(draft.limits[:MOST_LIMITS]):
        raw[f"limit-{number}"], raw[f"limit-words-{number}"] = limit.require, limit.words
    return raw


def draft_from(rules: Admission, raw: Mapping[str, str]) -> tuple[LineDraft, list[tuple[str, str]]]:
    """The line that was typed, and what could not be read: (field, words)."""
    faults: list[tuple[str, str]] = []
    years = whole(raw["years"])
    if years is None:
        faults.append(("years", "请填学制，写成 3 这样的整数。"))
    money: dict[str, Decimal] = {}
    for name, what in (("tuition", "学费"), ("boarding_fee", "住宿费")):
        found = amount(raw[name] or "0")
        if found is None:
            faults.append((name, f"{what}“{raw[name]}”不是数，请只填数字，如 600。"))
        money[name] = found or Decimal(0)
    least = amount(raw["min_total"]) if raw["min_total"] else None
    if raw["min_total"] and least is None:
        faults.append(("min_total", f"最低分“{raw['min_total']}”不是数；没有最低分就留空。"))
    cells: list[CellDraft] = []
    for origin in rules.origins:
        typed = raw.get(f"seats-{origin.id}", "")
        number = whole(typed or "0")
        if number is None:
            faults.append((f"seats-{origin.id}", f"“{origin.word}”的计划数“{typed}”不是整数。"))
        elif number:
            cells.append(CellDraft(origin.word, number, least))
    seats = whole(raw["seats"] or "0")
    if seats is None:
        faults.append(("seats", f"计划数“{raw['seats']}”不是整数，请只填数字，如 40。"))
    else:
        cells.append(CellDraft("", seats, least))
    limits = tuple(
        LimitDraft(f"limit-{n}", raw[f"limit-{n}"], raw[f"limit-words-{n}"])
        for n in range(MOST_LIMITS)
        if raw.get(f"limit-{n}") or raw.get(f"limit-words-{n}")
    )
    draft = LineDraft(
        **{name: raw[name] for name in TEXTS},
        years=years or 0,
        cells=tuple(cells),
        tuition=money["tuition"],
        boarding_fee=money["boarding_fee"],
        exempt=bool(raw["exempt"]),
        boarding=bool(raw["boarding"]),
        limits=limits,
    )
    return draft, faults
