"""For trials in which processes of an instance are killed: whom to kill, commands that run beside it, and when it is well again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.instance import Instance


def kill(instance: Instance, victim: str, chance: random.Random) -> bool:
    """Kill -9 one process of a kind; whether there was one."""
    found = processes(instance, victim)
    if found:
        os.kill(chance.choice(found), signal.SIGKILL)
    return bool(found)


def processes(instance: Instance, victim: str) -> Sequence[int]:
    """The processes of a kind."""
    commands = {pid: command(pid) for pid in sorted(instance.descendants())}
    web = [pid for pid, words in commands.items() if "granian --interface" in words]
    match victim:
        case "web":
            return web[:1]
        case "web worker":
            return [pid for pid, words in commands.items() if pid not in web[:1] and "granian" in words]
        case "job worker":
            return [pid for pid, words in commands.items() if "zhijiao worker" in words]
        case "database":
            return [pid for pid, words in commands.items() if "bin/postgres -D" in words]
    return [pid for pid, words in commands.items() if words.startswith("postgres: zhijiao")]


def command(pid: int) -> str:
    """A process's command line."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def wait_until_well(instance: Instance) -> None:
    """Until the pages answer again."""
    deadline = time.monotonic() + 240
    while instance.health()[0] != 200:
        assert time.monotonic() < deadline, instance.said()[-4000:]
        time.sleep(0.2)


def start(data: Path, command: Sequence[str], env: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start `zhijiao ...` on the instance of a data folder; what it says can be read."""
    environment = {**os.environ, "ZHIJIAO_DATA": str(data), **env}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    return subprocess.Popen(
        [sys.executable, "-m", "zhijiao", *command],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def done(process: subprocess.Popen[str]) -> str:
    """What a command said that has to end well."""
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said
    return said


def strike(
    instance: Instance,
    commands: Mapping[str, subprocess.Popen[str]],
    victim: str,
    chance: random.Random,
) -> bool:
    """Kill -9 one of the commands, by its name, or a process of the instance; whether there was one."""
    if victim not in commands:
        return kill(instance, victim, chance)
    if commands[victim].poll() is not None:
        return False
    os.kill(commands[victim].pid, signal.SIGKILL)
    return True
