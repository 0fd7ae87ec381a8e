"""A whole running instance, as `make run` makes it, for tests that look at the product from outside."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Long, because tests share a small machine; benchmarks/start.py says how long a start really takes.
START_PATIENCE = 240.0
STOP_PATIENCE = 90.0

QUICK = {
    "DJANGO_SETTINGS_MODULE": "tests.support.settings",
    "PYTHONPATH": str(Path(__file__).parents[2]),
}
"""The settings of the tests instead of the product's."""
PREPARED = {"ZHIJIAO_DEMO": "0", **QUICK}
"""For a folder that holds the accounts of the examples already, or needs none: the start does not look for them."""


@dataclass
class Instance:
    """A started `zhijiao run`."""

    process: subprocess.Popen[str]
    address: str
    data: Path
    log: Path

    def health(self) -> tuple[int, dict[str, Any]]:
        """Ask /healthz; status 0 means that nobody answered."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.address}/healthz", timeout=5) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"{}")
        except OSError:
            return 0, {}

    def wait_until_well(self) -> dict[str, Any]:
        """Wait until the instance answers that all is well."""
        deadline = time.monotonic() + START_PATIENCE
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"the instance ended:\n{self.said()}"
            status, answer = self.health()
            if status == 200:
                return answer
            time.sleep(0.2)
        raise AssertionError(f"not well after {START_PATIENCE} s:\n{self.said()}")

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Stop it as a person would, and return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(STOP_PATIENCE)

    def said(self) -> str:
        """Return what it wrote to the terminal."""
        return self.log.read_text(encoding="utf-8")

    def descendants(self) -> set[int]:
        """Return the process numbers of everything that it started and that still lives."""
        return _descendants(self.process.pid)

    def children(self) -> set[int]:
        """Return the process numbers of what it started itself and keeps alive."""
        return {pid for pid in self.descendants() if _parent(pid) == self.process.pid}


def start(
    data: Path, *, port: int | None = None, env: Mapping[str, str] | None = None, workers: int = 1
) -> Instance:
    """Start an instance on a data folder. The caller stops it."""
    port = port or free_port()
    log = data / "terminal.log"
    with log.open("a", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "zhijiao", "run", "--port", str(port), "--workers", str(workers)],
            # Accounts to sign in with, but no example work in the background: a test makes what it looks at.
            env={
                **_clean_environment(),
                "ZHIJIAO_DATA": str(data),
                "ZHIJIAO_DEMO": "accounts",
                **(env or {}),
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    return Instance(process, f"http://127.0.0.1:{port}", data, log)


@contextmanager
def running(data: Path, *, kept: bool = True, **options: Any) -> Iterator[Instance]:
    """Run an instance for the length of a block. `kept`: somebody needs the folder afterwards; else nobody waits for jobs to end."""
    instance = start(data, **options)
    try:
        instance.wait_until_well()
        yield instance
    finally:
        family = set[int]() if kept else instance.descendants()
        instance.stop(signal.SIGINT if kept else signal.SIGKILL)
        wait_until_gone(family)


def free_port() -> int:
    """Return a port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def alive(pids: set[int]) -> set[int]:
    """Return which of these processes live. A zombie does not: it waits for whoever adopted it."""
    return {pid for pid in pids if _state(pid) not in {"", "Z", "X"}}


def wait_until_gone(pids: set[int], patience: float = 60.0) -> set[int]:
    """Wait for processes to end, and return those that did not."""
    deadline = time.monotonic() + patience
    while alive(pids) and time.monotonic() < deadline:
        time.sleep(0.1)
    return alive(pids)


def _clean_environment() -> dict[str, str]:
    """Return our environment without what would change the instance under test."""
    drop = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    return {k: v for k, v in os.environ.items() if k not in drop and not k.startswith("ZHIJIAO_")}


def _descendants(root: int) -> set[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (parent := _parent(int(entry.name))) is not None:
            children.setdefault(parent, []).append(int(entry.name))
    found: set[int] = set()
    queue = [root]
    while queue:
        for pid in children.get(queue.pop(), []):
            found.add(pid)
            queue.append(pid)
    return alive(found)


def _parent(pid: int) -> int | None:
    fields = _fields(pid)
    return int(fields[1]) if len(fields) > 1 else None


def _state(pid: int) -> str:
    fields = _fields(pid)
    return fields[0] if fields else ""


def _fields(pid: int) -> list[str]:
    """Return the fields of /proc/<pid>/stat after the name, which may itself hold blanks and brackets."""
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        )
    except OSError:
        return []
