"""What is different between two forests, in words: for somebody who wants to see a change before it is made."""

from __future__ import annotations

from collections.abc import Iterator

from zhijiao.registry.rules.forest import Forest
from zhijiao.registry.types import Stand


def differences(before: Forest, after: Forest) -> list[str]:
    """One sentence for each organisation and each thing that becomes different, in the order of the new forest."""
    return [words for code in after.by_code for words in _of(code, before, after)]


def _of(code: str, before: Forest, after: Forest) -> Iterator[str]:
    now = after.last(code)
    if code not in before.by_code:
        yield f"新设“{now.name}”（{now.kind.words}），自 {now.starts} 起{_under(now, after)}"
        return
    old = before.last(code)
    if old == now:
        return
    if old.ends is not None and now.ends is None:
        yield f"“{now.name}”自 {now.starts} 起恢复{_under(now, after)}"
        return
    since = f"“{old.name}”自 {now.starts} 起"
    if now.name != old.name:
        yield f"{since}更名为“{now.name}”，旧名仍可查到"
    elif now.short != old.short:
        yield f"{since}简称改为“{now.short or '无'}”"
    if now.kind is not old.kind:
        yield f"{since}由{old.kind.words}改为{now.kind.words}"
    if now.parent != old.parent:
        yield f"{since}由“{_name(old.parent, before)}”移到“{_name(now.parent, after)}”下"
    if now.ends != old.ends and now.ends is not None:
        yield f"“{now.name}”自 {now.ends} 起不再存在，此前的登记和数字都保留"


def _under(stand: Stand, forest: Forest) -> str:
    return f"，设在“{_name(stand.parent, forest)}”下"


def _name(code: str | None, forest: Forest) -> str:
    return forest.last(code).name if code is not None else "最上层"
