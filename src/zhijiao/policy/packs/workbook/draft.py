"""Reads an edited workbook and writes it as a draft version of its pack."""

from __future__ import annotations

import re
import shutil
import tempfile
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml.comments import CommentedMap

from zhijiao.policy.packs.comparing import Change, compare
from zhijiao.policy.packs.loading import Library
from zhijiao.policy.packs.problems import PackNotFound, PackRefused, Problem
from zhijiao.policy.packs.reading import Source, folder_of
from zhijiao.policy.packs.workbook.additions import plan_additions
from zhijiao.policy.packs.workbook.deciding import Decided, decide
from zhijiao.policy.packs.workbook.fields import TARGETS
from zhijiao.policy.packs.workbook.lines import lines_of
from zhijiao.policy.packs.workbook.opening import Opened, open_workbook
from zhijiao.policy.packs.workbook.plan import Plan, plan_task_edit
from zhijiao.policy.packs.workbook.refusal import WorkbookRefused, about_file, at_cell
from zhijiao.policy.packs.workbook.splicing import PackFile
from zhijiao.policy.packs.workbook.targets import plan_targets
from zhijiao.policy.packs.workbook.tasks import plan_deleted_items
from zhijiao.policy.types import PackIndex

MARK = "-草案-"


@dataclass(frozen=True)
class Draft:
    """What a workbook changes. `notes` are things to look at that are no fault."""

    pack: str
    changes: list[Change]
    notes: list[str]
    _shelf: Library
    _plan: Plan

    def write(self, folder: Path) -> Path:
        """Write the draft: a copy of the pack with the edits, under a version of its own; returns its folder.

        A pack's folder bears its id, so in a folder of another name the draft stands in `<folder>/<pack>`.
        Raises FileExistsError when there is something already.
        """
        target = folder if folder.name == self.pack else folder / self.pack
        if target.exists() and any(target.iterdir()):
            raise FileExistsError(f"文件夹 {target} 已有内容，换一个新的文件夹名")
        _write(self._shelf, self.pack, self._plan, target)
        return target


def read_draft(shelf: Library, file: Path, pack: str | None = None) -> Draft:
    """Read an edited workbook against the installed pack. The pack itself is not touched.

    Raises WorkbookRefused with every problem found.
    """
    opened = open_workbook(file)
    index = _index(shelf, opened, pack)
    lines = lines_of(index)
    decided = decide(opened, index, lines)
    plan = _plan(index, decided)
    if decided.problems or plan.problems:
        raise WorkbookRefused([*decided.problems, *plan.problems])
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / index.id
        _write(shelf, index.id, plan, folder)
        draft = Library([Path(place), *shelf.where])
        problems = draft.problems(index.id)
        if problems:
            raise WorkbookRefused([_in_workbook(draft, index.id, p, opened) for p in problems])
        changes = [c for c in compare(index.pack, draft.load(index.id)) if c.room != "manifest"]
    return Draft(index.id, changes, [*decided.notes, *plan.notes], shelf, plan)


def _index(shelf: Library, opened: Opened, pack: str | None) -> PackIndex:
    if pack is not None and opened.pack != pack:
        message = f"这是政策包 {opened.pack} 的工作簿，不是 {pack} 的"
        raise WorkbookRefused([about_file(message, f"换成 {pack} 的工作簿，或去掉 --pack")])
    try:
        return shelf.index(opened.pack)
    except PackNotFound as error:
        message = f"工作簿属于政策包 {opened.pack}，这里没有这个政策包"
        raise WorkbookRefused([about_file(message, f"现有：{'、'.join(error.known) or '无'}")]) from error
    except PackRefused as error:
        message = f"现行的政策包 {opened.pack} 自身有 {len(error.problems)} 处问题"
        raise WorkbookRefused([about_file(message, f"先改正：zhijiao packs check {opened.pack}")]) from error


def _plan(index: PackIndex, decided: Decided) -> Plan:
    plan = Plan(index)
    deleted = {key: line for sheet, key, line in decided.deleted if sheet == TARGETS.name}
    edits = [edit for edit in decided.edits if edit.sheet == TARGETS.name]
    for edit in decided.edits:
        if edit.sheet != TARGETS.name:
            plan_task_edit(plan, edit)
    plan_deleted_items(plan, [(key, line) for sheet, key, line in decided.deleted if sheet != TARGETS.name])
    plan_targets(plan, lines_of(index)[TARGETS.name], edits, deleted)
    plan_additions(plan, decided.new)
    return plan


# -- writing ---------------------------------------------------------------------------------------


def _write(shelf: Library, pack: str, plan: Plan, target: Path) -> None:
    source = folder_of(pack, shelf.where)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(".*"), dirs_exist_ok=True)
    entries = shelf.built(pack).entries
    places: dict[tuple[str, str], Source] = {
        (room, value.id): source  # type: ignore[attr-defined]
        for room, listed in entries.items()
        for value, source in listed
    }
    files: dict[str, _Edits] = {}
    for (room, entry), changes in plan.changes.items():
        if (room, entry) not in plan.removed:
            place = places[room, entry]
            files.setdefault(place.file.file, _Edits()).changes[place.path[0]] = changes  # type: ignore[index]
    for key in plan.removed:
        place = places[key]
        files.setdefault(place.file.file, _Edits()).removed.add(place.path[0])  # type: ignore[arg-type]
    for room, beside, new in plan.added:
        files.setdefault(_file_for(entries, places, room, beside), _Edits()).added.append(new)
    for name, edits in files.items():
        starts = [s.line() for listed in entries.values() for _, s in listed if s.file.file == name]
        PackFile(target / name, starts).apply(edits.changes, edits.removed, edits.added)
    _mark_version(target / "pack.yaml", plan.index.pack.manifest.version)


class _Edits:
    """What happens to one file."""

    def __init__(self) -> None:
        self.changes: dict[int, list] = {}
        self.removed: set[int] = set()
        self.added: list[CommentedMap] = []


def _file_for(entries: dict, places: dict[tuple[str, str], Source], room: str, beside: str | None) -> str:
    """The file for a new entry: that of its neighbour, else of the last entry of the room, else a new one."""
    if beside is not None and (room, beside) in places:
        return places[room, beside].file.file
    return entries[room][-1][1].file.file if entries[room] else f"{room}.yaml"


def _mark_version(manifest: Path, version: str) -> None:
    """2026.1 becomes 2026.1-草案-1, and a draft of a draft counts on."""
    stem, mark, count = version.rpartition(MARK)
    new = f"{stem}{MARK}{int(count) + 1}" if mark and count.isdecimal() else f"{version}{MARK}1"
    text = manifest.read_text(encoding="utf-8-sig")
    text = re.sub(
        r"(?m)^version[ \t]*:.*$", lambda _: f"version: '{new.replace(chr(39), chr(39) * 2)}'", text
    )
    manifest.write_text(text, encoding="utf-8")


# -- problems of the draft, in the workbook's words ------------------------------------------------


def _in_workbook(draft: Library, pack: str, problem: Problem, opened: Opened) -> Problem:
    """The cell behind a problem of the draft's files, where the entry stands in the workbook."""
    starts = sorted(
        (source.line(), value.id)  # type: ignore[attr-defined]
        for listed in draft.built(pack).entries.values()
        for value, source in listed
        if source.file.file == problem.file
    )
    place = bisect_right(starts, (problem.line, "\U0010ffff")) - 1
    entry = starts[place][1] if place >= 0 else ""
    for lines in opened.lines.values():
        for line in lines:
            if entry in line.key:
                return at_cell(line.sheet, f"A{line.row}", line.row, problem.message, problem.remedy)
    return Problem(f"政策包 {problem.file}", problem.line, problem.message, problem.remedy)
