"""The middle of days to a reply."""

from datetime import timedelta

import pytest

from core.access.desk import Office
from core.kpi import medians as kept_medians
from tests.core.kpi.recount import ask
from tests.support import county
from tests.support.moments import beijing, do, receive


class TestMedian:
    """The middle of days to a reply, worked out from the cases."""

    def test_is_exact_for_small_numbers(self, office: Office) -> None:
        for hours in (24, 36, 240):
            number = receive(office, "2026-11-02 09:00")
            after = beijing("2026-11-02 09:00") + timedelta(hours=hours)
            do(office, f"{after:%Y-%m-%d %H:%M}", "dispatcher", number, "answer", text="已经答复")
        assert ask(office).total.median_days == pytest.approx(1.5)
        receive(office, "2026-11-03 09:00")
        assert ask(office).total.median_days == pytest.approx(1.5)

    def test_of_large_numbers_is_kept_a_while_and_for_each_reader(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(kept_medians, "EXACT_UP_TO", 0)
        monkeypatch.setattr(kept_medians, "STIR", 1.0)
        for township, hours in ((county.TOWNSHIP, 24), ("131024100", 72)):
            number = receive(office, "2026-11-02 09:00", area=township, by="county")
            after = beijing("2026-11-02 09:00") + timedelta(hours=hours)
            do(office, f"{after:%Y-%m-%d %H:%M}", "county", number, "answer", text="已经答复")
        assert ask(office, "clerk").total.median_days == pytest.approx(1)
        assert ask(office, "other").total.median_days == pytest.approx(3)
        assert ask(office).total.median_days == pytest.approx(2)
        number = receive(office, "2026-11-03 09:00")
        do(office, "2026-11-10 09:00", "dispatcher", number, "answer", text="已经答复")
        assert ask(office).total.median_days == pytest.approx(2)
        monkeypatch.setattr(kept_medians, "STIR", 0.001)
        assert ask(office).total.median_days == pytest.approx(3)
