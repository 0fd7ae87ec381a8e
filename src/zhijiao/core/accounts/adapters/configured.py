"""Which services this instance has, by its environment."""

from __future__ import annotations

from collections.abc import Mapping

from zhijiao.core import environment
from zhijiao.core.accounts.adapters.citizen import CitizenPortal
from zhijiao.core.accounts.adapters.http import address_of
from zhijiao.core.accounts.adapters.staff import StaffPlatform
from zhijiao.core.accounts.adapters.texts import TextGateway
from zhijiao.core.accounts.adapters.types import SignInService, TextMessages, WorkNotices
from zhijiao.core.errors import Misconfigured

NAMES = {"oidc": "统一身份认证", "staff": "政务协同平台", "citizen": "政务服务网"}
"""How the services are called where the environment does not say it."""


def services() -> Mapping[str, SignInService]:
    """The sign-in services by their key, in the order of the page. Raises Misconfigured."""
    found = [service for service in (_oidc(), staff(), _citizen()) if service is not None]
    return {service.key: service for service in found}


def work_notices() -> WorkNotices | None:
    """The service for work notices, where it is switched on."""
    return staff() if environment.flag("ZHIJIAO_STAFF_NOTICES") else None


def text_messages() -> TextMessages | None:
    """The gateway for text messages, where there is one."""
    address = environment.text("ZHIJIAO_SMS_ADDRESS")
    if not address:
        return None
    return TextGateway(
        address_of(address, "ZHIJIAO_SMS_ADDRESS"),
        _needed("ZHIJIAO_SMS_KEY"),
        environment.text("ZHIJIAO_SMS_SIGN"),
    )


def name_of(provider: str) -> str:
    """A provider as people call it here."""
    return environment.text(f"ZHIJIAO_{provider.upper()}_NAME") or NAMES.get(provider, provider)


def _oidc() -> SignInService | None:
    issuer = environment.text("ZHIJIAO_OIDC_ISSUER")
    if not issuer:
        return None
    from zhijiao.core.accounts.adapters.oidc import OpenIdConnect  # brings half a library along

    return OpenIdConnect(
        issuer=address_of(issuer, "ZHIJIAO_OIDC_ISSUER"),
        client_id=_needed("ZHIJIAO_OIDC_CLIENT_ID"),
        client_secret=environment.text("ZHIJIAO_OIDC_CLIENT_SECRET"),
        name=name_of("oidc"),
        scope=environment.text("ZHIJIAO_OIDC_SCOPE") or "openid profile",
    )


def staff() -> StaffPlatform | None:
    """The officials' platform, for sign-in and notices."""
    api = environment.text("ZHIJIAO_STAFF_API")
    if not api:
        return None
    return StaffPlatform(
        login=address_of(_needed("ZHIJIAO_STAFF_LOGIN"), "ZHIJIAO_STAFF_LOGIN"),
        api=address_of(api, "ZHIJIAO_STAFF_API"),
        app_key=_needed("ZHIJIAO_STAFF_APP_KEY"),
        app_secret=_needed("ZHIJIAO_STAFF_APP_SECRET"),
        tenant=environment.text("ZHIJIAO_STAFF_TENANT"),
        name=name_of("staff"),
    )


def _citizen() -> SignInService | None:
    gateway = environment.text("ZHIJIAO_CITIZEN_GATEWAY")
    if not gateway:
        return None
    return CitizenPortal(
        login=address_of(_needed("ZHIJIAO_CITIZEN_LOGIN"), "ZHIJIAO_CITIZEN_LOGIN"),
        gateway=address_of(gateway, "ZHIJIAO_CITIZEN_GATEWAY"),
        access_key=_needed("ZHIJIAO_CITIZEN_ACCESS_KEY"),
        secret_key=_needed("ZHIJIAO_CITIZEN_SECRET_KEY"),
        app_id=_needed("ZHIJIAO_CITIZEN_APP_ID"),
        name=name_of("citizen"),
        kind=environment.text("ZHIJIAO_CITIZEN_KIND") or "person",
    )


def _needed(name: str) -> str:
    value = environment.text(name)
    if not value:
        raise Misconfigured(f"缺少环境变量 {name}：对接这个登录服务需要它。")
    return value
