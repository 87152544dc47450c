"""What is half set up: units without people, rows that point at nobody, a county without centre.

Each check looks at one thing and names its cure.
"""

from collections.abc import Iterable

from core.blueprint.store import get_fact
from core.kpi.finding import Check, Finding, Ground, some
from core.rules.permissions import STAFF_ROLES
from core.rules.routing import To
from core.rules.units import CENTRE, GRID
from core.words import _, pick


def units(g: Ground) -> Finding:
    """A unit without people receives work that nobody reads."""
    title = _("单位人员")
    empty = [
        u for u in g.world.units.units.values()
        if u.active and u.kind != GRID and not g.staff.get(u.code)
    ]  # fmt: skip
    if not empty:
        return Finding(id="units", title=title, said=_("每个单位都有人。"))
    return Finding(
        id="units", title=title, state="soon", n=len(empty),
        examples=some(u.name for u in empty),
        said=_("{n} 个单位一个人也没有，派给它们的诉求没人看得到。", n=f"{len(empty):,}"),
        cure=_("在“人员账号”里导入或新增这些单位的人员；不再使用的单位，导入时把“启用”填“否”。"),
    )  # fmt: skip


def grids(g: Ground) -> Finding:
    """A grid without a worker."""
    title = _("网格员")
    all_grids = [u for u in g.world.units.units.values() if u.active and u.kind == GRID]
    empty = [u for u in all_grids if not g.staff.get(u.code)]
    if not all_grids:
        return Finding(
            id="grids", title=title, state="soon", said=_("还没有划分网格，小事到不了网格员手里。"),
            cure=_("在“区划和单位”里导入网格表（网格名称、所属村）。"),
        )  # fmt: skip
    if not empty:
        said = _("{n} 个网格都有网格员。", n=f"{len(all_grids):,}")
        return Finding(id="grids", title=title, said=said)
    return Finding(
        id="grids", title=title, state="soon", n=len(empty),
        examples=some(g.world.area_path(u.area) for u in empty),
        said=_("{all} 个网格里有 {n} 个没有网格员。",
               all=f"{len(all_grids):,}", n=f"{len(empty):,}"),
        cure=_("在“人员账号”里导入网格员，单位一列填网格的代码或名称。"),
    )  # fmt: skip


def centres(g: Ground) -> Finding:
    """A township without a centre sends everything up to the county."""
    title = _("说事中心")
    has = {u.area for u in g.world.units.units.values() if u.active and u.kind == CENTRE}
    townships = [a for a in g.world.areas.values() if a.level == "township"]
    without = [a.name for a in townships if a.code not in has]
    if g.world.root not in has:
        return Finding(
            id="centres", title=title, state="now",
            said=_("{name}没有中心，没有规则可派的诉求无处可去。",
                   name=g.world.area_name(g.world.root)),
            cure=_("在“区划和单位”里导入一个类型为“中心”、区划为 {code} 的单位。",
                   code=g.world.root),
        )  # fmt: skip
    if not without:
        said = _("县级和 {n} 个乡镇街道都有中心。", n=len(townships))
        return Finding(id="centres", title=title, said=said)
    return Finding(
        id="centres", title=title, state="soon", n=len(without), examples=some(without),
        said=_("{n} 个乡镇街道没有中心，它们的诉求都会到上一级。", n=len(without)),
        cure=_("在“区划和单位”里给它们导入类型为“中心”的单位。"),
    )  # fmt: skip


def roles(g: Ground) -> Finding:
    """A role that the loop asks for and nobody has stops the loop there."""
    title, blueprint = _("角色"), g.world.blueprint
    asked = {"admin", "auditor"} | {r for t in blueprint.workflow.transitions for r in t.who}

    def named(codes: Iterable[str]) -> tuple[str, ...]:
        return tuple(blueprint.role_name(r) for r in codes)

    without = [r for r in STAFF_ROLES if not g.roles.get(r)]
    needed = [r for r in without if r in asked]
    if needed:
        return Finding(
            id="roles", title=title, state="soon", n=len(needed), examples=named(needed),
            said=_("流程里要用的 {n} 个角色没有人担任，走到这一步会停下。", n=len(needed)),
            cure=_("在“人员账号”里给合适的人加上这些角色。"),
        )  # fmt: skip
    if without:
        names = _("、").join(named(without))
        said = _("流程要用的角色都有人；没有人担任、流程也不用的：{names}。", names=names)
        return Finding(id="roles", title=title, said=said)
    return Finding(id="roles", title=title, said=_("每个角色都有人担任。"))


def routes(g: Ground) -> Finding:
    """Rows of the dispatch table that point at nobody fall through to the centre."""
    title, units = _("派单表"), [u for u in g.world.units.units.values() if u.active]
    duties = {d for u in units for d in u.duties}
    kinds, codes = {u.kind for u in units}, {u.code for u in units}

    def nobody(to: To) -> bool:
        if to.unit:
            return to.unit not in codes
        return to.duty not in duties if to.duty else (to.kind or CENTRE) not in kinds

    wrong = [
        pick(row.name) or _("第 {n} 行", n=index)
        for index, row in enumerate(g.world.blueprint.dispatch, 1)
        if any(nobody(to) for to in (row.to, *row.assist))
    ]
    if not wrong:
        return Finding(id="routes", title=title, said=_("每一行都有单位接得住。"))
    return Finding(
        id="routes", title=title, state="soon", n=len(wrong), examples=some(wrong),
        said=_("派单表有 {n} 行找不到单位，符合这些行的诉求会落到中心。", n=len(wrong)),
        cure=_("给承办单位补上“职责”后重新导入单位表，或在配置的 dispatch 里改掉这些行。"),
    )  # fmt: skip


def address(g: Ground) -> Finding:
    """Plates and e-mails carry the public address."""
    url, title = g.look.settings.public_url, _("对外网址")
    if not any(here in url for here in ("//localhost", "//127.0.0.1", "//0.0.0.0")):
        return Finding(id="address", title=title, said=_("门牌和邮件里用 {url}。", url=url))
    return Finding(
        id="address", title=title, state="soon",
        said=_("门牌二维码和邮件里的网址是 {url}，群众的手机打不开。", url=url),
        cure=_("请把环境变量 ONEDOOR_PUBLIC_URL 设为群众能打开的网址，重新启动后再印门牌。"),
    )  # fmt: skip


def demo(g: Ground) -> Finding:
    """The demo county's passwords are printed at every start."""
    title = _("演示数据")
    if get_fact(g.look.tx, "demo") is None:
        return Finding(id="demo", title=title, said=_("不是演示数据。"))
    return Finding(
        id="demo", title=title, state="soon",
        said=_("这是演示县：人员和诉求都是虚构的，演示账号的密码是公开的。"),
        cure=_("正式使用请换一个空数据库，用 onedoor init 建立本县。"),
    )  # fmt: skip


GAPS: tuple[Check, ...] = (units, grids, centres, roles, routes, address, demo)
