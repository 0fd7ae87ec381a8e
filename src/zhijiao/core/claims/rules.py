"""What a claim must say before it can be made. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from zhijiao.core.accounts.types import Fault
from zhijiao.core.claims.types import CLAIMABLE, Asked
from zhijiao.core.kinds import SCHOOLS, OrganisationKind
from zhijiao.lib.codes import check_sign, is_credit_code, is_school_code

_PHONE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}(-[0-9]{1,6})?")
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{3,39}")
LONGEST = {"name": 120, "contact": 60, "evidence": 300}


def cleaned(asked: Asked) -> Asked:
    """As it was meant: half-width, no spaces around, the code in capitals, no signs that no line of text has."""
    plain = {
        field: "".join(
            c for c in unicodedata.normalize("NFKC", getattr(asked, field)) if c.isprintable()
        ).strip()
        for field in ("code", "name", "kind", "reviewer", "contact", "phone", "username", "evidence")
    }
    plain["code"] = re.sub(r"[\s-]", "", plain["code"]).upper()
    plain["phone"] = plain["phone"].replace(" ", "")
    plain["username"] = plain["username"].lower()
    return Asked(**plain, password=asked.password, again=asked.again)


def faults_of(asked: Asked) -> list[Fault]:
    """What is wrong with a cleaned claim, field by field; passwords are checked by whoever knows their rules."""
    return list(_faults(asked))


def _faults(asked: Asked) -> Iterator[Fault]:
    kind = OrganisationKind(asked.kind) if asked.kind in {k.value for k in CLAIMABLE} else None
    if kind is None:
        yield Fault("kind", "请选择单位类型。")
    yield from _code_faults(asked.code, kind)
    if not asked.name:
        yield Fault("name", "请填写单位全称，与登记证书上的一致。")
    if not asked.reviewer.isdigit():
        yield Fault("reviewer", "请选择由哪里确认：县（市、区）属的选所在地，市属的选市级主管部门。")
    if not asked.contact:
        yield Fault("contact", "请填写联系人姓名。")
    if not _PHONE.fullmatch(asked.phone):
        yield Fault("phone", "请填写能打通的电话：11 位手机号，或区号加座机号（如 0571-8xxxxxxx）。")
    if not _USERNAME.fullmatch(asked.username):
        yield Fault("username", "用户名为 4—40 位小写字母和数字，可以有点、横线，如单位简称的拼音加 -gly。")
    if asked.password != asked.again:
        yield Fault("again", "两次输入的口令不一样。")
    if not asked.evidence:
        yield Fault("evidence", "请写明怎样核实您是本单位的人，如介绍信文号、可核对的办公电话。")
    for field, longest in LONGEST.items():
        if len(getattr(asked, field)) > longest:
            yield Fault(field, f"最多 {longest} 个字，现在是 {len(getattr(asked, field))} 个。")


def _code_faults(code: str, kind: OrganisationKind | None) -> Iterator[Fault]:
    if not code:
        yield Fault("code", "请填写单位代码。")
    elif is_credit_code(code) or (is_school_code(code) and (kind is None or kind in SCHOOLS)):
        return
    elif is_school_code(code):
        yield Fault(
            "code", f"{code} 是学校标识码的样子，而所选类型不是学校。请填 18 位统一社会信用代码，或改选类型。"
        )
    elif len(code) == 18:
        try:
            right = check_sign(code[:17])
        except ValueError:
            yield Fault(
                "code", f"{code} 里有统一社会信用代码不用的字符（I、O、S、V、Z 等）。请对照证书核对。"
            )
        else:
            yield Fault(
                "code", f"{code} 的校验位不对：按前 17 位应是 {right}，填的是 {code[17]}。请对照证书核对。"
            )
    else:
        yield Fault("code", f"“{code[:30]}”有 {len(code)} 位。学校标识码 10 位，统一社会信用代码 18 位。")
