"""Every address of the product, with a sample of its path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

SAMPLES = {"pack": "taizhou", "thing": "entry", "verb": "rename", "provider": "oidc", "number": "1"}


@dataclass(frozen=True)
class Address:
    """A named address with a sample of its path."""

    name: str
    path: str
    view: Any


def addresses(resolver: URLResolver | None = None, prefix: str = "/", spaces: str = "") -> Iterator[Address]:
    """Every address of the product."""
    for found in (resolver or get_resolver()).url_patterns:
        here = prefix + _sample(found)
        if isinstance(found, URLResolver):
            yield from addresses(found, here, spaces + (f"{found.namespace}:" if found.namespace else ""))
        else:
            assert isinstance(found, URLPattern)
            yield Address(spaces + (found.name or here), here, found.callback)


def _sample(found: URLPattern | URLResolver) -> str:
    path = str(found.pattern)
    for name, converter in found.pattern.converters.items():
        whole = type(converter).__name__ == "IntConverter"
        value = "999999" if whole else SAMPLES.get(name, "x")
        for kind in ("int", "str", "slug"):
            path = path.replace(f"<{kind}:{name}>", value)
        path = path.replace(f"<{name}>", value)
    return path


ADDRESSES = list(addresses())
