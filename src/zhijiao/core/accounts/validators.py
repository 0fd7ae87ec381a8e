"""The rules for passwords where Django asks for them (settings.AUTH_PASSWORD_VALIDATORS)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from zhijiao.core.accounts.rules import password_faults


class OwnRules:
    """Length, mixture, patterns, and nothing of the person's own."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError with each sentence."""
        faults = password_faults(
            password,
            username=getattr(user, "username", ""),
            phone=getattr(user, "phone", ""),
            name=getattr(user, "name", ""),
        )
        if faults:
            raise ValidationError(faults)

    def get_help_text(self) -> str:
        return (
            "至少 10 位，含大写字母、小写字母、数字、符号中的三种，或 16 位以上；不含用户名、姓名和电话号码。"
        )


class NotCommon(CommonPasswordValidator):
    """Not one of the twenty thousand that attackers try first."""

    def validate(self, password: str, user: Any = None) -> None:
        try:
            super().validate(password, user)
        except ValidationError as error:
            raise ValidationError("这个口令太常见，攻击者首先就会试它。请换一个。") from error
