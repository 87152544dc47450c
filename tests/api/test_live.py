"""The live stream over a real server on loopback: who hears what, how soon, and at what cost."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import text

from api.app import make_app
from api.live import hub as hubs
from core import open as house
from core.access.actor import NOBODY, SYSTEM
from core.access.desk import Office
from core.access.sessions import COOKIE, open_session, sign_out
from core.cases.act import act
from core.cases.take_in import take_in
from core.words import set_locale
from tests.support import county

APPEAL = {"body": "早市门口每天早上有商贩占道经营", "area": county.VILLAGE, "category": "other"}
SOON = 10.0
"""Seconds that the issue allows an action to take to a viewer."""


class Site:
    """A server of its own, with the hub at hand to look into."""

    def __init__(self, office: Office) -> None:
        self.office, self.hub = office, hubs.Hub()
        self.opened: list[Watching] = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        config = uvicorn.Config(make_app(), port=self.port, log_level="error", lifespan="off")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.02)

    def _serve(self) -> None:
        async def main() -> None:
            hubs._hubs.set(self.hub)
            await self.server.serve()

        asyncio.run(main())

    def stop(self) -> None:
        """Viewers first, then the server."""
        for viewer in self.opened:
            viewer.close()
        self.server.should_exit = True
        self.thread.join(20)

    def token(self, username: str) -> str:
        """A session of somebody."""
        with self.office.work(NOBODY) as work:
            return open_session(work, county.actor(self.office, username)).token

    def watch(self, token: str, **query: str) -> "Watching":
        """Open the stream."""
        self.opened.append(Watching(self.port, token, query))
        return self.opened[-1]

    def get(self, path: str, token: str = "", **more: Any) -> httpx.Response:
        """One plain request."""
        cookies = {COOKIE: token} if token else {}
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", cookies=cookies) as client:
            return client.get(path, **more)

    def receive(self, **more: Any) -> str:
        """A case comes in."""
        with self.office.work(county.actor(self.office, "clerk")) as work:
            return take_in(work, APPEAL | more).outcome.number


class Watching:
    """One viewer: its events as they come, read in a thread of its own."""

    def __init__(self, port: int, token: str, query: dict[str, str]) -> None:
        self.events: list[tuple[str, Any]] = []
        self.status = 0
        self.answer: Any = None
        self.raw: list[str] = []
        self.line: Any = None
        self.ended = threading.Event()
        self.began = threading.Event()
        self.client = httpx.Client(timeout=30)
        self.thread = threading.Thread(target=self._read, args=(port, token, query))
        self.thread.start()
        assert self.began.wait(20)

    def _read(self, port: int, token: str, query: dict[str, str]) -> None:
        name, url = "", f"http://127.0.0.1:{port}/live/board"
        cookies = {"Cookie": f"{COOKIE}={token}"}
        with (
            suppress(httpx.HTTPError, httpx.StreamError),
            self.client.stream("GET", url, params=query, headers=cookies) as response,
        ):
            self.line = response.extensions["network_stream"].get_extra_info("socket")
            self.status = response.status_code
            if self.status != 200:
                self.answer = json.loads(response.read())
            self.began.set()
            for line in response.iter_lines() if self.status == 200 else ():
                self.raw.append(line)
                field, _, value = line.partition(": ")
                name = value if field == "event" else name
                if field == "data":
                    self.events.append((name, json.loads(value)))
        self.began.set()
        self.ended.set()

    def until(self, wish: Any, seconds: float = SOON) -> float:
        """Seconds until an event satisfies `wish`."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if any(wish(name, data) for name, data in list(self.events)):
                return time.monotonic() - began
            time.sleep(0.05)
        raise AssertionError(f"not within {seconds} s: {[n for n, _ in self.events]}")

    def board(self) -> Any:
        """The first whole state."""
        self.until(lambda name, _data: name == "board")
        return next(data for name, data in self.events if name == "board")

    def close(self) -> None:
        """Go away."""
        if not self.ended.is_set():
            with suppress(OSError):
                self.line.shutdown(socket.SHUT_RDWR)
        self.thread.join(20)
        self.client.close()


@pytest.fixture
def site(office: Office) -> Iterator[Site]:
    """The application on a port of its own."""
    house.use(office)
    set_locale("zh_CN")
    running = Site(office)
    yield running
    running.stop()
    house.use(None)


def _received(n: int) -> Any:
    return lambda name, data: name == "board" and data["flow"][0]["today"] == n


class TestStream:
    """What comes down the line."""

    def test_an_action_reaches_the_viewer_within_ten_seconds(self, site: Site) -> None:
        viewer = site.watch(site.token("supervisor"))
        first = viewer.board()
        assert (first["area"], first["name"], first["open"]) == ("131024", "香河县", 0)
        number = site.receive()
        viewer.until(_received(1))
        with site.office.work(county.actor(site.office, "dispatcher")) as work:
            act(work, number, "comment", {"text": "已联系"})
        viewer.until(lambda name, data: name == "board" and len(data["events"]) == 2)
        newest = viewer.events[-1][1]["events"][0]
        assert (newest["number"], newest["action"]) == (number, "comment")
        assert "已联系" not in json.dumps(newest, ensure_ascii=False)
        viewer.close()

    def test_what_was_written_with_another_clock_comes_as_well(self, site: Site) -> None:
        viewer = site.watch(site.token("supervisor"))
        viewer.board()
        number = site.receive()
        viewer.until(_received(1))
        with site.office.work(SYSTEM) as work:  # as an import writes: no line in the timeline
            work.tx.execute(
                text("update cases set due_at = now() - interval '40 days' where number = :n"),
                {"n": number},
            )
        viewer.until(lambda name, data: name == "board" and data["late"]["more"] == 1)
        viewer.close()

    def test_each_event_is_a_whole_state_and_reconnecting_is_harmless(self, site: Site) -> None:
        token = site.token("supervisor")
        viewer = site.watch(token)
        viewer.board()
        viewer.close()
        assert viewer.raw[0] == "retry: 3000"
        known = next(line for line in viewer.raw if line.startswith("id: "))
        site.receive()
        for last in (known.removeprefix("id: "), "nonsense"):
            with httpx.Client() as client:
                headers = {"Cookie": f"{COOKIE}={token}", "Last-Event-ID": last}
                address = f"http://127.0.0.1:{site.port}/live/board"
                with client.stream("GET", address, headers=headers) as response:
                    assert response.headers["content-type"].startswith("text/event-stream")
                    data = next(x for x in response.iter_lines() if x.startswith("data: "))
            assert json.loads(data[6:])["open"] in (0, 1)

    def test_a_program_may_use_its_token_and_ask_for_english(self, site: Site) -> None:
        headers = {
            "Authorization": f"Bearer {site.token('supervisor')}", "Accept-Language": "en",
        }  # fmt: skip
        found = site.get("/live/board", params={"once": "1"}, headers=headers)
        assert found.status_code == 200
        assert found.json()["area"] == "131024"

    def test_in_the_office_each_bar_names_its_class_on_the_wall_none(self, site: Site) -> None:
        site.receive()
        once = {"once": "1", "view": "desk"}
        shown = site.get("/live/board", site.token("leader"), params=once).json()["html"]
        assert 'data-slice="area=131024&amp;stage=' in shown
        once["view"] = "wall"
        assert (
            "data-slice"
            not in site.get("/live/board", site.token("leader"), params=once).json()["html"]
        )


class TestOneComputation:
    """However many watch."""

    def test_fifty_viewers_cost_one_computation_a_change(self, site: Site) -> None:
        tokens = [site.token(who) for who in ("supervisor", "leader", "county", "analyst")]
        viewers = [site.watch(tokens[i % 4]) for i in range(50)]
        for viewer in viewers:
            viewer.board()
        eyes = {v.asked.eyes for v in site.hub.viewers}
        assert len(site.hub.viewers) == 50
        before = site.hub.computed
        site.receive()
        for viewer in viewers:
            viewer.until(_received(1))
        # Whoever else writes to this server may cost a glance more, never one a viewer.
        assert site.hub.computed - before <= 2 * len(eyes)
        states = {json.dumps(v.events[-1][1]) for v in viewers if v.events[-1][0] == "board"}
        assert len(states) <= len(eyes), "the same bytes for all who see the same"

    def test_nobody_watching_nothing_is_computed(self, site: Site) -> None:
        viewer = site.watch(site.token("supervisor"))
        viewer.board()
        viewer.close()
        until = time.monotonic() + SOON
        while not site.hub.idle and time.monotonic() < until:
            time.sleep(0.05)
        assert site.hub.idle
        before = site.hub.computed
        site.receive()
        time.sleep(2 * hubs.LOOK_EVERY)
        assert site.hub.computed == before

    def test_a_slow_viewer_skips_what_it_missed(self) -> None:
        slow = hubs.Viewer(None)  # pyright: ignore[reportArgumentType]
        for n in range(100):
            slow.offer(b"%d" % n, same=b"same")
        assert slow.pending == b"99", "the whole of the newest state, and nothing before it"
        slow.pending = None
        slow.offer(b"100", same=b"same")
        assert slow.pending == b"same", "who has it already only hears the time"


class TestWho:
    """Who may watch what, and how long."""

    def test_a_township_s_scope_cannot_be_widened(self, site: Site) -> None:
        token = site.token("dispatcher")
        assert site.watch(token).board()["area"] == county.TOWNSHIP
        for area in (
            "131024",
            "131000",
            "131024100",
            "131024100201",
            "nonsense",
            "131024104' or 1",
        ):
            refused = site.watch(token, area=area)
            assert (refused.status, refused.answer["code"]) == (404, "not_found"), area
        site.receive()
        with site.office.work(county.actor(site.office, "other")) as work:
            take_in(work, APPEAL | {"area": "131024100"})
        inside = site.watch(token, area=county.VILLAGE).board()
        assert inside["flow"][0]["today"] == 1

    def test_without_session_or_permission_there_is_no_stream(self, site: Site) -> None:
        for token, status in (("", 401), ("stale", 401), (site.token("police"), 403)):
            assert site.watch(token).status == status
            assert site.get("/live/board", token, params={"once": "1"}).status_code == status
        assert site.watch(site.token("supervisor"), view="other").status == 422

    @pytest.mark.parametrize("way", ["signed out", "expired", "disabled", "moved"])
    def test_a_session_that_ends_ends_the_stream_and_says_so(self, site: Site, way: str) -> None:
        token = site.token("supervisor")
        viewer = site.watch(token)
        viewer.board()
        with site.office.work(SYSTEM) as work:
            match way:
                case "signed out":
                    sign_out(work, token)
                case "expired":
                    work.tx.execute(text("update sign_in set expires_at = now()"))
                case "disabled":
                    work.tx.execute(
                        text("update person set active = false where username = 'supervisor'")
                    )
                case _:
                    work.tx.execute(
                        text(
                            "update person set area = '131024104', unit = null"
                            " where username = 'supervisor'"
                        )
                    )
        viewer.until(lambda name, _data: name == "ended")
        assert viewer.ended.wait(SOON)
        assert viewer.events[-1][1]["message"]
        assert viewer.raw[-3:][0].startswith("event: ended") or "event: ended" in viewer.raw

    def test_so_many_and_no_more(self, site: Site) -> None:
        site.hub.per_person, site.hub.most = 2, 3
        own, colleague = site.token("supervisor"), site.token("leader")
        viewers = [site.watch(own), site.watch(own)]
        refused = site.watch(own)
        assert (refused.status, refused.answer["code"]) == (429, "too_many")
        assert "2" in refused.answer["message"]
        viewers.append(site.watch(colleague))
        assert site.watch(colleague).status == 429


class TestWall:
    """The page for the large screen."""

    def test_shows_the_state_at_loading_without_any_script(self, site: Site) -> None:
        site.receive(name="钱某某", phone="13812345678")
        page = site.get("/wall", site.token("supervisor"))
        assert page.status_code == 200
        assert "default-src 'self'" in page.headers["content-security-policy"]
        for words in ("香河县", "今天受理", "超期 3 个工作日以上", "登记", "王家摆村", "更新于"):
            assert words in page.text, words
        assert "<noscript>" in page.text
        assert "钱某某" not in page.text
        assert "style=" not in page.text
        for asset in ("/live/live.css", "/live/live.js"):
            assert site.get(asset).status_code == 200
        assert site.get("/live/hub.py").status_code == 404

    def test_leads_to_the_sign_in_and_comes_back(self, site: Site) -> None:
        found = site.get("/wall?area=131024104")
        assert found.status_code == 303
        assert found.headers["location"] == "/watch?wall=1&area=131024104"

    def test_refuses_on_a_page_of_its_own(self, site: Site) -> None:
        for who, area, status in (
            ("dispatcher", "131024", 404), ("police", "", 403), ("supervisor", "13", 404),
        ):  # fmt: skip
            found = site.get(f"/wall?area={area}", site.token(who))
            assert found.status_code == status
            assert "看不了这块看板" in found.text

    def test_speaks_as_the_browser_s_office_does(self, site: Site) -> None:
        token = site.token("supervisor")
        found = site.get("/wall", token, headers={"Cookie": f"onedoor_lang=en; {COOKIE}={token}"})
        assert '<html lang="en"' in found.text
