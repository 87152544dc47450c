"""The two columns of addresses that tables of people and of units share."""

from collections.abc import Container, Mapping

from core.access.desk import Work
from core.places.addresses import examine_address, save_addresses
from core.places.tables import Column, Row, Table
from core.rules.addresses import WAYS

COLUMNS = (
    Column("robot", ("群机器人", "机器人", "机器人地址", "短信网关", "群机器人或短信")),
    Column("webhook", ("推送接口", "推送地址", "回调地址", "接口地址")),
)


class Ways:
    """The addresses of a table, kept until their owners are saved."""

    def __init__(self, work: Work, table: Table) -> None:
        self.work, self.given = work, dict[str, Mapping[str, str]]()
        self.columns = [way for way in WAYS if way in table.headers]

    def read(self, row: Row, owner: str) -> None:
        """The addresses of a row; an empty cell takes one away.

        Raises:
            Invalid: no such address.
        """
        settings = self.work.settings
        ways = {w: examine_address(settings, w, row[w]) if row[w] else "" for w in self.columns}
        if ways:
            self.given[owner] = ways

    def save(self, column: str, saved: Container[str] | None = None) -> int:
        """Save them, once their owners stand; returns how many changed.

        Args:
            column: `username` or `unit`.
            saved: the owners that were not left out after all; None: everybody.
        """
        given = {o: ways for o, ways in self.given.items() if saved is None or o in saved}
        return save_addresses(self.work, column, given) if given else 0
