"""Files that people hand in: what is taken, what is refused and why, and who gets them."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from tests.support.people import hire, plant
from zhijiao.core import blobs, filestore
from zhijiao.core.access.actor import Actor, NotAllowed
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.filestore import FileRefused
from zhijiao.core.filestore.kinds import clean_name
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.models import AuditEvent, StoredFile, User

AT = datetime(2026, 3, 1, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def package(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in {"[Content_Types].xml": b"<Types/>", **parts}.items():
            archive.writestr(name, content)
    return made.getvalue()


def workbook() -> bytes:
    made = io.BytesIO()
    Workbook().save(made)
    return made.getvalue()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZHIJIAO_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def people(db: None, data: Path) -> dict[str, Actor]:
    with bulk():
        city = plant("city", OrganisationKind.GOVERNMENT)
        one, two = plant("one", OrganisationKind.COUNTY, city), plant("two", OrganisationKind.COUNTY, city)
        return {
            "office": hire("office", Role.OFFICE, city),
            "one": hire("one", Role.COUNTY, one),
            "two": hire("two", Role.COUNTY, two),
            "auditor": hire("auditor", Role.AUDITOR, city),
        }


def hand_in(who: Actor, name: str, content: bytes, **more: object) -> StoredFile:
    with acting(who):
        return filestore.store(
            SimpleUploadedFile(name, content),
            organisation=who.homes[0],
            by=who,
            at=AT,
            **more,  # type: ignore[arg-type]
        )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("通知.pdf", PDF),
        ("照片.PNG", PNG),
        ("照片.jpeg", b"\xff\xd8\xff\xe0" + bytes(64)),
        ("数据.xlsx", workbook()),
        ("材料.docx", package({"word/document.xml": b"<w/>"})),
        ("公文.ofd", package({"OFD.xml": b"<ofd/>"})),
    ],
)
def test_office_files_are_taken(people: dict[str, Actor], data: Path, name: str, content: bytes) -> None:
    kept = hand_in(people["one"], name, content)
    assert blobs.place_of(data, kept.digest).read_bytes() == content
    assert (kept.name, kept.size) == (name, len(content))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("空.pdf", b"", "空文件"),
        ("程序.exe", b"MZ" + bytes(64), "不能上传"),
        ("程序.pdf", b"MZ" + bytes(64), "内容不是 .pdf"),
        ("图.svg", b"<svg/>", ".pdf"),
        ("页.html", b"<html>", ".pdf"),
        ("旧.xls", b"\xd0\xcf\x11\xe0" + bytes(64), "另存为 .xlsx"),
        ("旧.xlsx", b"\xd0\xcf\x11\xe0" + bytes(64), "内容不是 .xlsx"),
        ("宏.xlsm", workbook(), "不带宏"),
        ("宏.xlsx", package({"xl/workbook.xml": b"<x/>", "xl/vbaProject.bin": b"x"}), "带有宏"),
        ("表.docx", workbook(), "内容不是 .docx"),
        ("坏.docx", b"PK\x03\x04" + bytes(64), "打不开"),
        ("包.zip", package({}), "解开"),
        ("没有后缀", PDF, "可以上传"),
    ],
)
def test_what_could_run_or_is_not_what_it_says_is_refused(
    people: dict[str, Actor], data: Path, name: str, content: bytes, says: str
) -> None:
    with pytest.raises(FileRefused, match=says):
        hand_in(people["one"], name, content)
    with bulk():
        assert not StoredFile.objects.exists()
    assert not list(blobs.kept(data))
    assert not list((data / "files" / ".incoming").glob("*"))


def test_a_file_above_the_limit_is_refused(people: dict[str, Actor], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIJIAO_MAX_FILE_MB", "1")
    with pytest.raises(FileRefused, match="超过 1 MB"):
        hand_in(people["one"], "大.pdf", PDF + bytes(1024 * 1024))


def test_the_same_content_is_kept_once(people: dict[str, Actor], data: Path) -> None:
    first, second = hand_in(people["one"], "甲.pdf", PDF), hand_in(people["two"], "乙.pdf", PDF)
    assert first.digest == second.digest
    assert first.pk != second.pk
    assert len(list(blobs.kept(data))) == 1


def test_an_auditor_and_a_neighbour_hand_nothing_in(people: dict[str, Actor]) -> None:
    with pytest.raises(NotAllowed):
        hand_in(people["auditor"], "甲.pdf", PDF)
    with pytest.raises(NotAllowed), acting(people["two"]):
        filestore.store(
            SimpleUploadedFile("甲.pdf", PDF),
            organisation=people["one"].homes[0],
            by=people["two"],
            at=AT,
        )


def test_each_download_is_recorded_and_anothers_file_is_not_found(
    people: dict[str, Actor], client: Client
) -> None:
    kept = hand_in(people["one"], "佐证 甲.pdf", PDF)
    shared = hand_in(people["one"], "乙.pdf", PDF + b"2", parties=[people["two"].homes[0]])
    client.force_login(_account(people["two"]), backend="zhijiao")
    assert client.get(f"/files/{kept.pk}").status_code == 404
    answer = client.get(f"/files/{shared.pk}")
    assert b"".join(answer.streaming_content) == PDF + b"2"  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    with bulk():
        read = AuditEvent.objects.get(action="file.downloaded")
        assert (read.name, read.object_id) == ("two", str(shared.pk))


def _account(actor: Actor) -> User:
    with bulk():
        return User.objects.get(pk=actor.user)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\文件\\甲.pdf", "甲.pdf"),
        ('a"b\r\nSet-Cookie: x.pdf', "a_bSet-Cookie_ x.pdf"),
        ("甲\u202efdp.exe", "甲fdp.exe"),
        ("...", "文件"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_names_are_cleaned(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_bytes_without_a_row_go_after_a_day(people: dict[str, Actor], data: Path) -> None:
    kept = hand_in(people["one"], "甲.pdf", PDF)
    lost = blobs.place_of(data, "ab" * 32)
    lost.parent.mkdir(parents=True)
    lost.write_bytes(b"x")
    assert filestore.remove_orphans() == 0
    for path in blobs.kept(data):
        os.utime(path, (0, 0))
    assert filestore.remove_orphans() == 1
    assert blobs.place_of(data, kept.digest).exists()
