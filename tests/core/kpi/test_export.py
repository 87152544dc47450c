"""Lists of cases that leave the house 办结导出: who may, what is masked, what is kept."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import insert, select

from core.access.actor import SYSTEM, Actor, resident
from core.access.desk import Office
from core.cases.queries import CaseFilter
from core.errors import Invalid, NotPermitted
from core.kpi import export
from core.kpi.export import export_cases, to_csv, to_xlsx
from core.words import speaking
from db.models import AuditRow, CaseRow
from tests.support import county
from tests.support.moments import beijing, do, receive

BODY = "请回电 13812345678，身份证 131024199001011234"


def take(
    office: Office, by: str = "dispatcher", f: CaseFilter | None = None
) -> list[dict[str, Any]]:
    with office.work(county.actor(office, by)) as work:
        columns, rows = export_cases(work, f)
        return [dict(zip(columns, row, strict=True)) for row in rows]


@pytest.fixture
def closed(office: Office) -> str:
    """A case that went the whole way; its number."""
    number = receive(
        office, "2026-11-16 10:00", title="=路灯不亮 13812345678", body=BODY, name="张三丰",
        phone="13812345678", category="city/light", inlet="phone",
    )  # fmt: skip
    do(office, "2026-11-16 11:00", "dispatcher", number, "redispatch", lead="131024104-ZF")
    do(office, "2026-11-16 12:00", "enforce", number, "sign")
    do(office, "2026-11-17 10:00", "enforce", number, "report", result="已修好")
    do(office, "2026-11-17 22:00", "dispatcher", number, "reply", text="已修好，联系 13912345678")
    do(office, "2026-11-18 10:00", "clerk", number, "rate", score=5)
    return number


class TestRows:
    def test_a_closed_case(self, office: Office, closed: str) -> None:
        (row,) = take(office)
        due = row.pop("办理期限")
        assert due > row["受理时间"]
        assert row == {
            "编号": closed,
            "标题": "=路灯不亮 138****5678",
            "类别": "城市管理 / 路灯照明",
            "区划": "安平镇 · 王家摆村",
            "渠道": "热线电话",
            "受理时间": beijing("2026-11-16 10:00"),
            "办理单位": "安平镇综合行政执法队",
            "环节": "已办结",
            "回复时间": beijing("2026-11-17 22:00"),
            "办结时间": beijing("2026-11-18 10:00"),
            "评分": 5,
            "代登记评价的单位": "安平镇群众说事中心",
            "用时（天）": 2.0,
            "诉求人": "张**",
            "联系电话": "138****5678",
            "回复内容": "已修好，联系 139****5678",
        }

    def test_one_that_is_not_finished_has_no_days(self, office: Office) -> None:
        receive(office, "2026-11-16 10:00")
        (row,) = take(office)
        assert (row["用时（天）"], row["办结时间"], row["评分"]) == (None, None, None)

    @pytest.mark.parametrize(
        ("mark", "said"), [({"anonymous": True}, "匿名"), ({"confidential": True}, "保密")]
    )
    def test_who_asked_not_to_be_named_is_not(
        self, office: Office, mark: dict[str, bool], said: str
    ) -> None:
        receive(office, "2026-11-16 10:00", name="张三丰", phone="13812345678", **mark)
        (row,) = take(office)
        assert (row["诉求人"], row["联系电话"]) == (said, "")

    def test_newest_first(self, office: Office) -> None:
        numbers = [receive(office, f"2026-11-1{day} 10:00") for day in (6, 8, 7)]
        assert [r["编号"] for r in take(office)] == [numbers[1], numbers[2], numbers[0]]

    def test_in_the_readers_language(self, office: Office, closed: str) -> None:
        with speaking("en"):
            (row,) = take(office)
        assert "Street lights" in str(list(row.values()))


class TestFilter:
    def test_closed_ones_only(self, office: Office, closed: str) -> None:
        receive(office, "2026-11-16 10:00")
        found = take(office, f=CaseFilter(stage_kind="closed"))
        assert [r["编号"] for r in found] == [closed]
        later = CaseFilter(stage_kind="closed", closed_since=beijing("2026-11-19 00:00"))
        assert take(office, f=later) == []


class TestWho:
    def test_only_what_one_may_see(self, office: Office) -> None:
        receive(office, "2026-11-16 10:00")
        assert len(take(office, "county")) == 1
        assert take(office, "other") == [], "the next township's dispatcher"

    @pytest.mark.parametrize("by", ["clerk", "worker", "police", "deputy", "admin", "auditor"])
    def test_who_may_not(self, office: Office, by: str) -> None:
        with pytest.raises(NotPermitted, match="您的角色不能导出诉求"):
            take(office, by)

    def test_nor_a_resident(self, office: Office) -> None:
        with pytest.raises(NotPermitted), office.work(resident("131024-1", "x")) as work:
            export_cases(work)


class TestAudit:
    def lines(self, office: Office) -> list[tuple[str, Any]]:
        with office.look(SYSTEM) as look:
            query = select(AuditRow.name, AuditRow.data).where(AuditRow.what == "cases.export")
            return [tuple(r) for r in look.tx.execute(query)]

    def test_who_took_how_many_of_what(self, office: Office, closed: str) -> None:
        since = beijing("2026-11-01 00:00")
        take(office, f=CaseFilter(stage_kind="closed", since=since, area="131024104"))
        said = {"stage_kind": "closed", "area": "131024104", "since": since.isoformat()}
        assert self.lines(office) == [("李某", {"n": 1, "filter": said})]

    def test_a_phone_number_that_was_searched_for_is_masked(self, office: Office) -> None:
        take(office, f=CaseFilter(q="13812345678"))
        assert self.lines(office) == [("李某", {"n": 0, "filter": {"q": "138****5678"}})]


class TestMany:
    @pytest.fixture
    def thousands(self, office: Office) -> Iterator[None]:
        """Copies of one case, more than are fetched at a time."""
        number = receive(office, "2026-11-16 10:00")
        with office.work(SYSTEM) as work:
            columns = [c for c in CaseRow.__table__.c if c.name not in ("words", "running")]
            row = dict(
                work.tx.execute(select(*columns).where(CaseRow.number == number)).one()._mapping
            )
            copies = [
                row | {"id": office.new_id(), "number": f"131024-20261116-{n:06}"}
                for n in range(900_000, 905_000)
            ]
            work.tx.execute(insert(CaseRow), copies)
        yield

    def test_all_of_them_once(self, office: Office, thousands: None) -> None:
        numbers = [r["编号"] for r in take(office)]
        assert len(numbers) == len(set(numbers)) == 5001

    def test_more_than_a_list_is_refused(
        self, office: Office, thousands: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(export, "MOST_CASES", 5000)
        with pytest.raises(Invalid, match="共 5001 件，一次最多导出 5000 件"):
            take(office)

    def test_both_files(self, office: Office, thousands: None) -> None:
        dispatcher: Actor = county.actor(office, "dispatcher")
        with office.work(dispatcher) as work:
            assert to_csv(*export_cases(work)).count(b"\n") == 5002
        with office.work(dispatcher) as work:
            assert to_xlsx(*export_cases(work)).startswith(b"PK")
