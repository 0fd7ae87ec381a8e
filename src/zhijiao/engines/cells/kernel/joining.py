"""Cells of rows after each other, and bytes as signs."""

from __future__ import annotations

from numba import int64, void

from zhijiao.engines.cells.kernel.kinds import compiled, copied, given, ints, longs, octets

NO_SIGN = -1


@compiled(void(ints, ints, longs, int64))
def measure(starts, ends, lengths, more):
    """Add the lengths of a column's cells, and so much for what stands behind each."""
    for row in range(lengths.size):
        lengths[row] += ends[row] - starts[row] + more


@compiled(void(given, ints, ints, octets, longs, int64))
def lay(source, starts, ends, text, places, sign):
    """Write a column's cells, each where its row is now, and a sign behind each (NO_SIGN: none); places go on."""
    for row in range(places.size):
        length = ends[row] - starts[row]
        if length:
            copied(text, places[row], source, starts[row], length)
        if sign != NO_SIGN:
            text[places[row] + length] = sign
            length += 1
        places[row] += length


@compiled(void(given, given, octets))
def hexadecimal(blocks, signs, text):
    """Bytes as two signs each."""
    for place in range(blocks.size):
        text[2 * place] = signs[blocks[place] >> 4]
        text[2 * place + 1] = signs[blocks[place] & 15]


@compiled(void(given, given, octets))
def sixty_four(blocks, signs, text):
    """Blocks of 16 bytes as 24 signs each (RFC 4648)."""
    to = 0
    for block in range(0, blocks.size, 16):
        for at in range(block, block + 15, 3):
            three = (int64(blocks[at]) << 16) | (int64(blocks[at + 1]) << 8) | int64(blocks[at + 2])
            text[to] = signs[three >> 18]
            text[to + 1] = signs[(three >> 12) & 63]
            text[to + 2] = signs[(three >> 6) & 63]
            text[to + 3] = signs[three & 63]
            to += 4
        last = int64(blocks[block + 15])
        text[to] = signs[last >> 2]
        text[to + 1] = signs[(last & 3) << 4]
        text[to + 2] = 61
        text[to + 3] = 61
        to += 4
