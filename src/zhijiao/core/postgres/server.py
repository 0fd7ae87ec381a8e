"""Start and stop the embedded PostgreSQL of one data folder."""

from __future__ import annotations

import hashlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import psycopg

from zhijiao.core.postgres import roles
from zhijiao.core.postgres.account import Account, account_for
from zhijiao.core.postgres.binaries import Binaries, binaries_for
from zhijiao.core.postgres.errors import (
    ClusterMissing,
    LoginsMissing,
    PostgresError,
    StartFailed,
    WrongMajorVersion,
    WrongPassword,
)
from zhijiao.core.postgres.leftovers import clear_leftovers
from zhijiao.core.postgres.logins import (
    HOST,
    SUPERUSER,
    Logins,
    load_logins,
    logins_path,
    new_logins,
    save_logins,
)
from zhijiao.core.processes import spawn, stop_group

# Given on the command line and not in the cluster's files, so that a new version of the product brings its own.
SETTINGS = {
    "listen_addresses": HOST,
    # TCP with passwords only: a socket's path can be too long, and its folder open to other users.
    "unix_socket_directories": "",
    "cluster_name": "zhijiao",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "jit": "off",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_size": "0",
    "log_line_prefix": "%m [%p] %u@%d ",
}
# Recovery after a power cut can take long on a large cluster; giving up early would only make it start again.
START_PATIENCE = 300.0
STOP_PATIENCE = 60.0
# Somebody may take a free port between our look and the server's start; a dying server may hold its memory a moment.
ATTEMPTS = 4


class EmbeddedPostgres:
    """The database server of one data folder, as a child of this process.

    The caller holds the instance lock of the folder, so a server found running on it can only be an orphan.
    """

    def __init__(self, data: Path, settings: Mapping[str, str] | None = None) -> None:
        self.data = data
        self.settings = {**SETTINGS, **(settings or {})}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Logins:
        """Bring the server up, creating the cluster on first use, and return how to reach it."""
        self.data.mkdir(parents=True, exist_ok=True)
        known = load_logins(self.data)
        cluster = self._place(known)
        logins = known or new_logins(None if cluster.is_relative_to(self.data) else cluster)
        account = account_for(cluster)
        programs = binaries_for(account, cluster.parent)
        self._check(cluster, known, programs)
        if not cluster.exists():
            save_logins(self.data, logins)
            _create(cluster, programs, account, logins)
        clear_leftovers(cluster)
        logins = self._launch(cluster, programs, account, logins)
        try:
            roles.prepare(logins)
        except BaseException:
            self.stop()
            raise
        return logins

    def stop(self) -> None:
        """Stop the server: refuse new work, cut connections, write everything down."""
        if self.process is None:
            return
        process, self.process = self.process, None
        if process.poll() is None:
            process.send_signal(signal.SIGINT)  # PostgreSQL's "fast" shutdown
            try:
                process.wait(STOP_PATIENCE)
            except subprocess.TimeoutExpired:
                # "Immediate": the write-ahead log makes it safe, at the price of recovery on the next start.
                stop_group(process, signal.SIGQUIT, patience=10)
        process.wait()

    def running(self) -> bool:
        """Say whether the server process lives."""
        return self.process is not None and self.process.poll() is None

    def _place(self, known: Logins | None) -> Path:
        """Return the cluster's folder: under the data folder, unless the server's account could never reach it there."""
        cluster = self.data / "postgres" / "cluster"
        if known is not None:
            return Path(known.elsewhere) if known.elsewhere else cluster
        account = account_for(cluster)
        if account is not None and not account.can_traverse(self.data):
            digest = hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
            cluster = Path("/var/lib") / f"zhijiao-{digest}" / "cluster"
        cluster.parent.mkdir(parents=True, exist_ok=True)
        if account is not None:
            cluster.parent.chmod(0o755)
        return cluster

    def _check(self, cluster: Path, known: Logins | None, programs: Binaries) -> None:
        """Refuse a folder that this version cannot serve, before anything in it is touched."""
        if not cluster.exists():
            if known is not None and known.port:
                raise ClusterMissing(logins_path(self.data), cluster)
            return
        if known is None:
            raise LoginsMissing(logins_path(self.data), cluster)
        marker = cluster / "PG_VERSION"
        found = marker.read_text(encoding="ascii").strip() if marker.exists() else "?"
        wanted = programs.version().split(".")[0]
        if found != wanted:
            raise WrongMajorVersion(cluster, found, wanted)

    def _launch(self, cluster: Path, programs: Binaries, account: Account | None, logins: Logins) -> Logins:
        log = cluster.parent / "start.log"
        for attempt in range(1, ATTEMPTS + 1):
            logins = replace(logins, port=_usable_port(logins.port))
            save_logins(self.data, logins)
            with log.open("wb") as output:
                self.process = spawn(
                    self._command(cluster, programs, logins.port),
                    stop=signal.SIGINT,
                    output=output,
                    cwd="/",
                    uid=account.uid if account else None,
                    gid=account.gid if account else None,
                )
            try:
                if self._became_ready(logins):
                    return logins
            except BaseException:
                self.stop()
                raise
            time.sleep(attempt)
        raise StartFailed("进程已退出", log, _tail(log))

    def _command(self, cluster: Path, programs: Binaries, port: int) -> list[str]:
        options = [f"{name}={value}" for name, value in {**self.settings, "port": str(port)}.items()]
        flags = [word for option in options for word in ("-c", option)]
        return [programs.path("postgres"), "-D", str(cluster), *flags]

    def _became_ready(self, logins: Logins) -> bool:
        """Wait until a login works. False: the process ended, and another attempt may go better."""
        deadline = time.monotonic() + START_PATIENCE
        while self.running():
            try:
                psycopg.connect(**logins.parameters(SUPERUSER, "postgres"), connect_timeout=5).close()  # type: ignore[arg-type]
                return True
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise WrongPassword(logins_path(self.data)) from None
                if time.monotonic() > deadline:
                    raise PostgresError(f"内置数据库 {START_PATIENCE:.0f} 秒内没有就绪：{error}") from None
                time.sleep(0.02)
        return False


def _create(cluster: Path, programs: Binaries, account: Account | None, logins: Logins) -> None:
    """Make a new cluster beside its place and move it there whole, so that a cut start leaves nothing half made."""
    draft = cluster.with_name("cluster.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    with tempfile.NamedTemporaryFile("w", dir=cluster.parent, prefix=".password-") as password:
        password.write(logins.passwords[SUPERUSER] + "\n")
        password.flush()
        if account is not None:
            for path in (draft, Path(password.name)):
                shutil.chown(path, account.uid, account.gid)
        made = subprocess.run(
            _initdb(programs, draft, password.name),
            capture_output=True,
            text=True,
            cwd="/",
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    if made.returncode != 0:
        raise PostgresError(f"无法建立数据库 {cluster}：\n{made.stdout}{made.stderr}")
    draft.rename(cluster)


def _initdb(programs: Binaries, folder: Path, password_file: str) -> list[str]:
    """Return the command that makes a cluster whose order and case rules depend on no file of this machine."""
    return [
        programs.path("initdb"),
        *("--pgdata", str(folder), "--username", SUPERUSER, "--pwfile", password_file),
        *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
        *("--auth-local=scram-sha-256", "--auth-host=scram-sha-256", "--data-checksums"),
        *("--set", "timezone=Asia/Shanghai", "--set", "log_timezone=Asia/Shanghai"),
    ]


def _usable_port(known: int) -> int:
    """Return the port used before, so that saved addresses stay right, or a free one if it is taken."""
    for port in (known, 0) if known else (0,):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise PostgresError("本机没有空闲的端口可供数据库使用。")


def _tail(log: Path, lines: int = 12) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
