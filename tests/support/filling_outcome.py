"""What a crowd was told against what was allocated: `python -m tests.support.filling_outcome FILE`. Prints JSON; `wrong` is empty
when every receipt that counts is in the frozen input, with its list and in its order, and in outcome and reasons, each once.

FILE: {"round", "receipts", "last", "late", "folder"}; the files of the run are laid in `folder`, as an auditor would have them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import sys
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

Rows = dict[str, list[dict[str, str]]]


def check(told: dict[str, Any]) -> dict[str, Any]:
    """Compare; see above."""
    from zhijiao.admissions.models import Candidate, PlanLine, Round, Run
    from zhijiao.core.access.scope import bulk

    with bulk():
        round_ = Round.objects.select_related("season").get(pk=told["round"])
        run = Run.objects.select_related("input", "output").get(round=round_, kind="real")
        lines = {row.pk: row for row in PlanLine.objects.filter(season=round_.season_id)}
        numbers = dict(Candidate.objects.filter(season=round_.season_id).values_list("pk", "number"))
    expected = {
        numbers[int(candidate)]: _by_batch(told["receipts"][receipt][1], lines)
        for candidate, receipt in told["last"].items()
    }
    wrong = _receipts(told, round_, numbers, lines)
    files = _files(run, Path(told["folder"]))
    wrong += _input(files, expected)
    seated, more = _result(run, files, expected, numbers, lines)
    wrong += more
    late = {numbers[pk] for pk in told["late"]}
    wrong += [
        f"{number}: too late and in the input"
        for number in late & {a["applicant"] for a in files["applicants.csv"]}
    ]
    return {
        "run": run.state,
        "in_the_input": len(files["applicants.csv"]),
        "seated": len(seated),
        "too_late": len(late),
        "wrong": wrong[:50],
    }


def _by_batch(chosen: list[int], lines: Any) -> list[tuple[str, str, str]]:
    """Batch, order and recruitment code of each choice, sorted."""
    orders: dict[str, int] = defaultdict(int)
    found = []
    for pk in chosen:
        orders[lines[pk].batch] += 1
        found.append((lines[pk].batch, str(orders[lines[pk].batch]), lines[pk].code))
    return sorted(found)


def _receipts(told: dict[str, Any], round_: Any, numbers: Any, lines: Any) -> list[str]:
    """A receipt is the digest of what was handed in: made again here, from what the crowd kept."""
    from zhijiao.admissions.models import Submission
    from zhijiao.admissions.rules.receipts import digest_of, number_of, text_of
    from zhijiao.core.access.scope import bulk

    wrong = []
    with bulk():
        rows = {row.receipt: row for row in Submission.objects.filter(round=round_).iterator()}
    for receipt, (candidate, chosen, digest) in told["receipts"].items():
        row = rows.pop(receipt, None)
        if row is None:
            wrong.append(f"{receipt}: lost")
            continue
        text = text_of(
            season=round_.season.code,
            round_code=round_.code,
            candidate=numbers[candidate],
            version=row.version,
            at=row.at,
            choices=[(lines[pk].code, False) for pk in chosen],
        )
        if digest_of(text) != digest or number_of(digest) != receipt:
            wrong.append(f"{receipt}: not what was handed in")
    return wrong + [f"{receipt}: nobody was told of it" for receipt in rows]


def _files(run: Any, folder: Path) -> Rows:
    """The files of the run under its digests, laid out and read."""
    from zhijiao.admissions.store.keeping import opened

    found: Rows = {}
    for part, file, digest in (("in", run.input, run.input_digest), ("out", run.output, run.output_digest)):
        packed = opened(file)
        assert hashlib.sha256(packed).hexdigest() == digest
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            archive.extractall(folder / part)
    for path in sorted(folder.glob("*/*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            found[path.name] = list(csv.DictReader(stream))
    return found


def _input(files: Rows, expected: dict[str, Any]) -> list[str]:
    applicants = [row["applicant"] for row in files["applicants.csv"]]
    wrong = [f"{number}: not in the input" for number in expected.keys() - set(applicants)]
    wrong += [f"{number}: in the input, handed in nothing" for number in set(applicants) - expected.keys()]
    if len(applicants) != len(set(applicants)):
        wrong.append(f"{len(applicants) - len(set(applicants))} twice in the input")
    chosen: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for row in files["choices.csv"]:
        chosen[row["applicant"]].append((row["batch"], row["order"], row["major"]))
    wrong += [
        f"{number}: the input has {sorted(chosen[number])}, not {said}"
        for number, said in expected.items()
        if sorted(chosen[number]) != said
    ]
    return wrong


def _result(
    run: Any, files: Rows, expected: dict[str, Any], numbers: Any, lines: Any
) -> tuple[set[str], list[str]]:
    """Result, outcomes and reasons: one of each for everybody who handed in, nobody else, all saying the same."""
    from zhijiao.admissions.models import Explanation, Outcome
    from zhijiao.core.access.scope import bulk

    with bulk():
        outcomes = {
            numbers[row.candidate_id]: (row.batch, str(row.order), lines[row.line_id].code)
            if row.line_id
            else None
            for row in Outcome.objects.filter(run=run).iterator()
        }
        reasons = {
            numbers[row.candidate_id]: sorted(
                (each["batch"], str(each["order"]), lines[each["line"]].code) for each in row.reasons
            )
            for row in Explanation.objects.filter(run=run).iterator()
        }
    result = {
        row["applicant"]: (row["batch"], row["order"], row["major"]) if row["cell"] else None
        for row in files["result.csv"]
    }
    wrong = []
    if len(result) != len(files["result.csv"]):
        wrong.append("twice in the result")
    for name, there in (("outcome", outcomes), ("result", result), ("reasons", reasons)):
        wrong += [f"{number}: no {name}" for number in expected.keys() - there.keys()]
        wrong += [f"{number}: {name} without a receipt" for number in there.keys() - expected.keys()]
    for number, said in expected.items():
        seat = outcomes.get(number)
        if seat is not None and seat not in said:
            wrong.append(f"{number}: has {seat}, which was not asked for")
        if seat != result.get(number):
            wrong.append(f"{number}: outcome {seat}, result {result.get(number)}")
        if reasons.get(number) != said:
            wrong.append(f"{number}: reasons for {reasons.get(number)}, asked for {said}")
    return {number for number, seat in outcomes.items() if seat is not None}, wrong


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhijiao.config.settings")
    import django

    django.setup()
    print(json.dumps(check(json.loads(Path(sys.argv[1]).read_text("utf-8")))))
