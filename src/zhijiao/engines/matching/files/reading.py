"""From a folder of files to a market: everything that is wrong with them is said at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from zhijiao.engines.matching.files.rules import FILE, rules_of
from zhijiao.engines.matching.files.tables import LINE, Table, nothing, read_table
from zhijiao.engines.matching.market import ABSENT, COMMON, Market, Unit
from zhijiao.engines.matching.ordering import Numbers
from zhijiao.engines.matching.types import BadInput, Cell, Fault, Mechanism, Rules

PLAN, PEOPLE, CHOICES = "plan.csv", "applicants.csv", "choices.csv"
PRIORITIES, REVIEWS, GIVEN_UP = "priorities.csv", "reviews.csv", "given_up.csv"
MOST_SEATS = 1_000_000


def read_input(folder: Path) -> Market:
    """The market of a folder. Raises `BadInput` with all faults, `NotADirectoryError` when there is no such folder."""
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} 不是文件夹")
    path = folder / FILE
    if path.is_file():
        rules, faults = rules_of(path.read_bytes())
    else:
        rules, faults = (
            Rules((), ()),
            [Fault(FILE, 0, "没有这个文件", f"在文件夹里放一个 {FILE}，写 batches 和 order")],
        )
    return _Folder(folder, rules, faults).market()


class _Folder:
    """The files of a season on their way to a market."""

    def __init__(self, folder: Path, rules: Rules, faults: list[Fault]) -> None:
        self.rules, self.faults = rules, faults
        self.batches = {batch.id: number for number, batch in enumerate(rules.batches)}
        two_stages = [batch.id for batch in rules.batches if batch.stages == 2]
        self.two_stages = pl.col("batch").is_in(two_stages)
        self.plan = self._plan(
            read_table(folder, PLAN, ["cell", "school", "major", "batch", "origin", "seats", "min_total"])
        )
        self.people = self._people(read_table(folder, PEOPLE, ["applicant", "origin", "total"], None))
        self.choices = self._choices(
            read_table(folder, CHOICES, ["applicant", "batch", "order", "school", "major"], ["adjust"])
        )
        self.priorities = self._priorities(
            self._optional(folder, PRIORITIES, ["school", "major", "applicant", "rank"])
        )
        self.reviews = self._reviews(
            self._optional(folder, REVIEWS, ["batch", "school", "major", "applicant", "reason"])
        )
        self.given_up = self._given_up(self._optional(folder, GIVEN_UP, ["applicant", "batch"]))

    @staticmethod
    def _optional(folder: Path, name: str, columns: list[str]) -> Table:
        return read_table(folder, name, columns) if (folder / name).is_file() else nothing(name, columns)

    def _batch(self, table: Table) -> None:
        if self.batches:
            known = "、".join(self.batches)
            table.keep(
                pl.col("batch").is_in(list(self.batches)),
                "rules.yaml 里没有批次“{batch}”",
                f"改成 {known} 之一",
            )

    def _plan(self, table: Table) -> Table:
        table.needed("cell", "给每个计划格一个编号")
        table.unique(["cell"], "计划格 {cell} 写了两次", "合成一行，或改编号")
        table.needed("school", "写招生学校的代码")
        self._batch(table)
        table.whole("seats", 0, MOST_SEATS, "写招生人数")
        table.number("min_total", "写最低控制分，没有就留空", empty=True)
        table.keep(
            ~pl.col("origin").str.contains("[;；]"), "origin“{origin}”有几个词", "一个计划格只写一个生源类别"
        )
        if not len(table.rows) and not table.faults:
            table.say(0, "没有计划", "至少写一个计划格")
        cells = dict(zip(table.rows["cell"].to_list(), table.rows["batch"].to_list(), strict=True))
        self._flows(cells)
        return table

    def _flows(self, cells: dict[str, str]) -> None:
        target = {flow.source: flow.target for flow in self.rules.flows}
        for flow in self.rules.flows:
            for name in (flow.source, flow.target):
                if name not in cells:
                    self._rule(f"flows 里的计划格“{name}”不在 {PLAN} 里", "核对编号")
            way, at = [flow.source], flow.target
            while at in target and at not in way:
                way.append(at)
                at = target[at]
            if at == flow.source:
                self._rule(f"计划格 {'→'.join([*way, at])} 的流转绕了一圈", "去掉其中一项")
            before, after = (self.batches.get(cells.get(name, ""), 0) for name in (flow.source, flow.target))
            if after < before:
                self._rule(
                    f"计划格 {flow.source} 流向更早批次的 {flow.target}", "只能流向同一批次或以后的批次"
                )

    def _rule(self, words: str, remedy: str) -> None:
        self.faults.append(Fault(FILE, 0, words, remedy))

    def _people(self, table: Table) -> Table:
        table.needed("applicant", "写考生号")
        table.unique(["applicant"], "考生 {applicant} 写了两次", "只留一行")
        table.number("total", "写总分", empty=False)
        for name in table.rows.columns:
            if name not in ("applicant", "origin", "total", LINE):
                table.number(name, "写数，没有就留空", empty=True)
        return table

    def _choices(self, table: Table) -> Table:
        self._known_person(table)
        self._batch(table)
        table.whole("order", 1, 9999, "从 1 起编号，1 是第一志愿")
        table.unique(
            ["applicant", "batch", "order"],
            "考生 {applicant} 批次 {batch} 有两个第 {order} 志愿",
            "改志愿序号",
        )
        table.unique(
            ["applicant", "batch", "school", "major"],
            "考生 {applicant} 批次 {batch} 两次填了 {school} {major}",
            "删去后一个",
        )
        table.keep(
            pl.col("adjust").is_in(["", "0", "1"]), "adjust“{adjust}”不是 0 或 1", "服从调剂写 1，否则写 0"
        )
        self._in_plan(table)
        self._caps(table)
        return table

    def _known_person(self, table: Table) -> None:
        known = self.people.rows.select("applicant")
        wrong = table.rows.join(known, on="applicant", how="anti")
        if len(wrong):
            table.say_each(
                wrong, f"考生“{{applicant}}”不在 {PEOPLE} 里（或那一行有错）", "补上考生，或改正考生号"
            )
            table.rows = table.rows.join(known, on="applicant", how="semi", maintain_order="left")

    def _in_plan(self, table: Table) -> None:
        key = ["batch", "school", "major"]
        known = self.plan.rows.select(key).unique()
        wrong = table.rows.join(known, on=key, how="anti")
        if len(wrong):
            table.say_each(
                wrong, "批次 {batch} 的计划里没有 {school} {major}", f"改成 {PLAN} 里有的学校和专业"
            )
            table.rows = table.rows.join(known, on=key, how="semi", maintain_order="left")

    def _caps(self, table: Table) -> None:
        """More choices than a batch or a group allows; in two stages schools are counted."""
        for batch in self.rules.batches:
            mine = table.rows.filter(pl.col("batch") == batch.id)
            what = "所学校" if batch.stages == 2 else "个志愿"
            counted = mine.unique(["applicant", "school"], keep="last") if batch.stages == 2 else mine
            self._cap(table, counted, batch.max_choices, f"批次 {batch.id}", what)
            for group in batch.groups:
                some = counted
                if group.schools:
                    some = some.filter(pl.col("school").is_in(sorted(group.schools)))
                if group.beyond:
                    some = some.join(self._at_home(mine), on=["applicant", "school", "major"], how="anti")
                self._cap(table, some, group.most, f"批次 {batch.id} 的分组 {group.id}", what)

    def _at_home(self, choices: pl.DataFrame) -> pl.DataFrame:
        """The choices whose unit has a cell of an origin of the applicant's own."""
        origins = self.people.rows.select("applicant", _split("origin").alias("origin")).explode("origin")
        cells = self.plan.rows.filter(pl.col("origin") != "").select("batch", "school", "major", "origin")
        return choices.join(cells, on=["batch", "school", "major"]).join(
            origins, on=["applicant", "origin"], how="semi"
        )

    def _cap(self, table: Table, counted: pl.DataFrame, most: int, where: str, what: str) -> None:
        over = counted.group_by("applicant").agg(pl.len().alias("count"), pl.col(LINE).max())
        over = over.filter(pl.col("count") > most).sort(LINE)
        table.say_each(over, f"考生 {{applicant}} 在{where}填了 {{count}} {what}，最多 {most}", "删去多出的")

    def _priorities(self, table: Table) -> Table:
        # A line without applicant and rank says only that the unit has an order of its own.
        bare = (pl.col("applicant") == "") & (pl.col("rank") == "")
        declared = table.rows
        self.own = declared.select("school", "major").unique()
        table.rows = declared.filter(~bare)
        self._known_person(table)
        table.whole("rank", 1, 2**31 - 2, "名次从 1 起，1 最好")
        table.unique(
            ["school", "major", "applicant"], "{school} {major} 的名单里两次有考生 {applicant}", "只留一行"
        )
        plan = self.plan.rows.with_columns(
            pl.when(self.two_stages).then(pl.lit("")).otherwise(pl.col("major")).alias("major")
        )
        wrong = declared.join(plan, on=["school", "major"], how="anti")
        table.say_each(
            wrong,
            "计划里没有可以自己排序的 {school} {major}",
            "核对学校和专业；分两阶段的批次由学校排序，major 留空",
        )
        parallel = [batch.id for batch in self.rules.batches if batch.mechanism is Mechanism.PARALLEL]
        own = declared.join(
            plan.filter(pl.col("batch").is_in(parallel)).select("school", "major", "batch").unique(),
            on=["school", "major"],
        )
        table.say_each(
            own.unique(["school", "major", "batch"], keep="first", maintain_order=True),
            "{school} {major} 有自己的排序，批次 {batch} 却是 parallel（一律按共同的排序）",
            "把批次的 mechanism 改成 deferred，或删去名单",
        )
        return table

    def _reviews(self, table: Table) -> Table:
        self._known_person(table)
        self._batch(table)
        table.needed("reason", "写明退档理由")
        table.unique(["batch", "school", "major", "applicant"], "考生 {applicant} 的退档写了两次", "只留一行")
        table.keep(
            ~self.two_stages | (pl.col("major") == ""),
            "批次 {batch} 分两阶段，退档写到学校：major 却是“{major}”",
            "把 major 留空",
        )
        asked = self.choices.rows.with_columns(
            pl.when(self.two_stages).then(pl.lit("")).otherwise(pl.col("major")).alias("major")
        )
        wrong = table.rows.join(asked, on=["batch", "school", "major", "applicant"], how="anti")
        table.say_each(wrong, "考生 {applicant} 在批次 {batch} 没有填 {school} {major}", "核对考生号和学校")
        return table

    def _given_up(self, table: Table) -> Table:
        self._known_person(table)
        self._batch(table)
        table.unique(["applicant", "batch"], "考生 {applicant} 批次 {batch} 写了两次", "只留一行")
        able = [batch.id for batch in self.rules.batches if batch.can_decline]
        table.keep(
            pl.col("batch").is_in(able),
            "批次 {batch} 不许放弃录取",
            "删去，或把该批次的 can_decline 写成 true",
        )
        return table

    def market(self) -> Market:
        """The market, or `BadInput`."""
        tables = (self.plan, self.people, self.choices, self.priorities, self.reviews, self.given_up)
        columns = self._columns()
        self._expressions(columns)
        faults = [*self.faults, *(fault for table in tables for fault in table.faults)]
        if faults:
            raise BadInput(faults)
        return self._assembled(columns)

    def _columns(self) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
        self.people.rows = self.people.rows.sort("applicant")
        return {
            name: self.people.rows[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
            for name in self.people.rows.columns
            if name not in ("applicant", "origin", LINE)
        }

    def _expressions(self, columns: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]) -> None:
        """Whether every expression of the rules can be computed on these columns."""
        if self.people.faults:
            return  # columns may be missing for that reason
        numbers = Numbers(columns)
        for at, step in enumerate(self.rules.order, 1):
            try:
                numbers.keys(step, at)
            except BadInput as problem:
                self.faults += problem.faults
        for limit in self.rules.limits:
            try:
                numbers.met(limit)
            except BadInput as problem:
                self.faults += problem.faults

    def _assembled(self, columns: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]) -> Market:
        people = self.people.rows.select("applicant", "origin").with_row_index("who")
        words = people.select(_split("origin").list.join(";").alias("words"))["words"]
        sets = words.unique().sort()
        cells = tuple(
            Cell(
                row["cell"],
                row["school"],
                row["major"],
                row["batch"],
                row["origin"],
                row["seats"],
                row["min_total"],
            )
            for row in self.plan.rows.iter_rows(named=True)
        )
        numbers: dict[Unit, int] = {}
        for cell in cells:
            numbers.setdefault(Unit(self.batches[cell.batch], cell.school, cell.major), len(numbers))
        units = pl.DataFrame(
            [
                (self.rules.batches[unit.batch].id, unit.school, unit.major, unit.batch, at)
                for unit, at in numbers.items()
            ],
            {
                "batch": pl.String,
                "school": pl.String,
                "major": pl.String,
                "number": pl.Int16,
                "unit": pl.Int32,
            },
            orient="row",
        ).with_columns(pl.when(self.two_stages).then(pl.lit("")).otherwise(pl.col("major")).alias("orders"))
        own = units.join(
            self.own.rename({"major": "orders"}),
            on=["school", "orders"],
            how="semi",
        )["unit"]
        reasons = self.reviews.rows["reason"].unique().sort()
        chosen = (
            self.choices.rows.join(people.select("applicant", "who"), on="applicant")
            .join(units, on=["batch", "school", "major"])
            .join(
                self.priorities.rows.select("school", pl.col("major").alias("orders"), "applicant", "rank"),
                on=["school", "orders", "applicant"],
                how="left",
            )
            .join(
                self.reviews.rows.select(
                    "batch", "school", pl.col("major").alias("orders"), "applicant", "reason"
                ),
                on=["batch", "school", "orders", "applicant"],
                how="left",
            )
            .join(
                pl.DataFrame({"reason": reasons, "review": np.arange(len(reasons))}).cast(
                    {"reason": pl.String}
                ),
                on="reason",
                how="left",
            )
            .sort("who", "number", "order")
        )
        rank = (
            pl.when(pl.col("unit").is_in(own.implode()))
            .then(pl.col("rank").fill_null(ABSENT))
            .otherwise(COMMON)
        )
        unit_own = np.zeros(len(numbers), dtype=np.bool_)
        unit_own[own.to_numpy()] = True
        start = np.zeros(len(people) + 1, dtype=np.int64)
        np.cumsum(np.bincount(chosen["who"].to_numpy(), minlength=len(people)), out=start[1:])
        given = self.given_up.rows.join(people.select("applicant", "who"), on="applicant")
        return Market(
            rules=self.rules,
            ids=people["applicant"].to_list(),
            columns=columns,
            origin_sets=tuple(frozenset(each.split(";")) - {""} for each in sets),
            origin_set=words.replace_strict(sets, np.arange(len(sets)), return_dtype=pl.Int32).to_numpy()
            if len(sets)
            else np.zeros(0, dtype=np.int32),
            cells=cells,
            units=tuple(numbers),
            cell_unit=np.array(
                [numbers[Unit(self.batches[cell.batch], cell.school, cell.major)] for cell in cells],
                dtype=np.int32,
            ),
            choice_start=start,
            choice_batch=chosen["number"].to_numpy().astype(np.int16),
            choice_order=chosen["order"].to_numpy().astype(np.int32),
            choice_unit=chosen["unit"].to_numpy().astype(np.int32),
            choice_adjust=(chosen["adjust"] == "1").to_numpy().astype(np.bool_),
            choice_rank=chosen.select(rank.cast(pl.Int32).alias("rank"))["rank"].to_numpy().copy(),
            choice_review=chosen["review"].fill_null(-1).to_numpy().astype(np.int32),
            review_reasons=tuple(reasons.to_list()),
            given_up=frozenset(
                (who, self.batches[batch])
                for who, batch in zip(given["who"].to_list(), given["batch"].to_list(), strict=True)
            ),
            unit_own=unit_own,
        )


def _split(column: str) -> pl.Expr:
    """The words of a cell that lists several, sorted, each once."""
    words = pl.col(column).str.replace_all("；", ";").str.split(";")
    trimmed = words.list.eval(pl.element().str.strip_chars())
    return trimmed.list.eval(pl.element().filter(pl.element() != "")).list.unique().list.sort()
