"""Where compiled code is kept: beside its package, filled at set-up (`python -m zhijiao.engines`).

Where the package is installed read-only, a copy of that is kept in the user's cache folder. Where that cannot be written
either, the code is compiled anew in each process, which takes some seconds and is otherwise the same.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Kept:
    """The compiled code of a package. `others`: files whose text its code has taken in."""

    def __init__(self, package: Path, *others: Path) -> None:
        self._package = package
        self._others = others
        self.beside = package / "__pycache__" / "compiled"

    def sources(self) -> str:
        """A digest of the package's text: compiled code of another text is never taken."""
        digest = hashlib.sha256()
        for path in (*sorted(self._package.glob("*.py")), *self._others):
            digest.update(path.read_bytes())
        return digest.hexdigest()[:16]

    def settle(self) -> Path | None:
        """Tell the compiler where to keep what it makes. Call before the first function is defined; None: nowhere."""
        import numba

        checked = "-checked" if numba.config.BOUNDSCHECK else ""  # NUMBA_BOUNDSCHECK=1 compiles other code
        folder = self.folder(self.sources() + checked)
        if folder is None:
            # An empty name would mean: choose yourself. A folder that this process throws away is better than a guess.
            passing = tempfile.mkdtemp(prefix="zhijiao-kernel-")
            atexit.register(shutil.rmtree, passing, ignore_errors=True)
            numba.config.CACHE_DIR = passing
        else:
            numba.config.CACHE_DIR = str(folder)
        return folder

    @contextmanager
    def settled(self) -> Iterator[None]:
        """Settle while functions are defined, and leave the compiler as it was found."""
        import numba

        before = numba.config.CACHE_DIR
        self.settle()
        try:
            yield
        finally:
            numba.config.CACHE_DIR = before

    def ready(self) -> bool:
        """Whether there is compiled code of this text at this place, so that nobody has to wait for it."""
        # The compiler names a folder after the one that the text stands in, as it was imported.
        stands_in = os.path.abspath(self._package)  # noqa: PTH100 - not resolved, as the compiler does it
        inside = f"{self._package.name}_{hashlib.sha1(stands_in.encode()).hexdigest()}"
        name = self.sources()
        return any(
            any((folder / inside).glob("*.nbi"))
            for folder in (self.beside / name, _own() / "zhijiao" / "kernel" / name)
        )

    def folder(self, name: str) -> Path | None:
        """Where the code of a text can be kept."""
        beside = self.beside / name
        if writable(beside):
            return beside
        own = _own() / "zhijiao" / "kernel" / name
        if not own.exists() and beside.is_dir():
            made = own.with_name(f"{name}.{os.getpid()}")
            try:
                shutil.copytree(beside, made)
                made.rename(own)
            except OSError:
                shutil.rmtree(made, ignore_errors=True)
        return own if writable(own) else None


def writable(folder: Path) -> bool:
    """Whether something can be kept there; the folder is made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except (OSError, RuntimeError):
        return False
    return True


def _own() -> Path:
    """The user's cache folder."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    try:
        return Path(given) if given.startswith("/") else Path("~/.cache").expanduser()
    except RuntimeError:
        return Path(os.devnull)  # nobody's home: nothing can be written there
