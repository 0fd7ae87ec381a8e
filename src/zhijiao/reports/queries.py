"""Reads of this domain: the brief and its files, workbooks of figures owed. No database: any pack that can be indexed will do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from zhijiao.indicators.queries import board as board_on
from zhijiao.policy.types import PackIndex
from zhijiao.render.docx import TemplateRefused, fill_template, write_document
from zhijiao.render.xlsx.marking import Mark, marked
from zhijiao.reports.exports import EXPORTERS, Exporter, Scene, board_workbook, list_workbook
from zhijiao.reports.hand_in import own
from zhijiao.reports.hand_in.reading import is_ours
from zhijiao.reports.hand_in.reading import read as read_workbook
from zhijiao.reports.hand_in.types import Problem
from zhijiao.reports.hand_in.writing import workbook as hand_in_workbook
from zhijiao.reports.layout import lay_out
from zhijiao.reports.rules import make_brief
from zhijiao.reports.template import context
from zhijiao.reports.template import sample_template as make_sample
from zhijiao.reports.types import Brief

__all__ = [
    "EXPORTERS",
    "Exporter",
    "Scene",
    "TemplateRefused",
    "board_workbook",
    "brief",
    "brief_document",
    "duties_workbook",
    "hand_in_workbook",
    "is_ours",
    "list_workbook",
    "marked_workbook",
    "own",
    "read_workbook",
    "sample_template",
]

if TYPE_CHECKING:
    from zhijiao.core.access.actor import Actor

TEMPLATE = "templates/brief.docx"
"""Where a pack folder keeps its office's own template."""


def marked_workbook(content: bytes, problems: Iterable[Problem]) -> bytes:
    """The sender's own workbook of figures with the wrong cells marked. Raises UnreadableBook."""
    return marked(content, [Mark(p.sheet, 0, "", p.words, p.cell) for p in problems])


def brief(index: PackIndex, on: date) -> Brief:
    """What the progress brief of a pack says on a day."""
    return make_brief(index, board_on(index, on))


def brief_document(index: PackIndex, on: date, template: bytes | None = None) -> bytes:
    """The brief as .docx, in the default layout or in an office's template. Raises TemplateRefused."""
    made = brief(index, on)
    return write_document(lay_out(made)) if template is None else fill_template(template, context(made))


def sample_template(index: PackIndex, on: date) -> bytes:
    """A template to start from."""
    return make_sample(brief(index, on))


def duties_workbook(actor: Actor, index: PackIndex, on: date) -> bytes:
    """Reports, approved figures, the board with them, work items, office work and organisations that the actor's scope shows,
    a sheet each. Call inside the scope."""
    from zhijiao.reports.duties import duties_workbook as make  # the rest of this file is used without Django

    return make(actor, index, on)
