"""Tests reach this machine only: a test that needs the outside would pass or fail with somebody else's server."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


class OutsideNetwork(RuntimeError):
    """A test tried to leave the machine."""


def block_outside() -> None:
    """Replace the two doors through which every Python client goes."""
    socket.socket.connect = _guarded(_connect)  # type: ignore[method-assign]
    socket.socket.connect_ex = _guarded(_connect_ex)  # type: ignore[method-assign]


def _guarded(original: Any) -> Any:
    def connect(self: socket.socket, address: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_this_machine(address[0]):
            raise OutsideNetwork(f"a test tried to reach {address[0]}")
        return original(self, address)

    return connect


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
