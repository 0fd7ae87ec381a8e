"""Compile what is compiled for this machine: a step of the set-up, so that no user waits for it."""

from __future__ import annotations

import sys
from importlib import import_module

MODULES = (
    "zhijiao.engines.matching.running",
    "zhijiao.engines.matching.rows",
    "zhijiao.engines.matching.verifying",
    "zhijiao.engines.worksheets.reading",
    "zhijiao.engines.cells.taking",
)
"""They import every module with compiled code; each is compiled, or read from where it is kept, on import."""


def main() -> int:
    """Compile; 1 when there is nowhere to keep what was made."""
    for name in MODULES:
        import_module(name)
    from zhijiao.engines.matching.kernel import COMPILED

    if COMPILED is None:
        sys.stderr.write(
            "为本机编译好的程序没有地方存放：安装目录和用户缓存目录都不可写，每次使用要重新编译。\n"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
