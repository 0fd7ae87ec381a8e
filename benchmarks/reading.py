"""Reading a workbook of 100,000 rows and 20 columns, against openpyxl in its fastest mode; and a csv of 50,000 × 11 through all
checks to canonical rows. Both sides in one run, in turns, the best of each (the machine is shared)."""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import xlsxwriter
from openpyxl import load_workbook

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.handed_in import csv_of, number, row, take
from zhijiao.exchange.rules.reading import open_file

COLUMNS = 20


def workbook(rows: int) -> bytes:
    """A list of made-up students, as an office's program writes it."""
    chance = random.Random(20)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("学生")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, [f"列{n}" for n in range(COLUMNS)])
    for n in range(1, rows + 1):
        texts = [
            number(n),
            f"示例{n}",
            chance.choice("男女"),
            "汉族",
            f"99000000{n % 30:02d}",
            "710205",
            "在读",
            "是",
            "否",
        ]
        texts += [f"示例路{n}号", f"139{n:08d}", f"G{n:018d}", "三年制中职", f"{n % 500}班"]
        sheet.write_row(n, 0, texts)
        numbers = [
            chance.randint(2000, 2025),
            chance.random() * 100,
            chance.randint(1, 12),
            n,
            chance.randint(0, 1),
        ]
        sheet.write_row(n, len(texts), numbers)
        sheet.write_datetime(n, COLUMNS - 1, datetime(2023, 9, 1 + n % 30), day)  # noqa: DTZ001 - a cell has no zone
    book.close()
    return out.getvalue()


def ours(content: bytes) -> int:
    """Every cell as text, its faults looked for."""
    opened = open_file(content, "示例.xlsx")
    return sum(chunk.cells.height * chunk.cells.width for chunk in opened.chunks(opened.sheets[0].name, 0))


def openpyxl(content: bytes) -> int:
    """Every cell as a value."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    return sum(len(cells) for cells in book.worksheets[0].iter_rows(values_only=True))


def checked(content: bytes) -> int:
    """A csv through heading, checks, sealing and encoding."""
    taken = take(content)
    return taken.good.height + taken.bad.height


def timed(work: Callable[[bytes], int], content: bytes, wanted: int) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    found = work(content)
    assert found == wanted, (found, wanted)
    return time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    """One JSON object on standard output."""
    parser = argparse.ArgumentParser(description="Reading a workbook, against openpyxl")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    content = workbook(options.rows)
    cells = (options.rows + 1) * COLUMNS
    lines = csv_of(
        *(row(n, person=number(n), name=f"例{n % 99}", note=f"G{n:018d}") for n in range(1, 50_001))
    )
    mine, theirs, checks = [], [], []
    for _ in range(options.repeats):
        mine.append(timed(ours, content, cells))
        theirs.append(timed(openpyxl, content, cells))
        checks.append(timed(checked, lines, 50_000))
        print(f"{mine[-1]} {theirs[-1]} {checks[-1]}", file=sys.stderr)
    best, other = min(m[0] for m in mine), min(t[0] for t in theirs)
    print(
        json.dumps(
            {
                "rows": options.rows,
                "columns": COLUMNS,
                "megabytes": round(len(content) / 1e6, 1),
                "reading_s": round(best, 3),
                "openpyxl_read_only_s": round(other, 3),
                "times_as_fast": round(other / best, 1),
                "reading_cpu_s": round(min(m[1] for m in mine), 3),
                "openpyxl_cpu_s": round(min(t[1] for t in theirs), 3),
                "csv_50000_by_11_read_checked_encoded_s": round(min(c[0] for c in checks), 3),
                "load": [round(load, 1) for load in os.getloadavg()],
            }
        )
    )


if __name__ == "__main__":
    main()
