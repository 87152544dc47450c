"""What a newcomer brings, checked; and the case that comes of it. Pure, like `decide`."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.access.actor import SYSTEM, Actor
from core.blueprint.world import World
from core.cases.decide import decide
from core.cases.step import Step
from core.errors import Invalid
from core.ledger.change import Change
from core.now import local_day
from core.rules.areas import county_of
from core.rules.case import Case, CaseFile
from core.rules.forms import Field, check, clean
from core.rules.masking import mask_text
from core.rules.routing import DispatchRow, Facts, first, holds
from core.rules.units import Unit
from core.words import _, lazy

_WORDS = (
    lazy("标题"), lazy("诉求内容"), lazy("类别"), lazy("诉求性质"), lazy("紧急程度"), lazy("渠道"),
    lazy("所在地"), lazy("详细地址"), lazy("姓名"), lazy("联系电话"), lazy("代谁反映"),
    lazy("匿名"), lazy("保密"), lazy("被反映单位"), lazy("纬度"), lazy("经度"), lazy("门牌码"),
    lazy("发生时间"),
)  # fmt: skip
"""The labels below, known to the translators."""

FIELDS: tuple[Field, ...] = (
    Field(id="title", label="标题", max=100),
    Field(id="body", label="诉求内容", type="long", max=5000, required=True),
    Field(id="category", label="类别", type="category"),
    Field(id="kind", label="诉求性质"),
    Field(id="urgency", label="紧急程度"),
    Field(id="inlet", label="渠道"),
    Field(id="area", label="所在地", type="area"),
    Field(id="plate", label="门牌码", max=64),
    Field(id="address", label="详细地址"),
    Field(id="lat", label="纬度", type="number", min=-90, max=90),
    Field(id="lon", label="经度", type="number", min=-180, max=180),
    Field(id="name", label="姓名", max=40),
    Field(id="phone", label="联系电话", type="phone"),
    Field(id="on_behalf", label="代谁反映", max=60),
    Field(id="anonymous", label="匿名", type="yes"),
    Field(id="confidential", label="保密", type="yes"),
    Field(id="accused", label="被反映单位", type="units"),
    Field(id="happened_at", label="发生时间", type="time"),
)
"""What every appeal may say; a category adds its own fields in `form`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """What was said, cleaned and known to fit the county's configuration."""

    values: dict[str, Any]
    form: dict[str, Any] = field(default_factory=dict)
    source: str | None = None
    source_ref: str | None = None
    idempotency_key: str | None = None


def examine(world: World, raw: Mapping[str, Any]) -> Appeal:
    """Check an appeal as it was typed or sent; every fault is named at once.

    Raises:
        Invalid: `data['fields']` maps field ids (`form.x` for the category's own) to sentences.
    """
    blueprint = world.blueprint
    raw = dict(raw)
    form = raw.pop("form", None) or {}
    faults: dict[str, Any] = {}
    values: dict[str, Any] = {}
    try:
        values = check(FIELDS, raw)
    except Invalid as fault:
        faults |= fault.data["fields"]
        values = _checked_anyway(raw, faults)
    for name, known in (
        ("category", blueprint.categories),
        ("kind", blueprint.kinds),
        ("urgency", blueprint.urgencies),
        ("inlet", blueprint.inlets),
    ):
        if name in values and values[name] not in known:
            faults[name] = _("没有“{item}”这一项", item=values[name][:40])
    for unit in values.get("accused", ()):
        if unit not in world.units.units:
            faults["accused"] = _("没有单位“{unit}”", unit=unit[:40])
    category = blueprint.categories.get(values.get("category", ""))
    cleaned: dict[str, Any] = {}
    if not isinstance(form, dict):
        faults["form"] = _("表单内容格式不对")
    elif form or category:
        try:
            cleaned = check(category.fields if category else (), form)
        except Invalid as fault:
            faults |= {f"form.{k}": v for k, v in fault.data["fields"].items()}
    if faults:
        raise Invalid.of(faults)
    return Appeal(values=values, form=cleaned)


def _checked_anyway(raw: Mapping[str, Any], faults: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that are right, so that the county's own checks name the rest at once."""
    by_id = {f.id: f for f in FIELDS}
    return {
        k: clean(by_id[k], v)
        for k, v in raw.items()
        if k in by_id and k not in faults and v not in (None, "", [])
    }


def facts_of(world: World, appeal: Appeal, area: str, inlet: str) -> tuple[Facts, dict[str, Any]]:
    """Category, kind and urgency: as said, else by the triage table, else the defaults."""
    values, blueprint = appeal.values, world.blueprint
    text = f"{values.get('title', '')}\n{values['body']}"
    said = {k: values.get(k, "") for k in ("category", "kind", "urgency")}
    because: dict[str, Any] = {}
    facts = Facts(area=area, inlet=inlet, text=text, **said)
    for row in blueprint.triage:
        for name in row.says:
            if not said[name]:
                break
        else:
            continue  # it could say nothing new
        if (held := holds(row.when, facts)) is None:
            continue
        for name, value in row.says.items():
            if not said[name]:
                said[name] = value
                because[name] = held
        facts = Facts(area=area, inlet=inlet, text=text, **said)
    for name, default in blueprint.defaults.items():
        said[name] = said[name] or default
    return Facts(area=area, inlet=inlet, text=text, **said), because


@dataclass(frozen=True, slots=True)
class Route:
    """Where the dispatch table sends a case."""

    row: DispatchRow
    unit: Unit
    assist: tuple[str, ...]
    because: dict[str, Any]


def route(world: World, facts: Facts, accused: list[str]) -> Route:
    """First matching row whose unit exists near the case; the last row is a catch-all.

    Raises:
        Invalid: the county has no unit at all that could take it.
    """
    position, rows, is_part = 0, world.blueprint.dispatch, world.units.is_part
    while found := first(rows, facts, start=position):
        row, match = found
        unit = world.units.nearest(row.to, facts.area)
        if unit is not None and not is_part(unit.code, accused):
            near = [world.units.nearest(to, facts.area) for to in row.assist]
            assist = tuple(
                dict.fromkeys(
                    u.code
                    for u in near
                    if u and u.code != unit.code and not is_part(u.code, accused)
                )
            )
            because = {"row": match.row + 1, "name": row.name, **match.because}
            return Route(row, unit, assist, because)
        position = match.row + 1
    centre = free_centre(world, facts.area, accused)
    if centre is None:
        raise Invalid(_("“{area}”没有可以受理的单位，请管理员先导入单位", area=facts.area))
    return Route(rows[-1], centre, (), {"row": len(rows), "name": ""})


def free_centre(world: World, area: str, accused: list[str]) -> Unit | None:
    """The nearest centre that the appeal is not about, going up."""
    ladder = world.units.ladder(area)
    return next((u for u in ladder if not world.units.is_part(u.code, accused)), None)


def new_code() -> str:
    """A query code: six digits, not guessable from the number."""
    return f"{secrets.randbelow(10**6):06d}"


def hash_code(secret: str, number: str, code: str) -> str:
    """What is kept of a query code: an HMAC, so that a stolen table opens nothing."""
    return hmac.new(secret.encode(), f"{number}:{code}".encode(), hashlib.sha256).hexdigest()


def make_number(county: str, at: datetime, running: int) -> str:
    """`131024-20261121-000123`: county, day of receipt, running number."""
    day = local_day(at)
    return f"{county}-{day.year}{day.month:02}{day.day:02}-{running:06}"


def title_of(values: Mapping[str, Any]) -> str:
    """The title as given, else the first sentence of what was said. It stands in every list:
    numbers of people are masked in it."""
    if given := values.get("title"):
        return mask_text(given)
    text = mask_text(" ".join(values["body"].split()))
    cut = min((i for c in "。！？!?；;\n" if (i := text.find(c)) > 3), default=len(text))
    return text[: min(cut, 40)]


def body_of(values: Mapping[str, Any]) -> str:
    """What was said; above it, whole, a title in which `title_of` masks what stands nowhere else:
    it may be the number to call back."""
    given, body = values.get("title", ""), values["body"]
    return body if mask_text(given) == given or given in body else f"{given}\n{body}"


def begin_case(
    world: World,
    actor: Actor,
    appeal: Appeal,
    *,
    area: str,
    inlet: str,
    running: int,
    code_hash: str,
    at: datetime,
    resident_id: int | None = None,
) -> Change:
    """The new case with its first timeline entry, clock and holder; dispatched at once where
    the county's table says so."""
    values, county = appeal.values, county_of(area)
    facts, triaged = facts_of(world, appeal, area, inlet)
    accused = values.get("accused", [])
    way = route(world, facts, accused)
    stage_id = world.blueprint.workflow.start
    centre = free_centre(world, area, accused)
    dispatched = way.row.dispatch and _dispatchable(world, stage_id)
    holder = centre.code if dispatched and centre else way.unit.code
    case = Case(
        county=county,
        id=world.new_id(),
        number=make_number(county, at, running),
        code_hash=code_hash,
        title=title_of(values),
        body=body_of(values),
        category=facts.category,
        kind=facts.kind,
        inlet=inlet,
        urgency=facts.urgency,
        area=area,
        stage=stage_id,
        stage_kind=world.blueprint.workflow.stages[stage_id].kind,
        holder=holder,
        units=[holder],
        config_version=world.version,
        received_at=at,
        resident_id=resident_id,
        registered_by=actor.person,
        form=appeal.form | _happened(values),
        because={**way.because, **({"triage": triaged} if triaged else {})},
        accused=accused,
        source=appeal.source,
        source_ref=appeal.source_ref,
        idempotency_key=appeal.idempotency_key,
        **{k: values[k] for k in _COPIED if k in values},
    )
    change = Change(file=CaseFile(case=case), before=None, at=at)
    step = Step(world=world, actor=actor, change=change, at=at, data={"inlet": inlet})
    step.start_case_clock(way.row.deadline)
    step.enter(stage_id)
    step.record("create", "", public=True)
    if dispatched:
        data = {"lead": way.unit.code, "assist": list(way.assist)}
        decide(world, SYSTEM, change, "assign", data, at)
    else:
        step.tell("new", unit=holder)
    return change


_COPIED = (
    "address", "lat", "lon", "plate", "anonymous", "confidential", "on_behalf",
)  # fmt: skip


def _happened(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"happened_at": values["happened_at"]} if "happened_at" in values else {}


def _dispatchable(world: World, stage: str) -> bool:
    return any("system" in t.who for t in world.blueprint.workflow.find(stage, "assign"))
