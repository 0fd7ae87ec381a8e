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
    from zhijiao.exchange.rules.intake import Circumstances, Reading


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
    from zhijiao.exchange.rules.intake import Circumstances, Organisations

    unique = {name: ids[0] for name, ids in work.places.names.items() if len(ids) == 1}
    circumstances = Circumstances(
        standard=work.standard,
        dataset=work.dataset,
        organisations=Organisations(ids=work.places.codes, names=unique, allowed=work.places.allowed),
        keys=keys(),
        sender=work.batch.organisation_id,
        today=work.places.on,
    )
    reading = _begun(content, work, circumstances, layouts)
    work.layout, work.fingerprint, work.notes = reading.layout, reading.fingerprint, tuple(reading.notes)
    warnings = tuple(reading.warnings)
    for part in reading.chunks(work.at_once):
        yield Checked(part.good, part.bad, (*warnings, *part.problems))
        warnings = ()
    work.notes = tuple(reading.notes)  # with what was skipped on the way


def _begun(
    content: bytes | Path,
    work: Work,
    circumstances: Circumstances,
    layouts: Mapping[str, Mapping[str, Any]],
) -> Reading:
    """The file with its heading understood: as the sender said, as the sender saved it for such a heading, or by itself."""
    from zhijiao.exchange.rules.intake import HeadingRefused, begin

    name, wanted = work.batch.file_name, (work.batch.wanted or {}).get("layout")
    if wanted:
        return begin(content, name, circumstances, Layout(**wanted))
    try:
        found = begin(content, name, circumstances)
    except HeadingRefused:
        for mark, saved in layouts.items():
            try:
                found = begin(content, name, circumstances, Layout(**saved))
            except HeadingRefused:
                continue
            if found.fingerprint == mark:
                return found
        raise
    saved_one = layouts.get(found.fingerprint)
    return begin(content, name, circumstances, Layout(**saved_one)) if saved_one else found
