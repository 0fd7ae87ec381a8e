"""Text messages by an office's gateway: one request a message, JSON with phone and text, the key as a bearer token."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from zhijiao.core.accounts.adapters.http import ask
from zhijiao.core.accounts.adapters.types import ServiceTrouble


@dataclass(frozen=True)
class TextGateway:
    """A gateway as the environment names it. `sign` stands before each text (短信签名)."""

    address: str
    secret: str = field(repr=False)
    sign: str = ""
    name: str = "短信服务"

    def send(self, phone: str, text: str, *, at: datetime) -> None:
        """Send one message. Raises ServiceTrouble."""
        said = f"【{self.sign}】{text}" if self.sign else text
        body = {"phone": phone, "text": said, "at": at.isoformat()}
        found = ask(
            self.address, name=self.name, body=body, headers={"Authorization": f"Bearer {self.secret}"}
        )
        if found.get("ok", found.get("success", True)) in (False, "false", 0):
            raise ServiceTrouble(f"{self.name}没有接受这条短信，请稍后再试。", str(found)[:500])
