"""The supervisors' lists as tables to take away."""

from typing import Any

from core.access.desk import Work
from core.access.taken import MOST, Table, taken
from core.cases.sheets import case_cells, case_head
from core.oversight.callbacks import tally
from core.oversight.supervision import OF_CASES, VIEWS, Watch, asked, late_cases
from core.rules.demands import LABELS
from core.rules.masking import mask_text
from core.rules.permissions import Permission
from core.words import _, pick


def table(work: Work, view: str, f: Watch) -> Table:
    """A view as a header and rows.

    Raises:
        NotPermitted: without `case:export`.
        Invalid: too many.
    """
    work.actor.require(Permission.CASE_EXPORT)
    by = {"view": view, "area": f.area, "unit": f.unit}
    return taken(work, "supervision.export", *_table(work, view, f), by)


def _table(work: Work, view: str, f: Watch) -> Table:
    world = work.world
    if view in OF_CASES:
        head = [*case_head(), _("催办次数")]
        found = late_cases(work, view, f, limit=MOST + 1)
        return head, [(*case_cells(world, c), c.chased) for c in found]
    if view == "callbacks":
        head = [_("单位"), _("抽取"), _("待回访"), _("有效回访"), _("满意"), _("满意率")]
        return head, [
            (world.units.name(t.unit), t.drawn, t.waiting, t.valid, t.satisfied,
             round(t.satisfied / t.valid, 4) if t.valid else None)
            for t in tally(work, f)
        ]  # fmt: skip
    head = [
        *case_head(), _("要求"), _("内容"), _("提出人"), _("要求谁"), _("提出时间"),
        _("应反馈时间"), _("状态"), _("反馈"), _("反馈时间"), _("是否逾期"), _("要求再办次数"),
    ]  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for line in asked(work, view, f, limit=MOST + 1):
        d, kind = line.demand, world.blueprint.demands.get(line.demand.kind)
        rows.append(
            (
                *case_cells(world, line.case), pick(kind.label) if kind else d.kind,
                mask_text(d.text), d.asker_name, world.units.name(d.unit), d.opened_at, d.due_at,
                str(LABELS[d.state]), mask_text(d.answer), d.answered_at,
                _("是") if d.late else _("否"), d.pressed,
            )
        )  # fmt: skip
    return head, rows


def title(view: str) -> str:
    """What the file is called."""
    return str(VIEWS[view])
