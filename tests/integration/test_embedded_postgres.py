"""The embedded database survives what machines do to it, and says clearly what it cannot do."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.database import FAST, open_folder, postgres
from tests.support.instance import alive, wait_until_gone
from zhijiao.core.postgres import APP, OWNER, EmbeddedPostgres, Logins, PostgresError, account, load_logins

# A parent that starts a server, says so, and then only waits to be killed.
PARENT = """
import sys, time
from pathlib import Path
from zhijiao.core.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), {"fsync": "off"})
server.start()
print(server.process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def data() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


def connect(logins: Logins, login: str = APP) -> psycopg.Connection:
    return psycopg.connect(**logins.parameters(login), autocommit=True)


def test_rows_and_address_outlive_a_restart(data: Path) -> None:
    with postgres(data) as first, connect(first, OWNER) as connection:
        connection.execute("CREATE TABLE kept (words text)")
        connection.execute("INSERT INTO kept VALUES ('玉环')")
    with postgres(data) as second, connect(second) as connection:
        assert second.port == first.port
        assert connection.execute("SELECT words FROM kept").fetchone() == ("玉环",)


def test_the_app_reads_and_writes_rows_but_owns_nothing(data: Path) -> None:
    with postgres(data) as logins:
        with connect(logins, OWNER) as connection:
            connection.execute("CREATE TABLE thing (id bigint GENERATED ALWAYS AS IDENTITY, name text)")
        with connect(logins) as connection:
            connection.execute("INSERT INTO thing (name) VALUES ('a')")
            for forbidden in ("CREATE TABLE mine (i int)", "ALTER TABLE thing ADD x int", "TRUNCATE thing"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(forbidden)


def test_order_and_case_depend_on_no_file_of_the_machine(data: Path) -> None:
    with postgres(data) as logins, connect(logins) as connection:
        asked = "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
        assert connection.execute(asked).fetchone() == ("b", "C.UTF-8", "UTF8")
        assert connection.execute("SHOW timezone").fetchone() == ("Asia/Shanghai",)


def test_a_stranger_on_the_machine_cannot_log_in(data: Path) -> None:
    with postgres(data) as logins:
        known = {**logins.parameters(APP), "password": "guess"}
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(**known)
    for name in ("postgres.json",):
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o600


def test_the_server_ends_when_its_parent_is_killed_and_loses_nothing(data: Path) -> None:
    parent, server = start_parent(data)
    logins = load_logins(data)
    assert logins is not None
    with connect(logins, OWNER) as connection:
        connection.execute("CREATE TABLE kept (i int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    parent.kill()
    parent.wait()
    # No pause: the next start has to cope with a server that is just going down.
    with postgres(data) as again, connect(again) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1,)
        assert not alive({server})


def test_a_killed_server_starts_again_from_its_log(data: Path) -> None:
    server = EmbeddedPostgres(data)  # durable, as in the product: what is tested here is recovery
    logins = server.start()
    with connect(logins, OWNER) as connection:
        connection.execute("CREATE TABLE kept (i int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        assert server.process is not None
        server.process.kill()
        server.process.wait()
    assert not server.running()
    with connect(server.start()) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1,)
    server.stop()


def test_a_stale_pid_file_with_somebody_elses_number_is_no_obstacle(data: Path) -> None:
    with postgres(data):
        pass
    cluster = data / "postgres" / "cluster"
    stale = cluster / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{cluster}\n", encoding="ascii")
    with postgres(data) as logins, connect(logins) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_taken_port_is_replaced_and_remembered(data: Path) -> None:
    import socket

    with postgres(data) as first:
        pass
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", first.port))
        squatter.listen()
        with postgres(data) as second:
            assert second.port != first.port
    assert load_logins(data) == second


def test_a_cut_first_start_leaves_nothing_half_made(data: Path) -> None:
    draft = data / "postgres" / "cluster.new"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18")
    with postgres(data) as logins, connect(logins) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not draft.exists()


def test_a_moved_data_folder_still_opens(data: Path) -> None:
    with postgres(data / "old") as logins, connect(logins, OWNER) as connection:
        connection.execute("CREATE TABLE kept (i int)")
    (data / "old").rename(data / "new")
    with postgres(data / "new") as logins, connect(logins) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_another_major_version_is_refused_and_left_alone(data: Path) -> None:
    with postgres(data):
        pass
    marker = data / "postgres" / "cluster" / "PG_VERSION"
    marker.write_text("15\n", encoding="ascii")
    with pytest.raises(PostgresError, match=r"由 PostgreSQL 15 写成，本程序自带的是 PostgreSQL 18"):
        EmbeddedPostgres(data, FAST).start()
    assert marker.read_text(encoding="ascii") == "15\n"


def test_lost_passwords_are_named_as_such(data: Path) -> None:
    with postgres(data):
        pass
    (data / "postgres.json").unlink()
    with pytest.raises(PostgresError, match="口令"):
        EmbeddedPostgres(data, FAST).start()


def test_a_lost_cluster_is_not_replaced_by_an_empty_one(data: Path) -> None:
    with postgres(data):
        pass
    (data / "postgres" / "cluster").rename(data / "elsewhere")
    with pytest.raises(PostgresError, match="没有另建新库"):
        EmbeddedPostgres(data, FAST).start()


def test_wrong_passwords_end_the_start_with_the_reason(data: Path) -> None:
    with postgres(data):
        pass
    path = data / "postgres.json"
    known = json.loads(path.read_text())
    known["passwords"]["postgres"] = "wrong"
    path.write_text(json.dumps(known))
    with pytest.raises(PostgresError, match="口令不符"):
        EmbeddedPostgres(data, FAST).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down")
def test_root_steps_down_to_an_account_of_its_own(data: Path) -> None:
    server = EmbeddedPostgres(data, FAST)
    server.start()
    try:
        assert server.process is not None
        assert Path(f"/proc/{server.process.pid}").stat().st_uid != 0
        # What is not the cluster stays root's: the account can neither read the passwords nor change the programs.
        assert (data / "postgres.json").stat().st_uid == 0
    finally:
        server.stop()


def test_programs_in_a_closed_folder_are_copied(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root in a clone under root's home: the account may enter neither, and no folder's rights are changed."""
    from zhijiao.core.postgres import binaries

    monkeypatch.setattr(account.Account, "can_traverse", lambda self, folder: False)
    found = binaries.binaries_for(account.Account(os.geteuid(), os.getegid()), data)
    assert found.folder.is_relative_to(data)
    assert found.version().startswith("18.")
    assert stat.S_IMODE(Path(found.path("initdb")).stat().st_mode) & 0o055 == 0o055


def start_parent(data: Path) -> tuple[subprocess.Popen[str], int]:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(data)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        return parent, int(parent.stdout.readline())


def test_a_stopped_parent_leaves_no_process(data: Path) -> None:
    parent, server = start_parent(data)
    parent.send_signal(signal.SIGTERM)
    parent.wait()
    assert not wait_until_gone({server})
