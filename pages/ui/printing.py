"""The papers of a case, as Word to go on writing in and as PDF to print."""

from collections.abc import Sequence

import streamlit as st

from core.cases.detail import detail
from core.open import office
from core.paper.kinds import Paper, printable
from core.rules.forms import Field
from core.rules.permissions import Permission
from core.words import _
from pages.ui.forms import Form
from pages.ui.guard import recognise
from pages.ui.markup import esc, href, icon, notice


def print_papers(number: str) -> None:
    """The dialog: which papers there are; naming the resident asks for a purpose first."""
    actor = recognise().actor
    with office().look(actor) as look:
        found = detail(look, number)
    ready = printable(found)
    if not ready:
        st.html(notice(_("现在还没有可以打印的内容。")))
        return
    slot = st.empty()
    purpose = ""
    if found.resident is not None and Permission.CASE_IDENTITY in actor.permissions:
        purpose = _purpose(number)
    slot.html(_list(number, ready, purpose))


def _purpose(number: str) -> str:
    """Why the resident shall be named; empty: masked, as everywhere."""
    form = Form(f"print:{number}")
    with st.form(f"print-form:{number}", border=False):
        label = _("要写明反映人身份的，请填用途，例如：寄送答复函")
        form.draw([Field(id="purpose", label=label, max=200)])
        sent = st.form_submit_button(_("写明身份"), width="stretch")
    said = str(form.values.get("purpose", "")).strip() if sent else ""
    if sent and len(said) < 2:
        st.html(notice(_("请写明查看身份信息的用途"), "warn", "error"))
        return ""
    if said:
        words = _("上面的文书会写明反映人身份。每打印一次都会留下记录：谁、何时、为什么。")
        st.html(notice(words, "warn", "policy"))
    return said


def _list(number: str, ready: Sequence[Paper], purpose: str) -> str:
    rows = "".join(
        f"<li><p><b>{esc(p.label)}</b><span>{esc(p.about)}</span></p>"
        f"{_link(number, p, 'docx', 'Word', 'draft', purpose)}"
        f"{_link(number, p, 'pdf', 'PDF', 'print', purpose)}</li>"
        for p in ready
    )
    hint = _("PDF 用来打印，Word 可以接着改。")
    return f'<ul class="papers">{rows}</ul><p class="quiet">{esc(hint)}</p>'


def _link(number: str, paper: Paper, form: str, words: str, symbol: str, purpose: str) -> str:
    to = href(f"/api/v1/cases/{number}/papers/{paper.id}.{form}", purpose=purpose)
    return f'<a class="btn" href="{to}" target="_blank" rel="noopener">{icon(symbol)}{words}</a>'
