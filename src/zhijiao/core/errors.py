"""What stops a command for a reason that its user can do something about."""

from __future__ import annotations


class Refusal(RuntimeError):
    """The message, in Chinese, says what happened and what to do. The command line shows it without a traceback."""


class Misconfigured(Refusal):
    """The environment says something that cannot work."""
