"""Call-backs 回访: which closed cases are asked about again, and how often one is tried.

A case is drawn by the first row that fits it: each one of them, or a share. A share comes with a
stated seed, so that anybody can draw the same cases again and see that nobody chose them.
"""

from collections.abc import Iterable
from hashlib import sha256

from pydantic import Field as Constraint
from pydantic import model_validator

from core.rules.deadlines import TermText
from core.rules.forms import Label, Rule
from core.rules.routing import Facts, When, holds
from core.words import _


class Drawing(Rule):
    """One row: of the cases that fit, all or a share."""

    name: Label = ""
    when: When = When()
    share: float = Constraint(default=1, ge=0, le=1)
    seed: str = Constraint(default="", max_length=100)
    """Stated beforehand; with the case's id it decides."""

    @model_validator(mode="after")
    def _stated(self) -> "Drawing":
        if 0 < self.share < 1 and not self.seed:
            raise ValueError(_("抽取一部分时必须写明 seed（随机数种子），以便核对"))
        return self

    def draws(self, case_id: int) -> bool:
        """Whether the case is among the share: the same answer every time."""
        if self.share in (0, 1):
            return self.share == 1
        digest = sha256(f"{self.seed}:{case_id}".encode()).digest()
        return int.from_bytes(digest[:8]) < self.share * 2**64


class Callbacks(Rule):
    """What a county has decided about call-backs."""

    rows: tuple[Drawing, ...] = ()
    """The first that fits a case decides; none: nothing is drawn."""
    after: TermText = "1d"
    """How long after closing."""
    tries: int = Constraint(default=3, ge=1, le=10)
    """How often a resident is tried who does not answer; then it counts as not reached."""
    again: TermText = "1wd"
    """When one who was not reached is tried next."""

    def draws(self, facts: Facts, case_id: int) -> Drawing | None:
        """The row by which this case is drawn; None where it is not."""
        row = first_fit(self.rows, facts)
        return row if row is not None and row.draws(case_id) else None


def first_fit(rows: Iterable[Drawing], facts: Facts) -> Drawing | None:
    """The first row whose conditions hold."""
    return next((row for row in rows if holds(row.when, facts) is not None), None)
