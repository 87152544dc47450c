"""Codes that somebody asks by are the county's, of now or of a version before."""

from typing import Any

import pytest

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.blueprint.store import publish, read_yaml
from core.cases.known import require_known
from core.cases.queries import CaseFilter
from core.errors import Invalid


def ask(office: Office, **codes: Any) -> None:
    with office.look(SYSTEM) as look:
        require_known(look, CaseFilter(**codes))


def test_every_unknown_code_is_named(office: Office) -> None:
    ask(office, category="housing/heating", inlet="phone", unit="131024-ZJ", stage="assigned")
    with pytest.raises(Invalid, match="没有类别“hous”；没有单位“nobody”") as caught:
        ask(office, category="hous", unit="nobody", inlet="phone")
    assert set(caught.value.data["fields"]) == {"category", "unit"}


def test_a_code_of_an_earlier_version_still_finds_its_cases(office: Office) -> None:
    body = read_yaml("langfang")
    with office.work(SYSTEM) as work:
        publish(work.tx, body | {"inlets": body["inlets"] | {"lamp": "路灯杆"}}, note="", by=None)
        publish(work.tx, body, note="", by=None)
    office.forget()
    ask(office, inlet="lamp")
    with pytest.raises(Invalid):
        ask(office, inlet="lantern")
