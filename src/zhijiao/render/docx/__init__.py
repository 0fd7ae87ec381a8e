"""Official documents （公文）: the page, the type and the headings of GB/T 9704, and an office's own templates."""

from zhijiao.render.docx.template import TemplateRefused, fill_template
from zhijiao.render.docx.types import Block, Contents, Document, Heading, Note, Paragraph, Table
from zhijiao.render.docx.writer import write_document

__all__ = [
    "Block",
    "Contents",
    "Document",
    "Heading",
    "Note",
    "Paragraph",
    "Table",
    "TemplateRefused",
    "fill_template",
    "write_document",
]
