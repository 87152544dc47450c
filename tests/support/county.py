"""A small county for tests: one prefecture, one county, two townships, invented people."""

from core.access.actor import SYSTEM, Actor
from core.access.desk import Office
from core.blueprint.store import read_yaml
from core.blueprint.world import Place
from core.places.people import examine, save_people
from core.places.setup import set_up

AREAS = [
    Place("131000", "廊坊市", None, "prefecture"),
    Place("131024", "香河县", "131000", "county"),
    Place("131024104", "安平镇", "131024", "township"),
    Place("131024104201", "王家摆村", "131024104", "village"),
    Place("131024104201001", "王家摆第一网格", "131024104201", "grid"),
    Place("131024100", "淑阳镇", "131024", "township"),
    Place("131024100201", "北街村", "131024100", "village"),
    Place("131024100201001", "北街第一网格", "131024100201", "grid"),
]
GRID, VILLAGE, TOWNSHIP, COUNTY = (
    "131024104201001", "131024104201", "131024104", "131024",
)  # fmt: skip
PASSWORD = "Ceshi-2026!"
PEOPLE = [
    ("clerk", "张某", ["clerk"], "131024104-C", None),
    ("dispatcher", "李某", ["dispatcher"], "131024104-C", None),
    ("county", "王某", ["dispatcher"], "131024-C", None),
    ("worker", "赵某", ["grid_worker"], GRID, None),
    ("gridhead", "钱某", ["grid_leader"], "131024104-C", None),
    ("police", "孙某", ["handler"], "131024104-PC", None),
    ("traffic", "周某", ["handler"], "131024104-JJ", None),
    ("enforce", "吴某", ["handler"], "131024104-ZF", None),
    ("enforcehead", "郑某", ["head"], "131024104-ZF", None),
    ("housing", "冯某", ["handler"], "131024-ZJ", None),
    ("land", "陈某", ["handler"], "131024-ZR", None),
    ("other", "褚某", ["dispatcher"], "131024100-C", None),
    ("supervisor", "卫某", ["supervisor"], "131024-C", None),
    ("leader", "蒋某", ["leader"], "131024-C", None),
    ("deputy", "沈某", ["deputy"], None, "131024"),
    ("analyst", "韩某", ["analyst"], None, "131024"),
    ("admin", "杨某", ["admin"], None, None),
    ("auditor", "朱某", ["auditor"], None, None),
    # Of units that only some of the counties have.
    ("safety", "尤某", ["handler"], "131024104-AJ", None),
    ("landstation", "许某", ["handler"], "131024104-ZR", None),
    ("netleader", "秦某", ["grid_leader"], "131024104201-WZ", None),
    ("volunteer", "何某", ["handler"], "131024104-ZY", None),
]


def found(office: Office, blueprint: str = "langfang") -> None:
    """Set the small county up on an empty database."""
    with office.work(SYSTEM) as work:
        set_up(work, read_yaml(blueprint), AREAS)
    with office.work(SYSTEM) as work:
        people = [
            {"username": u, "name": n, "roles": r, "password": PASSWORD, "unit": unit, "area": area}
            for u, n, r, unit, area in PEOPLE
        ]
        known = work.world.units.units
        values = [examine(work, p) for p in people if not p["unit"] or p["unit"] in known]
        save_people(work, values, rounds=4)


def actor(office: Office, username: str) -> Actor:
    """The actor behind a username, without signing in."""
    from sqlalchemy import select

    from core.access.sessions import _PERSON, actor_of
    from db.models import Person

    with office.look(SYSTEM) as look:
        return actor_of(
            look, look.tx.execute(select(*_PERSON).where(Person.username == username)).one()
        )
