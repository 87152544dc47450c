"""Many at once is the same as one by one."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest
from psycopg.errors import UniqueViolation

from core.access.actor import SYSTEM, Actor
from core.access.desk import Office
from core.cases.bulk import Bulk, draw_numbers, own_ids
from core.cases.intake import begin_case, examine
from core.cases.replay import Past, Story, stand_ins
from core.kpi.check import check
from core.now import moved_to
from core.rules.case import Case
from tests.support import county
from tests.support.moments import beijing, do, receive, rows

AT = beijing("2026-11-16 10:00")
ODD = "引号\"'，反斜杠\\，\\N，制表\t，换行\n，逗号,，花括号{}，表情😀"


def past(office: Office) -> Past:
    with office.look(SYSTEM) as look:
        world = own_ids(office, look.world)
    return Past(world, stand_ins(world, "史某"))


def story(past: Past, running: int, actor: Actor = SYSTEM, **raw: Any) -> Story:
    appeal = examine(past.quiet, {"body": "家里暖气不热", "area": county.VILLAGE} | raw)
    change = begin_case(
        past.quiet, actor, appeal, area=county.VILLAGE, inlet="phone", running=running,
        code_hash="x", at=AT,
    )  # fmt: skip
    return Story(past, change)


def test_says_word_for_word_what_acting_one_by_one_says(office: Office) -> None:
    """The same appeal, handled by the same people at the same times, both ways."""
    number = receive(office, "2026-11-16 10:00", body="家里暖气不热", inlet="phone")
    steps: list[tuple[str, str, str, dict[str, Any]]] = [
        ("2026-11-16 11:00", "housing", "sign", {}),
        ("2026-11-17 09:30", "housing", "report", {"result": "阀门已换"}),
        ("2026-11-19 18:00", "dispatcher", "reply", {"text": "已修好"}),
    ]
    for moment, by, action, data in steps:
        do(office, moment, by, number, action, **data)
    told = past(office)
    people = {name: county.actor(office, name) for name in ("clerk", "housing", "dispatcher")}
    two = story(told, 2, people["clerk"])
    for moment, by, action, data in steps:
        told.cast = lambda role, unit, who=people[by]: who
        two.act(action, data, beijing(moment))
    with moved_to(beijing("2026-11-19 18:00")), Bulk(office) as bulk:
        bulk.add(two)

    live, copied = rows(office, "select * from cases order by id")
    own = {"id", "number", "code_hash", "last_hash"}
    for name in (*(f.name for f in fields(Case) if f.name not in own), "words"):
        assert getattr(copied, name) == getattr(live, name), name
    for table, order in (("task", "opened_at"), ("timeline", "seq")):
        of: dict[int, list[Any]] = {live.id: [], copied.id: []}
        for row in rows(office, f"select * from {table} order by {order}"):  # noqa: S608
            own = {"id", "case_id", "hash"}
            of[row.case_id].append({k: v for k, v in row._mapping.items() if k not in own})
        assert of[copied.id] == of[live.id], table
    sums = rows(office, "select day, area, unit, category, inlet, measure, sum(n) as n"
                        " from delta group by 1, 2, 3, 4, 5, 6 having sum(n) <> 0")  # fmt: skip
    assert {row.n for row in sums} == {2}  # each figure once for each of the two
    clocks = rows(office, "select case_id, kind, subject, due_at, next_rung, next_fire_at"
                          " from clock where stopped_at is null")  # fmt: skip
    assert [c[1:] for c in clocks if c.case_id == copied.id] == [
        c[1:] for c in clocks if c.case_id == live.id
    ]
    assert check(office) == []


def test_whatever_people_write_comes_back_as_they_wrote_it(office: Office) -> None:
    told = past(office)
    one = story(told, 1, title="标题\\t", body=ODD, address="a\\b", name="张\\N某")
    one.act("comment", {"text": ODD}, AT)
    with Bulk(office) as bulk:
        bulk.add(one)
    [case] = rows(office, "select * from cases")
    assert (case.title, case.body, case.address) == ("标题\\t", ODD, "a\\b")
    [note] = rows(office, "select data from timeline where action = 'comment'")
    assert note.data == {"text": ODD}
    assert check(office) == []


def test_words_are_found_as_in_any_other_case(office: Office) -> None:
    with Bulk(office) as bulk:
        bulk.add(story(past(office), 1, body="王家摆村 3 号楼暖气不热，温度 15.5 度，A2 区"))
    for word in ("暖气", "温度", "15.5", "a2"):
        found = rows(office, "select 1 from cases where words @@ to_tsquery('simple', :w)", w=word)
        assert len(found) == 1, word


def test_a_clock_that_stopped_in_the_past_is_not_kept(office: Office) -> None:
    one = story(past(office), 1)
    one.reply("已修好", AT + timedelta(hours=3), "阀门已换")
    one.settle(AT + timedelta(days=1))
    with Bulk(office) as bulk:
        bulk.add(one)
    [clock] = rows(office, "select kind, subject from clock")
    assert (clock.kind, clock.subject) == ("stage", "replied")
    assert check(office) == []


def test_a_batch_is_written_whole_or_not_at_all(office: Office) -> None:
    told = past(office)
    with pytest.raises(UniqueViolation), Bulk(office, size=2) as bulk:
        for running in (1, 2, 3, 1):  # the last has the number of the first
            bulk.add(story(told, running))
    assert bulk.written == 2
    assert len(rows(office, "select * from cases")) == 2
    assert check(office) == []


def test_numbers_are_drawn_from_the_same_row_as_everybodys(office: Office) -> None:
    one = int(receive(office, "2026-11-16 10:00").rsplit("-", 1)[1])
    assert draw_numbers(office, 3) == [one + 1, one + 2, one + 3]
    assert int(receive(office, "2026-11-16 10:01").rsplit("-", 1)[1]) == one + 4


def test_news_become_messages_only_if_asked(office: Office) -> None:
    silent = past(office)
    loud = Past(silent.world, silent.cast, told=True)
    with Bulk(office) as bulk:
        bulk.add(story(silent, 1), told=True)  # nobody had left a notice
        bulk.add(story(loud, 2))
        bulk.add(news := story(loud, 3), told=True)
    [message] = rows(
        office, "select m.*, p.username from message m join person p on p.id = m.person_id"
    )
    assert (message.username, message.template) == ("housing", "task")
    assert message.number == news.file.case.number
