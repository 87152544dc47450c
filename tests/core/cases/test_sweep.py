"""The ladders fire: each rung once, to the right people, whatever happened in between."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.blueprint.store import publish, read_yaml
from core.cases.load import load
from core.cases.sweep import SweepReport, sweep
from core.ledger.chain import entry_hash
from core.now import local, moved_to
from core.places.addresses import Owner, set_address
from core.rules.case import Entry
from tests.support import county
from tests.support.moments import beijing, do, receive, rows, timeline, told

MONDAY = "2026-11-16 10:00"
"""An ordinary week without holidays follows."""


def urgent(office: Office, moment: str = MONDAY) -> str:
    """Heating trouble goes to the housing bureau at once: 3 working days, the task 2."""
    return receive(office, moment, body="家里暖气不热，老人受不了", address="王家摆村 3 号")


def pass_at(office: Office, moment: str, **more: bool) -> SweepReport:
    return sweep(office, beijing(moment), **more)


def give_email(office: Office, *usernames: str) -> None:
    with office.work(SYSTEM) as work:
        work.tx.execute(
            text("update person set email = username || '@example.org' where username = any(:u)"),
            {"u": list(usernames)},
        )


def test_the_working_day_ladder_of_a_task_and_of_its_case(office: Office) -> None:
    """Offices open 9:00 to 17:30, so 10:00 on Monday leaves 7.5 hours of that day."""
    number = urgent(office)
    fired = []
    moment = beijing("2026-11-16 10:00")
    while moment < beijing("2026-11-21 00:00"):  # a sweep every quarter of an hour
        moment += timedelta(minutes=15)
        before = len(timeline(office, number))
        sweep(office, moment)
        fired += [
            (f"{local(moment):%a %H:%M}", line.data["clock"], line.data["label"]["zh_CN"])
            for line in timeline(office, number)[before:]
        ]
    assert fired == [
        ("Tue 13:45", "task", "时限过半"),  # 12.25 of 24.5 office hours
        ("Wed 09:30", "case", "时限过半"),  # 16.5 of 33
        ("Wed 15:15", "task", "只剩一成时间"),  # 22.05 of 24.5: 15:03
        ("Wed 17:30", "task", "已超期"),  # Wednesday is the second working day
        ("Thu 14:15", "case", "只剩一成时间"),  # 29.7 of 33: 14:12
        ("Thu 17:30", "case", "已超期"),
    ]


def test_a_rung_is_a_line_of_the_timeline_and_keeps_its_chain(office: Office) -> None:
    number = urgent(office)
    pass_at(office, "2026-11-17 13:45")
    line = timeline(office, number)[-1]
    assert (line.action, line.actor_name, line.public) == ("remind", "系统", False)
    assert line.data["rung"] == 0
    assert line.data["due_at"] == beijing("2026-11-18 17:30").astimezone(UTC).isoformat()
    with office.look(SYSTEM) as look:
        case = load(look, number).case
    assert case.version == line.seq
    previous = ""
    for entry in rows(office, "select * from timeline order by seq"):
        assert entry.hash == entry_hash(previous, Entry(**entry._mapping))
        previous = entry.hash
    assert case.last_hash == previous


def test_rungs_reach_the_people_they_name(office: Office) -> None:
    urgent(office)
    pass_at(office, "2026-11-17 13:45")
    assert [who for who, _ in told(office, "remind")] == ["housing"]  # the handler
    pass_at(office, "2026-11-18 17:30")
    late = told(office, "overdue")
    assert [who for who, _ in late] == ["dispatcher", "housing"]  # the nearest centre as well
    assert late[0][1] == {
        "title": "家里暖气不热，老人受不了",
        "label": {"zh_CN": "已超期", "en": "Overdue"},
        "clock": "task",
        "unit": "香河县住房和城乡建设局",
        "due_at": beijing("2026-11-18 17:30").astimezone(UTC).isoformat(),
    }


def test_the_head_of_the_unit_hears_with_the_handler(office: Office) -> None:
    number = receive(office, MONDAY, category="city/noise")
    do(office, "2026-11-16 10:30", "dispatcher", number, "assign", lead="131024104-ZF")
    sweep(office, beijing("2026-12-02 09:00"))
    assert {who for who, _ in told(office, "overdue")} >= {"enforce", "enforcehead", "dispatcher"}


def test_e_mail_is_queued_for_those_who_have_an_address(office: Office) -> None:
    give_email(office, "housing")
    urgent(office)
    pass_at(office, "2026-11-17 13:45")
    assert told(office, "remind", "email") == []  # this rung says so in the application only
    pass_at(office, "2026-11-18 17:30")
    assert [who for who, _ in told(office, "overdue", "email")] == ["housing"]
    waiting = rows(
        office, "select try_at, sent_at from message where way = 'email' and template = 'overdue'"
    )
    assert [tuple(row) for row in waiting] == [(beijing("2026-11-18 17:30"), None)]


def test_a_unit_with_a_group_robot_hears_in_its_group_what_all_its_people_hear(
    office: Office,
) -> None:
    with office.work(county.actor(office, "admin")) as work:
        set_address(work, Owner(unit="131024-ZJ"), "robot", "wecombot://key")
        set_address(work, Owner(unit="131024104-C"), "robot", "wecombot://other")
        set_address(work, Owner(username="housing"), "webhook", "https://example.org/")
    urgent(office)
    pass_at(office, "2026-11-17 13:45")  # half the time is gone: said in the application only
    pass_at(office, "2026-11-18 17:30")
    found = rows(office, "select way, unit, person_id = 0 as nobody, count(*) from message"
                 " where template = 'overdue' and way in ('robot', 'webhook')"
                 " group by 1, 2, 3 order by 1")  # fmt: skip
    # The centre's dispatchers are reminded one by one, for the rung means them and not the unit
    assert found == [("robot", "131024-ZJ", True, 1), ("webhook", "", False, 1)]
    assert rows(office, "select 1 from message where template = 'remind' and way = 'robot'") == []


def test_a_centre_without_dispatchers_is_passed_over_for_the_one_above(office: Office) -> None:
    with office.work(SYSTEM) as work:
        work.tx.execute(text("update person set active = false where username = 'dispatcher'"))
    urgent(office)
    pass_at(office, "2026-11-18 17:30")
    assert [who for who, _ in told(office, "overdue")] == ["county", "housing"]


def test_an_accused_unit_is_never_told(office: Office) -> None:
    number = receive(office, MONDAY, by="county", category="city/noise", accused=["131024104-C"])
    assert [who for who, _ in told(office, "new")] == ["county", "leader", "supervisor"]
    pass_at(office, "2026-11-18 09:00")
    assert timeline(office, number)[-1].action == "overdue"
    everybody = {r.username for r in rows(
        office, "select username from message m join person p on p.id = m.person_id")}  # fmt: skip
    assert everybody == {"county", "leader", "supervisor"}


class TestMissedRungs:
    """No worker ran for a week."""

    def test_each_is_recorded_once_in_its_order(self, office: Office) -> None:
        number = urgent(office)
        report = pass_at(office, "2026-11-23 09:00")
        lines = [line for line in timeline(office, number) if "rung" in line.data]
        assert [(line.data["clock"], line.data["rung"]) for line in lines] == [
            ("task", 0), ("case", 0), ("task", 1), ("task", 2), ("case", 1), ("case", 2),
        ]  # fmt: skip
        assert report.fired == 6
        assert pass_at(office, "2026-11-23 09:01").fired == 0

    def test_everybody_hears_only_the_highest_that_concerns_them(self, office: Office) -> None:
        urgent(office)
        pass_at(office, "2026-11-23 09:00")
        assert told(office, "remind") == []
        heard = sorted((who, data["clock"]) for who, data in told(office, "overdue"))
        assert heard == [
            ("dispatcher", "case"), ("dispatcher", "task"),
            ("housing", "case"), ("housing", "task"),
        ]  # fmt: skip


def answered(office: Office) -> str:
    """Solved on the spot on Monday morning; the resident may rate until the Monday after."""
    number = receive(office, MONDAY, body="想请你们过来看一看")
    do(office, "2026-11-16 10:05", "dispatcher", number, "answer", text="已经清理完毕")
    return number


class TestUnratedCases:
    """`do: close` on the rating ladder: the system takes the action through the workflow."""

    def test_close_by_themselves_when_the_time_to_rate_is_over(self, office: Office) -> None:
        number = answered(office)
        assert pass_at(office, "2026-11-23 17:29").fired == 0
        report = pass_at(office, "2026-11-23 17:30")
        assert (report.fired, report.acted) == (1, 1)
        assert [(line.action, line.to_stage) for line in timeline(office, number)[-2:]] == [
            ("lapse", "replied"),
            ("close", "closed"),
        ]
        with office.look(SYSTEM) as look:
            file = load(look, number)
        assert file.case.closed_at == beijing("2026-11-23 17:30")
        assert all(clock.stopped_at for clock in file.clocks)
        counted = rows(office, "select sum(n) from delta where measure = 'closed'")
        assert counted[0][0] == 1

    def test_do_not_close_when_rated_in_time(self, office: Office) -> None:
        number = answered(office)
        do(office, "2026-11-17 08:00", "clerk", number, "rate", score=5)
        assert pass_at(office, "2026-11-24 09:00").fired == 0

    def test_an_action_that_is_refused_is_said_and_not_tried_again(self, office: Office) -> None:
        """A case's own clock runs in every stage, also where the system may not do that."""
        with office.work(SYSTEM) as work:
            body = read_yaml("langfang")
            body["ladders"]["stages"] = body["ladders"]["default"]
            body["ladders"]["default"] = [{"label": "时限过半", "left": 0.5, "do": "close"}]
            for stage in body["workflow"]["stages"].values():
                stage.setdefault("ladder", "stages")
            publish(work.tx, body, note="", by=None)
        office.forget()
        number = urgent(office)
        report = pass_at(office, "2026-11-17 13:45")
        assert (report.fired, report.acted, report.refused) == (1, 0, 1)
        line = timeline(office, number)[-1]
        assert (line.action, line.to_stage) == ("remind", "assigned")
        assert line.data["refused"]["code"] == "action.not_now"
        assert pass_at(office, "2026-11-17 14:00").fired == 0


class TestUnknownYear:
    """Nobody has entered 2027 when the year ends."""

    YEAR = "2026-12-30 10:00"

    @pytest.fixture
    def number(self, office: Office) -> str:
        return urgent(office, self.YEAR)

    def enter(self, office: Office) -> None:
        """The State Council's notice arrives and the administrator enters it."""
        with office.work(SYSTEM) as work:
            body = read_yaml("langfang")
            body["calendar"] = {2027: {"holidays": ["2027-01-01"]}}
            publish(work.tx, body, note="2027", by=None)
        office.forget()

    def test_the_deadline_stays_open_until_it_is_known(self, office: Office, number: str) -> None:
        assert pass_at(office, "2026-12-30 11:00").dated == 0
        self.enter(office)
        report = pass_at(office, "2026-12-30 12:00")
        assert report.dated == 2  # case and task
        with office.look(SYSTEM) as look:
            file = load(look, number)
        # Thursday 31 December, Monday 4 and Tuesday 5 January: Friday is New Year's Day.
        assert file.case.due_at == beijing("2027-01-05 17:30")
        assert file.tasks[0].due_at == beijing("2027-01-04 17:30")
        assert timeline(office, number)[-1].action == "dated"
        assert pass_at(office, "2026-12-30 12:01").dated == 0

    def test_a_case_dated_late_climbs_its_ladder_like_any_other(
        self, office: Office, number: str
    ) -> None:
        self.enter(office)
        report = pass_at(office, "2027-01-06 09:00")
        assert (report.dated, report.fired) == (2, 6)

    def test_a_rung_after_the_deadline_waits_for_the_year_and_then_for_its_day(
        self, office: Office
    ) -> None:
        with office.work(SYSTEM) as work:
            body = read_yaml("langfang")
            body["ladders"]["default"].append({"label": "再催", "after": "1wd", "to": ["leader"]})
            publish(work.tx, body, note="", by=None)
        office.forget()
        number = urgent(office, "2026-12-28 10:00")  # due on Thursday 31 December
        # The task was due on Wednesday: a working day later is still 2026.
        assert pass_at(office, "2026-12-31 17:30").fired == 7
        assert pass_at(office, "2027-01-01 00:00").fired == 0  # no year, no working day
        assert pass_at(office, "2027-01-01 00:30").fired == 0
        self.enter(office)
        assert pass_at(office, "2027-01-04 17:29").fired == 0
        assert pass_at(office, "2027-01-04 17:30").fired == 1
        assert [who for who, _ in told(office, "overdue")].count("leader") == 2
        assert timeline(office, number)[-1].data["label"] == "再催"


def test_a_rung_fires_once_with_two_sweeps_at_the_same_time(office: Office) -> None:
    numbers = [urgent(office) for _ in range(60)]
    reports: list[SweepReport] = []
    gate = threading.Barrier(2)

    def go() -> None:
        gate.wait()
        reports.append(sweep(office, beijing("2026-11-23 09:00")))

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(report.fired for report in reports) == 6 * len(numbers)
    assert not any(report.failed for report in reports)
    for number in numbers:
        assert sum("rung" in line.data for line in timeline(office, number)) == 6
    twice = rows(
        office, "select key, person_id, way from message group by 1, 2, 3 having count(*) > 1"
    )
    assert twice == []
    assert len(told(office, "overdue")) == 4 * len(numbers)


def test_a_case_that_somebody_acts_on_is_left_for_the_next_pass(office: Office) -> None:
    number = urgent(office)
    with office.work(county.actor(office, "housing")) as work:
        load(work, number, lock=True)
        report = pass_at(office, "2026-11-17 13:45")
        assert (report.fired, report.busy) == (0, 1)
    assert pass_at(office, "2026-11-17 13:46").fired == 1


def test_what_has_been_done_is_no_longer_chased(office: Office) -> None:
    number = urgent(office)
    do(office, "2026-11-16 11:00", "housing", number, "sign")
    do(office, "2026-11-16 12:00", "housing", number, "report", result="已修好")
    pass_at(office, "2026-11-18 17:30")
    fired = [line.data["clock"] for line in timeline(office, number) if "rung" in line.data]
    assert "task" not in fired


def test_one_bad_case_does_not_hold_up_the_others(office: Office) -> None:
    bad, good = urgent(office), urgent(office)
    with office.work(SYSTEM) as work:
        work.tx.execute(
            text("update clock set ladder = 'gone' where case_id ="
                 " (select id from cases where number = :n)"), {"n": bad})  # fmt: skip
    report = pass_at(office, "2026-11-17 13:45")
    assert (report.fired, len(report.failed)) == (1, 1)
    assert timeline(office, good)[-1].action == "remind"


class TestDryRun:
    def test_says_what_would_fire_and_changes_nothing(self, office: Office) -> None:
        number = urgent(office)
        before = len(timeline(office, number))
        report = pass_at(office, "2026-11-23 09:00", dry_run=True)
        assert (report.fired, report.told) == (6, 4)
        assert report.by_rung == {
            "default/时限过半": 2, "default/只剩一成时间": 2, "default/已超期": 2,
        }  # fmt: skip
        assert "没有改动任何内容" in report.words()
        assert len(timeline(office, number)) == before
        assert rows(office, "select * from fired") == []
        assert pass_at(office, "2026-11-23 09:00").fired == 6


def test_a_sweep_of_nothing_reports_nothing(office: Office) -> None:
    with moved_to(datetime(2026, 11, 16, tzinfo=UTC)):
        report = sweep(office)
    assert (report.fired, report.told, report.by_rung) == (0, 0, {})


def test_a_sweep_can_be_told_to_stop(office: Office) -> None:
    urgent(office)
    stop = threading.Event()
    stop.set()
    assert sweep(office, beijing("2026-11-23 09:00"), stop=stop).fired == 0
