"""What a reason code of the engine means, in words for a candidate and her parents. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TAKEN = ("admitted", "adjusted")
SHORT = {
    "admitted": "录取",
    "adjusted": "调剂录取",
    "placed_higher": "前面已录取",
    "placed_earlier": "前一批已录取",
    "below_line": "未到录取线",
    "tied_out": "末位同分未录取",
    "lot": "摇号未中",
    "below_minimum": "未到最低分",
    "limit": "不符合报考条件",
    "not_acceptable": "未列入学校排序",
    "no_cell": "没有可用名额",
    "excluded": "不能兼报",
    "returned": "学校退档",
    "beyond_seats": "投档后名额已满",
    "no_major": "专业已满、未服从调剂",
    "after_filing": "已投档到前面学校",
    "given_up": "已放弃录取",
}


@dataclass(frozen=True)
class Said:
    """A reason for the page: a word or two, then whole sentences."""

    short: str
    sentences: str
    taken: bool


def say(
    reason: Mapping[str, Any], *, limits: Mapping[str, str], by_rank: bool = False, lottery: bool = False
) -> Said:
    """Tell one reason of an explanation: {code, at, place, ties}. `limits`: words of the limits of the plan line by id; `by_rank`: the
    unit has its own order, so that the line is a rank and not a total."""
    code, _, detail = str(reason["code"]).partition(":")
    line, place, ties = reason.get("at"), reason.get("place"), reason.get("ties")
    what = f"第 {line} 名" if by_rank else f"{line} 分"
    where = f"您在报了这个专业的考生中排第 {place} 名" if place else ""
    at_line = f"，录取线上同分的有 {ties} 人" if ties and int(ties) > 1 else ""
    match code:
        case "admitted":
            text = _joined(
                f"您被这个志愿录取。录取线是{what}{at_line}" if line else "您被这个志愿录取", where
            )
        case "adjusted":
            text = _joined("您服从专业调剂，被调剂录取", f"录取线是{what}{at_line}" if line else "")
        case "placed_higher":
            text = "排在前面的志愿已经录取您，这个志愿不再检索。"
        case "placed_earlier":
            text = "前一批次已经录取您，不再参加这一批。"
        case "below_line":
            text = _joined(f"比您靠前的考生已经把名额用完。录取线是{what}", where)
        case "tied_out":
            text = _joined(
                f"名额在{what}处不够全部同分考生，按规则这些同分考生一并不录取",
                where,
                f"同分的有 {ties} 人" if ties else "",
            )
        case "lot":
            text = _joined(
                f"名额在{what}处不够全部同分考生，按公布的种子摇号，您没有摇中",
                where,
                f"同分的有 {ties} 人" if ties else "",
            )
        case "below_minimum":
            text = f"您的成绩没有达到这个专业的最低要求{f'（{limits[detail]}）' if detail in limits else (f'（{line} 分）' if line else '')}。"
        case "limit":
            text = f"不符合这个专业的报考条件{f'：{limits[detail]}' if limits.get(detail) else ''}。"
        case "not_acceptable":
            text = "学校按专业测试排出的名单里没有您。"
        case "no_cell":
            text = "这个专业没有给您所在生源类别的名额。"
        case "excluded":
            text = "您填报的另一批次规定不能与这一批次兼报，这个志愿不参加投档。"
        case "returned":
            text = f"已投档到学校，学校审核后退档，理由：{detail or '见学校说明'}。"
        case "beyond_seats":
            text = _joined(f"按投档比例投到了学校，但名额只够录取到{what}", where)
        case "no_major":
            text = "已投档到学校，所报专业都已录满，又没有服从调剂，所以退档。"
        case "after_filing":
            text = "您已投档到前面的学校。一轮投档只投一次，后面的学校不再检索。"
        case "given_up":
            text = "您录取后放弃了这个名额。"
        case _:
            text = f"结果代码 {reason['code']}，请向招生办查询。"
    return Said(SHORT.get(code, code), text, code in TAKEN)


def _joined(*parts: str) -> str:
    return "；".join(part for part in parts if part) + "。"
