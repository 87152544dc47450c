"""People one by one: the form's checks, closing and opening accounts."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.access.sessions import LockedOut, Opened, sign_in
from core.errors import Invalid, NotFound, NotPermitted
from core.places.importing import import_units
from core.places.people import check_strength, disable, enable, examine, save_people, set_password
from db.models import Person
from tests.core.places.files import csv_of
from tests.support import county

RAW = {"username": "a1", "name": "张某", "roles": ["clerk"], "area": "131024"}


def signs_in(office: Office, username: str, password: str = county.PASSWORD) -> bool:
    with office.work(SYSTEM) as work:
        return isinstance(sign_in(work, username, password, ""), Opened)


class TestStrength:
    """GB/T 22239-2019 8.1.4.1: length and variety."""

    @pytest.mark.parametrize(
        "password", ["Ceshi-2026", "abcdefghi1", "1234567890a", "密码密码密码密码-1"]
    )
    def test_enough(self, password: str) -> None:
        assert check_strength(password) == password

    @pytest.mark.parametrize(
        "password", ["", "Abc-1", "1234567890", "abcdefghijk", "一二三四五六七八九十"]
    )
    def test_not_enough(self, password: str) -> None:
        with pytest.raises(Invalid, match="密码至少 10 位"):
            check_strength(password)


class TestExamine:
    def faults(self, office: Office, **changed: Any) -> list[str]:
        with office.work(SYSTEM) as work:
            try:
                examine(work, RAW | changed)
            except Invalid as fault:
                return list(fault.data["fields"])
        return []

    def test_a_good_one(self, office: Office) -> None:
        assert self.faults(office) == []

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"username": ""}, "username"),
            ({"username": "a" * 65}, "username"),
            ({"username": "a b"}, "username"),
            ({"username": "<script>"}, "username"),
            ({"name": "张" * 41}, "name"),
            ({"name": 7}, "name"),
            ({"roles": ["resident"]}, "roles"),
            ({"roles": []}, "roles"),
            ({"unit": "nowhere"}, "unit"),
            ({"area": "131099"}, "area"),
            ({"area": "13"}, "area"),
            ({"area": None}, "unit"),
            ({"email": "a@b@c"}, "email"),
            ({"email": "a@b\nBcc: c@d"}, "email"),
            ({"password": "short"}, "password"),
            ({"height": "180"}, "height"),
        ],
    )
    def test_what_does_not_fit(self, office: Office, changed: Any, field: str) -> None:
        assert self.faults(office, **changed) == [field]

    @pytest.mark.parametrize(
        ("successor", "words"),
        [
            ("131024104-PC", "“安平镇交警中队”已并入“安平镇派出所”，请改为“安平镇派出所”"),
            ("", "“安平镇交警中队”已停用，请改为其他单位"),
        ],
    )
    def test_nobody_is_put_into_a_unit_that_is_gone(
        self, office: Office, tmp_path: Path, successor: str, words: str
    ) -> None:
        gone = f"131024104-JJ,安平镇交警中队,站所,131024104,否,{successor}\n"
        with office.work(SYSTEM) as work:
            import_units(work, csv_of(tmp_path, f"代码,名称,类型,区划,启用,并入单位\n{gone}"))
        with office.work(SYSTEM) as work, pytest.raises(Invalid) as fault:
            examine(work, RAW | {"unit": "131024104-JJ"})
        assert fault.value.data["fields"] == {"unit": words}

    def test_every_fault_at_once(self, office: Office) -> None:
        faults = self.faults(office, username="张", unit="x", area="y", password="short")
        assert faults == ["username", "unit", "area", "password"]

    def test_a_field_given_empty_clears_what_stood_there(self, office: Office) -> None:
        with office.work(SYSTEM) as work:
            full = examine(work, RAW | {"phone": "13800000001", "email": "a@b"})
            assert save_people(work, [full]).added == 1
            assert save_people(work, [examine(work, RAW)]).unchanged == 1
            assert save_people(work, [examine(work, RAW | {"phone": "", "email": None})]).changed
        with office.look(SYSTEM) as look:
            row = look.tx.execute(
                select(Person.phone, Person.email).where(Person.username == "a1")
            ).one()
        assert row == ("", "")


class TestAccounts:
    def test_closed_and_opened_again(self, office: Office) -> None:
        admin = county.actor(office, "admin")
        with office.work(admin) as work:
            disable(work, "Clerk")
        assert not signs_in(office, "clerk")
        with office.work(admin) as work:
            enable(work, "clerk")
        assert signs_in(office, "clerk")

    def test_nobody_closes_their_own(self, office: Office) -> None:
        admin = county.actor(office, "admin")
        with pytest.raises(Invalid, match="不能停用自己"), office.work(admin) as work:
            disable(work, "admin")
        assert signs_in(office, "admin")

    def test_a_new_password_opens_a_lock(self, office: Office) -> None:
        for _attempt in range(5):
            assert not signs_in(office, "clerk", "wrong")
        with office.work(SYSTEM) as work:
            assert isinstance(sign_in(work, "clerk", county.PASSWORD, ""), LockedOut)
        with office.work(county.actor(office, "admin")) as work:
            set_password(work, "clerk", "Haomima-22")
        assert signs_in(office, "clerk", "Haomima-22")

    def test_unknown(self, office: Office) -> None:
        with pytest.raises(NotFound, match="没有用户“nobody”"), office.work(SYSTEM) as work:
            disable(work, "nobody")

    @pytest.mark.parametrize("command", [disable, enable])
    def test_only_the_administrator(self, office: Office, command: Any) -> None:
        with pytest.raises(NotPermitted), office.work(county.actor(office, "leader")) as work:
            command(work, "worker")
