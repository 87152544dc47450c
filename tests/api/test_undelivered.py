"""Dead letters over HTTP."""

from collections.abc import Callable

from core.access.desk import Office
from tests.core.cases.test_undelivered import lose
from tests.support.http import Person

Find = Callable[[str], Person]


def test_the_administrator_sees_them_and_sends_them_again(office: Office, person: Find) -> None:
    lose(office, 1)
    lose(office, 2, key="k2", way="webhook")
    admin = person("admin")
    found = admin.get("/undelivered")
    assert (found["total"], [m["id"] for m in found["messages"]]) == (2, [2, 1])
    assert "某某" not in str(found)
    assert [m["id"] for m in admin.get("/undelivered?way=email")["messages"]] == [1]
    assert admin.post("/undelivered/again", {"ids": [1]}) == {"done": 1}
    assert admin.post("/undelivered/discard", {"ids": [1, 2]}) == {"done": 1}
    assert admin.get("/undelivered")["total"] == 0


def test_nobody_else_does(office: Office, person: Find, anybody: Person) -> None:
    lose(office, 1)
    for username in ("auditor", "dispatcher", "police"):
        person(username).get("/undelivered", 403)
        person(username).post("/undelivered/again", {"ids": [1]}, 403)
        person(username).post("/undelivered/discard", {"ids": [1]}, 403)
    anybody.get("/undelivered", 401)


def test_what_is_no_list_of_ids_is_refused(person: Find) -> None:
    for ids in (None, [], ["1"], [0], [True], [2**63], "1", list(range(1, 502))):
        person("admin").post("/undelivered/again", {"ids": ids}, 422)
    person("admin").get("/undelivered?way=pigeon", 422)
