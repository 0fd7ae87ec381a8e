"""Trial: a power cut, again and again. What the database said it had written must be there afterwards."""

from __future__ import annotations

import random
import threading

import psycopg
import pytest

from tests.support.database import open_folder
from zhijiao.core.postgres import APP, OWNER, EmbeddedPostgres, Logins

ROUNDS = 25

pytestmark = pytest.mark.trial


def test_no_acknowledged_row_is_lost_over_many_kills() -> None:
    chance = random.Random(20261121)
    acknowledged: set[int] = set()
    with open_folder() as data:
        server = EmbeddedPostgres(data)  # durable, as in the product
        logins = server.start()
        with connect(logins, OWNER) as connection:
            connection.execute("CREATE TABLE ledger (n bigint PRIMARY KEY)")
        for number in range(ROUNDS):
            if not server.running():
                logins = server.start()
            writer = Writer(logins, first=number * 1_000_000)
            writer.start()
            writer.stopped.wait(chance.uniform(0.01, 0.6))
            assert server.process is not None
            server.process.kill()
            server.process.wait()
            writer.join()
            acknowledged |= writer.acknowledged
        with connect(server.start()) as connection:
            kept = {row[0] for row in connection.execute("SELECT n FROM ledger")}
        server.stop()
    assert len(acknowledged) > ROUNDS
    assert acknowledged <= kept


class Writer(threading.Thread):
    """Writes one row a transaction until the server is gone, and remembers what was acknowledged."""

    def __init__(self, logins: Logins, first: int) -> None:
        super().__init__()
        self.logins = logins
        self.next = first
        self.acknowledged: set[int] = set()
        self.stopped = threading.Event()

    def run(self) -> None:
        """Write until the connection breaks."""
        try:
            with connect(self.logins) as connection:
                while True:
                    connection.execute("INSERT INTO ledger VALUES (%s)", [self.next])
                    self.acknowledged.add(self.next)
                    self.next += 1
        except psycopg.OperationalError:
            self.stopped.set()


def connect(logins: Logins, login: str = APP) -> psycopg.Connection:
    return psycopg.connect(**logins.parameters(login), autocommit=True)
