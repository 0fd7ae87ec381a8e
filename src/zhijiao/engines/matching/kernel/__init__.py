"""The inner loops of the matching engine, compiled for the machine (docs/adr/0015-matching-engine.md)."""

from zhijiao.engines.matching.kernel.caching import KEPT

COMPILED = KEPT.settle()
"""Where compiled code is kept; None: nowhere, and each process compiles anew."""
