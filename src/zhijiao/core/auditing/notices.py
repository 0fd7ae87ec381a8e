"""What happened while no trail could be written: a restore puts another trail in place of the one that was there."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.core.audit import record
from zhijiao.core.backup.restoring import NOTICE


def record_restore(data: Path, *, at: datetime) -> None:
    """Put a restore into the trail that came with it, once."""
    path = data / NOTICE
    if not path.is_file():
        return
    said = json.loads(path.read_text(encoding="utf-8"))
    with bulk():
        record(
            by=Actor.system("zhijiao restore"),
            at=at,
            action="backup.restored",
            summary=f"从 {said['created_at']} 的备份（{said['file']}）恢复",
            detail=said,
        )
    path.unlink()
