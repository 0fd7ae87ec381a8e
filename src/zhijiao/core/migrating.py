"""Bringing the database to this version's structure, without drawing every model anew after each step.

Django keeps a class for every model of the state that migrations walk through. When one changes, it makes that class again and
those of all its relations; here nearly everything is related to organisations, and most steps add an index, a constraint or
a trigger, which changes no field. Such a step makes one class again. Steps that run Python get all classes made anew, as with
any delayed change (`ProjectState.is_delayed`).
"""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.commands import migrate as command
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

_MADE_OF = "_made_of"


class QuickState(ProjectState):
    """A state that makes the class of a model alone where its fields are the same, or where nothing can point to it yet."""

    def clone(self) -> QuickState:
        """A state of its own, of the same kind."""
        made = QuickState({key: model.clone() for key, model in self.models.items()}, self.real_apps)
        if "apps" in self.__dict__:
            made.apps = self.apps.clone()
        made.is_delayed = self.is_delayed
        return made

    def _find_reload_model(self, app_label: str, model_name: str, delay: bool = False) -> Any:
        key = app_label, model_name
        if self._alone(key):
            self.is_delayed = True
            return {key}
        return super()._find_reload_model(app_label, model_name, delay)  # type: ignore[misc]

    def _alone(self, key: tuple[str, str]) -> bool:
        model = self.models.get(key)
        if model is None:
            return False
        try:
            made = self.apps.get_model(*key)
        except LookupError:
            return True
        before = made.__dict__.get(_MADE_OF)
        return before is not None and _same(before, tuple(model.fields.values()))

    def _reload(self, related_models: Any) -> None:
        super()._reload(related_models)  # type: ignore[misc]
        for key in related_models:
            if key in self.models:
                setattr(self.apps.get_model(*key), _MADE_OF, tuple(self.models[key].fields.values()))


class QuickExecutor(MigrationExecutor):
    """Walks through such states."""

    def _create_project_state(self, with_applied_migrations: bool = False) -> QuickState:
        state = super()._create_project_state(with_applied_migrations)  # type: ignore[misc]
        return QuickState(state.models, state.real_apps)


def migrate(*, verbosity: int) -> None:
    """Run Django's command with this executor."""
    usual = command.MigrationExecutor  # type: ignore[attr-defined]
    command.MigrationExecutor = QuickExecutor  # type: ignore[attr-defined]
    try:
        call_command("migrate", interactive=False, verbosity=verbosity)
    finally:
        command.MigrationExecutor = usual  # type: ignore[attr-defined]


def _same(before: tuple[Any, ...], now: tuple[Any, ...]) -> bool:
    """Whether these are the same field objects: a changed field is another object."""
    return len(before) == len(now) and all(one is other for one, other in zip(before, now, strict=True))
