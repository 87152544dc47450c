"""A report as a table to take away: every rate with its two numbers and its value."""

from typing import Any

from core.blueprint.world import World
from core.kpi.figures import By, Figures, Report
from core.words import Text, _, lazy, pick

SPLITS: dict[By, Text] = {
    "area": lazy("区域"),
    "unit": lazy("单位"),
    "category": lazy("类别"),
    "inlet": lazy("渠道"),
    "month": lazy("月份"),
    "day": lazy("日期"),
}
"""What a report can be split by."""
_COUNTS = {"received": lazy("受理"), "answered": lazy("已答复或办结"), "closed": lazy("办结")}


def table(world: World, report: Report) -> tuple[list[str], list[list[Any]]]:
    """Header and rows; the whole comes last.

    Rates are numbers between 0 and 1, empty where nothing can be divided; days are rounded
    to a tenth.
    """
    by = report.query.by
    head = [str(SPLITS[by]), _("代码")] if by else [_("范围"), _("代码")]
    head += [str(label) for label in _COUNTS.values()]
    for kpi in world.blueprint.kpis.values():
        label = pick(kpi.label)
        head += [label, _("{rate}的分子", rate=label), _("{rate}的分母", rate=label)]
    head.append(_("答复用时中位数（天）"))
    rows = [[r.label, r.key, *_cells(r)] for r in report.rows]
    return head, [*rows, [_("合计"), "", *_cells(report.total)]]


def _cells(row: Figures) -> list[Any]:
    cells: list[Any] = [row.counts[m] for m in _COUNTS]
    for rate in row.rates.values():
        value = None if rate.value is None else round(rate.value, 4)
        cells += [value, plain(rate.numerator), plain(rate.denominator)]
    return [*cells, None if row.median_days is None else round(row.median_days, 1)]


def plain(number: float) -> float:
    """A whole number without a point; a weighted sum with one digit behind it."""
    return int(number) if number == int(number) else round(number, 1)
