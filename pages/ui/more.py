"""The dialogs of a case that are no step of the loop: adding files, seeing who spoke, printing."""

import streamlit as st

from core.cases.detail import unmask
from core.cases.files import attach
from core.errors import Invalid, OneDoorError
from core.open import office
from core.rules.forms import Field
from core.words import _
from pages.ui.flash import flash
from pages.ui.forms import Form
from pages.ui.guard import recognise
from pages.ui.markup import esc, notice
from pages.ui.printing import print_papers

DIALOGS = ("attach", "print", "unmask")


def open_dialog(name: str, number: str) -> None:
    """Open one of `DIALOGS`."""
    if name == "attach":
        st.dialog(_("添加照片和附件"))(_attach)(number)
    elif name == "print":
        st.dialog(_("打印"))(print_papers)(number)
    else:
        st.dialog(_("查看联系方式"))(_unmask)(number)


def _attach(number: str) -> None:
    actor = recognise().actor
    form = Form(f"attach:{number}")
    label = _("照片、PDF、Word、Excel、录音或视频")
    with st.form(f"attach-form:{number}", border=False):
        form.draw([Field(id="file", label=label, type="files")])
        sent = st.form_submit_button(_("添加"), type="primary", width="stretch")
    if not sent:
        return
    files = form.uploads["file"]
    if not files:
        form.show_faults(Invalid(_("请先选择文件"), field="file"))
        return
    try:
        with office().work(actor) as work:
            for file in files:
                attach(work, number, file.name, file.getvalue())
    except Invalid as fault:
        form.show_faults(fault)
    except OneDoorError as refusal:
        st.html(notice(refusal.message, "warn", "error"))
    else:
        flash(_("已添加 {n} 个附件", n=len(files)))
        st.rerun()


def _unmask(number: str) -> None:
    """The plain identity stands in this dialog only, and goes with it."""
    actor = recognise().actor
    form = Form(f"unmask:{number}")
    st.html(notice(_("查看会留下记录：谁、何时、为什么。只为办理这件诉求使用。"), "warn", "policy"))
    with st.form(f"unmask-form:{number}", border=False):
        form.draw([Field(id="purpose", label=_("用途，例如：约时间上门查看"), required=True)])
        sent = st.form_submit_button(_("查看"), type="primary", width="stretch")
    if not sent:
        return
    try:
        with office().work(actor) as work:
            who = unmask(work, number, form.values.get("purpose", ""))
    except Invalid as fault:
        form.show_faults(fault)
    except OneDoorError as refusal:
        st.html(notice(refusal.message, "warn", "error"))
    else:
        if who is None:
            st.html(notice(_("这件诉求没有留联系方式。")))
            return
        phone = esc(who.phone)
        st.html(
            f'<dl class="who"><dt>{esc(_("姓名"))}</dt><dd>{esc(who.name or "—")}</dd>'
            f'<dt>{esc(_("联系电话"))}</dt><dd><a href="tel:{phone}">{phone}</a></dd>'
            f"<dt>{esc(_('地址'))}</dt><dd>{esc(who.address or '—')}</dd></dl>"
        )
