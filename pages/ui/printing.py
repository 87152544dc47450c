"""The papers of a case, as Word to go on writing in and as PDF to print."""

import streamlit as st

from core.cases.detail import Detail, detail
from core.open import office
from core.paper.issues import Issue, number_of, standing
from core.paper.kinds import Paper, printable
from core.rules.forms import Field
from core.rules.masking import mask_text
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
    if not printable(found):
        st.html(notice(_("现在还没有可以打印的内容。")))
        return
    slot = st.empty()
    purpose = ""
    if found.resident is not None and Permission.CASE_IDENTITY in actor.permissions:
        purpose = _purpose(number)
    slot.html(offered(found, purpose))


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


def offered(found: Detail, purpose: str = "") -> str:
    """What its reader may print now, each as Word and as PDF.

    Args:
        purpose: why the papers shall name the resident; empty: they do not.
    """
    rows = "".join(_paper(found, paper, purpose) for paper in printable(found))
    hint = _("PDF 用来打印，Word 可以接着改。")
    return f'<ul class="papers">{rows}</ul><p class="quiet">{esc(hint)}</p>'


def _paper(found: Detail, paper: Paper, purpose: str) -> str:
    """One line; a line for each where several orders or instructions stand, newest first."""
    several = standing(found, paper.demands)
    if len(several) < 2:
        return _line(found, paper, str(paper.about), purpose=purpose)
    return "".join(_issue(found, paper, one, purpose) for one in several)


def _issue(found: Detail, paper: Paper, one: Issue, purpose: str) -> str:
    first = one.demands[0]
    number = number_of(paper, found.file.case, one.nth)
    said = _("{number}：{text}", number=number, text=mask_text(first.text)[:40])
    return _line(found, paper, said, purpose=purpose, demand=str(first.id))


def _line(found: Detail, paper: Paper, about: str, **query: str) -> str:
    base = f"/api/v1/cases/{found.file.case.number}/papers/{paper.id}"
    ways = ("docx", "Word", "draft"), ("pdf", "PDF", "print")
    links = "".join(
        f'<a class="btn" href="{href(f"{base}.{form}", **query)}" target="_blank"'
        f' rel="noopener">{icon(symbol)}{words}</a>'
        for form, words, symbol in ways
    )
    return f"<li><p><b>{esc(paper.label)}</b><span>{esc(about)}</span></p>{links}</li>"
