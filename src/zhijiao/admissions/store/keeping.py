"""The files of a run: packed, sealed and kept under their digest. They say who chose what, so that nobody opens them unrecorded."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from zhijiao.core import blobs, environment
from zhijiao.core.models import StoredFile
from zhijiao.exchange.actions.sealing import seal, unseal

LIMIT = 4 * 1024**3
PIECE = 1024 * 1024


def keep_file(packed: bytes, *, name: str, organisation: int, by: str, at: datetime) -> StoredFile:
    """Keep packed files sealed. Call under the bulk role, inside the run's transaction."""
    pieces = (packed[n : n + PIECE] for n in range(0, len(packed), PIECE))
    data = environment.data_folder()
    with blobs.arriving(data, seal(pieces), LIMIT) as draft:
        blobs.keep(data, draft)
        return StoredFile.objects.create(
            digest=draft.digest,
            name=name[:200],
            size=draft.size,
            media_type="application/octet-stream",
            organisation_id=organisation,
            uploaded_by=by[:80],
            uploaded_at=at,
        )


def opened(file: StoredFile) -> bytes:
    """The packed files again. Whoever calls this has asked for permission and writes the line of the trail."""
    place: Path = blobs.place_of(environment.data_folder(), file.digest)
    with place.open("rb") as stream:
        return b"".join(unseal(stream, file.name))
