"""Where this kernel's compiled code is kept."""

from __future__ import annotations

from pathlib import Path

from zhijiao.engines.compiling import Kept

KEPT = Kept(Path(__file__).parent)
