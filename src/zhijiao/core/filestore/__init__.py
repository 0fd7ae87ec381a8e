"""Files that people hand in: checked, kept once by content, given out only to whom they concern."""

from zhijiao.core.filestore.kinds import EVIDENCE, FileKind, FileRefused
from zhijiao.core.filestore.store import content_of, remove_orphans, store

__all__ = ["EVIDENCE", "FileKind", "FileRefused", "content_of", "remove_orphans", "store"]
