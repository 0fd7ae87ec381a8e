"""How long a start takes: the first on an empty folder, the second on the same data, and the stop. Prints JSON."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

PATIENCE = 120.0


def main() -> None:
    """Start and stop an instance twice on a temporary data folder."""
    with tempfile.TemporaryDirectory(prefix="zhijiao-bench-") as folder:
        data = Path(folder)
        data.chmod(0o755)  # the database's own account has to pass through, where root runs this
        first, stopped = measure(data)
        second, _ = measure(data)
    print(json.dumps({"first_start_s": first, "second_start_s": second, "stop_s": stopped}))


def measure(data: Path) -> tuple[float, float]:
    """Return the seconds until /healthz says 200, and from Ctrl-C to the end."""
    port = free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "zhijiao", "run", "--port", str(port)],
        env={**os.environ, "ZHIJIAO_DATA": str(data)},
        stdout=subprocess.DEVNULL,
    )
    wait_until_well(process, f"http://127.0.0.1:{port}/healthz")
    ready = time.perf_counter()
    process.send_signal(signal.SIGINT)
    process.wait(PATIENCE)
    return round(ready - began, 2), round(time.perf_counter() - ready, 2)


def wait_until_well(process: subprocess.Popen[bytes], address: str) -> None:
    """Ask until the instance answers that all is well."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    process.kill()
    raise SystemExit("the instance did not become well")


def free_port() -> int:
    """Return a port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
