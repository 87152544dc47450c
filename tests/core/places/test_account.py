"""One account at a time: added, changed, given a password."""

from typing import Any

import pytest
from sqlalchemy import select

from core.access.actor import NOBODY, SYSTEM
from core.access.desk import Office
from core.access.sessions import Opened, open_session, sign_in, who
from core.errors import Invalid, NotFound, NotPermitted, NotSignedIn
from core.places.account import add, change, change_own, renew
from core.places.directory import PersonLine, person
from db.models import AuditRow
from tests.support import county

NEW = {"username": "lin", "name": "林某", "roles": ["handler"], "unit": "131024-ZJ"}


def admin(office: Office) -> Any:
    return office.work(county.actor(office, "admin"))


def one(office: Office, username: str) -> PersonLine:
    with office.look(county.actor(office, "admin")) as look:
        return person(look, username)


def signs_in(office: Office, username: str, password: str) -> bool:
    with office.work(SYSTEM) as work:
        return isinstance(sign_in(work, username, password, ""), Opened)


class TestAdding:
    def test_makes_a_password_that_signs_in(self, office: Office) -> None:
        with admin(office) as work:
            password = add(work, NEW)
        assert len(password) >= 10
        assert signs_in(office, "lin", password)
        assert one(office, "lin").roles == ("handler",)

    def test_takes_a_password_that_is_given(self, office: Office) -> None:
        with admin(office) as work:
            assert add(work, NEW | {"password": "Ceshi-2027!"}) == "Ceshi-2027!"
        assert signs_in(office, "lin", "Ceshi-2027!")

    @pytest.mark.parametrize("username", ["clerk", "Clerk"])
    def test_never_takes_over_an_account_that_there_is(self, office: Office, username: str) -> None:
        with admin(office) as work, pytest.raises(Invalid, match="“clerk”已经有人用了") as refused:
            add(work, NEW | {"username": username})
        assert refused.value.field == "username"
        assert one(office, "clerk").name == "张某"
        assert signs_in(office, "clerk", county.PASSWORD)

    def test_names_every_faulty_field(self, office: Office) -> None:
        raw = {"username": "林", "name": "", "roles": [], "unit": None, "email": "x"}
        with admin(office) as work, pytest.raises(Invalid) as refused:
            add(work, raw)
        assert set(refused.value.data["fields"]) == {"username", "name", "roles", "email"}
        with admin(office) as work, pytest.raises(Invalid) as refused:
            add(work, NEW | {"username": "林", "unit": "nowhere", "email": "x"})
        assert set(refused.value.data["fields"]) == {"username", "unit", "email"}


class TestChanging:
    def test_changes_what_is_given_and_keeps_the_password(self, office: Office) -> None:
        raw = {"name": "张一", "roles": ["clerk", "dispatcher"], "unit": "131024-C"}
        with admin(office) as work:
            assert change(work, "clerk", raw)
        found = one(office, "clerk")
        assert (found.name, found.roles, found.unit) == (
            "张一",
            ("clerk", "dispatcher"),
            "131024-C",
        )
        assert signs_in(office, "clerk", county.PASSWORD)

    def test_empty_clears(self, office: Office) -> None:
        raw = {"name": "沈某", "roles": ["deputy"], "area": "131024", "unit": None}
        with admin(office) as work:
            change(work, "deputy", raw | {"phone": "13900001111"})
        with admin(office) as work:
            change(work, "deputy", raw | {"phone": ""})
        assert one(office, "deputy").phone == ""

    def test_says_when_nothing_changed(self, office: Office) -> None:
        raw = {"name": "张某", "roles": ["clerk"], "unit": "131024104-C"}
        with admin(office) as work:
            assert not change(work, "clerk", raw)

    def test_nobody_takes_the_role_from_themselves(self, office: Office) -> None:
        with admin(office) as work, pytest.raises(Invalid) as refused:
            change(work, "admin", {"name": "杨某", "roles": ["auditor"]})
        assert set(refused.value.data["fields"]) == {"roles"}


class TestANewPassword:
    def test_is_made_where_none_is_given(self, office: Office) -> None:
        with admin(office) as work:
            made = renew(work, "clerk")
        assert signs_in(office, "clerk", made)
        assert not signs_in(office, "clerk", county.PASSWORD)

    def test_may_be_given_if_it_is_strong(self, office: Office) -> None:
        with admin(office) as work, pytest.raises(Invalid, match="密码至少"):
            renew(work, "clerk", "short")
        with admin(office) as work:
            renew(work, "clerk", "Ceshi-2027!")
        assert signs_in(office, "clerk", "Ceshi-2027!")

    def test_is_for_people_that_there_are(self, office: Office) -> None:
        with admin(office) as work, pytest.raises(NotFound):
            renew(work, "nobody")


class TestTheirOwn:
    def change(self, office: Office, present: str, chosen: str) -> str:
        with office.work(county.actor(office, "clerk")) as work:
            refused = change_own(work, present, chosen)
        return refused.message if refused else ""

    def test_is_changed_by_whoever_knows_the_present_one(self, office: Office) -> None:
        with office.work(NOBODY) as work:
            token = open_session(work, county.actor(office, "clerk")).token
        assert self.change(office, county.PASSWORD, "Ceshi-2027!") == ""
        assert signs_in(office, "clerk", "Ceshi-2027!")
        assert not signs_in(office, "clerk", county.PASSWORD)
        with office.look(NOBODY) as look, pytest.raises(NotSignedIn):
            who(look, token)
        with office.look(SYSTEM) as look:
            kept = look.tx.scalars(select(AuditRow.what)).all()
        assert kept.count("people.password.own") == 1

    @pytest.mark.parametrize(
        ("chosen", "words"), [("short", "密码至少 10 位"), (county.PASSWORD, "不能和原密码相同")]
    )
    def test_has_to_be_strong_and_new(self, office: Office, chosen: str, words: str) -> None:
        with pytest.raises(Invalid, match=words):
            self.change(office, county.PASSWORD, chosen)
        assert signs_in(office, "clerk", county.PASSWORD)

    def test_guessing_the_present_one_locks_the_account(self, office: Office) -> None:
        said = [self.change(office, "Falsch-2026!", "Ceshi-2027!") for _try in range(5)]
        assert said[0] == "原密码不正确"
        assert "账号已锁定" in said[-1]
        assert not signs_in(office, "clerk", county.PASSWORD)

    def test_nobody_has_none(self, office: Office) -> None:
        with office.work(NOBODY) as work, pytest.raises(NotSignedIn):
            change_own(work, county.PASSWORD, "Ceshi-2027!")


@pytest.mark.parametrize("username", ["auditor", "leader", "clerk"])
def test_is_the_administrators_alone(office: Office, username: str) -> None:
    with office.work(county.actor(office, username)) as work:
        for step in (
            lambda: add(work, NEW),
            lambda: change(work, "clerk", NEW),
            lambda: renew(work, "clerk"),
        ):
            with pytest.raises(NotPermitted):
                step()
