"""A message on its way out: what it says to whom, and what can become of it."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core.rules.messages import HIDDEN, render
from core.words import Text, speaking
from jobs.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One claimed message with the address that it goes to, as both are at this moment."""

    county: str
    id: int
    key: str
    way: str
    person_id: int
    """0: to a unit's own address."""
    unit: str
    number: str
    template: str
    data: dict[str, Any]
    created_at: datetime
    attempts: int
    """This one included."""
    name: str
    """Of the person or the unit."""
    locale: str
    active: bool
    """Whether the person may still sign in, the unit is still there."""
    confidential: bool
    to: str = field(repr=False)
    """E-mail or address; empty: none any more."""
    address_id: int | None
    secret: str = field(repr=False)

    @property
    def idempotency_key(self) -> str:
        """The same for every copy of this message, and for no other."""
        whom = f"{self.person_id}:{self.unit}" if self.unit else str(self.person_id)
        told = f"{self.county}:{self.key}:{whom}:{self.way}"
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    def words(self) -> tuple[str, str]:
        """Subject and body in the reader's language; what leaves the house says less.

        Of a confidential appeal nothing is told but its number and state, and numbers of people
        are masked in any.
        """
        with speaking(self.locale):
            hidden = {k: str(v) for k, v in HIDDEN.items() if self.confidential and k in self.data}
            return render(self.template, self.number, self.data | hidden)


class Never(Fault):
    """This message will not be taken, however often it is tried."""


class Later(Fault):
    """This message failed; the next one may do better."""


class Away(Fault):
    """Whoever should take it cannot be spoken to now; the others for the same wait as well.

    Args:
        said: why.
        tried: whether it cost this message one of its attempts.
        well: nothing is wrong there, it is only not our turn.
        after: when they said that we may come again.
    """

    def __init__(
        self,
        said: str | Text,
        *,
        tried: bool = True,
        well: bool = False,
        after: timedelta | None = None,
    ) -> None:
        super().__init__(said)
        self.tried, self.well, self.after = tried, well, after
