"""Importing a few lines of a CSV into the small county."""

from collections.abc import Callable

from core.access.desk import Office
from core.cases.importing import CasesReport
from tests.support import county
from tests.support.moments import beijing, rows

NOW = beijing("2026-11-20 10:00")
PLAN = {
    "source": "old-hotline",
    "ref": "编号",
    "received_at": "受理时间",
    "reply": "答复",
    "replied_at": "答复时间",
    "fields": {
        "title": "标题",
        "body": "内容",
        "inlet": {"value": "phone"},
        "area": {"value": county.TOWNSHIP},
    },
}
HEADER = "编号,受理时间,标题,内容,答复,答复时间"
HEATING = "1,2026-11-02 09:30,暖气不热,家里暖气不热，老人受不了,已上门排气,2026-11-04 16:00"
QUESTION = "2,2026-11-03 10:00,放电影,请问下次放电影是什么时候,每月第一个周六,2026-11-03 11:20"

Importer = Callable[..., CasesReport]


def cases(office: Office, columns: str = "*") -> list:
    return rows(office, f"select {columns} from cases order by source_ref")  # noqa: S608
