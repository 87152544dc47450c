"""The configuration's way: draft, check, compare, publish, and back."""

from copy import deepcopy
from typing import Any

import pytest
import yaml

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.access.trail import TrailFilter, trail
from core.blueprint.store import read_yaml
from core.blueprint.versions import export, history
from core.errors import Invalid, MovedOn, NotFound, NotPermitted
from core.places.configure import (
    MOST_BYTES,
    Draft,
    draft,
    drop,
    in_force,
    keep,
    keep_version,
    publish,
)
from tests.support import county


def as_yaml(body: Any) -> bytes:
    return yaml.safe_dump(body, allow_unicode=True, sort_keys=False).encode()


@pytest.fixture
def body() -> dict[str, Any]:
    """Langfang, to be changed."""
    return deepcopy(read_yaml("langfang"))


def bring(office: Office, content: bytes, name: str = "county.yaml") -> None:
    with office.work(county.actor(office, "admin")) as work:
        keep(work, content, name)


def kept(office: Office) -> Draft | None:
    with office.look(county.actor(office, "admin")) as look:
        return draft(look)


def there(office: Office) -> Draft:
    found = kept(office)
    assert found is not None
    return found


def put(office: Office, note: str = "改了时限") -> int:
    seen = there(office).at
    with office.work(county.actor(office, "admin")) as work:
        return publish(work, note, seen)


class TestADraft:
    def test_is_checked_and_compared(self, office: Office, body: dict[str, Any]) -> None:
        assert kept(office) is None
        body["deadlines"][0]["case"] = "12h"
        body["calendar"] = {2027: {"holidays": ["2027-01-01"]}}
        bring(office, as_yaml(body))
        found = there(office)
        assert (found.name, found.by, found.base, found.faults) == ("county.yaml", "杨某", 1, [])
        assert found.changed == ["deadlines", "calendar"]

    def test_that_changes_nothing_says_so(self, office: Office, body: dict[str, Any]) -> None:
        bring(office, as_yaml(body))
        assert there(office).changed == []

    def test_that_puts_things_into_another_order_is_a_change(
        self, office: Office, body: dict[str, Any]
    ) -> None:
        body["inlets"] = dict(reversed(body["inlets"].items()))
        bring(office, as_yaml(body))
        assert there(office).changed == ["inlets"]

    def test_may_have_faults_and_lists_them_all(self, office: Office, body: dict[str, Any]) -> None:
        body["deadlines"][0]["case"] = "十天"
        body["dispatch"][0]["to"] = {"duty": "nothing"}
        body["calendar"] = {"2027": {"holidays": ["2027-01-01"]}}
        bring(office, as_yaml(body))
        found = there(office)
        assert [f.split("：")[0] for f in found.faults] == [
            "deadlines[0].case",
            "dispatch[0].to.duty",
        ]
        assert found.changed == ()

    def test_what_is_exported_comes_back_as_it_was(self, office: Office) -> None:
        with office.look(SYSTEM) as look:
            text = export(look.tx)
        bring(office, text.encode())
        assert (there(office).faults, there(office).changed) == ([], [])

    def test_the_next_replaces_it_and_it_can_be_dropped(
        self, office: Office, body: dict[str, Any]
    ) -> None:
        bring(office, as_yaml(body), "a.yaml")
        bring(office, as_yaml(body), "b.yaml")
        assert there(office).name == "b.yaml"
        with office.work(county.actor(office, "admin")) as work:
            drop(work)
        assert kept(office) is None

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"a: [1, 2", "不是有效的 YAML"),
            (b"\xff\xfe\x00", "不是有效的 YAML"),
            (b"- 1\n- 2\n", "里没有蓝图"),
            (b"", "里没有蓝图"),
            (b"extends: nowhere\n", "不存在"),
            (b"x" * (MOST_BYTES + 1), "不会是一份配置"),
        ],
    )
    def test_that_is_none_is_refused_in_words(
        self, office: Office, content: bytes, words: str
    ) -> None:
        with pytest.raises(Invalid, match=words):
            bring(office, content)
        assert kept(office) is None

    @pytest.mark.parametrize(
        "content",
        [b"1: 2\n", b"calendar: {x: {}}\n", b"calendar: {99999: {}}\n", b"workflow: [1]\n"],
    )
    def test_that_is_nonsense_is_kept_with_its_faults(self, office: Office, content: bytes) -> None:
        bring(office, content)
        assert there(office).faults


class TestPublishing:
    def test_puts_the_draft_in_force(self, office: Office, body: dict[str, Any]) -> None:
        body["deadlines"][0]["case"] = "12h"
        bring(office, as_yaml(body))
        assert put(office) == 2
        assert kept(office) is None
        with office.look(SYSTEM) as look:
            assert look.world.version == 2
            assert look.world.blueprint.deadlines[0].case == "12h"
            newest = history(look.tx)[0]
        admin = county.actor(office, "admin")
        assert (newest.note, newest.published_by) == ("改了时限", admin.person)

    def test_keeps_the_order_of_stages(self, office: Office, body: dict[str, Any]) -> None:
        bring(office, as_yaml(body))
        put(office)
        with office.look(SYSTEM) as look:
            assert list(look.world.blueprint.workflow.stages) == list(body["workflow"]["stages"])

    def test_is_refused_with_faults(self, office: Office, body: dict[str, Any]) -> None:
        body["deadlines"][0]["case"] = "十天"
        bring(office, as_yaml(body))
        with pytest.raises(Invalid, match="deadlines"):
            put(office)
        assert kept(office) is not None, "and the draft stays to be looked at"

    def test_wants_to_know_what_changed(self, office: Office, body: dict[str, Any]) -> None:
        bring(office, as_yaml(body))
        with pytest.raises(Invalid, match="请写一句改了什么"):
            put(office, "  ")

    def test_of_another_draft_than_was_looked_at_is_refused(
        self, office: Office, body: dict[str, Any]
    ) -> None:
        bring(office, as_yaml(body))
        seen = there(office).at
        bring(office, as_yaml(body), "other.yaml")
        with office.work(county.actor(office, "admin")) as work, pytest.raises(MovedOn):
            publish(work, "改了时限", seen)
        put(office)
        with office.work(county.actor(office, "admin")) as work, pytest.raises(NotFound):
            publish(work, "改了时限", seen)

    def test_the_way_back_is_an_earlier_version_as_the_draft(
        self, office: Office, body: dict[str, Any]
    ) -> None:
        before = body["deadlines"][0]["case"]
        body["deadlines"][0]["case"] = "12h"
        bring(office, as_yaml(body))
        put(office)
        with office.work(county.actor(office, "admin")) as work:
            keep_version(work, 1)
        assert there(office).changed == ["deadlines"]
        assert put(office, "退回") == 3
        with office.look(SYSTEM) as look:
            assert look.world.blueprint.deadlines[0].case == before
        with office.work(county.actor(office, "admin")) as work, pytest.raises(NotFound):
            keep_version(work, 99)

    def test_leaves_its_lines_in_the_audit(self, office: Office, body: dict[str, Any]) -> None:
        bring(office, as_yaml(body))
        put(office)
        with office.look(county.actor(office, "auditor")) as look:
            lines = trail(look, TrailFilter()).lines
        assert [(line.what, line.subject) for line in lines[:2]] == [
            ("config.publish", "county.yaml"),
            ("config.draft", "county.yaml"),
        ]
        assert lines[0].data == {"version": 2, "note": "改了时限"}

    def test_at_once_as_well(self, office: Office, body: dict[str, Any]) -> None:
        with office.work(SYSTEM) as work:
            assert in_force(work, body, "langfang", "换回原样") == 2
        with office.look(county.actor(office, "auditor")) as look:
            line = trail(look, TrailFilter()).lines[0]
        assert (line.what, line.subject) == ("config.publish", "langfang")


@pytest.mark.parametrize("username", ["auditor", "leader", "dispatcher"])
def test_is_the_administrators_alone(office: Office, body: dict[str, Any], username: str) -> None:
    bring(office, as_yaml(body))
    seen = there(office).at
    with office.work(county.actor(office, username)) as work:
        for step in (
            lambda: draft(work),
            lambda: keep(work, b"", ""),
            lambda: keep_version(work, 1),
            lambda: drop(work),
            lambda: publish(work, "x", seen),
            lambda: in_force(work, body, "x", "x"),
        ):
            with pytest.raises(NotPermitted):
                step()
