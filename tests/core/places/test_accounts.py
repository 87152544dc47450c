"""Import of people: roles in Chinese, units by name, first passwords told once."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.access.actor import SYSTEM, Actor
from core.access.desk import Office
from core.access.sessions import Opened, sign_in
from core.errors import NotPermitted, NotSignedIn
from core.places.importing import Report, import_people
from db.models import AuditRow, Person, SignIn
from tests.core.places.files import csv_of, everything, xlsx_of
from tests.support import county

HEADER = "用户名,姓名,角色,单位,区划,电话,邮箱\n"


def load(office: Office, path: Path, by: Actor = SYSTEM) -> Report:
    with office.work(by) as work:
        return import_people(work, path)


def person(office: Office, username: str) -> Any:
    with office.look(SYSTEM) as look:
        return look.tx.execute(select(*Person.__table__.c).filter_by(username=username)).one()


def signs_in(office: Office, username: str, password: str) -> bool:
    with office.work(SYSTEM) as work:
        return isinstance(sign_in(work, username, password, ""), Opened)


def rejected(
    office: Office, tmp_path: Path, *lines: str, by: Actor = SYSTEM
) -> list[tuple[int, str, str]]:
    report = load(office, csv_of(tmp_path, HEADER + "\n".join(lines)), by)
    assert report.rows == report.saved + report.unchanged + len(report.rejected)
    return [(r.row, r.field, r.message) for r in report.rejected]


class TestSaving:
    def test_everything_said_the_way_an_office_says_it(
        self, office: Office, tmp_path: Path
    ) -> None:
        rows = [
            ["账号", "姓名", "岗位", "所属单位", "辖区", "手机", "邮箱"],
            ["zhao.yi", "赵某", "承办人、单位负责人", "安平镇派出所", None, 13800000001, "z@x.cn"],
            ["qian-er", "钱某", "Grid_Worker", None, "安平镇王家摆村", None, None],
        ]
        assert load(office, xlsx_of(tmp_path, rows)).rejected == ()
        first, second = person(office, "zhao.yi"), person(office, "qian-er")
        assert (first.name, first.roles, first.unit) == (
            "赵某", ["handler", "head"], "131024104-PC"
        )  # fmt: skip
        assert (first.phone, first.email) == ("13800000001", "z@x.cn")
        assert (second.roles, second.unit, second.area) == (["grid_worker"], None, "131024104201")

    def test_a_county_may_use_its_own_names_for_roles(self, office: Office, tmp_path: Path) -> None:
        from core.places.imports.accounts import role_names

        with office.look(SYSTEM) as look:
            blueprint = look.world.blueprint.model_copy(update={"roles": {"handler": "社区干部"}})
        names = role_names(blueprint)
        assert (names["社区干部"], names["承办人"], names["handler"]) == ("handler",) * 3

    def test_again_changes_nothing(self, office: Office, tmp_path: Path) -> None:
        path = csv_of(
            tmp_path,
            "用户名,姓名,角色,区划,密码\na1,张某,受理员,131024,\na2,李某,受理员,131024,Haomima-22\n",
        )
        load(office, path)
        before = everything(office, Person, AuditRow)
        again = load(office, path)
        assert (again.saved, again.unchanged, again.passwords) == (0, 2, {})
        assert everything(office, Person, AuditRow) == before

    def test_columns_that_the_table_lacks_stay_as_they_are(
        self, office: Office, tmp_path: Path
    ) -> None:
        load(office, csv_of(tmp_path, HEADER + "a1,张某,受理员,,131024,13800000001,z@x.cn\n"))
        load(office, csv_of(tmp_path, "用户名,姓名,角色,区划,邮箱\na1,张某某,受理员,131024,\n"))
        after = person(office, "a1")
        assert (after.name, after.phone) == ("张某某", "13800000001")
        assert after.email == "", "a cell left empty empties the field"


class TestPasswords:
    def test_new_people_without_one_get_one_told_once(self, office: Office, tmp_path: Path) -> None:
        report = load(office, csv_of(tmp_path, HEADER + "a1,张某,受理员,,131024,,\n"))
        assert list(report.passwords) == ["a1"]
        assert signs_in(office, "a1", report.passwords["a1"])
        assert report.passwords["a1"] not in repr(report)
        assert (
            load(office, csv_of(tmp_path, HEADER + "a1,张某,承办人,131024-C,,,\n")).passwords == {}
        )
        assert signs_in(office, "a1", report.passwords["a1"]), "a later import leaves it alone"

    def test_one_in_the_table_is_taken(self, office: Office, tmp_path: Path) -> None:
        text = "用户名,姓名,角色,区划,密码\na1,张某,受理员,131024,Haomima-22\n"
        assert load(office, csv_of(tmp_path, text)).passwords == {}
        assert signs_in(office, "a1", "Haomima-22")

    def test_a_changed_one_ends_the_sessions(self, office: Office, tmp_path: Path) -> None:
        assert signs_in(office, "clerk", county.PASSWORD)
        header = "用户名,姓名,角色,单位,密码\nclerk,张某,受理员,131024104-C,"
        load(office, csv_of(tmp_path, header + county.PASSWORD))
        assert self.sessions(office) == 1, "the same password changes nothing"
        load(office, csv_of(tmp_path, header + "Haomima-22"))
        assert self.sessions(office) == 0
        assert signs_in(office, "clerk", "Haomima-22")

    def sessions(self, office: Office) -> int:
        with office.look(SYSTEM) as look:
            return len(look.tx.execute(select(SignIn.person_id)).all())

    def test_a_rejected_rows_password_is_in_no_report(self, office: Office, tmp_path: Path) -> None:
        text = "用户名,姓名,角色,区划,密码\na1,,受理员,131024,Haomima-22\n"
        report = load(office, csv_of(tmp_path, text))
        assert report.rejected[0].values == {
            "用户名": "a1", "姓名": "", "角色": "受理员", "区划": "131024"
        }  # fmt: skip

    def test_somebody_saved_without_a_password_cannot_sign_in(self, office: Office) -> None:
        from core.places.people import examine, save_people

        with office.work(SYSTEM) as work:
            raw = {"username": "a1", "name": "张某", "roles": ["clerk"], "area": "131024"}
            save_people(work, [examine(work, raw)])
        with office.work(SYSTEM) as work:
            assert isinstance(sign_in(work, "a1", "!", ""), NotSignedIn)


class TestWrongRows:
    def test_each_says_why(self, office: Office, tmp_path: Path) -> None:
        assert rejected(
            office, tmp_path,
            ",张某,受理员,,131024,,",
            "张三,张某,受理员,,131024,,",
            "a1,,受理员,,131024,,",
            "a2,=张某,受理员,,131024,,",
            "a3,张某,,,131024,,",
            "a4,张某,县长,,131024,,",
            "a5,张某,群众,,131024,,",
            "a6,张某,受理员,无此单位,,,",
            "a7,张某,受理员,,131099,,",
            "a8,张某,受理员,,,,",
            "a9,张某,承办人,,131024,,",
            "b1,张某,受理员,,131024,12,",
            "b2,张某,受理员,,131024,,不是邮箱",
            "b3,张某,管理员,,,,",
            "b4,张某,系统管理员,,,,",
            "b4,张某,审计员,,,,",
            "b5,张\x07某,受理员,,131024,,",
            "b6,张某😀,受理员,,131024,,",
        ) == [
            (2, "用户名", "请填写用户名"),
            (3, "用户名", "用户名只能用英文字母、数字和 . _ -，并以字母或数字开头"),
            (4, "姓名", "请填写姓名"),
            (5, "姓名", "姓名不能以 = + - @ 开头"),
            (6, "角色", "请填写角色"),
            (7, "角色", "没有角色“县长”"),
            (8, "角色", "没有角色“群众”"),
            (9, "单位", "没有“无此单位”"),
            (10, "区划", "没有区划“131099”"),
            (11, "单位", "请填写单位或区划，否则看不到任何诉求"),
            (12, "单位", "请填写单位，否则看不到任何诉求"),
            (13, "电话", "电话不是有效的电话号码"),
            (14, "邮箱", "电子邮箱格式不对"),
            (15, "角色", "没有角色“管理员”"),
            (17, "用户名", "与第 16 行重复"),
            (18, "姓名", "姓名含有无法显示的字符（U+0007），请删去"),
        ]  # fmt: skip

    def test_a_name_that_differs_in_capitals_only(self, office: Office, tmp_path: Path) -> None:
        lines = (
            "Clerk,张某,受理员,,131024,,",
            "sun,孙某,受理员,,131024,,",
            "SUN,孙某,受理员,,131024,,",
        )
        assert rejected(office, tmp_path, *lines) == [
            (2, "用户名", "已有用户名“clerk”，请写成一样的大小写"),
            (4, "用户名", "与第 3 行重复"),
        ]

    def test_several_faults_of_one_row_in_one_line(self, office: Office, tmp_path: Path) -> None:
        assert rejected(office, tmp_path, "张三,张某,受理员,,,,不是邮箱") == [
            (
                2,
                "用户名、邮箱、单位",
                "用户名只能用英文字母、数字和 . _ -，并以字母或数字开头；"
                "电子邮箱格式不对；请填写单位或区划，否则看不到任何诉求",
            )
        ]

    def test_faults_of_every_kind_are_told_at_once(self, office: Office, tmp_path: Path) -> None:
        ((_row, fields, said),) = rejected(
            office, tmp_path, "张三,=张某,县长,无此单位,131099,12,不是邮箱"
        )
        assert set(fields.split("、")) == {
            "用户名", "姓名", "角色", "单位", "区划", "电话", "邮箱"
        }  # fmt: skip
        assert said.count("；") == 6
        assert "没有角色“县长”" in said
        assert "请填写角色" not in said

    def test_a_weak_password(self, office: Office, tmp_path: Path) -> None:
        text = "用户名,姓名,角色,区划,密码\na1,张某,受理员,131024,12345678\n"
        (row,) = load(office, csv_of(tmp_path, text)).rejected
        assert (row.field, row.message) == (
            "密码", "密码至少 10 位，并包含字母、数字、符号中的两种以上"
        )  # fmt: skip


class TestWho:
    def test_only_the_administrator(self, office: Office, tmp_path: Path) -> None:
        path = csv_of(tmp_path, HEADER + "a1,张某,受理员,,131024,,\n")
        with pytest.raises(NotPermitted, match="只有系统管理员可以管理人员"):
            load(office, path, county.actor(office, "leader"))
        assert load(office, path, county.actor(office, "admin")).saved == 1

    def test_an_administrator_cannot_take_the_role_from_themselves(
        self, office: Office, tmp_path: Path
    ) -> None:
        admin = county.actor(office, "admin")
        assert rejected(office, tmp_path, "admin,杨某,审计员,,,,", by=admin) == [
            (2, "角色", "不能取消自己的管理员角色，请由另一位管理员来改")
        ]
