"""Every figure with numerator and denominator."""

from datetime import date
from typing import Any, Literal

from fastapi import Request, Response

from api.edge import looking
from api.v1.resource import resource
from core.access.desk import Look
from core.errors import Invalid
from core.kpi.figures import FigureQuery, Figures, figures
from core.now import local_day, now
from core.words import lazy, pick

router = resource("figures")

LONGEST = 3 * 366
"""Days that are told apart at once."""


@router.get("/kpi")
async def kpi(
    request: Request,
    area: str = "",
    unit: str = "",
    category: str = "",
    inlet: str = "",
    since: date | None = None,
    until: date | None = None,
    by: Literal["", "area", "unit", "category", "inlet", "month", "day"] = "",
) -> Response:
    """Cases received in [since, until), in whole days of the county, split by one thing."""
    _sensible(since, until, by)
    query = FigureQuery(
        area=area, unit=unit, category=category, inlet=inlet, since=since, until=until, by=by
    )

    def do(look: Look) -> Any:
        report = figures(look, query)
        labels = {k: pick(v.label) for k, v in look.world.blueprint.kpis.items()}
        asked = {name: getattr(report.query, name) for name in FigureQuery.__slots__}
        return {
            "query": asked,
            "total": _figures(report.total, labels),
            "rows": [_figures(row, labels) for row in report.rows],
        }

    return await looking(request, do)


def _sensible(since: date | None, until: date | None, by: str) -> None:
    """Refuse periods that nobody means: each empty day would become a line."""
    for name, day in (("since", since), ("until", until)):
        if day and not 2000 <= day.year <= 2100:
            raise Invalid(lazy("{name} 应在 2000 年到 2100 年之间", name=name), field=name)
    if by == "day" and since and ((until or local_day(now())) - since).days > LONGEST:
        raise Invalid(lazy("按日统计一次最多三年，请缩短时间段"), field="since")


def _figures(found: Figures, labels: dict[str, str]) -> dict[str, Any]:
    return {
        "key": found.key,
        "label": found.label,
        "counts": dict(found.counts),
        "rates": {
            k: {
                "label": labels.get(k, k),
                "numerator": r.numerator,
                "denominator": r.denominator,
                "value": r.value,
            }
            for k, r in found.rates.items()
        },
        "median_days": float(found.median_days) if found.median_days is not None else None,
    }
