"""What a sign-in service and a notice service are to us. No Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from zhijiao.core.errors import Refusal


class ServiceTrouble(Refusal):
    """The service did not answer, or not as agreed. The sentence is for the person; `detail` for the log."""

    def __init__(self, words: str, detail: str = "") -> None:
        super().__init__(words)
        self.detail = detail


@dataclass(frozen=True)
class Outsider:
    """A person as another service knows them. `subject` is that service's own identifier; `label` is only shown to the
    person, never compared with anything."""

    provider: str
    subject: str
    label: str = ""


@dataclass(frozen=True)
class Begun:
    """Where to send the browser, and what the session keeps until it comes back."""

    address: str
    keep: Mapping[str, str] = field(default_factory=dict)


class SignInService(Protocol):
    """A service that says who somebody is."""

    @property
    def key(self) -> str:
        """The provider's name in the table of identities."""

    @property
    def name(self) -> str:
        """The service as people call it."""

    def begin(self, *, back: str, state: str) -> Begun:
        """Start: `back` is our address that the browser returns to, `state` the proof that it is the same browser."""

    def finish(
        self, *, answer: Mapping[str, str], kept: Mapping[str, str], back: str, at: datetime
    ) -> Outsider:
        """Turn what the browser brought back into a person. Raises ServiceTrouble."""


@dataclass(frozen=True)
class Notice:
    """What is told: `key` makes a repeated sending harmless."""

    key: str
    title: str
    text: str
    link: str


class WorkNotices(Protocol):
    """A service that puts notices before people by their identifiers."""

    @property
    def key(self) -> str:
        """The provider whose identifiers it takes."""

    def send(self, receivers: Sequence[str], notice: Notice, *, at: datetime) -> None:
        """Send, or raise ServiceTrouble; it may be called again with the same key."""


class TextMessages(Protocol):
    """A service that sends a short text to a phone."""

    def send(self, phone: str, text: str, *, at: datetime) -> None:
        """Send one message. Raises ServiceTrouble."""
