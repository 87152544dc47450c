"""History goes through the county's table: whoever acts may, and the way is the shortest."""

from datetime import timedelta
from itertools import count

import pytest

from core.access.actor import SYSTEM
from core.access.desk import Look, Office
from core.blueprint.store import parse, read_yaml, shipped
from core.blueprint.world import World
from core.cases.decide import NotNow
from core.cases.intake import begin_case, examine
from core.cases.replay import Past, Story, stand_ins
from core.errors import Invalid
from core.rules.case import CLOSED
from core.rules.units import UnitMap
from tests.support import county
from tests.support.moments import beijing

AT = beijing("2026-03-02 09:00")
ANSWERS = {"record_reply", "resolve_now"}


def tell(look: Look, body: str = "家里暖气不热", area: str = county.VILLAGE) -> Story:
    """A case begun in the past, as the county's table dispatches it."""
    past = Past(look.world, stand_ins(look.world, "史某"))
    appeal = examine(past.quiet, {"body": body, "area": area})
    change = begin_case(
        past.quiet, SYSTEM, appeal, area=area, inlet="phone", running=1, code_hash="x", at=AT
    )
    return Story(past, change)


def actions(story: Story) -> list[str]:
    return [entry.action for entry in story.change.entries]


@pytest.mark.parametrize("name", shipped())
def test_in_every_county_a_reply_and_an_end_can_be_told(name: str) -> None:
    blueprint = parse(read_yaml(name))
    world = World(
        blueprint=blueprint, version=1, units=UnitMap.of(()), areas={}, root=county.COUNTY,
        new_id=count(1).__next__,
    )  # fmt: skip
    past = Past(world, stand_ins(world, "史某"))
    to_reply = past.path(blueprint.workflow.start)
    assert ANSWERS & {*to_reply[-1].effects}
    assert not any(ANSWERS & {*row.effects} for row in to_reply[:-1])
    answered = to_reply[-1].target or ""
    to_end = past.path(answered, closed=True) or past.path(answered, closed=True, noted=True)
    assert blueprint.workflow.stages[to_end[-1].target or ""].kind == CLOSED
    assert not any(ANSWERS & {*row.effects} for row in to_end)


def test_each_step_is_taken_by_somebody_of_the_unit_it_is_for(office: Office) -> None:
    with office.look(SYSTEM) as look:
        story = tell(look)
        story.reply("已修好", AT + timedelta(days=1), "阀门已换")
    assert [(e.action, e.actor_name, e.actor_unit) for e in story.change.entries] == [
        ("create", "系统", ""),
        ("assign", "系统", ""),
        ("sign", "史某", "香河县住房和城乡建设局"),
        ("report", "史某", "香河县住房和城乡建设局"),
        ("reply", "史某", "安平镇群众说事中心"),
    ]


def test_every_unit_that_has_a_task_reports_before_the_reply(office: Office) -> None:
    with office.look(SYSTEM) as look:
        story = tell(look)
        story.act("join", {"assist": ["131024104-PC", "131024104-ZF"]}, AT)
        story.reply("已修好", AT + timedelta(days=1), "处理完毕")
    assert actions(story)[3:] == ["sign", "sign", "sign", "report", "report", "report", "reply"]
    assert all(task.state == "done" for task in story.file.tasks)


def test_nobody_does_what_the_table_allows_nobody(office: Office) -> None:
    with office.look(SYSTEM) as look:
        story = tell(look)
        before = len(story.change.entries)
        with pytest.raises(NotNow, match="处于“待签收”的诉求不能“rate”"):
            story.act("rate", {"score": 5}, AT)
        with pytest.raises(Invalid, match="没有单位“131024-XX”"):
            story.assign("131024-XX", AT)
    assert len(story.change.entries) == before


def test_a_reply_closes_a_week_later_if_nobody_rates(office: Office) -> None:
    with office.look(SYSTEM) as look:
        story = tell(look)
        story.reply("已修好", beijing("2026-03-03 10:00"), "阀门已换")
        story.settle(beijing("2026-03-10 17:29"))
        assert story.file.case.stage_kind == "waiting"
        story.settle(beijing("2026-03-10 17:30"))
    assert (story.file.case.stage_kind, story.file.case.closed_at) == (
        CLOSED,
        beijing("2026-03-10 17:30"),
    )
    assert actions(story)[-1] == "close"


class TestRungsThatLieBehind:
    """Heating is urgent: the task has two working days from Monday, the case three."""

    LATER = beijing("2026-03-04 15:00")

    def test_count_as_fired_and_leave_the_clock_at_the_next(self, office: Office) -> None:
        with office.look(SYSTEM) as look:
            story = tell(look)
            story.settle(self.LATER)
        clocks = {c.kind: c for c in story.file.clocks if c.running}
        assert clocks["task"].next_rung == 2  # half and a tenth; it is due at 17:30
        assert clocks["task"].next_fire_at == beijing("2026-03-04 17:30")
        assert clocks["case"].next_rung == 1
        fired = [(f.clock_id, f.rung) for f in story.fired]
        task, case = clocks["task"].id, clocks["case"].id
        assert sorted(fired) == sorted([(task, 0), (task, 1), (case, 0)])

    def test_leave_a_line_only_where_somebody_was_reminded(self, office: Office) -> None:
        with office.look(SYSTEM) as look:
            silent, loud = tell(look), tell(look)
            silent.settle(self.LATER)
            loud.settle(self.LATER, reminded=True)
        assert actions(silent) == ["create", "assign"]
        assert actions(loud) == ["create", "assign", "remind", "remind", "remind"]
        times = [entry.at for entry in loud.change.entries]
        assert times == sorted(times)

    def test_nobody_is_written_to(self, office: Office) -> None:
        with office.look(SYSTEM) as look:
            story = tell(look)
            story.reply("已修好", AT + timedelta(days=1), "阀门已换")
        assert story.change.notices == []
