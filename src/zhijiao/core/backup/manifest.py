"""What a backup says of itself. It stands first in the file, so that one look tells what is inside. No Django."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from zhijiao.core.errors import Refusal

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
SECRET = "secret_key"
HEADS = "audit-heads"
FILES = "files/"


class BackupRefused(Refusal):
    """A backup that cannot be made or restored, and what to do."""


@dataclass(frozen=True)
class Table:
    """A table in a backup: how many rows, and the SHA-256 over all of them in the order of their key."""

    rows: int
    digest: str


@dataclass(frozen=True)
class Manifest:
    """The contents of a backup."""

    product: str
    created_at: str
    postgres: str
    migrations: tuple[str, ...]
    tables: Mapping[str, Table]
    files: int
    file_bytes: int
    missing_files: tuple[str, ...]
    audit_head: str
    dump_digest: str
    dump_size: int
    secret_key: bool
    format: int = field(default=FORMAT)

    def as_json(self) -> str:
        """For the file."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


def read(text: bytes) -> Manifest:
    """Read what a file says of itself. Raises `BackupRefused`."""
    try:
        said = json.loads(text)
        number = said["format"]
        if number != FORMAT:
            raise BackupRefused(
                f"备份的格式是 {number}，本版本只认格式 {FORMAT}。请用做备份时的版本或更新的版本恢复。"
            )
        said["tables"] = {name: Table(**table) for name, table in said["tables"].items()}
        said["migrations"], said["missing_files"] = tuple(said["migrations"]), tuple(said["missing_files"])
        return Manifest(**said)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupRefused("备份文件的说明部分读不懂，文件可能已损坏。请换一份备份。") from error


# Tables that change by themselves as soon as an instance runs: queue of jobs, sign-ins, counters of wrong passwords.
PASSING = ("procrastinate_", "django_session", "axes_")


def lasting(tables: Mapping[str, Table]) -> dict[str, Table]:
    """The tables whose digests stay the same as long as nobody does anything."""
    return {name: table for name, table in sorted(tables.items()) if not name.startswith(PASSING)}


def differences(before: Mapping[str, Table], after: Mapping[str, Table]) -> list[str]:
    """How two sets of digests differ, in words."""
    said = []
    for name in sorted({*before, *after}):
        one, other = before.get(name), after.get(name)
        if one is None or other is None:
            said.append(f"{name}：{'恢复后多出' if one is None else '恢复后缺少'}这张表")
        elif one != other:
            said.append(
                f"{name}：应有 {one.rows} 行，实有 {other.rows} 行，摘要{'相同' if one.digest == other.digest else '不同'}"
            )
    return said
