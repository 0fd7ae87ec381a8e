"""Between the pure engine and the store: what a sender's file is checked against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhijiao.exchange import vault
from zhijiao.exchange.store.frames import Checked
from zhijiao.exchange.types import Layout

if TYPE_CHECKING:
    from zhijiao.exchange.actions.checking import Work
    from zhijiao.exchange.rules.identity import Keys


def keys() -> Keys:
    """The keys of identity numbers."""
    from zhijiao.core import environment
    from zhijiao.exchange.rules.identity import Keys

    return Keys(
        seal=vault.key("exchange identity seal"),
        blind=vault.key("exchange identity blind"),
        other=vault.key("exchange identity other"),
        sm4=environment.flag("ZHIJIAO_SM4"),
    )


def checked(content: bytes | Path, work: Work, layouts: Mapping[str, Mapping[str, Any]]) -> Iterator[Checked]:
    """The parts of a file, checked. Notes of the reading go to `work`. Raises FileUnusable."""
    from zhijiao.exchange.rules.intake import Circumstances, Organisations, begin

    unique = {name: ids[0] for name, ids in work.places.names.items() if len(ids) == 1}
    circumstances = Circumstances(
        standard=work.standard,
        dataset=work.dataset,
        organisations=Organisations(ids=work.places.codes, names=unique, allowed=work.places.allowed),
        keys=keys(),
        sender=work.batch.organisation_id,
        today=work.places.on,
    )
    wanted = (work.batch.wanted or {}).get("layout")
    reading = begin(
        content,
        work.batch.file_name,
        circumstances,
        layout=Layout(**wanted) if wanted else None,
        layouts={mark: Layout(**saved) for mark, saved in layouts.items()},
    )
    work.layout, work.fingerprint, work.notes = reading.layout, reading.fingerprint, tuple(reading.notes)
    for part in reading.chunks():
        yield Checked(part.good, part.bad, part.problems)
