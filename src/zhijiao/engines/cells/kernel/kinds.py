"""Types of what the loops are given."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from numba import int32, int64, njit, uint8, uint64, void
from numba.core import cgutils
from numba.extending import intrinsic
from numba.types import Array

octets = Array(uint8, 1, "C")
given = Array(uint8, 1, "C", readonly=True)
ints = Array(int32, 1, "C")
grid = Array(int32, 2, "C")
longs = Array(int64, 1, "C")
wholes = Array(uint64, 1, "C")
compiled = partial(njit, cache=True, nogil=True, _nrt=False)
"""Nothing here makes an object, so none is counted."""


@intrinsic
def copied(
    context: Any, to: Any, at: Any, source: Any, begin: Any, count: Any
) -> tuple[Any, Callable[..., Any]]:
    """to[at:at + count] = source[begin:begin + count], by the machine's own copying: a loop over the bytes of short texts takes
    three times as long. Nothing is checked."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        places = []
        for array, offset in ((0, 1), (2, 3)):
            held = context.make_array(signature.args[array])(context, builder, given[array])
            places.append(builder.gep(held.data, [given[offset]]))
        cgutils.raw_memcpy(builder, places[0], places[1], given[4], 1)
        return context.get_dummy_value()

    return void(to, int64, source, int64, int64), generate
