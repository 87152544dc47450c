"""What has run out is thrown away; what is in use stays."""

import contextlib
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.access.sessions import open_session, who
from core.cases.files import attach, path_of
from core.errors import Invalid
from core.now import ZONE, moved_to
from db.models import Hit
from jobs.housekeeping import Swept, files, run
from tests.api import pictures
from tests.support import county
from tests.support.moments import beijing, receive, rows

NOON = beijing("2026-11-16 12:00")


def tidy(office: Office, after: timedelta) -> Swept:
    with moved_to(NOON + after):
        return run(office, threading.Event())


def test_an_idle_session_goes_and_a_fresh_one_stays(office: Office) -> None:
    with moved_to(NOON), office.work(SYSTEM) as work:
        old = open_session(work, county.actor(office, "clerk"))
    with moved_to(NOON + timedelta(minutes=20)), office.work(SYSTEM) as work:
        fresh = open_session(work, county.actor(office, "clerk"))
    assert tidy(office, timedelta(minutes=29)).sessions == 0
    assert tidy(office, timedelta(minutes=31)).sessions == 1
    with (
        moved_to(NOON + timedelta(minutes=31)),
        office.look(lambda look: who(look, fresh.token)) as look,
    ):
        assert look.actor.username == "clerk"
    assert old.token != fresh.token


def test_a_session_ends_with_its_life_however_busy(office: Office) -> None:
    with moved_to(NOON), office.work(SYSTEM) as work:
        open_session(work, county.actor(office, "clerk"))
        work.tx.exec_driver_sql("update sign_in set seen_at = seen_at + interval '12 hours'")
    assert tidy(office, timedelta(hours=12)).sessions == 1


def test_counters_are_kept_for_their_hour(office: Office) -> None:
    with office.work(SYSTEM) as work:
        for hours in (0, 1, 24):
            slot = NOON - timedelta(hours=hours)
            work.tx.execute(insert(Hit).values(bucket="door", slot=slot, n=1))
    assert tidy(office, timedelta(minutes=59)).hits == 2
    assert len(rows(office, "select * from hit")) == 1
    assert tidy(office, timedelta(minutes=60)).hits == 1


def test_bytes_of_a_refused_upload_go_after_a_day(office: Office, tmp_path: Path) -> None:
    office.settings = replace(office.settings, home=tmp_path)
    number = receive(office, "2026-11-16 10:00", body="楼道灯不亮")
    kept, refused = pictures.photo(40, 30), pictures.photo(30, 40)
    clerk = county.actor(office, "clerk")
    with office.work(clerk) as work:
        attach(work, number, "好.jpg", kept)
    with contextlib.suppress(Invalid), office.work(clerk) as work:
        attach(work, number, "好.jpg", refused)
        attach(work, number, "空.jpg", b"")

    def after(**time_gone: int) -> int:
        with moved_to(datetime.now(ZONE) + timedelta(**time_gone)):
            files(office, threading.Event())
        return sum(1 for p in office.settings.files.rglob("*") if p.is_file())

    assert after(hours=23) == 2
    assert after(days=8) == 2, "nobody knows any more whose they were"
    assert after(hours=25) == 1
    (digest,) = [r.sha256 for r in rows(office, "select sha256 from file")]
    assert path_of(office.settings, digest).exists()
