"""我的待办: mine, due first, with what is asked of me in the first line."""

import streamlit as st

from core.cases.inbox import inbox
from core.open import office
from core.rules.permissions import Permission
from core.words import _
from pages.ui.actions import tapped
from pages.ui.guard import guard
from pages.ui.markup import empty
from pages.ui.rows import inbox_file, inbox_rows
from pages.ui.taps import taps

actor = guard(Permission.CASE_ACT)

with office().look(actor) as look:
    found, world = inbox(look), look.world
if found:
    tapped(actor, taps(inbox_rows(world, actor, found) + inbox_file(), key="inbox"))
else:
    st.html(
        empty(_("没有等您办理的诉求"), _("有新任务时，这里和右上角的消息会提示您。"), "task_alt")
    )
