"""The house as it stands on disk, for tests about the code itself."""

from __future__ import annotations

import ast
import configparser
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "zhijiao"
# Not domains: plumbing below them and doors above them.
PLUMBING = {"lib", "render", "engines", "core", "config", "portal", "api", "cli"}


def floors() -> list[list[str]]:
    """Return the floors from the top down, as .importlinter has them."""
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter", encoding="utf-8")
    lines = config["importlinter:contract:floors"]["layers"].split("\n")
    return [[room.strip(" ()") for room in line.split("|")] for line in lines if line.strip()]


def rooms_on_disk() -> set[str]:
    """Return the top-level packages of the product."""
    return {path.parent.name for path in SOURCE.glob("*/__init__.py")}


def domains() -> set[str]:
    """Return the packages that own data and rules."""
    return rooms_on_disk() - PLUMBING


def modules() -> Iterator[tuple[str, Path, ast.Module]]:
    """Yield each module of the product: dotted name, file, syntax tree."""
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        yield name, path, ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> Iterator[str]:
    """Yield every name that a module imports, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(name: str) -> str:
    """Return the top-level package of a dotted name: zhijiao.policy.queries → policy."""
    return name.split(".")[1] if name.count(".") else ""


def own_files(*suffixes: str) -> list[Path]:
    """Return the files that belong to the repository, tracked or about to be, with one of the suffixes."""
    # The clone may belong to another user than the one who tests it, and git would refuse to look.
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "-z",
    ]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.suffix in suffixes and path.is_file()]
