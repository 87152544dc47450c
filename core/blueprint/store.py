"""Versions of the blueprint in the database, and the maps that go with them."""

import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from sqlalchemy import func, insert, select, text

from core.blueprint.faults import faults_of
from core.blueprint.schema import Blueprint
from core.blueprint.world import Place
from core.errors import Invalid, NotFound
from core.now import now
from core.rules.units import Unit, UnitMap
from core.words import _
from db.models import Area, BlueprintVersion
from db.models import Unit as UnitRow
from db.session import Read, Write

SHIPPED = Path(__file__).parent
SECTIONS = SHIPPED / "sections"
"""Parts of a blueprint that a county takes by name (`takes: [beijing12345]`)."""
BASE = "common"
"""What the shipped blueprints share; not a county by itself."""


def shipped() -> list[str]:
    """Names of the blueprints that come with OneDoor."""
    return sorted(p.stem for p in SHIPPED.glob("*.yaml") if p.stem != BASE)


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
    try:
        body = yaml.safe_load(content.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Invalid(_("“{name}”不是有效的 YAML：{why}", name=name, why=error)) from error
    if not isinstance(body, dict):
        raise Invalid(_("“{name}”里没有蓝图", name=name))
    return _extended(body)


def _extended(body: dict[str, Any]) -> dict[str, Any]:
    """`extends: common` fills in what the county does not state itself.

    A section of named entries takes the county's entries beside or instead of the inherited
    ones, and loses those that the county sets to null. A list replaces the inherited list;
    written with a plus (`+dispatch`) its rows stand before the inherited ones. `takes` lays
    shipped sections between the two.
    """
    if not {"extends", "takes"} & body.keys():
        return body
    own, whole = dict(body), dict[str, Any]()
    base, takes = own.pop("extends", None), own.pop("takes", [])
    if base is not None:
        if base not in (BASE, *shipped()):
            raise Invalid(
                _("extends 指向的蓝图“{name}”不存在", name=str(base)[:40]), field="extends"
            )
        whole = read_yaml_file(base)
    for name in takes if isinstance(takes, list) else [takes]:
        whole = _over(whole, _section(name))
    whole = _over(whole, own)
    return _overseen(whole) if "workflow" in whole else whole


def sections() -> list[str]:
    """Names of the parts that a blueprint may take."""
    return sorted(p.stem for p in SECTIONS.glob("*.yaml"))


def _section(name: Any) -> dict[str, Any]:
    if name not in sections():
        raise Invalid(
            _("takes 里的“{name}”不存在；自带的有：{all}", name=str(name)[:40],
              all=_("、").join(sections())),
            field="takes",
        )  # fmt: skip
    return yaml.safe_load((SECTIONS / f"{name}.yaml").read_text(encoding="utf-8"))


def _over(whole: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """`own` laid over `whole`, section by section."""
    for name, section in own.items():
        above = whole.get(str(name).removeprefix("+"))
        if isinstance(section, list) and isinstance(above, list) and name.startswith("+"):
            whole[name[1:]] = section + above
        elif isinstance(section, dict) and isinstance(above, dict):
            whole[name] = {k: v for k, v in (above | section).items() if v is not None}
        else:
            whole[name] = section
    return whole


def _overseen(whole: dict[str, Any]) -> dict[str, Any]:
    """The rows of `oversight` stand in every county's workflow behind its own.

    Their sources may name a kind of stage (`*open`, `*waiting`, `*closed`, `*live` for both
    open and waiting), their targets an action of the county (`@reopen`: where that leads). A row
    whose action the county has itself, or whose target it lacks, is left out.
    """
    oversight, flow = whole.pop("oversight", {}), dict(whole["workflow"])
    stages, own = flow.get("stages") or {}, list(flow.get("transitions") or ())
    kinds = {"*live": ("open", "waiting")}
    known = {row.get("id") for row in own}
    leads = {row.get("id"): row.get("to") for row in own}
    for name, row in oversight.items():
        row = {"id": name.partition(":")[0], **row}
        if row["id"] in known:
            continue
        sources = []
        for source in row["from"]:
            if source.startswith("*"):
                wanted = kinds.get(source, (source[1:],))
                sources += [s for s, stage in stages.items() if stage.get("kind") in wanted]
            elif source in stages:
                sources.append(source)
        row["from"] = list(dict.fromkeys(sources))
        if str(row.get("to", "")).startswith("@"):
            row["to"] = leads.get(row["to"][1:])
            if row["to"] is None:
                continue
        if row["from"] and ("to" not in row or row["to"] in stages):
            own.append(row)
    flow["transitions"] = own
    return whole | {"workflow": flow}


def read_yaml_file(name: str) -> dict[str, Any]:
    """A shipped file, with what it extends itself."""
    return _extended(yaml.safe_load((SHIPPED / f"{name}.yaml").read_text(encoding="utf-8")))


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
        select(u.code, u.name, u.kind, u.area, u.parent, u.duties, u.active).order_by(u.code)
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
        )
        for r in rows
    )


def load_places(tx: Read) -> MappingProxyType[str, Place]:
    """All areas as they are now."""
    rows = tx.execute(select(Area.code, Area.name, Area.parent, Area.level).order_by(Area.code))
    return MappingProxyType({r.code: Place(r.code, r.name, r.parent, r.level) for r in rows})


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
    """Tell every process that areas or units have changed."""
    tx.execute(
        text(
            "insert into fact (name, value) values ('places', '{\"n\": 1}')"
            " on conflict (name) do update"
            " set value = jsonb_build_object('n', (fact.value->>'n')::int + 1)"
        )
    )
