"""One running instance per data folder, held by a lock that the kernel releases whatever kills the holder."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from zhijiao.core.errors import Refusal


class AlreadyRunning(Refusal):
    """Another process holds the data folder."""

    def __init__(self, data: Path, holder: Holder) -> None:
        where = f"，地址 {holder.address}" if holder.address else ""
        super().__init__(
            f"已有一个实例正在使用数据目录 {data}（进程 {holder.pid}{where}）。\n"
            f"可以直接打开它；或先在它的终端按 Ctrl-C 停止；或用环境变量 ZHIJIAO_DATA 指定另一个数据目录。"
        )


@dataclass(frozen=True)
class Holder:
    """Who holds a data folder, as it wrote of itself."""

    pid: int | None
    address: str | None


class InstanceLock:
    """The lock of a data folder. A file left behind by a dead process is no lock: only the kernel's is."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._stream: IO[str] | None = None

    def acquire(self) -> None:
        """Take the lock or raise `AlreadyRunning` with what the holder says of itself."""
        self.data.mkdir(parents=True, exist_ok=True)
        stream = (self.data / "instance.lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with stream:
                raise AlreadyRunning(self.data, _read(stream)) from None
        self._stream = stream
        self.announce(None)

    def announce(self, address: str | None) -> None:
        """Say who holds the folder and where it answers, for whoever is refused."""
        assert self._stream is not None, "only the holder may speak"
        self._stream.truncate(0)
        json.dump({"pid": os.getpid(), "address": address}, self._stream)
        self._stream.flush()

    def release(self) -> None:
        """Give the lock back."""
        if self._stream is not None:
            self._stream.truncate(0)
            self._stream.close()
            self._stream = None

    def __enter__(self) -> InstanceLock:
        if self._stream is None:
            self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _read(stream: IO[str]) -> Holder:
    stream.seek(0)
    try:
        said = json.loads(stream.read())
    except ValueError:
        return Holder(None, None)
    return Holder(said.get("pid"), said.get("address"))
