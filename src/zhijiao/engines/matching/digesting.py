"""Digests of files by their bytes: which input and which result belong together."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import StrEnum


class Algorithm(StrEnum):
    """How a digest is computed."""

    SHA256 = "sha256"
    SM3 = "sm3"


def digest(data: bytes, algorithm: Algorithm = Algorithm.SHA256) -> str:
    """The digest of some bytes, in hexadecimal."""
    if algorithm is Algorithm.SHA256:
        return hashlib.sha256(data).hexdigest()
    from cryptography.hazmat.primitives import hashes

    made = hashes.Hash(hashes.SM3())
    made.update(data)
    return made.finalize().hex()


def digest_text(files: Mapping[str, bytes], engine: str, algorithm: Algorithm = Algorithm.SHA256) -> str:
    """The lines of `digest.txt`: engine and algorithm, a line a file by name, and one for the whole."""
    lines = [f"{engine} {algorithm}"]
    lines += [f"{digest(files[name], algorithm)}  {name}" for name in sorted(files)]
    whole = digest("".join(f"{line}\n" for line in lines).encode(), algorithm)
    return "".join(f"{line}\n" for line in [*lines, f"{whole}  whole"])


def whole_of(text: str) -> str:
    """The digest of the whole, of the text of a `digest.txt`."""
    return text.rstrip("\n").rsplit("\n", 1)[-1].split(" ", 1)[0]


def algorithm_of(text: str) -> Algorithm:
    """The algorithm that a `digest.txt` names; a `ValueError` if it names none that is known."""
    return Algorithm(text.split("\n", 1)[0].rsplit(" ", 1)[-1].strip())
