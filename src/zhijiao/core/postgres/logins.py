"""The logins of the embedded database and the private file that remembers them.

Three logins, so that a fault in the web can never change the shape of the data: the superuser only prepares the cluster,
the owner migrates, and the app, which owns nothing, serves pages and runs jobs.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from zhijiao.core.files import write_private

SUPERUSER = "postgres"
OWNER = "zhijiao_owner"
APP = "zhijiao_app"
BULK = "zhijiao_bulk"  # no login: the role that bulk work steps into
DATABASE = "zhijiao"
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Logins:
    """How to reach the embedded database of one data folder.

    `port` is 0 until the first start succeeded. `elsewhere` is set only where the cluster could not live inside the data
    folder; inside it the place is relative, so that the folder can be moved.
    """

    port: int
    passwords: dict[str, str]
    elsewhere: str | None = None

    def parameters(self, login: str, database: str = DATABASE) -> dict[str, str | int]:
        """Return the connection parameters of `login` in the words of libpq."""
        return {
            "host": HOST,
            "port": self.port,
            "user": login,
            "password": self.passwords[login],
            "dbname": database,
        }


def logins_path(data: Path) -> Path:
    """Return the file that keeps port and passwords."""
    return data / "postgres.json"


def load_logins(data: Path) -> Logins | None:
    """Read the logins of a data folder, or return None when it has no database yet."""
    try:
        return Logins(**json.loads(logins_path(data).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def save_logins(data: Path, logins: Logins) -> None:
    """Write the logins where only this user can read them."""
    write_private(logins_path(data), json.dumps(asdict(logins), indent=2))


def new_logins(elsewhere: Path | None) -> Logins:
    """Make fresh passwords for a cluster that is about to be created."""
    return Logins(
        port=0,
        passwords={login: secrets.token_urlsafe(24) for login in (SUPERUSER, OWNER, APP)},
        elsewhere=str(elsewhere) if elsewhere else None,
    )
