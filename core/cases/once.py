"""An appeal that is sent again under the same key is the same appeal, if its sender is the same."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from core.access.actor import Actor
from core.errors import Invalid
from core.words import lazy

_KEY = re.compile(r"^[\x21-\x7e]{1,100}$")
_FIELD = "Idempotency-Key"


class KeyTaken(Invalid):
    """The same sender said something else under this key before; `data['number']` is that case."""

    code = "key_taken"
    sentence = lazy("这个 Idempotency-Key 已经用于另一件诉求，内容不同；新的诉求请换一个")

    def __init__(self, number: str) -> None:
        super().__init__(self.sentence, field=_FIELD, number=number)


@dataclass(frozen=True, slots=True)
class Once:
    """What is kept of a key with its case: neither whose it was nor what it was can be read."""

    sender: str
    """Who, and under which key."""
    said: str

    @property
    def kept(self) -> str:
        """As `Case.idempotency_key` holds it."""
        return f"{self.sender}.{self.said}"

    @property
    def span(self) -> tuple[str, str]:
        """From the first up to the second lies whatever this sender said under the key."""
        return f"{self.sender}.", f"{self.sender}/"


def once(actor: Actor, key: str, *said: Any) -> Once:
    """What is kept of `key` as `actor` sent it with an appeal.

    Somebody without an account is known by what they said, and by nothing else. So whoever
    guesses a key meets nobody's case, and nobody is refused because of a stranger's key.

    Raises:
        Invalid: no key that a header can carry.
    """
    if not _KEY.match(key):
        raise Invalid(lazy("Idempotency-Key 应为 1 到 100 个可见字符"), field=_FIELD)
    words = _digest(said)
    return Once(_digest([key, words if actor.person is None else actor.person]), words)


def _digest(what: Any) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:32]
