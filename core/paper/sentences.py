"""Values as official paper writes them: 2026年11月21日, names for codes, sizes in words."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.blueprint.world import World
from core.now import local
from core.rules.forms import Field
from core.words import pick

JOIN = "、"


def day(instant: datetime | None) -> str:
    """「2026年11月21日」, by the county's calendar; empty where there is none."""
    if instant is None:
        return ""
    here = local(instant)
    return f"{here.year}年{here.month}月{here.day}日"


def moment(instant: datetime | None) -> str:
    """「2026年11月21日14时05分」."""
    return f"{day(instant)}{local(instant):%H时%M分}" if instant else ""


def size(n: int) -> str:
    """「340 KB」「2.1 MB」."""
    return f"{max(n // 1024, 1):,} KB" if n < 2**20 else f"{n / 2**20:,.1f} MB"


def value_words(world: World, one: Field, value: Any) -> str:
    """A field's value as people say it; the paper's counterpart of the case page's."""
    match one.type:
        case "unit" | "units":
            codes: Sequence[str] = [value] if isinstance(value, str) else value
            return JOIN.join(world.units.name(c) for c in codes)
        case "choice" | "choices":
            codes = [value] if isinstance(value, str) else value
            return JOIN.join(pick(one.choices.get(c, c)) for c in codes)
        case "files":
            return f"{len(value)} 个附件"
        case "score":
            return f"{value} 分"
        case "yes":
            return "是" if value else "否"
        case "time":
            return moment(datetime.fromisoformat(value)).removesuffix("00时00分")  # the day alone
        case "date":
            return day_of(value)
        case "area":
            return world.area_path(value)
        case "category":
            known = world.blueprint.categories.get(value)
            return pick(known.label) if known else str(value)
    return str(value)


def day_of(text: str) -> str:
    """「2026-11-21」 as paper writes it; anything else stays."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{found.year}年{found.month}月{found.day}日"
