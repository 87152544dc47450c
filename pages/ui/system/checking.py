"""The complete check, on demand: minutes where there are millions of cases, so with a bar."""

import streamlit as st

from core.kpi.check import Finding, check
from core.now import now
from core.open import office
from core.words import _
from pages.ui.markup import esc, icon, notice
from pages.ui.times import when

_KEPT = "od_checked"


def check_all() -> None:
    """The button, the bar, and the last result of this session."""
    st.html(
        f'<h2 class="group">{esc(_("完整核对"))}</h2><p class="quiet">'
        + esc(
            _(
                "从原始诉求重新计算每个统计数字，逐条核对办理经过、时限和任务，"
                "与命令 onedoor check 相同。"
            )
        )
        + "</p>"
    )
    if st.button(_("开始核对"), icon=":material/fact_check:"):
        bar = st.progress(0.0, text=_("正在核对统计数字，数据多时要几分钟……"))

        def tick(done: int, total: int | None) -> None:
            said = _("正在核对办理经过：{n} / {all}", n=f"{done:,}", all=f"{total or done:,}")
            bar.progress(min(1.0, done / total) if total else 1.0, text=said)

        found = check(office(), tick)
        bar.empty()
        st.session_state[_KEPT] = (now(), found)
    kept = st.session_state.get(_KEPT)
    if kept is not None:
        at, found = kept
        st.html(_result(found) + f'<p class="quiet">{esc(_("核对于"))} {when(at)}</p>')


def _result(found: list[Finding]) -> str:
    if not found:
        words = _(
            "核对通过：统计与原始诉求一致，办理经过完整，每件未办结的诉求都有承办单位和时限。"
        )
        return notice(words, "good", "verified")
    items = "".join(f"<li>{icon('error')}<span>{esc(f)}</span></li>" for f in found)
    head = _("{n} 项对不上，请把下面的内容发给维护人员：", n=len(found))
    return notice(head, "warn", "error") + f'<ul class="broken">{items}</ul>'
