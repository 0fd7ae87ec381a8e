"""Children that never outlive their parent, whatever kills it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec a child may not take the loader's lock.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def follow_parent(stop: signal.Signals) -> Callable[[], None]:
    """Return what a new child runs before exec, so that the kernel sends it `stop` when its parent dies.

    The kernel counts the *thread* that started the child as its parent, so children are started from a thread that
    lives as long as the process.
    """
    parent = os.getpid()

    def prepare() -> None:
        if _LIBC is not None:
            _LIBC.prctl(PR_SET_PDEATHSIG, int(stop), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)  # the parent died between fork and prctl, so no signal would ever come

    return prepare


def spawn(
    argv: Sequence[str],
    *,
    stop: signal.Signals = signal.SIGTERM,
    env: Mapping[str, str] | None = None,
    output: int | IO[Any] | None = None,
    cwd: Path | str | None = None,
    uid: int | None = None,
    gid: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a process group of its own: a Ctrl-C in the terminal reaches only us, and we stop it in order."""
    return subprocess.Popen(
        argv,
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        process_group=0,
        user=uid,
        group=gid,
        extra_groups=[] if uid is not None else None,
        preexec_fn=follow_parent(stop),
    )


def stop_group(child: subprocess.Popen[bytes], first: signal.Signals, patience: float) -> None:
    """Ask a child to stop, wait, and in the end kill it with everything it started."""
    if child.poll() is None:
        child.send_signal(first)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience)
    # The leader may be gone while one of its own children hangs on; the group still has its number.
    kill_group(child)
    child.wait()


def kill_group(child: subprocess.Popen[bytes]) -> None:
    """Kill whatever is left of a child's process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
