"""What will probably be chosen, filled in beforehand: assigning takes two taps, not twenty."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.access.desk import Look
from core.blueprint.world import World
from core.cases.alike import to_merge_into
from core.cases.detail import Detail
from core.cases.intake import route
from core.cases.queries import CaseLine
from core.cases.standing import facts_of
from core.errors import OneDoorError
from core.rules.case import Case
from core.rules.permissions import Permission
from core.rules.units import CENTRE
from core.rules.workflow import Transition
from core.words import _
from pages.ui.markup import esc
from pages.ui.rows import short_list
from pages.ui.taps import taps


def suggestion(world: World, row: Transition, case: Case) -> dict[str, Any]:
    """The units that the county's dispatch table names for this case, where one is asked for."""
    if "open_tasks" not in row.effects:
        return {}
    try:
        way = route(world, facts_of(case), case.accused)
    except OneDoorError:
        return {}
    if way.unit.kind == CENTRE or way.unit.code == case.holder:
        return {}
    return {"lead": way.unit.code, "assist": list(way.assist)}


def likely(look: Look, found: Detail, row: Transition) -> Sequence[CaseLine]:
    """Cases of the same matter, where the action merges and the reader may look for them."""
    if "merge" not in row.effects or Permission.RESIDENT_FIND not in look.actor.permissions:
        return ()
    return to_merge_into(look, found.file.case)


def offer(world: World, found: Sequence[CaseLine], key: str) -> None:
    """The likely ones, each with a button that writes its number into the input `key`."""
    if not found:
        return

    def choose(line: CaseLine) -> str:
        chosen = st.session_state.get(key) == line.number
        words = _("已选") if chosen else _("选这件")
        return (
            f'<button type="button" class="btn{" main" if chosen else ""}"'
            f' data-tap="{esc(line.number)}" aria-pressed="{str(chosen).lower()}">'
            f"{esc(words)}</button>"
        )

    hint = esc(_("附近有相似的诉求，选一件；都不是，就在下面填编号。"))
    tapped = taps(
        f'<p class="quiet">{hint}</p>{short_list(world, found, choose)}', key=f"{key}:likely"
    )
    if tapped:
        st.session_state[key] = tapped
        st.rerun(scope="fragment")
