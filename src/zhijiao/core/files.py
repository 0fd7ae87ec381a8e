"""Files that hold secrets or must never be seen half written."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Write `text` so that only this user can read it and nobody ever sees a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)


def secret_key_path(data: Path) -> Path:
    """Return where an embedded instance keeps the key that signs its tokens."""
    return data / "secret_key"


def ensure_secret_key(data: Path) -> str:
    """Return the signing key of this data folder, made on first use and then kept."""
    path = secret_key_path(data)
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="utf-8")
