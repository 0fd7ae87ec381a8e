"""Rows of delimited text whose cells are in their one canonical spelling already, taken by compiled loops
(docs/algorithms/intake.md).

A row that holds anything else — another spelling, a blank where none may be, a sign that nobody sees, a cell too many — is
odd, and left to the caller. So the loops decide nothing: they know the good from what has to be looked at.
"""

import sys


def loaded() -> bool:
    """Whether the loops are in this process already. Loading them takes a second, which only many rows are worth."""
    return f"{__name__}.joining" in sys.modules
