"""Somebody at the door: a browser without script, on the test's own county."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlalchemy import insert, update
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api import door
from core import open as house
from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.act import act
from core.cases.outcome import Outcome
from db.models import Plate, Unit
from tests.api.door.reader import Form, Page
from tests.support import county

WORDS = "幸福小区三号楼暖气不热，室内只有十四度，家里有老人。"


class Browser:
    """One phone: its cookies, and what it does."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, path: str, **more: Any) -> Page:
        """Open a page, following redirects."""
        return Page(self.client.get(path, **more))

    def post(self, form: Form, files: Any = None, headers: Any = None, **values: Any) -> Page:
        """Fill a form in and press its button (`go` names another one)."""
        return Page(self.raw(form, files, headers, **values))

    def raw(
        self, form: Form, files: Any = None, headers: Any = None, **values: Any
    ) -> httpx.Response:
        """The same, as the response itself."""
        data = form.filled(**values)
        return self.client.post(form.action, data=data, files=files, headers=headers)

    def hand_in(self, **values: Any) -> tuple[str, str]:
        """Say something; returns number and query code."""
        done = self.post(self.get("/new").form, **{"body": WORDS, "town": county.TOWNSHIP} | values)
        assert done.status == 200, done.text
        return done.ids["number"], done.ids["code"]


@pytest.fixture
def office(office: Office) -> Office:
    """The small county with a plate and phones."""
    with office.work(SYSTEM) as work:
        work.tx.execute(
            insert(Plate).values(
                code="P0001",
                area=county.VILLAGE,
                address="幸福小区三号楼二单元",
                lat=39.7,
                lon=116.9,
            )
        )
        work.tx.execute(
            insert(Plate).values(code="P0002", area=county.VILLAGE, address="拆了", active=False)
        )
        work.tx.execute(
            update(Unit).where(Unit.code == "131024104-PC").values(phone="0316-8311110")
        )
    return office


@pytest.fixture
def at_the_door(office: Office) -> Iterator[Callable[..., Browser]]:
    """Makes browsers; settings may be changed for the whole house."""
    opened: list[TestClient] = []

    def make(**settings: Any) -> Browser:
        office.settings = replace(office.settings, **settings)
        house.use(office)
        client = TestClient(Starlette(routes=door.routes()), raise_server_exceptions=False)
        opened.append(client.__enter__())
        return Browser(client)

    yield make
    for client in opened:
        client.__exit__(None, None, None)
    house.use(None)


@pytest.fixture
def browser(at_the_door: Callable[..., Browser]) -> Browser:
    """The resident's phone."""
    return at_the_door()


@pytest.fixture
def do(office: Office) -> Callable[..., Outcome]:
    """An official does something to a case."""

    def act_as(username: str, number: str, action: str, **data: Any) -> Outcome:
        with office.work(county.actor(office, username)) as work:
            return act(work, number, action, data)

    return act_as


@pytest.fixture
def answered(do: Callable[..., Outcome]) -> Callable[[str], None]:
    """Brings a heating case to its answer."""

    def bring(number: str) -> None:
        do("housing", number, "sign")
        do("housing", number, "report", result="已入户测温")
        do("dispatcher", number, "reply", text="阀门已经更换，室内二十度。")

    return bring


def picture(colour: str = "green", size: tuple[int, int] = (60, 40), kind: str = "JPEG") -> bytes:
    """A photo as a phone takes it, but small."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()
