"""The addresses of people and units other than e-mail: entered, changed, shown masked.

An address that is changed begins anew: what its predecessor failed at is forgotten. A webhook
gets a secret of its own, told once.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, delete, insert, select, update

from core.access.audit import audit
from core.access.desk import Look, Work
from core.errors import Invalid, NotFound
from core.now import now
from core.places.robots import robot
from core.rules.addresses import LABELS, ROBOTS, clean, masked, scheme
from core.rules.networks import allowed
from core.rules.permissions import Permission
from core.settings import Settings
from core.words import _
from core.words.kept import worded
from db.models import Address, MessageRow, Person, Unit

TEST = "test"
"""The template of a message that only shows that an address works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose address: exactly one of the two."""

    username: str = ""
    unit: str = ""

    @property
    def permission(self) -> Permission:
        """What one needs to change it."""
        return Permission.PEOPLE_MANAGE if self.username else Permission.PLACES_IMPORT


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressLine:
    """An address as it may be shown."""

    way: str
    shown: str
    """Masked."""
    changed_at: datetime
    rest_until: datetime | None
    """It failed, and is left in peace until then."""
    fault: str


def examine_address(settings: Settings, way: str, url: str) -> str:
    """The address as it is kept; names are resolved when something is sent, not now.

    Raises:
        Invalid: not such an address, or one in an inside network that is not listed.
    """
    kept = clean(way, url)
    if way == "robot":
        robot(kept)
    if (way == "webhook" or ROBOTS[scheme(kept)].own) and _inside(settings, kept):
        raise Invalid(
            _(
                "这个地址在内部网络里。确需使用的，"
                "请维护人员把它的网段写进 ONEDOOR_WEBHOOK_NETWORKS"
            ),
            field=way,
        )
    return kept


def _inside(settings: Settings, url: str) -> bool:
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        return not allowed("127.0.0.1" if host == "localhost" else host, settings.webhook_networks)
    except ValueError:
        return False  # a name


def addresses(look: Look, owner: Owner) -> list[AddressLine]:
    """The addresses of a person or a unit.

    Raises:
        NotPermitted: without the permission to change them.
        NotFound: no such person or unit.
    """
    look.actor.require(owner.permission)
    rows = look.tx.execute(select(Address).where(_whose(look, owner)).order_by(Address.way))
    return [
        AddressLine(
            way=r.way, shown=masked(r.way, r.url), changed_at=r.changed_at,
            rest_until=r.rest_until if r.rest_until and r.rest_until > now() else None,
            fault=worded(r.fault),
        )
        for r in rows
    ]  # fmt: skip


def set_address(work: Work, owner: Owner, way: str, url: str) -> str:
    """Enter an address or change it; empty takes it away. Returns a new webhook's secret.

    Raises:
        NotPermitted: without the permission.
        NotFound: no such person or unit.
        Invalid: not such an address.
    """
    work.actor.require(owner.permission)
    whose = _whose(work, owner)
    name = owner.username or owner.unit
    if not url.strip():
        gone = work.tx.execute(delete(Address).where(whose, Address.way == way)).rowcount
        if gone:
            audit(work, "address.remove", name, way=LABELS[way].message)
        return ""
    kept = examine_address(work.settings, way, url)
    same = work.tx.scalar(select(Address.id).where(whose, Address.way == way, Address.url == kept))
    if same is not None:
        return ""
    secret = _make_secret() if way == "webhook" else ""
    person, unit = _key(work, owner)
    work.tx.execute(delete(Address).where(whose, Address.way == way))
    work.tx.execute(
        insert(Address).values(
            id=work.office.new_id(), person_id=person, unit=unit, way=way, url=kept,
            secret=secret, changed_at=now(),
        )
    )  # fmt: skip
    audit(work, "address.save", name, address=masked(way, kept))
    return secret


def renew_secret(work: Work, owner: Owner) -> str:
    """A new secret for a webhook; told once, in force at once.

    Raises:
        NotPermitted, NotFound: as above; there is no webhook.
    """
    work.actor.require(owner.permission)
    secret = _make_secret()
    changed = work.tx.execute(
        update(Address)
        .where(_whose(work, owner), Address.way == "webhook")
        .values(secret=secret, changed_at=now())
    )
    if not changed.rowcount:
        raise NotFound(_("还没有填写推送接口"))
    audit(work, "address.secret", owner.username or owner.unit)
    return secret


def try_address(work: Work, owner: Owner, way: str) -> None:
    """Queue a message that shows whether an address works; it goes at once, rest or not.

    Raises:
        NotPermitted, NotFound: as above; there is no such address.
    """
    work.actor.require(owner.permission)
    found = work.tx.execute(
        update(Address)
        .where(_whose(work, owner), Address.way == way)
        .values(rest_until=None)
        .returning(Address.person_id, Address.unit)
    ).one_or_none()
    if found is None:
        raise NotFound(_("还没有填写这种地址"))
    at, number = now(), work.office.new_id()
    work.tx.execute(
        insert(MessageRow).values(
            id=number, county=work.world.root[:6], key=f"{TEST}:{number}", way=way,
            person_id=found.person_id or 0, unit=found.unit or "", case_id=None, number="",
            template=TEST, data={}, created_at=at, try_at=at, attempts=0, fault="",
        )
    )  # fmt: skip


def save_addresses(work: Work, column: str, given: Mapping[str, Mapping[str, str]]) -> int:
    """Addresses out of a table; returns how many changed.

    Args:
        column: `username` or `unit`.
        given: by username or unit code, what each way is to be; empty takes it away.
    """
    before = _known(work, column, list(given))
    changed = 0
    for name, ways in given.items():
        owner = Owner(username=name) if column == "username" else Owner(unit=name)
        for way, url in ways.items():
            if before.get((name, way), "") != url:
                set_address(work, owner, way, url)
                changed += 1
    return changed


def _known(look: Look, column: str, names: list[str]) -> dict[tuple[str, str], str]:
    """Address by owner's name and way, of those who have one."""
    if column == "username":
        query = select(Person.username, Address.way, Address.url).join(
            Person, Person.id == Address.person_id
        )
        query = query.where(Person.username.in_(names))
    else:
        query = select(Address.unit, Address.way, Address.url).where(Address.unit.in_(names))
    return {(name, way): url for name, way, url in look.tx.execute(query)}


def _make_secret() -> str:
    return secrets.token_hex(24)


def _key(look: Look, owner: Owner) -> tuple[int | None, str | None]:
    if owner.username:
        person = look.tx.scalar(select(Person.id).where(Person.username == owner.username))
        if person is not None:
            return person, None
    elif look.tx.scalar(select(Unit.code).where(Unit.code == owner.unit)) is not None:
        return None, owner.unit
    raise NotFound


def _whose(look: Look, owner: Owner) -> ColumnElement[bool]:
    person, unit = _key(look, owner)
    return Address.person_id == person if person is not None else Address.unit == unit
