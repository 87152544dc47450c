"""消息: what has come for me, newest first; opening the page leaves it to me what is read."""

import streamlit as st

from core.cases.notices import mark_read, my_notices
from core.open import office
from pages.ui.guard import guard
from pages.ui.notices import PAGE, notice_list, opened
from pages.ui.taps import taps

actor = guard()

only_new = st.query_params.get("only") == "new"
before = st.query_params.get("before", "")
with office().look(actor) as look:
    found = my_notices(
        look,
        unread_only=only_new,
        limit=PAGE + 1,
        before=int(before) if before.isdecimal() else None,
    )
tap = taps(notice_list(found, only_new=only_new), key="messages")
if tap:
    ids, number = opened(tap)
    with office().work(actor) as work:
        mark_read(work, ids)
    assessed = next((n.leads for n in found if n.id in (ids or ()) and n.leads), None)
    if assessed:
        st.switch_page("pages/figures/assess.py", query_params=assessed)
    if number:
        st.switch_page("pages/work/case.py", query_params={"number": number})
    st.rerun()
