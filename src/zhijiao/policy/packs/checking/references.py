"""Every id that one entry uses for another must resolve."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from zhijiao.policy.packs.checking.context import Context, did_you_mean, nearest, problem
from zhijiao.policy.packs.problems import Problem
from zhijiao.policy.packs.reading import Source
from zhijiao.policy.packs.rooms import LISTS, TITLES
from zhijiao.policy.types import walk_sections

CAPABILITY = "产品能力"


def unique_ids(context: Context) -> Iterator[Problem]:
    """An id stands once in its room; clause ids once in the whole family; item ids once over all rows."""
    for room in LISTS:
        seen: dict[str, Source] = {}
        for entry, source in context.entries(room.name):
            first = seen.setdefault(entry.id, source)
            if first is not source:
                yield problem(
                    source,
                    ("id",),
                    f"{room.title}编号 {entry.id} 已用于 {first.file.file}:{first.line('id')}",
                    "换一个编号，或合并成一条",
                )
    inherited = {c.id: pack.id for pack in context.index.ancestors for c in pack.clauses}
    for clause, source in context.entries("clauses"):
        if clause.id in inherited:
            yield problem(
                source,
                ("id",),
                f"条款编号 {clause.id} 上级包 {inherited[clause.id]} 已有",
                "编号加上本文件的前缀",
            )
    items: dict[str, Source] = {}
    for row, source in context.entries("tasks"):
        for i, item in enumerate(row.items):
            if (
                items.setdefault(item.id, source) is not source
                or [x.id for x in row.items].count(item.id) > 1
            ):
                yield problem(source, ("items", i, "id"), f"任务事项编号 {item.id} 重复", "换一个编号")


def structure(context: Context) -> Iterator[Problem]:
    """Clauses stand in a document and section of this pack; rows in one of its documents."""
    documents = {d.id: d for d in context.pack.manifest.documents}
    sections = {d.id: {s.id for s in walk_sections(d.sections)} for d in documents.values()}
    for clause, source in context.entries("clauses"):
        if clause.document not in documents:
            yield problem(
                source, ("document",), f"没有文件 {clause.document}", did_you_mean(clause.document, documents)
            )
        elif clause.section not in sections[clause.document]:
            yield problem(
                source,
                ("section",),
                f"文件 {clause.document} 里没有标题 {clause.section}",
                did_you_mean(clause.section, sections[clause.document]),
            )
    for row, source in context.entries("tasks"):
        if row.document not in documents:
            yield problem(
                source, ("document",), f"没有文件 {row.document}", did_you_mean(row.document, documents)
            )


def clause_references(context: Context) -> Iterator[Problem]:
    """`clauses` of every object, and the clause behind every number, exist."""
    known = context.index.clauses
    for room in LISTS:
        for entry, source in context.entries(room.name):
            for place, clause_id in _clauses_named(room.name, entry):
                if clause_id not in known:
                    yield problem(
                        source,
                        place,
                        f"{room.title} {entry.id} 引用的条款 {clause_id} 不存在",
                        did_you_mean(clause_id, known),
                    )


def _clauses_named(room: str, entry: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for i, clause_id in enumerate(getattr(entry, "clauses", ())):
        yield ("clauses", i), clause_id
    match room:
        case "indicators":
            for i, target in enumerate(entry.targets):
                yield ("targets", i, "clause"), target.clause
        case "tasks":
            for i, item in enumerate(entry.items):
                for j, clause_id in enumerate(item.clauses):
                    yield ("items", i, "clauses", j), clause_id
        case "parameters":
            for i, value in enumerate(entry.values):
                yield ("values", i, "clause"), value.clause
        case "standards":
            for i, version in enumerate(entry.versions):
                for j, item in enumerate(version.items):
                    if item.clause is not None:
                        yield ("versions", i, "items", j, "clause"), item.clause


def object_references(context: Context) -> Iterator[Problem]:
    """Goals, indicators, parameters, decisions, concepts, capabilities: what is named exists."""
    index = context.index
    parameters = {p.id for pack in index.family for p in pack.parameters}
    concepts = {c.id for pack in index.family for c in pack.concepts}
    decisions = set(index.defaults) | set(index.conflicts)
    indicators, goals, items = set(index.indicators), set(index.goals), set(index.items)
    uses: list[tuple[str, tuple[str, ...], set[str], str]] = [
        ("goals", ("parent",), goals, "目标"),
        ("goals", ("indicators",), indicators, "指标"),
        ("indicators", ("concept",), concepts, "比较概念"),
        ("indicators", ("definition", "decisions"), decisions, "口径决定"),
        ("indicators", ("parts", "of"), indicators, "指标"),
        ("programmes", ("indicators",), indicators, "指标"),
        ("rules", ("parameters",), parameters, "参数"),
        ("rules", ("decisions",), decisions, "口径决定"),
        ("concepts", ("conflicts",), set(index.conflicts), "分歧"),
    ]
    uses += [
        (room, ("capabilities",), set(context.capabilities), CAPABILITY)
        for room in ("programmes", "rules", "systems", "mechanisms")
    ]
    for room, path, known, what in uses:
        for entry, source in context.entries(room):
            yield from _unknown(source, path, _follow(entry, path), known, f"{TITLES[room]} {entry.id}", what)
    for entry, source in context.entries("reported"):
        for i, answer in enumerate(entry.answers):
            subject = f"公布数据 {entry.id}"
            yield from _unknown(
                source, ("answers", i, "indicator"), answer.indicator, indicators, subject, "指标"
            )
            yield from _unknown(source, ("answers", i, "task"), answer.task, items, subject, "任务事项")
            if (answer.indicator is None) == (answer.task is None):
                yield problem(
                    source,
                    ("answers", i),
                    f"{subject} 的回应应指向一个指标或一个任务事项",
                    "indicator 与 task 恰写一个",
                )
    for row, source in context.entries("tasks"):
        for i, item in enumerate(row.items):
            yield from _unknown(
                source, ("items", i, "indicators"), item.indicators, indicators, f"任务事项 {item.id}", "指标"
            )


def _follow(entry: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        entry = None if entry is None else getattr(entry, name)
    return entry


def _unknown(
    source: Source,
    path: tuple[str | int, ...],
    used: str | Iterable[str] | None,
    known: set[str],
    subject: str,
    what: str,
) -> Iterator[Problem]:
    if used is None:
        return
    words = [(path, used)] if isinstance(used, str) else [((*path, i), word) for i, word in enumerate(used)]
    for place, word in words:
        if word not in known:
            remedy = did_you_mean(word, known)
            if what == CAPABILITY:  # the product's own list: an author cannot add to it
                remedy = f"{nearest(word, known)}从产品能力清单里选（docs/generated/capabilities.md，网页 /capabilities）"
            yield problem(source, place, f"{subject} 用到的{what} {word} 不存在", remedy)


def unit_names(context: Context) -> Iterator[Problem]:
    """Every spelled unit is known, so that aliases of one department meet on one page."""
    index = context.index
    for room in ("clauses", "tasks", "programmes", "mechanisms"):
        for entry, source in context.entries(room):
            for place, name in _units_named(room, entry):
                if index.unit(name) is None:
                    yield problem(
                        source,
                        place,
                        f"{TITLES[room]} {entry.id} 的责任单位「{name}」没有登记",
                        f"{nearest(name, index.spellings)}在 organisations.yaml 的 units 里写出它，或加为别名",
                    )


def authorities(context: Context) -> Iterator[Problem]:
    """The authority of an institution is a department or office of the family."""
    found = context.mapping("places")
    if found is None:
        return
    value, source = found
    for i, institution in enumerate(value.institutions):
        name = institution.authority
        unit = context.index.unit(name) if name else None
        if name and getattr(unit, "kind", None) not in ("department", "office"):
            yield problem(
                source,
                ("institutions", i, "authority"),
                f"机构 {institution.id} 的主管单位「{name}」不是已登记的部门",
                f"{nearest(name, context.index.spellings)}写 units 里 kind 为 department 或 office 的单位",
            )


def _units_named(room: str, entry: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for i, name in enumerate(entry.units):
        yield ("units", i), name
    if room == "tasks":
        for i, item in enumerate(entry.items):
            for j, name in enumerate(item.units or ()):
                yield ("items", i, "units", j), name


def manifest(context: Context) -> Iterator[Problem]:
    """The manifest's own references: framework, publication list."""
    assert context.built.manifest is not None  # what is checked has been typed
    declared, source = context.built.manifest
    goals = context.index.goals
    board = declared.board
    if board is not None and board not in goals:
        yield problem(source, ("board",), f"首页体系 {board} 不在 goals.yaml 中", did_you_mean(board, goals))
    elif board is not None and goals[board].kind != "framework":
        yield problem(
            source,
            ("board",),
            f"目标 {board} 的 kind 是 {goals[board].kind}",
            "首页体系应是 kind: framework 的目标",
        )
    checks: list[tuple[str, Callable[[], set[str]], str]] = [
        ("indicators", lambda: set(context.index.indicators), "指标"),
        ("documents", lambda: {d.id for d in declared.documents}, "文件"),
    ]
    for attribute, known, what in checks:
        listed = getattr(declared.publication, attribute)
        if listed != "all":
            yield from _unknown(source, ("publication", attribute), listed, known(), "公开清单", what)
    seen = set()
    for i, document in enumerate(declared.documents):
        if document.id in seen:
            yield problem(source, ("documents", i, "id"), f"文件编号 {document.id} 重复", "换一个编号")
        seen.add(document.id)
        ids = [s.id for s in walk_sections(document.sections)]
        for twice in sorted({x for x in ids if ids.count(x) > 1}):
            yield problem(
                source,
                ("documents", i, "sections"),
                f"文件 {document.id} 的标题编号 {twice} 重复",
                "换一个编号",
            )


def decisions(context: Context) -> Iterator[Problem]:
    """The sides of conflicts and defaults are clauses of the family, or of the named pack if it is at hand."""
    found = context.mapping("decisions")
    if found is None:
        return
    value, source = found
    for room, sides in (("conflicts", "sides"), ("defaults", "clauses")):
        seen: set[str] = set()
        for i, entry in enumerate(getattr(value, room)):
            if entry.id in seen:
                yield problem(source, (room, i, "id"), f"编号 {entry.id} 重复", "换一个编号")
            seen.add(entry.id)
            for j, side in enumerate(getattr(entry, sides)):
                away = (
                    side.pack is not None and side.pack != context.pack.id and side.pack not in context.others
                )
                if not away and context.clause(side.clause, side.pack) is None:
                    home = side.pack or context.pack.id
                    yield problem(
                        source,
                        (room, i, sides, j, "clause"),
                        f"{entry.id} 引用的条款 {side.clause} 在 {home} 中不存在",
                        "核对编号；别的政策包的条款要写 pack",
                    )
