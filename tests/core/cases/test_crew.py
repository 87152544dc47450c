"""Several processes tell the same stories as one."""

from pathlib import Path

import pytest

from core.access.desk import Office
from core.cases.bulk import Bulk
from core.cases.crew import WORTH_IT, hands, spread
from core.cases.importing import import_cases
from core.cases.mapping import CaseMapping
from core.errors import Invalid
from core.kpi.check import check
from tests.support import county
from tests.support.moments import rows

PLAN = CaseMapping.model_validate(
    {
        "source": "crew",
        "ref": "id",
        "received_at": "at",
        "reply": "reply",
        "replied_at": "then",
        "fields": {"body": "body", "area": {"value": county.TOWNSHIP}, "phone": "phone"},
    }
)


def test_a_long_file_is_shared_out(office: Office, tmp_path: Path) -> None:
    """2,500 rows are three pieces for two processes; the last row of each thousand is bad."""
    file = tmp_path / "long.csv"
    with file.open("w", encoding="utf-8") as out:
        out.write("id,at,body,reply,then,phone\n")
        for n in range(1, 2501):
            at = "soon" if n % 1000 == 0 else f"2026-03-02 09:{n % 60:02}"
            out.write(f"{n},{at},路灯第{n}盏不亮,已修好,2026-03-03 10:00,1390000{n % 50:04}\n")
    report = import_cases(office, file, PLAN, processes=2)
    assert (report.rows, report.saved, report.replied) == (2500, 2498, 2498)
    assert [(r.row, r.message) for r in report.rejected] == [
        (1001, "看不懂时间“soon”"),
        (2001, "看不懂时间“soon”"),
    ]
    [counted] = rows(office, "select count(*) as n, count(distinct number) as numbers from cases")
    assert (counted.n, counted.numbers) == (2498, 2498)
    assert rows(office, "select count(*) as n from resident")[0].n == 50
    assert check(office) == []
    assert import_cases(office, file, PLAN, processes=2).known == 2498


def fail(office: Office, bulk: Bulk, piece: int) -> int:
    """A piece of work that goes wrong at the third piece."""
    if piece == 3:
        raise Invalid("第三块坏了")
    return piece * piece


@pytest.mark.parametrize("processes", [1, 2])
def test_results_come_in_order_and_a_failure_ends_it(office: Office, processes: int) -> None:
    assert list(spread(office, fail, [1, 2, 4, 5], processes)) == [1, 4, 16, 25]
    found = []
    with pytest.raises(Invalid, match="第三块坏了"):
        for result in spread(office, fail, [1, 2, 3, 4], processes):
            found.append(result)
    assert found == [1, 4]


def test_a_short_file_is_not_worth_a_second_process() -> None:
    assert hands(WORTH_IT - 1) == 1
    assert 1 <= hands(WORTH_IT) <= 4
    assert hands(None) == hands(WORTH_IT)
