"""A ranking as a table to take away: every figure with its numerator and its denominator."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.kpi.assess.read import Assessed
from core.kpi.assess.result import Scored
from core.rules.assessment import EMPTY, FEW
from core.words import Text, _, lazy, pick

WHY: Mapping[str, Text] = {FEW: lazy("样本太少，不排名"), EMPTY: lazy("没有可考核的数据")}
"""Why a unit has no rank."""
WHY_LINE: Mapping[str, Text] = {FEW: lazy("样本太少，不计分"), EMPTY: lazy("分母为 0，不计分")}


def table(assessed: Assessed) -> tuple[list[str], list[list[Any]]]:
    """Header and rows: by group, the ranked ones first; rates are between 0 and 1."""
    rule = assessed.basis.assessment
    head = [_("组别"), _("名次"), _("单位"), _("代码"), _("样本"), _("总分")]
    if assessed.basis.publication:
        head += [_("公布时总分"), _("公布时名次")]
    for line in rule.lines.values():
        label = pick(line.label)
        head += [_("{line}得分", line=label), _("{rate}的分子", rate=label)]
        if line.is_rate:
            head += [_("{rate}的分母", rate=label), _("{line}的值", line=label)]
    head += [_("剔除件数"), _("备注")]
    return head, [_row(assessed, s) for s in assessed.scored]


def _row(assessed: Assessed, s: Scored) -> list[Any]:
    rule, publication = assessed.basis.assessment, assessed.basis.publication
    group = pick(rule.groups[s.member.group].label)
    cells: list[Any] = [
        group, s.rank, s.member.name, s.member.unit, number(s.score.sample), number(s.score.total),
    ]  # fmt: skip
    if publication:
        total, rank = publication.totals.get(s.member.unit, (None, None))
        cells += [number(total), rank]
    for name, line in rule.lines.items():
        got = s.score.lines[name]
        cells += [number(got.points), number(got.numerator)]
        if line.is_rate:
            value = None if got.value is None else round(float(got.value), 4)
            cells += [number(got.denominator), value]
    return [*cells, s.excluded, _("；").join(remarks(assessed, s))]


def remarks(assessed: Assessed, s: Scored) -> list[str]:
    """What has to be said beside the numbers."""
    found, lines = [], assessed.basis.assessment.lines
    if s.score.why:
        found.append(str(WHY[s.score.why]))
    for name, got in s.score.lines.items():
        label = pick(lines[name].label)
        if got.set_to:
            found.append(
                _("{line}：申诉成立，改为 {points} 分", line=label, points=number(got.points))
            )
        elif got.why and not s.score.why:
            found.append(f"{label}{_('：')}{WHY_LINE[got.why]}")
    if s.score.scaled:
        found.append(_("其余各项按满分折算"))
    return found


def number(value: Decimal | None) -> float | int | None:
    """A number as a spreadsheet keeps it."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
