"""The one registry of office pages: it feeds the address table, the navigation and the guards.

A page is a file in `pages/<area>/` and a line here; nothing else has to know it.
"""

from copy import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import streamlit as st

from core.access.actor import Actor
from core.errors import OneDoorError
from core.rules.permissions import Permission
from core.words import Text, lazy
from pages.ui.states import show_refusal

TOP = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class OfficePage:
    """One page of the office."""

    url: str
    """Its address without the slash; empty: the front door."""
    file: str
    """Relative to `pages/`."""
    title: Text
    icon: str
    """A Material symbol's name."""
    permission: Permission | None
    """None: everybody who is signed in."""
    nav: bool = True
    """Whether it stands in the bar; a case is reached from its lists."""
    where: bool = False
    """Whether the top line offers the area."""
    when: Literal["", "now", "period"] = ""
    """What the top line says of time: as of now, or a period to choose."""
    first_for: tuple[str, ...] = ()
    """Roles that begin their day here; the first page that names one of a person's roles."""

    def page(self) -> "st.Page":
        """What Streamlit navigates to."""
        return st.Page(
            TOP / self.file, title=str(self.title), url_path=self.url, default=not self.url
        )

    def open_to(self, actor: Actor) -> bool:
        """Whether the actor may see it at all."""
        return self.permission is None or self.permission in actor.permissions


PAGES: tuple[OfficePage, ...] = (
    OfficePage(
        url="",
        file="work/start.py",
        title=lazy("首页"),
        icon="door_open",
        permission=None,
        nav=False,
    ),
    OfficePage(
        url="briefing",
        file="work/briefing.py",
        title=lazy("领导简报"),
        icon="campaign",
        permission=Permission.CASE_INSTRUCT,
        where=True,
        when="period",
        first_for=("leader",),
    ),
    OfficePage(
        url="deputy",
        file="work/deputy.py",
        title=lazy("代表评议"),
        icon="how_to_vote",
        permission=Permission.CASE_REVIEW,
        where=True,
        when="period",
        first_for=("deputy",),
    ),
    OfficePage(
        url="inbox",
        file="work/inbox.py",
        title=lazy("我的待办"),
        icon="task_alt",
        permission=Permission.CASE_ACT,
        when="now",
        first_for=("handler", "head", "grid_worker", "grid_leader"),
    ),
    OfficePage(
        url="desk",
        file="work/board.py",
        title=lazy("调度看板"),
        icon="view_kanban",
        permission=Permission.BOARD_READ,
        where=True,
        when="now",
        first_for=("dispatcher",),
    ),
    OfficePage(
        url="watch",
        file="figures/live.py",
        title=lazy("实时看板"),
        icon="monitoring",
        permission=Permission.BOARD_READ,
        where=True,
        first_for=("supervisor",),
    ),
    OfficePage(
        url="cases",
        file="work/list.py",
        title=lazy("诉求列表"),
        icon="list_alt",
        permission=Permission.CASE_READ,
        where=True,
        when="period",
    ),
    OfficePage(
        url="figures",
        file="figures/kpi.py",
        title=lazy("统计分析"),
        icon="bar_chart",
        permission=Permission.KPI_READ,
        where=True,
        when="period",
        first_for=("analyst",),
    ),
    OfficePage(
        url="assess",
        file="figures/assess.py",
        title=lazy("考核"),
        icon="leaderboard",
        permission=Permission.KPI_READ,
        where=True,
    ),
    OfficePage(
        url="supervision",
        file="work/supervision.py",
        title=lazy("督查督办"),
        icon="gavel",
        permission=Permission.BOARD_READ,
        where=True,
        when="period",
    ),
    OfficePage(
        url="instructions",
        file="work/instructions.py",
        title=lazy("批示台账"),
        icon="fact_check",
        permission=Permission.INSTRUCTION_READ,
        where=True,
        when="period",
    ),
    OfficePage(
        url="register",
        file="work/register.py",
        title=lazy("登记诉求"),
        icon="edit_note",
        permission=Permission.CASE_CREATE,
        first_for=("clerk",),
    ),
    OfficePage(
        url="case",
        file="work/case.py",
        title=lazy("诉求详情"),
        icon="description",
        permission=Permission.CASE_READ,
        nav=False,
    ),
    OfficePage(
        url="health",
        file="system/health.py",
        title=lazy("系统状态"),
        icon="monitor_heart",
        permission=Permission.SYSTEM_READ,
        when="now",
        first_for=("admin",),
    ),
    OfficePage(
        url="people",
        file="system/people.py",
        title=lazy("人员账号"),
        icon="group",
        permission=Permission.PEOPLE_MANAGE,
    ),
    OfficePage(
        url="places",
        file="system/places.py",
        title=lazy("区划和单位"),
        icon="account_tree",
        permission=Permission.PLACES_IMPORT,
        where=True,
    ),
    OfficePage(
        url="undelivered",
        file="system/undelivered.py",
        title=lazy("未送达消息"),
        icon="unsubscribe",
        permission=Permission.MESSAGE_MANAGE,
    ),
    OfficePage(
        url="config",
        file="system/config.py",
        title=lazy("配置"),
        icon="tune",
        permission=Permission.CONFIG_READ,
    ),
    OfficePage(
        url="audit",
        file="system/audit.py",
        title=lazy("审计记录"),
        icon="policy",
        permission=Permission.AUDIT_READ,
        when="period",
        first_for=("auditor",),
    ),
    OfficePage(
        url="password",
        file="work/password.py",
        title=lazy("修改密码"),
        icon="key",
        permission=None,
        nav=False,
    ),
    OfficePage(
        url="messages",
        file="work/messages.py",
        title=lazy("消息"),
        icon="notifications",
        permission=None,
        nav=False,
    ),
)
_BY_URL = {p.url: p for p in PAGES}
_CURRENT = "od_page"


def page_at(path: str) -> OfficePage | None:
    """The page at an address path such as `/case`."""
    return _BY_URL.get(path.strip("/"))


def current() -> OfficePage:
    """The page that is running; between runs, the one that ran last."""
    return _BY_URL[st.session_state.get(_CURRENT, "")]


def first_for(actor: Actor) -> OfficePage:
    """Where this person's day begins."""
    own = [p for p in PAGES if p.url and p.open_to(actor)]
    roles = set(actor.roles)
    return next((p for p in own if roles & set(p.first_for)), own[0])


@cache
def _drawn() -> list["st.Page"]:
    """Every page as Streamlit sees it. It looks at the files each time it makes them, which costs
    each tap some milliseconds; its marks of one run are on copies."""
    return [p.page() for p in PAGES]


def navigate() -> None:
    """Run the page that was asked for. All are known to Streamlit; each guards itself."""
    page = st.navigation([copy(p) for p in _drawn()], position="hidden")
    st.session_state[_CURRENT] = page.url_path
    try:
        page.run()
    except OneDoorError as refusal:
        show_refusal(refusal)
