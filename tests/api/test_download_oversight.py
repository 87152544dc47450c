"""批示台账 and 履职记录 as files."""

import io

import openpyxl

from core.access.desk import Office
from core.oversight.instruct import instruct_cases
from tests.support import county
from tests.support.http import AsUser
from tests.support.moments import do, receive


def test_the_ledger_leaves_the_house_a_row_for_each_unit(as_user: AsUser, office: Office) -> None:
    number = receive(office, "2026-11-16 10:00", category="city/noise")
    with office.work(county.actor(office, "leader")) as work:
        instruct_cases(work, [number], {"text": "=快办", "to": ["131024-ZJ", "131024-GY"]})
    answer = as_user("supervisor").get("/download/instructions.xlsx")
    assert answer.status_code == 200
    head, *rows = openpyxl.load_workbook(io.BytesIO(answer.content)).active.values
    assert head[:3] == ("批示时间", "批示领导", "批示内容")
    assert [row[2] for row in rows] == ["'=快办", "'=快办"]
    answer = as_user("supervisor").get("/download/instructions.csv?state=late")
    assert len(answer.content.decode("utf-8-sig").splitlines()) == 1
    assert as_user("deputy").get("/download/instructions.csv").status_code == 403


def test_a_record_of_duty_is_the_deputys_own(as_user: AsUser, office: Office) -> None:
    number = receive(office, "2026-11-16 10:00", category="city/noise")
    do(office, "2026-11-17 10:00", "deputy", number, "suggest", text="先装临时取暖")
    answer = as_user("deputy").get("/download/duty.csv?since=2026-11-01")
    assert "先装临时取暖" in answer.content.decode("utf-8-sig")
    assert as_user("leader").get("/download/duty.csv").status_code == 403
