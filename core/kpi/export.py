"""Lists of cases that leave the house: identities masked, and who took them is kept.

办结导出 is the same list narrowed to closed cases (`CaseFilter.stage_kind = "closed"`).
The writers for any list or figure are `to_csv` and `to_xlsx`.
"""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, case, func, select

from core.access.audit import audit
from core.access.desk import Work
from core.blueprint.schema import Blueprint
from core.cases.checking import DEPUTY
from core.cases.known import require_known
from core.cases.queries import CaseFilter, filtered
from core.errors import Invalid
from core.kpi.sheets import CSV_TYPE, XLSX_TYPE, to_csv, to_xlsx, write_csv, write_xlsx
from core.rules.masking import mask_name, mask_phone, mask_text
from core.rules.permissions import Permission
from core.rules.workflow import CALLBACK
from core.words import Text, _, lazy, pick
from db.models import CaseRow, EntryRow, RatingRow, Resident

__all__ = [
    "COLUMNS",
    "CSV_TYPE",
    "MOST_CASES",
    "XLSX_TYPE",
    "export_cases",
    "to_csv",
    "to_xlsx",
    "write_csv",
    "write_xlsx",
]

MOST_CASES = 200_000
"""Of one export: more is a backup, not a list."""
_AT_ONCE = 2000
"""Rows fetched from the database at a time."""

COLUMNS: tuple[Text, ...] = (
    lazy("编号"), lazy("标题"), lazy("类别"), lazy("区划"), lazy("渠道"), lazy("受理时间"),
    lazy("办理期限"), lazy("办理单位"), lazy("环节"), lazy("回复时间"), lazy("办结时间"),
    lazy("评分"), lazy("代登记评价的单位"), lazy("用时（天）"), lazy("诉求人"), lazy("联系电话"),
    lazy("回复内容"),
)  # fmt: skip
_C, _E = CaseRow, EntryRow
_WROTE = (
    select(_E.actor_unit)
    .join(RatingRow, and_(
        RatingRow.county == _E.county, RatingRow.case_id == _E.case_id, RatingRow.seq == _E.seq))
    .where(_E.county == _C.county, _E.case_id == _C.id, _E.actor_id.is_not(None))
    .where(RatingRow.party.not_in((CALLBACK, DEPUTY)))
    .order_by(_E.seq.desc())
    .limit(1)
    .correlate(_C)
    .scalar_subquery()
)  # fmt: skip
"""Who wrote the last rating down, where it was not the resident."""
_READ = (
    _C.number, _C.title, _C.category, _C.area, _C.inlet, _C.received_at, _C.due_at, _C.holder,
    _C.stage, _C.replied_at, _C.closed_at, _C.score,
    case((_C.score.is_not(None), _WROTE)).label("wrote"), _C.anonymous, _C.confidential, _C.reply,
    _C.config_version, Resident.name, Resident.phone,
)  # fmt: skip


def export_cases(
    work: Work, f: CaseFilter | None = None
) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """The cases that the actor may see and the filter finds, as a header and rows to write.

    Rows come from the database some thousands at a time: write them while `work` is open.
    Days run from receipt to closing, or to the reply where the case is not closed yet. Who
    exports how many of what is kept in the audit.

    Raises:
        NotPermitted: without `case:export`.
        Invalid: more than `MOST_CASES`, or a code that the county does not know.
    """
    work.actor.require(Permission.CASE_EXPORT)
    f = f or CaseFilter()
    require_known(work, f)
    n = work.tx.scalar(filtered(work.actor, f, func.count())) or 0
    if n > MOST_CASES:
        raise Invalid(
            _("共 {n} 件，一次最多导出 {most} 件，请缩小时间或区划范围", n=n, most=MOST_CASES),
            code="export.too_many",
        )
    audit(work, "cases.export", n=n, filter=_said(f))
    return [str(c) for c in COLUMNS], _rows(work, f)


def _said(f: CaseFilter) -> dict[str, Any]:
    """The filter as the audit keeps it: only what narrows; searched phone numbers masked."""
    empty = CaseFilter()
    said = {k: v for k, v in asdict(f).items() if v != getattr(empty, k)}
    if "q" in said:
        said["q"] = mask_text(said["q"])[:200]
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in said.items()}


def _rows(work: Work, f: CaseFilter) -> Iterator[tuple[Any, ...]]:
    whose = and_(Resident.county == _C.county, Resident.id == _C.resident_id)
    query = filtered(work.actor, f, *_READ).join(Resident, whose, isouter=True)
    order = _C.due_at.asc().nulls_last() if f.order == "due" else _C.received_at.desc()
    found = work.tx.execute(
        query.order_by(order, _C.id.desc()), execution_options={"yield_per": _AT_ONCE}
    )
    world, blueprints = work.world, dict[int, Blueprint]()
    for row in found:
        if row.config_version not in blueprints:
            blueprints[row.config_version] = work.world_of(row.config_version).blueprint
        blueprint = blueprints[row.config_version]
        stage = blueprint.workflow.stages.get(row.stage)
        yield (
            row.number,
            mask_text(row.title),
            _category(blueprint, row.category),
            world.area_path(row.area),
            pick(blueprint.inlets.get(row.inlet) or row.inlet),
            row.received_at,
            row.due_at,
            world.units.name(row.holder),
            pick(stage.label) if stage else row.stage,
            row.replied_at,
            row.closed_at,
            row.score,
            row.wrote or "",
            _days(row),
            *_who(row),
            mask_text(row.reply),
        )


def _category(blueprint: Blueprint, code: str) -> str:
    """城乡建设 / 供暖: from the whole to the part, so that a table can be sorted by it."""
    parts = code.split("/")
    path = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    labels = [pick(blueprint.categories[c].label) for c in path if c in blueprint.categories]
    return " / ".join(labels) or code


def _days(row: Row[*tuple[Any, ...]]) -> float | None:
    end = row.closed_at or row.replied_at
    return round((end - row.received_at).total_seconds() / 86_400, 1) if end else None


def _who(row: Row[*tuple[Any, ...]]) -> tuple[str, str]:
    """Name and phone of the resident, masked; confidential and anonymous ones not at all."""
    if row.confidential:
        return _("保密"), ""
    if row.anonymous:
        return _("匿名"), ""
    return mask_name(row.name or ""), mask_phone(row.phone or "")
