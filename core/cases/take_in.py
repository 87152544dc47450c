"""Intake: an appeal comes through the door, finds its place and its holder, and is receipted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from core.access.desk import Work
from core.cases.intake import begin_case, examine, hash_code, new_code
from core.cases.outcome import Outcome, outcome
from core.errors import Invalid
from core.ledger.write import write
from core.now import now
from core.rules.areas import county_of, validate
from core.rules.case import Case
from core.rules.permissions import Permission
from core.words import _
from db.models import CaseRow, Plate

_KEY = re.compile(r"^[\x21-\x7e]{1,100}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the resident takes home. `query_code` is shown this once."""

    outcome: Outcome
    query_code: str
    because: dict[str, Any]
    area: str
    repeated: bool = False
    """The same idempotency key came before: nothing was written, and the code stays secret."""


def take_in(
    work: Work,
    raw: Mapping[str, Any],
    *,
    inlet: str | None = None,
    idempotency_key: str | None = None,
) -> Receipt:
    """Register an appeal as `work.actor`, staff or public.

    Args:
        raw: fields of `intake.FIELDS`, and `form` with the category's own.
        inlet: the inlet that the edge knows (a plate, the web page); overrides `raw`.
        idempotency_key: sent again, gives the same receipt and writes nothing.

    Raises:
        Invalid: every faulty field by name.
        NotPermitted: staff without the right to register.
    """
    work.actor.require(Permission.CASE_CREATE)
    return register(work, raw, inlet=inlet, idempotency_key=idempotency_key)


def register(
    work: Work,
    raw: Mapping[str, Any],
    *,
    inlet: str | None = None,
    idempotency_key: str | None = None,
    parent: Case | None = None,
) -> Receipt:
    """As `take_in`, for whoever has been allowed to.

    Args:
        parent: the case from which this one is split; the person who spoke stays the same.
    """
    actor, world = work.actor, work.world
    if idempotency_key is not None and not _KEY.match(idempotency_key):
        raise Invalid(_("Idempotency-Key 应为 1 到 100 个可见字符"), field="Idempotency-Key")
    appeal = examine(world, raw)
    values = appeal.values
    if plate := values.get("plate"):
        values |= {k: v for k, v in _plate(work, plate).items() if k not in values}
    area = _area(work, values)
    county = county_of(area)
    if idempotency_key and (found := _repeated(work, county, idempotency_key)):
        return found
    inlet = inlet or values.get("inlet") or next(iter(world.blueprint.inlets))
    if inlet not in world.blueprint.inlets:
        raise Invalid(_("没有渠道“{inlet}”", inlet=inlet), field="inlet")
    at, running, resident = _draw(work, county, values)
    if parent is not None:
        resident = parent.resident_id
    code = new_code()
    change = begin_case(
        world,
        actor,
        replace(appeal, idempotency_key=idempotency_key),
        area=area,
        inlet=inlet,
        running=running,
        code_hash="",
        at=at,
        resident_id=resident,
    )
    case = change.file.case
    if parent is not None:
        case.parent_id, case.accused = parent.id, parent.accused
        case.anonymous, case.confidential = parent.anonymous, parent.confidential
    case.code_hash = hash_code(work.settings.secret_key, case.number, code)
    write(work.tx, change)
    return Receipt(outcome=outcome(change), query_code=code, because=case.because, area=area)


def _plate(work: Work, code: str) -> dict[str, Any]:
    row = work.tx.execute(
        select(Plate.area, Plate.address, Plate.lat, Plate.lon).where(
            Plate.code == code, Plate.active
        )
    ).one_or_none()
    if row is None:
        raise Invalid(_("没有门牌“{code}”，或它已停用", code=code[:40]), field="plate")
    return {k: v for k, v in row._mapping.items() if v is not None}


def _area(work: Work, values: dict[str, Any]) -> str:
    """Where it happened: as said, else the registrar's own area, else the whole county."""
    world = work.world
    area = validate(values.get("area") or work.actor.area or world.root)
    if area not in world.areas:
        raise Invalid(_("没有区划“{area}”", area=area), field="area")
    return area


_RECEIPT = (
    CaseRow.number, CaseRow.stage, CaseRow.stage_kind, CaseRow.holder, CaseRow.due_at,
    CaseRow.version,
)  # fmt: skip


def _repeated(work: Work, county: str, key: str) -> Receipt | None:
    row = work.tx.execute(
        select(*_RECEIPT, CaseRow.because, CaseRow.area).where(
            CaseRow.county == county, CaseRow.idempotency_key == key
        )
    ).one_or_none()
    if row is None:
        return None
    number, stage, stage_kind, holder, due_at, version, because, area = row
    standing = Outcome(number, stage, stage_kind, holder, due_at, version)
    return Receipt(outcome=standing, query_code="", because=because, area=area, repeated=True)


_NUMBER = "select nextval('case_numbers')"
_RESIDENT = (
    "insert into resident (county, id, name, phone, address, created_at)"
    " values (%(county)s, %(id)s, %(name)s, %(phone)s, %(address)s, %(at)s)"
    " on conflict (phone, county) do update set"
    " name = case when excluded.name <> '' then excluded.name else resident.name end"
    " returning nextval('case_numbers'), id"
)


def _draw(work: Work, county: str, values: Mapping[str, Any]) -> tuple[Any, int, int | None]:
    """A running number and, where a phone was given, the resident: found or created."""
    phone = "" if values.get("anonymous") else values.get("phone", "")
    at = now()
    if not phone:
        return at, work.tx.exec_driver_sql(_NUMBER).scalar_one(), None
    known = {name: values.get(name, "") for name in ("name", "address")}
    person = known | {"county": county, "id": work.office.new_id(), "phone": phone, "at": at}
    running, resident = work.tx.exec_driver_sql(_RESIDENT, person).one()
    return at, running, resident
