"""Which tests go to which of the test processes.

Each goes wherever there is room, and each process has a running product of its own to look at. Only files whose tests share
something that is slow to start, or that change the town one after the other, stay together.
"""

from __future__ import annotations

from pathlib import PurePath

from xdist.scheduler import LoadScopeScheduling

TOGETHER = {
    "test_accounts",
    "test_administration",
    "test_admission_pages",
    "test_backup",
    "test_data_pages",
    "test_duties",
    "test_every_link",
    "test_fourth_city",
    "test_hand_in",
    "test_instance",
    "test_plans",
    "test_record_pages",
    "test_review",
    "test_twin",
}


class Spreading(LoadScopeScheduling):
    """Gives out single tests, and whole files of those named above."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return file if PurePath(file).stem in TOGETHER else nodeid
