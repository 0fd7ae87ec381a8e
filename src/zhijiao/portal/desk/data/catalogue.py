"""The catalogue (一数一源): which data sets there are, whose each is, what is in it and where it is used. For everybody."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from zhijiao.core.access.roles import Permission
from zhijiao.core.access.sessions import signed_in
from zhijiao.core.tree import tree
from zhijiao.exchange.queries import described
from zhijiao.exchange.queries.standard import Catalogued, catalogue, schema, standard
from zhijiao.exchange.types import Role
from zhijiao.portal.desk.sheets import XLSX, name_of_file
from zhijiao.portal.frame import Frame, frame
from zhijiao.portal.pages import page
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.render.xlsx import Book, Fact, Sheet, write_book
from zhijiao.render.xlsx import Column as SheetColumn

SHOWN = 500
"""Entries of a code list that a page has; longer lists are searched."""

COLUMNS = (
    Column("name", "数据集", value=lambda one: one.dataset.number),
    Column("owner", "以谁为准", value=lambda one: one.dataset.owner),
    Column("owes", "谁报送"),
    Column("due", "何时报送"),
    Column("fields", "字段", num=True, value=lambda one: len(one.dataset.fields)),
    Column("uses", "算到的指标", num=True, value=lambda one: len(one.uses)),
)


def _listed(here: Frame) -> Listing:
    choices = (
        Choice("subset", "分类", lambda one: [one.dataset.subset]),
        Choice("owner", "以谁为准", lambda one: [one.dataset.owner]),
        Choice(
            "personal", "个人信息", lambda one: ["yes" if one.dataset.the(Role.PERSON) else "no"], _personal
        ),
    )
    return listing(
        here,
        catalogue(),
        COLUMNS,
        choices,
        lambda one: (one.dataset.name, one.dataset.id, *(field.name for field in one.dataset.fields)),
    )


def _personal(key: str) -> str:
    return "到人" if key == "yes" else "不到人"


@require_safe
def view(request: HttpRequest) -> HttpResponse:
    """Every data set."""
    here = frame(request)
    return page(
        request,
        "desk/data/catalogue.html",
        here,
        list=_listed(here),
        edition=standard().edition,
        due_words=described.due_words,
        owes_words=described.owes_words,
        lists=list(standard().codes.values()),
    )


@require_safe
def file_view(request: HttpRequest) -> HttpResponse:
    """The list, and every field of it, as a workbook."""
    here = frame(request)
    rows: list[Catalogued] = _listed(here).rows
    sets = [
        [
            *(one.dataset.number, one.dataset.name, one.dataset.id, one.dataset.subset, one.dataset.owner),
            *(described.owes_words(one.dataset), described.due_words(one.dataset.due)),
            *(len(one.dataset.fields), "、".join(use.name for use in one.uses) or None),
        ]
        for one in rows
    ]
    fields = [
        [
            *(one.dataset.name, field.number, field.pinyin, field.name, field.id, field.type.value),
            *(
                field.length,
                "M" if field.mandatory else "O",
                described.values_words(field, standard().codes)[:300],
            ),
            described.asks(field),
        ]
        for one in rows
        for field in one.dataset.fields
    ]
    set_columns = [
        *(SheetColumn("序号"), SheetColumn("数据集", width=26), SheetColumn("编号"), SheetColumn("分类")),
        *(SheetColumn("以谁为准"), SheetColumn("谁报送", width=36), SheetColumn("何时报送", width=36)),
        *(SheetColumn("字段数", kind="number"), SheetColumn("算到的指标", width=60)),
    ]
    field_columns = [
        *(SheetColumn("数据集", width=26), SheetColumn("编号"), SheetColumn("字段名"), SheetColumn("中文名")),
        *(
            SheetColumn("英文名"),
            SheetColumn("类型"),
            SheetColumn("长度", kind="number"),
            SheetColumn("约束"),
        ),
        *(SheetColumn("值空间", width=50), SheetColumn("怎么填", width=50)),
    ]
    day = timezone.localdate()
    book = Book(
        "数据目录",
        [
            Sheet(
                "数据集", "数据目录", set_columns, sets, f"数据标准 {standard().edition}", freeze_columns=2
            ),
            Sheet("字段", "字段", field_columns, fields, "M 必填，O 选填", freeze_columns=1),
        ],
        timezone.now().replace(tzinfo=None, microsecond=0),
        [Fact("数据标准", standard().edition), Fact("内容校验码", standard().hash)],
    )
    answer = HttpResponse(write_book(book), content_type=XLSX)
    answer["Content-Disposition"] = name_of_file(f"数据目录_{day}.xlsx", "catalogue.xlsx")
    return answer


@require_safe
def one_view(request: HttpRequest, dataset: str) -> HttpResponse:
    """A data set: what it is, its fields, where they are used."""
    here = frame(request)
    found = _one(dataset)
    return page(
        request,
        "desk/data/dataset.html",
        here,
        one=found,
        dataset=found.dataset,
        facts=described.facts_of(found.dataset, standard()),
        codes=standard().codes,
        asks=described.asks,
        values_words=described.values_words,
        key={found.dataset.by_id[name].id for name in found.dataset.key},
        signed_in=signed_in(request) is not None,
        named={other.id: other.name for other in standard().datasets},
    )


@require_safe
def template_view(request: HttpRequest, dataset: str) -> HttpResponse:
    """The workbook to fill in."""
    found = _one(dataset)
    answer = HttpResponse(
        described.template(standard(), dataset, own=_own(request, found)), content_type=XLSX
    )
    answer["Content-Disposition"] = name_of_file(
        f"{found.dataset.name}_模板.xlsx", f"{dataset}-template.xlsx"
    )
    return answer


def _own(request: HttpRequest, one: Catalogued) -> tuple[str, str] | None:
    """Code and name of the one organisation for which the reader hands in such rows; None where it is not one."""
    actor = signed_in(request)
    if actor is None:
        return None
    nodes = tree(actor.tenant, timezone.localdate()).nodes
    homes = [nodes[home] for home in actor.homes if home in nodes and actor.may(Permission.REPORT, home)]
    found = [node for node in homes if node.kind in one.dataset.owes]
    return (found[0].code, found[0].label) if len(found) == 1 else None


@require_safe
def schema_view(request: HttpRequest, dataset: str) -> HttpResponse:
    """JSON Schema of a row."""
    _one(dataset)
    return JsonResponse(schema(dataset) or {}, json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_safe
def codes_view(request: HttpRequest, codes: str) -> HttpResponse:
    """A code list with the entries that ended and what replaced them."""
    here = frame(request)
    found = standard().codes.get(codes)
    if found is None:
        raise Http404(f"数据标准里没有代码表“{codes}”。")
    rows = listing(
        here,
        found.entries,
        (Column("code", "代码", value=lambda e: e.code), Column("name", "名称"), Column("was", "沿革")),
        (Choice("state", "状态", lambda e: ["ended" if e.until else "in_force"], _state),),
        lambda e: (e.code, e.name, *e.other_names),
    )
    return page(
        request,
        "desk/data/codes.html",
        here,
        codes=found,
        list=rows,
        shown=SHOWN,
        used=[one for one in standard().datasets if any(f.values == codes for f in one.fields)],
    )


def _state(key: str) -> str:
    return "停用" if key == "ended" else "在用"


def _one(dataset: str) -> Catalogued:
    found = next((one for one in catalogue() if one.dataset.id == dataset), None)
    if found is None:
        raise Http404(f"数据目录里没有“{dataset}”这个数据集。")
    return found
