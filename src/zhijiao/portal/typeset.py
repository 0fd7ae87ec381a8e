"""What templates print is set as Chinese; markup is left alone."""

from __future__ import annotations

from zhijiao.lib.typesetting import typeset


def finalize(value: object) -> object:
    """What the template environment does with each value that it prints. Markup is a type of its own, so it passes."""
    return typeset(value) if type(value) is str else value
