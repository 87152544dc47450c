"""One account at a time, as an administrator changes it: added, changed, given a password."""

from typing import Any

from sqlalchemy import exists, select

from core.access.desk import Work
from core.errors import Invalid
from core.places.imports.accounts import make_password
from core.places.people import examine, save_people, set_password
from core.rules.permissions import Permission
from core.words import _
from db.models import Person


def add(work: Work, raw: dict[str, Any]) -> str:
    """Open an account; returns its password, made here where none is given, told this once.

    Raises:
        NotPermitted: without `people:manage`.
        Invalid: every faulty field by name; a username that somebody has.
    """
    work.actor.require(Permission.PEOPLE_MANAGE)
    values = examine(work, raw)
    username = values["username"]
    if work.tx.scalar(select(exists().where(Person.username == username))):
        raise Invalid(_("用户名“{username}”已经有人用了", username=username), field="username")
    password = values.get("password") or make_password()
    save_people(work, [values | {"password": password}])
    return password


def change(work: Work, username: str, raw: dict[str, Any]) -> bool:
    """Change what is given of somebody; empty clears. Says whether anything changed.

    Raises:
        NotPermitted: without `people:manage`.
        Invalid: every faulty field by name.
    """
    work.actor.require(Permission.PEOPLE_MANAGE)
    values = examine(work, raw | {"username": username})
    return bool(save_people(work, [values]).touched)


def renew(work: Work, username: str, password: str = "") -> str:
    """A new password, made here where none is given; told this once, sessions end.

    Raises:
        NotPermitted: without `people:manage`.
        NotFound: nobody has this username.
        Invalid: too weak.
    """
    chosen = password or make_password()
    set_password(work, username, chosen)
    return chosen
