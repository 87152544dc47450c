"""Intake and whole lifecycles through the API, beside the floor."""

import asyncio
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import create_engine

from core.demo import PASSWORD
from tests.bench.house import PROCESSES, Bench, serving
from tests.bench.load import Client, Turn, drive

TEXT = "小区三号楼的暖气从昨天晚上开始就不热了，家里有老人和孩子，请尽快安排人来看看。"


def _floor_turn() -> Turn:
    async def turn(client: Client, number: int) -> None:
        status, _body = await client.call("POST", "/", {"body": TEXT})
        assert status == 201, status

    return turn


def floor(bench: Bench, seconds: float, clients: int) -> dict[str, float]:
    """Requests a second of the bare route."""
    engine = create_engine(bench.owner)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "create table if not exists floor (id bigserial primary key, title text, body text)"
        )
    engine.dispose()
    url = bench.owner.set(drivername="postgresql").render_as_string(hide_password=False)
    with serving("tests.bench.floor:app", {"FLOOR_URL": url}, processes=PROCESSES) as port:
        drive(port, clients, 1, _floor_turn)
        return drive(port, clients, seconds, _floor_turn)


def _environment(bench: Bench) -> dict[str, str]:
    return {
        "ONEDOOR_DATABASE_URL": bench.owner.set(drivername="postgresql").render_as_string(
            hide_password=False
        )
    }


def _interface(bench: Bench) -> AbstractContextManager[int]:
    return serving("api.app:make_app", _environment(bench), factory=True, processes=PROCESSES)


def _sign_in(port: int, *usernames: str) -> list[str]:
    async def go() -> list[str]:
        client = await Client(port).open()
        tokens = []
        for username in usernames:
            status, body = await client.call(
                "POST", "/api/v1/session", {"username": username, "password": PASSWORD}
            )
            assert status in (200, 201), body
            tokens.append(body["token"])
        return tokens

    return asyncio.run(go())


def _intake_turn(token: str, areas: list[str]) -> Turn:
    counter = iter(range(10**9))

    async def turn(client: Client, number: int) -> None:
        n = next(counter)
        body = {
            "body": TEXT,
            "area": areas[n % len(areas)],
            "phone": f"139{n % 10**8:08d}",
            "name": "张某",
            "inlet": "phone",
        }
        status, answer = await client.call("POST", "/api/v1/cases", body, token)
        assert status == 201, answer

    return turn


def _areas(bench: Bench, level: str) -> list[str]:
    from core.access.actor import SYSTEM

    with bench.office.look(SYSTEM) as look:
        return [a.code for a in look.world.areas.values() if a.level == level]


def intake(bench: Bench, seconds: float, clients: int) -> dict[str, Any]:
    """`POST /api/v1/cases` as a signed-in clerk; median of three rounds, floor in between."""
    areas = _areas(bench, "village")
    floors, rates = [], []
    with serving(
        "api.app:make_app", _environment(bench), factory=True, processes=PROCESSES
    ) as port:
        (token,) = _sign_in(port, "county")
        drive(port, clients, 2, _intake_turn, token, areas)
        for _round in range(3):
            floors.append(floor(bench, seconds / 2, clients)["rate"])
            rates.append(drive(port, clients, seconds, _intake_turn, token, areas))
    rates.sort(key=lambda r: r["rate"])
    base, middle = sorted(floors)[1], rates[1]
    return {
        "processes, of the floor too": PROCESSES,
        "floor /s": round(base, 1),
        "intake /s": round(middle["rate"], 1),
        "share of floor": f"{middle['rate'] / base:.1%}",
        "p95 ms": round(middle["p95_ms"], 1),
    }


def _lifecycle_turn(tokens: dict[str, str], area: str, lead: str) -> Turn:
    async def turn(client: Client, number: int) -> None:
        async def post(path: str, body: Any, token: str = "", expect: int = 200) -> Any:
            status, answer = await client.call("POST", path, body, token)
            assert status == expect, (path, status, answer)
            return answer

        county = tokens["county"]
        made = await post(
            "/api/v1/cases", {"body": "咨询办理营业执照需要带什么材料", "area": area,
                              "inlet": "phone", "category": "other"}, county, 201
        )  # fmt: skip
        number_, code = made["number"], made["query_code"]
        case = f"/api/v1/cases/{number_}/actions"
        await post(f"{case}/assign", {"lead": lead}, county)
        await post(f"{case}/sign", {}, tokens["handler"])
        await post(f"{case}/report", {"result": "已经电话告知所需材料"}, tokens["handler"])
        await post(f"{case}/{tokens['reply']}", {"text": "您好，请带身份证和租赁合同"}, county)
        await post(f"/api/v1/public/cases/{number_}/rating?code={code}", {"score": 5}, expect=200)

    return turn


def lifecycle(bench: Bench, seconds: float, clients: int) -> dict[str, Any]:
    """Create, assign, sign, report, answer, rate: six requests, median of three rounds.

    Xianghe answers the resident by `verify` 核实结案.
    """
    from core.demo import HANDLER_UNIT

    area = _areas(bench, "township")[0]
    with serving(
        "api.app:make_app", _environment(bench), factory=True, processes=PROCESSES
    ) as port:
        county, handler = _sign_in(port, "county", "handler")
        tokens = {"county": county, "handler": handler, "reply": "verify"}
        args = (tokens, area, HANDLER_UNIT)
        drive(port, clients, 2, _lifecycle_turn, *args)
        rates = [drive(port, clients, seconds, _lifecycle_turn, *args) for _ in range(3)]
        base = floor(bench, seconds / 2, clients)["rate"]
    middle = sorted(rates, key=lambda r: r["rate"])[1]
    return {
        "cases in the database": bench.cases,
        "processes, of the floor too": PROCESSES,
        "floor (one INSERT) /s": round(base, 1),
        "lifecycles /s": round(middle["rate"], 1),
        "requests /s": round(middle["rate"] * 6, 1),
        "share of floor, per request": f"{middle['rate'] * 6 / base:.1%}",
        "p95 ms a lifecycle": round(middle["p95_ms"], 1),
    }
