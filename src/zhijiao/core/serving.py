"""The main job: one command that brings a whole instance up and down."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

import zhijiao
from zhijiao.core import environment
from zhijiao.core.errors import Refusal, reason
from zhijiao.core.files import ensure_secret_key
from zhijiao.core.instance import InstanceLock
from zhijiao.core.postgres import EmbeddedPostgres
from zhijiao.core.processes import spawn, stop_group
from zhijiao.core.supervisor import FIRST_WAIT, Child, Supervisor

# Django's parts of a start, each in a process of its own: the owner's login must not live on in what serves pages.
STATIC = Path(zhijiao.__file__).parent / "portal" / "static"
SLOW_START = 20.0
LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1"}


class CannotServe(Refusal):
    """The instance cannot start, and its message says what to do."""


def serve(
    *,
    host: str,
    port: int,
    workers: int,
    prepare: Sequence[tuple[Sequence[str], Sequence[int]]],
    say: Callable[[str], None],
    afterwards: Sequence[tuple[str, Sequence[str]]] = (),
) -> None:
    """Run an instance until it is told to stop. `prepare` names our own commands to run between database and web,
    `afterwards` those that run, by name, while the pages already answer."""
    address = f"http://{_spoken(host)}:{port}"
    with InstanceLock(environment.data_folder()) as lock:
        lock.announce(address)
        _refuse_taken_port(host, port)
        database = None if environment.database_url() else Database(lock.data, say)
        supervisor = Supervisor(
            [_web(host, port, workers), _worker()],
            say=say,
            tend=database.tend if database else lambda: None,
            afterwards=[Child(name, [*_ourselves(), *words]) for name, words in afterwards],
        )
        supervisor.listen()
        say(f"职教大脑 {zhijiao.__version__} 正在启动……")
        if host not in LOCAL_HOSTS and not environment.listed("ZHIJIAO_ALLOWED_HOSTS"):
            say("提示：别的机器用主机名或 IP 访问前，要把它写进环境变量 ZHIJIAO_ALLOWED_HOSTS（逗号分隔）。")
        try:
            if database:
                ensure_secret_key(lock.data)
                database.start()
            for words, allowed in prepare:
                _step(words, allowed, supervisor)
            supervisor.run(_Ready(address, lock.data, say))
            say("正在停止……")
        finally:
            supervisor.stop()
            if database:
                database.stop()
    say("已全部停止。数据保留在数据目录中。")


class Database:
    """The embedded server as the supervisor sees it: one more thing that may die and is started again."""

    def __init__(self, data: Path, say: Callable[[str], None]) -> None:
        self.server = EmbeddedPostgres(data)
        self.say = say
        self.due = 0.0

    def start(self) -> None:
        """Bring the server up."""
        self.server.start()

    def tend(self) -> None:
        """Start the server again if it died; web and worker find it at the same port."""
        if self.server.running() or time.monotonic() < self.due:
            return
        self.say("数据库意外结束，正在重新启动。")
        self.due = time.monotonic() + 10 * FIRST_WAIT
        self.server.stop()
        self.server.start()

    def stop(self) -> None:
        """Shut the server down."""
        self.server.stop()


class _Ready:
    """Asks the web whether it answers, and then tells the person at the terminal where to look."""

    def __init__(self, address: str, data: Path, say: Callable[[str], None]) -> None:
        self.address, self.data, self.say = address, data, say
        self.started = time.monotonic()
        self.warned = False
        self.next_look, self.pause = 0.0, 0.3

    def __call__(self) -> bool:
        if time.monotonic() < self.next_look:
            return False
        # Each question to a broken web writes its error to the terminal again, so ask ever less often.
        self.next_look, self.pause = time.monotonic() + self.pause, min(self.pause * 1.5, 10)
        if _answers(f"{self.address}/healthz"):
            self.say(
                f"\n  职教大脑已就绪\n\n    打开网页  {self.address}\n    数据目录  {self.data}\n    停止      按 Ctrl-C\n"
            )
            return True
        if not self.warned and time.monotonic() - self.started > SLOW_START:
            self.warned = True
            self.say(f"网页在 {SLOW_START:.0f} 秒内还没有答复，继续等待。上面的错误信息可能说明原因。")
        return False


def _step(words: Sequence[str], allowed: Sequence[int], supervisor: Supervisor) -> None:
    """Run one of our own commands and end the start if it fails: its own message stands above.

    A stop in between interrupts it; what it does is one transaction or can be taken up again.
    """
    if supervisor.stopping.is_set():
        return
    step = spawn([*_ourselves(), *words])
    while step.poll() is None:
        if supervisor.stopping.wait(0.05):
            stop_group(step, signal.SIGINT, patience=60)
            return
    if step.returncode not in allowed:
        raise CannotServe(f"启动没有完成：“zhijiao {' '.join(words)}”失败，原因见上。")


def _web(host: str, port: int, workers: int) -> Child:
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "zhijiao.config.wsgi:application"),
        *("--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", "2"),
        *("--no-ws", "--workers-kill-timeout", "10", "--respawn-failed-workers", "--log-level", "warning"),
        *("--static-path-route", "/static", "--static-path-mount", str(STATIC)),
    ]
    return Child("网页服务", command, env=_environment(host))


def _worker() -> Child:
    # Orphaned, it would wait half a minute for a database that ends with us. What it was doing is queued again
    # (core/jobs.py).
    return Child("后台任务", [*_ourselves(), "worker"], orphaned=signal.SIGKILL)


def _ourselves() -> list[str]:
    return [sys.executable, "-m", "zhijiao"]


def _environment(host: str) -> dict[str, str]:
    """Let the pages answer under the name they are served at, besides what the operator allows."""
    allowed = environment.listed("ZHIJIAO_ALLOWED_HOSTS")
    return {**os.environ, "ZHIJIAO_ALLOWED_HOSTS": ",".join([*allowed, host])}


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotServe(
                f"不能在 {host}:{port} 提供网页：{reason(error)}。\n{_other_door(error, port)}"
            ) from None


def _other_door(error: OSError, port: int) -> str:
    """What to change when this address and port cannot be served."""
    if error.errno == errno.EADDRNOTAVAIL:
        return "检查 HOST：写本机的地址，0.0.0.0 表示本机全部地址。"
    other = port + 1 if 1024 <= port < 65535 else 8000
    cause = "1024 以下的端口要有特权。" if error.errno == errno.EACCES else "端口可能被别的程序占用。"
    return f"{cause}换一个端口：make run PORT={other}，或 zhijiao run --port {other}"


def _answers(address: str) -> bool:
    """Ask without any proxy: the address is this machine's."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _spoken(host: str) -> str:
    """Return a host that a browser on this machine can open."""
    if host in {"0.0.0.0", "::"}:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
