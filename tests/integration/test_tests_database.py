"""The tests' own ground: they must run with the rights of the product, not with more."""

from __future__ import annotations

import socket

import pytest
from django.db import ProgrammingError, connection

from tests.support.network import OutsideNetwork


@pytest.mark.django_db
def test_queries_run_as_a_login_that_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'django_migrations'"
        )
        assert cursor.fetchone() == ("zhijiao_app", "zhijiao_owner")


@pytest.mark.django_db
def test_the_web_login_cannot_change_the_shape_of_the_data() -> None:
    with pytest.raises(ProgrammingError, match="must be owner"), connection.cursor() as cursor:
        cursor.execute("DROP TABLE django_migrations")


def test_sockets_beyond_this_machine_are_refused() -> None:
    with socket.socket() as plug, pytest.raises(OutsideNetwork):
        plug.connect(("192.0.2.1", 80))
