"""Import of people with accounts."""

import secrets
from collections.abc import Callable
from itertools import islice
from typing import Any

from sqlalchemy import select

from core.access.desk import Work
from core.blueprint.schema import Blueprint
from core.errors import Invalid
from core.places.bulk import Saved
from core.places.find import Finder
from core.places.imports import ways
from core.places.imports.units import split_list
from core.places.people import examine, save_people
from core.places.report import Checking, Progress, Report
from core.places.sheets import Source
from core.places.tables import Column, Row, open_table
from core.rules.permissions import ROLES, STAFF_ROLES, Permission
from core.words import _, speaking
from db.models import Person

COLUMNS = (
    Column("username", ("用户名", "账号", "登录名", "帐号"), required=True),
    Column("name", ("姓名", "名字"), required=True),
    Column("roles", ("角色", "岗位", "role"), required=True),
    Column("unit", ("单位", "所属单位", "部门", "单位代码")),
    Column("area", ("区划", "辖区", "所属区划", "区划代码")),
    Column("phone", ("电话", "手机", "手机号", "联系电话")),
    Column("email", ("电子邮箱", "邮箱", "邮件", "e-mail")),
    Column("password", ("密码", "初始密码")),
    *ways.COLUMNS,
)
BATCH = 500
_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that look alike on paper: l, I, 1, o, O, 0, i."""
ROUNDS = 5
"""Cost of the hash of a password made here: 70 random bits need no slow hash, and six
thousand grid workers are imported in seconds. A password that a person chooses gets 12."""


def make_password() -> str:
    """A random password in three groups, about 70 bits: Xk4m-wT9r-Hq2z."""
    groups = ["".join(secrets.choice(_LETTERS) for _n in range(4)) for _g in range(3)]
    return "-".join(groups)


def role_names(blueprint: Blueprint) -> dict[str, str]:
    """Every way to say a role: its code, its label in all languages, the county's own name."""
    names = {role: role for role in STAFF_ROLES}
    for role in STAFF_ROLES:
        for language in ("zh_CN", "en"):
            with speaking(language):
                names.setdefault(str(ROLES[role].label).casefold(), role)
        label = blueprint.roles.get(role, "")
        for text in (label,) if isinstance(label, str) else label.values():
            names.setdefault(text.casefold(), role)
    return names


def import_people(work: Work, file: Source, progress: Progress | None = None) -> Report:
    """Add people, or change those whose username exists; columns that the table lacks stay.

    New people without a password get one, told once in `Report.passwords`.

    Raises:
        NotPermitted: without `people:manage`.
        Invalid: not such a table.
    """
    work.actor.require(Permission.PEOPLE_MANAGE)
    find, roles = Finder(work.world), role_names(work.world.blueprint)
    taken = {name.lower(): name for name in work.tx.scalars(select(Person.username))}
    passwords: dict[str, str] = {}
    saved = Saved()
    with open_table(file, COLUMNS) as table:
        checking, reach = Checking(table, COLUMNS, progress), ways.Ways(work, table)
        people = (
            person
            for _row, person in checking.good(
                lambda row: _person(work, checking, find, roles, taken, reach, row)
            )
        )
        while batch := list(islice(people, BATCH)):
            made, chosen = _without_password(work, batch)
            saved += save_people(work, chosen) if chosen else Saved()
            saved += save_people(work, made, rounds=ROUNDS) if made else Saved()
            passwords |= {p["username"]: p["password"] for p in made}
        changed = reach.save("username")
        return checking.report(
            saved.touched, saved.unchanged, passwords=passwords, addresses=changed
        )


def _person(
    work: Work,
    checking: Checking,
    find: Finder,
    roles: dict[str, str],
    taken: dict[str, str],
    reach: ways.Ways,
    row: Row,
) -> dict[str, Any]:
    words = split_list(row["roles"])
    faults: dict[str, Any] = {}
    if unknown := [w for w in words if w.casefold() not in roles]:
        faults["roles"] = _("没有角色“{role}”", role=_("、").join(unknown)[:60])
    has = checking.table.headers

    def found(column: str, find: Callable[[], str]) -> str:
        try:
            return find()
        except Invalid as fault:
            faults.update(fault.data["fields"])
            return row[column]

    raw: dict[str, Any] = {
        "username": row["username"],
        "name": found("name", lambda: checking.text(row, "name", 40)),
        "roles": [roles[w.casefold()] for w in words if w not in unknown],
        "password": row["password"],
    }
    raw |= {c: row[c] for c in ("phone", "email") if c in has}
    if "unit" in has:
        unit = row["unit"]
        raw["unit"] = found("unit", lambda: find.unit(unit, "unit")) if unit else None
    if "area" in has:
        area = row["area"]
        raw["area"] = found("area", lambda: find.area(area, "area")) if area else None
    try:
        person = examine(work, raw)
    except Invalid as fault:
        raise Invalid.of({**fault.data["fields"], **faults}) from None
    if faults:
        raise Invalid.of(faults)
    username = person["username"]
    theirs = taken.get(username.lower(), username)
    if theirs != username:
        raise Invalid(
            _("已有用户名“{username}”，请写成一样的大小写", username=theirs), field="username"
        )
    checking.once(row, "username", username.lower())
    reach.read(row, username)
    return person


def _without_password(
    work: Work, batch: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """New people who were given none, now with one; and the others."""
    names = [p["username"] for p in batch if "password" not in p]
    query = select(Person.username).where(Person.username.in_(names))
    new = set(names) - set(work.tx.scalars(query))
    made = [p | {"password": make_password()} for p in batch if p["username"] in new]
    return made, [p for p in batch if p["username"] not in new]
