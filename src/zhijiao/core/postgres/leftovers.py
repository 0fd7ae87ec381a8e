"""What an earlier server may have left behind when its machine or its parent died."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from zhijiao.core.postgres.errors import PostgresError

# A server whose parent was killed shuts down by itself (processes.follow_parent); writing everything down takes time.
GRACE = 3.0
PATIENCE = 60.0


def clear_leftovers(cluster: Path) -> None:
    """Wait for an orphaned server to end, and remove a pid file whose process is gone.

    PostgreSQL removes most stale files itself, but not when the number in it belongs to a new process of the same
    user, which is common in containers, where numbers start over.
    """
    pid_file = cluster / "postmaster.pid"
    pid = _recorded_pid(pid_file)
    if pid is None:
        return
    started = time.monotonic()
    asked = False
    while _serves(pid, cluster):
        waited = time.monotonic() - started
        if waited > PATIENCE:
            raise PostgresError(
                f"上一次的数据库进程 {pid} 仍在使用 {cluster}，{PATIENCE:.0f} 秒内没有结束。请检查该进程后重试。"
            )
        if waited > GRACE and not asked:
            os.kill(pid, signal.SIGINT)
            asked = True
        time.sleep(0.05)
    pid_file.unlink(missing_ok=True)


def _recorded_pid(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text(encoding="ascii").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _serves(pid: int, cluster: Path) -> bool:
    """Say whether process `pid` is a server on `cluster`: PostgreSQL always works in its cluster's folder."""
    try:
        same = Path(f"/proc/{pid}/cwd").resolve(strict=True) == cluster.resolve()
        return same and _state(pid) != "Z"
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return False


def _state(pid: int) -> str:
    """Return the state letter of a process; a zombie (Z) holds nothing, it only waits to be reaped."""
    return (
        Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    )
