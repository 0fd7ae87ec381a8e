"""Where this kernel's compiled code is kept."""

from __future__ import annotations

from pathlib import Path

from zhijiao.engines.compiling import Kept

_HERE = Path(__file__).parent

KEPT = Kept(_HERE, _HERE.parent / "types.py")
"""The kernel, with the codes that it writes."""
