"""What the reader says when a workbook cannot be used: sheet, cell, what is wrong, what to write."""

from __future__ import annotations

from zhijiao.policy.packs.problems import Problem


class WorkbookRefused(Exception):
    """A workbook was not taken over; nothing of it is used. Holds every problem, not just the first."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems), key=lambda p: (p.file.split("!")[0], p.line, p.file, p.message))
        super().__init__(
            f"工作簿有 {len(self.problems)} 处问题，未采用：\n" + "\n".join(map(_line, self.problems[:30]))
        )


def _line(problem: Problem) -> str:
    return f"{problem.file}：{problem.message}。{problem.remedy}。"


def at_cell(sheet: str, cell: str, row: int, message: str, remedy: str) -> Problem:
    """A problem at a cell, such as 目标!C7."""
    return Problem(f"工作簿 {sheet}!{cell}", row, message, remedy)


def about_file(message: str, remedy: str) -> Problem:
    """A problem of the workbook as a whole."""
    return Problem("工作簿", 1, message, remedy)
