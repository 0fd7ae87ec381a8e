"""Opening a computed figure: what lies below an organisation, and its series, read from stored results by somebody with a scope.

Fills a database of its own with about 200,000 results of one run and asks as a city's office and as a county's officer.
The bound is absolute: 10 ms at the 95th percentile of a query, row-level security included.

    .venv/bin/python benchmarks/computed.py            # JSON on stdout
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

BOUND_MS = 10.0
INDICATORS, COUNTIES, SCHOOLS, MAJORS = 40, 12, 300, 2
YEARS = range(2018, 2024)
ROUNDS = 400
AT = datetime(2024, 1, 1, tzinfo=UTC)


def fill() -> dict[str, Any]:
    """One run over a synthetic city; who asks, and whom one can ask for."""
    from tests.support.people import hire, plant
    from zhijiao.core.access.roles import Role
    from zhijiao.core.access.scope import bulk
    from zhijiao.core.kinds import OrganisationKind
    from zhijiao.indicators.models import Result, Run

    with bulk():
        city = plant("city", OrganisationKind.GOVERNMENT)
        counties = [plant(f"county-{n}", OrganisationKind.COUNTY, city) for n in range(COUNTIES)]
        schools = [
            plant(f"school-{n}", OrganisationKind.SECONDARY_VOCATIONAL, counties[n % COUNTIES])
            for n in range(SCHOOLS)
        ]
        run = Run.objects.create(
            tenant=city.tenant,
            pack="bench",
            version="0" * 64,
            snapshot="0" * 64,
            known_at=AT,
            tree_on=AT.date(),
            engine="bench",
            made_at=AT,
            made_by="bench",
            seconds=0,
        )
        places = [(city, None, "city")]
        places += [(county, city.pk, "county") for county in counties]
        places += [(school, counties[n % COUNTIES].pk, "school") for n, school in enumerate(schools)]
        rows = 0
        for indicator in range(INDICATORS):
            made = [
                Result(
                    run=run,
                    indicator=f"bench.{indicator}",
                    definition="0" * 64,
                    level=level,
                    organisation=place,
                    parent=above,
                    major=major,
                    period=str(year),
                    starts=date(year, 1, 1),
                    ends=date(year, 12, 31),
                    measures={"some": "40", "all": "50"},
                    numerator=Decimal(40),
                    denominator=Decimal(50),
                    value=Decimal(80),
                    disclosed=place.pk % 3 == 0,
                )
                for place, above, level in places
                for major in ("", *(f"71020{n}" for n in range(MAJORS)))
                for year in YEARS
            ]
            rows += len(made)
            Result.objects.bulk_create(made, batch_size=4000)
        people = {
            "office": hire("office", Role.OFFICE, city),
            "county": hire("county", Role.COUNTY, counties[0]),
        }
    return {"run": run.pk, "rows": rows, "people": people, "above": [city, *counties], "all": places}


def measure(made: dict[str, Any]) -> list[dict[str, object]]:
    """Milliseconds of each query, by who asks."""
    from zhijiao.core.access.scope import acting
    from zhijiao.indicators.queries import computed

    draw = random.Random(4)
    asked: dict[str, Callable[[str, str], object]] = {
        "children": lambda indicator, year: computed.children(
            made["run"], indicator, draw.choice(made["above"]).pk, year
        ),
        "series": lambda indicator, year: computed.series(
            made["run"], indicator, draw.choice(made["all"])[0].pk
        ),
        "majors": lambda indicator, year: computed.majors(
            made["run"], indicator, draw.choice(made["all"])[0].pk, year
        ),
    }
    found: list[dict[str, object]] = []
    for who, actor in made["people"].items():
        for name, ask in asked.items():
            times = []
            with acting(actor):
                for _ in range(ROUNDS):
                    indicator, year = f"bench.{draw.randrange(INDICATORS)}", str(draw.choice(YEARS))
                    started = time.perf_counter()
                    ask(indicator, year)
                    times.append((time.perf_counter() - started) * 1000)
            found.append(
                {
                    "query": name,
                    "who": who,
                    "median_ms": round(statistics.median(times), 2),
                    "p95_ms": round(statistics.quantiles(times, n=20)[-1], 2),
                }
            )
    return found


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="zhijiao-bench-") as folder:
        Path(folder).chmod(0o755)
        os.environ["ZHIJIAO_DATA"] = folder
        subprocess.run([sys.executable, "-m", "zhijiao", "migrate", "--quiet"], check=True)
        from zhijiao.cli.product import product

        with product():
            from django.db import connection

            from zhijiao.core.access.scope import bulk

            made = fill()
            with bulk(), connection.cursor() as cursor:
                cursor.execute("ANALYZE indicators_result")
            found = measure(made)
            connection.close()
    worst = max(float(str(row["p95_ms"])) for row in found)
    print(
        json.dumps(
            {
                "benchmark": "computed",
                "results": made["rows"],
                "rounds": ROUNDS,
                "bound_ms": BOUND_MS,
                "worst_p95_ms": worst,
                "holds": worst <= BOUND_MS,
                "queries": found,
            },
            ensure_ascii=False,
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
