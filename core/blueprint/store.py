"""Versions of the blueprint in the database, and the maps that go with them."""

import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, insert, select, text

from core.blueprint import yaml_text
from core.blueprint.faults import faults_of
from core.blueprint.inherit import SHIPPED, shipped, whole
from core.blueprint.schema import Blueprint
from core.blueprint.world import Place
from core.errors import Invalid, NotFound
from core.now import now
from core.rules.units import Unit, UnitMap
from core.words import _
from db.models import Area, BlueprintVersion, Person
from db.models import Unit as UnitRow
from db.session import Read, Write


def read_yaml(name_or_file: str) -> dict[str, Any]:
    """A blueprint by shipped name or from a file.

    Raises:
        NotFound: neither; the message lists the shipped ones.
        Invalid: not YAML, or not a mapping.
    """
    path = Path(name_or_file)
    if name_or_file in shipped():
        path = SHIPPED / f"{name_or_file}.yaml"
    elif not path.is_file():
        raise NotFound(
            _("没有蓝图“{name}”；自带的有：{all}", name=name_or_file, all=_("、").join(shipped()))
        )
    return read_bytes(path.read_bytes(), path.name)


def read_bytes(content: bytes, name: str) -> dict[str, Any]:
    """A blueprint from the bytes of a YAML file called `name`.

    Raises:
        Invalid: not YAML, or not a mapping.
    """
    body = yaml_text.load(content, name)
    if not isinstance(body, dict):
        raise Invalid(_("“{name}”里没有蓝图", name=name))
    return whole(body)


def parse(body: dict[str, Any]) -> Blueprint:
    """The typed blueprint.

    Raises:
        Invalid: every fault with the place where it stands.
    """
    faults = faults_of(body)
    if faults:
        raise Invalid(
            _("蓝图有 {n} 处需要改正：\n{lines}", n=len(faults), lines="\n".join(faults)),
            code="blueprint",
            faults=faults,
        )
    return Blueprint.model_validate(body)


def publish(tx: Write, body: dict[str, Any], *, note: str, by: int | None) -> int:
    """Make this blueprint the one in force; returns its version."""
    canonical = json.loads(parse(body).model_dump_json(by_alias=True))
    version = (tx.scalar(select(func.max(BlueprintVersion.version))) or 0) + 1
    tx.execute(
        insert(BlueprintVersion).values(
            version=version, body=canonical, note=note, published_at=now(), published_by=by
        )
    )
    return version


def load_version(tx: Read, version: int) -> Blueprint:
    """The blueprint of one version."""
    body = tx.scalar(select(BlueprintVersion.body).where(BlueprintVersion.version == version))
    if body is None:
        raise NotFound(_("没有第 {version} 版配置", version=version))
    return Blueprint.model_validate(body)


def load_units(tx: Read) -> UnitMap:
    """All units as they are now."""
    u = UnitRow
    rows = tx.execute(
        select(u.code, u.name, u.kind, u.area, u.parent, u.duties, u.active, u.successor).order_by(
            u.code
        )
    )
    return UnitMap.of(
        Unit(
            code=r.code,
            name=r.name,
            kind=r.kind,
            area=r.area,
            parent=r.parent,
            duties=tuple(r.duties),
            active=r.active,
            successor=r.successor,
        )
        for r in rows
    )


def load_places(tx: Read) -> MappingProxyType[str, Place]:
    """All areas as they are now."""
    rows = tx.execute(select(Area.code, Area.name, Area.parent, Area.level).order_by(Area.code))
    return MappingProxyType({r.code: Place(r.code, r.name, r.parent, r.level) for r in rows})


def load_left(tx: Read) -> frozenset[int]:
    """Everybody whose account has been closed."""
    return frozenset(tx.scalars(select(Person.id).where(~Person.active)))


def set_fact(tx: Write, name: str, value: dict[str, Any]) -> None:
    """Keep a small fact about the installation."""
    tx.execute(
        text(
            "insert into fact (name, value) values (:name, cast(:value as jsonb))"
            " on conflict (name) do update set value = excluded.value"
        ),
        {"name": name, "value": json.dumps(value, ensure_ascii=False)},
    )


def get_fact(tx: Read, name: str) -> dict[str, Any] | None:
    """A fact, or None."""
    return tx.scalar(text("select value from fact where name = :name"), {"name": name})


def places_changed(tx: Write) -> None:
    """Tell every process that areas or units have changed, or who has left."""
    tx.execute(
        text(
            "insert into fact (name, value) values ('places', '{\"n\": 1}')"
            " on conflict (name) do update"
            " set value = jsonb_build_object('n', (fact.value->>'n')::int + 1)"
        )
    )
