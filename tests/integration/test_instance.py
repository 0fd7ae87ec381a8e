"""The main job from outside: what a stranger's `make run` starts, survives and leaves behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from tests.support.database import open_folder, postgres
from tests.support.instance import PREPARED, Instance, free_port, running, start, wait_until_gone
from tests.support.prepared import Stage, prepared_folder
from zhijiao.core.postgres import APP, OWNER, Logins, load_logins
from zhijiao.policy.packs.starting import write_minimal


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    with open_folder() as data, running(data, env=PREPARED) as instance:
        yield instance


@pytest.fixture
def data() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


def test_it_tells_where_it_answers_and_how_to_stop(instance: Instance) -> None:
    wait_for(lambda: "职教大脑已就绪" in instance.said(), "the banner")
    assert instance.address in instance.said()
    assert "Ctrl-C" in instance.said()


def test_health_names_what_it_looked_at(instance: Instance) -> None:
    status, answer = instance.health()
    assert status == 200
    assert answer["status"] == answer["database"] == answer["migrations"] == "ok"
    assert answer["packs"], "the shipped packs are loaded"
    assert answer["version"]
    assert answer["time"].endswith("+08:00")


def test_pages_forbid_foreign_scripts_and_tell_their_time(instance: Instance) -> None:
    with ask(f"{instance.address}/healthz") as response:
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]
        assert "unsafe-eval" not in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Server-Timing"].startswith("app;dur=")


def test_built_files_are_served(instance: Instance) -> None:
    with ask(f"{instance.address}/static/dist/app.js") as response:
        assert "javascript" in response.headers["Content-Type"]


def test_a_second_instance_on_the_same_data_is_refused_with_the_firsts_address(instance: Instance) -> None:
    second = start(instance.data, port=free_port())
    assert second.process.wait(90) == 1
    assert f"已有一个实例正在使用数据目录 {instance.data}" in instance.said()
    assert str(instance.process.pid) in instance.said()
    assert instance.health()[0] == 200


def test_a_command_uses_the_running_database(instance: Instance) -> None:
    done = zhijiao(instance.data, "manage", "showmigrations", "--plan")
    assert done.returncode == 0, done.stderr
    assert "[ ]" not in done.stdout


def test_the_worker_does_jobs(instance: Instance) -> None:
    do_a_job(instance)


def test_packs_installed_by_two_at_once_are_installed_once(instance: Instance) -> None:
    with open_folder() as packs:
        write_minimal(packs / "good")
        write_minimal(packs / "broken")
        (packs / "broken" / "goals.yaml").write_text("- {id: nothing}\n", encoding="utf-8")
        both = [begin(instance.data, "install-packs", "--packs", str(packs)) for _ in range(2)]
        assert [one.wait(180) for one in both] == [3, 3], "3: a pack was refused"
    for table, pack in (("policy_installation", "good"), ("policy_refusal", "broken")):
        assert execute(instance, APP, f"SELECT count(*) FROM {table} WHERE pack = '{pack}'") == (1,)


@pytest.mark.parametrize("words", ["granian --interface", "zhijiao worker"], ids=["web", "worker"])
def test_a_killed_child_is_started_again(instance: Instance, words: str) -> None:
    told = instance.said().count("秒后重新启动")
    victim = find(instance, words)
    os.kill(victim, signal.SIGKILL)
    wait_for(lambda: instance.said().count("秒后重新启动") > told, "the message")
    wait_for(lambda: find(instance, words) not in {0, victim}, "a new process")
    wait_for(lambda: instance.health()[0] == 200, "health")


def test_a_killed_database_is_started_again(instance: Instance) -> None:
    os.kill(find(instance, "bin/postgres -D"), signal.SIGKILL)
    wait_for(lambda: "数据库意外结束" in instance.said(), "the message")
    wait_for(lambda: instance.health()[0] == 200, "health")
    do_a_job(instance)


def test_after_a_killed_supervisor_and_after_ctrl_c_nothing_runs_and_the_data_are_kept(
    instance: Instance,
) -> None:
    """The last of the tests that share the instance."""
    execute(instance, OWNER, "CREATE TABLE kept AS SELECT '玉环' AS words")
    family = instance.descendants()
    assert len(family) > 5
    instance.process.kill()
    instance.process.wait()
    assert not wait_until_gone(family)

    again = start(instance.data, env=PREPARED)
    again.wait_until_well()
    assert execute(again, APP, "SELECT words FROM kept") == ("玉环",)
    family = again.descendants()
    assert again.stop(signal.SIGINT) == 0
    assert not wait_until_gone(family)
    assert "已全部停止" in again.said()

    with postgres(instance.data):
        assert execute(instance, APP, "SELECT words FROM kept") == ("玉环",)


def test_a_stop_during_the_start_is_obeyed(data: Path) -> None:
    early = start(data)
    wait_for(lambda: (data / "postgres.json").exists(), "the database's start")
    family = early.descendants()
    assert early.stop(signal.SIGTERM) == 0
    assert not wait_until_gone(family)
    assert "Traceback" not in early.said()


def test_a_taken_port_is_explained(data: Path) -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        refused = start(data, port=squatter.getsockname()[1])
        assert refused.process.wait(90) == 1
    assert "换一个端口" in refused.said()
    assert "Traceback" not in refused.said()


def test_a_server_can_take_the_place_of_the_embedded_database(data: Path) -> None:
    """The rest of an instance on somebody else's PostgreSQL, here one of our own that it knows only by address."""
    with prepared_folder(Stage.PACKS) as elsewhere, postgres(elsewhere) as server:
        env = {
            "DATABASE_URL": address_of(server, APP),
            "ZHIJIAO_MIGRATION_DATABASE_URL": address_of(server, OWNER),
            "ZHIJIAO_SECRET_KEY": "of-no-value-outside-this-test",
            **PREPARED,
        }
        back = zhijiao(
            data, "manage", "migrate", "policy", "0001", **env | {"DATABASE_URL": address_of(server, OWNER)}
        )
        assert back.returncode == 0, back.stderr
        with running(data, env=env) as instance:
            assert instance.health()[1]["migrations"] == "ok", "the start took the missing steps"
            assert find(instance, "bin/postgres -D") == 0
        assert not (data / "postgres.json").exists()


def test_a_server_that_does_not_answer_ends_the_start_with_a_sentence(data: Path) -> None:
    env = {"DATABASE_URL": f"postgresql://a:b@127.0.0.1:{free_port()}/x", "ZHIJIAO_SECRET_KEY": "of-no-value"}
    refused = start(data, env=env)
    assert refused.process.wait(90) == 1
    assert "数据库没有应答" in refused.said()
    assert "Traceback" not in refused.said()


def address_of(logins: Logins, login: str) -> str:
    return f"postgresql://{login}:{logins.passwords[login]}@127.0.0.1:{logins.port}/zhijiao"


def zhijiao(data: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "zhijiao", *words],
        env={**os.environ, **env, "ZHIJIAO_DATA": str(data)},
        capture_output=True,
        text=True,
        timeout=180,
    )


def begin(data: Path, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "zhijiao", *words],
        env={**os.environ, "ZHIJIAO_DATA": str(data)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def do_a_job(instance: Instance) -> None:
    """Put a job into the queue and wait until the worker has done it."""
    logins = load_logins(instance.data)
    assert logins is not None
    deferred = zhijiao(
        instance.data,
        "manage",
        "procrastinate",
        "defer",
        "zhijiao.core.jobs.forget_finished_jobs",
        '{"timestamp": 0}',
    )
    assert deferred.returncode == 0, deferred.stderr
    with psycopg.connect(**logins.parameters(APP), autocommit=True) as connection:
        waiting = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
        wait_for(lambda: connection.execute(waiting).fetchone() == (0,), "the job")
        failed = "SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded'"
        assert connection.execute(failed).fetchone() == (0,)


def ask(address: str) -> HTTPResponse:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return opener.open(address, timeout=10)


def find(instance: Instance, words: str) -> int:
    """Return the child of the instance whose command line has `words`; 0 when there is none.

    A child's own children can have the same command line, and the child brings those back, not the instance.
    """
    for pid in instance.children():
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if words in command:
            return pid
    return 0


def wait_for(happened: Callable[[], bool], what: str, patience: float = 120) -> None:
    deadline = time.monotonic() + patience
    while not happened():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.2)


def execute(instance: Instance, login: str, statement: LiteralString) -> tuple[Any, ...] | None:
    """Run one statement in the instance's database."""
    logins = load_logins(instance.data)
    assert logins is not None
    with psycopg.connect(**logins.parameters(login), autocommit=True) as connection:
        answer = connection.execute(statement)
        return answer.fetchone() if answer.description else None
