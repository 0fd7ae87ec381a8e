"""Verbs between the ledger and the registers above this platform: write what they take, read what they have, list what they
refused. They stay the legal registers; nothing is typed twice."""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from zhijiao.core import environment
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.models import Organisation
from zhijiao.core.tree import tree
from zhijiao.exchange.actions import intake
from zhijiao.exchange.actions.numbers import hide, reveal_for_file
from zhijiao.exchange.queries.standard import standard
from zhijiao.exchange.types import Outcome
from zhijiao.exchange.types.batches import Refused as NumberRefused
from zhijiao.policy.types import UpperRegister
from zhijiao.records.actions.rosters import STUDENTS, hand_to_hub, roster_row
from zhijiao.records.actions.shared import alone, call, log
from zhijiao.records.models import RecordIssue, RegisterFile, StudentRecord
from zhijiao.records.places import index_of, require_acting, school
from zhijiao.records.rules import registers as rules
from zhijiao.records.types import LIVE, IssueKind, Refused, Status

MOST = 8 * 1024 * 1024
"""Bytes that a file of an upper register may have."""
MOST_SHEETS = 20


@dataclass(frozen=True)
class TakenExport:
    """What became of an export: rows, and how intake took them; differences stand on the list of the data hub."""

    rows: int
    outcome: Outcome


@dataclass(frozen=True)
class TakenRefusals:
    """What became of a list of refusals: new issues, those known before, rows of nobody on record here, and where something stands
    that is no number of anybody."""

    new: int
    known: int
    strangers: int
    unread: tuple[str, ...] = ()


def register_of(organisation: int, by: Actor, at: datetime) -> UpperRegister:
    """The register to which a school reports. Raises Refused, Invisible."""
    standing = tree(by.tenant, timezone.localdate(at))
    node = school(standing, organisation)
    found = next((r for r in index_of(standing, organisation).registers if node.kind in r.kinds), None)
    if found is None:
        raise Refused(f"本地的政策没有写{node.kind.words}的上级学籍系统，不知道文件是什么样子。")
    return found


def write_upload(
    *,
    organisation: int,
    statuses: Collection[Status] = (),
    by: Actor,
    at: datetime,
) -> tuple[str, bytes]:
    """The file that the upper register takes, and its name: records that are live, or of `statuses`. Every number in it is a
    reading that the student sees. Raises Refused, NotAllowed, Invisible."""
    require_acting(by, organisation, "上报学籍")
    register = register_of(organisation, by, at)
    wanted = [status.value for status in (statuses or LIVE - {Status.PENDING})]
    with acting(by):
        rows = list(
            StudentRecord.objects.filter(organisation=organisation, status__in=wanted).order_by(
                "grade", "class_no", "pk"
            )
        )
        if not rows:
            raise Refused("没有要上报的学籍；请先登记新生，或换一种学籍状态。")
        code = Organisation.objects.get(pk=organisation).code
        found = reveal_for_file(
            by=by,
            at=at,
            organisation=organisation,
            dataset=STUDENTS,
            people=[(row.person, row.sealed) for row in rows],
            purpose=f"上报{register.short}",
        )
        lines = [
            {**roster_row(row, code, number), "student_no": f"G{number}"}
            for row, number in zip(rows, found, strict=True)
        ]
        content = _book(register.sheet, rules.upload(register, lines, names_of_codes()))
        name = f"{register.short}上报_{timezone.localdate(at):%Y%m%d}.xlsx"
        _note(organisation, register, "upload", name, content, len(rows), 0, "", by, at)
    return name, content


def take_export(*, organisation: int, name: str, content: bytes, by: Actor, at: datetime) -> TakenExport:
    """Take what the upper register has: it becomes a second source of the school's students, and where the two differ stands on
    the list of differences. Our own roster is handed over first. Raises Refused, NotAllowed, Invisible."""
    require_acting(by, organisation, "导入上级系统的名册")
    register = register_of(organisation, by, at)
    with _naming(name):
        export = rules.read_export(register, _sheets(name, content), names_of_codes())
    rows = list(export.rows.values())
    if not rows:
        raise Refused(f"“{name}”里没有学生。请在{register.short}里选好范围，重新导出。")
    hand_to_hub(organisation=organisation, by=by, at=at)
    with acting(by):
        code = Organisation.objects.get(pk=organisation).code
        ours = {row.person: row for row in StudentRecord.objects.filter(organisation=organisation)}
    read = {column.field for column in register.columns} - {"student_no"}
    lines = {}
    for place, row in export.rows.items():
        try:
            known = ours.get(hide(row["person"]).person)
        except NumberRefused:
            known = None  # intake says what is wrong with the number
        # What this register does not hold cannot differ.
        line = (
            roster_row(known, code, row["person"])
            if known is not None
            else {"education": "secondary", "full_time": "yes"}
        )
        lines[place] = {
            **line,
            **{field: row[field] for field in read if field in row},
            "organisation": code,
        }
    outcome = _intake(organisation, register, f"{name}{export.sheet}", export.heading, lines, by, at)
    with acting(by):
        words = f"读入 {outcome.counts.read} 行，待改 {outcome.counts.quarantined} 行"
        _note(
            organisation,
            register,
            "export",
            name,
            content,
            len(rows),
            outcome.counts.quarantined,
            words,
            by,
            at,
        )
    return TakenExport(len(rows), outcome)


def take_refusals(*, organisation: int, name: str, content: bytes, by: Actor, at: datetime) -> TakenRefusals:
    """Read which rows the upper register refused and put each on the list of issues; a list that is read twice adds nothing.
    Raises Refused, NotAllowed, Invisible."""
    require_acting(by, organisation, "读回上级系统的退回")
    register = register_of(organisation, by, at)
    with _naming(name):
        read = rules.read_refusals(register, _sheets(name, content))
    unread = list(read.unread)
    if not read.found and not unread:
        raise Refused(f"“{name}”里没有被退回的学生。如果系统显示有，请导出校验结果后再上传。")
    new = known = strangers = 0
    with acting(by), bulk():
        alone(by.tenant.value, organisation, "refusals")
        ours = {
            row.person: row for row in StudentRecord.objects.filter(organisation=organisation).order_by("pk")
        }
        for refusal in read.found:
            try:
                hidden = hide(refusal.number)
            except NumberRefused:
                unread.append(refusal.place)
                continue
            row = ours.get(hidden.person)
            if row is None:
                strangers += 1
                continue
            _, made = RecordIssue.objects.get_or_create(
                organisation_id=organisation,
                kind=IssueKind.REFUSED.value,
                register=register.id,
                person=hidden.person,
                settled_at=None,
                defaults={
                    "tenant": by.tenant.value,
                    "masked": hidden.masked,
                    "name": row.name,
                    "record": row,
                    "words": f"{register.short}：{refusal.words}"[:500],
                    "remedy": refusal.remedy[:300],
                    "found_at": at,
                },
            )
            new, known = new + made, known + (not made)
        words = f"新列入 {new} 人，已在清单 {known} 人，本校没有的 {strangers} 行"
        if unread:
            words += f"；{rules.named(unread)}没有号码或号码不对，没有读入，请核对后重新上传"
        _note(organisation, register, "refused", name, content, len(read.found), new, words, by, at)
        if new:
            call(
                organisation,
                f"records:refusals:{organisation}:{hashlib.sha256(content).hexdigest()[:12]}",
                f"{register.short}退回 {new} 人",
                words,
                "/desk/records/issues",
                at,
            )
    return TakenRefusals(new, known, strangers, tuple(unread))


def names_of_codes() -> Mapping[str, Mapping[str, str]]:
    """By field of a roster, the name of each code."""
    described = standard()
    found = {}
    for field in described.by_id[STUDENTS].fields:
        listed = described.codes.get(field.values) if field.values else None
        if listed is not None:
            found[field.id] = {entry.code: entry.name for entry in listed.entries}
    return found


# -- shared ----------------------------------------------------------------------------------------


def _intake(
    organisation: int,
    register: UpperRegister,
    name: str,
    heading: int,
    lines: Mapping[int, Mapping[str, str]],
    by: Actor,
    at: datetime,
) -> Outcome:
    """Hand rows to intake. Each stands in the row that it has in the sender's file, so that what is wrong is found there."""
    fields = standard().by_id[STUDENTS].fields
    with tempfile.TemporaryDirectory(prefix=".register-", dir=environment.data_folder()) as folder:
        path = Path(folder) / "students.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            empty = [""] * len(fields)
            writer.writerows(empty for _ in range(heading - 1))
            writer.writerow([field.name for field in fields])
            for place in range(heading + 1, max(lines) + 1):
                line = lines.get(place)
                writer.writerow(empty if line is None else [line.get(field.id, "") for field in fields])
        return intake(
            by=by,
            at=at,
            dataset=STUDENTS,
            organisation=organisation,
            path=path,
            name=f"{register.short}：{name[:80]}.csv",
            source=register.id,
            key=f"register:{register.id}:{hashlib.sha256(path.read_bytes()).hexdigest()[:24]}:{at:%Y%m%d%H%M%S}",
        )


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Say of which file a refusal is."""
    try:
        yield
    except Refused as refused:
        raise Refused(f"“{name}”{refused}", refused.field) from refused


def _sheets(name: str, content: bytes) -> list[rules.Sheet]:
    if len(content) > MOST:
        raise Refused(f"“{name}”超过 {MOST // 1024 // 1024} MB；请按年级分几次导出。")
    if content[:2] == b"PK":
        return _book_of(name, content)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return [rules.Sheet("", list(csv.reader(io.StringIO(content.decode(encoding)))))]
        except (UnicodeDecodeError, csv.Error):
            continue
    raise Refused(f"“{name}”读不了；请上传系统导出的 .xlsx 或 .csv 文件。")


def _book_of(name: str, content: bytes) -> list[rules.Sheet]:
    from zhijiao.render.xlsx.opening import UnreadableBook, open_book

    try:
        sheets = open_book(content, values=True).worksheets
    except UnreadableBook as error:
        raise Refused(f"“{name}”读不了：{error}") from error
    return [
        rules.Sheet(
            str(sheet.title), [[_cell(cell) for cell in line] for line in sheet.iter_rows(values_only=True)]
        )
        for sheet in sheets[:MOST_SHEETS]
    ]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value)) if abs(value) < 1e15 else f"{value:.5E}"
    return str(value).strip()


def _book(sheet: str, grid: Sequence[Sequence[str]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    page = book.create_sheet(sheet[:31])
    for line in grid:
        cells = []
        for value in line:
            cell = WriteOnlyCell(page, value=value)
            cell.number_format = "@"  # a number of 18 digits must stay text
            cell.data_type = "s"
            cells.append(cell)
        page.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _note(
    organisation: int,
    register: UpperRegister,
    kind: str,
    name: str,
    content: bytes,
    rows: int,
    found: int,
    words: str,
    by: Actor,
    at: datetime,
) -> None:
    RegisterFile.objects.create(
        organisation_id=organisation,
        register=register.id,
        kind=kind,
        name=name[:200],
        digest=hashlib.sha256(content).hexdigest(),
        rows=rows,
        found=found,
        words=words[:300],
        by_name=by.name[:80],
        at=at,
    )
    said = {"upload": "生成上报文件", "export": "导入上级系统的名册", "refused": "读回上级系统的退回"}[kind]
    log(
        by,
        at,
        f"register_{kind}",
        organisation,
        "register",
        register.id,
        f"{said}：{name}（{rows} 行）",
        {"rows": rows},
    )
