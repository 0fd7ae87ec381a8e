"""Chinese names in the order in which people look for them: by pinyin, as a directory does."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=8192)
def by_pinyin(name: str) -> tuple[str, ...]:
    """The key of a name: its syllables, other signs as they are. 重庆 stands under chong."""
    # Loading the dictionaries takes a while, and only sorting by name needs them.
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin(name))
