"""Why something did not leave the house: kept unworded, for readers of any language."""

from core.words import Text


class Fault(Exception):
    """Something did not work; `said` is why, and holds no part of an address."""

    def __init__(self, said: str | Text) -> None:
        super().__init__(said)
        self.said = said

    def __str__(self) -> str:
        return str(self.said)
