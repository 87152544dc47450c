"""People with accounts."""

import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from secrets import token_urlsafe
from typing import Any

import bcrypt
from sqlalchemy import delete, select, update

from core.access.audit import audit
from core.access.desk import Work
from core.access.sessions import hash_password, named
from core.blueprint.store import places_changed
from core.errors import Invalid, NotFound
from core.places.bulk import Saved, save
from core.rules.areas import validate
from core.rules.forms import Field, tried
from core.rules.permissions import ROLES, STAFF_ROLES, Permission, Scope, scope_of
from core.words import _
from db.models import Person, SignIn

FIELDS = (
    Field(id="username", label={"zh_CN": "用户名", "en": "Username"}, max=64, required=True),
    Field(id="name", label={"zh_CN": "姓名", "en": "Name"}, max=40, required=True),
    Field(id="password", label={"zh_CN": "密码", "en": "Password"}, max=72),
    Field(
        id="roles",
        label={"zh_CN": "角色", "en": "Roles"},
        type="choices",
        choices={r: ROLES[r].label.message for r in STAFF_ROLES},
        required=True,
    ),
    Field(id="unit", label={"zh_CN": "单位", "en": "Unit"}, type="unit"),
    Field(id="area", label={"zh_CN": "区划", "en": "Area"}, type="area"),
    Field(id="phone", label={"zh_CN": "电话", "en": "Phone"}, type="phone"),
    Field(id="email", label={"zh_CN": "电子邮箱", "en": "E-mail"}, max=120),
)
_EMPTY: dict[str, Any] = {"unit": None, "area": None, "phone": "", "email": ""}
SHORTEST = 10
"""Characters of a password; GB/T 22239-2019 8.1.4.1 asks for complexity."""
_USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")


def password_rule() -> str:
    """What a password has to be, in a sentence."""
    return _("密码至少 {n} 位，并包含字母、数字、符号中的两种以上", n=SHORTEST)


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
        raise Invalid(password_rule(), field="password")
    return password


def examine(work: Work, raw: dict[str, Any]) -> dict[str, Any]:
    """A person as typed or imported, cleaned and known to fit the county.

    A field given empty comes back empty and clears what stood there; one that is not given is
    left out and changes nothing.

    Raises:
        Invalid: every faulty field by name.
    """
    checked, faults = tried(FIELDS, raw)
    values = {c: v for c, v in _EMPTY.items() if c in raw} | checked
    for name, fault in (
        ("username", _faulty_username(values.get("username"))),
        ("email", _faulty_email(values.get("email", ""))),
        ("unit", _faulty_unit(work, values)),
        ("area", _faulty_area(work, values.get("area"))),
        ("roles", _faulty_roles(work, values)),
    ):
        if fault and name not in faults:
            faults[name] = fault
    if values.get("password") is not None:
        try:
            check_strength(values["password"])
        except Invalid as fault:
            faults["password"] = fault.message
    if faults:
        raise Invalid.of(faults)
    return values


def _faulty_username(username: str | None) -> str:
    if username and not _USERNAME.fullmatch(username):
        return _("用户名只能用英文字母、数字和 . _ -，并以字母或数字开头")
    return ""


def _faulty_email(email: str) -> str:
    return "" if not email or _EMAIL.fullmatch(email) else _("电子邮箱格式不对")


def _faulty_unit(work: Work, values: dict[str, Any]) -> str:
    unit = values.get("unit")
    if unit or not values.get("roles"):  # which roles are meant is said first
        return work.world.units.why_gone(unit) if unit else ""
    scope = scope_of(tuple(values["roles"]))
    if scope is Scope.UNIT:
        return _("请填写单位，否则看不到任何诉求")
    if scope is not Scope.NONE and not values.get("area"):
        return _("请填写单位或区划，否则看不到任何诉求")
    return ""


def _faulty_area(work: Work, area: str | None) -> str:
    if not area:
        return ""
    try:
        return "" if validate(area) in work.world.areas else _("没有区划“{area}”", area=area)
    except Invalid as fault:
        return fault.message


def _faulty_roles(work: Work, values: dict[str, Any]) -> str:
    own = values.get("username") == work.actor.username and "admin" in work.actor.roles
    if own and "admin" not in values.get("roles", ("admin",)):
        return _("不能取消自己的管理员角色，请由另一位管理员来改")
    return ""


def save_people(work: Work, people: Sequence[dict[str, Any]], *, rounds: int = 12) -> Saved:
    """Add people, or change those whose username exists; passwords only where given.

    A changed password ends the person's sessions; one that is the same already changes nothing.

    Args:
        people: values from `examine`; fields that they lack stay as they are.
        rounds: cost of the hash; each step doubles the time (12: a quarter of a second).
    """
    work.actor.require(Permission.PEOPLE_MANAGE)
    given = {p["username"]: p["password"] for p in people if p.get("password") is not None}
    kept = _hashes(work, [p["username"] for p in people])
    hashes = _hashed(given, kept, rounds)
    blank = hash_password(token_urlsafe(32), 4)  # a password that nobody knows: not signed in with
    total = Saved()
    for columns, same in _by_columns(people).items():
        rows = [
            {
                "id": work.office.new_id() if p["username"] not in kept else 0,
                "username": p["username"],
                "password_hash": hashes.get(p["username"]) or kept.get(p["username"], blank),
            }
            | {c: p.get(c) for c in columns}
            for p in same
        ]
        total += save(work.tx, Person, rows, key="username", keep=("id",))
    _end_sessions(work, [u for u in hashes if u in kept])
    if total.touched:
        audit(work, "people.save", "、".join(p["username"] for p in people[:20]), n=total.touched)
    return total


def _by_columns(people: Iterable[dict[str, Any]]) -> dict[tuple[str, ...], list[dict[str, Any]]]:
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for person in people:
        columns = tuple(sorted(set(person) - {"username", "password"}))
        groups.setdefault(columns, []).append(person)
    return groups


def _hashes(work: Work, usernames: list[str]) -> dict[str, str]:
    """Password hash by username, of those who exist."""
    query = select(Person.username, Person.password_hash).where(Person.username.in_(usernames))
    return {name: kept for name, kept in work.tx.execute(query)}  # noqa: C416 (rows are no pairs to pyright)


def _hashed(given: dict[str, str], kept: dict[str, str], rounds: int) -> dict[str, str]:
    """New hashes of the passwords that are not in force already; each hashed once."""
    with ThreadPoolExecutor() as pool:  # bcrypt lets other threads run meanwhile
        same = pool.map(lambda u: _fits(given[u], kept.get(u)), given)
        new = {u: given[u] for u, fits in zip(given, same, strict=True) if not fits}
        distinct = list(dict.fromkeys(new.values()))
        made = dict(
            zip(distinct, pool.map(partial(hash_password, rounds=rounds), distinct), strict=True)
        )
    return {u: made[password] for u, password in new.items()}


def _fits(password: str, hashed: str | None) -> bool:
    return hashed is not None and bcrypt.checkpw(password.encode()[:72], hashed.encode())


def _end_sessions(work: Work, usernames: list[str]) -> None:
    if usernames:
        people = select(Person.id).where(Person.username.in_(usernames))
        work.tx.execute(delete(SignIn).where(SignIn.person_id.in_(people)))


def set_password(work: Work, username: str, password: str) -> None:
    """Give somebody a new password; their sessions end and a lock opens."""
    put_password(work, _person(work, username), check_strength(password))
    audit(work, "people.password", username)


def put_password(work: Work, person: int, password: str) -> None:
    """Store the password of somebody who may have it; their sessions end and a lock opens."""
    values = {"password_hash": hash_password(password), "failures": 0, "locked_until": None}
    work.tx.execute(update(Person).where(Person.id == person).values(values))
    work.tx.execute(delete(SignIn).where(SignIn.person_id == person))


def disable(work: Work, username: str) -> None:
    """Close an account; its sessions end at once, its history stays.

    Raises:
        Invalid: one's own account.
    """
    person = _person(work, username)
    if person == work.actor.person:
        raise Invalid(_("不能停用自己的账号"), field="username")
    work.tx.execute(update(Person).where(Person.id == person).values(active=False))
    places_changed(work.tx)
    work.tx.execute(delete(SignIn).where(SignIn.person_id == person))
    audit(work, "people.disable", username)


def enable(work: Work, username: str) -> None:
    """Open a closed account again, with the password it had."""
    person = _person(work, username)
    work.tx.execute(
        update(Person).where(Person.id == person).values(active=True, failures=0, locked_until=None)
    )
    places_changed(work.tx)
    audit(work, "people.enable", username)


def _person(work: Work, username: str) -> int:
    work.actor.require(Permission.PEOPLE_MANAGE)
    found = work.tx.scalar(
        select(Person.id).where(named(username)).order_by(Person.username != username).limit(1)
    )
    if found is None:
        raise NotFound(_("没有用户“{username}”", username=username[:64]))
    return found
