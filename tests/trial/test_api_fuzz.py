"""Trial: many generated requests to every address of the API of a running product, with keys of several roles and without."""

from __future__ import annotations

import os
from typing import Any

import pytest
import requests
import schemathesis

from tests.support.database import open_folder
from tests.support.fuzzing import Known, Tally, by_http, fuzz
from tests.support.instance import running
from tests.support.storm import lay

EXAMPLES = int(os.environ.get("ZHIJIAO_TRIAL_EXAMPLES", "60"))
SEED = 20261122
CALLERS = ("", "county-1", "bureau", "office")

pytestmark = pytest.mark.trial


def test_no_request_is_a_server_error() -> None:
    with open_folder() as data, running(data, env={"ZHIJIAO_DEMO": "0"}) as instance:
        keys = {"": "", **lay(data)}
        schema = schemathesis.openapi.from_url(f"{instance.address}/api/v1/openapi.json")
        exists, tally = known(instance.address, keys), Tally()
        with requests.Session() as session:
            session.trust_env = False
            for number, caller in enumerate(CALLERS):
                fuzz(
                    schema,
                    key=keys[caller],
                    examples=EXAMPLES,
                    known=exists,
                    tally=tally,
                    seed=SEED + number,
                    ask=by_http(session, instance.address),
                )
        print(tally.words())
        assert tally.requests >= EXAMPLES * len(tally.operations)
        assert "Internal Server Error" not in instance.said()


def known(address: str, keys: dict[str, str]) -> Known:
    """What exists, as the people of the scene see it."""

    def read(caller: str, path: str) -> Any:
        headers = {"Authorization": f"Bearer {keys[caller]}"}
        return requests.get(f"{address}/api/v1{path}", headers=headers, timeout=60).json()

    reports = [line["report"] for line in read("county-1", "/obligations")]
    items = [line["id"] for line in read("office", "/work-items")]
    parts = [part["id"] for item in items[:5] for part in read("office", f"/work-items/{item}")["parts"]]
    values: dict[str, Any] = {
        "pack": ["taizhou", "wenzhou", "zhejiang"],
        "indicator": ["tzw.ind.13", "tzw.ind.12"],
        "room": ["tasks", "obligations", "procedures"],
        "organisation": [node["id"] for node in read("office", "/organisations")][:40],
        "report": reports,
        "item": items,
        "part": parts,
        "state": ["draft", "returned", "late"],
        "step": ["issue", "answer", "withdraw"],
    }
    return Known({name: tuple(found) for name, found in values.items() if found})
