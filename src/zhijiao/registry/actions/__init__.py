"""The verbs of the registry. Each is one transaction under the bulk role, after the permission was asked for."""

from zhijiao.registry.actions.changing import (
    add_organisation,
    close,
    merge,
    move,
    rename,
    reopen,
    split,
)
from zhijiao.registry.actions.planting import plant_installed, plant_pack, plant_packs

__all__ = [
    "add_organisation",
    "close",
    "merge",
    "move",
    "plant_installed",
    "plant_pack",
    "plant_packs",
    "rename",
    "reopen",
    "split",
]
