"""One account at a time: added, changed, given a password by an administrator; its own password."""

from typing import Any

from sqlalchemy import select

from core.access.audit import audit
from core.access.desk import Work
from core.access.sessions import WrongPassword, identify, named
from core.errors import Invalid, NotSignedIn
from core.places.imports.accounts import make_password
from core.places.people import check_strength, examine, put_password, save_people, set_password
from core.rules.permissions import Permission
from core.words import _, lazy
from db.models import Person


def add(work: Work, raw: dict[str, Any]) -> str:
    """Open an account; returns its password, made here where none is given, told this once.

    Raises:
        NotPermitted: without `people:manage`.
        Invalid: every faulty field by name; a username that somebody has.
    """
    work.actor.require(Permission.PEOPLE_MANAGE)
    values = examine(work, raw)
    taken = work.tx.scalar(select(Person.username).where(named(values["username"])).limit(1))
    if taken is not None:
        raise Invalid(_("用户名“{username}”已经有人用了", username=taken), field="username")
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


def change_own(work: Work, present: str, chosen: str) -> NotSignedIn | None:
    """A new password for whoever asks and knows the present one; all their sessions end.

    A refusal is returned, not raised, so that the failure it counted is committed: guessing here
    locks the account as it does at the door.

    Raises:
        NotSignedIn: nobody asks.
        Invalid: too weak, or the same as before.
    """
    if work.actor.person is None:
        raise NotSignedIn
    check_strength(chosen)
    if chosen == present:
        raise Invalid(_("新密码不能和原密码相同"), field="password")
    found = identify(work, work.actor.username, present)
    if isinstance(found, WrongPassword):
        return WrongPassword(lazy("原密码不正确"))
    if isinstance(found, NotSignedIn):
        return found
    put_password(work, work.actor.person, chosen)
    audit(work, "people.password.own", work.actor.username)
    return None
