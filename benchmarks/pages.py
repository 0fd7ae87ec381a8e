"""Server time of every kind of page, with the packs of the repository loaded.

Starts an instance of its own on an empty data folder, walks the links from the front page, groups addresses by
their shape (`/c/*/indicators/*`), takes a fixed number of addresses of each shape, asks for each several times and
reads the server's own time from `Server-Timing`. The bound is absolute: 100 ms at the median of a shape.

    .venv/bin/python benchmarks/pages.py            # JSON on stdout
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import tempfile
import urllib.parse
import urllib.request
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.instance import running

BOUND_MS = 100.0
ADDRESSES_PER_SHAPE = 6
ROUNDS = 7
MOST_ADDRESSES = 4000
LINK = re.compile(r'href="(/[^"#]*)"')
ID = re.compile(r"^(?=.*[.\d])[\w.-]+$")
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def fetch(address: str) -> tuple[float, int, str]:
    """Server milliseconds, bytes and text of a page."""
    with OPENER.open(address, timeout=60) as response:
        body = response.read()
        timing = re.search(r"app;dur=([\d.]+)", response.headers.get("Server-Timing", ""))
        kind = response.headers.get_content_type()
    text = body.decode("utf-8", "replace") if kind == "text/html" else ""
    return float(timing[1]) if timing else float("nan"), len(body), text


def shape(path: str) -> str:
    """The kind of page behind an address: packs, ids and codes become a star."""
    steps = [part for part in urllib.parse.unquote(path).split("/") if part]
    if steps and steps[0] in ("c", "public"):
        steps[1:2] = ["*"] * len(steps[1:2])
    return "/" + "/".join("*" if place > 1 and ID.match(step) else step for place, step in enumerate(steps))


def walk(site: str) -> dict[str, list[str]]:
    """Addresses by shape, found by following links from the front page. Files and pinned addresses are left out."""
    found: dict[str, list[str]] = defaultdict(list)
    queue, seen = ["/"], {"/"}
    while queue and len(seen) < MOST_ADDRESSES:
        path = queue.pop(0)
        kind = shape(path)
        if len(found[kind]) >= ADDRESSES_PER_SHAPE:
            continue
        _, _, text = fetch(site + path)
        found[kind].append(path)
        for link in LINK.findall(text):
            target = link.split("?")[0].replace("&amp;", "&")
            if target not in seen and not re.search(
                r"\.(xlsx|docx|json|css|js|svg|png)$|^/static/|^/api/", target
            ):
                seen.add(target)
                queue.append(target)
    return found


def measure(site: str) -> list[dict[str, object]]:
    """One row per kind of page: median and worst of the medians, size."""
    rows = []
    for kind, paths in sorted(walk(site).items()):
        medians, sizes = [], []
        for path in paths:
            times = [fetch(site + path)[0] for _ in range(ROUNDS)]
            medians.append(statistics.median(times))
            sizes.append(fetch(site + path)[1])
        rows.append(
            {
                "page": kind,
                "addresses": len(paths),
                "median_ms": round(statistics.median(medians), 1),
                "worst_median_ms": round(max(medians), 1),
                "slowest": paths[medians.index(max(medians))],
                "kilobytes": round(max(sizes) / 1024),
            }
        )
    return rows


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="zhijiao-bench-") as folder:
        Path(folder).chmod(0o755)
        with running(Path(folder)) as instance:
            rows = measure(instance.address)
    worst = max(float(str(row["worst_median_ms"])) for row in rows)
    print(
        json.dumps(
            {
                "benchmark": "pages",
                "bound_ms": BOUND_MS,
                "rounds": ROUNDS,
                "worst_median_ms": worst,
                "holds": worst < BOUND_MS,
                "pages": rows,
            },
            ensure_ascii=False,
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
