"""Server time of the pages on which people owe, review and watch figures, after ten years of monthly reporting.

Starts an instance of its own, lays people and open reports in it (tests/support/scene.py), and adds ten years of approved
monthly figures for sixty organisations and every numeric indicator of every pack: reports, both lines of their ledgers, and
figures. Then asks for each page several times and reads the server's own time from `Server-Timing`. `first_ms` is the first
request after the figures came; `after_sitting` the first board after three hundred more were approved. The bound is
absolute: 100 ms at the median of a page.

    .venv/bin/python benchmarks/duties.py            # JSON on stdout
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support import scene
from tests.support.instance import running
from zhijiao.core.postgres.logins import SUPERUSER, load_logins
from zhijiao.policy.packs.loading import library

BOUND_MS = 100.0
ROUNDS = 9
ORGANISATIONS = 60
SITTING = 300
FIRST, LAST = "2014-01-01", "2023-12-01"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
WATCHED = "tzw.ind.13"

PREPARE = """
SET session_replication_role = replica;
SET synchronous_commit = off;
CREATE TEMP TABLE who AS
  SELECT s.organisation_id AS id, s.name FROM core_standing s JOIN core_organisation o ON o.id = s.organisation_id
   WHERE s.kind IN ('county', 'zone') AND o.tenant = 'real' AND s.parent_id = %(place)s
   ORDER BY o.code LIMIT 10;
WITH made AS (
  INSERT INTO core_organisation (tenant, code, pack, created_at)
  SELECT 'real', 'bench-' || n, '', now() FROM generate_series(1, %(schools)s - (SELECT count(*) FROM who)) n
  RETURNING id, code),
placed AS (
  INSERT INTO core_standing (organisation_id, name, short, sort_key, kind, parent_id, starts, basis)
  SELECT id, '示例学校' || substr(code, 7), '', code, 'secondary_vocational',
         (SELECT id FROM who ORDER BY id OFFSET substr(code, 7)::int %% 9 LIMIT 1), '2000-01-01', '' FROM made
  RETURNING organisation_id, name)
INSERT INTO who SELECT * FROM placed;
CREATE TEMP TABLE month AS
  SELECT to_char(m, 'YYYY-MM') AS period, m::date AS starts, (m + interval '1 month' - interval '1 day')::date AS ends
    FROM generate_series(%(first)s::date, %(last)s::date, interval '1 month') m;
"""
REPORTS = """
INSERT INTO indicators_report (tenant, pack, obligation, indicator, organisation_id, period, starts, ends, due, asks, chain,
  parties, opened_at, version, state, holder_id, deadline, step, revision, typed, value, numerator, denominator, text, note,
  evidence, reason, reason_words, returned_by, submitted_by, submitted_name, submitted_at,
  closed_for)
SELECT 'real', i.pack, i.obligation, i.indicator, w.id, m.period, m.starts, m.ends, m.ends + 30, i.asks,
  jsonb_build_array(jsonb_build_object('party', %(bureau)s::bigint, 'name', '审定', 'days', 10, 'working', true)),
  ARRAY[%(bureau)s::bigint], m.ends, i.version, 'approved', %(bureau)s, NULL, 2, 3, '{}',
  CASE WHEN i.asks = 'ratio' THEN 50 ELSE 10 + (w.id + extract(month FROM m.starts)::int) %% 90 END,
  CASE WHEN i.asks = 'ratio' THEN 50 END, CASE WHEN i.asks = 'ratio' THEN 100 END, '', '', '{}', '', '', '', 1, '示例填报人',
  m.ends + 5, ''
FROM month m, who w, wanted i;
"""
LEDGER = """
INSERT INTO indicators_reportstep (report_id, number, kind, source, target, "user", name, organisation_id, at, value, numerator,
  denominator, text, note, evidence, reason, reason_words)
SELECT r.id, s.number, s.kind, s.source, s.target, 1, '示例', r.organisation_id, r.submitted_at, r.value, r.numerator,
  r.denominator, '', '', '{}', '', ''
FROM indicators_report r, (VALUES (1, 'submit', 'draft', 'step.1'), (2, 'approve', 'step.1', 'approved'))
  AS s(number, kind, source, target)
WHERE r.submitted_name = '示例填报人';
"""
FIGURES = """
INSERT INTO indicators_figure (report_id, step_id, tenant, pack, version, definition, obligation, indicator, organisation_id,
  parties, period, starts, ends, value, numerator, denominator, text, unit, reported_by, reported_as, approved_by, approved_as,
  known_from, cause, disclosed)
SELECT r.id, s.id, r.tenant, r.pack, r.version, i.definition, r.obligation, r.indicator, r.organisation_id, r.parties, r.period,
  r.starts, r.ends, r.value, r.numerator, r.denominator, '', i.unit, '示例填报人', w.name, '示例审核人', '示例局', s.at, '', false
FROM indicators_report r JOIN indicators_reportstep s ON s.report_id = r.id AND s.number = 2
  JOIN wanted i ON i.indicator = r.indicator JOIN who w ON w.id = r.organisation_id
WHERE r.submitted_name = '示例填报人';
"""
PULSE = """
INSERT INTO indicators_pulse (tenant, pack, since, until, figures, reports)
SELECT 'real', f.pack, current_date, current_date, max(f.id) - %(held_back)s, (SELECT max(id) FROM indicators_report)
  FROM indicators_figure f GROUP BY f.pack
ON CONFLICT (tenant, pack) DO UPDATE SET figures = excluded.figures, reports = excluded.reports;
"""


def wanted() -> list[tuple[str, str, str, str, str, str, str]]:
    """Every numeric indicator of every pack with one of its obligations."""
    from zhijiao.indicators.rules.asking import definition_hash

    shelf, found = library(), []
    for pack in shelf.ids():
        index = shelf.index(pack)
        for indicator in index.pack.indicators:
            owed = [o for o in index.obligations_of(indicator.id) if o.asks != "text"]
            if indicator.unit and owed:
                found.append(
                    (
                        *(pack, owed[0].id, indicator.id, owed[0].asks),
                        *(index.version, definition_hash(indicator), indicator.unit),
                    )
                )
    return found


def fill(data: Path) -> dict[str, object]:
    """Ten years of figures. Says how many, and how long it took."""
    logins = load_logins(data)
    assert logins is not None
    began = time.monotonic()
    with psycopg.connect(**logins.parameters(SUPERUSER), autocommit=True) as connection:  # type: ignore[arg-type]
        place = connection.execute(
            "SELECT id FROM core_organisation WHERE pack = %s AND tenant = 'real'", [scene.PACK]
        ).fetchone()
        bureau = connection.execute(
            "SELECT organisation_id FROM core_user WHERE username = 'bureau'"
        ).fetchone()
        assert place is not None
        assert bureau is not None
        values = {
            "place": place[0],
            "bureau": bureau[0],
            "schools": ORGANISATIONS,
            "first": FIRST,
            "last": LAST,
            "held_back": SITTING,
        }
        client = psycopg.ClientCursor(connection)
        client.execute(PREPARE, values)
        client.execute(
            "CREATE TEMP TABLE wanted (pack text, obligation text, indicator text, asks text, version text, definition text,"
            " unit text)"
        )
        with client.copy("COPY wanted FROM STDIN") as copy:
            for row in wanted():
                copy.write_row(row)
        with bare(connection):
            for statement in (REPORTS, LEDGER, FIGURES):
                client.execute(statement, values)
        client.execute(PULSE, values)
        client.execute("ANALYZE indicators_report, indicators_reportstep, indicators_figure")
        counted = connection.execute(
            "SELECT (SELECT count(*) FROM indicators_report), (SELECT count(*) FROM indicators_figure),"
            " (SELECT count(DISTINCT indicator) FROM indicators_figure)"
        ).fetchone()
        assert counted is not None
    return {
        "reports": counted[0],
        "figures": counted[1],
        "indicators": counted[2],
        "organisations": ORGANISATIONS,
        "fill_s": round(time.monotonic() - began, 1),
    }


@contextmanager
def bare(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """The tables without their indexes and without a write-ahead log, while rows pour in; then as they were."""
    tables = ("indicators_figure", "indicators_reportstep", "indicators_report")
    for table in tables:
        connection.execute(f"ALTER TABLE {table} SET UNLOGGED")
    rows = connection.execute(
        "SELECT i.indexname, i.indexdef FROM pg_indexes i JOIN pg_class c ON c.relname = i.indexname"
        " WHERE i.tablename = ANY(%s) AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid)",
        [list(tables)],
    ).fetchall()
    for name, _ in rows:
        connection.execute(f'DROP INDEX "{name}"')
    yield
    connection.execute("SET maintenance_work_mem = '512MB'")
    for _, definition in rows:
        connection.execute(definition)


def sitting_ends(data: Path) -> None:
    """The last three hundred figures become visible, as after a sitting."""
    logins = load_logins(data)
    assert logins is not None
    with psycopg.connect(**logins.parameters(SUPERUSER), autocommit=True) as connection:  # type: ignore[arg-type]
        connection.execute("UPDATE indicators_pulse SET figures = figures + %s", [SITTING])


def keys(data: Path) -> dict[str, str]:
    """A key for each person, with which pages may be read."""
    from zhijiao.core.access.roles import Permission

    logins = load_logins(data)
    assert logins is not None
    made = {}
    with psycopg.connect(**logins.parameters(SUPERUSER), autocommit=True) as connection:  # type: ignore[arg-type]
        for username in ("county-1", "bureau", "office"):
            made[username] = secrets.token_urlsafe(24)
            connection.execute(
                "INSERT INTO core_apitoken (digest, user_id, name, permissions, created_at, expires_at)"
                " SELECT %s, id, 'bench', %s, now(), now() + interval '1 day' FROM core_user WHERE username = %s",
                [
                    hashlib.sha256(made[username].encode()).hexdigest(),
                    [p.value for p in Permission],
                    username,
                ],
            )
    return made


def ask(address: str, key: str | None) -> tuple[float, int, str]:
    """Server milliseconds, bytes and text of a page."""
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {key}"} if key else {})
    with OPENER.open(request, timeout=120) as response:
        body = response.read()
        assert response.url == address, f"{address} led to {response.url}"
        timing = re.search(r"app;dur=([\d.]+)", response.headers.get("Server-Timing", ""))
    return float(timing[1]) if timing else float("nan"), len(body), body.decode("utf-8", "replace")


def measure(site: str, keys: dict[str, str], data: Path) -> list[dict[str, object]]:
    """A row per page."""
    pack = scene.PACK
    _, _, review = ask(f"{site}/desk/review", keys["bureau"])
    reports = re.findall(r"/desk/reports/(\d+)", review)
    pages = [
        ("board", f"/c/{pack}/", None),
        ("table", f"/c/{pack}/indicators", None),
        ("definition", f"/c/{pack}/indicators/{WATCHED}", None),
        ("definition, signed in", f"/c/{pack}/indicators/{WATCHED}", "office"),
        ("desk", "/desk/", "county-1"),
        ("hand in", "/desk/reports", "county-1"),
        ("approved", "/desk/reports?state=approved", "county-1"),
        *([("report", f"/desk/reports/{reports[0]}", "bureau")] if reports else []),
        ("review", "/desk/review", "bureau"),
        ("overdue, office", "/desk/overdue", "office"),
        ("overdue, bureau", "/desk/overdue", "bureau"),
    ]
    rows: list[dict[str, object]] = []
    for name, path, who in pages:
        first, size, _ = ask(site + path, keys.get(who or ""))
        times = [ask(site + path, keys.get(who or ""))[0] for _ in range(ROUNDS)]
        rows.append(
            {
                "page": name,
                "address": path,
                "first_ms": round(first, 1),
                "median_ms": round(statistics.median(times), 1),
                "worst_ms": round(max(times), 1),
                "kilobytes": round(size / 1024),
            }
        )
    sitting_ends(data)
    after = ask(f"{site}/c/{pack}/", None)[0]
    rows.append(
        {"page": "board after a sitting of 300", "address": f"/c/{pack}/", "first_ms": round(after, 1)}
    )
    return rows


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="zhijiao-bench-") as folder:
        data = Path(folder)
        data.chmod(0o755)
        with running(data, env={"ZHIJIAO_DEMO": "0"}) as instance:
            scene.lay(data, handed_in=True)
            filled = fill(data)
            print(json.dumps(filled), file=sys.stderr)
            rows = measure(instance.address, keys(data), data)
    medians = [float(str(row["median_ms"])) for row in rows if "median_ms" in row]
    print(
        json.dumps(
            {
                "benchmark": "duties",
                "bound_ms": BOUND_MS,
                "rounds": ROUNDS,
                **filled,
                "worst_median_ms": max(medians),
                "holds": max(medians) < BOUND_MS,
                "pages": rows,
            },
            ensure_ascii=False,
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
