"""The administrator's and the auditor's pages, over a real county."""

import json
import re
from collections.abc import Callable

import pytest
import yaml
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from core.access.actor import SYSTEM
from core.access.audit import audit
from core.access.desk import Office
from core.blueprint.faults import faults_of
from core.blueprint.store import read_yaml, shipped
from core.blueprint.versions import export
from core.cases.take_in import take_in
from core.now import now
from core.places import configure
from core.places.bulk import save
from core.places.people import disable
from core.words import set_locale, speaking
from db.models import CaseRow, Person, Plate
from pages.ui.system import loop, tables, year
from pages.ui.system.words import (
    EFFECTS,
    FIELD_TYPES,
    ONCE,
    RECIPIENTS,
    RELATIONS,
    SECTIONS,
    STAGE_KINDS,
    TOLD,
    WAYS,
)
from tests.pages.conftest import APPEAL, shown
from tests.support import county

Visit = Callable[..., AppTest]
SignIn = Callable[[str], str]
PARTS = ("loop", "categories", "dispatch", "terms", "calendar", "rest", "publish")
EVERY = [
    ("health", {}),
    ("people", {}),
    ("people", {"part": "import"}),
    ("places", {}),
    ("places", {"part": "import"}),
    ("places", {"part": "plates"}),
    *(("config", {"part": p}) for p in PARTS),
]


@pytest.fixture
def admin(sign_in: SignIn) -> None:
    sign_in("admin")


@pytest.fixture
def auditor(sign_in: SignIn) -> None:
    sign_in("auditor")


def _raw(page: AppTest) -> str:
    """The components' HTML as it is sent."""
    return "\n".join(json.loads(e.proto.json)["html"] for e in page.get("bidi_component"))


class TestHealth:
    def test_is_where_the_administrator_begins(self, visit: Visit, admin: None) -> None:
        assert "<h1>系统状态</h1>" in shown(visit())

    def test_says_first_whether_anything_is_wrong(self, visit: Visit, admin: None) -> None:
        text = shown(visit("health"))
        assert "1 项要马上处理" in text, "no worker runs in a test"
        assert text.index("后台没有运行") < text.index("没有设置邮件服务器") < text.index("正常的")
        assert "请在服务器上运行 onedoor run" in text

    def test_leads_to_where_the_cure_is(self, visit: Visit, admin: None) -> None:
        text = shown(visit("health"))
        assert 'href="/people?part=import"' in text
        assert 'href="/config?part=calendar"' in text or "放假安排都已录入" in text

    def test_shows_the_auditor_the_same_without_the_ways(self, visit: Visit, auditor: None) -> None:
        text = shown(visit("health"))
        assert "后台没有运行" in text
        assert 'href="/people' not in text
        assert 'href="/config' not in text

    def test_has_at_most_six_figures(self, visit: Visit, admin: None) -> None:
        strip = re.search(r'<div class="strip">.*?</div></div>', shown(visit("health")))
        assert strip
        assert strip[0].count('class="cell"') == 6

    def test_names_a_draft_that_waits(self, visit: Visit, admin: None, house: Office) -> None:
        with house.work(county.actor(house, "admin")) as work:
            configure.keep(work, b"extends: langfang\nkinds: 7\n", "new.yaml")
        text = shown(visit("health"))
        assert "new.yaml" in text
        assert "处要改" in text

    def test_the_complete_check_says_what_it_found(
        self, visit: Visit, admin: None, house: Office
    ) -> None:
        page = visit("health")
        page.button[0].click().run()
        assert "核对通过" in shown(page)
        with house.work(county.actor(house, "clerk")) as work:
            number = take_in(work, APPEAL, inlet="hall").outcome.number
        with house.work(SYSTEM) as work:
            work.tx.execute(update(CaseRow).values(holder="nobody"))
        page.button[0].click().run()
        assert number in shown(page)
        assert "对不上" in shown(page)


class TestPeople:
    def test_lists_everybody_with_role_unit_and_state(
        self, visit: Visit, admin: None, house: Office
    ) -> None:
        with house.work(county.actor(house, "admin")) as work:
            disable(work, "clerk")
        text = shown(visit("people"))
        row = re.search(r'<li class="row off">.*?</li>', text, re.DOTALL)
        assert row
        assert all(w in row[0] for w in ("张某", "受理员", "安平镇群众说事中心", "已停用"))
        assert 'data-tap="edit:dispatcher"' in text
        assert 'data-tap="add:"' in text

    def test_narrows_by_what_stands_in_the_address(self, visit: Visit, admin: None) -> None:
        page = visit("people", role="head", q="郑")
        text = shown(page)
        assert "共 1 人" in text
        assert 'data-tap="edit:enforcehead"' in text
        assert page.text_input[0].value == "郑"
        assert "没有符合条件的人员" in shown(visit("people", q="没有这个人"))

    def test_passes_over_what_does_not_exist(self, visit: Visit, admin: None) -> None:
        assert "共 " in shown(visit("people", role="door", unit="x", state="y"))
        text = shown(visit("people", cursor="~~~~"))
        assert "后面没有人了" in text
        assert "回到第一页" in text

    def test_goes_on_page_by_page(self, visit: Visit, admin: None, house: Office) -> None:
        rows = [
            {
                "id": n,
                "username": f"p{n}",
                "name": "某",
                "password_hash": "x",
                "roles": ["clerk"],
            }
            for n in range(10_001, 10_061)
        ]
        with house.work(SYSTEM) as work:
            work.tx.execute(Person.__table__.insert(), rows)
        text = shown(visit("people"))
        on = re.search(r"cursor=(\w+)", text)
        assert on
        last = shown(visit("people", cursor=on[1]))
        assert "回到第一页" in last
        assert "下一页" not in last

    def test_offers_a_template_and_the_columns(self, visit: Visit, admin: None) -> None:
        text = shown(visit("people", part="import"))
        assert "人员表的列" in text
        assert "下载空白模板" in text
        assert text.count("必填") == 3


class TestPlaces:
    @pytest.fixture(autouse=True)
    def plates(self, house: Office) -> None:
        rows = [
            {"code": f"P{n}", "area": county.VILLAGE, "address": f"<b>{n}</b> 号楼", "active": True}
            for n in range(3)
        ]
        with house.work(SYSTEM) as work:
            save(work.tx, Plate, rows, key="code")

    def test_shows_the_tree_with_counts(self, visit: Visit, admin: None) -> None:
        text = shown(visit("places", area="131024"))
        assert 'href="/places?area=131024104"' in text
        assert "3 块门牌" in text
        assert 'href="/people?unit=131024-C"' in text

    def test_warns_of_units_without_people(self, visit: Visit, admin: None) -> None:
        assert "没有人" in shown(visit("places", area="131024"))

    def test_a_leaf_says_how_to_go_on(self, visit: Visit, admin: None) -> None:
        assert "下面没有区划了" in shown(visit("places", area=county.GRID))

    def test_an_area_that_there_is_not_is_passed_over(self, visit: Visit, admin: None) -> None:
        assert "香河县" in shown(visit("places", area="999999"))

    def test_draws_the_plates_and_keeps_their_words_harmless(
        self, visit: Visit, admin: None
    ) -> None:
        page = visit("places", part="plates", area=county.VILLAGE)
        raw = _raw(page)
        assert raw.count("<svg") == 3
        assert "&lt;b&gt;0&lt;/b&gt; 号楼" in raw
        assert "http://localhost:8501/q/P0" in raw
        assert "群众的手机打不开" in shown(page), "the address is a local one"

    def test_makes_a_sheet_to_print(self, visit: Visit, admin: None) -> None:
        page = visit("places", part="plates", area=county.VILLAGE)
        page.button[0].click().run()
        assert "打开打印页" in shown(page)

    def test_without_plates_says_where_to_import_them(self, visit: Visit, admin: None) -> None:
        text = shown(visit("places", part="plates", area="131024100"))
        assert "还没有门牌" in text

    def test_offers_four_kinds_of_tables(self, visit: Visit, admin: None) -> None:
        page = visit("places", part="import")
        assert "区划表的列" in shown(page)
        page.get("button_group")[0].set_value("plates").run()
        assert "门牌表的列" in shown(page)
        assert "网格表的列" in shown(visit("places", part="import", kind="grids"))


class TestConfig:
    def test_says_the_loop_in_words(self, visit: Visit, admin: None) -> None:
        text = shown(visit("config"))
        assert "待接办" in text
        assert "本区域的调度员" in text
        assert "给主办、协办单位开任务并计时" in text
        assert "各单位都反馈后" in text

    def test_says_the_other_tables_in_words(self, visit: Visit, admin: None) -> None:
        dispatch = shown(visit("config", part="dispatch"))
        assert "最近的“住房和建设”单位" in dispatch
        assert "其余所有诉求" in dispatch
        terms = shown(visit("config", part="terms"))
        assert "15 个工作日" in terms
        assert "还剩 10% 的时间" in terms
        assert "类别是" in dispatch
        assert "供暖" in shown(visit("config", part="categories"))

    def test_shows_the_calendar_as_it_works(self, visit: Visit, admin: None) -> None:
        text = shown(visit("config", part="calendar"))
        assert f"{now().year} 年" in text
        assert "10月1日（周四） 至 10月7日（周三）" in text or now().year != 2026

    @pytest.mark.parametrize("blueprint", shipped())
    def test_has_words_for_every_shipped_county(self, house: Office, blueprint: str) -> None:
        with house.look(SYSTEM) as look:
            world = look.world
        for draw in (
            loop.loop_html,
            tables.categories_html,
            tables.dispatch_html,
            tables.terms_html,
            tables.rest_html,
            year.calendar_html,
        ):
            assert "<h2" in draw(world)

    def test_lists_every_fault_of_a_draft(self, visit: Visit, admin: None, house: Office) -> None:
        body = b"extends: langfang\nkinds: 7\nbogus: 1\n"
        with house.work(county.actor(house, "admin")) as work:
            configure.keep(work, body, "new.yaml")
        page = visit("config", part="publish")
        assert "kinds：应为一组“名称: 内容”" in shown(page)
        assert "bogus：没有这一项设置" in shown(page)
        assert "发布" not in [b.label for b in page.button]

    def test_publishes_a_good_draft_once_it_is_said_what_changed(
        self, visit: Visit, admin: None, house: Office
    ) -> None:
        with house.look(SYSTEM) as look:
            text = export(look.tx).replace("case: 24h", "case: 12h")
        with house.work(county.actor(house, "admin")) as work:
            configure.keep(work, text.encode(), "new.yaml")
        page = visit("config", part="publish")
        assert "检查通过" in shown(page)
        assert "时限表" in shown(page)
        send = next(b for b in page.button if b.label == "发布")
        send.click().run()
        assert "请写一句改了什么" in shown(page)
        page.text_input(key="od_publish_note").set_value("特急改为 12 小时")
        next(b for b in page.button if b.label == "发布").click().run()
        assert "特急改为 12 小时" in shown(page)
        with house.look(SYSTEM) as look:
            assert look.world.version == 2

    def test_every_word_of_the_vocabulary_is_known(self) -> None:
        from typing import get_args

        from core.blueprint.schema import Blueprint
        from core.rules import ladders, workflow
        from core.rules.forms import Field

        assert set(EFFECTS) == set(get_args(workflow.Effect))
        assert {*RELATIONS, "seen"} == set(get_args(workflow.Relation))
        fields = workflow.Transition.model_fields
        assert {*ONCE, "always"} == set(get_args(fields["once"].annotation))
        assert set(TOLD) == set(get_args(get_args(fields["notify"].annotation)[0]))
        assert set(STAGE_KINDS) == set(get_args(workflow.Stage.model_fields["kind"].annotation))
        assert set(RECIPIENTS) == set(get_args(ladders.Named))
        ways = get_args(get_args(ladders.Rung.model_fields["by"].annotation)[0])
        assert set(WAYS) == set(ways)
        assert set(FIELD_TYPES) == set(get_args(Field.model_fields["type"].annotation))
        assert set(SECTIONS) == set(Blueprint.model_fields)


class TestAudit:
    def test_is_where_the_auditor_begins(self, visit: Visit, auditor: None) -> None:
        text = shown(visit())
        assert "<h1>审计记录</h1>" in text
        assert "登录" in text

    def test_says_deeds_and_particulars_in_words(
        self, visit: Visit, auditor: None, house: Office
    ) -> None:
        with house.work(county.actor(house, "dispatcher")) as work:
            audit(work, "case.unmask", "131024-20261121-000123", purpose="<i>约时间</i>")
        page = visit("audit", q="000123")
        text = shown(page)
        assert "查看群众联系方式" in text
        assert "用途 <i>约时间</i>" in text, "unescaped by the test's reader, once"
        assert "<i>约时间" not in _raw(page)
        assert 'href="/audit?q=000123&who=dispatcher"' in text

    def test_narrows_by_person_and_deed(self, visit: Visit, auditor: None, house: Office) -> None:
        with house.work(county.actor(house, "admin")) as work:
            disable(work, "clerk")
        assert "clerk" in shown(visit("audit", who="admin", what="people.disable"))
        assert "这段时间没有符合条件的记录" in shown(visit("audit", what="cases.export"))

    def test_passes_over_what_does_not_exist(self, visit: Visit, auditor: None) -> None:
        assert "登录" in shown(visit("audit", what="nothing", cursor="x", period="y"))


@pytest.mark.parametrize("url", ["health", "people", "places", "config"])
@pytest.mark.parametrize("username", ["auditor", "dispatcher", "leader"])
def test_nobody_else_sees_them(visit: Visit, sign_in: SignIn, username: str, url: str) -> None:
    if (username, url) == ("auditor", "health"):
        return
    sign_in(username)
    page = visit(url)
    assert "没有权限" in shown(page)
    assert not page.button


def test_the_audit_is_the_auditors_alone(visit: Visit, admin: None) -> None:
    assert "只有审计员可以查看审计记录" in shown(visit("audit"))


@pytest.mark.parametrize(("url", "query"), EVERY)
def test_every_page_speaks_english_too(
    visit: Visit, admin: None, house: Office, url: str, query: dict[str, str]
) -> None:
    with house.work(SYSTEM) as work:
        work.tx.execute(update(Person).where(Person.username == "admin").values(locale="en"))
    with speaking("en"):
        assert shown(visit(url, **query))
    set_locale(None)


def test_the_sample_of_a_year_is_not_taken_for_the_truth() -> None:
    body = read_yaml("langfang") | yaml.safe_load(year.sample(2027))
    assert [f.split("：")[0] for f in faults_of(body)] == [
        "calendar[2027].holidays[1]",
        "calendar[2027].workdays[0]",
    ]
