"""docs/generated/ says what the code says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_generated_documents_are_fresh() -> None:
    spec = importlib.util.spec_from_file_location("generate_docs", ROOT / "scripts" / "generate_docs.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    written = {
        path.relative_to(script.GENERATED).as_posix(): path.read_text(encoding="utf-8")
        for path in script.GENERATED.rglob("*")
        if path.is_file()
    }
    assert written == script.documents(), "run: .venv/bin/python scripts/generate_docs.py"
