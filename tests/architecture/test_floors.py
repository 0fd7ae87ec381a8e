"""Floors and doors, beyond what import-linter sees."""

from __future__ import annotations

import configparser

from django.apps import apps
from django.conf import settings
from django.db import models

from tests.architecture import house

# What crosses from a domain to anybody else; everything deeper is its own.
DOORS = {"types", "queries", "actions"}
# `policy` has one door more, for those who read packs from files (ADR 0003).
MORE_DOORS = {"policy": {"packs"}}


def test_every_package_stands_on_a_floor() -> None:
    known = {room for floor in house.floors() for room in floor}
    assert house.rooms_on_disk() <= known, "add the new package to its floor in .importlinter"


def test_every_app_is_installed() -> None:
    apps_on_disk = {f"zhijiao.{path.parent.name}" for path in house.SOURCE.glob("*/apps.py")}
    assert apps_on_disk <= set(settings.INSTALLED_APPS), "add the new app to INSTALLED_APPS"
    with_tables = {f"zhijiao.{path.parts[-2]}" for path in house.SOURCE.glob("*/models.py")}
    assert with_tables <= apps_on_disk, "a domain with tables needs an apps.py"


def test_pure_floors_are_under_the_contract_of_purity() -> None:
    config = configparser.ConfigParser()
    config.read(house.ROOT / ".importlinter", encoding="utf-8")
    named = config["importlinter:contract:pure"]["source_modules"].split()
    for room in {"lib", "render", "engines"} & house.rooms_on_disk():
        assert f"zhijiao.{room}" in named, f"add zhijiao.{room} to the contract `pure` in .importlinter"


def test_a_domain_is_entered_by_its_doors() -> None:
    trespasses = [
        f"{name} imports {imported}"
        for name, _, tree in house.modules()
        for imported in house.imports(tree)
        if house.room_of(imported) != house.room_of(name) and not _is_a_door(imported)
    ]
    assert not trespasses, "take it from types, queries or actions, or move it there"


def test_foreign_keys_point_downwards() -> None:
    upward = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if model.__module__.startswith("zhijiao.")
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and not _may_reach(model, field.related_model)
    ]
    assert not upward


def _is_a_door(imported: str) -> bool:
    parts = imported.split(".")
    if parts[0] != "zhijiao" or len(parts) < 3 or parts[1] not in house.domains():
        return True
    return parts[2] in DOORS | MORE_DOORS.get(parts[1], set())


def _may_reach(model: type[models.Model], other: type[models.Model]) -> bool:
    here, there = house.room_of(model.__module__), house.room_of(other.__module__)
    if not other.__module__.startswith("zhijiao.") or here == there:
        return True
    return _height(there) > _height(here)


def _height(room: str) -> int:
    """Return the number of floors above a room."""
    return next(number for number, floor in enumerate(house.floors()) if room in floor)
