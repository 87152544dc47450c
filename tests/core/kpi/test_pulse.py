"""How today goes, and what the public may know."""

import pytest

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.errors import NotPermitted
from core.kpi.pulse import Pulse, public_figures, pulse
from core.now import moved_to
from tests.support import county
from tests.support.moments import beijing, do, receive


class TestPulse:
    """How today goes."""

    def test_counts_today_and_what_is_late_now(self, office: Office) -> None:
        receive(office, "2026-11-02 09:00", kind="question")
        number = receive(office, "2026-11-17 09:00")
        with moved_to(beijing("2026-11-18 23:59")), office.look(SYSTEM) as look:
            assert pulse(look) == Pulse(received=0, closed=0, overdue=1, untaken=2)
        do(office, "2026-11-18 10:00", "dispatcher", number, "decline", reason="不属于受理范围")
        receive(office, "2026-11-18 00:01")
        with moved_to(beijing("2026-11-18 23:59")), office.look(SYSTEM) as look:
            assert pulse(look) == Pulse(received=1, closed=1, overdue=1, untaken=2)
        with moved_to(beijing("2026-11-19 00:00")), office.look(SYSTEM) as look:
            assert pulse(look) == Pulse(received=0, closed=0, overdue=1, untaken=2)

    def test_is_of_the_reader_s_own(self, office: Office) -> None:
        receive(office, "2026-11-18 09:00", area="131024100", by="other")
        receive(office, "2026-11-18 09:00")
        with moved_to(beijing("2026-11-18 12:00")):
            for who, n in (("clerk", 1), ("other", 1), ("leader", 2), ("enforcehead", 0)):
                with office.look(county.actor(office, who)) as look:
                    found = pulse(look)
                assert (found.received, found.untaken) == (n, n), who
            with office.look(county.actor(office, "clerk")) as look, pytest.raises(NotPermitted):
                pulse(look, "131024100")
            with office.look(county.actor(office, "police")) as look, pytest.raises(NotPermitted):
                pulse(look)


class TestPublic:
    """What hangs on the public board: counts by place, nothing else."""

    def test_last_thirty_days_by_township_and_the_whole(self, office: Office) -> None:
        receive(office, "2026-10-19 09:00")
        first = receive(office, "2026-10-20 09:00")
        receive(office, "2026-11-18 09:00", area="131024100", by="other")
        do(office, "2026-11-06 10:00", "dispatcher", first, "answer", text="已经答复")
        do(office, "2026-11-07 10:00", "clerk", first, "rate", score=5)
        with moved_to(beijing("2026-11-18 12:00")), office.look(SYSTEM) as look:
            found = public_figures(look, "131024")
        assert [(f.label, f.received, f.answered, f.rated, f.satisfied) for f in found] == [
            ("淑阳镇", 1, 0, 0, 0), ("安平镇", 1, 1, 1, 1), ("香河县", 2, 1, 1, 1),
        ]  # fmt: skip

    def test_a_quiet_county_says_zero(self, office: Office) -> None:
        with office.look(SYSTEM) as look:
            found = public_figures(look)
        assert [(f.label, f.received) for f in found] == [("廊坊市", 0)]
