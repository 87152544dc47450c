"""What arrives at the same moment goes through together; nobody pays for their neighbour."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.app import make_app
from api.together import MOST, together
from core import open as house
from core.access.actor import DOOR, SYSTEM
from core.access.desk import Office, Work
from core.errors import Invalid
from tests.support import county
from tests.support.http import Person

Find = Callable[[str], Person]
HEATING = {"body": "小区三号楼的暖气从昨天晚上开始就不热了", "area": county.VILLAGE}


def burst(app: Any, *calls: dict[str, Any], path: str = "/api/v1/cases") -> list[httpx.Response]:
    """All requests on one event loop before the first is answered."""

    async def go() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await asyncio.gather(*(client.post(path, **call) for call in calls))

    return asyncio.run(go())


def appeals(n: int, **more: Any) -> list[dict[str, Any]]:
    return [{"json": HEATING | {"phone": f"1390000{i:04d}"}, **more} for i in range(n)]


def transactions(office: Office) -> int:
    """How many transactions wrote the cases that there are."""
    with office.look(SYSTEM) as look:
        return look.tx.scalar(text("select count(distinct xmin::text) from cases")) or 0


@pytest.fixture
def bearer(person: Find) -> dict[str, dict[str, str]]:
    return {"headers": {"Authorization": f"Bearer {person('clerk').token}"}}


class TestABurst:
    def test_is_written_in_few_transactions(self, office: Office, bearer: dict[str, Any]) -> None:
        found = burst(make_app(), *appeals(40, **bearer))
        assert [r.status_code for r in found] == [201] * 40
        assert len({r.json()["number"] for r in found}) == 40
        assert transactions(office) <= 8

    def test_each_gets_the_own_receipt(self, person: Find, bearer: dict[str, Any]) -> None:
        calls = appeals(12, **bearer)
        for n, call in enumerate(calls):
            call["json"] |= {"title": f"第 {n} 件"}
        for n, answered in enumerate(burst(make_app(), *calls)):
            case = person("clerk").case(answered.json()["number"])
            assert case["title"] == f"第 {n} 件"

    def test_refuses_only_the_faulty(self, bearer: dict[str, Any]) -> None:
        calls = appeals(9, **bearer)
        calls[3]["json"] = {"body": ""}
        calls[5]["json"] = HEATING | {"plate": "没有这块"}
        calls[7]["json"] = HEATING | {"area": "999999"}
        found = [r.status_code for r in burst(make_app(), *calls)]
        assert found == [201, 201, 201, 422, 201, 422, 201, 422, 201]

    def test_one_caller_of_many_appeals_is_one_resident(
        self, office: Office, bearer: dict[str, Any]
    ) -> None:
        calls = appeals(6, **bearer)
        for call, name in zip(calls, ("", "张某", "", "李某", "", ""), strict=True):
            call["json"] = HEATING | {"phone": "13900000001"} | ({"name": name} if name else {})
        assert {r.status_code for r in burst(make_app(), *calls)} == {201}
        with office.look(SYSTEM) as look:
            assert look.tx.execute(text("select name from resident")).scalars().all() == ["李某"]

    def test_makes_one_case_of_equal_keys(self, bearer: dict[str, Any]) -> None:
        headers = bearer["headers"] | {"Idempotency-Key": "storm-1"}
        calls = [{"json": HEATING, "headers": headers}] * 8
        found = [r.json() for r in burst(make_app(), *calls)]
        assert len({f["number"] for f in found}) == 1
        assert [f["repeated"] for f in found].count(False) == 1
        assert {f["query_code"] for f in found if f["repeated"]} == {""}

    def test_refuses_other_words_under_an_equal_key(self, bearer: dict[str, Any]) -> None:
        headers = bearer["headers"] | {"Idempotency-Key": "storm-2"}
        (first,) = burst(make_app(), {"json": HEATING, "headers": headers})
        found = burst(make_app(), *appeals(8, headers=headers))
        assert {r.json()["code"] for r in found} == {"key_taken"}
        assert {r.json()["data"]["number"] for r in found} == {first.json()["number"]}

    def test_from_one_address_ends_at_the_limit(
        self, office: Office, anybody: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from dataclasses import replace

        monkeypatch.setattr(office, "settings", replace(office.settings, anonymous_per_hour=3))
        found = sorted(r.status_code for r in burst(make_app(), *appeals(10)))
        assert found == [201] * 3 + [429] * 7


class TestAnybodysWork:
    @pytest.fixture
    def app(self, office: Office) -> Iterator[Starlette]:
        """A route that fails as a whole whenever "spoiler" is in the transaction."""

        def do(work: Work, asked: list[str]) -> list[Any]:
            if "spoiler" in asked:
                raise RuntimeError("spoilt")
            return [Invalid("不行") if one == "no" else {"n": len(asked)} for one in asked]

        async def route(request: Request) -> Response:
            return await together(request, (await request.body()).decode(), do, guest=DOOR)

        house.use(office)
        yield Starlette(routes=[Route("/", route, methods=["POST"])])
        house.use(None)

    def test_is_done_alone_where_somebody_spoils_it(self, app: Starlette) -> None:
        words = ["a", "b", "spoiler", "c", "no"]
        found = burst(app, *({"content": w} for w in words), path="/")
        assert [r.status_code for r in found] == [200, 200, 500, 200, 422]

    def test_never_more_than_so_many_at_once(self, app: Starlette) -> None:
        found = burst(app, *({"content": "a"} for _n in range(3 * MOST)), path="/")
        assert {r.status_code for r in found} == {200}
        assert 1 < max(r.json()["n"] for r in found) <= MOST

    def test_of_others_is_kept_apart(self, app: Starlette) -> None:
        calls = [{"content": "a", "headers": {"Accept-Language": x}} for x in ("en", "zh") * 4]
        found = burst(app, *calls, path="/")
        assert max(r.json()["n"] for r in found) <= 4
