"""Who acts: the one value that pages, API, jobs and tests hand down."""

from dataclasses import dataclass
from functools import cached_property

from core.rules.areas import contains, scope
from core.rules.permissions import Permission, Scope, permissions_of, require, scope_of
from db.session import RowScope


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A person, a resident with number and code, or the system."""

    roles: tuple[str, ...]
    name: str = ""
    person: int | None = None
    username: str = ""
    unit: str | None = None
    unit_name: str = ""
    units: tuple[str, ...] = ()
    """The unit and those below it: whose work is the person's."""
    lineage: tuple[str, ...] = ()
    """The unit and those it is a part of: an appeal about any of these stays hidden."""
    area: str | None = None
    locale: str = "zh_CN"
    number: str = ""
    code_hash: str = ""

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Everything that the person's roles may."""
        return permissions_of(self.roles)

    @cached_property
    def scope(self) -> Scope:
        """How the person's cases are bounded."""
        return scope_of(self.roles)

    @cached_property
    def row_scope(self) -> RowScope:
        """The same bound, as the database enforces it."""
        lo, hi = scope(self.area) if self.area else ("", "")
        return RowScope(
            by=str(self.scope),
            lo=lo,
            hi=hi,
            units=self.units if self.scope in (Scope.UNIT, Scope.BOTH) else self.units[:1],
            lineage=self.lineage or self.units[:1],
            person=self.person,
            number=self.number,
            code_hash=self.code_hash,
        )

    def require(self, permission: Permission) -> None:
        """Raise `NotPermitted`, in words, unless the person has it."""
        require(self.permissions, permission)

    def covers(self, area: str) -> bool:
        """Whether `area` lies in the person's own."""
        return self.scope is Scope.ALL or (self.area is not None and contains(self.area, area))


SYSTEM = Actor(roles=("system",), name="系统")
"""Jobs, and what the workflow does by itself."""

DOOR = Actor(roles=("door",), name="群众")
"""Somebody at the resident's door: may hand an appeal in, and read nothing."""

NOBODY = Actor(roles=())
"""Before it is known who asks."""


def resident(number: str, code_hash: str) -> Actor:
    """Whoever holds a case's number and query code."""
    return Actor(roles=("resident",), name="群众", number=number, code_hash=code_hash)
