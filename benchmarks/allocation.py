"""From PostgreSQL and back: 200,000 applicants read, matched, verified, explained and written, beside the database's own part of it.

Starts a server of its own and makes a season up in it: 2,000 lines, ten choices each, one chain of marks, lots for the last seat. `database` is what
reading and writing the very same rows takes without anything between: the query by COPY, and the very same bytes by COPY. Prints JSON.

    .venv/bin/python benchmarks/allocation.py --applicants 200000 --rounds 3
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

LINES = 2_000
CHOICES = 10
AT = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)
SUBJECTS = {"语文": 120, "数学": 120, "英语": 120, "科学": 160, "社会": 100, "体育": 30}
SEED = "示例种子2026"

CANDIDATES = """
INSERT INTO admissions_candidate (season_id, number, name, sort_key, sex, category, class_name, school_id, origins, identity_sealed,
    identity_index, phone_sealed, phone_end, columns, total, bonus, state, added_at, revision)
SELECT %(season)s, to_char(n, 'FM00000000'), '示例' || n, '', '', '', '', %(school)s, '{{}}', '', '', '', '',
       jsonb_build_object({marks}), {total}, (hashint8(n * 31) & 3 = 0)::int * 5, 'active', now(), 1
  FROM generate_series(1, %(count)s) AS n,
       LATERAL (SELECT (hashint8(n) & 65535) / 65536.0 AS ability) a
"""
SUBMISSIONS = """
INSERT INTO admissions_submission (candidate_id, round_id, version, lines, adjust, at, name, session, digest, receipt, key)
SELECT c.id, %(round)s, 1, (SELECT array_agg(line) FROM (
           SELECT DISTINCT ON (line) line, k FROM (
               SELECT k, (%(lines)s::bigint[])[1 + floor(power((hashint8(c.id * 64 + k) & 1048575) / 1048576.0, 2.0) * %(many)s)::int] AS line
                 FROM generate_series(1, %(choices)s) AS k) drawn ORDER BY line, k) picked), '{}', now(), '', '',
       repeat('0', 64), 'R' || c.id, 'benchmark'
  FROM admissions_candidate c WHERE c.season_id = %(season)s
"""


def lay(count: int) -> Any:
    """A season that is frozen, with everybody's choices. Returns the round."""
    from django.db import connection

    from zhijiao.admissions.models import PlanCell, PlanLine, Round, Season
    from zhijiao.core.access.scope import bulk
    from zhijiao.core.kinds import OrganisationKind, Tenant
    from zhijiao.core.models import Organisation, Standing

    with bulk():
        city, school, junior = (
            Organisation.objects.create(tenant=Tenant.REAL, code=code, created_at=AT)
            for code in ("bench", "bench-school", "bench-junior")
        )
        kinds = (OrganisationKind.GOVERNMENT, OrganisationKind.SECONDARY_VOCATIONAL, OrganisationKind.BASIC)
        for made, kind in zip((city, school, junior), kinds, strict=True):
            parent = None if made is city else city
            Standing.objects.create(
                organisation=made, name=made.code, kind=kind, parent=parent, starts=date(2020, 1, 1)
            )
        season = Season.objects.create(
            tenant=Tenant.REAL,
            organisation=city,
            code="bench",
            title="示例",
            year=2026,
            pack="example",
            rules=rules(),
            rules_digest="0" * 64,
            phase="frozen",
            entered=date(2026, 6, 30),
            opened_at=AT,
            opened_by="benchmark",
        )
        lines = PlanLine.objects.bulk_create(
            PlanLine(
                season=season,
                organisation=school,
                kind=OrganisationKind.SECONDARY_VOCATIONAL,
                batch="main",
                code=f"{n:05d}",
                school_name="示例",
                major_code=f"{n:06d}",
                major_name=f"示例{n}",
                years=3,
                state="approved",
            )
            for n in range(LINES)
        )
        PlanCell.objects.bulk_create(
            PlanCell(line=line, number=1, origin="", seats=max(1, int(count * 0.9 / LINES))) for line in lines
        )
        round_ = Round.objects.create(
            season=season,
            code="main",
            kind="main",
            name="示例",
            batches=["main"],
            opens_at=datetime(2026, 6, 28, tzinfo=UTC),
            closes_at=AT,
            made_at=AT,
            made_by="benchmark",
        )
        marks = [
            f"least({full}, floor({full} * (0.35 + 0.5 * ability + (hashint8(n * 7 + {k}) & 255) / 1700.0)))"
            for k, full in enumerate(SUBJECTS.values())
        ]
        named = ", ".join(f"'{name}', ({mark})::text" for name, mark in zip(SUBJECTS, marks, strict=True))
        with connection.cursor() as cursor:
            given = {"season": season.pk, "school": junior.pk, "count": count}
            cursor.execute(CANDIDATES.format(marks=named, total=" + ".join(marks)), given)
            cursor.execute(
                SUBMISSIONS,
                {
                    "round": round_.pk,
                    "season": season.pk,
                    "lines": [line.pk for line in lines],
                    "many": LINES,
                    "choices": CHOICES,
                },
            )
        return Round.objects.select_related("season").get(pk=round_.pk)


def rules() -> dict[str, Any]:
    """The rules of the season, as it keeps them."""
    return {
        "lead": "education",
        "batches": [{"id": "main", "name": "示例批", "max_choices": CHOICES}],
        "subjects": [{"column": name, "full": full} for name, full in SUBJECTS.items()],
        "order": [{"by": by, "name": by} for by in ("total", "语文 + 数学 + 英语", "语文", "数学", "英语")],
        "last_seat": "lottery",
    }


def ours(round_: Any, run: int) -> dict[str, float]:
    """The whole way, with the seconds of its parts."""
    from zhijiao.admissions.store.market import market_of_round
    from zhijiao.admissions.store.outcomes import keep
    from zhijiao.core.access.scope import bulk
    from zhijiao.engines.matching.running import match
    from zhijiao.engines.matching.verifying import verify

    marks = [time.perf_counter()]
    with bulk():
        allocation = market_of_round(round_, SEED)
        marks.append(time.perf_counter())
        result = match(allocation.market)
        marks.append(time.perf_counter())
        found = verify(allocation.market, result)
        marks.append(time.perf_counter())
        assert not found, found[:3]
        keep(run, allocation, result, frozenset())
    marks.append(time.perf_counter())
    names = ("read", "match", "verify", "write")
    return {
        **{name: b - a for name, a, b in zip(names, marks[:-1], marks[1:], strict=True)},
        "all": marks[-1] - marks[0],
    }


def database(round_: Any, run: int) -> dict[str, float]:
    """Reading the same rows and writing the same rows, and nothing else."""
    from django.db import connection

    from zhijiao.admissions.store import market, outcomes
    from zhijiao.core.access.scope import bulk
    from zhijiao.engines.matching.running import match

    with bulk():
        allocation = market.market_of_round(round_, SEED)
        result = match(allocation.market)
        written = [
            (
                outcomes.OUTCOMES,
                b"".join(outcomes._pieces(outcomes._outcomes(run, allocation, result, frozenset()))),
            ),
            (
                outcomes.REASONS,
                b"".join(outcomes._pieces(outcomes.explanations(run, allocation, result, frozenset()))),
            ),
        ]
    query, given = market.who_takes_part(round_, list(SUBJECTS))
    with bulk():
        began = time.perf_counter()
        held = io.BytesIO()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_nestloop = off")
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)", given) as copy,
        ):
            for piece in copy:
                held.write(piece)
        read = time.perf_counter()
        for statement, content in written:
            with connection.cursor() as cursor, cursor.copy(statement) as copy:
                copy.write(content)
    done = time.perf_counter()
    return {"read": read - began, "write": done - read, "all": done - began}


def measure(applicants: int, rounds: int) -> dict[str, Any]:
    """Both in turn, each on a run of its own."""
    from zhijiao.admissions.models import Outcome, Run
    from zhijiao.core.access.scope import bulk

    round_ = lay(applicants)
    found: dict[str, list[dict[str, float]]] = {"ours": [], "database": []}
    number = 0
    for turn in range(rounds + 1):
        for name, work in (("ours", ours), ("database", database)):
            number += 1
            with bulk():
                run = Run.objects.create(
                    season=round_.season,
                    round=round_,
                    number=number,
                    kind="simulation",
                    started_at=AT,
                    started_by="benchmark",
                )
            seconds = work(round_, run.pk)
            if turn:  # the first of each warms up
                found[name].append(seconds)
    with bulk():
        placed = Outcome.objects.filter(run=number, line__isnull=False).count()
    medians = {
        name: {part: round(statistics.median(each[part] for each in all_), 3) for part in all_[0]}
        for name, all_ in found.items()
    }
    return {
        "applicants": applicants,
        "placed": placed,
        **medians,
        "ours_to_database": round(medians["ours"]["all"] / medians["database"]["all"], 2),
        "load": os.getloadavg()[0],
    }


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--applicants", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="zhijiao-bench-"))
    folder.chmod(0o755)
    os.environ.update(ZHIJIAO_DATA=str(folder / "data"), DJANGO_SETTINGS_MODULE="zhijiao.config.settings")
    (folder / "data").mkdir(mode=0o755)
    try:
        print(json.dumps(run(asked, folder), ensure_ascii=False, indent=2))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(asked: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Start a server, measure, stop it."""
    from zhijiao.core.postgres import OWNER, EmbeddedPostgres

    server = EmbeddedPostgres(folder / "data")
    logins = server.start()
    try:
        import django

        django.setup()
        from django.core.management import call_command

        from tests.support.database import adopt, use_login

        use_login(OWNER, logins)
        call_command("migrate", verbosity=0, interactive=False)
        adopt(logins)
        return measure(asked.applicants, asked.rounds)
    finally:
        from django.db import connections

        connections.close_all()
        server.stop()


if __name__ == "__main__":
    main()
