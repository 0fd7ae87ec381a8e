"""What the template environment prints is set as Chinese (zhijiao.lib.typesetting); markup is left alone."""

from __future__ import annotations

from markupsafe import Markup

from zhijiao.lib import typesetting


def finalize(value: object) -> object:
    """What the template environment does with each value that it prints."""
    return typesetting.typeset(value) if type(value) is str else value


def typeset(text: str) -> str:
    """The same words, set as a Chinese page sets them."""
    return text if isinstance(text, Markup) else typesetting.typeset(text)
