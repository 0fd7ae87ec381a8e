"""`zhijiao account …`: accounts, for operators. Each step stands in the audit trail under the command's name."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhijiao.cli.common import Json
from zhijiao.cli.product import Demo, account, answer, day, operator, organisation, product, show, tenant_of
from zhijiao.core.errors import Refusal

if TYPE_CHECKING:
    from zhijiao.core.people.queries import Account, Term
    from zhijiao.core.people.types import NewAccount

app = typer.Typer(
    help="账号：建立、查看、停用、启用、重置口令、解锁；--first 建立最初的三位管理员",
    no_args_is_help=True,
)

Username = Annotated[str, typer.Argument(help="用户名")]


@app.command()
def create(
    username: Annotated[str | None, typer.Argument(help="用户名（3—60 个英文字母、数字或 . _ @ -）")] = None,
    name: Annotated[str | None, typer.Option("--name", help="姓名")] = None,
    code: Annotated[
        str | None,
        typer.Option(
            "--organisation", "-o", help="所属单位的代码（zhijiao org list 可查）；--first 时不写则取最上级"
        ),
    ] = None,
    phone: Annotated[str, typer.Option("--phone", help="办公电话")] = "",
    first: Annotated[
        bool, typer.Option("--first", help="建立最初的系统管理员、安全管理员和审计员，各一个账号")
    ] = False,
    basis: Annotated[
        str, typer.Option("--basis", help="--first 时的依据，例如文号；审计员的角色记在它名下")
    ] = "实例初始化",
    until: Annotated[
        str | None, typer.Option("--until", help="--first 时审计员的到期日期（YYYY-MM-DD），不写则为一年")
    ] = None,
    demo: Demo = False,
    as_json: Json = False,
) -> None:
    """建立账号，打印一次性口令（24 小时内有效，首次登录须改）。

    新装的实例用 zhijiao account create --first 建立最初的系统管理员、安全管理员和审计员，分属三人。
    """
    if first:
        _create_first(code, basis, until, demo, as_json)
        return
    if not username or not name or not code:
        raise Refusal("请写用户名、--name 姓名和 --organisation 单位代码；新装的实例用 --first。")
    with product():
        from django.utils import timezone

        from zhijiao.core.people.actions import create_account

        node = organisation(code, tenant_of(demo), timezone.localdate())
        made = create_account(
            username=username,
            name=name,
            phone=phone,
            organisation=node.id,
            by=operator("zhijiao account create", demo=demo),
            at=timezone.now(),
        )
    answer(_opened(made), as_json, _opened_words(made))


@app.command("list")
def list_accounts(
    code: Annotated[str | None, typer.Option("--organisation", "-o", help="只看这个单位的（代码）")] = None,
    demo: Demo = False,
    as_json: Json = False,
) -> None:
    """全部账号和它们现在的角色。"""
    with product():
        from django.utils import timezone

        from zhijiao.core.access.scope import bulk
        from zhijiao.core.people.queries import accounts

        today = timezone.localdate()
        node = organisation(code, tenant_of(demo), today) if code else None
        with bulk():
            found = accounts(operator("zhijiao account list", demo=demo), on=today)
    rows = [
        _row(one, today)
        for one in sorted(found, key=lambda one: (one.organisation_name, one.username))
        if node is None or node.id in {one.organisation, *(term.organisation for term in one.now(today))}
    ]
    show(
        rows,
        as_json,
        "{username}\t{name}\t{organisation_name}\t{roles_in_words}\t{state}",
        "没有账号。新装的实例用 zhijiao account create --first 建立最初的管理员。",
    )


@app.command("show")
def show_account(username: Username, as_json: Json = False) -> None:
    """一个账号：所属单位、现在和过去的角色、最近登录。"""
    with product():
        from django.utils import timezone

        from zhijiao.core.access.scope import bulk
        from zhijiao.core.kinds import Tenant
        from zhijiao.core.people.queries import account as account_of

        today = timezone.localdate()
        user = account(username)
        demo = user.tenant == Tenant.DEMO
        with bulk():
            found = account_of(operator("zhijiao account show", demo=demo), user.pk, on=today)
    row = {**_row(found, today), "history": [_term(term, today) for term in found.terms]}
    lines = [
        f"{found.name}（{found.username}），{found.organisation_name}，{row['state']}",
        f"最近登录：{row['last_login'] or '从未'}；建立：{found.created_at:%Y-%m-%d}，{found.created_by}",
        *(
            f"  {term['state_in_words']}　{term['organisation_name']}　{term['role_in_words']}　{term['starts']} 至 "
            f"{term['ends'] or '长期'}　依据：{term['basis'] or '—'}　授予：{term['granted_by']}"
            for term in row["history"]
        ),
    ]
    answer(row, as_json, "\n".join(lines))


@app.command()
def disable(
    username: Username,
    reason: Annotated[str, typer.Option("--reason", help="停用的原因")],
    as_json: Json = False,
) -> None:
    """停用账号：不能再登录，角色随之失效，已作的决定仍在其名下。"""
    with product():
        from django.utils import timezone

        from zhijiao.core.people.actions import deactivate

        user = account(username)
        deactivate(
            user=user.pk,
            reason=reason,
            by=operator("zhijiao account disable", demo=user.tenant == "demo"),
            at=timezone.now(),
        )
    answer({"username": username, "active": False}, as_json, f"已停用 {username}。")


@app.command()
def enable(username: Username, as_json: Json = False) -> None:
    """启用停用的账号。"""
    with product():
        from django.utils import timezone

        from zhijiao.core.people.actions import activate

        user = account(username)
        activate(
            user=user.pk, by=operator("zhijiao account enable", demo=user.tenant == "demo"), at=timezone.now()
        )
    answer({"username": username, "active": True}, as_json, f"已启用 {username}。")


@app.command("reset-password")
def reset_password(username: Username, as_json: Json = False) -> None:
    """重置口令，打印一次性口令（24 小时内有效，登录后须改）。"""
    with product():
        from django.utils import timezone

        from zhijiao.core.people.actions import reset_password as reset

        user = account(username)
        made = reset(
            user=user.pk,
            by=operator("zhijiao account reset-password", demo=user.tenant == "demo"),
            at=timezone.now(),
        )
    answer(_opened(made), as_json, _opened_words(made))


@app.command("unlock")
def unlock_account(username: Username, as_json: Json = False) -> None:
    """解除登录锁定：输错口令次数过多而锁住的，立即可以再试。"""
    with product():
        from django.utils import timezone

        from zhijiao.core.access.scope import bulk
        from zhijiao.core.accounts.lockout import unlock

        user = account(username)
        with bulk():
            unlock(
                user=user.pk,
                by=operator("zhijiao account unlock", demo=user.tenant == "demo"),
                at=timezone.now(),
            )
    answer({"username": username, "locked": False}, as_json, f"已解除 {username} 的登录锁定。")


def _create_first(code: str | None, basis: str, until: str | None, demo: bool, as_json: bool) -> None:
    with product():
        from django.utils import timezone

        from zhijiao.core.people.actions import create_first_administrators

        today = timezone.localdate()
        made = create_first_administrators(
            organisation=_root(code, demo, today),
            basis=basis,
            until=day(until) if until else None,
            by=operator("zhijiao account create --first", demo=demo),
            at=timezone.now(),
        )
    rows = [{**_opened(first.account), "role": first.role.value} for first in made]
    show(rows, as_json, "{name}\t用户名 {username}\t一次性口令 {code}", "")
    if not as_json:
        typer.echo(
            "口令只显示这一次，24 小时内有效。请分别交给三个人：系统管理员建账号，安全管理员授角色，审计员看审计记录。"
        )


def _root(code: str | None, demo: bool, today: date) -> int:
    from zhijiao.core.tree import tree

    if code:
        return organisation(code, tenant_of(demo), today).id
    roots = tree(tenant_of(demo), today).children[None]
    if not roots:
        raise Refusal("还没有任何单位。请先运行 zhijiao org plant 从政策包建立组织树。")
    if len(roots) > 1:
        listed = "、".join(f"{node.name}（{node.code}）" for node in roots[:10])
        raise Refusal(f"最上级的单位不止一个：{listed}。请用 --organisation 代码 指定一个。")
    return roots[0].id


def _opened(made: NewAccount) -> dict[str, Any]:
    return {"username": made.username, "name": made.name, "code": made.code}


def _opened_words(made: NewAccount) -> str:
    return f"{made.name}的账号 {made.username}，一次性口令 {made.code}（只显示这一次，24 小时内有效，登录后须改）。"


def _row(one: Account, today: date) -> dict[str, Any]:
    held = one.now(today)
    return {
        "username": one.username,
        "name": one.name,
        "organisation_name": one.organisation_name,
        "active": one.active,
        "state": "使用中" if one.active else "已停用",
        "roles": [_term(term, today) for term in held],
        "roles_in_words": "、".join(f"{t.role.words}（{t.organisation_name}）" for t in held) or "无角色",
        "second_factor": one.second_factor,
        "last_login": one.last_login,
    }


def _term(term: Term, today: date) -> dict[str, Any]:
    state = term.state(today)
    return {
        "id": term.id,
        "role": term.role.value,
        "role_in_words": term.role.words,
        "organisation_name": term.organisation_name,
        "starts": term.starts,
        "ends": term.ends,
        "basis": term.basis,
        "granted_by": term.granted_by,
        "state": state,
        "state_in_words": {"now": "在任", "later": "待任", "over": "已止"}[state],
    }
