"""A snapshot as a folder: manifest.json, one Parquet file per data set, and organisations.parquet. No Django.

Equal rows give equal bytes: rows come in the order of the key, row groups are of one size whatever the pieces in which the
rows arrived, and no file holds a time or a name of a machine. So the SHA-256 of a file says what is in it, and the id of
the manifest, which is the SHA-256 of everything else in it, says what the snapshot is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from zhijiao.core.errors import Refusal
from zhijiao.exchange.types.snapshots import FORMAT, Manifest, Part
from zhijiao.exchange.types.standard import Dataset, Field, FieldType, Role

MANIFEST = "manifest.json"
ORGANISATIONS = "organisations"
ROWS_IN_GROUP = 65_536
"""Rows of a row group: the memory of writing is bounded by it, and it is part of the format, because bytes depend on it."""
DIGITS = 38
"""Digits of decimal numbers in Parquet."""

TREE: Mapping[str, pl.DataType] = {
    "code": pl.String(),
    "name": pl.String(),
    "kind": pl.String(),
    "parent": pl.String(),
    "province": pl.String(),
    "city": pl.String(),
    "county": pl.String(),
    "school": pl.String(),
    "since": pl.Date(),
    "until": pl.Date(),
}
"""Columns of organisations.parquet. The four levels hold the code of the ancestor, or of the row itself, at that level.
`until` is set for one that ended before the day of the tree and still has rows; it stands where it stood at the end."""


@dataclass(frozen=True)
class Head:
    """What a manifest says beside its parts."""

    as_at: date
    tree_on: date
    known_at: datetime
    tenant: str
    standard: str
    reason: str = ""
    marked: str = ""


def column_type(field: Field) -> pl.DataType:
    """The type of a field in Parquet. A person is the 32 hexadecimal signs of the blind index, never a number."""
    match field.type:
        case FieldType.NUMBER:
            return pl.Decimal(DIGITS, field.decimals) if field.decimals else pl.Int64()
        case FieldType.MONEY:
            return pl.Decimal(DIGITS, 2)
        case FieldType.TIME:
            return pl.Date()
    return pl.String()


def columns(dataset: Dataset) -> dict[str, pl.DataType]:
    """Columns of a data set's file, in the order of its fields."""
    return {field.id: column_type(field) for field in dataset.fields}


def order(dataset: Dataset) -> list[str]:
    """The columns by which rows are sorted: organisation, period, then the rest of the key."""
    first = [field.id for role in (Role.ORGANISATION, Role.PERIOD) if (field := dataset.the(role))]
    return list(dict.fromkeys([*first, *dataset.key]))


def shaped(frame: pl.DataFrame, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """The frame with exactly these columns and types; a column that it has not is null."""
    return frame.select(
        (pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, kind)).alias(name)
        for name, kind in schema.items()
    )


class FolderWriter:
    """Writes a folder piece by piece, several data sets at a time, in bounded memory.

    Pieces of a data set must come in the order of its rows. Nothing counts until `close`, which writes the manifest last:
    a folder without one is not a snapshot.
    """

    def __init__(self, folder: Path, schemas: Mapping[str, Mapping[str, pl.DataType]]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / MANIFEST).exists():
            raise Refusal(f"文件夹“{folder}”里已有 {MANIFEST}。换一个空的文件夹，或先移走旧的。")
        self.folder = folder
        self._files = {name: _File(folder / f"{name}.parquet", schema) for name, schema in schemas.items()}

    def add(self, name: str, frame: pl.DataFrame) -> None:
        """Append rows of a data set."""
        self._files[name].add(frame)

    def close(self, head: Head, organisations: pl.DataFrame) -> Manifest:
        """Finish the files, write the tree and the manifest."""
        tree = _File(self.folder / f"{ORGANISATIONS}.parquet", TREE)
        tree.add(organisations.sort("code"))
        files = {**self._files, ORGANISATIONS: tree}
        parts = {name: file.close(name) for name, file in sorted(files.items())}
        manifest = Manifest(
            "", head.known_at, head.tree_on, head.tenant, head.standard, parts, head.reason, head.marked
        )
        content = as_json(manifest, head.as_at)
        text = json.dumps({"id": content_id(content), **content}, ensure_ascii=False, indent=1)
        (self.folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
        return read_manifest(self.folder)


class _File:
    """One Parquet file in the making: rows wait until a row group is full."""

    def __init__(self, path: Path, schema: Mapping[str, pl.DataType]) -> None:
        self.path = path
        self.schema = schema
        self.rows = 0
        self._waiting: list[pa.Table] = []
        self._count = 0
        self._arrow = _compact(pl.DataFrame(schema=dict(schema))).schema
        self._writer = pq.ParquetWriter(
            path, self._arrow, compression="zstd", store_schema=False, write_page_index=False
        )

    def add(self, frame: pl.DataFrame) -> None:
        """Take rows; whatever fills a row group is written, so that no more than one waits."""
        rest = _compact(shaped(frame, self.schema))
        self.rows += rest.num_rows
        while self._count + rest.num_rows >= ROWS_IN_GROUP:
            missing = ROWS_IN_GROUP - self._count
            self._waiting.append(rest.slice(0, missing))
            self._write()
            rest = rest.slice(missing)
        if rest.num_rows:
            self._waiting.append(rest)
            self._count += rest.num_rows

    def _write(self) -> None:
        group = pa.concat_tables(self._waiting).combine_chunks()
        self._writer.write_table(group, row_group_size=ROWS_IN_GROUP)
        self._waiting, self._count = [], 0

    def close(self, name: str) -> Part:
        if self._count:
            self._write()
        self._writer.close()
        return Part(name, self.path.name, self.rows, digest(self.path))


def _compact(frame: pl.DataFrame) -> pa.Table:
    """The rows with buffers of their own: text in a frame may keep all of what it was picked from alive."""
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


def write_folder(
    folder: Path,
    head: Head,
    datasets: Mapping[str, tuple[Mapping[str, pl.DataType], Iterable[pl.DataFrame]]],
    organisations: pl.DataFrame,
) -> Manifest:
    """Write a snapshot: by data set its columns and its rows, already sorted, in pieces of any size."""
    writer = FolderWriter(folder, {name: schema for name, (schema, _) in datasets.items()})
    for name, (_, pieces) in datasets.items():
        for piece in pieces:
            writer.add(name, piece)
    return writer.close(head, organisations)


def as_json(manifest: Manifest, as_at: date) -> dict[str, Any]:
    """The manifest without its id, as the file has it. The tree stands beside the data sets, not among them."""
    parts = {
        name: {"file": part.file, "rows": part.rows, "sha256": part.sha256}
        for name, part in manifest.parts.items()
    }
    tree = parts.pop(ORGANISATIONS)
    return {
        "format": FORMAT,
        "as_at": as_at.isoformat(),
        "tree_on": manifest.tree_on.isoformat(),
        "known_at": manifest.known_at.isoformat(),
        "tenant": manifest.tenant,
        "standard": manifest.standard,
        "reason": manifest.reason,
        "marked": manifest.marked,
        "organisations": tree,
        "datasets": parts,
    }


def content_id(content: Mapping[str, Any]) -> str:
    """The SHA-256 of a manifest's content, its id aside, in canonical JSON."""
    text = json.dumps(
        {key: value for key, value in content.items() if key != "id"},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder. Raises Refusal where there is none, or where its id does not fit its content."""
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise Refusal(f"“{path}”的格式是“{content['format']}”，这里读的是“{FORMAT}”。请用写它的版本读。")
        if content_id(content) != content["id"]:
            raise Refusal(f"“{path}”写成之后被改过：编号与内容不符。请取回原来的文件夹。")
        parts = {**content["datasets"], ORGANISATIONS: content["organisations"]}
        return Manifest(
            content["id"],
            datetime.fromisoformat(content["known_at"]),
            date.fromisoformat(content["tree_on"]),
            content["tenant"],
            content["standard"],
            {name: Part(name, p["file"], p["rows"], p["sha256"]) for name, p in parts.items()},
            content["reason"],
            content["marked"],
        )
    except FileNotFoundError as error:
        raise Refusal(f"文件夹“{folder}”里没有 {MANIFEST}，不是一份完整的快照。请核对文件夹。") from error
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal(f"“{path}”读不了：{error}。请取回原来的文件夹。") from error


def faults(folder: Path, manifest: Manifest) -> list[str]:
    """What is not as the manifest says: files that are missing or were altered."""
    found = []
    for part in manifest.parts.values():
        path = folder / part.file
        if not path.is_file():
            found.append(f"{part.file} 不见了")
        elif digest(path) != part.sha256:
            found.append(f"{part.file} 写成之后被改过")
    return found


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
