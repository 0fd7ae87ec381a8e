"""Every address refuses whoever has not signed in, unless it stands here with the reason why it is for everybody.

A form that did not come from one of our pages changes nothing, and the API changes nothing without a key.
"""

from __future__ import annotations

import pytest
from django.test import Client

from tests.support.addresses import ADDRESSES
from tests.support.duties import City, city_of
from tests.support.people import seat_at
from tests.support.programs import Program, key_of

POLICY = {
    *(
        "home",
        "overview",
        "indicators",
        "indicator",
        "tasks",
        "task",
        "compare",
        "policy",
        "document",
        "clause",
    ),
    *(
        "coverage",
        "conflicts",
        "versions",
        "programmes",
        "programme",
        "rules",
        "rule",
        "standards",
        "standard",
    ),
    *("systems", "system", "mechanism", "obligations", "obligation", "procedures", "procedure", "reported"),
    *(
        "reported_one",
        "industries",
        "places",
        "unit",
        "division",
        "part",
        "capabilities",
        "search",
        "developers",
    ),
}
FILES = {
    *(
        "indicators",
        "tasks",
        "programmes",
        "rules",
        "standards",
        "systems",
        "obligations",
        "procedures",
        "reported",
    ),
    *("coverage", "conflicts", "places", "industries", "documents", "clauses", "document", "board", "brief"),
    *("workbook", "overview", "compare"),
}
READS = {
    *("list_packs", "list_versions", "read_coverage", "list_documents", "list_indicators", "read_indicator"),
    *("read_summary", "list_tasks", "list_clauses", "read_clause", "read_decisions", "read_organisations"),
    *("list_objects", "search", "openapi-json"),
}
FOR_EVERYBODY = {
    "the documents are published, and so is what this product made of them": {f"portal:{n}" for n in POLICY},
    "the same as files": {f"portal:{n}_file" for n in FILES},
    "what the place's publication list opens to citizens": {
        *("portal:public_home", "portal:public_pack", "portal:public_indicator")
    },
    "the catalogue of data says what is collected, never what was": {
        *("portal:data_catalogue", "portal:data_catalogue_file", "portal:data_codes", "portal:data_template"),
        *("portal:data_schema", "portal:data_set", "api-v1:list_datasets", "api-v1:show_dataset"),
    },
    "the same for programs": {f"api-v1:{n}" for n in READS},
    "sums of the place, and figures that were made public; the database keeps the others": {
        *("api-v1:read_board", "api-v1:list_figures")
    },
    "how people get in": {
        *(
            "portal:login",
            "portal:login_code",
            "portal:login_with",
            "portal:login_back",
            "portal:login_bound",
        ),
        *(
            "portal:login_bind",
            "portal:login_bind_code",
            "portal:logout",
            "portal:join",
            "portal:join_receipt",
        ),
    },
    "monitoring asks without an account; it hears only whether all is well": {"healthz"},
    "no page: Django Ninja's root only names the API in links": {"api-v1:api-root"},
}
PUBLIC = {name for names in FOR_EVERYBODY.values() for name in names}


CLOSED = [address for address in ADDRESSES if address.name not in PUBLIC]


def test_what_is_for_everybody_is_still_there() -> None:
    assert PUBLIC - {address.name for address in ADDRESSES} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_visitor_gets_in_nowhere_else(method: str) -> None:
    for address in CLOSED:
        answer = getattr(Client(), method)(address.path)
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith("/login"), address
        else:
            assert answer.status_code in (401, 403, 404, 405), (address, answer.status_code)


def test_no_page_waives_the_proof_that_a_form_is_ours() -> None:
    exempt = {a.name for a in ADDRESSES if getattr(a.view, "csrf_exempt", False)}
    assert {name for name in exempt if not name.startswith("api-v1:")} <= {"portal:login_back"}


class TestSignedIn:
    """What even a person with a role cannot do by the way."""

    @pytest.fixture
    def city(self, shipped_packs: None) -> City:
        return city_of("taizhou")

    def test_a_form_from_elsewhere_changes_nothing(self, city: City) -> None:
        browser = seat_at(Client(enforce_csrf_checks=True), city.office)
        for address in ADDRESSES:
            if not address.name.startswith("api-v1:"):
                answer = browser.post(address.path, {"title": "示例"})
                assert answer.status_code in (403, 404, 405), (address, answer.status_code)

    def test_the_api_changes_nothing_by_a_session(self, city: City) -> None:
        browser = seat_at(Client(), city.office)
        for address in ADDRESSES:
            if address.name.startswith("api-v1:") and address.name != "api-v1:openapi-json":
                answer = browser.post(address.path, {}, content_type="application/json")
                assert answer.status_code in (401, 404, 405), (address, answer.status_code)

    def test_a_key_changes_nothing_by_a_page(self, city: City) -> None:
        headers = {"Authorization": f"Bearer {key_of(city.office)}"}
        for address in CLOSED:
            if not address.name.startswith("api-v1:"):
                answer = Client().post(address.path, {"title": "示例"}, headers=headers)
                assert answer.status_code in (302, 403, 404, 405), (address, answer.status_code)
                if answer.status_code == 302:
                    assert answer.headers["Location"].startswith("/login"), address

    def test_what_is_not_there_is_not_found(self, city: City) -> None:
        """Nothing has the number 999999: whatever is somebody's answers 404, not 500 and not 200."""
        browser, program = seat_at(Client(), city.office), Program(key_of(city.office))
        for address in CLOSED:
            if "999999" not in address.path:
                continue
            if address.name.startswith("api-v1:"):
                answer = program.get(address.path.removeprefix("/api/v1"))
            else:
                answer = browser.get(address.path)
            assert answer.status_code in (302, 403, 404, 405), (address, answer.status_code)
