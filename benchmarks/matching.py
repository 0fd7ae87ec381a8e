"""The matching kernel against a C reference, plain Python and two libraries on the same markets. Prints JSON.

The market (`zhijiao.engines.matching.cohort.plain`): ten different choices each, one unit for a hundred applicants (20 to 20,000),
log-normal popularity, seats for nine in ten; either each unit weighs six subjects in its own way (deferred acceptance), or one score
orders all (common order). Every engine gets arrays (or dictionaries) made beforehand; all must find the same result.

- `c`: benchmarks/matching/reference.c, compiled here by the machine's C compiler with -O3 -march=native; not measured without one;
- `heapq`: plain Python, lists and heapq, one run;
- `matching`, `algmatch`: the libraries (PyPI), building and solving, one run, in an environment of their own; else not measured.

`whole` is the way from a market in memory to seats (keys, open cells, kernel), then reasons of every choice, then the verifier.
`memory` is the highest resident size of a process that loads a market of ten million from disk and matches it.

`--sizes 10000,1000000`, `--peers c,heapq,matching,algmatch`, `--library-size 10000`, `--heapq-size 1000000`, `--memory 10000000` (0: not).
"""

from __future__ import annotations

import argparse
import ctypes
import heapq
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from zhijiao.engines.matching import cohort, preparing, rows, running, stages
from zhijiao.engines.matching.market import Ints, Market
from zhijiao.engines.matching.types import Mechanism
from zhijiao.engines.matching.verifying import verify

REPEATS = 5
PEERS = ("c", "heapq", "matching", "algmatch")
LIBRARIES = {"matching": "matching==1.4.3", "algmatch": "algmatch==1.5.2"}
HERE = Path(__file__).resolve().parent
Arrays = dict[str, Ints]
"""choices[n, 10], ranks[n, 10], keys[n] (0 is best), seats[p]."""


def main() -> None:
    """Measure, and print what was found."""
    asked = arguments()
    if asked.alone:
        print(json.dumps(alone(Path(asked.alone))))
        return
    peers = [each for each in asked.peers.split(",") if each]
    found: dict[str, Any] = {"cpus": os.cpu_count(), "load": os.getloadavg()[0], "sizes": {}}
    with tempfile.TemporaryDirectory(prefix="zhijiao-bench-") as folder:
        work = Path(folder)
        reference = compiled(work) if "c" in peers else None
        for size in (int(each) for each in asked.sizes.split(",") if each):
            found["sizes"][str(size)] = compared(size, reference)
            say(size, found["sizes"][str(size)])
        if "heapq" in peers:
            found["heapq"] = against_heapq(asked.heapq_size)
            say("heapq", found["heapq"])
        for name in LIBRARIES:
            if name in peers:
                found[name] = against_library(work, name, asked.library_size)
                say(name, found[name])
        if asked.memory:
            found["memory"] = memory(work, asked.memory)
    found["load_after"] = os.getloadavg()[0]
    print(json.dumps(found))


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--library-size", type=int, default=10_000)
    parser.add_argument("--heapq-size", type=int, default=1_000_000)
    parser.add_argument("--memory", type=int, default=10_000_000)
    parser.add_argument("--alone", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def say(what: object, found: object) -> None:
    """Show how far it has got."""
    print(what, json.dumps(found), file=sys.stderr)


def arrays(market: Market) -> Arrays:
    """A plain market as the rectangles that the kernel takes; each unit is one cell of the same number."""
    people = len(market.ids)
    order = preparing.prepared(market).common_key
    return {
        "choices": market.choice_unit.reshape(people, -1),
        "ranks": market.choice_rank.reshape(people, -1),
        "keys": order,
        "seats": np.array([cell.seats for cell in market.cells], dtype=np.int32),
    }


def timed(work: Callable[[], Any], repeats: int = REPEATS) -> tuple[float, Any]:
    """The median of several runs, after one that warms up, and what came out."""
    found = work()
    spent = []
    for _ in range(repeats):
        began = time.perf_counter()
        found = work()
        spent.append(time.perf_counter() - began)
    return statistics.median(spent), found


def compared(size: int, reference: ctypes.CDLL | None) -> dict[str, Any]:
    """Kernel and C reference, in turns, and the whole way, on both kinds of market."""
    own = cohort.plain(cohort.Setting(size, 1), Mechanism.DEFERRED)
    common = cohort.plain(cohort.Setting(size, 1), Mechanism.PARALLEL)
    a, b = arrays(own), arrays(common)
    found: dict[str, Any] = {}
    ours, seats = timed(lambda: rows.deferred(a["choices"], a["ranks"], a["seats"], a["keys"]))
    found["deferred"] = {
        "ours_s": ours,
        "first_choice": float((seats == a["choices"][:, 0]).mean()),
        "none": float((seats < 0).mean()),
    }
    if reference is not None:
        peer, theirs = timed(lambda: call(reference.deferred, a, ("choices", "ranks", "keys", "seats")))
        assert (theirs == seats).all(), "C and the kernel differ"
        found["deferred"] |= {"c_s": peer, "times_c": ours / peer}
    ours, seats = timed(lambda: rows.serial(b["choices"], b["keys"], b["seats"]))
    found["common"] = {"ours_s": ours}
    if reference is not None:
        peer, theirs = timed(lambda: call(reference.serial, b, ("choices", "keys", "seats")))
        assert (theirs == seats).all(), "C and the kernel differ"
        found["common"] |= {"c_s": peer, "times_c": ours / peer}
    found["whole_deferred"] = whole(own)
    found["whole_common"] = whole(common)
    return found


def whole(market: Market) -> dict[str, float]:
    """From a market in memory to seats; then reasons, then the verifier."""
    seats = np.array([cell.seats for cell in market.cells], dtype=np.int64)

    def found() -> None:
        prepared = preparing.prepared(market)
        stages.batched(prepared, 0, prepared.has[0], seats)

    kernel, _ = timed(found, 3)
    everything, result = timed(lambda: running.match(market), 3)
    verified, violations = timed(lambda: verify(market, result), 3)
    assert not violations, violations[:3]
    reasons = max(0.0, everything - kernel)
    return {
        "seats_s": kernel,
        "reasons_s": reasons,
        "verify_s": verified,
        "reasons_and_verify_times_seats": (reasons + verified) / kernel,
    }


def compiled(work: Path) -> ctypes.CDLL | None:
    """The C reference, or nothing where there is no compiler."""
    library = work / "reference.so"
    source = HERE / "matching" / "reference.c"
    command = ["cc", "-O3", "-march=native", "-shared", "-fPIC", str(source), "-o", str(library)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"C: {error}", file=sys.stderr)
        return None
    return ctypes.CDLL(str(library))


def call(function: Any, a: Arrays, names: tuple[str, ...]) -> Ints:
    """Call a function of the reference."""
    people, cells = len(a["choices"]), len(a["seats"])
    found = np.empty(people, dtype=np.int32)
    pointers = [a[name].ctypes.data_as(ctypes.c_void_p) for name in names]
    met = function(
        *pointers, ctypes.c_int64(people), ctypes.c_int64(cells), found.ctypes.data_as(ctypes.c_void_p)
    )
    assert met == 0, "equals met"
    return found


def with_heapq(choices: list[list[int]], ranks: list[list[int]], seats: list[int]) -> list[int]:
    """Deferred acceptance as one writes it in plain Python."""
    held: list[list[tuple[int, int]]] = [[] for _ in seats]
    at = [0] * len(choices)
    for start in range(len(choices)):
        who = start
        while who >= 0 and at[who] < len(choices[who]):
            cell = choices[who][at[who]]
            entry = (-ranks[who][at[who]], who)
            if len(held[cell]) < seats[cell]:
                heapq.heappush(held[cell], entry)
                break
            if not held[cell] or entry < held[cell][0]:
                at[who] += 1
                continue
            who = heapq.heapreplace(held[cell], entry)[1]
            at[who] += 1
    found = [-1] * len(choices)
    for cell, people in enumerate(held):
        for _, who in people:
            found[who] = cell
    return found


def against_heapq(size: int) -> dict[str, Any]:
    """One run of plain Python beside the kernel's median."""
    a = arrays(cohort.plain(cohort.Setting(size, 1), Mechanism.DEFERRED))
    ours, seats = timed(lambda: rows.deferred(a["choices"], a["ranks"], a["seats"], a["keys"]))
    given = a["choices"].tolist(), a["ranks"].tolist(), a["seats"].tolist()
    began = time.perf_counter()
    theirs = with_heapq(*given)
    spent = time.perf_counter() - began
    assert theirs == seats.tolist(), "plain Python and the kernel differ"
    return {"size": size, "s": spent, "ours_s": ours, "times_ours": spent / ours}


LIBRARY = """
import json, sys, threading, time
sys.setrecursionlimit(10**7)
threading.stack_size(1 << 30)
name, path = sys.argv[1:]
given = json.load(open(path))
choices, ranks, seats = given["choices"], given["ranks"], given["seats"]
lists = [[] for _ in seats]
for who, (mine, places) in enumerate(zip(choices, ranks)):
    for cell, rank in zip(mine, places):
        lists[cell].append((rank, who))
lists = [[who for _, who in sorted(each)] for each in lists]
kept = [cell for cell in range(len(seats)) if seats[cell] and lists[cell]]
told = {}

def work():
    if name == "matching":
        from matching.games import HospitalResident
        began = time.perf_counter()
        game = HospitalResident.create_from_dictionaries(
            {f"r{who}": [f"h{cell}" for cell in mine if seats[cell]] for who, mine in enumerate(choices)},
            {f"h{cell}": [f"r{who}" for who in lists[cell]] for cell in kept},
            {f"h{cell}": seats[cell] for cell in kept},
        )
        solved = game.solve()
        told["s"] = time.perf_counter() - began
        pairs = {str(r): str(h) for h, rs in solved.items() for r in rs}
    else:
        from algmatch import HospitalResidentsProblem
        began = time.perf_counter()
        problem = HospitalResidentsProblem(dictionary={
            "residents": {who + 1: [cell + 1 for cell in mine if seats[cell]] for who, mine in enumerate(choices)},
            "hospitals": {cell + 1: {"capacity": seats[cell], "preferences": [who + 1 for who in lists[cell]]} for cell in kept},
        })
        solved = problem.get_stable_matching()
        told["s"] = time.perf_counter() - began
        pairs = {
            f"r{int(r[1:]) - 1}": f"h{int(h[1:]) - 1}" for r, h in solved["resident_sided"].items() if h
        }
    told["found"] = [int(pairs.get(f"r{who}", "h-1")[1:]) for who in range(len(choices))]

thread = threading.Thread(target=work)
thread.start()
thread.join()
print(json.dumps(told))
"""


def against_library(work: Path, name: str, size: int) -> dict[str, Any] | str:
    """One run of a library, building and solving, beside the kernel's median on the same market."""
    home = work / name
    try:
        venv.create(home, with_pip=True)
        subprocess.run(
            [home / "bin" / "pip", "install", "-q", LIBRARIES[name]], check=True, capture_output=True
        )
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"{name}: {error}", file=sys.stderr)
        return "not measured"
    a = arrays(cohort.plain(cohort.Setting(size, 1), Mechanism.DEFERRED))
    ours, seats = timed(lambda: rows.deferred(a["choices"], a["ranks"], a["seats"], a["keys"]), 51)
    given, script = work / "given.json", work / "library.py"
    given.write_text(json.dumps({key: value.tolist() for key, value in a.items()}))
    script.write_text(LIBRARY)
    ran = subprocess.run(
        [home / "bin" / "python", "-W", "ignore", script, name, given], capture_output=True, text=True
    )
    if ran.returncode or not ran.stdout.strip().startswith("{"):
        print(f"{name}: {ran.stderr[-500:]}", file=sys.stderr)
        return "not measured"
    told = json.loads(ran.stdout)
    if "s" not in told:
        print(f"{name}: {ran.stderr[-500:]}", file=sys.stderr)
        return "did not finish"
    assert told["found"] == seats.tolist(), f"{name} and the kernel differ"
    return {"size": size, "s": told["s"], "ours_s": ours, "times_ours": told["s"] / ours}


def memory(work: Path, size: int) -> dict[str, Any]:
    """A market on disk, matched by a process of its own: seconds, and its highest resident size."""
    own = cohort.plain(cohort.Setting(size, 1), Mechanism.DEFERRED)
    people = len(own.ids)
    total = own.columns["total"]
    keys = np.empty(people, dtype=np.int32)
    keys[np.argsort(-total, kind="stable")] = np.arange(people, dtype=np.int32)
    parts = {
        "choices": own.choice_unit.reshape(people, -1),
        "ranks": own.choice_rank.reshape(people, -1),
        "keys": keys,
        "seats": np.array([cell.seats for cell in own.cells], dtype=np.int32),
    }
    folder = work / "memory"
    folder.mkdir()
    for name, values in parts.items():
        np.save(folder / f"{name}.npy", values)
    del own, parts, total, keys
    ran = subprocess.run(
        [sys.executable, __file__, "--alone", str(folder)], check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(ran.stdout)
    return {"size": size} | found


def alone(folder: Path) -> dict[str, Any]:
    """Load a market and match it, in both ways."""
    a = {path.stem: np.load(path) for path in folder.glob("*.npy")}
    began = time.perf_counter()
    rows.deferred(a["choices"], a["ranks"], a["seats"], a["keys"])
    middle = time.perf_counter()
    rows.serial(a["choices"], a["keys"], a["seats"])
    ended = time.perf_counter()
    # Not ru_maxrss: that begins with the size of the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024**2
    return {"deferred_s": middle - began, "common_s": ended - middle, "peak_gib": peak}


if __name__ == "__main__":
    main()
