"""Which tests go to which of the test processes, and which come first.

Each goes wherever there is room, and each process has a running product of its own to look at. Only files whose tests share
something that is slow to start, or that change the town one after the other, stay together. They come first, so that the
processes end at the same time on small tests; the second file needs no prepared folder, while the first has the town laid.
"""

from __future__ import annotations

from pathlib import PurePath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TOGETHER = (
    "test_hand_in",
    "test_twin",
    "test_instance",
    "test_backup",
    "test_review",
    "test_record_pages",
    "test_admission_pages",
    "test_duties",
    "test_accounts",
    "test_administration",
    "test_plans",
    "test_data_pages",
    "test_every_link",
    "test_fourth_city",
)


def stem(nodeid: str) -> str:
    """The name of the file that a test stands in."""
    return PurePath(nodeid.split("::", 1)[0]).stem


def in_order(items: list[pytest.Item]) -> None:
    """Put the tests that stay together in front, as they stand above; the others keep their order."""
    place = {name: number for number, name in enumerate(TOGETHER)}
    items.sort(key=lambda item: place.get(stem(item.nodeid), len(TOGETHER)))


class Spreading(LoadScopeScheduling):
    """Gives out single tests, and whole files of those named above."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # by number of tests, which says little of their time

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.split("::", 1)[0] if stem(nodeid) in TOGETHER else nodeid
