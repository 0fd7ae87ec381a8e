"""Which Unix account runs the server. PostgreSQL refuses to run as root, so root has to step down."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from zhijiao.core.postgres.errors import NotOurFolder

SYSTEM_ACCOUNT = "zhijiao"


@dataclass(frozen=True)
class Account:
    """A Unix account by numbers, as the kernel knows it."""

    uid: int
    gid: int

    def can_traverse(self, folder: Path) -> bool:
        """Say whether this account may pass through `folder` and everything above it.

        Access lists are not looked at: taking a passable folder for a closed one only costs a copy.
        """
        return all(self._may_enter(part) for part in (folder, *folder.parents))

    def _may_enter(self, folder: Path) -> bool:
        if not folder.exists():
            return True
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def account_for(cluster: Path) -> Account | None:
    """Return the account that must run the server on `cluster`, or None when it is the current one."""
    owner = cluster.stat() if cluster.exists() else None
    if os.geteuid() != 0:
        if owner is not None and owner.st_uid != os.geteuid():
            raise NotOurFolder(cluster, _name(owner.st_uid))
        return None
    # An existing cluster keeps its owner, so that root may start what a normal user made.
    if owner is not None and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    return _system_account()


def _system_account() -> Account:
    """Return the product's own system account, made on first need; `nobody` where none can be made."""
    try:
        entry = pwd.getpwnam(SYSTEM_ACCOUNT)
    except KeyError:
        entry = pwd.getpwnam(SYSTEM_ACCOUNT if _make_account() else "nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def _make_account() -> bool:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
    if useradd is None:
        return False
    command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_ACCOUNT]
    return subprocess.run(command, capture_output=True).returncode == 0


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
