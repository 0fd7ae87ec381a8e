"""Reads the product's own list of capabilities, shipped beside this file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from zhijiao.policy.packs.positions import read_yaml
from zhijiao.policy.types.capabilities import Capability

_FILE = Path(__file__).with_name("capabilities.yaml")


@cache
def capabilities() -> Mapping[str, Capability]:
    """Every capability by id, in the order of the file."""
    located, problems = read_yaml(_FILE, _FILE.name)
    if located is None:
        raise ValueError("\n".join(map(str, problems)))
    listed = [Capability.model_validate(entry) for entry in located.value]
    return MappingProxyType({capability.id: capability for capability in listed})
