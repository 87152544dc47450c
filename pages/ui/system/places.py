"""A place of the tree as HTML: what lies below it, and its own units."""

from core.blueprint.world import World
from core.places.browse import AreaLine, AreaView, UnitLine
from core.places.imports.areas import LEVEL_LABELS
from core.places.imports.units import KIND_LABELS
from core.words import _, pick
from pages.ui.files import downloads
from pages.ui.markup import empty, esc, href, icon, tag
from pages.ui.system.parts import figures

_PATH = "/places"


def area_html(world: World, found: AreaView) -> str:
    """The whole place."""
    t = found.total
    strip = figures(
        [
            (_("下级区划"), f"{t.areas:,}", ""),
            (_("单位数"), f"{t.units:,}", ""),
            (_("人员"), f"{t.people:,}", ""),
            (_("门牌"), f"{t.plates:,}", href(_PATH, part="plates", area=t.code)),
        ]
    )
    about = f'<p class="quiet">{esc(level(t.level))} · {esc(_("代码"))} {esc(t.code)}</p>'
    files = downloads(
        "places",
        (_("下载单位表"), {"list": "units", "area": t.code}),
        (_("下载区划表"), {"list": "areas", "area": t.code}),
        note=_("下载会留下记录"),
    )
    bar = f'<div class="filters"><span class="rest">{files}</span></div>'
    return (
        f'{about}{bar}{strip}<div class="tree"><section>{_below(found)}</section>'
        f"<section>{_units(world, found)}</section></div>"
    )


def level(code: str) -> str:
    """「乡级」."""
    return str(LEVEL_LABELS.get(code, code))


def _below(found: AreaView) -> str:
    head = f'<h2 class="group">{esc(_("下一级"))} <span>{len(found.below)}</span></h2>'
    if not found.below:
        return head + empty(
            _("下面没有区划了"), _("要细分到网格，请在“导入”里导入网格表。"), "account_tree"
        )
    return head + f'<ol class="areas">{"".join(_area(a) for a in found.below)}</ol>'


def _area(a: AreaLine) -> str:
    counts = [
        _("{n} 个区划", n=f"{a.areas:,}") if a.areas else "",
        _("{n} 个单位", n=f"{a.units:,}"),
        _("{n} 人", n=f"{a.people:,}"),
        _("{n} 块门牌", n=f"{a.plates:,}") if a.plates else "",
    ]
    nobody = tag(_("没有人"), "amber", "person_off") if a.units and not a.people else ""
    said = " · ".join(c for c in counts if c)
    return (
        f'<li><a href="{href(_PATH, area=a.code)}"><b>{esc(a.name)}</b>'
        f'<span class="no">{esc(a.code)}</span>{nobody}<span class="counts">{esc(said)}</span>'
        f"{icon('chevron_right')}</a></li>"
    )


def _units(world: World, found: AreaView) -> str:
    head = f'<h2 class="group">{esc(_("本级单位"))} <span>{len(found.units)}</span></h2>'
    if not found.units:
        return head + empty(
            _("这一级没有单位"),
            _("诉求会交给上一级的单位；需要时在“导入”里导入单位表。"),
            "domain_disabled",
        )
    return head + f'<ol class="units">{"".join(_unit(world, u) for u in found.units)}</ol>'


def _unit(world: World, u: UnitLine) -> str:
    known = world.blueprint.duties
    duties = "".join(tag(pick(known.get(d, d)), "blue") for d in u.duties)
    kind = str(KIND_LABELS.get(u.kind, u.kind))
    gone = _("已并入{unit}", unit=u.successor) if u.successor else _("已停用")
    off = tag(gone, "", "block") if not u.active else ""
    nobody = u.active and not u.people
    people = tag(_("没有人"), "amber", "person_off") if nobody else _("{n} 人", n=f"{u.people:,}")
    more = " · ".join(esc(x) for x in (u.code, u.parent, u.phone) if x)
    who = people if nobody else esc(people)
    group = (
        f'<button type="button" class="link" data-tap="group:{esc(u.code)}">{icon("smart_toy")}'
        f"{esc(_('群机器人') if u.grouped else _('加群机器人'))}</button>"
    )
    return (
        f"<li><p><b>{esc(u.name)}</b>{tag(kind)}{off}"
        f'<a class="n" href="{href("/people", unit=u.code)}">{who}</a></p>'
        f'<p class="quiet">{more}{group}</p>' + (f"<p>{duties}</p>" if duties else "") + "</li>"
    )
