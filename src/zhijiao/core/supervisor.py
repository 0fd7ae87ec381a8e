"""Runs the processes of an instance: starts them in order, restarts what dies, stops all on a signal.

It imports no Django: it must stay small, start quickly and survive whatever the web does.
"""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from zhijiao.core.processes import kill_group, spawn, stop_group

TICK = 0.3
FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0
# A child that lived this long was well: its next death starts the back-off anew.
WELL_AFTER = 60.0


@dataclass
class Child:
    """One process to keep alive.

    `patience` is how long it may take to finish what it is doing; `orphaned` is what the kernel sends it should we be
    killed.
    """

    name: str
    argv: Sequence[str]
    patience: float = 12.0
    orphaned: signal.Signals = signal.SIGTERM
    env: Mapping[str, str] | None = None
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = FIRST_WAIT
    due: float = field(default=0.0)

    def start(self) -> None:
        """Start the process."""
        self.process = spawn(self.argv, stop=self.orphaned, env=self.env)
        self.started = time.monotonic()

    def tend(self, say: Callable[[str], None]) -> None:
        """Look after the process: note its death, and start it again when its pause is over."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            kill_group(self.process)  # what it started must not keep its port
            self.wait = FIRST_WAIT if now - self.started > WELL_AFTER else min(self.wait * 2, LONGEST_WAIT)
            self.due = now + self.wait
            say(f"{self.name}意外结束（代码 {self.process.returncode}），{self.wait:.0f} 秒后重新启动。")
            self.process = None
        if self.process is None and now >= self.due:
            self.start()

    def stop(self) -> None:
        """Stop the process and everything it started."""
        if self.process is not None:
            stop_group(self.process, signal.SIGTERM, self.patience)
            self.process = None


class Supervisor:
    """Keeps children alive until a signal comes. `stop` then ends them in the reverse order of their start."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        say: Callable[[str], None],
        tend: Callable[[], None] = lambda: None,
        afterwards: Sequence[Child] = (),
    ) -> None:
        """`afterwards` are run once the instance is ready, one after the other and each once: what may take longer than a
        person wants to wait for a page."""
        self.children = children
        self.afterwards = list(afterwards)
        self.say = say
        self.tend_more = tend
        self.stopping = threading.Event()

    def listen(self) -> None:
        """Take over the signals that end an instance: Ctrl-C, a service manager's stop, a closed terminal."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def run(self, when_ready: Callable[[], bool]) -> None:
        """Keep the children alive until a signal comes; `when_ready` is asked until it says yes, once."""
        ready = False
        while not self.stopping.is_set():
            self.tend_more()
            for child in self.children:
                child.tend(self.say)
            ready = ready or when_ready()
            if ready and self.afterwards:
                self._go_on_with(self.afterwards[0])
            self.stopping.wait(TICK)

    def stop(self) -> None:
        """Stop all children, last started first."""
        for child in (*self.afterwards[:1], *reversed(self.children)):
            child.stop()

    def _go_on_with(self, child: Child) -> None:
        """Start a child that runs once, or see whether it has ended. Should it fail, its own message stands above."""
        if child.process is None:
            child.start()
        elif child.process.poll() is not None:
            if child.process.returncode:
                self.say(
                    f"{child.name}没有完成（代码 {child.process.returncode}），原因见上；下次启动时再试。"
                )
            self.afterwards.remove(child)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stopping.set()
