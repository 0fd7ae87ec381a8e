"""`zhijiao role …`: roles, for operators. Each step stands in the audit trail under the command's name."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from zhijiao.cli.common import Json
from zhijiao.cli.product import (
    Code,
    Demo,
    account,
    answer,
    day,
    operator,
    organisation,
    product,
    show,
    tenant_of,
)
from zhijiao.core.errors import Refusal

app = typer.Typer(help="角色：查看、授予、收回、交接", no_args_is_help=True)

Username = Annotated[str, typer.Argument(help="用户名")]
RoleCode = Annotated[str, typer.Argument(help="角色代码（zhijiao role list --catalogue 可查）")]


@app.command("list")
def list_roles(
    code: Annotated[str | None, typer.Option("--organisation", "-o", help="只看这个单位的（代码）")] = None,
    catalogue: Annotated[bool, typer.Option("--catalogue", help="列出全部角色和各自的权限")] = False,
    everything: Annotated[bool, typer.Option("--all", help="连同已经结束的")] = False,
    demo: Demo = False,
    as_json: Json = False,
) -> None:
    """谁在哪里担任什么角色。"""
    if catalogue:
        show(_catalogue(), as_json, "{role}\t{name}\t{what}", "")
        return
    with product():
        from django.utils import timezone

        from zhijiao.core.access.scope import bulk
        from zhijiao.core.people.queries import accounts

        today = timezone.localdate()
        node = organisation(code, tenant_of(demo), today) if code else None
        with bulk():
            found = accounts(operator("zhijiao role list", demo=demo), on=today)
    rows = [
        {
            "id": term.id,
            "username": one.username,
            "name": one.name,
            "role": term.role.value,
            "role_in_words": term.role.words,
            "organisation_name": term.organisation_name,
            "starts": term.starts,
            "ends": term.ends,
            "until": term.ends or "长期",
            "basis": term.basis,
        }
        for one in found
        for term in one.terms
        if (everything or term.state(today) != "over") and (node is None or term.organisation == node.id)
    ]
    rows.sort(key=lambda row: (str(row["organisation_name"]), str(row["role"]), str(row["username"])))
    show(
        rows,
        as_json,
        "{organisation_name}\t{role_in_words}\t{name}（{username}）\t{starts} 至 {until}\t{basis}",
        "没有人担任角色。新装的实例用 zhijiao account create --first 建立最初的管理员。",
    )


@app.command()
def grant(
    username: Username,
    role: RoleCode,
    code: Code,
    starts: Annotated[
        str | None, typer.Option("--from", help="从哪一天起（YYYY-MM-DD），不写则为今天")
    ] = None,
    ends: Annotated[
        str | None, typer.Option("--until", help="到期日期，即不再担任的第一天；审计员必写")
    ] = None,
    basis: Annotated[str, typer.Option("--basis", help="依据，例如文号；审计员必写")] = "",
    as_json: Json = False,
) -> None:
    """授予角色。"""
    with product():
        from django.utils import timezone

        from zhijiao.core.kinds import Tenant
        from zhijiao.core.people.actions import grant_role

        user = account(username)
        first = day(starts)
        node = organisation(code, Tenant(user.tenant), first)
        number = grant_role(
            user=user.pk,
            role=_role(role),
            organisation=node.id,
            starts=first,
            ends=day(ends) if ends else None,
            basis=basis,
            by=operator("zhijiao role grant", demo=user.tenant == "demo"),
            at=timezone.now(),
        )
    answer(
        {
            "id": number,
            "username": username,
            "role": role,
            "organisation": code,
            "starts": first,
            "ends": ends,
        },
        as_json,
        f"已授予 {username} 在“{node.name}”的角色 {role}，自 {first} 起{f'，至 {ends}' if ends else ''}。",
    )


@app.command("end")
def end(
    username: Username,
    role: RoleCode,
    code: Code,
    on: Annotated[
        str | None, typer.Option("--on", help="不再担任的第一天（YYYY-MM-DD），不写则为今天")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="原因或依据")] = "运维办理",
    as_json: Json = False,
) -> None:
    """收回角色。"""
    with product():
        from django.utils import timezone

        from zhijiao.core.access.scope import bulk
        from zhijiao.core.kinds import Tenant
        from zhijiao.core.models import Membership
        from zhijiao.core.people.actions import end_role

        user, last = account(username), day(on)
        node = organisation(code, Tenant(user.tenant), last)
        wanted = _role(role)
        with bulk():
            held = (
                Membership.objects.filter(user=user, role=wanted, organisation_id=node.id)
                .order_by("-starts")
                .first()
            )
        if held is None:
            raise Refusal(
                f"{username} 在“{node.name}”没有角色 {role}。用 zhijiao account show {username} 查看。"
            )
        end_role(
            membership=held.pk,
            on=last,
            reason=reason,
            by=operator("zhijiao role end", demo=user.tenant == "demo"),
            at=timezone.now(),
        )
    answer(
        {"id": held.pk, "username": username, "role": role, "organisation": code, "ends": last},
        as_json,
        f"已收回 {username} 在“{node.name}”的角色 {role}，自 {last} 起。",
    )


@app.command()
def handover(
    giver: Annotated[str, typer.Argument(help="交出人的用户名")],
    taker: Annotated[str, typer.Argument(help="接手人的用户名")],
    code: Code,
    basis: Annotated[str, typer.Option("--basis", help="依据，例如任免文件的文号")],
    on: Annotated[str | None, typer.Option("--on", help="从哪一天起由接手人担任，不写则为今天")] = None,
    as_json: Json = False,
) -> None:
    """交接：交出人在该单位的角色到那一天为止，接手人从那一天起。未办的事随单位走，过去的决定仍在原名下。"""
    with product():
        from django.utils import timezone

        from zhijiao.core.kinds import Tenant
        from zhijiao.core.people.actions import hand_over

        out, into, first = account(giver), account(taker), day(on)
        node = organisation(code, Tenant(out.tenant), first)
        done = hand_over(
            giver=out.pk,
            taker=into.pk,
            organisation=node.id,
            on=first,
            basis=basis,
            by=operator("zhijiao role handover", demo=out.tenant == "demo"),
            at=timezone.now(),
        )
    passed = [role.value for role in done.passed]
    answer(
        {"giver": giver, "taker": taker, "on": first, "passed": passed, "had": [r.value for r in done.had]},
        as_json,
        f"{giver} 在“{node.name}”的 {'、'.join(role.words for role in (*done.passed, *done.had))} 自 {first} 起由 {taker} 接手。",
    )


def _role(code: str) -> Any:
    from zhijiao.core.access.roles import Role

    try:
        return Role(code)
    except ValueError:
        known = "、".join(f"{role.value}（{role.words}）" for role in Role)
        raise Refusal(f"没有角色“{code}”。可用的角色：{known}。") from None


def _catalogue() -> list[dict[str, Any]]:
    from zhijiao.core.access.roles import ROLES

    return [
        {
            "role": role.value,
            "name": described.name,
            "what": described.what,
            "permissions": sorted(permission.value for permission in described.permissions),
            "reach": described.reach.value,
            "sphere": described.sphere.value,
            "kinds": sorted(kind.value for kind in described.kinds),
        }
        for role, described in ROLES.items()
    ]
