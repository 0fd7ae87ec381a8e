"""What can go wrong when somebody signs in or looks after an account. No Django."""

from __future__ import annotations

from datetime import datetime

from zhijiao.core.errors import Refusal


class SignInRefused(Refusal):
    """The sign-in did not succeed. The sentence does not tell whether the name or the password was wrong."""


class WrongCredentials(SignInRefused):
    """用户名或口令不对。请检查大小写和输入法后再试；忘了口令，请本单位管理员或系统管理员重置。"""

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
