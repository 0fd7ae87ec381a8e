"""Checks of twin.yaml, the shape of a city's synthetic twin."""

from __future__ import annotations

from collections.abc import Iterator

from zhijiao.policy.packs.checking.context import Context, did_you_mean, problem
from zhijiao.policy.packs.problems import Problem
from zhijiao.policy.types.twin import Twin


def twin(context: Context) -> Iterator[Problem]:
    """A figure says where it comes from, its clauses exist, the years and places are the pack's."""
    found = context.mapping("twin")
    if found is None:
        return
    shape, source = found
    assert isinstance(shape, Twin)
    if shape.last_year < shape.first_year:
        yield problem(
            source,
            ("last_year",),
            f"last_year {shape.last_year} 早于 first_year {shape.first_year}",
            "last_year 写不早于 first_year 的年份",
        )
    seen: set[str] = set()
    for i, figure in enumerate(shape.figures):
        if figure.id in seen:
            yield problem(source, ("figures", i, "id"), f"{figure.id} 写了两次", "只留一处")
        seen.add(figure.id)
    for room in ("figures", "projects", "resources", "programmes"):
        for i, entry in enumerate(getattr(shape, room)):
            if (entry.basis == "assumed") == bool(entry.clauses):
                yield problem(
                    source,
                    (room, i),
                    f"{room} 第 {i + 1} 项的 basis 是 {entry.basis}，{'却写了' if entry.clauses else '却没有写'}条款",
                    "published 和 plan 写上 clauses，assumed 不写",
                )
            for j, clause in enumerate(entry.clauses):
                if context.clause(clause) is None:
                    yield problem(
                        source,
                        (room, i, "clauses", j),
                        f"条款 {clause} 不存在",
                        did_you_mean(clause, context.index.clauses),
                    )
    places = {division.code for division in context.pack.places.divisions}
    for code in shape.county_weights:
        if code not in places:
            yield problem(
                source,
                ("county_weights", code),
                f"区划 {code} 不在 organisations.yaml",
                did_you_mean(code, places),
            )
