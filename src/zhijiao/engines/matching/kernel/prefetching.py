"""Asking the processor to fetch an element of an array that will be needed soon (LLVM's `prefetch`)."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

_BYTE = ir.IntType(8).as_pointer()
_WORD = ir.IntType(32)


@intrinsic
def prefetch(typing_context: Any, array: Any, index: Any) -> Any:
    """`prefetch(array, index)`: no effect on any result. The index must be inside the array."""
    signature = types.void(array, types.intp)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = signature.args[0]
        array = context.make_array(kind)(context, builder, arguments[0])
        place = builder.bitcast(builder.gep(array.data, [arguments[1]]), _BYTE)
        function_type = ir.FunctionType(ir.VoidType(), [_BYTE, _WORD, _WORD, _WORD])
        function = cgutils.get_or_insert_function(builder.module, function_type, "llvm.prefetch.p0")
        # for reading, keep in all caches, data
        builder.call(function, [place, _WORD(0), _WORD(3), _WORD(1)])
        return context.get_dummy_value()

    return signature, generate
