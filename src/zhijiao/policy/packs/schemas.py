"""JSON Schemas of the rooms, so that an editor completes and underlines while one writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from zhijiao.policy.packs.rooms import BESIDE, LISTS, MAPPINGS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """Schema by file name, one per room."""
    found: dict[str, dict[str, Any]] = {}
    for file, _, model, title in (*MAPPINGS, *BESIDE):
        found[f"{file.removesuffix('.yaml')}.schema.json"] = {
            "$schema": DIALECT,
            **model.model_json_schema(by_alias=True),
            "title": title,
        }
    for room in LISTS:
        listed = TypeAdapter(list[room.entry]).json_schema(by_alias=True)  # type: ignore[name-defined]
        found[f"{room.name}.schema.json"] = {"$schema": DIALECT, **listed, "title": room.title}
    return found


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into a folder; existing files are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schemas().items():
        path = folder / name
        path.write_text(json.dumps(schema, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        written.append(path)
    return written
