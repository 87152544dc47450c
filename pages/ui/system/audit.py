"""The audit as a list: who did what, when, to what."""

import streamlit as st

from core.access.trail import NOTEWORTHY, WORDS, Trail, TrailFilter, TrailLine, particulars
from core.rules.permissions import ROLES
from core.words import _
from pages.ui.files import list_file
from pages.ui.markup import empty, esc, href, icon
from pages.ui.scope import download_period, period_of
from pages.ui.times import when

PAGE = 50
_PATH = "/audit"


def wanted() -> TrailFilter:
    """The filter in the address; what does not exist is passed over."""
    asked, period = st.query_params, period_of()
    what = asked.get("what", "")
    return TrailFilter(
        who=asked.get("who", "").strip()[:64],
        what=what if what in WORDS else "",
        q=asked.get("q", "").strip()[:100],
        since=period.since,
        until=period.until,
    )


def _into_address() -> None:
    st.query_params.pop("cursor", None)
    value = str(st.session_state.get("od_who") or "").strip()
    if value:
        st.query_params["who"] = value
    else:
        st.query_params.pop("who", None)


def who_filter() -> None:
    """Whose doings: part of a name, or a username."""
    st.session_state["od_who"] = st.query_params.get("who", "")
    st.text_input(
        _("人员"), key="od_who", icon=":material/person_search:", on_change=_into_address,
        placeholder=_("姓名或用户名"), label_visibility="collapsed",
    )  # fmt: skip


def _query(**changed: str) -> dict[str, str]:
    return {k: v for k, v in st.query_params.to_dict().items() if k != "cursor"} | changed


def bar() -> str:
    """The menu of what was done."""
    chosen = st.query_params.get("what", "")
    if chosen in WORDS:
        menu = (
            f'<a class="chip on" href="{href(_PATH, **_query(what=""))}" '
            f'title="{esc(_("取消这个条件"))}">{esc(WORDS[chosen])}{icon("close")}</a>'
        )
    else:
        items = "".join(
            f'<a href="{href(_PATH, **_query(what=code))}">{esc(words)}</a>'
            for code, words in WORDS.items()
        )
        menu = (
            f'<details class="menu"><summary class="chip">{esc(_("做了什么"))}'
            f'{icon("expand_more")}</summary><div class="long">{items}</div></details>'
        )
    quick = "".join(
        f'<a class="chip" href="{href(_PATH, **_query(what=code))}">{esc(WORDS[code])}</a>'
        for code in sorted(NOTEWORTHY)
        if code != chosen
    )
    file = list_file("audit", "who", "what", "q", **download_period())
    return f'<div class="filters">{menu}{quick}<span class="rest">{file}</span></div>'


def trail_list(found: Trail) -> str:
    """A page of the audit with the ways on."""
    if not found.lines:
        return empty(
            _("这段时间没有符合条件的记录"), _("把时间放宽，或取消上面的条件再看看。"), "policy"
        )
    ways = []
    if st.query_params.get("cursor"):
        ways.append(f'<a class="btn" href="{href(_PATH, **_query())}">{esc(_("回到最新"))}</a>')
    if found.cursor:
        on = href(_PATH, **_query(cursor=found.cursor))
        ways.append(f'<a class="btn" href="{on}">{esc(_("更早的记录"))}</a>')
    head = "".join(
        f"<span>{esc(h)}</span>" for h in (_("时间"), _("谁"), _("做了什么"), _("对象和详情"))
    )
    rows = "".join(_row(line) for line in found.lines)
    return (
        f'<ol class="rows trail"><li class="head" aria-hidden="true">{head}</li>{rows}</ol>'
        f'<nav class="pages">{"".join(ways)}</nav>'
    )


def _row(line: TrailLine) -> str:
    words = str(WORDS.get(line.what, line.what))
    mark = " noted" if line.what in NOTEWORTHY else ""
    subject = "" if line.subject == line.username else line.subject
    details = " · ".join(x for x in (esc(subject), esc(particulars(line.data))) if x)
    kind = "details" if details else "details none"
    return (
        f'<li class="row{mark}"><span class="c when">{when(line.at)}</span>{_who(line)}'
        f'<span class="what">{esc(words)}</span><span class="{kind}">{details or "—"}</span></li>'
    )


def _who(line: TrailLine) -> str:
    """A tap on somebody shows their doings alone."""
    if line.username:
        to = href(_PATH, **_query(who=line.username))
        return (
            f'<a class="who-c" href="{to}"><b>{esc(line.name or line.username)}</b>'
            f'<span class="no">{esc(line.username)}</span></a>'
        )
    name = line.name or _("未登录的人")
    system = str(ROLES["system"].label)
    return f'<span class="who-c"><b>{esc(system if name == "系统" else name)}</b></span>'
