"""People at the interface: the same calls that an outside program makes."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from starlette.testclient import TestClient

from tests.support.county import PASSWORD

Json = Any
AsUser = Callable[[str], TestClient]
"""A browser with somebody signed in, by user name."""


class Person:
    """Somebody with a token (or none), and what they do over HTTP."""

    def __init__(self, client: TestClient, token: str = "") -> None:
        self.client, self.token = client, token

    def call(self, method: str, path: str, body: Json = None, **more: Any) -> httpx.Response:
        """One request; paths below `/api/v1` may leave that out."""
        headers = dict(more.pop("headers", None) or {})
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if body is not None:
            more["content"] = json.dumps(body)  # ASCII: half characters travel as well
            headers.setdefault("Content-Type", "application/json")
        path = (
            path
            if path.startswith(("/api", "/healthz", "/readyz", "/metrics"))
            else f"/api/v1{path}"
        )
        return self.client.request(method, path, headers=headers, **more)

    def get(self, path: str, expect: int = 200, **more: Any) -> Json:
        """The JSON of a GET."""
        return checked(self.call("GET", path, **more), expect)

    def post(self, path: str, body: Json = None, expect: int = 200, **more: Any) -> Json:
        """The JSON of a POST."""
        return checked(self.call("POST", path, body, **more), expect)

    def put(self, path: str, body: Json = None, expect: int = 200) -> Json:
        """The JSON of a PUT."""
        return checked(self.call("PUT", path, body), expect)

    def act(self, number: str, action: str, expect: int = 200, **data: Any) -> Json:
        """An action on a case."""
        return self.post(f"/cases/{number}/actions/{action}", data, expect)

    def attach(
        self, number: str, name: str, data: bytes, mime: str = "image/jpeg", expect: int = 201
    ) -> Json:
        """A file to a case."""
        path = f"/cases/{number}/files"
        return checked(self.call("POST", path, files={"file": (name, data, mime)}), expect)

    def case(self, number: str, expect: int = 200) -> Json:
        """A case with everything."""
        return self.get(f"/cases/{number}", expect)

    def actions(self, number: str) -> dict[str, Json]:
        """What may be done now, by id."""
        return {a["id"]: a for a in self.get(f"/cases/{number}/actions")}


def checked(response: httpx.Response, expect: int) -> Json:
    """The response's JSON; its status must be `expect`."""
    assert response.status_code == expect, f"{response.status_code}: {response.text[:2000]}"
    return response.json() if response.content else None


def sign_in(client: TestClient, username: str, password: str = PASSWORD) -> Person:
    """Somebody with an account, signed in."""
    found = Person(client).post("/session", {"username": username, "password": password})
    return Person(client, found["token"])


class Staff(Person):
    """Somebody with an account who signs in again whenever the session has ended."""

    def __init__(self, client: TestClient, username: str) -> None:
        super().__init__(client)
        self.username = username

    def call(self, method: str, path: str, body: Json = None, **more: Any) -> httpx.Response:
        """One request, signed in."""
        if self.token:
            found = super().call(method, path, body, **more)
            if found.status_code != 401:
                return found
        self.token = sign_in(self.client, self.username).token
        return super().call(method, path, body, **more)


class Resident(Person):
    """Somebody with the number and query code of one case, and no account."""

    def __init__(self, client: TestClient, number: str = "", code: str = "") -> None:
        super().__init__(client)
        self.number, self.code = number, code

    @property
    def path(self) -> str:
        """Their case."""
        return f"/public/cases/{self.number}"

    @property
    def key(self) -> Mapping[str, str]:
        """The query code as a parameter."""
        return {"code": self.code}

    def hand_in(self, **appeal: Any) -> Json:
        """Hand an appeal in; number and code are kept."""
        receipt = self.post("/cases", appeal, 201)
        self.number, self.code = receipt["number"], receipt["query_code"]
        return receipt

    def look(self, expect: int = 200) -> Json:
        """Where the case stands."""
        return self.get(self.path, expect, params=self.key)

    def rate(self, score: int, expect: int = 200, **more: Any) -> Json:
        """Rate what was done."""
        return self.post(f"{self.path}/rating", {"score": score, **more}, expect, params=self.key)

    def add(self, text: str, expect: int = 200) -> Json:
        """Add something."""
        return self.post(f"{self.path}/actions/add", {"text": text}, expect, params=self.key)

    def send_photo(self, name: str, data: bytes, expect: int = 201) -> Json:
        """Attach a photo."""
        files = {"file": (name, data, "image/jpeg")}
        return checked(
            self.call("POST", f"{self.path}/files", files=files, params=self.key), expect
        )
