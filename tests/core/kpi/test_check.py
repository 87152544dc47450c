"""`check` finds each kind of corruption, and nothing in a county where people just work."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine

from core.access.desk import Office
from core.cases.sweep import sweep
from core.kpi.check import RULES, Finding, check
from core.kpi.fold import fold
from tests.conftest import Databases
from tests.support.moments import beijing, do, receive, rows


@pytest.fixture
def lived(office: Office) -> Office:
    """A county in which a few things have happened."""
    open_one = receive(office, "2026-11-16 10:00", body="家里暖气不热")
    closed = receive(office, "2026-11-16 10:00")
    do(office, "2026-11-16 11:00", "housing", open_one, "sign")
    do(office, "2026-11-16 11:00", "dispatcher", closed, "answer", text="已经答复")
    fold(office)
    do(office, "2026-11-17 09:00", "clerk", closed, "rate", score=5)
    sweep(office, beijing("2026-11-18 15:30"))
    return office


@pytest.fixture
def owner(lived: Office, databases: Databases) -> Iterator[Engine]:
    """The database's owner, who can break what the application cannot."""
    engine = create_engine(databases.server.set(database=lived.engine.url.database))
    yield engine
    engine.dispose()


def broken(office: Office) -> dict[str, Finding]:
    return {finding.rule: finding for finding in check(office)}


def test_a_county_at_work_has_no_findings(lived: Office) -> None:
    assert check(lived) == []


def test_an_empty_county_has_no_findings(office: Office) -> None:
    assert check(office) == []


WHERE = {
    "OPEN": "(select id from cases where stage_kind = 'open')",
    "CLOSED": "(select id from cases where stage_kind = 'closed')",
}
CORRUPTIONS = {
    "what was asked is timed by no clock": (
        "insert into demand (county, id, case_id, kind, state, unit, text, opened_at, role,"
        " asker_name, asker_unit, data, answer, answered_by, pressed, late)"
        " select county, 1, id, 'supervision', 'open', holder, '', received_at, '', '', '', '{}',"
        " '', '', 0, false from cases where id in OPEN", "demand_clock"),
    "a total is one too high": (
        "update total set received = received + 1 where grain = 'fine'", "figures"),
    "a delta was lost": ("delete from delta where measure = 'rated'", "figures"),
    "a case was changed behind the timeline's back": (
        "update cases set category = 'labour' where id in OPEN", "figures"),
    "a grain was folded twice": (
        "update total set received = received * 2 where grain = 'unit'", "grains"),
    "a grain's line is missing": ("delete from total where grain = 'inlet'", "grains"),
    "somebody rewrote an entry": (
        "update timeline set actor_name = '某某' where seq = 1", "chain"),
    "somebody rewrote what was said": (
        "update timeline set data = data || '{\"score\": 1}' where action = 'rate'", "chain"),
    "an entry is missing in the middle": ("delete from timeline where seq = 2", "chain"),
    "the newest entry is missing": (
        "delete from timeline t using cases c where c.id = t.case_id and t.seq = c.version",
        "chain"),
    "all entries of a case are missing": (
        "delete from timeline where case_id in CLOSED", "chain"),
    "the case's version was turned back": ("update cases set version = version - 1", "chain"),
    "an open case's holder does not exist": (
        "update cases set holder = 'nobody' where id in OPEN", "holder"),
    "an open case has no clock": ("delete from clock where case_id in OPEN", "clock"),
    "a closed case is still timed": (
        "update clock set stopped_at = null where case_id in CLOSED", "closed_clock"),
    "a rung is not recorded": ("delete from fired where rung = 1", "fired"),
    "a rung is recorded that was not reached": (
        "insert into fired select id, 7, county, now() from clock limit 1", "fired"),
    "a rung of a clock that does not exist": (
        "insert into fired values (-1, 0, '131024', now())", "fired"),
    "a clock forgot when it fires": (
        "update clock set next_fire_at = null where case_id in OPEN", "stuck"),
    "a task in progress is not timed": (
        "update clock set stopped_at = now() where kind = 'task'", "task_clock"),
    "a finished task is still timed": ("update task set state = 'done'", "task_clock"),
    "two units lead": (
        "drop index uq_task_one_lead;"
        " insert into task (county, id, case_id, unit, lead, state, opened_at, due_at, opened_by,"
        " note, result, signed_at, done_at)"
        " select county, id - 1, case_id, '131024-ZR', lead, state, opened_at, due_at, opened_by,"
        " note, result, signed_at, done_at from task where lead", "one_lead"),
    "a published assessment has other inputs": (
        "insert into assessment_result (assessment, period, area, county, version, body, hash,"
        " published_at, published_name, note) values ('yearly', '2025', '131024', '131024', 1,"
        """ '{"units": {}, "measures": []}', 'another', now(), '', '')""", "assessments"),
    "a closed case has a task": (
        "update task set case_id = CLOSED", "closed_task"),
}  # fmt: skip


@pytest.mark.parametrize(("sql", "rule"), CORRUPTIONS.values(), ids=CORRUPTIONS)
def test_finds(lived: Office, owner: Engine, sql: str, rule: str) -> None:
    for name, cases in WHERE.items():
        sql = sql.replace(name, cases)
    with owner.begin() as connection:
        assert connection.exec_driver_sql(sql).rowcount != 0
    found = broken(lived)
    assert rule in found
    assert found[rule].count >= 1
    assert found[rule].examples


def test_every_rule_is_shown_to_find_something() -> None:
    assert {rule for _, rule in CORRUPTIONS.values()} == RULES.keys()


def test_a_finding_names_the_case(lived: Office, owner: Engine) -> None:
    with owner.begin() as connection:
        connection.exec_driver_sql("update timeline set actor_name = '某某' where seq = 1")
    numbers = {row.number for row in rows(lived, "select number from cases")}
    finding = broken(lived)["chain"]
    assert set(finding.examples) == numbers
    assert str(finding).startswith("时间线的链条断裂：2 处，例如 1310")


def test_progress_counts_the_cases(lived: Office) -> None:
    seen: list[tuple[int, int | None]] = []
    check(lived, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (2, 2)
