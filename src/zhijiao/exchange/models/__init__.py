"""Tables of this domain."""

from zhijiao.exchange.models.batches import Batch, Held, SavedLayout
from zhijiao.exchange.models.links import PersonLink
from zhijiao.exchange.models.quality import Profile
from zhijiao.exchange.models.records import Difference, PersonalRead, Record, Shelf
from zhijiao.exchange.models.snapshots import Snapshot, SnapshotPart
from zhijiao.exchange.models.standard import StandardEdition

__all__ = [
    "Batch",
    "Difference",
    "Held",
    "PersonLink",
    "PersonalRead",
    "Profile",
    "Record",
    "SavedLayout",
    "Shelf",
    "Snapshot",
    "SnapshotPart",
    "StandardEdition",
]
