"""What the print dialog offers."""

import re
from html import unescape

from core.access.desk import Office
from core.paper.issues import standing
from core.paper.kinds import ORDER
from pages.ui.printing import offered
from tests.core.paper.lives import begun


def test_where_several_orders_stand_each_may_be_chosen(office: Office) -> None:
    life = begun(office).dispatched().pressed()
    assert "demand=" not in offered(life.seen_by("county"))
    life.do("supervisor", "supervise", text="请打13812345678核实", due="2026-11-25")
    found = life.seen_by("county")
    listed = unescape(offered(found, "寄送督办单"))
    numbers = re.findall(r"督办〔2026〕\d+(-2)?号：(查清原因|请打138\*{4}5678核实)", listed)
    assert numbers == [("-2", "请打138****5678核实"), ("", "查清原因")]
    for one in standing(found, ORDER):
        assert re.search(rf"order\.pdf\?purpose=[^&]+&demand={one.demands[0].id}\"", listed)
    assert len(re.findall("instruction.pdf", listed)) == 1
