"""The plan as a workbook to fill in: its columns, a line as a row, and rows read back into lines with every fault at once. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from zhijiao.admissions.rules.conditions import SEXES
from zhijiao.admissions.rules.plan import faults_of
from zhijiao.admissions.rules.rolls import MOST_FAULTS, plain
from zhijiao.admissions.rules.typed import draft_from, names_of, raw_from
from zhijiao.admissions.types.plan import LineDraft
from zhijiao.admissions.types.rolls import RollFault
from zhijiao.policy.types import Admission

CODE, SCHOOL, BATCH, MAJOR = "招生代码", "学校", "批次", "专业代码"
YES, NO = "是", "否"
KEYS = (SCHOOL, BATCH, MAJOR)
"""The columns that a file must have."""
SPOKEN = {"major_name", "direction", "diploma", "partner", "ways_up", "destinations", "note"}


@dataclass(frozen=True)
class BookColumn:
    """A column. `field`: of the form of a line (empty: code or school); `number`: typed as a number; `choices`: the words of a
    drop-down."""

    title: str
    field: str
    hint: str
    number: bool = False
    choices: tuple[str, ...] = ()
    width: int = 14


@dataclass(frozen=True)
class Known:
    """A line that is there: its row, state, recruitment code and school (code), and what it says."""

    id: int
    revision: int
    state: str
    code: str
    school: str
    draft: LineDraft


@dataclass(frozen=True)
class Row:
    """A row that was read: its line in the file, the school's code, the line that it changes (None: a new one), the line as written."""

    line: int
    school: str
    known: Known | None
    draft: LineDraft


def columns_of(rules: Admission, kinds: Sequence[str]) -> list[BookColumn]:
    """The columns for schools of these kinds."""
    batches = tuple(b.name for b in rules.batches if set(kinds) & {k.value for k in b.kinds})
    yes_no = (YES, NO)
    return [
        BookColumn(CODE, "", "审定时给，不用填；有代码的行按代码对上", width=10),
        BookColumn(SCHOOL, "", "单位代码或全称", width=28),
        BookColumn(BATCH, "batch", "从下拉中选", choices=batches, width=28),
        BookColumn(MAJOR, "major_code", "照专业目录，如 660103", width=12),
        BookColumn("专业名称", "major_name", "照专业目录", width=24),
        BookColumn("专业方向", "direction", "同一专业分开招生时填"),
        BookColumn("学制", "years", "几年", number=True, width=8),
        BookColumn("计划（不限生源）", "seats", "人", number=True),
        *(
            BookColumn(f"计划（{o.word}）", f"seats-{o.id}", f"人，{o.what}", number=True)
            for o in rules.origins
        ),
        BookColumn("最低分", "min_total", "没有就留空", number=True, width=10),
        BookColumn("免学费", "exempt", "是或否", choices=yes_no, width=8),
        BookColumn("学费", "tuition", "元/年", number=True, width=10),
        BookColumn("提供住宿", "boarding", "是或否", choices=yes_no, width=10),
        BookColumn("住宿费", "boarding_fee", "元/年", number=True, width=10),
        BookColumn("毕业证", "diploma", "毕业时拿什么证", width=24),
        BookColumn("衔接高校", "partner", "一体化培养必填", width=24),
        BookColumn("性别要求", "sex", "不限就留空", choices=tuple(SEXES.values()), width=12),
        *(
            BookColumn(f"{c.name}不低于", f"check-{c.id}", f"{c.unit or '数'}，没有要求就留空", number=True)
            if c.kind == "number"
            else BookColumn(f"{c.name}须合格", f"check-{c.id}", "是；没有要求就留空", choices=yes_no)
            for c in rules.checks
        ),
        *(
            BookColumn(f"{s.column}最低分", f"least-{n}", "没有要求就留空", number=True, width=12)
            for n, s in enumerate(rules.subjects)
        ),
        BookColumn("怎样升学", "ways_up", "给考生看", width=30),
        BookColumn("就业去向", "destinations", "给考生看", width=30),
        BookColumn("说明", "note", "给考生看", width=30),
    ]


def row_of(rules: Admission, columns: Sequence[BookColumn], known: Known, school: str) -> list[str]:
    """A line as a row of texts."""
    raw = raw_from(rules, known.draft)
    shown = {
        "": "",
        **raw,
        "batch": next((b.name for b in rules.batches if b.id == raw["batch"]), raw["batch"]),
    }
    shown["sex"] = SEXES.get(raw["sex"], "")
    for column in columns:
        if column.choices == (YES, NO):
            shown[column.field] = (
                YES if raw.get(column.field) else NO if not column.field.startswith("check-") else ""
            )
    return [
        known.code
        if column.title == CODE
        else school
        if column.title == SCHOOL
        else shown.get(column.field, "")
        for column in columns
    ]


def read_rows(
    rules: Admission,
    heading: Sequence[str],
    rows: Sequence[Sequence[str]],
    first: int,
    *,
    schools: Mapping[str, str],
    kinds: Mapping[str, str],
    known: Sequence[Known],
) -> tuple[list[Row], list[RollFault]]:
    """The rows of a file, and every fault. `schools`: what the file may call a school that the writer writes for → its code; `kinds`: of
    these schools, by code. Columns that the file does not have keep what the line says."""
    columns = columns_of(rules, sorted(set(kinds.values())))
    titles = [plain(title) for title in heading]
    at = {
        column.title: titles.index(plain(column.title)) for column in columns if plain(column.title) in titles
    }
    missing = [title for title in KEYS if title not in at]
    if missing:
        return [], [RollFault(1, title, "没有这一列", "从平台下载模板填写，不要改列名") for title in missing]
    spoken = {column.title for column in columns if column.field in SPOKEN}
    names = {plain(name): code for name, code in schools.items()}
    by_code = {each.code: each for each in known if each.code}
    by_words = {_words(each.school, each.draft): each for each in known}
    found: list[Row] = []
    faults: list[RollFault] = []
    seen: dict[object, int] = {}
    for line, cells in enumerate(rows, first):
        typed = {title: cells[place].strip() if place < len(cells) else "" for title, place in at.items()}
        # What families read stays as it was typed; what is compared and counted does not hang on full-width signs.
        typed = {title: text if title in spoken else plain(text) for title, text in typed.items()}
        if not any(typed.values()):
            continue
        school = names.get(typed[SCHOOL], "")
        if not school:
            words = f"“{typed[SCHOOL]}”不是由您填报计划的学校"
            faults.append(RollFault(line, SCHOOL, words, "写单位代码或全称"))
            continue
        code = typed.get(CODE, "")
        there = by_code.get(code) if code else None
        if code and (there is None or there.school != school):
            faults.append(
                RollFault(line, CODE, f"本校没有招生代码 {code}", "新专业不填代码；照原表改的不要动代码")
            )
            continue
        raw, wrong = _raw(rules, columns, typed)
        if there is None:
            there = by_words.get(
                (school, raw.get("batch", ""), raw.get("major_code", ""), raw.get("direction", ""))
            )
        before = raw_from(rules, there.draft) if there is not None else {}
        draft, unread = draft_from(rules, {**dict.fromkeys(names_of(rules), ""), **before, **raw})
        said = [*wrong, *unread]
        fields = {field for field, _ in said}
        said += [(f.field, f.words) for f in faults_of(rules, kinds[school], draft) if f.field not in fields]
        of_field = {column.field: column.title for column in columns}
        faults += [
            RollFault(
                line,
                of_field.get(field, CODE if field == "code" else MAJOR),
                words.rstrip("。"),
                "改正这一格",
            )
            for field, words in said
        ]
        key: object = there.id if there is not None else _words(school, draft)
        if key in seen:
            faults.append(
                RollFault(line, MAJOR, f"与第 {seen[key]} 行是同一个专业", "合并成一行，或填专业方向分开")
            )
        seen.setdefault(key, line)
        found.append(Row(line, school, there, draft))
        if len(faults) >= MOST_FAULTS:
            break
    if not found and not faults:
        faults.append(RollFault(first, "", "没有一行数据", "检查是不是选错了文件或工作表"))
    return found, faults


def differences(rules: Admission, columns: Sequence[BookColumn], known: Known, after: LineDraft) -> list[str]:
    """What a row changes, a sentence each."""
    before = row_of(rules, columns, known, "")
    now = row_of(rules, columns, replace(known, draft=after), "")
    said = [
        f"{column.title}：{old or '空'} → {new or '空'}"
        for column, old, new in zip(columns, before, now, strict=True)
        if old != new
    ]
    return said or ["报考条件有变动"]


def _raw(
    rules: Admission, columns: Sequence[BookColumn], typed: Mapping[str, str]
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The cells of a row as the form would send them, and what no drop-down has."""
    raw: dict[str, str] = {}
    faults: list[tuple[str, str]] = []
    batches = {plain(b.name): b.id for b in rules.batches} | {b.id: b.id for b in rules.batches}
    sexes = {words: key for key, words in SEXES.items()} | {"": "", "不限": ""}
    for column in columns:
        if not column.field or column.title not in typed:
            continue
        text = typed[column.title]
        if column.field == "batch":
            raw["batch"] = batches.get(text, "")
        elif column.field == "sex":
            raw["sex"] = sexes.get(text, "")
            if text not in sexes:
                faults.append(("sex", f"“{text}”无法识别，写{'或'.join(SEXES.values())}，不限就留空。"))
        elif column.choices == (YES, NO):
            raw[column.field] = "1" if text == YES else ""
            if text not in ("", YES, NO):
                faults.append((column.field, f"“{text}”无法识别，写是或否。"))
        else:
            raw[column.field] = text
    return raw, faults


def _words(school: str, draft: LineDraft) -> tuple[str, str, str, str]:
    return (school, draft.batch, draft.major_code.strip(), draft.direction.strip())
