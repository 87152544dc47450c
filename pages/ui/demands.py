"""What has been asked on a case: by whom, of whom, by when, and what was answered."""

from core.cases.detail import Detail
from core.oversight.slices import kept, words
from core.rules.case import Demand
from core.rules.demands import ACKNOWLEDGED, ANSWERED, LABELS, OPEN, PENDING
from core.rules.masking import mask_text
from core.words import _, pick
from pages.ui.briefing import cases
from pages.ui.markup import esc, icon, lines, tag
from pages.ui.times import due_badge, when
from pages.ui.waits import again, shelved

_KINDS = {OPEN: "amber", ACKNOWLEDGED: "blue", ANSWERED: "good"}


def demands(found: Detail, *, over: bool = False) -> str:
    """Newest first; nothing where nobody has asked for anything.

    Args:
        over: only those about which nothing is to be done any more, folded away.
    """
    shown = [d for d in reversed(found.file.demands) if not over or d.state not in PENDING]
    if over:
        shelf = shelved(found.file)
        shown = [d for d in shown if d is not shelf]
    if not shown:
        return ""
    items = f'<ul class="tasks">{"".join(_demand(found, d) for d in shown)}</ul>'
    if over:
        title = _("办过的要求和反馈，{n} 项", n=len(shown))
        return f'<details class="over"><summary>{esc(title)}</summary>{items}</details>'
    return f"<h2>{esc(_('要求和反馈'))}</h2>{items}"


def _demand(found: Detail, d: Demand) -> str:
    world = found.world
    kind = world.blueprint.demands.get(d.kind)
    due = due_badge(world, d.due_at) if d.state in (OPEN, ACKNOWLEDGED) and d.due_at else ""
    answer = (
        f"<p>{lines(mask_text(d.answer))}</p>"
        f'<p class="quiet">{esc(d.answered_by)} {when(d.answered_at)}</p>'
        if d.answer
        else ""
    )
    return (
        f"<li><p>{tag(pick(kind.label) if kind else d.kind, 'blue')}"
        f"<b>{esc(world.units.name(d.unit))}</b>"
        f"{tag(str(LABELS[d.state]), _KINDS.get(d.state, ''))}"
        f'{again(d)}{due}<span class="at">{esc(d.asker_name)} {when(d.opened_at)}</span></p>'
        + (f'<p class="note">{icon("campaign")}{lines(mask_text(d.text))}</p>' if d.text else "")
        + f"{answer}</li>"
    )


def matter(found: Detail) -> str:
    """批示事项: a leader's instruction on a class of appeals, with the way to them."""
    case, world = found.file.case, found.world
    about = kept(case.form)
    way = (
        f'<p class="why">{icon("list_alt")}<a href="{cases(about)}">'
        f"{esc(_('看涉及的诉求：{about}', about=words(world, about)))}</a></p>"
        if about
        else ""
    )
    return (
        f'<section class="asked"><h1>{esc(case.title)}</h1>'
        f'<p class="meta"><span class="no">{esc(case.number)}</span>'
        f"{tag(_('批示事项'), 'blue', 'edit_square')}<span>{when(case.received_at)}</span></p>"
        f'<p class="body">{lines(found.body)}</p>{way}</section>'
        f'<section class="now">{demands(found)}</section>'
    )
