"""Invented people: one account per role to sign in with, and everybody else who works there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core.access.actor import Actor
from core.access.desk import Look
from core.blueprint.world import World
from core.cases.replay import Cast
from core.rules.permissions import ROLES
from core.rules.units import UnitMap
from core.words import Text, lazy
from db.models import Person

PASSWORD = "Xianghe-2026"  # noqa: S105 (of a county that does not exist, printed at start)
QUERY_CODE = "135790"
"""With it a demo case's own page opens, as it does for the resident who handed it in."""

TOWNSHIP, GRID, HANDLER_UNIT = "131024104", "131024104201001", "131024-ZJ"
"""Where the accounts work: Anping, the first grid of Wangjiabai, the housing bureau."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody to sign in as."""

    username: str
    name: str
    roles: tuple[str, ...]
    unit: str | None
    area: str | None
    sees: Text
    """What to look at first."""

    @property
    def role(self) -> str:
        """The role's label."""
        return "、".join(str(ROLES[r].label) for r in self.roles)


ACCOUNTS: tuple[Account, ...] = (
    Account("clerk", "张某", ("clerk",), f"{TOWNSHIP}-C", None, lazy("登记新诉求，查找群众")),
    Account(
        "dispatcher", "李某", ("dispatcher",), f"{TOWNSHIP}-C", None,
        lazy("调度看板：没人接的在最上面"),
    ),
    Account("county", "王某", ("dispatcher",), "131024-C", None, lazy("全县的调度看板")),
    Account("worker", "赵某", ("grid_worker",), GRID, None, lazy("我的任务（手机上看）")),
    Account("gridleader", "钱某", ("grid_leader",), f"{TOWNSHIP}-C", None, lazy("各网格的任务")),
    Account("handler", "孙某", ("handler",), HANDLER_UNIT, None, lazy("待办：先到期的在前")),
    Account("head", "周某", ("head",), HANDLER_UNIT, None, lazy("本单位的诉求和统计")),
    Account("supervisor", "吴某", ("supervisor",), "131024-C", None, lazy("督查：哪里超期了")),
    Account("leader", "郑某", ("leader",), "131024-C", None, lazy("热点、超期和批示")),
    Account("deputy", "冯某", ("deputy",), None, TOWNSHIP, lazy("身边刚办结的诉求")),
    Account("analyst", "陈某", ("analyst",), None, "131024", lazy("统计：分子、分母、走势")),
    Account("admin", "褚某", ("admin",), None, None, lazy("配置、人员、单位")),
    Account("auditor", "卫某", ("auditor",), None, None, lazy("审计记录")),
)  # fmt: skip

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_STAFF = {
    "centre": (("dispatcher",), ("clerk",), ("grid_leader",)),
    "department": (("handler",), ("head",)),
    "station": (("handler",), ("head",)),
    "grid": (("grid_worker",),),
}
"""Who works in a unit of each kind."""


def everybody(units: UnitMap) -> Iterator[dict[str, Any]]:
    """The accounts, then the people of every unit, who have no password and never sign in."""
    taken: set[tuple[str | None, tuple[str, ...]]] = set()
    for account in ACCOUNTS:
        taken.add((account.unit, account.roles))
        yield _person(account.username, account.name, account.roles, account.unit, account.area)
    n = 0
    for unit in units.units.values():
        for roles in _STAFF.get(unit.kind, ()):
            if (unit.code, roles) not in taken:
                name = f"{SURNAMES[n % len(SURNAMES)]}某"
                yield _person(f"{roles[0]}.{unit.code}", name, roles, unit.code, None)
                n += 1


def _person(
    username: str, name: str, roles: Iterable[str], unit: str | None, area: str | None
) -> dict[str, Any]:
    given = {"password": PASSWORD} if "." not in username else {}
    return {"username": username, "name": name, "roles": [*roles], "unit": unit, "area": area,
            "phone": "", "email": "", **given}  # fmt: skip


def cast_of(look: Look, world: World) -> Cast:
    """The county's people by role and unit; whoever is missing is on leave and represented."""
    known: dict[tuple[str, str], Actor] = {}
    query = select(Person.id, Person.username, Person.name, Person.roles, Person.unit, Person.area)
    for row in look.tx.execute(query.order_by(Person.id)):
        unit = world.units.units.get(row.unit or "")
        for role in row.roles:
            actor = Actor(
                roles=(role,),
                name=row.name,
                person=row.id,
                username=row.username,
                unit=row.unit,
                unit_name=unit.name if unit else "",
                units=world.units.answers_for(row.unit) if row.unit else (),
                area=row.area or (unit.area if unit else None),
            )
            known.setdefault((role, row.unit or ""), actor)

    def cast(role: str, unit: str) -> Actor:
        found = known.get((role, unit))
        if found is None:
            there = world.units.units.get(unit)
            found = known[role, unit] = Actor(
                roles=(role,),
                name="值班员",
                unit=unit,
                unit_name=world.units.name(unit),
                units=world.units.answers_for(unit),
                area=there.area if there else world.root,
            )
        return found

    return cast
