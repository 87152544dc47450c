"""What a blueprint takes from others: `extends`, `takes`, and the rows of `oversight`.

People write what is their county's own; here it becomes whole before anything reads it.
"""

from pathlib import Path
from typing import Any

import yaml

from core.errors import Invalid
from core.words import _

SHIPPED = Path(__file__).parent
SECTIONS = SHIPPED / "sections"
"""Parts that a blueprint may take beside what it extends."""
BASE = "common"
"""What the shipped blueprints share; not a county by itself."""


def shipped() -> list[str]:
    """Names of the blueprints that come with OneDoor."""
    return sorted(p.stem for p in SHIPPED.glob("*.yaml") if p.stem != BASE)


def sections() -> list[str]:
    """Names of the parts that a blueprint may take."""
    return sorted(p.stem for p in SECTIONS.glob("*.yaml"))


def whole(body: dict[str, Any]) -> dict[str, Any]:
    """The blueprint with everything that it inherits.

    A section of named entries takes the county's entries beside or instead of the inherited
    ones, and loses those that the county sets to null. A list replaces the inherited list;
    written with a plus (`+dispatch`) its rows stand before the inherited ones. Inside
    `workflow` the same holds, and a row of `+transitions` stands instead of the inherited rows
    of its action. `takes` lays shipped sections between the two.

    Raises:
        Invalid: it extends or takes something that does not exist.
    """
    return _overseen(_extended(body))


def _extended(body: dict[str, Any]) -> dict[str, Any]:
    own, found = dict(body), dict[str, Any]()
    base, takes = own.pop("extends", None), own.pop("takes", [])
    if base is not None:
        if base not in (BASE, *shipped()):
            raise Invalid(
                _("extends 指向的蓝图“{name}”不存在", name=str(base)[:40]), field="extends"
            )
        found = _extended(_read(SHIPPED / f"{base}.yaml"))
    for name in takes if isinstance(takes, list) else [takes]:
        found = _over(found, _section(name))
    return _over(found, own)


def _read(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _section(name: Any) -> dict[str, Any]:
    if name not in sections():
        raise Invalid(
            _(
                "takes 里的“{name}”不存在；自带的有：{all}",
                name=str(name)[:40],
                all=_("、").join(sections()),
            ),
            field="takes",
        )
    return _read(SECTIONS / f"{name}.yaml")


def _over(above: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """`own` laid over `above`, section by section."""
    found = dict(above)
    for key, section in own.items():
        name = str(key).removeprefix("+")
        old = found.get(name)
        if name != key:
            if isinstance(section, list) and isinstance(old, list):
                found[name] = section + _others(old, section if name == "transitions" else [])
            else:
                found[key] = section  # a fault, and named as one later
        elif name == "workflow" and isinstance(section, dict) and isinstance(old, dict):
            found[name] = _over(old, section)
        elif isinstance(section, dict) and isinstance(old, dict):
            found[name] = {k: v for k, v in (old | section).items() if v is not None}
        else:
            found[name] = section
    return found


def _others(rows: list[Any], instead: list[Any]) -> list[Any]:
    """The inherited rows whose action the new ones do not have."""
    taken = {row.get("id") for row in instead if isinstance(row, dict)}
    return [row for row in rows if not (isinstance(row, dict) and row.get("id") in taken)]


_LIVE = ("open", "waiting")


def _overseen(body: dict[str, Any]) -> dict[str, Any]:
    """The rows of `oversight` stand in the workflow behind the county's own.

    Sources may name a kind of stage (`*open`, `*waiting`, `*closed`, `*live` for both open and
    waiting), in the county's own rows too; targets of these rows an action of the county
    (`@reopen`: where that leads), and their sources as well (`@decline`: from where the county
    takes it). A row whose action the county has itself, or whose stages it lacks, is left out; so
    is one that stands beside an action (`beside`) that the county does not have.
    """
    oversight, flow = body.get("oversight") or {}, body.get("workflow")
    body = {name: section for name, section in body.items() if name != "oversight"}
    if not isinstance(flow, dict) or not isinstance(flow.get("stages"), dict):
        return body
    rows = [_placed(row, flow["stages"]) for row in flow.get("transitions") or ()]
    own = {row.get("id"): row for row in rows if isinstance(row, dict)}
    leads = {action: row.get("to") for action, row in own.items()}
    for name, row in oversight.items():
        row = {"id": str(name).partition(":")[0], **row}
        beside = row.pop("beside", None)
        if beside is not None and beside not in own:
            continue
        target = str(row.get("to", ""))
        if target.startswith("@"):
            row["to"] = target = leads.get(target[1:]) or ""
        row["from"] = _sources(
            [s for source in row["from"] for s in _from(source, own)], flow["stages"]
        )
        if row["id"] in leads or not row["from"]:
            continue
        if "to" not in row or target in flow["stages"]:
            rows.append(row)
    return body | {"workflow": flow | {"transitions": rows}}


def _from(source: str, own: dict[Any, Any]) -> list[str]:
    """The stages from which the county takes an action that `source` names (`@decline`)."""
    if not source.startswith("@"):
        return [source]
    named = own.get(source[1:], {}).get("from")
    return [s for s in named if isinstance(s, str)] if isinstance(named, list) else []


def _placed(row: Any, stages: dict[str, Any]) -> Any:
    """A county's own row; only kinds of stages need finding out, the rest is checked later."""
    named = row.get("from") if isinstance(row, dict) else None
    if not isinstance(named, list) or not any(str(s).startswith("*") for s in named):
        return row
    known = [s for s in named if isinstance(s, str)]
    return row | {"from": _sources(known, stages)}


def _sources(named: list[str], stages: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for source in named:
        if source.startswith("*"):
            kinds = _LIVE if source == "*live" else (source[1:],)
            found += [
                s
                for s, stage in stages.items()
                if isinstance(stage, dict) and stage.get("kind") in kinds
            ]
        elif source in stages:
            found.append(source)
    return list(dict.fromkeys(found))
