"""What expressions over the shipped data sets may name. Needs no database, so that packs can be checked from files alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from zhijiao.engines.expressions import Schema
from zhijiao.exchange.rules.standard import expression_schema, shipped


@cache
def schemas() -> Mapping[str, Schema]:
    """The fields of every data set of the shipped standard, by data set."""
    standard = shipped()
    return {dataset.id: expression_schema(dataset, standard.codes) for dataset in standard.datasets}


def names() -> Mapping[str, str]:
    """What the data sets of the shipped standard are called."""
    return {dataset.id: dataset.name for dataset in shipped().datasets}
