"""What can go wrong when somebody signs in or looks after an account. No Django."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zhijiao.core.errors import Refusal


class SignInRefused(Refusal):
    """The sign-in did not succeed. The sentence does not tell whether the name or the password was wrong."""


class WrongCredentials(SignInRefused):
    """用户名或口令不对。请检查大小写和输入法后再试；忘了口令，请本单位管理员或系统管理员重置。"""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class WrongCode(SignInRefused):
    """动态口令不对，或者已经用过。请等手机上换了新的 6 位数字再输入；手机不在身边，可输入一个备用码。"""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class CodeExpired(SignInRefused):
    """这个一次性口令已过有效期（24 小时）。请本单位管理员或系统管理员再生成一个。"""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class LockedOut(SignInRefused):
    """Too many failures from this address under this name. Answered with 429 and the time of the end."""

    def __init__(self, until: datetime) -> None:
        super().__init__("连续输错次数过多，这个用户名在这台电脑所在的网络地址上暂时不能登录。")
        self.until = until


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field of a form; an empty field name stands for the form as a whole."""

    field: str
    words: str


class Faulty(Refusal):
    """Something typed cannot be taken. Nothing was changed."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("；".join(fault.words for fault in self.faults))


class Step(StrEnum):
    """What an account still has to do before it may do anything else."""

    PASSWORD = "password"
    FACTOR = "factor"

    @property
    def words(self) -> str:
        """The step as a message says it."""
        return {
            Step.PASSWORD: "请先把一次性口令改成自己的口令，再办理其他事项。",
            Step.FACTOR: "您的角色要求启用动态口令。请先完成绑定，再办理其他事项。",
        }[self]
