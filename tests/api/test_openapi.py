"""The described interface: complete, and no request it allows breaks the server."""

import re
from collections.abc import Iterator

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from starlette.testclient import TestClient

from api.app import make_api, make_app
from core import open as house
from tests.api.test_cases import register
from tests.conftest import Databases
from tests.support.http import Person, sign_in

CONTRACT = """
POST /v1/session · DELETE /v1/session · GET /v1/me
POST /v1/cases · GET /v1/cases · GET /v1/cases/{number}
GET /v1/cases/{number}/actions · POST /v1/cases/{number}/actions/{action}
POST /v1/cases/{number}/files · GET /v1/files/{file_id}
GET /v1/public/cases/{number} · POST /v1/public/cases/{number}/rating
GET /v1/kpi · GET /v1/notifications
"""
DOCUMENT = make_api().openapi()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}


class TestTheDocument:
    def test_holds_every_line_of_the_contract(self) -> None:
        assert set(re.findall(r"[A-Z]+ /\S+", CONTRACT)) <= set(OPERATIONS)

    def test_is_served_where_the_contract_says(self, client: TestClient) -> None:
        found = client.get("/api/openapi.json").json()
        assert found["openapi"].startswith("3.")
        assert found["servers"] == [{"url": "/api"}]

    def test_explains_each_call_and_its_refusals(self) -> None:
        for name, operation in OPERATIONS.items():
            assert operation["description"], name
            assert {"401", "403", "404", "422", "429"} <= set(operation["responses"]), name

    def test_describes_intake_field_by_field(self) -> None:
        content = OPERATIONS["POST /v1/cases"]["requestBody"]["content"]["application/json"]
        assert content["schema"]["required"] == ["body"]
        assert content["schema"]["properties"]["phone"]["x-type"] == "phone"


@pytest.fixture(scope="module")
def county_in_use(databases: Databases) -> Iterator[tuple[TestClient, Person, str]]:
    """One county for all of what follows, with a case in it: nothing here looks at the past."""
    name = databases.copy("langfang")
    office = databases.office(name)
    house.use(office)
    number = register(office, body="三号楼暖气不热")
    with TestClient(make_app(), raise_server_exceptions=True) as client:
        yield client, sign_in(client, "county"), number
    house.use(None)
    office.engine.dispose()
    databases.drop(name)


SCHEMA = schemathesis.openapi.from_dict(DOCUMENT).exclude(path="/v1/session")
"""Signing in and out would end the walk; `test_session` has their nonsense."""


def prepared(case: schemathesis.Case, client: TestClient, who: Person) -> httpx.Request:
    """The request as `requests` would send it, which is what schemathesis makes them for."""
    wanted = case.as_transport_kwargs(base_url="http://testserver/api")
    plain = requests.Request(
        **{
            k: v
            for k, v in wanted.items()
            if k in ("method", "url", "params", "data", "json", "files", "headers")
        }
    ).prepare()
    headers = dict(plain.headers) | {"Authorization": f"Bearer {who.token}"}
    return client.build_request(
        plain.method or "", plain.url or "", content=plain.body, headers=headers
    )


@SCHEMA.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_described_request_breaks_the_server(
    case: schemathesis.Case, county_in_use: tuple[TestClient, Person, str]
) -> None:
    client, chief, number = county_in_use
    if len(str(case.path_parameters.get("number", ""))) % 2:
        case.path_parameters["number"] = number  # half of them reach a case
    response = client.send(prepared(case, client, chief))
    assert response.status_code < 500, response.text
    assert response.status_code != 401
    if response.status_code >= 400 and response.request.url.path.startswith("/api/"):
        found = response.json()
        assert set(found) == {"code", "message", "data"}
        assert found["message"].strip()
