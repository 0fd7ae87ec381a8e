"""Proves that the parts of a pack fit together. Each check yields problems with file, line and remedy."""

from zhijiao.policy.packs.checking.context import Context
from zhijiao.policy.packs.checking.run import check_built

__all__ = ["Context", "check_built"]
