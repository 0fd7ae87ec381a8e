"""What stands on a shelf, found by organisation and key."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import polars as pl

KEY = ["organisation", "key"]

Places = npt.NDArray[np.int64]


class Standing:
    """Records in force, each organisation and key once. It remembers which of them a row was found for."""

    def __init__(self, records: pl.DataFrame) -> None:
        self.records, self._found = records, np.zeros(records.height, dtype=np.bool_)
        self._index()

    def add(self, records: Iterable[pl.DataFrame]) -> None:
        """More of them."""
        self.records = pl.concat([self.records, *records])
        self._found = np.concatenate(
            (self._found, np.zeros(self.records.height - len(self._found), np.bool_))
        )
        self._index()

    def _index(self) -> None:
        hashes = _hashes(self.records)
        self._order = hashes.argsort()
        self._hashes = hashes[self._order]
        self._twice = bool((self._hashes[1:] == self._hashes[:-1]).any())

    def places(self, rows: pl.DataFrame) -> Places:
        """Where the record of each row stands; -1 for a row that has none."""
        if not self.records.height or not rows.height:
            return np.full(rows.height, -1, dtype=np.int64)
        hashes = _hashes(rows)
        spots = np.searchsorted(self._hashes, hashes)
        spots[spots == len(self._hashes)] = 0
        places = np.where(self._hashes[spots] == hashes, self._order[spots], -1)
        # A hash may be another key's; then all are looked for by what they are.
        if self._twice or not self._are(places, rows):
            places = self._by_key(rows)
        self._found[places[places >= 0]] = True
        return places

    def left(self) -> pl.DataFrame:
        """Records that no row was found for."""
        return self.records.filter(pl.Series(~self._found))

    def _are(self, places: Places, rows: pl.DataFrame) -> bool:
        there = places >= 0
        wanted = rows.select(KEY) if there.all() else rows.select(KEY).filter(pl.Series(there))
        found = self.records.select(KEY)[places[there]]
        return all(bool((wanted[name] == found[name]).all()) for name in KEY)

    def _by_key(self, rows: pl.DataFrame) -> Places:
        known = self.records.select(*KEY, pl.int_range(pl.len(), dtype=pl.Int64).alias("place"))
        joined = rows.select(KEY).join(known, on=KEY, how="left", maintain_order="left")
        return joined["place"].fill_null(-1).to_numpy()


def _hashes(rows: pl.DataFrame) -> npt.NDArray[np.uint64]:
    return (rows["organisation"].hash(5) ^ rows["key"].hash(7)).to_numpy()
