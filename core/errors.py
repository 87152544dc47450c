"""Errors that people see: a code for programs, a sentence for people, data for both.

Every edge (page, route, command line) turns these into words in one place; anything
else is a defect and is logged, never shown.
"""

from typing import Any

from core.words import Text, _, lazy


class OneDoorError(Exception):
    """Something a user can understand and cure. `status` is its HTTP meaning."""

    status = 400
    code = "error"
    sentence: Text = lazy("操作没有完成")

    def __init__(self, message: str | Text = "", *, code: str = "", **data: Any) -> None:
        super().__init__(str(message) if message else str(self.sentence))
        self._message = message
        self.code = code or type(self).code
        self.data = data

    @property
    def said(self) -> str | Text:
        """The sentence, for whoever words it later (`core.words.kept`)."""
        return self._message or self.sentence

    @property
    def message(self) -> str:
        """The sentence, in the language of whoever reads it now."""
        return str(self._message) if self._message else str(self.sentence)


class Invalid(OneDoorError):
    """A field holds something it may not; `field` names it, `data['fields']` lists all."""

    status = 422
    code = "invalid"
    sentence = lazy("有内容需要改正")

    def __init__(
        self, message: str | Text = "", *, field: str = "", code: str = "", **data: Any
    ) -> None:
        super().__init__(message, code=code, **data)
        self.field = field
        if field:
            self.data.setdefault("fields", {field: message})

    @classmethod
    def of(cls, fields: "dict[str, str | Text]") -> "Invalid":
        """Several fields at once, so that a person corrects them in one go."""
        return cls(_("；").join(str(m) for m in fields.values()), fields=fields)


class NotFound(OneDoorError):
    """It does not exist, or this person may not know that it does."""

    status = 404
    code = "not_found"
    sentence = lazy("没有找到，或您无权查看")


class NotPermitted(OneDoorError):
    """It is visible, but this person may not do that with it."""

    status = 403
    code = "not_permitted"
    sentence = lazy("您没有这项权限")


class NotSignedIn(OneDoorError):
    """Nobody is signed in, or the session ended."""

    status = 401
    code = "not_signed_in"
    sentence = lazy("请先登录")


class MovedOn(OneDoorError):
    """Somebody else acted in between; nothing was written."""

    status = 409
    code = "moved_on"
    sentence = lazy("这件诉求刚刚被别人处理过，请刷新后再操作，您填写的内容没有丢失")


class Collided(OneDoorError):
    """Two did something at the same instant, and the database let one of them through."""

    status = 409
    code = "collided"
    sentence = lazy("刚才有人同时在办，这一次没有办成，请再办一次，您填写的内容没有丢失")


class TooMany(OneDoorError):
    """A rate limit was reached."""

    status = 429
    code = "too_many"
    sentence = lazy("操作太频繁，请稍后再试")
