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
from zhijiao.registry.actions.foreseeing import foresee
from zhijiao.registry.actions.importing import apply_workbook, plan_workbook
from zhijiao.registry.actions.officers import appoint, leave_office
from zhijiao.registry.actions.planting import (
    plant_installed,
    plant_organisations,
    plant_pack,
    plant_packs,
)

__all__ = [
    "add_organisation",
    "apply_workbook",
    "appoint",
    "close",
    "foresee",
    "leave_office",
    "merge",
    "move",
    "plan_workbook",
    "plant_installed",
    "plant_organisations",
    "plant_pack",
    "plant_packs",
    "rename",
    "reopen",
    "split",
]
