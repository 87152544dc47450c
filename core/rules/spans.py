"""Assessment periods: a month, a quarter or a year that may begin on any day.

Beijing's 12345 month runs from the 19th to the 18th. A period bears the name of the month or
year in which it *ends*: 19 October to 18 November is 2026-11.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from pydantic import Field as Constraint

from core.errors import Invalid
from core.rules.forms import Rule
from core.words import _

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_NAMES = {
    "month": re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])"),
    "quarter": re.compile(r"(20[0-9]{2})-Q([1-4])"),
    "year": re.compile(r"(20[0-9]{2})"),
}


@dataclass(frozen=True, slots=True)
class Period:
    """The days [since, until)."""

    id: str
    since: date
    until: date

    @property
    def last(self) -> date:
        """Its last day."""
        return self.until - timedelta(days=1)


class Span(Rule):
    """How time is cut into periods."""

    every: Literal["month", "quarter", "year"] = "year"
    day: int = Constraint(default=1, ge=1, le=28)
    """The day of the month on which a period begins."""
    month: int = Constraint(default=1, ge=1, le=12)
    """The month in which the year, and its first quarter, begins."""

    def around(self, day: date) -> Period:
        """The period that holds a day."""
        months = day.year * 12 + day.month - 1 - (day.day < self.day)
        return self._from(months - (months - self.month + 1) % _MONTHS[self.every])

    def before(self, period: Period) -> Period:
        """The period right before."""
        return self.around(period.since - timedelta(days=1))

    def named(self, name: str) -> Period:
        """The period of this name.

        Raises:
            Invalid: no such period: another form, or a year outside 2000 to 2099.
        """
        found = _NAMES[self.every].fullmatch(name)
        if found is None:
            forms = {"month": "2026-11", "quarter": "2026-Q3", "year": "2026"}
            raise Invalid(
                _("考核期“{name}”写法不对，应如 {form}", name=name[:20], form=forms[self.every]),
                field="period",
            )
        year = int(found[1])
        if self.every == "month":
            return self._from(year * 12 + int(found[2]) - 1 - (self.day > 1))
        first = year * 12 if (self.day, self.month) == (1, 1) else year * 12 + self.month - 13
        return self._from(first + (3 * (int(found[2]) - 1) if self.every == "quarter" else 0))

    def _from(self, months: int) -> Period:
        since, until = self._day(months), self._day(months + _MONTHS[self.every])
        last = until - timedelta(days=1)
        if self.every == "month":
            return Period(f"{last:%Y-%m}", since, until)
        into = (months - self.month + 1) % 12
        year = (self._day(months - into + 12) - timedelta(days=1)).year
        return Period(f"{year}-Q{into // 3 + 1}" if self.every == "quarter" else f"{year}",
                      since, until)  # fmt: skip

    def _day(self, months: int) -> date:
        return date(months // 12, months % 12 + 1, self.day)
