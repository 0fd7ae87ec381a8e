"""Peers of intake, run by benchmarks/intake.py in an environment of its own: django-import-export and pandas `to_sql`.

    python intake_peers.py WAY FILE ROWS    # the address of the database comes in on standard input, as JSON

Takes the first ROWS rows of the csv into a table of the same 20 typed columns with a primary key and the same unique key. Prints
the seconds from opening the file to the commit; loading the libraries is not counted.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import time
from itertools import islice
from pathlib import Path
from typing import Any

TABLE = "bench_peer"
SHORT = {0: 18, 1: 18, 19: 20}
NUMBERS, DATES, KEY = (6,), (16, 17), (0, 1)
COLUMNS = 20


def head(path: Path, rows: int) -> str:
    """The first rows, under plain column names."""
    with path.open(encoding="utf-8", newline="") as stream:
        next(stream)
        return ",".join(f"c{n}" for n in range(COLUMNS)) + "\n" + "".join(islice(stream, rows))


def import_export(text: str, address: dict[str, Any], **options: Any) -> float:
    """django-import-export into a model with the checks that its fields carry."""
    import django
    from django.conf import settings

    settings.configure(
        INSTALLED_APPS=["import_export"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": address["dbname"],
                "USER": address["user"],
                "PASSWORD": address.get("password", ""),
                "HOST": address["host"],
                "PORT": address.get("port", ""),
            }
        },
    )
    django.setup()
    from django.db import connection, models
    from import_export.resources import modelresource_factory
    from tablib import Dataset

    fields: dict[str, Any] = {}
    for n in range(COLUMNS):
        if n in NUMBERS:
            fields[f"c{n}"] = models.SmallIntegerField()
        elif n in DATES:
            fields[f"c{n}"] = models.DateField(null=True, blank=True)
        else:
            fields[f"c{n}"] = models.CharField(max_length=SHORT.get(n, 50), blank=n not in KEY)
    once = models.UniqueConstraint(fields=[f"c{n}" for n in KEY], name="bench_peer_once")
    meta = type("Meta", (), {"app_label": "import_export", "db_table": TABLE, "constraints": [once]})
    model: Any = type("Student", (models.Model,), {**fields, "Meta": meta, "__module__": __name__})
    with connection.schema_editor() as editor:
        editor.create_model(model)
    given = {"import_id_fields": [f"c{n}" for n in KEY], "exclude": ("id",), **options}
    resource = modelresource_factory(model, meta_options=given)()
    began = time.perf_counter()
    result = resource.import_data(Dataset().load(text, format="csv"), dry_run=False, raise_errors=True)
    took = time.perf_counter() - began
    expected = text.count("\n") - 1
    assert not result.has_errors()
    assert model._default_manager.count() == expected
    return took


def to_sql(text: str, address: dict[str, Any]) -> float:
    """pandas, without any check, into a table that is there."""
    import pandas
    import sqlalchemy

    place = sqlalchemy.URL.create(
        "postgresql+psycopg",
        username=address["user"],
        password=address.get("password"),
        database=address["dbname"],
        query={"host": str(address["host"]), "port": str(address.get("port", 5432))},
    )
    engine = sqlalchemy.create_engine(place)
    with engine.begin() as connection:
        kinds = ", ".join(
            f"c{n} {'smallint' if n in NUMBERS else 'date' if n in DATES else f'varchar({SHORT.get(n, 50)})'}"
            for n in range(COLUMNS)
        )
        connection.exec_driver_sql(
            f"CREATE TABLE {TABLE} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, {kinds}, UNIQUE (c0, c1))"
        )
        connection.exec_driver_sql("SELECT 1")
    began = time.perf_counter()
    names = [f"c{n}" for n in DATES]
    texts = {f"c{n}": str for n in range(COLUMNS) if n not in NUMBERS and n not in DATES}
    frame = pandas.read_csv(
        io.StringIO(text),
        dtype=texts,
        parse_dates=names,
        keep_default_na=False,
        na_values={n: [""] for n in names},
    )
    frame.to_sql(TABLE, engine, if_exists="append", index=False)
    return time.perf_counter() - began


WAYS: dict[str, Any] = {
    "import_export": import_export,
    "import_export_bulk_validated": lambda text, address: import_export(
        text, address, use_bulk=True, clean_model_instances=True
    ),
    "pandas_to_sql": to_sql,
}


def main() -> None:
    """Measure one way."""
    way, path, rows = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    csv.field_size_limit(1 << 20)
    print(json.dumps({"s": WAYS[way](head(path, rows), json.loads(sys.stdin.read()))}))


if __name__ == "__main__":
    main()
