"""One column after another: which rows hold something that is not canonical. Rows that are odd already are passed over, since
their cells may not be there."""

from __future__ import annotations

from numba import boolean, int32, int64, uint64, void

from zhijiao.engines.cells.kernel.kinds import compiled, given, ints, longs, octets, wholes

SIGNS = 18
"""Of an identity number, and of a credit code."""
EXACT = 18
"""Digits that certainly fit into a number of the machine."""


@compiled(void(ints, ints, octets))
def given_everywhere(starts, ends, odd):
    """A blank cell makes its row odd."""
    for row in range(odd.size):
        odd[row] |= starts[row] == ends[row]


@compiled(boolean(given, int64, int64, given, int64, int64))
def _alike(text, begin, end, other, first, last):
    if end - begin != last - first:
        return False
    for step in range(end - begin):  # noqa: SIM110 - compiled
        if text[begin + step] != other[first + step]:
            return False
    return True


@compiled(void(given, ints, ints, octets, given))
def other_than(text, starts, ends, odd, word):
    """A cell that is this word makes its row odd."""
    for row in range(odd.size):
        if not odd[row]:
            odd[row] = _alike(text, starts[row], ends[row], word, 0, word.size)


@compiled(uint64(given, int64, int64))
def _digest(text, begin, end):
    """FNV-1a, its upper half folded in."""
    digest = uint64(14695981039346656037)
    for at in range(begin, end):
        digest = (digest ^ uint64(text[at])) * uint64(1099511628211)
    return digest ^ (digest >> uint64(32))


@compiled(void(given, longs, ints))
def index(words, offsets, slots):
    """Lay words into slots, a power of two and more than there are words: 0 is an empty slot, k + 1 the k-th word."""
    mask = uint64(slots.size - 1)
    for number in range(offsets.size - 1):
        slot = _digest(words, offsets[number], offsets[number + 1]) & mask
        while slots[slot] != 0:
            slot = (slot + uint64(1)) & mask
        slots[slot] = number + 1


@compiled(int32(given, int64, int64, given, longs, ints))
def _number(text, begin, end, words, offsets, slots):
    """Which word a cell is, from 1; 0: none."""
    mask = uint64(slots.size - 1)
    slot = _digest(text, begin, end) & mask
    while slots[slot] != 0:
        word = slots[slot] - 1
        if _alike(text, begin, end, words, offsets[word], offsets[word + 1]):
            return slots[slot]
        slot = (slot + uint64(1)) & mask
    return int32(0)


@compiled(void(given, ints, ints, octets, given, longs, ints, ints, ints))
def listed(text, starts, ends, odd, words, offsets, slots, targets, codes):
    """Words of a list; codes[row] is the target of the cell's word, 0 for a blank."""
    last = -1  # what stands above stands below as a rule
    for row in range(odd.size):
        codes[row] = 0
        begin, end = starts[row], ends[row]
        if odd[row] or begin == end:
            continue
        if last >= 0 and _alike(text, begin, end, text, starts[last], ends[last]):
            codes[row] = codes[last]
            continue
        word = _number(text, begin, end, words, offsets, slots)
        if word == 0:
            odd[row] = 1
            continue
        codes[row] = targets[word - 1]
        last = row


@compiled(void(given, ints, ints, octets, int64))
def words_up_to(text, starts, ends, odd, most):
    """Texts of at most so many characters."""
    for row in range(odd.size):
        begin, end = starts[row], ends[row]
        if odd[row] or end - begin <= most:
            continue
        count = 0
        for at in range(begin, end):
            count += (text[at] & 0xC0) != 0x80
        odd[row] = count > most


@compiled(int64(given, int64, int64))
def _digits(text, begin, end):
    """The number that digits say; -1 where one is none."""
    number = 0
    for at in range(begin, end):
        digit = text[at] - 48
        if digit < 0 or digit > 9:
            return -1
        number = number * 10 + digit
    return number


@compiled(int64(given, int64, int64, int64, int64, int64, int64))
def _number_end(text, begin, end, whole, decimals, least, most):
    """Where a number ends when noughts behind its last decimal are left off; -1 where it is not in its one spelling otherwise."""
    first = begin + (text[begin] == 45)
    point = first
    while point < end and text[point] != 46:
        point += 1
    if point < end:
        while text[end - 1] == 48:
            end -= 1
        if end == point + 1:
            end = point
    before = point - first
    behind = max(end - point - 1, 0)
    if before < 1 or before > whole or before + decimals > EXACT or (before > 1 and text[first] == 48):
        return -1
    value = _digits(text, first, point)
    fraction = _digits(text, point + 1, end) if behind else 0
    if behind > decimals or value < 0 or fraction < 0:
        return -1
    for place in range(decimals):
        value *= 10
        fraction *= 10 if place >= behind else 1
    value += fraction
    if first > begin:
        if value == 0:
            return -1
        value = -value
    return end if least <= value <= most else -1


@compiled(void(given, ints, ints, octets, int64, int64, int64, int64))
def numbers(text, starts, ends, odd, whole, decimals, least, most):
    """Numbers in their one spelling, or with noughts behind the last decimal, which are left off; the bounds count the last
    decimal."""
    for row in range(odd.size):
        if not odd[row] and starts[row] < ends[row]:
            end = _number_end(text, starts[row], ends[row], whole, decimals, least, most)
            if end < 0:
                odd[row] = 1
            else:
                ends[row] = end


@compiled(void(given, ints, ints, octets, int64))
def digits(text, starts, ends, odd, count):
    """Codes of so many digits."""
    for row in range(odd.size):
        if not odd[row] and starts[row] < ends[row]:
            odd[row] = ends[row] - starts[row] != count or _digits(text, starts[row], ends[row]) < 0


@compiled(void(given, ints, ints, octets, given, given))
def credit_codes(text, starts, ends, odd, ranks, signs):
    """Unified social credit codes (GB 32100); ranks of the signs, by which they count, 255 for none."""
    for row in range(odd.size):
        at = starts[row]
        if odd[row] or at == ends[row]:
            continue
        odd[row] = 1
        if ends[row] - at != SIGNS:
            continue
        total, weight, known = 0, 1, True
        for place in range(SIGNS - 1):
            rank = ranks[text[at + place]]
            known = known and rank != 255
            total += rank * weight
            weight = weight * 3 % 31
        if known:
            odd[row] = signs[(31 - total % 31) % 31] != text[at + SIGNS - 1]


@compiled(boolean(int64, int64, int64))
def _exists(year, month, day):
    if year < 1 or month < 1 or month > 12 or day < 1:
        return False
    if month == 2:
        leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
        return day <= (29 if leap else 28)
    return day <= (30 if month == 4 or month == 6 or month == 9 or month == 11 else 31)


@compiled(void(given, ints, ints, octets, int64, int64))
def days(text, starts, ends, odd, least, most):
    """Days that exist, as 2023-09-01, within bounds as 20230901."""
    for row in range(odd.size):
        at = starts[row]
        if odd[row] or at == ends[row]:
            continue
        odd[row] = 1
        if ends[row] - at != 10 or text[at + 4] != 45 or text[at + 7] != 45:
            continue
        year, month = _digits(text, at, at + 4), _digits(text, at + 5, at + 7)
        day = _digits(text, at + 8, at + 10)
        value = year * 10_000 + month * 100 + day
        odd[row] = not (_exists(year, month, day) and least <= value <= most)


@compiled(void(given, ints, ints, octets))
def mobiles(text, starts, ends, odd):
    """Eleven digits, the first of them 1."""
    for row in range(odd.size):
        at = starts[row]
        if not odd[row] and at < ends[row]:
            odd[row] = not (ends[row] - at == 11 and text[at] == 49 and _digits(text, at, at + 11) >= 0)


@compiled(void(given, ints, ints, octets, int64, int64, given, given, wholes))
def identities(text, starts, ends, odd, least, most, weights, checks, people):
    """Identity numbers (GB 11643) born between two days; people[row] is what the first 17 digits say, 0 for a blank."""
    for row in range(odd.size):
        people[row] = 0
        at = starts[row]
        if odd[row] or at == ends[row]:
            continue
        odd[row] = 1
        if ends[row] - at != SIGNS:
            continue
        number = _digits(text, at, at + 17)
        born = _digits(text, at + 6, at + 14)
        if number < 0 or not (least <= born <= most):
            continue
        if not _exists(born // 10_000, born // 100 % 100, born % 100):
            continue
        total = 0
        for place in range(17):
            total += (text[at + place] - 48) * weights[place]
        if checks[total % 11] == text[at + 17]:
            people[row] = number
            odd[row] = 0
