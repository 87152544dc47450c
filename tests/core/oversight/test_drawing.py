"""Call-backs: drawn exactly once, the same ones whoever draws, tried again, counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from core.access.actor import DOOR, SYSTEM
from core.access.desk import Office, Work
from core.blueprint.store import publish, read_yaml
from core.cases.act import act
from core.cases.detail import detail
from core.cases.take_in import take_in
from core.errors import Invalid, NotPermitted
from core.kpi.check import check
from core.now import ZONE, moved_to
from core.oversight import drawing
from core.oversight.callbacks import Tally, tally
from core.oversight.drawing import draw
from core.oversight.supervision import Watch
from core.rules.callbacks import Callbacks, Drawing
from core.rules.routing import Facts
from tests.support import county

UNIT = "131024104-ZF"
ALL: dict[str, Any] = {"rows": [{"share": 1}], "after": "1d", "tries": 2, "again": "1wd"}


@contextmanager
def on(moment: str) -> Iterator[None]:
    with moved_to(datetime.fromisoformat(moment).replace(tzinfo=ZONE).astimezone(UTC)):
        yield


def configure(office: Office, callbacks: dict[str, Any]) -> None:
    body = deepcopy(read_yaml("langfang")) | {"callbacks": callbacks}
    with office.work(SYSTEM) as work:
        publish(work.tx, body, note="回访", by=None)
    office.forget()


def do(office: Office, number: str, who: str, action: str, **data: Any) -> None:
    with office.work(county.actor(office, who)) as work:
        act(work, number, action, data)


def closed(office: Office, *, phone: str = "13812345678", category: str = "other") -> str:
    raw = {"body": "早市占道经营", "area": county.VILLAGE, "category": category}
    with office.work(DOOR) as work:
        raw |= {"phone": phone} if phone else {}
        number = take_in(work, raw, inlet="web").outcome.number
    do(office, number, "dispatcher", "redispatch" if category != "other" else "assign", lead=UNIT)
    do(office, number, "enforce", "sign")
    do(office, number, "enforce", "report", result="已清理")
    do(office, number, "dispatcher", "reply", text="已清理")
    do(office, number, "dispatcher", "close")
    return number


def drawn(office: Office, number: str) -> list[str]:
    with office.look(SYSTEM) as look:
        return [d.state for d in detail(look, number).file.demands if d.kind == "callback"]


def test_all_once_and_not_before_their_time(office: Office) -> None:
    configure(office, ALL)
    with on("2026-11-16 10:00"):
        number, silent = closed(office), closed(office, phone="")
    with on("2026-11-17 17:00"):
        assert draw(office).drawn == 0, "one day: until close of business on Tuesday"
    with on("2026-11-17 17:31"):
        assert draw(office).drawn == 1
        assert draw(office).drawn == 0
    assert drawn(office, number) == ["open"]
    assert drawn(office, silent) == [], "there is nobody to ring up"
    assert check(office) == []


def test_one_that_fails_holds_up_none_behind_it_and_is_tried_again(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    configure(office, ALL)
    with on("2026-11-16 10:00"):
        first, second = closed(office), closed(office)

    def breaks(work: Work, number: str, action: str, data: dict[str, Any]) -> None:
        if number == first:
            raise ZeroDivisionError
        act(work, number, action, data)

    with on("2026-11-18 09:00"):
        with monkeypatch.context() as patched:
            patched.setattr(drawing, "act", breaks)
            done = draw(office)
        assert (done.drawn, done.failed) == (1, [first])
        assert first in caplog.text
        assert (drawn(office, first), drawn(office, second)) == ([], ["open"])
        assert draw(office).drawn == 1
    assert drawn(office, first) == ["open"]


def test_a_second_worker_draws_none_twice(office: Office) -> None:
    configure(office, ALL)
    with on("2026-11-16 10:00"):
        number = closed(office)
    with on("2026-11-18 09:00"):
        do(office, number, "supervisor", "draw")
        assert (draw(office).drawn, draw(office).drawn) == (0, 0)
        with pytest.raises(Invalid, match="已经列入回访"):
            do(office, number, "supervisor", "draw")
    assert drawn(office, number) == ["open"]


def test_a_share_is_the_same_for_whoever_draws() -> None:
    rule = Drawing(share=0.2, seed="2026")
    first = [i for i in range(5000) if rule.draws(i)]
    assert first == [i for i in range(5000) if rule.draws(i)]
    assert 900 < len(first) < 1100
    assert first != [i for i in range(5000) if Drawing(share=0.2, seed="2027").draws(i)]


def test_a_share_without_a_seed_is_refused() -> None:
    with pytest.raises(ValidationError, match="种子"):
        Drawing(share=0.2)


def test_the_first_row_that_fits_decides() -> None:
    rules = Callbacks.model_validate(
        {"rows": [{"when": {"category": ["housing"]}, "share": 0}, {"share": 1}]}
    )

    def facts(category: str) -> Facts:
        return Facts(
            category=category, area="131024", kind="help", urgency="normal", inlet="web", text="",
            stage="closed",
        )  # fmt: skip

    assert rules.draws(facts("housing/heating"), 1) is None
    assert rules.draws(facts("lost"), 1) is not None


def test_who_is_not_reached_is_tried_again_and_then_counted_as_not_reached(office: Office) -> None:
    configure(office, ALL)
    with on("2026-11-16 10:00"):
        number = closed(office)
    with on("2026-11-18 09:00"):
        draw(office)
        do(office, number, "clerk", "callback", reached=False)
    with office.look(SYSTEM) as look:
        (demand,) = detail(look, number).file.demands
    assert (demand.state, demand.data["tries"]) == ("open", 1)
    assert demand.due_at == datetime(2026, 11, 19, 9, 30, tzinfo=UTC)
    assert check(office) == []
    with on("2026-11-19 09:00"):
        do(office, number, "clerk", "callback", reached=False)
    assert drawn(office, number) == ["settled"]
    with office.look(county.actor(office, "supervisor")) as look:
        assert tally(look, Watch()) == [Tally(unit=UNIT, drawn=1, waiting=0, valid=0, satisfied=0)]
    assert check(office) == []


def test_dissatisfied_it_is_handled_again_and_may_be_drawn_again(office: Office) -> None:
    configure(office, ALL)
    with on("2026-11-16 10:00"):
        number, good = closed(office), closed(office)
    with on("2026-11-18 09:00"):
        draw(office)
        with pytest.raises(Invalid, match="请填写评分"):
            do(office, number, "clerk", "callback", reached=True)
        do(office, number, "clerk", "callback", reached=True, score=2, text="又摆回来了")
        do(office, good, "clerk", "callback", reached=True, score=5)
        with pytest.raises(NotPermitted, match="不能“回访”：这一次办理已经回访过"):
            do(office, good, "clerk", "callback", reached=True, score=5)
        with office.look(SYSTEM) as look:
            case = detail(look, number).file.case
        assert (case.stage_kind, case.reopened) == ("open", 1)
        with office.look(county.actor(office, "supervisor")) as look:
            assert tally(look, Watch()) == [
                Tally(unit=UNIT, drawn=2, waiting=0, valid=2, satisfied=1)
            ]
    with on("2026-11-18 10:00"):
        do(office, number, "dispatcher", "answer", text="已重新清理")
        do(office, number, "dispatcher", "close")
    with on("2026-11-20 09:00"):
        assert draw(office).drawn == 1
    assert drawn(office, number) == ["settled", "open"]
    assert check(office) == []
