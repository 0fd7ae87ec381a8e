"""The verifier: a program of its own that looks at a result and says which guarantee does not hold, for whom and where.

It shares the types, the arrays and the readers of files with the kernel, and nothing of how a result is found. What it checks
and why that is enough: docs/algorithms/matching.md.
"""

from zhijiao.engines.matching.verifying.verifying import thorough, verify, verify_outcome, withheld

__all__ = ["thorough", "verify", "verify_outcome", "withheld"]
