"""When somebody may hand in, and how she stands. Pure: the moment comes in, and it is the server's."""

from __future__ import annotations

from datetime import datetime, timedelta

from zhijiao.admissions.types.filling import Chosen, Standing, Window, WindowState


def state_of(window: Window, at: datetime, *, opened: datetime | None = None) -> WindowState:
    """The window at a moment, for somebody whose page was opened at `opened` (None: not known, so no grace)."""
    if window.frozen:
        return WindowState.CLOSED
    if at < window.opens or (not window.ready and at < window.end):
        return WindowState.BEFORE
    if not window.ready:
        return WindowState.CLOSED
    if at < window.end:
        return WindowState.OPEN
    had_it_open = opened is not None and window.opens <= opened < window.end
    return WindowState.GRACE if had_it_open and at < window.end + window.grace else WindowState.CLOSED


def takes(window: Window, at: datetime, *, opened: datetime | None = None) -> bool:
    """Whether something handed in at this moment counts."""
    return state_of(window, at, opened=opened) in (WindowState.OPEN, WindowState.GRACE)


def left(window: Window, at: datetime) -> timedelta:
    """How long until the closing; nothing when it is over."""
    return max(window.end - at, timedelta(0))


def standing(draft: Chosen | None, handed_in: Chosen | None) -> Standing:
    """How a candidate stands: from her draft and the version that counts."""
    if handed_in is None:
        return Standing.DRAFT if draft else Standing.NOTHING
    return Standing.SUBMITTED if draft is None or draft == handed_in else Standing.CHANGED


def countdown(rest: timedelta) -> str:
    """What is left, in words that need no reading twice."""
    minutes, seconds = divmod(int(rest.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}天{hours}小时"
    if hours:
        return f"{hours}小时{minutes}分"
    return f"{minutes}分{seconds}秒" if minutes else f"{seconds}秒"
