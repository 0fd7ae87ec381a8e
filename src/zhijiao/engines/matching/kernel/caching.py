"""Where compiled code is kept: beside the package, filled at set-up (`python -m zhijiao.engines.matching`).

Where the package is installed read-only, a copy of that is kept in the user's cache folder. Where that cannot be written
either, the kernel is compiled anew in each process, which takes some seconds and is otherwise the same.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
BESIDE = HERE / "__pycache__" / "compiled"


def sources() -> str:
    """A digest of the kernel's text, and of the codes that it writes: compiled code of another text is never taken."""
    digest = hashlib.sha256()
    for path in (*sorted(HERE.glob("*.py")), HERE.parent / "types.py"):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def settle() -> Path | None:
    """Tell the compiler where to keep what it makes. Call before the first kernel is defined; None: nowhere."""
    import numba

    checked = "-checked" if numba.config.BOUNDSCHECK else ""  # NUMBA_BOUNDSCHECK=1 compiles other code
    folder = _folder(sources() + checked)
    if folder is None:
        # An empty name would mean: choose yourself. A folder that this process throws away is better than a guess.
        passing = tempfile.mkdtemp(prefix="zhijiao-kernel-")
        atexit.register(shutil.rmtree, passing, ignore_errors=True)
        numba.config.CACHE_DIR = passing
    else:
        numba.config.CACHE_DIR = str(folder)
    return folder


def ready() -> bool:
    """Whether there is compiled code of this text at this place, so that nobody has to wait for it."""
    # The compiler names a folder after the one that the text stands in, as it was imported.
    stands_in = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - not resolved, as the compiler does it
    inside = f"{HERE.name}_{hashlib.sha1(stands_in.encode()).hexdigest()}"
    name = sources()
    return any(
        any((folder / inside).glob("*.nbi"))
        for folder in (BESIDE / name, _own() / "zhijiao" / "kernel" / name)
    )


def _folder(name: str) -> Path | None:
    beside = BESIDE / name
    if _writable(beside):
        return beside
    own = _own() / "zhijiao" / "kernel" / name
    if not own.exists() and beside.is_dir():
        made = own.with_name(f"{name}.{os.getpid()}")
        try:
            shutil.copytree(beside, made)
            made.rename(own)
        except OSError:
            shutil.rmtree(made, ignore_errors=True)
    return own if _writable(own) else None


def _own() -> Path:
    """The user's cache folder."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    try:
        return Path(given) if given.startswith("/") else Path("~/.cache").expanduser()
    except RuntimeError:
        return Path(os.devnull)  # nobody's home: nothing can be written there


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except (OSError, RuntimeError):
        return False
    return True
