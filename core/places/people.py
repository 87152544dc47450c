"""People with accounts."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from core.access.audit import audit
from core.access.desk import Work
from core.access.sessions import hash_password
from core.errors import Invalid, NotFound
from core.rules.areas import validate
from core.rules.forms import Field, check
from core.rules.permissions import STAFF_ROLES, Permission
from core.words import _
from db.models import Person, SignIn

FIELDS = (
    Field(id="username", label="用户名", max=64, required=True),
    Field(id="name", label="姓名", max=40, required=True),
    Field(id="password", label="密码", max=72),
    Field(
        id="roles", label="角色", type="choices", choices={r: r for r in STAFF_ROLES}, required=True
    ),
    Field(id="unit", label="单位", type="unit"),
    Field(id="area", label="区划", type="area"),
    Field(id="phone", label="电话", type="phone"),
    Field(id="email", label="电子邮箱", max=120),
)
SHORTEST = 10
"""Characters of a password; GB/T 22239-2019 8.1.4.1 asks for complexity."""


def check_strength(password: str) -> str:
    """The password itself.

    Raises:
        Invalid: too short or of one kind of character.
    """
    kinds = sum(
        any(test(c) for c in password)
        for test in (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
    )
    if len(password) < SHORTEST or kinds < 2:
        raise Invalid(
            _("密码至少 {n} 位，并包含字母、数字、符号中的两种以上", n=SHORTEST), field="password"
        )
    return password


def examine(work: Work, raw: dict[str, Any]) -> dict[str, Any]:
    """A person as typed or imported, cleaned and known to fit the county.

    Raises:
        Invalid: every faulty field by name.
    """
    world = work.world
    values = check(FIELDS, raw)
    faults: dict[str, Any] = {}
    if values.get("unit") and values["unit"] not in world.units.units:
        faults["unit"] = _("没有单位“{unit}”", unit=values["unit"])
    if values.get("area") and validate(values["area"]) not in world.areas:
        faults["area"] = _("没有区划“{area}”", area=values["area"])
    if "@" not in values.get("email", "@"):
        faults["email"] = _("电子邮箱格式不对")
    if not values["username"].replace(".", "").replace("_", "").replace("-", "").isalnum():
        faults["username"] = _("用户名只能用字母、数字和 . _ -")
    if not (values.get("unit") or values.get("area")) and set(values["roles"]) - {
        "admin",
        "auditor",
    }:
        faults["unit"] = _("请填写单位或区划，否则看不到任何诉求")
    if faults:
        raise Invalid.of(faults)
    return values


def save_people(work: Work, people: Sequence[dict[str, Any]], *, rounds: int = 12) -> int:
    """Add people, or change those whose username exists; passwords only where given.

    Args:
        people: values from `examine`; the same password is hashed only once.
    """
    work.actor.require(Permission.PEOPLE_MANAGE)
    hashes: dict[str, str] = {}
    rows = []
    for values in people:
        password = values.get("password")
        if password is not None and password not in hashes:
            hashes[password] = hash_password(check_strength(password), rounds)
        rows.append(
            {
                "id": work.office.new_id(),
                "username": values["username"],
                "name": values["name"],
                "password_hash": hashes.get(password or "", "!"),
                "roles": values["roles"],
                "unit": values.get("unit"),
                "area": values.get("area"),
                "phone": values.get("phone", ""),
                "email": values.get("email", ""),
            }
        )
    if rows:
        statement = insert(Person)
        new = statement.excluded
        changed: dict[str, Any] = {
            c: new[c] for c in ("name", "roles", "unit", "area", "phone", "email")
        }
        kept = Person.password_hash
        changed["password_hash"] = _unless_empty(new["password_hash"], kept)
        work.tx.execute(
            statement.on_conflict_do_update(index_elements=["username"], set_=changed), rows
        )
        audit(work, "people.save", "", n=len(rows))
    return len(rows)


def _unless_empty(new: Any, kept: Any) -> Any:
    return case((new == "!", kept), else_=new)


def set_password(work: Work, username: str, password: str) -> None:
    """Give somebody a new password; their sessions end."""
    person = _person(work, username)
    work.tx.execute(
        update(Person)
        .where(Person.id == person)
        .values(
            password_hash=hash_password(check_strength(password)), failures=0, locked_until=None
        )
    )
    work.tx.execute(delete(SignIn).where(SignIn.person_id == person))
    audit(work, "people.password", username)


def disable(work: Work, username: str) -> None:
    """Close an account; its sessions end at once, its history stays."""
    person = _person(work, username)
    work.tx.execute(update(Person).where(Person.id == person).values(active=False))
    work.tx.execute(delete(SignIn).where(SignIn.person_id == person))
    audit(work, "people.disable", username)


def _person(work: Work, username: str) -> int:
    work.actor.require(Permission.PEOPLE_MANAGE)
    found = work.tx.scalar(select(Person.id).where(Person.username == username))
    if found is None:
        raise NotFound(_("没有用户“{username}”", username=username[:64]))
    return found
