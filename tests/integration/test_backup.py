"""Backup, wipe, restore: the same digests, the same files, a chain that holds, a product that runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support import instance
from tests.support.database import postgres
from tests.support.prepared import Stage, prepared_folder
from zhijiao.core.backup import BackupRefused, check, restore
from zhijiao.core.backup.manifest import lasting
from zhijiao.core.backup.saving import table_digests
from zhijiao.core.blobs import place_of
from zhijiao.core.postgres import OWNER

# What somebody does in an instance: an organisation, an account, a file.
WORK = """
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.support.people import plant
from zhijiao.core import filestore
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.kinds import OrganisationKind
by, at = Actor.system("tests"), timezone.now()
with bulk():
    place = plant("city", OrganisationKind.GOVERNMENT, name="示例市")
with acting(by):
    filestore.store(SimpleUploadedFile("甲.pdf", b"%PDF-1.7 example"), organisation=place.pk, by=by, at=at)
"""


class Folder:
    """A data folder, and the command on it."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def run(self, *words: str, code: int = 0) -> str:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ZHIJIAO_")}
        done = subprocess.run(
            [sys.executable, "-m", "zhijiao", *words],
            env={**environment, "ZHIJIAO_DATA": str(self.data), "PYTHONPATH": str(Path.cwd())},
            capture_output=True,
            text=True,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json"))

    def digests(self) -> Any:
        """What `backup --digests` prints, without a command for every look."""
        with postgres(self.data) as logins:
            tables, head = table_digests(logins.parameters(OWNER))
        return lasting(tables), head

    def wipe(self) -> None:
        shutil.rmtree(self.data)
        self.data.mkdir()
        self.data.chmod(0o755)


@pytest.fixture(scope="module")
def folder() -> Iterator[Folder]:
    with prepared_folder(Stage.TABLES) as data:
        made = Folder(data)
        made.run("manage", "shell", "-c", WORK)
        made.json("account", "create", "--first")
        yield made


@pytest.fixture(scope="module")
def backup(folder: Folder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backup") / "zhijiao.tar.gz"
    folder.run("backup", str(path))
    return path


def test_a_backup_is_readable_by_its_owner_only_and_says_what_it_holds(backup: Path, folder: Folder) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    assert not list(backup.parent.glob(".backup-*"))
    said = folder.json("restore", str(backup), "--check")
    assert said["files"] == 1
    assert said["missing_files"] == []
    assert said["tables"]["core_user"]["rows"] == 3
    assert said["audit_head"]


def test_after_wipe_and_restore_the_digests_are_the_same_and_the_product_runs_and_is_not_restored_over(
    backup: Path, folder: Folder
) -> None:
    before = folder.json("backup", "--digests")
    key = (folder.data / "secret_key").read_text() if (folder.data / "secret_key").exists() else None
    folder.wipe()
    folder.run("restore", str(backup))
    after = folder.json("backup", "--digests")
    assert after == before
    assert (folder.data / "secret_key").exists() == (key is not None)
    (digest,) = [path.name for path in (folder.data / "files").glob("*/*/*")]
    assert place_of(folder.data, digest).read_bytes() == b"%PDF-1.7 example"
    with instance.running(folder.data, env=instance.PREPARED) as product:
        assert product.health()[0] == 200
        assert "先在它的终端按 Ctrl-C 停止" in folder.run("restore", str(backup), "--yes", code=1)
    assert folder.json("audit", "verify")["holds"]


def test_what_is_there_is_not_replaced_without_a_word(backup: Path, folder: Folder) -> None:
    folder.run("manage", "shell", "-c", WORK.replace('"city"', '"later"'))
    before = folder.digests()
    assert "--yes" in folder.run("restore", str(backup), code=1)
    assert folder.digests() == before
    folder.run("restore", str(backup), "--yes")
    assert folder.digests() != before
    assert folder.json("audit", "verify")["holds"]


def test_a_damaged_backup_is_refused_and_changes_nothing(
    backup: Path, folder: Folder, tmp_path: Path
) -> None:
    before = folder.digests()
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(backup.read_bytes()[:-5000])
    foreign = tmp_path / "foreign.tar.gz"
    with tarfile.open(foreign, "w:gz") as archive:
        archive.add(__file__, "x")
    changed = tmp_path / "changed.tar.gz"
    rewrite(backup, changed, {"database.dump": lambda content: content[:-1] + b"x"})
    counted = tmp_path / "counted.tar.gz"
    rewrite(backup, counted, {"manifest.json": lambda content: content.replace(b'"rows": 3', b'"rows": 4')})
    known = check(backup).migrations
    for path, says in ((cut, "读不下去"), (foreign, "不是本平台的备份"), (changed, "摘要不符")):
        with pytest.raises(BackupRefused, match=says):
            restore(path, folder.data, known=known, replace=True, at=datetime.now(UTC), say=str)
    assert "摘要不符" in folder.run("restore", str(counted), "--yes", code=1)
    assert folder.digests() == before


def rewrite(source: Path, target: Path, changes: dict[str, Any]) -> None:
    import io

    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for entry in old:
            stream = old.extractfile(entry)
            assert stream is not None
            content = changes.get(entry.name, bytes)(stream.read())
            entry.size = len(content)
            new.addfile(entry, io.BytesIO(content))
