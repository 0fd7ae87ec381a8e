"""States of what the store keeps beside records: rows in quarantine, differences between sources. No Django."""

from __future__ import annotations

from enum import StrEnum


class HeldState(StrEnum):
    """Where a row in quarantine stands."""

    WAITING = "waiting"
    MENDED = "mended"  # a later batch brought its key
    REPLACED = "replaced"  # a later file of the same sender was still wrong there: that one waits now
    DROPPED = "dropped"

    @property
    def words(self) -> str:
        """The state as screens say it."""
        return {"waiting": "待改正", "mended": "已改正", "replaced": "已重新提交", "dropped": "已放弃"}[
            self.value
        ]


class DifferenceState(StrEnum):
    """Where a difference between two sources stands."""

    OPEN = "open"
    SETTLED = "settled"  # somebody said whose value stands
    GONE = "gone"  # the two agree again

    @property
    def words(self) -> str:
        """The state as screens say it."""
        return {"open": "待核对", "settled": "已核对", "gone": "已一致"}[self.value]


class Side(StrEnum):
    """Whose value stands."""

    OWN = "own"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The side as screens say it."""
        return {"own": "以本单位为准", "other": "以对方为准"}[self.value]
