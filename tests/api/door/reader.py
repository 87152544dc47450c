"""A browser's eyes and hands: reads a page's text and forms, and fills them in."""

from html.parser import HTMLParser
from typing import Any

import httpx

VOID = {"input", "img", "meta", "link", "br", "path"}


class Form:
    """One form as a browser would post it."""

    def __init__(self, attributes: dict[str, str]) -> None:
        self.id = attributes.get("id", "")
        self.action = attributes.get("action", "")
        self.fields: list[tuple[str, str]] = []
        self.names: set[str] = set()
        """Every input there is, ticked or not."""

    def __getitem__(self, name: str) -> str:
        return next((v for n, v in self.fields if n == name), "")

    def filled(self, **values: Any) -> dict[str, Any]:
        """What is posted with these values typed; `None` empties or unticks."""
        data: dict[str, Any] = {}
        for name, value in self.fields:
            data.setdefault(name, []).append(value)
        for name, value in values.items():
            name = name.replace("__", ".")
            assert name in self.names or name == "go", f"no input {name!r}"
            if value is None:
                data.pop(name, None)
            else:
                data[name] = value
        return data


class Page(HTMLParser):
    """A page's words, forms, links and images."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__()
        self.response = response
        self.status = response.status_code
        self.html = response.text
        self.lang = ""
        self.words: list[str] = []
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.images: list[str] = []
        self.sources: list[str] = []
        self.ids: dict[str, str] = {}
        self._open: list[tuple[str, str]] = []
        self._option: str | None = None
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self._area: str | None = None
        self.feed(self.html)

    @property
    def text(self) -> str:
        """Everything that is read, in one line."""
        return " ".join(" ".join(self.words).split())

    @property
    def form(self) -> Form:
        """The page's (first) form."""
        return self.forms[0]

    def form_to(self, ending: str) -> Form:
        """The form whose address ends so."""
        return next(f for f in self.forms if f.action.endswith(ending))

    def fault(self, name: str) -> str:
        """What is said beside an input."""
        return " ".join(self.ids.get(f"{name}-fault", "").split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {k: v or "" for k, v in attrs}
        self.sources += [
            a[k] for k in ("src", "href") if k in a and tag in ("link", "script", "img")
        ]
        if tag not in VOID:
            self._open.append((tag, a.get("id", "")))
        match tag:
            case "html":
                self.lang = a.get("lang", "")
            case "form":
                self.forms.append(Form(a))
            case "a" if "href" in a:
                self.links.append(a["href"])
            case "img":
                self.images.append(a["src"])
            case "input" if "name" in a and self.forms:
                self._input(a)
            case "textarea":
                self._area = a["name"]
                self.forms[-1].names.add(a["name"])
                self.forms[-1].fields.append((a["name"], ""))
            case "select":
                self._select = (a["name"], [])
                self.forms[-1].names.add(a["name"])
            case "option" if self._select:
                self._select[1].append((a.get("value", ""), "selected" in a))

    def _input(self, a: dict[str, str]) -> None:
        form = self.forms[-1]
        form.names.add(a["name"])
        kind = a.get("type", "text")
        if kind == "file" or (kind in ("checkbox", "radio") and "checked" not in a):
            return
        form.fields.append((a["name"], a.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        while any(tag == name for name, _ in self._open):
            if self._open.pop()[0] == tag:
                break
        if tag == "textarea":
            name, words = self.forms[-1].fields[-1]
            self.forms[-1].fields[-1] = (name, words.removeprefix("\n"))  # as browsers do
            self._area = None
        if tag == "select" and self._select:
            name, options = self._select
            chosen = next((v for v, on in options if on), options[0][0] if options else "")
            self.forms[-1].fields.append((name, chosen))
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            name, before = self.forms[-1].fields[-1]
            self.forms[-1].fields[-1] = (name, before + data)
            return
        if any(tag in ("script", "style", "title") for tag, _ in self._open):
            return
        self.words.append(data)
        for _, node in self._open:
            if node:
                self.ids[node] = self.ids.get(node, "") + data
